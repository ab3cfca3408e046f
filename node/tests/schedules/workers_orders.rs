//! The bounded threads that verify requests, in many orders of the steps of those who ask: some give up while they wait
//! or while their work is done, and some work panics.

use super::workers::Workers;
use crate::lost::Lost;
use crate::orders::{every, many};
use shuttle::future::{JoinHandle, block_on, spawn};
use shuttle::rand::{Rng, thread_rng};
use shuttle::thread::yield_now;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many there are at one time, and how many there may be.
#[derive(Clone)]
struct Count {
    now: Arc<AtomicUsize>,
    most: usize,
}

/// One of them, until it is dropped.
struct Counted(Count);

impl Count {
    fn new(most: usize) -> Self {
        Self { now: Arc::default(), most }
    }

    fn enter(&self) -> Counted {
        let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
        assert!(now <= self.most, "{now} at one time, of at most {}", self.most);
        Counted(self.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What became of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    TurnedAway,
    Done,
    Panicked,
}

/// What happens to a task.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Good,
    Panics,
    /// Whoever asked for it goes away at some time.
    Abandoned,
}

async fn ask(workers: Workers, inside: Count, working: Count, fate: Fate) -> End {
    let Some(place) = workers.enter() else { return End::TurnedAway };
    // One that is abandoned gives its place back before it could be counted out.
    let inside = (fate != Fate::Abandoned).then(|| inside.enter());
    let worker = place.worker().await.unwrap();
    let done = worker.run(move || {
        let _counted = (inside, working.enter());
        yield_now();
        if fate == Fate::Panics {
            resume_unwind(Box::new("as it was told to"));
        }
    });
    done.await.map_or(End::Panicked, |()| End::Done)
}

/// So many threads and places, and a task for each fate; afterwards all threads and places are free.
fn case(threads: usize, waiting: usize, fates: &[Fate]) {
    let workers = Workers::new(threads, waiting);
    let (inside, working) = (Count::new(threads + waiting), Count::new(threads));
    let task = |fate: &Fate| (*fate, spawn(ask(workers.clone(), inside.clone(), working.clone(), *fate)));
    let tasks: Vec<(Fate, JoinHandle<End>)> = fates.iter().map(task).collect();
    tasks.iter().filter(|(fate, _)| *fate == Fate::Abandoned).for_each(|(_, task)| task.abort());
    let mut turned_away = 0;
    for (fate, task) in tasks {
        match (fate, block_on(task)) {
            (Fate::Good, Ok(End::Done)) | (Fate::Panics, Ok(End::Panicked)) | (Fate::Abandoned, Err(_)) => {}
            (Fate::Abandoned, Ok(End::Done)) => {}
            (_, Ok(End::TurnedAway)) => turned_away += 1,
            (_, end) => panic!("{end:?}"),
        }
    }
    // Nobody is turned away while there is a place.
    assert!(turned_away == 0 || fates.len() > threads + waiting);
    block_on(all_are_free(&workers, threads, waiting));
}

/// Takes every thread and every place, once the work that nobody waits for any more has ended, too.
async fn all_are_free(workers: &Workers, threads: usize, waiting: usize) {
    let mut places = Vec::new();
    for _ in 0..MOST_YIELDS {
        places.extend(workers.enter());
        if places.len() == threads + waiting {
            break;
        }
        shuttle::future::yield_now().await;
    }
    assert_eq!(places.len(), threads + waiting, "places that are free in the end");
    let mut working = Vec::new();
    for place in places.drain(..threads) {
        working.push(place.worker().await.unwrap());
    }
    assert!(workers.enter().is_none());
}

// R30, R5.1, R5.2: in every order there is.
#[test]
fn two_tasks_and_one_thread() {
    every(|| case(1, 0, &[Fate::Good, Fate::Panics]));
}

// R30, R5.2, R5.3: more tasks than there are places, some of which panic or are abandoned at any moment.
#[test]
fn tasks_that_panic_or_are_abandoned_give_everything_back() {
    many(|| {
        let fates = [Fate::Good, Fate::Panics, Fate::Abandoned];
        let fates: Vec<Fate> = (0..6).map(|_| fates[thread_rng().gen_range(0..fates.len())]).collect();
        case(2, 2, &fates);
    });
}

// The exploration can fail: a permit that is not given back is missed.
#[test]
#[should_panic(expected = "places that are free in the end")]
fn planted_a_permit_that_is_kept_is_found() {
    Lost::Permit.plant();
    every(|| case(1, 0, &[Fate::Good]));
}

const MOST_YIELDS: usize = 100;
