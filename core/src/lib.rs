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
pub mod c2sp;
pub mod code;
pub mod ed25519;
pub mod error;
pub mod hash;
pub mod limits;
pub mod time;

pub use c2sp::{Checkpoint, Cosignature, KeyId, KeyName, Note, Origin, SignatureLine, SignatureType, VerifierKey};
pub use code::{Class, Code};
pub use ed25519::PublicKey;
pub use error::Error;
pub use hash::{Hash, Hasher};
pub use time::{Seconds, Timestamp};
