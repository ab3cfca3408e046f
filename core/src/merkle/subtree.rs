//! Subtrees: the ranges of leaves whose roots make up proofs.

use super::hashing::fold_nodes;
use super::index::{LeafIndex, TreeSize};
use super::node_id::NodeId;
use crate::code::Code;
use crate::error::Error;
use crate::hash::Hash;
use alloc::vec::Vec;

/// The leaves from `start` to before `end`, such that one node covers exactly them in some tree.
///
/// That is so where `start` is a multiple of the smallest power of two that is not below the length. Whole trees and
/// all proof hashes are of this form (draft-ietf-plants-merkle-tree-certs, "Subtrees"). A subtree may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subtree {
    start: u64,
    end: u64,
}

impl Subtree {
    /// The leaves from `start` to before `end`.
    ///
    /// # Errors
    /// `malformed.field` if no node covers exactly these leaves.
    pub fn new(start: LeafIndex, end: TreeSize) -> Result<Self, Error> {
        let (start, end) = (start.get(), end.get());
        match end.checked_sub(start) {
            Some(length) if start.is_multiple_of(length.next_power_of_two()) => Ok(Self { start, end }),
            _ => Err(Error::new(Code::MalformedField, "")),
        }
    }

    /// All leaves of a tree.
    #[must_use]
    pub const fn whole(size: TreeSize) -> Self {
        Self { start: 0, end: size.get() }
    }

    /// The first leaf.
    #[must_use]
    pub const fn start(self) -> u64 {
        self.start
    }

    /// The leaf after the last.
    #[must_use]
    pub const fn end(self) -> u64 {
        self.end
    }

    /// The two children, of which the left is complete; none where there are fewer than two leaves.
    #[must_use]
    pub fn split(self) -> Option<(Self, Self)> {
        // RFC 9162 section 2.1.1: k is the largest power of two below the length.
        let log_k = self.len().checked_sub(1).and_then(u64::checked_ilog2)?;
        let middle = self.start + (1 << log_k);
        Some((Self { start: self.start, end: middle }, Self { start: middle, end: self.end }))
    }

    /// The complete subtrees it consists of, left to right: one, except at the right edge of a tree.
    #[must_use]
    pub fn nodes(self) -> Vec<NodeId> {
        let mut start = self.start;
        let mut nodes = Vec::new();
        for level in (0..=NodeId::MAX_LEVEL).rev().filter(|level| self.len() >> level & 1 == 1) {
            nodes.push(NodeId::starting_at(start, level));
            start += 1 << level;
        }
        nodes
    }

    /// The root over its leaves, from stored nodes.
    ///
    /// # Errors
    /// What `lookup` returns.
    pub fn root<E>(self, lookup: impl FnMut(NodeId) -> Result<Hash, E>) -> Result<Hash, E> {
        let hashes: Vec<Hash> = self.nodes().into_iter().map(lookup).collect::<Result<_, E>>()?;
        Ok(fold_nodes(&hashes))
    }

    /// The subtrees whose roots prove `leaf` to be in this subtree, from the leaf's sibling upwards.
    ///
    /// # Errors
    /// `malformed.leaf_index` if the leaf is not in this subtree.
    pub fn path(self, leaf: LeafIndex) -> Result<Vec<Self>, Error> {
        if !(self.start..self.end).contains(&leaf.get()) {
            return Err(Error::new(Code::MalformedLeafIndex, ""));
        }
        Ok(self.siblings(leaf.get()))
    }

    /// As [`Subtree::path`], for a leaf that is known to be in this subtree.
    pub(super) fn siblings(self, leaf: u64) -> Vec<Self> {
        self.descend(leaf, |_| false).1
    }

    /// Walks from this subtree towards `leaf`, to the first part that `is_end` accepts or to the leaf itself.
    /// Returns that part, and the siblings passed, the lowest first.
    pub(super) fn descend(self, leaf: u64, is_end: impl Fn(Self) -> bool) -> (Self, Vec<Self>) {
        let mut part = self;
        // As many as there are levels: the vector does not grow.
        let levels = u64::BITS - self.len().leading_zeros();
        let mut siblings = Vec::with_capacity(usize::try_from(levels).unwrap_or(0));
        while !is_end(part)
            && let Some((left, right)) = part.split()
        {
            let (next, sibling) = if leaf < left.end { (left, right) } else { (right, left) };
            siblings.push(sibling);
            part = next;
        }
        siblings.reverse();
        (part, siblings)
    }

    const fn len(self) -> u64 {
        self.end - self.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn subtree(start: u64, end: u64) -> Result<Subtree, Code> {
        Subtree::new(LeafIndex::new(start).unwrap(), TreeSize::new(end).unwrap()).map_err(Error::code)
    }

    #[test]
    fn takes_exactly_the_ranges_under_one_node() {
        for (start, end) in [(0, 0), (5, 5), (0, 1), (0, 7), (4, 7), (6, 7), (8, 15), (0, TreeSize::MAX.get())] {
            assert_eq!(subtree(start, end), Ok(Subtree { start, end }));
        }
        for (start, end) in [(1, 0), (1, 3), (2, 5), (4, 9), (1, TreeSize::MAX.get()), (TreeSize::MAX.get(), 0)] {
            assert_eq!(subtree(start, end), Err(Code::MalformedField), "[{start},{end})");
        }
    }

    #[test]
    fn is_made_of_complete_nodes() {
        let nodes = |start, end| -> Vec<(u8, u64)> {
            subtree(start, end).unwrap().nodes().iter().map(|id| (id.level(), id.index())).collect()
        };
        assert_eq!(nodes(0, 0), []);
        assert_eq!(nodes(0, 7), [(2, 0), (1, 2), (0, 6)]);
        assert_eq!(nodes(4, 7), [(1, 2), (0, 6)]);
        assert_eq!(nodes(8, 16), [(3, 1)]);
        let edge = nodes(0, TreeSize::MAX.get());
        assert_eq!((edge.len(), edge[0], edge[62]), (63, (62, 0), (0, TreeSize::MAX.get() - 1)));
    }

    // RFC 9162 section 2.1.5, the tree of seven leaves
    #[test]
    fn paths_of_the_rfc_example() {
        let path = |leaf| -> Result<Vec<(u64, u64)>, Code> {
            let path = subtree(0, 7).unwrap().path(LeafIndex::new(leaf).unwrap()).map_err(Error::code)?;
            Ok(path.iter().map(|part| (part.start(), part.end())).collect())
        };
        assert_eq!(path(0), Ok(vec![(1, 2), (2, 4), (4, 7)]));
        assert_eq!(path(3), Ok(vec![(2, 3), (0, 2), (4, 7)]));
        assert_eq!(path(4), Ok(vec![(5, 6), (6, 7), (0, 4)]));
        assert_eq!(path(6), Ok(vec![(4, 6), (0, 4)]));
        assert_eq!(path(7), Err(Code::MalformedLeafIndex));
    }
}
