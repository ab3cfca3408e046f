//! Keys, statements and directories that the tests share.

use ct_core::{Hash, Timestamp};
use ct_keys::{KeyFile, Role};
use ct_node::{Draft, Entropy, Log, Plan, TrustPlan, statement};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

pub(crate) const ORIGIN: &str = "log.example";

pub(crate) fn key(role: Role, id: &str, number: u8) -> KeyFile {
    KeyFile::generate(role, id.parse().unwrap(), &[number; 32])
}

pub(crate) fn log_key() -> KeyFile {
    key(Role::Log, "log.example#1", 1)
}

pub(crate) fn at(seconds: u64) -> Timestamp {
    Timestamp::from_seconds(1_790_000_000 + seconds).unwrap()
}

pub(crate) fn genesis() -> Vec<u8> {
    let origin = ct_core::Origin::new(ORIGIN).unwrap();
    let root = key(Role::Root, "root#1", 2);
    statement::genesis(&origin, &root, at(0), &mut Entropy::from_seed(&[3; 32])).unwrap()
}

/// The genesis and then statements, each of another document, `count` in all.
pub(crate) fn entries(count: usize) -> Vec<Vec<u8>> {
    entries_from(4, count)
}

/// The genesis and then statements that another seed makes.
pub(crate) fn entries_from(seed: u8, count: usize) -> Vec<Vec<u8>> {
    let issuer = key(Role::Issuer, "issuer.example#1", 5);
    let mut entropy = Entropy::from_seed(&[seed; 32]);
    let statements = (1..count).map(|number| {
        let draft = Draft {
            document_hash: Hash::of(&number.to_be_bytes()),
            document_type: "diploma".to_owned(),
            sub: String::new(),
            expires: None,
            kind: ct_core::SubjectKind::File,
            status: None,
        };
        statement::document("issuer.example", &issuer, &draft, at(0), &mut entropy).unwrap().statement
    });
    std::iter::once(genesis()).chain(statements).collect()
}

/// A directory in memory where there is one: these tests flush very often.
pub(crate) fn directory() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// A new log of these entries, the first of which is its genesis, appended in one batch.
pub(crate) fn log_of(dir: &Path, entries: &[Vec<u8>]) -> Log {
    let mut log = Log::create(dir, log_key(), &entries[0]).unwrap();
    log.append(&entries[1..]).unwrap();
    log
}

pub(crate) fn plan() -> Plan {
    Plan {
        origin: ORIGIN.to_owned(),
        witnesses: 3,
        trust: TrustPlan {
            name: "test".to_owned(),
            issuer: "issuer.example".to_owned(),
            issuer_name: "Issuer".to_owned(),
            types: vec!["diploma".to_owned()],
            quorum: 2,
            issued: at(0),
            expires: at(1_000_000),
            keys_until: at(2_000_000),
            evidence: ct_core::Seconds::new(1_000_000),
            status: ct_core::Seconds::new(7 * 86_400),
            example: true,
        },
    }
}

/// Every file below `dir` with its bytes.
pub(crate) fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

/// A directory with exactly these files.
pub(crate) fn directory_of(files: &BTreeMap<String, Vec<u8>>) -> TempDir {
    let dir = directory();
    for (name, bytes) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    dir
}
