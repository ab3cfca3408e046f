//! What a restored state takes over from published files: entries that were recorded after it was backed up.

use super::tables::{META, SINGLES, failed};
use super::transition::Transition;
use super::{Anchored, StateMachine, damaged, invariants};
use crate::command::Seal;
use crate::error::{Error, Result};
use crate::log;
use ct_core::{Code, Hash};
use redb::Durability;

impl StateMachine {
    /// Takes over the entries up to what a quorum of witnesses has cosigned, in one transaction that is on disk when this
    /// returns. `next` gives entries from an index on, at least one, and none beyond the size of `seal`.
    ///
    /// # Errors
    /// `tampered.consistency` if these entries do not lead to the root of `seal`; `tampered.state` if the state cannot be
    /// continued by it; those of `next`; `io.*`. Then nothing was changed.
    pub fn extend(
        &mut self,
        seal: Seal,
        signatures: &str,
        next: &mut dyn FnMut(u64) -> Result<Vec<Vec<u8>>>,
    ) -> Result<()> {
        let mut transaction = self.database.begin_write().map_err(failed)?;
        transaction.set_durability(Durability::Immediate).map_err(failed)?;
        transaction.set_quick_repair(true);
        let meta = {
            let mut transition = Transition::begin(&transaction, self.meta.clone())?;
            transition.extend(seal, signatures, next)?;
            if let Some(after) = transition.meta() {
                invariants::check(self.meta.as_ref(), after, transition.counts()?)?;
            }
            transition.into_meta()
        };
        if let Some(meta) = &meta {
            let mut singles = transaction.open_table(SINGLES).map_err(failed)?;
            singles.insert(META, meta.encode().as_slice()).map_err(failed)?;
        }
        transaction.commit().map_err(failed)?;
        self.meta.clone_from(&meta);
        self.progress.send_replace(meta);
        Ok(())
    }
}

impl Transition<'_> {
    /// Takes over entries that were published after this state was backed up, up to what is final there.
    fn extend(
        &mut self,
        seal: Seal,
        signatures: &str,
        next: &mut dyn FnMut(u64) -> Result<Vec<Vec<u8>>>,
    ) -> Result<()> {
        let before = self.known()?.tree.size();
        while self.known()?.tree.size() < seal.size {
            let first = self.known()?.tree.size().get();
            let entries = next(first)?;
            let identified = entries.iter().zip(first..);
            let identified = identified.map(|(entry, index)| Ok((log::identity(entry, index)?, entry.as_slice())));
            self.push(&identified.collect::<Result<Vec<_>>>()?)?;
        }
        let meta = self.known_mut()?;
        if meta.tree.size() == seal.size && meta.tree.root() != seal.root {
            let what = "the entries from elsewhere do not continue this state";
            let next = "use published files of this log, or restore the backup without them";
            return Err(Error::new(Code::TamperedConsistency, "the checkpoint", what, next));
        }
        if seal.size < meta.sealed.size || (seal.size == meta.sealed.size && seal.root != meta.sealed.root) {
            return Err(damaged("more of it may have been signed than is final elsewhere"));
        }
        meta.sealed = Seal { generation: meta.sealed.generation, ..seal };
        meta.anchored = Anchored { seal: meta.sealed, signatures: signatures.to_owned() };
        let (size, root) = (seal.size.get(), seal.root);
        let lines = Hash::of(signatures.as_bytes());
        let parts = [EXTENDED, meta.history.as_bytes(), &size.to_be_bytes(), root.as_bytes(), lines.as_bytes()];
        meta.history = Hash::of_parts(&parts);
        self.mark_boundary(Some(before))?;
        self.boundaries.retain_in(..size, |_, _| false).map_err(failed)?;
        // They stand in tiles.
        self.entries.retain_in(..size, |_, _| false).map_err(failed)
    }
}

/// What a history goes on with that no command has changed.
const EXTENDED: &[u8] = b"civictrust state extended v1\n";
