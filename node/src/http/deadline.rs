//! The time that a request may take: it travels with the request, and work past it is dropped (R6.4).

use crate::error::{Error, Result};
use axum::http::HeaderMap;
use ct_core::Code;
use std::time::Duration;
use tokio::time::Instant;

/// When the answer comes too late. An extension of every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline(Instant);

impl Deadline {
    /// From a request's header `x-deadline-ms`, its remaining budget in milliseconds; at most, and without the header,
    /// the server's own limit.
    ///
    /// # Errors
    /// `malformed.request` for a header that is no such number, or stands there twice.
    pub(crate) fn of(headers: &HeaderMap, begun: Instant, longest: Duration) -> Result<Self> {
        let mut values = headers.get_all(DEADLINE_HEADER).iter();
        let budget = match (values.next(), values.next()) {
            (None, _) => longest,
            (Some(value), None) => value.to_str().ok().and_then(milliseconds).ok_or_else(malformed)?.min(longest),
            (Some(_), Some(_)) => return Err(malformed()),
        };
        Ok(Self(begun + budget))
    }

    /// Whether nobody waits for the answer any more.
    #[must_use]
    pub fn passed(self) -> bool {
        Instant::now() >= self.0
    }

    /// What is left, for the requests that this one leads to.
    #[must_use]
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    pub(crate) const fn instant(self) -> Instant {
        self.0
    }

    /// The error of work that is dropped.
    #[must_use]
    pub fn error(self) -> Error {
        let next = "send it again with the same request ID and more time";
        Error::new(Code::LimitTooSlow, "the request", "its time ran out before the answer was ready", next)
    }
}

fn milliseconds(text: &str) -> Option<Duration> {
    let digits = !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().map(Duration::from_millis)
}

fn malformed() -> Error {
    let what = "is no number of milliseconds";
    Error::new(
        Code::MalformedRequest,
        DEADLINE_HEADER,
        what,
        "write one number of at most nine digits, or leave it out",
    )
}

/// The header with a request's remaining budget.
pub(crate) const DEADLINE_HEADER: &str = "x-deadline-ms";

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    const LONGEST: Duration = Duration::from_secs(30);

    fn budget(values: &[&str]) -> Result<Duration> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(DEADLINE_HEADER, HeaderValue::from_str(value).unwrap());
        }
        let begun = Instant::now();
        Deadline::of(&headers, begun, LONGEST).map(|deadline| deadline.instant() - begun)
    }

    // R6.4
    #[test]
    fn a_client_can_shorten_its_time_and_not_lengthen_it() {
        assert_eq!(budget(&[]), Ok(LONGEST));
        assert_eq!(budget(&["0"]), Ok(Duration::ZERO));
        assert_eq!(budget(&["1500"]), Ok(Duration::from_millis(1500)));
        assert_eq!(budget(&["999999999"]), Ok(LONGEST));
    }

    // R4.2
    #[test]
    fn what_is_no_number_is_refused() {
        for values in [&[""][..], &["-1"], &["+1"], &["1.5"], &["1s"], &["1000000000"], &["1", "1"], &["\u{e9}"]] {
            assert_eq!(budget(values).map_err(|error| error.code()), Err(Code::MalformedRequest), "{values:?}");
        }
    }
}
