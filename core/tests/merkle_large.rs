//! Trees up to the largest, and numbers beyond.

// clippy.toml allows panics in tests; this extends it to their helpers.
#![cfg(test)]

#[path = "support/sparse_tree.rs"]
mod sparse_tree;

use ct_core::limits::MAX_PROOF_HASHES;
use ct_core::{Code, ConsistencyProof, Error, Hash, InclusionProof, LeafIndex, TreeSize};
use proptest::prelude::*;
use sparse_tree::{SparseTree, any_size};

fn tree_size(size: u64) -> TreeSize {
    TreeSize::new(size).unwrap()
}

/// Sizes at which something carries or overflows.
fn edges() -> Vec<u64> {
    let max = TreeSize::MAX.get();
    let around = |power: u64| [power - 1, power, power + 1, power + power / 2, power + power / 2 + 1];
    let mut edges: Vec<u64> =
        [1 << 8, 1 << 16, 1 << 31, 1 << 32, 1 << 61, 1 << 62].into_iter().flat_map(around).collect();
    edges.extend([1, 2, 3, max - 2, max - 1, max]);
    edges
}

/// The number of hashes by the closed formula of transparency-dev/merkle: levels where the leaf's path and the last
/// leaf's differ, and the left siblings above.
fn inclusion_length(index: u64, size: u64) -> u32 {
    let inner = 64 - (index ^ (size - 1)).leading_zeros();
    inner + index.checked_shr(inner).unwrap_or(0).count_ones()
}

/// The same for consistency: an inclusion proof of the node where the old tree ends, and that node unless its root is
/// the old root.
fn consistency_length(old: u64, new: u64) -> u32 {
    if old == new {
        return 0;
    }
    let level = old.trailing_zeros();
    inclusion_length((old - 1) >> level, ((new - 1) >> level) + 1) + u32::from(!old.is_power_of_two())
}

fn check_inclusion(index: u64, size: u64) {
    let tree = SparseTree::new(&[index]);
    let (root, leaf) = (tree.root(tree_size(size)), SparseTree::leaf(index));
    let proof =
        InclusionProof::from_nodes(LeafIndex::new(index).unwrap(), tree_size(size), |id| tree.node(id)).unwrap();
    assert_eq!(proof.verify(&leaf, &root), Ok(()), "leaf {index} of {size}");
    assert_eq!(u32::try_from(proof.path().len()), Ok(inclusion_length(index, size)), "leaf {index} of {size}");
    for position in 0..proof.path().len() {
        let mut path = proof.path().to_vec();
        path[position] = Hash::of(path[position].as_bytes());
        let changed = InclusionProof::new(proof.index(), proof.size(), path).unwrap();
        let refused = changed.verify(&leaf, &root).map_err(Error::code);
        assert_eq!(refused, Err(Code::TamperedInclusion), "hash {position} for leaf {index} of {size}");
    }
}

fn check_consistency(old: u64, new: u64) {
    let tree = SparseTree::new(&[old - 1]);
    let (old_root, new_root) = (tree.root(tree_size(old)), tree.root(tree_size(new)));
    let proof = ConsistencyProof::from_nodes(tree_size(old), tree_size(new), |id| tree.node(id));
    let expected_length = usize::try_from(consistency_length(old, new)).unwrap();
    if expected_length > MAX_PROOF_HASHES {
        assert_eq!(proof.map_err(Error::code), Err(Code::LimitProof), "{old} to {new}");
        return;
    }
    let proof = proof.unwrap();
    assert_eq!(proof.verify(&old_root, &new_root), Ok(()), "{old} to {new}");
    assert_eq!(proof.path().len(), expected_length, "{old} to {new}");
    for position in 0..proof.path().len() {
        let mut path = proof.path().to_vec();
        path[position] = Hash::of(path[position].as_bytes());
        let changed = ConsistencyProof::new(proof.old_size(), proof.new_size(), path).unwrap();
        let refused = changed.verify(&old_root, &new_root).map_err(Error::code);
        assert_eq!(refused, Err(Code::TamperedConsistency), "hash {position} for {old} to {new}");
    }
}

// R14.2, R14.3
#[test]
fn inclusion_at_the_edges_of_large_trees() {
    for size in edges() {
        for index in edges().into_iter().flat_map(|edge| [edge - 1, edge]).filter(|index| *index < size) {
            check_inclusion(index, size);
        }
        check_inclusion(size - 1, size);
    }
}

// R14.3, R15.3
#[test]
fn consistency_at_the_edges_of_large_trees() {
    for new in edges() {
        for old in edges().into_iter().filter(|old| *old <= new) {
            check_consistency(old, new);
        }
    }
}

proptest! {
    // R14.2, R14.3
    #[test]
    fn inclusion_in_trees_of_any_size(size in any_size(), index in any::<u64>()) {
        check_inclusion(index % size, size);
    }

    // R14.3, R15.3
    #[test]
    fn consistency_between_any_sizes(new in any_size(), old in any::<u64>()) {
        check_consistency(old % new + 1, new);
    }

    // R14.3: any three numbers are refused with the right code or make a proof of exactly the right length.
    #[test]
    fn no_numbers_panic(first in any::<u64>(), second in any::<u64>(), near in 0..3u64, length in 0..70usize) {
        for (index, size) in [(first, second), (first, first.wrapping_add(near)), (first >> 1, second >> 1)] {
            let path = vec![Hash::of(b"h"); length];
            let inclusion = LeafIndex::new(index)
                .and_then(|index| Ok((index, TreeSize::new(size)?)))
                .and_then(|(index, size)| InclusionProof::new(index, size, path.clone()));
            let expected = if index.max(size) > TreeSize::MAX.get() {
                Err(Code::LimitNumber)
            } else if length > MAX_PROOF_HASHES {
                Err(Code::LimitProof)
            } else if index >= size {
                Err(Code::MalformedLeafIndex)
            } else if u32::try_from(length) != Ok(inclusion_length(index, size)) {
                Err(Code::MalformedProofLength)
            } else {
                Ok(Err(Code::TamperedInclusion))
            };
            let verified = |proof: InclusionProof| proof.verify(&Hash::of(b"l"), &Hash::of(b"r")).map_err(Error::code);
            prop_assert_eq!(inclusion.map(verified).map_err(Error::code), expected);

            let consistency = TreeSize::new(index)
                .and_then(|old| ConsistencyProof::new(old, TreeSize::new(size)?, path));
            let expected = if index.max(size) > TreeSize::MAX.get() {
                Err(Code::LimitNumber)
            } else if length > MAX_PROOF_HASHES {
                Err(Code::LimitProof)
            } else if index == 0 || index > size {
                Err(Code::MalformedField)
            } else if u32::try_from(length) != Ok(consistency_length(index, size)) {
                Err(Code::MalformedProofLength)
            } else {
                Ok(Err(Code::TamperedConsistency))
            };
            let verified = |proof: ConsistencyProof| proof.verify(&Hash::of(b"o"), &Hash::of(b"n")).map_err(Error::code);
            prop_assert_eq!(consistency.map(verified).map_err(Error::code), expected);
        }
    }
}
