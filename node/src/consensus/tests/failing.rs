//! Disk and machine fail: nothing is answered after that, and whoever waits hears what is known.

use super::*;
use crate::wal::{Damage, Fault, recover};

// R10.2, R20.1: after a failed flush nothing is answered.
#[test]
fn a_poisoned_log_stops_the_node() {
    for (fault, after) in [(Fault::Sync, 20), (Fault::Write, 20), (Fault::ShortWrite(30), 33), (Fault::Create, 2)] {
        let disk = FaultyDisk::default();
        let machine = Memory::default();
        let node = Arc::new(start(&disk, settings(), &machine).unwrap());
        disk.fail(fault, after);
        let results = run(propose(&node, 0..400, 4));
        let answered: Vec<_> = results.iter().filter(|(_, result)| result.is_ok()).map(|(number, _)| *number).collect();
        assert!(!answered.is_empty() && answered.len() < 400, "{fault:?}: {}", answered.len());
        let codes: Vec<_> = results.iter().filter_map(|(_, result)| code(result)).collect();
        let unknown = codes.iter().filter(|code| **code == Code::UnknownOutcome).count();
        let refused = codes.iter().filter(|code| **code == Code::IoLogPoisoned).count();
        // None, if what failed was a hint, after the last answer.
        assert!((0..=4).contains(&unknown) && refused > 300, "{fault:?}: {unknown} unknown, {refused} refused");
        assert_eq!(unknown + refused, codes.len());
        let status = node.status();
        assert_eq!(status.role, Role::Halted);
        assert_eq!(status.halted.as_ref().map(Error::code), Some(Code::IoLogPoisoned));
        assert!(status.wal.poisoned.is_some() && status.in_flight == 0, "{status:?}");
        assert_eq!(code(&run(node.propose(command(999)))), Some(Code::IoLogPoisoned));
        assert_eq!(code(&end(node)), Some(Code::IoLogPoisoned));
        // What was answered is there.
        let machine = machine.reborn();
        let node = start(&disk.crash(|| false), settings(), &machine).unwrap();
        let commands = machine.commands();
        for number in answered {
            assert_eq!(commands.iter().filter(|found| **found == command(number)).count(), 1, "{fault:?} {number}");
        }
        node.shutdown().unwrap();
    }
}

// R9, R10: an error of the machine stops the node; a machine that is well applies what was committed.
#[test]
fn a_failing_machine_stops_the_node() {
    use Failing::{Apply, Panic, TooFewAnswers};
    let all = [(Apply, Code::IoWrite), (TooFewAnswers, Code::Internal), (Panic, Code::Internal)];
    for (failing, expected) in all {
        let disk = FaultyDisk::default();
        let machine = Memory::default();
        let node = start(&disk, settings(), &machine).unwrap();
        run(node.propose(command(0))).unwrap();
        machine.fail(failing);
        assert_eq!(code(&run(node.propose(command(1)))), Some(Code::UnknownOutcome));
        assert_eq!(code(&run(node.propose(command(2)))), Some(expected));
        assert_eq!(node.status().role, Role::Halted);
        assert_eq!(code(&node.shutdown()), Some(expected));
        let machine = machine.reborn();
        let node = start(&disk, settings(), &machine).unwrap();
        assert_eq!(machine.commands(), [command(0), command(1)]);
        node.shutdown().unwrap();
    }
}

// R10.5: what could not be made durable stays in the log.
#[test]
fn a_state_that_cannot_be_made_durable_stops_the_node_and_purges_nothing() {
    let disk = FaultyDisk::default();
    let machine = Memory::default();
    let node = Arc::new(start(&disk, ConsensusSettings { persist_after_entries: 20, ..settings() }, &machine).unwrap());
    machine.fail(Failing::Persist);
    let results = run(propose(&node, 0..200, 1));
    let answered = results.iter().take_while(|(_, result)| result.is_ok()).count();
    assert!((10..200).contains(&answered), "{answered}");
    assert_eq!(node.status().purged, None);
    assert_eq!(code(&end(node)), Some(Code::IoWrite));
    let machine = machine.reborn();
    let node = start(&disk, settings(), &machine).unwrap();
    assert!(machine.commands().len() >= answered);
    node.shutdown().unwrap();
}

// R10.3: a node does not start on a log that has lost what was acknowledged.
#[test]
fn a_corrupt_log_is_refused() {
    let disk = FaultyDisk::default();
    let machine = Memory::default();
    let node = Arc::new(start(&disk, settings(), &machine).unwrap());
    run(propose(&node, 0..100, 8));
    drop(node);
    let name = disk.segments().remove(1);
    let mut bytes = disk.bytes(&name);
    bytes[300] ^= 1;
    disk.set(&name, &bytes);
    for _ in 0..3 {
        let error = start(&disk, settings(), &machine.reborn()).err().unwrap();
        assert_eq!(error.code(), Code::TamperedWal);
        assert!(error.to_string().contains("quarantine"), "{error}");
    }
    assert!(matches!(recover(Box::new(disk)).unwrap().damage(), Damage::Corrupt { .. }));
}

// R20.5: log and state of different times do not make a node.
#[test]
fn a_log_and_a_state_that_do_not_belong_together_are_refused() {
    let disk = FaultyDisk::default();
    let machine = Memory::default();
    let node = Arc::new(start(&disk, ConsensusSettings { persist_after_entries: 10, ..settings() }, &machine).unwrap());
    run(propose(&node, 0..100, 8));
    end(node).unwrap();
    let error = start(&FaultyDisk::default(), settings(), &machine.reborn()).err().unwrap();
    assert_eq!(error.code(), Code::TamperedWal);
    assert!(error.to_string().contains("the log ends before it"), "{error}");
    let error = start(&disk, settings(), &Memory::default()).err().unwrap();
    assert_eq!(error.code(), Code::TamperedWal);
    assert!(error.to_string().contains("the log begins after it"), "{error}");
    drop(start(&disk, settings(), &machine.reborn()).unwrap());
}

// R10.2, R12.5: a failure that no proposal waits for stops the protocol too: the node must not go on as a leader.
#[test]
fn a_hint_that_cannot_be_written_stops_the_protocol() {
    let disk = FaultyDisk::default();
    let node = start(&disk, settings(), &Memory::default()).unwrap();
    // The entry and the watermark are written, the hint is not.
    disk.fail(Fault::Write, 2);
    // The protocol may stop before the answer, or after it.
    assert!(matches!(code(&run(node.propose(command(0)))), None | Some(Code::UnknownOutcome)));
    let stopped = node.group.wait(Some(std::time::Duration::from_secs(20)));
    run(stopped.metrics(|metrics| metrics.running_state.is_err(), "stopped")).unwrap();
    assert_eq!((node.status().role, code(&node.shutdown())), (Role::Halted, Some(Code::IoLogPoisoned)));
}

// R12.5, R20.1: nor may a protocol that a defect has ended leave a node behind that says that it leads.
#[test]
fn a_protocol_that_ends_unexpectedly_stops_the_node() {
    let node = start(&FaultyDisk::default(), settings(), &Memory::default()).unwrap();
    run(node.propose(command(0))).unwrap();
    run(node.group.external_request(|_| panic!("on purpose"))).unwrap();
    let begun = std::time::Instant::now();
    while node.status().halted.is_none() {
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{:?}", node.status());
        std::thread::yield_now();
    }
    let status = node.status();
    assert_eq!((status.role, status.halted.map(|why| why.code())), (Role::Halted, Some(Code::Internal)));
    assert_eq!(code(&run(node.propose(command(1)))), Some(Code::Internal));
    assert_eq!(code(&node.shutdown()), Some(Code::Internal));
}
