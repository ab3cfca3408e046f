//! What the hosts of a run share with whoever runs them.

use super::NODES;
use super::history::{Call, Event, History, Key};
use crate::simulation::chance::Chance;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;

/// One run.
pub(super) struct Storm {
    pub(super) seed: u64,
    calls: AtomicU64,
    asked: Mutex<BTreeMap<u64, Call>>,
    history: Mutex<History>,
    hosts: Mutex<BTreeMap<u64, Host>>,
    phase: Mutex<Phase>,
    now: Mutex<Duration>,
}

/// What hosts do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// They call at random.
    Storm,
    /// They call this node, which does not run.
    Away(u64),
    /// Each calls each, with each kind, until it is answered.
    Probe,
    /// They keep their connections.
    Rest,
    /// They end.
    End,
}

/// A host, as others see it.
#[derive(Clone)]
pub(super) struct Host {
    pub(super) key: Key,
    pub(super) life: u64,
    /// How long it takes for an answer.
    pub(super) pace: Duration,
    /// For itself alone: [`Phase::End`], or that of all.
    pub(super) ends: Option<Phase>,
    /// Its runtime, which knows its tasks.
    pub(super) runtime: Option<Handle>,
    /// Large messages that it was sent and has not answered.
    pub(super) large: u64,
    /// How often it has begun a connection in this life.
    pub(super) dialled: u64,
    /// Members that it has reached after the storm, with each kind of message.
    pub(super) reached: usize,
}

/// What a run that cannot go on would not tell otherwise.
impl Drop for Storm {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let events = std::mem::take(&mut *self.history.lock().unwrap_or_else(PoisonError::into_inner)).0;
            let tail = events.iter().skip(events.len().saturating_sub(40));
            let tail: Vec<String> = tail.map(|(at, event)| event.line(*at)).collect();
            eprintln!("seed {}: the run cannot go on\n{}", self.seed, tail.join("\n"));
        }
    }
}

impl Storm {
    pub(super) fn new(seed: u64) -> Self {
        let host = Host {
            key: Key::Own,
            life: 0,
            pace: Duration::ZERO,
            ends: None,
            runtime: None,
            large: 0,
            dialled: 0,
            reached: 0,
        };
        Self {
            seed,
            calls: AtomicU64::new(0),
            asked: Mutex::default(),
            history: Mutex::default(),
            hosts: Mutex::new(NODES.map(|node| (node, host.clone())).collect()),
            phase: Mutex::new(Phase::Storm),
            now: Mutex::default(),
        }
    }

    /// Choices of its own for whatever these words name, so that nobody's depend on who draws first.
    pub(super) fn chance(&self, words: &[u64]) -> Chance {
        Chance::new(words.iter().fold(self.seed, |mixed, word| mixed.wrapping_mul(0x0100_0000_01b3) ^ (word + 1)))
    }

    pub(super) fn tell(&self, event: Event) {
        let at = turmoil::sim_elapsed().unwrap_or_else(|| *self.now.lock().unwrap());
        self.history.lock().unwrap().0.push((at, event));
    }

    /// For what happens outside of every host.
    pub(super) fn is_now(&self, now: Duration) {
        *self.now.lock().unwrap() = now;
    }

    pub(super) fn history(&self) -> History {
        std::mem::take(&mut self.history.lock().unwrap())
    }

    /// Tells a call by its number, which is greater than those before.
    pub(super) fn ask(&self, call: impl FnOnce(u64) -> Call) -> Call {
        let call = call(self.calls.fetch_add(1, Ordering::Relaxed) + 1);
        self.asked.lock().unwrap().insert(call.number, call);
        self.tell(Event::Ask(call));
        call
    }

    pub(super) fn asked(&self, number: u64) -> Option<Call> {
        self.asked.lock().unwrap().get(&number).copied()
    }

    /// A host begins; which life it is, and with which key.
    pub(super) fn begin(&self, node: u64) -> (u64, Key) {
        let began = self.host(node, |host| {
            (host.life, host.ends, host.large, host.dialled) = (host.life + 1, None, 0, 0);
            host.runtime = Some(Handle::current());
            (host.life, host.key)
        });
        self.tell(Event::Start { node, life: began.0, key: began.1 });
        began
    }

    pub(super) fn host<T>(&self, node: u64, look: impl FnOnce(&mut Host) -> T) -> T {
        look(self.hosts.lock().unwrap().get_mut(&node).unwrap())
    }

    /// The tasks of a host that are not local to its main one: the connections of its server.
    pub(super) fn tasks(&self, node: u64) -> usize {
        self.host(node, |host| host.runtime.as_ref().map_or(0, |runtime| runtime.metrics().num_alive_tasks()))
    }

    /// What this host does now.
    pub(super) fn phase(&self, node: u64) -> Phase {
        let all = *self.phase.lock().unwrap();
        self.host(node, |host| host.ends).unwrap_or(all)
    }

    pub(super) fn enter(&self, phase: Phase) {
        *self.phase.lock().unwrap() = phase;
    }
}
