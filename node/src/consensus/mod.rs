//! Consensus: a sequence of commands that every node applies in the same order, once it is durable.
//!
//! [`Consensus`] takes commands as bytes and answers when the [`Machine`] has applied them. The protocol (Raft) is that
//! of the `openraft` crate, whose types do not leave this module; the log is [`crate::wal`].
//!
//! What a caller may rely on:
//!
//! - A command that was answered is on the disks of a majority, and is applied exactly once in the life of the machine's
//!   state, restarts included, in the order of the log.
//! - A refusal says that the command was not, and will not be, carried out; with one exception: `unknown.outcome` says
//!   that nobody knows. Then send it again with the same request ID, and let the machine see that it is the same.
//! - After a failed write, or an error of the machine, nothing is answered any more until the next start.
//!
//! Nodes reach one another through [`crate::peers::Network`], and hand what they receive to [`Consensus::receiver`]. A
//! node that has lost its log takes part again under its old number only when it can break no promise (`rejoin`).

mod entries;
mod halt;
#[cfg(all(test, feature = "simulation"))]
mod insight;
mod leader;
mod log_store;
mod machine;
mod messages;
mod network;
mod persistence;
mod proposals;
mod protocol;
mod receiving;
mod rejoin;
mod runtime;
mod start;
mod state_machine;
#[cfg(test)]
#[cfg(not(feature = "simulation"))]
mod tests;
mod unapplied;

#[cfg(all(test, feature = "simulation"))]
pub(crate) use self::halt::Halt;
#[cfg(all(test, feature = "simulation"))]
pub(crate) use self::insight::{place_of, term_of_leader, term_of_vote};
pub use machine::{Committed, Machine, Snapshot};
pub use proposals::{Consensus, ConsensusStatus, Role, Voice};
#[cfg(feature = "simulation")]
pub(crate) use runtime::sleep;
pub(crate) use runtime::{Moment, now, since, spawn, within};
#[cfg(all(test, feature = "simulation"))]
pub(crate) use start::Found;
pub use start::{Beginning, Cluster, ConsensusSettings};
pub use unapplied::is_unapplied;
