//! A log as a node keeps it: the nodes that appending completed, and the root of every size.

use ct_core::merkle::leaf_hash;
use ct_core::{CompactRange, ConsistencyProof, Error, Hash, InclusionProof, LeafIndex, NodeId, TreeSize};
use std::collections::HashMap;

pub(crate) struct Log {
    nodes: HashMap<NodeId, Hash>,
    roots: Vec<Hash>,
}

impl Log {
    pub(crate) fn of(entries: impl IntoIterator<Item: AsRef<[u8]>>) -> Self {
        let mut range = CompactRange::new();
        let (mut nodes, mut roots) = (HashMap::new(), vec![range.root()]);
        for entry in entries {
            for (id, hash) in range.append(leaf_hash(entry.as_ref())).unwrap() {
                assert_eq!(nodes.insert(id, hash), None, "{id:?} completed twice");
            }
            roots.push(range.root());
        }
        Self { nodes, roots }
    }

    pub(crate) fn root(&self, size: usize) -> Hash {
        self.roots[size]
    }

    /// Looks nodes up, but none that are not complete in a tree of `size` leaves.
    pub(crate) fn nodes(&self, size: usize) -> impl FnMut(NodeId) -> Result<Hash, Error> {
        move |id| {
            assert!((id.index() + 1) << id.level() <= tree_size(size).get(), "{id:?} is not in size {size}");
            Ok(self.nodes[&id])
        }
    }

    pub(crate) fn inclusion(&self, index: usize, size: usize) -> InclusionProof {
        InclusionProof::from_nodes(leaf_index(index), tree_size(size), self.nodes(size)).unwrap()
    }

    pub(crate) fn consistency(&self, old: usize, new: usize) -> ConsistencyProof {
        ConsistencyProof::from_nodes(tree_size(old), tree_size(new), self.nodes(new)).unwrap()
    }
}

pub(crate) fn leaf_index(index: usize) -> LeafIndex {
    LeafIndex::new(index.try_into().unwrap()).unwrap()
}

pub(crate) fn tree_size(size: usize) -> TreeSize {
    TreeSize::new(size.try_into().unwrap()).unwrap()
}
