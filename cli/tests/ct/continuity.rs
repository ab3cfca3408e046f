//! `--state`, `--evidence` and several `--trust`: what a desk remembers, and what it makes of contradictions.

use crate::desk::{AT, Said, ct};
use ct_core::state::State;
use ct_testdata::{Draft, LaterDraft, cosigners, fillers, world};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder with a trust root, to which bundles are added.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("trust.cbor"), world::sign(&world::trust())).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn bundle(&self, name: &str, draft: &Draft) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, draft.parts().encode()).unwrap();
        path
    }

    fn verify(&self, words: &[&str], bundles: &[&Path]) -> Said {
        let start = ["verify", "--at", AT].map(OsString::from).into_iter();
        let words = words.iter().map(OsString::from);
        let trust = ["--trust".into(), self.path("trust.cbor").into()];
        let state = ["--state".into(), self.path("state").into()];
        ct(start.chain(words).chain(trust).chain(state).chain(bundles.iter().map(OsString::from)))
    }

    fn state(&self) -> State {
        State::parse(&fs::read(self.path("state/state.cbor")).unwrap()).unwrap()
    }
}

fn step(said: &Said, name: &str) -> String {
    let report: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let steps = report["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["name"] == name).unwrap();
    let text = step.get("why").or(step.get("code")).or(step.get("result")).unwrap();
    text.as_str().unwrap().to_owned()
}

// R15.5: first use is said; what was seen is remembered; the same again is continuous.
#[test]
fn a_second_run_is_held_against_the_first() {
    let desk = Desk::new();
    let bundle = desk.bundle("a.cbor", &Draft::new("a", b"document a"));
    let first = desk.verify(&["--json"], &[&bundle]);
    assert_eq!((first.status, step(&first, "continuity").as_str()), (0, "first_seen"), "{}", first.err);
    let second = desk.verify(&["--json"], &[&bundle]);
    assert_eq!((second.status, step(&second, "continuity").as_str()), (0, "ok"));
    assert!(desk.state().knows(world::ORIGIN));
}

// R15.5: no link to what is remembered.
#[test]
fn a_bundle_that_nothing_links_is_discontinuous() {
    let desk = Desk::new();
    let large = desk.bundle("large.cbor", &Draft::new("a", b"document a"));
    let small = desk.bundle("small.cbor", &Draft::small("b", b"document b"));
    assert_eq!(desk.verify(&[], &[&large]).codes(), ["ok"]);
    let before = fs::read(desk.path("state/state.cbor")).unwrap();
    let said = desk.verify(&[], &[&small]);
    assert_eq!((said.status, said.codes()), (3, vec!["discontinuous.no_proof"]));
    assert_eq!(fs::read(desk.path("state/state.cbor")).unwrap(), before, "only verified bundles are remembered");
}

// R15.5: the proof that links a new checkpoint to what is remembered comes in a bundle that is known and was refreshed.
#[test]
fn a_refreshed_bundle_moves_the_memory_on() {
    let desk = Desk::new();
    let (mut a, mut b) = (Draft::small("a", b"document a"), Draft::small("b", b"document b"));
    b.before = [a.before.clone(), vec![a.statement()], a.after.clone()].concat();
    b.after = fillers(10, 12);
    let (old, new) = (desk.bundle("a.cbor", &a), desk.bundle("b.cbor", &b));
    assert_eq!(desk.verify(&[], &[&old]).codes(), ["ok"]);
    assert_eq!(desk.verify(&[], &[&new]).codes(), ["discontinuous.no_proof"]);
    let entries = [vec![b.statement()], b.after.clone()].concat();
    let cosigners = cosigners(world::ISSUED + 3_600);
    a.later.push(LaterDraft { entries, log_keys: a.log_keys.clone(), cosigners });
    let refreshed = desk.bundle("a-refreshed.cbor", &a);
    assert_eq!(desk.verify(&[], &[&refreshed]).codes(), ["ok"]);
    let said = desk.verify(&["--json"], &[&new]);
    assert_eq!((said.status, step(&said, "continuity").as_str()), (0, "ok"), "{}", said.out);
}

// R15.5: what only follows from an older checkpoint may be of another history than what came after it: it is not
// remembered, so that it links nothing.
#[test]
fn what_is_not_proven_to_follow_the_newest_is_not_remembered() {
    let desk = Desk::new();
    let a = Draft::small("a", b"document a");
    let refreshed = |entries: Vec<Vec<u8>>, after: u64| {
        let mut refreshed = a.clone();
        let (log_keys, cosigners) = (a.log_keys.clone(), cosigners(world::ISSUED + after));
        refreshed.later.push(LaterDraft { entries, log_keys, cosigners });
        refreshed
    };
    let mut b = Draft::small("b", b"document b");
    b.before = [a.before.clone(), vec![a.statement()], a.after.clone()].concat();
    b.after = fillers(20, 30);
    let one = desk.bundle("one.cbor", &refreshed(fillers(10, 12), 3_600));
    let other = desk.bundle("other.cbor", &refreshed([vec![b.statement()], b.after.clone()].concat(), 7_200));
    let of_the_other = desk.bundle("b.cbor", &b);
    assert_eq!(desk.verify(&[], &[&one]).codes(), ["ok"]);
    let before = desk.state();
    // Its anchor is known, so it is a document of this log; what comes later in it proves nothing about what is remembered.
    assert_eq!(desk.verify(&[], &[&other]).codes(), ["ok"]);
    assert_eq!(desk.state(), before);
    assert_eq!(desk.verify(&[], &[&of_the_other]).codes(), ["discontinuous.no_proof"]);
}

// One snapshot for a whole batch: the order of its bundles does not matter.
#[test]
fn a_batch_reads_one_snapshot() {
    let (one, other) = (Desk::new(), Desk::new());
    let run = |desk: &Desk, order: [usize; 2]| {
        let bundles = [
            desk.bundle("large.cbor", &Draft::new("a", b"document a")),
            desk.bundle("small.cbor", &Draft::small("b", b"document b")),
        ];
        let said = desk.verify(&[], &order.map(|position| bundles[position].as_path()));
        assert_eq!((said.status, said.codes()), (0, vec!["ok", "ok"]), "{}", said.err);
    };
    run(&one, [0, 1]);
    run(&other, [1, 0]);
    assert_eq!(one.state(), other.state());
}

// R15.6, R16 gate: two checkpoints of one size; the evidence convinces another desk by itself.
#[test]
fn two_histories_are_told_and_the_evidence_is_portable() {
    let desk = Desk::new();
    let (a, b) = (Draft::new("a", b"document a"), Draft::new("b", b"document b"));
    let (a, b) = (desk.bundle("a.cbor", &a), desk.bundle("b.cbor", &b));
    assert_eq!(desk.verify(&[], &[&a]).codes(), ["ok"]);
    let said = desk.verify(&[], &[&b]);
    assert_eq!((said.status, said.codes()), (1, vec!["equivocation.checkpoint"]));
    let evidence: Vec<_> = fs::read_dir(desk.path("state"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("equivocation-"))
        .collect();
    let [evidence] = evidence.as_slice() else { panic!("one file of evidence: {evidence:?}") };
    assert!(said.err.contains(evidence.to_str().unwrap()), "{}", said.err);
    // From now on the desk believes neither: it holds the proof against the log.
    let again = desk.verify(&[], &[&a, &b]);
    assert_eq!((again.status, again.codes()), (1, vec!["equivocation.log", "equivocation.log"]));
    assert_eq!(fs::read_dir(desk.path("state")).unwrap().count(), 3, "state, lock, and one file of evidence");

    let elsewhere = Desk::new();
    let said = elsewhere.verify(&["--evidence", evidence.to_str().unwrap()], &[&a]);
    assert_eq!((said.status, said.codes()), (1, vec!["equivocation.log"]));
}

// R15.6: two bundles of one run that contradict each other agree with what was remembered; the evidence is not lost.
#[test]
fn a_contradiction_within_one_run_leaves_evidence() {
    let desk = Desk::new();
    let a = desk.bundle("a.cbor", &Draft::new("a", b"document a"));
    let b = desk.bundle("b.cbor", &Draft::new("b", b"document b"));
    let said = desk.verify(&[], &[&a, &b]);
    // Each agrees with what was remembered, which is nothing; the run as a whole has found that the log cheats.
    assert_eq!((said.codes(), said.status), (vec!["ok", "ok"], 1));
    assert!(said.err.contains("evidence that the log has shown two histories"), "{}", said.err);
    let kept = fs::read_dir(desk.path("state")).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(kept.filter(|name| name.to_str().unwrap().starts_with("equivocation-")).count(), 1);
    let other_way_round = desk.verify(&["-q"], &[&b, &a]);
    assert_eq!((other_way_round.status, other_way_round.err.as_str()), (1, ""));
    assert_eq!(desk.verify(&[], &[&a, &b]).codes(), ["equivocation.log", "equivocation.log"]);
}

// Also where nobody reads a word.
#[test]
fn a_contradiction_within_one_quiet_run_shows_in_its_exit_status() {
    let desk = Desk::new();
    let a = desk.bundle("a.cbor", &Draft::new("a", b"document a"));
    let b = desk.bundle("b.cbor", &Draft::new("b", b"document b"));
    let said = desk.verify(&["-q"], &[&a, &b]);
    assert_eq!((said.status, said.out.as_str(), said.err.as_str()), (1, "", ""));
}

#[test]
fn what_is_no_evidence_ends_the_run() {
    let desk = Desk::new();
    let bundle = desk.bundle("a.cbor", &Draft::new("a", b"document a"));
    for (bytes, code, status) in [(b"garbage".as_slice(), "malformed.", 4), (b"\xa0", "malformed.", 4)] {
        let path = desk.path("evidence.cbor");
        fs::write(&path, bytes).unwrap();
        let said = desk.verify(&["--evidence", path.to_str().unwrap()], &[&bundle]);
        assert_eq!((said.status, said.out.as_str()), (status, ""), "{}", said.err);
        assert!(said.err.starts_with(&format!("ct: {code}")), "{}", said.err);
    }
}

#[test]
fn a_damaged_state_is_told_and_not_overwritten() {
    let desk = Desk::new();
    let bundle = desk.bundle("a.cbor", &Draft::new("a", b"document a"));
    fs::create_dir(desk.path("state")).unwrap();
    fs::write(desk.path("state/state.cbor"), b"damaged").unwrap();
    let said = desk.verify(&[], &[&bundle]);
    assert_eq!((said.status, said.out.as_str()), (4, ""), "{}", said.err);
    assert_eq!(fs::read(desk.path("state/state.cbor")).unwrap(), b"damaged");
}

// In a folder that others can write to, a pipe or a link in place of the lock neither hangs the run nor makes a file.
#[test]
fn nothing_stands_in_for_the_lock() {
    for link in [false, true] {
        let desk = Desk::new();
        let bundle = desk.bundle("a.cbor", &Draft::new("a", b"document a"));
        fs::create_dir(desk.path("state")).unwrap();
        let lock = desk.path("state/lock");
        if link {
            std::os::unix::fs::symlink(desk.path("elsewhere"), &lock).unwrap();
        } else {
            assert!(std::process::Command::new("mkfifo").arg(&lock).status().unwrap().success());
        }
        let said = desk.verify(&[], &[&bundle]);
        // The verdict stands; that it could not be remembered is told.
        assert_eq!((said.codes(), said.status), (vec!["ok"], 5), "{}", said.err);
        assert!(said.err.contains("ct: io."), "{}", said.err);
        assert!(!desk.path("elsewhere").exists());
    }
}

// Two runs at once lose nothing of each other's.
#[test]
fn runs_at_once_remember_everything() {
    let desk = Desk::new();
    let bundles: Vec<_> = (0..8)
        .map(|number| {
            let mut draft = Draft::small("a", b"document a");
            draft.after = (0..=number).map(|entry| format!("entry {entry} of log {number}").into_bytes()).collect();
            desk.bundle(&format!("{number}.cbor"), &draft)
        })
        .collect();
    std::thread::scope(|scope| {
        for bundle in &bundles {
            scope.spawn(|| {
                // Whether another run was first decides between first_seen and discontinuous; both are verdicts.
                let said = desk.verify(&[], &[bundle]);
                assert!(["ok", "discontinuous.no_proof"].contains(&said.codes()[0]), "{}", said.err);
                if said.codes() == ["ok"] { said.status } else { 0 }
            });
        }
    });
    let kept = (3..16).filter(|size| desk.state().at(world::ORIGIN, ct_core::TreeSize::new(*size).unwrap()).is_some());
    assert!(kept.count() >= 1);
}

/// The trust root of this number, signed by these root keys, of which these are its own.
fn trust_root(version: u32, own: &[&str], signers: &[&str]) -> Vec<u8> {
    let mut trust = world::trust();
    trust.root_version = version;
    trust.root.keys = own.iter().map(|kid| world::root_key(kid)).collect();
    world::sign_payload(&ct_core::trust::encode_trust(&trust), signers)
}

// R17.2, R20.4: a new trust root counts if the keys of the one before have signed it; an older one never again.
#[test]
fn trust_roots_follow_one_another() {
    let desk = Desk::new();
    let bundle = desk.bundle("a.cbor", &Draft::new("a", b"document a"));
    let put = |name: &str, bytes: Vec<u8>| fs::write(desk.path(name), bytes).unwrap();
    put("1.cbor", trust_root(1, &["root-1"], &["root-1"]));
    put("2.cbor", trust_root(2, &["root-2"], &["root-1", "root-2"]));
    put("2-alone.cbor", trust_root(2, &["root-2"], &["root-2"]));
    put("2-old-only.cbor", trust_root(2, &["root-2"], &["root-1"]));
    put("3.cbor", trust_root(3, &["root-2"], &["root-2"]));
    let run = |roots: &[&str]| {
        let start =
            ["verify", "--at", AT, "--state"].map(OsString::from).into_iter().chain([desk.path("state").into()]);
        let roots = roots.iter().flat_map(|name| ["--trust".into(), OsString::from(desk.path(name))]);
        let said = ct(start.chain(roots).chain([bundle.clone().into()]));
        said.codes()[0].to_owned()
    };
    assert_eq!(run(&["1.cbor", "2-alone.cbor"]), "trust.threshold");
    assert_eq!(run(&["2-old-only.cbor"]), "trust.threshold");
    assert_eq!(run(&["1.cbor", "3.cbor"]), "trust.chain");
    assert_eq!(run(&["2.cbor", "1.cbor"]), "trust.rollback");
    assert_eq!(run(&["1.cbor"]), "ok");
    assert_eq!(run(&["2.cbor"]), "trust.chain", "nothing links it to the one that is remembered");
    assert_eq!(run(&["2-alone.cbor"]), "trust.chain");
    assert_eq!(run(&["1.cbor", "2.cbor"]), "ok");
    assert_eq!(run(&["2.cbor"]), "ok", "it is remembered now");
    assert_eq!(run(&["1.cbor"]), "trust.rollback");
    assert_eq!(run(&["2.cbor", "3.cbor"]), "ok");
    assert_eq!(run(&["1.cbor", "2.cbor", "3.cbor"]), "ok");
    assert_eq!(run(&["2.cbor"]), "trust.rollback");
}
