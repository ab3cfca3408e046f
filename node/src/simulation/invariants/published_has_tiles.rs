//! A published checkpoint covers nothing that is not there (R18.1).

use super::{Event, Invariant};

pub(super) struct PublishedHasTiles;

impl Invariant for PublishedHasTiles {
    fn name(&self) -> &'static str {
        "PublishedHasTiles"
    }

    fn see(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Publish { node, size, root, tiles } if *tiles != Some(*root) => {
                let there =
                    tiles.map_or_else(|| "are not all there".to_owned(), |tiles| format!("have the root {tiles}"));
                Err(format!("node {node} has published {size} entries, whose tiles {there}"))
            }
            _ => Ok(()),
        }
    }
}
