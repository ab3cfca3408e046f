//! One record as bytes: a head with its checksum, and the value.

use super::damage::Flaw;
use super::lsn::Lsn;
use super::record::Record;
use ct_core::Hash;
use ct_core::limits::MAX_WAL_VALUE_BYTES;

/// A record with its number, as it stands in a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The record's number.
    pub lsn: Lsn,
    /// The last record that was known to be on disk when this one was written. It tells a write that was cut off from
    /// acknowledged records that are gone: one write may reach the disk in any order, but only after all before it.
    pub synced: Lsn,
    /// The record.
    pub record: Record,
}

impl Frame {
    /// How many bytes come before the value.
    pub const HEAD_LEN: usize = 105;

    /// The longest frame.
    pub const MAX_LEN: usize = Self::HEAD_LEN + MAX_WAL_VALUE_BYTES;

    /// What the first bytes of a frame are. None is zero, so that no frame begins in the unused part of a segment.
    pub(super) const MARKER: [u8; 4] = *b"CTW1";

    /// How many bytes the frame of `record` has.
    pub(crate) fn len_of(record: &Record) -> usize {
        Self::HEAD_LEN.saturating_add(record.value_len())
    }

    /// Appends the frame's bytes. The value is within its limit; [`super::Wal::append`] has seen to it.
    pub fn encode(&self, to: &mut Vec<u8>) {
        let (op, term, key, value) = self.record.parts();
        let start = to.len();
        let length = u32::try_from(Self::HEAD_LEN.saturating_add(value.len())).unwrap_or(u32::MAX);
        to.extend_from_slice(&Self::MARKER);
        to.extend_from_slice(&length.to_be_bytes());
        to.extend_from_slice(&self.synced.get().to_be_bytes());
        to.extend_from_slice(&self.lsn.get().to_be_bytes());
        to.extend_from_slice(&term.to_be_bytes());
        to.push(op);
        to.extend_from_slice(&key.to_be_bytes());
        to.extend_from_slice(Hash::of(value).as_bytes());
        let checksum = Hash::of(to.get(start..).unwrap_or_default());
        to.extend_from_slice(checksum.as_bytes());
        to.extend_from_slice(value);
    }

    /// The frame at the beginning of `bytes`, and what comes after it.
    ///
    /// # Errors
    /// Why there is none. Nothing is allocated before length and checksum are good.
    pub fn parse(bytes: &[u8]) -> Result<(Self, &[u8]), Flaw> {
        let mut head = Reader(bytes);
        if head.take::<4>()? != Self::MARKER {
            return Err(Flaw::Marker);
        }
        let length = usize::try_from(u32::from_be_bytes(head.take()?)).map_err(|_| Flaw::Length)?;
        if !(Self::HEAD_LEN..=Self::MAX_LEN).contains(&length) {
            return Err(Flaw::Length);
        }
        let (synced, lsn) = (Lsn::new(head.number()?), Lsn::new(head.number()?));
        let term = head.number()?;
        let [op] = head.take()?;
        let key = head.number()?;
        let value_hash: [u8; Hash::LEN] = head.take()?;
        let (signed, checksum) = bytes.split_at_checked(Self::HEAD_LEN - Hash::LEN).ok_or(Flaw::Short)?;
        if !checksum.starts_with(Hash::of(signed).as_bytes()) {
            return Err(if checksum.len() < Hash::LEN { Flaw::Short } else { Flaw::Checksum });
        }
        let (frame, rest) = bytes.split_at_checked(length).ok_or(Flaw::Short)?;
        let value = frame.get(Self::HEAD_LEN..).ok_or(Flaw::Short)?;
        if *Hash::of(value).as_bytes() != value_hash {
            return Err(Flaw::Value);
        }
        let record = Record::from_parts((op, term, key, value)).ok_or(Flaw::Op)?;
        if synced >= lsn { Err(Flaw::Op) } else { Ok((Self { lsn, synced, record }, rest)) }
    }
}

/// Numbers from the front of a slice.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl Reader<'_> {
    pub(super) fn take<const N: usize>(&mut self) -> Result<[u8; N], Flaw> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(Flaw::Short)?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(super) fn number(&mut self) -> Result<u64, Flaw> {
        self.take().map(u64::from_be_bytes)
    }
}
