//! What was answered is there after a crash, once.

use super::*;
use crate::entropy::Entropy;

// R10: the gate. R12.4 for one node: nothing lost, nothing doubled.
#[test]
fn a_thousand_commands_survive_a_crash_each_applied_once_in_order() {
    let disk = FaultyDisk::default();
    let machine = Memory::default();
    let node = Arc::new(start(&disk, settings(), &machine).unwrap());
    let results = run(propose(&node, 0..1_000, 64));
    assert!(results.iter().all(|(_, result)| result.is_ok()));
    let before = machine.commands();
    let after = disk.crash(|| false);
    drop(node);
    // The machine had persisted nothing: all of it comes from the log.
    let machine = machine.reborn();
    let node = start(&after, settings(), &machine).unwrap();
    assert!(node.status().replayed >= 1_000);
    assert_eq!(machine.commands(), before);
    assert_eq!(before.len(), 1_000);
    for (number, result) in results {
        let place: usize = String::from_utf8(result.unwrap()).unwrap().parse().unwrap();
        assert_eq!(before[place - 1], command(number));
    }
    assert_eq!(run(node.propose(b"one more".to_vec())), Ok(b"1001".to_vec()));
    node.shutdown().unwrap();
}

// R9 to R12 for one node: many lives, each ended by a power failure in the middle of its work.
#[test]
fn no_crash_loses_or_doubles_a_command() {
    for seed in 0..12 {
        let mut entropy = Entropy::from_seed(&[seed; 32]);
        let mut disk = FaultyDisk::default();
        let mut machine = Memory::default();
        let mut answered: Vec<Vec<u8>> = Vec::new();
        for life in 0..4 {
            let often = ConsensusSettings { persist_after_entries: 40, ..settings() };
            let node = Arc::new(start(&disk, often, &machine).unwrap());
            let commands = machine.commands();
            for command in &answered {
                let times = commands.iter().filter(|found| *found == command).count();
                assert_eq!(times, 1, "seed {seed}, life {life}: {:?}", String::from_utf8_lossy(command));
            }
            disk.cut_power(100 + usize::from(entropy.bytes::<1>()[0]));
            let results = run(propose(&node, life * 1_000..life * 1_000 + 300, 8));
            answered.extend(results.iter().filter(|(_, result)| result.is_ok()).map(|(number, _)| command(*number)));
            for (number, result) in &results {
                let is_expected = matches!(code(result), None | Some(Code::UnknownOutcome | Code::IoLogPoisoned));
                assert!(is_expected, "seed {seed}, command {number}: {result:?}");
            }
            // The order of what is durable in machine and log: the machine's own disk fails at the same moment.
            let reborn = machine.reborn();
            disk = disk.crash(|| entropy.bytes::<1>()[0].is_multiple_of(2));
            drop(node);
            machine = reborn;
        }
        assert!(answered.len() > 100, "seed {seed}: {}", answered.len());
    }
}

// R10.6: a restart reads what came after the last time that the state was made durable, and no more.
#[test]
fn a_clean_end_leaves_little_to_read() {
    let disk = FaultyDisk::default();
    let machine = Memory::default();
    let node = Arc::new(start(&disk, settings(), &machine).unwrap());
    run(propose(&node, 0..500, 32));
    end(node).unwrap();
    let machine = machine.reborn();
    let node = start(&disk, settings(), &machine).unwrap();
    assert!(node.status().replayed < 60, "{}", node.status().replayed);
    assert_eq!(run(node.propose(command(500))), Ok(b"501".to_vec()));
    node.shutdown().unwrap();
}

// R12.5: every life leads in a term of its own.
#[test]
fn terms_ascend_over_restarts() {
    let disk = FaultyDisk::default();
    let mut machine = Memory::default();
    let mut last = 0;
    for _ in 0..5 {
        let node = start(&disk, settings(), &machine).unwrap();
        let status = node.status();
        assert!(status.term > last && status.role == Role::Leads, "{status:?}");
        last = status.term;
        drop(node);
        machine = machine.reborn();
    }
}
