//! The program: what it makes, what it refuses with which code and status, and that a refusal harms nothing.

use crate::fixture::{directory, files};
use assert_cmd::Command;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

const AT: &str = "2026-11-20T08:00:00Z";

fn ct_node() -> Command {
    Command::new(env!("CARGO_BIN_EXE_ct-node"))
}

/// Runs in `dir`; status, standard output and standard error.
fn run(dir: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = ct_node().current_dir(dir).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn init(dir: &Path) {
    let (status, out, err) = run(dir, &["init", "--dir", "r", "--type", "diploma", "--at", AT]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(out.contains("ct-node issue --dir r FILE...") && out.contains("ct verify --trust r/trust.cbor"), "{out}");
}

/// The refusal has this status and code, says something, and leaves every file as it was, but for the evidence log in
/// which what an issuer may not issue is recorded.
fn refused(dir: &Path, arguments: &[&str], status: i32, code: &str) -> String {
    let files = |dir: &Path| {
        let mut files = files(dir);
        files.retain(|name, _| !name.ends_with("state/refusals.log"));
        files
    };
    let before = files(dir);
    let (found, out, err) = run(dir, arguments);
    assert_eq!(found, status, "{arguments:?}: {err}");
    assert!(err.starts_with(&format!("ct-node: {code}: ")), "{arguments:?}: {err}");
    assert_eq!(out, "", "{arguments:?}");
    assert!(files(dir) == before, "{arguments:?} changed something");
    err
}

// R17.5, R1.4
#[test]
fn init_and_issue_make_bundles() {
    let dir = directory();
    init(dir.path());
    fs::write(dir.path().join("a.pdf"), "document a").unwrap();
    fs::write(dir.path().join("b.txt"), "document b").unwrap();
    let (status, out, err) =
        run(dir.path(), &["issue", "--dir", "r", "--valid-for", "30", "--sub", "Ana", "--at", AT, "a.pdf", "b.txt"]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(
        out.starts_with("r/bundles/a.cbor\nr/bundles/b.cbor\nIssued and verified 2 documents as diploma.\n"),
        "{out}"
    );
    let made = files(&dir.path().join("r"));
    assert!(made.contains_key("bundles/a.cbor") && made.contains_key("bundles/b.cbor"));
    let bundle = ct_core::Bundle::parse(&made["bundles/a.cbor"]).unwrap();
    assert_eq!(bundle.document, Some(b"document a".as_slice()));
    let statement = ct_core::Statement::parse(bundle.statement.unwrap()).unwrap();
    assert_eq!(statement.header().expires.unwrap().to_string(), "2026-12-20T08:00:00Z");
    assert_eq!(ct_core::Subject::parse(bundle.subject.unwrap()).unwrap().sub, "Ana");
    assert!(String::from_utf8_lossy(&made["log/checkpoint"]).starts_with("log.example\n3\n"));
}

#[test]
fn detached_documents_stay_outside() {
    let dir = directory();
    init(dir.path());
    fs::write(dir.path().join("large.bin"), vec![7; ct_core::limits::MAX_BUNDLE_BYTES + 1]).unwrap();
    let err = refused(dir.path(), &["issue", "--dir", "r", "--at", AT, "large.bin"], 4, "limit.bundle_size");
    assert!(err.contains("--detached"), "{err}");
    let (status, out, _) = run(dir.path(), &["issue", "--dir", "r", "--at", AT, "--detached", "large.bin"]);
    assert_eq!(status, 0);
    assert!(out.contains("--document FILE"), "{out}");
    let bytes = fs::read(dir.path().join("r/bundles/large.cbor")).unwrap();
    assert_eq!(ct_core::Bundle::parse(&bytes).unwrap().document, None);
}

// R1.4: each refusal by code and status, and nothing is harmed.
#[test]
fn init_refuses() {
    let dir = directory();
    init(dir.path());
    let again = refused(dir.path(), &["init", "--dir", "r"], 5, "io.exists");
    assert!(again.contains("name an empty directory or a new one"), "{again}");
    fs::write(dir.path().join("file"), "").unwrap();
    refused(dir.path(), &["init", "--dir", "file"], 5, "io.exists");
    refused(dir.path(), &["init", "--dir", "file/below"], 5, "io.not_found");
    refused(dir.path(), &["init", "--dir", "n", "--witnesses", "0"], 2, "usage.arguments");
    refused(dir.path(), &["init", "--dir", "n", "--witnesses", "16"], 2, "usage.arguments");
    refused(dir.path(), &["init", "--dir", "n", "--origin", "my log"], 4, "malformed.field");
    refused(dir.path(), &["init", "--dir", "n", "--issuer", &"i".repeat(58)], 4, "limit.length");
    refused(dir.path(), &["init", "--dir", "n", "--at", "yesterday"], 2, "usage.time");
    refused(dir.path(), &["init", "--dir", "n", "--seed", "07"], 2, "usage.arguments");
    refused(dir.path(), &["init"], 2, "usage.arguments");
    refused(dir.path(), &["issue", "--dir", "r"], 2, "usage.arguments");
    refused(dir.path(), &["unknown"], 2, "usage.arguments");
    assert!(!dir.path().join("n").exists());
}

// R1.4, R17.5
#[test]
fn issue_refuses() {
    let dir = directory();
    init(dir.path());
    let issue = |more: &[&str], status, code: &str| {
        let arguments: Vec<&str> = ["issue", "--dir", "r", "--at", AT].iter().chain(more).copied().collect();
        refused(dir.path(), &arguments, status, code)
    };
    fs::write(dir.path().join("good.pdf"), "good").unwrap();
    fs::create_dir(dir.path().join("folder.pdf")).unwrap();
    fs::create_dir(dir.path().join("other")).unwrap();
    fs::write(dir.path().join("other/good.txt"), "other").unwrap();
    // One bad file among good ones, and nothing at all is issued.
    issue(&["good.pdf", "missing.pdf"], 5, "io.not_found");
    issue(&["good.pdf", "folder.pdf"], 5, "io.not_a_file");
    issue(&["good.pdf", "/dev/null"], 5, "io.not_a_file");
    // What cannot be read back by a test that compares every file.
    let odd = directory();
    symlink("loop", odd.path().join("loop")).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(odd.path().join("pipe")).status().unwrap();
    assert!(pipe.success());
    let odd = |name: &str| odd.path().join(name).to_str().unwrap().to_owned();
    issue(&["good.pdf", &odd("loop")], 5, "io.symlink_loop");
    issue(&["good.pdf", &odd("pipe")], 5, "io.not_a_file");
    issue(&["good.pdf", "other/good.txt"], 5, "io.exists");
    issue(&["--type", "passport", "good.pdf"], 3, "unknown.document_type");
    // R17.5: a violation blocks the issue and is logged; a misuse is not.
    let log = fs::read_to_string(dir.path().join("r/state/refusals.log")).unwrap();
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.contains("\"code\":\"unknown.document_type\",\"document_type\":\"passport\",\"issuer\":"), "{log}");
    issue(&["--valid-for", "0", "good.pdf"], 2, "usage.arguments");
    issue(&["--sub", &"s".repeat(257), "good.pdf"], 4, "limit.length");
    let at = |time: &str, status, code: &str| {
        refused(dir.path(), &["issue", "--dir", "r", "--at", time, "good.pdf"], status, code)
    };
    at("2026-11-20T07:59:59Z", 6, "trust.not_yet_valid");
    at("2027-11-20T08:00:00Z", 6, "trust.expired");
    at("soon", 2, "usage.time");
    refused(dir.path(), &["issue", "--dir", "nowhere", "good.pdf"], 5, "io.not_found");
    refused(dir.path(), &["issue", "--dir", "other", "good.pdf"], 5, "io.not_found");

    let records = ct_journal::Reader::open(&dir.path().join("r/state/refusals.log")).unwrap();
    let codes: Vec<String> = records.map(|record| record.unwrap().body()["code"].to_string()).collect();
    assert_eq!(codes, ["\"unknown.document_type\"", "\"trust.not_yet_valid\"", "\"trust.expired\""]);
    // What cannot be recorded is refused all the same, and nothing is issued.
    let kept = fs::read(dir.path().join("r/state/refusals.log")).unwrap();
    fs::write(dir.path().join("r/state/refusals.log"), "altered\n").unwrap();
    issue(&["--type", "passport", "good.pdf"], 4, "malformed.evidence_log");
    fs::write(dir.path().join("r/state/refusals.log"), kept).unwrap();

    assert_eq!(run(dir.path(), &["issue", "--dir", "r", "--at", AT, "good.pdf"]).0, 0);
    let err = issue(&["good.pdf"], 5, "io.exists");
    assert!(err.contains("r/bundles/good.cbor"), "{err}");
}

// R8.1
#[test]
fn issue_refuses_keys_that_others_can_read() {
    let dir = directory();
    init(dir.path());
    fs::write(dir.path().join("good.pdf"), "good").unwrap();
    for name in ["issuer", "log", "witness-1"] {
        let path = dir.path().join(format!("r/keys/{name}.pem"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let err = refused(dir.path(), &["issue", "--dir", "r", "--at", AT, "good.pdf"], 5, "io.key_permissions");
        assert!(err.contains("chmod 600"), "{err}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    assert_eq!(run(dir.path(), &["issue", "--dir", "r", "--at", AT, "good.pdf"]).0, 0);
}

// R10: two programs at once; the second is told to wait.
#[test]
fn issue_refuses_while_another_writes() {
    let dir = directory();
    init(dir.path());
    fs::write(dir.path().join("good.pdf"), "good").unwrap();
    let lock = fs::File::open(dir.path().join("r/state/lock")).unwrap();
    lock.lock().unwrap();
    let err = refused(dir.path(), &["issue", "--dir", "r", "--at", AT, "good.pdf"], 5, "io.write");
    assert!(err.contains("another process is writing"), "{err}");
    lock.unlock().unwrap();
    assert_eq!(run(dir.path(), &["issue", "--dir", "r", "--at", AT, "good.pdf"]).0, 0);
}

// R1.4
#[test]
fn several_document_types_need_a_choice() {
    let dir = directory();
    let made = run(dir.path(), &["init", "--dir", "r", "--type", "a", "--type", "b", "--witnesses", "4", "--at", AT]);
    assert_eq!(made.0, 0);
    fs::write(dir.path().join("good.pdf"), "good").unwrap();
    let err = refused(dir.path(), &["issue", "--dir", "r", "--at", AT, "good.pdf"], 2, "usage.arguments");
    assert!(err.contains("name one of: a, b"), "{err}");
    assert_eq!(run(dir.path(), &["issue", "--dir", "r", "--at", AT, "--type", "b", "good.pdf"]).0, 0);
    let checkpoint = fs::read_to_string(dir.path().join("r/log/checkpoint")).unwrap();
    assert_eq!(checkpoint.lines().count(), 3 + 1 + 1 + 4);
}

// Files that the demonstration promises, and that two runs with one seed and time are the same to the byte.
#[test]
fn demo_is_complete_and_repeatable() {
    let dir = directory();
    let seed = "2a".repeat(32);
    for name in ["one", "two"] {
        let (status, out, err) = run(dir.path(), &["demo", "--dir", name, "--seed", &seed, "--at", AT]);
        assert_eq!((status, err.as_str()), (0, ""));
        assert!(out.contains(&format!("ct verify --trust {name}/trust.cbor {name}/bundles")), "{out}");
    }
    let (one, two) = (files(&dir.path().join("one")), files(&dir.path().join("two")));
    assert!(one == two);
    let promised = [
        "log/checkpoint",
        "log/tile/0/000.p/14",
        "log/tile/entries/000.p/14",
        "keys/status.pub.pem",
        "documents/degree.toml",
        "bundles/degree.cbor",
        "bundles/degree-redacted.cbor",
        "bundles/licence-valid.cbor",
        "bundles-refused/licence-revoked.cbor",
        "bundles-refused/licence-suspended.cbor",
        "keys/log.vkey",
        "keys/witness-1.vkey",
        "keys/witness-3.vkey",
        "keys/issuer.pub.pem",
        "trust.toml",
        "trust.cbor",
        "documents/diploma-001.pdf",
        "documents/transcript-005.txt",
        "bundles/diploma-001.cbor",
        "bundles/transcript-005.cbor",
    ];
    for name in promised {
        assert!(one.contains_key(name), "{name}");
    }
    assert!(one["documents/diploma-001.pdf"].starts_with(b"%PDF-1.4"));
    let parsed = ct_keys::trust_file::parse(str::from_utf8(&one["trust.toml"]).unwrap()).unwrap();
    let root = ct_core::TrustRoot::load(&one["trust.cbor"]).unwrap();
    assert_eq!((&parsed, parsed.example), (root.trust(), true));
    // Without a seed nothing that is secret is the same.
    let unseeded = ["three", "four"].map(|name| {
        assert_eq!(run(dir.path(), &["demo", "--dir", name, "--at", AT]).0, 0);
        files(&dir.path().join(name))
    });
    for name in ["keys/root.pem", "keys/log.pem", "keys/issuer.pem", "keys/witness-1.pem", "log/tile/entries/000.p/14"]
    {
        assert!(unseeded[0][name] != unseeded[1][name] && unseeded[0][name] != one[name], "{name}");
    }
    refused(dir.path(), &["demo", "--dir", "one"], 5, "io.exists");
    refused(dir.path(), &["demo", "--dir", "n", "--documents", "0"], 2, "usage.arguments");
    refused(dir.path(), &["demo", "--dir", "n", "--documents", "100001"], 2, "usage.arguments");
}

// More documents than one batch holds.
#[test]
fn demo_issues_in_batches() {
    let dir = directory();
    let (status, out, _) = run(dir.path(), &["demo", "--dir", "d", "--documents", "1100", "--at", AT]);
    assert_eq!(status, 0);
    assert!(out.starts_with("Issued and verified 1100 documents"), "{out}");
    assert_eq!(fs::read_dir(dir.path().join("d/bundles")).unwrap().count(), 1100 + 3);
    let checkpoint = fs::read_to_string(dir.path().join("d/log/checkpoint")).unwrap();
    assert!(checkpoint.starts_with("demo-log.example\n1109\n"), "{checkpoint}");
}

// R10: killed at any moment, the registry opens again, whole, and goes on; whatever bundle is there verifies.
#[test]
fn a_killed_demo_leaves_a_registry_that_goes_on() {
    for delay in [20, 60, 110, 170, 240, 320] {
        let dir = directory();
        let path = dir.path().join("d");
        let mut child = spawn(&["demo", "--documents", "20000", "--dir", path.to_str().unwrap()]);
        thread::sleep(Duration::from_millis(delay));
        child.kill().unwrap();
        child.wait().unwrap();
        if !path.join("trust.cbor").exists() {
            // Killed before there was a registry.
            continue;
        }
        let issued = fs::read_dir(path.join("bundles")).unwrap();
        let trust = ct_core::TrustRoot::load(&fs::read(path.join("trust.cbor")).unwrap()).unwrap();
        for bundle in issued.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some()) {
            let report = ct_core::verify(&ct_core::Request {
                bundle: &fs::read(&bundle).unwrap(),
                document: ct_core::Document::InBundle,
                trust: Ok(&trust),
                mode: ct_core::Mode::Strict,
                at: trust.trust().issued.plus(ct_core::Seconds::new(3_600)),
                at_source: ct_core::AtSource::Given,
                state: None,
                evidence: &[],
            });
            assert!(report.is_verified(), "{}: {report}", bundle.display());
        }
        fs::write(dir.path().join("good.pdf"), "good").unwrap();
        let (status, _, err) = run(dir.path(), &["issue", "--dir", "d", "--type", "diploma", "good.pdf"]);
        assert_eq!((status, err.as_str()), (0, ""), "killed after {delay} ms");
    }
}

// R1.1: Ctrl-C ends it with its own status where nothing is half done.
#[test]
fn ctrl_c_leaves_things_whole() {
    let dir = directory();
    let path = dir.path().join("d");
    let child = spawn(&["demo", "--documents", "100000", "--dir", path.to_str().unwrap()]);
    while !path.join("documents").exists() {
        thread::sleep(Duration::from_millis(5));
    }
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{err}");
    assert!(err.starts_with("ct-node: interrupted: stopped; ") && err.contains("whole registry with "), "{err}");
    let bundles = fs::read_dir(path.join("bundles")).unwrap().count();
    assert!(err.contains(&format!("with {bundles} documents")), "{bundles} bundles: {err}");
    assert_eq!(fs::read_dir(path.join("documents")).unwrap().count(), bundles);
    let checkpoint = fs::read_to_string(path.join("log/checkpoint")).unwrap();
    assert!(checkpoint.contains(&format!("\n{}\n", bundles + 1)), "{checkpoint}");
}

fn spawn(arguments: &[&str]) -> Child {
    std::process::Command::new(env!("CARGO_BIN_EXE_ct-node"))
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

// R1.4
#[test]
fn help_shows_examples() {
    let dir = directory();
    for command in ["init", "issue", "revoke", "suspend", "reinstate", "refresh", "demo", "fsck", "witness", "status"] {
        let (status, out, err) = run(dir.path(), &[command, "--help"]);
        assert_eq!((status, err.as_str()), (0, ""));
        assert!(out.contains("Examples:\n  ct-node ") && !out.contains("--seed"), "{out}");
    }
    let (status, out, _) = run(dir.path(), &["--help"]);
    assert!(status == 0 && out.contains("Exit statuses"), "{out}");
    assert_eq!(run(dir.path(), &[]).0, 2);
}

/// What core says of a bundle of the registry `r`, or of `trust`'s, at this time.
fn code(trust: &Path, bundle: &Path, at: &str) -> String {
    let trust = ct_core::TrustRoot::load(&fs::read(trust).unwrap()).unwrap();
    let report = ct_core::verify(&ct_core::Request {
        bundle: &fs::read(bundle).unwrap(),
        document: ct_core::Document::InBundle,
        trust: Ok(&trust),
        mode: ct_core::Mode::Strict,
        at: ct_core::Timestamp::parse(at).unwrap(),
        at_source: ct_core::AtSource::Given,
        state: None,
        evidence: &[],
    });
    report.code().to_string()
}

const NEXT_DAY: &str = "2026-11-21T08:00:00Z";

// Everything in `bundles` verifies, now and in half a year; what was refused says why.
#[test]
fn demo_shows_batches_claims_and_statuses() {
    let dir = directory();
    let (status, out, err) = run(dir.path(), &["demo", "--dir", "d", "--documents", "2", "--batch", "9", "--at", AT]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(out.starts_with("Issued and verified 11 documents"), "{out}");
    assert!(out.contains("ct verify --trust d/trust.cbor d/bundles-refused"), "{out}");
    let demo = dir.path().join("d");
    let trust = demo.join("trust.cbor");
    let bundles: Vec<_> = fs::read_dir(demo.join("bundles")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(bundles.len(), 2 + 9 + 3);
    for bundle in &bundles {
        assert_eq!(code(&trust, bundle, AT), "ok", "{}", bundle.display());
        assert_eq!(code(&trust, bundle, "2027-05-20T08:00:00Z"), "ok", "{}", bundle.display());
    }
    let refused = demo.join("bundles-refused");
    assert_eq!(code(&trust, &refused.join("licence-revoked.cbor"), AT), "revoked.document");
    assert_eq!(code(&trust, &refused.join("licence-suspended.cbor"), AT), "revoked.suspended");
    let batch = |name: &str| {
        let bytes = fs::read(demo.join("bundles").join(name)).unwrap();
        ct_core::Bundle::parse(&bytes).unwrap().batch.map(|batch| (batch.index, batch.size))
    };
    assert_eq!((batch("certificate-001.cbor"), batch("certificate-009.cbor")), (Some((0, 9)), Some((8, 9))));
    let claims = |name: &str| {
        let bytes = fs::read(demo.join("bundles").join(name)).unwrap();
        let bundle = ct_core::Bundle::parse(&bytes).unwrap();
        ct_core::claims::Disclosure::parse(bundle.disclosure.unwrap()).unwrap().claims().len()
    };
    assert_eq!((claims("degree.cbor"), claims("degree-redacted.cbor")), (5, 2));
    refused_batch(dir.path());
}

fn refused_batch(dir: &Path) {
    refused(dir, &["demo", "--dir", "n", "--batch", "100001"], 2, "usage.arguments");
    refused(dir, &["demo", "--dir", "n", "--batch", "-1"], 2, "usage.arguments");
}

#[test]
fn issue_batch_claims_and_status() {
    let dir = directory();
    init(dir.path());
    fs::write(dir.path().join("a.pdf"), "document a").unwrap();
    fs::write(dir.path().join("b.pdf"), "document b").unwrap();
    fs::write(dir.path().join("c.toml"), "mandatory = 0\n[[claim]]\nname = \"n\"\nvalue = \"v\"\n").unwrap();
    let trust = dir.path().join("r/trust.cbor");
    let issue = |more: &[&str]| {
        let arguments: Vec<&str> = ["issue", "--dir", "r", "--at", AT].iter().chain(more).copied().collect();
        let (status, out, err) = run(dir.path(), &arguments);
        assert_eq!((status, err.as_str()), (0, ""), "{out}");
    };
    issue(&["--batch", "--status", "a.pdf", "b.pdf"]);
    issue(&["--claims", "--status", "c.toml"]);
    for name in ["a", "b", "c"] {
        let path = dir.path().join(format!("r/bundles/{name}.cbor"));
        assert_eq!(code(&trust, &path, AT), "ok");
        let bytes = fs::read(path).unwrap();
        let bundle = ct_core::Bundle::parse(&bytes).unwrap();
        assert_eq!((bundle.batch.is_some(), bundle.disclosure.is_some()), (name != "c", name == "c"));
        assert!(ct_core::Subject::parse(bundle.subject.unwrap()).unwrap().status.is_some());
    }
    // The genesis, a statement for two documents and their list, one for the claims and their list.
    assert!(fs::read_to_string(dir.path().join("r/log/checkpoint")).unwrap().starts_with("log.example\n5\n"));
    fs::write(dir.path().join("bad.toml"), "mandatory = 1\nclaim = []\n").unwrap();
    let claims = |name: &str, status, code: &str| {
        refused(dir.path(), &["issue", "--dir", "r", "--at", AT, "--status", "--claims", name], status, code)
    };
    let err = claims("bad.toml", 4, "malformed.field");
    assert!(err.contains("bad.toml: "), "{err}");
    claims("missing.toml", 5, "io.not_found");
    refused(dir.path(), &["issue", "--dir", "r", "--claims", "--detached", "bad.toml"], 2, "usage.arguments");
    refused(
        dir.path(),
        &["issue", "--dir", "r", "--at", AT, "--status", "--type", "x", "bad.toml"],
        3,
        "unknown.document_type",
    );
}

#[test]
fn revoke_suspend_reinstate_and_refresh() {
    let dir = directory();
    init(dir.path());
    let trust = dir.path().join("r/trust.cbor");
    for name in ["a.pdf", "b.pdf", "plain.pdf"] {
        fs::write(dir.path().join(name), name).unwrap();
    }
    assert_eq!(run(dir.path(), &["issue", "--dir", "r", "--at", AT, "--status", "a.pdf", "b.pdf"]).0, 0);
    assert_eq!(run(dir.path(), &["issue", "--dir", "r", "--at", AT, "plain.pdf"]).0, 0);
    let (a, b) = (dir.path().join("r/bundles/a.cbor"), dir.path().join("r/bundles/b.cbor"));
    let done = |arguments: &[&str]| {
        let (status, out, err) = run(dir.path(), &[arguments, &["--dir", "r", "--at", NEXT_DAY]].concat());
        assert_eq!((status, err.as_str()), (0, ""), "{out}");
        out
    };
    let out = done(&["suspend", "r/bundles/a.cbor"]);
    assert!(out.starts_with("Suspended 1 document: logged and witnessed.\n"), "{out}");
    assert!(out.contains("ct-node refresh --dir r --in-place BUNDLE..."), "{out}");
    // The bundle does not know of it before it is refreshed.
    assert_eq!(code(&trust, &a, NEXT_DAY), "ok");
    let out = done(&["refresh", "--in-place", "r/bundles/a.cbor", "r/bundles/b.cbor", "r/bundles/plain.cbor"]);
    assert!(out.contains("r/bundles/a.cbor: revoked.suspended\nr/bundles/b.cbor: ok\n"), "{out}");
    assert!(out.ends_with("Refreshed 3 documents; 1 of them revoked or suspended.\n"), "{out}");
    assert_eq!((code(&trust, &a, NEXT_DAY), code(&trust, &b, NEXT_DAY)), ("revoked.suspended".into(), "ok".into()));
    done(&["reinstate", "--out", "newer", "r/bundles/a.cbor"]);
    assert_eq!(code(&trust, &dir.path().join("newer/a.cbor"), NEXT_DAY), "ok");
    assert_eq!(code(&trust, &a, NEXT_DAY), "revoked.suspended");
    done(&["revoke", "--in-place", "r/bundles/a.cbor"]);
    assert_eq!(code(&trust, &a, NEXT_DAY), "revoked.document");
    // A week without refresh.
    let later = "2026-11-30T08:00:00Z";
    assert_eq!(code(&trust, &b, later), "stale.status");
    let refreshed = run(dir.path(), &["refresh", "--dir", "r", "--out", "newer", "r/bundles/b.cbor", "--at", later]);
    assert_eq!(refreshed.0, 0, "{}", refreshed.2);
    assert_eq!(code(&trust, &dir.path().join("newer/b.cbor"), later), "ok");

    let refuse = |arguments: &[&str], status, code: &str| {
        refused(dir.path(), &[arguments, &["--dir", "r", "--at", later]].concat(), status, code)
    };
    refuse(&["reinstate", "r/bundles/a.cbor"], 1, "revoked.document");
    refuse(&["suspend", "r/bundles/b.cbor", "r/bundles/a.cbor"], 1, "revoked.document");
    refuse(&["reinstate", "r/bundles/b.cbor"], 2, "usage.arguments");
    let err = refuse(&["revoke", "r/bundles/plain.cbor"], 3, "incomplete.status");
    assert!(err.contains("trust.toml"), "{err}");
    let err = refuse(&["revoke", "r/bundles/b.cbor", "a.pdf"], 4, "malformed.kind");
    assert!(err.contains("a.pdf: is no bundle"), "{err}");
    refuse(&["revoke", "missing.cbor"], 5, "io.not_found");
    refuse(&["revoke"], 2, "usage.arguments");
    refuse(&["revoke", "--out", "newer", "r/bundles/b.cbor"], 5, "io.exists");
    refuse(&["revoke", "--out", "n", "--in-place", "r/bundles/b.cbor"], 2, "usage.arguments");
    refuse(&["refresh", "r/bundles/b.cbor"], 2, "usage.arguments");
    refuse(&["refresh", "--out", "newer", "r/bundles/b.cbor"], 5, "io.exists");
    refuse(&["refresh", "--out", "n", "r/bundles/b.cbor", "newer/b.cbor"], 5, "io.exists");
    refuse(&["refresh", "--in-place", "r/bundles"], 5, "io.not_a_file");
    refuse(&["refresh", "--out", "n", "r/trust.cbor"], 4, "malformed.kind");
    assert!(!dir.path().join("n").exists());
}
