//! Seeds, and mistakes that they must notice.

use super::history::{Event, Outcome};
use super::run::run;
use crate::planted::Planted;
use crate::simulation::asked_for;
use std::collections::BTreeSet;
use std::ops::Range;

/// Fails with everything that is needed to see it again.
fn hold(seeds: Range<u64>) -> BTreeSet<String> {
    let mut met = BTreeSet::new();
    for seed in seeds {
        let outcome = run(seed, None);
        if std::env::var_os("CIVICTRUST_TRACE").is_some() {
            println!("{}", outcome.history);
        }
        if let Some(broken) = outcome.broken.first() {
            let first = broken.at.saturating_sub(SHOWN);
            let events = outcome.history.0[first..=broken.at].iter();
            let tail: Vec<String> = events.map(|(at, event)| event.line(*at)).collect();
            panic!(
                "seed {seed}: {} does not hold: {}\nsee it again: cargo xtask sim --seed {seed}\n{}\nall: {:?}",
                broken.invariant,
                broken.how,
                tail.join("\n"),
                outcome.broken
            );
        }
        met.extend(outcome.history.0.iter().filter_map(|(_, event)| meeting(event)).map(str::to_owned));
    }
    met
}

/// What is worth having met.
fn meeting(event: &Event) -> Option<&str> {
    match event {
        Event::Weather(what) => MET.into_iter().find(|known| what.contains(known)),
        Event::Arrive { bytes: 0, .. } => Some("nothing sent"),
        Event::Arrive { bytes: LARGE.., .. } => Some("much sent"),
        Event::End { outcome: Outcome::Reply { bytes: 0, .. }, .. } => Some("nothing replied"),
        Event::End { outcome: Outcome::Reply { bytes: LARGE.., .. }, .. } => Some("much replied"),
        Event::End { outcome: Outcome::Fail(code, _), .. } => Some(code.as_str()),
        Event::End { outcome: Outcome::Leave, .. } => Some("left"),
        _ => None,
    }
}

/// The seeds that `cargo xtask sim` is told.
#[test]
#[ignore = "for cargo xtask sim, which says which seeds"]
fn the_seeds_that_were_asked_for_hold() {
    let _ = hold(asked_for());
}

/// As [`hold`]; seeds with which nothing happens would show nothing.
fn hold_all(seeds: Range<u64>) {
    let met = hold(seeds);
    let missing: Vec<_> = MET.iter().filter(|what| !met.contains(**what)).collect();
    assert!(missing.is_empty(), "none of these seeds meets {missing:?}, but {met:?}");
}

// R2.1, R2.4, R3.4: ten seeds, side by side.
#[test]
fn every_invariant_holds_for_seeds_1_to_5() {
    hold_all(1..6);
}

#[test]
fn every_invariant_holds_for_seeds_6_to_10() {
    hold_all(6..11);
}

/// The first of so many seeds by which this invariant notices the mistake.
fn noticed(mistake: Planted, by: &str, seeds: u64) {
    let mut others = BTreeSet::new();
    for seed in 1..=seeds {
        let broken = run(seed, Some(mistake)).broken;
        if let Some(broken) = broken.iter().find(|broken| broken.invariant == by) {
            println!("{mistake:?}: seed {seed}: {by} does not hold: {}", broken.how);
            return;
        }
        others.extend(broken.iter().map(|broken| broken.invariant));
    }
    panic!("{mistake:?} is not noticed by {by} in {seeds} seeds; by others: {others:?}");
}

// What a crashed node had sent came after what it sent when it was back.
#[test]
fn an_abandoned_connection_that_comes_back_is_noticed() {
    noticed(Planted::SeatTheAbandoned, "KindsKeepTheirOrder", 10);
}

// R2.4
#[test]
fn dialling_without_a_pause_is_noticed() {
    noticed(Planted::DialWithoutPause, "AwayIsLeftAlone", 3);
}

// R8.2: the frames say another key than the connection was made for, and are refused for it.
#[test]
fn an_answer_with_any_key_is_noticed() {
    noticed(Planted::TrustAnyKey, "FailureHasItsReason", 10);
}

const SHOWN: usize = 40;
const LARGE: usize = 5 << 20;
/// What every few seeds meet: of the weather, of messages, and of what becomes of calls.
const MET: [&str; 17] = [
    "are apart",
    "nothing gets from",
    "held",
    "lose one in",
    "late",
    "no power",
    "within a frame",
    "is to end",
    "Foreign",
    "takes",
    "nothing sent",
    "much sent",
    "nothing replied",
    "much replied",
    "left",
    "unknown.peer",
    "limit.frame_size",
];
