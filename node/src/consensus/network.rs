//! The network of a node that is alone: it reaches nobody.

use super::protocol::{Protocol, RaftVote};
use super::state_machine::Image;
use openraft::alias::SnapshotOf;
use openraft::errors::{RPCError, ReplicationClosed, StreamingError, Unreachable};
use openraft::network::RPCOption;
use openraft::raft::{AppendEntriesRequest, AppendEntriesResponse, SnapshotResponse, VoteRequest, VoteResponse};
use openraft::{BasicNode, OptionalSend, RaftNetworkFactory, RaftNetworkV2};

/// Connections to other nodes, of which there are none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alone;

impl RaftNetworkFactory<Protocol> for Alone {
    type Network = Self;

    async fn new_client(&mut self, _target: u64, _node: &BasicNode) -> Self {
        Self
    }
}

fn unreachable() -> Unreachable<Protocol> {
    Unreachable::from_string("this node has no network")
}

impl RaftNetworkV2<Protocol> for Alone {
    type SnapshotData = Image;

    async fn append_entries(
        &mut self,
        _request: AppendEntriesRequest<Protocol>,
        _option: RPCOption,
    ) -> Result<AppendEntriesResponse<Protocol>, RPCError<Protocol>> {
        Err(unreachable().into())
    }

    async fn vote(
        &mut self,
        _request: VoteRequest<Protocol>,
        _option: RPCOption,
    ) -> Result<VoteResponse<Protocol>, RPCError<Protocol>> {
        Err(unreachable().into())
    }

    /// The trait's own answer would grant every vote.
    async fn pre_vote(
        &mut self,
        _request: VoteRequest<Protocol>,
        _option: RPCOption,
    ) -> Result<VoteResponse<Protocol>, RPCError<Protocol>> {
        Err(unreachable().into())
    }

    async fn full_snapshot(
        &mut self,
        _vote: RaftVote,
        _snapshot: SnapshotOf<Protocol, Image>,
        _cancel: impl Future<Output = ReplicationClosed> + OptionalSend + 'static,
        _option: RPCOption,
    ) -> Result<SnapshotResponse<Protocol>, StreamingError<Protocol>> {
        Err(unreachable().into())
    }
}
