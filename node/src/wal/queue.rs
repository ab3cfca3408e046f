//! What waits for the writer: bounded, and nobody who adds to it waits for the disk.

use super::record::Record;
use crate::error::{Error, Result};
use crate::sync::{Condvar, Mutex, MutexGuard};
use ct_core::Code;
use std::sync::PoisonError;
use std::time::Duration;

/// Called once, when the records are on disk or never will be. It must not block.
pub(super) type Done = Box<dyn FnOnce(Result<()>) + Send>;

/// Records that belong together, and who wants to know of them.
pub(super) struct Job {
    pub(super) records: Vec<Record>,
    pub(super) bytes: usize,
    pub(super) done: Done,
}

/// What the writer finds.
pub(super) enum Waiting {
    /// At least one job.
    Jobs(Vec<Job>),
    /// Nothing came in a while.
    Idle,
    /// Nothing is left, and nothing will come.
    Closed,
}

#[derive(Default)]
struct State {
    jobs: Vec<Job>,
    bytes: usize,
    /// Set once: what every later job is refused with.
    closed: Option<Error>,
}

/// The queue.
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    most_bytes: usize,
}

impl Queue {
    pub(super) fn new(most_bytes: usize) -> Self {
        Self { state: Mutex::default(), changed: Condvar::new(), most_bytes }
    }

    /// Adds a job, or refuses it at once.
    pub(super) fn push(&self, job: Job) -> Result<()> {
        let mut state = self.lock();
        if let Some(error) = &state.closed {
            return Err(error.clone());
        }
        let bytes = state.bytes.saturating_add(job.bytes);
        if bytes > self.most_bytes && !state.jobs.is_empty() {
            let what = "has as many bytes waiting for the disk as it may";
            return Err(Error::new(Code::LimitInFlight, "write-ahead log", what, "retry after a pause"));
        }
        state.bytes = bytes;
        state.jobs.push(job);
        self.changed.notify_one();
        Ok(())
    }

    /// All that waits, or what there is instead after at most `patience`.
    pub(super) fn take(&self, patience: Duration) -> Waiting {
        let is_quiet = |state: &mut State| state.jobs.is_empty() && state.closed.is_none();
        let waited = self.changed.wait_timeout_while(self.lock(), patience, is_quiet);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.bytes = 0;
        match std::mem::take(&mut state.jobs) {
            jobs if !jobs.is_empty() => Waiting::Jobs(jobs),
            _ if state.closed.is_some() => Waiting::Closed,
            _ => Waiting::Idle,
        }
    }

    /// Refuses every later job with `error`; what waits is still taken.
    pub(super) fn close(&self, error: Error) {
        self.lock().closed.get_or_insert(error);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
