//! The lock that keeps writers of one log apart, and for how long it is waited for.

use crate::error::{Error, Problem};
use ct_core::Code;
use std::fmt;
use std::fs::{File, TryLockError};
use std::io;
use std::thread;
use std::time::Duration;

/// What to do while another program holds the lock of a log: how long to wait, and whom to tell of it.
pub struct Patience {
    limit: Duration,
    tell: Box<dyn Fn() + Send + Sync>,
}

impl Patience {
    /// Waits for ten seconds. `tell` is called once, when the wait is long enough to be noticed.
    #[must_use]
    pub fn telling(tell: impl Fn() + Send + Sync + 'static) -> Self {
        Self { limit: LIMIT, tell: Box::new(tell) }
    }

    /// The same with another limit; with none the lock is tried once.
    #[must_use]
    pub fn limited(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }
}

/// Waits for ten seconds and tells nobody.
impl Default for Patience {
    fn default() -> Self {
        Self::telling(|| {})
    }
}

impl fmt::Debug for Patience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Patience({:?})", self.limit)
    }
}

/// Takes the lock that one writer has alone.
pub(crate) fn to_write(file: &File, patience: &Patience) -> Result<(), Error> {
    wait(|| file.try_lock(), patience, Code::IoWrite, Problem::Write)
}

/// Takes the lock that readers share.
pub(crate) fn to_read(file: &File, patience: &Patience) -> Result<(), Error> {
    wait(|| file.try_lock_shared(), patience, Code::IoRead, Problem::Read)
}

/// Asks again and again: the system's own waiting has no end.
fn wait(
    try_lock: impl Fn() -> Result<(), TryLockError>,
    patience: &Patience,
    held: Code,
    failed: fn(io::Error) -> Problem,
) -> Result<(), Error> {
    let mut waited = Duration::ZERO;
    loop {
        match try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(TryLockError::Error(error)) => return Err(failed(error).into()),
            Err(TryLockError::WouldBlock) if waited >= patience.limit => return Err(Problem::Held(held).into()),
            Err(TryLockError::WouldBlock) => {}
        }
        if waited == NOTICED {
            (patience.tell)();
        }
        thread::sleep(PAUSE);
        waited = waited.saturating_add(PAUSE);
    }
}

/// An append takes milliseconds; whoever holds the lock for longer has stopped, or the disk has.
const LIMIT: Duration = Duration::from_secs(10);

/// Writers that take turns need not be told of.
const NOTICED: Duration = Duration::from_millis(200);

/// Short beside an append, so that a turn is not missed for long.
const PAUSE: Duration = Duration::from_millis(2);

const _: () = assert!(NOTICED.as_millis().is_multiple_of(PAUSE.as_millis()));
