//! Every tree of up to 130 leaves: all its proofs hold, and none of them does with anything about it changed.

// clippy.toml allows panics in tests; this extends it to their helpers.
#![cfg(test)]

#[path = "support/log.rs"]
mod log;
#[path = "support/rfc_tree.rs"]
mod rfc_tree;

use ct_core::merkle::leaf_hash;
use ct_core::{Code, CompactRange, ConsistencyProof, Error, Hash, InclusionProof, Subtree};
use log::{Log, leaf_index, tree_size};
use rfc_tree::RfcTree;

const LEAVES: u8 = 130;

/// The log in which leaf i is the single byte i.
fn byte_log() -> Log {
    Log::of((0..LEAVES).map(|byte| [byte]))
}

fn leaf(index: usize) -> Hash {
    leaf_hash(&[index.try_into().unwrap()])
}

fn sizes() -> impl Iterator<Item = usize> {
    1..=usize::from(LEAVES)
}

fn flip(hash: &Hash, bit: usize) -> Hash {
    let mut bytes = *hash.as_bytes();
    bytes[bit / 8] ^= 1 << (bit % 8);
    Hash::new(bytes)
}

/// The path with one bit of one hash changed.
fn flipped(path: &[Hash], position: usize, bit: usize) -> Vec<Hash> {
    let mut path = path.to_vec();
    path[position] = flip(&path[position], bit);
    path
}

/// The path without one of its hashes, for each of them.
fn shortened(path: &[Hash]) -> impl Iterator<Item = Vec<Hash>> {
    (0..path.len()).map(|position| {
        let mut path = path.to_vec();
        path.remove(position);
        path
    })
}

/// The path with one more hash, at each position.
fn lengthened(path: &[Hash], extra: Hash) -> impl Iterator<Item = Vec<Hash>> {
    (0..=path.len()).map(move |position| {
        let mut path = path.to_vec();
        path.insert(position, extra);
        path
    })
}

fn include(path: Vec<Hash>, index: usize, size: usize, leaf: &Hash, root: &Hash) -> Result<(), Code> {
    let proof = InclusionProof::new(leaf_index(index), tree_size(size), path);
    proof.and_then(|proof| proof.verify(leaf, root)).map_err(Error::code)
}

fn extend(path: Vec<Hash>, old: usize, new: usize, old_root: &Hash, new_root: &Hash) -> Result<(), Code> {
    let proof = ConsistencyProof::new(tree_size(old), tree_size(new), path);
    proof.and_then(|proof| proof.verify(old_root, new_root)).map_err(Error::code)
}

/// The side of each sibling on the way up from leaf `m` of `n`, from RFC 9162 section 2.1.3.1.
fn turns(m: usize, n: usize) -> String {
    if n == 1 {
        return String::new();
    }
    let k = n.next_power_of_two() / 2;
    if m < k { turns(m, k) + "R" } else { turns(m - k, n - k) + "L" }
}

// R14.1, R14.2, R14.4: appended roots, stored nodes and proofs are those of the specification.
#[test]
fn every_root_and_proof_is_the_specification_s() {
    let (log, rfc) = (byte_log(), RfcTree::of_bytes(LEAVES));
    assert_eq!(log.root(0), rfc.mth(0, 0));
    for size in sizes() {
        let root = rfc.mth(0, size);
        assert_eq!(log.root(size), root, "size {size}");
        assert_eq!(Subtree::whole(tree_size(size)).root(log.nodes(size)), Ok(root), "size {size}");
        for index in 0..size {
            let proof = log.inclusion(index, size);
            assert_eq!(proof.path(), rfc.path(index, 0, size), "leaf {index} of {size}");
            assert_eq!(proof.root(&rfc.leaf(index)), root, "leaf {index} of {size}");
            assert_eq!(include(proof.path().to_vec(), index, size, &leaf(index), &root), Ok(()));
        }
        for old in 1..=size {
            let proof = log.consistency(old, size);
            assert_eq!(proof.path(), rfc.proof(old, size), "{old} to {size}");
            assert_eq!(extend(proof.path().to_vec(), old, size, &log.root(old), &root), Ok(()), "{old} to {size}");
        }
    }
}

// R14.4
#[test]
fn a_rebuilt_compact_range_goes_on_as_before() {
    let log = byte_log();
    for size in sizes() {
        let size_before = tree_size(size - 1);
        let nodes = Subtree::whole(size_before).nodes();
        let hashes: Result<_, Error> = nodes.into_iter().map(log.nodes(size - 1)).collect();
        let mut range = CompactRange::from_hashes(size_before, hashes.unwrap()).unwrap();
        assert_eq!(range.root(), log.root(size - 1));
        for (id, hash) in range.append(leaf(size - 1)).unwrap() {
            assert_eq!(log.nodes(size)(id), Ok(hash));
        }
        assert_eq!((range.size(), range.root()), (tree_size(size), log.root(size)));
    }
}

// R14.3: one bit, another in every case, of every hash of every proof.
#[test]
fn no_inclusion_proof_holds_with_one_bit_changed() {
    let log = byte_log();
    let mut bits = (0..256).cycle();
    for size in sizes() {
        let root = log.root(size);
        for index in 0..size {
            let proof = log.inclusion(index, size);
            for position in 0..proof.path().len() {
                let path = flipped(proof.path(), position, bits.next().unwrap());
                let refused = include(path, index, size, &leaf(index), &root);
                assert_eq!(refused, Err(Code::TamperedInclusion), "hash {position} for leaf {index} of {size}");
            }
            let bit = bits.next().unwrap();
            let refused =
                [proof.verify(&flip(&leaf(index), bit), &root), proof.verify(&leaf(index), &flip(&root, bit))];
            assert_eq!(refused.map(|result| result.map_err(Error::code)), [Err(Code::TamperedInclusion); 2]);
        }
    }
}

// R14.3, R15.3
#[test]
fn no_consistency_proof_holds_with_one_bit_changed() {
    let log = byte_log();
    let mut bits = (0..256).cycle();
    for new in sizes() {
        for old in 1..=new {
            let (old_root, new_root) = (log.root(old), log.root(new));
            let proof = log.consistency(old, new);
            for position in 0..proof.path().len() {
                let path = flipped(proof.path(), position, bits.next().unwrap());
                let refused = extend(path, old, new, &old_root, &new_root);
                assert_eq!(refused, Err(Code::TamperedConsistency), "hash {position} for {old} to {new}");
            }
            let bit = bits.next().unwrap();
            let refused =
                [proof.verify(&flip(&old_root, bit), &new_root), proof.verify(&old_root, &flip(&new_root, bit))];
            assert_eq!(refused.map(|result| result.map_err(Error::code)), [Err(Code::TamperedConsistency); 2]);
        }
    }
}

// R14.3: all 256 bits, in the trees small enough for that.
#[test]
fn no_proof_of_a_small_tree_holds_with_any_bit_changed() {
    let log = byte_log();
    for size in 1..=17 {
        let root = log.root(size);
        for other in 0..size {
            let inclusion = log.inclusion(other, size);
            let consistency = log.consistency(other + 1, size);
            for bit in 0..256 {
                for position in 0..inclusion.path().len() {
                    let refused = include(flipped(inclusion.path(), position, bit), other, size, &leaf(other), &root);
                    assert_eq!(refused, Err(Code::TamperedInclusion));
                }
                for position in 0..consistency.path().len() {
                    let path = flipped(consistency.path(), position, bit);
                    let refused = extend(path, other + 1, size, &log.root(other + 1), &root);
                    assert_eq!(refused, Err(Code::TamperedConsistency));
                }
            }
        }
    }
}

// R14.3
#[test]
fn no_proof_can_be_built_with_a_hash_missing_or_extra() {
    let log = byte_log();
    for size in sizes() {
        let root = log.root(size);
        for other in 0..size {
            let inclusion = log.inclusion(other, size);
            for path in shortened(inclusion.path()).chain(lengthened(inclusion.path(), root)) {
                let refused = InclusionProof::new(leaf_index(other), tree_size(size), path).map_err(Error::code);
                assert_eq!(refused, Err(Code::MalformedProofLength), "leaf {other} of {size}");
            }
            let consistency = log.consistency(other + 1, size);
            for path in shortened(consistency.path()).chain(lengthened(consistency.path(), root)) {
                let refused = ConsistencyProof::new(tree_size(other + 1), tree_size(size), path).map_err(Error::code);
                assert_eq!(refused, Err(Code::MalformedProofLength), "{} to {size}", other + 1);
            }
        }
    }
}

// R14.3: a path holds for another index or size exactly where the turns are the same.
#[test]
fn a_path_holds_only_where_its_turns_are_the_same() {
    let log = byte_log();
    let pairs: Vec<(usize, usize)> = (0..=33).flat_map(|size| (0..=size + 1).map(move |index| (index, size))).collect();
    let (mut same, mut other) = (0, 0);
    for &(index, size) in pairs.iter().filter(|(index, size)| index < size) {
        let (path, root, own) = (log.inclusion(index, size).path().to_vec(), log.root(size), turns(index, size));
        for &(claimed_index, claimed_size) in &pairs {
            let expected = if claimed_index >= claimed_size {
                Err(Code::MalformedLeafIndex)
            } else {
                match turns(claimed_index, claimed_size) {
                    turns if turns.len() != own.len() => Err(Code::MalformedProofLength),
                    turns if turns != own => Err(Code::TamperedInclusion),
                    _ => Ok(()),
                }
            };
            *(if expected.is_ok() { &mut same } else { &mut other }) += 1;
            let result = include(path.clone(), claimed_index, claimed_size, &leaf(index), &root);
            assert_eq!(result, expected, "leaf {index} of {size} as {claimed_index} of {claimed_size}");
        }
    }
    assert!(same > 561 && other > 300_000, "{same} same, {other} other");
}

// R14.3, R15.3: a path holds for other sizes exactly where the same hashes are folded in the same way.
#[test]
fn a_consistency_proof_holds_only_where_its_fold_is_the_same() {
    let log = byte_log();
    let pairs: Vec<(usize, usize)> = (0..=33).flat_map(|new| (0..=new + 1).map(move |old| (old, new))).collect();
    let (mut same, mut other) = (0, 0);
    for &(old, new) in pairs.iter().filter(|(old, new)| 0 < *old && old <= new) {
        let (path, old_root, new_root) = (log.consistency(old, new).path().to_vec(), log.root(old), log.root(new));
        let own = fold(old, new);
        for &(claimed_old, claimed_new) in &pairs {
            let expected = if claimed_old == 0 || claimed_old > claimed_new {
                Err(Code::MalformedField)
            } else {
                match fold(claimed_old, claimed_new) {
                    fold if hashes_in(&fold) != path.len() => Err(Code::MalformedProofLength),
                    fold if fold != own => Err(Code::TamperedConsistency),
                    _ => Ok(()),
                }
            };
            *(if expected.is_ok() { &mut same } else { &mut other }) += 1;
            let result = extend(path.clone(), claimed_old, claimed_new, &old_root, &new_root);
            assert_eq!(result, expected, "{old} to {new} as {claimed_old} to {claimed_new}");
        }
        if old < new {
            let swapped = extend(path, old, new, &new_root, &old_root);
            assert_eq!(swapped, Err(Code::TamperedConsistency), "{new} to {old}");
        }
    }
    assert!(same > 561 && other > 300_000, "{same} same, {other} other");
}

/// What RFC 9162 section 2.1.4.2 does with the proof: starts from the old root ("o") or from the first hash ("p"),
/// then takes each further hash as the left part of both trees ("L") or the right part of the new one ("R").
fn fold(old: usize, new: usize) -> String {
    if old == new {
        return "o".to_string();
    }
    let mut fold = if old.is_power_of_two() { "o" } else { "p" }.to_string();
    let (mut old_node, mut new_node) = (old - 1, new - 1);
    while old_node & 1 == 1 {
        (old_node, new_node) = (old_node >> 1, new_node >> 1);
    }
    while new_node != 0 {
        if old_node & 1 == 1 || old_node == new_node {
            fold.push('L');
            while old_node & 1 == 0 && old_node != 0 {
                (old_node, new_node) = (old_node >> 1, new_node >> 1);
            }
        } else {
            fold.push('R');
        }
        (old_node, new_node) = (old_node >> 1, new_node >> 1);
    }
    fold
}

fn hashes_in(fold: &str) -> usize {
    if fold.starts_with('o') { fold.len() - 1 } else { fold.len() }
}
