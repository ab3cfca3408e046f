//! The head of an item: its first byte and the number that belongs to it.

use super::float;
use crate::code::Code;
use crate::error::Error;

/// The start of an item: its type and number, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) major: Major,
    /// The value, length, count, tag or simple value; of a float the bits.
    pub(super) argument: u64,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The major types, with the two meanings of type 7 apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Major {
    Unsigned,
    Negative,
    Bytes,
    Text,
    Array,
    Map,
    Tag,
    Simple,
    Float,
}

impl Head {
    /// Reads the head at `start`. All rules about heads are here (RFC 8949 sections 3 and 4.2.1).
    pub(super) fn read(input: &[u8], start: usize, field: &'static str) -> Result<Self, Error> {
        let refused = |code| Error::new(code, field).at(start);
        let cut = || cut(input, start, field);
        let (&first, rest) = input.get(start..).and_then(<[u8]>::split_first).ok_or_else(cut)?;
        let (kind, info) = (first >> 5, first & 0x1f);
        let (argument, width) = match info {
            0..24 => (u64::from(info), 0),
            24 => (u64::from(u8::from_be_bytes(*rest.first_chunk().ok_or_else(cut)?)), 1),
            25 => (u64::from(u16::from_be_bytes(*rest.first_chunk().ok_or_else(cut)?)), 2),
            26 => (u64::from(u32::from_be_bytes(*rest.first_chunk().ok_or_else(cut)?)), 4),
            27 => (u64::from_be_bytes(*rest.first_chunk().ok_or_else(cut)?), 8),
            // Indefinite length: an encoding of strings, arrays and maps, and of nothing else.
            31 if matches!(kind, 2..=5) => return Err(refused(Code::MalformedNotDeterministic)),
            _ => return Err(refused(Code::MalformedCbor)),
        };
        let shortest = match width {
            0 => true,
            1 => argument >= 24,
            2 => argument > 0xff,
            4 => argument > 0xffff,
            _ => argument > 0xffff_ffff,
        };
        let (major, shortest) = match (kind, width) {
            (0, _) => (Major::Unsigned, shortest),
            (1, _) => (Major::Negative, shortest),
            (2, _) => (Major::Bytes, shortest),
            (3, _) => (Major::Text, shortest),
            (4, _) => (Major::Array, shortest),
            (5, _) => (Major::Map, shortest),
            (6, _) => (Major::Tag, shortest),
            (_, 0) => (Major::Simple, true),
            (_, 1) if argument < 32 => return Err(refused(Code::MalformedCbor)),
            (_, 1) => (Major::Simple, true),
            (_, 2) => (Major::Float, float::half_is_shortest(argument)),
            (_, 4) => (Major::Float, float::single_is_shortest(argument)),
            (_, _) => (Major::Float, float::double_is_shortest(argument)),
        };
        if !shortest {
            return Err(refused(Code::MalformedNotDeterministic));
        }
        Ok(Self { major, argument, start, end: start + 1 + width })
    }

    /// The item is not what the format has here.
    pub(super) const fn refused(self, field: &'static str) -> Error {
        Error::new(Code::MalformedField, field).at(self.start)
    }
}

/// The input ends inside the item at `start`.
pub(super) const fn cut(input: &[u8], start: usize, field: &'static str) -> Error {
    let code = if input.is_empty() { Code::MalformedEmpty } else { Code::MalformedTruncated };
    Error::new(code, field).at(start)
}
