//! RFC 9162 section 2.1 as it is written there, recursively: an oracle that shares no code with `ct_core::merkle`.

use ct_core::Hash;
use sha2::{Digest, Sha256};

/// A tree that holds all its leaf hashes.
pub(crate) struct RfcTree {
    leaves: Vec<Hash>,
}

impl RfcTree {
    /// The tree in which leaf i is the single byte i, as in the shared vectors.
    pub(crate) fn of_bytes(count: u8) -> Self {
        Self { leaves: (0..count).map(Self::byte_leaf).collect() }
    }

    /// The hash of the leaf that is the single byte `index`.
    pub(crate) fn byte_leaf(index: u8) -> Hash {
        Hash::new(Sha256::new().chain_update([0, index]).finalize().into())
    }

    /// The hash of leaf `index`.
    pub(crate) fn leaf(&self, index: usize) -> Hash {
        self.leaves[index]
    }

    /// MTH(D[start:end])
    pub(crate) fn mth(&self, start: usize, end: usize) -> Hash {
        match end - start {
            0 => Hash::new(Sha256::new().finalize().into()),
            1 => self.leaves[start],
            length => {
                let middle = start + below(length);
                let (left, right) = (self.mth(start, middle), self.mth(middle, end));
                let node = Sha256::new().chain_update([1]).chain_update(left.as_bytes()).chain_update(right.as_bytes());
                Hash::new(node.finalize().into())
            }
        }
    }

    /// PATH(m, D[start:end]), with m counted from `start`
    pub(crate) fn path(&self, m: usize, start: usize, end: usize) -> Vec<Hash> {
        if end - start == 1 {
            return vec![];
        }
        let k = below(end - start);
        let (mut path, sibling) = if m < k {
            (self.path(m, start, start + k), self.mth(start + k, end))
        } else {
            (self.path(m - k, start + k, end), self.mth(start, start + k))
        };
        path.push(sibling);
        path
    }

    /// PROOF(m, D[0:n])
    pub(crate) fn proof(&self, m: usize, n: usize) -> Vec<Hash> {
        self.subproof(m, 0, n, true)
    }

    fn subproof(&self, m: usize, start: usize, end: usize, known: bool) -> Vec<Hash> {
        if m == end - start {
            return if known { vec![] } else { vec![self.mth(start, end)] };
        }
        let k = below(end - start);
        let (mut proof, sibling) = if m <= k {
            (self.subproof(m, start, start + k, known), self.mth(start + k, end))
        } else {
            (self.subproof(m - k, start + k, end, false), self.mth(start, start + k))
        };
        proof.push(sibling);
        proof
    }
}

/// The largest power of two below `length`.
fn below(length: usize) -> usize {
    let mut power = 1;
    while power * 2 < length {
        power *= 2;
    }
    power
}
