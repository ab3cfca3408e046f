//! Drills with three nodes.

use super::field::{Field, now};
use super::{BETWEEN_KILLS, demand};
use crate::output::line;
use ct_core::{Code, Hash};
use ct_node::envelope::RequestId;
use ct_node::load::{Acknowledged, Load, Measured, is_linearizable};
use ct_node::service::NodeRole;
use ct_node::{Entropy, Error, Result};
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A load that runs, and what was acknowledged so far.
pub(super) struct UnderLoad {
    running: JoinHandle<Result<Measured>>,
    acknowledged: Arc<Mutex<Vec<Acknowledged>>>,
    enough: Arc<AtomicBool>,
}

impl UnderLoad {
    pub(super) fn begin(field: &Field, entries: u16) -> Result<Self> {
        let enough = Arc::<AtomicBool>::default();
        let acknowledged = Arc::new(Mutex::new(Vec::new()));
        let load = Load { urls: field.urls(), length: LONGEST, clients: 4, entries, enough: Arc::clone(&enough) };
        let (keys, sink) = (field.keys()?, Arc::clone(&acknowledged));
        let running = thread::spawn(move || {
            load.run(&keys, &(Arc::new(now) as _), |new: &[Acknowledged]| {
                sink.lock().unwrap_or_else(PoisonError::into_inner).extend(new);
                Ok(())
            })
        });
        Ok(Self { running, acknowledged, enough })
    }

    fn count(&self) -> usize {
        self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Waits until so many more are acknowledged.
    pub(super) fn more(&self, field: &Field, many: usize) -> Result<()> {
        let before = self.count();
        field.eventually("the log acknowledges", || Ok((self.count() >= before + many).then_some(())))
    }

    pub(super) fn end(self) -> Result<Vec<Acknowledged>> {
        self.enough.store(true, Ordering::Relaxed);
        let panicked = |_| Error::new(Code::Internal, "the load", "ended unexpectedly", "report this as a defect");
        self.running.join().map_err(panicked)??;
        Ok(std::mem::take(&mut self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// Every acknowledged statement is on every node once, in its place; and the places could have come about one after the
/// other.
pub(super) fn demand_all(field: &Field, acknowledged: &[Acknowledged]) -> Result<()> {
    let entries = field.agreed(&field.all())?;
    let mut places: BTreeMap<Hash, Vec<u64>> = BTreeMap::new();
    for (index, entry) in entries {
        places.entry(Hash::of(&entry)).or_default().push(index);
    }
    demand(places.values().all(|indexes| indexes.len() == 1), "a statement is in the log twice")?;
    let in_place = |one: &Acknowledged| places.get(&one.statement_hash).is_some_and(|at| at == &[one.leaf_index]);
    demand(acknowledged.iter().all(in_place), "an acknowledged statement is not in its place")?;
    demand(is_linearizable(acknowledged), "the places of two statements contradict the time of their answers")
}

pub(super) fn leader_crash(field: &mut Field) -> Result<()> {
    field.start()?;
    field.leader(&field.all())?;
    let load = UnderLoad::begin(field, 8)?;
    let mut gaps = Vec::new();
    for _ in 0..3 {
        load.more(field, BETWEEN_KILLS)?;
        let leader = field.leader(&field.all())?;
        field.kill_node(leader)?;
        let killed = Instant::now();
        load.more(field, 1)?;
        gaps.push(killed.elapsed().as_millis().to_string());
        field.start_node(leader)?;
    }
    let acknowledged = load.end()?;
    demand_all(field, &acknowledged)?;
    line(format_args!("  {} acknowledged; {} ms from kill to next answer", acknowledged.len(), gaps.join(", ")))
}

pub(super) fn stopped_leader(field: &mut Field) -> Result<()> {
    field.start()?;
    let old = field.leader(&field.all())?;
    let load = UnderLoad::begin(field, 8)?;
    load.more(field, BETWEEN_KILLS)?;
    field.signal(old, Signal::STOP)?;
    let stopped = Instant::now();
    let others: Vec<u64> = field.all().into_iter().filter(|node| *node != old).collect();
    let new = field.leader(&others)?;
    let elected = stopped.elapsed().as_millis();
    load.more(field, 1)?;
    let gap = stopped.elapsed().as_millis();
    load.more(field, BETWEEN_KILLS)?;
    field.signal(old, Signal::CONT)?;
    load.more(field, BETWEEN_KILLS)?;
    let is_fenced = || field.status(old).is_some_and(|status| status.standing.role == NodeRole::Follows);
    field.eventually("the former leader follows", || Ok(is_fenced().then_some(())))?;
    let acknowledged = load.end()?;
    demand_all(field, &acknowledged)?;
    line(format_args!(
        "  {} acknowledged; node {old} led, node {new} after {elected} ms; the next answer after {gap} ms",
        acknowledged.len()
    ))
}

pub(super) fn minority(field: &mut Field) -> Result<()> {
    field.start()?;
    let leader = field.leader(&field.all())?;
    let statements = field.statements(1)?;
    let first = field.submit_as(random()?, &statements)?;
    field.eventually("it is final", || Ok((field.size(leader)? > first.first).then_some(())))?;
    let others: Vec<u64> = field.all().into_iter().filter(|node| *node != leader).collect();
    for node in &others {
        field.signal(*node, Signal::STOP)?;
    }
    let before = field.size(leader)?;
    let (id, statements) = (random()?, field.statements(1)?);
    let refused = field.impatient_submit(id, &statements).map_err(|error| error.code());
    let is_unknown = matches!(
        refused,
        Err(Code::UnknownOutcome | Code::NotLeaderNode | Code::IoNetwork | Code::LimitTooSlow | Code::LimitInFlight)
    );
    demand(is_unknown, format_args!("a minority answered {refused:?}"))?;
    demand(field.size(leader)? == before, "a minority has published something")?;
    for node in &others {
        field.signal(*node, Signal::CONT)?;
    }
    // The same request, whatever became of it.
    let receipt = field.submit_as(id, &statements)?;
    demand(field.submit_as(id, &statements)? == receipt, "a retry got another answer")?;
    let entries = field.agreed(&field.all())?;
    demand(entries.len() == 3, "the log has not the genesis and two statements")
}

pub(super) fn partition_and_crash(field: &mut Field) -> Result<()> {
    field.start()?;
    let leader = field.leader(&field.all())?;
    let cut_off = field.all().into_iter().find(|node| *node != leader).unwrap_or_default();
    let load = UnderLoad::begin(field, 8)?;
    load.more(field, BETWEEN_KILLS)?;
    field.signal(cut_off, Signal::STOP)?;
    field.kill_node(leader)?;
    // One of three is left: whatever is answered now was decided before.
    let before = field.size(left(field, leader, cut_off))?;
    let refused = field.impatient_submit(random()?, &field.statements(1)?);
    demand(refused.is_err(), "one node of three has recorded something")?;
    demand(
        field.size(left(field, leader, cut_off))? <= before + MOST_UNDER_WAY,
        "one node of three goes on publishing",
    )?;
    field.signal(cut_off, Signal::CONT)?;
    load.more(field, BETWEEN_KILLS)?;
    field.start_node(leader)?;
    let acknowledged = load.end()?;
    demand_all(field, &acknowledged)?;
    line(format_args!("  {} acknowledged", acknowledged.len()))
}

fn left(field: &Field, leader: u64, cut_off: u64) -> u64 {
    field.all().into_iter().find(|node| *node != leader && *node != cut_off).unwrap_or_default()
}

pub(super) fn lagging_follower(field: &mut Field) -> Result<()> {
    field.start()?;
    let leader = field.leader(&field.all())?;
    let away = field.all().into_iter().find(|node| *node != leader).unwrap_or_default();
    field.kill_node(away)?;
    let known = purged(field, leader);
    let load = UnderLoad::begin(field, 64)?;
    field.eventually("the log lets go of what the follower lacks", || {
        Ok((purged(field, leader) > known + 20).then_some(()))
    })?;
    field.start_node(away)?;
    let acknowledged = load.end()?;
    demand_all(field, &acknowledged)?;
    line(format_args!("  {} acknowledged; the log begins at {}", acknowledged.len(), purged(field, leader)))
}

fn purged(field: &Field, node: u64) -> u64 {
    field.status(node).and_then(|status| status.standing.purged).unwrap_or(0)
}

pub(super) fn wiped_node(field: &mut Field) -> Result<()> {
    field.start()?;
    let leader = field.leader(&field.all())?;
    let load = UnderLoad::begin(field, 8)?;
    load.more(field, BETWEEN_KILLS)?;
    let wiped = field.all().into_iter().find(|node| *node != leader).unwrap_or_default();
    field.kill_node(wiped)?;
    field.wipe(wiped)?;
    // Alone with one other it must wait: the third may be the one that knows.
    let third = left(field, leader, wiped);
    field.signal(third, Signal::STOP)?;
    field.begin(wiped)?;
    let refused = field.impatient_submit(random()?, &field.statements(1)?);
    demand(refused.is_err(), "a node that has lost everything made a majority")?;
    field.signal(third, Signal::CONT)?;
    let votes = || field.status(wiped).is_some_and(|status| status.standing.role != NodeRole::Recovering);
    field.eventually("the wiped node takes part again", || Ok(votes().then_some(())))?;
    load.more(field, BETWEEN_KILLS)?;
    let acknowledged = load.end()?;
    demand_all(field, &acknowledged)?;
    line(format_args!("  {} acknowledged", acknowledged.len()))
}

pub(super) fn random() -> Result<RequestId> {
    Ok(RequestId::random(&mut Entropy::from_os()?))
}

const LONGEST: Duration = Duration::from_secs(300);
/// Statements of requests that were committed, and not published yet, when a leader was lost.
const MOST_UNDER_WAY: u64 = 10_000;
