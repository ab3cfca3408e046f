//! Inclusion proofs: this leaf is at this index of the tree with this root.

use super::hashing::node_hash;
use super::index::{LeafIndex, TreeSize};
use super::node_id::NodeId;
use super::subtree::Subtree;
use crate::code::Code;
use crate::error::Error;
use crate::hash::Hash;
use crate::limits::MAX_PROOF_HASHES;
use alloc::vec::Vec;

/// `PATH(index, D[0:size])` of RFC 9162 section 2.1.3.1, with exactly as many hashes as index and size demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    index: LeafIndex,
    size: TreeSize,
    path: Vec<Hash>,
}

impl InclusionProof {
    /// A proof from elsewhere: the hashes from the leaf's sibling upwards.
    ///
    /// # Errors
    /// `limit.proof` for more than [`MAX_PROOF_HASHES`] hashes, `malformed.leaf_index` if the index is not below the
    /// size, `malformed.proof_length` for any other number of hashes than index and size demand.
    pub fn new(index: LeafIndex, size: TreeSize, path: Vec<Hash>) -> Result<Self, Error> {
        if path.len() > MAX_PROOF_HASHES {
            return Err(Error::new(Code::LimitProof, ""));
        }
        if path.len() != Self::needed(index, size)?.len() {
            return Err(Error::new(Code::MalformedProofLength, ""));
        }
        Ok(Self { index, size, path })
    }

    /// The subtrees whose roots are the proof, in its order.
    ///
    /// # Errors
    /// `malformed.leaf_index` if the index is not below the size.
    pub fn needed(index: LeafIndex, size: TreeSize) -> Result<Vec<Subtree>, Error> {
        Subtree::whole(size).path(index)
    }

    /// The proof, computed from stored nodes.
    ///
    /// # Errors
    /// `malformed.leaf_index` if the index is not below the size; what `lookup` returns.
    pub fn from_nodes<E: From<Error>>(
        index: LeafIndex,
        size: TreeSize,
        mut lookup: impl FnMut(NodeId) -> Result<Hash, E>,
    ) -> Result<Self, E> {
        let needed = Self::needed(index, size)?;
        let path: Vec<Hash> = needed.into_iter().map(|part| part.root(&mut lookup)).collect::<Result<_, E>>()?;
        Ok(Self { index, size, path })
    }

    /// The index of the leaf.
    #[must_use]
    pub const fn index(&self) -> LeafIndex {
        self.index
    }

    /// The size of the tree.
    #[must_use]
    pub const fn size(&self) -> TreeSize {
        self.size
    }

    /// The hashes, from the leaf's sibling upwards.
    #[must_use]
    pub fn path(&self) -> &[Hash] {
        &self.path
    }

    /// The root that this proof leads to from the leaf with the hash `leaf`.
    #[must_use]
    pub fn root(&self, leaf: &Hash) -> Hash {
        let siblings = Subtree::whole(self.size).siblings(self.index.get());
        siblings.iter().zip(&self.path).fold(*leaf, |hash, (sibling, proof)| {
            if sibling.start() > self.index.get() { node_hash(&hash, proof) } else { node_hash(proof, &hash) }
        })
    }

    /// Checks that the leaf with the hash `leaf` is in the tree with this root.
    ///
    /// # Errors
    /// `tampered.inclusion` if the proof leads elsewhere.
    pub fn verify(&self, leaf: &Hash, root: &Hash) -> Result<(), Error> {
        if self.root(leaf) == *root { Ok(()) } else { Err(Error::new(Code::TamperedInclusion, "")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::leaf_hash;
    use alloc::vec;

    fn build(index: u64, size: u64, hashes: usize) -> Result<usize, Code> {
        let (index, size) = (LeafIndex::new(index).unwrap(), TreeSize::new(size).unwrap());
        let proof = InclusionProof::new(index, size, vec![Hash::of(b"h"); hashes]);
        proof.map(|proof| proof.path().len()).map_err(Error::code)
    }

    // R14.3
    #[test]
    fn refuses_by_shape() {
        assert_eq!(build(0, 0, 0), Err(Code::MalformedLeafIndex));
        assert_eq!(build(1, 1, 0), Err(Code::MalformedLeafIndex));
        assert_eq!(build(8, 7, 3), Err(Code::MalformedLeafIndex));
        assert_eq!(build(0, 1, 1), Err(Code::MalformedProofLength));
        assert_eq!(build(6, 7, 3), Err(Code::MalformedProofLength));
        assert_eq!(build(6, 7, 2), Ok(2));
    }

    // MAX_PROOF_HASHES and one more
    #[test]
    fn the_longest_proof() {
        let max = TreeSize::MAX.get();
        assert_eq!(build(0, max, MAX_PROOF_HASHES), Ok(MAX_PROOF_HASHES));
        assert_eq!(build(0, max, MAX_PROOF_HASHES + 1), Err(Code::LimitProof));
        assert_eq!(build(max, max, MAX_PROOF_HASHES + 1), Err(Code::LimitProof));
        assert_eq!(build(max, max, MAX_PROOF_HASHES), Err(Code::MalformedLeafIndex));
    }

    #[test]
    fn one_leaf_is_its_own_root() {
        let proof = InclusionProof::new(LeafIndex::new(0).unwrap(), TreeSize::new(1).unwrap(), vec![]).unwrap();
        let leaf = leaf_hash(b"d0");
        assert_eq!(proof.verify(&leaf, &leaf), Ok(()));
        let refused = proof.verify(&leaf, &leaf_hash(b"d1"));
        assert_eq!(refused.map_err(Error::code), Err(Code::TamperedInclusion));
    }
}
