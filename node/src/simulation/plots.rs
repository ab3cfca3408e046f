//! What goes wrong.

use super::clerk::Office;
use super::run::SLOW_DISK;
use super::wire::Weather;
use crate::consensus::{Beginning, Role, sleep};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// One thing goes wrong, or is mended.
pub(super) async fn strike(office: &Office) {
    let chance = &office.world.chance;
    match chance.among(0..14) {
        0 => crash(office, &[any(office)]),
        1 => crash_while_writing(office).await,
        2 => crash(office, &leader(office)),
        3 => power_failure(office).await,
        4 => cut_off(office, &[any(office)]),
        5 => cut_off(office, &leader(office)),
        6 => one_way(office),
        7 => *office.world.air.weather.lock().unwrap() = storm(office),
        8 => disks(office),
        9 => clocks(office),
        10 => witnesses(office),
        11 => forgetful(office).await,
        12 => lose_everything(office).await,
        _ => heal(office).await,
    }
    if chance.one_in(2) {
        start_all(office).await;
    }
}

/// What a log that was just restored must bear, too.
pub(super) async fn trouble(office: &Office) {
    match office.world.chance.among(0..4) {
        0 => crash(office, &[any(office)]),
        1 => crash(office, &leader(office)),
        2 => power_failure(office).await,
        _ => office.world.witnesses.lock().unwrap().lost = office.world.chance.among(2..4),
    }
    start_all(office).await;
}

/// Nothing is in the way any more, and everybody runs.
pub(super) async fn heal(office: &Office) {
    // Who has just crashed is gone by then.
    sleep(Duration::from_millis(20)).await;
    *office.world.air.weather.lock().unwrap() = Weather { late: 3, ..Weather::default() };
    {
        let mut witnesses = office.world.witnesses.lock().unwrap();
        witnesses.apart.clear();
        witnesses.lost = 0;
    }
    for place in office.places.lock().unwrap().values_mut() {
        place.skew.store(0, Ordering::Relaxed);
        place.disk.slow_down(Duration::from_millis(SLOW_DISK / 5));
        if place.life.is_none() {
            place.start(&office.world);
        }
    }
}

/// Those that do not run are started; some of them after a while.
async fn start_all(office: &Office) {
    for node in 1..=office.world.nodes {
        sleep(Duration::from_millis(office.world.chance.among(5..400))).await;
        let mut places = office.places.lock().unwrap();
        let place = places.get_mut(&node).unwrap();
        if place.life.is_none() {
            place.start(&office.world);
        }
    }
}

fn any(office: &Office) -> u64 {
    office.world.chance.among(1..office.world.nodes + 1)
}

fn leader(office: &Office) -> Vec<u64> {
    let places = office.places.lock().unwrap();
    let leads = places
        .values()
        .filter(|place| place.running().is_some_and(|running| running.consensus.status().role == Role::Leads));
    leads.map(|place| place.node).collect()
}

/// Each sector that was not flushed is there or is not.
fn crash(office: &Office, nodes: &[u64]) {
    let (world, mut places) = (&office.world, office.places.lock().unwrap());
    for node in nodes {
        let chance = world.chance.clone();
        places.get_mut(node).unwrap().crash(world, || chance.one_in(2));
    }
}

/// The disk fails between two things that the log does with it, and the machine a little later.
async fn crash_while_writing(office: &Office) {
    let node = any(office);
    let operations = usize::try_from(office.world.chance.among(0..12)).unwrap();
    office.places.lock().unwrap()[&node].fail(operations);
    sleep(Duration::from_millis(office.world.chance.among(10..400))).await;
    crash(office, &[node]);
}

async fn power_failure(office: &Office) {
    let all: Vec<u64> = (1..=office.world.nodes).collect();
    crash(office, &all);
    sleep(Duration::from_millis(office.world.chance.among(5..500))).await;
    start_all(office).await;
}

fn cut_off(office: &Office, nodes: &[u64]) {
    let apart = &mut office.world.air.weather.lock().unwrap().apart;
    for node in nodes {
        for other in (1..=office.world.nodes).filter(|other| other != node) {
            apart.extend([(*node, other), (other, *node)]);
        }
    }
}

fn one_way(office: &Office) {
    let (from, to) = (any(office), any(office));
    office.world.air.weather.lock().unwrap().apart.insert((from, to));
}

fn storm(office: &Office) -> Weather {
    let chance = &office.world.chance;
    let (lost, doubled, late) = (chance.among(3..30), chance.among(3..30), chance.among(1..150));
    Weather { apart: BTreeSet::new(), lost, doubled, late }
}

fn disks(office: &Office) {
    let slow = office.world.chance.among(1..200);
    let places = office.places.lock().unwrap();
    places[&any(office)].disk.slow_down(Duration::from_millis(slow));
}

/// By less than what requests may differ.
fn clocks(office: &Office) {
    let wrong = i64::try_from(office.world.chance.among(0..400)).unwrap() - 200;
    let places = office.places.lock().unwrap();
    places[&any(office)].skew.store(wrong, Ordering::Relaxed);
}

fn witnesses(office: &Office) {
    let (chance, mut witnesses) = (&office.world.chance, office.world.witnesses.lock().unwrap());
    let number = usize::try_from(chance.among(0..u64::try_from(witnesses.count()).unwrap())).unwrap();
    match chance.among(0..3) {
        0 => witnesses.restart(number),
        1 => witnesses.lost = chance.among(2..6),
        _ => {
            witnesses.apart.insert((any(office), number));
        }
    }
}

/// Whether every node takes part and remembers everything: one that has lost something needs all others to come back.
fn is_whole(office: &Office) -> bool {
    let places = office.places.lock().unwrap();
    places.values().all(|place| {
        let status = place.running().map(|running| running.consensus.status());
        status.is_some_and(|status| matches!(status.role, Role::Leads | Role::Follows) && status.applied.is_some())
    })
}

/// One of a majority that knows something loses a part of its log, the other one is away, and the third knows nothing.
async fn forgetful(office: &Office) {
    heal(office).await;
    sleep(Duration::from_secs(6)).await;
    if !is_whole(office) {
        return;
    }
    let nodes = office.world.nodes;
    let first = any(office);
    let ignorant: Vec<u64> = (0..nodes / 2).map(|step| (first + step) % nodes + 1).collect();
    let forgets = (first + nodes / 2) % nodes + 1;
    cut_off(office, &ignorant);
    sleep(Duration::from_secs(3)).await;
    let knowing: Vec<u64> = (1..=nodes).filter(|node| !ignorant.contains(node)).collect();
    crash(office, &knowing);
    {
        let places = office.places.lock().unwrap();
        places[&forgets].damage(&office.world);
    }
    office.world.air.weather.lock().unwrap().apart.clear();
    sleep(Duration::from_millis(50)).await;
    {
        let mut places = office.places.lock().unwrap();
        places.get_mut(&forgets).unwrap().start(&office.world);
    }
    sleep(Duration::from_secs(6)).await;
    if office.world.chance.one_in(2) {
        return start_all(office).await;
    }
    // Those who know come back for just as long as it takes to be asked, and leave the others to themselves.
    let others: Vec<u64> = knowing.into_iter().filter(|node| *node != forgets).collect();
    {
        let mut places = office.places.lock().unwrap();
        others.iter().for_each(|node| places.get_mut(node).unwrap().start(&office.world));
    }
    sleep(Duration::from_millis(office.world.chance.among(200..2_500))).await;
    crash(office, &others);
    sleep(Duration::from_secs(5)).await;
    start_all(office).await;
}

/// A node comes back under its number with nothing.
async fn lose_everything(office: &Office) {
    if !is_whole(office) {
        return;
    }
    let node = any(office);
    crash(office, &[node]);
    sleep(Duration::from_millis(50)).await;
    let mut places = office.places.lock().unwrap();
    let place = places.get_mut(&node).unwrap();
    place.wipe(&office.world);
    place.beginning = Beginning::Returns;
    place.start(&office.world);
}
