//! The protocol's answers to other nodes.

use super::messages::{self, Piece, Standings};
use super::persistence::Group;
use super::protocol::Protocol;
use super::rejoin::Gate;
use super::state_machine::Image;
use crate::error::{Error, Result};
use crate::peers::{Member, MessageKind, Receive};
use ct_core::Code;
use openraft::alias::SnapshotOf;
use openraft::async_runtime::watch::WatchReceiver;
use openraft::errors::RaftError;
use openraft::raft::VoteResponse;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Seek, Write};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

/// Answers for one node. Clones are the same one.
#[derive(Clone)]
pub(super) struct Answering(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) group: Group,
    pub(super) gate: Gate,
    /// Whom the configuration names, and whom the others named when this node had lost its log, by number.
    pub(super) known: BTreeMap<u64, Member>,
    /// Where clients reach this node.
    pub(super) api: String,
    /// Where another's state is kept until it is complete.
    pub(super) spool: PathBuf,
    pub(super) incoming: Mutex<Option<Incoming>>,
}

/// A state that is on its way.
pub(super) struct Incoming {
    from: u64,
    transfer: u64,
    next: u64,
    file: File,
}

impl Answering {
    /// Whether this node has lost its log and has not caught up yet.
    pub(super) fn recovers(&self) -> bool {
        self.0.gate.closed_at().is_some()
    }

    async fn answer(&self, from: u64, kind: MessageKind, payload: &[u8]) -> Result<Vec<u8>> {
        let group = &self.0.group;
        match kind {
            MessageKind::Append | MessageKind::Heartbeat => {
                let response = group.append_entries(messages::decode_append(payload)?).await;
                Ok(messages::encode_appended(&response.map_err(|error| stopped(&error))?))
            }
            MessageKind::Vote => {
                let request = messages::decode_vote(payload)?;
                self.0.gate.check()?;
                Ok(messages::encode_voted(&group.vote(request).await.map_err(|error| stopped(&error))?))
            }
            MessageKind::PreVote => {
                let request = messages::decode_vote(payload)?;
                self.0.gate.check()?;
                Ok(messages::encode_voted(&group.pre_vote(request).await.map_err(|error| stopped(&error))?))
            }
            MessageKind::Standing => {
                // Whom it has forgotten it cannot name.
                self.0.gate.check()?;
                let (term, members) = {
                    let metrics = group.metrics();
                    let metrics = metrics.borrow_watched();
                    (metrics.vote.leader_id.term, (*metrics.membership_config).clone())
                };
                messages::encode_standings(&Standings { term, api: self.0.api.clone(), members })
            }
            MessageKind::Snapshot => self.take(from, messages::decode_piece(payload)?).await,
            MessageKind::Entries | MessageKind::Backup => {
                let next = "ask the log's published files";
                Err(Error::new(Code::UnsupportedMessage, "consensus", "has no entries", next))
            }
        }
    }

    /// Takes the next piece of a state; with the last one, this node's state is replaced.
    async fn take(&self, from: u64, piece: Piece) -> Result<Vec<u8>> {
        let Some(file) = self.keep(from, &piece)? else { return Ok(Vec::new()) };
        let Some((vote, meta)) = piece.end else { return Ok(Vec::new()) };
        let snapshot = SnapshotOf::<Protocol, Image> { meta, snapshot: Image::Received(Box::new(file)) };
        let installed = self.0.group.install_full_snapshot(vote, snapshot).await;
        let vote = installed.map_err(|error| stopped(&RaftError::<Protocol>::Fatal(error)))?.vote;
        Ok(messages::encode_voted(&VoteResponse::new(vote, None, true)))
    }

    /// The whole file once the last piece is there.
    fn keep(&self, from: u64, piece: &Piece) -> Result<Option<File>> {
        let failed = |source| Error::writing(&self.0.spool, &source);
        // A panic while it was locked can only have lost a transfer, which begins anew.
        let mut incoming = self.0.incoming.lock().unwrap_or_else(PoisonError::into_inner);
        if piece.number == 0 {
            let file = tempfile::tempfile_in(&self.0.spool).map_err(failed)?;
            *incoming = Some(Incoming { from, transfer: piece.transfer, next: 0, file });
        }
        let expected =
            incoming.as_mut().filter(|it| (it.from, it.transfer, it.next) == (from, piece.transfer, piece.number));
        let Some(transfer) = expected else {
            let what = "is not the next piece of the state that is being sent";
            return Err(Error::new(Code::ReplayedFrame, "snapshot", what, "begin again"));
        };
        transfer.file.write_all(&piece.bytes).map_err(failed)?;
        transfer.next = transfer.next.saturating_add(1);
        if piece.end.is_none() {
            return Ok(None);
        }
        let Some(Incoming { mut file, .. }) = incoming.take() else { return Ok(None) };
        file.rewind().map_err(failed)?;
        Ok(Some(file))
    }
}

impl Receive for Answering {
    fn receive(
        &self,
        from: u64,
        kind: MessageKind,
        payload: Vec<u8>,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send + '_>> {
        Box::pin(async move { self.answer(from, kind, &payload).await })
    }

    /// Whoever the log itself, the configuration or the others named: a node that was away while the members changed must be able
    /// to hear of it.
    fn member(&self, key: &[u8; 32]) -> Option<u64> {
        let metrics = self.0.group.metrics();
        let metrics = metrics.borrow_watched();
        let current = metrics.membership_config.nodes().map(|(node, member)| (*node, member));
        let known = self.0.known.iter().map(|(node, member)| (*node, member));
        current.chain(known).find(|(_, member)| member.key == *key).map(|(node, _)| node)
    }
}

fn stopped(error: &dyn std::fmt::Display) -> Error {
    Error::new(Code::Interrupted, "consensus", format!("has stopped: {error}"), "start the node again")
}
