//! Only what a majority has agreed to seal is signed.

use super::{Event, Invariant};
use ct_core::Hash;
use std::collections::BTreeSet;

#[derive(Default)]
pub(super) struct SignedIsSealed(BTreeSet<(u64, Hash)>);

impl Invariant for SignedIsSealed {
    fn name(&self) -> &'static str {
        "SignedIsSealed"
    }

    fn see(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Seal { size, root, .. } => drop(self.0.insert((*size, *root))),
            Event::Sign { node, size, fenced, .. } if fenced < size => {
                return Err(format!("node {node} has signed {size} entries, and its fence knows of {fenced}"));
            }
            Event::Sign { node, size, root, .. } if *size > 0 && !self.0.contains(&(*size, *root)) => {
                return Err(format!("node {node} has signed {size} entries, and nobody has sealed them"));
            }
            _ => {}
        }
        Ok(())
    }
}
