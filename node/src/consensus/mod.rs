//! Consensus: a sequence of commands that every node applies in the same order, once it is durable.
//!
//! [`Consensus`] takes commands as bytes and answers when the [`Machine`] has applied them. The protocol (Raft) is that
//! of the `openraft` crate, whose types do not leave this module; the log is [`crate::wal`].
//!
//! What a caller may rely on:
//!
//! - A command that was answered is on disk, and is applied exactly once in the life of the machine's state, restarts
//!   included, in the order of the log.
//! - A refusal says that the command was not, and will not be, carried out; with one exception: `unknown.outcome` says
//!   that nobody knows. Then send it again with the same request ID, and let the machine see that it is the same.
//! - After a failed write, or an error of the machine, nothing is answered any more until the next start.
//!
//! Out of scope so far: several nodes. What they need (votes, entries in limited portions, snapshots) is here; the
//! network between them is not.

mod entries;
mod halt;
mod log_store;
mod machine;
mod network;
mod persistence;
mod proposals;
mod protocol;
mod start;
mod state_machine;
#[cfg(test)]
mod tests;

pub use machine::{Committed, Machine, Snapshot};
pub use proposals::{Consensus, ConsensusStatus, Role};
pub use start::ConsensusSettings;
