//! Whatever is given instead of a bundle or a trust root gets a stable code and exit status, and the others go on.

use crate::desk::{AT, Said, bundles, ct, said, verify, without_rights};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

fn trust_from(trust: &Path) -> Said {
    let bundle = bundles().join("valid/diploma.cbor");
    let words = [Path::new("verify"), Path::new("--at"), Path::new(AT), Path::new("--trust"), trust, &bundle];
    ct(words)
}

fn good() -> PathBuf {
    bundles().join("valid/diploma.cbor")
}

// R1.1, R1.3, R1.4, R19.5
#[test]
fn each_bad_bundle_has_its_code_and_harms_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let file = |name: &str, bytes: &[u8]| {
        fs::write(path(name), bytes).unwrap();
        path(name)
    };
    fs::create_dir(path("empty-folder")).unwrap();
    fs::write(path("empty-folder").join("note.txt"), "no bundle").unwrap();
    assert!(std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
    symlink(path("loop-b"), path("loop-a")).unwrap();
    symlink(path("loop-a"), path("loop-b")).unwrap();
    symlink("/nowhere", path("dangling")).unwrap();
    File::create(path("sparse")).unwrap().set_len(10 << 30).unwrap();
    let cut = fs::read(good()).unwrap();
    let cases = [
        (file("empty", b""), "malformed.empty", 4),
        (file("one-byte", b"\xa1"), "malformed.truncated", 4),
        (file("text", b"hello, world"), "malformed.kind", 4),
        (file("picture.jpg", b"\xff\xd8\xff\xe0"), "malformed.kind", 4),
        (file("half", &cut[..cut.len() / 2]), "malformed.truncated", 4),
        (bundles().join("trust.cbor"), "malformed.kind", 4),
        (path("sparse"), "limit.bundle_size", 4),
        (path("empty-folder"), "io.no_bundles", 5),
        (path("pipe"), "io.not_a_file", 5),
        (PathBuf::from("/dev/zero"), "io.not_a_file", 5),
        (path("loop-a"), "io.symlink_loop", 5),
        (path("dangling"), "io.not_found", 5),
        (path("absent"), "io.not_found", 5),
    ];
    for (path, code, status) in &cases {
        let alone = verify([path]);
        assert_eq!((alone.codes(), alone.status), (vec![*code], *status), "{}", path.display());
        let json = verify([Path::new("--json"), path]);
        assert_eq!(json.status, *status);
        let report: serde_json::Value = serde_json::from_str(&json.out).unwrap();
        assert_eq!((&report["code"], &report["status"]), (&(*code).into(), &"unverified".into()));
    }
    let (paths, codes): (Vec<_>, Vec<_>) = cases.iter().map(|(path, code, _)| (path.clone(), *code)).unzip();
    let all = verify([good()].into_iter().chain(paths).chain([good()]));
    assert_eq!(all.codes(), [vec!["ok"], codes, vec!["ok"]].concat());
    assert_eq!(all.status, 5);
    assert!(all.err.ends_with("ct: 2 verified, 13 not\n"), "{}", all.err);
}

// A name can hold what a terminal obeys.
#[test]
fn the_name_of_a_file_cannot_speak_to_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("x\u{1b}]0;title\u{7}\u{1b}[2J\u{202e}.cbor");
    fs::write(&name, "no bundle").unwrap();
    let pipe = folder.path().join("y\u{1b}[2J.cbor");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut said =
        vec![verify([folder.path()]), verify([&name]), verify([Path::new("--jsonl"), &pipe]), trust_from(&name)];
    said.push(ct([Path::new("hash"), &pipe]));
    said.push(ct([Path::new("inspect"), &name]));
    for said in said {
        let all = said.out + &said.err;
        assert!(!all.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{all:?}");
    }
}

// R1 gate: permission denied.
#[test]
fn an_unreadable_bundle_is_told_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let trust = folder.path().join("trust.cbor");
    fs::copy(bundles().join("trust.cbor"), &trust).unwrap();
    let secret = folder.path().join("secret.cbor");
    fs::copy(good(), &secret).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    let mut command = without_rights(folder.path());
    command.args(["verify", "--at", AT, "--trust"]).arg(&trust).arg(&secret);
    let Ok(output) = command.output() else { return ct_testdata::skip("no setpriv program") };
    let said = said(output);
    assert_eq!((said.codes(), said.status), (vec!["io.permission"], 5), "{}", said.err);
}

// R1.4
#[test]
fn each_bad_trust_root_has_its_code() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let file = |name: &str, bytes: &[u8]| {
        fs::write(path(name), bytes).unwrap();
        path(name)
    };
    File::create(path("sparse")).unwrap().set_len(10 << 30).unwrap();
    let trust = fs::read(bundles().join("trust.cbor")).unwrap();
    let mut flipped = trust.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let cases = [
        (file("empty", b""), "trust.malformed", 6),
        (file("half", &trust[..trust.len() / 2]), "trust.malformed", 6),
        (file("flipped", &flipped), "trust.signature", 6),
        (path("sparse"), "trust.size", 6),
        (good(), "trust.kind", 6),
    ];
    for (path, code, status) in cases {
        let said = trust_from(&path);
        assert_eq!((said.codes(), said.status), (vec![code], status), "{}", path.display());
        assert!(said.err.contains(code) && said.err.contains(path.to_str().unwrap()), "{}", said.err);
    }
    // Without a trust root to read there is nothing to judge by: the run ends.
    for (path, code) in [(path("absent"), "io.not_found"), (folder.path().to_owned(), "io.not_a_file")] {
        let said = trust_from(&path);
        assert_eq!((said.out.as_str(), said.status), ("", 5), "{}", path.display());
        assert!(said.err.starts_with(&format!("ct: {code}: ")), "{}", said.err);
    }
}

// R1.1: usage errors.
#[test]
fn nonsense_on_the_command_line_is_refused_before_anything_is_read() {
    let bundle = good();
    let bundle = bundle.to_str().unwrap();
    let trust = bundles().join("trust.cbor");
    let trust = trust.to_str().unwrap();
    let refused = |words: &[&str], code: &str| {
        let said = ct(words);
        assert_eq!((said.out.as_str(), said.status), ("", 2), "{words:?}: {}", said.err);
        assert!(said.err.starts_with(&format!("ct: {code}: ")), "{words:?}: {}", said.err);
    };
    for at in ["now", "", "2026", "2026-02-30T00:00:00Z", "2026-11-20T08:00:00+01:00", "1e9", "-1"] {
        refused(&["verify", "--trust", trust, &format!("--at={at}"), bundle], "usage.time");
    }
    refused(&["verify", "--trust", trust, "--json", bundle, bundle], "usage.several_inputs");
    refused(&["verify", bundle], "usage.arguments");
    refused(&["verify", "--trust", trust], "usage.arguments");
    refused(&["verify", "--trust", trust, "--json", "--jsonl", bundle], "usage.arguments");
    refused(&["verify", "--trust", trust, "--quick", bundle], "usage.arguments");
    refused(&["frobnicate"], "usage.arguments");
    refused(&["explain", "no.such_code"], "usage.arguments");
    refused(&["explain", "--language", "xx"], "usage.arguments");
    refused(&["keygen", "--role", "king", "--name", "a", "--out", "/nowhere/a"], "usage.arguments");
    refused(&["keygen", "--role", "root", "--name", "a b", "--out", "/nowhere/a"], "usage.arguments");
    assert_eq!(ct(&[] as &[&str]).status, 2);
    for help in ["--help", "--version", "help"] {
        let said = ct([help]);
        assert_eq!((said.status, said.err.as_str()), (0, ""), "{help}");
    }
}

// R1.4: - is standard input for some arguments only, and the words say so for the others.
#[test]
fn a_hyphen_where_no_standard_input_is_read_is_explained() {
    let valid = bundles().join("valid");
    let expected =
        "ct: io.not_found: -: standard input is not read here, and there is no file of this name; name a file\n";
    for words in [
        vec![OsStr::new("verify"), OsStr::new("--trust"), OsStr::new("-"), valid.as_os_str()],
        vec![OsStr::new("trust"), OsStr::new("show"), OsStr::new("-")],
        vec![OsStr::new("inspect"), OsStr::new("-")],
    ] {
        let said = ct(&words);
        assert_eq!((said.status, said.out.as_str(), said.err.as_str()), (5, "", expected), "{words:?}");
    }
}
