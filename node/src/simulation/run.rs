//! A run, from a seed to a verdict.

use super::chance::Chance;
use super::clerk::{self, Office};
use super::history::{Broken, End, History, Told};
use super::place::{Place, World};
use super::town::{Town, directory};
use super::wire::{Air, Weather};
use super::witnesses::Witnesses;
use super::{BEGUN, observer, plots, restoring};
use crate::consensus::{sleep, spawn};
use crate::planted::{Planted, plant};
use ct_core::Hash;
use openraft::AsyncRuntime;
use openraft_rt_sim::SimRuntime;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

/// The nodes, by number.
pub(super) type Places = Arc<Mutex<BTreeMap<u64, Place>>>;

/// What came of a run.
pub(super) struct Outcome {
    /// The first invariant that did not hold.
    pub(super) broken: Option<Broken>,
    /// What happened.
    pub(super) told: Vec<Told>,
}

/// How much happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// As much as may.
    Full,
    /// Three nodes, one clerk with one statement in each request, and few faults: as much as can be read, or followed by a specification.
    Short,
}

impl Scale {
    const fn clerks(self) -> u64 {
        match self {
            Self::Full => 3,
            Self::Short => 1,
        }
    }

    /// The longest pause of a clerk, in milliseconds.
    pub(super) const fn pause(self) -> u64 {
        match self {
            Self::Full => 400,
            Self::Short => 3_000,
        }
    }
}

/// Runs a log by a seed, with a mistake or without.
pub(super) fn run(seed: u64, scale: Scale, mistake: Option<Planted>) -> Outcome {
    plant(mistake);
    BEGUN.set(None);
    count_panics(seed);
    let outcome = SimRuntime::with_seed(seed).block_on(play(seed, scale));
    plant(None);
    let panics = PANICS.take().map_or(0, |(_, panics)| panics);
    // Of a node that goes on after an invariant does not hold, anything may be expected.
    assert!(outcome.broken.is_some() || panics == 0, "seed {seed}: {panics} tasks have panicked: see above");
    outcome
}

/// From now on panics of this thread are counted, and say by which seed: the runtime keeps those of tasks to itself, and
/// an observer that is gone sees nothing that breaks an invariant.
fn count_panics(seed: u64) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |told| {
            before(told);
            if let Some((seed, panics)) = PANICS.get() {
                PANICS.set(Some((seed, panics + 1)));
                eprintln!("in the run of seed {seed}: cargo xtask sim --seed {seed}");
            }
        }));
    });
    PANICS.set(Some((seed, 0)));
}

thread_local! {
    static PANICS: Cell<Option<(u64, u64)>> = const { Cell::new(None) };
}

async fn play(seed: u64, scale: Scale) -> Outcome {
    let chance = Chance::new(seed);
    let history = History::new();
    let dir = directory();
    let town = Town::new();
    let witnesses = Arc::new(Mutex::new(Witnesses::new(&town, dir.path(), &history, &chance)));
    let nodes = if scale == Scale::Full && chance.one_in(5) { 5 } else { 3 };
    let air = Arc::new(Air {
        weather: Mutex::new(Weather { late: 3, ..Weather::default() }),
        listeners: Mutex::default(),
        chance: chance.clone(),
        history: history.clone(),
    });
    let town = Arc::new(Mutex::new(town));
    let dir_path = dir.path().to_owned();
    let world = World { air, town, witnesses, history: history.clone(), chance, nodes, dir: dir_path };
    let places: BTreeMap<u64, Place> = (1..=nodes).map(|node| (node, Place::new(node, dir.path()))).collect();
    let places: Places = Arc::new(Mutex::new(places));
    for place in places.lock().unwrap().values_mut() {
        place.disk.slow_down(Duration::from_millis(SLOW_DISK));
        place.start(&world);
    }
    spawn(observer::look(Arc::clone(&places), history.clone()));
    let office = Office {
        world,
        places: Arc::clone(&places),
        is_open: AtomicBool::new(true),
        busy: AtomicU64::new(0),
        last: AtomicU64::new(0),
    };
    let office = Arc::new(office);
    for _ in 0..scale.clerks() {
        spawn(clerk::work(Arc::clone(&office), scale));
    }
    let strikes = if scale == Scale::Full { office.world.chance.among(6..14) } else { 4 };
    let end = story(&office, strikes).await;
    if let Some(end) = end {
        history.end(&end);
    }
    for place in places.lock().unwrap().values_mut() {
        place.crash(&office.world, || true);
    }
    sleep(Duration::from_secs(1)).await;
    Outcome { broken: history.broken(), told: history.take() }
}

/// How it ended; `None` once an invariant does not hold.
async fn story(office: &Arc<Office>, strikes: u64) -> Option<End> {
    let chance = &office.world.chance;
    let restores = chance.one_in(4);
    for _ in 0..strikes {
        sleep(Duration::from_millis(chance.among(100..2_500))).await;
        plots::strike(office).await;
        if office.world.history.broken().is_some() {
            return None;
        }
    }
    let mut is_fenced = false;
    if restores {
        is_fenced = restoring::restore(office).await;
    }
    plots::heal(office).await;
    sleep(Duration::from_secs(3)).await;
    close(office).await;
    let stuck = if is_fenced { None } else { settled(office).await };
    let places = office.places.lock().unwrap();
    // Of a node whose published files cannot be read, nothing is there.
    let entries = |place: &Place| observer::entries(&place.data(), observer::published(&place.data())?.size());
    let published = places.values().map(|place| (place.node, entries(place).unwrap_or_default()));
    let published = published.collect();
    let is_settled = stuck.is_none() && !is_fenced;
    let states = if is_settled { places.values().map(whole_state).collect() } else { Vec::new() };
    Some(End { published, states, stuck, is_fenced })
}

/// Everything that one node would give to another; no entries wait to be published any more.
fn whole_state(place: &Place) -> (u64, Hash) {
    let mut bytes = Vec::new();
    place.running().unwrap().state.view().unwrap().write_to(&mut bytes).unwrap();
    (place.node, Hash::of(&bytes))
}

/// Nothing new is sent; what is on its way comes to an end.
pub(super) async fn close(office: &Office) {
    office.is_open.store(false, Ordering::Relaxed);
    for _ in 0..2_000 {
        if office.busy.load(Ordering::Relaxed) == 0 {
            return;
        }
        sleep(Duration::from_millis(100)).await;
    }
}

/// Waits until every node has everything, all of it final and published; what is missing if that does not come.
pub(super) async fn settled(office: &Office) -> Option<String> {
    let mut last = String::new();
    for _ in 0..PATIENCE {
        sleep(Duration::from_millis(100)).await;
        if office.world.history.broken().is_some() {
            return Some("an invariant does not hold".to_owned());
        }
        let states = states(office);
        let first = states.first().cloned().flatten();
        let is_done = |state: &Option<State>| state.is_some() && *state == first;
        if states.iter().all(is_done) && first.is_some_and(|state| state.published == Some(state.size)) {
            return None;
        }
        last = format!("{states:?}");
    }
    Some(format!("the nodes do not come to one published state: {last}"))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    applied: Option<u64>,
    size: u64,
    published: Option<u64>,
}

fn states(office: &Office) -> Vec<Option<State>> {
    let places = office.places.lock().unwrap();
    let state = |place: &Place| {
        let running = place.running()?;
        let size = running.state.meta()?.tree.size().get();
        let published = observer::published(&place.data()).map(|checkpoint| checkpoint.size().get());
        Some(State { applied: running.consensus.status().applied, size, published })
    };
    places.values().map(state).collect()
}

/// Slower than the network, so that an acknowledgement that does not wait for the disk is early.
pub(super) const SLOW_DISK: u64 = 25;
/// Tenths of a second.
const PATIENCE: u64 = 1_200;
