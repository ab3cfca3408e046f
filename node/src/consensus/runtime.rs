//! Tasks and time: on threads, by the clock of this machine; or in a simulation, on one thread and by a clock of its own.
//!
//! Everything that has to do the same twice asks here, and neither tokio nor the system, what time it is.

use openraft::AsyncRuntime;
use std::time::Duration;

/// What tasks run on.
#[cfg(not(feature = "simulation"))]
pub(super) type Runtime = openraft::impls::TokioRuntime;
/// What tasks run on.
#[cfg(feature = "simulation")]
pub(super) type Runtime = openraft_rt_sim::SimRuntime;

/// A moment; differences between two of them are what counts.
pub(crate) type Moment = <Runtime as AsyncRuntime>::Instant;

/// What time it is.
pub(crate) fn now() -> Moment {
    <Moment as openraft::Instant>::now()
}

/// How long ago that was.
pub(crate) fn since(moment: Moment) -> Duration {
    openraft::Instant::elapsed(&moment)
}

/// Lets a task run on its own.
pub(crate) fn spawn<T: Send + 'static>(task: impl Future<Output = T> + Send + 'static) {
    drop(Runtime::spawn(task));
}

/// Returns after this time.
pub(crate) async fn sleep(time: Duration) {
    Runtime::sleep(time).await;
}

/// What comes of it, if it comes in time.
pub(crate) async fn within<T>(time: Duration, future: impl Future<Output = T> + Send) -> Option<T> {
    Runtime::timeout(time, future).await.ok()
}
