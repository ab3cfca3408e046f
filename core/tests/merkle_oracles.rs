//! Two libraries that others wrote agree with ours, as provers and as verifiers.

// clippy.toml allows panics in tests; this extends it to their helpers.
#![cfg(test)]

#[path = "support/log.rs"]
mod log;
#[path = "support/sparse_tree.rs"]
mod sparse_tree;

use ct_core::merkle::{leaf_hash, node_hash};
use ct_core::{ConsistencyProof, Hash, InclusionProof, LeafIndex, TreeSize};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof as CtConsistencyProof, InclusionProof as CtInclusionProof, RootHash};
use log::Log;
use proptest::prelude::*;
use rs_merkle::{MerkleProof, MerkleTree};
use sha2::{Digest, Sha256};
use sparse_tree::{SparseTree, any_size};

/// RFC 6962 hashing for `rs_merkle`, which leaves an odd node as it is and so builds the same trees.
#[derive(Clone)]
struct Rfc6962;

impl rs_merkle::Hasher for Rfc6962 {
    type Hash = [u8; 32];

    fn hash(data: &[u8]) -> [u8; 32] {
        Sha256::new().chain_update([0]).chain_update(data).finalize().into()
    }

    fn concat_and_hash(left: &[u8; 32], right: Option<&[u8; 32]>) -> [u8; 32] {
        right.map_or(*left, |right| {
            Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
        })
    }
}

fn concatenated(path: &[Hash]) -> Vec<u8> {
    path.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

fn ct_root(root: &Hash, size: TreeSize) -> RootHash<Sha256> {
    RootHash::new((*root.as_bytes()).into(), size.get())
}

fn entries() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..600)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    // R14.1, R14.2
    #[test]
    fn rs_merkle_agrees(entries in entries(), at in any::<prop::sample::Index>()) {
        let log = Log::of(&entries);
        let leaves: Vec<[u8; 32]> = entries.iter().map(|entry| <Rfc6962 as rs_merkle::Hasher>::hash(entry)).collect();
        let theirs = MerkleTree::<Rfc6962>::from_leaves(&leaves);
        let (size, index) = (entries.len(), at.index(entries.len()));
        prop_assert_eq!(theirs.root(), Some(*log.root(size).as_bytes()));

        let ours = log.inclusion(index, size);
        let path: Vec<[u8; 32]> = ours.path().iter().map(|hash| *hash.as_bytes()).collect();
        prop_assert_eq!(theirs.proof(&[index]).proof_hashes().to_vec(), path.clone());
        prop_assert!(MerkleProof::<Rfc6962>::new(path).verify(*log.root(size).as_bytes(), &[index], &[leaves[index]], size));
        prop_assert_eq!(ours.verify(&leaf_hash(&entries[index]), &log.root(size)), Ok(()));
    }

    // R14.1, R14.2, R15.3
    #[test]
    fn ct_merkle_agrees(entries in entries(), at in any::<prop::sample::Index>()) {
        let log = Log::of(&entries);
        let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        for entry in &entries {
            theirs.push(entry.clone());
        }
        let (size, index) = (entries.len(), at.index(entries.len()));
        let root = log.root(size);
        prop_assert_eq!(theirs.root().as_bytes().to_vec(), root.as_bytes());

        let ours = log.inclusion(index, size);
        prop_assert_eq!(theirs.prove_inclusion(index).as_bytes().to_vec(), concatenated(ours.path()));
        prop_assert_eq!(ours.verify(&leaf_hash(&entries[index]), &root), Ok(()));

        let old = index + 1;
        let ours = log.consistency(old, size);
        prop_assert_eq!(theirs.prove_consistency(size - old).as_bytes().to_vec(), concatenated(ours.path()));
        prop_assert_eq!(ours.verify(&log.root(old), &root), Ok(()));
    }

    // R14.3: the same verdict on proofs from large trees, as made and with one hash changed.
    #[test]
    fn ct_merkle_gives_the_same_verdict_on_large_trees(size in any_size(), at in any::<u64>(), change in any::<Option<prop::sample::Index>>()) {
        let (index, size) = (at % size, TreeSize::new(size).unwrap());
        let tree = SparseTree::new(&[index]);
        let root = tree.root(size);
        let leaf = SparseTree::leaf(index);
        let altered = |path: &[Hash]| {
            let mut path = path.to_vec();
            let count = path.len();
            if let Some(hash) = change.filter(|_| count > 0).and_then(|change| path.get_mut(change.index(count))) {
                *hash = node_hash(hash, hash);
            }
            path
        };

        let proof = InclusionProof::from_nodes(LeafIndex::new(index).unwrap(), size, |id| tree.node(id)).unwrap();
        let path = altered(proof.path());
        let theirs = ct_root(&root, size).verify_inclusion(
            &SparseTree::entry(index),
            index,
            &CtInclusionProof::from_bytes(concatenated(&path)),
        );
        let unchanged = path == proof.path();
        let ours = InclusionProof::new(proof.index(), size, path).and_then(|proof| proof.verify(&leaf, &root));
        prop_assert_eq!(ours.is_ok(), unchanged);
        prop_assert_eq!(theirs.is_ok(), unchanged);

        let old = TreeSize::new(index + 1).unwrap();
        let old_root = tree.root(old);
        // A proof of 64 hashes, from a tree of more than 2^62 leaves, is over our limit.
        let Ok(proof) = ConsistencyProof::from_nodes(old, size, |id| tree.node(id)) else { return Ok(()) };
        let path = altered(proof.path());
        let unchanged = path == proof.path();
        let theirs = ct_root(&root, size).verify_consistency(
            &ct_root(&old_root, old),
            &CtConsistencyProof::try_from_bytes(concatenated(&path)).unwrap(),
        );
        let ours = ConsistencyProof::new(old, size, path).and_then(|proof| proof.verify(&old_root, &root));
        prop_assert_eq!(ours.is_ok(), unchanged);
        prop_assert_eq!(theirs.is_ok(), unchanged);
    }
}
