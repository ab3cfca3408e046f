//! What is wrong with the bytes of a write-ahead log.

use super::lsn::Lsn;
use std::fmt;

/// Why bytes are not the record that should stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// No record begins here.
    Marker,
    /// The bytes end before the record does.
    Short,
    /// The length is less than that of an empty record, or more than a record may have.
    Length,
    /// The head does not have the checksum that it names.
    Checksum,
    /// The value does not have the hash that the head names.
    Value,
    /// Head and value are whole, but no record says this.
    Op,
    /// The record has another number than the next one.
    Number,
    /// The record is whole, and does not go with those before it.
    Order,
    /// The head of the segment is not one, or not that of its name.
    Segment,
    /// A segment is missing.
    Gap,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Marker => "no record begins here",
            Self::Short => "the record is cut off",
            Self::Length => "the length is out of range",
            Self::Checksum => "the checksum does not match",
            Self::Value => "the value does not match its hash",
            Self::Op => "the record says nothing that is known",
            Self::Number => "the record's number is not the next one",
            Self::Order => "the record does not go with those before it",
            Self::Segment => "the head of the segment is damaged",
            Self::Gap => "a segment is missing",
        })
    }
}

/// What a recovery found to be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// Nothing.
    None,
    /// Bytes after the last good record that no acknowledged record stood in: a write that was cut off. They are in the
    /// quarantine.
    Torn,
    /// Acknowledged records are damaged or missing, or it cannot be shown that none are. What could be read before them
    /// was read, the rest is in the quarantine. A node with such a log must not vote: it may have promised what it no
    /// longer knows. Every recovery says so again until [`super::Recovered::accept_loss`].
    Corrupt {
        /// The first record that is not there.
        first: Lsn,
        /// The last record that is known to have been acknowledged; less than `first` if that is not known.
        acknowledged: Lsn,
    },
}
