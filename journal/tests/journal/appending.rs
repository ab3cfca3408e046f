//! Appending: whole or not at all, beside others, and after a crash.

use crate::log::{Log, fault, notes, read, sound, texts};
use ct_core::limits::MAX_RECORD_BYTES;
use ct_core::{Code, Hash, base64};
use ct_journal::Journal;
use std::fs;

// R1.2
#[test]
fn records_follow_one_another() {
    let log = Log::with(b"");
    let first = log.append(&["a", "b"]).unwrap();
    let second = log.append(&["c"]).unwrap();
    assert_eq!([first[0].seq, first[1].seq, second[0].seq], [0, 1, 2]);
    assert_eq!(texts(&log.path), ["a", "b", "c"]);
    let (records, _) = read(&log.bytes());
    assert_eq!(
        records.iter().map(|record| record.hash()).collect::<Vec<_>>(),
        [first[0].hash, first[1].hash, second[0].hash]
    );
    assert_eq!(log.append(&[]).unwrap(), []);
    assert_eq!(log.bytes(), sound(&["a", "b", "c"]));
}

// R1.2: a journal stays open while others append.
#[test]
fn a_journal_sees_what_others_have_appended() {
    let log = Log::with(b"");
    let mut one = Journal::open(&log.path).unwrap();
    let mut other = Journal::open(&log.path).unwrap();
    for round in 0..5 {
        assert_eq!(one.append(&notes(&["one"])).unwrap()[0].seq, 2 * round);
        assert_eq!(other.append(&notes(&["other"])).unwrap()[0].seq, 2 * round + 1);
    }
    assert_eq!(texts(&log.path).len(), 10);
}

// R1.2
#[test]
fn threads_with_journals_of_their_own_do_not_mix() {
    let log = Log::with(b"");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut journal = Journal::open(&log.path).unwrap();
                for _ in 0..25 {
                    let appended = journal.append(&notes(&["first", "second"])).unwrap();
                    assert_eq!(appended[0].seq + 1, appended[1].seq);
                }
            });
        }
        // A reader never sees half a record.
        scope.spawn(|| {
            for _ in 0..50 {
                texts(&log.path);
            }
        });
    });
    assert_eq!(texts(&log.path), ["first", "second"].repeat(100));
}

// R1.3: the size of every draft is looked at before the first is written.
#[test]
fn one_record_too_large_and_none_is_written() {
    let before = sound(&["a"]);
    let log = Log::with(&before);
    let long = "x".repeat(MAX_RECORD_BYTES);
    assert_eq!(log.append(&["b", &long]), Err(Code::LimitRecordSize));
    assert_eq!(log.bytes(), before);
}

// R1.3, R10.3: the longest records, one after the other, and torn behind them.
#[test]
fn the_longest_records_can_be_followed() {
    let log = Log::with(b"");
    let around = sound(&[""]).len();
    let long = "x".repeat(MAX_RECORD_BYTES - around - 4);
    for count in 1_u64..=4 {
        assert_eq!(log.append(&[&long]).unwrap()[0].seq + 1, count);
    }
    let mut bytes = log.bytes();
    bytes.extend(vec![b'x'; MAX_RECORD_BYTES - 1]);
    let log = Log::with(&bytes);
    assert_eq!(log.append(&["after"]).unwrap()[0].seq, 5);
    let (records, error) = read(&log.bytes());
    assert!(error.is_none());
    let torn = records[4].body();
    assert_eq!(torn["length"], (MAX_RECORD_BYTES - 1).to_string());
    let kept = base64::decode(torn["bytes"].as_str().unwrap(), MAX_RECORD_BYTES).unwrap();
    assert_eq!(kept, vec![b'x'; 45_000]);
    let all = Hash::of(&vec![b'x'; MAX_RECORD_BYTES - 1]);
    assert_eq!(torn["sha256"], format!("sha256:{all}"));
}

// R10.3, R10.4: a crash can cut a write anywhere.
#[test]
fn every_torn_tail_is_kept_and_the_chain_goes_on() {
    let whole = sound(&["a", "b"]);
    let log = sound(&["a", "b", "c", "d"]);
    for length in whole.len()..log.len() {
        let torn = Log::with(&log[..length]);
        let appended = torn.append(&["e"]).unwrap();
        let (records, error) = read(&torn.bytes());
        assert!(error.is_none(), "{length}: {error:?}");
        assert_eq!(appended[0].hash, records.last().unwrap().hash(), "{length}");
        let whole = log[..length].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
        let cut = &log[whole..length];
        let kept: Vec<_> = records.iter().filter(|record| record.record_type().as_str() == "torn").collect();
        assert_eq!(kept.len(), usize::from(!cut.is_empty()), "{length}");
        for record in kept {
            assert_eq!(record.seq() + 2, records.len() as u64);
            assert_eq!(base64::decode(record.body()["bytes"].as_str().unwrap(), cut.len()).unwrap(), cut);
            assert_eq!(record.body()["length"], cut.len().to_string());
            assert_eq!(record.body()["sha256"], format!("sha256:{}", Hash::of(cut)));
        }
    }
}

// R10.3: torn before the first record was whole.
#[test]
fn a_torn_first_record_is_kept_too() {
    let log = Log::with(b"{\"body\":");
    assert_eq!(log.append(&["a"]).unwrap()[0].seq, 1);
    let (records, error) = read(&log.bytes());
    assert_eq!((records.len(), error.is_none()), (2, true));
    assert_eq!(records[0].body()["bytes"], base64::encode(b"{\"body\":"));
}

// R1.4: what nothing can follow is left as it is.
#[test]
fn nothing_is_appended_to_what_is_no_log() {
    let whole = sound(&["a", "b"]);
    let (first, second) = whole.split_at(whole.iter().position(|byte| *byte == b'\n').unwrap() + 1);
    let newer = String::from_utf8(whole.clone()).unwrap().replace("\"version\":\"1\"", "\"version\":\"2\"");
    let too_high =
        String::from_utf8(second.to_vec()).unwrap().replace("\"seq\":\"1\"", &format!("\"seq\":\"{}\"", u64::MAX));
    for (mutation, bytes, code) in [
        ("another text", b"hello\n".to_vec(), Code::MalformedEvidenceLog),
        ("an empty line", [&whole, b"\n".as_slice()].concat(), Code::MalformedEvidenceLog),
        ("a line that is no record", [&whole, b"{}\n".as_slice()].concat(), Code::MalformedEvidenceLog),
        ("a line break of another system", [&whole[..whole.len() - 1], b"\r\n"].concat(), Code::MalformedEvidenceLog),
        ("no record, and torn", [b"hello\n".as_slice(), b"{"].concat(), Code::MalformedEvidenceLog),
        (
            "a line too long",
            [&whole, vec![b'x'; MAX_RECORD_BYTES].as_slice(), b"\n"].concat(),
            Code::MalformedEvidenceLog,
        ),
        ("far too long", [&whole, vec![b'x'; 3 * MAX_RECORD_BYTES].as_slice()].concat(), Code::MalformedEvidenceLog),
        ("first line missing", second.to_vec(), Code::TamperedEvidenceLog),
        ("first line at the end", [&whole, first].concat(), Code::TamperedEvidenceLog),
        ("the last number", [first, too_high.as_bytes()].concat(), Code::TamperedEvidenceLog),
        ("another version", newer.into_bytes(), Code::UnsupportedVersion),
    ] {
        let log = Log::with(&bytes);
        assert_eq!(log.append(&["c"]), Err(code), "{mutation}");
        assert_eq!(log.bytes(), bytes, "{mutation}");
        assert!(fault(&bytes).is_some(), "{mutation}");
    }
}

// R1.4: the place of a refusal is told as an offset, since the lines before it are not counted.
#[test]
fn a_refusal_says_where() {
    let whole = sound(&["a", "b"]);
    let log = Log::with(&[&whole, b"{}\n".as_slice()].concat());
    let error = Journal::open(&log.path).unwrap().check().unwrap_err();
    let place = error.place().unwrap();
    assert_eq!((place.line, place.offset), (None, whole.len() as u64));
    assert!(error.to_string().starts_with(&format!("at byte {}: this line is not a record", whole.len())));
}

// R1.4: also if the log was sound when it was opened.
#[test]
fn what_has_been_damaged_since_is_refused_too() {
    let whole = sound(&["a", "b"]);
    let log = Log::with(&whole);
    let mut journal = Journal::open(&log.path).unwrap();
    let damaged = [&whole, b"{}\n".as_slice()].concat();
    fs::write(&log.path, &damaged).unwrap();
    let refused = journal.append(&notes(&["c"])).map_err(|error| error.code());
    assert_eq!((refused, log.bytes()), (Err(Code::MalformedEvidenceLog), damaged));
    fs::write(&log.path, &whole).unwrap();
    assert_eq!(journal.append(&notes(&["c"])).unwrap()[0].seq, 2);
}

// R1.4, R10.4: a file without a line break is somebody else's unless it begins as a log does.
#[test]
fn a_file_that_is_no_log_stays_as_it_is() {
    let first = sound(&["a"]);
    let whole = &first[..first.len() - 1];
    let foreign: [(&str, Vec<u8>); 10] = [
        ("a word", b"notes".to_vec()),
        ("a long text", vec![b'x'; 60_000]),
        ("another object", b"{\"bodies\":1".to_vec()),
        ("an object that is whole", b"{\"body\":{}}".to_vec()),
        ("an object that only begins alike", b"{\"body\":{} x".to_vec()),
        ("a record of another kind", String::from_utf8(whole.to_vec()).unwrap().replace("civic", "C").into_bytes()),
        ("a list", b"[".to_vec()),
        ("one zero", vec![0]),
        ("zeros", vec![0; 4_000]),
        ("a beginning longer than a record", [&whole[..12], &vec![b'x'; MAX_RECORD_BYTES]].concat()),
    ];
    for (what, bytes) in foreign {
        let log = Log::with(&bytes);
        let checked = Journal::open(&log.path).unwrap().check().map_err(|error| error.code());
        assert_eq!(checked, Err(Code::MalformedEvidenceLog), "{what}");
        assert_eq!(log.append(&["b"]), Err(Code::MalformedEvidenceLog), "{what}");
        assert_eq!(log.bytes(), bytes, "{what}");
        assert_eq!(fault(&bytes), Some((Code::MalformedEvidenceLog, 1, 0)), "{what}");
    }
    // Every beginning of a first record, and the whole one without its line break, is one that a crash cut off.
    for length in 1..first.len() {
        let log = Log::with(&first[..length]);
        assert_eq!(fault(&log.bytes()), Some((Code::IncompleteEvidenceLog, 1, 0)), "{length}");
        assert_eq!(log.append(&["b"]).unwrap()[0].seq, 1, "{length}");
    }
}

// R10.3: after a power cut zeros can stand where the data was not written yet.
#[test]
fn zeros_behind_a_record_are_repaired() {
    let whole = sound(&["a"]);
    let cut = &sound(&["a", "b"])[whole.len()..whole.len() + 20];
    for (in_front, zeros, code) in [
        (&b""[..], 1, Code::IncompleteEvidenceLog),
        (b"", 4_000, Code::IncompleteEvidenceLog),
        (b"", 70_000, Code::IncompleteEvidenceLog),
        (cut, 70_000, Code::IncompleteEvidenceLog),
        (b"", 128 * 1024, Code::IncompleteEvidenceLog),
        (cut, 128 * 1024 - 20, Code::IncompleteEvidenceLog),
        (b"", 128 * 1024 + 1, Code::MalformedEvidenceLog),
        (cut, 128 * 1024 - 19, Code::MalformedEvidenceLog),
        (&[b'x'; MAX_RECORD_BYTES], 1, Code::MalformedEvidenceLog),
    ] {
        let tail = [in_front, &vec![0; zeros]].concat();
        let log = Log::with(&[&whole, tail.as_slice()].concat());
        let what = format!("{} bytes and {zeros} zeros", in_front.len());
        assert_eq!(fault(&log.bytes()), Some((code, 2, whole.len() as u64)), "{what}");
        if code == Code::MalformedEvidenceLog {
            let before = log.bytes();
            assert_eq!((log.append(&["c"]), log.bytes()), (Err(code), before), "{what}");
            continue;
        }
        assert_eq!(log.append(&["c"]).unwrap()[0].seq, 2, "{what}");
        let (records, error) = read(&log.bytes());
        assert!(error.is_none(), "{what}");
        assert_eq!(records[1].body()["length"], tail.len().to_string(), "{what}");
        assert_eq!(records[1].body()["sha256"], format!("sha256:{}", Hash::of(&tail)), "{what}");
    }
}
