//! Trees of up to 2^63-1 leaves of which only a few leaves can be opened.

use ct_core::merkle::{leaf_hash, node_hash};
use ct_core::{Error, Hash, NodeId, Subtree, TreeSize};
use proptest::strategy::Strategy;

/// A tree in which nodes above an opened leaf are hashed from their children and all others have made-up hashes.
///
/// Open a leaf to prove its inclusion, and the last leaf of a tree to prove its consistency.
pub(crate) struct SparseTree {
    opened: Vec<u64>,
}

impl SparseTree {
    pub(crate) fn new(opened: &[u64]) -> Self {
        Self { opened: opened.to_vec() }
    }

    pub(crate) fn entry(index: u64) -> [u8; 8] {
        index.to_be_bytes()
    }

    pub(crate) fn leaf(index: u64) -> Hash {
        leaf_hash(&Self::entry(index))
    }

    pub(crate) fn root(&self, size: TreeSize) -> Hash {
        Subtree::whole(size).root(|id| self.node(id)).unwrap()
    }

    pub(crate) fn node(&self, id: NodeId) -> Result<Hash, Error> {
        if id.level() == 0 {
            return Ok(Self::leaf(id.index()));
        }
        if !self.opened.iter().any(|leaf| leaf >> id.level() == id.index()) {
            return Ok(Hash::of_parts(&[b"closed", &[id.level()], &id.index().to_be_bytes()]));
        }
        let child = |index| NodeId::new(id.level() - 1, index).and_then(|child| self.node(child));
        Ok(node_hash(&child(id.index() * 2)?, &child(id.index() * 2 + 1)?))
    }
}

/// Tree sizes of every magnitude, not only huge ones.
pub(crate) fn any_size() -> impl Strategy<Value = u64> {
    (1..=TreeSize::MAX.get(), 0..63u32).prop_map(|(number, shift)| (number >> shift).max(1))
}
