//! Starting a node.

use super::halt::Halt;
use super::log_store::LogStore;
use super::machine::Machine;
use super::network::Alone;
use super::persistence::{Cadence, Group, keep_short};
use super::proposals::{Consensus, wait_on};
use super::protocol::{Protocol, position};
use super::state_machine::StateMachine;
use crate::error::{Error, Result, shown};
use crate::wal::{Contents, Disk, LocalDisk, WalSettings, recover};
use ct_core::Code;
use ct_core::limits::{MAX_BYTES_IN_FLIGHT, MAX_COMMANDS_IN_FLIGHT};
use openraft::{BasicNode, Config, LogIdOptionExt, Raft, RaftMetrics, ServerState, SnapshotPolicy};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::sync::Semaphore;

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

impl Consensus {
    /// Reads the log, brings the machine up to date, and returns when the node leads. In an empty folder a cluster of
    /// one is made. Blocks the calling thread, which may belong to another runtime.
    ///
    /// # Errors
    /// `tampered.wal` if acknowledged records of the log are lost, or log and machine are not of the same node or time;
    /// `io.*` if the folder cannot be used; what the machine fails with.
    pub fn start(settings: ConsensusSettings, machine: impl Machine) -> Result<Self> {
        let disk = LocalDisk::open(&settings.dir)?;
        Self::start_on(Box::new(disk), settings, Box::new(machine))
    }

    pub(super) fn start_on(
        disk: Box<dyn Disk>,
        settings: ConsensusSettings,
        machine: Box<dyn Machine>,
    ) -> Result<Self> {
        let halt = Halt::default();
        let machine = StateMachine::new(machine, halt.clone())?;
        let recovered = recover(disk)?;
        let replayed = recovered.records();
        let (wal, contents) = recovered.open(settings.wal)?;
        check(&contents, &machine, &settings.dir)?;
        let wal = Arc::new(wal);
        let log = LogStore::new(contents, Arc::clone(&wal), halt.clone());
        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("consensus").enable_time().build();
        let runtime = runtime.map_err(|source| failed(&source.to_string()))?;
        let led = lead(settings.node_id, log, machine);
        let led = wait_on(&runtime, led).unwrap_or_else(|| Err("the threads ended".to_owned()));
        let group = match led {
            Ok(group) => group,
            Err(what) => {
                runtime.shutdown_background();
                wal.close();
                return Err(halt.reason().unwrap_or_else(|| failed(&what)));
            }
        };
        let cadence = Cadence { entries: settings.persist_after_entries, bytes: settings.persist_after_bytes };
        runtime.spawn(keep_short(group.clone(), Arc::clone(&wal), cadence));
        let (stopped, stopping) = (halt.clone(), group.clone());
        // The protocol does not hear of every failure by itself, and a leader that can write nothing must not go on
        // telling others that it leads.
        runtime.spawn(async move {
            stopped.stopped().await;
            let _ = stopping.shutdown().await;
        });
        let commands = Arc::new(Semaphore::new(MAX_COMMANDS_IN_FLIGHT));
        let room = Arc::new(Semaphore::new(MAX_BYTES_IN_FLIGHT >> 10));
        Ok(Self { group, wal, halt, commands, room, replayed, runtime: Some(runtime) })
    }
}

/// Log and machine must be of the same node and time: what is between them must be there.
fn check(contents: &Contents, machine: &StateMachine, dir: &Path) -> Result<()> {
    let applied = machine.last_applied().map(position);
    let index = |at: Option<crate::wal::Position>| at.map_or(0, |at| at.index.saturating_add(1));
    let what = if index(applied) > index(contents.last()) {
        format!("the state has come to entry {}, and the log ends before it", index(applied))
    } else if index(applied) < index(contents.purged()) {
        format!("the state has come to entry {}, and the log begins after it", index(applied))
    } else {
        return Ok(());
    };
    Err(Error::new(Code::TamperedWal, shown(dir), what, "restore both from the same backup"))
}

/// Returns when the node leads and everything in its log is applied.
async fn lead(node_id: u64, log: LogStore, machine: StateMachine) -> std::result::Result<Group, String> {
    let config = config().validate().map_err(|error| error.to_string())?;
    let group = Raft::<Protocol, StateMachine>::new(node_id, Arc::new(config), Alone, log, machine).await;
    let group = group.map_err(|error| error.to_string())?;
    if group.is_initialized().await.map_err(|error| error.to_string())? {
        // Alone, it need not wait for the voice of another leader.
        group.trigger().elect(false).await.map_err(|error| error.to_string())?;
    } else {
        let members = BTreeMap::from([(node_id, BasicNode::default())]);
        group.initialize(members).await.map_err(|error| error.to_string())?;
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

fn config() -> Config {
    Config {
        cluster_name: "civictrust".to_owned(),
        // A flush and a round trip must fit into a heartbeat.
        heartbeat_interval: 200,
        election_timeout_min: 1_000,
        election_timeout_max: 2_000,
        install_snapshot_timeout: 60_000,
        // The log goes when the machine says that its state is durable, and not before.
        snapshot_policy: SnapshotPolicy::Never,
        max_in_snapshot_log_to_keep: u64::MAX,
        enable_pre_vote: Some(true),
        enable_leader_restore: Some(false),
        ..Config::default()
    }
}

fn failed(what: &str) -> Error {
    Error::new(
        Code::Internal,
        "consensus",
        format!("does not lead: {what}"),
        "look at the disk and the node's messages",
    )
}

/// Time for the first flushes; reading and applying the log comes before.
const PATIENCE: Duration = Duration::from_secs(60);
