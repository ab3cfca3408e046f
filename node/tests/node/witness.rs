//! Witnesses: what they refuse, and that they remember first.

use crate::fixture::{ORIGIN, at, directory, entries, entries_from, key, log_of};
use ct_core::{
    Checkpoint, Code, ConsistencyProof, Cosignature, Hash, Origin, SignatureLine, Timestamp, TreeSize, VerifierKey,
};
use ct_keys::Role;
use ct_node::{Log, Witness};
use std::fs;
use std::path::Path;

fn witness(memory: &Path) -> Witness {
    Witness::open(key(Role::Witness, "witness.example#1", 8), memory).unwrap()
}

fn size(size: u64) -> TreeSize {
    TreeSize::new(size).unwrap()
}

fn cosign(
    witness: &mut Witness,
    log: &Log,
    proof: Option<&ConsistencyProof>,
    at: Timestamp,
) -> Result<SignatureLine, Code> {
    let origin = Origin::new(ORIGIN).unwrap();
    let note = log.checkpoint().note(&[]);
    witness.cosign(&note, &origin, log.verifier(), proof, at).map_err(|error| error.code())
}

// R9: what it cosigns verifies in core, with the time it was given.
#[test]
fn cosigns_a_log_that_grows() {
    let (dir, entries) = (directory(), entries(300));
    let memory = dir.path().join("witness.last");
    let mut log = log_of(dir.path(), &entries[..1]);
    for (now, time) in [(1, 10), (2, 20), (256, 30), (300, 40)] {
        let mut witness = witness(&memory);
        let seen = witness.seen();
        log.append(&entries[usize::try_from(log.size().get()).unwrap()..now]).unwrap();
        let proof = (seen > TreeSize::ZERO).then(|| log.consistency(seen, log.size()).unwrap());
        let line = cosign(&mut witness, &log, proof.as_ref(), at(time)).unwrap();
        let text = log.checkpoint().checkpoint().text();
        let verifier = witness.verifier().unwrap();
        assert_eq!(Cosignature::from_line(&line).unwrap().verify(&verifier, &text), Ok(at(time)));
        assert_eq!(fs::read_to_string(&memory).unwrap(), text);
        assert_eq!(witness.seen(), log.size());
    }
    // The same checkpoint again, at a later time.
    let mut witness = witness(&memory);
    let proof = log.consistency(log.size(), log.size()).unwrap();
    assert!(cosign(&mut witness, &log, Some(&proof), at(50)).is_ok());
}

// R9: each refusal leaves its memory as it was.
#[test]
fn refuses_what_does_not_extend_its_memory() {
    let (dir, other) = (directory(), directory());
    let mut other_entries = entries_from(77, 8);
    other_entries[0] = entries(1)[0].clone();
    let mut log = log_of(dir.path(), &entries(5));
    let memory = dir.path().join("witness.last");
    let mut witness = witness(&memory);
    cosign(&mut witness, &log, None, at(1)).unwrap();
    let remembered = fs::read(&memory).unwrap();

    let same_size = log_of(other.path(), &other_entries[..5]);
    let equal = log.consistency(size(5), size(5)).unwrap();
    assert_eq!(cosign(&mut witness, &same_size, Some(&equal), at(2)), Err(Code::EquivocationLog));
    drop(same_size);

    let mut fork = Log::open(other.path(), crate::fixture::log_key()).unwrap();
    fork.append(&other_entries[5..]).unwrap();
    let fork_proof = fork.consistency(size(5), size(8)).unwrap();
    assert_eq!(cosign(&mut witness, &fork, Some(&fork_proof), at(2)), Err(Code::TamperedConsistency));

    let smaller_dir = directory();
    let smaller = log_of(smaller_dir.path(), &entries(4));
    assert_eq!(cosign(&mut witness, &smaller, None, at(2)), Err(Code::TamperedTreeSize));

    log.append(&entries(8)[5..]).unwrap();
    assert_eq!(cosign(&mut witness, &log, None, at(2)), Err(Code::MalformedField), "no proof");
    let from_elsewhere = log.consistency(size(4), size(8)).unwrap();
    assert_eq!(cosign(&mut witness, &log, Some(&from_elsewhere), at(2)), Err(Code::MalformedField));
    let good = log.consistency(size(5), size(8)).unwrap();
    for changed in 0..good.path().len() {
        let mut path = good.path().to_vec();
        path[changed] = Hash::of(b"another");
        let bad = ConsistencyProof::new(size(5), size(8), path).unwrap();
        assert_eq!(cosign(&mut witness, &log, Some(&bad), at(2)), Err(Code::TamperedConsistency), "{changed}");
    }
    assert_eq!(fs::read(&memory).unwrap(), remembered);
    assert!(cosign(&mut witness, &log, Some(&good), at(2)).is_ok());
}

// R9: nothing but its own log's signed checkpoints.
#[test]
fn refuses_what_its_log_did_not_sign() {
    let dir = directory();
    let log = log_of(dir.path(), &entries(5));
    let mut witness = witness(&dir.path().join("witness.last"));
    let (origin, other) = (Origin::new(ORIGIN).unwrap(), Origin::new("other.example").unwrap());
    let note = log.checkpoint().note(&[]);
    let mut code = |note: &str, origin: &Origin, log: &VerifierKey, proof: Option<&ConsistencyProof>| {
        witness.cosign(note, origin, log, proof, at(1)).map(drop).map_err(|error| error.code())
    };
    let other_key = VerifierKey::new(
        log.verifier().name().clone(),
        log.verifier().signature_type(),
        ct_core::PublicKey::from_bytes(key(Role::Log, "l#1", 9).public().verifying_key().as_bytes()).unwrap(),
    );
    assert_eq!(code(&note, &other, log.verifier(), None), Err(Code::UnknownLog));
    assert_eq!(code(&note, &origin, &other_key, None), Err(Code::NotAnchoredLogSignature));
    assert_eq!(code(&note.replace("\n5\n", "\n6\n"), &origin, log.verifier(), None), Err(Code::TamperedCheckpoint));
    assert_eq!(code("", &origin, log.verifier(), None), Err(Code::MalformedNote));
    let equal = ConsistencyProof::new(size(5), size(5), Vec::new()).unwrap();
    assert_eq!(code(&note, &origin, log.verifier(), Some(&equal)), Err(Code::MalformedField));
    assert!(!dir.path().join("witness.last").exists());
    assert_eq!(code(&note, &origin, log.verifier(), None), Ok(()));
}

// R9: no cosignature before the memory of it is on disk; none at all without a memory that can be understood.
#[test]
fn remembers_before_it_cosigns() {
    let dir = directory();
    let log = log_of(dir.path(), &entries(5));
    let mut forgetful = witness(&dir.path().join("no such folder/witness.last"));
    assert_eq!(cosign(&mut forgetful, &log, None, at(1)), Err(Code::IoNotFound));
    assert_eq!(forgetful.seen(), TreeSize::ZERO);
    let memory = dir.path().join("witness.last");
    fs::write(&memory, "log.example\n5\n").unwrap();
    let key = || key(Role::Witness, "witness.example#1", 8);
    let code = Witness::open(key(), &memory).map(drop).map_err(|error| error.code());
    assert_eq!(code, Err(Code::MalformedCheckpoint));
    let text = log.checkpoint().checkpoint().text();
    assert_eq!(Checkpoint::parse(&text).unwrap().text(), text);
    fs::write(&memory, text).unwrap();
    assert_eq!(witness(&memory).seen(), size(5));
    let wrong = crate::fixture::key(Role::Log, "witness.example#1", 8);
    assert_eq!(Witness::open(wrong, &memory).map(drop).map_err(|error| error.code()), Err(Code::IoKeyFile));
}
