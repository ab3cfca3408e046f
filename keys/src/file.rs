//! Reading and creating small files, without surprises. What differs between systems is at the end.

use crate::error::{Error, Problem};
use ct_core::limits::MAX_KEY_FILE_BYTES;
use std::fs::{self, Metadata};
use std::io::{self, Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// Who may have access to a file.
#[derive(Clone, Copy)]
pub(crate) enum Access {
    /// Its owner alone: a private key or a passphrase.
    Owner,
    /// Everybody may read it: a public key.
    Everybody,
}

/// The text of a key file: of a regular file of at most [`MAX_KEY_FILE_BYTES`]. `access` says from the text who may
/// have access to such a file. The buffer is wiped when dropped.
pub(crate) fn read_key(path: &Path, access: impl FnOnce(&str) -> Access) -> Result<Zeroizing<String>, Error> {
    let fail = |problem| Error::of_file(path, problem);
    let (bytes, metadata) = read_regular(path, MAX_KEY_FILE_BYTES)?;
    // What cannot be read as text may be a damaged private key.
    let text = str::from_utf8(&bytes);
    check_access(&metadata, text.map_or(Access::Owner, access)).map_err(fail)?;
    if bytes.len() > MAX_KEY_FILE_BYTES {
        return Err(fail(Problem::TooLarge));
    }
    match text {
        Ok("") => Err(fail(Problem::Form("it is empty"))),
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(fail(Problem::Form("it is not a text file"))),
    }
}

/// The content of a regular file to which only its owner has access, but at most one byte more than `limit`: by it the
/// caller sees that there is more.
pub(crate) fn read_secret(path: &Path, limit: usize) -> Result<Zeroizing<Vec<u8>>, Error> {
    let (bytes, metadata) = read_regular(path, limit)?;
    check_access(&metadata, Access::Owner).map_err(|problem| Error::of_file(path, problem))?;
    Ok(bytes)
}

/// Reads to the end, but at most one byte more than `limit`. The buffer is wiped when dropped.
pub(crate) fn read_all(reader: impl Read, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    // Room for more than is read: a buffer that grew would leave a copy of the secret behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(limit.saturating_mul(2)));
    let at_most = u64::try_from(limit).map_or(u64::MAX, |limit| limit.saturating_add(1));
    reader.take(at_most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Creates a file that did not exist, with all of its content or not at all, also across a crash.
pub(crate) fn write_new(path: &Path, access: Access, text: &str) -> Result<(), Error> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".ct-key-");
    restrict(&mut builder, access).map_err(|problem| Error::of_file(path, problem))?;
    let create = || {
        let mut file = builder.tempfile_in(directory)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist_noclobber(path)?;
        sync_directory(directory)
    };
    create().map_err(|source| Error::of_file(path, Problem::Write(source)))
}

fn read_regular(path: &Path, limit: usize) -> Result<(Zeroizing<Vec<u8>>, Metadata), Error> {
    let fail = |problem| Error::of_file(path, problem);
    let unread = |source| fail(Problem::Read(source));
    // Opening a FIFO waits for a writer and opening a device can have effects, so look first. What was looked at may
    // have been replaced since: hence no waiting, and the same check on what was opened.
    check_regular(&fs::metadata(path).map_err(unread)?).map_err(fail)?;
    let file = open_without_waiting(path).map_err(unread)?;
    let metadata = file.metadata().map_err(unread)?;
    check_regular(&metadata).map_err(fail)?;
    Ok((read_all(file, limit).map_err(unread)?, metadata))
}

fn check_regular(metadata: &Metadata) -> Result<(), Problem> {
    if metadata.is_file() { Ok(()) } else { Err(Problem::NotAFile) }
}

fn check_access(metadata: &Metadata, access: Access) -> Result<(), Problem> {
    match access {
        Access::Owner => check_owner_only(metadata),
        Access::Everybody => Ok(()),
    }
}

pub(crate) use system::is_symlink_loop;
use system::{check_owner_only, open_without_waiting, restrict, sync_directory};

#[cfg(unix)]
mod system {
    use super::{Access, Problem};
    use std::fs::{File, Metadata, OpenOptions, Permissions};
    use std::io;
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    use std::path::Path;

    pub(super) fn open_without_waiting(path: &Path) -> io::Result<File> {
        OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)
    }

    pub(super) fn check_owner_only(metadata: &Metadata) -> Result<(), Problem> {
        let mode = metadata.permissions().mode() & 0o7777;
        if mode & 0o077 == 0 { Ok(()) } else { Err(Problem::ReadableByOthers { mode }) }
    }

    pub(super) fn restrict(builder: &mut tempfile::Builder<'_, '_>, access: Access) -> Result<(), Problem> {
        builder.permissions(Permissions::from_mode(match access {
            Access::Owner => 0o600,
            Access::Everybody => 0o644,
        }));
        Ok(())
    }

    pub(super) fn sync_directory(directory: &Path) -> io::Result<()> {
        File::open(directory)?.sync_all()
    }

    /// `ErrorKind::FilesystemLoop` has no stable name, and tempfile keeps the kind but not the number.
    pub(crate) fn is_symlink_loop(error: &io::Error) -> bool {
        error.kind() == io::Error::from_raw_os_error(libc::ELOOP).kind()
    }
}

/// Without file modes nobody can say who may read a private key, so none is read or written.
#[cfg(not(unix))]
mod system {
    use super::{Access, Problem};
    use std::fs::{File, Metadata};
    use std::io;
    use std::path::Path;

    pub(super) fn open_without_waiting(path: &Path) -> io::Result<File> {
        File::open(path)
    }

    pub(super) fn check_owner_only(_: &Metadata) -> Result<(), Problem> {
        Err(Problem::NoFileModes)
    }

    pub(super) fn restrict(_: &mut tempfile::Builder<'_, '_>, access: Access) -> Result<(), Problem> {
        match access {
            Access::Owner => Err(Problem::NoFileModes),
            Access::Everybody => Ok(()),
        }
    }

    /// A directory cannot be opened here; the file itself is on disk.
    pub(super) fn sync_directory(_: &Path) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn is_symlink_loop(_: &io::Error) -> bool {
        false
    }
}
