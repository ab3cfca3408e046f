//! No statement stands in the log twice (R20.2).

use super::super::history::End;
use super::{Event, Invariant};
use std::collections::BTreeSet;

pub(super) struct OneIndexPerStatement;

impl Invariant for OneIndexPerStatement {
    fn name(&self) -> &'static str {
        "OneIndexPerStatement"
    }

    fn see(&mut self, _event: &Event) -> Result<(), String> {
        Ok(())
    }

    fn end(&mut self, end: &End) -> Result<(), String> {
        for (node, entries) in &end.published {
            let distinct: BTreeSet<&[u8]> = entries.iter().map(Vec::as_slice).collect();
            if distinct.len() != entries.len() {
                return Err(format!(
                    "node {node} has published {} entries, {} of them distinct",
                    entries.len(),
                    distinct.len()
                ));
            }
        }
        Ok(())
    }
}
