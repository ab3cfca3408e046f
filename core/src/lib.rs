//! CivicTrust's verification core: bytes and a timestamp in, a report out.
//!
//! Out of scope, and absent by construction: files, sockets, clocks, threads, randomness, logging, JavaScript.
//! Trust (keys, origins, quorum, freshness) comes from the trust root that the caller names, never from a bundle.

#![no_std]
#![cfg_attr(test, allow(clippy::cast_possible_truncation, reason = "tests count small things"))]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod base64;
pub mod bundle;
pub mod c2sp;
pub mod cbor;
pub mod claims;
pub mod code;
mod cose;
mod distinct;
pub mod ed25519;
pub mod error;
pub mod evidence;
pub mod explanation;
pub mod hash;
mod json;
pub mod limits;
pub mod merkle;
pub mod report;
pub mod state;
pub mod statement;
pub mod status_list;
pub mod subject;
pub mod time;
pub mod trust;
pub mod verify;

pub use bundle::{Batch, Bundle, LaterCheckpoint};
pub use c2sp::{Checkpoint, Cosignature, KeyId, KeyName, Note, Origin, SignatureLine, SignatureType, VerifierKey};
pub use code::{Class, Code};
pub use ed25519::PublicKey;
pub use error::Error;
pub use explanation::{Explanation, Language, explain};
pub use hash::{Hash, Hasher};
pub use merkle::{CompactRange, ConsistencyProof, InclusionProof, LeafIndex, NodeId, Subtree, TreeSize};
pub use report::{AtSource, Report};
pub use statement::{Statement, StatementHeader, StatementType};
pub use subject::{StatusReference, Subject, SubjectKind};
pub use time::{Seconds, Timestamp};
pub use trust::{Trust, TrustRoot};
pub use verify::{Document, Mode, Request, StepName, StepResult, verify};
