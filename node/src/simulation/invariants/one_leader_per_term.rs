//! In one term, one node leads (R12.2, R12.5).

use super::{Event, Invariant};
use std::collections::BTreeMap;

#[derive(Default)]
pub(super) struct OneLeaderPerTerm(BTreeMap<u64, u64>);

impl Invariant for OneLeaderPerTerm {
    fn name(&self) -> &'static str {
        "OneLeaderPerTerm"
    }

    fn see(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Lead { node, term } => match *self.0.entry(*term).or_insert(*node) {
                first if first == *node => Ok(()),
                first => Err(format!("in term {term}, node {first} leads and so does node {node}")),
            },
            // A new cluster begins, with terms of its own.
            Event::Restore { .. } => {
                self.0.clear();
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
