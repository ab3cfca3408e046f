//! What one node has applied at an index, every node applies there, in every life (R11.2, R11.4).

use super::{Event, Invariant};
use ct_core::Hash;
use std::collections::BTreeMap;

#[derive(Default)]
pub(super) struct CommittedStays(BTreeMap<u64, (u64, Option<Hash>)>);

impl Invariant for CommittedStays {
    fn name(&self) -> &'static str {
        "CommittedStays"
    }

    fn see(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Apply { node, index, term, command, .. } => {
                let (first, known) = self.0.entry(*index).or_insert((*term, *command));
                if first != term || (known.is_some() && command.is_some() && known != command) {
                    return Err(format!(
                        "node {node} applies at {index} another entry, of term {term}: not of {first}"
                    ));
                }
                *known = known.or(*command);
                Ok(())
            }
            Event::Restore { .. } => {
                self.0.clear();
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
