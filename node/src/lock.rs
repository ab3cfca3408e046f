//! One process at a time: the file `lock` in a folder of state, held as long as the file is open.

use crate::error::{Error, Result, shown};
use ct_core::Code;
use std::fs::{File, TryLockError};
use std::path::Path;

/// Takes the lock of the folder `state`; `taken` says who else has it.
///
/// # Errors
/// `io.write` if another process has it, or the file cannot be made.
pub(crate) fn lock(state: &Path, taken: &str) -> Result<File> {
    try_lock(state)?.ok_or_else(|| {
        let next = "wait until it has ended and try again";
        Error::new(Code::IoWrite, shown(&state.join("lock")), taken, next)
    })
}

/// Takes the lock of the folder `state`; `None` if another process has it.
///
/// # Errors
/// `io.*` if the file cannot be made.
pub(crate) fn try_lock(state: &Path) -> Result<Option<File>> {
    let path = state.join("lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|source| Error::writing(&path, &source))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(source)) => Err(Error::writing(&path, &source)),
    }
}
