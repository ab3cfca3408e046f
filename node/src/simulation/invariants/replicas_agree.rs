//! Nodes that have come equally far have the same state (R11.5).

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
}
