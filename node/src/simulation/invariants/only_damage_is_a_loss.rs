//! A log that nothing has happened to is not taken for one that has lost what it had acknowledged (R10.3).

use super::super::history::Found;
use super::{Event, Invariant};
use std::collections::BTreeSet;

/// Nodes whose log was damaged on purpose, until they find it whole.
#[derive(Default)]
pub(super) struct OnlyDamageIsALoss(BTreeSet<u64>);

impl Invariant for OnlyDamageIsALoss {
    fn name(&self) -> &'static str {
        "OnlyDamageIsALoss"
    }

    fn see(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Lose { node } => drop(self.0.insert(*node)),
            Event::Restart { node, found: Found::Whole, .. } => drop(self.0.remove(node)),
            Event::Restart { node, lsn, found: Found::Lacking, .. } if !self.0.contains(node) => {
                return Err(format!("node {node} finds {lsn} records and takes others for lost, and its disk is good"));
            }
            _ => {}
        }
        Ok(())
    }
}
