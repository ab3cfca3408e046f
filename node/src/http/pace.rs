//! The minimum-progress rule: whoever makes the server wait must move some bytes meanwhile (R3.3, R6.2).
//!
//! Only time spent waiting for the other side counts, in windows of the length of the grace period. Bytes moved in one
//! window are no credit for the next: a client that was fast and then stops is seen within two windows.

use std::time::Duration;
use tokio::time::Instant;

/// How fast the other side must be, on the average over a grace period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes for each second of waiting.
    pub bytes_per_second: u64,
    /// The length of a window; no client is judged sooner.
    pub grace: Duration,
}

/// One transfer in one direction, as the rule sees it.
#[derive(Debug)]
pub(crate) struct Pace {
    rule: Progress,
    /// Waited in this window, without the wait that goes on.
    waited: Duration,
    moved: u64,
    since: Option<Instant>,
}

/// The rule is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooSlow;

impl Pace {
    pub(crate) const fn new(rule: Progress) -> Self {
        Self { rule, waited: Duration::ZERO, moved: 0, since: None }
    }

    /// Bytes have moved, and nobody waits any more.
    pub(crate) fn moved(&mut self, bytes: usize, now: Instant) {
        if let Some(since) = self.since.take() {
            self.waited = self.waited.saturating_add(now.saturating_duration_since(since));
        }
        self.moved = self.moved.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }

    /// The other side makes us wait. Returns when to look again at the latest.
    pub(crate) fn waits(&mut self, now: Instant) -> Result<Instant, TooSlow> {
        let since = *self.since.get_or_insert(now);
        let waited = self.waited.saturating_add(now.saturating_duration_since(since));
        if let Some(left) = self.rule.grace.checked_sub(waited)
            && !left.is_zero()
        {
            return Ok(now + left);
        }
        if self.moved < self.due() {
            return Err(TooSlow);
        }
        *self = Self { since: Some(now), ..Self::new(self.rule) };
        Ok(now + self.rule.grace)
    }

    /// Bytes that a window of waiting must bring.
    fn due(&self) -> u64 {
        let grace = u64::try_from(self.rule.grace.as_millis()).unwrap_or(u64::MAX);
        (self.rule.bytes_per_second.saturating_mul(grace) / 1000).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Progress = Progress { bytes_per_second: 100, grace: Duration::from_secs(2) };

    /// Waits second by second; in each, so many bytes arrive. How many seconds it lasts until it is too slow.
    fn endures(rule: Progress, bytes: impl Fn(u64) -> usize) -> Option<u64> {
        let start = Instant::now();
        let mut pace = Pace::new(rule);
        for second in 0..60 {
            let now = start + Duration::from_secs(second);
            if pace.waits(now).is_err() {
                return Some(second);
            }
            if bytes(second) > 0 {
                pace.moved(bytes(second), now + Duration::from_secs(1));
            }
        }
        None
    }

    // R6.2
    #[test]
    fn who_is_too_slow_is_seen_after_the_grace() {
        assert_eq!(endures(RULE, |_| 0), Some(2));
        assert_eq!(endures(RULE, |_| 1), Some(2));
        assert_eq!(endures(RULE, |_| 99), Some(2));
        assert_eq!(endures(RULE, |_| 100), None);
    }

    // R3.3: a first megabyte is no credit for ten minutes of nothing.
    #[test]
    fn who_was_fast_and_stops_is_seen_after_two_windows() {
        assert_eq!(endures(RULE, |second| if second < 3 { 1 << 20 } else { 0 }), Some(6));
    }

    // R6.2: the time that we ourselves take is nobody's fault.
    #[test]
    fn time_between_waits_does_not_count() {
        let start = Instant::now();
        let mut pace = Pace::new(RULE);
        for hour in 0..48 {
            let now = start + Duration::from_secs(hour * 3600);
            assert!(pace.waits(now).is_ok());
            pace.moved(10, now + Duration::from_millis(10));
        }
    }

    // R6.2
    #[test]
    fn it_says_when_to_look_again() {
        let start = Instant::now();
        let mut pace = Pace::new(RULE);
        assert_eq!(pace.waits(start), Ok(start + RULE.grace));
        let later = start + Duration::from_millis(500);
        assert_eq!(pace.waits(later), Ok(start + RULE.grace));
        assert_eq!(pace.waits(start + RULE.grace), Err(TooSlow));
    }
}
