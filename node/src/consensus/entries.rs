//! Entries of the protocol as values of the log, and what the machine stores of its place in it.

use super::protocol::{Command, Entry, LogId, Membership, log_id};
use crate::error::{Error, Result};
use crate::wal::StoredEntry;
use ct_core::Code;
use openraft::EntryPayload;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The value of an entry: a tag, and what it says.
pub(super) fn encode(entry: &Entry) -> Result<Arc<[u8]>> {
    match &entry.payload {
        EntryPayload::Blank => Ok(Arc::from([BLANK])),
        EntryPayload::Normal(command) => Ok(command.value()),
        EntryPayload::Membership(membership) => {
            let mut value = vec![MEMBERSHIP];
            serde_json::to_writer(&mut value, membership).map_err(|error| unreadable("a list of members", &error))?;
            Ok(value.into())
        }
    }
}

/// The entry of a value.
pub(super) fn decode(stored: &StoredEntry) -> Result<Entry> {
    let payload = match stored.value.split_first() {
        Some((&BLANK, [])) => EntryPayload::Blank,
        Some((&Command::TAG, _)) => EntryPayload::Normal(Command::from_value(Arc::clone(&stored.value))),
        Some((&MEMBERSHIP, json)) => {
            let membership = serde_json::from_slice(json);
            EntryPayload::Membership(membership.map_err(|error| unreadable("a list of members", &error))?)
        }
        _ => return Err(unreadable("an entry of the log", &"unknown kind")),
    };
    Ok(Entry { log_id: log_id(stored.at), payload })
}

/// The members at some time, as they stand in a snapshot.
pub(super) fn encode_members(members: &Membership) -> Result<Vec<u8>> {
    serde_json::to_vec(members).map_err(|error| unreadable("a list of members", &error))
}

/// The members that [`encode_members`] wrote.
pub(super) fn decode_members(json: &[u8]) -> Result<Membership> {
    serde_json::from_slice(json).map_err(|error| unreadable("a list of members", &error))
}

/// How far a machine has come, and who the members were then.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Applied {
    pub(super) last: Option<LogId>,
    pub(super) members: Membership,
}

impl Applied {
    pub(super) fn encode(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(|error| unreadable("how far the state has come", &error))
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self> {
        serde_json::from_slice(bytes).map_err(|error| unreadable("how far the state has come", &error))
    }
}

fn unreadable(what: &str, why: &dyn std::fmt::Display) -> Error {
    let next = "if the node was just replaced by an older one, start the newer one again";
    Error::new(Code::MalformedField, "consensus", format!("{what} cannot be read: {why}"), next)
}

const BLANK: u8 = 0;
const MEMBERSHIP: u8 = 2;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::Member;
    use crate::wal::Position;
    use openraft::Membership;
    use std::collections::{BTreeMap, BTreeSet};

    const AT: Position = Position { term: 3, index: 9 };

    #[test]
    fn what_is_encoded_is_decoded() {
        let member = |node| (node, Member { node, key: [7; 32], address: String::new() });
        let nodes: BTreeMap<_, _> = [member(1), member(2), member(3)].into();
        let members = Membership::new(vec![BTreeSet::from([1, 2])], nodes).unwrap();
        let payloads = [
            EntryPayload::Blank,
            EntryPayload::Normal(Command::new(b"")),
            EntryPayload::Normal(Command::new(b"put")),
            EntryPayload::Membership(members),
        ];
        for payload in payloads {
            let entry = Entry { log_id: log_id(AT), payload };
            let stored = StoredEntry { at: AT, value: encode(&entry).unwrap() };
            assert_eq!(decode(&stored), Ok(entry));
        }
    }

    #[test]
    fn other_values_are_refused() {
        for value in [&b""[..], b"\x00 ", b"\x02", b"\x02{}", b"\x03x"] {
            let error = decode(&StoredEntry { at: AT, value: value.into() }).unwrap_err();
            assert_eq!(error.code(), Code::MalformedField, "{value:?}");
        }
        assert_eq!(Applied::decode(b"{}").map_err(|error| error.code()), Err(Code::MalformedField));
    }
}
