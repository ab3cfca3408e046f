//! Work on several threads, results in the order of the inputs.
//!
//! Threads take the inputs in chunks and may run ahead of the slowest by a fixed number of chunks, so memory does not grow
//! with the number of inputs.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
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

/// What the threads of a run have in common.
pub(crate) struct Work<S, W> {
    /// Gives the next inputs; none when there are no more.
    pub(crate) source: S,
    /// Hands on what it makes of the inputs, in one or several pieces.
    pub(crate) work: W,
    pub(crate) threads: NonZeroUsize,
}

/// Gives each chunk of inputs to one of the threads, and what is made of it to `deliver`, in order.
///
/// `weigh` tells how many bytes a piece holds: threads that are ahead wait while many are held for those behind.
/// `interruption` is told how to stop the run before it begins.
pub(crate) fn run<T: Send + 'static, R: Send + 'static>(
    work: Work<impl FnMut() -> Vec<T> + Send + 'static, impl Fn(Vec<T>, &mut dyn FnMut(R)) + Send + Sync + 'static>,
    weigh: fn(&R) -> usize,
    interruption: impl FnOnce(Stop<R>),
    deliver: impl FnMut(R) -> ControlFlow<()>,
) -> Ending {
    let (sender, events) = channel();
    interruption(Stop(sender.clone()));
    let Work { source, work, threads } = work;
    let queue = Queue { source: Mutex::new((0, source)), held: Mutex::new(Held::default()), room: Condvar::new() };
    let (queue, work) = (Arc::new(queue), Arc::new(work));
    let mut started = 0;
    for _ in 0..threads.get() {
        let (queue, work, events) = (Arc::clone(&queue), Arc::clone(&work), Leaving(sender.clone()));
        let thread = thread::Builder::new().spawn(move || {
            while let Some((number, chunk)) = queue.take() {
                // If nobody listens any more, the run was stopped.
                work(chunk, &mut |piece| {
                    queue.hold(number, weigh(&piece));
                    let _ = events.0.send(Event::Piece(number, piece));
                });
                if events.0.send(Event::End(number)).is_err() {
                    break;
                }
            }
        });
        // A machine that allows fewer threads is served by fewer.
        started += usize::from(thread.is_ok());
    }
    drop(sender);
    let ending = collect(&events, started, &queue, weigh, deliver);
    // Whoever waits for room goes on, finds nobody listening, and ends.
    queue.let_all_pass();
    ending
}

enum Event<R> {
    /// A part of what was made of the chunk with this number.
    Piece(u64, R),
    /// There is no more of it.
    End(u64),
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
    weigh: fn(&R) -> usize,
    mut deliver: impl FnMut(R) -> ControlFlow<()>,
) -> Ending {
    // Of each chunk that is not yet delivered: its pieces, and whether there are no more.
    let mut waiting: BTreeMap<u64, (Vec<R>, bool)> = BTreeMap::new();
    let (mut next, mut left) = (0_u64, 0);
    while left < threads {
        match events.recv() {
            Ok(Event::Piece(number, piece)) => waiting.entry(number).or_default().0.push(piece),
            Ok(Event::End(number)) => waiting.entry(number).or_default().1 = true,
            Ok(Event::Left) => left += 1,
            Ok(Event::Interrupted) => return Ending::Interrupted,
            Ok(Event::Died) | Err(_) => return Ending::Broken,
        }
        while let Some((pieces, is_whole)) = waiting.get_mut(&next) {
            for piece in std::mem::take(pieces) {
                let bytes = weigh(&piece);
                if deliver(piece).is_break() {
                    return Ending::Interrupted;
                }
                queue.release(next, bytes);
            }
            if !*is_whole {
                break;
            }
            waiting.remove(&next);
            next += 1;
            queue.advance(next);
        }
    }
    if threads == 0 { Ending::Broken } else { Ending::Complete }
}

/// Where threads take chunks from.
struct Queue<S> {
    /// The number of the next chunk, and what gives it.
    source: Mutex<(u64, S)>,
    held: Mutex<Held>,
    room: Condvar,
}

/// What was made and not yet delivered.
#[derive(Default)]
struct Held {
    /// The number of the chunk that is delivered next.
    next: u64,
    bytes: usize,
    /// The same by the number of the chunk.
    by_chunk: BTreeMap<u64, usize>,
}

impl<S> Queue<S> {
    /// Waits until there is room for a piece. Of the chunk that is delivered next there is as soon as its pieces so far are
    /// delivered, whatever else is held, so nobody waits for ever.
    fn hold(&self, number: u64, bytes: usize) {
        let is_full = |held: &mut Held| {
            let waits_for_others = number > held.next || held.by_chunk.contains_key(&number);
            let is_over = held.next == u64::MAX;
            !is_over && waits_for_others && held.bytes > 0 && held.bytes.saturating_add(bytes) > MOST_BYTES
        };
        let held = self.room.wait_while(lock(&self.held), is_full);
        let mut held = held.unwrap_or_else(PoisonError::into_inner);
        held.bytes = held.bytes.saturating_add(bytes);
        *held.by_chunk.entry(number).or_default() += bytes;
    }

    fn release(&self, number: u64, bytes: usize) {
        let mut held = lock(&self.held);
        held.bytes = held.bytes.saturating_sub(bytes);
        if let Entry::Occupied(mut left) = held.by_chunk.entry(number) {
            *left.get_mut() = left.get().saturating_sub(bytes);
            if *left.get() == 0 {
                left.remove();
            }
        }
        drop(held);
        self.room.notify_all();
    }

    fn advance(&self, next: u64) {
        lock(&self.held).next = next;
        self.room.notify_all();
    }

    fn let_all_pass(&self) {
        self.advance(u64::MAX);
    }
}

impl<T, S: FnMut() -> Vec<T>> Queue<S> {
    /// The next chunk with its number, as soon as it is not too far ahead.
    fn take(&self) -> Option<(u64, Vec<T>)> {
        // Whoever waits for room holds the source: nobody may overtake.
        let mut source = lock(&self.source);
        let (next, give) = &mut *source;
        let is_ahead = |held: &mut Held| next.saturating_sub(held.next) >= WINDOW;
        drop(self.room.wait_while(lock(&self.held), is_ahead).unwrap_or_else(PoisonError::into_inner));
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

/// How many bytes may be held for a slower thread, unless a single piece is larger.
const MOST_BYTES: usize = 8 << 20;

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// A run that makes of each chunk what `work` makes of it.
    fn go<R: Send + 'static>(
        source: impl FnMut() -> Vec<u64> + Send + 'static,
        threads: usize,
        work: impl Fn(Vec<u64>) -> R + Send + Sync + 'static,
        interruption: impl FnOnce(Stop<R>),
        deliver: impl FnMut(R) -> ControlFlow<()>,
    ) -> Ending {
        let work = move |chunk, emit: &mut dyn FnMut(R)| emit(work(chunk));
        run(Work { source, work, threads: NonZeroUsize::new(threads).unwrap() }, |_| 1, interruption, deliver)
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
                let ending = go(numbers(end, each), count, work, drop, |chunk| {
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
        let ending = go(
            source,
            4,
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
        let ending = go(
            numbers(u64::MAX, 1),
            3,
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
        let ending = go(
            numbers(u64::MAX, 1),
            2,
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
        let ending = go(numbers(1_000, 1), 2, work, drop, |chunk| {
            seen.extend(chunk);
            ControlFlow::Continue(())
        });
        assert_eq!(ending, Ending::Broken);
        assert!(seen.len() <= 5 && seen.iter().copied().eq(0..seen.len() as u64), "{seen:?}");
    }

    // However large single results are, and however slow the first: what is held stays below a bound.
    #[test]
    fn large_results_are_not_held_in_number() {
        const LARGE: usize = 1 << 20;
        let held = Arc::new(AtomicU64::new(0));
        let (made, most) = (Arc::clone(&held), Arc::new(AtomicU64::new(0)));
        let work = {
            let most = Arc::clone(&most);
            move |chunk: Vec<u64>, emit: &mut dyn FnMut(Vec<u64>)| {
                for number in chunk {
                    (0..if number == 0 { 10_000 } else { 0 }).for_each(|_| thread::yield_now());
                    most.fetch_max(made.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    emit(vec![number]);
                }
            }
        };
        let mut seen = Vec::new();
        let work = Work { source: numbers(500, 7), work, threads: NonZeroUsize::new(4).unwrap() };
        let ending = run(
            work,
            |_| LARGE,
            drop,
            |piece| {
                held.fetch_sub(1, Ordering::SeqCst);
                seen.extend(piece);
                ControlFlow::Continue(())
            },
        );
        assert_eq!(ending, Ending::Complete);
        assert!(seen.iter().copied().eq(0..500), "{seen:?}");
        // Those that were let through as long as there was room, and one of each thread on its way.
        let most = usize::try_from(most.load(Ordering::SeqCst)).unwrap();
        assert!(most <= MOST_BYTES / LARGE + 4 + 1, "{most}");
    }
}
