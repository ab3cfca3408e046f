//! The embedded log: an append-only tree of statements in a directory, driven by committed batches.
//!
//! # Files
//!
//! ```text
//! DIR/log/checkpoint        the published note: origin, size, root; the log's signature, then cosignatures
//! DIR/log/tile/...          hash tiles and entry bundles (see [`crate::tile`]): static files for any web server
//! DIR/state/fence           the last checkpoint text that may have been signed; private
//! DIR/state/lock            held by the one process that writes
//! ```
//!
//! # What is promised
//!
//! A batch is *staged* (its entry bundles, then its tiles, each on disk before the next) and then *committed*: all that
//! was staged is read again and hashed again, the fence is written, the checkpoint is signed and published. So
//!
//! - a published checkpoint never covers anything that is not on disk;
//! - one size has one root, for ever: nothing is signed that does not extend the fence, and the fence is on disk before
//!   the signature exists;
//! - after a crash [`Log::open`] rolls forward: it computes the tree from the entries, demands the roots of checkpoint
//!   and fence, takes whatever whole entry bundles follow them, in order and without a gap, and signs that. Entries of
//!   a batch that was never acknowledged may so be in the log; none that was acknowledged is missing.
//!
//! Files are immutable once a checkpoint covers them; a leftover of a batch that never was committed is replaced.
//! (iss, cti) of a statement is unique in the log. The index for that is built on opening, which reads every entry
//! once; so does the check of every tile.

use crate::edge::Edge;
use crate::entry_bundle;
use crate::error::{Error, Result, shown};
use crate::lock::lock;
use crate::recovery::{self, Recovered};
use crate::statement;
use crate::store::Store;
use crate::tile::{FULL, Level, Tile};
use crate::tile_reader::{LOG, TileReader, damaged, log_path, read_tile};
use ct_core::{
    Checkpoint, Code, ConsistencyProof, Hash, InclusionProof, KeyName, LeafIndex, Note, Origin, SignatureLine,
    SignatureType, Statement, StatementType, TreeSize, VerifierKey,
};
use ct_keys::{KeyFile, Role};
use ed25519_dalek::Signer;
use std::collections::HashSet;
use std::fs::{self, File};
use std::path::Path;

/// A log that this process, and no other, appends to.
#[derive(Debug)]
pub struct Log {
    store: Store,
    signer: LogSigner,
    edge: Edge,
    /// H(iss, cti) of every entry.
    seen: HashSet<Hash>,
    genesis: Vec<u8>,
    signed: SignedCheckpoint,
    reader: TileReader,
    /// A batch was staged and not committed: what is on disk is known again after the next [`Log::open`].
    unsettled: bool,
    _lock: File,
}

/// A checkpoint with the log's signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    line: SignatureLine,
}

/// A log key with its origin: signs checkpoints.
#[derive(Debug)]
pub struct LogSigner {
    origin: Origin,
    key: KeyFile,
    verifier: VerifierKey,
}

/// A batch on disk that no checkpoint covers yet.
#[derive(Debug)]
#[must_use = "a batch is in the log once it is committed"]
pub struct Staged {
    edge: Edge,
    files: Vec<Tile>,
    seen: Vec<Hash>,
}

impl Log {
    /// Makes a new log in `dir` whose first entry is `genesis` (see [`statement::genesis`]).
    ///
    /// # Errors
    /// `io.exists` if there is a log already; `io.key_file` for a key of another role; `malformed.*` if the genesis is
    /// not this log's; `io.*`.
    pub fn create(dir: &Path, key: KeyFile, genesis: &[u8]) -> Result<Self> {
        let signer = LogSigner::new(key)?;
        let (log, state) = (dir.join(LOG), dir.join(STATE));
        for dir in [&log, &state] {
            fs::create_dir_all(dir).map_err(|source| Error::writing(dir, &source))?;
        }
        let lock = lock(&state, TAKEN)?;
        let store = Store::open(dir)?;
        if store.read(CHECKPOINT)?.is_some() || store.read(FENCE)?.is_some() || log.join("tile").exists() {
            let next = "choose another directory";
            return Err(Error::new(Code::IoExists, shown(&log), "there is a log here already", next));
        }
        statement::check_genesis(genesis, signer.origin())?;
        let signed = signer.sign(TreeSize::ZERO, Edge::default().root())?;
        let mut log = Self {
            store,
            signer,
            edge: Edge::default(),
            seen: HashSet::new(),
            genesis: genesis.to_vec(),
            signed,
            reader: TileReader::default(),
            unsettled: false,
            _lock: lock,
        };
        log.append(&[genesis.to_vec()])?;
        Ok(log)
    }

    /// Opens the log in `dir`, checks all of it, and finishes what a crash interrupted.
    ///
    /// # Errors
    /// `io.not_found` if there is no log or one of its files is missing; `io.write` if another process has it open;
    /// `tampered.checkpoint` if the checkpoint is not by this key; `tampered.inclusion` or `tampered.consistency` if
    /// the files are not those that were signed: then nothing is signed again until they are restored.
    pub fn open(dir: &Path, key: KeyFile) -> Result<Self> {
        let signer = LogSigner::new(key)?;
        let state = dir.join(STATE);
        if !state.is_dir() {
            let next = "name a directory that was made by: ct-node init --dir DIR";
            return Err(Error::new(Code::IoNotFound, shown(dir), "there is no log in this directory", next));
        }
        let lock = lock(&state, TAKEN)?;
        let store = Store::open(dir)?;
        let published = signer.published(&store)?;
        let fence = read_fence(&store, &signer)?;
        let recovered = recovery::recover(&store, published.as_ref().map(|signed| &signed.checkpoint), fence.as_ref())?;
        let Recovered { edge, seen, genesis, unsigned } = recovered;
        statement::check_genesis(&genesis, signer.origin())?;
        let signed = match published {
            Some(published) if published.checkpoint.size() == edge.size() => published,
            // The fence was written and the checkpoint not published: the same text again, hence the same signature.
            _ => {
                let signed = signer.sign(edge.size(), edge.root())?;
                write_fence(&store, &signed.checkpoint)?;
                store.replace(CHECKPOINT, signed.note(&[]).as_bytes())?;
                signed
            }
        };
        let reader = TileReader::default();
        let mut log = Self { store, signer, edge, seen, genesis, signed, reader, unsettled: false, _lock: lock };
        log.append(&unsigned)?;
        Ok(log)
    }

    /// Appends one committed batch and publishes the checkpoint that covers it. Returns the index of its first entry.
    ///
    /// An empty batch changes nothing.
    ///
    /// # Errors
    /// As [`Log::stage`] and [`Log::commit`].
    pub fn append(&mut self, batch: &[Vec<u8>]) -> Result<LeafIndex> {
        let first = LeafIndex::new(self.edge.size().get())?;
        if !batch.is_empty() {
            let staged = self.stage(batch)?;
            self.commit(staged)?;
        }
        Ok(first)
    }

    /// Puts a batch on disk. Nothing is signed.
    ///
    /// # Errors
    /// Before anything is written: `malformed.*`, `limit.*` for an entry that is not a statement,
    /// `unsupported.statement_type` for a second genesis, `malformed.field` for a (iss, cti) that the log or the batch
    /// has already. `io.*` if writing failed; `io.write` until the log is opened again after a batch that was staged
    /// and not committed.
    pub fn stage(&mut self, batch: &[Vec<u8>]) -> Result<Staged> {
        if self.unsettled {
            let what = "an earlier batch was not finished, so its files are in an unknown state";
            return Err(Error::new(Code::IoWrite, self.store.shown(LOG), what, "open the log again"));
        }
        let mut seen = Vec::with_capacity(batch.len());
        let mut in_batch = HashSet::new();
        for (entry, index) in batch.iter().zip(self.edge.size().get()..) {
            let identity = identity(entry, index)?;
            if self.seen.contains(&identity) || !in_batch.insert(identity) {
                let what = "its request ID (cti) is in the log already; each is used once";
                let next = "use a new request ID";
                return Err(Error::new(Code::MalformedField, format!("statement {index}"), what, next));
            }
            seen.push(identity);
        }
        self.unsettled = true;
        let mut edge = self.edge.clone();
        let files = edge.extend(batch.iter().cloned())?;
        for (tile, bytes) in &files {
            write_tile(&self.store, *tile, bytes)?;
        }
        Ok(Staged { edge, files: files.iter().map(|(tile, _)| *tile).collect(), seen })
    }

    /// Reads again what was staged, and signs and publishes the checkpoint that covers it.
    ///
    /// # Errors
    /// `tampered.inclusion` if a staged file is not what was written: nothing is signed. `io.*`.
    pub fn commit(&mut self, staged: Staged) -> Result<()> {
        self.check_staged(&staged)?;
        let signed = self.signer.sign(staged.edge.size(), staged.edge.root())?;
        write_fence(&self.store, &signed.checkpoint)?;
        self.store.replace(CHECKPOINT, signed.note(&[]).as_bytes())?;
        self.edge = staged.edge;
        self.seen.extend(staged.seen);
        self.signed = signed;
        self.unsettled = false;
        Ok(())
    }

    /// Publishes the current checkpoint with these cosignatures after the log's own signature.
    ///
    /// # Errors
    /// `io.*`; `limit.signatures` and others of [`Note::parse`] if readers would refuse the note.
    pub fn publish(&self, cosignatures: &[SignatureLine]) -> Result<()> {
        let note = self.signed.note(cosignatures);
        Note::parse(&note)?;
        self.store.replace(CHECKPOINT, note.as_bytes())
    }

    /// The checkpoint that covers every entry.
    #[must_use]
    pub const fn checkpoint(&self) -> &SignedCheckpoint {
        &self.signed
    }

    /// The number of entries.
    #[must_use]
    pub const fn size(&self) -> TreeSize {
        self.edge.size()
    }

    /// The first entry.
    #[must_use]
    pub fn genesis(&self) -> &[u8] {
        &self.genesis
    }

    /// The key that its checkpoints verify with.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        &self.signer.verifier
    }

    /// The proof, from the tiles on disk, that the entry at `index` is in the tree of the first `size` entries.
    ///
    /// # Errors
    /// `malformed.leaf_index` if the index is not below the size, `limit.number` if the log is smaller than that;
    /// `io.*`; `tampered.inclusion` for a tile of the wrong length.
    pub fn inclusion(&mut self, index: LeafIndex, size: TreeSize) -> Result<InclusionProof> {
        self.reader.inclusion(&self.store, self.edge.size(), index, size)
    }

    /// The proof, from the tiles on disk, that the tree of the first `new` entries begins with that of the first `old`.
    ///
    /// # Errors
    /// `malformed.field` if `old` is zero or above `new`, `limit.number` if the log is smaller than that; `io.*`;
    /// `tampered.inclusion` for a tile of the wrong length.
    pub fn consistency(&mut self, old: TreeSize, new: TreeSize) -> Result<ConsistencyProof> {
        self.reader.consistency(&self.store, self.edge.size(), old, new)
    }

    /// The entry at `index`, read from disk.
    ///
    /// # Errors
    /// `limit.number` if the log is smaller than that; `io.*`, `tampered.inclusion` if the files are damaged.
    pub fn entry(&self, index: LeafIndex) -> Result<Vec<u8>> {
        let tile = Tile::of_tree(Level::Entries, index.get() / u64::from(FULL), self.edge.size());
        let beyond = ct_core::Error::new(Code::LimitNumber, "leaf_index");
        if index.get() >= self.edge.size().get() {
            return Err(beyond.into());
        }
        let tile = tile.ok_or(beyond)?;
        let bytes = read_tile(&self.store, tile)?;
        let bad = |what| damaged(&self.store, &log_path(tile), what);
        let entries = entry_bundle::parse(&bytes).map_err(|_| bad("is not an entry bundle"))?;
        let position = usize::try_from(index.get() % u64::from(FULL)).unwrap_or(usize::MAX);
        entries.get(position).map(|entry| entry.to_vec()).ok_or_else(|| bad("has too few entries"))
    }

    /// Every file as it is on disk is the one that follows from the entries as they are on disk, and these are the
    /// ones to be signed.
    fn check_staged(&self, staged: &Staged) -> Result<()> {
        let mut edge = self.edge.clone();
        let mut entries = Vec::new();
        for tile in staged.files.iter().filter(|tile| tile.level() == Level::Entries) {
            let bytes = read_tile(&self.store, *tile)?;
            let read = entry_bundle::parse(&bytes);
            let read = read.map_err(|_| damaged(&self.store, &log_path(*tile), "is not an entry bundle"))?;
            let start = tile.index().saturating_mul(u64::from(FULL));
            let known = usize::try_from(edge.size().get().saturating_sub(start)).unwrap_or(usize::MAX);
            entries.extend(read.into_iter().skip(known).map(<[u8]>::to_vec));
        }
        for (tile, bytes) in edge.extend(entries)? {
            self.check_file(tile, &bytes)?;
        }
        if edge.size() != staged.edge.size() || edge.root() != staged.edge.root() {
            return Err(damaged(&self.store, LOG, "or one below it is not what was written"));
        }
        Ok(())
    }

    fn check_file(&self, tile: Tile, bytes: &[u8]) -> Result<()> {
        let path = log_path(tile);
        if self.store.read(&path)?.as_deref() == Some(bytes) {
            return Ok(());
        }
        Err(damaged(&self.store, &path, "is not what was written"))
    }
}

impl SignedCheckpoint {
    /// The checkpoint.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The log's signature line.
    #[must_use]
    pub const fn line(&self) -> &SignatureLine {
        &self.line
    }

    /// The signature lines, the log's first.
    #[must_use]
    pub fn lines(&self, cosignatures: &[SignatureLine]) -> String {
        std::iter::once(&self.line).chain(cosignatures).map(SignatureLine::to_string).collect()
    }

    /// The whole note, the log's signature first.
    #[must_use]
    pub fn note(&self, cosignatures: &[SignatureLine]) -> String {
        format!("{}\n{}", self.checkpoint.text(), self.lines(cosignatures))
    }
}

impl LogSigner {
    /// The signer of the log whose origin is the key's name.
    ///
    /// # Errors
    /// `io.key_file` for a key of another role; `malformed.checkpoint`, `limit.length` if the name is no origin.
    pub fn new(key: KeyFile) -> Result<Self> {
        if key.role() != Role::Log {
            let what = format!("is a key with the role {}", key.role());
            return Err(Error::new(Code::IoKeyFile, key.id(), what, "use a key with the role log"));
        }
        let origin = Origin::new(key.id().name())?;
        let public = ct_core::PublicKey::from_bytes(key.public().verifying_key().as_bytes())?;
        let verifier = VerifierKey::new(KeyName::new(key.id().name())?, SignatureType::Ed25519, public);
        Ok(Self { origin, key, verifier })
    }

    /// The origin of its checkpoints.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Signs the checkpoint of this size and root. That no size gets a second root is the caller's duty.
    ///
    /// # Errors
    /// `malformed.checkpoint` for an empty tree with another root than the empty tree's.
    pub fn sign(&self, size: TreeSize, root: Hash) -> Result<SignedCheckpoint> {
        let checkpoint = Checkpoint::new(self.origin.clone(), size, root)?;
        let signature = self.key.signing_key().sign(checkpoint.text().as_bytes());
        let name = self.verifier.name().clone();
        let line = SignatureLine::new(name, self.verifier.key_id(), signature.to_bytes().to_vec())?;
        Ok(SignedCheckpoint { checkpoint, line })
    }

    /// The published checkpoint, if there is one; it is by this key.
    fn published(&self, store: &Store) -> Result<Option<SignedCheckpoint>> {
        let Some(bytes) = store.read(CHECKPOINT)? else { return Ok(None) };
        let next = "if it was damaged, move it away: it is made again from the entries; if not, use the log's own key";
        let bad = |what: &str| Error::new(Code::TamperedCheckpoint, store.shown(CHECKPOINT), what, next);
        let text = String::from_utf8(bytes).map_err(|_| bad("is not text"))?;
        let note = Note::parse(&text).map_err(|_| bad("is not a signed note"))?;
        let checkpoint = Checkpoint::parse(note.text()).map_err(|_| bad("is not a checkpoint"))?;
        let line = note.signature_by(&self.verifier).ok_or_else(|| bad("is not signed by this log's key"))?;
        line.verify_text(&self.verifier, note.text()).map_err(|_| bad("has a signature that does not verify"))?;
        if checkpoint.origin() != &self.origin {
            return Err(bad("is that of another log"));
        }
        Ok(Some(SignedCheckpoint { checkpoint, line: line.clone() }))
    }
}

/// What makes a statement unique: H over issuer and request ID. Its leaf index decides which types it may have.
pub(crate) fn identity(entry: &[u8], index: u64) -> Result<Hash> {
    let place = format!("statement {index}");
    let parsed = Statement::parse(entry);
    let statement =
        parsed.map_err(|error| Error::refused(error, &place, "is not a statement", "only statements can be logged"))?;
    let header = statement.header();
    if (header.statement_type == StatementType::Genesis) != (index == 0) {
        let what = "the first entry of a log is its genesis, and no other is";
        return Err(Error::new(Code::UnsupportedStatementType, place, what, "log documents and status lists"));
    }
    let length = u64::try_from(header.issuer.len()).unwrap_or(u64::MAX).to_be_bytes();
    Ok(Hash::of_parts(&[&length, header.issuer.as_bytes(), header.request_id]))
}

fn write_tile(store: &Store, tile: Tile, bytes: &[u8]) -> Result<()> {
    let path = log_path(tile);
    match store.create(&path, bytes) {
        // No checkpoint covers it, so nobody has been promised its bytes: a leftover.
        Err(error) if error.code() == Code::IoExists => match store.read(&path)? {
            Some(same) if same == bytes => Ok(()),
            _ => store.replace(&path, bytes),
        },
        written => written,
    }
}

fn read_fence(store: &Store, signer: &LogSigner) -> Result<Option<Checkpoint>> {
    let Some(bytes) = store.read(FENCE)? else { return Ok(None) };
    let next = "restore it from a copy, or move it away if the published checkpoint is the newest that was ever signed";
    let bad = |what: &str| Error::new(Code::TamperedConsistency, store.shown(FENCE), what, next);
    let text = String::from_utf8(bytes).map_err(|_| bad("is not text"))?;
    let fence = Checkpoint::parse(&text).map_err(|_| bad("is not a checkpoint"))?;
    if fence.origin() != signer.origin() {
        return Err(bad("is that of another log"));
    }
    Ok(Some(fence))
}

fn write_fence(store: &Store, checkpoint: &Checkpoint) -> Result<()> {
    store.replace(FENCE, checkpoint.text().as_bytes())
}

pub(crate) const STATE: &str = "state";
const CHECKPOINT: &str = "log/checkpoint";
const FENCE: &str = "state/fence";
const TAKEN: &str = "another process is writing to this log";
