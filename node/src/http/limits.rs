//! What a server bears of its clients.

use crate::http::pace::Progress;
use std::time::Duration;

/// The limits of one server. Memory for requests is at most `connections * (head_bytes + body_bytes)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once; further ones are answered 503 and closed.
    pub connections: usize,
    /// Bytes of request line and header fields; at least 8,192, or that is what counts.
    pub head_bytes: usize,
    /// Header fields in one request.
    pub head_fields: usize,
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// From a head's first byte to its last.
    pub head: Duration,
    /// A connection without a request.
    pub idle: Duration,
    /// The rule for whoever sends a body (R6.2) and for whoever reads an answer (R3.3).
    pub progress: Progress,
    /// For a whole request, from its head to its answer; `x-deadline-ms` can only shorten it.
    pub request: Duration,
    /// How long requests in flight may take to finish when the server stops.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1_024,
            head_bytes: 16_384,
            head_fields: 64,
            body_bytes: 1 << 20,
            head: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            progress: Progress { bytes_per_second: 1_024, grace: Duration::from_secs(5) },
            request: Duration::from_secs(30),
            drain: Duration::from_secs(20),
        }
    }
}
