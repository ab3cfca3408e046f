//! Merkle trees as in RFC 9162 section 2.1, over SHA-256: hashes, proofs, and the little state a log appends with.
//!
//! # Hashes
//!
//! ```text
//! MTH({})      = H()
//! MTH({d0})    = H(00 || d0)                                      leaf_hash
//! MTH(D[0:n])  = H(01 || MTH(D[0:k]) || MTH(D[k:n]))              node_hash
//!                k = the largest power of two below n
//! ```
//!
//! The first byte keeps a leaf from posing as a node. Leaves are in log order; a proof names its leaf index and
//! tree size, and both decide which hashes it has. Sizes and indices end at 2^63-1.
//!
//! # Proofs
//!
//! The tree over seven leaves, drawn as in RFC 9162 section 2.1.5:
//!
//! ```text
//!             root
//!            /    \
//!           k      l            k = [0,4)  l = [4,7)
//!          / \    / \
//!         g   h  i   j          g = [0,2)  h = [2,4)  i = [4,6)  j = [6,7) = d6
//!        /\  /\  /\
//!       a b c d e f             d0 .. d5
//! ```
//!
//! | proof | hashes, in order |
//! |---|---|
//! | inclusion of leaf 0 in size 7 | b, h, l |
//! | inclusion of leaf 3 in size 7 | c, g, l |
//! | inclusion of leaf 6 in size 7 | i, k |
//! | consistency of sizes 3 and 7 | c, d, g, l |
//! | consistency of sizes 4 and 7 | l (k is the old root itself) |
//! | consistency of sizes 6 and 7 | i, j, k |
//!
//! Every one of these hashes is the root of a [`Subtree`]. `needed` says which they are, `from_nodes` fetches and
//! computes them, `new` takes them from outside and refuses any other number of them, `verify` folds them.
//! A subtree at the right edge, such as l, is not one stored node: [`Subtree::nodes`] lists the complete ones to fold.
//!
//! ```
//! use ct_core::merkle::{CompactRange, InclusionProof, LeafIndex, TreeSize, leaf_hash};
//! use ct_core::{Code, Error, Hash};
//! use std::collections::HashMap;
//!
//! let mut log = CompactRange::new();
//! let mut nodes = HashMap::new();
//! for entry in [b"d0", b"d1", b"d2", b"d3", b"d4", b"d5", b"d6"] {
//!     nodes.extend(log.append(leaf_hash(entry))?);
//! }
//!
//! let lookup = |id| nodes.get(&id).copied().ok_or(Error::new(Code::IoNotFound, "node"));
//! let proof = InclusionProof::from_nodes(LeafIndex::new(6)?, TreeSize::new(7)?, lookup)?;
//! assert_eq!(proof.path().len(), 2);
//! assert_eq!(proof.verify(&leaf_hash(b"d6"), &log.root()), Ok(()));
//!
//! let refused = proof.verify(&leaf_hash(b"d5"), &log.root());
//! assert_eq!(refused.map_err(Error::code), Err(Code::TamperedInclusion));
//! # Ok::<(), Error>(())
//! ```
//!
//! # What a proof does not say
//!
//! One path leads to the same root from every (index, size) with the same sequence of left and right turns: the path
//! of leaf 0 in size 8 is also one of leaf 0 in size 5. The tree size must come from a signed checkpoint.
//!
//! Errors from here name no field, because batch, bundle and status proofs share them: see [`Error::within`].
//!
//! [`Error::within`]: crate::Error::within

mod compact_range;
mod consistency;
mod hashing;
mod inclusion;
mod index;
mod node_id;
mod subtree;

pub use compact_range::CompactRange;
pub use consistency::ConsistencyProof;
pub use hashing::{empty_root, fold_nodes, leaf_hash, node_hash};
pub use inclusion::InclusionProof;
pub use index::{LeafIndex, TreeSize};
pub use node_id::NodeId;
pub use subtree::Subtree;
