//! tokio's threads beside the event loop, steered by the model checker.

use shuttle::future::{JoinHandle, spawn};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Begins the work, which nobody can take back; a panic is an error for whoever waits for it.
pub(crate) async fn spawn_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Box<dyn Any + Send>> {
    let begun: JoinHandle<_> = spawn(async move { catch_unwind(AssertUnwindSafe(work)) });
    begun.await.unwrap()
}
