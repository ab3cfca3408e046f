//! The network between the nodes: late, lossy, and cut on purpose.

use super::chance::Chance;
use super::history::{Event, History};
use crate::consensus::{sleep, term_of_leader, term_of_vote};
use crate::error::{Error, Result};
use crate::peers::{Member, MessageKind, Network, Receive};
use ct_core::Code;
use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What happens to messages.
#[derive(Clone, Debug, Default)]
pub(super) struct Weather {
    /// Messages from the first to the second do not arrive.
    pub(super) apart: BTreeSet<(u64, u64)>,
    /// One in so many is lost on its way there, or on its way back; 0 for none.
    pub(super) lost: u64,
    /// One in so many is delivered twice.
    pub(super) doubled: u64,
    /// At most so many milliseconds each way.
    pub(super) late: u64,
}

/// A node that listens.
#[derive(Clone)]
pub(super) struct Listener {
    pub(super) receive: Arc<dyn Receive>,
    pub(super) is_alive: Arc<AtomicBool>,
}

/// What all nodes share.
pub(super) struct Air {
    pub(super) weather: Mutex<Weather>,
    pub(super) listeners: Mutex<BTreeMap<u64, Listener>>,
    pub(super) chance: Chance,
    pub(super) history: History,
}

/// The way out of one node, for one life.
pub(super) struct Wire {
    pub(super) air: Arc<Air>,
    pub(super) from: u64,
    pub(super) is_alive: Arc<AtomicBool>,
}

impl Air {
    fn weather(&self) -> Weather {
        self.weather.lock().unwrap().clone()
    }

    pub(super) fn is_cut(&self, from: u64, to: u64) -> bool {
        self.weather.lock().unwrap().apart.contains(&(from, to))
    }

    fn is_struck(&self, one_in: u64) -> bool {
        one_in > 0 && self.chance.one_in(one_in)
    }

    fn delay(&self) -> Duration {
        let most = self.weather().late.max(1);
        Duration::from_micros(self.chance.among(200..most * 1_000 + 201))
    }
}

fn lost() -> Error {
    Error::new(Code::IoNetwork, "wire", "lost", "")
}

impl Wire {
    async fn carry(&self, to: u64, kind: MessageKind, payload: Vec<u8>, within: Duration) -> Result<Vec<u8>> {
        let air = &self.air;
        if let Some(term) = term_of_leader(kind, &payload)
            && self.is_alive.load(Ordering::Relaxed)
        {
            air.history.tell(Event::Lead { node: self.from, term });
        }
        sleep(air.delay()).await;
        let weather = air.weather();
        let listener = air.listeners.lock().unwrap().get(&to).cloned();
        let is_lost = air.is_struck(weather.lost) || weather.apart.contains(&(self.from, to));
        let is_up = |alive: &AtomicBool| alive.load(Ordering::Relaxed);
        let listener = listener.filter(|listener| !is_lost && is_up(&listener.is_alive) && is_up(&self.is_alive));
        let Some(Listener { receive, is_alive }) = listener else {
            sleep(within.min(NO_ANSWER)).await;
            return Err(lost());
        };
        if air.is_struck(weather.doubled) {
            let _ = receive.receive(self.from, kind, payload.clone()).await;
        }
        let reply = receive.receive(self.from, kind, payload).await;
        let granted = reply.as_ref().ok().and_then(|reply| term_of_vote(kind, reply));
        if let Some(term) = granted.filter(|_| is_up(&is_alive)) {
            air.history.tell(Event::Vote { node: to, term });
        }
        sleep(air.delay()).await;
        let is_cut = air.is_struck(weather.lost) || air.is_cut(to, self.from);
        if is_cut || !is_up(&is_alive) { Err(lost()) } else { reply }
    }
}

impl Network for Wire {
    fn call<'a>(
        &'a self,
        to: &'a Member,
        kind: MessageKind,
        payload: Vec<u8>,
        within: Duration,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send + 'a>> {
        Box::pin(self.carry(to.node, kind, payload, within))
    }
}

/// After so long nobody waits for what was lost.
const NO_ANSWER: Duration = Duration::from_millis(300);
