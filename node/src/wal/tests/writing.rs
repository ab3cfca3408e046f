//! What an acknowledgement means, and what follows a failure.

use super::*;
use ct_core::limits::MAX_WAL_VALUE_BYTES;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

// R10.1, R10.2: the gate. What was acknowledged is there after the power failed.
#[test]
fn acknowledged_records_survive_a_power_failure() {
    let disk = FaultyDisk::default();
    let wal = wal(&disk, SMALL);
    append(&wal, vec![vote(7)]).unwrap();
    for index in 0..30 {
        append(&wal, vec![entry(index)]).unwrap();
    }
    append(&wal, vec![Record::Truncate { from: 28 }, entry(28)]).unwrap();
    let after = disk.crash(|| false);
    wal.close();
    let found = recovered(&after);
    assert_eq!(found.damage(), Damage::None);
    assert_eq!(indices(found.contents()), (0..=28).collect::<Vec<_>>());
    assert_eq!(found.contents().vote(), Some(Vote { term: 7, node: 1, standing: Standing::Given }));
}

// R10.2
#[test]
fn nothing_critical_is_acknowledged_before_it_is_flushed() {
    for record in [vote(1), entry(0), Record::Truncate { from: 9 }, Record::Purge(Position { term: 1, index: 3 })] {
        let disk = FaultyDisk::default();
        let wal = wal(&disk, SMALL);
        disk.hold_syncs();
        let (sender, receiver) = mpsc::channel();
        wal.append(vec![record], move |result| sender.send(result).unwrap()).unwrap();
        disk.until_held();
        assert_eq!(receiver.try_recv(), Err(mpsc::TryRecvError::Empty));
        disk.release_syncs();
        assert_eq!(receiver.recv(), Ok(Ok(())));
    }
}

// R10.2: a hint is not worth a flush.
#[test]
fn hints_are_written_and_not_flushed() {
    let disk = FaultyDisk::default();
    let wal = wal(&disk, SMALL);
    append(&wal, vec![entry(0)]).unwrap();
    let before = wal.status().flushes;
    append(&wal, vec![committed(0)]).unwrap();
    assert_eq!(wal.status().flushes, before);
    assert_eq!(recovered(&disk.kill()).contents().committed(), Some(Position { term: 1, index: 0 }));
    assert_eq!(recovered(&disk.crash(|| false)).contents().committed(), None);
}

// R10.2: group commit, and the policy without it.
#[test]
#[cfg_attr(miri, ignore = "an interpreter takes minutes for it")]
fn what_waits_shares_a_flush_unless_every_write_is_flushed() {
    for (sync, flushes) in [(SyncPolicy::Batched, 2), (SyncPolicy::EveryWrite, 21)] {
        let disk = FaultyDisk::default();
        let wal = wal(&disk, WalSettings { sync, segment_bytes: 1 << 20, ..SMALL });
        let before = wal.status().flushes;
        disk.hold_syncs();
        let order = Arc::new(std::sync::Mutex::new(Vec::new()));
        let append = |index| {
            let order = Arc::clone(&order);
            wal.append(vec![entry(index)], move |result| order.lock().unwrap().push((index, result))).unwrap();
        };
        append(0);
        disk.until_held();
        (1..21).for_each(append);
        disk.release_syncs();
        wal.close();
        assert_eq!(*order.lock().unwrap(), (0..21).map(|index| (index, Ok(()))).collect::<Vec<_>>());
        // One more when the log is closed.
        assert_eq!(wal.status().flushes - before, flushes + 1);
    }
}

// R10.2, R20.1: after a failure nothing is acknowledged, and what was acknowledged before it is there.
#[test]
#[cfg_attr(miri, ignore = "an interpreter takes minutes for it")]
fn a_failed_write_or_flush_poisons_the_log() {
    for fault in [Fault::Write, Fault::ShortWrite(40), Fault::Sync, Fault::SyncNames, Fault::Create] {
        for after in 0..6 {
            let disk = FaultyDisk::default();
            let wal = wal(&disk, SMALL);
            disk.fail(fault, after);
            let results: Vec<_> = (0..60).map(|index| append(&wal, vec![entry(index)])).collect();
            let acknowledged = results.iter().take_while(|result| result.is_ok()).count();
            assert!(acknowledged < 60, "{fault:?} after {after}");
            for result in &results[acknowledged..] {
                assert_eq!(code(result.clone()), Some(Code::IoLogPoisoned), "{fault:?} after {after}");
            }
            assert_eq!(wal.status().poisoned.map(|error| error.code()), Some(Code::IoLogPoisoned));
            for found in [recovered(&disk.kill()), recovered(&disk.crash(|| false))] {
                assert!(matches!(found.damage(), Damage::None | Damage::Torn), "{:?}", found.damage());
                assert!(found.contents().len() >= acknowledged, "{fault:?} after {after}");
            }
        }
    }
}

// R10.2: those who wait when the disk fails hear of it, all of them, once.
#[test]
fn all_that_waits_is_refused_when_the_disk_fails() {
    for sync in [SyncPolicy::Batched, SyncPolicy::EveryWrite] {
        let disk = FaultyDisk::default();
        let wal = wal(&disk, WalSettings { sync, ..SMALL });
        disk.hold_syncs();
        disk.fail(Fault::Sync, 1);
        let (good, bad) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        for index in 0..20 {
            let (good, bad) = (Arc::clone(&good), Arc::clone(&bad));
            let done = move |result: Result<()>| {
                let count = if result.is_ok() { good } else { bad };
                count.fetch_add(1, Ordering::Relaxed);
            };
            wal.append(vec![entry(index)], done).unwrap();
            if index == 0 {
                disk.until_held();
            }
        }
        disk.release_syncs();
        wal.close();
        assert_eq!((good.load(Ordering::Relaxed), bad.load(Ordering::Relaxed)), (1, 19), "{sync:?}");
    }
}

// R10.2: who hears of a failure first cannot add anything any more.
#[test]
fn a_failure_is_known_before_anybody_hears_of_it() {
    let disk = FaultyDisk::default();
    let wal = Arc::new(wal(&disk, SMALL));
    disk.fail(Fault::Sync, 0);
    let (sender, receiver) = mpsc::channel();
    let again = Arc::clone(&wal);
    let done = move |_: Result<()>| sender.send(code(again.append(vec![entry(1)], |_| ()))).unwrap();
    wal.append(vec![entry(0)], done).unwrap();
    assert_eq!(receiver.recv(), Ok(Some(Code::IoLogPoisoned)));
}

// R10.5
#[test]
#[cfg_attr(miri, ignore = "an interpreter takes minutes for it")]
fn a_purge_removes_whole_segments_only() {
    let disk = FaultyDisk::default();
    let wal = wal(&disk, SMALL);
    append(&wal, vec![vote(3)]).unwrap();
    for index in 0..40 {
        append(&wal, vec![entry(index)]).unwrap();
    }
    let segments = disk.segments();
    assert!(segments.len() > 5);
    append(&wal, vec![Record::Purge(Position { term: 1, index: 20 })]).unwrap();
    // The segments are removed after the answer: another write comes after that.
    append(&wal, vec![entry(40)]).unwrap();
    assert!(disk.segments().len() < segments.len() && disk.segments().len() > 2);
    let found = recovered(&disk.kill());
    assert_eq!((found.damage(), indices(found.contents())), (Damage::None, (21..=40).collect()));
    assert_eq!(found.contents().vote().map(|vote| vote.term), Some(3));
    let least = found.records();
    assert!(least < 60, "{least}");
}

// R10.5: a log that is purged does not grow.
#[test]
#[cfg_attr(miri, ignore = "an interpreter takes minutes for it")]
fn a_purged_log_stays_small() {
    let disk = FaultyDisk::default();
    let wal = wal(&disk, SMALL);
    let mut most = 0;
    for index in 0..1_000 {
        append(&wal, vec![entry(index), committed(index)]).unwrap();
        if index % 10 == 9 {
            append(&wal, vec![Record::Purge(Position { term: 1, index })]).unwrap();
        }
        most = most.max(wal.status().bytes);
    }
    assert!(most < 8_000, "{most}");
    assert!(disk.segments().len() < 8);
}

// R1.3, R6.1: limits, at their value and one more.
#[test]
#[cfg_attr(miri, ignore = "an interpreter takes minutes for it")]
fn too_much_is_refused_before_anything_is_written() {
    let disk = FaultyDisk::default();
    let settings = WalSettings { queue_bytes: 300, ..SMALL };
    let wal = wal(&disk, settings);
    let large = |length| Record::Entry { at: Position { term: 1, index: 0 }, value: vec![7; length].into() };
    assert_eq!(code(append(&wal, vec![large(MAX_WAL_VALUE_BYTES + 1)])), Some(Code::LimitLength));
    append(&wal, vec![large(MAX_WAL_VALUE_BYTES)]).unwrap();
    disk.hold_syncs();
    wal.append(vec![entry(1)], |_| ()).unwrap();
    disk.until_held();
    wal.append(vec![entry(2)], |_| ()).unwrap();
    let short = |index| Record::Entry { at: Position { term: 1, index }, value: (*b"v").into() };
    wal.append(vec![short(3)], |_| ()).unwrap();
    assert_eq!(code(wal.append(vec![entry(4)], |_| panic!("it was refused"))), Some(Code::LimitInFlight));
    disk.release_syncs();
    drop(wal);
    assert_eq!(indices(recovered(&disk).contents()), [0, 1, 2, 3]);
}

#[test]
fn a_closed_log_takes_nothing() {
    let disk = FaultyDisk::default();
    let wal = wal(&disk, SMALL);
    wal.close();
    assert_eq!(code(append(&wal, vec![entry(0)])), Some(Code::Interrupted));
}
