//! A witness for others' logs, over HTTP (C2SP tlog-witness).
//!
//! ```text
//! POST /add-checkpoint            old SIZE, the lines of a consistency proof, an empty line, the log's checkpoint
//! GET  /HEX/checkpoint            for monitors: what it last cosigned of the log whose origin has this SHA-256
//! GET  /healthz, /metrics
//! ```
//!
//! | status | when |
//! |---|---|
//! | 200 | the body is the witness's signature line |
//! | 400 | this is no such request; the old size exceeds the new one; the checkpoint has extension lines |
//! | 403 | no known key of the log has signed, or a known key's signature does not verify |
//! | 404 | the log is not one of the configured ones |
//! | 409 | the old size is not that of the last checkpoint that was cosigned, which is the body |
//! | 422 | the proof does not hold; another root at the same size; an empty tree with a root |
//!
//! What was cosigned is on disk before the answer is sent. Requests for one log follow one another; logs do not wait for
//! one another. Two checkpoints of one size are kept as evidence beside the memory.

mod add_checkpoint;
mod config;
mod memory;
mod service;

pub use add_checkpoint::AddCheckpoint;
pub(crate) use add_checkpoint::parse_size;
pub use config::{WitnessConfig, WitnessedLog};
pub use service::{Clock, WitnessService};
