//! Damage of every kind: it is found, replay stops before it, the rest is kept, and nobody is told that all is well.

use super::*;
use crate::wal::watermark::Watermark;

/// Recovers three times: what is found must be `expected`; the second time nothing more is put away and the damage is
/// still told; with the loss accepted the log goes on.
fn lost(disk: &FaultyDisk, histories: &[Contents], what: &str) {
    let found = recovered(disk);
    let Damage::Corrupt { first, acknowledged } = found.damage() else { panic!("{what}: {:?}", found.damage()) };
    let contents = found.contents().clone();
    assert!(histories.contains(&contents), "{what}");
    assert_eq!(first, found.last().next(), "{what}");
    assert!(acknowledged.get() < u64::MAX, "{what}");
    assert_eq!(code(found.open(SMALL)), Some(Code::TamperedWal), "{what}");
    let again = recovered(disk);
    assert!(matches!(again.damage(), Damage::Corrupt { .. }), "{what}");
    assert_eq!((again.contents(), again.quarantined()), (&contents, &[] as &[String]), "{what}");
    drop(again.accept_loss().unwrap());
    clean(disk, &contents, what);
}

/// Nothing is wrong (any more), and the log can be written to.
fn clean(disk: &FaultyDisk, contents: &Contents, what: &str) {
    let found = recovered(disk);
    assert_eq!((found.damage(), found.quarantined()), (Damage::None, &[] as &[String]), "{what}");
    assert_eq!(found.contents(), contents, "{what}");
    let next = contents.last().map_or(0, |last| last.index + 1);
    let (wal, _) = found.open(SMALL).unwrap();
    append(&wal, vec![entry(next)]).unwrap();
    drop(wal);
    let found = recovered(disk);
    assert_eq!((found.damage(), found.contents().last().map(|last| last.index)), (Damage::None, Some(next)), "{what}");
}

#[test]
fn a_new_directory_is_an_empty_log() {
    let disk = FaultyDisk::default();
    for _ in 0..3 {
        let found = recovered(&disk);
        assert_eq!((found.damage(), found.records(), found.last()), (Damage::None, 0, Lsn::ZERO));
    }
    clean(&disk, &Contents::default(), "new");
}

// R10.3, R10.4: no byte of an acknowledged record can change without being noticed.
#[test]
fn every_flipped_byte_is_found() {
    let (disk, histories) = sample();
    for name in disk.segments() {
        let bytes = disk.bytes(&name);
        let last = disk.segments().last() == Some(&name);
        let used = segment::scan(&bytes, segment::first_of(&name).unwrap(), |_| Ok(())).offset;
        for offset in 0..bytes.len() {
            let what = format!("{name} byte {offset}");
            let disk = disk.kill();
            let mut flipped = bytes.clone();
            flipped[offset] ^= 1 << (offset % 8);
            disk.set(&name, &flipped);
            if offset < used {
                lost(&disk, &histories, &what);
            } else {
                assert!(last);
                let found = recovered(&disk);
                assert_eq!((found.damage(), found.quarantined().len()), (Damage::Torn, 1), "{what}");
                clean(&disk, histories.last().unwrap(), &what);
            }
        }
    }
}

// R10.3, R10.4
#[test]
fn every_cut_is_found() {
    let (disk, histories) = sample();
    for name in disk.segments() {
        let bytes = disk.bytes(&name);
        let used = segment::scan(&bytes, segment::first_of(&name).unwrap(), |_| Ok(())).offset;
        for length in 0..bytes.len() {
            let what = format!("{name} cut to {length}");
            let disk = disk.kill();
            disk.set(&name, &bytes[..length]);
            if length < used {
                lost(&disk, &histories, &what);
            } else {
                clean(&disk, histories.last().unwrap(), &what);
            }
        }
    }
}

/// Flushed records, then some that were written and not flushed when the power failed.
fn unacknowledged() -> (FaultyDisk, Contents, usize) {
    let disk = FaultyDisk::default();
    let wal = wal(&disk, WalSettings { segment_bytes: 1_800, ..SMALL });
    (0..5).for_each(|index| append(&wal, vec![entry(index)]).unwrap());
    let name = disk.segments().pop().unwrap();
    let used = segment::scan(&disk.bytes(&name), segment::first_of(&name).unwrap(), |_| Ok(())).offset;
    let contents = recovered(&disk.kill()).contents().clone();
    disk.hold_syncs();
    wal.append(vec![entry(5), entry(6), entry(7)], |_| ()).unwrap();
    disk.until_held();
    let after = disk.kill();
    disk.release_syncs();
    (after, contents, used)
}

// R10.3: a write that was cut off is no loss, at whatever byte it was.
#[test]
fn a_torn_tail_is_cut_off_and_kept() {
    let (disk, contents, used) = unacknowledged();
    let name = disk.segments().pop().unwrap();
    let bytes = disk.bytes(&name);
    let end = segment::scan(&bytes, Lsn::new(1), |_| Ok(())).offset;
    for length in used + 1..end {
        let disk = disk.kill();
        let mut torn = bytes.clone();
        torn[length..].fill(0);
        disk.set(&name, &torn);
        let found = recovered(&disk);
        let whole = indices(found.contents()).len();
        assert!(found.contents().last().unwrap().index < 7 && whole >= contents.len(), "{length}");
        let contents = found.contents().clone();
        match found.damage() {
            Damage::Torn => {
                assert_eq!(disk.quarantine(), found.quarantined(), "{length}");
                assert_eq!(found.quarantined().len(), 1, "{length}");
            }
            // Cut between two records.
            damage => assert_eq!((damage, found.quarantined().len()), (Damage::None, 0), "{length}"),
        }
        drop(found);
        clean(&disk, &contents, &format!("torn at {length}"));
    }
}

// R10.3: sectors of one flush may reach the disk in any order: whole records after a bad one are no proof of a loss.
#[test]
fn whole_records_after_a_torn_one_of_the_same_flush_are_no_loss() {
    let (disk, contents, used) = unacknowledged();
    let name = disk.segments().pop().unwrap();
    let mut bytes = disk.bytes(&name);
    bytes[used..used + 50].fill(0);
    disk.set(&name, &bytes);
    let found = recovered(&disk);
    assert_eq!((found.damage(), found.contents()), (Damage::Torn, &contents));
    assert_eq!(found.quarantined().len(), 1);
    let kept = disk.bytes(&found.quarantined()[0]);
    assert!(bytes[used..].starts_with(&kept));
    drop(found);
    clean(&disk, &contents, "sectors out of order");
}

// R10.3: without the watermark the records themselves tell, up to the last flush.
#[test]
fn a_later_flush_proves_the_loss_of_an_earlier_record() {
    let disk = FaultyDisk::default();
    let mut writer = writer(&disk, WalSettings { segment_bytes: 1 << 16, ..SMALL });
    let before = disk.bytes("synced");
    (0..6).for_each(|index| writer.commit_all(vec![job(vec![entry(index)]).0]).unwrap());
    disk.set("synced", &before);
    let name = disk.segments().pop().unwrap();
    let bytes = disk.bytes(&name);
    for (record, expected) in [(0, true), (3, true), (4, true), (5, false)] {
        let disk = disk.kill();
        let mut flipped = bytes.clone();
        let at = (0..record).map(|index| Frame::len_of(&entry(index))).sum::<usize>() + segment::HEAD_LEN + 110;
        flipped[at] ^= 1;
        disk.set(&name, &flipped);
        let is_corrupt = matches!(recovered(&disk).damage(), Damage::Corrupt { .. });
        assert_eq!(is_corrupt, expected, "record {record}");
    }
}

// R10.3
#[test]
fn a_missing_segment_is_found() {
    let (disk, histories) = sample();
    let segments = disk.segments();
    assert!(segments.len() >= 3);
    for name in &segments {
        let disk = disk.kill();
        disk.lose(name);
        let found = recovered(&disk);
        assert!(matches!(found.damage(), Damage::Corrupt { .. }), "{name}");
        // Without the first segment what is left has no beginning.
        if *name != segments[0] {
            drop(found);
            lost(&disk, &histories, name);
        }
    }
    let empty = disk.kill();
    segments.iter().for_each(|name| empty.lose(name));
    let damage = recovered(&empty).damage();
    let acknowledged = recovered(&disk).last();
    assert_eq!(damage, Damage::Corrupt { first: Lsn::new(1), acknowledged });
}

// R10.3: who removes the watermark does not make a damaged log a good one.
#[test]
fn a_missing_or_unreadable_watermark_is_damage() {
    let (disk, histories) = sample();
    let gone = disk.kill();
    gone.lose("synced");
    let unreadable = disk.kill();
    unreadable.set("synced", &[7; 8_192]);
    let empty = disk.kill();
    empty.set("synced", &[]);
    for (what, disk) in [("gone", gone), ("unreadable", unreadable), ("empty", empty)] {
        lost(&disk, &histories, what);
    }
    // One of two slots is enough.
    for slot in [0, 4_096] {
        let disk = disk.kill();
        let mut bytes = disk.bytes("synced");
        bytes[slot + 20] ^= 1;
        disk.set("synced", &bytes);
        clean(&disk, histories.last().unwrap(), "one slot");
    }
}

// R10.4: bytes behind the last record of a segment, with the next one in its place, are kept and harm nothing.
#[test]
fn bytes_behind_a_full_segment_are_put_away() {
    let (disk, histories) = sample();
    let name = disk.segments().remove(0);
    disk.set(&name, &[disk.bytes(&name), b"something".to_vec()].concat());
    let found = recovered(&disk);
    assert_eq!((found.damage(), found.quarantined().len()), (Damage::Torn, 1));
    assert_eq!(disk.bytes(&found.quarantined()[0]), b"something");
    drop(found);
    clean(&disk, histories.last().unwrap(), "bytes behind");
}

// R10.3: a log that is damaged stays so, whatever is written after it was found.
#[test]
fn damage_is_told_until_the_loss_is_accepted() {
    let (disk, _) = sample();
    let name = disk.segments().pop().unwrap();
    disk.lose(&name);
    let mut expected = None;
    for _ in 0..4 {
        let damage = recovered(&disk).damage();
        assert!(matches!(damage, Damage::Corrupt { .. }));
        assert_eq!(*expected.get_or_insert(damage), damage);
    }
    let text = recovered(&disk).open(SMALL).err().unwrap().to_string();
    assert!(text.contains("were acknowledged and are lost"), "{text}");
}

#[test]
fn what_was_left_of_making_a_segment_is_removed() {
    let (disk, histories) = sample();
    let mut made = disk.clone();
    Disk::create(&mut made, "00000000000000000099.wal.new", b"half", 100).unwrap();
    clean(&disk, histories.last().unwrap(), "draft");
    assert!(!disk.exists("00000000000000000099.wal.new").unwrap());
}

// R10.5: a segment whose only records were cut off has the name that the next one gets.
#[test]
fn a_segment_that_lost_all_its_records_is_replaced() {
    let (disk, _) = sample();
    let wal = wal(&disk, SMALL);
    let segments = disk.segments().len();
    // Hints make a new segment in the end, and are not flushed.
    while disk.segments().len() == segments {
        append(&wal, vec![committed(1)]).unwrap();
    }
    let disk = disk.crash(|| false);
    let name = disk.segments().pop().unwrap();
    assert!(disk.bytes(&name)[segment::HEAD_LEN..].iter().all(|byte| *byte == 0));
    let found = recovered(&disk);
    let last = found.contents().last().unwrap();
    let (wal, _) = found.open(SMALL).unwrap();
    append(&wal, vec![Record::Purge(last)]).unwrap();
    append(&wal, vec![entry(last.index + 1)]).unwrap();
    drop(wal);
    assert_eq!(disk.segments(), [name]);
    let found = recovered(&disk);
    assert_eq!((found.damage(), indices(found.contents())), (Damage::None, vec![last.index + 1]));
}

// R10.4: records are numbered without a gap: one that was taken out whole, or put in twice, is noticed.
#[test]
fn a_record_that_was_taken_out_or_doubled_is_found() {
    let (disk, histories) = sample();
    let name = disk.segments().remove(0);
    let bytes = disk.bytes(&name);
    let (head, frames) = bytes.split_at(segment::HEAD_LEN);
    let (first, rest) = frames.split_at(Frame::len_of(&vote(1)));
    let (second, rest) = rest.split_at(Frame::len_of(&entry(0)));
    for (what, changed) in [
        ("taken out", [head, first, rest].concat()),
        ("doubled", [head, first, second, second, rest].concat()),
        ("exchanged", [head, second, first, rest].concat()),
    ] {
        let disk = disk.kill();
        disk.set(&name, &changed);
        lost(&disk, &histories, what);
    }
}

// R10.1: a program was killed, and its writes are not on disk yet. What recovery gives back is.
#[test]
fn what_is_recovered_survives_a_power_failure() {
    let disk = FaultyDisk::default();
    let mut writer = writer(&disk, SMALL);
    writer.commit_all(vec![job(vec![entry(0)]).0]).unwrap();
    disk.fail(Fault::Sync, 0);
    writer.commit_all(vec![job(vec![entry(1), entry(2)]).0]).unwrap_err();
    drop(writer);
    let contents = recovered(&disk).contents().clone();
    assert_eq!(indices(&contents), [0, 1, 2]);
    assert_eq!(recovered(&disk.crash(|| false)).contents(), &contents);
}

// R10.3: a segment is begun when all before it is on disk, so its name alone tells how much there was.
#[test]
fn the_name_of_a_segment_tells_what_came_before_it() {
    let (disk, _) = sample();
    let mut segments = disk.segments();
    let last = segments.pop().unwrap();
    let first = segment::first_of(&last).unwrap();
    disk.set(&last, &disk.bytes(&last)[..segment::HEAD_LEN]);
    disk.lose(&segments.pop().unwrap());
    let mut disk = disk.kill();
    disk.lose("synced");
    Watermark::create(&mut disk).unwrap();
    let found = recovered(&disk);
    assert_eq!(found.damage(), Damage::Corrupt { first: found.last().next(), acknowledged: first.previous() });
}

// R10.3: the oldest segments are missed too, even if nothing that is left speaks of their entries.
#[test]
fn a_missing_beginning_is_found() {
    let (disk, _) = sample();
    let wal = wal(&disk, SMALL);
    let segments = disk.segments();
    while disk.segments().len() == segments.len() {
        append(&wal, vec![vote(9)]).unwrap();
    }
    drop(wal);
    let whole = recovered(&disk.kill());
    assert_eq!(whole.damage(), Damage::None);
    segments.iter().for_each(|name| disk.lose(name));
    let found = recovered(&disk);
    assert!(found.contents().is_empty() && found.contents().committed().is_some());
    assert_eq!(found.damage(), Damage::Corrupt { first: whole.last().next(), acknowledged: whole.last() });
    drop(found.accept_loss().unwrap());
    assert_eq!(recovered(&disk).damage(), Damage::None);
}

// R10.5: the power fails between saying that segments go and removing them.
#[test]
fn segments_that_should_have_gone_harm_nothing() {
    let (disk, _) = sample();
    let mut writer = writer(&disk, SMALL);
    let before = disk.segments().len();
    disk.fail(Fault::SyncNames, 0);
    let purge = Record::Purge(Position { term: 1, index: 11 });
    writer.commit_all(vec![job(vec![purge]).0]).unwrap_err();
    let disk = disk.crash(|| false);
    assert!(disk.segments().len() >= before);
    let found = recovered(&disk);
    assert_eq!((found.damage(), found.contents().is_empty()), (Damage::None, true));
    let contents = found.contents().clone();
    drop(found);
    clean(&disk, &contents, "segments left over");
}
