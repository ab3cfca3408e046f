//! Opening a log: nothing but a regular file may stand in its place.

use crate::error::{Error, Problem};
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Opens for appending and reading. A file that is not there is made, for its owner alone.
pub(crate) fn open_or_make(path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    // In a folder that others can write to, neither a link nor a pipe may stand in for the log.
    for_owner_without_following(options.read(true).append(true));
    // Looked at first, because opening a device can already have an effect.
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_symlink() => return Err(Problem::Symlink.into()),
        Ok(metadata) if !metadata.is_file() => return Err(Problem::NotAFile.into()),
        _ => {}
    }
    match options.clone().create_new(true).open(path) {
        Ok(file) => {
            // The name must outlive a power cut as the records do.
            sync_folder_of(path).map_err(Problem::Open)?;
            Ok(file)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => regular(options.open(path)),
        Err(error) => Err(Problem::Open(error).into()),
    }
}

/// Opens for reading.
pub(crate) fn open_to_read(path: &Path) -> Result<File, Error> {
    if !path.metadata().map_err(Problem::Open)?.is_file() {
        return Err(Problem::NotAFile.into());
    }
    regular(without_waiting(OpenOptions::new().read(true)).open(path))
}

fn regular(opened: io::Result<File>) -> Result<File, Error> {
    let file = opened.map_err(Problem::Open)?;
    if !file.metadata().map_err(Problem::Open)?.is_file() {
        return Err(Problem::NotAFile.into());
    }
    Ok(file)
}

/// Where there are no such flags, folders that others can write to have neither links nor pipes in them.
#[cfg(unix)]
fn for_owner_without_following(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
}

#[cfg(not(unix))]
fn for_owner_without_following(_: &mut OpenOptions) {}

/// Opening does not wait for the other end of a pipe.
#[cfg(unix)]
fn without_waiting(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.custom_flags(libc::O_NONBLOCK)
}

#[cfg(not(unix))]
fn without_waiting(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(not(unix))]
fn sync_folder_of(_: &Path) -> io::Result<()> {
    // A folder cannot be opened here; the file itself is on disk.
    Ok(())
}

#[cfg(unix)]
fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
