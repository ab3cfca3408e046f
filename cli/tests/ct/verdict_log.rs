//! `ct verify --log`: each verdict is recorded before it is shown.

use crate::desk::{AT, bundles, ct, verify, without_rights};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn records(log: &Path) -> Vec<Value> {
    let said = ct([Path::new("log"), Path::new("read"), Path::new("--json"), log]);
    assert_eq!(said.status, 0, "{}", said.err);
    said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

// R1
#[test]
fn every_verdict_is_recorded_with_the_hash_of_its_report() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("desk.log");
    let inputs = [bundles().join("valid"), bundles().join("refused"), "./x/../absent.cbor".into()];
    let words = ["--log".into(), log.clone()];
    let said = verify(words.iter().chain(&inputs));
    assert_eq!(said.status, 5, "{}", said.err);
    let records = records(&log);
    assert_eq!(records.len(), said.lines().len());
    for (record, code) in records.iter().zip(said.codes()) {
        assert_eq!((&record["type"], &record["time"]), (&"verdict".into(), &AT.into()));
        let body = &record["body"];
        assert_eq!((&body["code"], &body["mode"], &body["at"]), (&code.into(), &"strict".into(), &AT.into()));
        let source = body["source"].as_str().unwrap();
        let report = verify([Path::new("--json"), Path::new(source)]).out;
        let digest = format!("sha256:{}", ct_core::Hash::of(report.trim_end().as_bytes()));
        assert_eq!(body["report"], digest, "{source}");
        let report: Value = serde_json::from_str(&report).unwrap();
        assert_eq!(body.get("document_hash").unwrap_or(&Value::Null), &report["document_hash"], "{source}");
        assert_eq!(body.get("leaf_index").unwrap_or(&Value::Null), &report["leaf_index"], "{source}");
    }
    // R1.3: the path is recorded in one spelling.
    assert_eq!(records.last().unwrap()["body"]["source"], "absent.cbor");
    // What a document says stays in its bundle.
    let known = ["at", "code", "document_hash", "leaf_index", "log", "mode", "report", "source", "status", "trust"];
    for record in &records {
        assert!(record["body"].as_object().unwrap().keys().all(|name| known.contains(&name.as_str())), "{record}");
    }
    let found = ct(["log", "search", log.to_str().unwrap(), "--code", "tampered.document"]);
    assert_eq!((found.status, found.out.lines().count()), (0, 1), "{}", found.out);
}

// R1.2, R1.5: the same verdicts whatever the number of threads, and several runs in one log.
#[test]
fn the_log_is_the_same_for_any_number_of_threads_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str, jobs: &str| {
        let log = folder.path().join(name);
        verify([Path::new("--log"), &log, Path::new("--jobs"), Path::new(jobs), &bundles().join("refused")]);
        fs::read_to_string(&log).unwrap()
    };
    let one = run("one", "1");
    assert_eq!(one, run("eight", "8"));
    let twice = run("one", "2");
    assert!(twice.starts_with(&one) && twice.lines().count() == 2 * one.lines().count());
    let said = ct([Path::new("log"), Path::new("check"), &folder.path().join("one")]);
    assert_eq!(said.status, 0, "{}", said.err);
}

// R1 gate: permission denied on the log path; nothing is judged in vain.
#[test]
fn a_log_that_cannot_be_written_ends_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("desk.log");
    fs::write(&log, "").unwrap();
    let mut command = without_rights(folder.path());
    command.args(["verify", "--at", AT, "--hash-only", "--trust"]).arg(bundles().join("trust.cbor"));
    let output = command.arg("--log").arg(&log).arg(bundles().join("valid/diploma.cbor")).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(5), &b""[..]), "{err}");
    assert!(err.starts_with("ct: io.permission: "), "{err}");

    // R1.4: a file that is somebody else's stays as it is, with and without a line break.
    for (content, code, status) in [
        ("garbage\n", "malformed.evidence_log", 4),
        ("{}\n", "malformed.evidence_log", 4),
        ("notes", "malformed.evidence_log", 4),
    ] {
        fs::write(&log, content).unwrap();
        let said = verify([Path::new("--log"), &log, &bundles().join("valid")]);
        assert_eq!((said.status, said.out.as_str()), (status, ""), "{}", said.err);
        assert!(said.err.contains(code), "{}", said.err);
        assert_eq!(fs::read_to_string(&log).unwrap(), content);
    }
}

// R19.3: nothing of the log is read before the sandbox, and it is the first thing that is read in it.
#[test]
fn a_log_is_looked_at_inside_the_sandbox() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("desk.log");
    fs::write(&log, "garbage\n").unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ct"));
    command.args(["verify", "--at", AT, "--trust", "absent.cbor", "--log"]).arg(&log);
    let output = command.arg(bundles().join("valid")).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<_> = err.lines().collect();
    assert!(lines[0].starts_with("ct: sandbox: ") && lines[1].starts_with("ct: malformed.evidence_log: "), "{err}");
}

// Resumed verdicts are in the log once, wherever the run was cut between two lines.
#[test]
fn a_resumed_run_records_only_what_it_judges() {
    let folder = tempfile::tempdir().unwrap();
    let (log, file) = (folder.path().join("desk.log"), folder.path().join("verdicts.jsonl"));
    let words: Vec<PathBuf> =
        ["--log".into(), log.clone(), "--resume".into(), file.clone(), bundles().join("valid")].into();
    verify(&words);
    let (whole, verdicts) = (fs::read_to_string(&log).unwrap(), fs::read_to_string(&file).unwrap());
    let cut = |text: &str| text.split_inclusive('\n').take(3).collect::<String>();
    fs::write(&log, cut(&whole)).unwrap();
    fs::write(&file, cut(&verdicts)).unwrap();
    verify(&words);
    let now = || (fs::read_to_string(&log).unwrap(), fs::read_to_string(&file).unwrap());
    assert_eq!(now(), (whole.clone(), verdicts.clone()));
    // At least once: killed after the log was written and before the file was, it records those verdicts again.
    fs::write(&file, cut(&verdicts)).unwrap();
    verify(&words);
    let (log, file) = now();
    assert_eq!((file, log.starts_with(&whole)), (verdicts.clone(), true));
    assert_eq!(log.lines().count(), whole.lines().count() + verdicts.lines().count() - 3);
}
