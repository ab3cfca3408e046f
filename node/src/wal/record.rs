//! What a record says.

use std::sync::Arc;

/// A place in the replicated log: the index of an entry, and the term of the leader that proposed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The leader's term; with one leader for each term it identifies the leader.
    pub term: u64,
    /// The entry's index.
    pub index: u64,
}

/// Whether a vote is a promise, or the leader it was given to has a majority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Given.
    Given,
    /// Accepted by a majority: the node leads, or is led, in that term.
    Committed,
}

/// For whom a node has voted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vote {
    /// The term.
    pub term: u64,
    /// The candidate.
    pub node: u64,
    /// What became of it.
    pub standing: Standing,
}

/// One change of what a node must remember.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// The node votes.
    Vote(Vote),
    /// An entry is appended.
    Entry {
        /// Where.
        at: Position,
        /// What; this log does not look into it.
        value: Arc<[u8]>,
    },
    /// All entries from this index on are dropped: another leader has others there.
    Truncate {
        /// The first index that is dropped.
        from: u64,
    },
    /// All entries up to this one are dropped: the state that they lead to is durable elsewhere.
    Purge(Position),
    /// All entries up to this one are known to be committed. A hint: it may lag behind.
    Committed(Position),
}

/// What a record looks like in a frame: op, term, key, value.
pub(super) type Parts<'a> = (u8, u64, u64, &'a [u8]);

impl Record {
    pub(super) fn parts(&self) -> Parts<'_> {
        match self {
            Self::Vote(Vote { term, node, standing: Standing::Given }) => (OP_VOTE, *term, *node, GIVEN),
            Self::Vote(Vote { term, node, standing: Standing::Committed }) => (OP_VOTE, *term, *node, COMMITTED),
            Self::Entry { at, value } => (OP_ENTRY, at.term, at.index, value),
            Self::Truncate { from } => (OP_TRUNCATE, 0, *from, &[]),
            Self::Purge(at) => (OP_PURGE, at.term, at.index, &[]),
            Self::Committed(at) => (OP_COMMITTED, at.term, at.index, &[]),
        }
    }

    /// `None` for parts that no record has.
    pub(super) fn from_parts((op, term, key, value): Parts<'_>) -> Option<Self> {
        let at = Position { term, index: key };
        match (op, value) {
            (OP_VOTE, GIVEN) => Some(Self::Vote(Vote { term, node: key, standing: Standing::Given })),
            (OP_VOTE, COMMITTED) => Some(Self::Vote(Vote { term, node: key, standing: Standing::Committed })),
            (OP_ENTRY, value) => Some(Self::Entry { at, value: value.into() }),
            (OP_TRUNCATE, []) if term == 0 => Some(Self::Truncate { from: key }),
            (OP_PURGE, []) => Some(Self::Purge(at)),
            (OP_COMMITTED, []) => Some(Self::Committed(at)),
            _ => None,
        }
    }

    /// Whether it must be on disk before it is acknowledged (R10.2). A hint need not: without it a node learns again
    /// what is committed.
    pub(super) const fn is_critical(&self) -> bool {
        match self {
            Self::Vote(_) | Self::Entry { .. } | Self::Truncate { .. } | Self::Purge(_) => true,
            Self::Committed(_) => false,
        }
    }

    /// How long its value is.
    pub(super) fn value_len(&self) -> usize {
        self.parts().3.len()
    }
}

const OP_VOTE: u8 = 1;
const OP_ENTRY: u8 = 2;
const OP_TRUNCATE: u8 = 3;
const OP_PURGE: u8 = 4;
const OP_COMMITTED: u8 = 5;

const GIVEN: &[u8] = &[0];
const COMMITTED: &[u8] = &[1];
