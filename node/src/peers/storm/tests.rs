//! Seeds, and mistakes that they must notice.

use super::history::{Event, Outcome};
use super::run::run;
use crate::planted::Planted;
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
        met.extend(outcome.history.0.iter().filter_map(|(_, event)| meeting(event)));
    }
    met
}

/// What is worth having met.
fn meeting(event: &Event) -> Option<String> {
    match event {
        Event::Weather(what) => what.split_once(' ').map(|(_, what)| what.to_owned()),
        Event::End { outcome: Outcome::Reply { bytes, .. }, .. } => {
            Some(format!("reply {}", bytes.checked_ilog2().unwrap_or(0)))
        }
        Event::End { outcome: Outcome::Fail(code, _), .. } => Some(code.as_str().to_owned()),
        Event::End { outcome: Outcome::Leave, .. } => Some("left".to_owned()),
        _ => None,
    }
}

/// The seeds that `cargo xtask sim` is told.
#[test]
#[ignore = "for cargo xtask sim, which says which seeds"]
fn the_seeds_that_were_asked_for_hold() {
    let number = |variable: &str| std::env::var(variable).unwrap().parse::<u64>().unwrap();
    let first = number("CIVICTRUST_SEED");
    let _ = hold(first..first + number("CIVICTRUST_SEEDS"));
}

// R2.1, R2.4, R3.4
#[test]
fn every_invariant_holds_for_seeds_1_to_5() {
    println!("{:?}", hold(1..6));
}

#[test]
fn every_invariant_holds_for_seeds_6_to_10() {
    let _ = hold(6..11);
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
    noticed(Planted::SeatTheAbandoned, "KindsKeepTheirOrder", 40);
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
