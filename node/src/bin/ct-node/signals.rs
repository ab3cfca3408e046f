//! Services stop on Ctrl-C and on SIGTERM; the second time at once.

use ct_core::Code;
use ct_node::{Error, Result};
use std::pin::Pin;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

/// Runs a service on a runtime of its own; what it is given is ready when it should stop.
pub(crate) fn until_told<T>(service: impl AsyncFnOnce(Told) -> Result<T>) -> Result<T> {
    let broken = |source: std::io::Error| {
        Error::new(Code::Internal, "", format!("cannot run: {source}"), "report this as a defect")
    };
    let runtime = Builder::new_multi_thread().enable_all().build().map_err(broken)?;
    runtime.block_on(async {
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
    })
}

/// Ready when the service should stop.
pub(crate) type Told = Pin<Box<dyn Future<Output = ()> + Send>>;
