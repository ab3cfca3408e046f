//! A registry in one directory: from drafts to bundles, also after something went wrong in between.

use crate::fixture::{at, directory, directory_of, files, log_key, plan};
use ct_core::{Bundle, Code, Hash, Statement};
use ct_keys::{KeyFile, Role};
use ct_node::{Draft, Entropy, Log, Registry};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tempfile::TempDir;

fn entropy(seed: u8) -> Entropy {
    Entropy::from_seed(&[seed; 32])
}

fn draft(document: &[u8]) -> Draft {
    Draft {
        document_hash: Hash::of(document),
        document_type: "diploma".to_owned(),
        sub: "student 17".to_owned(),
        expires: None,
        kind: ct_core::SubjectKind::File,
        status: None,
    }
}

fn create(dir: &Path) -> Registry {
    Registry::create(dir, &plan(), &mut entropy(1)).unwrap()
}

// R17.5, R16.4
#[test]
fn issues_bundles_that_core_verifies() {
    let dir = directory();
    let mut registry = create(&dir.path().join("r"));
    for round in 0..3u8 {
        let documents: Vec<Vec<u8>> = (0..4).map(|number| vec![round, number]).collect();
        let drafts: Vec<Draft> = documents.iter().map(|document| draft(document)).collect();
        let signed = registry.sign(&drafts, at(100), &mut entropy(2 + round)).unwrap();
        let anchored = registry.anchor(signed, at(110)).unwrap();
        assert_eq!(anchored.first().get(), u64::from(round) * 4 + 1);
        for (position, document) in documents.iter().enumerate() {
            let bytes = registry.bundle(&anchored, position, Some(document), at(120)).unwrap();
            let bundle = Bundle::parse(&bytes).unwrap();
            assert_eq!(bundle.document, Some(document.as_slice()));
            assert_eq!(bundle.checkpoint_signature.unwrap().lines().count(), 4);
            let detached = registry.bundle(&anchored, position, None, at(120)).unwrap();
            assert_eq!(Bundle::parse(&detached).unwrap().document, None);
            let logged = registry.log().entry(bundle.leaf_index.unwrap()).unwrap();
            assert_eq!(bundle.statement, Some(logged.as_slice()));
        }
    }
}

// R17.5: what does not verify is not handed out.
#[test]
fn a_bundle_that_does_not_verify_is_not_handed_out() {
    let dir = directory();
    let mut registry = create(&dir.path().join("r"));
    let signed = registry.sign(&[draft(b"document")], at(100), &mut entropy(2)).unwrap();
    let anchored = registry.anchor(signed, at(110)).unwrap();
    let mut code = |document: &[u8], time| {
        registry.bundle(&anchored, 0, Some(document), time).map(drop).map_err(|error| error.code())
    };
    assert_eq!(code(b"document", at(120)), Ok(()));
    assert_eq!(code(b"Document", at(120)), Err(Code::TamperedDocument));
    assert_eq!(code(b"document", at(1_000_000)), Err(Code::TrustExpired));
    let beyond = registry.bundle(&anchored, 1, None, at(120)).map(drop).map_err(|error| error.code());
    assert_eq!(beyond, Err(Code::Internal));
}

// R1.3
#[test]
fn a_document_that_is_too_large_for_a_bundle_is_refused() {
    let dir = directory();
    let mut registry = create(&dir.path().join("r"));
    let largest = vec![7; ct_node::bundle::MAX_ATTACHED_BYTES];
    let too_large = vec![7; ct_core::limits::MAX_BUNDLE_BYTES];
    let drafts = [draft(&largest), draft(&too_large)];
    let signed = registry.sign(&drafts, at(100), &mut entropy(2)).unwrap();
    let anchored = registry.anchor(signed, at(110)).unwrap();
    assert!(registry.bundle(&anchored, 0, Some(&largest), at(120)).is_ok());
    let refused = registry.bundle(&anchored, 1, Some(&too_large), at(120)).map(drop).map_err(|error| error.code());
    assert_eq!(refused, Err(Code::LimitBundleSize));
}

// R10: killed after the log's checkpoint and before the witnesses': the next batch proves the way from what they saw.
#[test]
fn goes_on_where_the_witnesses_are_behind() {
    let dir = directory();
    let root = dir.path().join("r");
    let registry = create(&root);
    let statement = registry.sign(&[draft(b"lost")], at(100), &mut entropy(2)).unwrap().remove(0).statement;
    drop(registry);
    let key = KeyFile::read(&root.join("keys/log.pem"), Role::Log).unwrap();
    Log::open(&root, key).unwrap().append(&[statement]).unwrap();
    let mut registry = Registry::open(&root).unwrap();
    let signed = registry.sign(&[draft(b"next")], at(200), &mut entropy(3)).unwrap();
    let anchored = registry.anchor(signed, at(210)).unwrap();
    assert_eq!(anchored.first().get(), 2);
    assert!(registry.bundle(&anchored, 0, Some(b"next"), at(220)).is_ok());
}

// R9, R10: a log that was taken back to an older state would sign a second history; a witness who remembers bars it.
#[test]
fn a_log_that_was_taken_back_signs_nothing() {
    let dir = directory();
    let root = dir.path().join("r");
    let mut registry = create(&root);
    let issue = |registry: &mut Registry, document: &[u8], seed| {
        let signed = registry.sign(&[draft(document)], at(100), &mut entropy(seed)).unwrap();
        registry.anchor(signed, at(110)).unwrap();
    };
    issue(&mut registry, b"one", 2);
    drop(registry);
    let old = files(&root);
    issue(&mut Registry::open(&root).unwrap(), b"two", 3);
    let new = files(&root);
    // A backup of everything but the witnesses, who live elsewhere.
    let is_memory = |name: &str| name.ends_with(".last");
    let taken_back: BTreeMap<_, _> =
        new.iter().filter(|(name, _)| is_memory(name)).chain(old.iter().filter(|(name, _)| !is_memory(name))).collect();
    let taken_back = taken_back.into_iter().map(|(name, bytes)| (name.clone(), bytes.clone())).collect();
    let restored = registry_of(&taken_back);
    let code = |dir: &Path| Registry::open(dir).map(drop).map_err(|error| error.code());
    assert_eq!(code(restored.path()), Err(Code::TamperedTreeSize));
    assert_eq!(files(restored.path()), taken_back, "something was signed");

    // The old state, continued with another document, is as large as what the witnesses have seen.
    let fork = registry_of(&old);
    issue(&mut Registry::open(fork.path()).unwrap(), b"another", 4);
    let mut forked = files(fork.path());
    forked.extend(new.iter().filter(|(name, _)| is_memory(name)).map(|(name, bytes)| (name.clone(), bytes.clone())));
    assert_eq!(code(registry_of(&forked).path()), Err(Code::EquivocationLog));
    issue(&mut Registry::open(fork.path()).unwrap(), b"and another", 5);
    forked.append(&mut files(fork.path()));
    forked.extend(new.into_iter().filter(|(name, _)| is_memory(name)));
    assert_eq!(code(registry_of(&forked).path()), Err(Code::TamperedConsistency));
}

/// A registry's directory with exactly these files.
fn registry_of(files: &BTreeMap<String, Vec<u8>>) -> TempDir {
    let dir = directory_of(files);
    for name in files.keys().filter(|name| name.ends_with(".pem") && !name.ends_with(".pub.pem")) {
        fs::set_permissions(dir.path().join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    dir
}

// The same seed and time, the same bytes in every file.
#[test]
fn is_the_same_for_the_same_seed_and_time() {
    let make = || {
        let dir = directory();
        let root = dir.path().join("r");
        let mut registry = create(&root);
        let signed = registry.sign(&[draft(b"document")], at(100), &mut entropy(2)).unwrap();
        let anchored = registry.anchor(signed, at(110)).unwrap();
        let bundle = registry.bundle(&anchored, 0, Some(b"document"), at(110)).unwrap();
        registry.write_bundles(&mut vec![("document.cbor".to_owned(), bundle)]).pop().unwrap().unwrap();
        files(&root)
    };
    let made = make();
    assert!(made.contains_key("bundles/document.cbor") && made.contains_key("log/tile/entries/000.p/2"));
    assert_eq!(made, make());
}

// R1.4: the one that exists is kept, and the others are written.
#[test]
fn bundles_are_never_overwritten() {
    let dir = directory();
    let registry = create(&dir.path().join("r"));
    let write = |names: &[(&str, &[u8])]| {
        let mut bundles = names.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
        let written = registry.write_bundles(&mut bundles);
        written.into_iter().map(|result| result.map(drop).map_err(|error| error.code())).collect::<Vec<_>>()
    };
    assert_eq!(write(&[("a.cbor", b"1")]), [Ok(())]);
    assert_eq!(write(&[("b.cbor", b"2"), ("a.cbor", b"2"), ("c.cbor", b"2")]), [Ok(()), Err(Code::IoExists), Ok(())]);
    assert_eq!(write(&[("no/a.cbor", b"3")]), [Err(Code::IoNotFound)]);
    assert!(write(&[]).is_empty());
    let found = files(&registry.bundles());
    let expected = [("a.cbor", b"1"), ("b.cbor", b"2"), ("c.cbor", b"2")];
    assert_eq!(found, expected.map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).into());
}

// R16.4: a second run with the same seed would use request IDs twice.
#[test]
fn the_same_randomness_twice_is_refused() {
    let dir = directory();
    let mut registry = create(&dir.path().join("r"));
    for (attempt, expected) in [(1, Ok(())), (2, Err(Code::MalformedField))] {
        let signed = registry.sign(&[draft(b"document")], at(100), &mut entropy(2)).unwrap();
        let code = registry.anchor(signed, at(110)).map(drop).map_err(|error| error.code());
        assert_eq!(code, expected, "attempt {attempt}");
    }
}

// R8.1: only the owner reads private keys; a directory with anything in it is left alone.
#[test]
fn is_made_in_an_empty_directory_only() {
    let dir = directory();
    let root = dir.path().join("a/b");
    drop(create(&root));
    for (name, _) in files(&root.join("keys")) {
        let mode = fs::metadata(root.join("keys").join(&name)).unwrap().permissions().mode() & 0o777;
        let private = name.ends_with(".pem") && !name.ends_with(".pub.pem");
        assert_eq!(mode, if private { 0o600 } else { 0o644 }, "{name}");
    }
    let before = files(&root);
    let again = Registry::create(&root, &plan(), &mut entropy(1)).map(drop).map_err(|error| error.code());
    assert_eq!(again, Err(Code::IoExists));
    assert_eq!(files(&root), before);
}

// A plan that does not work out leaves nothing behind.
#[test]
fn a_plan_that_fails_leaves_nothing() {
    let dir = directory();
    let code = |change: fn(&mut ct_node::Plan)| {
        let mut plan = plan();
        change(&mut plan);
        let made = Registry::create(&dir.path().join("r"), &plan, &mut entropy(1));
        made.map(drop).map_err(|error| error.code())
    };
    assert_eq!(code(|plan| plan.witnesses = 0), Err(Code::UsageArguments));
    assert_eq!(code(|plan| plan.witnesses = 16), Err(Code::UsageArguments));
    assert_eq!(code(|plan| plan.origin = "my log".to_owned()), Err(Code::MalformedField));
    assert_eq!(code(|plan| plan.origin = "cosignature/v1".to_owned()), Err(Code::MalformedCheckpoint));
    assert_eq!(code(|plan| plan.trust.issuer = "i".repeat(56)), Err(Code::LimitLength));
    assert_eq!(code(|plan| plan.trust.quorum = 4), Err(Code::TrustPolicy));
    assert_eq!(code(|plan| plan.trust.types.clear()), Err(Code::TrustMalformed));
    assert_eq!(code(|plan| plan.trust.expires = plan.trust.issued), Err(Code::TrustPolicy));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    assert_eq!(code(|plan| plan.trust.issuer = "i".repeat(55)), Ok(()));
}

// R8.1: the trust root that names others is not this registry's.
#[test]
fn opens_with_its_own_trust_root_only() {
    let (dir, other) = (directory(), directory());
    let (root, other) = (dir.path().join("r"), other.path().join("r"));
    drop(create(&root));
    drop(Registry::create(&other, &plan(), &mut entropy(9)).unwrap());
    let own = fs::read(root.join("trust.cbor")).unwrap();
    let code = || Registry::open(&root).map(drop).map_err(|error| error.code());
    fs::copy(other.join("trust.cbor"), root.join("trust.cbor")).unwrap();
    assert_eq!(code(), Err(Code::UnknownIssuerKey));
    fs::write(root.join("trust.cbor"), b"\xa0").unwrap();
    assert_eq!(code(), Err(Code::TrustMalformed));
    fs::write(root.join("trust.cbor"), vec![0; ct_core::limits::MAX_TRUST_BYTES + 1]).unwrap();
    assert_eq!(code(), Err(Code::TrustSize));
    fs::remove_file(root.join("trust.cbor")).unwrap();
    assert_eq!(code(), Err(Code::IoNotFound));
    fs::write(root.join("trust.cbor"), own).unwrap();
    assert_eq!(code(), Ok(()));
}

// The genesis says which log it is, and a root key of the trust root has signed it.
#[test]
fn the_genesis_is_signed_by_a_root_key() {
    let dir = directory();
    let root = dir.path().join("r");
    let registry = create(&root);
    let genesis = Statement::parse(registry.log().genesis()).unwrap();
    let key = registry.trust().trust().root.keys[0].key;
    assert!(genesis.is_signed_by(&key));
    drop(registry);
    // Another log, of the same key, whose genesis somebody else has signed.
    for folder in ["log", "state"] {
        fs::remove_dir_all(root.join(folder)).unwrap();
    }
    let own = KeyFile::read(&root.join("keys/log.pem"), Role::Log).unwrap();
    drop(Log::create(&root, own, &crate::fixture::genesis()).unwrap());
    let code = Registry::open(&root).map(drop).map_err(|error| error.code());
    assert_eq!(code, Err(Code::TamperedStatement));
    assert_eq!(log_key().id().name(), plan().origin);
}
