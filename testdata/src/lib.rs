//! What tests share: CivicTrust's own cases, other people's vectors, and how a test says that it was skipped.
//!
//! For tests only; no program depends on it.

mod skip;
mod vectors;

pub use skip::skip;
pub use vectors::vector;
