//! CivicTrust's transparency log and issuance: what makes the bundles that `ct` verifies.
//!
//! The library names no clock and no random source: times come in as [`ct_core::Timestamp`], randomness as
//! [`Entropy`]; only [`http`], [`cosigners`] and [`peers`] ask a
//! monotonic clock, for time-outs. Proofs are *built* here and *checked* by core, which is called and never copied.
//!
//! From the inside out:
//!
//! - [`tile`], [`entry_bundle`]: which files a log consists of (C2SP tlog-tiles); pure.
//! - [`statement`], [`gate`], [`witness`], [`bundle`], [`trust`], [`pdf`]: signing and assembling, as functions on
//!   values.
//! - [`store`], [`bucket`], [`Log`]: the embedded log in a directory, driven by committed batches of entries; what is
//!   published of it may be in a bucket.
//! - [`Registry`]: one machine's directory with log, witnesses, issuer and trust root; [`demo`] fills one.
//!
//! - [`http`]: what every service listens with; [`witness_service`]: a witness for others' logs;
//!   [`cosigners`]: the log's side of witnessing; [`fsck`]: an audit of a whole log, here or elsewhere.
//!
//! - [`backup`]: a log's folder taken apart from the node, and made again from that.
//! - [`wal`], [`consensus`], [`machine`], [`service`]: the log as a service, on one node or several, which reach one
//!   another through [`peers`]; [`backup`].

#[cfg(all(test, feature = "simulation"))]
extern crate self as ct_node;

pub mod advertise;
pub mod backup;
pub mod bucket;
pub mod bundle;
pub mod claims;
pub mod client;
pub mod command;
mod config_file;
pub mod consensus;
pub mod cosigners;
pub mod demo;
pub mod deployment;
mod documents;
mod durable;
mod edge;
pub mod entropy;
pub mod entry_bundle;
pub mod envelope;
pub mod error;
pub mod fsck;
pub mod gate;
mod hash_tiles;
pub mod http;
mod keyring;
mod listen;
pub mod load;
mod lock;
pub mod log;
pub mod log_signer;
pub mod machine;
pub mod pdf;
pub mod peers;
mod planted;
pub mod publication;
mod quorum;
mod recovery;
mod refusals;
pub mod registry;
pub mod restored;
pub mod service;
#[cfg(test)]
#[cfg(feature = "simulation")]
mod simulation;
pub mod statement;
pub mod status_lists;
pub mod store;
pub mod subjects;
pub mod survey;
mod sync;
pub mod tile;
mod tile_reader;
pub mod trust;
pub mod wal;
pub mod witness;
pub mod witness_service;

pub use bucket::Bucket;
pub use bundle::Anchor;
pub use claims::ClaimsDocument;
pub use cosigners::{Cosigner, Cosigners};
pub use documents::{DocumentFile, create_bundle, read_at_most, read_bundle, read_document, replace_bundle};
pub use entropy::Entropy;
pub use error::{Error, Result};
pub use log::{Log, Staged};
pub use log_signer::{LogSigner, SignedCheckpoint};
pub use publication::Publication;
pub use registry::{Anchored, Newest, Plan, Registry};
pub use statement::{Draft, Signed, StatusEntry};
pub use status_lists::{Change, SignedList, StatusLists};
pub use store::Store;
pub use subjects::{Described, Subjects};
pub use tile::Tile;
pub use trust::{Party, TrustPlan};
pub use witness::Witness;
pub use witness_service::{WitnessConfig, WitnessService};
