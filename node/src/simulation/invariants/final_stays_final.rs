//! What was final for anybody is the beginning of whatever is final later (R20.3).

use super::{Event, Invariant};
use ct_core::Hash;
use std::collections::BTreeMap;

#[derive(Default)]
pub(super) struct FinalStaysFinal {
    /// By size: the root.
    roots: BTreeMap<u64, Hash>,
    /// By generation: the greatest size that was final when the next one began.
    greatest: BTreeMap<u64, u64>,
}

impl Invariant for FinalStaysFinal {
    fn name(&self) -> &'static str {
        "FinalStaysFinal"
    }

    fn see(&mut self, event: &Event) -> Result<(), String> {
        let Event::Anchor { node, generation, size, root } = event else { return Ok(()) };
        let first = *self.roots.entry(*size).or_insert(*root);
        if first != *root {
            return Err(format!("to node {node}, {size} entries are final with another root"));
        }
        let before = self.greatest.range(..generation).map(|(_, size)| *size).max().unwrap_or(0);
        if *size < before {
            return Err(format!(
                "to node {node}, only {size} are final in generation {generation}: {before} were before"
            ));
        }
        let greatest = self.greatest.entry(*generation).or_default();
        *greatest = (*greatest).max(*size);
        Ok(())
    }
}
