//! The one thread that writes: it gathers what waits and flushes it together (group commit).

use super::disk::Disk;
use super::frame::Frame;
use super::log::{SyncPolicy, WalSettings};
use super::lsn::Lsn;
use super::queue::{Job, Queue, Waiting};
use super::record::Record;
use super::segment;
use super::status::Gauges;
use super::watermark::{self, Watermark};
use crate::error::{Error, shown};
use crate::planted::{Planted, planted};
use ct_core::Code;
use ct_core::limits::MAX_SEGMENT_BYTES;
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// A segment that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) name: String,
    /// The highest index of an entry that stands in it.
    pub(super) highest: Option<u64>,
    /// Bytes in use.
    pub(super) used: usize,
    /// Bytes there are.
    pub(super) size: usize,
}

/// Whether there is more to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Next,
    Last,
}

/// Where a writer begins.
pub(super) struct Start {
    pub(super) disk: Box<dyn Disk>,
    pub(super) watermark: Watermark,
    pub(super) segments: VecDeque<Segment>,
    /// The last record, which is on disk.
    pub(super) last: Lsn,
    pub(super) heads: Vec<Record>,
}

/// The state of the writing thread.
pub(super) struct Writer {
    disk: Box<dyn Disk>,
    settings: WalSettings,
    pub(super) queue: Arc<Queue>,
    pub(super) gauges: Arc<Gauges>,
    watermark: Watermark,
    is_watermark_flushed: bool,
    /// All segments; the last one is written to.
    segments: VecDeque<Segment>,
    /// Frames that are not written yet.
    buffer: Vec<u8>,
    last: Lsn,
    synced: Lsn,
    vote: Option<Record>,
    purged: Option<Record>,
    committed: Option<Record>,
}

impl Writer {
    /// Makes the first segment where there is none to go on with.
    pub(super) fn new(start: Start, settings: WalSettings) -> io::Result<Self> {
        let Start { disk, watermark, segments, last, heads } = start;
        let segment_bytes = settings.segment_bytes.clamp(segment::HEAD_LEN, MAX_SEGMENT_BYTES);
        let mut writer = Self {
            disk,
            settings: WalSettings { segment_bytes, ..settings },
            queue: Arc::new(Queue::new(settings.queue_bytes)),
            gauges: Arc::default(),
            watermark,
            is_watermark_flushed: true,
            segments,
            buffer: Vec::new(),
            last,
            synced: last,
            vote: None,
            purged: None,
            committed: None,
        };
        heads.iter().for_each(|head| writer.remember(head));
        // A segment that lost its only records would have the name of the next one, which replaces it.
        writer.segments.pop_back_if(|segment| segment.used == segment::HEAD_LEN);
        if writer.segments.back().is_none_or(|segment| segment.used == segment.size) {
            writer.begin_segment(0)?;
            writer.flush()?;
        }
        writer.show();
        Ok(writer)
    }

    /// Where the log is, for messages.
    pub(super) fn place(&self) -> PathBuf {
        self.disk.path("")
    }

    #[cfg(not(feature = "simulation"))]
    pub(super) fn run(mut self) {
        loop {
            let patience = if self.is_watermark_flushed { FOREVER } else { QUIET };
            let waiting = self.queue.take(patience);
            if self.turn(waiting) == Turn::Last {
                return;
            }
        }
    }

    /// Does what there is to do.
    fn turn(&mut self, waiting: Waiting) -> Turn {
        let result = match waiting {
            Waiting::Jobs(jobs) => self.commit_all(jobs),
            Waiting::Idle if planted(Planted::AcknowledgeBeforeFlush) => self.flush(),
            Waiting::Idle => self.flush_watermark(),
            Waiting::Closed => {
                // Nobody is told whether this succeeds: without it, all that was acknowledged is on disk too.
                let _ = self.flush().and_then(|()| self.flush_watermark());
                return Turn::Last;
            }
        };
        self.show();
        let Err(source) = result else { return Turn::Next };
        let error = poisoned(&self.place(), &source);
        self.refuse_all(&error);
        Turn::Last
    }

    /// As [`Self::run`], where nothing may block: the disk takes as long as it says.
    #[cfg(feature = "simulation")]
    pub(super) async fn run_by_the_clock(mut self) {
        let mut idle = Duration::ZERO;
        loop {
            let waiting = self.queue.take(Duration::ZERO);
            let time = match &waiting {
                Waiting::Jobs(_) => self.disk.latency(),
                Waiting::Idle => TICK,
                Waiting::Closed => Duration::ZERO,
            };
            crate::consensus::sleep(time).await;
            let is_idle = matches!(waiting, Waiting::Idle);
            idle = if is_idle { idle.saturating_add(time) } else { Duration::ZERO };
            if (!is_idle || idle >= QUIET) && self.turn(waiting) == Turn::Last {
                return;
            }
        }
    }

    pub(super) fn commit_all(&mut self, jobs: Vec<Job>) -> io::Result<()> {
        let groups = match self.settings.sync {
            SyncPolicy::Batched => vec![jobs],
            SyncPolicy::EveryWrite => jobs.into_iter().map(|job| vec![job]).collect(),
        };
        let mut result = Ok(());
        for group in groups {
            match &result {
                Ok(()) => result = self.commit(group),
                Err(source) => refuse(group, &poisoned(&self.place(), source)),
            }
        }
        result
    }

    /// Writes the jobs, flushes them if one of their records is critical, and says so.
    fn commit(&mut self, jobs: Vec<Job>) -> io::Result<()> {
        let result = self.write(&jobs);
        if let Err(source) = &result {
            // Before the first callback, so that nobody who hears of the failure can still add something.
            let error = poisoned(&self.place(), source);
            self.poison(&error);
            refuse(jobs, &error);
            return result;
        }
        jobs.into_iter().for_each(|job| (job.done)(Ok(())));
        self.remove_purged()
    }

    fn write(&mut self, jobs: &[Job]) -> io::Result<()> {
        let mut is_critical = false;
        for record in jobs.iter().flat_map(|job| &job.records) {
            is_critical |= record.is_critical();
            self.add(record)?;
        }
        if is_critical && !planted(Planted::AcknowledgeBeforeFlush) {
            self.flush()?;
            self.watermark.advance(self.disk.as_mut(), self.synced)?;
            self.is_watermark_flushed = false;
            Ok(())
        } else {
            self.write_buffer()
        }
    }

    fn add(&mut self, record: &Record) -> io::Result<()> {
        let length = Frame::len_of(record);
        let is_room = self.segments.back().is_some_and(|segment| {
            segment.used.saturating_add(self.buffer.len()).saturating_add(length) <= segment.size
        });
        if !is_room {
            self.seal()?;
            self.begin_segment(length)?;
        }
        self.encode(record);
        Ok(())
    }

    fn encode(&mut self, record: &Record) {
        self.last = self.last.next();
        Frame { lsn: self.last, synced: self.synced, record: record.clone() }.encode(&mut self.buffer);
        if let (Record::Entry { at, .. }, Some(segment)) = (record, self.segments.back_mut()) {
            segment.highest = segment.highest.max(Some(at.index));
        }
        self.remember(record);
    }

    fn remember(&mut self, record: &Record) {
        match record {
            Record::Vote(_) => self.vote = Some(record.clone()),
            Record::Purge(_) => self.purged = Some(record.clone()),
            Record::Committed(_) => self.committed = Some(record.clone()),
            Record::Entry { .. } | Record::Truncate { .. } => {}
        }
    }

    fn write_buffer(&mut self) -> io::Result<()> {
        if let Some(segment) = self.segments.back_mut().filter(|_| !self.buffer.is_empty()) {
            self.disk.write_at(&segment.name, segment.used, &self.buffer)?;
            segment.used = segment.used.saturating_add(self.buffer.len());
            self.buffer.clear();
        }
        Ok(())
    }

    /// Everything so far on disk.
    fn flush(&mut self) -> io::Result<()> {
        self.write_buffer()?;
        if let Some(segment) = self.segments.back() {
            self.disk.sync(&segment.name)?;
            self.gauges.flushes.fetch_add(1, Ordering::Relaxed);
            self.synced = self.last;
        }
        Ok(())
    }

    /// Ends the segment: it is as long as its records, so that bytes after them are not taken for room.
    fn seal(&mut self) -> io::Result<()> {
        self.write_buffer()?;
        if let Some(segment) = self.segments.back_mut() {
            self.disk.cut(&segment.name, segment.used)?;
            segment.size = segment.used;
        }
        self.flush()?;
        self.watermark.advance(self.disk.as_mut(), self.synced)?;
        self.flush_watermark()
    }

    /// Makes a segment with room for a frame of this length. It has its name only when it is on disk with its head.
    fn begin_segment(&mut self, length: usize) -> io::Result<()> {
        let heads = [&self.vote, &self.purged, &self.committed].map(Clone::clone);
        let needed = heads.iter().flatten().map(Frame::len_of).fold(length, usize::saturating_add);
        let size = self.settings.segment_bytes.max(segment::HEAD_LEN.saturating_add(needed));
        let first = self.last.next();
        let name = segment::name(first);
        let draft = format!("{name}{DRAFT}");
        let head = segment::head(first);
        self.disk.create(&draft, &head, size)?;
        self.disk.sync(&draft)?;
        self.disk.rename(&draft, &name)?;
        self.disk.sync_names()?;
        self.segments.push_back(Segment { name, highest: None, used: head.len(), size });
        heads.iter().flatten().for_each(|head| self.encode(head));
        Ok(())
    }

    /// Removes whole segments, oldest first, that hold nothing but what was purged (R10.5). The purge is on disk.
    fn remove_purged(&mut self) -> io::Result<()> {
        let Some(Record::Purge(purged)) = self.purged else { return Ok(()) };
        if self.synced != self.last {
            return Ok(());
        }
        let is_purged = |segment: &&Segment| segment.highest.is_none_or(|highest| highest <= purged.index);
        let most = self.segments.len().saturating_sub(1);
        let count = self.segments.iter().take(most).take_while(is_purged).count();
        let oldest = self.segments.get(count).and_then(|segment| segment::first_of(&segment.name));
        let Some(oldest) = oldest.filter(|_| count > 0) else { return Ok(()) };
        self.watermark.let_go(self.disk.as_mut(), oldest)?;
        for segment in self.segments.drain(..count) {
            self.disk.remove(&segment.name)?;
            // One after another: after a power failure none is missing in the middle.
            self.disk.sync_names()?;
        }
        Ok(())
    }

    fn flush_watermark(&mut self) -> io::Result<()> {
        if !self.is_watermark_flushed {
            self.disk.sync(watermark::NAME)?;
            self.is_watermark_flushed = true;
        }
        Ok(())
    }

    fn poison(&self, error: &Error) {
        self.gauges.poisoned.get_or_init(|| error.clone());
        self.queue.close(error.clone());
    }

    fn refuse_all(&self, error: &Error) {
        self.poison(error);
        while let Waiting::Jobs(jobs) = self.queue.take(Duration::ZERO) {
            refuse(jobs, error);
        }
    }

    fn show(&self) {
        let used = self.segments.iter().map(|segment| segment.used).fold(0, usize::saturating_add);
        self.gauges.bytes.store(used, Ordering::Relaxed);
        self.gauges.segments.store(self.segments.len(), Ordering::Relaxed);
        self.gauges.synced.store(self.synced.get(), Ordering::Relaxed);
    }
}

fn refuse(jobs: Vec<Job>, error: &Error) {
    jobs.into_iter().for_each(|job| (job.done)(Err(error.clone())));
}

fn poisoned(dir: &Path, source: &io::Error) -> Error {
    let what = format!("the write-ahead log cannot be written: {source}");
    Error::new(Code::IoLogPoisoned, shown(dir), what, "make room or replace the disk, then start the node again")
}

/// What a segment is called while it is being made.
pub(super) const DRAFT: &str = ".new";

/// After so long without work the watermark is flushed; nobody waits for that.
const QUIET: Duration = Duration::from_millis(50);
/// How often a simulated writer looks for work.
#[cfg(feature = "simulation")]
const TICK: Duration = Duration::from_millis(1);
#[cfg(not(feature = "simulation"))]
const FOREVER: Duration = Duration::from_secs(3_600);
