//! Reading a log, and checking it on the way.

use crate::error::{Error, Place, Problem};
use crate::lock::{self, Patience};
use crate::record::Record;
use crate::regular_file;
use crate::torn::{self, Before, MAX_TORN};
use ct_core::Hash;
use ct_core::limits::MAX_RECORD_BYTES;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Take};
use std::path::Path;

/// The records of a log, in order, each one checked against the one before it. Holds one line at a time.
///
/// The first fault ends it: `malformed.evidence_log` for a line that is no record, `unsupported.version` for one of
/// another version, `tampered.evidence_log` for one that does not follow the record before it,
/// `incomplete.evidence_log` for a last line without a line break, `io.read`.
#[derive(Debug)]
pub struct Reader<R> {
    input: BufReader<R>,
    /// The number that the next record must have.
    count: u64,
    head: Hash,
    offset: u64,
    ended: bool,
}

impl Reader<Take<File>> {
    /// Reads a log as it is now; what others append meanwhile is left out.
    ///
    /// # Errors
    /// As [`Reader::open_with`].
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::open_with(path, &Patience::default())
    }

    /// Reads a log as it is now, and waits like this for another program that is just appending to it.
    ///
    /// # Errors
    /// `io.not_found`, `io.permission`, `io.not_a_file`, `io.symlink_loop`; `io.read`, also if that program does not
    /// let go of the log.
    pub fn open_with(path: &Path, patience: &Patience) -> Result<Self, Error> {
        let file = regular_file::open_to_read(path)?;
        // Between two appends, so that one in progress is not taken for one that was cut off.
        lock::to_read(&file, patience)?;
        let length = file.metadata().map_err(Problem::Read)?.len();
        file.unlock().map_err(Problem::Read)?;
        Ok(Self::new(file.take(length)))
    }
}

impl<R: Read> Reader<R> {
    /// Reads a log from its first byte.
    pub fn new(input: R) -> Self {
        Self { input: BufReader::new(input), count: 0, head: Record::NO_RECORD, offset: 0, ended: false }
    }

    /// How many whole records have been read.
    pub const fn records(&self) -> u64 {
        self.count
    }

    /// The hash of the last record that has been read; [`Record::NO_RECORD`] before the first.
    pub const fn head(&self) -> Hash {
        self.head
    }

    fn read_record(&mut self) -> Result<Option<Record>, Error> {
        let mut line = Vec::new();
        let longest = u64::try_from(MAX_RECORD_BYTES).unwrap_or(u64::MAX);
        let read = (&mut self.input).take(longest).read_until(b'\n', &mut line).map_err(Problem::Read)?;
        if read == 0 {
            return Ok(None);
        }
        if line.last() != Some(&b'\n') {
            return Err(self.fault_without_line_break(line)?);
        }
        let record = Record::parse(&line)?;
        if record.seq() != self.count {
            return Err(Problem::Seq.into());
        }
        if record.prev() != self.head {
            return Err(Problem::Prev.into());
        }
        self.count = self.count.checked_add(1).ok_or(Problem::Seq)?;
        self.head = record.hash();
        self.offset = self.offset.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(Some(record))
    }

    /// What is the matter with bytes that no line break ends, of which `line` are the first.
    fn fault_without_line_break(&mut self, mut line: Vec<u8>) -> Result<Error, Error> {
        if line.len() == MAX_RECORD_BYTES {
            // One byte more than a crash leaves shows that there is more.
            let rest = u64::try_from(MAX_TORN - MAX_RECORD_BYTES + 1).unwrap_or(u64::MAX);
            (&mut self.input).take(rest).read_until(b'\n', &mut line).map_err(Problem::Read)?;
        }
        let before = if self.count == 0 { Before::Nothing } else { Before::Record };
        let ends = line.last() != Some(&b'\n');
        if ends && torn::is_left_by_a_crash(&line, before) {
            return Ok(Problem::Cut.into());
        }
        Ok(torn::refusal(&line))
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Record, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let place = Place { line: self.count.checked_add(1), offset: self.offset };
        let next = self.read_record().map_err(|error| error.at(place)).transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}
