//! A log that was not damaged is found as long as it was on disk, or longer (R10).

use super::{Event, Invariant};
use std::collections::BTreeMap;

#[derive(Default)]
pub(super) struct LsnOnlyGrows(BTreeMap<u64, u64>);

impl Invariant for LsnOnlyGrows {
    fn name(&self) -> &'static str {
        "LsnOnlyGrows"
    }

    fn see(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Crash { node, lsn } => drop(self.0.insert(*node, *lsn)),
            Event::Lose { node } => drop(self.0.remove(node)),
            Event::Restore { .. } => self.0.clear(),
            Event::Restart { node, lsn, .. } => {
                let before = self.0.get(node).copied().unwrap_or(0);
                if *lsn < before {
                    return Err(format!("node {node} had {before} records on disk, and finds {lsn}"));
                }
            }
            _ => {}
        }
        Ok(())
    }
}
