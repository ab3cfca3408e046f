//! One node of a log, put together from its configuration: what `ct-node serve` runs.

use super::{
    Admission, Api, Archive, Clock, Cosign, NodeConfig, NodeRole, Propose, Publisher, Sequencer, ServiceMetrics,
    Standing, StatusSource, Trouble,
};
use crate::command::Command;
use crate::consensus::{Committed, Consensus, ConsensusSettings, Machine, Snapshot};
use crate::cosigners::{Cosigner, Cosigners, QuorumRule, Waiting};
use crate::documents::read_at_most;
use crate::entropy::Entropy;
use crate::error::{Error, Result};
use crate::http::{Drained, Limits, LogFiles, Server, Telemetry};
use crate::log_signer::{LogSigner, SignedCheckpoint};
use crate::machine::{REFUSED, StateMachine, StateReader, StateView};
use crate::publication::Publication;
use crate::{advertise, statement, trust};
use ct_core::limits::{MAX_ENTRY_BYTES, MAX_ENVELOPE_BYTES, MAX_FIRST_CLIENTS};
use ct_core::{Code, ConsistencyProof, Hash, Origin, SignatureLine, TreeSize, Trust, TrustRoot};
use ct_keys::{KeyFile, PublicKey, Role};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

/// A node that has been put together and listens, and serves once it is told to.
pub struct Node {
    config: NodeConfig,
    clock: Clock,
    server: Server,
    telemetry: Telemetry,
    metrics: Arc<ServiceMetrics>,
    publication: Publication,
    witnesses: OverHttp,
    state: StateReader,
    consensus: Arc<Consensus>,
}

impl Node {
    /// Opens everything that the node has on disk, finishes what a crash interrupted, and listens.
    ///
    /// Blocks: not for an event loop. `entropy` only names requests.
    ///
    /// # Errors
    /// `io.*` for files, keys and the address; `tampered.*` if what is on disk is not what was written: nothing is
    /// signed then; `malformed.*`, `trust.*` for a genesis or trust root that does not fit.
    pub fn open(config: NodeConfig, clock: Clock, entropy: &mut Entropy) -> Result<Self> {
        let signer = LogSigner::new(KeyFile::read(&config.log_key, Role::Log)?)?;
        let signer_origin = signer.origin().clone();
        fs::create_dir_all(&config.data).map_err(|source| Error::writing(&config.data, &source))?;
        let trust = trust::read(&config.trust)?;
        check_log_key(&signer, trust.trust())?;
        // The lock of the publication keeps a second process away from everything else.
        let publication = if config.data.join(FENCE_FOLDER).exists() {
            Publication::open(&config.data, signer)?
        } else {
            Publication::create(&config.data, signer)?
        };
        let limits = Limits { body_bytes: MAX_ENVELOPE_BYTES, connections: config.connections, ..Limits::default() };
        let server = Server::bind(config.listen, limits)?;
        let mut telemetry = Telemetry::new(&format!("node-{}", config.node), entropy);
        let metrics = Arc::new(ServiceMetrics::register(telemetry.registry_mut()));
        let machine = StateMachine::open(&config.data.join("state").join("machine.redb"))?;
        let state = machine.reader();
        // So that a list of witnesses that cannot be used is told at once.
        let witnesses = OverHttp::new(&config, &signer_origin, Arc::new(trust), state.clone(), Clock::clone(&clock))?;
        let mut settings = ConsensusSettings::new(config.node, &config.data.join("wal"));
        // What is applied again after a crash: some ten thousand statements, a second or less.
        settings.persist_after_bytes = 16 << 20;
        let consensus = Arc::new(Consensus::start(settings, machine)?);
        Ok(Self { config, clock, server, telemetry, metrics, publication, witnesses, state, consensus })
    }

    /// `http://HOST:PORT`, with the port that was chosen.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.server.local_addr())
    }

    /// Serves until `shutdown` is ready; then takes nothing more, answers what it has taken, publishes nothing
    /// half-way, and closes the log.
    ///
    /// # Errors
    /// `tampered.state` if the state is not what was published; `io.*`; those of a bootstrap.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) -> Result<Drained> {
        let url = self.url();
        let Self { config, clock, server, telemetry, metrics, publication, witnesses, state, consensus } = self;
        let proposer: Arc<dyn Propose> = Arc::clone(&consensus) as _;
        found(&config, &state, &*proposer).await?;
        let handle = Handle::current();
        let (of_state, of_metrics, proposes) = (state.clone(), Arc::clone(&metrics), Arc::clone(&proposer));
        let publisher = tokio::task::spawn_blocking(move || {
            let cosign = Box::new(witnesses);
            Publisher::start(publication, of_state, proposes, cosign, of_metrics, config.publisher, handle)
        });
        let unstarted = |_| Error::new(Code::Internal, "publication", "could not begin", "report this");
        let publisher = publisher.await.map_err(unstarted)??;
        let admission =
            Admission::new(state.clone(), Clock::clone(&clock), Arc::clone(&metrics), config.workers, config.waiting)
                .audited(&config.data.join(FENCE_FOLDER));
        let (sequencer, sequenced) = Sequencer::start(Arc::clone(&proposer), clock, metrics, config.sequencer);
        let archive = Archive::open(&config.data)?;
        let standing = standing(config.node, Arc::clone(&consensus));
        let api = Api::new(admission, sequencer, proposer, standing, state, archive, &publisher);
        let telemetry = Arc::new(telemetry);
        let routes = api.routes(&LogFiles::new(&config.data.join("log"))).merge(telemetry.routes());
        let advertised = advertise::Advertised::write(&config.api, &url)?;
        let (failed, mut failure) = oneshot::channel();
        let trouble = gives_up(publisher.failure(), Arc::clone(&consensus));
        let stop = async move {
            tokio::select! {
                () = shutdown => {}
                error = trouble => drop(failed.send(error)),
            }
        };
        let drained = server.serve(routes, telemetry, stop).await;
        drop(advertised);
        // The routes are gone, and with them every way into the queue.
        let _ = timeout(CLOSING, sequenced).await;
        let closed = tokio::task::spawn_blocking(move || {
            publisher.stop();
            Arc::into_inner(consensus).map_or(Ok(()), Consensus::shutdown)
        });
        let hangs = || Error::new(Code::Internal, "the node", "did not close its log in time", "start it again");
        let closed = timeout(CLOSING, closed).await.map_err(|_| hangs())?.map_err(|_| hangs())?;
        if let Ok(error) = failure.try_recv() {
            return Err(error);
        }
        closed?;
        drained
    }
}

/// Ready with the reason when the node can go on no longer: then it ends, and does not pretend.
async fn gives_up(mut publisher: watch::Receiver<Option<Error>>, consensus: Arc<Consensus>) -> Error {
    loop {
        let published = timeout(WATCHED, publisher.wait_for(Option::is_some)).await;
        let published = published.ok().and_then(|waited| waited.ok().and_then(|error| error.clone()));
        if let Some(error) = published.or_else(|| consensus.status().halted) {
            return error;
        }
    }
}

/// The trust root names this log with this key, so that what is signed can be verified.
fn check_log_key(signer: &LogSigner, trust: &Trust) -> Result<()> {
    let origin = trust::origin(trust)?;
    let log = trust.logs.iter().find(|log| log.origin == signer.origin().as_str());
    if log.is_some_and(|log| log.keys.iter().any(|known| known.verifier == *signer.verifier())) {
        return Ok(());
    }
    let what = format!("is not a key of the log {origin} in the trust root");
    Err(Error::new(Code::IoKeyFile, signer.verifier().name().as_str(), what, "use that log's own key, or trust root"))
}

/// The first command of a new log; and a trust root that is newer than the one in force.
async fn found(config: &NodeConfig, state: &StateReader, proposer: &dyn Propose) -> Result<()> {
    let bytes = trust::read_bytes(&config.trust)?;
    let configured = trust::load(&bytes, &config.trust)?;
    let Some(meta) = state.meta() else {
        let genesis = read_at_most(&config.genesis, MAX_ENTRY_BYTES)?;
        let origin = trust::origin(configured.trust())?;
        statement::check_genesis(&genesis, &Origin::new(origin)?)?;
        let clients = clients(config)?;
        let clients = clients.iter().map(|(kid, key)| (kid.as_slice(), *key)).collect();
        let command = Command::Bootstrap { origin, genesis: &genesis, trust: &bytes, clients };
        proposer.propose(command.encode()).await?;
        return Ok(());
    };
    if meta.trust.bytes() == bytes {
        return Ok(());
    }
    let refused = |code, what: &str, next: &str| Err(Error::new(code, crate::error::shown(&config.trust), what, next));
    if configured.trust().root_version <= meta.trust.root().trust().root_version {
        let what = "is not newer than the one in force, and not the same";
        return refused(Code::TrustRollback, what, "configure the trust root in force, or one that follows it");
    }
    if proposer.propose(Command::Trust { trust: &bytes }.encode()).await? == [REFUSED] {
        let next = "have each new trust root signed by the root keys of the one before: ct trust sign";
        return refused(Code::TrustChain, "does not follow the one in force", next);
    }
    Ok(())
}

/// Those who may submit to a new log, by key ID.
fn clients(config: &NodeConfig) -> Result<BTreeMap<Vec<u8>, [u8; 32]>> {
    let mut clients = BTreeMap::new();
    for path in &config.clients {
        let key = PublicKey::read(path, Role::Client)?;
        if clients.insert(statement::kid(key.id())?, *key.verifying_key().as_bytes()).is_some() {
            let what = format!("has the key ID {}, as another client has", key.id());
            return Err(Error::new(Code::MalformedConfig, crate::error::shown(path), what, "number new keys upwards"));
        }
    }
    if clients.len() > MAX_FIRST_CLIENTS {
        let what = format!("names more than {MAX_FIRST_CLIENTS} clients");
        return Err(Error::new(Code::MalformedConfig, "the configuration", what, "name fewer"));
    }
    Ok(clients)
}

/// What the node says of itself.
fn standing(node: u64, consensus: Arc<Consensus>) -> StatusSource {
    Arc::new(move || {
        let status = consensus.status();
        let role = match status.role {
            crate::consensus::Role::Leads => NodeRole::Leads,
            crate::consensus::Role::Follows => NodeRole::Follows,
            crate::consensus::Role::Halted => NodeRole::Halted,
        };
        Standing {
            node,
            role,
            term: status.term,
            leader: None,
            last: status.last,
            applied: status.applied,
            purged: status.purged,
            members: Vec::new(),
            halted: status.halted.as_ref().map(Trouble::of),
        }
    })
}

impl Propose for Consensus {
    fn propose(&self, command: Vec<u8>) -> Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send + '_>> {
        Box::pin(Self::propose(self, command))
    }
}

impl Machine for StateMachine {
    fn applied(&self) -> Result<Option<Vec<u8>>> {
        Self::applied(self)
    }

    fn apply(&mut self, commands: &[Committed<'_>], applied: &[u8]) -> Result<Vec<Vec<u8>>> {
        Self::apply(self, commands.iter().map(|committed| committed.command), applied)
    }

    fn persist(&mut self) -> Result<()> {
        Self::persist(self)
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot>> {
        Ok(Box::new(self.view()?))
    }

    fn install(&mut self, snapshot: &mut dyn Read, applied: &[u8]) -> Result<()> {
        Self::install(self, snapshot, applied)
    }
}

impl Snapshot for StateView {
    fn write_to(&self, out: &mut dyn Write) -> Result<()> {
        Self::write_to(self, out)
    }
}

/// The witnesses of the configuration, by the quorum of the trust root in force.
struct OverHttp {
    witnesses: Vec<Cosigner>,
    cosigners: Cosigners,
    /// Whose quorum the cosigners have to reach.
    trust: Hash,
    origin: Origin,
    state: StateReader,
    clock: Clock,
}

impl OverHttp {
    fn new(
        config: &NodeConfig,
        origin: &Origin,
        trust: Arc<TrustRoot>,
        state: StateReader,
        clock: Clock,
    ) -> Result<Self> {
        let hash = trust.hash();
        let witnesses = config.witnesses.clone();
        let cosigners = Cosigners::new(witnesses.clone(), QuorumRule::Of(trust), Waiting::default())?;
        Ok(Self { witnesses, cosigners, trust: hash, origin: origin.clone(), state, clock })
    }
}

impl Cosign for OverHttp {
    fn cosign(
        &mut self,
        signed: &SignedCheckpoint,
        consistency: &mut dyn FnMut(TreeSize) -> Result<ConsistencyProof>,
    ) -> Result<Vec<SignatureLine>> {
        if let Some(in_force) = self.state.meta().map(|meta| meta.trust.root().clone())
            && in_force.hash() != self.trust
        {
            self.trust = in_force.hash();
            let quorum = QuorumRule::Of(Arc::new(in_force));
            self.cosigners = Cosigners::new(self.witnesses.clone(), quorum, Waiting::default())?;
        }
        let proof = |seen: TreeSize| if seen == TreeSize::ZERO { Ok(None) } else { consistency(seen).map(Some) };
        let collected = self.cosigners.collect(&signed.note(&[]), &self.origin, (self.clock)(), proof)?;
        for refusal in &collected.refusals {
            tracing::warn!(error_code = refusal.error.code().as_str(), witness = refusal.name, "{}", refusal.error);
        }
        Ok(collected.lines)
    }
}

/// Made with the first lock of a new log.
const FENCE_FOLDER: &str = "state";
/// How often it is asked whether consensus still runs.
const WATCHED: Duration = Duration::from_millis(200);
/// For what is under way when the node stops.
const CLOSING: Duration = Duration::from_secs(30);
