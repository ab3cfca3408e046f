//! Ctrl-C: the first is heeded where nothing is half done, the second ends the program at once.

use ct_core::Code;
use ct_node::{Error, Result};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};

/// Begins to watch.
pub(crate) fn watch() -> Result<()> {
    let handler = || {
        if INTERRUPTED.swap(true, Ordering::SeqCst) {
            process::exit(i32::from(Code::Interrupted.class().exit_status()));
        }
    };
    ctrlc::set_handler(handler).map_err(|source| {
        Error::new(Code::Internal, "signals", format!("cannot be watched: {source}"), "report this as a defect")
    })
}

/// Stops here if Ctrl-C was pressed; `state` says what there is now.
pub(crate) fn check(state: &str) -> Result<()> {
    if pressed() {
        return Err(Error::new(Code::Interrupted, "", format!("stopped; {state}"), ""));
    }
    Ok(())
}

/// Whether Ctrl-C was pressed.
pub(crate) fn pressed() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
