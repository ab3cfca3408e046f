//! The published side of a log: tiles, entry bundles and checkpoint in a directory, and the fence before the signature.
//!
//! # Files
//!
//! ```text
//! DIR/log/checkpoint        the published note: origin, size, root; the log's signature, then cosignatures
//! DIR/log/tile/...          hash tiles and entry bundles (see [`crate::tile`]): static files for any web server
//! DIR/state/fence           the last checkpoint text that may have been signed; private. Of size 0 while a node that
//!                           joins later has staged entries and signed nothing
//! DIR/state/lock            held by the one process that writes
//! ```
//!
//! The files of `DIR/log` may be in a bucket instead, under the same names; those of `DIR/state` never.
//!
//! # What is promised
//!
//! Entries are *staged* (their bundles, then their tiles, each on disk before the next), read again and hashed again;
//! then the fence is written, the checkpoint is *signed*, and once it has its cosignatures *published*. So
//!
//! - a published checkpoint never covers anything that is not on disk;
//! - one size has one root, for ever: nothing is signed that does not extend the fence, and the fence is on disk before
//!   the signature exists.
//!
//! Files are immutable once a checkpoint covers them; a leftover of a batch that never was signed is replaced, but not in
//! a bucket: there it cannot be told from what another process has published.

use crate::edge::Edge;
use crate::entry_bundle;
use crate::error::{Error, Result, shown};
use crate::lock::lock;
use crate::log_signer::{LogSigner, SignedCheckpoint};
use crate::store::Store;
use crate::tile::{FULL, Level, Tile};
use crate::tile_reader::{LOG, TileReader, damaged, log_path, read_tile};
use ct_core::{
    Checkpoint, Code, ConsistencyProof, Hash, InclusionProof, LeafIndex, Note, SignatureLine, TreeSize, VerifierKey,
};
use std::fs::{self, File};
use std::path::Path;

/// The published side of a log, which this process, and no other, writes.
#[derive(Debug)]
pub struct Publication {
    store: Store,
    signer: LogSigner,
    edge: Edge,
    signed: SignedCheckpoint,
    reader: TileReader,
    /// Entries were staged and not signed: what is on disk is known again after the next opening.
    unsettled: bool,
    _lock: File,
}

/// Entries on disk that no checkpoint covers yet.
#[derive(Debug)]
#[must_use = "what was staged is in the log once it is signed"]
pub struct Staged {
    /// Until here, what was staged has been read again.
    base: Edge,
    edge: Edge,
    /// The files from there on.
    files: Vec<Tile>,
}

impl Staged {
    /// The size that the log will have.
    #[must_use]
    pub const fn size(&self) -> TreeSize {
        self.edge.size()
    }

    /// The root that it will have.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.edge.root()
    }
}

/// A directory in which nothing else writes, and what was signed there.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) store: Store,
    pub(crate) published: Option<SignedCheckpoint>,
    pub(crate) fence: Option<Checkpoint>,
    lock: File,
}

impl Publication {
    /// Makes an empty publication in `dir`. Nothing is signed: a log begins with an entry.
    ///
    /// # Errors
    /// `io.exists` if there is a log already; `io.*`.
    pub fn create(dir: &Path, signer: LogSigner) -> Result<Self> {
        fs::create_dir_all(dir).map_err(|source| Error::writing(dir, &source))?;
        Self::create_in(Store::open(dir)?, signer)
    }

    /// Makes an empty publication in a store.
    ///
    /// # Errors
    /// As [`Publication::create`].
    pub fn create_in(store: Store, signer: LogSigner) -> Result<Self> {
        let (log, state) = (store.dir().join(LOG), store.dir().join(STATE));
        for dir in std::iter::once(&state).chain((!store.is_in_bucket(LOG)).then_some(&log)) {
            fs::create_dir_all(dir).map_err(|source| Error::writing(dir, &source))?;
        }
        let lock = lock(&state, TAKEN)?;
        let has_tiles = log.join("tile").exists() || store.holds(TILES)?;
        if has_tiles || store.read(CHECKPOINT)?.is_some() || store.read(FENCE)?.is_some() {
            let next = if store.is_in_bucket(LOG) { "choose another prefix" } else { "choose another directory" };
            return Err(Error::new(Code::IoExists, store.shown(LOG), "there is a log here already", next));
        }
        let signed = signer.sign(TreeSize::ZERO, Edge::default().root())?;
        let edge = Edge::default();
        Ok(Self { store, signer, edge, signed, reader: TileReader::default(), unsettled: false, _lock: lock })
    }

    /// Opens the publication in `dir` at its right edge: reads the last tile of each level and demands the root that
    /// was signed, whatever the log's size. What lies further left is for `ct-node fsck` to check.
    ///
    /// What was signed and perhaps not published is the checkpoint now; it is to be published again.
    ///
    /// # Errors
    /// `io.not_found` if there is none or one of these files is missing; `io.write` if another process has it open;
    /// `tampered.checkpoint`, `tampered.inclusion`, `tampered.consistency` if these files are not those that were
    /// signed.
    pub fn open(dir: &Path, signer: LogSigner) -> Result<Self> {
        Self::settle(Opened::open(dir, &signer)?, signer)
    }

    /// Opens the publication in a store.
    ///
    /// # Errors
    /// As [`Publication::open`].
    pub fn open_in(store: Store, signer: LogSigner) -> Result<Self> {
        Self::settle(Opened::open_in(store, &signer)?, signer)
    }

    fn settle(opened: Opened, signer: LogSigner) -> Result<Self> {
        let Opened { store, published, fence, lock } = opened;
        let published = published.as_ref().map(|signed| signed.checkpoint().clone());
        let newest = published.iter().chain(&fence).max_by_key(|checkpoint| checkpoint.size()).cloned();
        let Some(newest) = newest else {
            // A new log's first checkpoint covers its genesis alone: whatever reaches further was staged after it.
            let first = store.names(&format!("{LOG}/tile/entries/000.p"))?;
            if first.iter().any(|name| name != "1") || store.read(&format!("{LOG}/tile/entries/000"))?.is_some() {
                return Err(nothing_signed(&store));
            }
            let signed = signer.sign(TreeSize::ZERO, Edge::default().root())?;
            let (edge, reader) = (Edge::default(), TileReader::default());
            return Ok(Self { store, signer, edge, signed, reader, unsettled: false, _lock: lock });
        };
        let edge = Edge::load(&store, newest.size())?;
        let mut reader = TileReader::default();
        for checkpoint in published.iter().chain(&fence) {
            if reader.root(&store, newest.size(), checkpoint.size())? != checkpoint.root() {
                return Err(other_root(&store, checkpoint.size()));
            }
        }
        let signed = signer.sign(edge.size(), edge.root())?;
        write_fence(&store, signed.checkpoint())?;
        Ok(Self { store, signer, edge, signed, reader, unsettled: false, _lock: lock })
    }

    /// From the parts that a full recovery has checked.
    pub(crate) fn recovered(opened: Opened, signer: LogSigner, edge: Edge) -> Result<Self> {
        let Opened { store, published, lock, .. } = opened;
        let reader = TileReader::default();
        let signed = match published {
            Some(published) if published.checkpoint().size() == edge.size() => published,
            // The fence was written and the checkpoint not published: the same text again, hence the same signature.
            _ => {
                let signed = signer.sign(edge.size(), edge.root())?;
                write_fence(&store, signed.checkpoint())?;
                store.replace(CHECKPOINT, signed.note(&[]).as_bytes())?;
                signed
            }
        };
        Ok(Self { store, signer, edge, signed, reader, unsettled: false, _lock: lock })
    }

    /// Puts entries on disk, reads them again and hashes them again. Nothing is signed.
    ///
    /// # Errors
    /// `io.*` if writing failed; `io.write` until the log is opened again after entries that were staged and not
    /// signed; `tampered.inclusion` if what was read is not what was written.
    pub fn stage(&mut self, entries: &[Vec<u8>]) -> Result<Staged> {
        if self.unsettled {
            let what = "an earlier batch was not finished, so its files are in an unknown state";
            return Err(Error::new(Code::IoWrite, self.store.shown(LOG), what, "open the log again"));
        }
        self.unsettled = true;
        self.stage_after(self.edge.clone(), entries)
    }

    /// Reads again what was staged, and puts further entries after it: for more than should be in memory at once.
    ///
    /// # Errors
    /// As [`Publication::stage`].
    pub fn stage_more(&self, staged: Staged, entries: &[Vec<u8>]) -> Result<Staged> {
        self.check_staged(&staged)?;
        self.stage_after(staged.edge, entries)
    }

    fn stage_after(&self, base: Edge, entries: &[Vec<u8>]) -> Result<Staged> {
        let mut edge = base.clone();
        let files = edge.extend(entries.iter().cloned())?;
        if self.edge.size() == TreeSize::ZERO && edge.size().get() > 1 {
            // Entries without a word of what was signed would be taken for those of a log that has lost it.
            write_fence(&self.store, self.signed.checkpoint())?;
        }
        for (tile, bytes) in &files {
            write_tile(&self.store, *tile, bytes)?;
        }
        Ok(Staged { base, edge, files: files.iter().map(|(tile, _)| *tile).collect() })
    }

    /// Forgets what was staged and not signed, whatever of it is on disk. It is to be staged again, byte for byte: only
    /// for entries whose places are decided already.
    pub const fn unstage(&mut self) {
        self.unsettled = false;
    }

    /// Reads again what was staged, writes the fence and signs the checkpoint, which is not published yet.
    ///
    /// # Errors
    /// `tampered.inclusion` if a staged file is not what was written: nothing is signed. `io.*`.
    pub fn sign(&mut self, staged: Staged) -> Result<&SignedCheckpoint> {
        self.check_staged(&staged)?;
        let signed = self.signer.sign(staged.edge.size(), staged.edge.root())?;
        write_fence(&self.store, signed.checkpoint())?;
        self.edge = staged.edge;
        self.signed = signed;
        self.unsettled = false;
        Ok(&self.signed)
    }

    /// Publishes the current checkpoint with these cosignatures after the log's own signature.
    ///
    /// # Errors
    /// `io.*`; `limit.signatures` and others of [`Note::parse`] if readers would refuse the note. In a bucket, which no
    /// lock keeps from others: `io.exists` if what is published there is larger, `tampered.checkpoint`,
    /// `tampered.consistency` if it is not of this history. It stays as it is then.
    pub fn publish(&self, cosignatures: &[SignatureLine]) -> Result<()> {
        let note = self.signed.note(cosignatures);
        Note::parse(&note)?;
        self.store.advance(CHECKPOINT, note.as_bytes(), |standing| self.check_standing(standing))
    }

    /// This log's published checkpoint may only be followed by one that extends it.
    fn check_standing(&self, standing: &[u8]) -> Result<()> {
        let standing = recognise(&self.store, &self.signer, standing)?;
        let (size, root) = (standing.checkpoint().size(), standing.checkpoint().root());
        if size > self.edge.size() {
            let what = format!("is of size {size}, and this process is at {}", self.edge.size());
            let next =
                "look for another process that publishes here; it is ahead, so leave it running and stop this one";
            return Err(Error::new(Code::IoExists, self.store.shown(CHECKPOINT), what, next));
        }
        if TileReader::default().root(&self.store, self.edge.size(), size)? != root {
            return Err(other_root(&self.store, size));
        }
        Ok(())
    }

    /// Publishes a checkpoint whose tiles are not here: a planted mistake. False if that is done.
    #[cfg(feature = "simulation")]
    pub(crate) fn announce(&self, size: TreeSize, root: Hash, cosignatures: &[SignatureLine]) -> Result<bool> {
        let note = self.signer.sign(size, root)?.note(cosignatures);
        let is_new = self.published()?.as_deref() != Some(note.as_bytes());
        if is_new { self.store.replace(CHECKPOINT, note.as_bytes()).map(|()| true) } else { Ok(false) }
    }

    /// The published note, whatever stands in it; `None` if there is none.
    ///
    /// # Errors
    /// `io.*`.
    pub fn published(&self) -> Result<Option<Vec<u8>>> {
        self.store.read(CHECKPOINT)
    }

    /// The checkpoint that covers every signed entry.
    #[must_use]
    pub const fn checkpoint(&self) -> &SignedCheckpoint {
        &self.signed
    }

    /// The number of signed entries.
    #[must_use]
    pub const fn size(&self) -> TreeSize {
        self.edge.size()
    }

    /// The directory that it is in.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.store.dir()
    }

    /// The key that its checkpoints verify with.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        self.signer.verifier()
    }

    /// Whose log it is.
    #[must_use]
    pub const fn origin(&self) -> &ct_core::Origin {
        self.signer.origin()
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
        let mut edge = staged.base.clone();
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

impl Opened {
    pub(crate) fn open(dir: &Path, signer: &LogSigner) -> Result<Self> {
        if !dir.join(STATE).is_dir() {
            let next = "name a directory that was made by: ct-node init --dir DIR";
            return Err(Error::new(Code::IoNotFound, shown(dir), "there is no log in this directory", next));
        }
        Self::open_in(Store::open(dir)?, signer)
    }

    fn open_in(store: Store, signer: &LogSigner) -> Result<Self> {
        let lock = lock(&store.dir().join(STATE), TAKEN)?;
        let published = read_published(&store, signer)?;
        let fence = read_fence(&store, signer)?;
        Ok(Self { store, published, fence, lock })
    }
}

fn read_published(store: &Store, signer: &LogSigner) -> Result<Option<SignedCheckpoint>> {
    let published = store.read(CHECKPOINT)?;
    published.map(|bytes| recognise(store, signer, &bytes)).transpose()
}

fn recognise(store: &Store, signer: &LogSigner, note: &[u8]) -> Result<SignedCheckpoint> {
    let next = "if it was damaged, move it away: it is made again from the entries; if not, use the log's own key";
    let bad = |what: &str| Error::new(Code::TamperedCheckpoint, store.shown(CHECKPOINT), what, next);
    signer.recognise(note).map_err(bad)
}

pub(crate) fn nothing_signed(store: &Store) -> Error {
    let what = "neither a checkpoint nor a record of what was signed is here, so nothing may be signed";
    let next = "restore the directory from a copy, or make a new log under another name";
    Error::new(Code::IoNotFound, store.shown(LOG), what, next)
}

pub(crate) fn other_root(store: &Store, size: TreeSize) -> Error {
    let what = format!("the entries do not have the root that was signed for size {size}");
    let next = "restore the log from a copy; nothing is signed until then, because it would be a second history";
    Error::new(Code::TamperedConsistency, store.shown(LOG), what, next)
}

pub(crate) const STATE: &str = "state";
const TAKEN: &str = "another process is writing to this log";
const CHECKPOINT: &str = "log/checkpoint";
const TILES: &str = "log/tile";
const FENCE: &str = "state/fence";

#[cfg(test)]
mod tests {
    use super::*;
    use ct_keys::{KeyFile, Role};
    use object_store::ObjectStore;
    use object_store::memory::InMemory;
    use std::sync::Arc;
    use tempfile::TempDir;

    fn signer() -> LogSigner {
        LogSigner::new(KeyFile::generate(Role::Log, "log.example#1".parse().unwrap(), &[1; 32])).unwrap()
    }

    fn store(dir: &TempDir, bucket: &Arc<dyn ObjectStore>) -> Store {
        Store::open(dir.path()).unwrap().publishing(Arc::clone(bucket), "s3://b/p".to_owned())
    }

    fn append(publication: &mut Publication, entries: std::ops::Range<u64>) -> Result<()> {
        let entries: Vec<Vec<u8>> = entries.map(|number| number.to_be_bytes().to_vec()).collect();
        let staged = publication.stage(&entries)?;
        publication.sign(staged)?;
        publication.publish(&[])
    }

    /// Two processes that take the same bucket for theirs, each with a folder of its own.
    fn two(first: u64) -> (Publication, Publication, [TempDir; 2]) {
        let bucket: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let mut one = Publication::create_in(store(&dirs[0], &bucket), signer()).unwrap();
        append(&mut one, 0..first).unwrap();
        for dir in &dirs {
            fs::create_dir_all(dir.path().join(STATE)).unwrap();
        }
        fs::copy(dirs[0].path().join(FENCE), dirs[1].path().join(FENCE)).unwrap();
        let other = Publication::open_in(store(&dirs[1], &bucket), signer()).unwrap();
        (one, other, dirs)
    }

    fn refused(result: Result<()>) -> Option<Code> {
        result.err().map(|error| error.code())
    }

    // R15.3: what is published in a bucket never goes back, whoever else writes there.
    #[test]
    fn an_older_process_does_not_replace_what_a_newer_one_published() {
        let (mut one, mut other, _dirs) = two(300);
        append(&mut one, 300..310).unwrap();
        let published = one.published().unwrap();
        assert_eq!(refused(other.publish(&[])), Some(Code::IoExists));
        assert_eq!(one.published().unwrap(), published);
        // It goes on as soon as it has caught up: the same entries are the same files.
        append(&mut other, 300..310).unwrap();
        append(&mut other, 310..600).unwrap();
        append(&mut one, 310..600).unwrap();
        assert_eq!(one.published().unwrap(), other.published().unwrap());
    }

    // R15.1: of two histories, the one that is in the bucket stays.
    #[test]
    fn another_history_is_not_written_over_the_one_that_is_there() {
        let (mut one, mut other, _dirs) = two(300);
        append(&mut one, 300..310).unwrap();
        let published = one.published().unwrap();
        // The same tile with other bytes, and a wider one with other hashes in it.
        assert_eq!(refused(append(&mut other, 900..910)), Some(Code::IoExists));
        other.unstage();
        assert_eq!(refused(append(&mut other, 900..915)), Some(Code::TamperedConsistency));
        assert_eq!(one.published().unwrap(), published);
        append(&mut one, 310..320).unwrap();
    }

    fn copy(from: &Store, to: &Store, folder: &Path, name: &str) {
        for entry in fs::read_dir(folder).unwrap().map(std::result::Result::unwrap) {
            let name = format!("{name}/{}", entry.file_name().to_str().unwrap());
            if entry.path().is_dir() {
                copy(from, to, &entry.path(), &name);
            } else {
                to.create(&name, &from.read(&name).unwrap().unwrap()).unwrap();
            }
        }
    }

    // docs/log-service.md: the files have the same names in both places.
    #[test]
    fn a_log_moves_into_a_bucket_by_copying_its_files() {
        let (dir, bucket) = (tempfile::tempdir().unwrap(), Arc::new(InMemory::new()) as Arc<dyn ObjectStore>);
        let mut local = Publication::create(dir.path(), signer()).unwrap();
        append(&mut local, 0..300).unwrap();
        drop(local);
        let without = Publication::open_in(store(&dir, &bucket), signer()).map(drop);
        assert_eq!(refused(without), Some(Code::IoNotFound));
        copy(&Store::open(dir.path()).unwrap(), &store(&dir, &bucket), &dir.path().join(LOG), LOG);
        fs::remove_dir_all(dir.path().join(LOG)).unwrap();
        store(&dir, &bucket).claim("node 1").unwrap();
        let mut moved = Publication::open_in(store(&dir, &bucket), signer()).unwrap();
        append(&mut moved, 300..600).unwrap();
        assert_eq!((moved.size().get(), moved.entry(LeafIndex::new(299).unwrap()).unwrap().len()), (600, 8));
        assert!(!dir.path().join(LOG).exists());
    }

    #[test]
    fn a_bucket_in_which_there_is_something_is_no_place_for_a_new_log() {
        let bucket: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let mut one = Publication::create_in(store(&dirs[0], &bucket), signer()).unwrap();
        let staged = one.stage(&[vec![1]]).unwrap();
        drop(staged);
        let again = Publication::create_in(store(&dirs[1], &bucket), signer()).map(drop);
        assert_eq!(refused(again), Some(Code::IoExists));
        assert!(!dirs[0].path().join(LOG).exists());
    }
}
