//! tokio's semaphore, steered by the model checker.

use crate::lost::Lost;
use shuttle::future::batch_semaphore::{AcquireError, BatchSemaphore, Fairness, TryAcquireError};
use std::sync::Arc;

/// Permits that are handed out in the order in which they are asked for.
pub(crate) struct Semaphore(BatchSemaphore);

/// Given back when it is dropped.
pub(crate) struct OwnedSemaphorePermit(Arc<Semaphore>);

impl Semaphore {
    pub(crate) const MAX_PERMITS: usize = usize::MAX >> 3;

    pub(crate) fn new(permits: usize) -> Self {
        Self(BatchSemaphore::new(permits, Fairness::StrictlyFair))
    }

    pub(crate) fn try_acquire_owned(self: Arc<Self>) -> Result<OwnedSemaphorePermit, TryAcquireError> {
        self.0.try_acquire(1)?;
        Ok(OwnedSemaphorePermit(self))
    }

    pub(crate) async fn acquire_owned(self: Arc<Self>) -> Result<OwnedSemaphorePermit, AcquireError> {
        self.0.acquire(1).await?;
        Ok(OwnedSemaphorePermit(self))
    }
}

impl Drop for OwnedSemaphorePermit {
    fn drop(&mut self) {
        if !Lost::Permit.is_here() {
            self.0.0.release(1);
        }
    }
}
