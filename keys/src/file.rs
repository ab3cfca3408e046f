//! Reading and creating small files, without surprises.

use crate::error::{Error, Problem};
use ct_core::limits::MAX_KEY_FILE_BYTES;
use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use zeroize::Zeroizing;

/// Who may have access to a file.
#[derive(Clone, Copy)]
pub(crate) enum Access {
    /// Its owner alone: a private key.
    Owner,
    /// Everybody may read it: a public key.
    Everybody,
}

/// The text of a regular file of at most [`MAX_KEY_FILE_BYTES`]; the buffer is wiped when dropped.
pub(crate) fn read(path: &Path, access: Access) -> Result<Zeroizing<String>, Error> {
    let fail = |problem| Error::of_file(path, problem);

    // Opening a FIFO waits for a writer and opening a device can have effects, so look first. What was looked at may
    // have been replaced since: hence no waiting, and the same check on what was opened.
    check(&fs::metadata(path).map_err(|source| fail(Problem::Read(source)))?, access).map_err(fail)?;
    let file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path);
    let file = file.map_err(|source| fail(Problem::Read(source)))?;
    check(&file.metadata().map_err(|source| fail(Problem::Read(source)))?, access).map_err(fail)?;

    // Room for more than is read: a buffer that grew would leave a copy of the key behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * MAX_KEY_FILE_BYTES));
    // One byte more than allowed, so that a longer file shows.
    let at_most = u64::try_from(MAX_KEY_FILE_BYTES).map_or(u64::MAX, |limit| limit.saturating_add(1));
    file.take(at_most).read_to_end(&mut bytes).map_err(|source| fail(Problem::Read(source)))?;
    if bytes.len() > MAX_KEY_FILE_BYTES {
        return Err(fail(Problem::TooLarge));
    }
    if bytes.is_empty() {
        return Err(fail(Problem::Form("it is empty")));
    }
    match str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(fail(Problem::Form("it is not a text file"))),
    }
}

/// Creates a file that did not exist, with all of its content or not at all, also across a crash.
pub(crate) fn write_new(path: &Path, access: Access, text: &str) -> Result<(), Error> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let create = || {
        let mut file = tempfile::Builder::new()
            .prefix(".ct-key-")
            .permissions(Permissions::from_mode(mode(access)))
            .tempfile_in(directory)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist_noclobber(path)?;
        File::open(directory)?.sync_all()
    };
    create().map_err(|source| Error::of_file(path, Problem::Write(source)))
}

fn check(metadata: &Metadata, access: Access) -> Result<(), Problem> {
    if !metadata.is_file() {
        return Err(Problem::NotAFile);
    }
    let mode = metadata.permissions().mode() & 0o7777;
    match access {
        Access::Owner if mode & 0o077 != 0 => Err(Problem::ReadableByOthers { mode }),
        Access::Owner | Access::Everybody => Ok(()),
    }
}

fn mode(access: Access) -> u32 {
    match access {
        Access::Owner => 0o600,
        Access::Everybody => 0o644,
    }
}
