//! The protocol's log, on the write-ahead log: everything that is not purged is also in memory.

use super::entries;
use super::halt::Halt;
use super::protocol::{Entry, LogId, Protocol, RaftVote, log_id, position, raft_vote, stored_vote};
use crate::error::{Error, Result};
use crate::wal::{Contents, Flaw, Frame, Record, Wal};
use ct_core::Code;
use ct_core::limits::MAX_BYTES_IN_FLIGHT;
use openraft::storage::{IOFlushed, RaftLogStorage};
use openraft::{LogState, OptionalSend, RaftLogReader};
use std::fmt::Debug;
use std::io;
use std::ops::{Bound, Range, RangeBounds};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// The log; clones are the same one.
#[derive(Clone)]
pub(super) struct LogStore {
    contents: Arc<Mutex<Contents>>,
    wal: Arc<Wal>,
    /// Kibibytes that may still be handed to the writer, so that a slow disk slows the protocol down.
    room: Arc<Semaphore>,
    halt: Halt,
}

impl LogStore {
    /// On a log that was read, and the writer that goes on after it.
    pub(super) fn new(contents: Contents, wal: Arc<Wal>, halt: Halt) -> Self {
        let room = Arc::new(Semaphore::new(usize::try_from(ROOM).unwrap_or(usize::MAX)));
        Self { contents: Arc::new(Mutex::new(contents)), wal, room, halt }
    }

    fn contents(&self) -> MutexGuard<'_, Contents> {
        // Nothing panics while it holds the lock.
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is in memory.
    fn take(&self, records: &[Record]) -> io::Result<()> {
        let mut contents = self.contents();
        let taken = records.iter().try_for_each(|record| contents.take(record.clone()));
        taken.map_err(|flaw| self.halt.stop(out_of_order(flaw)))
    }

    /// Hands the records to the writer; `done` is called when they are on disk.
    async fn write(&self, records: Vec<Record>, done: impl FnOnce(io::Result<()>) + Send + 'static) -> io::Result<()> {
        let room = self.room(&records).await?;
        let halt = self.halt.clone();
        let finished = move |result: Result<()>| {
            drop(room);
            done(result.map_err(|error| halt.stop(error)));
        };
        self.wal.append(records, finished).map_err(|error| self.halt.stop(error))
    }

    async fn room(&self, records: &[Record]) -> io::Result<OwnedSemaphorePermit> {
        let bytes = records.iter().map(Frame::len_of).fold(0, usize::saturating_add);
        let kibibytes = u32::try_from(bytes >> 10).unwrap_or(u32::MAX).saturating_add(1).min(ROOM);
        Arc::clone(&self.room).acquire_many_owned(kibibytes).await.map_err(io::Error::other)
    }

    /// Changes memory and disk, and waits for the disk.
    async fn write_through(&self, record: Record) -> io::Result<()> {
        self.take(std::slice::from_ref(&record))?;
        let (sender, receiver) = oneshot::channel();
        // Whoever waits may be gone when the node stops.
        self.write(vec![record], move |result| drop(sender.send(result))).await?;
        receiver.await.map_err(io::Error::other)?
    }

    fn read(&self, range: Range<u64>, most_bytes: usize) -> io::Result<Vec<Entry>> {
        let contents = self.contents();
        let mut bytes = 0_usize;
        let within = contents.entries(range).take_while(|entry| {
            let is_within = bytes == 0 || bytes.saturating_add(entry.value.len()) <= most_bytes;
            bytes = bytes.saturating_add(entry.value.len());
            is_within
        });
        within.map(|entry| entries::decode(entry).map_err(|error| self.halt.stop(error))).collect()
    }
}

impl RaftLogReader<Protocol> for LogStore {
    async fn try_get_log_entries<RB: RangeBounds<u64> + Clone + Debug + OptionalSend>(
        &mut self,
        range: RB,
    ) -> io::Result<Vec<Entry>> {
        let start = match range.start_bound() {
            Bound::Included(start) => *start,
            Bound::Excluded(start) => start.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(end) => end.saturating_add(1),
            Bound::Excluded(end) => *end,
            Bound::Unbounded => u64::MAX,
        };
        self.read(start..end, usize::MAX)
    }

    /// At least one entry, and no more bytes than one message between nodes should have.
    async fn limited_get_log_entries(&mut self, start: u64, end: u64) -> io::Result<Vec<Entry>> {
        self.read(start..end, MAX_PORTION_BYTES)
    }

    async fn read_vote(&mut self) -> io::Result<Option<RaftVote>> {
        Ok(self.contents().vote().map(raft_vote))
    }
}

impl RaftLogStorage<Protocol> for LogStore {
    type LogReader = Self;

    async fn get_log_state(&mut self) -> io::Result<LogState<Protocol>> {
        let contents = self.contents();
        let (last_purged_log_id, last_log_id) = (contents.purged().map(log_id), contents.last().map(log_id));
        Ok(LogState { last_purged_log_id, last_log_id })
    }

    async fn get_log_reader(&mut self) -> Self {
        self.clone()
    }

    async fn save_vote(&mut self, vote: &RaftVote) -> io::Result<()> {
        self.write_through(Record::Vote(stored_vote(vote))).await
    }

    /// A hint: nobody waits for the disk.
    async fn save_committed(&mut self, committed: Option<LogId>) -> io::Result<()> {
        let Some(committed) = committed else { return Ok(()) };
        let record = Record::Committed(position(&committed));
        self.take(std::slice::from_ref(&record))?;
        self.write(vec![record], drop).await
    }

    async fn read_committed(&mut self) -> io::Result<Option<LogId>> {
        Ok(self.contents().committed().map(log_id))
    }

    async fn append<I>(&mut self, entries: I, callback: IOFlushed<Protocol>) -> io::Result<()>
    where
        I: IntoIterator<Item = Entry> + OptionalSend,
        I::IntoIter: OptionalSend,
    {
        let record = |entry: Entry| {
            let value = entries::encode(&entry).map_err(|error| self.halt.stop(error))?;
            Ok(Record::Entry { at: position(&entry.log_id), value })
        };
        let records = entries.into_iter().map(record).collect::<io::Result<Vec<_>>>()?;
        self.take(&records)?;
        self.write(records, |result| callback.io_completed(result)).await
    }

    async fn truncate_after(&mut self, last: Option<LogId>) -> io::Result<()> {
        let purged = self.contents().purged().map(|purged| purged.index);
        let last = last.map(|last| last.index).max(purged);
        let from = last.map_or(0, |last| last.saturating_add(1));
        self.write_through(Record::Truncate { from }).await
    }

    async fn purge(&mut self, upto: LogId) -> io::Result<()> {
        self.write_through(Record::Purge(position(&upto))).await
    }
}

fn out_of_order(flaw: Flaw) -> Error {
    Error::new(Code::Internal, "consensus", format!("the log would have a gap: {flaw}"), "report this, with the log")
}

/// What is handed to the writer and not on disk, in kibibytes: as much as may be in flight.
const ROOM: u32 = 1 << 16;
const _: () = assert!(MAX_BYTES_IN_FLIGHT == 1024 << 16);

/// What another node is sent at once.
const MAX_PORTION_BYTES: usize = 1 << 20;
