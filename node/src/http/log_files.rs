//! A log's published folder: `/checkpoint` and `/tile/...` (C2SP tlog-tiles).
//!
//! Tiles are served only as far as the published checkpoint reaches. Caches keep a tile for ever, and what lies beyond
//! the checkpoint may be the leftover of a batch that was never committed.

use crate::entry_bundle::MAX_BUNDLE_BYTES;
use crate::error::{Error, Result, shown};
use crate::http::file_body::FileBody;
use crate::store::Store;
use crate::tile::{FULL, Tile};
use crate::tile_reader::LOG;
use axum::Router;
use axum::extract::Path as UrlPath;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use ct_core::limits::MAX_NOTE_BYTES;
use ct_core::{Checkpoint, Code, Note, TreeSize};
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// The published folder of one log: the one with `checkpoint` and `tile` in it.
#[derive(Clone, Debug)]
pub struct LogFiles {
    files: Arc<Files>,
    /// Files being looked for at one time.
    openers: Arc<Semaphore>,
}

impl LogFiles {
    /// The folder, which need not hold a checkpoint yet.
    #[must_use]
    pub fn new(dir: &Path) -> Self {
        Self { files: Arc::new(Files::Folder(dir.to_owned())), openers: Arc::new(Semaphore::new(OPENERS)) }
    }

    /// The published folder of a store, which may be in a bucket.
    #[must_use]
    pub fn of(store: Store) -> Self {
        Self { files: Arc::new(Files::Store(store)), openers: Arc::new(Semaphore::new(OPENERS)) }
    }

    /// The routes `/checkpoint` and `/tile/...`.
    pub fn routes(&self) -> Router {
        let (checkpoint, tile) = (self.clone(), self.clone());
        Router::new()
            .route("/checkpoint", get(async move || checkpoint.checkpoint().await))
            .route("/tile/{*path}", get(async move |UrlPath(path): UrlPath<String>| tile.tile(&path).await))
    }

    async fn checkpoint(&self) -> Result<Response> {
        let note = self.open(|files| files.open(CHECKPOINT, MAX_NOTE_BYTES)).await?;
        let note = note.ok_or_else(|| absent("the log has no checkpoint yet"))?;
        Ok(answer("text/plain; charset=utf-8", "no-cache", note))
    }

    async fn tile(&self, path: &str) -> Result<Response> {
        // Nothing but a tile's one name becomes a path on the disk.
        let tile = Tile::parse(&format!("tile/{path}")).map_err(|_| absent("this is no tile's name"))?;
        let found = self.open(move |files| open_tile(files, tile)).await?;
        let found = found.ok_or_else(|| absent("the log has no such tile"))?;
        Ok(answer("application/octet-stream", "public, max-age=31536000, immutable", found))
    }

    async fn open(&self, what: impl FnOnce(&Files) -> Result<Option<Found>> + Send + 'static) -> Result<Option<Found>> {
        let files = Arc::clone(&self.files);
        let stopped = || Error::new(Code::Interrupted, "", "the server is stopping", "try again later");
        let place = Arc::clone(&self.openers).acquire_owned().await.map_err(|_| stopped())?;
        let opening = spawn_blocking(move || {
            let found = what(&files);
            drop(place);
            found
        });
        opening.await.map_err(|_| stopped())?
    }
}

/// Where the files are.
#[derive(Debug)]
enum Files {
    Folder(PathBuf),
    Store(Store),
}

impl Files {
    fn open(&self, path: &str, limit: usize) -> Result<Option<Found>> {
        match self {
            Self::Folder(dir) => open(&dir.join(path), limit),
            Self::Store(store) => fetch(store, path, limit),
        }
    }

    fn shown(&self, path: &str) -> String {
        match self {
            Self::Folder(dir) => shown(&dir.join(path)),
            Self::Store(store) => store.shown(&format!("{LOG}/{path}")),
        }
    }
}

/// A file that was found, and its length.
struct Found {
    file: File,
    length: u64,
}

fn open_tile(files: &Files, tile: Tile) -> Result<Option<Found>> {
    let end = tile.index().checked_mul(u64::from(FULL)).and_then(|start| start.checked_add(u64::from(tile.width())));
    let reach = tile.level().count(published(files)?);
    match end {
        Some(end) if end <= reach => files.open(&tile.to_string(), MAX_BUNDLE_BYTES),
        _ => Ok(None),
    }
}

/// The size that the checkpoint says; 0 without one.
fn published(files: &Files) -> Result<TreeSize> {
    let Some(Found { file, .. }) = files.open(CHECKPOINT, MAX_NOTE_BYTES)? else { return Ok(TreeSize::ZERO) };
    let mut note = Vec::new();
    let limit = u64::try_from(MAX_NOTE_BYTES).unwrap_or(u64::MAX);
    let unread = |source| Error::reading(Path::new(&files.shown(CHECKPOINT)), &source);
    file.take(limit).read_to_end(&mut note).map_err(unread)?;
    let parse = |note: &str| Checkpoint::parse(Note::parse(note)?.text()).map(|checkpoint| checkpoint.size());
    let size =
        str::from_utf8(&note).map_err(|_| ct_core::Error::new(Code::MalformedUtf8, "checkpoint")).and_then(parse);
    let next = "the log that writes here publishes it again when it is opened";
    size.map_err(|error| Error::refused(error, files.shown(CHECKPOINT), "is no checkpoint", next))
        .map_err(|error| Error::new(Code::IoRead, error.place(), error.what(), error.next()))
}

fn open(path: &Path, limit: usize) -> Result<Option<Found>> {
    let failed = |source| Error::reading(path, &source);
    let file = match File::open(path) {
        Ok(file) => file,
        Err(source) if source.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(failed(source)),
    };
    let metadata = file.metadata().map_err(failed)?;
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    if !metadata.is_file() || metadata.len() > limit {
        return Err(foreign(shown(path)));
    }
    Ok(Some(Found { file, length: metadata.len() }))
}

/// Through a file without a name: what is held in memory for a slow reader does not depend on where the log is.
fn fetch(store: &Store, path: &str, limit: usize) -> Result<Option<Found>> {
    let name = format!("{LOG}/{path}");
    let Some(bytes) = store.read(&name)? else { return Ok(None) };
    if bytes.len() > limit {
        return Err(foreign(store.shown(&name)));
    }
    let failed = |source| Error::writing(store.dir(), &source);
    let mut file = tempfile::tempfile_in(store.dir()).map_err(failed)?;
    file.write_all(&bytes).and_then(|()| file.rewind()).map_err(failed)?;
    Ok(Some(Found { file, length: u64::try_from(bytes.len()).unwrap_or(u64::MAX) }))
}

fn foreign(place: String) -> Error {
    Error::new(Code::IoRead, place, "is no file of a log", "restore it from a copy of the log")
}

fn answer(content_type: &'static str, caching: &'static str, found: Found) -> Response {
    let headers = [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, caching)];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    (headers, FileBody::of(found.file, found.length)).into_response()
}

fn absent(what: &str) -> Error {
    Error::new(Code::UnknownFile, "", what, "look at /checkpoint for how far the log reaches")
}

const CHECKPOINT: &str = "checkpoint";
const OPENERS: usize = 16;
