//! What a refusal looks like to a client: its status, and the JSON object that explains it (R6.1).

use crate::error::Error;
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use ct_core::{Class, Code};
use serde_json::{Map, Value, json};

/// The HTTP status of a code.
#[must_use]
pub fn status(code: Code) -> StatusCode {
    let text = code.as_str();
    match code {
        Code::LimitTooSlow => return StatusCode::REQUEST_TIMEOUT,
        Code::LimitConnections | Code::NotAnchoredQuorum => return StatusCode::SERVICE_UNAVAILABLE,
        Code::IoNetwork => return StatusCode::BAD_GATEWAY,
        Code::LimitInFlight | Code::UnknownOutcome => return StatusCode::SERVICE_UNAVAILABLE,
        // The node's own state of affairs, which passes.
        Code::IncompleteNode | Code::DiscontinuousRestore => return StatusCode::SERVICE_UNAVAILABLE,
        Code::NotLeaderNode => return StatusCode::MISDIRECTED_REQUEST,
        Code::UnknownClient | Code::TamperedEnvelope => return StatusCode::FORBIDDEN,
        Code::NotAnchoredPending => return StatusCode::CONFLICT,
        // The node's own, not the client's.
        Code::TamperedState | Code::TamperedWal => return StatusCode::INTERNAL_SERVER_ERROR,
        _ => {}
    }
    match code.class() {
        Class::Verified => StatusCode::OK,
        Class::Malformed if text.starts_with("limit.") => StatusCode::PAYLOAD_TOO_LARGE,
        Class::Malformed | Class::Usage => StatusCode::BAD_REQUEST,
        Class::Indeterminate if text.starts_with("unknown.") => StatusCode::NOT_FOUND,
        Class::Invalid if ["equivocation", "replayed", "conflict"].iter().any(|family| text.starts_with(family)) => {
            StatusCode::CONFLICT
        }
        Class::Invalid | Class::Indeterminate => StatusCode::UNPROCESSABLE_ENTITY,
        Class::Interrupted => StatusCode::SERVICE_UNAVAILABLE,
        Class::Io | Class::Trust | Class::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The error that an answer stands for: an extension of the response, for metrics and the event.
#[derive(Clone, Debug)]
pub(crate) struct Told(pub(crate) Error);

/// `{code, message, next}` with the status of the code. What goes wrong inside the server is not shown to the outside:
/// its operator finds it under the request's ID.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if self.code() == Code::NotLeaderNode {
            return misdirected(self, None);
        }
        told(self, Map::new())
    }
}

/// The answer of a node that does not lead: where the one is that does, if that is known, else when to ask again
/// (R12.3).
pub(crate) fn misdirected(error: Error, leader: Option<&str>) -> Response {
    let hint = leader.and_then(|url| Some((url, HeaderValue::from_str(url).ok()?)));
    let more = Map::from_iter([("leader".to_owned(), hint.as_ref().map_or(Value::Null, |(url, _)| json!(url)))]);
    let mut response = told(error, more);
    match hint {
        Some((_, header)) => response.headers_mut().insert(LEADER_HEADER, header),
        None => response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1")),
    };
    response
}

fn told(error: Error, more: Map<String, Value>) -> Response {
    let status = status(error.code());
    let (message, next) = match error.code().class() {
        Class::Io | Class::Trust | Class::Internal => {
            ("the server could not do this".to_owned(), "try again later; the operator finds the request by its ID")
        }
        _ if error.place().is_empty() => (error.what().to_owned(), error.next()),
        _ => (format!("{}: {}", error.place(), error.what()), error.next()),
    };
    let mut response = explained(status, error.code(), &message, next, more);
    response.extensions_mut().insert(Told(error));
    response
}

/// As an error answers, with the status that a protocol demands in its place.
pub(crate) fn refused(status: StatusCode, error: Error) -> Response {
    let mut response = error.into_response();
    *response.status_mut() = status;
    response
}

/// An answer without a body that a router gave by itself, with one.
pub(crate) fn explain_empty(response: Response) -> Response {
    let status = response.status();
    let (code, message, next) = match status {
        _ if response.headers().contains_key(CONTENT_TYPE) => return response,
        StatusCode::NOT_FOUND => (Code::MalformedRequest, "there is nothing at this path", "check the path"),
        StatusCode::METHOD_NOT_ALLOWED => {
            (Code::MalformedRequest, "this path does not take this method", "use a method that the header allow names")
        }
        _ => return response,
    };
    let (parts, _) = response.into_parts();
    let mut explained = explained(status, code, message, next, Map::new());
    explained.headers_mut().extend(parts.headers.into_iter().filter_map(|(name, value)| {
        // The length was that of the empty body.
        name.filter(|name| name == axum::http::header::ALLOW).map(|name| (name, value))
    }));
    explained.extensions_mut().insert(Told(Error::new(code, "", message, next)));
    explained
}

fn explained(status: StatusCode, code: Code, message: &str, next: &str, more: Map<String, Value>) -> Response {
    let mut body = json!({"code": code.as_str(), "message": message, "next": next});
    if let Value::Object(body) = &mut body {
        body.extend(more);
    }
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// The header with the URL of the node that leads.
pub(crate) const LEADER_HEADER: &str = "x-leader";

#[cfg(test)]
mod tests {
    use super::*;

    // R6.1, R1.4: a refusal is never a success, and only the server's own trouble is called that.
    #[test]
    fn every_code_has_a_status_that_says_whose_fault_it_is() {
        for code in Code::ALL {
            let status = status(*code);
            match code.class() {
                Class::Verified => assert_eq!(status, StatusCode::OK),
                Class::Io | Class::Trust | Class::Internal | Class::Interrupted => {
                    assert!(status.is_server_error(), "{code}: {status}");
                }
                _ if matches!(code, Code::TamperedState | Code::TamperedWal) => assert!(status.is_server_error()),
                _ if matches!(
                    code,
                    Code::LimitConnections
                        | Code::LimitInFlight
                        | Code::NotAnchoredQuorum
                        | Code::UnknownOutcome
                        | Code::IncompleteNode
                        | Code::DiscontinuousRestore
                ) =>
                {
                    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
                }
                _ => assert!(status.is_client_error(), "{code}: {status}"),
            }
        }
    }

    // R6.1
    #[test]
    fn what_can_be_tried_again_says_when() {
        let answer = |code| Error::new(code, "", "no", "").into_response();
        assert_eq!(answer(Code::LimitConnections).headers().get(RETRY_AFTER), Some(&HeaderValue::from_static("1")));
        assert_eq!(answer(Code::MalformedRequest).headers().get(RETRY_AFTER), None);
    }

    // R12.3: the leader's address, or when to ask again; never a header that an address could break out of.
    #[test]
    fn a_node_that_follows_says_where_the_leader_is() {
        let error = || Error::new(Code::NotLeaderNode, "this node", "follows", "");
        let told = |leader: Option<&str>| {
            let response = misdirected(error(), leader);
            assert_eq!(response.status(), StatusCode::MISDIRECTED_REQUEST);
            let text =
                |name| response.headers().get(name).map(|value: &HeaderValue| value.to_str().unwrap().to_owned());
            (text(LEADER_HEADER), text("retry-after"))
        };
        assert_eq!(told(Some("http://10.0.0.1:8441")), (Some("http://10.0.0.1:8441".to_owned()), None));
        assert_eq!(told(None), (None, Some("1".to_owned())));
        assert_eq!(told(Some("http://x\r\nset-cookie: y")), (None, Some("1".to_owned())));
        assert_eq!(error().into_response().headers().get(RETRY_AFTER), Some(&HeaderValue::from_static("1")));
    }
}
