//! Status lists and refreshed bundles: from a reference in a document to what core says of it.

use crate::fixture::{at, directory, files, key, plan};
use ct_core::bundle::BundledStatus;
use ct_core::limits::{MAX_LATER_CHECKPOINTS, MAX_STATUS_LIST_BYTES};
use ct_core::status_list::{Status, StatusToken};
use ct_core::trust::Pin;
use ct_core::{
    AtSource, Bundle, Checkpoint, Code, Document, Hash, Mode, Request, Statement, Subject, SubjectKind, Timestamp,
};
use ct_keys::{KeyFile, Role, trust_file};
use ct_node::{Change, Draft, Entropy, Registry, StatusEntry, StatusLists};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const DAY: u64 = 86_400;

struct Fixture {
    registry: Registry,
    entropy: Entropy,
}

impl Fixture {
    fn create(dir: &Path) -> Self {
        let mut entropy = Entropy::from_seed(&[1; 32]);
        let mut plan = plan();
        // Evidence of half a day, so that it can be stale before the status is.
        plan.trust.evidence = ct_core::Seconds::new(DAY / 2);
        let registry = Registry::create(dir, &plan, &mut entropy).unwrap();
        Self { registry, entropy }
    }

    /// Documents with a status, under one statement; their bundles.
    fn issue(&mut self, count: usize, now: Timestamp) -> Vec<Vec<u8>> {
        let entries = self.registry.reserve_status(count, now, &mut self.entropy).unwrap();
        let drafts: Vec<Draft> = entries.into_iter().map(|entry| draft(Some(entry))).collect();
        let signed = self.registry.sign_batch(&drafts, now, &mut self.entropy).unwrap();
        let anchored = self.registry.anchor_with_status(vec![signed], now, &mut self.entropy).unwrap();
        (0..count).map(|number| self.registry.bundle(&anchored, number, None, now).unwrap()).collect()
    }

    fn change(&mut self, bundles: &[&Vec<u8>], change: Change, now: Timestamp) -> Result<Vec<Vec<u8>>, Code> {
        let entries: Vec<StatusEntry> = bundles.iter().map(|bundle| self.entry(bundle)).collect();
        let newest = self.registry.change_status(&entries, change, now, &mut self.entropy);
        let newest = newest.map_err(|error| error.code())?;
        Ok(bundles.iter().map(|bundle| self.registry.refresh(bundle, &newest, now).unwrap().0).collect())
    }

    fn refresh(&mut self, bundle: &[u8], now: Timestamp) -> Result<Vec<u8>, Code> {
        let uris: BTreeSet<String> = self
            .registry
            .status_entry(bundle)
            .map_err(|error| error.code())?
            .map(|entry| entry.uri)
            .into_iter()
            .collect();
        let newest = self.registry.newest(&uris, now, &mut self.entropy).map_err(|error| error.code())?;
        self.registry.refresh(bundle, &newest, now).map(|(bundle, _)| bundle).map_err(|error| error.code())
    }

    fn entry(&self, bundle: &[u8]) -> StatusEntry {
        self.registry.status_entry(bundle).unwrap().unwrap()
    }

    fn code(&self, bundle: &[u8], mode: Mode, at: Timestamp) -> Code {
        let report = ct_core::verify(&Request {
            bundle,
            document: Document::HashOnly,
            trust: Ok(self.registry.trust()),
            mode,
            at,
            at_source: AtSource::Given,
            state: None,
            evidence: &[],
        });
        report.code()
    }

    fn strict(&self, bundle: &[u8], at: Timestamp) -> Code {
        self.code(bundle, Mode::Strict, at)
    }
}

fn draft(status: Option<StatusEntry>) -> Draft {
    Draft {
        document_hash: Hash::of(b"document"),
        document_type: "diploma".to_owned(),
        sub: String::new(),
        expires: None,
        kind: SubjectKind::File,
        status,
    }
}

fn token_time(bundle: &[u8]) -> Timestamp {
    let bundle = Bundle::parse(bundle).unwrap();
    let status = BundledStatus::parse(bundle.status.unwrap()).unwrap();
    StatusToken::parse(status.token).unwrap().claims().issued_at
}

// The status of one document changes, and of no other; every change is a later entry of the log.
#[test]
fn a_document_is_suspended_reinstated_and_revoked() {
    let dir = directory();
    let mut f = Fixture::create(&dir.path().join("r"));
    let bundles = f.issue(3, at(100));
    for bundle in &bundles {
        assert_eq!(f.strict(bundle, at(110)), Code::Ok);
        assert_eq!(token_time(bundle), at(100));
    }
    let suspended = f.change(&[&bundles[1]], Change::Suspend, at(200)).unwrap().remove(0);
    assert_eq!(f.strict(&suspended, at(210)), Code::RevokedSuspended);
    let other = f.refresh(&bundles[0], at(220)).unwrap();
    assert_eq!(f.strict(&other, at(220)), Code::Ok);
    let again = f.refresh(&suspended, at(230)).unwrap();
    assert_eq!(f.strict(&again, at(230)), Code::RevokedSuspended);
    let reinstated = f.change(&[&suspended], Change::Reinstate, at(300)).unwrap().remove(0);
    assert_eq!(f.strict(&reinstated, at(310)), Code::Ok);
    let revoked = f.change(&[&bundles[1], &bundles[2]], Change::Revoke, at(400)).unwrap();
    for bundle in &revoked {
        assert_eq!(f.strict(bundle, at(410)), Code::RevokedDocument);
        // However stale, and in an archive.
        assert_eq!(f.strict(bundle, at(9 * DAY)), Code::RevokedDocument);
        assert_eq!(f.code(bundle, Mode::Archival, at(9 * DAY)), Code::RevokedDocument);
    }
    let other = f.refresh(&other, at(420)).unwrap();
    assert_eq!(f.strict(&other, at(420)), Code::Ok);
}

#[test]
fn what_is_revoked_stays_revoked() {
    let dir = directory();
    let mut f = Fixture::create(&dir.path().join("r"));
    let bundles = f.issue(3, at(100));
    f.change(&[&bundles[0]], Change::Revoke, at(110)).unwrap();
    let before = files(&dir.path().join("r"));
    assert_eq!(f.change(&[&bundles[0]], Change::Reinstate, at(120)), Err(Code::RevokedDocument));
    assert_eq!(f.change(&[&bundles[0]], Change::Suspend, at(120)), Err(Code::RevokedDocument));
    assert_eq!(f.change(&[&bundles[1]], Change::Reinstate, at(120)), Err(Code::UsageArguments));
    // All or none.
    assert_eq!(f.change(&[&bundles[2], &bundles[0]], Change::Suspend, at(120)), Err(Code::RevokedDocument));
    assert_eq!(files(&dir.path().join("r")), before);
    // The same again is no mistake, and is published again.
    let again = f.change(&[&bundles[0]], Change::Revoke, at(130)).unwrap().remove(0);
    assert_eq!(f.strict(&again, at(130)), Code::RevokedDocument);
    let other = f.refresh(&bundles[2], at(140)).unwrap();
    assert_eq!(f.strict(&other, at(140)), Code::Ok);
}

// Also with the same randomness again after the registry was closed.
#[test]
fn an_index_is_never_used_again() {
    let dir = directory();
    let root = dir.path().join("r");
    let mut used = BTreeSet::new();
    drop(Fixture::create(&root));
    for _ in 0..5 {
        let mut registry = Registry::open(&root).unwrap();
        for count in [1, 40, 3] {
            for entry in registry.reserve_status(count, at(100), &mut Entropy::from_seed(&[9; 32])).unwrap() {
                assert_eq!(entry.uri, "https://issuer.example/status/1");
                assert!(entry.index < 4 * u64::try_from(MAX_STATUS_LIST_BYTES).unwrap());
                assert!(used.insert(entry.index), "{}", entry.index);
            }
        }
    }
    assert_eq!(used.len(), 5 * 44);
}

// A list is left for the next one when it is half full, and says the right thing about every index.
#[test]
fn more_lists_are_made_when_one_is_half_full() {
    let dir = directory();
    let status_key = || key(Role::Status, "issuer.example/status#1", 6);
    let mut entropy = Entropy::from_seed(&[1; 32]);
    let mut lists = StatusLists::open(dir.path(), status_key(), "https://i.example/").unwrap();
    let entries = lists.reserve((1 << 18) + 5, &mut entropy).unwrap();
    let by_uri = entries.iter().fold(BTreeMap::<&str, usize>::new(), |mut count, entry| {
        *count.entry(&entry.uri).or_default() += 1;
        count
    });
    assert_eq!(by_uri, [("https://i.example/1", 1 << 18), ("https://i.example/2", 5)].into());
    assert_eq!(entries.iter().collect::<BTreeSet<_>>().len(), entries.len());
    let third = |at: usize| entries.iter().skip(at).step_by(3).cloned().collect::<Vec<_>>();
    lists.change(&third(0), Change::Revoke).unwrap();
    lists.change(&third(1), Change::Suspend).unwrap();
    let mut lists = StatusLists::open(dir.path(), status_key(), "https://i.example/").unwrap();
    for uri in by_uri.keys() {
        let signed = lists.sign(uri, "i", at(1), ct_core::Seconds::new(0), &mut entropy).unwrap();
        let token = StatusToken::parse(&signed.token).unwrap();
        for (number, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.uri == *uri).step_by(1_001) {
            let expected = [Status::Invalid, Status::Suspended, Status::Valid][number % 3];
            assert_eq!(token.claims().status(entry.index), Ok(expected));
            assert_eq!(lists.status(entry).unwrap(), expected);
        }
    }
    let unknown = StatusEntry { uri: "https://i.example/3".to_owned(), index: 0 };
    assert_eq!(lists.status(&unknown).map_err(|error| error.code()), Err(Code::TamperedStatus));
}

// A clock that goes back a little gets the same time again; one that goes back far is refused.
#[test]
fn the_time_of_a_list_never_decreases() {
    let dir = directory();
    let mut f = Fixture::create(&dir.path().join("r"));
    let bundle = f.issue(1, at(1_000)).remove(0);
    let mut last = at(0);
    for (now, expected) in [(1_100, 1_100), (1_050, 1_100), (900, 1_100), (1_200, 1_200), (901, 1_200)] {
        let refreshed = f.refresh(&bundle, at(now)).unwrap();
        assert_eq!(token_time(&refreshed), at(expected));
        assert!(token_time(&refreshed) >= last);
        last = token_time(&refreshed);
    }
    assert_eq!(f.refresh(&bundle, at(899)), Err(Code::UsageTime));
    drop(f.registry);
    f.registry = Registry::open(&dir.path().join("r")).unwrap();
    assert_eq!(f.refresh(&bundle, at(899)), Err(Code::UsageTime));
    assert_eq!(token_time(&f.refresh(&bundle, at(1_000)).unwrap()), at(1_200));
    // In the log, too.
    let times: Vec<u64> = (0..f.registry.log().size().get())
        .map(|index| f.registry.log().entry(ct_core::LeafIndex::new(index).unwrap()).unwrap())
        .filter_map(|entry| {
            let header = *Statement::parse(&entry).unwrap().header();
            (header.statement_type == ct_core::StatementType::Status).then_some(header.issued_at.seconds())
        })
        .collect();
    assert!(times.len() >= 6 && times.is_sorted(), "{times:?}");
}

// Stale without refresh, good with it; the anchor stays, and there are never more than four later checkpoints.
#[test]
fn refresh_keeps_a_bundle_fresh() {
    let dir = directory();
    let mut f = Fixture::create(&dir.path().join("r"));
    let original = f.issue(1, at(0)).remove(0);
    let anchor = Bundle::parse(&original).unwrap().checkpoint.unwrap().to_owned();
    let mut bundle = original.clone();
    for day in 1..=8 {
        let now = at(day * DAY);
        assert_eq!(f.strict(&bundle, now), Code::StaleEvidence, "day {day}");
        // Every other day the log grows for other reasons.
        if day % 2 == 0 {
            f.issue(1, now);
        }
        bundle = f.refresh(&bundle, now).unwrap();
        assert_eq!(f.strict(&bundle, now), Code::Ok, "day {day}");
        let parsed = Bundle::parse(&bundle).unwrap();
        assert_eq!(parsed.checkpoint.unwrap(), anchor);
        assert_eq!(parsed.later.len(), usize::try_from(day).unwrap().min(MAX_LATER_CHECKPOINTS));
        assert_eq!(token_time(&bundle), now);
    }
    // The first bundle of all, too, in one step.
    let jump = f.refresh(&original, at(8 * DAY)).unwrap();
    assert_eq!(f.strict(&jump, at(8 * DAY)), Code::Ok);
    assert_eq!(Bundle::parse(&jump).unwrap().later.len(), 1);
    // The status alone is stale after a week.
    assert!([Code::StaleEvidence, Code::StaleStatus].contains(&f.strict(&original, at(8 * DAY))));
}

// Without a status and while the log is idle: the same checkpoint, cosigned again, in the place of the older one.
#[test]
fn refresh_cosigns_an_idle_log_again() {
    let dir = directory();
    let mut f = Fixture::create(&dir.path().join("r"));
    let signed = f.registry.sign(&[draft(None)], at(0), &mut f.entropy).unwrap();
    let anchored = f.registry.anchor(signed, at(0)).unwrap();
    let mut bundle = f.registry.bundle(&anchored, 0, None, at(0)).unwrap();
    let size = f.registry.log().size();
    for day in 1..=6 {
        let now = at(day * DAY);
        assert_eq!(f.strict(&bundle, now), Code::StaleEvidence);
        bundle = f.refresh(&bundle, now).unwrap();
        assert_eq!(f.strict(&bundle, now), Code::Ok);
        assert_eq!(Bundle::parse(&bundle).unwrap().later.len(), 1);
        assert_eq!(f.registry.log().size(), size);
    }
    let published = fs::read_to_string(dir.path().join("r/log/checkpoint")).unwrap();
    assert!(
        Bundle::parse(&bundle).unwrap().later[0].checkpoint_signature.is_some_and(|lines| published.ends_with(lines))
    );
}

#[test]
fn refuses_bundles_that_are_not_its_own() {
    let (dir, other) = (directory(), directory());
    let mut f = Fixture::create(&dir.path().join("r"));
    let bundles = f.issue(2, at(100));
    let mut others = Fixture::create(&other.path().join("r"));
    others.entropy = Entropy::from_seed(&[77; 32]);
    let foreign = others.issue(2, at(100)).remove(0);
    let code = |f: &Fixture, bundle: &[u8]| f.registry.status_entry(bundle).map(drop).map_err(|error| error.code());
    assert_eq!(code(&f, &bundles[0]), Ok(()));
    assert_eq!(code(&f, &foreign), Err(Code::UnknownLog));
    assert_eq!(code(&f, b"\x80"), Err(Code::MalformedKind));
    let bundle = Bundle::parse(&bundles[0]).unwrap();
    let subject = Subject::parse(bundle.subject.unwrap()).unwrap();
    let status = subject.status.map(|status| ct_core::StatusReference { index: status.index ^ 1, ..status });
    let moved = Subject { status, ..subject }.encode();
    let swapped = Bundle { subject: Some(&moved), ..bundle.clone() };
    assert_eq!(code(&f, &swapped.encode()), Err(Code::TamperedSubject));
    let without = |change: fn(&mut Bundle<'_>)| {
        let mut bundle = bundle.clone();
        change(&mut bundle);
        code(&f, &bundle.encode())
    };
    assert_eq!(without(|bundle| bundle.subject = None), Err(Code::IncompleteSubject));
    assert_eq!(without(|bundle| bundle.statement = None), Err(Code::IncompleteStatement));
    assert_eq!(without(|bundle| bundle.leaf_index = None), Err(Code::IncompleteLeafIndex));
    // What does not verify before does not verify after, and is not handed out.
    let broken = Bundle { checkpoint_signature: None, ..bundle.clone() }.encode();
    assert_eq!(f.refresh(&broken, at(200)), Err(Code::IncompleteCheckpointSignature));
    let missing = f.registry.newest(&BTreeSet::new(), at(200), &mut f.entropy).unwrap();
    let refused = f.registry.refresh(&bundles[0], &missing, at(200)).map(drop).map_err(|error| error.code());
    assert_eq!(refused, Err(Code::IncompleteStatus));
}

// A registry without a status key goes on as before, and has no statuses.
#[test]
fn statuses_need_a_status_key() {
    let dir = directory();
    let root = dir.path().join("r");
    drop(Fixture::create(&root));
    let reserve = |now| {
        let mut registry = Registry::open(&root).unwrap();
        registry.reserve_status(1, now, &mut Entropy::from_seed(&[9; 32])).map(drop).map_err(|error| error.code())
    };
    assert_eq!(reserve(at(100)), Ok(()));
    assert_eq!(reserve(at(1_000_000)), Err(Code::TrustExpired));
    fs::write(root.join("state/status-1"), b"\x80").unwrap();
    assert!(Registry::open(&root).is_err_and(|error| error.code().as_str().starts_with("malformed.")));
    fs::remove_file(root.join("state/status-1")).unwrap();
    fs::remove_file(root.join("keys/status.pem")).unwrap();
    assert_eq!(reserve(at(100)), Err(Code::UnknownIssuerKey));
    fs::rename(root.join("keys/issuer.pem"), root.join("keys/kept.pem")).unwrap();
    fs::copy(root.join("keys/kept.pem"), root.join("keys/status.pem")).unwrap();
    fs::rename(root.join("keys/kept.pem"), root.join("keys/issuer.pem")).unwrap();
    assert_eq!(Registry::open(&root).map(drop).map_err(|error| error.code()), Err(Code::IoKeyFile));
}

// A checkpoint that the trust root pins is what vouches for an old anchor, so it does not give way to a newer one.
#[test]
fn refresh_keeps_pinned_checkpoints() {
    let dir = directory();
    let root = dir.path().join("r");
    let mut f = Fixture::create(&root);
    let mut bundle = f.issue(1, at(0)).remove(0);
    for day in 1..=4 {
        bundle = f.refresh(&bundle, at(day * DAY)).unwrap();
    }
    let sizes = |bundle: &[u8]| -> Vec<u64> {
        let size = |text: &str| Checkpoint::parse(text).unwrap().size().get();
        Bundle::parse(bundle).unwrap().later.iter().map(|later| size(later.checkpoint)).collect()
    };
    let before = sizes(&bundle);
    let pinned = Checkpoint::parse(Bundle::parse(&bundle).unwrap().later[3].checkpoint).unwrap();
    let mut trust = f.registry.trust().trust().clone();
    trust.logs[0].pins.push(Pin { size: pinned.size(), root: pinned.root(), time: at(4 * DAY) });
    trust.root_version += 1;
    let root_key = KeyFile::read(&root.join("keys/root.pem"), Role::Root).unwrap();
    fs::write(root.join("trust.cbor"), trust_file::sign(&trust, &[&root_key])).unwrap();
    drop(f.registry);
    f.registry = Registry::open(&root).unwrap();
    let mut expected = vec![before[0], before[1], before[3]];
    for day in 5..=7 {
        bundle = f.refresh(&bundle, at(day * DAY)).unwrap();
        expected.push(f.registry.log().size().get());
        assert_eq!(sizes(&bundle), expected, "day {day}");
        assert_eq!(f.strict(&bundle, at(day * DAY)), Code::Ok);
        // The newest of those that are not pinned gives way next time.
        expected.pop();
    }
}

// R10: killed after the list was changed and before it was logged: the change is kept, and the next list says it.
#[test]
fn a_change_that_was_not_published_is_published_with_the_next_list() {
    let dir = directory();
    let root = dir.path().join("r");
    let mut f = Fixture::create(&root);
    let bundles = f.issue(2, at(100));
    let log_before: BTreeMap<_, _> = files(&root).into_iter().filter(|(name, _)| !name.contains("status-")).collect();
    f.change(&[&bundles[0]], Change::Revoke, at(200)).unwrap();
    let changed = fs::read(root.join("state/status-1")).unwrap();
    drop(f.registry);
    let crashed = directory();
    for (name, bytes) in &log_before {
        let path = crashed.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    fs::write(crashed.path().join("state/status-1"), changed).unwrap();
    f.registry = Registry::open(crashed.path()).unwrap();
    let refreshed = bundles.iter().map(|bundle| f.refresh(bundle, at(300)).unwrap()).collect::<Vec<_>>();
    assert_eq!(f.strict(&refreshed[0], at(300)), Code::RevokedDocument);
    assert_eq!(f.strict(&refreshed[1], at(300)), Code::Ok);
    // And nobody gets its index.
    let used = f.entry(&bundles[0]).index;
    let more = f.registry.reserve_status(1_000, at(300), &mut f.entropy).unwrap();
    assert!(more.iter().all(|entry| entry.index != used));
}

/// What a small model knows of a document.
struct Life {
    bundle: Vec<u8>,
    status: Status,
    /// What the bundle in hand says, which may be older.
    told: Status,
    refreshed: u64,
}

// Random lives: documents are issued, revoked, suspended, reinstated and refreshed, the registry is closed and opened,
// time goes by; every bundle says what a small model says, and is stale exactly when it says so.
#[test]
fn random_lives_are_as_a_model_says() {
    for seed in 0..3_u8 {
        let dir = directory();
        let root = dir.path().join("r");
        let mut f = Fixture::create(&root);
        f.entropy = Entropy::from_seed(&[seed; 32]);
        let mut choice = Entropy::from_seed(&[seed ^ 0xff; 32]);
        let mut pick = |below: usize| usize::from(u16::from_be_bytes(choice.bytes())) % below;
        let mut lives: Vec<Life> = Vec::new();
        let mut now = 100;
        for step in 0..50 {
            let context = format!("seed {seed}, step {step}");
            now += u64::try_from(pick(8_000)).unwrap();
            match (pick(7), lives.is_empty()) {
                (0, _) | (_, true) => {
                    let issued = f.issue(1 + pick(4), at(now));
                    lives.extend(issued.into_iter().map(|bundle| Life {
                        bundle,
                        status: Status::Valid,
                        told: Status::Valid,
                        refreshed: now,
                    }));
                }
                (1, _) => {
                    drop(f.registry);
                    f.registry = Registry::open(&root).unwrap();
                }
                (2 | 3, _) => {
                    let life = pick(lives.len());
                    let life = &mut lives[life];
                    life.bundle = f.refresh(&life.bundle, at(now)).unwrap();
                    (life.told, life.refreshed) = (life.status, now);
                }
                _ => {
                    let life = pick(lives.len());
                    let life = &mut lives[life];
                    let change = [Change::Revoke, Change::Suspend, Change::Reinstate][pick(3)];
                    let expected = match (change, life.status) {
                        (Change::Revoke, _) => Ok(Status::Invalid),
                        (_, Status::Invalid) => Err(Code::RevokedDocument),
                        (Change::Suspend, _) => Ok(Status::Suspended),
                        (_, Status::Suspended) => Ok(Status::Valid),
                        _ => Err(Code::UsageArguments),
                    };
                    let changed = f.change(&[&life.bundle], change, at(now)).map(|mut bundles| bundles.remove(0));
                    assert_eq!(changed.as_ref().map(drop).map_err(|code| *code), expected.map(drop), "{context}");
                    if let (Ok(bundle), Ok(status)) = (changed, expected) {
                        life.status = status;
                        // Half of the holders hear of it.
                        if pick(2) == 0 {
                            (life.bundle, life.told, life.refreshed) = (bundle, status, now);
                        }
                    }
                }
            }
            for life in &lives {
                let expected = match life.told {
                    Status::Invalid => Code::RevokedDocument,
                    Status::Suspended => Code::RevokedSuspended,
                    _ if life.refreshed + DAY / 2 < now => Code::StaleEvidence,
                    _ => Code::Ok,
                };
                assert_eq!(f.strict(&life.bundle, at(now)), expected, "{context}");
            }
        }
    }
}
