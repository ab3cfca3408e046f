//! A progress bar on standard error, if that is a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, stderr};

/// How far a run has come. Without a terminal nothing is drawn.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar for `total` things of this name, of which `done` are done.
    pub(crate) fn new(things: &str, total: Option<u64>, done: u64) -> Self {
        let target = if stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let template = match total {
            Some(_) => format!("{{bar:30}} {{human_pos}} of {{human_len}} {things}, {{per_sec}}, {{eta}} left"),
            None => format!("{{spinner}} {{human_pos}} {things}, {{per_sec}}"),
        };
        let bar = ProgressBar::with_draw_target(total, target);
        // A template that does not parse is a defect that a test finds; the bar's own style does then.
        let bar =
            bar.with_style(ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        let bar = bar.with_position(done);
        bar.reset_eta();
        Self { bar }
    }

    /// For work that is too short, or that nobody wants to watch.
    pub(crate) fn none() -> Self {
        Self { bar: ProgressBar::hidden() }
    }

    pub(crate) fn advance(&self, things: u64) {
        self.bar.inc(things);
    }

    /// Lets `write` write to the terminal without tearing the bar.
    pub(crate) fn above<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
