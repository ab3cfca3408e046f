//! How long a member is left alone that could not be reached.

use crate::planted::{Planted, planted};
use std::time::Duration;
use tokio::time::Instant;

/// The failures so far, and until when it is not dialled again.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
    until: Option<Instant>,
}

impl Backoff {
    /// It could not be reached: longer each time. `random` spreads those that lost it at the same time.
    pub(super) fn failed(&mut self, now: Instant, random: u32) {
        self.failures = self.failures.saturating_add(1);
        self.until = Some(now + pause(self.failures, random));
    }

    /// Whether it was reached the last time, or never dialled.
    pub(super) const fn is_fresh(&self) -> bool {
        self.failures == 0
    }

    /// It was reached.
    pub(super) const fn succeeded(&mut self) {
        self.failures = 0;
        self.until = None;
    }

    /// When it may be dialled, if that is not yet.
    pub(super) fn until(&self, now: Instant) -> Option<Instant> {
        self.until.filter(|until| *until > now && !planted(Planted::DialWithoutPause))
    }
}

/// Between the half and the whole of a time that doubles with each failure.
fn pause(failures: u32, random: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(MAX_DOUBLINGS);
    let whole = FIRST.saturating_mul(1_u32 << doublings).min(LONGEST);
    let half = whole / 2;
    half + half.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

const FIRST: Duration = Duration::from_millis(50);
/// Not longer, so that a node that comes back is soon part of the log again.
const LONGEST: Duration = Duration::from_secs(1);
const MAX_DOUBLINGS: u32 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    // R2.4
    #[test]
    fn pauses_double_up_to_a_second_and_are_spread() {
        let most: Vec<u128> = (1..=8).map(|failures| pause(failures, u32::MAX).as_millis()).collect();
        assert_eq!(most, [50, 100, 200, 400, 800, 1_000, 1_000, 1_000]);
        let least: Vec<u128> = (1..=8).map(|failures| pause(failures, 0).as_millis()).collect();
        assert_eq!(least, [25, 50, 100, 200, 400, 500, 500, 500]);
        assert_eq!(pause(u32::MAX, u32::MAX), LONGEST);
    }

    #[test]
    fn a_success_forgets_the_failures() {
        let (now, mut backoff) = (Instant::now(), Backoff::default());
        assert_eq!(backoff.until(now), None);
        backoff.failed(now, u32::MAX);
        backoff.failed(now, u32::MAX);
        assert_eq!(backoff.until(now), Some(now + 2 * FIRST));
        assert_eq!(backoff.until(now + 2 * FIRST), None);
        assert!(!backoff.is_fresh());
        backoff.succeeded();
        assert!(backoff.is_fresh());
        backoff.failed(now, u32::MAX);
        assert_eq!(backoff.until(now), Some(now + FIRST));
    }
}
