//! `ct verify`: verdicts, streams, forms of output, documents beside bundles.

use crate::desk::{AT, bundles, ct, verify};
use ct_core::{AtSource, Bundle, Document, Mode, Request, Timestamp, TrustRoot};
use std::fs;
use std::path::{Path, PathBuf};

fn valid(name: &str) -> PathBuf {
    bundles().join("valid").join(name)
}

/// The diploma without its document, and the document.
fn detached(folder: &Path) -> (PathBuf, PathBuf) {
    let bytes = fs::read(valid("diploma.cbor")).unwrap();
    let mut bundle = Bundle::parse(&bytes).unwrap();
    let document = folder.join("diploma.pdf");
    fs::write(&document, bundle.document.take().unwrap()).unwrap();
    let path = folder.join("diploma.cbor");
    fs::write(&path, bundle.encode()).unwrap();
    (path, document)
}

// R19.1, R19.4: one line for machines, then words for people.
#[test]
fn a_valid_bundle_is_verified() {
    let said = verify([valid("diploma.cbor")]);
    assert_eq!(said.status, 0);
    let first = said.out.lines().next().unwrap();
    assert!(first.starts_with(&format!("ct1 verified code=ok mode=strict at={AT} doc=sha256:")), "{first}");
    assert!(first.contains(" log=log.example/2026 index="), "{first}");
    assert!(said.out.contains("\nVERIFIED  "), "{}", said.out);
    assert!(said.err.contains("example"), "{}", said.err);
    assert!(!said.out.contains('\u{1b}'), "no colour where there is no terminal");
}

// The README's first command, with the real clock.
#[test]
fn the_example_bundles_verify_today() {
    let trust = bundles().join("trust.cbor");
    let words = [Path::new("verify"), Path::new("--trust"), &trust, &bundles().join("valid")].map(Path::to_owned);
    let said = ct(words);
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
    assert!(said.lines().len() >= 4);
}

// R19.5, R1.1: one verdict per bundle, sorted; the worst decides; only failures get a block.
#[test]
fn a_folder_gives_one_verdict_per_bundle() {
    let said = verify([bundles().join("valid"), bundles().join("refused")]);
    assert_eq!(said.status, 1);
    let sources: Vec<_> = said.lines().iter().map(|line| line.split(" source=").nth(1).unwrap().to_owned()).collect();
    let (good, bad) = sources.split_at(sources.iter().position(|source| source.contains("/refused/")).unwrap());
    assert!(good.is_sorted() && bad.is_sorted());
    let expected = fs::read_dir(bundles().join("valid")).unwrap().count();
    assert_eq!(good.len(), expected);
    assert!(said.codes()[..expected].iter().all(|code| *code == "ok"));
    assert!(said.codes()[expected..].iter().all(|code| *code != "ok"));
    assert_eq!(said.out.matches("\nNOT VERIFIED  ").count(), bad.len());
    assert_eq!(said.out.matches("\nVERIFIED  ").count(), 0);
}

// R7, R19: the same bytes as core's, and the same in every form.
#[test]
fn json_is_the_report_of_core_byte_for_byte() {
    let root = TrustRoot::load(&fs::read(bundles().join("trust.cbor")).unwrap()).unwrap();
    for folder in ["valid", "refused"] {
        for entry in fs::read_dir(bundles().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let report = ct_core::verify(&Request {
                bundle: &fs::read(&path).unwrap(),
                document: Document::InBundle,
                trust: Ok(&root),
                mode: Mode::Strict,
                at: Timestamp::parse(AT).unwrap(),
                at_source: AtSource::Given,
                state: None,
                evidence: &[],
            });
            let json = verify([Path::new("--json"), &path]);
            assert_eq!(json.out, format!("{}\n", report.to_json()));
            assert_eq!(json.status, i32::from(report.code().class().exit_status()));
            let jsonl = verify([Path::new("--jsonl"), &path]);
            assert_eq!(jsonl.out, format!("{}\n", report.to_json_with_source(path.to_str().unwrap())));
            let quiet = verify([Path::new("-q"), &path]);
            assert_eq!((quiet.status, quiet.out.as_str(), quiet.err.as_str()), (json.status, "", ""));
        }
    }
}

// A document that somebody names counts, whatever else the command line says.
#[test]
fn a_wrong_document_is_never_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = folder.path().join("wrong.pdf");
    fs::write(&wrong, "altered").unwrap();
    let good = valid("diploma.cbor");
    let one = folder.path().join("one");
    fs::create_dir(&one).unwrap();
    fs::copy(&good, one.join("a.cbor")).unwrap();
    let (wrong, good) = (wrong.to_str().unwrap(), good.to_str().unwrap());
    let verdicts = folder.path().join("verdicts.jsonl");
    let other = folder.path().join("other.pdf");
    fs::write(&other, "another").unwrap();
    for words in [
        vec!["--document", wrong, good],
        vec!["--document", wrong, "--resume", verdicts.to_str().unwrap(), good],
        vec!["--document", wrong, "--resume", verdicts.to_str().unwrap(), good],
        vec!["--document", wrong, one.to_str().unwrap()],
        vec!["--document", wrong, good, good],
        vec!["--document", wrong, "--document", other.to_str().unwrap(), good],
    ] {
        let said = verify(&words);
        assert_eq!(said.status, 1, "{words:?}: {}", said.err);
        let quiet = verify(["-q"].iter().chain(&words));
        assert_eq!(quiet.status, 1, "{words:?}");
    }
    // The right one among several is matched, and the run says which was not.
    let bundle = fs::read(good).unwrap();
    let right = folder.path().join("right.pdf");
    fs::write(&right, ct_core::Bundle::parse(&bundle).unwrap().document.unwrap()).unwrap();
    let said = verify(["--document", right.to_str().unwrap(), "--document", wrong, good]);
    assert_eq!((said.status, said.codes()), (1, vec!["ok"]));
    assert!(said.err.contains("wrong.pdf") && !said.err.contains("right.pdf"), "{}", said.err);
    assert_eq!(verify(["--document", right.to_str().unwrap(), good, good]).status, 0);
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    assert_eq!(verify(["--document", empty.to_str().unwrap(), good]).status, 2);
}

// R19.6: what `explain` says is what the block says.
#[test]
fn a_refused_bundle_says_what_happened_and_what_to_do() {
    let said = verify([bundles().join("refused/document-altered.cbor")]);
    assert_eq!((said.status, said.codes()), (1, vec!["tampered.document"]));
    let explained = ct(["explain", "tampered.document"]).out;
    let title = explained.lines().nth(2).unwrap();
    assert!(said.out.contains(title), "{}", said.out);
    assert!(said.out.contains("What to do"), "{}", said.out);
}

#[test]
fn a_document_beside_the_bundle_is_matched_by_its_hash() {
    let folder = tempfile::tempdir().unwrap();
    let (bundle, document) = detached(folder.path());
    assert_eq!(verify([&bundle]).codes(), ["incomplete.document"]);
    assert_eq!(verify([Path::new("--document"), &document, &bundle]).codes(), ["ok"]);
    assert_eq!(verify([Path::new("--document"), folder.path(), &bundle]).codes(), ["ok"]);
    // One document for one bundle is compared, not looked up: a wrong one is told as such.
    let other = folder.path().join("other.pdf");
    fs::write(&other, "another document").unwrap();
    assert_eq!(verify([Path::new("--document"), &other, &bundle]).codes(), ["tampered.document"]);
    assert_eq!(verify([Path::new("--document"), &other, &valid("diploma.cbor")]).codes(), ["tampered.document"]);
    let both = [Path::new("--document"), &other, Path::new("--document"), &document, &bundle];
    assert_eq!(verify(both).codes(), ["ok"]);
    // Of several bundles none is the one that a document must belong to.
    let said = verify([Path::new("--document"), &document, &bundle, &valid("certificate.cbor")]);
    assert_eq!((said.status, said.codes()), (0, vec!["ok", "ok"]));
}

#[test]
fn hash_only_says_so_in_the_report() {
    let folder = tempfile::tempdir().unwrap();
    let (bundle, document) = detached(folder.path());
    let said = verify([Path::new("--hash-only"), Path::new("--json"), &bundle]);
    assert_eq!(said.status, 0);
    assert!(said.out.contains(r#"{"name":"document","result":"skipped","why":"hash_only"}"#), "{}", said.out);
    let hash = ct([Path::new("hash"), &document]).out;
    assert!(said.out.contains(&format!("\"document_hash\":\"sha256:{}\"", &hash[..64])), "{}", said.out);
    let contradiction = verify([Path::new("--hash-only"), Path::new("--document"), &document, &bundle]);
    assert_eq!(contradiction.status, 2);
}

// R19.4
#[test]
fn modes_are_named_and_change_only_the_time_rules() {
    let late = "2120-01-01T00:00:00Z";
    let run = |mode: &str| {
        let trust = bundles().join("trust.cbor");
        let bundle = valid("diploma.cbor");
        let words = ["verify", "--at", late, "--mode", mode, "--trust"].map(PathBuf::from);
        ct(words.into_iter().chain([trust, bundle]))
    };
    assert_eq!((run("strict").status, run("grace").status), (6, 6));
    let archival = run("archival");
    assert_eq!(archival.status, 0, "{}", archival.out);
    assert!(archival.out.starts_with("ct1 verified code=ok mode=archival at=2120-"), "{}", archival.out);
    assert_eq!(run("lenient").status, 2);
}

// R1.5: no clock is asked when the time is given.
#[test]
fn the_same_command_gives_the_same_bytes() {
    let run = || verify([bundles().join("refused")]);
    assert_eq!(run().out, run().out);
}

// R1.1: a verdict that nobody read is still in the exit status.
#[test]
fn a_closed_pipe_ends_the_printing_and_not_the_judging() {
    let folder = tempfile::tempdir().unwrap();
    let status = folder.path().join("status");
    let script = format!(
        "( {} verify --at {AT} --trust {} {} 2>/dev/null; echo $? >{} ) | true",
        env!("CARGO_BIN_EXE_ct"),
        bundles().join("trust.cbor").display(),
        bundles().join("refused").display(),
        status.display(),
    );
    // The reader may be gone before or after the first line; the status is the same.
    for _ in 0..5 {
        assert!(std::process::Command::new("sh").args(["-c", &script]).status().unwrap().success());
        assert_eq!(fs::read_to_string(&status).unwrap(), "1\n");
    }
}

#[test]
fn a_closed_pipe_is_quiet() {
    let script = format!(
        "{} verify --sandbox off --at {AT} --trust {} {} 2>&1 >/dev/full | cat; {} explain | head -1",
        env!("CARGO_BIN_EXE_ct"),
        bundles().join("trust.cbor").display(),
        valid("diploma.cbor").display(),
        env!("CARGO_BIN_EXE_ct"),
    );
    let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(out.starts_with("ct: io.write: standard output"), "a full disk is told of: {out}");
    assert!(out.ends_with("The document is verified\n"), "{out}");
    assert_eq!(err, "");
}
