//! Evidence that a log has shown two histories: what convinces, and what does not (R15.5, R15.6).

use crate::{flipped, request};
use ct_core::evidence::{Equivocation, of_two_checkpoints, of_two_leaves};
use ct_core::limits::MAX_EVIDENCE_BYTES;
use ct_core::merkle::leaf_hash;
use ct_core::state::State;
use ct_core::trust::Trust;
use ct_core::verify::{Skip, examine};
use ct_core::{Checkpoint, Code, Error, Hash, LeafIndex, Report, Request, StepName, StepResult, verify};
use ct_testdata::note::LineKey;
use ct_testdata::world::{self, ISSUED, ORIGIN};
use ct_testdata::{Draft, Parts, Tree, fillers};

const ELSEWHERE: &str = "log.elsewhere.example";

fn note_of(origin: &str, key: &str, entries: &[Vec<u8>]) -> String {
    let checkpoint = Tree::of(entries).checkpoint(origin);
    let key = LineKey { name: origin.to_owned(), key: key.to_owned() };
    format!("{checkpoint}\n{}", key.log_line(&checkpoint))
}

fn note(entries: &[Vec<u8>]) -> String {
    note_of(ORIGIN, ORIGIN, entries)
}

fn one() -> Vec<Vec<u8>> {
    fillers(0, 9)
}

fn other() -> Vec<Vec<u8>> {
    [fillers(0, 3), fillers(20, 26)].concat()
}

fn code(trust: &Trust, bytes: &[u8]) -> Result<(), Code> {
    Equivocation::load(bytes, &world::root(trust)).map(|_| ()).map_err(Error::code)
}

fn convinces(bytes: &[u8]) -> Result<(), Code> {
    code(&world::trust(), bytes)
}

/// Evidence of two leaves at `index` in the trees of these entries.
fn leaves(index: u64, entries: [&[Vec<u8>]; 2]) -> Vec<u8> {
    let notes = entries.map(note);
    let leaf = |entries: &[Vec<u8>]| leaf_hash(&entries[usize::try_from(index).unwrap()]);
    let (leaves, proofs) = (entries.map(leaf), entries.map(|entries| Tree::of(entries).inclusion(index)));
    let half = |at: usize| (notes[at].as_str(), &leaves[at], proofs[at].as_slice());
    of_two_leaves(LeafIndex::new(index).unwrap(), [half(0), half(1)])
}

// R15.5: two checkpoints of one size.
#[test]
fn two_checkpoints_convince_only_if_they_contradict() {
    let pair = |first: &str, second: &str| convinces(&of_two_checkpoints(first, second));
    assert_eq!(pair(&note(&one()), &note(&other())), Ok(()));
    assert_eq!(pair(&note(&other()), &note(&one())), Ok(()));
    // Honest pairs: the same twice, and a log that has grown.
    assert_eq!(pair(&note(&one()), &note(&one())), Err(Code::MalformedEvidence));
    assert_eq!(pair(&note(&one()), &note(&fillers(0, 8))), Err(Code::MalformedEvidence));
    // Sizes differ: with this form nothing is shown, even though the histories are two.
    assert_eq!(pair(&note(&one()), &note(&other()[..8])), Err(Code::MalformedEvidence));
}

// R15.5: both are the log's own word.
#[test]
fn only_what_the_log_signed_speaks_against_it() {
    let pair = |trust: &Trust, second: &str| code(trust, &of_two_checkpoints(&note(&one()), second));
    let trust = world::trust();
    let unsigned = Tree::of(&other()).checkpoint(ORIGIN);
    assert_eq!(pair(&trust, &note_of(ORIGIN, "forger", &other())), Err(Code::NotAnchoredLogSignature));
    let line = LineKey::new(ORIGIN).log_line(&Tree::of(&one()).checkpoint(ORIGIN));
    assert_eq!(pair(&trust, &format!("{unsigned}\n{line}")), Err(Code::TamperedCheckpoint));
    assert_eq!(pair(&trust, &unsigned), Err(Code::MalformedNote));
    let elsewhere = note_of(ELSEWHERE, ELSEWHERE, &other());
    assert_eq!(pair(&trust, &elsewhere), Err(Code::UnknownLog));
    let mut two_logs = world::trust();
    two_logs.logs.push(world::log(ELSEWHERE));
    assert_eq!(pair(&two_logs, &elsewhere), Err(Code::MalformedEvidence));
    assert_eq!(code(&two_logs, &of_two_checkpoints(&elsewhere, &note_of(ELSEWHERE, ELSEWHERE, &one()))), Ok(()));
}

// R15.5, R17.2: whoever stole a key can sign any history.
#[test]
fn a_stolen_key_speaks_against_nobody() {
    let mut trust = world::trust();
    let stolen = LineKey { name: ORIGIN.to_owned(), key: "log.example/2026/2".to_owned() };
    trust.logs[0].keys.push(world::log_key(&stolen));
    let evidence = of_two_checkpoints(&note(&one()), &note_of(ORIGIN, &stolen.key, &other()));
    assert_eq!(code(&trust, &evidence), Ok(()));
    trust.logs[0].keys[1].window.compromised_from = Some(world::time(ISSUED));
    assert_eq!(code(&trust, &evidence), Err(Code::NotAnchoredLogSignature));
}

// R15.5: two leaves at one index, in trees of any size.
#[test]
fn two_leaves_convince_only_if_both_are_proven() {
    assert_eq!(convinces(&leaves(3, [&one(), &other()])), Ok(()));
    assert_eq!(convinces(&leaves(3, [&one(), &other()[..5]])), Ok(()));
    // The leaf is the same in both.
    assert_eq!(convinces(&leaves(2, [&one(), &other()])), Err(Code::MalformedEvidence));
    assert_eq!(convinces(&leaves(3, [&one(), &one()])), Err(Code::MalformedEvidence));
    let (first, second) = (note(&one()), note(&other()));
    let [leaf, another] = [leaf_hash(&one()[3]), leaf_hash(&other()[3])];
    let [proof, proof_of_another] = [one(), other()].map(|entries| Tree::of(&entries).inclusion(3));
    let pair = |second: (&str, &Hash, &[Hash])| {
        convinces(&of_two_leaves(LeafIndex::new(3).unwrap(), [(&first, &leaf, &proof), second]))
    };
    assert_eq!(pair((&second, &another, &proof_of_another)), Ok(()));
    // A failed or missing proof is an incident, never evidence.
    assert_eq!(pair((&second, &another, &proof)), Err(Code::TamperedInclusion));
    assert_eq!(pair((&second, &Hash::of(b"garbage"), &proof_of_another)), Err(Code::TamperedInclusion));
    assert_eq!(pair((&first, &another, &proof)), Err(Code::TamperedInclusion));
    assert_eq!(pair((&second, &another, &[])), Err(Code::MalformedProofLength));
    assert_eq!(pair((&second, &another, &[leaf; 63])), Err(Code::MalformedProofLength));
}

// R14.3
#[test]
fn garbage_is_no_evidence() {
    let good = of_two_checkpoints(&note(&one()), &note(&other()));
    assert_eq!(convinces(&good), Ok(()));
    assert_eq!(convinces(b""), Err(Code::MalformedEmpty));
    assert_eq!(convinces(&world::sign(&world::trust())), Err(Code::MalformedField));
    assert_eq!(convinces(&Draft::small("evidence", b"document").parts().encode()), Err(Code::MalformedKind));
    assert_eq!(convinces(&[0; MAX_EVIDENCE_BYTES]), Err(Code::MalformedTrailing));
    assert_eq!(convinces(&[0; MAX_EVIDENCE_BYTES + 1]), Err(Code::LimitLength));
    let replaced = |from: &[u8], to: &[u8]| {
        let at = good.windows(from.len()).position(|window| window == from).unwrap();
        convinces(&[&good[..at], to, &good[at + from.len()..]].concat())
    };
    assert_eq!(replaced(b"gversion\x01", b"gversion\x02"), Err(Code::UnsupportedVersion));
    // A part that this form does not have: the first half gets a leaf.
    let leaf = [b"efirst\xa2dleaf\x58\x20".as_slice(), &[7; 32]].concat();
    assert_eq!(replaced(b"efirst\xa1", &leaf), Err(Code::MalformedField));
    // An index without leaves.
    let mut indexed = [&[0xa5], &good[1..], b"jleaf_index\x03"].concat();
    assert_eq!(convinces(&indexed), Err(Code::MalformedEvidence));
    indexed.push(0);
    assert_eq!(convinces(&indexed), Err(Code::MalformedTrailing));
}

// R14.3, R7.1
#[test]
fn no_truncation_and_no_flip_convinces() {
    let trust = world::root(&world::trust());
    for good in [of_two_checkpoints(&note(&one()), &note(&other())), leaves(3, [&one(), &other()])] {
        for length in 0..good.len() {
            assert!(Equivocation::load(&good[..length], &trust).is_err(), "{length} bytes");
        }
        for bit in 0..good.len() * 8 {
            assert!(Equivocation::load(&flipped(&good, bit), &trust).is_err(), "bit {bit}");
        }
    }
}

fn remembering(note: Option<String>, text: &str) -> State {
    let mut state = State::default();
    state.remember(&Checkpoint::parse(text).unwrap(), note);
    state
}

/// A bundle, and the state of a verifier that was shown another history of the log at the anchor's size.
fn contradicted() -> (Parts, State) {
    let parts = Draft::small("evidence", b"document").parts();
    let entries = fillers(0, 4);
    (parts, remembering(Some(note(&entries)), &Tree::of(&entries).checkpoint(ORIGIN)))
}

// R15.6: found, written, and honoured by the next verifier.
#[test]
fn a_contradiction_becomes_evidence_that_counts() {
    let trust = world::root(&world::trust());
    let (parts, state) = contradicted();
    let bundle = parts.encode();
    let outcome = examine(&Request { state: Some(&state), ..request(&trust, &bundle) });
    assert_eq!(outcome.report.code(), Code::EquivocationCheckpoint);
    assert!(outcome.seen.is_empty(), "what contradicts is not remembered");
    let evidence = [Equivocation::load(&outcome.evidence.unwrap(), &trust).unwrap()];
    assert_eq!(evidence[0].origin(), ORIGIN);
    let another = Draft::new("another", b"another document").parts();
    let verdict = |trust: &ct_core::TrustRoot| {
        verify(&Request { evidence: &evidence, ..request(trust, &another.encode()) }).code()
    };
    assert_eq!(verdict(&trust), Code::EquivocationLog);
    // A log that evidence names counts only through a pin.
    let mut pinned = world::trust();
    pinned.logs[0].pins.push(another.pin(world::ANCHORED));
    assert_eq!(verdict(&world::root(&pinned)), Code::Ok);
    pinned.logs[0].pins[0] =
        Draft::new("elsewhere", b"another").refreshed(3, ISSUED + 100).parts().later[0].pin(ISSUED);
    assert_eq!(verdict(&world::root(&pinned)), Code::EquivocationLog);
}

// R15.5: without the log's own signature on both there is nothing to show to others.
#[test]
fn a_contradiction_without_both_signatures_is_no_evidence() {
    let trust = world::root(&world::trust());
    let (parts, state) = contradicted();
    let text = Tree::of(&fillers(0, 4)).checkpoint(ORIGIN);
    let outcome =
        |state: &State, bundle: &Parts| examine(&Request { state: Some(state), ..request(&trust, &bundle.encode()) });
    let found = outcome(&remembering(None, &text), &parts);
    assert_eq!((found.report.code(), found.evidence), (Code::EquivocationCheckpoint, None));
    // A forger's checkpoint contradicts what is remembered; the log never said so.
    let mut forged = Draft::small("evidence", b"document");
    forged.log_keys = vec![LineKey { name: ORIGIN.to_owned(), key: "forger".to_owned() }];
    let found = outcome(&state, &forged.parts());
    assert_eq!((found.report.code(), found.evidence), (Code::NotAnchoredLogSignature, None));
    assert_eq!(continuity(&found.report), StepResult::Skipped(Skip::Unfounded));
}

// R15.5, R17.2: whoever stole a log key can append a checkpoint that contradicts to an honest bundle; it counts for nothing.
#[test]
fn a_stolen_key_s_checkpoint_accuses_nobody() {
    let mut trust = world::trust();
    let stolen = LineKey { name: ORIGIN.to_owned(), key: "log.example/2026/2".to_owned() };
    trust.logs[0].keys.push(world::log_key(&stolen));
    let draft = Draft::small("stolen", b"document");
    let mut extended = draft.clone().refreshed(2, ISSUED + 600);
    let later = extended.parts().later[0].checkpoint.clone();
    let size = Checkpoint::parse(&later).unwrap().size();
    let honest = Checkpoint::parse(&later.replace(later.lines().nth(2).unwrap(), &root_text(b"honest"))).unwrap();
    assert_eq!(honest.size(), size);
    let mut state = remembering(None, &honest.text());
    state.remember(&Checkpoint::parse(&draft.parts().checkpoint.unwrap()).unwrap(), None);
    extended.later[0].log_keys = vec![stolen];
    extended.later[0].cosigners.clear();
    let bundle = extended.parts().encode();
    let verdict =
        |trust: &Trust| verify(&Request { state: Some(&state), ..request(&world::root(trust), &bundle) }).code();
    assert_eq!(verdict(&trust), Code::EquivocationCheckpoint, "as long as the key is the log's");
    trust.logs[0].keys[1].window.compromised_from = Some(world::time(ISSUED));
    assert_eq!(verdict(&trust), Code::Ok);
}

/// A root in the text form of checkpoints.
fn root_text(preimage: &[u8]) -> String {
    ct_core::base64::encode(Hash::of(preimage).as_bytes())
}

// R19.1: what nobody has signed is no fact about a document.
#[test]
fn what_a_forger_claims_is_no_fact() {
    let trust = world::root(&world::trust());
    let case = ct_testdata::cases().into_iter().find(|case| case.expected.code == Code::Ok && has_claims(case));
    let honest = case.expect("a case with claims verifies");
    let facts = |bundle: &[u8]| verify(&Request { at: honest.at, ..request(&trust, bundle) }).facts().clone();
    assert!(facts(&honest.bundle).claims.is_some());
    let mut parts = Parts::parse(&honest.bundle).unwrap();
    let statement = parts.statement.as_mut().unwrap();
    *statement.last_mut().unwrap() ^= 1;
    let forged = facts(&parts.encode());
    assert_eq!((forged.claims, forged.subject, forged.issued), (None, None, None));
    assert!(forged.document_hash.is_some(), "which document it is about may be said");
}

fn has_claims(case: &ct_testdata::Case) -> bool {
    case.predecessors.is_empty() && Parts::parse(&case.bundle).is_ok_and(|parts| parts.disclosure.is_some())
}

fn continuity(report: &Report) -> StepResult {
    report.steps().find(|(name, _)| *name == StepName::Continuity).unwrap().1
}

// R15.3: the order of a batch does not matter, and what was verified is linked the next time.
#[test]
fn what_is_seen_is_remembered() {
    let trust = world::root(&world::trust());
    let draft = Draft::small("seen", b"document");
    let bundle = draft.clone().refreshed(4, ISSUED + 600).parts().encode();
    let mut state = State::default();
    let outcome = examine(&Request { state: Some(&state), ..request(&trust, &bundle) });
    assert_eq!((outcome.report.code(), outcome.seen.len()), (Code::Ok, 2));
    assert_eq!(continuity(&outcome.report), StepResult::Skipped(Skip::FirstSeen));
    for (checkpoint, note) in outcome.seen {
        state.remember(&checkpoint, note);
    }
    let again = |bundle: &[u8]| verify(&Request { state: Some(&state), ..request(&trust, bundle) }).code();
    let known = verify(&Request { state: Some(&state), ..request(&trust, &bundle) });
    assert_eq!((known.code(), continuity(&known)), (Code::Ok, StepResult::Ok));
    // Only another log is known: this one is seen for the first time.
    let elsewhere = remembering(None, &Tree::of(&fillers(0, 4)).checkpoint(ELSEWHERE));
    let first = verify(&Request { state: Some(&elsewhere), ..request(&trust, &bundle) });
    assert_eq!((first.code(), continuity(&first)), (Code::Ok, StepResult::Skipped(Skip::FirstSeen)));
    assert_eq!(again(&draft.parts().encode()), Code::Ok);
    // Refreshed to another size: the anchor is known.
    assert_eq!(again(&draft.refreshed(9, ISSUED + 900).parts().encode()), Code::Ok);
    let unrelated = Draft::new("unrelated", b"document");
    assert_eq!(again(&unrelated.parts().encode()), Code::DiscontinuousNoProof);
}
