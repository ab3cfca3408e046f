//! Proposing commands to a node that runs.

use super::halt::Halt;
use super::persistence::{self, Group};
use super::protocol::{Answer, Command, Protocol};
use crate::error::{Error, Result};
use crate::wal::{Wal, WalStatus};
use ct_core::Code;
use ct_core::limits::{MAX_COMMAND_BYTES, MAX_COMMANDS_IN_FLIGHT};
use openraft::async_runtime::watch::WatchReceiver;
use openraft::errors::ClientWriteError;
use openraft::impls::ProgressResponder;
use openraft::raft::ClientWriteResult;
use openraft::{LogIdOptionExt, RaftMetrics, ServerState};
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
    pub(super) runtime: Option<Runtime>,
}

/// What a node does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It takes commands.
    Leads,
    /// It does not, at the moment.
    Follows,
    /// It has stopped.
    Halted,
}

/// How a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsensusStatus {
    /// What it does.
    pub role: Role,
    /// The term it is in.
    pub term: u64,
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
    /// many commands or bytes are in flight as may be; `io.log_poisoned`, or what the machine failed with, if the node
    /// has stopped. It is not known whether it is, or will be: `unknown.outcome`.
    pub async fn propose(&self, command: Vec<u8>) -> Result<Vec<u8>> {
        let permits = self.admit(&command)?;
        let (responder, answer) = ProgressResponder::<Protocol, ClientWriteResult<Protocol>>::complete_only();
        if self.group.client_write_ff(Command::new(&command), Some(responder)).await.is_err() {
            return Err(self.refusal());
        }
        drop(command);
        // A task of its own, so that the command counts as in flight even if the caller goes away.
        let waiting = self.runtime.as_ref().map(|runtime| {
            runtime.spawn(async move {
                let answer = answer.await;
                drop(permits);
                answer
            })
        });
        let Some(waiting) = waiting else { return Err(self.refusal()) };
        match waiting.await {
            Ok(Ok(Ok(response))) => {
                let Answer(answer) = response.data;
                Ok(answer)
            }
            Ok(Ok(Err(ClientWriteError::ForwardToLeader(_)))) => Err(unknown("the node does not lead at the moment")),
            Ok(Ok(Err(error))) => Err(unknown(&error.to_string())),
            Ok(Err(_)) | Err(_) => Err(self.lost()),
        }
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
            (None, Ok(()), _) => Role::Follows,
        };
        ConsensusStatus {
            role,
            term: metrics.current_term,
            last: metrics.last_log_index,
            applied: metrics.last_applied.index(),
            purged: metrics.purged.index(),
            in_flight: MAX_COMMANDS_IN_FLIGHT.saturating_sub(self.commands.available_permits()),
            replayed: self.replayed,
            halted,
            wal: self.wal.status(),
        }
    }

    /// Waits for all commands in flight, makes the state durable, and ends the threads. Blocks the calling thread.
    ///
    /// # Errors
    /// Why the node had stopped before, or stopped now. What was answered is on disk in any case.
    pub fn shutdown(mut self) -> Result<()> {
        let (group, commands) = (self.group.clone(), Arc::clone(&self.commands));
        let all = u32::try_from(MAX_COMMANDS_IN_FLIGHT).unwrap_or(u32::MAX);
        let drained = async move {
            // Commands in flight end when the node stops, too.
            let _all = commands.acquire_many_owned(all).await;
            let persisted = persistence::persist(&group).await;
            if let Ok(upto) = persisted {
                // Another node may still need the log: then it is read once more at the next start.
                let is_gone = move |metrics: &RaftMetrics<Protocol>| metrics.purged.next_index() >= upto;
                let _ = group.wait(Some(PATIENCE)).metrics(is_gone, "the log has let go").await;
            }
            let _ = group.shutdown().await;
            persisted.is_ok()
        };
        let is_persisted = self.runtime.as_ref().and_then(|runtime| wait_on(runtime, drained)).unwrap_or(false);
        self.wal.close();
        if let Some(runtime) = self.runtime.take() {
            // On a thread of its own: a runtime must not be waited for from inside another one.
            let _ = thread::spawn(move || runtime.shutdown_timeout(PATIENCE)).join();
        }
        match self.halt.reason() {
            Some(error) => Err(error),
            None if is_persisted => Ok(()),
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
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
        // The directory is free again when this returns.
        self.wal.close();
    }
}

const PATIENCE: Duration = Duration::from_secs(10);
