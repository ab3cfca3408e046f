//! Nodes that have come equally far have the same state (R11.5).

use super::super::history::End;
use super::{Event, Invariant};
use ct_core::Hash;
use std::collections::BTreeMap;

#[derive(Default)]
pub(super) struct ReplicasAgree(BTreeMap<u64, (Hash, u64, Hash)>);

impl Invariant for ReplicasAgree {
    fn name(&self) -> &'static str {
        "ReplicasAgree"
    }

    fn see(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Reach { node, index, history, size, root } => {
                let state = (*history, *size, *root);
                let first = *self.0.entry(*index).or_insert(state);
                if first == state { Ok(()) } else { Err(format!("node {node} has another state after entry {index}")) }
            }
            Event::Restore { .. } => {
                self.0.clear();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// What is not in any answer shows here: who may submit, and what may not be sent again.
    fn end(&mut self, end: &End) -> Result<(), String> {
        let differs = end.states.windows(2).find(|pair| pair[0].1 != pair[1].1);
        differs.map_or(Ok(()), |pair| {
            Err(format!("nodes {} and {} have come equally far, and differ", pair[0].0, pair[1].0))
        })
    }
}
