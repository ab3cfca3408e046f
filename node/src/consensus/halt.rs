//! Why a node stopped.

use crate::error::Error;
use std::io;
use std::sync::{Arc, OnceLock};
use tokio::sync::Notify;

/// The first failure that stopped consensus; clones are the same one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Halt(Arc<(OnceLock<Error>, Notify)>);

impl Halt {
    /// Keeps the first failure, and gives this one to the protocol, which stops for it.
    pub(super) fn stop(&self, error: Error) -> io::Error {
        let (reason, stopped) = &*self.0;
        reason.get_or_init(|| error.clone());
        stopped.notify_one();
        io::Error::other(error)
    }

    /// Why the node stopped; `None` while it has not.
    pub(super) fn reason(&self) -> Option<Error> {
        self.0.0.get().cloned()
    }

    /// Returns when the node has stopped, to the one task that waits for it.
    pub(super) async fn stopped(&self) {
        self.0.1.notified().await;
    }
}
