//! A log that grows while a third of all requests meet with a fault.

use crate::fixture::{ORIGIN, directory, entries, log_key};
use crate::place::{PATIENT, Place};
use crate::proxy::{Asked, Fault};
use ct_core::{Code, LeafIndex};
use ct_node::fsck::{Audit, Judges, Source};
use ct_node::{Entropy, LogSigner, Publication, Result, Store, Tile};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

/// The published files of a store, for the audit.
struct Published(Store);

impl Source for Published {
    fn read(&self, path: &str, _limit: usize) -> Result<Option<Vec<u8>>> {
        self.0.read(&format!("log/{path}"))
    }

    fn widths(&self, tile: Tile) -> Result<Vec<u16>> {
        let folder = format!("{}.p", tile.filled());
        let names = self.0.names(&format!("log/{folder}"))?;
        let tiles = names.iter().filter_map(|name| Tile::parse(&format!("{folder}/{name}")).ok());
        Ok(tiles.map(Tile::width).collect())
    }
}

fn signer() -> LogSigner {
    LogSigner::new(log_key()).unwrap()
}

/// As a node's publisher does it: what fails is done again, from the state that was left behind.
fn append(publication: &mut Publication, batch: &[Vec<u8>]) {
    let mut failed = 0;
    while let Err(error) = publication.stage(batch).and_then(|staged| publication.sign(staged).map(drop)) {
        assert!(matches!(error.code(), Code::IoWrite | Code::IoRead), "{error}");
        publication.unstage();
        failed += 1;
        assert!(failed < 100, "{error}");
    }
    while let Err(error) = publication.publish(&[]) {
        assert!(matches!(error.code(), Code::IoWrite | Code::IoRead), "{error}");
        failed += 1;
        assert!(failed < 100, "{error}");
    }
}

/// Every file below a folder, by its path there.
fn files(dir: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(dir).unwrap().map(std::result::Result::unwrap) {
        let name = format!("{prefix}/{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            files(&entry.path(), &name, found);
        } else {
            found.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
}

// R13.2, R15.1: whatever the network did, the bucket has the files that a directory would have, each written once.
#[test]
#[ignore = "needs a server: cargo xtask s3"]
fn a_log_in_a_bucket_is_the_same_as_in_a_directory() {
    let seed: u64 = std::env::var("CIVICTRUST_S3_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    println!("CIVICTRUST_S3_SEED={seed}");
    let (place, beside) = (Place::new(), directory());
    let all = entries(400);
    let mut sizes = Entropy::from_seed(&[7; 32]);
    let mut local = Publication::create(beside.path(), signer()).unwrap();
    let mut remote = Publication::create_in(place.store(Duration::from_millis(400)), signer()).unwrap();
    place.rule(sometimes(seed));
    let (mut from, mut steps) = (0, 0);
    while from < all.len() {
        let to = (from + 1 + usize::from(sizes.bytes::<1>()[0] % 12)).min(all.len());
        append(&mut local, &all[from..to]);
        append(&mut remote, &all[from..to]);
        (from, steps) = (to, steps + 1);
    }
    let happened: BTreeSet<String> = place.proxy.asked().iter().map(|(_, fault)| format!("{fault:?}")).collect();
    assert_eq!(happened.len(), FAULTS.len() + 1, "{happened:?}");
    println!("{steps} steps, {} requests, {happened:?}", place.proxy.asked().len());
    place.rule(|_: &Asked| Fault::None);
    remote.publish(&[]).unwrap();
    drop(remote);

    let mut expected = BTreeMap::new();
    files(&beside.path().join("log"), "log", &mut expected);
    let store = place.straight();
    for (path, bytes) in &expected {
        assert!(store.read(path).unwrap().as_ref() == Some(bytes), "{path} is not what it is in a directory");
    }
    let written: Vec<String> = place
        .proxy
        .done()
        .into_iter()
        .filter(|done| done.method == "PUT" && done.status == 200)
        .map(|done| format!("log{}", done.path.split_once("/log").unwrap().1))
        .collect();
    let tiles: BTreeSet<&String> = written.iter().filter(|path| *path != "log/checkpoint").collect();
    assert_eq!(
        tiles.len(),
        written.iter().filter(|path| *path != "log/checkpoint").count(),
        "a tile was written twice"
    );
    assert_eq!(tiles, expected.keys().filter(|path| *path != "log/checkpoint").collect());

    let judges = Judges { vkey: Some(signer().verifier().clone()), trust: None };
    let report = Audit { judges, older: None }.run(&Published(place.straight()), &mut |_| Ok(())).unwrap();
    assert_eq!((report.findings.len(), report.checkpoint.size().get()), (0, 400), "{:?}", report.findings);
    assert_eq!(report.checkpoint.origin().as_str(), ORIGIN);

    // And it goes on after a restart.
    let reopened = Publication::open_in(place.store(PATIENT), signer()).unwrap();
    assert_eq!(reopened.size().get(), 400);
    assert_eq!(reopened.entry(LeafIndex::new(399).unwrap()).unwrap(), all[399]);
}

/// A third of all requests meet with a fault, whichever.
fn sometimes(seed: u64) -> impl FnMut(&Asked) -> Fault + Send {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let mut entropy = Entropy::from_seed(&bytes);
    move |_| {
        let [whether, which] = entropy.bytes::<2>();
        if whether < 85 { FAULTS[usize::from(which) % FAULTS.len()] } else { Fault::None }
    }
}

const FAULTS: [Fault; 7] = [
    Fault::CutBefore,
    Fault::LostAnswer,
    Fault::HalfAnswer,
    Fault::Refused(500),
    Fault::Refused(503),
    Fault::DoneAndRefused(503),
    Fault::Late(Duration::from_millis(800)),
];
