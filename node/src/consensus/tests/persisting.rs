//! The log stays short, and only what the machine holds goes.

use super::*;
use crate::wal::recover;

// R10.5, R10.6
#[test]
fn persisting_bounds_the_log_and_the_restart() {
    let disk = FaultyDisk::default();
    let machine = Memory::default();
    let often = || ConsensusSettings { persist_after_entries: 100, ..settings() };
    let node = Arc::new(start(&disk, often(), &machine).unwrap());
    let mut most = 0;
    for round in 0..20 {
        let results = run(propose(&node, round * 200..(round + 1) * 200, 16));
        assert!(results.iter().all(|(_, result)| result.is_ok()));
        most = most.max(node.status().wal.bytes);
    }
    // 4,000 commands of 300 bytes each with their frames and hints.
    assert!(most < 300_000, "{most}");
    let persisted = machine.durable.lock().unwrap().commands.len();
    let purged = node.status().purged.unwrap();
    assert!(persisted >= 3_000, "{persisted}");
    let after = disk.crash(|| false);
    drop(node);
    let machine = machine.reborn();
    assert!(machine.now.commands.last().unwrap().0 >= purged);
    let node = start(&after, often(), &machine).unwrap();
    assert!(node.status().replayed < 1_500, "{}", node.status().replayed);
    assert_eq!(machine.commands().len(), 4_000);
    node.shutdown().unwrap();
}

// R10.5: by bytes, too.
#[test]
fn many_bytes_are_a_reason_to_persist() {
    let disk = FaultyDisk::default();
    let machine = Memory::default();
    let node = start(&disk, ConsensusSettings { persist_after_bytes: 1 << 20, ..settings() }, &machine).unwrap();
    for _ in 0..40 {
        run(node.propose(vec![7; 100_000])).unwrap();
    }
    assert!(node.status().wal.bytes < 3 << 20, "{}", node.status().wal.bytes);
    node.shutdown().unwrap();
}

// R10.5: at no moment is something gone from the log that the machine's durable state does not have.
#[test]
fn nothing_goes_before_it_is_durable() {
    let disk = FaultyDisk::default();
    let machine = Memory::default();
    let node = Arc::new(start(&disk, ConsensusSettings { persist_after_entries: 7, ..settings() }, &machine).unwrap());
    for round in 0..60 {
        run(propose(&node, round * 10..(round + 1) * 10, 4));
        // The log first: it may only lose more until the state is looked at.
        let log = disk.kill();
        let durable = machine.durable.lock().unwrap().commands.last().map(|(index, _)| *index);
        let purged = recover(Box::new(log)).unwrap().contents().purged().map(|purged| purged.index);
        // The first entries are consensus' own.
        assert!(purged <= durable.or(Some(1)), "{purged:?} {durable:?}");
    }
    assert!(node.status().purged > Some(400));
    end(node).unwrap();
}
