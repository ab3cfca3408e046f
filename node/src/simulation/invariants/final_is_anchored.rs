//! What a node publishes, so that there are bundles, is final in the state that the nodes agree on (R18.1).

use super::{Event, Invariant};
use ct_core::Hash;
use std::collections::BTreeSet;

#[derive(Default)]
pub(super) struct FinalIsAnchored(BTreeSet<(u64, Hash)>);

impl Invariant for FinalIsAnchored {
    fn name(&self) -> &'static str {
        "FinalIsAnchored"
    }

    fn see(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Anchor { size, root, .. } => drop(self.0.insert((*size, *root))),
            Event::Publish { node, size, root, .. } if !self.0.contains(&(*size, *root)) => {
                return Err(format!("node {node} has published {size} entries that are not final"));
            }
            _ => {}
        }
        Ok(())
    }
}
