//! A segment: a file that begins with its first record's number, then frames, then zeros.

use super::damage::Flaw;
use super::frame::{Frame, Reader};
use super::lsn::Lsn;
use ct_core::Hash;

/// A segment's head: magic, number of the first record, SHA-256 of the two.
pub(super) const HEAD_LEN: usize = 48;

const MAGIC: [u8; 8] = *b"CTWAL001";
const SUFFIX: &str = ".wal";
const DIGITS: usize = 20;

/// The name of the segment whose first record has this number; names sort as numbers do.
pub(super) fn name(first: Lsn) -> String {
    format!("{:0DIGITS$}{SUFFIX}", first.get())
}

/// The number in the name of a segment; `None` for names of other files.
pub(super) fn first_of(name: &str) -> Option<Lsn> {
    let digits = name.strip_suffix(SUFFIX)?;
    let is_number = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = if is_number { digits.parse().ok()? } else { 0 };
    (number > 0).then_some(Lsn::new(number))
}

/// The head of the segment whose first record has this number.
pub(super) fn head(first: Lsn) -> Vec<u8> {
    let mut head = [MAGIC, first.get().to_be_bytes()].concat();
    let checksum = Hash::of(&head);
    head.extend_from_slice(checksum.as_bytes());
    head
}

/// Checks a head, and gives the number in it.
pub(super) fn parse_head(bytes: &[u8]) -> Result<Lsn, Flaw> {
    let mut reader = Reader(bytes);
    reader.take::<{ MAGIC.len() }>().map_err(|_| Flaw::Segment)?;
    let first = Lsn::new(reader.number().map_err(|_| Flaw::Segment)?);
    if bytes.starts_with(&head(first)) { Ok(first) } else { Err(Flaw::Segment) }
}

/// How the good frames of a segment end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    /// The offset after the last good frame.
    pub(super) offset: usize,
    /// The number of the record that would follow.
    pub(super) next: Lsn,
    /// What is wrong there; `None` if all bytes that follow are zero.
    pub(super) flaw: Option<Flaw>,
}

/// Gives each good frame to `each` until one is not good, or `each` refuses it.
pub(super) fn scan(bytes: &[u8], first: Lsn, mut each: impl FnMut(Frame) -> Result<(), Flaw>) -> End {
    let mut rest = bytes.get(HEAD_LEN..).unwrap_or_default();
    let mut next = first;
    let flaw = loop {
        if rest.iter().all(|byte| *byte == 0) {
            break None;
        }
        let taken = Frame::parse(rest).and_then(|(frame, after)| {
            if frame.lsn != next {
                return Err(Flaw::Number);
            }
            each(frame)?;
            Ok(after)
        });
        match taken {
            Ok(after) => (rest, next) = (after, next.next()),
            Err(flaw) => break Some(flaw),
        }
    };
    End { offset: bytes.len().saturating_sub(rest.len()), next, flaw }
}

/// The highest number that good frames in these bytes prove to have been acknowledged; they may begin anywhere.
pub(super) fn evidence(bytes: &[u8]) -> Lsn {
    let offsets = markers(bytes).filter_map(|offset| bytes.get(offset..));
    let frames = offsets.filter_map(|bytes| Frame::parse(bytes).ok());
    frames.map(|(frame, _)| frame.synced).max().unwrap_or_default()
}

/// Where a frame might begin.
fn markers(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let windows = bytes.windows(Frame::MARKER.len()).enumerate();
    windows.filter(|(_, window)| **window == Frame::MARKER).map(|(offset, _)| offset)
}
