//! Of one size there is one root, ever: whatever is signed, cosigned or published, by whom and in which generation
//! (R15.3).

use super::super::history::End;
use super::{Event, Invariant};
use ct_core::merkle::leaf_hash;
use ct_core::{CompactRange, Hash};
use std::collections::BTreeMap;

#[derive(Default)]
pub(super) struct OneRootPerSize(BTreeMap<u64, Hash>);

impl Invariant for OneRootPerSize {
    fn name(&self) -> &'static str {
        "OneRootPerSize"
    }

    fn see(&mut self, event: &Event) -> Result<(), String> {
        let (size, root) = match event {
            Event::Sign { size, root, .. } | Event::Cosign { size, root, .. } | Event::Publish { size, root, .. } => {
                (*size, *root)
            }
            _ => return Ok(()),
        };
        let first = *self.0.entry(size).or_insert(root);
        if first == root { Ok(()) } else { Err(format!("two roots of {size} entries: {event}")) }
    }

    /// Two histories of different sizes have no size in common: what was ever signed is a beginning of what is published.
    fn end(&mut self, end: &End) -> Result<(), String> {
        for (node, entries) in &end.published {
            let mut tree = CompactRange::new();
            for (size, entry) in (1..).zip(entries) {
                tree.append(leaf_hash(entry)).unwrap();
                if self.0.get(&size).is_some_and(|signed| *signed != tree.root()) {
                    return Err(format!("the first {size} entries on node {node} are others than were signed"));
                }
            }
        }
        Ok(())
    }
}
