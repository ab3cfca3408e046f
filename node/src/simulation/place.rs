//! One node of the log: its disks, and the life that it has on them at the moment.

use super::chance::Chance;
use super::history::{self, Event, History};
use super::state_file::StateFile;
use super::town::{Town, at};
use super::watched::Watched;
use super::wire::{Air, Listener, Wire};
use super::witnesses::{Counter, Witnesses, copy};
use super::{member, seconds};
use crate::consensus::{Beginning, Cluster, Consensus, ConsensusSettings, Found, Halt, sleep, spawn};
use crate::error::{Error, Result};
use crate::log_signer::LogSigner;
use crate::machine::{StateMachine, StateReader};
use crate::publication::Publication;
use crate::service::{
    Admission, Clock, Leadership, Propose, PublisherParts, PublisherSettings, Sequencer, SequencerLimits,
    ServiceMetrics, Work,
};
use crate::wal::{Damage, FaultyDisk, WalSettings, recover};
use prometheus_client::registry::Registry;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// Where a node is, whether it runs or not.
pub(super) struct Place {
    pub(super) node: u64,
    pub(super) dir: PathBuf,
    pub(super) disk: FaultyDisk,
    pub(super) state: StateFile,
    /// Seconds by which its clock is wrong.
    pub(super) skew: Arc<AtomicI64>,
    pub(super) beginning: Beginning,
    pub(super) life: Option<Life>,
    lives: u64,
}

/// From a start to an end.
pub(super) struct Life {
    pub(super) is_alive: Arc<AtomicBool>,
    /// It is bound to crash; that it gives up is no fault of its own.
    is_failing: Arc<AtomicBool>,
    /// Dropped when it ends.
    _end: watch::Sender<()>,
    pub(super) running: Arc<Mutex<Option<Running>>>,
}

/// A node that takes part.
#[derive(Clone)]
pub(super) struct Running {
    pub(super) consensus: Arc<Consensus>,
    pub(super) sequencer: Sequencer,
    pub(super) admission: Admission,
    pub(super) state: StateReader,
}

/// What a node needs of the world.
#[derive(Clone)]
pub(super) struct World {
    pub(super) air: Arc<Air>,
    pub(super) town: Arc<Mutex<Town>>,
    pub(super) witnesses: Arc<Mutex<Witnesses>>,
    pub(super) history: History,
    pub(super) chance: Chance,
    pub(super) nodes: u64,
    pub(super) dir: PathBuf,
}

impl World {
    /// Without the folder's name, which is another one in every run.
    fn gives_up(&self, node: u64, error: &Error) {
        let why = error.to_string().replace(&self.dir.display().to_string(), "");
        self.history.tell(Event::GiveUp { node, why });
    }
}

impl Place {
    pub(super) fn new(node: u64, dir: &Path) -> Self {
        let dir = dir.join(format!("node-{node}"));
        fs::create_dir(&dir).unwrap();
        fs::create_dir(dir.join("life-0")).unwrap();
        let skew = Arc::new(AtomicI64::new(0));
        let (disk, state) = (FaultyDisk::default(), StateFile::default());
        Self { node, dir, disk, state, skew, beginning: Beginning::Founds, life: None, lives: 0 }
    }

    pub(super) fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// Where consensus keeps what is not in its log, in this life.
    fn marks(&self) -> PathBuf {
        self.dir.join(format!("life-{}", self.lives))
    }

    pub(super) fn running(&self) -> Option<Running> {
        self.life.as_ref().and_then(|life| life.running.lock().unwrap().clone())
    }

    /// After so many more operations the log can write nothing any more. Until it crashes, which must follow, the node does
    /// what it can.
    pub(super) fn fail(&self, after: usize) {
        let Some(life) = &self.life else { return };
        life.is_failing.store(true, Ordering::Relaxed);
        self.disk.cut_power(after);
    }

    /// The process ends, or the power; what was on disk then is what the next life finds.
    pub(super) fn crash(&mut self, world: &World, mut keep: impl FnMut() -> bool) {
        let Some(life) = self.life.take() else { return };
        let running = life.running.lock().unwrap().take();
        let synced = running.as_ref().map(|running| running.consensus.status().wal.synced.get());
        if let Some(lsn) = synced {
            world.history.tell(Event::Crash { node: self.node, lsn });
        }
        life.is_alive.store(false, Ordering::Relaxed);
        world.air.listeners.lock().unwrap().remove(&self.node);
        self.disk = self.disk.crash(&mut keep);
        self.state = self.state.crash(&mut keep);
        let before = self.marks();
        self.lives += 1;
        fs::create_dir(self.marks()).unwrap();
        for entry in fs::read_dir(before).unwrap().map(std::result::Result::unwrap) {
            fs::copy(entry.path(), self.marks().join(entry.file_name())).unwrap();
        }
        if let Some(running) = running {
            spawn(async move { running.consensus.abandon().await });
        }
    }

    /// Nothing of what the node had is there any more; it does not run.
    pub(super) fn wipe(&mut self, world: &World) {
        world.history.tell(Event::Lose { node: self.node });
        fs::remove_dir_all(self.data()).unwrap();
        fs::remove_dir_all(self.marks()).unwrap();
        fs::create_dir(self.marks()).unwrap();
        (self.disk, self.state) = (FaultyDisk::default(), StateFile::default());
    }

    /// One bit of the log is another one; the node does not run. Not one of the very last record: that one cannot be told
    /// from a record that was never written whole, for as long as `specs/wal.md` says.
    pub(super) fn damage(&self, world: &World) {
        world.history.tell(Event::Lose { node: self.node });
        let segments = self.disk.segments();
        // All of a segment that has just begun may be of the last flush; what is in the one before it is not.
        for name in segments.iter().rev().take(2) {
            if self.flips(name, world) {
                return;
            }
        }
        // What recovery does not notice must not be taken for damage that there was none of.
        assert!(
            segments.len() < 2,
            "node {}: a bit of the last segment but one has flipped twenty times, and recovery has noticed none",
            self.node
        );
    }

    /// Whether a bit of this segment has flipped so that recovery notices.
    fn flips(&self, name: &str, world: &World) -> bool {
        let bytes = self.disk.bytes(name);
        let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        for _ in 0..20 {
            let at = usize::try_from(world.chance.among(0..u64::try_from(used.max(1)).unwrap())).unwrap();
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << world.chance.among(0..8);
            self.disk.set(name, &damaged);
            if matches!(recover(Box::new(self.disk.kill())).map(|found| found.damage()), Ok(Damage::Corrupt { .. })) {
                return true;
            }
        }
        self.disk.set(name, &bytes);
        false
    }

    /// Starts the node on what is there. A moment must have passed since it ended.
    pub(super) fn start(&mut self, world: &World) {
        let node = self.node;
        if let Err(error) = self.begin(world) {
            world.gives_up(node, &error);
        }
    }

    fn begin(&mut self, world: &World) -> Result<()> {
        let is_alive = Arc::new(AtomicBool::new(true));
        let machine = StateMachine::open_on(self.state.clone())?;
        let state = machine.reader();
        let publication = self.publication(world)?;
        let (node, history) = (self.node, world.history.clone());
        let file = self.state.clone();
        let machine = Watched { machine, file, node, is_alive: Arc::clone(&is_alive), history };
        let found = self.found(world, machine, &is_alive)?;
        let (end, ended) = watch::channel(());
        let running = Arc::new(Mutex::new(None));
        let is_failing = Arc::new(AtomicBool::new(false));
        let skew = Arc::clone(&self.skew);
        let clock: Clock = Arc::new(move || {
            let now = i64::try_from(seconds()).unwrap() + skew.load(Ordering::Relaxed);
            at(u64::try_from(now).unwrap())
        });
        let birth = Birth {
            world: world.clone(),
            node,
            is_alive: Arc::clone(&is_alive),
            is_failing: Arc::clone(&is_failing),
            running: Arc::clone(&running),
            state,
            clock,
            publication,
        };
        let settings = self.settings();
        spawn(async move {
            let lived = birth.live(found, settings, ended.clone());
            let mut ended = ended;
            tokio::select! {
                biased;
                _ = ended.changed() => {}
                () = lived => {}
            }
        });
        self.life = Some(Life { is_alive, is_failing, _end: end, running });
        Ok(())
    }

    fn publication(&self, world: &World) -> Result<Publication> {
        let signer = LogSigner::new(copy(&world.town.lock().unwrap().log))?;
        let data = self.data();
        if data.join("state").exists() { Publication::open(&data, signer) } else { Publication::create(&data, signer) }
    }

    fn settings(&self) -> ConsensusSettings {
        ConsensusSettings {
            wal: WalSettings { segment_bytes: 16_384, ..WalSettings::default() },
            persist_after_entries: 25,
            ..ConsensusSettings::new(self.node, &self.marks())
        }
    }

    fn found(&self, world: &World, machine: Watched, is_alive: &Arc<AtomicBool>) -> Result<(Found, Halt)> {
        let wire = Wire { air: Arc::clone(&world.air), from: self.node, is_alive: Arc::clone(is_alive) };
        let cluster = Cluster {
            members: (1..=world.nodes).map(member).collect(),
            network: Arc::new(wire),
            api: format!("http://node-{}", self.node),
            beginning: self.beginning,
        };
        let log = recover(Box::new(self.disk.kill()))?;
        let is_lacking = matches!(log.damage(), Damage::Corrupt { .. });
        let (lsn, found) = (log.last().get(), if is_lacking { history::Found::Lacking } else { history::Found::Whole });
        let term = log.contents().vote().map_or(0, |vote| vote.term);
        world.history.tell(Event::Restart { node: self.node, lsn, term, found });
        let halt = Halt::default();
        let found = Found::on(Box::new(self.disk.clone()), Box::new(machine), &self.settings(), cluster, &halt)?;
        Ok((found, halt))
    }
}

/// What a life begins with.
struct Birth {
    world: World,
    node: u64,
    is_alive: Arc<AtomicBool>,
    is_failing: Arc<AtomicBool>,
    running: Arc<Mutex<Option<Running>>>,
    state: StateReader,
    clock: Clock,
    publication: Publication,
}

impl Birth {
    /// Until the node gives up.
    async fn live(self, (found, halt): (Found, Halt), settings: ConsensusSettings, ended: watch::Receiver<()>) {
        let (world, node, is_failing) = (self.world.clone(), self.node, Arc::clone(&self.is_failing));
        if let Err(error) = self.serve(found, halt, settings, ended).await
            && !is_failing.load(Ordering::Relaxed)
        {
            world.gives_up(node, &error);
        }
    }

    async fn serve(
        self,
        found: Found,
        halt: Halt,
        settings: ConsensusSettings,
        ended: watch::Receiver<()>,
    ) -> Result<()> {
        let Self { world, node, is_alive, running, state, clock, publication, .. } = self;
        let consensus = Arc::new(Consensus::begin_with(found, settings, halt).await?);
        let proposer: Arc<dyn Propose> = Arc::clone(&consensus) as _;
        let metrics = Arc::new(ServiceMetrics::register(&mut Registry::default()));
        let admission = Admission::new(state.clone(), Clock::clone(&clock), Arc::clone(&metrics), 2, 64);
        let (sequencer, _) =
            Sequencer::start(Arc::clone(&proposer), clock, Arc::clone(&metrics), SequencerLimits::default());
        let listener = Listener { receive: consensus.receiver(), is_alive };
        world.air.listeners.lock().unwrap().insert(node, listener);
        let live = Running { consensus: Arc::clone(&consensus), sequencer, admission, state: state.clone() };
        *running.lock().unwrap() = Some(live);
        let data = publication.dir().to_owned();
        let parts = PublisherParts {
            publication,
            state: state.clone(),
            proposer: Arc::clone(&proposer),
            cosign: Box::new(Counter { node, data, witnesses: Arc::clone(&world.witnesses) }),
            source: Some(Box::new(super::others::Others::new(node, &world))),
            metrics,
            settings: PublisherSettings { patience: Duration::from_millis(400), ..PublisherSettings::default() },
        };
        let mut work = Work::begin(parts, ended)?;
        let bootstrap = world.town.lock().unwrap().bootstrap();
        let bootstrapped = async {
            bootstrapped(bootstrap, state, proposer).await;
            std::future::pending().await
        };
        let publishing = work.run();
        let halted = async {
            // As a node's own watch: consensus that has stopped is not noticed by whoever only publishes.
            while consensus.status().halted.is_none() {
                sleep(Duration::from_millis(200)).await;
            }
            consensus.status().halted
        };
        let gives_up: Option<Error> = tokio::select! {
            biased;
            published = publishing => published.err(),
            halted = halted => halted,
            never = bootstrapped => never,
        };
        gives_up.map_or(Ok(()), Err)
    }
}

/// Sees to it that the log has its first command.
async fn bootstrapped(command: Vec<u8>, state: StateReader, proposer: Arc<dyn Propose>) {
    while state.meta().is_none() {
        if matches!(proposer.leadership(), Leadership::Leads { .. }) {
            // Whoever leads next does it, if this fails.
            let _ = proposer.propose(command.clone()).await;
        }
        sleep(Duration::from_millis(100)).await;
    }
}
