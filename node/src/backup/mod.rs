//! A log's folder taken apart from the node, and made again from that (R20.5). Format: `specs/backup.md`.
//!
//! ```text
//! DIR/manifest.cbor       what this is a backup of, signed with the node's own key
//! DIR/SHA256SUMS          every other file and its hash, as sha256sum writes them
//! DIR/state               the state of one moment: who may submit, what was asked and answered, entries in no tile yet
//! DIR/log/checkpoint      a checkpoint that a quorum of witnesses has cosigned
//! DIR/log/tile/...        the tiles of its tree, and no others
//! ```
//!
//! The state is taken first and the tiles after it, up to what that state says is final: so a backup of a node that runs
//! is one moment of the log. Before it is signed, the entries that stand in no tile are appended to the tree of the
//! checkpoint, and must give the tree of the state. The same is done again before anything is restored.
//!
//! A restored log begins anew with consensus, and signs nothing before its witnesses have confirmed it: see
//! [`crate::restored`]. So all nodes of a log are restored from one backup.

mod continuity;
mod extension;
mod listing;
mod make;
mod manifest;
mod others;
mod restore;
mod transfer;
mod tree_files;

pub use make::{Made, make};
pub use manifest::Manifest;
pub use restore::{Proven, Restore, SignedBy, Target};
pub(crate) use transfer::Transfers;

const MANIFEST: &str = "manifest.cbor";
const SUMS: &str = "SHA256SUMS";
const STATE: &str = "state";
const CHECKPOINT: &str = "log/checkpoint";
