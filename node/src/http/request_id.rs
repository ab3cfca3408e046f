//! The ID under which a request stands in every log line, and in its answer (R2.6, R4.4).

use axum::http::{HeaderMap, HeaderValue};
use std::fmt;

/// A request's ID: 1 to 64 letters, digits, `.`, `_` or `-`. An extension of every request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequestId(String);

impl RequestId {
    /// The ID of this text, if it is well-formed.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        ((1..=MAX_ID_BYTES).contains(&text.len()) && text.bytes().all(is_allowed)).then(|| Self(text.to_owned()))
    }

    /// The ID that the client gave its request. One that is not well-formed is as none: it must not reach a log.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        headers.get(REQUEST_ID_HEADER).and_then(|value| value.to_str().ok()).and_then(Self::new)
    }

    /// The ID of a request whose client gave none.
    pub(crate) fn generated(run: &str, number: u64) -> Self {
        Self(format!("{run}-{number}"))
    }

    pub(crate) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The header with a request's ID.
pub(crate) const REQUEST_ID_HEADER: &str = "x-request-id";

const MAX_ID_BYTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    // R2.6, R1.3
    #[test]
    fn ids_are_short_and_plain() {
        for good in ["a", "2026-11-20_x.Y", &"a".repeat(64)] {
            assert_eq!(RequestId::new(good).unwrap().as_str(), good);
        }
        for bad in ["", &"a".repeat(65), "a b", "a\nb", "a\"b", "a/b", "\u{e9}"] {
            assert_eq!(RequestId::new(bad), None, "{bad:?}");
        }
    }
}
