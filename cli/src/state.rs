//! `--state DIR`: what earlier runs of `ct verify` remembered.
//!
//! A run reads one snapshot before its first bundle and writes once after its last, so the order of a batch does not
//! matter. The write happens under a lock and keeps what another run has written meanwhile.

use crate::failure::Failure;
use crate::file::{self, Limit, Readers};
use crate::inputs;
use crate::system;
use ct_core::limits::MAX_STATE_BYTES;
use ct_core::state::State;
use ct_core::{Code, Hash};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The folder, and what stood in it when the run began.
pub(crate) struct StateFolder {
    folder: PathBuf,
    snapshot: State,
}

impl StateFolder {
    /// Makes the folder, if it is not there yet.
    pub(crate) fn make(folder: &Path) -> Result<(), Failure> {
        fs::create_dir_all(folder).map_err(|error| Failure::writing(folder, &error))
    }

    /// Reads the snapshot.
    pub(crate) fn read(folder: &Path) -> Result<Self, Failure> {
        Ok(Self { folder: folder.to_owned(), snapshot: read(folder)? })
    }

    pub(crate) const fn snapshot(&self) -> &State {
        &self.snapshot
    }

    /// The evidence that earlier runs have kept here.
    pub(crate) fn kept_evidence(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
        let files = inputs::listed(folder)?;
        let is_evidence = |path: &PathBuf| {
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("equivocation-"))
        };
        Ok(files.into_iter().filter(is_evidence).collect())
    }

    /// Remembers what this run saw, beside what others have written since.
    pub(crate) fn commit(&self, seen: &State) -> Result<(), Failure> {
        if *seen == State::default() {
            return Ok(());
        }
        let lock_path = self.folder.join("lock");
        let fail = |error: io::Error| Failure::writing(&self.folder, &error);
        // In a folder that others can write to, neither a link nor a pipe may stand in for the lock.
        let mut options = File::options();
        let lock = system::without_following(options.create(true).append(true)).open(&lock_path).map_err(fail)?;
        lock.lock().map_err(fail)?;
        let known = read(&self.folder)?;
        let mut merged = known.clone();
        merged.merge(seen);
        if merged == known {
            return Ok(());
        }
        // What could not be read again would cost the whole memory.
        let bytes = merged.encode();
        State::parse(&bytes).map_err(|error| Failure::refused(&self.folder.join(FILE), error))?;
        let mut temporary = tempfile::Builder::new().prefix(".state-").tempfile_in(&self.folder).map_err(fail)?;
        temporary.write_all(&bytes).and_then(|()| temporary.as_file().sync_all()).map_err(fail)?;
        temporary.persist(self.folder.join(FILE)).map_err(|error| fail(error.error))?;
        system::sync_folder(&self.folder).map_err(fail)
    }

    /// Writes evidence of two histories, once for each content, and says where.
    pub(crate) fn keep_evidence(&self, evidence: &[u8]) -> Result<PathBuf, Failure> {
        let path = self.folder.join(format!("equivocation-{}.cbor", Hash::of(evidence)));
        match file::write_new(&path, evidence, Readers::Everybody) {
            Err(failure) if failure.code() == Code::IoExists => Ok(path),
            outcome => outcome.map(|()| path),
        }
    }
}

fn read(folder: &Path) -> Result<State, Failure> {
    let path = folder.join(FILE);
    if path.symlink_metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        return Ok(State::default());
    }
    let bytes = file::read(&path, Limit { bytes: MAX_STATE_BYTES, code: Code::LimitLength })?;
    State::parse(&bytes).map_err(|error| Failure::refused(&path, error))
}

const FILE: &str = "state.cbor";
