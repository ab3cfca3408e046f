//! The protocol's calls to other nodes.

use super::machine::Snapshot;
use super::messages::{self, MAX_PIECE_BYTES, Piece};
use super::protocol::{Protocol, RaftVote};
use super::runtime::within as in_time;
use super::state_machine::Image;
use crate::error::{Error, Result};
use crate::peers::{Member, MessageKind, Network};
use ct_core::Code;
use openraft::alias::SnapshotOf;
use openraft::errors::{RPCError, ReplicationClosed, StreamingError, Unreachable};
use openraft::network::RPCOption;
use openraft::raft::{AppendEntriesRequest, AppendEntriesResponse, SnapshotResponse, VoteRequest, VoteResponse};
use openraft::{OptionalSend, RaftNetworkFactory, RaftNetworkV2};
#[cfg(not(feature = "simulation"))]
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

/// The network of a node that is alone: it reaches nobody.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alone;

impl Network for Alone {
    fn call<'a>(
        &'a self,
        _to: &'a Member,
        _kind: MessageKind,
        _payload: Vec<u8>,
        _within: Duration,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send + 'a>> {
        let next = "give the node a key for its connections: docs/log-service.md";
        Box::pin(async move { Err(Error::new(Code::IoNetwork, "this node", "has no connections to others", next)) })
    }
}

/// Makes the links.
#[derive(Clone)]
pub(super) struct Links {
    network: Arc<dyn Network>,
    transfers: Arc<AtomicU64>,
}

impl Links {
    pub(super) fn new(network: Arc<dyn Network>) -> Self {
        Self { network, transfers: Arc::default() }
    }

    fn link(&self, member: &Member, append: MessageKind) -> Link {
        let (network, transfers) = (Arc::clone(&self.network), Arc::clone(&self.transfers));
        Link { network, transfers, member: member.clone(), append }
    }
}

/// The way to one member.
pub(super) struct Link {
    network: Arc<dyn Network>,
    transfers: Arc<AtomicU64>,
    member: Member,
    append: MessageKind,
}

impl RaftNetworkFactory<Protocol> for Links {
    type Network = Link;

    async fn new_client(&mut self, _target: u64, member: &Member) -> Link {
        self.link(member, MessageKind::Append)
    }

    /// A connection of its own, so that a sign of life does not wait behind a portion of the log.
    async fn new_heartbeat_client(&mut self, _target: u64, member: &Member) -> Link {
        self.link(member, MessageKind::Heartbeat)
    }
}

impl Link {
    async fn call(&self, kind: MessageKind, payload: Vec<u8>, within: Duration) -> Result<Vec<u8>> {
        let called = in_time(within, self.network.call(&self.member, kind, payload, within)).await;
        called.unwrap_or_else(|| {
            let place = format!("node {}", self.member.node);
            Err(Error::new(Code::IoNetwork, place, "did not answer in time", "see whether it runs"))
        })
    }

    /// Sends the state piece by piece, the next only after the last was taken.
    async fn send_state(&self, vote: RaftVote, snapshot: SnapshotOf<Protocol, Image>) -> Result<RaftVote> {
        let Image::Taken(state) = snapshot.snapshot else {
            return Err(Error::new(Code::Internal, "snapshot", "has no state to send", "report this"));
        };
        let transfer = self.transfers.fetch_add(1, Ordering::Relaxed);
        let (sender, mut pieces) = mpsc::channel(2);
        let written = write_state(state, sender);
        let mut number = 0;
        while let Some(bytes) = pieces.recv().await {
            let piece = messages::encode_piece(&Piece { transfer, number, bytes, end: None })?;
            self.call(MessageKind::Snapshot, piece, PIECE_PATIENCE).await?;
            number += 1;
        }
        written.await.map_err(|_| Error::new(Code::Internal, "snapshot", "could not be written", "report this"))??;
        let last = Piece { transfer, number, bytes: Vec::new(), end: Some((vote, snapshot.meta)) };
        // The other node replaces its whole state before it answers.
        let reply = self.call(MessageKind::Snapshot, messages::encode_piece(&last)?, INSTALL_PATIENCE).await?;
        Ok(messages::decode_voted(&reply)?.vote)
    }
}

/// Writes the state beside the event loop, no faster than its pieces are sent.
#[cfg(not(feature = "simulation"))]
fn write_state(
    state: Box<dyn Snapshot>,
    sender: mpsc::Sender<Vec<u8>>,
) -> impl Future<Output = std::result::Result<Result<()>, tokio::task::JoinError>> {
    tokio::task::spawn_blocking(move || {
        let mut out = Pieces { sender, gathered: Vec::new() };
        state.write_to(&mut out)?;
        out.send().map_err(|source| interrupted(&source))
    })
}

/// Where nothing may block, the state is written before the first piece is sent.
#[cfg(feature = "simulation")]
fn write_state(
    state: Box<dyn Snapshot>,
    sender: mpsc::Sender<Vec<u8>>,
) -> impl Future<Output = std::result::Result<Result<()>, &'static str>> {
    let mut bytes = Vec::new();
    let written = state.write_to(&mut bytes);
    super::runtime::spawn(async move {
        for piece in bytes.chunks(MAX_PIECE_BYTES) {
            if sender.send(piece.to_vec()).await.is_err() {
                return;
            }
        }
    });
    std::future::ready(Ok(written))
}

/// Cuts what is written to it into pieces.
#[cfg(not(feature = "simulation"))]
struct Pieces {
    sender: mpsc::Sender<Vec<u8>>,
    gathered: Vec<u8>,
}

#[cfg(not(feature = "simulation"))]
impl Pieces {
    fn send(&mut self) -> io::Result<()> {
        let piece = std::mem::take(&mut self.gathered);
        if piece.is_empty() {
            return Ok(());
        }
        self.sender.blocking_send(piece).map_err(|_| io::Error::other("the transfer was given up"))
    }
}

#[cfg(not(feature = "simulation"))]
impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = MAX_PIECE_BYTES.saturating_sub(self.gathered.len()).min(bytes.len());
        self.gathered.extend(bytes.iter().take(room));
        if self.gathered.len() == MAX_PIECE_BYTES {
            self.send()?;
        }
        Ok(room)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(not(feature = "simulation"))]
fn interrupted(source: &io::Error) -> Error {
    Error::new(Code::IoNetwork, "snapshot", source.to_string(), "it is sent again")
}

/// Openraft waits a little before it calls again.
fn unreachable(error: &Error) -> Unreachable<Protocol> {
    tracing::debug!(error_code = error.code().as_str(), result = "failed", "peer: {error}");
    Unreachable::new(error)
}

impl RaftNetworkV2<Protocol> for Link {
    type SnapshotData = Image;

    async fn append_entries(
        &mut self,
        request: AppendEntriesRequest<Protocol>,
        option: RPCOption,
    ) -> std::result::Result<AppendEntriesResponse<Protocol>, RPCError<Protocol>> {
        // A portion of the log has to be on the other's disk first.
        let within =
            if request.entries.is_empty() { option.hard_ttl() } else { option.hard_ttl().max(APPEND_PATIENCE) };
        let payload = messages::encode_append(&request).map_err(|error| unreachable(&error))?;
        let reply = self.call(self.append, payload, within).await.and_then(|reply| messages::decode_appended(&reply));
        Ok(reply.map_err(|error| unreachable(&error))?)
    }

    async fn vote(
        &mut self,
        request: VoteRequest<Protocol>,
        option: RPCOption,
    ) -> std::result::Result<VoteResponse<Protocol>, RPCError<Protocol>> {
        let reply = self.call(MessageKind::Vote, messages::encode_vote(&request), option.hard_ttl().max(VOTE_PATIENCE));
        let reply = reply.await.and_then(|reply| messages::decode_voted(&reply));
        Ok(reply.map_err(|error| unreachable(&error))?)
    }

    async fn pre_vote(
        &mut self,
        request: VoteRequest<Protocol>,
        option: RPCOption,
    ) -> std::result::Result<VoteResponse<Protocol>, RPCError<Protocol>> {
        let payload = messages::encode_vote(&request);
        let reply = self.call(MessageKind::PreVote, payload, option.hard_ttl().max(VOTE_PATIENCE));
        let reply = reply.await.and_then(|reply| messages::decode_voted(&reply));
        Ok(reply.map_err(|error| unreachable(&error))?)
    }

    async fn full_snapshot(
        &mut self,
        vote: RaftVote,
        snapshot: SnapshotOf<Protocol, Image>,
        cancel: impl Future<Output = ReplicationClosed> + OptionalSend + 'static,
        _option: RPCOption,
    ) -> std::result::Result<SnapshotResponse<Protocol>, StreamingError<Protocol>> {
        tokio::select! {
            biased;
            closed = cancel => Err(closed.into()),
            sent = self.send_state(vote, snapshot) => match sent {
                Ok(vote) => Ok(SnapshotResponse::new(vote)),
                Err(error) => Err(unreachable(&error).into()),
            },
        }
    }
}

/// For a flush on a busy machine.
const APPEND_PATIENCE: Duration = Duration::from_secs(2);
const VOTE_PATIENCE: Duration = Duration::from_millis(500);
const PIECE_PATIENCE: Duration = Duration::from_secs(30);
const INSTALL_PATIENCE: Duration = Duration::from_secs(600);
