//! Files of the log, through `object_store`: a local directory here, a bucket elsewhere.
//!
//! A file that has been written is on disk, with its directory entry, before the call returns. The runtime that
//! `object_store` needs lives in here and nowhere else; so the log's interface is synchronous, and must not be called
//! from inside another asynchronous task.

use crate::error::{Error, Result, shown};
use ct_core::Code;
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt, PutMode};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};

/// The files below one directory, by their relative paths.
#[derive(Debug)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    /// There until it is dropped.
    runtime: Option<Runtime>,
    dir: PathBuf,
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
        let runtime = Builder::new_current_thread().build().map_err(|source| failed(source.to_string()))?;
        Ok(Self { objects, runtime: Some(runtime), dir: dir.to_owned() })
    }

    /// Creates a file that did not exist, whole or not at all.
    ///
    /// # Errors
    /// `io.exists` if there is one, whatever its bytes; `io.write`, `io.permission`.
    pub fn create(&self, path: &str, bytes: &[u8]) -> Result<()> {
        self.put(path, bytes, PutMode::Create)
    }

    /// Creates a file or replaces it, so that a reader sees the old bytes or the new ones.
    ///
    /// # Errors
    /// `io.write`, `io.permission`.
    pub fn replace(&self, path: &str, bytes: &[u8]) -> Result<()> {
        self.put(path, bytes, PutMode::Overwrite)
    }

    /// The bytes of a file; `None` if there is no such file.
    ///
    /// # Errors
    /// `io.read`, `io.permission`.
    pub fn read(&self, path: &str) -> Result<Option<Vec<u8>>> {
        let object = ObjectPath::from(path);
        let read = async { self.objects.get(&object).await?.bytes().await };
        match self.wait(read) {
            Ok(bytes) => Ok(Some(bytes.to_vec())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(self.failed(path, Code::IoRead, &source)),
        }
    }

    /// The names of the files directly in the folder `path`, in no order; none if there is no such folder.
    ///
    /// # Errors
    /// `io.read`, `io.permission`.
    pub fn names(&self, path: &str) -> Result<Vec<String>> {
        let prefix = ObjectPath::from(path);
        match self.wait(self.objects.list_with_delimiter(Some(&prefix))) {
            Ok(listed) => {
                let names = listed.objects.iter().filter_map(|object| object.location.filename());
                Ok(names.map(str::to_owned).collect())
            }
            Err(object_store::Error::NotFound { .. }) => Ok(Vec::new()),
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
        shown(&self.dir.join(path))
    }

    fn put(&self, path: &str, bytes: &[u8], mode: PutMode) -> Result<()> {
        let object = ObjectPath::from(path);
        let put = self.objects.put_opts(&object, bytes.to_vec().into(), mode.into());
        match self.wait(put) {
            Ok(_) => Ok(()),
            Err(object_store::Error::AlreadyExists { .. }) => {
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
            object_store::Error::PermissionDenied { .. } => Code::IoPermission,
            _ => otherwise,
        };
        let what = if otherwise == Code::IoWrite { "cannot be written" } else { "cannot be read" };
        Error::new(code, self.shown(path), format!("{what}: {source}"), "check the disk and the permissions")
    }
}

/// Nothing is under way by then; and whoever drops it may be a task of another runtime, which must not wait.
impl Drop for Store {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
