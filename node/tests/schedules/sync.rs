//! What the node's threads meet at, steered by the model checker: it runs one thread at a time, and chooses at every
//! lock, wait, notification and end of a thread which one is next.

use crate::lost::Lost;
use shuttle::rand::{Rng, thread_rng};
use std::sync::LockResult;
use std::time::Duration;

pub(crate) use crate::permits::{OwnedSemaphorePermit, Semaphore};
pub(crate) use shuttle::sync::{Mutex, MutexGuard};
pub(crate) use shuttle::thread::{Builder, JoinHandle, ThreadId, current};

/// The checker's, which has no time: here a short patience may be at its end whenever it is asked, and a long one never
/// is. Whoever waits long for what never comes has a deadlock, and the checker says so.
#[derive(Default)]
pub(crate) struct Condvar(shuttle::sync::Condvar);

impl Condvar {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn wait_timeout_while<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        patience: Duration,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> LockResult<(MutexGuard<'a, T>, ())> {
        if condition(&mut guard) && (patience.is_zero() || patience < LONG && thread_rng().gen_bool(0.5)) {
            return Ok((guard, ()));
        }
        let (guard, _) = self.0.wait_timeout_while(guard, patience, condition).unwrap();
        Ok((guard, ()))
    }

    pub(crate) fn notify_one(&self) {
        if !Lost::Notification.is_here() {
            self.0.notify_one();
        }
    }

    pub(crate) fn notify_all(&self) {
        self.0.notify_all();
    }
}

const LONG: Duration = Duration::from_secs(60);
