//! `ct audit`: one flipped byte among many files is found, kept and told.

use crate::desk::{AT, Said, said, without_rights};
use assert_cmd::Command;
use ct_core::Hash;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder `archive` with files in folders, and the manifest `archive.sha256` beside it.
struct Archive {
    folder: TempDir,
}

impl Archive {
    fn of(files: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let archive = Self { folder };
        for number in 0..files {
            let path = archive.file(&format!("{}/record-{number}.txt", number % 7));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("Record {number}\n").repeat(number + 1)).unwrap();
        }
        archive.write_manifest();
        archive
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path("archive").join(name)
    }

    fn write_manifest(&self) {
        let listed = said(ct().current_dir(self.path("archive")).args(["hash", "."]).output().unwrap());
        assert_eq!(listed.status, 0, "{}", listed.err);
        fs::write(self.path("archive.sha256"), listed.out).unwrap();
    }

    /// `ct audit archive --manifest archive.sha256 WORDS`, run beside the archive.
    fn audit(&self, words: &[&str]) -> Said {
        let mut command = ct();
        command.current_dir(self.folder.path()).args(["audit", "archive", "--manifest", "archive.sha256", "--at", AT]);
        said(command.args(words).output().unwrap())
    }

    fn flip(&self, name: &str, position: usize) {
        let mut bytes = fs::read(self.file(name)).unwrap();
        bytes[position] ^= 1;
        fs::write(self.file(name), bytes).unwrap();
    }
}

fn ct() -> Command {
    Command::cargo_bin("ct").unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

// R7.5
#[test]
fn what_agrees_is_quiet() {
    let archive = Archive::of(30);
    let said = archive.audit(&[]);
    assert_eq!((said.status, said.out.as_str()), (0, ""));
    assert_eq!(said.err, "ct: archive: 30 agreeing, 0 altered, 30 listed, 0 missing, 0 unknown, 0 unreadable\n");
}

// R7.5: one flipped byte in one of many files, and the evidence is kept.
#[test]
fn one_flipped_byte_among_many_files_is_found_and_kept() {
    let archive = Archive::of(300);
    let (name, listed) = ("3/record-129.txt", fs::read(archive.file("3/record-129.txt")).unwrap());
    archive.flip(name, 700);
    let altered = fs::read(archive.file(name)).unwrap();
    let said = archive.audit(&["--evidence", "evidence/altered", "--log", "desk.log"]);
    let (expected, found) = (Hash::of(&listed), Hash::of(&altered));
    assert_eq!(said.out, format!("tampered.file    {name}  expected={expected} found={found}\n"));
    assert_eq!(said.status, 1);
    let evidence = archive.path("evidence/altered");
    let copy = evidence.join(found.to_string());
    assert_eq!(fs::read(&copy).unwrap(), altered);
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    let report =
        fs::read(evidence.join(names(&evidence).iter().find(|name| name.ends_with(".json")).unwrap())).unwrap();
    assert_eq!(names(&evidence), [found.to_string(), format!("audit-{}.json", Hash::of(&report))].map(String::from));
    // The log says what was found, and which report says more.
    let line = fs::read_to_string(archive.path("desk.log")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&line).unwrap();
    let manifest = Hash::of(&fs::read(archive.path("archive.sha256")).unwrap());
    let body = serde_json::json!({
        "agreeing": "299", "altered": "1", "code": "tampered.file", "directory": "archive", "listed": "300",
        "manifest_hash": format!("sha256:{manifest}"), "missing": "0",
        "report": format!("sha256:{}", Hash::of(&report)), "unknown": "0", "unreadable": "0",
    });
    assert_eq!((&record["body"], &record["type"], &record["time"]), (&body, &"audit".into(), &AT.into()));
    // Again: the same report, and nothing in the evidence is overwritten.
    fs::write(&copy, "the first copy").unwrap();
    assert_eq!(archive.audit(&["--evidence", "evidence/altered", "--json"]).out.as_bytes(), report);
    assert_eq!((names(&evidence).len(), fs::read_to_string(&copy).unwrap()), (2, "the first copy".to_owned()));
}

/// An archive in which everything that can be wrong is wrong.
fn troubled() -> Archive {
    let archive = Archive::of(5);
    fs::create_dir(archive.file("dir")).unwrap();
    for name in ["pipe", "link", "tab\tand\u{e9}", "dir/inside"] {
        fs::write(archive.file(name), name).unwrap();
    }
    archive.write_manifest();
    archive.flip("0/record-0.txt", 0);
    fs::remove_file(archive.file("1/record-1.txt")).unwrap();
    fs::write(archive.file("2/new"), "").unwrap();
    symlink("/etc/passwd", archive.file("2/outside")).unwrap();
    for name in ["pipe", "link"] {
        fs::remove_file(archive.file(name)).unwrap();
    }
    assert!(std::process::Command::new("mkfifo").arg(archive.file("pipe")).status().unwrap().success());
    symlink("tab\tand\u{e9}", archive.file("link")).unwrap();
    // Listed files are not looked for behind a link that leads elsewhere.
    fs::rename(archive.file("dir"), archive.path("elsewhere")).unwrap();
    symlink(archive.path("elsewhere"), archive.file("dir")).unwrap();
    fs::remove_file(archive.file("3/record-3.txt")).unwrap();
    fs::create_dir(archive.file("3/record-3.txt")).unwrap();
    archive
}

// R7.5, R13.5: the machine-readable report, byte for byte.
#[test]
fn the_report_of_everything_at_once_is_known() {
    let archive = troubled();
    let said = archive.audit(&["--json"]);
    assert_eq!(said.out, include_str!("audit.golden.json"));
    assert_eq!(said.status, 5);
    let report: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let paths: Vec<_> =
        report["findings"].as_array().unwrap().iter().map(|finding| finding["path"].as_str().unwrap()).collect();
    assert!(paths.is_sorted());
    // In any order of the file system, and from any spelling of the folder.
    let mut command = ct();
    command.current_dir(archive.file("2")).args(["audit", "--json", "--at", AT, "--manifest"]);
    let other = crate::desk::said(command.args(["../../archive.sha256", "..//./"]).output().unwrap());
    assert_eq!(other.out, said.out.replace("\"directory\":\"archive\"", "\"directory\":\"..\""));
}

#[test]
fn people_see_one_line_for_each_finding() {
    let said = troubled().audit(&[]);
    let found: Vec<_> = said.out.lines().map(|line| line.split("  expected").next().unwrap()).collect();
    assert_eq!(
        found,
        [
            "tampered.file    0/record-0.txt",
            "incomplete.file  1/record-1.txt",
            "unknown.file     2/new",
            "unknown.file     2/outside",
            "io.not_a_file    3/record-3.txt",
            "unknown.file     dir",
            "io.not_a_file    dir/inside",
            "io.not_a_file    link",
            "io.not_a_file    pipe",
        ]
    );
    assert!(
        said.err.ends_with("ct: archive: 3 agreeing, 1 altered, 9 listed, 1 missing, 3 unknown, 4 unreadable\n"),
        "{}",
        said.err
    );
}

// R1.1: the worst counts.
#[test]
fn the_exit_status_is_that_of_the_worst_finding() {
    let archive = Archive::of(10);
    fs::write(archive.file("new"), "").unwrap();
    assert_eq!(archive.audit(&[]).status, 3);
    fs::remove_file(archive.file("new")).unwrap();
    fs::remove_file(archive.file("1/record-1.txt")).unwrap();
    assert_eq!(archive.audit(&[]).status, 3);
    archive.flip("2/record-2.txt", 1);
    assert_eq!(archive.audit(&[]).status, 1);
    fs::create_dir(archive.file("1/record-1.txt")).unwrap();
    assert_eq!(archive.audit(&[]).status, 5);
}

// R7.5: manifest, evidence and log may lie in the folder.
#[test]
fn what_the_audit_itself_needs_is_no_finding() {
    let archive = Archive::of(3);
    fs::rename(archive.path("archive.sha256"), archive.file("SHA256SUMS")).unwrap();
    archive.flip("0/record-0.txt", 0);
    let words =
        ["audit", ".", "--manifest", "./SHA256SUMS", "--evidence", "kept", "--log", "0/../desk.log", "--at", AT];
    for _ in 0..2 {
        let said = said(ct().current_dir(archive.path("archive")).args(words).output().unwrap());
        assert_eq!((said.out.lines().count(), said.status), (1, 1), "{}", said.out);
    }
    assert_eq!(names(&archive.file("kept")).len(), 2);
    assert_eq!(fs::read_to_string(archive.file("desk.log")).unwrap().lines().count(), 2);
    // Without them on the command line they are files like any other.
    let words = ["audit", ".", "--manifest", "./SHA256SUMS", "--at", AT];
    let said = said(ct().current_dir(archive.path("archive")).args(words).output().unwrap());
    assert_eq!(said.out.matches("unknown.file").count(), 3);
}

// R7.5: the evidence folder is no place to hide a file in.
#[test]
fn only_evidence_is_overlooked_in_the_evidence_folder() {
    for evidence in [".", "ev"] {
        let archive = Archive::of(3);
        archive.flip("0/record-0.txt", 0);
        let folder = archive.file(evidence);
        let run = || {
            let words = ["audit", ".", "--manifest", "../archive.sha256", "--evidence", evidence, "--at", AT];
            let said = said(ct().current_dir(archive.path("archive")).args(words).output().unwrap());
            said.out.lines().filter_map(|line| line.strip_prefix("unknown.file     ")).map(String::from).collect()
        };
        let _first: Vec<String> = run();
        // What the first run kept is no finding of the second.
        assert_eq!(run(), Vec::<String>::new(), "{evidence}");
        let hash = |content: &str| Hash::of(content.as_bytes()).to_string();
        fs::create_dir_all(folder.join("in")).unwrap();
        let mut hidden = vec![
            "payload".to_owned(),
            hash("other"),
            hash("payload").to_uppercase(),
            format!("audit-{}.json", hash("other")),
            format!("audit-{}.jsn", hash("payload")),
            format!("in/{}", hash("payload")),
        ];
        for name in &hidden {
            fs::write(folder.join(name), "payload").unwrap();
        }
        symlink("payload", folder.join(hash("payload"))).unwrap();
        hidden.push(hash("payload"));
        let below = |name: &String| if evidence == "." { name.clone() } else { format!("{evidence}/{name}") };
        let mut expected: Vec<_> = hidden.iter().map(below).collect();
        expected.sort();
        assert_eq!(run(), expected, "{evidence}");
    }
}

// R7.5: what sha256sum -c says, ct audit says.
#[test]
fn sha256sum_agrees() {
    let archive = Archive::of(20);
    for name in ["a b", " c ", "back\\slash", "line\nfeed", "*star", "-", "#x", "caf\u{e9}"] {
        fs::write(archive.file(name), name).unwrap();
    }
    fs::write(archive.path("archive").join(<OsStr as OsStrExt>::from_bytes(b"not-utf8-\xff")), "x").unwrap();
    let sum = |script: &str| {
        std::process::Command::new("sh").current_dir(archive.path("archive")).args(["-c", script]).output()
    };
    match sum("sha256sum --version") {
        Ok(output) if output.status.success() => {}
        _ => return ct_testdata::skip("no sha256sum program"),
    }
    for make in [
        "find . -type f -exec sha256sum {} +",
        "{ find . -type f ! -name - -printf '%P\\0' | xargs -0 sha256sum -b -- && sha256sum -b ./-; }",
        "ct hash .",
    ] {
        let make = make.replace("ct ", &format!("{} ", env!("CARGO_BIN_EXE_ct")));
        assert!(sum(&format!("{make} > ../archive.sha256")).unwrap().status.success(), "{make}");
        let check = || sum("sha256sum -c --strict --quiet ../archive.sha256").unwrap();
        assert!(check().status.success(), "{make}: {}", String::from_utf8_lossy(&check().stderr));
        let said = archive.audit(&[]);
        assert_eq!((said.status, said.out.as_str()), (0, ""), "{make}: {}", said.err);
        for name in ["line\nfeed", "back\\slash", " c ", "5/record-5.txt"] {
            archive.flip(name, 0);
            assert!(!check().status.success(), "{make}: {name}");
            assert_eq!(archive.audit(&[]).status, 1, "{make}: {name}");
            archive.flip(name, 0);
        }
    }
}

// R1.3, R1.4
#[test]
fn a_bad_manifest_is_refused_with_its_line() {
    let archive = Archive::of(2);
    let good = fs::read_to_string(archive.path("archive.sha256")).unwrap();
    let first = good.lines().next().unwrap();
    for bad in [
        format!("{good}{first}\n"),
        good.replacen("./", "/", 2).replacen('/', "./", 1),
        good.replace("./1/", "../1/"),
        format!("{good}hello\n"),
        format!("{good}\n"),
        good.replace('\n', "\r\n"),
        good.trim_end().to_owned(),
    ] {
        fs::write(archive.path("archive.sha256"), &bad).unwrap();
        let said = archive.audit(&["--evidence", "evidence", "--log", "desk.log"]);
        assert_eq!((said.out.as_str(), said.status), ("", 4), "{bad}");
        assert!(said.err.starts_with("ct: malformed.manifest: archive.sha256: line "), "{bad}: {}", said.err);
        // They were made before anything was read, and stay empty.
        assert_eq!(fs::read_dir(archive.path("evidence")).unwrap().count(), 0);
        assert_eq!(fs::read(archive.path("desk.log")).unwrap(), b"");
    }
    fs::File::create(archive.path("archive.sha256")).unwrap().set_len(10 << 30).unwrap();
    assert!(archive.audit(&[]).err.starts_with("ct: limit.length: "));
    fs::remove_file(archive.path("archive.sha256")).unwrap();
    assert_eq!(archive.audit(&[]).status, 5);
    fs::write(archive.path("archive.sha256"), "").unwrap();
    assert_eq!(archive.audit(&[]).out.matches("unknown.file").count(), 2);
    fs::remove_dir_all(archive.path("archive")).unwrap();
    assert!(archive.audit(&[]).err.starts_with("ct: io.not_found: "));
    fs::write(archive.path("archive"), "").unwrap();
    assert!(archive.audit(&[]).err.starts_with("ct: io.not_a_file: "));
}

// R1.4: a log that cannot be written to ends the audit before it begins.
#[test]
fn a_bad_log_is_told_before_the_work() {
    let archive = Archive::of(2);
    let said = archive.audit(&["--log", "/dev/full"]);
    assert_eq!((said.out.as_str(), said.status), ("", 5));
    fs::write(archive.path("desk.log"), "hello\n").unwrap();
    let said = archive.audit(&["--log", "desk.log", "--evidence", "evidence"]);
    assert_eq!((said.out.as_str(), said.status), ("", 4));
    // The folder was made before anything was read, and stays empty.
    assert_eq!(fs::read_dir(archive.path("evidence")).unwrap().count(), 0);
    assert!(said.err.starts_with("ct: malformed.evidence_log: desk.log: "), "{}", said.err);
}

// R1.1 gate: permission denied.
#[test]
fn what_may_not_be_read_is_a_finding() {
    let archive = Archive::of(14);
    fs::set_permissions(archive.file("1/record-1.txt"), fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(archive.file("2"), fs::Permissions::from_mode(0o000)).unwrap();
    let mut command = without_rights(archive.folder.path());
    command.current_dir(archive.folder.path()).args(["audit", "archive", "--manifest", "archive.sha256", "--at", AT]);
    let output = command.output();
    fs::set_permissions(archive.file("2"), fs::Permissions::from_mode(0o755)).unwrap();
    let Ok(output) = output else { return ct_testdata::skip("no setpriv program") };
    let said = said(output);
    let found: Vec<_> = said.out.lines().collect();
    let expected = ["1/record-1.txt", "2", "2/record-2.txt", "2/record-9.txt"];
    assert_eq!(found, expected.map(|path| format!("io.permission    {path}")), "{}", said.err);
    assert_eq!(said.status, 5);
}

// R7.5: evidence that cannot be kept is told, and so is what was found.
#[test]
fn a_full_disk_does_not_silence_the_findings() {
    let archive = Archive::of(300);
    archive.flip("3/record-297.txt", 0);
    fs::remove_file(archive.file("1/record-1.txt")).unwrap();
    // A block is 512 or 1024 bytes: the report has room, the altered file and the longer log have not.
    let script = "trap '' XFSZ; ulimit -f 2; exec \"$@\"";
    let long = "x".repeat(700);
    fs::write(archive.path("desk.log"), "").unwrap();
    for (words, complaints) in [
        (&["--evidence", "evidence"][..], 1),
        (&["--log", "desk.log"], 1),
        (&["--evidence", "evidence", "--log", "desk.log"], 2),
    ] {
        for _ in 0..3 {
            let append = ["log", "append", "desk.log", &long];
            assert!(ct().current_dir(archive.folder.path()).args(append).output().unwrap().status.success());
        }
        let mut command = Command::new("sh");
        command.current_dir(archive.folder.path()).args(["-c", script, "sh", env!("CARGO_BIN_EXE_ct"), "audit"]);
        command.args(["archive", "--manifest", "archive.sha256", "--at", AT]).args(words);
        let said = said(command.output().unwrap());
        assert_eq!((said.out.lines().count(), said.status), (2, 5), "{}", said.err);
        assert_eq!(said.err.matches("ct: io.write: ").count(), complaints, "{}", said.err);
    }
    assert_eq!(names(&archive.path("evidence")).len(), 1);
    let check = ct().current_dir(archive.folder.path()).args(["log", "check", "desk.log"]).output().unwrap();
    assert!(said(check).out.starts_with("records=9 "));
}

// A name can hold what a terminal obeys, and what is no text.
#[test]
fn names_are_told_safely_and_exactly() {
    let archive = Archive::of(1);
    let name = |bytes: &[u8]| archive.file("").join(<OsStr as OsStrExt>::from_bytes(bytes));
    for bytes in [b"x\x1b[2J\n\x07".as_slice(), b"a-\xff", b"a-\xfe"] {
        fs::write(name(bytes), "").unwrap();
    }
    let said = archive.audit(&[]);
    assert_eq!(said.out.lines().count(), 3);
    assert!(!(said.out + &said.err).contains(['\u{1b}', '\u{7}']));
    let report: serde_json::Value = serde_json::from_str(&archive.audit(&["--json"]).out).unwrap();
    let told = |member: &str| -> Vec<_> {
        let findings = report["findings"].as_array().unwrap();
        findings.iter().map(|finding| finding.get(member).map(|text| text.as_str().unwrap().to_owned())).collect()
    };
    assert_eq!(told("path"), ["a-\u{fffd}", "a-\u{fffd}", "x\u{1b}[2J\n\u{7}"].map(|path| Some(path.to_owned())));
    assert_eq!(told("path_base64"), [Some("YS3+".to_owned()), Some("YS3/".to_owned()), None]);
}
