//! This node's own tiles, on their way to a tree that all nodes have agreed on.

use crate::error::{Error, Result};
use crate::log_signer::SignedCheckpoint;
use crate::machine::{StateReader, damaged};
use crate::publication::{Publication, Staged};
use ct_core::limits::MAX_ENTRY_BYTES;
use ct_core::{Code, ConsistencyProof, Hash, SignatureLine, TreeSize};

/// Other nodes, who have entries that this one lacks. Blocks: not for an event loop.
pub trait EntrySource: Send + 'static {
    /// Entries of the log from `first` on: at least one, at most `count`. They need not be right: that shows.
    ///
    /// # Errors
    /// `io.network` if the node that is asked first cannot be reached; what it refuses with.
    fn entries(&mut self, first: u64, count: usize) -> Result<Vec<Vec<u8>>>;

    /// Wrong entries came, or none: who was asked. From now on another node is, as long as there is one.
    fn distrust(&mut self) -> String;
}

/// Whether a tree is staged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Staging {
    /// With the root that was expected: it can be signed.
    Done,
    /// A portion of it is: there are more.
    Begun,
}

/// The published side of this node, and where its entries come from.
pub(super) struct Tiles {
    publication: Publication,
    state: StateReader,
    source: Option<Box<dyn EntrySource>>,
    staged: Option<Staged>,
    /// Some of what is staged came from another node.
    foreign: bool,
}

impl Tiles {
    pub(super) fn new(publication: Publication, state: StateReader, source: Option<Box<dyn EntrySource>>) -> Self {
        Self { publication, state, source, staged: None, foreign: false }
    }

    /// How many entries this node has signed.
    pub(super) const fn size(&self) -> TreeSize {
        self.publication.size()
    }

    /// What it has signed last.
    pub(super) const fn signed(&self) -> &SignedCheckpoint {
        self.publication.checkpoint()
    }

    pub(super) const fn publication(&self) -> &Publication {
        &self.publication
    }

    pub(super) fn consistency(&mut self, old: TreeSize, new: TreeSize) -> Result<ConsistencyProof> {
        self.publication.consistency(old, new)
    }

    /// Stages one more portion of the tree of this size, which must have this root.
    ///
    /// # Errors
    /// `tampered.state` if this node's own entries have another root; `tampered.inclusion` names the node whose entries
    /// have. Those of [`Publication::stage`]; of [`EntrySource::entries`]. Then what was staged is forgotten.
    pub(super) fn stage(&mut self, size: TreeSize, root: Hash) -> Result<Staging> {
        let staged = self.portion(size).and_then(|staged| self.judge(staged, size, root));
        if staged.is_err() {
            self.forget();
        }
        staged
    }

    /// Signs what is staged. The fence is on disk before.
    pub(super) fn sign(&mut self) -> Result<()> {
        let Some(staged) = self.staged.take() else { return Ok(()) };
        let signed = self.publication.sign(staged).map(drop);
        self.forget();
        signed
    }

    /// Publishes what was signed last, with these cosignatures; the entries are no longer needed in the state.
    pub(super) fn publish(&self, lines: &[SignatureLine]) -> Result<()> {
        self.publication.publish(lines)?;
        self.state.drop_entries(self.size().get())
    }

    /// The places of entries are decided: they are staged again, byte for byte, or replaced by the right ones.
    fn forget(&mut self) {
        self.publication.unstage();
        self.staged = None;
        self.foreign = false;
    }

    fn portion(&mut self, size: TreeSize) -> Result<Staged> {
        if self.staged.as_ref().is_some_and(|staged| staged.size() > size) {
            self.forget();
        }
        let staged = self.staged.take();
        let from = staged.as_ref().map_or(self.size(), Staged::size).get();
        let entries = self.entries(from, until(from, size.get()).saturating_sub(from))?;
        match staged {
            None => self.publication.stage(&entries),
            Some(staged) => self.publication.stage_more(staged, &entries),
        }
    }

    fn judge(&mut self, staged: Staged, size: TreeSize, root: Hash) -> Result<Staging> {
        if staged.size() == size && staged.root() != root {
            return Err(match &mut self.source {
                Some(source) if self.foreign => wrong(source.as_mut()),
                _ => damaged("the entries do not have the root that was agreed on"),
            });
        }
        let staging = if staged.size() == size { Staging::Done } else { Staging::Begun };
        self.staged = Some(staged);
        Ok(staging)
    }

    /// Entries from `first` on, at most `count`; at least one if that is not zero.
    fn entries(&mut self, first: u64, count: u64) -> Result<Vec<Vec<u8>>> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let own = self.state.entries(first, count)?;
        if !own.is_empty() || count == 0 {
            return Ok(own);
        }
        let Some(source) = &mut self.source else {
            return Err(damaged("entries that stand in no tile yet are missing"));
        };
        let asked = source.entries(first, count);
        let entries = asked.inspect_err(|_| drop(source.distrust()))?;
        let fits = |entry: &Vec<u8>| !entry.is_empty() && entry.len() <= MAX_ENTRY_BYTES;
        if entries.is_empty() || entries.len() > count || !entries.iter().all(fits) {
            return Err(wrong(source.as_mut()));
        }
        self.foreign = true;
        Ok(entries)
    }
}

fn wrong(source: &mut dyn EntrySource) -> Error {
    let what = "has given other entries than those of the log; they are thrown away";
    let next = "see whether that node's files are damaged: ct-node fsck; meanwhile another node is asked";
    Error::new(Code::TamperedInclusion, source.distrust(), what, next)
}

/// Where a portion ends that begins at `from`, on its way to `size`: between full tiles, except for the last.
fn until(from: u64, size: u64) -> u64 {
    if size.saturating_sub(from) <= ENTRIES_AT_ONCE {
        return size;
    }
    (from / ENTRIES_AT_ONCE).saturating_add(1).saturating_mul(ENTRIES_AT_ONCE)
}

/// Full entry bundles, in one checkpoint of a busy log and in one portion of a node that catches up.
pub(super) const ENTRIES_AT_ONCE: u64 = 4_096;
