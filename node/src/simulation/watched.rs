//! The real state machine, watched.

use super::history::{Event, History};
use super::state_file::StateFile;
use crate::command::Command;
use crate::consensus::{Committed, Machine, Snapshot, place_of};
use crate::envelope::Envelope;
use crate::error::Result;
use crate::machine::StateMachine;
use ct_core::Hash;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A node's machine; what a dead node's does is nobody's business.
pub(super) struct Watched {
    pub(super) machine: StateMachine,
    pub(super) file: StateFile,
    pub(super) node: u64,
    pub(super) is_alive: Arc<AtomicBool>,
    pub(super) history: History,
}

impl Watched {
    fn tell(&self, event: Event) {
        if self.is_alive.load(Ordering::Relaxed) {
            self.history.tell(event);
        }
    }

    /// What would be found after a power failure now.
    fn tell_durable(&self) -> Result<()> {
        let applied = StateMachine::open_on(self.file.crash(|| false))?.applied()?;
        let place = applied.and_then(|applied| place_of(&applied));
        if let Some((index, _)) = place {
            self.tell(Event::Persist { node: self.node, index });
        }
        Ok(())
    }

    /// What the state says now.
    fn tell_state(&self, index: u64) {
        let node = self.node;
        let Some(meta) = self.machine.reader().meta() else { return };
        let (size, root) = (meta.tree.size().get(), meta.tree.root());
        self.tell(Event::Reach { node, index, history: meta.history, size, root });
        let (sealed, anchored) = (meta.sealed, meta.anchored.seal);
        let (size, root) = (sealed.size.get(), sealed.root);
        self.tell(Event::Seal { node, generation: sealed.generation, size, root });
        let (size, root) = (anchored.size.get(), anchored.root);
        self.tell(Event::Anchor { node, generation: anchored.generation, size, root });
    }
}

impl Machine for Watched {
    fn applied(&self) -> Result<Option<Vec<u8>>> {
        self.machine.applied()
    }

    /// One by one, so that every state is seen.
    fn apply(&mut self, commands: &[Committed<'_>], applied: &[u8]) -> Result<Vec<Vec<u8>>> {
        let mut answers = Vec::new();
        if commands.is_empty() {
            self.machine.apply([], applied)?;
        }
        for Committed { index, term, command } in commands {
            let (node, index, term) = (self.node, *index, *term);
            let (hash, requests) = (Some(Hash::of(command)), requests_of(command));
            self.tell(Event::Apply { node, index, term, command: hash, requests });
            answers.extend(self.machine.apply([*command], applied)?);
            self.tell_state(index);
        }
        // The last one may be no command.
        if let Some((index, term)) = place_of(applied) {
            self.tell(Event::Apply { node: self.node, index, term, command: None, requests: Vec::new() });
        }
        Ok(answers)
    }

    fn persist(&mut self) -> Result<()> {
        self.machine.persist()?;
        self.tell_durable()
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot>> {
        Ok(Box::new(self.machine.view()?))
    }

    fn install(&mut self, snapshot: &mut dyn Read, applied: &[u8]) -> Result<()> {
        self.machine.install(snapshot, applied)?;
        let index = place_of(applied).map_or(0, |(index, _)| index);
        self.tell(Event::Install { node: self.node, index });
        self.tell_state(index);
        self.tell_durable()
    }
}

/// The requests of a batch, by the numbers that their clerks gave them.
fn requests_of(command: &[u8]) -> Vec<u64> {
    let Ok(Command::Batch { envelopes, .. }) = Command::parse(command) else { return Vec::new() };
    let number = |envelope: &&[u8]| {
        let id = Envelope::parse(envelope).unwrap().request_id;
        u64::from_be_bytes(id.as_bytes()[8..].try_into().unwrap())
    };
    envelopes.iter().map(number).collect()
}
