//! Requests to other machines: time-outs for each stage, answers of bounded size, and errors that say whether trying
//! again can help (R2.4, R4.3).
//!
//! A client blocks, so it belongs on a thread of its own.

use super::deadline::DEADLINE_HEADER;
use super::request_id::{REQUEST_ID_HEADER, RequestId};
use crate::error::Error;
use ct_core::Code;
use std::fmt;
use std::io::ErrorKind;
use std::time::Duration;
use ureq::Agent;
use ureq::http::Response;
#[cfg(feature = "s3")]
use ureq::http::{Method, Request};
use ureq::{Body, Error as Failure, Timeout};

/// How long a client waits for another machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For a connection.
    pub connect: Duration,
    /// For the next bytes.
    pub read: Duration,
    /// For a whole request and its answer.
    pub total: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), read: Duration::from_secs(10), total: Duration::from_secs(30) }
    }
}

/// A client that keeps its connections. It follows no redirect and uses no proxy: who answers is who was asked.
#[derive(Clone, Debug)]
pub struct HttpClient {
    agent: Agent,
    patience: Patience,
}

/// What a server answered, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The header `content-type`, if it is text.
    pub content_type: Option<String>,
    /// All of the body.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoReply {
    /// There is no way there, so the server knows nothing of it: another try may succeed.
    Unreached(Error),
    /// The way there or back: another try may succeed, and the server may have acted on this one.
    Transport(Error),
    /// What came is no answer, or too much of one: another try would bring the same.
    Protocol(Error),
}

impl NoReply {
    /// The error, of either kind.
    #[must_use]
    pub fn into_error(self) -> Error {
        match self {
            Self::Unreached(error) | Self::Transport(error) | Self::Protocol(error) => error,
        }
    }
}

impl HttpClient {
    /// A client with this patience.
    #[must_use]
    pub fn new(patience: Patience) -> Self {
        let config = Agent::config_builder()
            .timeout_connect(Some(patience.connect))
            .timeout_resolve(Some(patience.connect))
            .timeout_per_read(Some(patience.read))
            .timeout_per_write(Some(patience.read))
            .timeout_global(Some(patience.total))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent("ct-node");
        Self { agent: config.build().new_agent(), patience }
    }

    /// Asks for a URL; at most `limit` bytes are taken.
    ///
    /// # Errors
    /// [`NoReply`]: `io.network`, or `limit.length` for an answer that is longer.
    pub fn get(&self, url: &str, limit: usize) -> Result<Reply, NoReply> {
        let answer = self.agent.get(url).call();
        reply(answer, limit).map_err(|failure| no_reply(url, limit, &failure))
    }

    /// Sends a text to a URL; at most `limit` bytes are taken.
    ///
    /// # Errors
    /// As [`HttpClient::get`].
    pub fn post(&self, url: &str, body: &str, limit: usize) -> Result<Reply, NoReply> {
        self.post_bytes(url, "text/plain; charset=utf-8", body.as_bytes(), limit)
    }

    /// Sends bytes of this type to a URL, with the time that is left for them; at most `limit` bytes are taken.
    ///
    /// # Errors
    /// As [`HttpClient::get`].
    pub fn post_bytes(&self, url: &str, content_type: &str, body: &[u8], limit: usize) -> Result<Reply, NoReply> {
        let request = self.agent.post(url).content_type(content_type).header(DEADLINE_HEADER, self.budget());
        reply(request.send(body), limit).map_err(|failure| no_reply(url, limit, &failure))
    }

    /// As [`HttpClient::post_bytes`], under an ID by which every server's events can be found (R4.4).
    ///
    /// # Errors
    /// As [`HttpClient::get`].
    pub fn post_as(
        &self,
        id: &RequestId,
        url: &str,
        content_type: &str,
        body: &[u8],
        limit: usize,
    ) -> Result<Reply, NoReply> {
        let request = self.agent.post(url).content_type(content_type).header(DEADLINE_HEADER, self.budget());
        let request = request.header(REQUEST_ID_HEADER, id.as_str());
        reply(request.send(body), limit).map_err(|failure| no_reply(url, limit, &failure))
    }

    /// Sends a request as it is, and takes at most `limit` bytes of the answer.
    ///
    /// # Errors
    /// As [`HttpClient::get`].
    #[cfg(feature = "s3")]
    pub(crate) fn send(&self, request: Request<Vec<u8>>, limit: usize) -> Result<Response<Vec<u8>>, NoReply> {
        let url = request.uri().to_string();
        let answer = match *request.method() {
            Method::PUT | Method::POST => self.agent.run(request),
            _ => self.agent.run(request.map(drop)),
        };
        let whole = answer.and_then(|answer| {
            let (head, mut body) = answer.into_parts();
            Ok(Response::from_parts(head, whole(&mut body, limit)?))
        });
        whole.map_err(|failure| no_reply(&url, limit, &failure))
    }

    fn budget(&self) -> String {
        self.patience.total.as_millis().to_string()
    }
}

fn reply(answer: Result<Response<Body>, Failure>, limit: usize) -> Result<Reply, Failure> {
    let mut answer = answer?;
    let status = answer.status().as_u16();
    let content_type = answer.headers().get("content-type").and_then(|value| value.to_str().ok()).map(str::to_owned);
    Ok(Reply { status, content_type, body: whole(answer.body_mut(), limit)? })
}

fn whole(body: &mut Body, limit: usize) -> Result<Vec<u8>, Failure> {
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    // Refused before a byte is read if it is announced, and at the first byte too many if not.
    if body.content_length().is_some_and(|length| length > limit) {
        return Err(Failure::BodyExceedsLimit(limit));
    }
    let bytes = body.with_config().limit(limit.saturating_add(1)).read_to_vec()?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
        return Err(Failure::BodyExceedsLimit(limit));
    }
    Ok(bytes)
}

fn no_reply(url: &str, limit: usize, failure: &Failure) -> NoReply {
    let network = |what: &dyn fmt::Display, next| Error::new(Code::IoNetwork, url, what.to_string(), next);
    let reach = "check the address and the network, and try again later";
    match failure {
        Failure::BodyExceedsLimit(_) => {
            let what = format!("answers with more than {limit} bytes");
            NoReply::Protocol(Error::new(Code::LimitLength, url, what, "check that the address is the right one"))
        }
        Failure::Timeout(stage @ (Timeout::Resolve | Timeout::Connect)) => {
            NoReply::Unreached(network(&format_args!("did not answer in time ({stage})"), reach))
        }
        Failure::Timeout(stage) => {
            NoReply::Transport(network(&format_args!("did not answer in time ({stage})"), reach))
        }
        Failure::HostNotFound => NoReply::Unreached(network(&"has no address", reach)),
        Failure::ConnectionFailed => NoReply::Unreached(network(&"cannot be reached", reach)),
        Failure::Io(source) if source.kind() == ErrorKind::ConnectionRefused => {
            NoReply::Unreached(network(&"cannot be reached: nothing listens there", reach))
        }
        Failure::BodyStalled => NoReply::Transport(network(&"cannot be reached", reach)),
        // ureq hands on what the parser of chunks and headers says as such an error of I/O.
        Failure::Io(source) if source.kind() != ErrorKind::InvalidData => {
            NoReply::Transport(network(&format_args!("cannot be reached: {source}"), reach))
        }
        other => {
            let what = format!("does not answer as a server should: {other}");
            NoReply::Protocol(network(&what, "check that the address is the right one"))
        }
    }
}
