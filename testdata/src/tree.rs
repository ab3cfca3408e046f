//! A log in memory: its entries, and every node that is complete.

use ct_core::merkle::leaf_hash;
use ct_core::{
    Checkpoint, Code, CompactRange, ConsistencyProof, Error, Hash, InclusionProof, LeafIndex, NodeId, Origin, TreeSize,
};
use std::collections::BTreeMap;

/// An RFC 9162 tree that only grows.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    range: CompactRange,
    nodes: BTreeMap<NodeId, Hash>,
}

impl Tree {
    /// The tree over the leaves with these hashes.
    ///
    /// # Panics
    /// Beyond 2^63-1 leaves.
    #[must_use]
    pub fn of_leaves(leaves: impl IntoIterator<Item = Hash>) -> Self {
        let mut tree = Self::default();
        for leaf in leaves {
            let completed = tree.range.append(leaf).expect("an example tree is small");
            tree.nodes.extend(completed);
        }
        tree
    }

    /// The tree over these entries.
    #[must_use]
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Vec<u8>>) -> Self {
        Self::of_leaves(entries.into_iter().map(|entry| leaf_hash(entry)))
    }

    /// The number of leaves.
    #[must_use]
    pub const fn size(&self) -> TreeSize {
        self.range.size()
    }

    /// The root over all leaves.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.range.root()
    }

    /// The text in which a log of this origin states size and root.
    ///
    /// # Panics
    /// If `origin` is none.
    #[must_use]
    pub fn checkpoint(&self, origin: &str) -> String {
        let origin = Origin::new(origin).expect("an example's origin is one");
        Checkpoint::new(origin, self.size(), self.root()).expect("the root is that of the size").text()
    }

    /// The hashes from this leaf to the root.
    ///
    /// # Panics
    /// If the tree has no such leaf.
    #[must_use]
    pub fn inclusion(&self, index: u64) -> Vec<Hash> {
        let index = LeafIndex::new(index).expect("an example index is small");
        let proof = InclusionProof::from_nodes(index, self.size(), |id| self.node(id));
        proof.expect("every node of the tree is there").path().to_vec()
    }

    /// The hashes that show this tree to begin with the one of `old` leaves.
    ///
    /// # Panics
    /// If there never was such a tree.
    #[must_use]
    pub fn consistency(&self, old: TreeSize) -> Vec<Hash> {
        let proof = ConsistencyProof::from_nodes(old, self.size(), |id| self.node(id));
        proof.expect("every node of the tree is there").path().to_vec()
    }

    fn node(&self, id: NodeId) -> Result<Hash, Error> {
        self.nodes.get(&id).copied().ok_or(Error::new(Code::IoNotFound, "node"))
    }
}
