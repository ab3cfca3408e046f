//! What the node's own threads meet at: the standard library's. `tests/schedules` compiles the files that name this
//! module once more, with what a model checker steers in its place.

pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};
#[cfg(not(feature = "simulation"))]
pub(crate) use std::thread::Builder;
pub(crate) use std::thread::{JoinHandle, ThreadId, current};
