//! Files outside the log, written whole or not at all, and on disk when the call returns.

use crate::error::{Error, Result, shown};
use ct_core::Code;
use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use tempfile::NamedTempFile;

/// Creates a file that did not exist, readable by everybody.
///
/// # Errors
/// `io.exists` if there is anything at the path; `io.not_found` without its directory; `io.permission`, `io.write`.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> Result<()> {
    create_all(&[(path.to_owned(), bytes.to_vec())]).pop().unwrap_or(Ok(()))
}

/// Creates files that did not exist, all in one directory; the result for each. They are flushed side by side, because
/// a disk takes hardly longer for several than for one.
pub(crate) fn create_all(files: &[(PathBuf, Vec<u8>)]) -> Vec<Result<()>> {
    let mut staged: Vec<io::Result<NamedTempFile>> = files.iter().map(|(path, bytes)| stage(path, bytes)).collect();
    thread::scope(|scope| {
        for part in staged.chunks_mut(files.len().div_ceil(FLUSHED_SIDE_BY_SIDE).max(1)) {
            scope.spawn(|| part.iter_mut().for_each(flush));
        }
    });
    let persist = |((path, _), staged): (&(PathBuf, _), io::Result<NamedTempFile>)| -> io::Result<()> {
        staged?.persist_noclobber(path)?;
        Ok(())
    };
    let created: Vec<io::Result<()>> = files.iter().zip(staged).map(persist).collect();
    let synced = files.last().map_or(Ok(()), |(path, _)| File::open(directory(path))?.sync_all());
    let report = |((path, _), created): (&(PathBuf, _), io::Result<()>)| match (created, &synced) {
        (Ok(()), Ok(())) => Ok(()),
        (Err(source), _) if source.kind() == io::ErrorKind::AlreadyExists => Err(exists(path)),
        (Err(source), _) => Err(Error::writing(path, &source)),
        (Ok(()), Err(source)) => Err(Error::writing(path, source)),
    };
    files.iter().zip(created).map(report).collect()
}

/// Creates a file or replaces it: a reader sees the old bytes or the new ones.
///
/// # Errors
/// `io.not_found` without its directory; `io.permission`, `io.write`.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        let file = stage(path, bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        File::open(directory(path))?.sync_all()
    };
    write().map_err(|source: io::Error| Error::writing(path, &source))
}

/// Makes `dir`, which does not exist or is empty, with what `build` puts into a folder out of sight: all of it or
/// nothing.
///
/// # Errors
/// `io.exists` if there is anything in the directory; those of `build`; `io.*`.
pub(crate) fn fill_directory(dir: &Path, build: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let writing = |source| Error::writing(dir, &source);
    let reading = |source| Error::reading(dir, &source);
    let made = !dir.exists();
    fs::create_dir_all(dir).map_err(writing)?;
    if fs::read_dir(dir).map_err(reading)?.next().is_some() {
        let what = "there is something in this directory, and nothing is overwritten";
        return Err(Error::new(Code::IoExists, shown(dir), what, "name an empty directory or a new one"));
    }
    let fill = || {
        let stage = tempfile::Builder::new().prefix(".ct-node-").tempdir_in(dir).map_err(writing)?;
        build(stage.path())?;
        for entry in fs::read_dir(stage.path()).map_err(reading)? {
            let entry = entry.map_err(reading)?;
            fs::rename(entry.path(), dir.join(entry.file_name())).map_err(writing)?;
        }
        File::open(dir).and_then(|dir| dir.sync_all()).map_err(writing)
    };
    let filled = fill();
    if filled.is_err() && made {
        // Only if it is empty, which is how it was found.
        let _ = fs::remove_dir(dir);
    }
    filled
}

fn exists(path: &Path) -> Error {
    let what = "exists, and is not overwritten";
    Error::new(Code::IoExists, shown(path), what, "move it away, or give the new one another name")
}

/// The bytes in a file without a lasting name, not yet flushed.
fn stage(path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    let mut file = builder.prefix(".ct-").permissions(Permissions::from_mode(0o644)).tempfile_in(directory(path))?;
    file.write_all(bytes)?;
    Ok(file)
}

fn flush(staged: &mut io::Result<NamedTempFile>) {
    if let Ok(file) = staged
        && let Err(source) = file.as_file().sync_all()
    {
        *staged = Err(source);
    }
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

const FLUSHED_SIDE_BY_SIDE: usize = 32;
