//! A node's configuration file. Settings: `docs/log-service.md`.

use super::{PeerEntry, PeerSettings, PublisherSettings, SequencerLimits};
use crate::bucket::Bucket;
use crate::config_file;
use crate::cosigners::{Address, Cosigner};
use crate::error::{Error, Result};
use crate::peers::{FrameSigning, PeerAddress};
use crate::store::Store;
use ct_core::limits::MAX_MEMBERS;
use ct_core::{SignatureType, VerifierKey};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a node is told about itself.
#[derive(Clone, Debug)]
pub struct NodeConfig {
    /// Its number among the nodes of the log, from 1.
    pub node: u64,
    /// Where it listens.
    pub listen: SocketAddr,
    /// The folder with everything that it stores; made if it does not exist.
    pub data: PathBuf,
    /// Where the published files are, if not in that folder.
    pub bucket: Option<Bucket>,
    /// The log's key file.
    pub log_key: PathBuf,
    /// The trust root by which statements are admitted.
    pub trust: PathBuf,
    /// The log's first entry.
    pub genesis: PathBuf,
    /// Public keys of those who may submit.
    pub clients: Vec<PathBuf>,
    /// The file that it writes its URL into once it listens: `api` beside the configuration.
    pub api: PathBuf,
    /// What clients are told to reach it by; where it listens, if nothing else is configured.
    pub advertise: Option<String>,
    /// The other nodes of the log; `None` for a node that is alone for ever.
    pub peers: Option<PeerSettings>,
    /// The witnesses, each once.
    pub witnesses: Vec<Cosigner>,
    /// Threads that verify requests.
    pub workers: usize,
    /// Requests that may wait for them.
    pub waiting: usize,
    /// Connections at once.
    pub connections: usize,
    /// After how many bytes of its log a node makes its state durable.
    pub persist_after_bytes: usize,
    /// Batches.
    pub sequencer: SequencerLimits,
    /// When checkpoints are published.
    pub publisher: PublisherSettings,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    node: u64,
    listen: SocketAddr,
    data: PathBuf,
    log_key: PathBuf,
    trust: PathBuf,
    genesis: PathBuf,
    clients: Vec<PathBuf>,
    advertise: Option<String>,
    peer_listen: Option<SocketAddr>,
    peer_key: Option<PathBuf>,
    #[serde(default)]
    sign_frames: bool,
    #[serde(default)]
    peer: Vec<Peer>,
    #[serde(default)]
    witness: Vec<Witness>,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    publish: Publish,
    store: Option<StoreSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoreSection {
    url: String,
    endpoint: Option<String>,
    region: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Peer {
    node: u64,
    key: PathBuf,
    address: Option<String>,
    address_file: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Witness {
    vkey: String,
    url: Option<String>,
    url_file: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Limits {
    workers: usize,
    waiting: usize,
    connections: usize,
    queue: usize,
    persist_kib: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        // What is applied again after a crash: some ten thousand statements, a second or less.
        let persist_kib = 16 << 10;
        Self { workers: cores, waiting: 512, connections: 1_024, queue: SequencerLimits::default().queue, persist_kib }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Publish {
    interval_ms: u64,
    renewal_s: u64,
}

impl Default for Publish {
    fn default() -> Self {
        let PublisherSettings { interval, renewal, .. } = PublisherSettings::default();
        Self { interval_ms: u64::try_from(interval.as_millis()).unwrap_or(u64::MAX), renewal_s: renewal.as_secs() }
    }
}

impl NodeConfig {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// `malformed.config` for anything that is not as `docs/log-service.md` says; `io.*`; `limit.length`.
    pub fn read(path: &Path) -> Result<Self> {
        config_file::read(path, "docs/log-service.md", Self::parse)
    }

    /// What the node stores, published files included.
    ///
    /// # Errors
    /// Those of [`Store::open`] and [`Store::open_in`].
    pub fn store(&self) -> Result<Store> {
        self.bucket.as_ref().map_or_else(|| Store::open(&self.data), |bucket| Store::open_in(&self.data, bucket))
    }

    fn parse(text: &str, folder: &Path) -> std::result::Result<Self, String> {
        let file: File = config_file::parse(text)?;
        if file.node == 0 {
            return Err("node = 0: nodes are numbered from 1".to_owned());
        }
        let Limits { workers, waiting, connections, queue, persist_kib } = file.limits;
        for (name, value) in [
            ("workers", workers),
            ("waiting", waiting),
            ("connections", connections),
            ("queue", queue),
            ("persist_kib", persist_kib),
        ] {
            if value == 0 || value > MAX_LIMIT {
                return Err(format!("limits.{name} = {value}: use 1 to {MAX_LIMIT}"));
            }
        }
        let mut witnesses: Vec<Cosigner> = Vec::new();
        for witness in file.witness {
            let read = witness.read(folder)?;
            if witnesses.iter().any(|other| other.vkey.key() == read.vkey.key()) {
                return Err(format!("the witness {} stands here twice", read.vkey.name().as_str()));
            }
            witnesses.push(read);
        }
        let signing = if file.sign_frames { FrameSigning::EveryFrame } else { FrameSigning::Channel };
        let peers = match (file.peer_listen, file.peer_key) {
            (None, None) if file.peer.is_empty() => None,
            (Some(listen), Some(key)) => Some(PeerSettings {
                listen,
                key: folder.join(key),
                advertised: folder.join("peer"),
                first_start: folder.join("first-start"),
                peers: peers(file.peer, file.node, folder)?,
                signing,
            }),
            _ => return Err("peer_listen, peer_key and [[peer]] sections go together".to_owned()),
        };
        if let Some(url) = &file.advertise
            && !(url.starts_with("http://") || url.starts_with("https://"))
        {
            return Err(format!("advertise = {url:?}: write the URL that clients use"));
        }
        let Publish { interval_ms, renewal_s } = file.publish;
        if interval_ms < LEAST_INTERVAL_MS || renewal_s == 0 {
            return Err(format!("publish: use interval_ms from {LEAST_INTERVAL_MS} and renewal_s from 1"));
        }
        let (interval, renewal) = (Duration::from_millis(interval_ms), Duration::from_secs(renewal_s));
        let bucket = file
            .store
            .as_ref()
            .map(|store| Bucket::parse(&store.url, store.endpoint.as_deref(), store.region.as_deref()));
        Ok(Self {
            node: file.node,
            listen: file.listen,
            data: folder.join(file.data),
            bucket: bucket.transpose()?,
            log_key: folder.join(file.log_key),
            trust: folder.join(file.trust),
            genesis: folder.join(file.genesis),
            clients: file.clients.iter().map(|path| folder.join(path)).collect(),
            api: folder.join("api"),
            advertise: file.advertise,
            peers,
            persist_after_bytes: persist_kib << 10,
            witnesses,
            workers,
            waiting,
            connections,
            sequencer: SequencerLimits { queue, ..SequencerLimits::default() },
            publisher: PublisherSettings { interval, renewal, ..PublisherSettings::default() },
        })
    }
}

/// Every node once, this one included.
fn peers(peers: Vec<Peer>, own: u64, folder: &Path) -> std::result::Result<Vec<PeerEntry>, String> {
    let mut entries: Vec<PeerEntry> = Vec::new();
    for Peer { node, key, address, address_file } in peers {
        let address = match (address, address_file) {
            (Some(text), None) => PeerAddress::Fixed(text.parse().map_err(|error: Error| error.to_string())?),
            (None, Some(path)) => PeerAddress::File(folder.join(path)),
            _ => return Err(format!("peer {node} needs either an address or an address_file")),
        };
        if node == 0 || entries.iter().any(|other| other.node == node) {
            return Err(format!("peer {node} stands here twice, or has no number from 1"));
        }
        entries.push(PeerEntry { node, key: folder.join(key), address });
    }
    if entries.len() > MAX_MEMBERS {
        return Err(format!("there are more than {MAX_MEMBERS} peers"));
    }
    if !entries.iter().any(|entry| entry.node == own) {
        return Err(format!("there is no [[peer]] section of this node, {own}"));
    }
    Ok(entries)
}

impl Witness {
    fn read(self, folder: &Path) -> std::result::Result<Cosigner, String> {
        let vkey = VerifierKey::parse(&self.vkey)
            .map_err(|_| format!("{:?} is no verifier key, or its ID is not its own", self.vkey))?;
        if vkey.signature_type() != SignatureType::Cosignature {
            return Err(format!("the vkey of {} is not that of a witness", vkey.name().as_str()));
        }
        let address = match (self.url, self.url_file) {
            (Some(url), None) => Address::Url(url),
            (None, Some(path)) => Address::File(folder.join(path)),
            _ => return Err(format!("the witness {} needs either a url or a url_file", vkey.name().as_str())),
        };
        Ok(Cosigner { vkey, address })
    }
}

const MAX_LIMIT: usize = 1_000_000;
const LEAST_INTERVAL_MS: u64 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "node = 1\nlisten = \"127.0.0.1:0\"\ndata = \"data\"\nlog_key = \"k\"\ntrust = \"t\"\n\
                        genesis = \"g\"\nclients = []\n";

    const PEERS: &str = "peer_listen = \"127.0.0.1:0\"\npeer_key = \"p\"\n[[peer]]\nnode = 1\nkey = \"1\"\n\
                         address_file = \"peer\"\n[[peer]]\nnode = 2\nkey = \"2\"\naddress = \"host:1\"\n";

    fn problem(text: &str) -> String {
        NodeConfig::parse(text, Path::new("folder")).map(|_| String::new()).unwrap_or_else(|what| what)
    }

    // A program without buckets does not put into a folder what was to be in a bucket.
    #[cfg(not(feature = "s3"))]
    #[test]
    fn a_bucket_is_not_passed_over() {
        let config = NodeConfig::parse(&format!("{GOOD}[store]\nurl = \"s3://b/p\"\n"), &std::env::temp_dir());
        let mut config = config.unwrap();
        config.data = std::env::temp_dir();
        assert_eq!(config.store().map_err(|error| error.code()).map(drop), Err(ct_core::Code::MalformedConfig));
    }

    #[test]
    fn paths_count_from_the_folder() {
        let config = NodeConfig::parse(GOOD, Path::new("folder")).unwrap();
        assert_eq!((config.data, config.api), (PathBuf::from("folder/data"), PathBuf::from("folder/api")));
    }

    // Each mistake by what it says: a setting that is not known is never passed over.
    #[test]
    fn every_mistake_is_named() {
        assert_eq!(problem(GOOD), "");
        for (text, what) in [
            (GOOD.replace("data =", "dada ="), "line 3: unknown field `dada`"),
            (GOOD.replace("node = 1", "node = 0"), "node = 0: nodes are numbered from 1"),
            (format!("{GOOD}[limits]\nworkers = 0\n"), "limits.workers = 0: use 1 to 1000000"),
            (format!("{GOOD}[[witness]]\nvkey = \"x\"\nurl = \"y\"\n"), "\"x\" is no verifier key"),
            (format!("{GOOD}[publish]\nevery = 1\n"), "line 9: unknown field `every`"),
            (GOOD.replace("listen = \"127.0.0.1:0\"\n", ""), "line 1: missing field `listen`"),
            (format!("{GOOD}advertise = \"node-1\"\n"), "advertise = \"node-1\": write the URL"),
            (format!("{GOOD}peer_key = \"k\"\n"), "peer_listen, peer_key and [[peer]] sections go together"),
            (format!("{GOOD}{PEERS}"), ""),
            (format!("{GOOD}[store]\nurl = \"s3://bucket/node-1\"\n"), ""),
            (format!("{GOOD}[store]\nurl = \"/bucket/node-1\"\n"), "store.url = \"/bucket/node-1\": write s3://"),
            (format!("{GOOD}[store]\nregion = \"here\"\n"), "line 8: missing field `url`"),
            (format!("{GOOD}[store]\nurl = \"s3://b/p\"\nsecret = \"x\"\n"), "line 10: unknown field `secret`"),
            (
                format!("{GOOD}{}", PEERS.replace("node = 1", "node = 3")),
                "there is no [[peer]] section of this node, 1",
            ),
            (format!("{GOOD}{}", PEERS.replace("node = 2", "node = 1")), "peer 1 stands here twice"),
            (format!("{GOOD}{}", PEERS.replace("host:1", "host")), "address: \"host\" is none"),
            (format!("{GOOD}{}", PEERS.replace("address = \"host:1\"", "")), "peer 2 needs either an address or"),
        ] {
            assert!(problem(&text).starts_with(what), "{}", problem(&text));
        }
    }
}
