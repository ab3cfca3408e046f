//! A log that was restored from a backup asks its witnesses before anything else.

use crate::publishers::Cluster;
use crate::running::{becomes, copy_all, fence};
use crate::town::{Town, at, directory};
use ct_core::Code;
use ct_node::command::{Command, Seal};
use ct_node::machine::ACCEPTED;
use ct_node::service::{Admission, Clock};
use ct_node::{Entropy, restored};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

const PARTS: [&str; 3] = ["log", "state", "state.redb"];

/// A copy of what a node that stands still has on disk, marked as restored.
fn backup(cluster: &Cluster, node: usize) -> TempDir {
    let dir = directory();
    cluster.persist(node);
    PARTS.iter().for_each(|part| copy_all(&cluster.dir(node).join(part), &dir.path().join(part)));
    let generation = cluster.nodes[node].state.meta().unwrap().sealed.generation;
    restored::mark(dir.path(), generation).unwrap();
    dir
}

/// A log of one node from this folder, before the same witnesses; what it records is its own.
fn restore(cluster: &Cluster, dir: TempDir, seed: u8) -> Cluster {
    let mut town = Town::new();
    town.entropy = Entropy::from_seed(&[seed; 32]);
    let mut log = Cluster::of(town, vec![dir], Arc::clone(&cluster.witnesses), directory());
    log.requests = seed;
    log.start(0);
    log
}

fn marked(dir: &Path) -> Option<u64> {
    restored::read(dir).unwrap()
}

/// A log that has published so many times, and stands still.
fn stopped(times: usize) -> Cluster {
    let mut cluster = Cluster::started(1);
    cluster.agreed(&[0], 1);
    for _ in 0..times {
        let size = cluster.submit(2);
        cluster.agreed(&[0], size);
    }
    cluster.stop(0);
    cluster
}

// R20.5, architecture 4: from the newest backup a log goes on, in a new generation, once its witnesses have confirmed it.
#[test]
fn a_restored_log_goes_on_where_its_witnesses_are() {
    let lost = stopped(2);
    let mut log = restore(&lost, backup(&lost, 0), 41);
    let size = log.submit(1);
    log.agreed(&[0], size);
    assert_eq!((marked(log.dir(0)), log.nodes[0].state.meta().unwrap().anchored.seal.generation), (None, 2));
    // First what was signed last, in the new generation; then what is new.
    assert_eq!(log.order().asked, [(0, 5), (0, 6)]);
}

// R20.5: of two logs from one backup one goes on; the other finds that the witnesses have gone on with the first.
#[test]
fn two_logs_from_one_backup_do_not_fork() {
    let lost = stopped(1);
    let (one, other) = (backup(&lost, 0), backup(&lost, 0));
    let mut one = restore(&lost, one, 41);
    let size = one.submit(1);
    let note = one.agreed(&[0], size);
    let before = fence(other.path());
    let mut other = restore(&lost, other, 42);
    other.submit(1);
    // It goes on asking, and signs nothing.
    assert!(becomes(|| other.order().asked.len() >= 3));
    assert!(other.order().asked.iter().all(|asked| *asked == (0, 3)));
    assert_eq!((fence(other.dir(0)), marked(other.dir(0))), (before, Some(1)));
    let meta = other.nodes[0].state.meta().unwrap();
    assert_eq!((meta.sealed.size.get(), meta.sealed.generation, meta.tree.size().get()), (3, 2, 4));
    assert_eq!(other.nodes[0].failure(), None);
    // Nor after another start, and the first is not disturbed.
    other.stop(0);
    other.start(0);
    let asked = other.order().asked.len();
    assert!(becomes(|| other.order().asked.len() >= asked + 2));
    assert_eq!((fence(other.dir(0)).0.as_str(), marked(other.dir(0))), ("3", Some(1)));
    assert_eq!(one.agreed(&[0], size), note);
}

// R20.5: a quorum that has seen no more is not enough where one witness has: then the log goes on elsewhere, or did.
#[test]
fn one_witness_that_has_seen_more_is_enough() {
    let lost = stopped(1);
    let (one, other) = (backup(&lost, 0), backup(&lost, 0));
    let mut one = restore(&lost, one, 41);
    assert!(becomes(|| marked(one.dir(0)).is_none()));
    one.agreed(&[0], 3);
    lost.witnesses.lock().unwrap().away = vec![0, 1];
    one.submit(1);
    assert!(becomes(|| one.order().asked.contains(&(0, 4))));
    one.stop(0);
    assert_eq!((fence(one.dir(0)).0.as_str(), one.nodes[0].checkpoint().lines().nth(1)), ("4", Some("3")));
    lost.witnesses.lock().unwrap().away = Vec::new();
    let mut other = restore(&lost, other, 42);
    other.submit(1);
    assert!(becomes(|| other.order().asked.len() >= 3));
    assert_eq!((fence(other.dir(0)).0.as_str(), marked(other.dir(0))), ("3", Some(1)));
}

// R20.3, R20.5: if both ask before either goes on, both sign; but at most one of them gets a quorum and publishes.
#[test]
fn of_two_logs_that_were_confirmed_one_becomes_final() {
    let lost = stopped(1);
    let (one, other) = (backup(&lost, 0), backup(&lost, 0));
    let (mut one, mut other) = (restore(&lost, one, 41), restore(&lost, other, 42));
    assert!(becomes(|| marked(one.dir(0)).is_none() && marked(other.dir(0)).is_none()));
    let size = one.submit(1);
    let note = one.agreed(&[0], size);
    assert_eq!(other.submit(1), size);
    let asked = other.order().asked.len();
    assert!(becomes(|| other.order().asked.len() > asked + 3));
    assert_eq!((fence(other.dir(0)).0, other.nodes[0].checkpoint().lines().nth(1)), (size.to_string(), Some("3")));
    assert_eq!(one.agreed(&[0], size), note);
}

// R20.5: yesterday's backup, when the log had gone on: its witnesses have seen more.
#[test]
fn an_older_backup_signs_nothing() {
    let mut lost = stopped(1);
    let older = backup(&lost, 0);
    lost.start(0);
    let size = lost.submit(1);
    lost.agreed(&[0], size);
    lost.stop(0);
    let before = fence(older.path());
    let mut log = restore(&lost, older, 41);
    assert_eq!(log.submit(1), 4);
    assert!(becomes(|| log.order().asked.len() >= 3));
    assert_eq!((fence(log.dir(0)), marked(log.dir(0))), (before, Some(1)));
    assert!(becomes(|| log.nodes[0].metrics.publication_failures.get() >= 3));
}

// R20.5: of a log that had signed nothing, the first checkpoint is the question: its root never changes.
#[test]
fn a_backup_of_a_new_log_begins_with_its_genesis() {
    let new = Cluster::new(1);
    let mut log = restore(&new, backup(&new, 0), 41);
    let size = log.submit(1);
    log.agreed(&[0], size);
    assert_eq!((log.order().asked.clone(), marked(log.dir(0))), (vec![(0, 1), (0, 2)], None));
    // The same once more, when its witnesses have seen more.
    let mut late = restore(&new, backup(&new, 0), 42);
    late.submit(1);
    assert!(becomes(|| late.order().asked.len() >= 3));
    assert_eq!((fence(late.dir(0)).0.as_str(), marked(late.dir(0))), ("1", Some(1)));
}

// R20.5: one node asks for all: where a later generation is final, the mark says nothing any more.
#[test]
fn the_other_nodes_of_a_restored_log_need_not_ask() {
    let lost = stopped(1);
    let dirs = vec![backup(&lost, 0), backup(&lost, 0)];
    let mut log = Cluster::of(Town::new(), dirs, Arc::clone(&lost.witnesses), directory());
    log.start(0);
    log.start(1);
    assert!(becomes(|| (0..2).all(|node| marked(log.dir(node)).is_none())));
    assert!(log.order().asked.iter().all(|(node, _)| *node == 0));
    log.town.entropy = Entropy::from_seed(&[41; 32]);
    log.requests = 41;
    let size = log.submit(1);
    log.agreed(&[0, 1], size);
    assert_eq!(log.nodes[0].state.meta().unwrap().sealed.generation, 2);
}

// R18.6: what a restored log took before its witnesses have confirmed it might never become final, and be lost.
#[test]
fn a_restored_log_takes_nothing_before_it_is_confirmed() {
    let (mut town, dir) = (Town::new(), directory());
    let mut machine = crate::town::machine(&town, dir.path());
    let (reader, clock): (_, Clock) = (machine.reader(), Arc::new(|| at(20)));
    let admission = Admission::new(machine.reader(), clock, crate::running::metrics(), 1, 1);
    let statements = town.issue(2, at(10));
    let (taken, other) = (town.request(1, &statements[..1], at(20)), town.request(2, &statements[1..], at(20)));
    crate::town::submit(&mut machine, at(20), &[&taken]);
    let check = |bytes: &[u8]| admission.check(bytes.to_vec()).map(drop).map_err(|error| error.code());
    assert_eq!(check(&other), Ok(()));
    let mut apply = |command: Command<'_>| machine.apply([command.encode().as_slice()], b"x").unwrap().remove(0);
    assert_eq!(apply(Command::NewGeneration { generation: 2 }), [ACCEPTED]);
    assert_eq!(check(&other), Err(Code::NotAnchoredQuorum));
    // What was recorded before is answered (R12.4).
    let again = town.request(1, &statements[..1], at(20));
    assert_eq!(check(&again), Ok(()));
    let tree = reader.meta().unwrap().tree;
    let (size, root) = (tree.size(), tree.root());
    assert_eq!(apply(Command::Seal(Seal { generation: 2, size, root })), [ACCEPTED]);
    assert_eq!(check(&other), Err(Code::NotAnchoredQuorum));
    assert_eq!(apply(Command::Anchor { generation: 2, size, signatures: "lines" }), [ACCEPTED]);
    assert_eq!(check(&other), Ok(()));
}

// R1.4: a mark that is damaged is no reason to go on.
#[test]
fn a_damaged_mark_is_told_at_the_start() {
    let lost = stopped(1);
    std::fs::write(lost.dir(0).join("state/restored"), "generation one\n").unwrap();
    lost.persist(0);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let dir = directory();
    PARTS.iter().for_each(|part| copy_all(&lost.dir(0).join(part), &dir.path().join(part)));
    let machine = ct_node::machine::StateMachine::open(&dir.path().join("state.redb")).unwrap();
    let started = crate::running::publisher(&runtime, &lost.town, dir.path(), machine);
    assert_eq!(started.map(drop).map_err(|error| error.code()), Err(Code::TamperedState));
}
