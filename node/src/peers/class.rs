//! Which connection a message takes, and how long it may be.

use crate::peers::MessageKind;
use ct_core::limits::{MAX_FRAME_BYTES, MAX_SMALL_FRAME_BYTES};

/// What a connection is for. A node has at most one of each to a member, so that long messages delay no short ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Class {
    /// Entries of the log.
    Append,
    /// Short questions, and signs of life.
    Ask,
    /// What a node needs that lags behind.
    Bulk,
}

impl Class {
    pub(super) const ALL: [Self; 3] = [Self::Append, Self::Ask, Self::Bulk];

    /// Its name in the hand-shake (ALPN, RFC 7301), with the version of the format.
    pub(super) const fn protocol(self) -> &'static str {
        match self {
            Self::Append => "civictrust-peer/1/append",
            Self::Ask => "civictrust-peer/1/ask",
            Self::Bulk => "civictrust-peer/1/bulk",
        }
    }

    /// The class that was agreed on in the hand-shake, if one was.
    pub(super) fn of_protocol(agreed: Option<&[u8]>) -> Option<Self> {
        Self::ALL.into_iter().find(|class| agreed == Some(class.protocol().as_bytes()))
    }

    /// The most bytes that a request on such a connection has.
    pub(super) const fn most_request_bytes(self) -> usize {
        match self {
            Self::Append | Self::Bulk => MAX_FRAME_BYTES,
            Self::Ask => MAX_SMALL_FRAME_BYTES,
        }
    }
}

impl MessageKind {
    /// The connection that messages of this kind take.
    pub(super) const fn class(self) -> Class {
        match self {
            Self::Append => Class::Append,
            Self::Heartbeat | Self::Vote | Self::PreVote | Self::Standing => Class::Ask,
            Self::Snapshot | Self::Entries | Self::Backup => Class::Bulk,
        }
    }

    /// The most bytes of a frame with such a request, without its length.
    pub(super) const fn most_request_bytes(self) -> usize {
        match self {
            Self::Append | Self::Snapshot => MAX_FRAME_BYTES,
            Self::Heartbeat | Self::Vote | Self::PreVote | Self::Standing | Self::Entries | Self::Backup => {
                MAX_SMALL_FRAME_BYTES
            }
        }
    }

    /// The most bytes of a frame with the reply, without its length.
    pub(super) const fn most_reply_bytes(self) -> usize {
        match self {
            Self::Entries | Self::Backup => MAX_FRAME_BYTES,
            _ => MAX_SMALL_FRAME_BYTES,
        }
    }
}
