//! `specs/evidence-log.md` says what the code does.

use crate::log::{Log, fault, read};
use ct_core::{Hash, Timestamp};
use ct_journal::{Draft, Journal, RecordType};
use serde_json::Map;
use std::fs;
use std::path::Path;

/// The indented lines below this heading of the specification.
fn example(heading: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs/evidence-log.md");
    let text = fs::read_to_string(path).unwrap();
    let (_, after) = text.split_once(heading).expect("the heading is there");
    let lines = after.lines().skip_while(|line| !line.starts_with("    ")).take_while(|line| line.starts_with("    "));
    lines.map(|line| format!("{}\n", &line[4..])).collect()
}

// R1.2, R7.1
#[test]
fn the_worked_example_is_what_a_journal_writes() {
    let time = |text: &str| Timestamp::parse(text).unwrap();
    let draft = |at: &str, record_type: &str, members: &[(&str, &str)]| {
        let body = Map::from_iter(members.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())));
        Draft::new(time(at), RecordType::parse(record_type).unwrap(), body).unwrap()
    };
    let log = Log::with(b"");
    let mut journal = Journal::open(&log.path).unwrap();
    let note = draft("2026-11-20T08:00:00Z", "note", &[("text", "Inspected the archive \"A\"")]);
    journal.append(&[note]).unwrap();
    // What a crash would leave of the next record.
    let mut bytes = log.bytes();
    bytes.extend_from_slice(b"{\"body\":{\"text\":\"Sea");
    fs::write(&log.path, bytes).unwrap();
    let note = draft("2026-11-20T08:05:00Z", "note", &[("text", "Sealed box 7")]);
    let head = journal.append(&[note]).unwrap()[0].hash;

    let written = String::from_utf8(log.bytes()).unwrap();
    assert_eq!(written, example("## Worked example"));
    assert_eq!(fault(written.as_bytes()), None);
    let (records, _) = read(written.as_bytes());
    let hashes: String = records.iter().map(|record| format!("sha256:{}\n", record.hash())).collect();
    assert_eq!(hashes, example("### Hashes of the lines"));
    assert_eq!(head, Hash::of(written.lines().last().map(|line| format!("{line}\n")).unwrap().as_bytes()));
}
