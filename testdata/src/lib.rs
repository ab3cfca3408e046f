//! What tests share: an example world with public keys, cases, other people's vectors, and how a test says that it was
//! skipped.
//!
//! [`world`] is whom to trust, [`Draft`] everything that goes into one bundle, [`Parts`] the bundle itself; each is plain
//! values to be changed at will. [`examples`] makes the files in `bundles/`, `testdata/` and `specs/`, which the binary
//! `make-examples` writes, and [`cases()`] loads `testdata/cases/` for the tests of every program.
//!
//! For tests only; no program depends on it.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "examples that cannot be made, and files that cannot be read, fail the test that asks for them"
)]

pub mod annotate;
mod case;
mod claims;
mod draft;
pub mod examples;
pub mod key;
pub mod note;
mod parts;
mod pdf;
mod skip;
pub mod status;
mod tree;
mod vectors;
pub mod workload;
pub mod world;

pub use case::{Case, Expected, cases, repository};
pub use claims::ClaimsDraft;
pub use draft::{BatchDraft, Draft, Header, LaterDraft, cosigners, fillers, in_one_log};
pub use parts::{LaterParts, Parts};
pub use skip::skip;
pub use status::{STATUS_INDEX, StatusDraft};
pub use tree::Tree;
pub use vectors::vector;
