//! Consistency proofs: the tree with this root begins with the tree with that root.

use super::hashing::node_hash;
use super::index::TreeSize;
use super::node_id::NodeId;
use super::subtree::Subtree;
use crate::code::Code;
use crate::error::Error;
use crate::hash::Hash;
use crate::limits::MAX_PROOF_HASHES;
use alloc::vec::Vec;

/// `PROOF(old, D[0:new])` of RFC 9162 section 2.1.4.1, with exactly as many hashes as the two sizes demand.
///
/// Equal sizes demand none, and equal roots. Every tree begins with the empty one, so size 0 proves nothing and is
/// refused. A tree of more than 2^62 leaves can demand 64 hashes; such a proof is over the limit, as it is in C2SP
/// tlog-witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsistencyProof {
    old: TreeSize,
    new: TreeSize,
    path: Vec<Hash>,
}

impl ConsistencyProof {
    /// A proof from elsewhere.
    ///
    /// # Errors
    /// `limit.proof` for more than [`MAX_PROOF_HASHES`] hashes, `malformed.field` if the old size is zero or above
    /// the new one, `malformed.proof_length` for any other number of hashes than the sizes demand.
    pub fn new(old: TreeSize, new: TreeSize, path: Vec<Hash>) -> Result<Self, Error> {
        if path.len() > MAX_PROOF_HASHES {
            return Err(Error::new(Code::LimitProof, ""));
        }
        if path.len() != Self::needed(old, new)?.len() {
            return Err(Error::new(Code::MalformedProofLength, ""));
        }
        Ok(Self { old, new, path })
    }

    /// The subtrees whose roots are the proof, in its order.
    ///
    /// # Errors
    /// `malformed.field` if the old size is zero or above the new one.
    pub fn needed(old: TreeSize, new: TreeSize) -> Result<Vec<Subtree>, Error> {
        if old == TreeSize::ZERO || old > new {
            return Err(Error::new(Code::MalformedField, ""));
        }
        let (shared, mut needed) = walk(old, new);
        if !is_old_tree(shared) {
            needed.insert(0, shared);
        }
        Ok(needed)
    }

    /// The proof, computed from stored nodes.
    ///
    /// # Errors
    /// `malformed.field` if the old size is zero or above the new one, `limit.proof` if the sizes demand more than
    /// [`MAX_PROOF_HASHES`]; what `lookup` returns.
    pub fn from_nodes<E: From<Error>>(
        old: TreeSize,
        new: TreeSize,
        mut lookup: impl FnMut(NodeId) -> Result<Hash, E>,
    ) -> Result<Self, E> {
        let needed = Self::needed(old, new)?;
        let path: Vec<Hash> = needed.into_iter().map(|part| part.root(&mut lookup)).collect::<Result<_, E>>()?;
        Ok(Self::new(old, new, path)?)
    }

    /// The size of the earlier tree, at least 1.
    #[must_use]
    pub const fn old_size(&self) -> TreeSize {
        self.old
    }

    /// The size of the later tree, at least [`ConsistencyProof::old_size`].
    #[must_use]
    pub const fn new_size(&self) -> TreeSize {
        self.new
    }

    /// The hashes, in the order of [`ConsistencyProof::needed`].
    #[must_use]
    pub fn path(&self) -> &[Hash] {
        &self.path
    }

    /// Checks that the tree with the root `new_root` begins with the tree with the root `old_root`.
    ///
    /// # Errors
    /// `tampered.consistency` if the proof does not lead to both roots.
    pub fn verify(&self, old_root: &Hash, new_root: &Hash) -> Result<(), Error> {
        let (shared, siblings) = walk(self.old, self.new);
        let (start, rest) = match self.path.split_first() {
            Some((start, rest)) if !is_old_tree(shared) => (*start, rest),
            _ => (*old_root, self.path.as_slice()),
        };
        let (mut old, mut new) = (start, start);
        for (sibling, hash) in siblings.iter().zip(rest) {
            if sibling.start() < self.old.get() {
                old = node_hash(hash, &old);
                new = node_hash(hash, &new);
            } else {
                new = node_hash(&new, hash);
            }
        }
        if old == *old_root && new == *new_root { Ok(()) } else { Err(Error::new(Code::TamperedConsistency, "")) }
    }
}

/// The largest subtree of the new tree that ends where the old tree ends, and the siblings from there to the root:
/// those to its left are in both trees, those to its right only in the new one. The old size is not zero.
fn walk(old: TreeSize, new: TreeSize) -> (Subtree, Vec<Subtree>) {
    Subtree::whole(new).descend(old.get().saturating_sub(1), |part| part.end() == old.get())
}

/// RFC 9162 leaves the shared subtree out of the proof where it is the whole old tree: its root is known.
const fn is_old_tree(shared: Subtree) -> bool {
    shared.start() == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn size(size: u64) -> TreeSize {
        TreeSize::new(size).unwrap()
    }

    fn build(old: u64, new: u64, hashes: usize) -> Result<usize, Code> {
        let proof = ConsistencyProof::new(size(old), size(new), vec![Hash::of(b"h"); hashes]);
        proof.map(|proof| proof.path().len()).map_err(Error::code)
    }

    // R14.3, R15.3
    #[test]
    fn refuses_by_shape() {
        assert_eq!(build(0, 0, 0), Err(Code::MalformedField));
        assert_eq!(build(0, 7, 0), Err(Code::MalformedField));
        assert_eq!(build(8, 7, 0), Err(Code::MalformedField));
        assert_eq!(build(7, 7, 1), Err(Code::MalformedProofLength));
        assert_eq!(build(4, 7, 0), Err(Code::MalformedProofLength));
        assert_eq!(build(4, 7, 2), Err(Code::MalformedProofLength));
        assert_eq!(build(4, 7, 1), Ok(1));
    }

    // MAX_PROOF_HASHES and one more; the sizes of the last two demand 64.
    #[test]
    fn the_longest_proof() {
        let max = TreeSize::MAX.get();
        assert_eq!(build(1, max, MAX_PROOF_HASHES), Ok(MAX_PROOF_HASHES));
        assert_eq!(build(1, max, MAX_PROOF_HASHES + 1), Err(Code::LimitProof));
        assert_eq!(build(3, max, MAX_PROOF_HASHES + 1), Err(Code::LimitProof));
        assert_eq!(build(3, max, MAX_PROOF_HASHES), Err(Code::MalformedProofLength));
        let refused = ConsistencyProof::from_nodes(size(3), size(max), |_| Ok::<_, Error>(Hash::of(b"h")));
        assert_eq!(refused.map_err(Error::code), Err(Code::LimitProof));
    }

    // RFC 9162 section 2.1.5, the tree of seven leaves
    #[test]
    fn proofs_of_the_rfc_example() {
        let needed = |old| -> Vec<(u64, u64)> {
            let needed = ConsistencyProof::needed(size(old), size(7)).unwrap();
            needed.iter().map(|part| (part.start(), part.end())).collect()
        };
        assert_eq!(needed(3), [(2, 3), (3, 4), (0, 2), (4, 7)]);
        assert_eq!(needed(4), [(4, 7)]);
        assert_eq!(needed(6), [(4, 6), (6, 7), (0, 4)]);
        assert_eq!(needed(7), []);
    }

    #[test]
    fn equal_sizes_need_equal_roots() {
        let proof = ConsistencyProof::new(size(5), size(5), vec![]).unwrap();
        let (one, other) = (Hash::of(b"one"), Hash::of(b"other"));
        assert_eq!(proof.verify(&one, &one), Ok(()));
        assert_eq!(proof.verify(&one, &other).map_err(Error::code), Err(Code::TamperedConsistency));
    }
}
