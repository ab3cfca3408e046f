//! Proposing commands to a node that runs.

use super::halt::Halt;
use super::leader::LeaderAddress;
use super::persistence::{self, Group};
use super::protocol::{Answer, Command, Protocol};
use super::receiving::Answering;
use super::runtime::within;
use crate::error::{Error, Result};
use crate::peers::{Member, Receive};
use crate::wal::{Wal, WalStatus};
use ct_core::Code;
use ct_core::limits::{MAX_COMMAND_BYTES, MAX_COMMANDS_IN_FLIGHT, MAX_MEMBERS};
use openraft::async_runtime::watch::WatchReceiver;
use openraft::errors::{ClientWriteError, RaftError};
use openraft::impls::ProgressResponder;
use openraft::raft::ClientWriteResult;
use openraft::raft::ReadPolicy;
use openraft::{ChangeMembers, LogIdOptionExt, RaftMetrics, ServerState};
use std::collections::BTreeSet;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A node of consensus that runs, on threads of its own: nothing that it does for the disk holds up another runtime.
///
/// Dropping it is a crash with manners: what waits for the disk is written, nothing else is finished.
pub struct Consensus {
    pub(super) group: Group,
    pub(super) wal: Arc<Wal>,
    pub(super) halt: Halt,
    pub(super) commands: Arc<Semaphore>,
    /// Kibibytes.
    pub(super) room: Arc<Semaphore>,
    pub(super) replayed: u64,
    pub(super) leader: LeaderAddress,
    pub(super) answering: Answering,
    /// Its own; in a simulation there are none.
    pub(super) threads: Option<Runtime>,
}

/// What a node does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It takes commands.
    Leads,
    /// It does not, at the moment.
    Follows,
    /// It has lost its log, and takes part again when it has caught up.
    Recovers,
    /// It has stopped.
    Halted,
}

/// What a member is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// It votes, and counts for a majority.
    Votes,
    /// It is being brought up to date.
    Learns,
}

/// How a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsensusStatus {
    /// What it does.
    pub role: Role,
    /// The term it is in.
    pub term: u64,
    /// The number of the node that leads, if that is known.
    pub leader: Option<u64>,
    /// Where clients reach it, if that is known.
    pub leader_api: Option<String>,
    /// The nodes of the cluster, and whether each of them votes.
    pub members: Vec<(Member, Voice)>,
    /// The index of the last entry in its log.
    pub last: Option<u64>,
    /// The index of the last entry that the machine has applied.
    pub applied: Option<u64>,
    /// The index of the last entry that the log has let go.
    pub purged: Option<u64>,
    /// Commands that were accepted and not answered yet.
    pub in_flight: usize,
    /// Records of the log that were read at the start.
    pub replayed: u64,
    /// Why it has stopped.
    pub halted: Option<Error>,
    /// The log.
    pub wal: WalStatus,
}

impl Consensus {
    /// Has a command carried out, and gives the machine's answer. May be called from any runtime; many commands may be
    /// in flight, and they come into the log in the order in which the futures are first polled.
    ///
    /// A future that is dropped takes nothing back: the command may be carried out.
    ///
    /// # Errors
    /// The command is not carried out: `limit.length` if it is longer than `MAX_COMMAND_BYTES`; `limit.in_flight` if as
    /// many commands or bytes are in flight as may be; `not_leader.node` if another node leads, or none; `io.log_poisoned`,
    /// or what the machine failed with, if the node has stopped. It is not known whether it is, or will be: `unknown.outcome`.
    pub async fn propose(&self, command: Vec<u8>) -> Result<Vec<u8>> {
        let permits = self.admit(&command)?;
        let (responder, answer) = ProgressResponder::<Protocol, ClientWriteResult<Protocol>>::complete_only();
        if self.group.client_write_ff(Command::new(&command), Some(responder)).await.is_err() {
            return Err(self.refusal());
        }
        drop(command);
        let answered = async move {
            let answer = answer.await;
            drop(permits);
            answer
        };
        // A task of its own, so that the command counts as in flight even if the caller goes away.
        let answered = match &self.threads {
            Some(threads) => threads.spawn(answered).await.ok(),
            None => Some(answered.await),
        };
        match answered {
            Some(Ok(Ok(response))) => {
                let Answer(answer) = response.data;
                Ok(answer)
            }
            // Refused before it was taken; where its fate is unknown, the protocol says so.
            Some(Ok(Err(ClientWriteError::ForwardToLeader(_)))) => Err(not_leader()),
            Some(Ok(Err(error))) => Err(unknown(&error.to_string())),
            Some(Err(_)) | None => Err(self.lost()),
        }
    }

    /// What answers other nodes on behalf of this one.
    #[must_use]
    pub fn receiver(&self) -> Arc<dyn Receive> {
        Arc::new(self.answering.clone())
    }

    /// Returns once this node's machine has applied everything that was answered before the call, by whichever node
    /// (ReadIndex).
    ///
    /// # Errors
    /// `not_leader.node` if it does not lead, or cannot show in time that it does.
    pub async fn catch_up(&self) -> Result<()> {
        let ensured = within(CATCH_UP, self.group.ensure_linearizable(ReadPolicy::ReadIndex)).await;
        match ensured {
            Some(Ok(_)) => Ok(()),
            Some(Err(RaftError::Fatal(_))) => Err(self.refusal()),
            Some(Err(RaftError::APIError(_))) | None => Err(not_leader()),
        }
    }

    /// Makes a node a member, first one that is brought up to date and then one that votes; or gives a member another
    /// address or key. The same again changes nothing.
    ///
    /// # Errors
    /// `not_leader.node`; `conflict.members` if there are as many as may be, or another change is under way;
    /// `unknown.outcome` if it is not up to date in time: it goes on to be brought up to date, and the same call makes
    /// it vote.
    pub async fn put_member(&self, member: Member) -> Result<()> {
        let members = self.status().members;
        let known = members.iter().find(|(known, _)| known.node == member.node);
        if known == Some(&(member.clone(), Voice::Votes)) {
            return Ok(());
        }
        if members.iter().any(|(other, _)| other.node != member.node && other.key == member.key) {
            return Err(conflict("another member has this key"));
        }
        if known.is_none() && members.len() >= MAX_MEMBERS {
            return Err(conflict("there are as many as may be"));
        }
        let node = member.node;
        if known.is_some_and(|(known, _)| *known != member) {
            self.change(ChangeMembers::SetNodes([(node, member)].into())).await?;
        } else if known.is_none() {
            self.change(ChangeMembers::AddNodes([(node, member)].into())).await?;
        }
        self.brought_up(node).await?;
        self.change(ChangeMembers::AddVoterIds([node].into())).await
    }

    /// Lets a node be a member no longer.
    ///
    /// # Errors
    /// `not_leader.node`; `unknown.member`; `conflict.members` for the only one, or if another change is under way;
    /// `unknown.outcome`.
    pub async fn delete_member(&self, node: u64) -> Result<()> {
        let members = self.status().members;
        let Some((_, voice)) = members.iter().find(|(known, _)| known.node == node) else {
            let what = format!("has no member {node}");
            return Err(Error::new(Code::UnknownMember, "the log", what, "see which there are: ct-node status"));
        };
        if members.len() == 1 {
            return Err(conflict("it is the only one"));
        }
        match voice {
            Voice::Votes => self.change(ChangeMembers::RemoveVoters([node].into())).await,
            Voice::Learns => self.change(ChangeMembers::RemoveNodes([node].into())).await,
        }
    }

    async fn change(&self, change: ChangeMembers<u64, Member>) -> Result<()> {
        let changed = within(CHANGE, self.group.change_membership(change, false)).await;
        match changed {
            Some(Ok(_)) => Ok(()),
            Some(Err(RaftError::Fatal(_))) => Err(self.lost()),
            Some(Err(RaftError::APIError(ClientWriteError::ForwardToLeader(_)))) => Err(not_leader()),
            Some(Err(RaftError::APIError(ClientWriteError::ChangeMembershipError(error)))) => {
                Err(conflict(&error.to_string()))
            }
            Some(Err(RaftError::APIError(error))) => Err(unknown(&error.to_string())),
            None => Err(unknown("no majority of the members has confirmed it in time")),
        }
    }

    /// Returns when the node has nearly everything that the leader has.
    async fn brought_up(&self, node: u64) -> Result<()> {
        let near = |metrics: &RaftMetrics<Protocol>| {
            let matched =
                metrics.replication.as_ref().and_then(|of| of.get(&node)).and_then(|matched| matched.as_ref());
            let last = metrics.last_log_index.unwrap_or(0);
            // One that has never confirmed anything may not even run.
            metrics.state != ServerState::Leader || matched.is_some_and(|id| last.saturating_sub(id.index) <= NEAR)
        };
        let metrics = self.group.wait(Some(CATCHING_UP)).metrics(near, "the member is up to date").await;
        let metrics = metrics.map_err(|_| unknown("the node is not up to date yet"))?;
        if metrics.state == ServerState::Leader { Ok(()) } else { Err(not_leader()) }
    }

    /// How the node is now.
    #[must_use]
    pub fn status(&self) -> ConsensusStatus {
        let metrics = self.group.metrics();
        let metrics = metrics.borrow_watched();
        let halted = self.halt.reason();
        let role = match (&halted, &metrics.running_state, metrics.state) {
            (Some(_), _, _) | (_, Err(_), _) => Role::Halted,
            (None, Ok(()), ServerState::Leader) => Role::Leads,
            (None, Ok(()), _) if self.answering.recovers() => Role::Recovers,
            (None, Ok(()), _) => Role::Follows,
        };
        let leader = metrics.current_leader;
        let leader_api = leader.and_then(|leader| self.leader.of(leader, metrics.vote.leader_id.term));
        let voters: BTreeSet<u64> = metrics.membership_config.voter_ids().collect();
        let voice = |node: &u64| if voters.contains(node) { Voice::Votes } else { Voice::Learns };
        let members = metrics.membership_config.nodes();
        let members = members.map(|(node, member)| (member.clone(), voice(node))).collect();
        ConsensusStatus {
            role,
            term: metrics.current_term,
            leader,
            leader_api,
            members,
            last: metrics.last_log_index,
            applied: metrics.last_applied.index(),
            purged: metrics.purged.index(),
            in_flight: MAX_COMMANDS_IN_FLIGHT.saturating_sub(self.commands.available_permits()),
            replayed: self.replayed,
            halted,
            wal: self.wal.status(),
        }
    }

    /// Ends the protocol on this node: whoever still waits for a command hears `unknown.outcome`. For a node that is told
    /// to end while no majority answers; [`Self::shutdown`] comes next.
    pub async fn abandon(&self) {
        let _ = self.group.shutdown().await;
    }

    /// Waits a while for the commands in flight, makes the state durable, and ends the threads. Blocks the calling thread.
    /// What no majority has confirmed by then may still be carried out.
    ///
    /// # Errors
    /// Why the node had stopped before, or stopped now. What was answered is on disk in any case.
    pub fn shutdown(mut self) -> Result<()> {
        let (group, commands) = (self.group.clone(), Arc::clone(&self.commands));
        let all = u32::try_from(MAX_COMMANDS_IN_FLIGHT).unwrap_or(u32::MAX);
        // Then everything that is durable is in the log.
        let is_abandoned = group.metrics().borrow_watched().running_state.is_err();
        let drained = async move {
            // Commands in flight end when the node stops, too; a leader without a majority would wait for ever.
            let _all = within(PATIENCE, commands.acquire_many_owned(all)).await;
            let is_alone = group.voter_ids().count() <= 1;
            let persisted = persistence::persist(&group, (!is_alone).then_some(0)).await;
            if let Ok(upto) = persisted
                && is_alone
            {
                // Another node may still need the log: then it is read once more at the next start.
                let is_gone = move |metrics: &RaftMetrics<Protocol>| metrics.purged.next_index() >= upto;
                let _ = group.wait(Some(PATIENCE)).metrics(is_gone, "the log has let go").await;
            }
            let _ = group.shutdown().await;
            persisted.is_ok()
        };
        let is_persisted = self.threads.as_ref().and_then(|runtime| wait_on(runtime, drained)).unwrap_or(false);
        self.wal.close();
        if let Some(runtime) = self.threads.take() {
            // On a thread of its own: a runtime must not be waited for from inside another one.
            let _ = thread::spawn(move || runtime.shutdown_timeout(PATIENCE)).join();
        }
        match self.halt.reason() {
            Some(error) => Err(error),
            None if is_persisted || is_abandoned => Ok(()),
            None => Err(Error::new(Code::Internal, "consensus", "stopped before its state was durable", "report this")),
        }
    }

    fn admit(&self, command: &[u8]) -> Result<(OwnedSemaphorePermit, OwnedSemaphorePermit)> {
        if command.len() > MAX_COMMAND_BYTES {
            let what = format!("a command is longer than {MAX_COMMAND_BYTES} bytes");
            return Err(Error::new(Code::LimitLength, "consensus", what, "split it"));
        }
        if let Some(reason) = self.halt.reason() {
            return Err(reason);
        }
        let busy = |_| {
            let what = "as many commands are in flight as may be";
            Error::new(Code::LimitInFlight, "consensus", what, "retry after a pause, with the same request ID")
        };
        let kibibytes = u32::try_from(command.len() >> 10).unwrap_or(u32::MAX).saturating_add(1);
        let counted = Arc::clone(&self.commands).try_acquire_owned().map_err(busy)?;
        let weighed = Arc::clone(&self.room).try_acquire_many_owned(kibibytes).map_err(busy)?;
        Ok((counted, weighed))
    }

    /// What a command is refused with that nobody has taken.
    fn refusal(&self) -> Error {
        let stopped = || Error::new(Code::Interrupted, "consensus", "has stopped", "start the node again");
        self.halt.reason().unwrap_or_else(stopped)
    }

    /// The node stopped with the command in its hands.
    fn lost(&self) -> Error {
        let why = self.halt.reason().map_or_else(|| "the node has stopped".to_owned(), |error| error.to_string());
        unknown(&why)
    }
}

fn not_leader() -> Error {
    let next = "send it, with the same request ID, to the node that leads, or try again in a moment";
    Error::new(Code::NotLeaderNode, "this node", "does not lead the log at the moment", next)
}

fn conflict(why: &str) -> Error {
    Error::new(
        Code::ConflictMembers,
        "the members",
        format!("cannot be changed like this: {why}"),
        "see: ct-node status",
    )
}

fn unknown(why: &str) -> Error {
    let what = format!("it is not known whether the command was carried out: {why}");
    Error::new(Code::UnknownOutcome, "consensus", what, "retry with the same request ID")
}

/// Runs the future on the runtime, and blocks the calling thread, which may belong to another runtime; `None` if the
/// runtime is gone.
pub(super) fn wait_on<T: Send + 'static>(
    runtime: &Runtime,
    future: impl Future<Output = T> + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    runtime.spawn(async move { sender.send(future.await) });
    receiver.recv().ok()
}

impl Drop for Consensus {
    fn drop(&mut self) {
        if let Some(runtime) = self.threads.take() {
            runtime.shutdown_background();
        }
        // The directory is free again when this returns.
        self.wal.close();
    }
}

const PATIENCE: Duration = Duration::from_secs(10);
/// For a majority to say that this node still leads.
const CATCH_UP: Duration = Duration::from_secs(5);
/// For a majority to confirm a change of the members.
const CHANGE: Duration = Duration::from_secs(20);
/// For a new member to come near.
const CATCHING_UP: Duration = Duration::from_secs(20);
/// Entries that a member may lack when it begins to vote.
const NEAR: u64 = 1_000;
