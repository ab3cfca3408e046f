//! Seeds, and mistakes that they must notice.

use super::history::{Event, Outcome};
use super::run::run;
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

const SHOWN: usize = 40;
