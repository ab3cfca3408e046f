//! Opening a log: nothing but a regular file may stand in its place.

use crate::error::{Error, Problem};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Opens for appending and reading. A file that is not there is made, for its owner alone.
pub(crate) fn open_or_make(path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    // In a folder that others can write to, neither a link nor a pipe may stand in for the log.
    options.read(true).append(true).mode(0o600).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
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
    regular(OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path))
}

fn regular(opened: io::Result<File>) -> Result<File, Error> {
    let file = opened.map_err(Problem::Open)?;
    if !file.metadata().map_err(Problem::Open)?.is_file() {
        return Err(Problem::NotAFile.into());
    }
    Ok(file)
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
