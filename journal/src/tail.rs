//! The end of a log: what the next record follows.

use crate::error::{Error, Place, Problem};
use crate::record::Record;
use crate::torn::{self, Before, MAX_TORN};
use ct_core::Hash;
use ct_core::limits::MAX_RECORD_BYTES;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// What the next record follows, and what a crash left behind it.
#[derive(Debug)]
pub(crate) struct Tail {
    /// The number that the next record gets.
    pub(crate) next_seq: u64,
    /// The hash of the last whole record.
    pub(crate) head: Hash,
    /// Where the whole records end.
    pub(crate) end: u64,
    /// The bytes after that.
    pub(crate) torn: Vec<u8>,
}

impl Tail {
    /// Reads a bounded number of bytes, however long the log is.
    pub(crate) fn read(mut file: &File) -> Result<Self, Error> {
        let length = file.metadata().map_err(Problem::Read)?.len();
        let window = length.min(u64::try_from(WINDOW).unwrap_or(u64::MAX));
        let mut bytes = vec![0; usize::try_from(window).unwrap_or(WINDOW)];
        // Appending goes to the end, wherever this leaves the position.
        file.seek(SeekFrom::Start(length - window)).and_then(|_| file.read_exact(&mut bytes)).map_err(Problem::Read)?;
        Self::parse(&bytes, length - window)
    }

    /// `bytes` are the end of a log, from `start` on.
    fn parse(bytes: &[u8], start: u64) -> Result<Self, Error> {
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |position| position + 1);
        let (lines, torn) = bytes.split_at(whole);
        let end = start.saturating_add(size(lines));
        let before = if lines.is_empty() { Before::Nothing } else { Before::Record };
        if !torn.is_empty() && !torn::is_left_by_a_crash(torn, before) {
            return Err(torn::refusal(torn).at(Place { line: None, offset: end }));
        }
        if lines.is_empty() {
            return Ok(Self { next_seq: 0, head: Record::NO_RECORD, end, torn: torn.to_owned() });
        }
        let before = lines.len().saturating_sub(1);
        let before = lines.get(..before).and_then(|lines| lines.iter().rposition(|byte| *byte == b'\n'));
        let last = lines.get(before.map_or(0, |position| position + 1)..).unwrap_or_default();
        let offset = end.saturating_sub(size(last));
        let at = |error: Error| error.at(Place { line: None, offset });
        let record = Record::parse(last).map_err(at)?;
        if (offset == 0) != (record.seq() == 0) {
            return Err(at(Problem::Seq.into()));
        }
        let next_seq = record.seq().checked_add(1).ok_or_else(|| at(Problem::Seq.into()))?;
        Ok(Self { next_seq, head: record.hash(), end, torn: torn.to_owned() })
    }
}

fn size(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// A whole line with the line break before it, and as much as a crash can leave behind it.
const WINDOW: usize = MAX_RECORD_BYTES + 1 + MAX_TORN;
