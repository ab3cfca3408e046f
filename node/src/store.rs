//! Files of the log, through `object_store`: a local directory, whose folder `log` may be in a bucket instead.
//!
//! A file that has been written is on disk, with its directory entry, before the call returns; one in a bucket is there
//! when the server has said so. The runtime that `object_store` needs lives in here and nowhere else; so the log's
//! interface is synchronous, and must not be called from inside another asynchronous task.
//!
//! # A bucket
//!
//! It has no lock, and an answer can get lost although the request was carried out. So no file there is replaced unseen:
//! a tile is created if nothing stands there, and the checkpoint is replaced if what was read before still stands there,
//! and has been judged. Whoever finds its own bytes has been there before, and goes on. [`Store::claim`] refuses a server
//! that does not heed these conditions.

use crate::bucket::Bucket;
use crate::error::{Error, Result, shown};
use crate::tile_reader::LOG;
use ct_core::Code;
use futures_util::StreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, UpdateVersion};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};

/// The files below one directory, by their relative paths.
#[derive(Debug)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    /// The files of the folder `log`, if they are not in the directory.
    published: Option<Published>,
    /// There until it is dropped.
    runtime: Option<Runtime>,
    dir: PathBuf,
}

/// A bucket, by what stands in messages.
#[derive(Debug)]
struct Published {
    objects: Arc<dyn ObjectStore>,
    place: String,
}

impl Store {
    /// The files below `dir`, which exists.
    ///
    /// # Errors
    /// `io.not_found`, `io.read` if the directory cannot be used.
    pub fn open(dir: &Path) -> Result<Self> {
        let failed = |what: String| Error::new(Code::IoRead, shown(dir), what, "check the path and its permissions");
        std::fs::metadata(dir).map_err(|source| Error::reading(dir, &source))?;
        let objects = LocalFileSystem::new_with_prefix(dir).map_err(|source| failed(source.to_string()))?;
        Self::on(Arc::new(objects.with_fsync(true)), dir)
    }

    /// The files that these objects are; messages call the place of them all `dir`.
    pub(crate) fn on(objects: Arc<dyn ObjectStore>, dir: &Path) -> Result<Self> {
        let failed = |what: String| Error::new(Code::IoRead, shown(dir), what, "check the path and its permissions");
        let runtime = Builder::new_current_thread().enable_time().build();
        let runtime = Some(runtime.map_err(|source| failed(source.to_string()))?);
        Ok(Self { objects, published: None, runtime, dir: dir.to_owned() })
    }

    /// As [`Store::open`], but the folder `log` is in a bucket.
    ///
    /// # Errors
    /// Those of [`Store::open`]; `malformed.config` if this program was built without buckets, or has no credentials.
    pub fn open_in(dir: &Path, bucket: &Bucket) -> Result<Self> {
        Ok(Self::open(dir)?.publishing(bucket.objects()?, bucket.to_string()))
    }

    /// The folder `log` is these objects; messages call them `place`.
    pub(crate) fn publishing(mut self, objects: Arc<dyn ObjectStore>, place: String) -> Self {
        self.published = Some(Published { objects, place });
        self
    }

    /// Marks the bucket as this owner's, and sees to it that the server heeds the conditions of a request. A directory is
    /// whose it is.
    ///
    /// # Errors
    /// `malformed.config` if it is another's; `io.write` if the server would let a file be replaced unseen; `io.*`.
    pub fn claim(&self, owner: &str) -> Result<()> {
        if self.published.is_none() {
            return Ok(());
        }
        let unheeded = |condition: &str| {
            let what = format!("is on a server that does not heed {condition}: a file there could be replaced unseen");
            Err(Error::new(Code::IoWrite, self.shown(LOG), what, "use a server that has conditional writes"))
        };
        self.create(OWNER, owner.as_bytes()).map_err(|error| {
            let next = "give each node a bucket or a prefix of its own; one that has lost its data a new one";
            let another = Error::new(Code::MalformedConfig, self.shown(LOG), "is that of another node", next);
            if error.code() == Code::IoExists { another } else { error }
        })?;
        let (objects, object) = self.at(OWNER);
        let put = |mode: PutMode| self.wait(objects.put_opts(&object, owner.as_bytes().to_vec().into(), mode.into()));
        match put(PutMode::Create) {
            Err(object_store::Error::AlreadyExists { .. }) => {}
            Err(source) => return Err(self.failed(OWNER, Code::IoWrite, &source)),
            Ok(_) => return unheeded("If-None-Match"),
        }
        match put(PutMode::Update(UpdateVersion { e_tag: Some(NO_TAG.to_owned()), version: None })) {
            Err(object_store::Error::Precondition { .. }) => Ok(()),
            Err(source) => Err(self.failed(OWNER, Code::IoWrite, &source)),
            Ok(_) => unheeded("If-Match"),
        }
    }

    /// Creates a file that did not exist, whole or not at all.
    ///
    /// # Errors
    /// `io.exists` if there is one, whatever its bytes; in a bucket, where an answer can get lost after the file was made,
    /// only if it has other bytes. `io.write`, `io.permission`.
    pub fn create(&self, path: &str, bytes: &[u8]) -> Result<()> {
        self.put(path, bytes, PutMode::Create)
    }

    /// Creates a file or replaces it, so that a reader sees the old bytes or the new ones.
    ///
    /// # Errors
    /// `io.exists` for a file in a bucket: see [`Store::advance`]. `io.write`, `io.permission`.
    pub fn replace(&self, path: &str, bytes: &[u8]) -> Result<()> {
        if self.is_in_bucket(path) {
            let next = "see whether another program writes here; if the checkpoint does not cover it, delete it";
            return Err(Error::new(Code::IoExists, self.shown(path), "has other bytes, and is not replaced", next));
        }
        self.put(path, bytes, PutMode::Overwrite)
    }

    /// As [`Store::replace`]; but in a bucket, what stands there is judged by `may_follow` first, and is what is replaced.
    ///
    /// # Errors
    /// Those of `may_follow`: nothing is replaced then. `io.*`.
    pub fn advance(&self, path: &str, bytes: &[u8], may_follow: impl Fn(&[u8]) -> Result<()>) -> Result<()> {
        if !self.is_in_bucket(path) {
            return self.replace(path, bytes);
        }
        for _ in 0..MAX_CHANGES {
            let mode = match self.version(path)? {
                Some((same, _)) if same == bytes => return Ok(()),
                Some((standing, version)) => {
                    may_follow(&standing)?;
                    PutMode::Update(version)
                }
                None => PutMode::Create,
            };
            let (objects, object) = self.at(path);
            match self.wait(objects.put_opts(&object, bytes.to_vec().into(), mode.into())) {
                Ok(_) => return Ok(()),
                // By another program; or by this one, whose answer got lost: what stands there now says it.
                Err(object_store::Error::Precondition { .. } | object_store::Error::AlreadyExists { .. }) => {}
                Err(source) => return Err(self.failed(path, Code::IoWrite, &source)),
            }
        }
        let next = "look for another program that writes here";
        Err(Error::new(Code::IoWrite, self.shown(path), "is changed again and again", next))
    }

    /// The bytes of a file; `None` if there is no such file.
    ///
    /// # Errors
    /// `io.read`, `io.permission`.
    pub fn read(&self, path: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.version(path)?.map(|(bytes, _)| bytes))
    }

    /// The names of the files directly in the folder `path`, in no order; none if there is no such folder.
    ///
    /// # Errors
    /// `io.read`, `io.permission`.
    pub fn names(&self, path: &str) -> Result<Vec<String>> {
        let (objects, folder) = self.at(path);
        match self.wait(objects.list_with_delimiter(Some(&folder))) {
            Ok(listed) => {
                let names = listed.objects.iter().filter_map(|object| object.location.filename());
                Ok(names.map(str::to_owned).collect())
            }
            Err(object_store::Error::NotFound { .. }) => Ok(Vec::new()),
            Err(source) => Err(self.failed(path, Code::IoRead, &source)),
        }
    }

    /// Whether there is any file below the folder `path`.
    ///
    /// # Errors
    /// `io.read`, `io.permission`.
    pub fn holds(&self, path: &str) -> Result<bool> {
        let (objects, folder) = self.at(path);
        match self.wait(async { objects.list(Some(&folder)).next().await.transpose() }) {
            Ok(first) => Ok(first.is_some()),
            Err(source) => Err(self.failed(path, Code::IoRead, &source)),
        }
    }

    /// The directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where the file of this relative path is, for messages.
    #[must_use]
    pub fn shown(&self, path: &str) -> String {
        match (&self.published, published(path)) {
            (Some(bucket), Some("")) => bucket.place.clone(),
            (Some(bucket), Some(path)) => format!("{}/{path}", bucket.place),
            _ => shown(&self.dir.join(path)),
        }
    }

    /// Whether this file, or the folder, is in a bucket.
    pub(crate) fn is_in_bucket(&self, path: &str) -> bool {
        self.published.is_some() && published(path).is_some()
    }

    /// The objects that a file is among, and its name there.
    fn at(&self, path: &str) -> (&dyn ObjectStore, ObjectPath) {
        match (&self.published, published(path)) {
            (Some(bucket), Some(path)) => (bucket.objects.as_ref(), ObjectPath::from(path)),
            _ => (self.objects.as_ref(), ObjectPath::from(path)),
        }
    }

    /// A file, and what says in a bucket whether it still is this one.
    fn version(&self, path: &str) -> Result<Option<(Vec<u8>, UpdateVersion)>> {
        let (objects, object) = self.at(path);
        let read = async {
            let found = objects.get(&object).await?;
            let version = UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
            Ok((found.bytes().await?.to_vec(), version))
        };
        match self.wait(read) {
            Ok(found) => Ok(Some(found)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(self.failed(path, Code::IoRead, &source)),
        }
    }

    fn put(&self, path: &str, bytes: &[u8], mode: PutMode) -> Result<()> {
        let (objects, object) = self.at(path);
        match self.wait(objects.put_opts(&object, bytes.to_vec().into(), mode.into())) {
            Ok(_) => Ok(()),
            Err(source @ object_store::Error::AlreadyExists { .. }) => {
                if self.is_in_bucket(path) {
                    match self.read(path)? {
                        Some(same) if same == bytes => return Ok(()),
                        Some(_) => {}
                        // Somebody else's request for the same file is under way.
                        None => return Err(self.failed(path, Code::IoWrite, &source)),
                    }
                }
                let what = "exists, and files of a log never change";
                Err(Error::new(Code::IoExists, self.shown(path), what, "look for another program that writes here"))
            }
            Err(source) => Err(self.failed(path, Code::IoWrite, &source)),
        }
    }

    fn wait<T>(&self, work: impl Future<Output = object_store::Result<T>>) -> object_store::Result<T> {
        let gone = || object_store::Error::Generic { store: "directory", source: "it is closed".into() };
        self.runtime.as_ref().ok_or_else(gone)?.block_on(work)
    }

    fn failed(&self, path: &str, otherwise: Code, source: &object_store::Error) -> Error {
        let code = match source {
            object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
                Code::IoPermission
            }
            _ => otherwise,
        };
        let what = if otherwise == Code::IoWrite { "cannot be written" } else { "cannot be read" };
        if self.is_in_bucket(path) {
            let next = "check the server, the bucket and the credentials";
            return Error::new(code, self.shown(path), format!("{what}: {}", cause(source)), next);
        }
        Error::new(code, self.shown(path), format!("{what}: {source}"), "check the disk and the permissions")
    }
}

/// The path below the folder that is published.
fn published(path: &str) -> Option<&str> {
    path.strip_prefix(LOG)
        .filter(|rest| rest.is_empty() || rest.starts_with('/'))
        .map(|rest| rest.trim_start_matches('/'))
}

/// Why a request failed, in words that are the same each time, so that trouble that lasts can be told once: without
/// durations, counts and the number that a server gives to each request.
fn cause(error: &(dyn std::error::Error + 'static)) -> String {
    let deepest = std::iter::successors(Some(error), |error| error.source()).last().unwrap_or(error);
    if let Some(error) = deepest.downcast_ref::<Error>() {
        return error.what().to_owned();
    }
    let text = deepest.to_string();
    let (said, document) = text.split_once('<').unwrap_or((&text, ""));
    let named = document.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    let words = said.lines().next().unwrap_or_default().trim_end_matches([':', ' ']).chars();
    let words = words.chain(named.into_iter().flat_map(|(name, _)| [": ", name]).flat_map(str::chars));
    words.filter(|c| !c.is_control()).take(MAX_CAUSE).collect()
}

/// Nothing is under way by then; and whoever drops it may be a task of another runtime, which must not wait.
impl Drop for Store {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Says whose bucket it is.
const OWNER: &str = "log/node";
/// What no object is tagged with.
const NO_TAG: &str = "\"00000000000000000000000000000000\"";
/// How often what stands in a bucket may change while it is being replaced.
const MAX_CHANGES: usize = 4;
const MAX_CAUSE: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::memory::InMemory;
    use std::cell::Cell;

    fn bucket() -> (tempfile::TempDir, Arc<InMemory>, Store) {
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let objects = Arc::new(InMemory::new());
        let store = Store::open(dir.path()).unwrap().publishing(Arc::clone(&objects) as _, "s3://b/p".to_owned());
        (dir, objects, store)
    }

    /// As another program would: without any condition.
    fn overwrite(objects: &Arc<InMemory>, path: &str, bytes: &[u8]) {
        let dir = tempfile::tempdir().unwrap();
        let other = Store::on(Arc::clone(objects) as _, dir.path()).unwrap();
        other.replace(path, bytes).unwrap();
    }

    #[test]
    fn what_is_published_is_in_the_bucket_and_nothing_else() {
        let (dir, objects, store) = bucket();
        for path in ["log/checkpoint", "log/tile/0/000.p/1", "state/fence", "logs/x"] {
            store.create(path, path.as_bytes()).unwrap();
            assert_eq!(store.read(path).unwrap().as_deref(), Some(path.as_bytes()));
        }
        let public = Store::on(objects, dir.path()).unwrap();
        assert_eq!(public.read("checkpoint").unwrap().as_deref(), Some(b"log/checkpoint".as_slice()));
        assert_eq!(public.names("tile/0/000.p").unwrap(), ["1"]);
        assert_eq!(store.names("log/tile/0/000.p").unwrap(), ["1"]);
        assert!(store.holds("log/tile").unwrap() && !store.holds("log/tile/1").unwrap());
        assert!(!dir.path().join("log").exists());
        assert!(dir.path().join("state/fence").exists() && dir.path().join("logs/x").exists());
        assert_eq!(store.shown("log/checkpoint"), "s3://b/p/checkpoint");
        assert_eq!(store.shown("log"), "s3://b/p");
        assert_eq!(store.shown("state/fence"), dir.path().join("state/fence").display().to_string());
    }

    // R15.1: no file in a bucket is replaced without a word of what stands there.
    #[test]
    fn a_file_in_a_bucket_is_created_once() {
        let (_dir, _, store) = bucket();
        for (path, replaced) in [("log/tile/0/000.p/1", Err(Code::IoExists)), ("state/fence", Ok(()))] {
            store.create(path, b"one").unwrap();
            assert_eq!(store.create(path, b"two").map_err(|error| error.code()), Err(Code::IoExists));
            // In a bucket this may have been the request before, whose answer got lost.
            let again = if replaced.is_ok() { Err(Code::IoExists) } else { Ok(()) };
            assert_eq!(store.create(path, b"one").map_err(|error| error.code()), again, "{path}");
            assert_eq!(store.replace(path, b"two").map_err(|error| error.code()), replaced, "{path}");
            let stands: &[u8] = if replaced.is_ok() { b"two" } else { b"one" };
            assert_eq!(store.read(path).unwrap().as_deref(), Some(stands), "{path}");
        }
    }

    #[test]
    fn what_stands_in_a_bucket_is_judged_before_it_is_replaced() {
        let (_dir, objects, store) = bucket();
        let never = |_: &[u8]| Err(Error::new(Code::IoExists, "", "", ""));
        store.advance("log/checkpoint", b"1", never).unwrap();
        // Its own bytes: an answer got lost.
        store.advance("log/checkpoint", b"1", never).unwrap();
        assert_eq!(store.advance("log/checkpoint", b"2", never).map_err(|error| error.code()), Err(Code::IoExists));
        assert_eq!(store.read("log/checkpoint").unwrap().as_deref(), Some(b"1".as_slice()));
        // Another one comes between the judgement and the writing, once: that one is judged too.
        let judged = Cell::new(0);
        let follows = |standing: &[u8]| {
            judged.set(judged.get() + 1);
            match standing {
                b"1" => overwrite(&objects, "checkpoint", b"3"),
                b"3" => return never(standing),
                _ => panic!("{standing:?}"),
            }
            Ok(())
        };
        assert_eq!(store.advance("log/checkpoint", b"2", follows).map_err(|error| error.code()), Err(Code::IoExists));
        assert_eq!((judged.get(), store.read("log/checkpoint").unwrap()), (2, Some(b"3".to_vec())));
        // And one that always comes between is not fought for ever.
        let restless = |_: &[u8]| {
            judged.set(judged.get() + 1);
            overwrite(&objects, "checkpoint", judged.get().to_string().as_bytes());
            Ok(())
        };
        assert_eq!(store.advance("log/checkpoint", b"x", restless).map_err(|error| error.code()), Err(Code::IoWrite));
        assert_eq!(judged.get(), 2 + MAX_CHANGES);
        store.advance("log/checkpoint", b"x", |_| Ok(())).unwrap();
        assert_eq!(store.read("log/checkpoint").unwrap().as_deref(), Some(b"x".as_slice()));
        // In a directory the lock says that nobody else writes.
        store.advance("state/fence", b"1", never).unwrap();
        store.advance("state/fence", b"2", never).unwrap();
    }

    #[test]
    fn a_bucket_has_one_owner() {
        let (dir, _, store) = bucket();
        store.claim("node 1").unwrap();
        store.claim("node 1").unwrap();
        assert_eq!(store.claim("node 2").map_err(|error| error.code()), Err(Code::MalformedConfig));
        assert_eq!(store.read(OWNER).unwrap().as_deref(), Some(b"node 1".as_slice()));
        let local = Store::open(dir.path()).unwrap();
        local.claim("node 2").unwrap();
        assert!(!dir.path().join("log").exists());
    }

    // Trouble that lasts is told once: so its text must not change with each try.
    #[test]
    fn a_cause_has_nothing_in_it_that_differs_from_try_to_try() {
        #[derive(Debug)]
        struct Outer(Box<dyn std::error::Error + Send + Sync>);
        impl std::fmt::Display for Outer {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("after 12.3 ms")
            }
        }
        impl std::error::Error for Outer {
            fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                Some(self.0.as_ref())
            }
        }
        for (said, told) in [
            (
                "status 503: <?xml?><Error><Code>SlowDown</Code><RequestId>17</RequestId></Error>",
                "status 503: SlowDown",
            ),
            ("status 500: \u{7}<html>", "status 500: "),
            ("status 500: one\ntwo", "status 500: one"),
        ] {
            let outer = Outer(said.into());
            assert_eq!(cause(&outer).trim_end(), told.trim_end(), "{said}");
        }
        let long = Outer("x".repeat(10_000).into());
        assert_eq!(cause(&long).len(), MAX_CAUSE);
        let own = Outer(Box::new(Error::new(Code::IoNetwork, "http://x", "cannot be reached", "look")));
        assert_eq!(cause(&own), "cannot be reached");
    }
}
