//! Why a node stopped.

use crate::error::Error;
use std::io;
use std::sync::{Arc, OnceLock};

/// The first failure that stopped consensus; clones are the same one.
#[derive(Clone, Debug, Default)]
pub(super) struct Halt(Arc<OnceLock<Error>>);

impl Halt {
    /// Keeps the first failure, and gives this one to the protocol, which stops for it.
    pub(super) fn stop(&self, error: Error) -> io::Error {
        self.0.get_or_init(|| error.clone());
        io::Error::other(error)
    }

    /// Why the node stopped; `None` while it has not.
    pub(super) fn reason(&self) -> Option<Error> {
        self.0.get().cloned()
    }
}
