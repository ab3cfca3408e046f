//! The log lets go only of what is in a durable state (R10.5).

use super::{Event, Invariant};
use std::collections::BTreeMap;

#[derive(Default)]
pub(super) struct PurgedIsPersisted(BTreeMap<u64, u64>);

impl Invariant for PurgedIsPersisted {
    fn name(&self) -> &'static str {
        "PurgedIsPersisted"
    }

    fn see(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Persist { node, index } => drop(self.0.insert(*node, *index)),
            Event::Lose { node } => drop(self.0.remove(node)),
            Event::Restore { .. } => self.0.clear(),
            Event::Purge { node, index } if self.0.get(node).is_none_or(|durable| durable < index) => {
                return Err(format!("node {node} lets go of entry {index}, and its state is not durable to there"));
            }
            _ => {}
        }
        Ok(())
    }
}
