//! Structured events as lines of JSON on standard output.
//!
//! A thread writes them: whoever reads slowly must not hold up the service. Lines that find its queue full are lost, and
//! their number is an event in its turn.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::writer::MakeWriterExt;

/// From now on all events of the program are written.
pub(crate) fn write() {
    let (lines, queue) = sync_channel(QUEUE);
    let lost = Arc::new(AtomicU64::new(0));
    let writer = Lines { lines, lost: Arc::clone(&lost) };
    thread::spawn(move || drain(&queue, &lost));
    let subscriber =
        tracing_subscriber::fmt().json().flatten_event(true).with_writer(writer.with_filter(is_ours)).finish();
    // Set once, before anything happens.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// From now on warnings are written to standard error, for whoever watches.
pub(crate) fn write_trouble() {
    let subscriber = tracing_subscriber::fmt().with_max_level(Level::WARN).with_target(false).with_ansi(false);
    // Set once, before anything happens.
    let _ = tracing::subscriber::set_global_default(subscriber.with_writer(io::stderr.with_filter(is_ours)).finish());
}

/// The protocol's own warnings repeat themselves with every message to a node that is down, ten lines a second. That one
/// is down is told once, by whoever dials it.
fn is_ours(event: &Metadata<'_>) -> bool {
    *event.level() == Level::ERROR || !event.target().starts_with("openraft")
}

#[derive(Clone)]
struct Lines {
    lines: SyncSender<Vec<u8>>,
    lost: Arc<AtomicU64>,
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Write for Lines {
    /// An event arrives as one line.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Err(TrySendError::Full(_)) = self.lines.try_send(bytes.to_vec()) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn drain(queue: &Receiver<Vec<u8>>, lost: &AtomicU64) {
    let mut out = io::stdout();
    for line in queue {
        // Nobody reading any more is no failure.
        if out.write_all(&line).and_then(|()| out.flush()).is_err() {
            return;
        }
        let count = lost.swap(0, Ordering::Relaxed);
        if count > 0 {
            tracing::warn!(count, "events were lost: standard output is read too slowly");
        }
    }
}

const QUEUE: usize = 4_096;
