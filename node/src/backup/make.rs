//! Making a backup of a node, whether it runs or not.

use super::continuity::{self, checkpoint_of};
use super::manifest::Manifest;
use super::{CHECKPOINT, MANIFEST, STATE, SUMS, listing, transfer, tree_files};
use crate::documents::DocumentFile;
use crate::entropy::Entropy;
use crate::error::{Error, Result};
use crate::log_signer::LogSigner;
use crate::machine::{Anchored, Meta, StateMachine, StateReader};
use crate::service::{NodeConfig, PeerSettings};
use crate::store::Store;
use crate::tile_reader::log_path;
use crate::{consensus, durable, lock, quorum, trust};
use ct_core::limits::MAX_NOTE_BYTES;
use ct_core::{Code, Hash, Note, Timestamp, TreeSize};
use ct_keys::{KeyFile, Role};
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// What it says about itself.
    pub manifest: Manifest,
    /// Entries that stand in its tiles.
    pub published: TreeSize,
    /// SHA-256 of its manifest, which names everything in it: equal for two copies of one backup.
    pub hash: Hash,
}

/// Makes a backup of the node with this configuration in `out`, which does not exist or is empty: all of it or nothing.
/// Blocks: not for an event loop.
///
/// A node that runs is asked for its state with its own key, and goes on; the state of one that does not is read.
///
/// # Errors
/// `io.exists` if there is anything in `out`; `not_anchored.pending` if nothing was published yet; `incomplete.node` if
/// the node was killed, and its state is behind its log, or it lacks entries; `tampered.*` if what it has is not of one
/// history; `not_anchored.*` if its checkpoint is not what the trust root demands; `malformed.config` without a peer key;
/// `io.*`.
pub fn make(config: &NodeConfig, out: &Path, now: Timestamp, entropy: &mut Entropy) -> Result<Made> {
    peers(config)?;
    let mut made = None;
    durable::fill_directory(out, |stage| {
        let held = take_state(config, now, entropy, &stage.join(STATE))?;
        made = Some(fill(config, stage, now)?);
        drop(held);
        Ok(())
    })?;
    made.ok_or_else(|| Error::new(Code::Internal, "the backup", "was not made", "report this"))
}

/// The settings by which a node proves itself.
///
/// # Errors
/// `malformed.config` if there are none.
pub(super) fn peers(config: &NodeConfig) -> Result<&PeerSettings> {
    config.peers.as_ref().ok_or_else(|| {
        let next = "give the node a key: peer_key, peer_listen and a [[peer]] section of its own";
        Error::new(Code::MalformedConfig, "the configuration", "has no peer_key to sign a backup with", next)
    })
}

/// Writes the state into the file `out`. A node that does not run is kept from being started as long as the answer is
/// there.
fn take_state(config: &NodeConfig, now: Timestamp, entropy: &mut Entropy, out: &Path) -> Result<Option<File>> {
    let folder = config.data.join("state");
    let path = folder.join("machine.redb");
    fs::metadata(&path).map_err(|source| Error::reading(&path, &source))?;
    let Some(held) = lock::try_lock(&folder)? else {
        transfer::fetch(config.node, peers(config)?, now, entropy, out)?;
        return Ok(None);
    };
    let machine = StateMachine::open(&path)?;
    if consensus::is_unapplied(&config.data.join("wal"), machine.applied()?.as_deref())? {
        let what = "has more in wal than in its state: it was killed, or stopped in the middle of something";
        let next = "start it, and make the backup while it runs";
        return Err(Error::new(Code::IncompleteNode, "this node", what, next));
    }
    transfer::write(&machine.reader(), out)?;
    Ok(Some(held))
}

fn fill(config: &NodeConfig, stage: &Path, now: Timestamp) -> Result<Made> {
    let checked = Checked::load(stage)?;
    let from = config.store()?;
    let to = Store::open(stage)?;
    let (note, current) = note(config, &from, &checked.meta)?;
    let checkpoint = checkpoint_of(&note, "the checkpoint")?;
    let state = DocumentFile::examine(&stage.join(STATE))?;
    let mut lines = listing::line(state.hash, STATE);
    to.create(CHECKPOINT, note.as_bytes())?;
    lines.push_str(&listing::line(Hash::of(note.as_bytes()), CHECKPOINT));
    for tile in tree_files::tiles(checkpoint.size()) {
        let (path, bytes) = (log_path(tile), tree_files::read(&from, tile, current)?);
        to.create(&path, &bytes)?;
        lines.push_str(&listing::line(Hash::of(&bytes), path));
    }
    continuity::check(&to, &checkpoint, &checked.meta, &checked.state)?;
    durable::create(&stage.join(SUMS), lines.as_bytes())?;
    let Meta { origin, tree, sealed, anchored, .. } = &checked.meta;
    let manifest = Manifest {
        origin: origin.clone(),
        node: config.node,
        made: now,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        generation: sealed.generation,
        size: tree.size(),
        root: tree.root(),
        sealed: sealed.size,
        anchored: anchored.seal.size,
        checkpoint: note,
        state_length: state.length,
        state_hash: state.hash,
        sums: Hash::of(lines.as_bytes()),
    };
    checked.remove()?;
    let bytes = manifest.sign(KeyFile::read(&peers(config)?.key, Role::Tls)?.signing_key());
    durable::create(&stage.join(MANIFEST), &bytes)?;
    Ok(Made { manifest, published: checkpoint.size(), hash: Hash::of(&bytes) })
}

/// The state as it would be restored: what cannot be read is no backup.
struct Checked {
    machine: StateMachine,
    state: StateReader,
    meta: Meta,
    path: PathBuf,
}

impl Checked {
    fn load(stage: &Path) -> Result<Self> {
        let (file, path) = (stage.join(STATE), stage.join("checked.redb"));
        let mut machine = StateMachine::open(&path)?;
        let mut source = BufReader::new(File::open(&file).map_err(|source| Error::reading(&file, &source))?);
        machine.restore(&mut source)?;
        let state = machine.reader();
        let meta = state.meta().ok_or_else(|| nothing_published("has no entry yet"))?;
        Ok(Self { machine, state, meta, path })
    }

    fn remove(self) -> Result<()> {
        drop((self.machine, self.state));
        fs::remove_file(&self.path).map_err(|source| Error::writing(&self.path, &source))
    }
}

/// The checkpoint up to which tiles are copied, and up to where this node has published by now. The first is what the
/// state says is final, or what is published, if that is less: then the entries between them are in the state.
fn note(config: &NodeConfig, store: &Store, meta: &Meta) -> Result<(String, TreeSize)> {
    let bad = |code, what| Error::new(code, store.shown(CHECKPOINT), what, "see: ct-node fsck");
    let bytes = store.read(CHECKPOINT)?.ok_or_else(|| nothing_published("has published nothing yet"))?;
    if bytes.len() > MAX_NOTE_BYTES {
        return Err(bad(Code::LimitLength, "is too long for a checkpoint"));
    }
    let published = String::from_utf8(bytes).map_err(|_| bad(Code::MalformedUtf8, "is not text"))?;
    let current = checkpoint_of(&published, &store.shown(CHECKPOINT))?.size();
    let Anchored { seal, signatures } = &meta.anchored;
    let note = if current <= seal.size {
        published
    } else {
        // It has gone on since the state was taken. The log's signature on what a quorum has cosigned is the same
        // bytes again.
        let signer = LogSigner::new(KeyFile::read(&config.log_key, Role::Log)?)?;
        let signed = signer.sign(seal.size, seal.root)?;
        let lines = Note::from_parts(&signed.checkpoint().text(), signatures)?.signatures().to_vec();
        signed.note(&lines)
    };
    let trust = trust::read(&config.trust)?;
    let parsed = Note::parse(&note)?;
    let demanded = quorum::demand_log(&trust, &meta.origin, &parsed).and_then(|()| quorum::demand(&trust, &parsed));
    demanded.map_err(|error| Error::new(error.code(), error.place(), error.what(), "see: ct-node status"))?;
    Ok((note, current))
}

fn nothing_published(what: &str) -> Error {
    Error::new(Code::NotAnchoredPending, "this node", what, "make a backup when it has: there is nothing to lose yet")
}
