//! The log as a service: admits signed requests, has them committed, publishes tiles and witnessed checkpoints, and
//! answers what became of a request.
//!
//! ```text
//! request -> Admission (signatures, trust root)  -> Sequencer (batches) -> consensus -> state machine
//!                                                                                          |
//! readers <- checkpoint, tiles <- Publisher (tiles, seal, signature, cosignatures, anchor) <+
//! ```
//!
//! A request is answered when its statements have their places in the log and are on disk. It is *final* when a
//! witnessed checkpoint covers it: only then there are bundles (R18.1).

mod admission;
mod api;
mod archive;
mod config;
mod consensus;
mod founding;
mod leading;
mod metrics;
mod neighbours;
mod node;
mod publisher;
mod sequencer;
mod status;
mod tiles;
mod vitals;
mod witnesses;
mod workers;

pub use admission::{Admission, Admitted};
pub use api::Api;
pub use archive::Archive;
pub use config::NodeConfig;
pub use metrics::ServiceMetrics;
pub use neighbours::{PeerEntry, PeerSettings};
pub use node::Node;
#[cfg(all(test, feature = "simulation"))]
pub(crate) use publisher::Work;
pub use publisher::{Cosign, Published, Publisher, PublisherParts, PublisherSettings};
pub use sequencer::{Sequencer, SequencerLimits};
pub use status::{
    History, LogStanding, MemberStanding, NodeRole, NodeStatus, Standing, StatusSource, Tree, Trouble, Voice,
};
pub use tiles::EntrySource;

use crate::error::{Error, Result};
use crate::peers::Member;
use ct_core::{Code, Timestamp};
use std::pin::Pin;
use std::sync::Arc;

/// Has commands committed: consensus, seen from here.
pub trait Propose: Send + Sync + 'static {
    /// The state machine's answer to the command, once it is on disk and applied.
    ///
    /// # Errors
    /// `unknown.outcome` if it may or may not be committed; `limit.in_flight`; `io.log_poisoned`, `tampered.state` if
    /// this node cannot go on.
    fn propose(&self, command: Vec<u8>) -> Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send + '_>>;

    /// Whether this node leads, as far as it knows.
    fn leadership(&self) -> Leadership {
        Leadership::Leads { term: 1 }
    }

    /// Returns once everything that was acknowledged before the call, by whichever node, is in this node's state.
    ///
    /// # Errors
    /// `not_leader.node` if this node does not lead, or can no longer show that it does.
    fn catch_up(&self) -> Pin<Box<dyn Future<Output = Result<()>> + Send + '_>> {
        Box::pin(async { Ok(()) })
    }

    /// Changes who the members are; returns when the change is committed. The same change again changes nothing.
    ///
    /// # Errors
    /// `not_leader.node`; `conflict.members` if it cannot be made now; `unknown.member`; `unknown.outcome`.
    fn change_members(&self, _change: MemberChange) -> Pin<Box<dyn Future<Output = Result<()>> + Send + '_>> {
        let alone = || Error::new(Code::ConflictMembers, "this node", "has no connections to others", "give it a key");
        Box::pin(async move { Err(alone()) })
    }
}

/// Who leads the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leadership {
    /// This node, in this term.
    Leads {
        /// Grows with every election.
        term: u64,
    },
    /// Another node, or none at the moment.
    Follows {
        /// Where clients reach the node that leads, `http://HOST:PORT`, if that is known.
        leader: Option<String>,
    },
}

/// A change of the members of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberChange {
    /// This node becomes a member: first it catches up, then it votes. Or: the member gets this address.
    Put(Member),
    /// The node with this number is a member no longer.
    Delete(u64),
}

/// The time of this machine, or that of a test.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
