//! Files outside the log, written whole or not at all, and on disk when the call returns.

use crate::error::{Error, Result, shown};
use ct_core::Code;
use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tempfile::NamedTempFile;

/// Creates a file that did not exist, readable by everybody.
///
/// # Errors
/// `io.exists` if there is anything at the path; `io.not_found` without its directory; `io.permission`, `io.write`.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        let (directory, file) = staged(path, bytes)?;
        file.persist_noclobber(path)?;
        File::open(directory)?.sync_all()
    };
    write().map_err(|source: io::Error| match source.kind() {
        io::ErrorKind::AlreadyExists => exists(path),
        _ => Error::writing(path, &source),
    })
}

/// Creates a file or replaces it: a reader sees the old bytes or the new ones.
///
/// # Errors
/// `io.not_found` without its directory; `io.permission`, `io.write`.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        let (directory, file) = staged(path, bytes)?;
        file.persist(path)?;
        File::open(directory)?.sync_all()
    };
    write().map_err(|source: io::Error| Error::writing(path, &source))
}

/// What [`create`] says where there is a file.
pub(crate) fn exists(path: &Path) -> Error {
    let what = "exists, and is not overwritten";
    Error::new(Code::IoExists, shown(path), what, "move it away, or give the new one another name")
}

fn staged<'a>(path: &'a Path, bytes: &[u8]) -> io::Result<(&'a Path, NamedTempFile)> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    let mut file = builder.prefix(".ct-").permissions(Permissions::from_mode(0o644)).tempfile_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok((directory, file))
}
