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
    let path = state.join("lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|source| Error::writing(&path, &source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(Error::new(Code::IoWrite, shown(&path), taken, "wait until it has ended and try again"))
        }
        Err(TryLockError::Error(source)) => Err(Error::writing(&path, &source)),
    }
}
