//! The nodes of one log, and how they talk: messages over connections that both ends have proved their keys for.
//!
//! TCP with TLS 1.3 and raw keys; on it frames, whose format is `specs/peers.md`. [`Dialer`] asks, [`PeerServer`] answers.
//! The clock of this module is tokio's monotonic one, and serves time-outs only.

mod address;
mod backoff;
mod channel;
mod class;
mod dialer;
mod frame;
mod framed;
mod identity;
mod member;
mod net;
mod seats;
mod server;
#[cfg(test)]
#[cfg(feature = "turmoil")]
mod storm;
mod tls;

pub use address::{HostPort, PeerAddress};
pub use dialer::Dialer;
pub use frame::{Frame, FrameReader, Header, Turn};
pub use identity::{FrameSigning, Identity};
pub use member::Member;
pub use server::{PeerLimits, PeerServer};

use crate::error::Result;
use std::pin::Pin;
use std::time::Duration;

/// What a message between nodes is about. A closed register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MessageKind {
    /// Entries of the log; in order.
    Append,
    /// An [`Self::Append`] without entries, which says that the leader lives.
    Heartbeat,
    /// A candidate asks for a vote.
    Vote,
    /// A node asks whether it would get votes.
    PreVote,
    /// How far is this node, and where do clients reach it?
    Standing,
    /// A piece of the leader's state, for a node that lags far behind; in order.
    Snapshot,
    /// Entries that stand in tiles.
    Entries,
    /// A piece of the node's own state, for a backup: a node answers nobody but itself.
    Backup,
}

/// Calls other nodes.
pub trait Network: Send + Sync + 'static {
    /// The reply of this member. Messages of one kind to one member arrive in the order in which this is called, or not
    /// at all.
    ///
    /// # Errors
    /// `io.network` if it cannot be reached, or does not answer in time: whether it acted is not known. `unknown.peer`
    /// if somebody else answers there; `malformed.frame`, `limit.frame_size`, `tampered.frame`, `replayed.frame`. What
    /// the member itself refuses with.
    fn call<'a>(
        &'a self,
        to: &'a Member,
        kind: MessageKind,
        payload: Vec<u8>,
        within: Duration,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send + 'a>>;
}

/// Answers other nodes.
pub trait Receive: Send + Sync + 'static {
    /// The reply to a message of the node with this number, which has proved its key.
    ///
    /// # Errors
    /// Told to the sender by code.
    fn receive(
        &self,
        from: u64,
        kind: MessageKind,
        payload: Vec<u8>,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send + '_>>;

    /// The number of the member with this Ed25519 key; `None` if no member has it: then it is not listened to.
    fn member(&self, key: &[u8; 32]) -> Option<u64>;
}
