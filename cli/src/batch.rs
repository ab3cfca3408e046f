//! Work on several threads, results in the order of the inputs.
//!
//! Threads take the inputs in chunks and may run ahead of the slowest by a fixed number of chunks, so memory does not grow
//! with the number of inputs.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Every result was delivered.
    Complete,
    /// Somebody asked it to stop; what was delivered has no gap.
    Interrupted,
    /// A thread died without a result.
    Broken,
}

/// Asks a run to stop.
pub(crate) struct Stop<R>(Sender<Event<R>>);

impl<R> Stop<R> {
    /// The run delivers no further result.
    pub(crate) fn stop(&self) {
        // If nobody listens any more, the run is over.
        let _ = self.0.send(Event::Interrupted);
    }
}

/// Gives each chunk that `source` gives to one of `threads`, and what `work` makes of it to `deliver`, in order.
///
/// `source` gives an empty chunk when there are no more. `interruption` is told how to stop the run before it begins.
pub(crate) fn run<T: Send + 'static, R: Send + 'static>(
    source: impl FnMut() -> Vec<T> + Send + 'static,
    threads: NonZeroUsize,
    work: impl Fn(Vec<T>) -> R + Send + Sync + 'static,
    interruption: impl FnOnce(Stop<R>),
    deliver: impl FnMut(R) -> ControlFlow<()>,
) -> Ending {
    let (sender, events) = channel();
    interruption(Stop(sender.clone()));
    let queue = Arc::new(Queue { source: Mutex::new((0, source)), delivered: Mutex::new(0), room: Condvar::new() });
    let work = Arc::new(work);
    let mut started = 0;
    for _ in 0..threads.get() {
        let (queue, work, events) = (Arc::clone(&queue), Arc::clone(&work), Leaving(sender.clone()));
        let thread = thread::Builder::new().spawn(move || {
            while let Some((number, chunk)) = queue.take() {
                // If nobody listens any more, the run was stopped.
                if events.0.send(Event::Result(number, work(chunk))).is_err() {
                    break;
                }
            }
        });
        // A machine that allows fewer threads is served by fewer.
        started += usize::from(thread.is_ok());
    }
    drop(sender);
    let ending = collect(&events, started, &queue, deliver);
    // Whoever waits for room goes on, finds nobody listening, and ends.
    queue.deliver(u64::MAX);
    ending
}

enum Event<R> {
    Result(u64, R),
    /// A thread has ended, because there was nothing more to take.
    Left,
    /// A thread has ended in the middle of a chunk.
    Died,
    Interrupted,
}

/// Tells of the end of a thread, also of an unexpected one.
struct Leaving<R>(Sender<Event<R>>);

impl<R> Drop for Leaving<R> {
    fn drop(&mut self) {
        let _ = self.0.send(if thread::panicking() { Event::Died } else { Event::Left });
    }
}

fn collect<R, S>(
    events: &Receiver<Event<R>>,
    threads: usize,
    queue: &Queue<S>,
    mut deliver: impl FnMut(R) -> ControlFlow<()>,
) -> Ending {
    let mut waiting = BTreeMap::new();
    let (mut next, mut left) = (0_u64, 0);
    while left < threads {
        match events.recv() {
            Ok(Event::Result(number, result)) => {
                waiting.insert(number, result);
                while let Some(result) = waiting.remove(&next) {
                    next += 1;
                    if deliver(result).is_break() {
                        return Ending::Interrupted;
                    }
                }
                queue.deliver(next);
            }
            Ok(Event::Left) => left += 1,
            Ok(Event::Interrupted) => return Ending::Interrupted,
            Ok(Event::Died) | Err(_) => return Ending::Broken,
        }
    }
    if threads == 0 { Ending::Broken } else { Ending::Complete }
}

/// Where threads take chunks from.
struct Queue<S> {
    /// The number of the next chunk, and what gives it.
    source: Mutex<(u64, S)>,
    /// How many chunks were delivered.
    delivered: Mutex<u64>,
    room: Condvar,
}

impl<S> Queue<S> {
    fn deliver(&self, delivered: u64) {
        *lock(&self.delivered) = delivered;
        self.room.notify_all();
    }
}

impl<T, S: FnMut() -> Vec<T>> Queue<S> {
    /// The next chunk with its number, as soon as there is room for its result.
    fn take(&self) -> Option<(u64, Vec<T>)> {
        // Whoever waits for room holds the source: nobody may overtake.
        let mut source = lock(&self.source);
        let (next, give) = &mut *source;
        let is_full = |delivered: &mut u64| next.saturating_sub(*delivered) >= WINDOW;
        drop(self.room.wait_while(lock(&self.delivered), is_full).unwrap_or_else(PoisonError::into_inner));
        let chunk = give();
        if chunk.is_empty() {
            return None;
        }
        let number = *next;
        *next += 1;
        Some((number, chunk))
    }
}

/// What the locks guard is whole at any time, also if a thread has died.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// By how many chunks the fastest thread may be ahead of what was delivered.
const WINDOW: u64 = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn threads(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).unwrap()
    }

    /// Chunks of `each` numbers below `end`.
    fn numbers(end: u64, each: usize) -> impl FnMut() -> Vec<u64> + Send + 'static {
        let mut numbers = 0..end;
        move || numbers.by_ref().take(each).collect()
    }

    // R19.5
    #[test]
    fn results_come_in_the_order_of_the_inputs() {
        for count in [1, 2, 3, 8] {
            for (end, each) in [(0, 3), (1, 3), (1_000, 1), (1_000, 7)] {
                let mut seen = Vec::new();
                // Work takes longest where it comes first, as far as a yield can do it.
                let work = |chunk: Vec<u64>| {
                    (0..(64 - chunk[0] % 64)).for_each(|_| thread::yield_now());
                    chunk
                };
                let ending = run(numbers(end, each), threads(count), work, drop, |chunk| {
                    seen.extend(chunk);
                    ControlFlow::Continue(())
                });
                assert_eq!(ending, Ending::Complete);
                assert!(seen.iter().copied().eq(0..end), "{count} threads, chunks of {each}: {seen:?}");
            }
        }
    }

    #[test]
    fn nobody_runs_ahead_further_than_the_window() {
        let taken = Arc::new(AtomicU64::new(0));
        let delivered = Arc::new(AtomicU64::new(0));
        let source = {
            let (taken, delivered, mut numbers) = (Arc::clone(&taken), Arc::clone(&delivered), numbers(1_000, 1));
            move || {
                let chunk = numbers();
                let before = taken.fetch_add(chunk.len() as u64, Ordering::SeqCst);
                let ahead = before.saturating_sub(delivered.load(Ordering::SeqCst));
                assert!(chunk.is_empty() || ahead < WINDOW, "{ahead}");
                chunk
            }
        };
        let ending = run(
            source,
            threads(4),
            |chunk| chunk,
            drop,
            |_| {
                thread::yield_now();
                delivered.fetch_add(1, Ordering::SeqCst);
                ControlFlow::Continue(())
            },
        );
        assert_eq!((ending, delivered.load(Ordering::SeqCst)), (Ending::Complete, 1_000));
    }

    #[test]
    fn stopping_leaves_no_gap() {
        let mut seen = Vec::new();
        let stop = RefCell::new(None);
        let ending = run(
            numbers(u64::MAX, 1),
            threads(3),
            |chunk| chunk,
            |handle| drop(stop.replace(Some(handle))),
            |chunk| {
                seen.extend(chunk);
                if seen.len() == 100 {
                    stop.take().unwrap().stop();
                }
                ControlFlow::Continue(())
            },
        );
        assert_eq!(ending, Ending::Interrupted);
        assert!(seen.len() >= 100 && seen.iter().copied().eq(0..seen.len() as u64));
    }

    #[test]
    fn a_receiver_that_has_enough_ends_the_run() {
        let mut seen = 0;
        let ending = run(
            numbers(u64::MAX, 1),
            threads(2),
            |chunk| chunk,
            drop,
            |_| {
                seen += 1;
                if seen == 10 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        );
        assert_eq!((ending, seen), (Ending::Interrupted, 10));
    }

    #[test]
    fn a_thread_that_dies_is_noticed() {
        let work = |chunk: Vec<u64>| if chunk == [5] { panic!("on purpose") } else { chunk };
        let mut seen = Vec::new();
        let ending = run(numbers(1_000, 1), threads(2), work, drop, |chunk| {
            seen.extend(chunk);
            ControlFlow::Continue(())
        });
        assert_eq!(ending, Ending::Broken);
        assert!(seen.len() <= 5 && seen.iter().copied().eq(0..seen.len() as u64), "{seen:?}");
    }
}
