//! Making a node's folder again from a backup.

use super::continuity::{self, checkpoint_of};
use super::extension;
use super::listing::Listing;
use super::make::peers;
use super::manifest::{MAX_MANIFEST_BYTES, Manifest, Signed};
use super::others;
use super::{CHECKPOINT, MANIFEST, STATE, SUMS, tree_files};
use crate::documents::{DocumentFile, read_at_most};
use crate::entropy::Entropy;
use crate::error::{Error, Result, shown};
use crate::fsck::{Audit, Folder, Judges, Seal, Source};
use crate::machine::{Meta, StateMachine};
use crate::service::NodeConfig;
use crate::store::Store;
use crate::tile_reader::{LOG, log_path};
use crate::{durable, quorum, restored, trust};
use ct_core::limits::MAX_NOTE_BYTES;
use ct_core::{Checkpoint, Code, Hash, Note, Timestamp, TreeSize, TrustRoot};
use ct_keys::{PublicKey, Role};
use std::fs::{self, File};
use std::io::{BufReader, ErrorKind};
use std::path::{Path, PathBuf};

/// Whose backups are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedBy {
    /// Those of a node that the configuration names.
    Peer,
    /// Those of any node: it is known from elsewhere that this is the right one.
    AnyNode,
}

/// What is to be done with the backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The node's folder is made from it.
    Folder,
    /// It is checked as if it were, and nothing is left behind.
    Nothing,
}

/// What is to be restored from where.
#[derive(Clone, Copy)]
pub struct Restore<'a> {
    /// The backup.
    pub from: &'a Path,
    /// Whose it must be.
    pub by: SignedBy,
    /// What is to be done with it.
    pub target: Target,
    /// Published files of the same log, which may have gone on after the backup; whoever has them need not be trusted.
    pub elsewhere: Option<&'a dyn Source>,
}

/// A backup that was checked from end to end: what continues what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// What it says about itself.
    pub manifest: Manifest,
    /// SHA-256 of its manifest: to be compared among the nodes of the log.
    pub hash: Hash,
    /// The checkpoint of the tiles, which were hashed again: that of the backup, or a later one from elsewhere.
    pub checkpoint: Checkpoint,
    /// Witnesses of the trust root that have cosigned that checkpoint.
    pub witnesses: usize,
    /// The latest time that one of them states.
    pub cosigned: Option<Timestamp>,
    /// Entries in the state, those in no tile included.
    pub size: TreeSize,
    /// A hash over everything that made the state what it is: equal on all nodes that are restored alike.
    pub history: Hash,
}

impl Restore<'_> {
    /// Makes the folder of the node with this configuration: whole, or not at all.
    ///
    /// Everything is checked first, in the copy that becomes the folder: the signature of the manifest, the hash of every
    /// file, the signatures of the log and of a quorum of witnesses by the trust root of the configuration, each hash of
    /// the tree, and that the state continues that tree. Entries from elsewhere are taken over if all of that holds for
    /// what is published there too, and it continues the backup. `now` and `entropy` serve to ask whether other nodes run.
    /// Blocks.
    ///
    /// # Errors
    /// `io.exists` if there is anything in the folder; `conflict.members` if another node runs; `unknown.peer` for a
    /// manifest of another node; `tampered.*`, `malformed.*`, `incomplete.file`, `unsupported.version` for a backup that
    /// is not what was written; `unknown.log`, `not_anchored.*`, `tampered.cosignature` if the trust root does not vouch
    /// for a checkpoint; `io.*`.
    pub fn run(&self, config: &NodeConfig, now: Timestamp, entropy: &mut Entropy) -> Result<Proven> {
        let data = resolved(&config.data)?;
        if let Some(bucket) = &config.bucket
            && self.target == Target::Folder
        {
            let what = "is not restored into: what was published there may be more than the backup";
            let next =
                "take the section [store] out, restore, and see docs/log-service.md for the way back into a bucket";
            return Err(Error::new(Code::MalformedConfig, bucket, what, next));
        }
        if self.target == Target::Folder {
            check_empty(&data)?;
            others::demand_stopped(config.node, peers(config)?, now, entropy)?;
        }
        let (manifest, hash) = manifest(config, self.from, self.by)?;
        let trust = trust::read(&config.trust)?;
        let mut vouched = vouched(&manifest.checkpoint, &trust)?;
        let backed_up = vouched.0.clone();
        let parent = data.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        let writing = |source| Error::writing(parent, &source);
        fs::create_dir_all(parent).map_err(writing)?;
        let stage = tempfile::Builder::new().prefix(".ct-node-").tempdir_in(parent).map_err(writing)?;
        let folder = stage.path().join("data");
        for dir in [&folder, &folder.join("state")] {
            fs::create_dir(dir).map_err(writing)?;
        }
        copy(self.from, &folder, &manifest, &backed_up)?;
        audit(&folder, &backed_up, &trust, None)?;
        let mut machine = install(&self.from.join(STATE), &folder, &manifest, &backed_up)?;
        if let Some(source) = self.elsewhere
            && let Some(further) = extension::extend(&folder, &mut machine, &manifest, &trust, source)?
        {
            vouched = further;
        }
        let nothing = || Error::new(Code::TamperedState, STATE, "is empty", ANOTHER);
        let Meta { tree, history, .. } = machine.reader().meta().ok_or_else(nothing)?;
        drop(machine);
        let (checkpoint, witnesses, cosigned) = vouched;
        if self.target == Target::Folder {
            settle(config, &folder, &data, &manifest, &checkpoint)?;
        }
        Ok(Proven { manifest, hash, checkpoint, witnesses, cosigned, size: tree.size(), history })
    }
}

/// Where the folder really is: it may be a link to another disk.
fn resolved(data: &Path) -> Result<PathBuf> {
    match fs::canonicalize(data) {
        Err(source) if source.kind() == ErrorKind::NotFound => Ok(data.to_owned()),
        found => found.map_err(|source| Error::reading(data, &source)),
    }
}

fn check_empty(data: &Path) -> Result<()> {
    let is_empty = match fs::read_dir(data) {
        Ok(mut entries) => entries.next().is_none(),
        Err(source) if source.kind() == ErrorKind::NotFound => true,
        Err(source) => return Err(Error::reading(data, &source)),
    };
    if is_empty {
        return Ok(());
    }
    let what = "there is something in this folder, and nothing is overwritten";
    Err(Error::new(Code::IoExists, shown(data), what, "stop the node, move the folder away, and try again"))
}

fn manifest(config: &NodeConfig, from: &Path, by: SignedBy) -> Result<(Manifest, Hash)> {
    let path = from.join(MANIFEST);
    let bytes = read_at_most(&path, MAX_MANIFEST_BYTES)?;
    let Signed { manifest, key } = Signed::parse(&bytes, &shown(&path))?;
    let mut known = by == SignedBy::AnyNode;
    for peer in &peers(config)?.peers {
        known |= *PublicKey::read(&peer.key, Role::Tls)?.verifying_key().as_bytes() == key;
    }
    if known {
        return Ok((manifest, Hash::of(&bytes)));
    }
    let what = "is signed with the key of no [[peer]] of the configuration";
    let next = "use a backup of this log; if you know for sure that it is one: --any-node-key";
    Err(Error::new(Code::UnknownPeer, shown(&path), what, next))
}

/// A checkpoint, how many witnesses of the trust root have cosigned it, and when the last.
pub(super) type Vouched = (Checkpoint, usize, Option<Timestamp>);

/// The checkpoint of this note, if the log's key in the trust root and a quorum of its witnesses have signed it.
pub(super) fn vouched(text: &str, trust: &TrustRoot) -> Result<Vouched> {
    let checkpoint = checkpoint_of(text, CHECKPOINT)?;
    let origin = trust::origin(trust.trust())?;
    if checkpoint.origin().as_str() != origin {
        let what = format!("is of the log {:?}, and the trust root is about {origin}", checkpoint.origin().as_str());
        return Err(Error::new(Code::UnknownLog, CHECKPOINT, what, "use what is of this log, or its trust root"));
    }
    let note = Note::parse(text)?;
    let demanded = quorum::demand_log(trust, origin, &note).and_then(|()| quorum::demand(trust, &note));
    demanded.map_err(|error| {
        let next = "use the log's own trust root; nothing was restored";
        Error::new(error.code(), error.place(), error.what(), next)
    })?;
    let times: Vec<Timestamp> = quorum::stated(trust, &note).filter_map(|(_, time)| time.ok()).collect();
    Ok((checkpoint, times.len(), times.into_iter().max()))
}

/// Copies what is published, each file only if it has its hash; and checks that of the state.
fn copy(from: &Path, folder: &Path, manifest: &Manifest, checkpoint: &Checkpoint) -> Result<()> {
    if examined(from, SUMS)?.hash != manifest.sums {
        return Err(tampered(from, SUMS));
    }
    let mut sums = Listing::open(from)?;
    let store = Store::open(folder)?;
    let state = examined(from, STATE)?;
    let is_state = |hash: Hash| state.hash == hash && hash == manifest.state_hash;
    if !is_state(sums.next(STATE)?) || state.length != manifest.state_length {
        return Err(tampered(from, STATE));
    }
    let mut take = |path: &str, most: usize| {
        let bytes = read_at_most(&from.join(path), most).map_err(missing)?;
        if Hash::of(&bytes) != sums.next(path)? {
            return Err(tampered(from, path));
        }
        store.create(path, &bytes).map(|()| bytes)
    };
    if take(CHECKPOINT, MAX_NOTE_BYTES)? != manifest.checkpoint.as_bytes() {
        return Err(tampered(from, CHECKPOINT));
    }
    for tile in tree_files::tiles(checkpoint.size()) {
        take(&log_path(tile), tree_files::most_bytes(tile))?;
    }
    sums.end()
}

fn examined(from: &Path, name: &str) -> Result<DocumentFile> {
    DocumentFile::examine(&from.join(name)).map_err(missing)
}

/// What a manifest names and is not there.
fn missing(error: Error) -> Error {
    match error.code() {
        Code::IoNotFound => Error::new(Code::IncompleteFile, error.place(), "is missing from the backup", ANOTHER),
        // Longer than any file of its kind.
        Code::LimitLength => {
            Error::new(Code::TamperedFile, error.place(), "is not the file that was backed up", ANOTHER)
        }
        _ => error,
    }
}

fn tampered(from: &Path, name: &str) -> Error {
    Error::new(Code::TamperedFile, shown(&from.join(name)), "is not the file that was backed up", ANOTHER)
}

/// Hashes the whole tree again, from its entries; it must begin with that of the older checkpoint.
pub(super) fn audit(folder: &Path, checkpoint: &Checkpoint, trust: &TrustRoot, older: Option<&str>) -> Result<()> {
    let older = older.map(|older| Seal::parse(older.as_bytes(), CHECKPOINT)).transpose()?;
    let audit = Audit { judges: Judges { vkey: None, trust: Some(trust.clone()) }, older };
    let report = audit.run(&Folder::new(&folder.join(LOG)), &mut |_| Ok(()))?;
    let worst = report.findings.iter().find(|finding| finding.code == report.code());
    match worst {
        Some(finding) => Err(Error::new(finding.code, &finding.path, &finding.what, ANOTHER)),
        None if report.code() == Code::Ok && report.checkpoint == *checkpoint => Ok(()),
        None => Err(Error::new(Code::TamperedConsistency, LOG, "is not the log of the manifest", ANOTHER)),
    }
}

/// The state, which must be the one that the manifest speaks of, and continue the tree.
fn install(file: &Path, folder: &Path, manifest: &Manifest, checkpoint: &Checkpoint) -> Result<StateMachine> {
    let mut machine = StateMachine::open(&folder.join("state").join("machine.redb"))?;
    let mut source = BufReader::new(File::open(file).map_err(|source| Error::reading(file, &source))?);
    machine.restore(&mut source)?;
    let state = machine.reader();
    let other = || Error::new(Code::TamperedState, STATE, "is not the one that the manifest speaks of", ANOTHER);
    let meta = state.meta().ok_or_else(other)?;
    let said = (manifest.size, manifest.root, manifest.sealed, manifest.anchored, manifest.generation);
    let found = (meta.tree.size(), meta.tree.root(), meta.sealed.size, meta.anchored.seal.size, meta.sealed.generation);
    if said != found {
        return Err(other());
    }
    if meta.origin != manifest.origin {
        return Err(other());
    }
    continuity::check(&Store::open(folder)?, checkpoint, &meta, &state)?;
    Ok(machine)
}

/// Marks the folder and puts it in its place, on disk; then the node may found a cluster. If this is interrupted in
/// between, the node waits for others, and begins nothing.
fn settle(config: &NodeConfig, folder: &Path, data: &Path, manifest: &Manifest, checkpoint: &Checkpoint) -> Result<()> {
    durable::replace(&folder.join("state").join("fence"), checkpoint.text().as_bytes())?;
    restored::mark(folder, manifest.generation)?;
    let writing = |source| Error::writing(data, &source);
    let flush = |dir: &Path| File::open(dir).and_then(|dir| dir.sync_all());
    flush(folder).map_err(writing)?;
    fs::rename(folder, data).map_err(writing)?;
    data.parent().map_or(Ok(()), flush).map_err(writing)?;
    durable::replace(&peers(config)?.first_start, b"founds\n")
}

pub(super) const ANOTHER: &str = "use another copy of the backup, or another backup";
