//! `ct log`: what is recorded is there, and what is not there is told.

use crate::desk::{Said, ct, said};
use assert_cmd::Command;
use ct_core::Hash;
use ct_core::limits::MAX_RECORD_BYTES;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder, and the path of a log in it.
pub(crate) fn empty() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("desk.log");
    (folder, path)
}

/// `ct log COMMAND FILE WORDS`.
pub(crate) fn log(command: &str, path: &Path, words: &[&str]) -> Said {
    ct(["log", command, path.to_str().unwrap()].into_iter().chain(words.iter().copied()))
}

/// Appends with a given time; it must succeed.
fn note(path: &Path, at: &str, words: &[&str]) -> String {
    let said = log("append", path, &[&["--at", at], words].concat());
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    said.out
}

fn from_stdin(path: &Path, text: &[u8]) -> Said {
    let mut command = Command::cargo_bin("ct").unwrap();
    said(
        command
            .args(["log", "append", "--at", "2026-11-20T08:00:00Z"])
            .arg(path)
            .arg("-")
            .write_stdin(text)
            .output()
            .unwrap(),
    )
}

/// Three records of known bytes.
fn three() -> (TempDir, PathBuf) {
    let (folder, path) = empty();
    note(&path, "2026-11-20T08:00:00Z", &["Inspected", "the", "archive"]);
    note(&path, "2026-11-20T09:00:00Z", &["--type", "handover", "Keys given to Zo\u{eb}"]);
    note(&path, "2026-11-20T10:00:00Z", &["Sealed box 7"]);
    (folder, path)
}

// R1.2, R1.5
#[test]
fn append_prints_the_number_and_the_head() {
    let (_folder, path) = empty();
    assert_eq!(
        note(&path, "2026-11-20T08:00:00Z", &["Inspected the archive \"A\""]),
        "seq=0 head=sha256:ed3184da0b8744697002834ff44c5da9eb733b09ac72367dbbdfea58cfbf1bda\n"
    );
    let printed = note(&path, "2026-11-20T08:00:01Z", &["b"]);
    let text = fs::read_to_string(&path).unwrap();
    let last = text.split_inclusive('\n').next_back().unwrap();
    assert_eq!(printed, format!("seq=1 head=sha256:{}\n", Hash::of(last.as_bytes())));
}

#[test]
fn read_shows_a_line_for_each_record_and_json_the_record_itself() {
    let (_folder, path) = three();
    let all = "     0  2026-11-20T08:00:00Z  note      Inspected the archive
     1  2026-11-20T09:00:00Z  handover  Keys given to Zo\u{eb}
     2  2026-11-20T10:00:00Z  note      Sealed box 7\n";
    let lines: Vec<_> = all.split_inclusive('\n').collect();
    for (words, expected) in [
        (&[][..], all.to_owned()),
        (&["--from", "1"], lines[1..].concat()),
        (&["--from", "9"], String::new()),
        (&["--last", "1"], lines[2].to_owned()),
        (&["--last", "0"], String::new()),
        (&["--last", "18446744073709551615"], all.to_owned()),
        (&["--json"], fs::read_to_string(&path).unwrap()),
    ] {
        let said = log("read", &path, words);
        assert_eq!((said.status, said.out), (0, expected), "{words:?}");
    }
}

// R1
#[test]
fn search_finds_what_matches_everything_asked_for() {
    let (_folder, path) = three();
    for (words, expected) in [
        (&["ARCHIVE"][..], vec!["0"]),
        (&["zo\u{cb}"], vec!["1"]),
        (&["e"], vec!["0", "1", "2"]),
        (&["--type", "handover"], vec!["1"]),
        (&["--since", "2026-11-20T09:00:00Z"], vec!["1", "2"]),
        (&["--until", "2026-11-20T09:00:00Z"], vec!["0", "1"]),
        (&["--since", "2026-11-20T09:00:00Z", "--until", "2026-11-20T09:00:00Z"], vec!["1"]),
        (&["--type", "note", "box"], vec!["2"]),
        (&["--type", "handover", "box"], vec![]),
        (&["--code", "ok"], vec![]),
        (&["--document", &"0".repeat(64)], vec![]),
        (&["nothing of the kind"], vec![]),
    ] {
        let said = log("search", &path, words);
        let found: Vec<_> = said.out.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
        assert_eq!((said.status, &found), (0, &expected), "{words:?}: {}", said.err);
        assert_eq!(said.err.is_empty(), !expected.is_empty(), "{words:?}: {}", said.err);
        let json = log("search", &path, &[words, &["--json"]].concat());
        assert_eq!(json.out.lines().count(), expected.len());
    }
}

// R1: a verdict is found by its code and by the document, however its hash is written.
#[test]
fn search_finds_verdicts_by_code_and_document() {
    let (_folder, path) = empty();
    let hash = Hash::of(b"document").to_string();
    let mut journal = ct_journal::Journal::open(&path).unwrap();
    for (code, document_hash) in
        [("ok", format!("sha256:{hash}")), ("tampered.document", hash.clone()), ("ok", "-".into())]
    {
        let body = [("code", code.to_owned()), ("document_hash", document_hash), ("source", "inbox/a.cbor".into())];
        let body = body.into_iter().map(|(name, text)| (name.to_owned(), text.into())).collect();
        let time = ct_core::Timestamp::parse("2026-11-20T08:00:00Z").unwrap();
        let draft = ct_journal::Draft::new(time, ct_journal::RecordType::parse("verdict").unwrap(), body);
        journal.append(&[draft.unwrap()]).unwrap();
    }
    for (words, expected) in [
        (&["--code", "ok"][..], 2),
        (&["--code", "tampered.document"], 1),
        (&["--code", "tampered"], 0),
        (&["--document", &hash], 2),
        (&["--document", &format!("sha256:{hash}")], 2),
        (&["--document", &hash, "--code", "ok"], 1),
    ] {
        let said = log("search", &path, words);
        assert_eq!((said.status, said.out.lines().count()), (0, expected), "{words:?}");
    }
    let first = log("read", &path, &[]).out.lines().next().unwrap().to_owned();
    assert_eq!(
        first,
        format!("     0  2026-11-20T08:00:00Z  verdict   code=ok source=inbox/a.cbor document_hash=sha256:{hash}")
    );
}

// R1.2, R16.1
#[test]
fn check_knows_every_head_there_was() {
    let (_folder, path) = three();
    let text = fs::read_to_string(&path).unwrap();
    let heads: Vec<_> = text.split_inclusive('\n').map(|line| Hash::of(line.as_bytes()).to_string()).collect();
    let whole = format!("records=3 head=sha256:{}\n", heads[2]);
    assert_eq!(log("check", &path, &[]).out, whole);
    for head in &heads {
        for given in [head.clone(), format!("sha256:{head}")] {
            let said = log("check", &path, &["--head", &given]);
            assert_eq!((said.status, said.out.as_str()), (0, whole.as_str()), "{}", said.err);
        }
    }
    // The last record is cut off: the chain is sound, the head is missing.
    let cut = text.trim_end().rfind('\n').unwrap() + 1;
    fs::write(&path, &text[..cut]).unwrap();
    assert_eq!(log("check", &path, &[]).status, 0);
    let said = log("check", &path, &["--head", &heads[2]]);
    assert_eq!((said.status, said.out.as_str()), (1, ""));
    assert!(said.err.starts_with("ct: tampered.evidence_log: "), "{}", said.err);
    fs::write(&path, "").unwrap();
    assert_eq!(log("check", &path, &[]).out, "records=0 head=-\n");
    assert_eq!(log("check", &path, &["--head", &"0".repeat(64)]).status, 1);
}

// R1.1
#[test]
fn words_of_a_note_may_be_negative_numbers_but_not_misspelt_options() {
    let (_folder, path) = empty();
    note(&path, "2026-11-20T08:00:00Z", &["it", "is", "-5", "degrees"]);
    note(&path, "2026-11-20T08:00:00Z", &["-0.5", "degrees"]);
    note(&path, "2026-11-20T08:00:00Z", &["after", "--type", "handover"]);
    note(&path, "2026-11-20T08:00:00Z", &["--", "--tpye", "-x"]);
    for words in [&["--tpye", "handover", "x"][..], &["x", "--tpye", "handover"], &["-x"]] {
        let said = log("append", &path, words);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{words:?}");
        assert!(said.err.starts_with("ct: usage.arguments: "), "{}", said.err);
    }
    let said = log("read", &path, &[]).out;
    let shown: Vec<_> = said.lines().map(|line| &line[30..]).collect();
    assert_eq!(
        shown,
        ["note      it is -5 degrees", "note      -0.5 degrees", "handover  after", "note      --tpye -x"]
    );
}

// R16.1: what the guide says of a log that was written anew by somebody who can write the file.
#[test]
fn only_a_head_kept_elsewhere_shows_that_a_log_was_rewritten() {
    let (_folder, path) = three();
    let head = log("check", &path, &[]).out.split("head=").nth(1).unwrap().trim().to_owned();
    fs::remove_file(&path).unwrap();
    for text in ["Inspected nothing", "Keys given to Max", "Sealed box 8"] {
        note(&path, "2026-11-20T08:00:00Z", &[text]);
    }
    assert_eq!(log("check", &path, &[]).status, 0);
    let said = log("check", &path, &["--head", &head]);
    assert_eq!((said.status, said.out.as_str()), (1, ""));
    assert!(said.err.starts_with("ct: tampered.evidence_log: "), "{}", said.err);
}

// R1.3: 0, max and max+1 bytes.
#[test]
fn the_size_of_a_note_is_limited() {
    let (_folder, path) = empty();
    assert_eq!(from_stdin(&path, b"").status, 0);
    let around = fs::read(&path).unwrap().len();
    let before = from_stdin(&path, &vec![b'x'; MAX_RECORD_BYTES - around]);
    assert_eq!(before.status, 0, "{}", before.err);
    let whole = fs::read(&path).unwrap();
    let too_long = [
        vec![b'x'; MAX_RECORD_BYTES - around + 1],
        vec![b'\n'; MAX_RECORD_BYTES / 2],
        vec![b'x'; 1 << 20],
        "\u{20ac}".repeat(1 << 18).into_bytes(),
    ];
    for text in too_long {
        let said = from_stdin(&path, &text);
        assert_eq!((said.out.as_str(), said.status), ("", 4));
        assert!(said.err.starts_with("ct: limit.record_size: "), "{}", said.err);
        assert_eq!(fs::read(&path).unwrap(), whole);
    }
}

#[test]
fn standard_input_is_recorded_as_it_is() {
    let (_folder, path) = empty();
    for (text, recorded) in [(&b"a\n"[..], "a"), (b"a\n\n", "a\n"), (b" a\r\nb\0", " a\r\nb\0"), (b"\n", "")] {
        assert_eq!(from_stdin(&path, text).status, 0);
        let line = fs::read_to_string(&path).unwrap().lines().last().unwrap().to_owned();
        let record: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(record["body"]["text"], recorded);
    }
    let said = from_stdin(&path, b"\xff");
    assert_eq!(said.status, 4);
    assert!(said.err.starts_with("ct: malformed.utf8: "), "{}", said.err);
}

// R1.2: several processes at once; every record is there and the chain is whole.
#[test]
fn eight_processes_append_fifty_records_each() {
    let (_folder, path) = empty();
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let path = &path;
            scope.spawn(move || {
                for number in 0..50 {
                    let said = log("append", path, &[&format!("{writer}.{number}")]);
                    assert_eq!(said.status, 0, "{}", said.err);
                }
            });
        }
    });
    let said = log("check", &path, &[]);
    assert!(said.out.starts_with("records=400 head=sha256:"), "{} {}", said.out, said.err);
    let records: Vec<serde_json::Value> =
        log("read", &path, &["--json"]).out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for writer in 0..8 {
        let of_writer = format!("{writer}.");
        let texts = records.iter().map(|record| record["body"]["text"].as_str().unwrap());
        let numbers: Vec<_> = texts.filter_map(|text| text.strip_prefix(&of_writer)).collect();
        assert_eq!(numbers, (0..50).map(|number| number.to_string()).collect::<Vec<_>>());
    }
}
