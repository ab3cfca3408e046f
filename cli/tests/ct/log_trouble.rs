//! `ct log` when something is wrong with the log, the disk, the rights or the command line.

use crate::desk::{Said, ct, said, without_rights};
use crate::log::{empty, log};
use assert_cmd::Command;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;

fn sound() -> (tempfile::TempDir, PathBuf, String) {
    let (folder, path) = empty();
    for text in ["a", "b", "c"] {
        assert_eq!(log("append", &path, &["--at", "2026-11-20T08:00:00Z", text]).status, 0);
    }
    let text = fs::read_to_string(&path).unwrap();
    (folder, path, text)
}

fn refused(said: &Said, code: &str, status: i32) {
    assert!(said.err.starts_with(&format!("ct: {code}: ")), "{code}: {}", said.err);
    assert_eq!(said.status, status, "{}", said.err);
}

// R1.1, R1.4: what is whole is shown, then the fault is told with its place.
#[test]
fn a_damaged_log_is_shown_up_to_the_damage() {
    let (_folder, path, text) = sound();
    let lines: Vec<_> = text.split_inclusive('\n').collect();
    let (one, two) = (lines[0].len(), lines[0].len() + lines[1].len());
    for (bytes, shown, code, status, place) in [
        (text.replace("\"b\"", "\"B\""), 2, "tampered.evidence_log", 1, format!("line 3, at byte {two}")),
        ([lines[0], lines[2]].concat(), 1, "tampered.evidence_log", 1, format!("line 2, at byte {one}")),
        (text.replace("\"b\"}", "\"b\" }"), 1, "malformed.evidence_log", 4, format!("line 2, at byte {one}")),
        (text.replace('\n', "\r\n"), 0, "malformed.evidence_log", 4, "line 1, at byte 0".to_owned()),
        (text.trim_end().to_owned(), 2, "incomplete.evidence_log", 3, format!("line 3, at byte {two}")),
        ("hello\n".to_owned(), 0, "malformed.evidence_log", 4, "line 1, at byte 0".to_owned()),
    ] {
        fs::write(&path, &bytes).unwrap();
        for (command, words) in [("read", &[][..]), ("read", &["--json"]), ("read", &["--last", "9"]), ("search", &[])]
        {
            let said = log(command, &path, words);
            refused(&said, code, status);
            assert_eq!(said.out.lines().count(), shown, "{code}: {command} {words:?}");
            assert!(said.err.contains(&format!("desk.log: {place}: ")), "{}", said.err);
        }
        let said = log("check", &path, &[]);
        refused(&said, code, status);
        assert_eq!(said.out, "");
    }
}

// R1.4, R10.3
#[test]
fn append_goes_on_after_a_crash_and_refuses_what_is_no_log() {
    let (_folder, path, text) = sound();
    fs::write(&path, text.trim_end()).unwrap();
    assert!(log("append", &path, &["d"]).out.starts_with("seq=3 "));
    let types: Vec<_> = log("read", &path, &[]).out.lines().map(|line| line[30..38].trim().to_owned()).collect();
    assert_eq!(types, ["note", "note", "torn", "note"]);
    for foreign in ["hello\n", "notes"] {
        fs::write(&path, foreign).unwrap();
        refused(&log("append", &path, &["d"]), "malformed.evidence_log", 4);
        assert_eq!(fs::read_to_string(&path).unwrap(), foreign);
    }
}

// R1.2, R1.4: whoever has to wait is told for what; then the work goes on.
#[test]
fn another_program_that_holds_the_log_is_told_of() {
    let (_folder, path, _) = sound();
    let holder = fs::File::options().append(true).open(&path).unwrap();
    for words in [&["append", "d"][..], &["check"], &["read"], &["search"]] {
        holder.lock().unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ct"));
        command.args(["--sandbox", "off", "log", words[0]]).arg(&path).args(&words[1..]);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut waiting = command.spawn().unwrap();
        let mut told = String::new();
        let mut err = BufReader::new(waiting.stderr.take().unwrap());
        err.read_line(&mut told).unwrap();
        assert_eq!(told, format!("ct: waiting for another program that writes to {}\n", path.display()), "{words:?}");
        holder.unlock().unwrap();
        assert!(waiting.wait().unwrap().success(), "{words:?}");
    }
    assert!(log("check", &path, &[]).out.starts_with("records=4 "));
}

// R1.1, R1.4
#[test]
fn what_is_no_file_is_refused() {
    let (folder, path, _) = sound();
    let path_of = |name: &str| folder.path().join(name);
    assert!(std::process::Command::new("mkfifo").arg(path_of("pipe")).status().unwrap().success());
    symlink(&path, path_of("link")).unwrap();
    symlink(path_of("loop"), path_of("loop")).unwrap();
    for (path, append, read) in [
        (path_of("pipe"), "io.not_a_file", "io.not_a_file"),
        (folder.path().to_owned(), "io.not_a_file", "io.not_a_file"),
        ("/dev/full".into(), "io.not_a_file", "io.not_a_file"),
        (path_of("loop/desk.log"), "io.symlink_loop", "io.symlink_loop"),
        (path_of("absent/desk.log"), "io.not_found", "io.not_found"),
    ] {
        refused(&log("append", &path, &["x"]), append, 5);
        for command in ["read", "search", "check"] {
            refused(&log(command, &path, &[]), read, 5);
        }
    }
    refused(&log("append", &path_of("link"), &["x"]), "io.not_a_file", 5);
    assert_eq!(log("read", &path_of("link"), &[]).status, 0);
    refused(&log("check", &path_of("absent"), &[]), "io.not_found", 5);
    assert!(!path_of("absent").exists());
}

// R1 gate: permission denied on the log path.
#[test]
fn a_log_of_somebody_else_is_refused() {
    let (folder, path, text) = sound();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    // Where the tests run as nobody in particular, the log and its folder are the user's own.
    let is_root = fs::read(&path).is_ok();
    let run = |words: &[&str], path: &Path| {
        let mut command = without_rights(folder.path());
        command.args(["log", words[0]]).arg(path).args(&words[1..]).output().map(said)
    };
    if run(&["check"], &path).is_err() {
        return ct_testdata::skip("no setpriv program");
    }
    for words in [&["append", "x"][..], &["read"], &["search"], &["check"]] {
        refused(&run(words, &path).unwrap(), "io.permission", 5);
    }
    // It may be read and not written, and no file may be made in its folder.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    assert_eq!(run(&["check"], &path).unwrap().status, 0);
    if is_root {
        refused(&run(&["append", "x"], &path).unwrap(), "io.permission", 5);
        refused(&run(&["append", "x"], &folder.path().join("new.log")).unwrap(), "io.permission", 5);
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

// R1.2: no room, by way of a limit for the size of files; the log is what it was, a torn record included.
#[test]
fn a_full_disk_leaves_the_log_as_it_was() {
    let (_folder, path, text) = sound();
    let long = "x".repeat(3000);
    for before in [text.clone(), format!("{text}{{\"body\":")] {
        fs::write(&path, &before).unwrap();
        // The signal is ignored, so that the write fails as it does on a full disk. A block is 512 or 1024 bytes.
        let script = "trap '' XFSZ; ulimit -f 2; exec \"$@\"";
        let mut command = Command::new("sh");
        command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_ct"), "log", "append"]).arg(&path).arg(&long);
        refused(&said(command.output().unwrap()), "io.write", 5);
        assert_eq!(fs::read_to_string(&path).unwrap(), before);
        assert_eq!(log("append", &path, &["after"]).status, 0);
        assert_eq!(log("check", &path, &[]).status, 0);
    }
}

// R1.1
#[test]
fn nonsense_on_the_command_line_is_refused() {
    let (_folder, path, text) = sound();
    for (command, words, code) in [
        ("append", &[][..], "usage.arguments"),
        ("append", &["--type", "Note", "x"], "usage.arguments"),
        ("append", &["--type", "", "x"], "usage.arguments"),
        ("append", &["--at", "now", "x"], "usage.time"),
        ("read", &["--last", "-1"], "usage.arguments"),
        ("read", &["--last", "1", "--from", "1"], "usage.arguments"),
        ("search", &["--since", "yesterday"], "usage.time"),
        ("search", &["--until", "2026-11-31T00:00:00Z"], "usage.time"),
        ("search", &["--document", "abc"], "usage.arguments"),
        ("search", &["--type", "A"], "usage.arguments"),
        ("check", &["--head", "sha256:"], "usage.arguments"),
    ] {
        let said = log(command, &path, words);
        refused(&said, code, 2);
        assert_eq!(said.out, "");
    }
    assert_eq!(ct(["log"]).status, 2);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

// What was recorded cannot steer the terminal of whoever reads it.
#[test]
fn a_note_cannot_speak_to_the_terminal() {
    let (_folder, path) = empty();
    log("append", &path, &["x\u{1b}]0;title\u{7}\u{1b}[2J\u{202e}\nseq"]);
    for command in ["read", "search"] {
        let said = log(command, &path, &[]);
        assert_eq!(said.out.lines().count(), 1);
        assert!(!said.out.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{:?}", said.out);
    }
}

// Whoever reads has read enough.
#[test]
fn a_closed_pipe_is_quiet() {
    let (_folder, path) = empty();
    let long = "x".repeat(10_000);
    for _ in 0..20 {
        log("append", &path, &[&long]);
    }
    let script = "{ \"$@\"; echo \"status $?\" >&2; } | head -c 1";
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_ct"), "log", "read", "--json"]).arg(&path);
    let said = said(command.output().unwrap());
    assert_eq!((said.out.as_str(), said.err.as_str()), ("{", "status 0\n"));
}
