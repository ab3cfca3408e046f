//! The one place where this program looks at a clock.

use crate::failure::Failure;
use ct_core::{AtSource, Code, Timestamp};
use std::time::{SystemTime, UNIX_EPOCH};

/// The time of verification: the one that the user names, else now.
pub(crate) fn verification_time(given: Option<&str>) -> Result<(Timestamp, AtSource), Failure> {
    match given {
        Some(text) => {
            let refused = |_| {
                let what = format!("--at {text}: write a time in UTC like 2026-11-20T08:00:00Z");
                Failure::new(Code::UsageTime, what)
            };
            Ok((Timestamp::parse(text).map_err(refused)?, AtSource::Given))
        }
        None => Ok((now()?, AtSource::Clock)),
    }
}

fn now() -> Result<Timestamp, Failure> {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).map(|length| length.as_secs()).ok();
    since_1970.and_then(|seconds| Timestamp::from_seconds(seconds).ok()).ok_or_else(|| {
        Failure::new(Code::UsageTime, "this machine's clock is set before 1970 or after 9999; set it, or use --at")
    })
}
