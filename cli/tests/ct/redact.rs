//! `ct redact`: fewer claims of the same document.

use crate::desk::ct;
use ct_core::SubjectKind;
use ct_core::cbor::Writer;
use ct_core::claims::{Claim, Disclosure};
use ct_testdata::{Draft, world};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

const CLAIMS: [(&str, &str); 4] =
    [("status", "provisional"), ("name", "Ana P\u{e9}rez"), ("degree", "Law"), ("birth_date", "2001-02-03")];

/// A bundle of a document of four claims, the first of them mandatory, and the trust root that verifies it.
fn claims_bundle(folder: &Path) -> (PathBuf, PathBuf) {
    let claims = (0..).zip(CLAIMS).map(|(index, (name, value))| Claim { index, salt: [7; 16], value, name });
    let disclosure = Disclosure::whole(claims.collect(), 1).unwrap();
    // What is hashed is the head: the document's hash is then the disclosure's.
    let encoded = disclosure.encode();
    let root_at = encoded.windows(4).position(|window| window == b"root").unwrap() + 6;
    let mut head = Writer::new();
    head.array(4).text("civictrust/claims/1").uint(4).uint(1).bytes(&encoded[root_at..root_at + 32]);
    let mut draft = Draft::new("claims", &head.finish());
    draft.kind = SubjectKind::Claims;
    let mut parts = draft.parts();
    parts.document = None;
    parts.disclosure = Some(encoded);
    let (bundle, trust) = (folder.join("whole.cbor"), folder.join("trust.cbor"));
    fs::write(&bundle, parts.encode()).unwrap();
    fs::write(&trust, world::sign(&world::trust())).unwrap();
    (bundle, trust)
}

fn shown(trust: &Path, bundle: &Path) -> (String, Vec<String>) {
    let words = ["verify", "--json", "--at", crate::desk::AT, "--trust"].map(PathBuf::from);
    let said = ct(words.into_iter().chain([trust.to_owned(), bundle.to_owned()]));
    let report: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let claims = report["claims"]["shown"].as_array().unwrap();
    let names = claims.iter().map(|claim| claim["name"].as_str().unwrap().to_owned());
    (report["code"].as_str().unwrap().to_owned(), names.collect())
}

fn redact(words: &[&str], bundle: &Path, out: &Path) -> crate::desk::Said {
    let words = words.iter().map(PathBuf::from);
    ct([PathBuf::from("redact")].into_iter().chain(words).chain([bundle.to_owned(), "--out".into(), out.to_owned()]))
}

#[test]
fn what_is_kept_verifies_and_what_is_dropped_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let (bundle, trust) = claims_bundle(folder.path());
    assert_eq!(shown(&trust, &bundle), ("ok".into(), CLAIMS.map(|(name, _)| name.to_owned()).into()));
    let kept = folder.path().join("kept.cbor");
    let said = redact(&["--keep", "degree"], &bundle, &kept);
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(said.out.contains("shown (always)  status: provisional"), "{}", said.out);
    assert!(said.out.contains("withheld        birth_date"), "{}", said.out);
    assert_eq!(shown(&trust, &kept), ("ok".into(), ["status", "degree"].map(str::to_owned).into()));
    assert!(!fs::read(&kept).unwrap().windows(10).any(|window| window == b"2001-02-03"), "it is not in the file");
    let mode = fs::metadata(&kept).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "it holds somebody's data");
    // From what is left, more can be taken away, and nothing comes back.
    let less = folder.path().join("less.cbor");
    assert_eq!(redact(&["--drop", "degree"], &kept, &less).status, 0);
    assert_eq!(shown(&trust, &less), ("ok".into(), vec!["status".to_owned()]));
    assert_eq!(redact(&["--keep", "name"], &kept, &folder.path().join("x.cbor")).status, 2);
    let dropped = folder.path().join("dropped.cbor");
    assert_eq!(redact(&["--drop", "birth_date", "--drop", "name"], &bundle, &dropped).status, 0);
    assert_eq!(fs::read(&dropped).unwrap(), fs::read(&kept).unwrap());
}

#[test]
fn what_cannot_be_redacted_is_told_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (bundle, _) = claims_bundle(folder.path());
    let out = folder.path().join("out.cbor");
    let refused = |words: &[&str], bundle: &Path, code: &str, status: i32| {
        let said = redact(words, bundle, &out);
        assert!(said.err.starts_with(&format!("ct: {code}: ")), "{}", said.err);
        assert_eq!((said.status, out.exists()), (status, false));
    };
    refused(&["--drop", "status"], &bundle, "tampered.mandatory_claim", 1);
    refused(&["--drop", "shoe_size"], &bundle, "usage.arguments", 2);
    refused(&["--keep", "name", "--drop", "degree"], &bundle, "usage.arguments", 2);
    refused(&[], &bundle, "usage.arguments", 2);
    refused(&["--keep", "name"], &crate::desk::bundles().join("valid/diploma.cbor"), "incomplete.disclosure", 3);
    refused(&["--keep", "name"], &folder.path().join("trust.cbor"), "malformed.kind", 4);
    let mut altered = fs::read(&bundle).unwrap();
    let at = altered.windows(3).position(|window| window == b"Law").unwrap();
    altered[at] = b'J';
    let path = folder.path().join("altered.cbor");
    fs::write(&path, altered).unwrap();
    refused(&["--keep", "name"], &path, "tampered.disclosure", 1);
    fs::write(&out, "in the way").unwrap();
    assert_eq!(redact(&["--keep", "name"], &bundle, &out).status, 5);
    assert_eq!(fs::read(&out).unwrap(), b"in the way");
}
