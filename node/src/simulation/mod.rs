//! The whole log in one thread, by a clock of its own: consensus, write-ahead log, state machine, sequencer, publisher and
//! witnesses as they run in a node, on disks and a network that fail by a seed (R20.1, R37).
//!
//! A run is repeated by its seed: `cargo xtask sim --seed N`. What happens is told as [`history::Event`]s, which the
//! invariants in `invariants/` judge, each named as in `specs/tla`. What is not real: threads and their interleavings
//! (the writer of the write-ahead log is a task; `schedules` explores what they hand over), sockets and TLS, HTTP, the
//! file system below the published files, which keeps everything that was written, and the time that computing takes.

pub(crate) mod chance;
mod clerk;
mod history;
mod invariants;
mod observer;
mod others;
mod place;
mod plots;
mod restoring;
mod run;
mod scenario;
mod state_file;
mod tests;
#[path = "../../tests/service/town.rs"]
#[expect(dead_code, reason = "the tests of the service use all of it")]
mod town;
mod watched;
mod wire;
mod witnesses;

use crate::consensus::{Moment, now, since};
use crate::peers::Member;
use std::cell::Cell;
use std::ops::Range;

/// Witnesses that must have cosigned, of three.
const QUORUM: usize = 2;

thread_local! {
    static BEGUN: Cell<Option<Moment>> = const { Cell::new(None) };
}

/// Seconds since the run began.
fn seconds() -> u64 {
    let begun = BEGUN.get().unwrap_or_else(|| {
        let begun = now();
        BEGUN.set(Some(begun));
        begun
    });
    since(begun).as_secs() + 1_000
}

/// The seeds that `cargo xtask sim` is told.
pub(crate) fn asked_for() -> Range<u64> {
    let number = |variable: &str| std::env::var(variable).unwrap().parse::<u64>().unwrap();
    let first = number("CIVICTRUST_SEED");
    first..first + number("CIVICTRUST_SEEDS")
}

fn member(node: u64) -> Member {
    Member { node, key: [u8::try_from(node).unwrap(); 32], address: format!("node-{node}:1") }
}
