//! The audit of a whole log: every changed byte is found, in the file that has it.

use crate::fixture::{ORIGIN, directory, directory_of, entries, entries_from, files, log_of, plan};
use crate::service::{Running, limits, serve};
use axum::Router;
use axum::routing::get;
use ct_core::{Code, TreeSize, VerifierKey};
use ct_node::fsck::{Audit, Finding, Folder, Judges, Report, Retry, Seal, Site};
use ct_node::http::{LogFiles, Patience};
use ct_node::{Entropy, Error, Registry, entry_bundle};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

type Files = BTreeMap<String, Vec<u8>>;

/// The published files of a log of so many entries, which grew in these steps; and its key.
fn grown(steps: &[usize]) -> (Files, VerifierKey) {
    let dir = directory();
    let all = entries(*steps.last().unwrap());
    let mut log = log_of(dir.path(), &all[..steps[0]]);
    for pair in steps.windows(2) {
        log.append(&all[pair[0]..pair[1]]).unwrap();
    }
    (files(&dir.path().join("log")), log.verifier().clone())
}

fn audit(vkey: &VerifierKey) -> Audit {
    Audit { judges: Judges { vkey: Some(vkey.clone()), trust: None }, older: None }
}

fn check(files: &Files, audit: &Audit) -> Result<Report, Code> {
    let dir = directory_of(files);
    audit.run(&Folder::new(dir.path()), &mut |_| Ok(())).map_err(|error| error.code())
}

fn found(report: &Report) -> Vec<(Code, &str)> {
    report.findings.iter().map(|finding: &Finding| (finding.code, finding.path.as_str())).collect()
}

fn seal(files: &Files) -> Seal {
    Seal::parse(&files["checkpoint"], "older").unwrap()
}

fn fast() -> Retry {
    Retry { tries: 4, pause: Duration::from_millis(1) }
}

fn site(server: &Running) -> Site {
    site_at(&format!("http://{}", server.address))
}

fn site_at(url: &str) -> Site {
    let second = Duration::from_secs(10);
    let patience = Patience { connect: second, read: second, total: second };
    Site::new(url, patience, fast(), Entropy::from_seed(&[1; 32]))
}

// R7.5: sound logs of every shape have nothing to find.
#[test]
fn a_sound_log_fits() {
    for steps in [&[1][..], &[2], &[255], &[256], &[257], &[512], &[1, 2, 3], &[100, 256, 300, 700]] {
        let (files, vkey) = grown(steps);
        let report = check(&files, &audit(&vkey)).unwrap();
        assert_eq!(found(&report), [], "{steps:?}");
        assert_eq!(report.code(), Code::Ok);
        assert_eq!(report.entries, u64::try_from(*steps.last().unwrap()).unwrap());
        assert_eq!(report.files, u64::try_from(files.len()).unwrap(), "{steps:?}: every file is read");
    }
}

// R7.5, gate of R7: one changed bit, in any file, is found in that file and in no other.
#[test]
fn one_changed_bit_is_found_in_the_file_that_has_it() {
    let (files, vkey) = grown(&[3, 256, 300, 600]);
    let mut kinds = 0;
    for (name, bytes) in files.iter().filter(|(name, _)| *name != "checkpoint") {
        // The first and last byte, and two in between: lengths of entries, their bytes, hashes.
        for place in [0, 1, bytes.len() / 2, bytes.len() - 1] {
            let mut files = files.clone();
            files.get_mut(name).unwrap()[place] ^= 1;
            let report = check(&files, &audit(&vkey)).unwrap();
            assert!(!report.findings.is_empty(), "{name} at {place}");
            for finding in &report.findings {
                assert_eq!(finding.path, *name, "{name} at {place}: {finding:?}");
            }
        }
        kinds += 1;
    }
    assert!(kinds > 12, "{kinds}");
}

// R13.5: damage in several places is told apart as well: the hash above both decides.
#[test]
fn several_damaged_files_are_each_found() {
    let (files, vkey) = grown(&[600]);
    let damaged = ["tile/entries/000", "tile/0/001"];
    let mut changed = files;
    for name in damaged {
        *changed.get_mut(name).unwrap().last_mut().unwrap() ^= 1;
    }
    let report = check(&changed, &audit(&vkey)).unwrap();
    let tampered: Vec<&str> =
        found(&report).iter().filter(|(code, _)| *code == Code::TamperedFile).map(|it| it.1).collect();
    assert_eq!(tampered, damaged);
    assert!(found(&report).iter().all(|(_, path)| damaged.contains(path)), "{report:?}");
}

// R7.5
#[test]
fn a_changed_checkpoint_is_found() {
    let (files, vkey) = grown(&[300]);
    let with = |change: &dyn Fn(String) -> String| {
        let mut files = files.clone();
        let text = String::from_utf8(files["checkpoint"].clone()).unwrap();
        files.insert("checkpoint".to_owned(), change(text).into_bytes());
        check(&files, &audit(&vkey)).map(|report| report.code())
    };
    assert_eq!(with(&|text| text), Ok(Code::Ok));
    assert_eq!(with(&|text| text.replace("\n300\n", "\n299\n")), Ok(Code::TamperedCheckpoint));
    assert_eq!(
        with(&|text| text.replace("log.example\n300", "log.example\n300\nmore")),
        Err(Code::MalformedCheckpoint)
    );
    assert_eq!(with(&|_| String::new()), Err(Code::MalformedNote));
    let other = grown(&[5]).1;
    let stranger = VerifierKey::new(
        other.name().clone(),
        other.signature_type(),
        ct_core::PublicKey::from_bytes(
            crate::fixture::key(ct_keys::Role::Log, "l#1", 9).public().verifying_key().as_bytes(),
        )
        .unwrap(),
    );
    assert_eq!(check(&files, &audit(&stranger)).unwrap().code(), Code::NotAnchoredLogSignature);
    // Nobody's signature is checked without a key; the files are.
    let unsigned = Audit::default();
    assert_eq!(check(&files, &unsigned).unwrap().code(), Code::Ok);
}

// R13.5: each missing or cut file has its finding.
#[test]
fn missing_and_cut_files_are_found() {
    let (files, vkey) = grown(&[3, 600]);
    let covered = |name: &str| name.ends_with(".p/88") || !name.contains(".p/");
    for name in files.keys().filter(|name| *name != "checkpoint") {
        let mut missing = files.clone();
        missing.remove(name);
        let report = check(&missing, &audit(&vkey)).unwrap();
        let is_needed = covered(name) || name.contains("tile/1/000.p/2");
        let expected: &[(Code, &str)] = if is_needed { &[(Code::IncompleteFile, name)] } else { &[] };
        assert_eq!(found(&report), expected, "{name}");
        for cut in [0, 1, files[name].len() / 2, files[name].len() - 1] {
            let mut files = files.clone();
            files.get_mut(name).unwrap().truncate(cut);
            let report = check(&files, &audit(&vkey)).unwrap();
            let code = found(&report).first().unwrap_or_else(|| panic!("{name} cut to {cut}")).0;
            assert!([Code::MalformedTruncated, Code::TamperedFile].contains(&code), "{name} cut to {cut}: {code}");
            assert!(report.findings.iter().any(|finding| finding.path == *name));
        }
        let mut longer = files.clone();
        longer.get_mut(name).unwrap().extend_from_slice(&[0; 32]);
        assert!(check(&longer, &audit(&vkey)).unwrap().findings.iter().any(|finding| finding.path == *name), "{name}");
    }
    // Both that hold the same leaves: then there is no root to compare with.
    let mut both = files.clone();
    both.remove("tile/0/001");
    both.remove("tile/entries/001");
    let report = check(&both, &audit(&vkey)).unwrap();
    assert_eq!(report.findings.last().unwrap().code, Code::DiscontinuousNoProof);
    assert_eq!(report.code().class(), ct_core::Class::Indeterminate);
    let mut none = files;
    none.remove("checkpoint");
    assert_eq!(check(&none, &audit(&vkey)).map(drop), Err(Code::IoNotFound));
}

// R15.1: files that fit together, and not the root that was signed.
#[test]
fn another_history_under_the_same_checkpoint_is_found() {
    let (files, vkey) = grown(&[300]);
    let other = {
        let dir = directory();
        let mut all = entries_from(77, 300);
        all[0] = entries(1)[0].clone();
        drop(log_of(dir.path(), &all));
        crate::fixture::files(&dir.path().join("log"))
    };
    let mut forged = other;
    forged.insert("checkpoint".to_owned(), files["checkpoint"].clone());
    let report = check(&forged, &audit(&vkey)).unwrap();
    assert_eq!(found(&report), [(Code::TamperedConsistency, "checkpoint")]);
}

// R7.5: an entry that is no statement, in a tree that holds together.
#[test]
fn entries_must_be_statements() {
    let (mut files, vkey) = grown(&[3]);
    let bundle = "tile/entries/000.p/3";
    let parsed: Vec<Vec<u8>> =
        entry_bundle::parse(&files[bundle]).unwrap().iter().map(|entry| entry.to_vec()).collect();
    let changed = [parsed[0].clone(), b"no statement".to_vec(), parsed[2].clone()];
    files.insert(bundle.to_owned(), entry_bundle::encode(&changed).unwrap());
    let report = check(&files, &audit(&vkey)).unwrap();
    let codes: Vec<Code> = report.findings.iter().map(|finding| finding.code).collect();
    assert!(codes.contains(&Code::TamperedFile) && codes.len() == 2, "{codes:?}");
    assert!(report.findings.iter().all(|finding| finding.path == bundle));
}

// R15.3, R15.6
#[test]
fn an_older_checkpoint_must_be_extended() {
    let (older, vkey) = grown(&[200]);
    let (newer, _) = grown(&[200, 300, 520]);
    let with = |log: &Files, older: &Files| {
        let audit = Audit { older: Some(seal(older)), ..audit(&vkey) };
        found(&check(log, &audit).unwrap()).iter().map(|(code, _)| *code).collect::<Vec<_>>()
    };
    assert_eq!(with(&newer, &older), []);
    assert_eq!(with(&newer, &newer), []);
    assert_eq!(with(&older, &newer), [Code::TamperedTreeSize]);
    let other = {
        let dir = directory();
        let mut all = entries_from(77, 200);
        all[0] = entries(1)[0].clone();
        drop(log_of(dir.path(), &all));
        files(&dir.path().join("log"))
    };
    assert_eq!(with(&newer, &other), [Code::TamperedConsistency]);
    assert_eq!(with(&older, &other), [Code::EquivocationCheckpoint]);
    // It is judged by the same key.
    let mut altered = older.clone();
    let text = String::from_utf8(altered["checkpoint"].clone()).unwrap().replace("\n200\n", "\n100\n");
    altered.insert("checkpoint".to_owned(), text.into_bytes());
    assert_eq!(with(&newer, &altered), [Code::TamperedCheckpoint, Code::TamperedConsistency]);
    // An altered file does not hide it.
    let mut damaged = newer;
    damaged.get_mut("tile/0/000").unwrap()[40] ^= 1;
    assert_eq!(with(&damaged, &older), [Code::TamperedFile]);
}

// R18.3: with a trust root, the log's key and the quorum must be its own.
#[test]
fn a_trust_root_judges_the_quorum() {
    let dir = directory();
    let path = dir.path().join("r");
    let mut entropy = Entropy::from_seed(&[5; 32]);
    let mut registry = Registry::create(&path, &plan(), &mut entropy).unwrap();
    let draft = ct_node::Draft {
        document_hash: ct_core::Hash::of(b"document"),
        document_type: "diploma".to_owned(),
        sub: String::new(),
        expires: None,
        kind: ct_core::SubjectKind::File,
        status: None,
    };
    let signed = registry.sign(&[draft], crate::fixture::at(1), &mut entropy).unwrap();
    registry.anchor(signed, crate::fixture::at(1)).unwrap();
    let trust = registry.trust().clone();
    drop(registry);
    let log = files(&path.join("log"));
    let with = |files: &Files, trust: &ct_core::TrustRoot| {
        let audit = Audit { judges: Judges { vkey: None, trust: Some(trust.clone()) }, older: None };
        found(&check(files, &audit).unwrap()).iter().map(|(code, _)| *code).collect::<Vec<_>>()
    };
    assert_eq!(with(&log, &trust), []);
    let text = String::from_utf8(log["checkpoint"].clone()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let with_lines = |keep: &dyn Fn(usize) -> bool| {
        let kept = lines.iter().enumerate().filter(|(number, _)| *number < 4 || keep(*number));
        let text: String = kept.map(|(_, line)| format!("{line}\n")).collect();
        let mut files = log.clone();
        files.insert("checkpoint".to_owned(), text.into_bytes());
        with(&files, &trust)
    };
    assert_eq!(lines.len(), 8);
    // Two of three witnesses are the quorum.
    assert_eq!(with_lines(&|number| number != 7), []);
    assert_eq!(with_lines(&|number| number < 6), [Code::NotAnchoredQuorum]);
    assert_eq!(with_lines(&|number| number > 4), [Code::NotAnchoredLogSignature]);
    let other = Registry::create(
        &dir.path().join("other"),
        &ct_node::Plan { origin: "other.example".to_owned(), ..plan() },
        &mut entropy,
    );
    assert_eq!(with(&log, other.unwrap().trust()), [Code::UnknownLog, Code::NotAnchoredQuorum]);
}

// Over HTTP, from our own server: the same verdict as from the folder.
#[test]
fn a_log_on_a_web_site_is_checked_in_the_same_way() {
    let dir = directory();
    let mut log = log_of(dir.path(), &entries(600));
    let published = dir.path().join("log");
    let server = serve(LogFiles::new(&published).routes(), limits());
    let report = audit(log.verifier()).run(&site(&server), &mut |_| Ok(())).unwrap();
    assert_eq!((found(&report), report.entries), (vec![], 600));
    let proof = log.consistency(TreeSize::new(1).unwrap(), log.size());
    assert!(proof.is_ok());
    let tile = published.join("tile/0/001");
    let mut bytes = fs::read(&tile).unwrap();
    bytes[100] ^= 1;
    fs::write(&tile, bytes).unwrap();
    let report = audit(log.verifier()).run(&site(&server), &mut |_| Ok(())).unwrap();
    assert_eq!(found(&report), [(Code::TamperedFile, "tile/0/001")]);
    fs::remove_file(&tile).unwrap();
    let report = audit(log.verifier()).run(&site(&server), &mut |_| Ok(())).unwrap();
    assert_eq!(found(&report), [(Code::IncompleteFile, "tile/0/001")]);
}

/// A server that breaks the first connections without an answer, and then serves the folder.
fn unreliable(dir: &Path, broken: usize) -> (Running, String, Arc<AtomicUsize>) {
    let server = serve(LogFiles::new(dir).routes(), limits());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (count, target) = (Arc::new(AtomicUsize::new(0)), server.address);
    let counted = Arc::clone(&count);
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            if counted.fetch_add(1, Ordering::SeqCst) < broken {
                continue;
            }
            let mut inner = std::net::TcpStream::connect(target).unwrap();
            let (mut back, mut forth) = (inner.try_clone().unwrap(), socket.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut forth, &mut inner));
            std::thread::spawn(move || std::io::copy(&mut back, &mut socket));
        }
    });
    (server, url, count)
}

// R2.4, R4.3: what did not get through is tried again, so many times; what was answered is not.
#[test]
fn transport_errors_are_tried_again_and_answers_are_not() {
    let dir = directory();
    let log = log_of(dir.path(), &entries(3));
    let published = dir.path().join("log");
    let run = |url: &str| audit(log.verifier()).run(&site_at(url), &mut |_| Ok(())).map_err(|error| error.code());
    let (_server, url, count) = unreliable(&published, 3);
    assert_eq!(run(&url).map(|report| report.code()), Ok(Code::Ok));
    assert!(count.load(Ordering::SeqCst) >= 4);
    let (_server, url, count) = unreliable(&published, 4);
    assert_eq!(run(&url).map(drop), Err(Code::IoNetwork));
    assert_eq!(count.load(Ordering::SeqCst), 4);

    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let handler = async move || {
        counted.fetch_add(1, Ordering::SeqCst);
        Err::<(), Error>(Error::new(Code::LimitConnections, "", "full", ""))
    };
    let server = serve(Router::new().route("/checkpoint", get(handler)), limits());
    assert_eq!(run(&format!("http://{}", server.address)).map(drop), Err(Code::IoNetwork));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    let server = serve(Router::new(), limits());
    assert_eq!(run(&format!("http://{}", server.address)).map(drop), Err(Code::IoNotFound));
}

// R6.4: whoever watches can stop it.
#[test]
fn a_watcher_sees_how_far_it_is_and_can_stop_it() {
    let (files, vkey) = grown(&[700]);
    let dir = directory_of(&files);
    let mut seen = Vec::new();
    let watch = &mut |progress: ct_node::fsck::Progress| {
        seen.push(progress.done);
        Ok(())
    };
    audit(&vkey).run(&Folder::new(dir.path()), watch).unwrap();
    assert_eq!(seen, [0, 256, 512, 700]);
    let stop = &mut |_| Err(Error::new(Code::Interrupted, "", "stopped", ""));
    let stopped = audit(&vkey).run(&Folder::new(dir.path()), stop).map_err(|error| error.code());
    assert_eq!(stopped.map(drop), Err(Code::Interrupted));
}

// R1.1, R1.4: the program's statuses and its report for programs.
#[test]
fn the_program_says_what_it_found() {
    let dir = directory();
    let log = log_of(dir.path(), &entries(300));
    let vkey = log.verifier().to_string();
    let older = dir.path().join("older");
    fs::copy(dir.path().join("log/checkpoint"), &older).unwrap();
    drop(log);
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ct-node"));
        let output = command.arg("fsck").args(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    };
    let path = dir.path().to_str().unwrap();
    let published = format!("{path}/log");
    let (status, out, err) = run(&[path, "--vkey", &vkey, "--older", older.to_str().unwrap()]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert_eq!(out, format!("Checked {ORIGIN} at size 300: 300 entries, 8 files.\nSignatures checked: the log's.\n"));
    let (status, out, _) = run(&[&published, "--json"]);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, &report["code"], &report["size"]), (0, &"ok".into(), &300.into()));
    assert_eq!((&report["signature"], &report["discrepancies"]), (&"none".into(), &serde_json::json!([])));

    let tile = dir.path().join("log/tile/1/000.p/1");
    let mut bytes = fs::read(&tile).unwrap();
    bytes[0] ^= 1;
    fs::write(&tile, bytes).unwrap();
    let (status, out, err) = run(&[path, "--json"]);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, &report["code"], &report["class"]), (1, &"tampered.file".into(), &"invalid".into()));
    assert_eq!(report["discrepancies"][0]["path"], "tile/1/000.p/1");
    assert!(err.starts_with("ct-node: tampered.file: "), "{err}");
    let (status, out, _) = run(&[path]);
    assert_eq!(status, 1);
    assert!(out.starts_with("tampered.file tile/1/000.p/1: "), "{out}");
    assert_eq!(run(&[path, "--vkey", "x"]).0, 4);
    assert_eq!(run(&["http://127.0.0.1:1", "--vkey", &vkey]).0, 5);
    assert_eq!(run(&["/nowhere"]).0, 5);
    assert_eq!(run(&[path, "--older", "/nowhere"]).0, 5);
}
