//! What the records of a log amount to: vote, marks, and the entries that are neither dropped nor purged.

use super::damage::Flaw;
use super::record::{Position, Record, Vote};
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

/// An entry that the log holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    /// Where.
    pub at: Position,
    /// What.
    pub value: Arc<[u8]>,
}

/// What a node knows from its log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    vote: Option<Vote>,
    purged: Option<Position>,
    committed: Option<Position>,
    entries: VecDeque<StoredEntry>,
}

impl Contents {
    /// The last vote.
    #[must_use]
    pub const fn vote(&self) -> Option<Vote> {
        self.vote
    }

    /// The last entry that was purged.
    #[must_use]
    pub const fn purged(&self) -> Option<Position> {
        self.purged
    }

    /// The last entry that was known to be committed.
    #[must_use]
    pub const fn committed(&self) -> Option<Position> {
        self.committed
    }

    /// The last entry, or the last that was purged if there is none.
    #[must_use]
    pub fn last(&self) -> Option<Position> {
        self.entries.back().map(|entry| entry.at).or(self.purged)
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries with an index in `range`, in order.
    pub fn entries(&self, range: Range<u64>) -> impl Iterator<Item = &StoredEntry> {
        let first = self.entries.front().map_or(0, |entry| entry.at.index);
        let offset = |index: u64| usize::try_from(index.saturating_sub(first)).unwrap_or(usize::MAX);
        let end = offset(range.end).min(self.entries.len());
        self.entries.range(offset(range.start).min(end)..end)
    }

    /// Does what the record says.
    ///
    /// # Errors
    /// [`Flaw::Order`] if it cannot follow what is there; then nothing has changed.
    pub(crate) fn take(&mut self, record: Record) -> Result<(), Flaw> {
        match record {
            Record::Vote(vote) => self.vote = Some(vote),
            Record::Committed(at) => self.committed = Some(at),
            Record::Entry { at, value } => {
                let follows = match self.entries.back() {
                    Some(last) => last.at.index.checked_add(1) == Some(at.index),
                    // What was purged may be told of later than the first entry that is left.
                    None => self.purged.is_none_or(|purged| at.index > purged.index),
                };
                if !follows {
                    return Err(Flaw::Order);
                }
                self.entries.push_back(StoredEntry { at, value });
            }
            Record::Truncate { from } => {
                if self.purged.is_some_and(|purged| from <= purged.index) {
                    return Err(Flaw::Order);
                }
                while self.entries.pop_back_if(|entry| entry.at.index >= from).is_some() {}
            }
            Record::Purge(at) => {
                if self.purged.is_some_and(|purged| at.index < purged.index) {
                    return Err(Flaw::Order);
                }
                self.purged = Some(at);
                while self.entries.pop_front_if(|entry| entry.at.index <= at.index).is_some() {}
            }
        }
        Ok(())
    }

    /// Whether the entries go on where the purged ones end: if not, entries between them are lost.
    pub(crate) fn is_whole(&self) -> bool {
        let expected = self.purged.map_or(0, |purged| purged.index.saturating_add(1));
        self.entries.front().is_none_or(|entry| entry.at.index == expected)
    }

    /// What a new segment begins with, so that it can stand without those before it.
    pub(super) fn heads(&self) -> Vec<Record> {
        let vote = self.vote.map(Record::Vote);
        let purged = self.purged.map(Record::Purge);
        let committed = self.committed.map(Record::Committed);
        [vote, purged, committed].into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(term: u64, index: u64) -> Record {
        Record::Entry { at: Position { term, index }, value: Arc::from([7]) }
    }

    fn indices(contents: &Contents, range: Range<u64>) -> Vec<u64> {
        contents.entries(range).map(|entry| entry.at.index).collect()
    }

    // R10.4, R11.1
    #[test]
    fn entries_follow_one_another() {
        let mut contents = Contents::default();
        for index in 0..4 {
            contents.take(entry(1, index)).unwrap();
        }
        for wrong in [entry(1, 3), entry(1, 5), entry(1, 0)] {
            assert_eq!(contents.take(wrong), Err(Flaw::Order));
        }
        contents.take(Record::Truncate { from: 2 }).unwrap();
        contents.take(entry(2, 2)).unwrap();
        assert_eq!(contents.last(), Some(Position { term: 2, index: 2 }));
        contents.take(Record::Purge(Position { term: 1, index: 1 })).unwrap();
        assert_eq!((indices(&contents, 0..9), contents.is_whole()), (vec![2], true));
        assert_eq!(contents.take(Record::Truncate { from: 1 }), Err(Flaw::Order));
        assert_eq!(contents.take(Record::Purge(Position { term: 1, index: 0 })), Err(Flaw::Order));
    }

    // R10.4: entries that are missing at the beginning are noticed.
    #[test]
    fn a_gap_after_what_was_purged_is_noticed() {
        let mut contents = Contents::default();
        contents.take(entry(1, 5)).unwrap();
        assert!(!contents.is_whole());
        contents.take(Record::Purge(Position { term: 1, index: 3 })).unwrap();
        assert!(!contents.is_whole());
        contents.take(Record::Purge(Position { term: 1, index: 4 })).unwrap();
        assert!(contents.is_whole());
    }

    #[test]
    fn ranges_beyond_either_end_are_cut() {
        let mut contents = Contents::default();
        for index in 0..6 {
            contents.take(entry(1, index)).unwrap();
        }
        contents.take(Record::Purge(Position { term: 1, index: 2 })).unwrap();
        assert_eq!(indices(&contents, 0..100), [3, 4, 5]);
        assert_eq!(indices(&contents, 4..5), [4]);
        assert_eq!(indices(&contents, 0..2), [] as [u64; 0]);
        assert_eq!(indices(&contents, 9..12), [] as [u64; 0]);
    }

    #[test]
    fn purging_ahead_of_the_entries_drops_them_all() {
        let mut contents = Contents::default();
        contents.take(entry(1, 0)).unwrap();
        contents.take(Record::Purge(Position { term: 3, index: 9 })).unwrap();
        assert_eq!((contents.last(), contents.is_empty()), (Some(Position { term: 3, index: 9 }), true));
        contents.take(entry(3, 10)).unwrap();
        assert!(contents.is_whole());
    }
}
