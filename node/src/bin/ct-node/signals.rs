//! Services stop on Ctrl-C and on SIGTERM; the second time at once.

use ct_core::Code;
use ct_node::{Error, Result};
use std::pin::Pin;
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

/// Runs a service on a runtime of its own; what it is given is ready when it should stop.
pub(crate) fn until_told<T>(service: impl AsyncFnOnce(Told) -> Result<T>) -> Result<T> {
    let broken = |source: std::io::Error| {
        Error::new(Code::Internal, "", format!("cannot run: {source}"), "report this as a defect")
    };
    let runtime = Builder::new_multi_thread().enable_all().build().map_err(broken)?;
    let ended = runtime.block_on(async {
        let mut interrupt = signal(SignalKind::interrupt()).map_err(broken)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(broken)?;
        let told = async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            // Whoever asks again does not want to wait.
            tokio::spawn(async move {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                std::process::exit(i32::from(Code::Interrupted.class().exit_status()));
            });
        };
        service(Box::pin(told)).await
    });
    // What hangs, for example on a disk that does not answer, must not keep the process.
    runtime.shutdown_timeout(LAST);
    ended
}

/// From now on this process is told to stop when its parent ends, however that ends. `parent` is the ID that it gave.
#[cfg(target_os = "linux")]
pub(crate) fn end_with(parent: Option<i32>) -> Result<()> {
    use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};
    let Some(parent) = parent else { return Ok(()) };
    let failed = |what: String| Error::new(Code::Internal, "the parent process", what, "start this one by itself");
    set_parent_process_death_signal(Some(Signal::TERM))
        .map_err(|source| failed(format!("is not watched: {source}")))?;
    // It may have ended before it was watched: then somebody else is the parent.
    if getppid().map(Pid::as_raw_pid) == Some(parent) { Ok(()) } else { Err(failed("has ended".to_owned())) }
}

/// Only Linux tells a process of the end of its parent: elsewhere this one has to be stopped by hand then.
#[cfg(not(target_os = "linux"))]
pub(crate) fn end_with(_parent: Option<i32>) -> Result<()> {
    Ok(())
}

/// Ready when the service should stop.
pub(crate) type Told = Pin<Box<dyn Future<Output = ()> + Send>>;

/// For threads that a service has left behind.
const LAST: Duration = Duration::from_secs(2);
