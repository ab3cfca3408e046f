//! Copies of what an audit found altered, and its report.

use crate::failure::Failure;
use crate::file::{self, Readers};
use crate::tree;
use ct_core::{Code, Hash, Hasher};
use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// A folder in which every file is named by the hash of its content, so that nothing is ever overwritten.
pub(crate) struct EvidenceFolder {
    folder: PathBuf,
}

impl EvidenceFolder {
    /// The folder; one that is not there yet is made.
    pub(crate) fn open(folder: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(folder).map_err(|error| Failure::writing(folder, &error))?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Copies a file in pieces, for its owner alone, and returns the hash by which the copy is named.
    pub(crate) fn keep(&self, path: &Path) -> Result<Hash, Failure> {
        let fail = |error: io::Error| Failure::writing(&self.folder, &error);
        let mut source = tree::open(path)?;
        let mut copy = tempfile::Builder::new().prefix(".ct-").tempfile_in(&self.folder).map_err(fail)?;
        let mut hasher = Hasher::new();
        let mut piece = vec![0; PIECE];
        loop {
            let length = match source.read(&mut piece) {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(Failure::reading(path, &error)),
            };
            let read = piece.get(..length).unwrap_or_default();
            hasher.update(read);
            copy.write_all(read).map_err(fail)?;
        }
        let hash = hasher.finish();
        copy.as_file().sync_all().map_err(fail)?;
        match copy.persist_noclobber(self.folder.join(hash.to_string())) {
            // The same content was kept before.
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(hash),
            Err(error) => Err(fail(error.error)),
            Ok(_) => fs::File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(fail).map(|()| hash),
        }
    }

    /// Keeps a report.
    pub(crate) fn keep_report(&self, report: &str) -> Result<(), Failure> {
        let path = self.folder.join(report_name(Hash::of(report.as_bytes())));
        match file::write_new(&path, report.as_bytes(), Readers::Owner) {
            Err(failure) if failure.code() == Code::IoExists => Ok(()),
            outcome => outcome,
        }
    }
}

/// Whether the file at `path` is one that is kept in such a folder: its name says its content. Any other file there may
/// have been put there to be overlooked.
pub(crate) fn is_kept(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(OsStr::to_str) else { return false };
    // What cannot be named so need not be read.
    let looks_alike = name.len() == HEX || name.len() == REPORT_NAME;
    looks_alike && tree::digest(path).is_ok_and(|hash| name == hash.to_string() || name == report_name(hash))
}

fn report_name(hash: Hash) -> String {
    format!("audit-{hash}.json")
}

const HEX: usize = 2 * Hash::LEN;
const REPORT_NAME: usize = "audit-.json".len() + HEX;

const PIECE: usize = 1 << 17;
