//! How a log is, told from outside of the thread that writes it.

use super::lsn::Lsn;
use crate::error::Error;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// How a log is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalStatus {
    /// Bytes in use, of all segments.
    pub bytes: usize,
    /// How many segments there are.
    pub segments: usize,
    /// The last record that is on disk.
    pub synced: Lsn,
    /// Flushes since the start.
    pub flushes: u64,
    /// Why nothing is acknowledged any more.
    pub poisoned: Option<Error>,
}

/// What the writer keeps up to date.
#[derive(Default)]
pub(super) struct Gauges {
    pub(super) bytes: AtomicUsize,
    pub(super) segments: AtomicUsize,
    pub(super) synced: AtomicU64,
    pub(super) flushes: AtomicU64,
    pub(super) poisoned: OnceLock<Error>,
}

impl Gauges {
    pub(super) fn status(&self) -> WalStatus {
        WalStatus {
            bytes: self.bytes.load(Ordering::Relaxed),
            segments: self.segments.load(Ordering::Relaxed),
            synced: Lsn::new(self.synced.load(Ordering::Relaxed)),
            flushes: self.flushes.load(Ordering::Relaxed),
            poisoned: self.poisoned.get().cloned(),
        }
    }
}
