//! What came of asking one address once.

use crate::error::Error;
use crate::http::{NoReply, Reply};
use ct_core::Code;
use serde_json::Value;

/// What came of it, and so what may help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    /// What was asked for.
    Answered(Vec<u8>),
    /// The log has refused: asking again would not change that.
    Refused(Error),
    /// The log has done nothing; the node with this URL may.
    Named(String, Error),
    /// Nothing was done; the same may help later, or elsewhere.
    Untouched(Error),
    /// The log may have acted on it; the same may help later, or elsewhere.
    Open(Error),
    /// What answers there is no log, or is garbled on the way: it may be one elsewhere.
    Stranger(Error),
}

impl Attempt {
    /// What this reply of the address means.
    pub(super) fn of(reply: Result<Reply, NoReply>, url: &str) -> Self {
        match reply {
            Ok(Reply { status: 200..300, body, .. }) => Self::Answered(body),
            Ok(reply) => Self::declined(&reply, url),
            Err(NoReply::Unreached(error)) => Self::Untouched(error),
            Err(NoReply::Transport(error)) => Self::Open(error),
            Err(NoReply::Protocol(error)) => Self::Stranger(error),
        }
    }

    fn declined(reply: &Reply, url: &str) -> Self {
        let value: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let error = declined(&value, reply.status, url);
        match (code(&value), reply.status) {
            (Some(Code::NotLeaderNode), _) => Self::Named(text(&value, "leader").to_owned(), error),
            (Some(Code::UnknownOutcome | Code::LimitTooSlow), _) => Self::Open(error),
            (Some(Code::NotAnchoredPending | Code::LimitInFlight | Code::UnknownLog), _)
            | (_, 408 | 429 | 500 | 502..=504) => Self::Untouched(error),
            // A path that is none there: whatever listens there is no log that takes this.
            (None, _) | (Some(Code::MalformedRequest), 404 | 405) => Self::Stranger(error),
            (Some(_), _) => Self::Refused(error),
        }
    }
}

/// What a server says that does not answer with what it was asked for.
pub(crate) fn refusal(reply: &Reply, url: &str) -> Error {
    declined(&serde_json::from_slice(&reply.body).unwrap_or_default(), reply.status, url)
}

fn declined(value: &Value, status: u16, url: &str) -> Error {
    let what = match text(value, "message") {
        "" => format!("answered with status {status}"),
        message => message.to_owned(),
    };
    let printable = |text: &str| text.chars().filter(|character| !character.is_control()).collect::<String>();
    Error::new(code(value).unwrap_or(Code::IoNetwork), url, printable(&what), printable(text(value, "next")))
}

fn code(value: &Value) -> Option<Code> {
    Code::from_text(text(value, "code"))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The name of what a reply with this status and code means.
    fn meaning(status: u16, code: &str) -> String {
        let body = format!("{{\"code\":\"{code}\",\"message\":\"m\\u0007\",\"next\":\"n\",\"leader\":\"http://b\"}}")
            .into_bytes();
        let attempt = Attempt::of(Ok(Reply { status, content_type: None, body }), "http://a");
        format!("{attempt:?}").split('(').next().unwrap_or_default().to_owned()
    }

    // R2.4, R12.3, R12.4: what is sent again, where, and what is not.
    #[test]
    fn each_reply_has_its_meaning() {
        for (status, code, name) in [
            (200, "", "Answered"),
            (421, "not_leader.node", "Named"),
            (503, "unknown.outcome", "Open"),
            (408, "limit.too_slow", "Open"),
            (409, "not_anchored.pending", "Untouched"),
            (503, "limit.in_flight", "Untouched"),
            (503, "incomplete.node", "Untouched"),
            (404, "unknown.log", "Untouched"),
            (500, "internal", "Untouched"),
            (502, "", "Untouched"),
            (404, "", "Stranger"),
            (404, "malformed.request", "Stranger"),
            (405, "malformed.request", "Stranger"),
            (301, "", "Stranger"),
            (400, "malformed.request", "Refused"),
            (404, "unknown.request", "Refused"),
            (409, "conflict.members", "Refused"),
            (403, "unknown.client", "Refused"),
            (422, "stale.request", "Refused"),
        ] {
            assert_eq!(meaning(status, code), name, "{status} {code}");
        }
    }

    #[test]
    fn what_a_server_says_steers_no_terminal() {
        let body = b"{\"code\":\"not_leader.node\",\"message\":\"a\\u001b[2Jb\"}".to_vec();
        let error = refusal(&Reply { status: 421, content_type: None, body }, "http://a");
        assert_eq!((error.code(), error.what(), error.place()), (Code::NotLeaderNode, "a[2Jb", "http://a"));
    }
}
