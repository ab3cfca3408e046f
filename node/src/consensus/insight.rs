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

/// The last entry of the log that a machine with this `applied` has taken in: its index, and its term.
pub(crate) fn place_of(applied: &[u8]) -> Option<(u64, u64)> {
    Applied::decode(applied).ok()?.last.map(|last| (last.index, last.leader_id.term))
}
