//! The one place where this program looks at a clock, and where its randomness comes from.

use crate::args::Repeatable;
use ct_core::{Code, Hash, Timestamp};
use ct_node::{Entropy, Error, Result};
use std::time::{SystemTime, UNIX_EPOCH};

impl Repeatable {
    /// The time that the user names, else now.
    pub(crate) fn now(&self) -> Result<Timestamp> {
        let Some(text) = &self.at else { return clock() };
        let refused =
            |_| Error::new(Code::UsageTime, format!("--at {text}"), "is no time", "write it like 2026-11-20T08:00:00Z");
        Timestamp::parse(text).map_err(refused)
    }

    /// Randomness from the seed that the user names, else from the operating system.
    pub(crate) fn entropy(&self) -> Result<Entropy> {
        let Some(seed) = &self.seed else { return Entropy::from_os() };
        let refused =
            |_| Error::new(Code::UsageArguments, "--seed", "is no seed", "write 64 hexadecimal digits in lower case");
        Ok(Entropy::from_seed(Hash::from_hex(seed).map_err(refused)?.as_bytes()))
    }
}

/// Now.
pub(crate) fn clock() -> Result<Timestamp> {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).map(|length| length.as_secs()).ok();
    since_1970
        .and_then(|seconds| Timestamp::from_seconds(seconds).ok())
        .ok_or_else(|| Error::new(Code::UsageTime, "the machine's clock", "is set before 1970 or after 9999", "set it"))
}
