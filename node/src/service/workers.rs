//! Threads beside the event loop: a bounded number work (R5.1), a bounded number of tasks wait for one of them, and any
//! further ones are turned away (R5.2).

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

/// The threads; clones are the same ones.
#[derive(Clone)]
pub(super) struct Workers {
    /// For each task that waits or is worked on.
    places: Arc<Semaphore>,
    /// For each task that is worked on.
    workers: Arc<Semaphore>,
}

/// A task that may wait.
pub(super) struct Place {
    place: OwnedSemaphorePermit,
    workers: Arc<Semaphore>,
}

/// A thread for one task.
pub(super) struct Worker {
    _place: OwnedSemaphorePermit,
    _worker: OwnedSemaphorePermit,
}

impl Workers {
    /// So many threads, and places for so many tasks that wait for one.
    pub(super) fn new(workers: usize, waiting: usize) -> Self {
        let semaphore = |permits: usize| Arc::new(Semaphore::new(permits.min(Semaphore::MAX_PERMITS)));
        Self { places: semaphore(waiting.saturating_add(workers)), workers: semaphore(workers) }
    }

    /// A place, if one is free.
    pub(super) fn enter(&self) -> Option<Place> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        Some(Place { place, workers: Arc::clone(&self.workers) })
    }
}

impl Place {
    /// Waits for a thread; tasks get one in the order in which they began to wait.
    pub(super) async fn worker(self) -> Option<Worker> {
        let worker = self.workers.acquire_owned().await.ok()?;
        Some(Worker { _place: self.place, _worker: worker })
    }
}

impl Worker {
    /// Does the work on the thread; `None` if it panicked. Work that has begun is finished, and holds thread and place
    /// until then, also when nobody waits for it any more.
    pub(super) async fn run<T: Send + 'static>(self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let running = spawn_blocking(move || {
            let _held = self;
            work()
        });
        running.await.ok()
    }
}
