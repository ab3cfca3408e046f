//! What is sealed only grows, on every node, and so does the generation (R15.3, R20.5).

use super::{Event, Invariant};
use std::collections::BTreeMap;

#[derive(Default)]
pub(super) struct SealsOnlyAdvance(BTreeMap<u64, (u64, u64)>);

impl Invariant for SealsOnlyAdvance {
    fn name(&self) -> &'static str {
        "SealsOnlyAdvance"
    }

    fn see(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Seal { node, generation, size, .. } => {
                let before = self.0.insert(*node, (*generation, *size)).unwrap_or_default();
                if *generation < before.0 || *size < before.1 {
                    return Err(format!("node {node} goes back from {before:?} to {:?}", (generation, size)));
                }
            }
            // It reads its log again from where its state is durable.
            Event::Restart { node, .. } | Event::Lose { node } => drop(self.0.remove(node)),
            _ => {}
        }
        Ok(())
    }
}
