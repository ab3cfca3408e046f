//! What a simulation wants to know of the protocol's own bytes.

use super::entries::Applied;
use super::messages;
use crate::peers::MessageKind;

/// The term of the leader that has sent this, if a leader sends such messages.
pub(crate) fn term_of_leader(kind: MessageKind, payload: &[u8]) -> Option<u64> {
    match kind {
        MessageKind::Append | MessageKind::Heartbeat => {
            messages::decode_append(payload).ok().map(|request| request.vote.leader_id.term)
        }
        _ => None,
    }
}

/// The term in which a node has given its vote, if that is its answer.
pub(crate) fn term_of_vote(kind: MessageKind, reply: &[u8]) -> Option<u64> {
    let voted = messages::decode_voted(reply).ok().filter(|_| kind == MessageKind::Vote)?;
    voted.vote_granted.then_some(voted.vote.leader_id.term)
}

/// The last entry of the log that a machine with this `applied` has taken in: its index, and its term.
pub(crate) fn place_of(applied: &[u8]) -> Option<(u64, u64)> {
    Applied::decode(applied).ok()?.last.map(|last| (last.index, last.leader_id.term))
}
