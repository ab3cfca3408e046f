//! The files below a log: a directory, or in tests one that fails on purpose.

use crate::error::{Error, Result, shown};
use ct_core::Code;
use std::collections::HashMap;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// What a log does with its files. Names are those of files in one directory, or in its folder `quarantine`.
pub trait Disk: Send {
    /// Where the file of this name is, for messages.
    fn path(&self, name: &str) -> PathBuf;

    /// The names in the directory, in no order.
    fn names(&self) -> io::Result<Vec<String>>;

    /// Whether there is a file of this name.
    fn exists(&self, name: &str) -> io::Result<bool>;

    /// A whole file.
    ///
    /// # Errors
    /// Also if it is longer than `most`; nothing is allocated for it then.
    fn read(&self, name: &str, most: usize) -> io::Result<Vec<u8>>;

    /// A new file of `size` bytes: first these, then zeros.
    ///
    /// # Errors
    /// Also if there is one.
    fn create(&mut self, name: &str, first: &[u8], size: usize) -> io::Result<()>;

    /// Overwrites a part of a file.
    fn write_at(&mut self, name: &str, offset: usize, bytes: &[u8]) -> io::Result<()>;

    /// Cuts a file off.
    fn cut(&mut self, name: &str, length: usize) -> io::Result<()>;

    /// Returns when what was written to the file is on disk.
    fn sync(&mut self, name: &str) -> io::Result<()>;

    /// Renames a file, over one that may be there.
    fn rename(&mut self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file.
    fn remove(&mut self, name: &str) -> io::Result<()>;

    /// Returns when files that were created, renamed and removed are so on disk.
    fn sync_names(&mut self) -> io::Result<()>;

    /// How long the next write takes, by the clock of the simulation.
    #[cfg(feature = "simulation")]
    fn latency(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }
}

/// The folder for bytes that could not be read.
pub(super) const QUARANTINE: &str = "quarantine";

/// A directory of the machine's own file system, used by one program at a time.
#[derive(Debug)]
pub struct LocalDisk {
    dir: PathBuf,
    /// Files that are written to again and again stay open.
    open: HashMap<String, File>,
    _lock: File,
}

impl LocalDisk {
    /// The directory `dir`, made if it is not there, for its owner alone.
    ///
    /// # Errors
    /// `io.permission`, `io.write`, `io.not_found` if it cannot be made or written to; `io.write` if another program uses
    /// it (R9.5).
    pub fn open(dir: &Path) -> Result<Self> {
        let quarantine = dir.join(QUARANTINE);
        // Commands may be about people.
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&quarantine)
            .map_err(|source| Error::writing(&quarantine, &source))?;
        if let Some(parent) = dir.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            let sync = File::open(parent).and_then(|parent| parent.sync_all());
            sync.map_err(|source| Error::writing(parent, &source))?;
        }
        let path = dir.join(LOCK);
        let lock = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
        let lock = lock.map_err(|source| Error::writing(&path, &source))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { dir: dir.to_owned(), open: HashMap::new(), _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                let what = "is in use by another program";
                Err(Error::new(Code::IoWrite, shown(dir), what, "stop the other node, or give this one its own folder"))
            }
            Err(TryLockError::Error(source)) => Err(Error::writing(&path, &source)),
        }
    }

    fn file(&mut self, name: &str) -> io::Result<&File> {
        if !self.open.contains_key(name) {
            let file = OpenOptions::new().read(true).write(true).open(self.path(name))?;
            self.open.insert(name.to_owned(), file);
        }
        self.open.get(name).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Disk for LocalDisk {
    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn names(&self) -> io::Result<Vec<String>> {
        // A name that is not text is none of this log's.
        let name =
            |entry: io::Result<fs::DirEntry>| entry.map(|entry| entry.file_name().into_string().ok()).transpose();
        fs::read_dir(&self.dir)?.filter_map(name).collect()
    }

    fn exists(&self, name: &str) -> io::Result<bool> {
        fs::exists(self.path(name))
    }

    fn read(&self, name: &str, most: usize) -> io::Result<Vec<u8>> {
        let file = File::open(self.path(name))?;
        let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
        if length > most {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let mut bytes = Vec::with_capacity(length);
        file.take(u64::try_from(most).unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn create(&mut self, name: &str, first: &[u8], size: usize) -> io::Result<()> {
        let mut file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(self.path(name))?;
        file.write_all(first)?;
        // Real zeros, not a hole: a flush of bytes that are there already does not touch the file's map of blocks.
        let zeros = vec![0; ZEROS.min(size)];
        let mut left = size.saturating_sub(first.len());
        while let Some(chunk) = zeros.get(..left.min(ZEROS)).filter(|chunk| !chunk.is_empty()) {
            file.write_all(chunk)?;
            left = left.saturating_sub(chunk.len());
        }
        self.open.insert(name.to_owned(), file);
        Ok(())
    }

    fn write_at(&mut self, name: &str, offset: usize, bytes: &[u8]) -> io::Result<()> {
        let offset = u64::try_from(offset).map_err(io::Error::other)?;
        self.file(name)?.write_all_at(bytes, offset)
    }

    fn cut(&mut self, name: &str, length: usize) -> io::Result<()> {
        let length = u64::try_from(length).map_err(io::Error::other)?;
        self.file(name)?.set_len(length)
    }

    fn sync(&mut self, name: &str) -> io::Result<()> {
        self.file(name)?.sync_data()
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path(from), self.path(to))?;
        self.open.remove(to);
        if let Some(file) = self.open.remove(from) {
            self.open.insert(to.to_owned(), file);
        }
        Ok(())
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.open.remove(name);
        fs::remove_file(self.path(name))
    }

    fn sync_names(&mut self) -> io::Result<()> {
        File::open(self.dir.join(QUARANTINE))?.sync_all()?;
        File::open(&self.dir)?.sync_all()
    }
}

const LOCK: &str = "lock";
const ZEROS: usize = 1 << 20;
