//! The machine, as the protocol sees it.

use super::entries::Applied;
use super::halt::Halt;
use super::machine::{Committed, Machine, Snapshot};
use super::protocol::{Answer, Entry, LogId, Membership, Protocol};
use crate::durable;
use crate::error::{Error, Result};
use crate::planted::{Planted, planted};
use ct_core::Code;
use ct_core::limits::MAX_COMMAND_BYTES;
use futures_util::{Stream, StreamExt};
use openraft::alias::{SnapshotMetaOf, SnapshotOf};
use openraft::storage::{ApplyResponder, EntryResponder, RaftStateMachine};
use openraft::{EntryPayload, OptionalSend, RaftSnapshotBuilder};
use std::fs;
use std::io::{self, Read};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::runtime::{Handle, RuntimeFlavor};

/// The state of a node for another one.
pub(super) enum Image {
    /// It is durable in the machine, and no copy of it was made: whoever needs one asks for the current snapshot.
    Kept,
    /// The whole state of this node.
    Taken(Box<dyn Snapshot>),
    /// That of another one.
    Received(Box<dyn Read + Send>),
}

type Stored = SnapshotOf<Protocol, Image>;

/// A machine, and how far it has come.
pub(super) struct StateMachine {
    machine: Arc<Mutex<Box<dyn Machine>>>,
    applied: Applied,
    /// Whether anything was persisted or installed since the start.
    has_snapshot: bool,
    /// Which entry the last state of another node ended with; written before it takes the place of this node's.
    installing: Option<PathBuf>,
    halt: Halt,
}

impl StateMachine {
    /// From where the machine is.
    ///
    /// # Errors
    /// The machine's, and `malformed.field` if it is not of this program.
    pub(super) fn new(machine: Box<dyn Machine>, dir: Option<&Path>, halt: Halt) -> Result<Self> {
        let applied = machine.applied()?.map_or_else(|| Ok(Applied::default()), |bytes| Applied::decode(&bytes))?;
        Ok(Self {
            machine: Arc::new(Mutex::new(machine)),
            applied,
            has_snapshot: false,
            installing: dir.map(|dir| dir.join(INSTALLING)),
            halt,
        })
    }

    /// The last entry that was applied.
    pub(super) const fn last_applied(&self) -> Option<&LogId> {
        self.applied.last.as_ref()
    }

    /// Whether the state was taken from another node and nothing has been applied since: the log may end before it.
    pub(super) fn was_installed(&self) -> bool {
        let noted = self.installing.as_ref().and_then(|path| fs::read_to_string(path).ok());
        noted.is_some_and(|text| self.applied.last.as_ref().is_some_and(|last| text == note(last)))
    }

    fn note_install(&self, last: Option<&LogId>) -> Result<()> {
        let (Some(path), Some(last)) = (&self.installing, last) else { return Ok(()) };
        durable::replace(path, note(last).as_bytes())
    }

    fn machine(&self) -> MutexGuard<'_, Box<dyn Machine>> {
        // A machine that panicked has not committed its transaction.
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Applies these entries in one transaction, and answers. If that fails, why is known before whoever waits for an
    /// answer hears that there will be none.
    fn apply_portion(&mut self, portion: Vec<EntryResponder<Protocol>>) -> io::Result<()> {
        let answers = self.transact(&portion).map_err(|error| self.halt.stop(error))?;
        let mut answers = answers.into_iter();
        for (entry, responder) in portion {
            let answer = command(&entry).and_then(|_| answers.next()).unwrap_or_default();
            if let Some(responder) = responder {
                ApplyResponder::send(responder, Answer(answer));
            }
        }
        Ok(())
    }

    fn transact(&mut self, portion: &[EntryResponder<Protocol>]) -> Result<Vec<Vec<u8>>> {
        let mut applied = self.applied.clone();
        for (entry, _) in portion {
            applied.last = Some(entry.log_id);
            if let EntryPayload::Membership(members) = &entry.payload {
                applied.members = Membership::new(Some(entry.log_id), members.clone());
            }
        }
        let commands: Vec<Committed<'_>> = portion.iter().filter_map(|(entry, _)| command(entry)).collect();
        let bytes = applied.encode()?;
        let answers = blocking(|| self.machine().apply(&commands, &bytes))?;
        if answers.len() != commands.len() {
            let what = format!("the machine gave {} answers to {} commands", answers.len(), commands.len());
            return Err(Error::new(Code::Internal, "state machine", what, "report this"));
        }
        self.applied = applied;
        Ok(answers)
    }

    fn meta(&self) -> SnapshotMetaOf<Protocol> {
        SnapshotMetaOf::<Protocol> { last_log_id: self.applied.last, last_membership: self.applied.members.clone() }
    }
}

fn note(last: &LogId) -> String {
    format!("{} {}\n", last.leader_id.term, last.index)
}

fn command(entry: &Entry) -> Option<Committed<'_>> {
    let EntryPayload::Normal(command) = &entry.payload else { return None };
    Some(Committed { index: entry.log_id.index, term: entry.log_id.leader_id.term, command: command.bytes() })
}

/// Runs what takes its time for the disk, without holding up the tasks that wait for this thread. A panic of the machine is
/// an error: the protocol would wait for its answer for ever, and go on leading.
fn blocking<T>(run: impl FnOnce() -> Result<T>) -> Result<T> {
    let run = || panic::catch_unwind(AssertUnwindSafe(run));
    let done = match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(run),
        _ => run(),
    };
    done.unwrap_or_else(|_| {
        let what = "a step of it ended unexpectedly";
        Err(Error::new(Code::Internal, "state machine", what, "start the node again, and report this"))
    })
}

impl RaftStateMachine<Protocol> for StateMachine {
    type SnapshotData = Image;
    type SnapshotBuilder = Persisted;

    async fn applied_state(&mut self) -> io::Result<(Option<LogId>, Membership)> {
        Ok((self.applied.last, self.applied.members.clone()))
    }

    async fn apply<S>(&mut self, mut entries: S) -> io::Result<()>
    where
        S: Stream<Item = io::Result<EntryResponder<Protocol>>> + Unpin + OptionalSend,
    {
        let mut portion = Vec::new();
        let mut bytes = 0_usize;
        while let Some(entry) = entries.next().await {
            let entry = entry?;
            bytes = bytes.saturating_add(command(&entry.0).map_or(0, |committed| committed.command.len()));
            portion.push(entry);
            if portion.len() >= MOST_AT_ONCE || bytes >= MAX_COMMAND_BYTES {
                self.apply_portion(std::mem::take(&mut portion))?;
                bytes = 0;
            }
        }
        if portion.is_empty() { Ok(()) } else { self.apply_portion(portion) }
    }

    /// Persists here and not in the builder, so that nothing is applied between what is durable and what is told of it.
    async fn get_snapshot_builder(&mut self) -> Persisted {
        let persisted =
            if planted(Planted::PurgeBeforePersist) { Ok(()) } else { blocking(|| self.machine().persist()) };
        self.has_snapshot |= persisted.is_ok();
        Persisted(persisted.map(|()| self.meta()).map_err(|error| self.halt.stop(error)).map_err(Some))
    }

    async fn install_snapshot(&mut self, meta: &SnapshotMetaOf<Protocol>, snapshot: Image) -> io::Result<()> {
        let mut source: Box<dyn Read + Send> = match snapshot {
            Image::Received(source) => source,
            Image::Taken(state) => {
                let mut bytes = Vec::new();
                state.write_to(&mut bytes).map_err(|error| self.halt.stop(error))?;
                Box::new(io::Cursor::new(bytes))
            }
            Image::Kept => {
                let what = "a snapshot without the state was to be installed";
                return Err(self.halt.stop(Error::new(Code::Internal, "state machine", what, "report this")));
            }
        };
        let applied = Applied { last: meta.last_log_id, members: meta.last_membership.clone() };
        self.note_install(applied.last.as_ref()).map_err(|error| self.halt.stop(error))?;
        let install = || self.machine().install(&mut *source, &applied.encode()?);
        blocking(install).map_err(|error| self.halt.stop(error))?;
        self.applied = applied;
        self.has_snapshot = true;
        Ok(())
    }

    /// The state as it is now, which is at least what was persisted last.
    async fn get_current_snapshot(&mut self) -> io::Result<Option<Stored>> {
        if !self.has_snapshot {
            return Ok(None);
        }
        let taken = blocking(|| self.machine().snapshot()).map_err(|error| self.halt.stop(error))?;
        Ok(Some(Stored { meta: self.meta(), snapshot: Image::Taken(taken) }))
    }
}

/// What was made durable.
pub(super) struct Persisted(std::result::Result<SnapshotMetaOf<Protocol>, Option<io::Error>>);

impl RaftSnapshotBuilder<Protocol> for Persisted {
    type SnapshotData = Image;

    async fn build_snapshot(&mut self) -> io::Result<Stored> {
        match &mut self.0 {
            Ok(meta) => Ok(Stored { meta: meta.clone(), snapshot: Image::Kept }),
            Err(error) => Err(error.take().unwrap_or_else(|| io::Error::other("not persisted"))),
        }
    }
}

const INSTALLING: &str = "installing";
/// Commands in one transaction of the machine.
const MOST_AT_ONCE: usize = 1_024;
