//! The write-ahead log as a whole: those who append, the thread that writes, a disk that fails, and an end that comes
//! while all of them are at it, in many orders of their steps.

use super::faulty_disk::{Fault, FaultyDisk};
use super::log::{SyncPolicy, Wal, WalSettings};
use super::record::{Position, Record, Standing, Vote};
use super::recovery::recover;
use crate::error::Result;
use crate::orders::many;
use crate::sync::{Builder, JoinHandle};
use ct_core::Code;
use shuttle::rand::{Rng, thread_rng};
use shuttle::thread::yield_now;
use std::sync::{Arc, Mutex};

/// The answers that a call got: what it failed with, if it did.
type Answers = Arc<Mutex<Vec<Option<Code>>>>;

/// A log on a disk, and the threads that append to it.
struct Case {
    disk: FaultyDisk,
    wal: Arc<Wal>,
    entries: JoinHandle<Vec<Called>>,
    votes: JoinHandle<Vec<Called>>,
}

enum Called {
    /// It was not accepted.
    Refused(Code),
    /// It was, and these are the answers so far.
    Accepted(Answers),
}

impl Called {
    /// What it was refused with.
    fn code(&self) -> Option<Code> {
        if let Self::Refused(code) = self { Some(*code) } else { None }
    }

    fn answers(&self) -> Vec<Option<Code>> {
        match self {
            Self::Refused(_) => Vec::new(),
            Self::Accepted(answers) => answers.lock().unwrap().clone(),
        }
    }
}

fn entry(index: u64) -> Record {
    Record::Entry { at: Position { term: 1, index }, value: (*b"value").into() }
}

fn vote(term: u64) -> Record {
    Record::Vote(Vote { term, node: 1, standing: Standing::Given })
}

fn append(wal: &Wal, record: Record) -> Called {
    let answers = Answers::default();
    let answer = Arc::clone(&answers);
    let done = move |result: Result<()>| answer.lock().unwrap().push(result.err().map(|error| error.code()));
    match wal.append(vec![record], done) {
        Ok(()) => Called::Accepted(answers),
        Err(error) => Called::Refused(error.code()),
    }
}

fn thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    Builder::new().spawn(work).unwrap()
}

impl Case {
    fn begin(fault: Option<Fault>) -> Self {
        let disk = FaultyDisk::default();
        let sync = if thread_rng().gen_bool(0.5) { SyncPolicy::Batched } else { SyncPolicy::EveryWrite };
        let settings = WalSettings { segment_bytes: 300, sync, queue_bytes: 1 << 20 };
        let (wal, _) = recover(Box::new(disk.clone())).unwrap().open(settings).unwrap();
        let wal = Arc::new(wal);
        if let Some(fault) = fault {
            disk.fail(fault, thread_rng().gen_range(0..4));
        }
        let appends = |record: fn(u64) -> Record, numbers: std::ops::Range<u64>| {
            let wal = Arc::clone(&wal);
            thread(move || numbers.map(|number| append(&wal, record(number))).collect())
        };
        let (entries, votes) = (appends(entry, 0..3), appends(vote, 1..3));
        Self { disk, wal, entries, votes }
    }

    /// After the end: everything accepted has one answer, and what was acknowledged is on disk.
    fn check(self, codes: &[Code]) {
        let Self { disk, wal, entries, votes } = self;
        let (entries, votes) = (entries.join().unwrap(), votes.join().unwrap());
        for calls in [&entries, &votes] {
            for call in calls {
                let code = call.code().map_or_else(|| call.answers()[0], Some);
                assert!(call.code().is_some() || call.answers().len() == 1);
                assert!(code.as_ref().is_none_or(|code| codes.contains(code)), "{code:?}");
            }
            // After the first that failed, none succeeds.
            let good = calls.iter().take_while(|call| call.answers() == [None]).count();
            assert!(calls[good..].iter().all(|call| call.answers() != [None]));
        }
        drop(wal);
        let found = recover(Box::new(disk.crash(|| false))).unwrap();
        let good = |calls: &[Called]| calls.iter().filter(|call| call.answers() == [None]).count();
        assert!(found.contents().len() >= good(&entries));
        let term = found.contents().vote().map_or(0, |vote| usize::try_from(vote.term).unwrap());
        assert!(term >= good(&votes));
    }
}

// R30, R5.5: whatever was accepted when the log was closed is answered when that returns.
#[test]
fn an_end_that_comes_meanwhile_loses_nothing() {
    many(|| {
        let case = Case::begin(None);
        case.wal.close();
        assert_eq!(append(&case.wal, entry(9)).code(), Some(Code::Interrupted));
        case.check(&[Code::Interrupted]);
    });
}

// R30: whoever closes second returns no sooner than the first: the folder is free then.
#[test]
fn two_who_close_both_wait_for_the_end() {
    many(|| {
        let case = Case::begin(None);
        let wal = Arc::clone(&case.wal);
        let second = thread(move || {
            let call = append(&wal, vote(9));
            wal.close();
            call.code().is_some() || call.answers() == [None]
        });
        case.wal.close();
        assert!(second.join().unwrap());
        case.check(&[Code::Interrupted]);
    });
}

// R30: a callback may be the last that holds the log, or close it while others do: the writer does not wait for itself.
#[test]
fn a_callback_may_end_the_log() {
    many(|| {
        let Case { wal, entries, votes, .. } = Case::begin(None);
        let (held, answers) = (Arc::clone(&wal), Answers::default());
        let answer = Arc::clone(&answers);
        let done = move |result: Result<()>| {
            held.close();
            drop(held);
            answer.lock().unwrap().push(result.err().map(|error| error.code()));
        };
        wal.append(vec![vote(3)], done).unwrap();
        if thread_rng().gen_bool(0.5) {
            wal.close();
            assert_eq!(*answers.lock().unwrap(), [None]);
        }
        drop(wal);
        let calls = [entries.join().unwrap(), votes.join().unwrap()];
        while calls.iter().flatten().any(|call| call.code().is_none() && call.answers().is_empty()) {
            yield_now();
        }
    });
}

// R30, R10.2: when the disk fails everybody who waits is refused, nothing later is acknowledged, and the end comes all
// the same.
#[test]
fn a_disk_that_fails_meanwhile_refuses_everybody() {
    many(|| {
        let faults = [Fault::Write, Fault::Sync, Fault::Create, Fault::SyncNames];
        let case = Case::begin(Some(faults[thread_rng().gen_range(0..faults.len())]));
        let is_poisoned = case.wal.status().poisoned.is_some();
        let late = append(&case.wal, vote(3));
        case.wal.close();
        let failed = late.code().map_or_else(|| late.answers(), |code| vec![Some(code)]);
        assert_eq!(failed.len(), 1);
        assert!(!is_poisoned || failed == [Some(Code::IoLogPoisoned)]);
        case.check(&[Code::IoLogPoisoned, Code::Interrupted]);
    });
}
