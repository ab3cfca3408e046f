//! The state that appends to a tree without reading it.

use super::hashing::{fold_nodes, node_hash};
use super::index::TreeSize;
use super::node_id::NodeId;
use super::subtree::Subtree;
use crate::code::Code;
use crate::error::Error;
use crate::hash::Hash;
use alloc::vec;
use alloc::vec::Vec;

/// The roots of the complete subtrees of a tree, left to right: at most 63 hashes, whatever the size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompactRange {
    size: TreeSize,
    hashes: Vec<Hash>,
}

impl CompactRange {
    /// The tree without leaves.
    #[must_use]
    pub const fn new() -> Self {
        Self { size: TreeSize::ZERO, hashes: Vec::new() }
    }

    /// The tree of `size` leaves with the hashes of the nodes that [`Subtree::nodes`] lists for it.
    ///
    /// Only their number is checked: compare [`CompactRange::root`] with a signed checkpoint.
    ///
    /// # Errors
    /// `malformed.proof_length` for any other number of hashes than the size demands.
    pub fn from_hashes(size: TreeSize, hashes: Vec<Hash>) -> Result<Self, Error> {
        if hashes.len() != Subtree::whole(size).nodes().len() {
            return Err(Error::new(Code::MalformedProofLength, ""));
        }
        Ok(Self { size, hashes })
    }

    /// Appends a leaf, and returns the nodes that are complete from now on: the leaf, then upwards.
    ///
    /// Over the life of a tree that is less than two nodes, and one node hash, a leaf (R14.4).
    ///
    /// # Errors
    /// `limit.number` if the tree has [`TreeSize::MAX`] leaves; it stays as it is.
    pub fn append(&mut self, leaf: Hash) -> Result<Vec<(NodeId, Hash)>, Error> {
        let size = TreeSize::new(self.size.get() + 1)?;
        let (mut id, mut hash) = (NodeId::starting_at(self.size.get(), 0), leaf);
        let mut completed = vec![(id, hash)];
        while id.is_right()
            && let Some(left) = self.hashes.pop()
        {
            (id, hash) = (id.parent(), node_hash(&left, &hash));
            completed.push((id, hash));
        }
        self.hashes.push(hash);
        self.size = size;
        Ok(completed)
    }

    /// The number of leaves.
    #[must_use]
    pub const fn size(&self) -> TreeSize {
        self.size
    }

    /// The hashes to keep for [`CompactRange::from_hashes`], the largest subtree first.
    #[must_use]
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        fold_nodes(&self.hashes)
    }
}

impl Default for CompactRange {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::{empty_root, leaf_hash};

    #[test]
    fn reports_what_an_append_completes() {
        let mut tree = CompactRange::new();
        assert_eq!(tree.root(), empty_root());
        let completed: Vec<Vec<(u8, u64)>> = (0..8u8)
            .map(|leaf| {
                let nodes = tree.append(leaf_hash(&[leaf])).unwrap();
                nodes.iter().map(|(id, _)| (id.level(), id.index())).collect()
            })
            .collect();
        assert_eq!(completed[..3], [vec![(0, 0)], vec![(0, 1), (1, 0)], vec![(0, 2)]]);
        assert_eq!(completed[7], [(0, 7), (1, 3), (2, 1), (3, 0)]);
        assert_eq!((tree.size().get(), tree.hashes().len()), (8, 1));
    }

    #[test]
    fn is_rebuilt_from_as_many_hashes_as_the_size_demands() {
        for size in [0, 1, 6, 7, (1 << 62) - 1, 1 << 62, TreeSize::MAX.get()] {
            let size = TreeSize::new(size).unwrap();
            let count = usize::try_from(size.get().count_ones()).unwrap();
            let rebuilt = |count| CompactRange::from_hashes(size, vec![Hash::of(b"h"); count]).map_err(Error::code);
            assert_eq!(rebuilt(count).map(|range| range.size()), Ok(size));
            assert_eq!(rebuilt(count + 1), Err(Code::MalformedProofLength));
            if count > 0 {
                assert_eq!(rebuilt(count - 1), Err(Code::MalformedProofLength));
            }
        }
    }

    #[test]
    fn ends_with_the_largest_tree() {
        let last = TreeSize::new(TreeSize::MAX.get() - 1).unwrap();
        let mut tree = CompactRange::from_hashes(last, vec![Hash::of(b"h"); 62]).unwrap();
        assert_eq!(tree.append(leaf_hash(b"last")).map(|nodes| nodes.len()), Ok(1));
        let full = tree.clone();
        assert_eq!(tree.append(leaf_hash(b"beyond")).map_err(Error::code), Err(Code::LimitNumber));
        assert_eq!(tree, full);

        let half = TreeSize::new((1 << 62) - 1).unwrap();
        let mut tree = CompactRange::from_hashes(half, vec![Hash::of(b"h"); 62]).unwrap();
        let top = tree.append(leaf_hash(b"completes")).unwrap().pop().map(|(id, _)| id);
        assert_eq!(top, NodeId::new(62, 0).ok());
    }
}
