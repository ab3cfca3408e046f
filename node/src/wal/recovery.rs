//! What a node does before anything else: read its log, and decide whether anything is lost.

use super::contents::Contents;
use super::damage::{Damage, Flaw};
use super::disk::{Disk, QUARANTINE};
use super::log::{Wal, WalSettings};
use super::lsn::Lsn;
use super::record::Record;
use super::segment;
use super::watermark::{self, Watermark};
use super::writer::{DRAFT, Segment, Start, Writer};
use crate::error::{Error, Result, shown};
use ct_core::Code;
use ct_core::limits::{MAX_SEGMENT_BYTES, MAX_WAL_VALUE_BYTES};
use std::collections::VecDeque;
use std::io;

/// A log as it was found, and repaired as far as that loses nothing.
pub struct Recovered {
    contents: Contents,
    damage: Damage,
    flaws: Vec<(String, Flaw)>,
    records: u64,
    quarantined: Vec<String>,
    disk: Box<dyn Disk>,
    watermark: Watermark,
    segments: VecDeque<Segment>,
    last: Lsn,
}

/// Reads the log on `disk` from its first record to the first that is not good, and puts everything after that into the
/// quarantine (R10.3, R10.4). When it returns, what it returns is on disk; a second recovery finds the same, and nothing
/// more to put away.
///
/// # Errors
/// `io.permission`, `io.read`, `io.write` if a file cannot be read, moved or flushed; then start over.
pub fn recover(disk: Box<dyn Disk>) -> Result<Recovered> {
    let mut scan = Scan::new(disk)?;
    scan.read_segments()?;
    scan.judge();
    scan.repair()?;
    Ok(scan.found)
}

impl Recovered {
    /// What the log says.
    #[must_use]
    pub const fn contents(&self) -> &Contents {
        &self.contents
    }

    /// What is lost.
    #[must_use]
    pub const fn damage(&self) -> Damage {
        self.damage
    }

    /// Which segments were not good, and why.
    #[must_use]
    pub fn flaws(&self) -> &[(String, Flaw)] {
        &self.flaws
    }

    /// How many records were read: what a restart costs.
    #[must_use]
    pub const fn records(&self) -> u64 {
        self.records
    }

    /// The last good record.
    #[must_use]
    pub const fn last(&self) -> Lsn {
        self.last
    }

    /// The files that this recovery put into the quarantine.
    #[must_use]
    pub fn quarantined(&self) -> &[String] {
        &self.quarantined
    }

    /// Goes on although acknowledged records are lost. Whoever calls this has got them from elsewhere, or answers for
    /// the loss.
    ///
    /// # Errors
    /// `io.write`, `io.permission`
    pub fn accept_loss(mut self) -> Result<Self> {
        let last = self.last;
        let oldest = self.segments.front().and_then(|segment| segment::first_of(&segment.name));
        self.watermark.oldest = oldest.unwrap_or(last.next());
        let declared = self.watermark.declare(self.disk.as_mut(), last, Lsn::ZERO);
        declared.map_err(|source| Error::writing(&self.disk.path(watermark::NAME), &source))?;
        self.damage = Damage::None;
        Ok(self)
    }

    /// Begins to write after the last good record.
    ///
    /// # Errors
    /// `tampered.wal` if acknowledged records are lost; `io.write`, `io.permission` if a segment cannot be made.
    pub fn open(self, settings: WalSettings) -> Result<(Wal, Contents)> {
        let (writer, contents) = self.into_writer(settings)?;
        Ok((Wal::start(writer)?, contents))
    }

    pub(super) fn into_writer(self, settings: WalSettings) -> Result<(Writer, Contents)> {
        if let Damage::Corrupt { first, acknowledged } = self.damage {
            return Err(self.refusal(first, acknowledged));
        }
        let Self { contents, disk, watermark, segments, last, .. } = self;
        let place = disk.path("");
        let start = Start { disk, watermark, segments, last, heads: contents.heads() };
        let writer = Writer::new(start, settings).map_err(|source| Error::writing(&place, &source))?;
        Ok((writer, contents))
    }

    fn refusal(&self, first: Lsn, acknowledged: Lsn) -> Error {
        let why = self.flaws.first().map_or_else(String::new, |(name, flaw)| format!(" ({name}: {flaw})"));
        let what = if acknowledged < first {
            format!(
                "the write-ahead log is damaged: records up to {} are there, later ones may be lost{why}",
                self.last
            )
        } else {
            format!(
                "the write-ahead log is damaged: records {first} to {acknowledged} were acknowledged and are lost{why}"
            )
        };
        let next = "restore the node's folder from a backup, or bring it up to date from the other nodes under a new ID; \
                    what could not be read is in the folder quarantine";
        Error::new(Code::TamperedWal, shown(&self.disk.path("")), what, next)
    }
}

/// Where reading stopped for good, or bytes that no record stands in.
struct Cut {
    segment: usize,
    offset: usize,
    bytes: Vec<u8>,
}

struct Scan {
    found: Recovered,
    names: Vec<(Lsn, String)>,
    is_new: bool,
    cuts: Vec<Cut>,
    /// The first segment that is of no use, or that a segment with its beginning missing comes after.
    stopped: Option<usize>,
    /// Up to which record something proves that all were acknowledged.
    acknowledged: Lsn,
    /// Something is wrong that no write that was cut off leaves behind.
    is_unnatural: bool,
}

impl Scan {
    fn new(mut disk: Box<dyn Disk>) -> Result<Self> {
        let failed = |disk: &dyn Disk, source: &io::Error| Error::reading(&disk.path(""), source);
        let files = disk.names().map_err(|source| failed(disk.as_ref(), &source))?;
        for draft in files.iter().filter(|name| name.ends_with(DRAFT)) {
            disk.remove(draft).map_err(|source| Error::writing(&disk.path(draft), &source))?;
        }
        let mut names: Vec<_> =
            files.iter().filter_map(|name| Some((segment::first_of(name)?, name.clone()))).collect();
        names.sort();
        let has_watermark = files.iter().any(|name| name == watermark::NAME);
        let watermark = match has_watermark {
            true => Watermark::read(disk.as_ref()).map_err(|source| failed(disk.as_ref(), &source))?,
            false => None,
        };
        // The watermark is on disk before the first segment is made: without either the directory is new.
        let is_new = names.is_empty() && watermark.is_none();
        if is_new && has_watermark {
            disk.remove(watermark::NAME).map_err(|source| failed(disk.as_ref(), &source))?;
        }
        let watermark = watermark.unwrap_or(Watermark::unreadable());
        let found = Recovered {
            contents: Contents::default(),
            damage: Damage::None,
            flaws: Vec::new(),
            records: 0,
            quarantined: Vec::new(),
            disk,
            watermark,
            segments: VecDeque::new(),
            last: names.first().map_or(Lsn::ZERO, |(first, _)| first.previous()),
        };
        let acknowledged = watermark.synced;
        let mut scan =
            Self { found, names, is_new, cuts: Vec::new(), stopped: None, acknowledged, is_unnatural: false };
        if let Some((_, name)) = scan.names.first().filter(|(first, _)| *first > watermark.oldest) {
            scan.is_unnatural = true;
            scan.found.flaws.push((name.clone(), Flaw::Gap));
        }
        Ok(scan)
    }

    fn read_segments(&mut self) -> Result<()> {
        let names = self.names.clone();
        for (position, (first, name)) in names.iter().enumerate() {
            let bytes = self.read(name)?;
            if self.stopped.is_some() {
                self.acknowledged = self.acknowledged.max(segment::evidence(&bytes));
                continue;
            }
            let expected = self.found.last.next();
            let flaw = match segment::parse_head(&bytes) {
                Ok(head) if head == *first && head == expected => None,
                Ok(head) if head == *first => Some(Flaw::Gap),
                Ok(_) | Err(_) => Some(Flaw::Segment),
            };
            match flaw {
                Some(flaw) => self.stop(position, name, flaw, &bytes),
                None => self.read_frames(position, name, bytes, names.get(position.saturating_add(1)))?,
            }
        }
        Ok(())
    }

    /// A segment has its name only when its head is on disk, so a bad head is no write that was cut off.
    fn stop(&mut self, position: usize, name: &str, flaw: Flaw, bytes: &[u8]) {
        self.found.flaws.push((name.to_owned(), flaw));
        self.stopped = Some(position);
        self.is_unnatural = true;
        self.acknowledged = self.acknowledged.max(segment::evidence(bytes));
    }

    fn read_frames(&mut self, at: usize, name: &str, bytes: Vec<u8>, next: Option<&(Lsn, String)>) -> Result<()> {
        let Self { found, acknowledged, .. } = self;
        let mut highest = None;
        let end = segment::scan(&bytes, found.last.next(), |frame| {
            let index = if let Record::Entry { at, .. } = &frame.record { Some(at.index) } else { None };
            found.contents.take(frame.record)?;
            highest = highest.max(index);
            *acknowledged = (*acknowledged).max(frame.synced);
            found.last = frame.lsn;
            found.records = found.records.saturating_add(1);
            Ok(())
        });
        let name = name.to_owned();
        found.segments.push_back(Segment { name: name.clone(), highest, used: end.offset, size: bytes.len() });
        let Some(flaw) = end.flaw else { return Ok(()) };
        // A write that was cut off leaves no whole record that does not belong there.
        self.is_unnatural |= matches!(flaw, Flaw::Number | Flaw::Order | Flaw::Op);
        found.flaws.push((name, flaw));
        let rest = bytes.get(end.offset..).unwrap_or_default();
        *acknowledged = (*acknowledged).max(segment::evidence(rest));
        self.cuts.push(Cut { segment: at, offset: end.offset, bytes: without_zeros(rest).to_vec() });
        // Bytes after the last record of a segment are no loss if the next one goes on from there.
        let goes_on = match next {
            Some((first, name)) if *first == end.next => segment::parse_head(&self.read(name)?) == Ok(*first),
            _ => false,
        };
        if !goes_on {
            self.stopped = Some(at.saturating_add(1));
        }
        Ok(())
    }

    fn judge(&mut self) {
        if self.stopped.is_some() {
            // A segment is begun only when all before it is on disk.
            let later = self.names.iter().map(|(first, _)| first.previous()).max().unwrap_or_default();
            self.acknowledged = self.acknowledged.max(later);
        }
        let Recovered { watermark, contents, last, .. } = &self.found;
        let is_told = watermark.lost > Lsn::ZERO && !self.is_new;
        let is_lost = self.acknowledged > *last || self.is_unnatural || !contents.is_whole();
        self.found.damage = if is_told || is_lost {
            let told = if watermark.lost == Watermark::UNKNOWN { Lsn::ZERO } else { watermark.lost };
            Damage::Corrupt { first: last.next(), acknowledged: self.acknowledged.max(told) }
        } else if self.cuts.is_empty() {
            Damage::None
        } else {
            Damage::Torn
        };
    }

    fn repair(&mut self) -> Result<()> {
        let failed = |found: &Recovered, source: &io::Error| Error::writing(&found.disk.path(""), source);
        if self.is_new {
            let made = Watermark::create(self.found.disk.as_mut());
            self.found.watermark = made.map_err(|source| failed(&self.found, &source))?;
            return Ok(());
        }
        self.put_away().map_err(|source| failed(&self.found, &source))
    }

    /// What is lost is written down before any evidence of it is moved.
    fn put_away(&mut self) -> io::Result<()> {
        let found = &mut self.found;
        let disk = found.disk.as_mut();
        if let Damage::Corrupt { acknowledged, .. } = found.damage {
            let lost = if acknowledged > found.last { acknowledged } else { Watermark::UNKNOWN };
            if !disk.exists(watermark::NAME)? {
                disk.create(watermark::NAME, &[], 0)?;
            }
            found.watermark.declare(disk, found.last, lost)?;
        }
        for cut in self.cuts.iter().filter(|cut| !cut.bytes.is_empty()) {
            let Some((_, name)) = self.names.get(cut.segment) else { continue };
            let copy = free_name(disk, &format!("{name}-{}", cut.offset))?;
            disk.create(&copy, &cut.bytes, cut.bytes.len())?;
            disk.sync(&copy)?;
            found.quarantined.push(copy);
        }
        disk.sync_names()?;
        for cut in &self.cuts {
            let Some((_, name)) = self.names.get(cut.segment) else { continue };
            disk.cut(name, cut.offset)?;
            disk.sync(name)?;
            if let Some(segment) = found.segments.iter_mut().find(|segment| segment.name == *name) {
                segment.size = cut.offset;
            }
        }
        for (_, name) in self.names.iter().skip(self.stopped.unwrap_or(self.names.len())) {
            let copy = free_name(disk, name)?;
            disk.rename(name, &copy)?;
            found.quarantined.push(copy);
        }
        if let Some(segment) = found.segments.back() {
            // Written again first: what a flush before the restart failed to write may be in the system's memory only,
            // and a flush alone would not try again.
            let bytes = disk.read(&segment.name, MOST)?;
            disk.write_at(&segment.name, 0, bytes.get(..segment.used).unwrap_or_default())?;
            disk.sync(&segment.name)?;
        }
        disk.sync_names()?;
        if found.watermark.lost == Lsn::ZERO {
            found.watermark.advance(disk, found.last)?;
            disk.sync(watermark::NAME)?;
        }
        Ok(())
    }

    fn read(&self, name: &str) -> Result<Vec<u8>> {
        let read = self.found.disk.read(name, MOST);
        read.map_err(|source| Error::reading(&self.found.disk.path(name), &source))
    }
}

fn without_zeros(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last.saturating_add(1));
    bytes.get(..end).unwrap_or_default()
}

/// A name in the quarantine that nothing has.
fn free_name(disk: &dyn Disk, name: &str) -> io::Result<String> {
    let mut names = (0_u32..).map(|number| format!("{QUARANTINE}/{name}.{number}"));
    let free = names.find_map(|name| match disk.exists(&name) {
        Ok(true) => None,
        Ok(false) => Some(Ok(name)),
        Err(error) => Some(Err(error)),
    });
    free.unwrap_or_else(|| Err(io::ErrorKind::AlreadyExists.into()))
}

/// Segments are as large as their settings were, or as one large record.
const MOST: usize = MAX_SEGMENT_BYTES;
const _: () = assert!(MAX_WAL_VALUE_BYTES + 4_096 < MAX_SEGMENT_BYTES);
