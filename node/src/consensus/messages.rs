//! What nodes say to one another, as bytes: deterministic CBOR, read with a limit on everything. Entries are written as
//! they stand in the write-ahead log. Format: `specs/peers.md`.

use super::entries;
use super::protocol::{Entry, LogId, Membership, Protocol, RaftVote, log_id, position, raft_vote, stored_vote};
use crate::error::{Error, Result};
use crate::wal::{Position, Standing, StoredEntry, Vote};
use ct_core::Code;
use ct_core::cbor::{Reader, Writer};
use ct_core::limits::{MAX_MEMBERS, MAX_TEXT_BYTES, MAX_WAL_VALUE_BYTES};
use openraft::alias::SnapshotMetaOf;
use openraft::raft::{AppendEntriesRequest, AppendEntriesResponse, VoteRequest, VoteResponse};

type Read<T> = std::result::Result<T, ct_core::Error>;

/// How far a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Standings {
    /// The greatest term that it has seen, as it stands on its disk.
    pub(super) term: u64,
    /// Where clients reach it.
    pub(super) api: String,
    /// Who the members are, as it knows them: also those of a change that is not committed yet.
    pub(super) members: Membership,
}

/// A piece of a state.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    /// The same in all pieces of one transfer.
    pub(super) transfer: u64,
    /// From 0.
    pub(super) number: u64,
    pub(super) bytes: Vec<u8>,
    /// With the last piece: whose state it is, and of when.
    pub(super) end: Option<(RaftVote, SnapshotMetaOf<Protocol>)>,
}

pub(super) fn encode_append(request: &AppendEntriesRequest<Protocol>) -> Result<Vec<u8>> {
    let mut w = Writer::new();
    w.array(4);
    write_vote(&mut w, &request.vote);
    write_id(&mut w, request.prev_log_id.as_ref());
    write_id(&mut w, request.leader_commit.as_ref());
    w.array(request.entries.len());
    for entry in &request.entries {
        let at = position(&entry.log_id);
        w.array(3).uint(at.term).uint(at.index).bytes(&entries::encode(entry)?);
    }
    Ok(w.finish())
}

pub(super) fn decode_append(bytes: &[u8]) -> Result<AppendEntriesRequest<Protocol>> {
    let mut r = Reader::new(bytes);
    let mut read = || {
        r.array_exact("append", 4)?;
        let (vote, prev_log_id, leader_commit) = (read_vote(&mut r)?, read_id(&mut r)?, read_id(&mut r)?);
        let count = r.array("entries", MAX_ENTRIES)?;
        let mut stored = Vec::new();
        for _ in 0..count {
            r.array_exact("entry", 3)?;
            let at = Position { term: r.uint("entry.term")?, index: r.uint("entry.index")? };
            stored.push(StoredEntry { at, value: r.bytes("entry.value", MAX_WAL_VALUE_BYTES)?.into() });
        }
        Ok((vote, prev_log_id, leader_commit, stored))
    };
    let (vote, prev_log_id, leader_commit, stored) = read().map_err(malformed)?;
    r.end().map_err(malformed)?;
    let entries: Vec<Entry> = stored.iter().map(entries::decode).collect::<Result<_>>()?;
    let first = prev_log_id.as_ref().map_or(0, |id: &LogId| id.index.saturating_add(1));
    if entries.iter().zip(first..).any(|(entry, index)| entry.log_id.index != index) {
        return Err(malformed(ct_core::Error::new(Code::MalformedField, "entry.index")));
    }
    Ok(AppendEntriesRequest { vote, prev_log_id, entries, leader_commit })
}

pub(super) fn encode_appended(response: &AppendEntriesResponse<Protocol>) -> Vec<u8> {
    let mut w = Writer::new();
    match response {
        AppendEntriesResponse::Success => {
            w.array(1).uint(0);
        }
        AppendEntriesResponse::PartialSuccess(id) => {
            w.array(2).uint(1);
            write_id(&mut w, id.as_ref());
        }
        AppendEntriesResponse::Conflict => {
            w.array(1).uint(2);
        }
        AppendEntriesResponse::HigherVote(vote) => {
            w.array(2).uint(3);
            write_vote(&mut w, vote);
        }
    }
    w.finish()
}

pub(super) fn decode_appended(bytes: &[u8]) -> Result<AppendEntriesResponse<Protocol>> {
    read_all(bytes, |r| {
        let parts = r.array("appended", 2)?;
        match (r.uint("appended.kind")?, parts) {
            (0, 1) => Ok(AppendEntriesResponse::Success),
            (1, 2) => Ok(AppendEntriesResponse::PartialSuccess(read_id(r)?)),
            (2, 1) => Ok(AppendEntriesResponse::Conflict),
            (3, 2) => Ok(AppendEntriesResponse::HigherVote(read_vote(r)?)),
            _ => Err(ct_core::Error::new(Code::MalformedField, "appended.kind")),
        }
    })
}

pub(super) fn encode_vote(request: &VoteRequest<Protocol>) -> Vec<u8> {
    let mut w = Writer::new();
    w.array(3);
    write_vote(&mut w, &request.vote);
    write_id(&mut w, request.last_log_id.as_ref());
    w.bool(request.leadership_transfer);
    w.finish()
}

pub(super) fn decode_vote(bytes: &[u8]) -> Result<VoteRequest<Protocol>> {
    read_all(bytes, |r| {
        r.array_exact("vote", 3)?;
        let mut request = VoteRequest::new(read_vote(r)?, read_id(r)?);
        request.leadership_transfer = r.bool("vote.transfer")?;
        Ok(request)
    })
}

pub(super) fn encode_voted(response: &VoteResponse<Protocol>) -> Vec<u8> {
    let mut w = Writer::new();
    w.array(3);
    write_vote(&mut w, &response.vote);
    write_id(&mut w, response.last_log_id.as_ref());
    w.bool(response.vote_granted);
    w.finish()
}

pub(super) fn decode_voted(bytes: &[u8]) -> Result<VoteResponse<Protocol>> {
    read_all(bytes, |r| {
        r.array_exact("voted", 3)?;
        let (vote, last) = (read_vote(r)?, read_id(r)?);
        Ok(VoteResponse::new(vote, last, r.bool("voted.granted")?))
    })
}

pub(super) fn encode_standings(standing: &Standings) -> Result<Vec<u8>> {
    let mut w = Writer::new();
    w.array(3).uint(standing.term).text(&standing.api).bytes(&entries::encode_members(&standing.members)?);
    Ok(w.finish())
}

pub(super) fn decode_standings(bytes: &[u8]) -> Result<Standings> {
    let (term, api, members) = read_all(bytes, |r| {
        r.array_exact("standing", 3)?;
        let (term, api) = (r.uint("standing.term")?, r.text("standing.api", MAX_TEXT_BYTES)?.to_owned());
        Ok((term, api, r.bytes("standing.members", MAX_MEMBERS * MAX_MEMBER_BYTES)?.to_vec()))
    })?;
    Ok(Standings { term, api, members: entries::decode_members(&members)? })
}

pub(super) fn encode_piece(piece: &Piece) -> Result<Vec<u8>> {
    let mut w = Writer::new();
    w.array(5).uint(piece.transfer).uint(piece.number).bytes(&piece.bytes);
    match &piece.end {
        None => {
            w.null().null();
        }
        Some((vote, meta)) => {
            write_vote(&mut w, vote);
            w.array(2);
            write_id(&mut w, meta.last_log_id.as_ref());
            w.bytes(&entries::encode_members(&meta.last_membership)?);
        }
    }
    Ok(w.finish())
}

pub(super) fn decode_piece(bytes: &[u8]) -> Result<Piece> {
    let (transfer, number, bytes, end) = read_all(bytes, |r| {
        r.array_exact("piece", 5)?;
        let (transfer, number) = (r.uint("piece.transfer")?, r.uint("piece.number")?);
        let bytes = r.bytes("piece.bytes", MAX_PIECE_BYTES)?.to_vec();
        if r.try_null("piece.vote")? {
            let missing = ct_core::Error::new(Code::MalformedField, "piece.end");
            return if r.try_null("piece.end")? { Ok((transfer, number, bytes, None)) } else { Err(missing) };
        }
        let vote = read_vote(r)?;
        r.array_exact("piece.end", 2)?;
        let last = read_id(r)?;
        let members = r.bytes("piece.members", MAX_MEMBERS * MAX_MEMBER_BYTES)?.to_vec();
        Ok((transfer, number, bytes, Some((vote, last, members))))
    })?;
    let end = match end {
        Some((vote, last_log_id, members)) => {
            let last_membership = entries::decode_members(&members)?;
            Some((vote, SnapshotMetaOf::<Protocol> { last_log_id, last_membership }))
        }
        None => None,
    };
    Ok(Piece { transfer, number, bytes, end })
}

fn write_vote(w: &mut Writer, vote: &RaftVote) {
    let Vote { term, node, standing } = stored_vote(vote);
    w.array(3).uint(term).uint(node).bool(standing == Standing::Committed);
}

fn read_vote(r: &mut Reader<'_>) -> Read<RaftVote> {
    r.array_exact("vote", 3)?;
    let (term, node) = (r.uint("vote.term")?, r.uint("vote.node")?);
    let standing = if r.bool("vote.committed")? { Standing::Committed } else { Standing::Given };
    Ok(raft_vote(Vote { term, node, standing }))
}

fn write_id(w: &mut Writer, id: Option<&LogId>) {
    match id.map(position) {
        Some(at) => w.array(2).uint(at.term).uint(at.index),
        None => w.null(),
    };
}

fn read_id(r: &mut Reader<'_>) -> Read<Option<LogId>> {
    if r.try_null("position")? {
        return Ok(None);
    }
    r.array_exact("position", 2)?;
    Ok(Some(log_id(Position { term: r.uint("position.term")?, index: r.uint("position.index")? })))
}

fn read_all<T>(bytes: &[u8], read: impl FnOnce(&mut Reader<'_>) -> Read<T>) -> Result<T> {
    let mut r = Reader::new(bytes);
    let value = read(&mut r).map_err(malformed)?;
    r.end().map_err(malformed)?;
    Ok(value)
}

fn malformed(error: ct_core::Error) -> Error {
    let what = format!("is not written as one: {error}");
    Error::new(Code::MalformedFrame, "a message between nodes", what, "use the same version of ct-node on all nodes")
}

/// More than one message carries.
const MAX_ENTRIES: usize = 65_536;
/// Of a state, in one message.
pub(super) const MAX_PIECE_BYTES: usize = 1 << 20;
const MAX_MEMBER_BYTES: usize = 4_096;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consensus::protocol::Command;
    use crate::peers::Member;
    use openraft::EntryPayload;
    use std::collections::{BTreeMap, BTreeSet};

    fn members() -> openraft::Membership<u64, Member> {
        let member = |node| (node, Member { node, key: [7; 32], address: "host:1".to_owned() });
        let nodes: BTreeMap<_, _> = [member(1), member(2)].into();
        openraft::Membership::new(vec![BTreeSet::from([1, 2])], nodes).unwrap()
    }

    fn vote(term: u64) -> RaftVote {
        raft_vote(Vote { term, node: 2, standing: Standing::Committed })
    }

    fn id(term: u64, index: u64) -> LogId {
        log_id(Position { term, index })
    }

    /// No damage is read as what was written, and none panics.
    fn damaged<T: PartialEq + std::fmt::Debug>(bytes: &[u8], decode: impl Fn(&[u8]) -> Result<T>) {
        let written = decode(bytes).unwrap();
        for length in 0..bytes.len() {
            assert!(decode(&bytes[..length]).is_err(), "{length}");
        }
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(decode(&flipped).is_err() || decode(&flipped).unwrap() != written, "{bit}");
        }
    }

    // R2.1, R11.1
    #[test]
    fn messages_are_read_as_they_were_written() {
        let entry = |index, payload| Entry { log_id: id(3, index), payload };
        let request = AppendEntriesRequest::<Protocol> {
            vote: vote(3),
            prev_log_id: Some(id(2, 8)),
            entries: vec![
                entry(9, EntryPayload::Blank),
                entry(10, EntryPayload::Normal(Command::new(b"put"))),
                entry(11, EntryPayload::Membership(members())),
            ],
            leader_commit: Some(id(2, 7)),
        };
        let bytes = encode_append(&request).unwrap();
        let same = |bytes: &[u8]| decode_append(bytes).and_then(|request| encode_append(&request));
        assert_eq!(same(&bytes).unwrap(), bytes);
        damaged(&bytes, same);
        for response in [
            AppendEntriesResponse::Success,
            AppendEntriesResponse::PartialSuccess(Some(id(1, 2))),
            AppendEntriesResponse::PartialSuccess(None),
            AppendEntriesResponse::Conflict,
            AppendEntriesResponse::HigherVote(vote(9)),
        ] {
            let bytes = encode_appended(&response);
            assert_eq!(decode_appended(&bytes), Ok(response));
            damaged(&bytes, decode_appended);
        }
        let mut request = VoteRequest::new(vote(4), Some(id(3, 1)));
        request.leadership_transfer = true;
        assert_eq!(decode_vote(&encode_vote(&request)), Ok(request.clone()));
        damaged(&encode_vote(&request), decode_vote);
        let response = VoteResponse::new(vote(4), None, true);
        assert_eq!(decode_voted(&encode_voted(&response)), Ok(response));
        let known = Membership::new(Some(id(1, 0)), members());
        let standing = Standings { term: 7, api: "http://h:1".to_owned(), members: known };
        let bytes = encode_standings(&standing).unwrap();
        assert_eq!(decode_standings(&bytes), Ok(standing));
        damaged(&bytes, decode_standings);
    }

    #[test]
    fn pieces_are_read_as_they_were_written() {
        let last_membership = Membership::new(Some(id(1, 0)), members());
        let meta = SnapshotMetaOf::<Protocol> { last_log_id: Some(id(3, 99)), last_membership };
        for end in [None, Some((vote(3), meta))] {
            let piece = Piece { transfer: 4, number: 2, bytes: b"state".to_vec(), end };
            let bytes = encode_piece(&piece).unwrap();
            assert_eq!(decode_piece(&bytes), Ok(piece));
            damaged(&bytes, decode_piece);
        }
    }

    // R11.1: a gap within a message is not even offered to the log.
    #[test]
    fn entries_with_a_gap_are_refused() {
        for (previous, index) in [(None, 1), (Some(id(1, 4)), 4), (Some(id(1, 4)), 6)] {
            let request = AppendEntriesRequest::<Protocol> {
                vote: vote(3),
                prev_log_id: previous,
                entries: vec![Entry { log_id: id(3, index), payload: EntryPayload::Blank }],
                leader_commit: None,
            };
            let refused = decode_append(&encode_append(&request).unwrap()).map(|_| ()).map_err(|error| error.code());
            assert_eq!(refused, Err(Code::MalformedFrame));
        }
    }
}
