//! The queue between those who append to the write-ahead log and its writer, in every order of their steps.

use super::queue::{Job, Queue, Waiting};
use crate::error::{Error, Result};
use crate::lost::Lost;
use crate::orders::{every, many};
use crate::sync::{Builder, JoinHandle};
use ct_core::Code;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Threads that push, and one that takes.
#[derive(Clone, Copy)]
struct Case {
    /// For each thread the bytes of its jobs.
    pushers: &'static [&'static [usize]],
    most_bytes: usize,
    end: End,
}

/// When there is an end to it.
#[derive(Clone, Copy)]
enum End {
    /// When everything that was pushed is done: nobody closes the queue before.
    Done,
    /// The last of the pushers closes the queue.
    ClosedLast,
    /// Another thread closes the queue while they push.
    ClosedMeanwhile,
}

/// The jobs that were done, in this order: whose, and which of them.
type Done = Arc<Mutex<Vec<(usize, usize)>>>;

fn thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    Builder::new().spawn(work).unwrap()
}

fn closed(code: Code) -> Error {
    Error::new(code, "queue", "is closed", "")
}

/// Pushes jobs of so many bytes: what each was refused with, if it was.
fn push_all(queue: &Queue, pusher: usize, sizes: &[usize], done: &Done) -> Vec<Option<Code>> {
    let push = |(number, bytes): (usize, &usize)| {
        let done = Arc::clone(done);
        let done = Box::new(move |_: Result<()>| done.lock().unwrap().push((pusher, number)));
        queue.push(Job { records: Vec::new(), bytes: *bytes, done }).err().map(|error| error.code())
    };
    sizes.iter().enumerate().map(push).collect()
}

impl Case {
    fn run(self, patience: Duration) {
        let (queue, done) = (Arc::new(Queue::new(self.most_bytes)), Done::default());
        let left = Arc::new(AtomicUsize::new(self.pushers.len()));
        let push = |pusher: usize| {
            let (queue, done, left) = (Arc::clone(&queue), Arc::clone(&done), Arc::clone(&left));
            thread(move || {
                let refused = push_all(&queue, pusher, self.pushers[pusher], &done);
                let is_last = left.fetch_sub(1, Ordering::Relaxed) == 1;
                if is_last && matches!(self.end, End::ClosedLast) {
                    queue.close(closed(Code::Interrupted));
                }
                refused
            })
        };
        let pushers: Vec<_> = (0..self.pushers.len()).map(push).collect();
        let closing = matches!(self.end, End::ClosedMeanwhile).then(|| {
            let queue = Arc::clone(&queue);
            thread(move || queue.close(closed(Code::Interrupted)))
        });
        self.take_all(&queue, &done, patience);
        closing.into_iter().for_each(|closing| closing.join().unwrap());
        for (pusher, refused) in pushers.into_iter().map(|pusher| pusher.join().unwrap()).enumerate() {
            self.check(pusher, &refused, &done);
        }
        if !matches!(self.end, End::Done) {
            assert_eq!(push_all(&queue, 0, &[1], &done), [Some(Code::Interrupted)]);
        }
    }

    /// What the writer does.
    fn take_all(self, queue: &Queue, done: &Done, mut patience: Duration) {
        let count: usize = self.pushers.iter().map(|jobs| jobs.len()).sum();
        while !matches!(self.end, End::Done) || done.lock().unwrap().len() < count {
            match queue.take(patience) {
                Waiting::Jobs(jobs) => {
                    let bytes: usize = jobs.iter().map(|job| job.bytes).sum();
                    assert!(bytes <= self.most_bytes || jobs.len() == 1, "{bytes} bytes waited");
                    jobs.into_iter().for_each(|job| (job.done)(Ok(())));
                }
                Waiting::Idle => patience = FOREVER,
                Waiting::Closed => break,
            }
        }
    }

    /// Each job was refused, or done once, in the order in which they were pushed.
    fn check(self, pusher: usize, refused: &[Option<Code>], done: &Done) {
        let done = done.lock().unwrap();
        let done: Vec<_> = done.iter().filter(|(of, _)| *of == pusher).map(|(_, number)| *number).collect();
        let accepted: Vec<_> = (0..refused.len()).filter(|number| refused[*number].is_none()).collect();
        assert_eq!(done, accepted);
        let everything: usize = self.pushers.iter().copied().flatten().sum();
        let (full, over) = (Some(Code::LimitInFlight), Some(Code::Interrupted));
        assert!(everything > self.most_bytes || !refused.contains(&full));
        // Closed once is closed for ever.
        let open = refused.iter().position(|code| *code == over).unwrap_or(refused.len());
        assert!(refused[open..].iter().all(|code| *code == over));
        assert!(open == refused.len() || matches!(self.end, End::ClosedMeanwhile));
    }
}

// R30: a writer that sleeps is woken by every job.
#[test]
fn no_job_waits_for_another_to_wake_the_writer() {
    let pushers: &[&[usize]] = &[&[10], &[10]];
    every(|| Case { pushers, most_bytes: 20, end: End::Done }.run(FOREVER));
    every(|| Case { pushers: &[&[10, 10, 10]], most_bytes: 30, end: End::Done }.run(FOREVER));
}

// R30, R6.1: what waits never has more bytes than it may; a job that is larger by itself is taken.
#[test]
fn what_waits_stays_within_its_bound() {
    every(|| Case { pushers: &[&[10, 10]], most_bytes: 10, end: End::ClosedLast }.run(FOREVER));
    every(|| Case { pushers: &[&[50, 10]], most_bytes: 20, end: End::ClosedLast }.run(FOREVER));
    many(|| Case { pushers: &[&[10], &[10]], most_bytes: 10, end: End::ClosedLast }.run(FOREVER));
}

// R30: what was taken makes room, and where nothing waits there is room for a job of any size.
#[test]
fn there_is_room_again_for_what_was_taken() {
    every(|| {
        let (queue, full) = (Queue::new(20), Some(Code::LimitInFlight));
        let (small, large) = (([10, 10, 1], [None, None, full]), ([50, 1, 20], [None, full, full]));
        for (sizes, refused) in [small, large, small] {
            assert_eq!(push_all(&queue, 0, &sizes, &Done::default()), refused);
            let Waiting::Jobs(jobs) = queue.take(FOREVER) else { panic!("nothing waits") };
            assert_eq!(jobs.len(), refused.iter().filter(|code| code.is_none()).count());
        }
    });
}

// R30, R5.5: whoever closes loses nothing that was accepted, and the writer ends.
#[test]
fn closing_meanwhile_loses_nothing() {
    every(|| Case { pushers: &[&[10]], most_bytes: 20, end: End::ClosedMeanwhile }.run(FOREVER));
}

// R30: more threads, less room, and a writer that is not always patient.
#[test]
fn three_pushers_an_impatient_writer_and_little_room() {
    let pushers: &[&[usize]] = &[&[10, 20, 5], &[10, 30, 5], &[40, 1, 1]];
    for end in [End::ClosedLast, End::ClosedMeanwhile] {
        many(move || Case { pushers, most_bytes: 30, end }.run(Duration::from_millis(50)));
    }
}

// R10.2, R30: of several reasons the first stays: what the disk failed with is not covered up by an orderly end.
#[test]
fn the_first_reason_to_close_stays() {
    every(|| {
        let queue = Arc::new(Queue::new(10));
        let close = |code: Code| {
            let queue = Arc::clone(&queue);
            thread(move || {
                queue.close(closed(code));
                push_all(&queue, 0, &[1], &Done::default())
            })
        };
        let seen = [close(Code::IoLogPoisoned), close(Code::Interrupted)].map(|thread| thread.join().unwrap());
        assert_eq!(seen[0], seen[1]);
    });
}

// The exploration can fail: a wake-up that gets lost leaves the writer asleep.
#[test]
#[should_panic(expected = "deadlock")]
fn planted_a_lost_notification_is_found() {
    Lost::Notification.plant();
    every(|| Case { pushers: &[&[10]], most_bytes: 20, end: End::Done }.run(FOREVER));
}

const FOREVER: Duration = Duration::from_secs(3_600);
