//! One node of a log, put together from its configuration: what `ct-node serve` runs.

use super::consensus::standing;
use super::founding::{check_log_key, found};
use super::neighbours::{Answers, FromOthers, Neighbours};
use super::vitals::Vitals;
use super::witnesses::OverHttp;
use super::{
    Admission, Api, Archive, Clock, EntrySource, Leadership, NodeConfig, Propose, Publisher, PublisherParts, Sequencer,
    ServiceMetrics,
};
use crate::backup::Transfers;
use crate::consensus::{Cluster, Consensus, ConsensusSettings};
use crate::documents::read_text;
use crate::durable;
use crate::entropy::Entropy;
use crate::error::{Error, Result, shown};
use crate::http::{Drained, Limits, LogFiles, Server, Telemetry};
use crate::log_signer::LogSigner;
use crate::machine::{StateMachine, StateReader};
use crate::publication::Publication;
use crate::{advertise, trust};
use ct_core::Code;
use ct_core::limits::MAX_ENVELOPE_BYTES;
use ct_keys::{KeyFile, Role};
use std::fs;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
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
    neighbours: Option<Neighbours>,
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
        let store = config.store()?;
        store.claim(&format!("node {} of {}\n", config.node, signer_origin.as_str()))?;
        let publication = if config.data.join(FENCE_FOLDER).exists() {
            Publication::open_in(store, signer)?
        } else {
            Publication::create_in(store, signer)?
        };
        claim(&config)?;
        let limits = Limits { body_bytes: MAX_ENVELOPE_BYTES, connections: config.connections, ..Limits::default() };
        let server = Server::bind(config.listen, limits)?;
        let mut telemetry = Telemetry::new(&format!("node-{}", config.node), entropy);
        let metrics = Arc::new(ServiceMetrics::register(telemetry.registry_mut()));
        let machine = StateMachine::open(&config.data.join("state").join("machine.redb"))?;
        let state = machine.reader();
        // So that a list of witnesses that cannot be used is told at once.
        let witnesses = OverHttp::new(&config, &signer_origin, Arc::new(trust), state.clone(), Clock::clone(&clock))?;
        let mut settings = ConsensusSettings::new(config.node, &config.data.join("wal"));
        settings.persist_after_bytes = config.persist_after_bytes;
        let neighbours = config.peers.clone().map(|peers| {
            let entropy = Entropy::from_seed(&entropy.bytes());
            Neighbours::open(config.node, peers, &clock, entropy)
        });
        let neighbours = neighbours.transpose()?;
        let consensus = match &neighbours {
            None => Consensus::start(settings, machine)?,
            Some(Neighbours { members, network, beginning, .. }) => {
                let (members, network, beginning) = (members.clone(), Arc::clone(network), *beginning);
                let api = config.advertise.clone().unwrap_or_else(|| url_of(&server));
                Consensus::join(settings, machine, Cluster { members, network, api, beginning })?
            }
        };
        neighbours.iter().try_for_each(Neighbours::has_begun)?;
        let consensus = Arc::new(consensus);
        telemetry.registry_mut().register_collector(Box::new(Vitals::new(&consensus, state.clone())));
        Ok(Self { config, clock, server, telemetry, metrics, publication, witnesses, state, consensus, neighbours })
    }

    /// `http://HOST:PORT`, with the port that was chosen.
    #[must_use]
    pub fn url(&self) -> String {
        url_of(&self.server)
    }

    /// Serves until `shutdown` is ready; then takes nothing more, answers what it has taken, publishes nothing
    /// half-way, and closes the log.
    ///
    /// # Errors
    /// `tampered.state` if the state is not what was published; `io.*`; those of a bootstrap.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) -> Result<Drained> {
        let url = self.url();
        let Self { config, clock, server, telemetry, metrics, publication, witnesses, state, consensus, neighbours } =
            self;
        let proposer: Arc<dyn Propose> = Arc::clone(&consensus) as _;
        let mut founding = tokio::spawn(found(config.clone(), state.clone(), Arc::clone(&proposer)));
        // Alone, it need not wait for anybody, and what is wrong is told before anything is served.
        let leads = matches!(proposer.leadership(), Leadership::Leads { .. });
        let mut founded = leads && neighbours.as_ref().is_none_or(|neighbours| neighbours.members.len() == 1);
        if founded {
            ended(&mut founding).await?;
        }
        let handle = Handle::current();
        let source = neighbours.as_ref().map(|neighbours| {
            let others = neighbours.members.iter().filter(|member| member.node != config.node).cloned();
            let (network, members) = (Arc::clone(&neighbours.network), others.collect());
            Box::new(FromOthers { network, members, runtime: handle.clone() }) as Box<dyn EntrySource>
        });
        let (of_state, of_metrics, proposes) = (state.clone(), Arc::clone(&metrics), Arc::clone(&proposer));
        let publisher = tokio::task::spawn_blocking(move || {
            let parts = PublisherParts {
                publication,
                state: of_state,
                proposer: proposes,
                cosign: Box::new(witnesses),
                source,
                metrics: of_metrics,
                settings: config.publisher,
            };
            Publisher::start(parts, handle)
        });
        let unstarted = |_| Error::new(Code::Internal, "publication", "could not begin", "report this");
        let publisher = publisher.await.map_err(unstarted)??;
        let admission =
            Admission::new(state.clone(), Clock::clone(&clock), Arc::clone(&metrics), config.workers, config.waiting)
                .audited(&config.data.join(FENCE_FOLDER));
        let (sequencer, sequenced) = Sequencer::start(Arc::clone(&proposer), clock, metrics, config.sequencer);
        let archive = Archive::of(config.store()?);
        let standing = standing(config.node, Arc::clone(&consensus));
        let answers = Answers {
            consensus: consensus.receiver(),
            archive: Arc::new(Archive::of(config.store()?)),
            published: publisher.published(),
            transfers: Transfers::new(config.node, state.clone(), &config.data),
        };
        let talking = neighbours.map(|neighbours| Talking::start(neighbours, answers)).transpose()?;
        let api = Api::new(admission, sequencer, proposer, standing, state, archive, &publisher);
        let telemetry = Arc::new(telemetry);
        let files = match &config.bucket {
            None => LogFiles::new(&config.data.join("log")),
            Some(_) => LogFiles::of(config.store()?),
        };
        let routes = api.routes(&files).merge(telemetry.routes());
        let advertised = advertise::Advertised::write(&config.api, &url)?;
        let (failed, mut failure) = oneshot::channel();
        let trouble = gives_up(publisher.failure(), Arc::clone(&consensus));
        let stop = async move {
            tokio::pin!(shutdown, trouble);
            loop {
                tokio::select! {
                    () = &mut shutdown => break,
                    error = &mut trouble => break drop(failed.send(error)),
                    begun = ended(&mut founding), if !founded => match begun {
                        Ok(()) => founded = true,
                        Err(error) => break drop(failed.send(error)),
                    },
                }
            }
            founding.abort();
        };
        let drained = server.serve(routes, telemetry, stop).await;
        drop(advertised);
        // The routes are gone, and with them every way into the queue.
        let mut ended = Box::pin(async move {
            let _ = sequenced.await;
            let _ = tokio::task::spawn_blocking(move || publisher.stop()).await;
        });
        if timeout(ENDING, &mut ended).await.is_err() {
            // No majority answers: what is under way stays unknown to whoever asked.
            consensus.abandon().await;
            let _ = timeout(CLOSING, ended).await;
        }
        if let Some(talking) = talking {
            talking.end().await;
        }
        let closed =
            tokio::task::spawn_blocking(move || Arc::into_inner(consensus).map_or(Ok(()), Consensus::shutdown));
        let hangs = || Error::new(Code::Internal, "the node", "did not close its log in time", "start it again");
        let closed = timeout(CLOSING, closed).await.map_err(|_| hangs())?.map_err(|_| hangs())?;
        if let Ok(error) = failure.try_recv() {
            return Err(error);
        }
        closed?;
        drained
    }
}

/// Sees to it that the folder is this node's own: what another node has promised must not be confirmed twice.
fn claim(config: &NodeConfig) -> Result<()> {
    let path = config.data.join(OWNER);
    let own = format!("{}\n", config.node);
    match read_text(&path, MAX_OWNER_BYTES) {
        Ok(text) if text == own => Ok(()),
        Ok(text) => {
            let what = format!("is the folder of node {}", text.trim().escape_debug());
            let next =
                "give each node a folder of its own; one that has lost its folder starts with none and catches up";
            Err(Error::new(Code::MalformedConfig, shown(&config.data), what, next))
        }
        Err(error) if error.code() == Code::IoNotFound => durable::replace(&path, own.as_bytes()),
        Err(error) => Err(error),
    }
}

/// What came of a task; none twice.
async fn ended(task: &mut JoinHandle<Result<()>>) -> Result<()> {
    task.await.unwrap_or_else(|_| Err(Error::new(Code::Internal, "the node", "could not begin", "report this")))
}

fn url_of(server: &Server) -> String {
    format!("http://{}", server.local_addr())
}

/// Listening to the other nodes, until it is told to end.
struct Talking {
    _advertised: advertise::Advertised,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<()>>,
}

impl Talking {
    fn start(neighbours: Neighbours, answers: Answers) -> Result<Self> {
        let advertised = neighbours.advertise()?;
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(neighbours.server.serve(Arc::new(answers), async move { drop(stopped.await) }));
        Ok(Self { _advertised: advertised, stop, served })
    }

    async fn end(self) {
        drop(self.stop);
        // It closes connections, and cuts off those that do not end.
        let _ = self.served.await;
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

/// Says whose folder it is.
const OWNER: &str = "node";
const MAX_OWNER_BYTES: usize = 64;
/// Made with the first lock of a new log.
const FENCE_FOLDER: &str = "state";
/// How often it is asked whether consensus still runs.
const WATCHED: Duration = Duration::from_millis(200);
/// For a majority to confirm what is under way when the node stops.
const ENDING: Duration = Duration::from_secs(10);
/// For the disk, and a witness that is being asked, when the node stops.
const CLOSING: Duration = Duration::from_secs(30);
