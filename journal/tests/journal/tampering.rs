//! What a chain shows of a change, and what only a head shows.

use crate::log::{fault, read, sound};
use ct_core::limits::MAX_RECORD_BYTES;
use ct_core::{Code, Hash};
use ct_journal::Reader;

const TEXTS: [&str; 4] = ["inspected", "caf\u{e9}", "", "sealed"];

fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

// R1.2
#[test]
fn a_sound_log_is_read_whole() {
    let log = sound(&TEXTS);
    let mut reader = Reader::new(log.as_slice());
    assert_eq!(reader.by_ref().filter(Result::is_ok).count(), 4);
    assert_eq!((reader.records(), reader.head()), (4, Hash::of(lines(&log).last().unwrap())));
    let (records, _) = read(&log);
    assert_eq!(records.iter().map(|record| record.line()).collect::<String>().into_bytes(), log);
    assert_eq!(fault(b""), None);
}

// R10.3: cut anywhere, the whole lines before are there, and the cut one is told.
#[test]
fn every_cut_is_found() {
    let log = sound(&TEXTS);
    for length in 0..log.len() {
        let whole = lines(&log[..length]).iter().filter(|line| line.ends_with(b"\n")).count();
        let offset: usize = lines(&log).iter().take(whole).map(Vec::len).sum();
        let (records, error) = read(&log[..length]);
        assert_eq!(records.len(), whole, "{length}");
        // A cut between two records leaves a sound, shorter log: only its head tells.
        let expected = (offset < length).then(|| (Code::IncompleteEvidenceLog, whole as u64 + 1, offset as u64));
        assert_eq!(fault(&log[..length]), expected, "{length}: {error:?}");
    }
}

// R7.5: every bit of every byte. In the last record the chain cannot show a change; its hash, the head, does.
#[test]
fn every_flipped_bit_is_found() {
    let log = sound(&TEXTS);
    let (records, _) = read(&log);
    let head = records.last().unwrap().hash();
    let last_line = log.len() - lines(&log).last().unwrap().len();
    let (mut tampered, mut malformed, mut by_head) = (0, 0, 0);
    for position in 0..log.len() {
        for bit in 0..8 {
            let mut bytes = log.clone();
            bytes[position] ^= 1 << bit;
            let line = lines(&log[..=position]).len() as u64;
            let (records, error) = read(&bytes);
            let Some(error) = error else {
                assert!(position >= last_line, "byte {position}, bit {bit}");
                assert_ne!(records.last().unwrap().hash(), head, "byte {position}, bit {bit}");
                by_head += 1;
                continue;
            };
            let found = error.place().unwrap().line.unwrap();
            match error.code() {
                // What is no record any more is found in its own line; what still is one, at the next.
                Code::MalformedEvidenceLog | Code::UnsupportedVersion => {
                    assert_eq!(found, line, "byte {position}, bit {bit}")
                }
                Code::TamperedEvidenceLog => assert!(found == line || found == line + 1, "byte {position}, bit {bit}"),
                Code::IncompleteEvidenceLog => assert_eq!(position, log.len() - 1),
                other => panic!("byte {position}, bit {bit}: {other}"),
            }
            match error.code() {
                Code::TamperedEvidenceLog => tampered += 1,
                _ => malformed += 1,
            }
        }
    }
    assert!(tampered > 500 && malformed > 500 && by_head > 50, "{tampered} {malformed} {by_head}");
}

// R1.2
#[test]
fn lines_cannot_be_removed_repeated_moved_or_taken_from_elsewhere() {
    let log = lines(&sound(&TEXTS));
    let other = lines(&sound(&["x", "y", "z", "q"]));
    let join = |order: &[&[Vec<u8>]]| order.concat().concat();
    let size = |count: usize| log[..count].concat().len() as u64;
    let tampered = |line: u64, offset: u64| Some((Code::TamperedEvidenceLog, line, offset));
    for (mutation, bytes, found) in [
        ("first removed", join(&[&log[1..]]), tampered(1, 0)),
        ("second removed", join(&[&log[..1], &log[2..]]), tampered(2, size(1))),
        ("second repeated", join(&[&log[..2], &log[1..]]), tampered(3, size(2))),
        ("second and third exchanged", join(&[&log[..1], &log[2..3], &log[1..2], &log[3..]]), tampered(2, size(1))),
        ("second of another log", join(&[&log[..1], &other[1..2], &log[2..]]), tampered(2, size(1))),
        ("first of another log", join(&[&other[..1], &log[1..]]), tampered(2, other[0].len() as u64)),
        ("two logs", join(&[&log, &other]), tampered(5, size(4))),
        ("first inserted at the end", join(&[&log, &log[..1]]), tampered(5, size(4))),
        ("last removed", join(&[&log[..3]]), None),
    ] {
        assert_eq!(fault(&bytes), found, "{mutation}");
    }
}

// R1.3, R7.4
#[test]
fn what_is_no_record_is_refused_in_its_place() {
    let log = sound(&TEXTS);
    let at_end = |tail: &[u8]| fault(&[&log, tail].concat()).unwrap();
    let (line, offset) = (5, log.len() as u64);
    assert_eq!(at_end(b"\n"), (Code::MalformedEvidenceLog, line, offset));
    assert_eq!(at_end(b"note\n"), (Code::MalformedEvidenceLog, line, offset));
    assert_eq!(at_end(b"{}\n"), (Code::MalformedEvidenceLog, line, offset));
    assert_eq!(at_end(b"{"), (Code::IncompleteEvidenceLog, line, offset));
    let crlf: Vec<u8> = String::from_utf8(log.clone()).unwrap().replace('\n', "\r\n").into();
    assert_eq!(fault(&crlf), Some((Code::MalformedEvidenceLog, 1, 0)));
    let byte_order_mark = [b"\xef\xbb\xbf".as_slice(), &log].concat();
    assert_eq!(fault(&byte_order_mark), Some((Code::MalformedEvidenceLog, 1, 0)));
    // As many bytes as a record may have, and one more, with and without a line break.
    let letters = |count: usize| vec![b'x'; count];
    assert_eq!(at_end(&letters(MAX_RECORD_BYTES - 1)), (Code::IncompleteEvidenceLog, line, offset));
    assert_eq!(at_end(&letters(MAX_RECORD_BYTES)), (Code::MalformedEvidenceLog, line, offset));
    let endless = std::io::Read::chain(log.as_slice(), std::io::repeat(b'x'));
    let error = Reader::new(endless).find_map(Result::err).unwrap();
    assert_eq!(error.code(), Code::MalformedEvidenceLog);
}

#[test]
fn nothing_is_read_after_the_first_fault() {
    let log = lines(&sound(&TEXTS));
    let bytes = [&log[0], b"x\n".as_slice(), &log[1], &log[2]].concat();
    let mut reader = Reader::new(bytes.as_slice());
    assert!(reader.next().unwrap().is_ok());
    assert!(reader.next().unwrap().is_err());
    assert!(reader.next().is_none());
    assert_eq!((reader.records(), reader.head()), (1, Hash::of(&log[0])));
}
