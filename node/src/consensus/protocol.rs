//! The protocol's types, filled in: opaque commands and answers, and one leader for each term, so that a term alone
//! identifies the leader.

use super::runtime::Runtime;
use crate::peers::Member;
use crate::wal::{Position, Standing, Vote};
use openraft::vote::{RaftLeaderId, leader_id_std};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

openraft::declare_raft_types!(
    /// What the protocol is about.
    pub(super) Protocol:
        D = Command,
        R = Answer,
        Node = Member,
        LeaderId = leader_id_std::LeaderId<u64, u64>,
        AsyncRuntime = Runtime,
);

pub(super) type LogId = openraft::alias::LogIdOf<Protocol>;
pub(super) type RaftVote = openraft::alias::VoteOf<Protocol>;
pub(super) type Entry = openraft::alias::EntryOf<Protocol>;
pub(super) type Membership = openraft::alias::StoredMembershipOf<Protocol>;

/// A command, as the value of its record in the log: it is copied once, when it is proposed.
#[derive(Clone, Serialize, Deserialize, PartialEq, Eq)]
#[serde(from = "Vec<u8>", into = "Vec<u8>")]
pub(super) struct Command(Arc<[u8]>);

impl Command {
    /// A new command.
    pub(super) fn new(command: &[u8]) -> Self {
        Self([&[Self::TAG], command].concat().into())
    }

    /// From a value of the log that begins with [`Self::TAG`].
    pub(super) fn from_value(value: Arc<[u8]>) -> Self {
        Self(value)
    }

    /// The value for the log.
    pub(super) fn value(&self) -> Arc<[u8]> {
        Arc::clone(&self.0)
    }

    /// The command itself.
    pub(super) fn bytes(&self) -> &[u8] {
        self.0.get(1..).unwrap_or_default()
    }

    /// The first byte of the value of an entry that is a command.
    pub(super) const TAG: u8 = 1;
}

impl From<Vec<u8>> for Command {
    fn from(command: Vec<u8>) -> Self {
        Self::new(&command)
    }
}

impl From<Command> for Vec<u8> {
    fn from(command: Command) -> Self {
        command.bytes().to_vec()
    }
}

/// Commands may hold what no log file should: only how long they are is shown.
impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.bytes().len())
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// What the machine answers.
#[derive(Clone, Serialize, Deserialize, PartialEq, Eq)]
pub(super) struct Answer(pub(super) Vec<u8>);

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

pub(super) fn log_id(at: Position) -> LogId {
    LogId::new(leader_id_std::CommittedLeaderId::new(at.term), at.index)
}

pub(super) fn position(id: &LogId) -> Position {
    Position { term: id.leader_id.term, index: id.index }
}

pub(super) fn raft_vote(vote: Vote) -> RaftVote {
    let leader_id = leader_id_std::LeaderId::new(vote.term, vote.node);
    RaftVote { leader_id, committed: vote.standing == Standing::Committed }
}

pub(super) fn stored_vote(vote: &RaftVote) -> Vote {
    let standing = if vote.committed { Standing::Committed } else { Standing::Given };
    Vote { term: vote.leader_id.term, node: vote.leader_id.voted_for, standing }
}
