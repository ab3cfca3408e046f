//! The list of the files of a backup, as `sha256sum` writes it.

use super::SUMS;
use crate::error::{Error, Result, shown};
use ct_core::{Code, Hash};
use std::fmt::Display;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// The line of one file.
pub(super) fn line(hash: Hash, path: impl Display) -> String {
    format!("{hash}  {path}\n")
}

/// A list that is read line by line, next to what must stand in it.
pub(super) struct Listing {
    lines: BufReader<File>,
    path: PathBuf,
}

impl Listing {
    pub(super) fn open(dir: &Path) -> Result<Self> {
        let path = dir.join(SUMS);
        let file = File::open(&path).map_err(|source| Error::reading(&path, &source))?;
        Ok(Self { lines: BufReader::new(file), path })
    }

    /// The hash of the next file, which must be this one.
    ///
    /// # Errors
    /// `tampered.file` for anything else; `io.*`.
    pub(super) fn next(&mut self, name: &str) -> Result<Hash> {
        let line = self.read()?;
        let (hash, rest) = line.split_at_checked(HEX).ok_or_else(|| self.tampered())?;
        let found = rest.strip_prefix("  ").and_then(|rest| rest.strip_suffix('\n'));
        if found != Some(name) {
            return Err(self.tampered());
        }
        Hash::from_hex(hash).map_err(|_| self.tampered())
    }

    /// # Errors
    /// `tampered.file` if there are more files.
    pub(super) fn end(mut self) -> Result<()> {
        if self.read()?.is_empty() { Ok(()) } else { Err(self.tampered()) }
    }

    fn read(&mut self) -> Result<String> {
        let mut line = String::new();
        let read = (&mut self.lines).take(MAX_LINE_BYTES).read_line(&mut line);
        read.map_err(|source| Error::reading(&self.path, &source))?;
        Ok(line)
    }

    fn tampered(&self) -> Error {
        let next = "use another copy of the backup, or another backup";
        Error::new(Code::TamperedFile, shown(&self.path), "does not name the files of this backup", next)
    }
}

const HEX: usize = 2 * Hash::LEN;
/// The longest name of a tile is far shorter.
const MAX_LINE_BYTES: u64 = 512;
