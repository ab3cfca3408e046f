//! What is final was sealed before, and a quorum of the witnesses has cosigned it (R18.3, R20.3).

use super::{Event, Invariant};
use ct_core::Hash;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub(super) struct AnchoredIsSealed {
    sealed: BTreeSet<(u64, Hash)>,
    cosigned: BTreeMap<(u64, Hash), BTreeSet<u64>>,
}

impl Invariant for AnchoredIsSealed {
    fn name(&self) -> &'static str {
        "AnchoredIsSealed"
    }

    fn see(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Seal { size, root, .. } => drop(self.sealed.insert((*size, *root))),
            Event::Cosign { witness, size, root, .. } => {
                self.cosigned.entry((*size, *root)).or_default().insert(*witness);
            }
            Event::Anchor { node, size, root, .. } if *size > 0 => {
                let tree = (*size, *root);
                if !self.sealed.contains(&tree) {
                    return Err(format!("to node {node}, {size} entries are final that were never sealed"));
                }
                let witnesses = self.cosigned.get(&tree).map_or(0, BTreeSet::len);
                if witnesses < super::super::QUORUM {
                    return Err(format!("to node {node}, {size} entries are final, which {witnesses} have cosigned"));
                }
            }
            _ => {}
        }
        Ok(())
    }
}
