//! Seeds, and mistakes that they must notice.

use super::asked_for;
use super::history::{Broken, Told};
use super::run::{Scale, run};
use super::scenario::{self, Verdict};
use crate::planted::Planted;
use std::collections::BTreeSet;
use std::ops::Range;

/// Fails with everything that is needed to see it again.
fn hold(seeds: Range<u64>) -> BTreeSet<&'static str> {
    let mut kinds = BTreeSet::new();
    for seed in seeds {
        let outcome = run(seed, Scale::Full, None);
        if std::env::var_os("CIVICTRUST_TRACE").is_some() {
            outcome.told.iter().for_each(|told| println!("{told}"));
        }
        if let Some(Broken { invariant, how, events }) = &outcome.broken {
            // The run went on for a while.
            let until = outcome.told.len().min(*events);
            let tail: Vec<String> =
                outcome.told[until.saturating_sub(SHOWN)..until].iter().map(Told::to_string).collect();
            let tail = tail.join("\n");
            panic!(
                "seed {seed}: {invariant} does not hold: {how}\nsee it again: cargo xtask sim --seed {seed}\n{tail}"
            );
        }
        kinds.extend(outcome.told.iter().map(|told| told.event.kind()));
    }
    kinds
}

/// As [`hold`]; seeds with which nothing happens would show nothing.
fn hold_all(seeds: Range<u64>) {
    let kinds = hold(seeds);
    let missing: Vec<_> = MET.iter().filter(|kind| !kinds.contains(*kind)).collect();
    assert!(missing.is_empty(), "none of these seeds meets {missing:?}");
}

/// The seeds that `cargo xtask sim` is told.
#[test]
#[ignore = "for cargo xtask sim, which says which seeds"]
fn the_seeds_that_were_asked_for_hold() {
    let _ = hold(asked_for());
}

// R20.1, R37: thirty seeds, side by side.
#[test]
fn every_invariant_holds_for_seeds_1_to_6() {
    hold_all(1..7);
}

#[test]
fn every_invariant_holds_for_seeds_7_to_12() {
    hold_all(7..13);
}

#[test]
fn every_invariant_holds_for_seeds_13_to_18() {
    hold_all(13..19);
}

#[test]
fn every_invariant_holds_for_seeds_19_to_24() {
    hold_all(19..25);
}

#[test]
fn every_invariant_holds_for_seeds_25_to_30() {
    hold_all(25..31);
}

// A seed says everything.
#[test]
fn the_same_seed_is_the_same_run() {
    let lines = || -> Vec<String> { run(7, Scale::Full, None).told.iter().map(Told::to_string).collect() };
    let (first, second) = (lines(), lines());
    let differ = first.iter().zip(&second).position(|(first, second)| first != second);
    assert_eq!(differ.map(|at| (&first[at], &second[at])), None);
    assert_eq!(first.len(), second.len());
}

// R37: what the code does is what the specification allows. `cargo xtask simulation` has the specification follow it.
#[test]
fn short_runs_are_scenarios_of_the_specifications() {
    for seed in TRACED {
        let outcome = run(seed, Scale::Short, None);
        assert_eq!(outcome.broken, None, "seed {seed}");
        keep(&format!("Sealing.seed-{seed}"), &scenario::sealing(&outcome.told, Verdict::Accepted));
        keep(&format!("Submission.seed-{seed}"), &scenario::submission(&outcome.told, Verdict::Accepted));
    }
}

// R37: what the code does with a planted mistake, the specification refuses: at the step that an invariant has noticed.
#[test]
fn runs_with_a_mistake_are_none() {
    for mistake in [Planted::SignBeforeCommit, Planted::PublishBeforeTiles] {
        let outcome = run(1, Scale::Short, Some(mistake));
        let until = outcome.broken.unwrap().events;
        keep(&format!("Sealing.{mistake:?}"), &scenario::sealing(&outcome.told[..until], Verdict::RefusedAtTheEnd));
    }
}

/// Puts it where `cargo xtask simulation` looks for it.
fn keep(name: &str, scenario: &str) {
    if let Some(folder) = std::env::var_os("CIVICTRUST_TRACES") {
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.scenario")), scenario).unwrap();
    }
}

/// The first of so many seeds by which one of these invariants notices the mistake.
fn noticed(mistake: Planted, by: &[&str], seeds: u64) {
    let mut others = BTreeSet::new();
    for seed in 1..=seeds {
        match run(seed, Scale::Full, Some(mistake)).broken {
            Some(broken) if by.contains(&broken.invariant) => {
                println!("{mistake:?}: seed {seed}: {} does not hold: {}", broken.invariant, broken.how);
                return;
            }
            other => others.extend(other.map(|broken| broken.invariant)),
        }
    }
    panic!("{mistake:?} is not noticed by {by:?} in {seeds} seeds; by others: {others:?}");
}

// R10.1, R10.2
#[test]
fn an_acknowledgement_before_the_flush_is_noticed() {
    let by = ["AcknowledgedIsRecovered", "CommittedStays", "OneLeaderPerTerm", "VotesAreKept"];
    noticed(Planted::AcknowledgeBeforeFlush, &by, 40);
}

// R15.3
#[test]
fn a_signature_before_the_seal_is_committed_is_noticed() {
    noticed(Planted::SignBeforeCommit, &["SignedIsSealed"], 5);
}

// R20.5
#[test]
fn a_restored_log_that_does_not_ask_is_noticed() {
    noticed(Planted::SkipFenceOnRestore, &["RestoreIsFenced", "OneRootPerSize"], 40);
}

// R12.4
#[test]
fn answers_that_a_snapshot_forgets_are_noticed() {
    noticed(Planted::SnapshotForgetsDedupe, &["SameAnswer", "ReplicasAgree"], 40);
}

// R10.5
#[test]
fn a_log_that_goes_before_the_state_is_durable_is_noticed() {
    noticed(Planted::PurgeBeforePersist, &["PurgedIsPersisted"], 5);
}

// R12.2
#[test]
fn a_vote_with_a_damaged_log_is_noticed() {
    noticed(Planted::VoteWithCorruptWal, &["AcknowledgedIsRecovered", "CommittedStays", "OneLeaderPerTerm"], 40);
}

// R16: what a witness has cosigned it must know.
#[test]
fn a_cosignature_before_it_is_remembered_is_noticed() {
    noticed(Planted::CosignBeforePersist, &["WitnessRemembers"], 5);
}

// R18.1
#[test]
fn a_checkpoint_before_its_tiles_is_noticed() {
    noticed(Planted::PublishBeforeTiles, &["PublishedHasTiles"], 5);
}

const SHOWN: usize = 40;
const TRACED: Range<u64> = 1..17;
/// What every few seeds meet.
const MET: [&str; 8] = ["Crash", "Lose", "Persist", "Purge", "Cosign", "Publish", "Answer", "Refuse"];
