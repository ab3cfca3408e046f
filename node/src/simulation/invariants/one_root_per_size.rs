//! Of one size there is one root, ever: whatever is signed, cosigned or published, by whom and in which generation
//! (R15.3).

use super::{Event, Invariant};
use ct_core::Hash;
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
}
