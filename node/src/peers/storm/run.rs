//! A run: a storm, then calm.

use super::history::{Event, History};
use super::host::{self, name};
use super::invariants::{Broken, judge};
use super::shared::{Phase, Storm};
use super::weather::{QUICK, end, heal, mend, step_for, step_until, strike};
use super::{AWAY, LIMITS, NODES, PATIENCE, SOON};
use crate::peers::frame::KINDS;
use crate::planted::{Planted, plant};
use std::sync::Arc;
use std::time::Duration;
use turmoil::{Builder, Sim};

/// What happened, and what of it may not.
pub(super) struct Outcome {
    pub(super) history: History,
    pub(super) broken: Vec<Broken>,
}

/// The run of this seed, with this mistake.
pub(super) fn run(seed: u64, mistake: Option<Planted>) -> Outcome {
    plant(mistake);
    let storm = Arc::new(Storm::new(seed));
    let mut sim = hosts(&storm);
    let chance = storm.chance(&[0]);
    while sim.elapsed() < ROUGH {
        step_for(&mut sim, &storm, Duration::from_millis(chance.among(30..700)));
        strike(&mut sim, &storm, &chance);
    }
    settle(&mut sim, &storm);
    plant(None);
    let history = storm.history();
    let broken = judge(&history);
    Outcome { history, broken }
}

/// Nothing is in the way any more: what must come again comes, and what must go goes.
fn settle(sim: &mut Sim<'_>, storm: &Storm) {
    storm.enter(Phase::Rest);
    go_away(sim, storm, *NODES.start());
    heal(sim, storm);
    storm.enter(Phase::Probe);
    let is_reached =
        |_: &mut Sim<'_>| NODES.map(|node| storm.host(node, |host| host.reached)).sum::<usize>() == EVERYBODY;
    let _ = step_until(sim, storm, SOON, is_reached);
    storm.enter(Phase::Rest);
    step_for(sim, storm, PATIENCE + LIMITS.handshake);
    for node in NODES {
        storm.tell(Event::Hold { node, connections: storm.tasks(node) });
    }
    let is_idle = |_: &mut Sim<'_>| NODES.into_iter().all(|node| storm.tasks(node) == 0);
    let _ = step_until(sim, storm, LIMITS.idle + LIMITS.frame, is_idle);
    for node in NODES {
        storm.tell(Event::Idle { node, connections: storm.tasks(node) });
    }
    end(sim, storm, &NODES.collect::<Vec<_>>());
}

/// A node does not run for a while, and everything else is as it should be.
fn go_away(sim: &mut Sim<'_>, storm: &Storm, away: u64) {
    let dialled = |node| storm.host(node, |host| host.dialled);
    mend(sim, storm);
    step_for(sim, storm, PATIENCE);
    sim.crash(name(away));
    let others: Vec<u64> = NODES.filter(|node| *node != away).collect();
    let before: Vec<u64> = others.iter().map(|node| dialled(*node)).collect();
    storm.enter(Phase::Away(away));
    step_for(sim, storm, AWAY);
    for (node, before) in others.into_iter().zip(before) {
        storm.tell(Event::Dial { node, away, times: dialled(node) - before });
    }
}

fn hosts(storm: &Arc<Storm>) -> Sim<'static> {
    let mut sim = Builder::new()
        .rng_seed(storm.seed)
        .tick_duration(QUICK)
        .min_message_latency(QUICK)
        .max_message_latency(5 * QUICK)
        .fail_rate(0.0)
        .repair_rate(0.1)
        // Segments on the way, and also connections that wait to be accepted: those of a long hold come all at once, and
        // turmoil ends the run when there are more.
        .tcp_capacity(128)
        .enable_random_order()
        .build();
    for node in NODES {
        let storm = Arc::clone(storm);
        sim.host(name(node), move || host::live(Arc::clone(&storm), node));
    }
    sim
}

/// How long it is rough.
const ROUGH: Duration = Duration::from_secs(12);
/// Three nodes reach two others with each kind of message.
const EVERYBODY: usize = 6 * KINDS.len();
