//! A log that is written to: what its users hold, while a thread writes.

use super::frame::Frame;
use super::queue::{Job, Queue};
use super::record::Record;
use super::status::{Gauges, WalStatus};
use super::writer::Writer;
use crate::error::{Error, Result};
use crate::sync::{JoinHandle, Mutex, ThreadId, current};
use ct_core::Code;
use ct_core::limits::{MAX_BYTES_IN_FLIGHT, MAX_WAL_VALUE_BYTES};
use std::sync::{Arc, PoisonError};

/// How many writes share a flush.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncPolicy {
    /// None: each call of [`Wal::append`] is flushed by itself.
    EveryWrite,
    /// All that came while the disk was busy.
    Batched,
}

/// How a log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalSettings {
    /// How large a segment is made, at most `MAX_SEGMENT_BYTES`; a record that does not fit makes a larger one.
    pub segment_bytes: usize,
    /// How many writes share a flush.
    pub sync: SyncPolicy,
    /// How many bytes may wait for the disk.
    pub queue_bytes: usize,
}

impl Default for WalSettings {
    fn default() -> Self {
        Self { segment_bytes: 16 << 20, sync: SyncPolicy::Batched, queue_bytes: 2 * MAX_BYTES_IN_FLIGHT }
    }
}

/// A log that is being written.
pub struct Wal {
    queue: Arc<Queue>,
    gauges: Arc<Gauges>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// The writer's; none in a simulation.
    writer: Option<ThreadId>,
}

impl Wal {
    /// Hands the records to the writer and returns at once. `done` is called when they are on disk, or never will be, on
    /// the writer's thread: it must not block. Hints ([`Record::Committed`]) alone are written, and not flushed.
    ///
    /// Records reach the disk in the order of the calls, and callbacks are called in it.
    ///
    /// # Errors
    /// Then `done` is not called and nothing is written: `limit.length` if a value is longer than `MAX_WAL_VALUE_BYTES`;
    /// `limit.in_flight` if too much waits; `io.log_poisoned` after a failure; `interrupted` after [`Self::close`].
    pub fn append(&self, records: Vec<Record>, done: impl FnOnce(Result<()>) + Send + 'static) -> Result<()> {
        if records.iter().any(|record| record.value_len() > MAX_WAL_VALUE_BYTES) {
            let what = format!("a value is longer than {MAX_WAL_VALUE_BYTES} bytes");
            return Err(Error::new(Code::LimitLength, "write-ahead log", what, "split the command"));
        }
        let bytes = records.iter().map(Frame::len_of).fold(0, usize::saturating_add);
        self.queue.push(Job { records, bytes, done: Box::new(done) })
    }

    /// How the log is now.
    #[must_use]
    pub fn status(&self) -> WalStatus {
        self.gauges.status()
    }

    /// Writes what waits, flushes it, and ends the thread. Called by a callback, it does not wait for that.
    pub fn close(&self) {
        let next = "start the node again";
        self.queue.close(Error::new(Code::Interrupted, "write-ahead log", "is closed", next));
        // A callback may be the last that holds the log. A thread that waited for itself would never end.
        if Some(current().id()) == self.writer {
            return;
        }
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // Locked until then: whoever closes second waits, too. The thread has no way to panic that a caller could do
            // anything about.
            let _ = thread.join();
        }
    }

    pub(super) fn start(writer: Writer) -> Result<Self> {
        let (queue, gauges) = (Arc::clone(&writer.queue), Arc::clone(&writer.gauges));
        let thread = hand_over(writer)?;
        let writer = thread.as_ref().map(|thread| thread.thread().id());
        Ok(Self { queue, gauges, thread: Mutex::new(thread), writer })
    }
}

/// To a thread of its own.
#[cfg(not(feature = "simulation"))]
fn hand_over(writer: Writer) -> Result<Option<JoinHandle<()>>> {
    let place = crate::error::shown(&writer.place());
    let thread = crate::sync::Builder::new().name("wal".to_owned()).spawn(move || writer.run());
    let failed =
        |source: std::io::Error| Error::new(Code::IoWrite, place, source.to_string(), "raise the limit of threads");
    thread.map(Some).map_err(failed)
}

/// To a task, which ends by itself.
#[cfg(feature = "simulation")]
#[expect(clippy::unnecessary_wraps, reason = "a thread may fail to start")]
fn hand_over(writer: Writer) -> Result<Option<JoinHandle<()>>> {
    crate::consensus::spawn(writer.run_by_the_clock());
    Ok(None)
}

impl Drop for Wal {
    fn drop(&mut self) {
        self.close();
    }
}
