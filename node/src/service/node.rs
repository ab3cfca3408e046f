//! One node of a log, put together from its configuration: what `ct-node serve` runs.

use super::{Admission, Api, Archive, Clock, Cosign, NodeConfig, Propose, Publisher, Sequencer, ServiceMetrics};
use crate::command::Command;
use crate::consensus::{Committed, Consensus, ConsensusSettings, Machine};
use crate::cosigners::{Cosigners, QuorumRule, Waiting};
use crate::documents::read_at_most;
use crate::entropy::Entropy;
use crate::envelope::MAX_ENVELOPE_BYTES;
use crate::error::{Error, Result};
use crate::http::{Drained, Limits, LogFiles, Server, Telemetry};
use crate::log_signer::{LogSigner, SignedCheckpoint};
use crate::machine::{StateMachine, StateReader};
use crate::publication::Publication;
use crate::{advertise, statement, trust};
use ct_core::limits::MAX_ENTRY_BYTES;
use ct_core::{Code, ConsistencyProof, SignatureLine, TreeSize, TrustRoot};
use ct_keys::{KeyFile, PublicKey, Role};
use std::fs;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use tokio::runtime::Handle;

/// A node that has been put together and listens, and serves once it is told to.
pub struct Node {
    config: NodeConfig,
    clock: Clock,
    server: Server,
    telemetry: Telemetry,
    metrics: Arc<ServiceMetrics>,
    publication: Publication,
    cosigners: Cosigners,
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
        fs::create_dir_all(&config.data).map_err(|source| Error::writing(&config.data, &source))?;
        // The lock of the publication keeps a second process away from everything else.
        let publication = match Publication::open(&config.data, signer) {
            Err(error) if error.code() == Code::IoNotFound && is_empty(&config.data)? => {
                Publication::create(&config.data, LogSigner::new(KeyFile::read(&config.log_key, Role::Log)?)?)?
            }
            opened => opened?,
        };
        let limits = Limits { body_bytes: MAX_ENVELOPE_BYTES, connections: config.connections, ..Limits::default() };
        let server = Server::bind(config.listen, limits)?;
        let mut telemetry = Telemetry::new(&format!("node-{}", config.node), entropy);
        let metrics = Arc::new(ServiceMetrics::register(telemetry.registry_mut()));
        let machine = StateMachine::open(&config.data.join("state").join("machine.redb"))?;
        let state = machine.reader();
        let trust = trust::read(&config.trust)?;
        let quorum = QuorumRule::Of(Arc::new(trust));
        let cosigners = Cosigners::new(config.witnesses.clone(), quorum, Waiting::default())?;
        let settings = ConsensusSettings::new(config.node, &config.data.join("wal"));
        let consensus = Arc::new(Consensus::start(settings, machine)?);
        Ok(Self { config, clock, server, telemetry, metrics, publication, cosigners, state, consensus })
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
        let Self { config, clock, server, telemetry, metrics, publication, cosigners, state, consensus } = self;
        let proposer: Arc<dyn Propose> = Arc::clone(&consensus) as _;
        found(&config, &clock, &state, &*proposer).await?;
        let origin = publication.origin().clone();
        let cosign = OverHttp { cosigners, origin, clock: Clock::clone(&clock) };
        let publisher = Publisher::start(
            publication,
            state.clone(),
            Arc::clone(&proposer),
            Box::new(cosign),
            Arc::clone(&metrics),
            config.publisher,
            Handle::current(),
        )?;
        let admission =
            Admission::new(state.clone(), Clock::clone(&clock), Arc::clone(&metrics), config.workers, config.waiting);
        let (sequencer, sequenced) = Sequencer::start(proposer, clock, metrics, config.sequencer);
        let archive = Archive::open(&config.data)?;
        let api = Api::new(admission, sequencer, state, archive, publisher.published());
        let telemetry = Arc::new(telemetry);
        let routes = api.routes(&LogFiles::new(&config.data.join("log"))).merge(telemetry.routes());
        let advertised = advertise::Advertised::write(&config.api, &url)?;
        let drained = server.serve(routes, telemetry, shutdown).await;
        drop(advertised);
        // The routes are gone, and with them every way into the queue.
        let _ = sequenced.await;
        let closed = tokio::task::spawn_blocking(move || {
            publisher.stop();
            match Arc::into_inner(consensus) {
                Some(consensus) => consensus.shutdown(),
                None => Ok(()),
            }
        });
        closed.await.map_err(|_| Error::new(Code::Internal, "the node", "did not close its log", "report this"))??;
        drained
    }
}

/// The first command of a new log; and a trust root that is newer than the one in force.
async fn found(config: &NodeConfig, clock: &Clock, state: &StateReader, proposer: &dyn Propose) -> Result<()> {
    let bytes = trust::read_bytes(&config.trust)?;
    let configured = trust::load(&bytes, &config.trust)?;
    let command = match state.meta() {
        None => bootstrap(config, clock, &configured, &bytes)?,
        Some(meta) if meta.trust.bytes() == bytes => return Ok(()),
        Some(meta) if meta.trust.root().trust().root_version >= configured.trust().root_version => {
            tracing::warn!("the trust root in the configuration is older than the one in force, which stays");
            return Ok(());
        }
        Some(_) => Command::Trust { at: clock(), trust: &bytes }.encode(),
    };
    let answer = proposer.propose(command).await?;
    if answer == [crate::machine::REFUSED] {
        let what = "does not follow the one in force";
        let next = "have each new trust root signed by the root keys of the one before: ct trust sign";
        return Err(Error::new(Code::TrustChain, crate::error::shown(&config.trust), what, next));
    }
    Ok(())
}

fn bootstrap(config: &NodeConfig, clock: &Clock, trust: &TrustRoot, bytes: &[u8]) -> Result<Vec<u8>> {
    let genesis = read_at_most(&config.genesis, MAX_ENTRY_BYTES)?;
    let origin = trust::origin(trust.trust())?;
    statement::check_genesis(&genesis, &ct_core::Origin::new(origin)?)?;
    let mut clients = Vec::new();
    for path in &config.clients {
        let key = PublicKey::read(path, Role::Client)?;
        clients.push((statement::kid(key.id())?, *key.verifying_key().as_bytes()));
    }
    let clients = clients.iter().map(|(kid, key)| (kid.as_slice(), *key)).collect();
    Ok(Command::Bootstrap { at: clock(), origin, genesis: &genesis, trust: bytes, clients }.encode())
}

/// Whether a folder has nothing in it but what opening a publication may have made.
fn is_empty(dir: &Path) -> Result<bool> {
    let mut entries = fs::read_dir(dir).map_err(|source| Error::reading(dir, &source))?;
    Ok(entries.next().is_none())
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

    fn snapshot(&self) -> Result<Vec<u8>> {
        Self::snapshot(self)
    }

    fn install(&mut self, snapshot: &[u8], applied: &[u8]) -> Result<()> {
        Self::install(self, snapshot, applied)
    }
}

/// The witnesses of the configuration.
struct OverHttp {
    cosigners: Cosigners,
    origin: ct_core::Origin,
    clock: Clock,
}

impl Cosign for OverHttp {
    fn cosign(
        &mut self,
        signed: &SignedCheckpoint,
        consistency: &mut dyn FnMut(TreeSize) -> Result<ConsistencyProof>,
    ) -> Result<Vec<SignatureLine>> {
        let proof = |seen: TreeSize| if seen == TreeSize::ZERO { Ok(None) } else { consistency(seen).map(Some) };
        let collected = self.cosigners.collect(&signed.note(&[]), &self.origin, (self.clock)(), proof)?;
        for refusal in &collected.refusals {
            tracing::warn!(error_code = refusal.error.code().as_str(), witness = refusal.name, "{}", refusal.error);
        }
        Ok(collected.lines)
    }
}
