//! The three hashes of RFC 9162 section 2.1.1.

use crate::hash::Hash;

/// The hash of a leaf: H(00 || entry).
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Hash::of_parts(&[&[LEAF_PREFIX], entry])
}

/// The hash of an interior node: H(01 || left || right).
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash::of_prefixed_pair(NODE_PREFIX, left, right)
}

/// The root of the tree without leaves: H of nothing.
#[must_use]
pub fn empty_root() -> Hash {
    Hash::of(&[])
}

/// The root over adjacent complete subtrees, given left to right, each larger than the next.
///
/// Takes the hashes of [`Subtree::nodes`](super::Subtree::nodes); no hashes give [`empty_root`].
#[must_use]
pub fn fold_nodes(hashes: &[Hash]) -> Hash {
    let fold = |right, left: Hash| node_hash(&left, &right);
    hashes.iter().rev().copied().reduce(fold).unwrap_or_else(empty_root)
}

const LEAF_PREFIX: u8 = 0x00;
const NODE_PREFIX: u8 = 0x01;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    // sha256sum of "", of 00, and of 01 followed by the other two
    #[test]
    fn known_hashes() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let leaf = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
        let node = "332c01c4186eab0ad095d79555ce5670a89d22f33b431d87728fb9e32d149a5f";
        assert_eq!(empty_root().to_string(), empty);
        assert_eq!(leaf_hash(b"").to_string(), leaf);
        assert_eq!(node_hash(&empty_root(), &leaf_hash(b"")).to_string(), node);
    }

    // R14.3: a node's preimage given as an entry is another hash.
    #[test]
    fn a_leaf_is_never_a_node() {
        let (left, right) = (leaf_hash(b"l"), leaf_hash(b"r"));
        let preimage = [left.as_bytes().as_slice(), right.as_bytes()].concat();
        assert_ne!(leaf_hash(&preimage), node_hash(&left, &right));
        assert_ne!(Hash::of(&preimage), node_hash(&left, &right));
        assert_ne!(node_hash(&left, &right), node_hash(&right, &left));
    }

    #[test]
    fn folds_from_the_right() {
        let [a, b, c] = [b"a", b"b", b"c"].map(|entry| leaf_hash(entry));
        assert_eq!(fold_nodes(&[]), empty_root());
        assert_eq!(fold_nodes(&[a]), a);
        assert_eq!(fold_nodes(&[a, b, c]), node_hash(&a, &node_hash(&b, &c)));
    }
}
