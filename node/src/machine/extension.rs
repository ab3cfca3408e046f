//! What a restored state takes over from published files: entries that were recorded after it was backed up.

use super::tables::{META, SINGLES, failed};
use super::transition::Transition;
use super::{StateMachine, invariants};
use crate::command::Seal;
use crate::error::Result;
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
