//! The log on disk: tiles, proofs, one writer.

use crate::fixture::{ORIGIN, at, directory, entries, files, genesis, key, log_key, log_of};
use crate::tree;
use ct_core::c2sp::Note;
use ct_core::{Checkpoint, Code, Hash, LeafIndex, TreeSize};
use ct_keys::Role;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_node::{Entropy, Log, statement};
use rs_merkle::{MerkleProof, MerkleTree};
use sha2::Sha256;
use std::fs;

/// RFC 6962 hashing for `rs_merkle`, which leaves an odd node as it is and so builds the same trees.
#[derive(Clone)]
struct Rfc6962;

impl rs_merkle::Hasher for Rfc6962 {
    type Hash = [u8; 32];

    fn hash(data: &[u8]) -> [u8; 32] {
        tree::leaf(data)
    }

    fn concat_and_hash(left: &[u8; 32], right: Option<&[u8; 32]>) -> [u8; 32] {
        right.map_or(*left, |right| tree::node(left, right))
    }
}

fn size(size: usize) -> TreeSize {
    TreeSize::new(u64::try_from(size).unwrap()).unwrap()
}

fn index(index: usize) -> LeafIndex {
    LeafIndex::new(u64::try_from(index).unwrap()).unwrap()
}

// R14.1, R14.2, R15.3: every size from 1 to 600, appended one by one: what is on disk is what the definition says, and
// what is published is its root; then every size again as the past of the last.
#[test]
fn every_size_to_600() {
    let dir = directory();
    let entries = entries(LAST);
    let leaves: Vec<tree::Node> = entries.iter().map(|entry| tree::leaf(entry)).collect();
    let mut log = Log::create(dir.path(), log_key(), &entries[0]).unwrap();
    let mut all = std::collections::BTreeMap::new();
    for now in 1..=LAST {
        if now > 1 {
            assert_eq!(log.append(&entries[now - 1..now]).unwrap(), index(now - 1));
        }
        let expected = tree::tiles(&entries[..now]);
        for (name, bytes) in &expected {
            assert!(fs::read(dir.path().join("log").join(name)).unwrap() == *bytes, "size {now}: {name}");
        }
        all.extend(expected);
        let published = fs::read_to_string(dir.path().join("log/checkpoint")).unwrap();
        let note = Note::parse(&published).unwrap();
        note.signature_by(log.verifier()).unwrap().verify_text(log.verifier(), note.text()).unwrap();
        let checkpoint = Checkpoint::parse(note.text()).unwrap();
        assert_eq!((checkpoint.origin().as_str(), checkpoint.size()), (ORIGIN, size(now)));
        assert_eq!(*checkpoint.root().as_bytes(), tree::root(&leaves[..now]));
    }
    let mut found = files(&dir.path().join("log"));
    found.remove("checkpoint");
    assert_eq!(found, all, "there are files that no size has");

    // The same proofs from a log that has just been opened.
    drop(log);
    let mut log = Log::open(dir.path(), log_key()).unwrap();
    let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    for now in 1..=LAST {
        theirs.push(entries[now - 1].clone());
        let root = tree::root(&leaves[..now]);
        let by_rs_merkle = MerkleTree::<Rfc6962>::from_leaves(&leaves[..now]);
        for at in indices(now) {
            let proof = log.inclusion(index(at), size(now)).unwrap();
            proof.verify(&Hash::new(leaves[at]), &Hash::new(root)).unwrap();
            let path: Vec<[u8; 32]> = proof.path().iter().map(|hash| *hash.as_bytes()).collect();
            assert_eq!(by_rs_merkle.proof(&[at]).proof_hashes(), path, "{at} in {now}");
            assert!(MerkleProof::<Rfc6962>::new(path).verify(root, &[at], &[leaves[at]], now));
        }
        for old in indices(now).map(|at| at + 1) {
            let proof = log.consistency(size(old), size(now)).unwrap();
            proof.verify(&Hash::new(tree::root(&leaves[..old])), &Hash::new(root)).unwrap();
            let path: Vec<u8> = proof.path().iter().flat_map(|hash| *hash.as_bytes()).collect();
            assert_eq!(theirs.prove_consistency(now - old).as_bytes(), path, "{old} to {now}");
        }
    }
    for (at, entry) in entries.iter().enumerate() {
        assert_eq!(log.entry(index(at)).unwrap(), *entry);
    }
}

/// All indices of small trees; of larger ones those at the edges of subtrees and tiles, and a spread of the others.
fn indices(size: usize) -> impl Iterator<Item = usize> {
    let spread = 1 + size / 40;
    (0..size).filter(move |at| size <= 70 || at % spread == 0 || [254, 255, 256, 257, 511, 512, size - 1].contains(at))
}

const LAST: usize = 600;

// R14.3
#[test]
fn asks_beyond_the_log_are_refused() {
    let dir = directory();
    let mut log = log_of(dir.path(), &entries(5));
    let code = |result: ct_node::Result<()>| result.map_err(|error| error.code());
    assert_eq!(code(log.inclusion(index(5), size(5)).map(drop)), Err(Code::MalformedLeafIndex));
    assert_eq!(code(log.inclusion(index(0), size(6)).map(drop)), Err(Code::LimitNumber));
    assert_eq!(code(log.consistency(size(0), size(5)).map(drop)), Err(Code::MalformedField));
    assert_eq!(code(log.consistency(size(5), size(4)).map(drop)), Err(Code::MalformedField));
    assert_eq!(code(log.consistency(size(3), size(6)).map(drop)), Err(Code::LimitNumber));
    assert_eq!(code(log.entry(index(5)).map(drop)), Err(Code::LimitNumber));
    assert_eq!(log.entry(index(4)).unwrap(), entries(5)[4]);
}

// R10: opening again after every append changes nothing, and the log goes on.
#[test]
fn opens_again_after_every_append() {
    let (dir, entries) = (directory(), entries(262));
    drop(log_of(dir.path(), &entries[..1]));
    // One by one across the first tile's edge; before that in larger steps, which cross nothing.
    let steps = (1..20).chain((20..250).step_by(23)).chain(250..=262);
    let mut before = 1;
    for now in steps.skip(1) {
        let mut log = Log::open(dir.path(), log_key()).unwrap();
        assert_eq!(log.size(), size(before));
        log.append(&entries[before..now]).unwrap();
        let published = fs::read_to_string(dir.path().join("log/checkpoint")).unwrap();
        drop(log);
        let all = files(dir.path());
        let log = Log::open(dir.path(), log_key()).unwrap();
        assert_eq!(log.checkpoint().note(&[]), published);
        assert_eq!(*log.checkpoint().checkpoint().root().as_bytes(), {
            let leaves: Vec<_> = entries[..now].iter().map(|entry| tree::leaf(entry)).collect();
            tree::root(&leaves)
        });
        drop(log);
        assert_eq!(files(dir.path()), all, "opening wrote something at size {now}");
        before = now;
    }
}

// R10
#[test]
fn a_batch_is_the_same_log_as_its_entries_one_by_one() {
    let entries = entries(300);
    let (one, many) = (directory(), directory());
    let mut log = Log::create(one.path(), log_key(), &entries[0]).unwrap();
    for entry in &entries[1..] {
        log.append(std::slice::from_ref(entry)).unwrap();
    }
    let batch = log_of(many.path(), &entries);
    assert_eq!(log.checkpoint(), batch.checkpoint());
    let (one, many) = (files(&one.path().join("log")), files(&many.path().join("log")));
    assert!(many.iter().all(|(name, bytes)| one.get(name) == Some(bytes)), "a batch makes other files");
}

#[test]
fn an_empty_batch_changes_nothing() {
    let dir = directory();
    let mut log = log_of(dir.path(), &entries(3));
    let before = files(dir.path());
    assert_eq!(log.append(&[]).unwrap(), index(3));
    assert_eq!(files(dir.path()), before);
}

// R10: two writers would sign two histories.
#[test]
fn has_one_writer() {
    let dir = directory();
    let log = log_of(dir.path(), &entries(3));
    let second = Log::open(dir.path(), log_key()).map_err(|error| (error.code(), error.what().to_owned()));
    assert_eq!(second.unwrap_err(), (Code::IoWrite, "another process is writing to this log".to_owned()));
    let second = Log::create(dir.path(), log_key(), &genesis()).map_err(|error| error.code());
    assert_eq!(second.unwrap_err(), Code::IoWrite);
    drop(log);
    assert_eq!(Log::open(dir.path(), log_key()).unwrap().size(), size(3));
}

// R16.4: (iss, cti) is unique in a log for ever: in one batch, later, and after opening again.
#[test]
fn a_request_id_is_used_once() {
    let dir = directory();
    let entries = entries(6);
    let mut log = log_of(dir.path(), &entries[..4]);
    let before = files(dir.path());
    let code = |result: ct_node::Result<LeafIndex>| result.map_err(|error| error.code());
    let twice = [entries[4].clone(), entries[5].clone(), entries[4].clone()];
    assert_eq!(code(log.append(&twice)), Err(Code::MalformedField));
    assert_eq!(code(log.append(&[entries[5].clone(), entries[2].clone()])), Err(Code::MalformedField));
    assert_eq!(files(dir.path()), before, "a refused batch has left something");
    drop(log);
    let mut log = Log::open(dir.path(), log_key()).unwrap();
    assert_eq!(code(log.append(&entries[3..4])), Err(Code::MalformedField));
    assert_eq!(code(log.append(&entries[4..])), Ok(index(4)));
}

// R14.3: nothing but statements, and one genesis.
#[test]
fn logs_statements_only() {
    let dir = directory();
    let mut log = log_of(dir.path(), &entries(3));
    let before = files(dir.path());
    let root = key(Role::Root, "root#1", 2);
    let origin = ct_core::Origin::new(ORIGIN).unwrap();
    let genesis = statement::genesis(&origin, &root, at(9), &mut Entropy::from_seed(&[9; 32])).unwrap();
    let cases: [(&[u8], Code); 5] = [
        (b"", Code::MalformedEmpty),
        (b"\xa0", Code::MalformedField),
        (&entries(4)[3][..80], Code::MalformedTruncated),
        (&[0; 65_536], Code::LimitEntrySize),
        (&genesis, Code::UnsupportedStatementType),
    ];
    for (entry, code) in cases {
        let refused = log.append(&[entry.to_vec()]).map_err(|error| error.code());
        assert_eq!(refused, Err(code), "{} bytes", entry.len());
    }
    assert_eq!(files(dir.path()), before);
}

#[test]
fn begins_with_its_own_genesis() {
    let other = ct_core::Origin::new("other.example").unwrap();
    let root = key(Role::Root, "root#1", 2);
    let genesis = statement::genesis(&other, &root, at(0), &mut Entropy::from_seed(&[3; 32])).unwrap();
    let code = |genesis: &[u8], key| Log::create(directory().path(), key, genesis).map_err(|error| error.code());
    assert_eq!(code(&genesis, log_key()).unwrap_err(), Code::TamperedSubject);
    assert_eq!(code(&entries(2)[1], log_key()).unwrap_err(), Code::UnsupportedStatementType);
    assert_eq!(code(&entries(1)[0], key(Role::Witness, "log.example#1", 1)).unwrap_err(), Code::IoKeyFile);
}

#[test]
fn is_made_once_and_opened_with_its_own_key() {
    let dir = directory();
    drop(log_of(dir.path(), &entries(3)));
    let before = files(dir.path());
    let again = Log::create(dir.path(), log_key(), &genesis()).map_err(|error| error.code());
    assert_eq!(again.unwrap_err(), Code::IoExists);
    let open = |key| Log::open(dir.path(), key).map(drop).map_err(|error| error.code());
    assert_eq!(open(key(Role::Log, "log.example#1", 7)), Err(Code::TamperedCheckpoint));
    assert_eq!(open(key(Role::Log, "other.example#1", 1)), Err(Code::TamperedCheckpoint));
    assert_eq!(open(log_key()), Ok(()));
    assert_eq!(files(dir.path()), before);
    let nothing = directory();
    let open = Log::open(nothing.path(), log_key()).map(drop).map_err(|error| error.code());
    assert_eq!(open, Err(Code::IoNotFound));
}
