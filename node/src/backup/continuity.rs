//! State and tiles are of one history: what stands in no tile yet continues the tree of the checkpoint.

use crate::edge::Edge;
use crate::error::{Error, Result};
use crate::machine::{Meta, StateReader};
use crate::store::Store;
use ct_core::{Checkpoint, Code, Note};

/// The checkpoint of a note.
///
/// # Errors
/// `malformed.*`, `limit.*`.
pub(super) fn checkpoint_of(note: &str, place: &str) -> Result<Checkpoint> {
    let next = "use another copy of the backup, or another backup";
    let checkpoint = Note::parse(note).and_then(|note| Checkpoint::parse(note.text()));
    checkpoint.map_err(|error| Error::refused(error, place, "is no checkpoint", next))
}

/// Appends the entries that the state still has to the tree whose tiles are in `store`: the root must be the state's.
///
/// # Errors
/// `tampered.state` if it is not; `tampered.consistency` if the tiles are not those of the checkpoint;
/// `incomplete.node` if entries are in neither of the two; `io.*`.
pub(super) fn check(store: &Store, checkpoint: &Checkpoint, meta: &Meta, state: &StateReader) -> Result<()> {
    let refused = |what: &str| Err(Error::new(Code::TamperedState, "state", what, "take another backup"));
    if meta.origin != checkpoint.origin().as_str() {
        return refused("is that of another log than the checkpoint");
    }
    if checkpoint.size() > meta.sealed.size {
        return refused("does not know of everything that was signed");
    }
    let mut edge = Edge::load(store, checkpoint.size())?;
    if edge.root() != checkpoint.root() {
        let what = "the tiles have another root than the checkpoint";
        return Err(Error::new(Code::TamperedConsistency, "log", what, "take another backup"));
    }
    while edge.size() < meta.tree.size() {
        let entries = state.entries(edge.size().get(), AT_ONCE)?;
        if entries.is_empty() {
            let what = format!("has neither published nor kept its entries from {} on", edge.size());
            let next = "wait until it has caught up with the others, or take the backup of another node";
            return Err(Error::new(Code::IncompleteNode, "this node", what, next));
        }
        edge.extend(entries)?;
    }
    if edge.size() == meta.tree.size() && edge.root() == meta.tree.root() {
        return Ok(());
    }
    refused("has another tree than the one that its entries continue")
}

const AT_ONCE: usize = 4_096;
