//! What crashes and damage leave on disk: never two roots for one size, never a signature over what is not there.

use crate::fixture::{directory, directory_of, entries, entries_from, files, log_key, log_of};
use crate::tree;
use ct_core::{Code, LeafIndex};
use ct_node::Log;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

type Files = BTreeMap<String, Vec<u8>>;

/// Every file that a batch from `old` to `new` entries writes, in its order; and what was there before.
fn writes(entries: &[Vec<u8>], old: usize) -> (Files, Vec<(String, Vec<u8>)>) {
    let dir = directory();
    let mut log = log_of(dir.path(), &entries[..old]);
    let before = files(dir.path());
    let staged = log.stage(&entries[old..]).unwrap();
    let staged_files = files(dir.path());
    log.commit(staged).unwrap();
    let after = files(dir.path());
    let mut order: Vec<(String, Vec<u8>)> =
        staged_files.into_iter().filter(|(name, bytes)| before.get(name) != Some(bytes)).collect();
    // Entry bundles first, each level from left to right.
    order.sort_by_key(|(name, _)| !name.contains("entries"));
    for name in ["state/fence", "log/checkpoint"] {
        order.push((name.to_owned(), after[name].clone()));
    }
    (before, order)
}

fn root_of(entries: &[Vec<u8>]) -> tree::Node {
    tree::root(&entries.iter().map(|entry| tree::leaf(entry)).collect::<Vec<_>>())
}

fn open(dir: &Path) -> Result<Log, Code> {
    Log::open(dir, log_key()).map_err(|error| error.code())
}

fn size(log: &Log) -> usize {
    usize::try_from(log.size().get()).unwrap()
}

// R10: killed after any number of writes of a batch, the log opens with all of its acknowledged entries and perhaps some
// of the batch, has the root of these and no other, and goes on with the rest of the batch to the same log as without a
// crash.
#[test]
fn every_prefix_of_a_batch_recovers_to_one_history() {
    for (old, new) in [(1, 2), (3, 7), (250, 256), (255, 257), (250, 600), (256, 300), (511, 513)] {
        let entries = entries(new);
        let (before, order) = writes(&entries, old);
        for written in 0..=order.len() {
            let mut image = before.clone();
            image.extend(order[..written].iter().cloned());
            let dir = directory_of(&image);
            let mut log = open(dir.path()).unwrap();
            let now = size(&log);
            assert!(now >= old && now <= new, "{old} to {new}, {written} written: {now}");
            assert_eq!(*log.checkpoint().checkpoint().root().as_bytes(), root_of(&entries[..now]));
            log.append(&entries[now..]).unwrap();
            assert_eq!(*log.checkpoint().checkpoint().root().as_bytes(), root_of(&entries), "{old} {new} {written}");
            drop(log);
            check_published(dir.path(), &entries);
        }
    }
}

// R10: whoever continues with other entries after the crash gets the root of what is in the log, and what was left
// behind is replaced, not mixed in.
#[test]
fn leftovers_are_never_mixed_with_other_entries() {
    let (ours, theirs) = (entries(300), entries_from(77, 300));
    let (before, order) = writes(&ours[..290], 250);
    for written in 0..order.len() {
        let mut image = before.clone();
        image.extend(order[..written].iter().cloned());
        let dir = directory_of(&image);
        let mut log = open(dir.path()).unwrap();
        let now = size(&log);
        // As wide as the leftovers, and one more after it.
        let history: Vec<Vec<u8>> = [&ours[..now], &theirs[now..291.max(now)]].concat();
        for entry in &history[now..] {
            log.append(std::slice::from_ref(entry)).unwrap();
        }
        assert_eq!(*log.checkpoint().checkpoint().root().as_bytes(), root_of(&history));
        drop(log);
        check_published(dir.path(), &history);
        let log = open(dir.path()).unwrap();
        assert_eq!(*log.checkpoint().checkpoint().root().as_bytes(), root_of(&history));
    }
}

/// The files of the log of these entries are all there.
fn check_published(dir: &Path, entries: &[Vec<u8>]) {
    for (name, bytes) in tree::tiles(entries) {
        assert!(fs::read(dir.join("log").join(&name)).unwrap() == bytes, "{name}");
    }
}

// R10: a batch whose entries were lost is left out, and the files it left are replaced by those of the next.
#[test]
fn leftovers_of_a_lost_batch_are_replaced() {
    let (ours, theirs) = (entries(300), entries_from(77, 300));
    for (old, new, cut) in [(5, 9, "000.p/9"), (250, 290, "000"), (256, 290, "001.p/34")] {
        let (before, order) = writes(&ours[..new], old);
        let mut image = before;
        image.extend(order[..order.len() - 2].iter().cloned());
        let bundle = image.get_mut(&format!("log/tile/entries/{cut}")).unwrap();
        bundle.truncate(bundle.len() - 1);
        let dir = directory_of(&image);
        let mut log = open(dir.path()).unwrap();
        assert_eq!(size(&log), old);
        let history: Vec<Vec<u8>> = [&ours[..old], &theirs[old..new]].concat();
        log.append(&history[old..]).unwrap();
        drop(log);
        check_published(dir.path(), &history);
        let log = open(dir.path()).unwrap();
        assert_eq!(*log.checkpoint().checkpoint().root().as_bytes(), root_of(&history));
    }
}

// R10: whole entries, but of another log: what they begin with is not what was signed.
#[test]
fn entries_that_contradict_the_signed_ones_are_left_out() {
    let (ours, theirs) = (entries(5), entries_from(77, 9));
    let dir = directory();
    drop(log_of(dir.path(), &ours));
    let mut image = files(dir.path());
    image.insert("log/tile/entries/000.p/9".to_owned(), tree::tiles(&theirs)["tile/entries/000.p/9"].clone());
    let dir = directory_of(&image);
    assert_eq!(size(&open(dir.path()).unwrap()), 5);
    assert_eq!(files(dir.path()), image);
}

// C2SP tlog-tiles: where a partial tile has gone, the full one at its place is read.
#[test]
fn a_full_tile_stands_in_for_a_partial_one() {
    let (dir, entries) = (directory(), entries(300));
    let mut log = log_of(dir.path(), &entries[..250]);
    let old = log.checkpoint().note(&[]);
    log.append(&entries[250..]).unwrap();
    drop(log);
    fs::write(dir.path().join("log/checkpoint"), old).unwrap();
    for folder in ["entries", "0"] {
        fs::remove_dir_all(dir.path().join("log/tile").join(folder).join("000.p")).unwrap();
    }
    assert_eq!(size(&open(dir.path()).unwrap()), 300);
}

// R10: killed between tiles and checkpoint.
#[test]
fn rolls_forward_over_durable_entries() {
    let (dir, entries) = (directory(), entries(9));
    let mut log = log_of(dir.path(), &entries[..5]);
    let _staged = log.stage(&entries[5..]).unwrap();
    drop(log);
    assert!(fs::read_to_string(dir.path().join("log/checkpoint")).unwrap().contains("\n5\n"));
    let log = open(dir.path()).unwrap();
    assert_eq!(size(&log), 9);
    assert!(fs::read_to_string(dir.path().join("log/checkpoint")).unwrap().contains("\n9\n"));
}

// R10: a batch that was not finished may be in the log after the next opening, so nothing else comes before that.
#[test]
fn an_unfinished_batch_bars_the_next() {
    let (dir, entries) = (directory(), entries(9));
    let mut log = log_of(dir.path(), &entries[..5]);
    let _staged = log.stage(&entries[5..7]).unwrap();
    assert_eq!(log.append(&entries[7..]).map_err(|error| error.code()), Err(Code::IoWrite));
    drop(log);
    let mut log = open(dir.path()).unwrap();
    assert_eq!(log.append(&entries[7..]).map(LeafIndex::get).map_err(|error| error.code()), Ok(7));
}

// R10: the same text again, hence the same signature: one size, one root, one note.
#[test]
fn a_lost_checkpoint_is_made_again() {
    for count in [1, 2, 255, 256, 257] {
        let dir = directory();
        let log = log_of(dir.path(), &entries(count));
        let published = log.checkpoint().note(&[]);
        drop(log);
        let checkpoint = dir.path().join("log/checkpoint");
        fs::remove_file(&checkpoint).unwrap();
        drop(open(dir.path()).unwrap());
        assert_eq!(fs::read_to_string(&checkpoint).unwrap(), published);
    }
}

// R10: an old checkpoint from a backup does not take the log back, because the fence knows better.
#[test]
fn an_older_checkpoint_does_not_take_the_log_back() {
    let (dir, entries) = (directory(), entries(8));
    let mut log = log_of(dir.path(), &entries[..4]);
    let old = log.checkpoint().note(&[]);
    log.append(&entries[4..]).unwrap();
    let new = log.checkpoint().note(&[]);
    drop(log);
    let checkpoint = dir.path().join("log/checkpoint");
    fs::write(&checkpoint, old).unwrap();
    assert_eq!(size(&open(dir.path()).unwrap()), 8);
    assert_eq!(fs::read_to_string(&checkpoint).unwrap(), new);
}

// R10: a fence from a backup is older than the checkpoint; the checkpoint counts.
#[test]
fn an_older_or_lost_fence_does_not_take_the_log_back() {
    let (dir, entries) = (directory(), entries(8));
    let mut log = log_of(dir.path(), &entries[..4]);
    let fence = dir.path().join("state/fence");
    let old = fs::read(&fence).unwrap();
    log.append(&entries[4..]).unwrap();
    drop(log);
    fs::write(&fence, old).unwrap();
    assert_eq!(size(&open(dir.path()).unwrap()), 8);
    fs::remove_file(&fence).unwrap();
    assert_eq!(size(&open(dir.path()).unwrap()), 8);
}

// R10: entries without any word of what was signed: it could be an older state, so nothing is signed.
#[test]
fn without_checkpoint_and_fence_nothing_is_signed() {
    let dir = directory();
    drop(log_of(dir.path(), &entries(5)));
    for name in ["log/checkpoint", "state/fence"] {
        fs::remove_file(dir.path().join(name)).unwrap();
    }
    let before = files(dir.path());
    assert_eq!(open(dir.path()).map(drop), Err(Code::IoNotFound));
    assert_eq!(files(dir.path()), before);
}

// R10: signed entries that are cut or gone are missed, and nothing is signed or changed until they are back.
#[test]
fn damaged_signed_entries_are_refused_and_nothing_is_written() {
    let dir = directory();
    drop(log_of(dir.path(), &entries(300)));
    let whole = files(dir.path());
    let last = whole["log/tile/entries/001.p/44"].clone();
    let cut = |length: usize| Some(last[..length].to_vec());
    let first = entries(1)[0].len() + 2;
    let mut swapped = whole["log/tile/entries/000"].clone();
    *swapped.last_mut().unwrap() ^= 1;
    let cases = [
        ("log/tile/entries/001.p/44", cut(last.len() - 1), Code::TamperedInclusion),
        ("log/tile/entries/001.p/44", cut(0), Code::TamperedInclusion),
        ("log/tile/entries/001.p/44", None, Code::IoNotFound),
        ("log/tile/entries/000", None, Code::IoNotFound),
        ("log/tile/entries/000", Some(whole["log/tile/entries/000"][..first].to_vec()), Code::TamperedInclusion),
        ("log/tile/entries/000", Some(swapped), Code::TamperedInclusion),
        ("log/tile/0/000", Some(whole["log/tile/0/001.p/44"].clone()), Code::TamperedInclusion),
        ("log/checkpoint", Some(b"log.example\n".to_vec()), Code::TamperedCheckpoint),
        ("state/fence", Some(b"log.example\n".to_vec()), Code::TamperedConsistency),
    ];
    for (name, bytes, code) in cases {
        let mut image = whole.clone();
        match bytes {
            Some(bytes) => image.insert(name.to_owned(), bytes),
            None => image.remove(name),
        };
        let dir = directory_of(&image);
        assert_eq!(open(dir.path()).map(drop), Err(code), "{name}");
        assert_eq!(files(dir.path()), image, "{name}");
    }
    // Put back, it is the log again.
    assert_eq!(size(&open(directory_of(&whole).path()).unwrap()), 300);
}

// R10: hash tiles follow from the entries, so a lost one is made again, the same.
#[test]
fn lost_hash_tiles_are_made_again() {
    let dir = directory();
    let entries = entries(600);
    drop(log_of(dir.path(), &entries));
    for name in ["0/000", "0/001", "0/002.p/88", "1/000.p/2"] {
        fs::remove_file(dir.path().join("log/tile").join(name)).unwrap();
    }
    drop(open(dir.path()).unwrap());
    check_published(dir.path(), &entries);
}

// R10: the same size signed with another root, by whatever accident: nothing is signed any more.
#[test]
fn a_second_history_is_refused() {
    let (one, other) = (directory(), directory());
    drop(log_of(one.path(), &entries(5)));
    let mut other_entries = entries_from(77, 5);
    other_entries[0] = entries(1)[0].clone();
    drop(log_of(other.path(), &other_entries));
    for name in ["log/checkpoint", "state/fence"] {
        let mut image = files(one.path());
        image.insert(name.to_owned(), files(other.path())[name].clone());
        let dir = directory_of(&image);
        assert_eq!(open(dir.path()).map(drop), Err(Code::TamperedConsistency), "{name}");
        assert_eq!(files(dir.path()), image);
    }
}

// R10, Fence: what is about to be signed is read and hashed again. One bit of one staged file, and nothing is signed.
#[test]
fn a_flipped_bit_is_found_before_signing() {
    let entries = entries(600);
    let names: Vec<String> = writes(&entries, 250).1.into_iter().map(|(name, _)| name).collect();
    let staged: Vec<&String> = names.iter().filter(|name| name.contains("tile")).collect();
    assert_eq!(staged.len(), 7, "{names:?}");
    for name in staged {
        for place in [0, 1, 2] {
            let dir = directory();
            let mut log = log_of(dir.path(), &entries[..250]);
            let staged = log.stage(&entries[250..]).unwrap();
            let path = dir.path().join(name);
            let mut bytes = fs::read(&path).unwrap();
            let at = place * (bytes.len() - 1) / 2;
            bytes[at] ^= 0x10;
            fs::write(&path, &bytes).unwrap();
            let before = files(dir.path());
            assert_eq!(log.commit(staged).map_err(|error| error.code()), Err(Code::TamperedInclusion), "{name} {at}");
            assert_eq!(files(dir.path()), before, "{name} {at}: something was signed or written");
            drop(log);
            // What is opened then is a prefix of the history, with its root.
            if let Ok(log) = open(dir.path()) {
                let now = size(&log);
                let root = log.checkpoint().checkpoint().root();
                assert_eq!(*root.as_bytes(), root_of(&entries[..now]), "{name} {at} opened at {now}");
            }
        }
    }
}
