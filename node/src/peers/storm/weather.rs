//! What goes wrong.

use super::history::{Event, Key};
use super::host::name;
use super::shared::{Phase, Storm};
use super::{LIMITS, NODES, PATIENCE};
use crate::simulation::chance::Chance;
use std::time::Duration;
use turmoil::Sim;

/// One thing goes wrong, or is mended.
pub(super) fn strike(sim: &mut Sim<'_>, storm: &Storm, chance: &Chance) {
    let (one, other) = pair(chance);
    match chance.among(0..18) {
        0 => tell(storm, format!("{one} and {other} are apart"), || sim.partition(name(one), name(other))),
        1 => {
            tell(storm, format!("nothing gets from {one} to {other}"), || sim.partition_oneway(name(one), name(other)))
        }
        2 | 3 => tell(storm, format!("{one} and {other} are held"), || sim.hold(name(one), name(other))),
        4 | 5 => tell(storm, format!("{one} and {other} are released"), || sim.release(name(one), name(other))),
        6 => lose(sim, storm, chance),
        7 | 8 => delay(sim, storm, chance),
        9 => tell(storm, format!("{one} crashes"), || sim.crash(name(one))),
        10 => power_failure(sim, storm, one),
        11 | 12 => cut_a_frame(sim, storm),
        13 => stop(sim, storm, one),
        14 => begin(sim, storm, one, Key::Foreign),
        15 | 16 => begin_again(sim, storm, (one, other), chance),
        _ => slow_down(storm, one, chance),
    }
    if chance.one_in(2) {
        start_all(sim, storm);
    }
    if chance.one_in(4) {
        calm(sim, storm);
    }
}

/// Nothing is in the way any more, and everybody runs with the right key.
pub(super) fn heal(sim: &mut Sim<'_>, storm: &Storm) {
    mend(sim, storm);
    storm.tell(Event::Heal);
}

/// The same, and nobody is told.
pub(super) fn mend(sim: &mut Sim<'_>, storm: &Storm) {
    calm(sim, storm);
    start_all(sim, storm);
}

/// Steps until it is so, or this time has passed: whether it is so.
pub(super) fn step_until(
    sim: &mut Sim<'_>,
    storm: &Storm,
    within: Duration,
    mut is_so: impl FnMut(&mut Sim<'_>) -> bool,
) -> bool {
    let until = sim.elapsed() + within;
    while !is_so(sim) {
        if sim.elapsed() >= until {
            return false;
        }
        sim.step().unwrap();
        storm.is_now(sim.elapsed());
    }
    true
}

pub(super) fn step_for(sim: &mut Sim<'_>, storm: &Storm, time: Duration) {
    let _ = step_until(sim, storm, time, |_| false);
}

/// Tells hosts to end, and waits.
pub(super) fn end(sim: &mut Sim<'_>, storm: &Storm, nodes: &[u64]) {
    for node in nodes {
        storm.host(*node, |host| host.ends = Some(Phase::End));
    }
    for node in nodes {
        // Calls come to their end, and the server has its time for what it has begun.
        let within = 2 * PATIENCE + LIMITS.drain;
        if !step_until(sim, storm, within, |sim| !sim.is_host_running(name(*node))) {
            storm.tell(Event::Hang { node: *node });
        }
    }
}

fn tell(storm: &Storm, what: String, act: impl FnOnce()) {
    storm.tell(Event::Weather(what));
    act();
}

/// Links are whole, and as fast as they were; whoever reads is quick.
fn calm(sim: &mut Sim<'_>, storm: &Storm) {
    storm.tell(Event::Weather("calm".to_owned()));
    for (one, other) in pairs() {
        sim.release(name(one), name(other));
        sim.set_link_fail_rate(name(one), name(other), 0.0);
        sim.set_link_latency(name(one), name(other), QUICK);
        sim.set_link_max_message_latency(name(one), name(other), 5 * QUICK);
    }
    for node in NODES {
        storm.host(node, |host| host.pace = Duration::ZERO);
    }
}

/// Those that do not run, or run with another key.
fn start_all(sim: &mut Sim<'_>, storm: &Storm) {
    for node in NODES {
        if !sim.is_host_running(name(node)) || storm.host(node, |host| host.key) == Key::Foreign {
            begin(sim, storm, node, Key::Own);
        }
    }
}

fn begin(sim: &mut Sim<'_>, storm: &Storm, node: u64, key: Key) {
    tell(storm, format!("{node} begins with its {key:?} key"), || sim.crash(name(node)));
    storm.host(node, |host| host.key = key);
    sim.bounce(name(node));
}

/// What it has sent is still on its way when it has new connections.
fn begin_again(sim: &mut Sim<'_>, storm: &Storm, (node, other): (u64, u64), chance: &Chance) {
    begin(sim, storm, node, Key::Own);
    let late = chance.among(80..160);
    tell(storm, format!("{node} and {other} are {late} ms apart, and {node} begins again"), || {
        sim.set_link_latency(name(node), name(other), Duration::from_millis(late));
    });
    // After its SYN, the hand-shake there and the answer to it, while the rest and the first request are on their way.
    step_for(sim, storm, Duration::from_millis(3 * late + chance.among(0..late)));
    begin(sim, storm, node, Key::Own);
    calm(sim, storm);
}

/// Nobody is told that the connections are gone.
fn power_failure(sim: &mut Sim<'_>, storm: &Storm, node: u64) {
    tell(storm, format!("{node} has no power"), || {
        let others: Vec<u64> = NODES.filter(|other| *other != node).collect();
        for other in &others {
            sim.partition(name(node), name(*other));
        }
        sim.crash(name(node));
        for other in &others {
            sim.repair(name(node), name(*other));
        }
    });
}

/// Whoever is being sent a long message crashes while it comes.
fn cut_a_frame(sim: &mut Sim<'_>, storm: &Storm) {
    let receives = |storm: &Storm| NODES.into_iter().find(|node| storm.host(*node, |host| host.large) > 0);
    if step_until(sim, storm, PATIENCE, |_| receives(storm).is_some()) {
        step_for(sim, storm, 5 * QUICK);
        if let Some(node) = receives(storm) {
            tell(storm, format!("{node} crashes within a frame"), || sim.crash(name(node)));
        }
    }
}

/// Ends as it should, and comes back.
fn stop(sim: &mut Sim<'_>, storm: &Storm, node: u64) {
    if sim.is_host_running(name(node)) {
        storm.tell(Event::Weather(format!("{node} is to end")));
        end(sim, storm, &[node]);
        begin(sim, storm, node, Key::Own);
    }
}

fn slow_down(storm: &Storm, node: u64, chance: &Chance) {
    let pace = Duration::from_millis(chance.among(20..1_500));
    tell(storm, format!("{node} takes {pace:?}"), || storm.host(node, |host| host.pace = pace));
}

/// Once in so many messages a link breaks, and is whole again after some.
fn lose(sim: &mut Sim<'_>, storm: &Storm, chance: &Chance) {
    let (one, other) = pair(chance);
    let times = chance.among(50..1_000);
    tell(storm, format!("{one} and {other} lose one in {times}"), || {
        sim.set_link_fail_rate(name(one), name(other), 1.0 / f64::from(u32::try_from(times).unwrap()));
    });
}

fn delay(sim: &mut Sim<'_>, storm: &Storm, chance: &Chance) {
    let (one, other) = pair(chance);
    let late = Duration::from_millis(chance.among(20..1_000));
    tell(storm, format!("{one} and {other} are up to {late:?} late"), || {
        sim.set_link_max_message_latency(name(one), name(other), late);
    });
}

fn pair(chance: &Chance) -> (u64, u64) {
    let (one, other) = chance.pick(&pairs());
    if chance.one_in(2) { (one, other) } else { (other, one) }
}

fn pairs() -> Vec<(u64, u64)> {
    NODES.flat_map(|one| NODES.filter(move |other| *other > one).map(move |other| (one, other))).collect()
}

/// The least that a message takes.
pub(super) const QUICK: Duration = Duration::from_millis(2);
