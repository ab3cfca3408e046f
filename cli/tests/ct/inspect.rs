//! `ct inspect`, `ct hash` and `ct explain`.

use crate::desk::{bundles, ct};
use ct_core::Code;
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn a_bundle_is_shown_and_nothing_is_claimed() {
    for name in ["valid/diploma.cbor", "refused/statement-signature-altered.cbor"] {
        let said = ct([Path::new("inspect"), &bundles().join(name)]);
        assert_eq!(said.status, 0);
        for word in ["document_hash", "log.example/2026", "vct", "inclusion_proof"] {
            assert!(said.out.contains(word), "{word} in {}", said.out);
        }
        assert!(said.err.contains("nothing of this has been verified"), "{}", said.err);
    }
}

#[test]
fn claims_and_status_are_shown_too() {
    let claims = ct([Path::new("inspect"), &bundles().join("valid/claims-redacted.cbor")]);
    assert!(claims.out.contains("\nclaims, ") && claims.out.contains(" shown, the first "), "{}", claims.out);
    let status = ct([Path::new("inspect"), &bundles().join("valid/diploma-with-status.cbor")]);
    assert!(status.out.contains("\nstatus, proven into checkpoint "), "{}", status.out);
}

#[test]
fn a_trust_root_is_shown_as_the_cbor_it_is() {
    let said = ct([Path::new("inspect"), &bundles().join("trust.cbor")]);
    assert_eq!(said.status, 0);
    assert!(said.out.starts_with("98([\n"), "{}", said.out);
    assert!(said.out.contains("\"kind\": \"civictrust.trust\""), "{}", said.out);
}

#[test]
fn what_is_no_cbor_is_refused_with_a_code() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("diploma.pdf");
    fs::write(&path, "%PDF-1.7").unwrap();
    let said = ct([Path::new("inspect"), &path]);
    assert_eq!((said.status, said.out.as_str()), (4, ""));
    assert!(said.err.starts_with("ct: malformed."), "{}", said.err);
}

// R7.2; sha256sum is the oracle.
#[test]
fn hashes_are_printed_as_sha256sum_prints_them() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["plain", "with space", "back\\slash", "line\nbreak", "empty"];
    for name in names {
        let bytes = if name == "empty" { Vec::new() } else { name.as_bytes().repeat(100_000) };
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let run = |program: &mut Command| program.args(names).current_dir(folder.path()).output().unwrap();
    let ours = run(Command::new(env!("CARGO_BIN_EXE_ct")).arg("hash"));
    let theirs = run(&mut Command::new("sha256sum"));
    assert_eq!(String::from_utf8(ours.stdout).unwrap(), String::from_utf8(theirs.stdout).unwrap());
    let said = ct([Path::new("hash"), &folder.path().join("absent"), &folder.path().join("empty")]);
    assert_eq!((said.status, said.out.lines().count()), (5, 1), "the others go on");
}

// R1.4: the catalogue is complete, in both languages.
#[test]
fn every_code_is_listed_and_explained() {
    let list = ct(["explain"]).out;
    assert_eq!(list.lines().count(), Code::ALL.len());
    for code in Code::ALL {
        let english = ct(["explain", code.as_str()]);
        assert_eq!(english.status, 0);
        assert!(english.out.starts_with(&format!("{code}  (class {}, ", code.class())), "{}", english.out);
        let spanish = ct(["explain", "--language", "es-AR", code.as_str()]);
        assert_ne!(english.out, spanish.out);
    }
}
