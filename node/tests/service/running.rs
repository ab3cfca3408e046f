//! A log that runs in this process: real files and sockets, commands applied without consensus.

use crate::town::{ORIGIN, Town, at, directory};
use ct_core::{Code, Origin, TreeSize};
use ct_node::client::{Client, Persistence};
use ct_node::http::{Limits, LogFiles, Server, Telemetry};
use ct_node::machine::{StateMachine, StateReader};
use ct_node::service::{
    Admission, Api, Archive, Clock, Cosign, NodeRole, Propose, Publisher, PublisherParts, PublisherSettings, Sequencer,
    SequencerLimits, ServiceMetrics, Standing, StatusSource,
};
use ct_node::{Entropy, LogSigner, Publication, Result, SignedCheckpoint, Witness};
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// Applies what is proposed at once.
pub(crate) struct Direct(pub(crate) Mutex<StateMachine>);

impl Propose for Direct {
    fn propose(&self, command: Vec<u8>) -> Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send + '_>> {
        let answers = self.0.lock().unwrap().apply([command.as_slice()], b"direct");
        Box::pin(async move { answers.map(|mut answers| answers.remove(0)) })
    }
}

/// Witnesses in this process, of whom two are a quorum. Their clock goes on by a second with each checkpoint.
pub(crate) struct Witnesses {
    witnesses: Vec<Witness>,
    log: ct_core::VerifierKey,
    second: u64,
    /// Those who cannot be reached.
    pub(crate) away: Vec<usize>,
}

impl Cosign for Witnesses {
    fn cosign(
        &mut self,
        signed: &SignedCheckpoint,
        consistency: &mut dyn FnMut(TreeSize) -> Result<ct_core::ConsistencyProof>,
    ) -> Result<Vec<ct_core::SignatureLine>> {
        let origin = Origin::new(ORIGIN).unwrap();
        let mut lines = Vec::new();
        self.second += 1;
        for (number, witness) in self.witnesses.iter_mut().enumerate() {
            if self.away.contains(&number) {
                continue;
            }
            let seen = witness.seen();
            let proof = if seen == TreeSize::ZERO { Ok(None) } else { consistency(seen).map(Some) };
            // Who refuses does not count.
            lines.extend(proof.and_then(|proof| {
                witness.cosign(&signed.note(&[]), &origin, &self.log, proof.as_ref(), at(self.second))
            }));
        }
        let too_few = || ct_node::Error::new(Code::NotAnchoredQuorum, "checkpoint", "too few", "wait");
        if lines.len() < 2 { Err(too_few()) } else { Ok(lines) }
    }

    fn confirm(
        &mut self,
        signed: &SignedCheckpoint,
        consistency: &mut dyn FnMut(TreeSize) -> Result<ct_core::ConsistencyProof>,
    ) -> Result<Vec<ct_core::SignatureLine>> {
        let size = signed.checkpoint().size();
        let beyond = |seen: TreeSize| ct_node::Error::new(Code::DiscontinuousRestore, "witness", seen.to_string(), "");
        match self.witnesses.iter().map(Witness::seen).find(|seen| *seen > size) {
            Some(seen) => Err(beyond(seen)),
            None => self.cosign(signed, consistency),
        }
    }
}

pub(crate) struct Running {
    pub(crate) town: Town,
    pub(crate) dir: tempfile::TempDir,
    pub(crate) url: String,
    pub(crate) state: StateReader,
    /// Seconds of the town's clock.
    pub(crate) now: Arc<AtomicU64>,
    pub(crate) runtime: Runtime,
    stop: Option<oneshot::Sender<()>>,
    publisher: Option<Publisher>,
}

impl Running {
    pub(crate) fn start() -> Self {
        let town = Town::new();
        let dir = directory();
        let signer = || LogSigner::new(copy(&town.log)).unwrap();
        drop(Publication::create(dir.path(), signer()).unwrap());
        let mut machine = StateMachine::open(&dir.path().join("state.redb")).unwrap();
        machine.apply([town.bootstrap().as_slice()], b"0").unwrap();
        Self::with(town, dir, machine)
    }

    /// Goes on where another one stopped.
    pub(crate) fn again(self) -> Self {
        let Stopped { town, dir } = self.stopped();
        let machine = StateMachine::open(&dir.path().join("state.redb")).unwrap();
        Self::with(town, dir, machine)
    }

    /// Goes on with what lies in the directory.
    pub(crate) fn of(stopped: Stopped) -> Self {
        let Stopped { town, dir } = stopped;
        let machine = StateMachine::open(&dir.path().join("state.redb")).unwrap();
        Self::with(town, dir, machine)
    }

    fn with(town: Town, dir: tempfile::TempDir, machine: StateMachine) -> Self {
        let cosign = Box::new(witnesses(&town, dir.path()));
        Self::cosigned(town, dir, machine, cosign)
    }

    /// With these witnesses.
    pub(crate) fn cosigned(town: Town, dir: tempfile::TempDir, machine: StateMachine, cosign: Box<dyn Cosign>) -> Self {
        let state = machine.reader();
        Self::of_parts(town, dir, state, Arc::new(Direct(Mutex::new(machine))), cosign, alone())
    }

    /// With this consensus.
    pub(crate) fn of_parts(
        town: Town,
        dir: tempfile::TempDir,
        state: StateReader,
        proposer: Arc<dyn Propose>,
        cosign: Box<dyn Cosign>,
        standing: StatusSource,
    ) -> Self {
        let runtime = Runtime::new().unwrap();
        let now = Arc::new(AtomicU64::new(20));
        let clock: Clock = {
            let now = Arc::clone(&now);
            Arc::new(move || at(now.load(Ordering::Relaxed)))
        };
        let mut telemetry = Telemetry::new("test", &mut Entropy::from_seed(&[1; 32]));
        let metrics = Arc::new(ServiceMetrics::register(telemetry.registry_mut()));
        let settings = PublisherSettings { interval: Duration::from_millis(5), ..PublisherSettings::default() };
        let publication = opened(&town, dir.path());
        let parts = PublisherParts {
            publication,
            state: state.clone(),
            proposer: Arc::clone(&proposer),
            cosign,
            source: None,
            metrics: Arc::clone(&metrics),
            settings,
        };
        let publisher = Publisher::start(parts, runtime.handle().clone()).unwrap();
        let admission = Admission::new(state.clone(), Arc::clone(&clock), Arc::clone(&metrics), 2, 64)
            .audited(&dir.path().join("state"));
        let _entered = runtime.enter();
        let (sequencer, _) = Sequencer::start(Arc::clone(&proposer), clock, metrics, SequencerLimits::default());
        let archive = Archive::open(dir.path()).unwrap();
        let api = Api::new(admission, sequencer, proposer, standing, state.clone(), archive, &publisher);
        let telemetry = Arc::new(telemetry);
        let routes = api.routes(&LogFiles::new(&dir.path().join("log"))).merge(telemetry.routes());
        let server = Server::bind("127.0.0.1:0".parse().unwrap(), Limits::default()).unwrap();
        let url = format!("http://{}", server.local_addr());
        let (stop, stopped) = oneshot::channel();
        runtime.spawn(async move {
            server.serve(routes, telemetry, async { drop(stopped.await) }).await.unwrap();
        });
        let (stop, publisher) = (Some(stop), Some(publisher));
        drop(_entered);
        Self { town, dir, url, state, now, runtime, stop, publisher }
    }

    pub(crate) fn stopped(mut self) -> Stopped {
        drop(self.stop.take());
        self.publisher.take().unwrap().stop();
        self.runtime.shutdown_timeout(Duration::from_secs(30));
        Stopped { town: self.town, dir: self.dir }
    }

    pub(crate) fn client(&self) -> Client {
        let now = Arc::clone(&self.now);
        let clock: Clock = Arc::new(move || at(now.load(Ordering::Relaxed)));
        Client::new(std::slice::from_ref(&self.url), Persistence::default(), clock, Entropy::from_os().unwrap())
            .unwrap()
    }
}

/// What consensus would say of a node that is alone.
fn alone() -> StatusSource {
    Arc::new(|| Standing {
        node: 1,
        role: NodeRole::Leads,
        term: 1,
        leader: None,
        last: None,
        applied: None,
        purged: None,
        members: Vec::new(),
        halted: None,
    })
}

pub(crate) struct Stopped {
    pub(crate) town: Town,
    pub(crate) dir: tempfile::TempDir,
}

pub(crate) fn copy(key: &ct_keys::KeyFile) -> ct_keys::KeyFile {
    ct_keys::KeyFile::generate(key.role(), key.id().clone(), &key.signing_key().to_bytes())
}

pub(crate) fn opened(town: &Town, dir: &Path) -> Publication {
    Publication::open(dir, LogSigner::new(copy(&town.log)).unwrap()).unwrap()
}

pub(crate) fn witnesses(town: &Town, dir: &Path) -> Witnesses {
    let open = |(number, key): (usize, &ct_keys::KeyFile)| {
        Witness::open(copy(key), &dir.join(format!("witness-{number}.last"))).unwrap()
    };
    let log = LogSigner::new(copy(&town.log)).unwrap().verifier().clone();
    Witnesses { witnesses: town.witnesses.iter().enumerate().map(open).collect(), log, second: 30, away: Vec::new() }
}

/// A publisher of what lies in a directory, on this state.
pub(crate) fn publisher(runtime: &Runtime, town: &Town, dir: &Path, machine: StateMachine) -> Result<Publisher> {
    let parts = PublisherParts {
        publication: opened(town, dir),
        state: machine.reader(),
        proposer: Arc::new(Direct(Mutex::new(machine))),
        cosign: Box::new(witnesses(town, dir)),
        source: None,
        metrics: metrics(),
        settings: PublisherSettings::default(),
    };
    Publisher::start(parts, runtime.handle().clone())
}

pub(crate) fn metrics() -> Arc<ServiceMetrics> {
    let mut telemetry = Telemetry::new("test", &mut Entropy::from_seed(&[1; 32]));
    Arc::new(ServiceMetrics::register(telemetry.registry_mut()))
}

/// Asks until it is so, for some time.
pub(crate) fn becomes(mut ask: impl FnMut() -> bool) -> bool {
    (0..3_000).any(|_| {
        let is_so = ask();
        std::thread::sleep(Duration::from_millis(if is_so { 0 } else { 10 }));
        is_so
    })
}

pub(crate) fn copy_all(from: &Path, to: &Path) {
    if from.is_dir() {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy_all(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        std::fs::copy(from, to).unwrap();
    }
}

/// Size and root of the last text that may have been signed.
pub(crate) fn fence(dir: &Path) -> (String, String) {
    let text = std::fs::read_to_string(dir.join("state/fence")).unwrap_or_default();
    let line = |number| text.lines().nth(number).unwrap_or_default().to_owned();
    (line(1), line(2))
}
