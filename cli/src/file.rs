//! Reading a file that somebody else may have prepared: it must be a regular file of a sane size before a byte is read.

use crate::failure::Failure;
use crate::system;
use crate::text::shown;
use ct_core::{Code, Error};
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

/// What is asked of a file's size, and the code if it is larger.
#[derive(Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) bytes: usize,
    pub(crate) code: Code,
}

/// Whether a path is looked at before it is opened: to open a device can already have an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    First,
    /// Its folder has just listed it as a regular file.
    Listed,
}

/// The whole content of a regular file of at most `limit`.
pub(crate) fn read(path: &Path, limit: Limit) -> Result<Vec<u8>, Failure> {
    read_found(path, Look::First, limit)
}

/// The same of a path that may have been looked at already.
pub(crate) fn read_found(path: &Path, look: Look, limit: Limit) -> Result<Vec<u8>, Failure> {
    let (file, metadata) = open_found(path, look)?;
    let max = u64::try_from(limit.bytes).unwrap_or(u64::MAX);
    let too_large = || {
        let what = format!("{}: it is larger than {} bytes", shown(path), limit.bytes);
        Failure::new(limit.code, what)
    };
    if metadata.len() > max {
        return Err(too_large());
    }
    let expected = usize::try_from(metadata.len()).unwrap_or(0);
    // With room for one byte more a single read shows the end of a file that stands still; it may also grow.
    let mut bytes = vec![0; expected.saturating_add(1)];
    let length = (&file).read(&mut bytes).map_err(|error| Failure::reading(path, &error))?;
    bytes.truncate(length);
    if length != expected {
        file.take(max.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| Failure::reading(path, &error))?;
    }
    if bytes.len() > limit.bytes { Err(too_large()) } else { Ok(bytes) }
}

/// The text of a regular UTF-8 file of at most `limit`.
pub(crate) fn read_text(path: &Path, limit: Limit) -> Result<String, Failure> {
    let not_text = |_| Failure::new(Code::MalformedUtf8, format!("{}: it is not a UTF-8 text", shown(path)));
    String::from_utf8(read(path, limit)?).map_err(not_text)
}

/// A regular file, opened for reading. A pipe or a device is refused without waiting for it.
pub(crate) fn open(path: &Path) -> Result<(File, Metadata), Failure> {
    open_found(path, Look::First)
}

fn open_found(path: &Path, look: Look) -> Result<(File, Metadata), Failure> {
    let fail = |error: io::Error| Failure::reading(path, &error);
    if look == Look::First {
        regular(path, &path.metadata().map_err(fail)?)?;
    }
    let file = system::without_waiting(OpenOptions::new().read(true)).open(path).map_err(fail)?;
    let metadata = file.metadata().map_err(fail)?;
    regular(path, &metadata)?;
    Ok((file, metadata))
}

/// A regular file, opened for reading and writing, made for its owner alone if it is not there. In a folder that others
/// can write to, neither a link nor a pipe may stand in for it.
pub(crate) fn open_to_write(path: &Path) -> Result<File, Failure> {
    let fail = |error: io::Error| Failure::writing(path, &error);
    let mut options = OpenOptions::new();
    let options = system::for_owner(system::without_following(options.read(true).write(true).create(true)));
    let file = options.open(path).map_err(|error| {
        if path.is_symlink() {
            let what = format!("{}: it is a symbolic link; name the file itself", shown(path));
            return Failure::new(Code::IoNotAFile, what);
        }
        fail(error)
    })?;
    regular(path, &file.metadata().map_err(fail)?)?;
    Ok(file)
}

/// Who may read a new file.
#[derive(Clone, Copy)]
pub(crate) enum Readers {
    /// It holds somebody's data.
    Owner,
    /// It is to be passed on.
    Everybody,
}

/// Writes a new file whole or not at all; never overwrites.
pub(crate) fn write_new(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), Failure> {
    let fail = |error: io::Error| Failure::writing(path, &error);
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".ct-").tempfile_in(folder).map_err(fail)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(fail)?;
    // A temporary file is made for its owner alone.
    if let Readers::Everybody = readers {
        system::let_everybody_read(file.as_file()).map_err(fail)?;
    }
    file.persist_noclobber(path).map_err(|error| fail(error.error))?;
    system::sync_folder(folder).map_err(fail)
}

/// The refusal that a report shows for a file that could not be read.
pub(crate) fn as_report_error(failure: &Failure) -> Error {
    Error::new(failure.code(), "file")
}

fn regular(path: &Path, metadata: &Metadata) -> Result<(), Failure> {
    let kind = metadata.file_type();
    let what = match kind {
        _ if kind.is_file() => return Ok(()),
        _ if kind.is_dir() => "a folder",
        _ => system::odd_kind(kind),
    };
    Err(Failure::new(Code::IoNotAFile, format!("{}: it is {what}; name a file", shown(path))))
}
