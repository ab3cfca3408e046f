//! Whom a node has given its vote, it knows after its next start (R12.2).

use super::{Event, Invariant};
use std::collections::BTreeMap;

#[derive(Default)]
pub(super) struct VotesAreKept(BTreeMap<u64, u64>);

impl Invariant for VotesAreKept {
    fn name(&self) -> &'static str {
        "VotesAreKept"
    }

    fn see(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Vote { node, term } => {
                let promised = self.0.entry(*node).or_default();
                *promised = (*promised).max(*term);
            }
            Event::Lose { node } => drop(self.0.remove(node)),
            Event::Restore { .. } => self.0.clear(),
            Event::Restart { node, term, .. } => {
                let promised = self.0.get(node).copied().unwrap_or(0);
                if *term < promised {
                    return Err(format!("node {node} has voted in term {promised}, and finds term {term}"));
                }
            }
            _ => {}
        }
        Ok(())
    }
}
