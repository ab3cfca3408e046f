//! The other nodes of the log: how they are reached, what they are answered, and what they can be asked for.

use super::{Archive, Clock, EntrySource, Published};
use crate::advertise::Advertised;
use crate::backup::Transfers;
use crate::consensus::Beginning;
use crate::documents::read_text;
use crate::entropy::Entropy;
use crate::error::{Error, Result, shown};
use crate::peers::{
    Dialer, FrameSigning, Identity, Member, MessageKind, Network, PeerAddress, PeerLimits, PeerServer, Receive,
};
use ct_core::Code;
use ct_core::cbor::{Reader, Writer};
use ct_core::limits::MAX_ENTRY_BYTES;
use ct_keys::{KeyFile, PublicKey, Role};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::spawn_blocking;

/// What a node is told about the other nodes of its log.
#[derive(Clone, Debug)]
pub struct PeerSettings {
    /// Where it listens to them.
    pub listen: SocketAddr,
    /// The key file that it proves itself with.
    pub key: PathBuf,
    /// The file that it writes its address into: `peer` beside the configuration.
    pub advertised: PathBuf,
    /// A file that is there until the first start: it says what a node without anything on disk is.
    pub first_start: PathBuf,
    /// Every node, this one included.
    pub peers: Vec<PeerEntry>,
    /// Whether frames are signed one by one.
    pub signing: FrameSigning,
}

/// One of the nodes, by the configuration.
#[derive(Clone, Debug)]
pub struct PeerEntry {
    /// Its number.
    pub node: u64,
    /// The file of its public key.
    pub key: PathBuf,
    /// How it is reached.
    pub address: PeerAddress,
}

/// This node among the others, before it takes part.
pub(super) struct Neighbours {
    pub(super) members: Vec<Member>,
    pub(super) network: Arc<dyn Network>,
    pub(super) server: PeerServer,
    pub(super) beginning: Beginning,
    settings: PeerSettings,
}

impl Neighbours {
    /// Reads keys and listens. Blocks.
    ///
    /// # Errors
    /// `io.key_file`, `io.port_in_use`, `io.*`; `malformed.config`.
    pub(super) fn open(node: u64, settings: PeerSettings, clock: &Clock, entropy: Entropy) -> Result<Self> {
        let key = KeyFile::read(&settings.key, Role::Tls)?;
        let identity = Arc::new(Identity::new(node, key, settings.signing, Clock::clone(clock))?);
        let mut members = Vec::new();
        let mut addresses = BTreeMap::new();
        for PeerEntry { node, key, address } in &settings.peers {
            let key = *PublicKey::read(key, Role::Tls)?.verifying_key().as_bytes();
            let fixed = if let PeerAddress::Fixed(fixed) = address { fixed.to_string() } else { String::new() };
            members.push(Member { node: *node, key, address: fixed });
            addresses.insert(*node, address.clone());
        }
        let own = members.iter().find(|member| member.node == node);
        if own.is_none_or(|own| own.key != identity.key()) {
            let next = "give this node a [[peer]] section with the public half of its peer_key";
            return Err(Error::new(
                Code::MalformedConfig,
                "the configuration",
                "does not name this node's own key",
                next,
            ));
        }
        let beginning = beginning(&settings.first_start)?;
        let server = PeerServer::bind(settings.listen, Arc::clone(&identity), PeerLimits::default())?;
        let network = Arc::new(Dialer::new(identity, addresses, CONNECT, entropy));
        Ok(Self { members, network, server, beginning, settings })
    }

    /// Forgets that this was the first start: what it says is in the log now.
    ///
    /// # Errors
    /// `io.*`
    pub(super) fn has_begun(&self) -> Result<()> {
        let first = &self.settings.first_start;
        match fs::remove_file(first) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(Error::writing(first, &source)),
            _ => Ok(()),
        }
    }

    /// Tells the others where it is, for as long as the answer is kept.
    ///
    /// # Errors
    /// `io.*`
    pub(super) fn advertise(&self) -> Result<Advertised> {
        Advertised::write(&self.settings.advertised, &self.server.local_addr().to_string())
    }
}

fn beginning(path: &Path) -> Result<Beginning> {
    match read_text(path, MAX_WORD_BYTES) {
        Ok(text) if text.trim() == "founds" => Ok(Beginning::Founds),
        Ok(text) if text.trim() == "joins" => Ok(Beginning::Joins),
        Ok(_) => {
            let next = "it says founds or joins, before the first start only";
            Err(Error::new(Code::MalformedConfig, shown(path), "says something else", next))
        }
        Err(error) if error.code() == Code::IoNotFound => Ok(Beginning::Returns),
        Err(error) => Err(error),
    }
}

/// Answers the others: consensus does, but for entries, which stand in this node's published files, and for backups.
pub(super) struct Answers {
    pub(super) consensus: Arc<dyn Receive>,
    pub(super) archive: Arc<Archive>,
    pub(super) published: watch::Receiver<Option<Published>>,
    pub(super) transfers: Transfers,
}

impl Answers {
    async fn entries(&self, payload: &[u8]) -> Result<Vec<u8>> {
        let bad = |_| {
            let what = "is no question for entries";
            Error::new(Code::MalformedFrame, "a message", what, "use the same version of ct-node on all nodes")
        };
        let mut r = Reader::new(payload);
        let mut read = || {
            r.array_exact("entries", 2)?;
            Ok((r.uint("entries.first")?, r.uint("entries.most")?))
        };
        let (first, most) = read().map_err(bad)?;
        r.end().map_err(bad)?;
        let most = usize::try_from(most).unwrap_or(usize::MAX).min(MAX_ENTRIES);
        let nothing = || Error::new(Code::NotAnchoredPending, "this node", "has published nothing yet", "ask another");
        let size = self.published.borrow().as_ref().map(|published| published.size).ok_or_else(nothing)?;
        let archive = Arc::clone(&self.archive);
        let read = spawn_blocking(move || archive.portion(first, most, size));
        let entries =
            read.await.map_err(|_| Error::new(Code::Internal, "entries", "were not read", "report this"))??;
        let mut w = Writer::new();
        w.array(entries.len());
        for entry in &entries {
            w.bytes(entry);
        }
        Ok(w.finish())
    }
}

impl Receive for Answers {
    fn receive(
        &self,
        from: u64,
        kind: MessageKind,
        payload: Vec<u8>,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send + '_>> {
        match kind {
            MessageKind::Entries => Box::pin(async move { self.entries(&payload).await }),
            MessageKind::Backup => Box::pin(async move { self.transfers.answer(from, &payload).await }),
            _ => self.consensus.receive(from, kind, payload),
        }
    }

    fn member(&self, key: &[u8; 32]) -> Option<u64> {
        self.consensus.member(key)
    }
}

/// Entries from the other nodes, one after the other.
pub(super) struct FromOthers {
    pub(super) network: Arc<dyn Network>,
    /// All but this node; the first is asked first.
    pub(super) members: Vec<Member>,
    pub(super) runtime: Handle,
}

impl FromOthers {
    fn name(&self) -> String {
        self.members.first().map_or_else(|| "nobody".to_owned(), |member| format!("node {}", member.node))
    }
}

impl EntrySource for FromOthers {
    fn entries(&mut self, first: u64, count: usize) -> Result<Vec<Vec<u8>>> {
        let Some(member) = self.members.first() else {
            return Err(Error::new(Code::IoNetwork, "the other nodes", "are not known", "see the configuration"));
        };
        let mut w = Writer::new();
        w.array(2).uint(first).uint(u64::try_from(count).unwrap_or(u64::MAX));
        let asked = self.network.call(member, MessageKind::Entries, w.finish(), PATIENCE);
        let reply = self.runtime.block_on(asked)?;
        let mut r = Reader::new(&reply);
        let mut entries = Vec::new();
        for _ in 0..r.array("entries", MAX_ENTRIES)? {
            entries.push(r.bytes("entry", MAX_ENTRY_BYTES)?.to_vec());
        }
        r.end()?;
        Ok(entries)
    }

    fn distrust(&mut self) -> String {
        let name = self.name();
        if !self.members.is_empty() {
            self.members.rotate_left(1);
        }
        name
    }
}

const CONNECT: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(10);
/// A word in a file.
const MAX_WORD_BYTES: usize = 64;
/// In one message.
const MAX_ENTRIES: usize = 65_536;
