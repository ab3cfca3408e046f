//! Starting a node.

use super::halt::Halt;
use super::leader::LeaderAddress;
use super::log_store::LogStore;
use super::machine::Machine;
use super::network::{Alone, Links};
use super::persistence::{Cadence, Group, keep_short};
use super::proposals::{Consensus, wait_on};
use super::protocol::{Protocol, position};
use super::receiving::{Answering, Inner};
use super::rejoin::{Gate, Heard, ask};
use super::runtime::spawn;
use super::state_machine::StateMachine;
use crate::error::{Error, Result, shown};
use crate::peers::{Member, Network};
use crate::planted::{Planted, planted};
use crate::wal::{
    Contents, Damage, Disk, LocalDisk, Position, Record, Recovered, Standing, Vote, Wal, WalSettings, recover,
};
use ct_core::Code;
use ct_core::limits::{MAX_BYTES_IN_FLIGHT, MAX_COMMANDS_IN_FLIGHT};
use openraft::async_runtime::watch::WatchReceiver;
use openraft::errors::Fatal;
use openraft::{Config, LogIdOptionExt, Raft, RaftMetrics, ServerState, SnapshotPolicy};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::sync::{Semaphore, oneshot};

/// How a node runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsensusSettings {
    /// The node's ID; one that has been used is never given to another node.
    pub node_id: u64,
    /// The folder of the log.
    pub dir: PathBuf,
    /// How the log is written.
    pub wal: WalSettings,
    /// After how many applied entries the machine persists its state.
    pub persist_after_entries: u64,
    /// After how many bytes of the log it does.
    pub persist_after_bytes: usize,
}

impl ConsensusSettings {
    /// The usual settings.
    #[must_use]
    pub fn new(node_id: u64, dir: &Path) -> Self {
        Self {
            node_id,
            dir: dir.to_owned(),
            wal: WalSettings::default(),
            persist_after_entries: 50_000,
            persist_after_bytes: 64 << 20,
        }
    }
}

/// The nodes of a cluster, as one of them is told.
#[derive(Clone)]
pub struct Cluster {
    /// Every node that the configuration names, this one included.
    pub members: Vec<Member>,
    /// What reaches them.
    pub network: Arc<dyn Network>,
    /// Where clients reach this node: `http://HOST:PORT`.
    pub api: String,
    /// What a node without anything on disk is.
    pub beginning: Beginning,
}

/// What a node is whose folder is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// One of those that found the cluster: all of them know the same members, and may all say so.
    Founds,
    /// New, under a number that no node had before: the others will bring it up to date.
    Joins,
    /// One that was there before and has lost everything.
    Returns,
}

impl Consensus {
    /// Reads the log, brings the machine up to date, and returns when the node leads: a cluster of one, which is made
    /// in an empty folder. Blocks the calling thread, which may belong to another runtime.
    ///
    /// # Errors
    /// `tampered.wal` if acknowledged records of the log are lost, or log and machine are not of the same node or time;
    /// `io.*` if the folder cannot be used; what the machine fails with.
    pub fn start(settings: ConsensusSettings, machine: impl Machine) -> Result<Self> {
        let disk = LocalDisk::open(&settings.dir)?;
        Self::start_on(Box::new(disk), settings, Box::new(machine), None)
    }

    /// Reads the log, brings the machine up to date as far as the log is known to be committed, and returns: the node
    /// then waits to be called by the others, and calls them. One that is the only member leads when this returns.
    ///
    /// A node that has lost records, or everything, waits here until enough of the others have told it how far they
    /// are; see `rejoin`.
    ///
    /// # Errors
    /// As for [`Self::start`]; but with others to learn from, a damaged log is `tampered.wal` only if this node is the
    /// only member.
    pub fn join(settings: ConsensusSettings, machine: impl Machine, cluster: Cluster) -> Result<Self> {
        let disk = LocalDisk::open(&settings.dir)?;
        Self::start_on(Box::new(disk), settings, Box::new(machine), Some(cluster))
    }

    pub(super) fn start_on(
        disk: Box<dyn Disk>,
        settings: ConsensusSettings,
        machine: Box<dyn Machine>,
        cluster: Option<Cluster>,
    ) -> Result<Self> {
        let halt = Halt::default();
        let machine = StateMachine::new(machine, Some(&settings.dir), halt.clone())?;
        let found = Found::read(disk, machine, &settings, cluster)?;
        let threads = Builder::new_multi_thread().worker_threads(2).thread_name("consensus").enable_all().build();
        let threads = threads.map_err(|source| failed(&source.to_string()))?;
        match wait_on(&threads, Self::begin_with(found, settings, halt)) {
            Some(Ok(mut begun)) => {
                begun.threads = Some(threads);
                Ok(begun)
            }
            ended => {
                threads.shutdown_background();
                Err(ended.and_then(Result::err).unwrap_or_else(|| failed("the threads ended")))
            }
        }
    }

    /// Goes on from what was found, with tasks of the runtime that this is polled on.
    pub(crate) async fn begin_with(mut found: Found, settings: ConsensusSettings, halt: Halt) -> Result<Self> {
        let replayed = found.recovered.records();
        found.ask_what_is_lost(&settings).await;
        let Found { cluster, members, gate, .. } = &found;
        let (cluster, members, gate) = (cluster.clone(), members.clone(), gate.clone());
        let founds = cluster.beginning == Beginning::Founds && !found.lost;
        let (wal, contents, machine) = found.open(&settings).await?;
        let wal = Arc::new(wal);
        let log = LogStore::new(contents, Arc::clone(&wal), halt.clone());
        let links = Links::new(Arc::clone(&cluster.network));
        let plan = Plan { node: settings.node_id, founds, members: members.clone(), links, gate: gate.clone() };
        let group = match begin(plan, log, machine).await {
            Ok(group) => group,
            Err(what) => {
                wal.close();
                return Err(halt.reason().unwrap_or_else(|| failed(&what)));
            }
        };
        let cadence = Cadence { entries: settings.persist_after_entries, bytes: settings.persist_after_bytes };
        spawn(keep_short(group.clone(), Arc::clone(&wal), cadence));
        spawn(lift_in_time(group.clone(), gate.clone(), halt.clone()));
        spawn(notice_end(group.clone(), halt.clone()));
        let leader = LeaderAddress::default();
        spawn(leader.clone().follow(group.clone(), cluster.network, cluster.api.clone(), settings.node_id));
        let (stopped, stopping) = (halt.clone(), group.clone());
        // The protocol does not hear of every failure by itself, and a leader that can write nothing must not go on
        // telling others that it leads.
        spawn(async move {
            stopped.stopped().await;
            let _ = stopping.shutdown().await;
        });
        let commands = Arc::new(Semaphore::new(MAX_COMMANDS_IN_FLIGHT));
        let room = Arc::new(Semaphore::new(MAX_BYTES_IN_FLIGHT >> 10));
        let (api, spool) = (cluster.api, settings.dir);
        let answering = Inner { group: group.clone(), gate, known: members, api, spool, incoming: Mutex::default() };
        let answering = Answering(Arc::new(answering));
        Ok(Self { group, wal, halt, commands, room, replayed, leader, answering, threads: None })
    }
}

/// What a node finds when it starts.
pub(crate) struct Found {
    recovered: Recovered,
    machine: StateMachine,
    gate: Gate,
    cluster: Cluster,
    /// Whom the configuration names, and whom the others named when they were asked.
    members: BTreeMap<u64, Member>,
    /// It may have promised what it no longer knows.
    lost: bool,
    /// The greatest term that the others have seen, if they were asked.
    asked: Option<u64>,
}

impl Found {
    /// As [`Self::read`], on the disks of a simulation.
    #[cfg(all(test, feature = "simulation"))]
    pub(crate) fn on(
        disk: Box<dyn Disk>,
        machine: Box<dyn Machine>,
        settings: &ConsensusSettings,
        cluster: Cluster,
        halt: &Halt,
    ) -> Result<Self> {
        let machine = StateMachine::new(machine, Some(&settings.dir), halt.clone())?;
        Self::read(disk, machine, settings, Some(cluster))
    }

    /// Reads the log.
    pub(super) fn read(
        disk: Box<dyn Disk>,
        machine: StateMachine,
        settings: &ConsensusSettings,
        cluster: Option<Cluster>,
    ) -> Result<Self> {
        let gate = Gate::open_in(&settings.dir)?;
        let cluster = cluster.unwrap_or_else(|| Cluster::of_one(settings.node_id));
        let members = cluster.members.iter().map(|member| (member.node, member.clone()));
        let members: BTreeMap<u64, Member> = members.collect();
        let recovered = recover(disk)?;
        let lost = losses(&recovered, &machine, members.len(), cluster.beginning);
        if members.len() < 2 && is_empty(&recovered) && cluster.beginning == Beginning::Returns {
            return Err(nobody_to_ask(&settings.dir));
        }
        Ok(Self { recovered, machine, gate, cluster, members, lost, asked: None })
    }

    /// A node that has lost something asks the others how far they are, and who they are.
    async fn ask_what_is_lost(&mut self, settings: &ConsensusSettings) {
        if self.lost && !planted(Planted::VoteWithCorruptWal) {
            let Heard { term, members } = ask(&self.cluster.network, settings.node_id, &self.members).await;
            self.asked = Some(term.max(1));
            self.members = members;
        }
    }

    /// Opens the log for what comes next.
    async fn open(self, settings: &ConsensusSettings) -> Result<(Wal, Contents, StateMachine)> {
        let Self { recovered, machine, gate, lost, asked, .. } = self;
        let (wal, contents) = if let Some(term) = asked {
            gate.shut(term)?;
            begin_again(recovered, settings, &machine, Some(term)).await?
        } else if lost {
            recovered.accept_loss()?.open(settings.wal)?
        } else if let Some(term) = unfinished(&gate, &recovered) {
            begin_again(recovered, settings, &machine, Some(term)).await?
        } else if machine.was_installed() {
            begin_again(recovered, settings, &machine, None).await?
        } else {
            recovered.open(settings.wal)?
        };
        check(&contents, &machine, &settings.dir)?;
        Ok((wal, contents, machine))
    }
}

impl Cluster {
    /// A cluster of this node alone.
    fn of_one(node: u64) -> Self {
        let member = Member { node, key: [0; 32], address: String::new() };
        let (network, api) = (Arc::new(Alone), String::new());
        Self { members: vec![member], network, api, beginning: Beginning::Founds }
    }
}

/// Whether this node may have promised what it no longer knows, and there are others to learn it from.
fn losses(recovered: &Recovered, machine: &StateMachine, members: usize, beginning: Beginning) -> bool {
    if members < 2 {
        return false;
    }
    let contents = recovered.contents();
    let is_damaged = matches!(recovered.damage(), Damage::Corrupt { .. });
    let applied = next_index(machine.last_applied().map(position));
    let ends_early = applied > next_index(contents.last()) && !machine.was_installed();
    is_damaged || ends_early || (is_empty(recovered) && beginning == Beginning::Returns)
}

fn is_empty(recovered: &Recovered) -> bool {
    let contents = recovered.contents();
    contents.last().is_none() && contents.vote().is_none()
}

/// The term that this node has promised to go beyond, if it ended before that was in its log: what is lost may have been
/// accepted already, and does not show any more.
fn unfinished(gate: &Gate, recovered: &Recovered) -> Option<u64> {
    let voted = recovered.contents().vote().map_or(0, |vote| vote.term);
    let is_damaged = matches!(recovered.damage(), Damage::Corrupt { .. });
    gate.closed_at().filter(|term| voted <= *term && !is_damaged)
}

/// What a node says that was there before, has nothing any more, and knows no other.
fn nobody_to_ask(dir: &Path) -> Error {
    let what = "the write-ahead log is gone, and this log has no other node that could bring it back";
    let next = "restore the folder data as a whole; only a new log begins with nothing";
    Error::new(Code::TamperedWal, shown(dir), what, next)
}

fn next_index(at: Option<Position>) -> u64 {
    at.map_or(0, |at| at.index.saturating_add(1))
}

/// Goes on from what is left and from the state; with a vote beyond every promise that may be forgotten, if any may be.
pub(super) async fn begin_again(
    recovered: Recovered,
    settings: &ConsensusSettings,
    machine: &StateMachine,
    forgotten: Option<u64>,
) -> Result<(Wal, Contents)> {
    let recovered = match recovered.damage() {
        Damage::Corrupt { .. } if forgotten.is_some() => recovered.accept_loss()?,
        _ => recovered,
    };
    let (wal, mut contents) = recovered.open(settings.wal)?;
    let own = contents.vote().map_or(0, |vote| vote.term);
    let beyond = |term: u64| {
        let term = own.max(term).saturating_add(1);
        Record::Vote(Vote { term, node: settings.node_id, standing: Standing::Given })
    };
    let mut records: Vec<Record> = forgotten.map(beyond).into_iter().collect();
    let applied = machine.last_applied().map(position);
    if !contents.is_whole() {
        // The note of a purge is lost, and what was purged is gone: what comes after it is fetched again.
        records.extend(applied.map(Record::Purge));
        records.push(Record::Truncate { from: next_index(applied) });
    } else if next_index(applied) > next_index(contents.last()) {
        // Everything up to here is in the state, whatever the log has lost.
        records.extend(applied.map(Record::Purge));
    }
    for record in &records {
        let flawed = |flaw| Error::new(Code::TamperedWal, shown(&settings.dir), format!("cannot go on: {flaw}"), NEXT);
        contents.take(record.clone()).map_err(flawed)?;
    }
    if records.is_empty() {
        return Ok((wal, contents));
    }
    let (sender, written) = oneshot::channel();
    wal.append(records, move |result| drop(sender.send(result)))?;
    written.await.unwrap_or_else(|_| Err(failed("the log was closed")))?;
    Ok((wal, contents))
}

/// Log and machine must be of the same node and time: what is between them must be there.
fn check(contents: &Contents, machine: &StateMachine, dir: &Path) -> Result<()> {
    let applied = next_index(machine.last_applied().map(position));
    let what = if applied > next_index(contents.last()) {
        format!("the state has come to entry {applied}, and the log ends before it")
    } else if applied < next_index(contents.purged()) {
        format!("the state has come to entry {applied}, and the log begins after it")
    } else {
        return Ok(());
    };
    Err(Error::new(Code::TamperedWal, shown(dir), what, NEXT))
}

struct Plan {
    node: u64,
    founds: bool,
    members: BTreeMap<u64, Member>,
    links: Links,
    gate: Gate,
}

/// Returns when the node takes part; if it is alone, when it leads and everything in its log is applied.
async fn begin(plan: Plan, log: LogStore, machine: StateMachine) -> std::result::Result<Group, String> {
    let config = config().validate().map_err(|error| error.to_string())?;
    let group = Raft::<Protocol, StateMachine>::new(plan.node, Arc::new(config), plan.links, log, machine).await;
    let group = group.map_err(|error| error.to_string())?;
    if plan.gate.closed_at().is_some() {
        group.runtime_config().elect(false);
    }
    if group.is_initialized().await.map_err(|error| error.to_string())? {
        let voters: Vec<u64> = group.voter_ids().collect();
        if voters == [plan.node] {
            // Alone, it need not wait for the voice of another leader.
            group.trigger().elect(false).await.map_err(|error| error.to_string())?;
        } else {
            return Ok(group);
        }
    } else if plan.founds {
        let is_alone = plan.members.len() == 1;
        group.initialize(plan.members).await.map_err(|error| error.to_string())?;
        if !is_alone {
            return Ok(group);
        }
    } else {
        return Ok(group);
    }
    let is_ready = |metrics: &RaftMetrics<Protocol>| {
        let leads = metrics.state == ServerState::Leader && metrics.last_applied.index() == metrics.last_log_index;
        leads || metrics.running_state.is_err()
    };
    let metrics = group.wait(Some(PATIENCE)).metrics(is_ready, "the node leads").await;
    let metrics = metrics.map_err(|error| error.to_string())?;
    metrics.running_state.map_err(|error| error.to_string())?;
    Ok(group)
}

/// A protocol that ends by a defect tells nobody: its last words say that this node leads, or follows, for ever.
async fn notice_end(group: Group, halt: Halt) {
    let mut metrics = group.metrics();
    loop {
        let state = metrics.borrow_and_update().running_state.clone();
        let why = match state {
            Err(Fatal::Stopped) => return,
            Err(error) => error.to_string(),
            Ok(()) if metrics.changed().await.is_ok() => continue,
            Ok(()) => "a defect".to_owned(),
        };
        let what = format!("has ended unexpectedly: {why}");
        halt.stop(Error::new(Code::Internal, "consensus", what, "start the node again, and report this"));
        return;
    }
}

/// Lets the node vote once it has applied an entry of a term beyond its forgotten promises: with it, it has everything
/// that was committed before.
async fn lift_in_time(group: Group, gate: Gate, halt: Halt) {
    let mut metrics = group.metrics();
    while let Some(closed_at) = gate.closed_at() {
        let applied = metrics.borrow_and_update().last_applied.map(|id| id.leader_id.term);
        if applied > Some(closed_at) {
            if let Err(error) = gate.lift() {
                halt.stop(error);
                return;
            }
            group.runtime_config().elect(true);
            tracing::info!("this node has caught up and votes again");
        } else if metrics.changed().await.is_err() {
            return;
        }
    }
}

fn config() -> Config {
    Config {
        cluster_name: "civictrust".to_owned(),
        // A flush and a round trip must fit into a heartbeat.
        heartbeat_interval: 200,
        election_timeout_min: 1_000,
        election_timeout_max: 2_000,
        install_snapshot_timeout: 600_000,
        // The log goes when the machine says that its state is durable, and not before.
        snapshot_policy: SnapshotPolicy::Never,
        max_in_snapshot_log_to_keep: u64::MAX,
        enable_pre_vote: Some(true),
        enable_leader_restore: Some(false),
        // A member whose folder was taken back to an older copy must not take the leader down with it.
        allow_log_reversion: Some(true),
        ..Config::default()
    }
}

fn failed(what: &str) -> Error {
    let next = "look at the disk and the node's messages";
    Error::new(Code::Internal, "consensus", format!("does not start: {what}"), next)
}

/// Time for the first flushes; reading and applying the log comes before.
const PATIENCE: Duration = Duration::from_secs(60);
const NEXT: &str = "restore both from the same backup";
