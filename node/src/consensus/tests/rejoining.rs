//! A node that goes on after its log was damaged.

use super::*;
use crate::consensus::entries::Applied;
use crate::consensus::halt::Halt;
use crate::consensus::protocol::log_id;
use crate::consensus::start::begin_again;
use crate::consensus::state_machine::StateMachine;
use crate::wal::{Damage, Position, Record, Wal, recover};

fn at(index: u64) -> Position {
    Position { term: 1, index }
}

fn write(wal: &Wal, records: Vec<Record>) {
    let (sender, written) = std::sync::mpsc::channel();
    wal.append(records, move |result| sender.send(result).unwrap()).unwrap();
    written.recv().unwrap().unwrap();
}

/// A log that has let go of what its first segments held, and gone on.
fn purged_log(before: u64, after: u64) -> FaultyDisk {
    let disk = FaultyDisk::default();
    let settings = WalSettings { segment_bytes: 1_024, ..WalSettings::default() };
    let (wal, _) = recover(Box::new(disk.clone())).unwrap().open(settings).unwrap();
    let entry = |index| Record::Entry { at: at(index), value: Arc::from([7; 40]) };
    (0..before).for_each(|index| write(&wal, vec![entry(index)]));
    write(&wal, vec![Record::Purge(at(before - 2))]);
    (before..before + after).for_each(|index| write(&wal, vec![entry(index)]));
    wal.close();
    disk
}

// R10.4, R12.2: whichever byte of the newest records is lost, also that they let go of others, the node goes on from its
// state: with a log that has no gap, and none that its state does not reach.
#[test]
fn a_node_goes_on_whichever_record_is_damaged() {
    let mut gaps = 0;
    for before in 26..32 {
        gaps += damage_each_byte(&purged_log(before, 3), before - 2..before + 3);
    }
    assert!(gaps > 10, "{gaps}");
}

/// How often the note of a purge was lost, and what was purged was gone.
fn damage_each_byte(whole: &FaultyDisk, states: std::ops::Range<u64>) -> usize {
    let name = whole.segments().pop().unwrap();
    let bytes = whole.bytes(&name);
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    let mut gaps = 0;
    for flipped in (0..used).step_by(3) {
        let disk = whole.kill();
        let mut damaged = bytes.clone();
        damaged[flipped] ^= 1;
        disk.set(&name, &damaged);
        let recovered = recover(Box::new(disk.kill())).unwrap();
        let Damage::Corrupt { .. } = recovered.damage() else { continue };
        gaps += usize::from(!recovered.contents().is_whole());
        for applied in states.clone() {
            let recovered = recover(Box::new(disk.kill())).unwrap();
            let state = Applied { last: Some(log_id(at(applied))), ..Applied::default() };
            let machine = Memory::default();
            machine.durable.lock().unwrap().applied = Some(state.encode().unwrap());
            let machine = StateMachine::new(Box::new(machine.reborn()), None, Halt::default()).unwrap();
            let (wal, contents) = run(begin_again(recovered, &settings(), &machine, Some(3))).unwrap();
            assert!(contents.is_whole(), "byte {flipped}, applied {applied}: {contents:?}");
            let (purged, last) = (contents.purged().unwrap().index, contents.last().unwrap().index);
            assert!(purged <= applied && applied <= last, "byte {flipped}, applied {applied}: {contents:?}");
            assert_eq!(contents.vote().unwrap().term, 4);
            wal.close();
        }
    }
    gaps
}
