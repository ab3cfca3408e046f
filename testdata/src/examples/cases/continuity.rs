//! What earlier runs remembered, evidence against logs, and trust roots that follow one another.

use super::plan::{DOCUMENT, Plan};
use crate::draft::{Draft, fillers};
use crate::note::LineKey;
use crate::tree::Tree;
use crate::world::{self, ANCHORED, ISSUED, ORIGIN, ROOT};
use ct_core::evidence::{of_two_checkpoints, of_two_leaves};
use ct_core::merkle::leaf_hash;
use ct_core::state::State;
use ct_core::trust::{Trust, encode_trust};
use ct_core::{Checkpoint, Code, Hash, LeafIndex, StepName};

pub(super) fn plans() -> Vec<Plan> {
    [remembered(), contradicted(), evidence(), versions(), successors()].concat()
}

/// The checkpoint of these entries with the log's signature.
fn note(entries: &[Vec<u8>]) -> String {
    let checkpoint = Tree::of(entries).checkpoint(ORIGIN);
    format!("{checkpoint}\n{}", LineKey::new(ORIGIN).log_line(&checkpoint))
}

/// Remembers what a note says, and who signed it.
fn remember(state: &mut State, note: &str) {
    let text = note.split_inclusive('\n').take(3).collect::<String>();
    let checkpoint = Checkpoint::parse(&text).expect("it is a checkpoint");
    state.remember(&checkpoint, Some(note.to_owned()));
}

/// The log that every case has, as it stands at the anchor.
fn honest() -> Vec<Vec<u8>> {
    let draft = Draft::new("case", DOCUMENT);
    [draft.before.clone(), vec![draft.statement()], draft.after].concat()
}

/// As many entries, of which the statement is none.
fn another_history() -> Vec<Vec<u8>> {
    fillers(0, honest().len())
}

fn remembered() -> Vec<Plan> {
    let later = |plan: Plan| plan.draft(|draft| *draft = draft.clone().refreshed(30, ISSUED + 3_600));
    let newest = || [honest(), fillers(100, 130)].concat();
    vec![
        Plan::verified("state-empty", "Nothing is remembered yet.").state(|_| ()),
        Plan::verified("state-of-the-anchor", "The anchor was seen before.")
            .state(|state| remember(state, &note(&honest()))),
        later(Plan::verified("state-of-the-later-checkpoint", "The later checkpoint was seen before."))
            .state(|state| remember(state, &note(&newest()))),
        Plan::verified("state-of-another-log", "Another log was seen before: this one is new.").state(|state| {
            let checkpoint = Tree::of(&another_history()).checkpoint("log.elsewhere.example");
            remember(state, &checkpoint);
        }),
        Plan::refused(
            "state-not-linked",
            Code::DiscontinuousNoProof,
            StepName::Continuity,
            "An earlier checkpoint was seen, and nothing links the anchor to it.",
        )
        .state(|state| remember(state, &note(&honest()[..30]))),
    ]
}

fn contradicted() -> Vec<Plan> {
    let refused =
        |name, description| Plan::refused(name, Code::EquivocationCheckpoint, StepName::Continuity, description);
    vec![
        refused("state-contradicts-the-anchor", "Another history was seen at that size.")
            .state(|state| remember(state, &note(&another_history()))),
        refused("state-contradicts-the-later-checkpoint", "Another history was seen at its size.")
            .draft(|draft| *draft = draft.clone().refreshed(30, ISSUED + 3_600))
            .state(|state| remember(state, &note(&fillers(0, honest().len() + 30)))),
        refused("pin-contradicts-the-anchor", "The trust root vouches for another history.").trust(
            "another-history-pinned",
            |trust| {
                let mut pin = Draft::new("case", DOCUMENT).parts().pin(ANCHORED);
                pin.root = Tree::of(&another_history()).root();
                trust.logs[0].pins.push(pin);
            },
        ),
    ]
}

fn evidence() -> Vec<Plan> {
    let (one, other) = (honest(), fillers(0, 45));
    let tree = Tree::of(&other);
    let proofs = [Tree::of(&one).inclusion(17), tree.inclusion(17)];
    let leaves: [Hash; 2] = [leaf_hash(&one[17]), leaf_hash(&other[17])];
    let index = LeafIndex::new(17).expect("a small number");
    let notes = [note(&one), note(&other)];
    let two_leaves = of_two_leaves(
        index,
        [(notes[0].as_str(), &leaves[0], &proofs[0][..]), (notes[1].as_str(), &leaves[1], &proofs[1][..])],
    );
    let two_checkpoints = || of_two_checkpoints(&note(&honest()), &note(&another_history()));
    let refused = |name, description| Plan::refused(name, Code::EquivocationLog, StepName::Checkpoint, description);
    vec![
        refused("evidence-of-two-checkpoints", "The log signed two histories of one size.").evidence(two_checkpoints()),
        refused("evidence-of-two-leaves", "The log signed two histories that differ at one index.")
            .evidence(two_leaves),
        Plan::verified("evidence-against-a-log-but-pinned", "The trust root vouches for the anchor.")
            .trust("anchor-pinned", |trust| {
                trust.logs[0].pins.push(Draft::new("case", DOCUMENT).parts().pin(ANCHORED));
            })
            .evidence(two_checkpoints()),
        Plan::verified("evidence-against-another-log", "It is another log that showed two histories.")
            .trust("two-logs", |trust| trust.logs.push(world::log("log.elsewhere.example")))
            .evidence({
                let note = |entries: &[Vec<u8>]| {
                    let origin = "log.elsewhere.example";
                    let checkpoint = Tree::of(entries).checkpoint(origin);
                    format!("{checkpoint}\n{}", LineKey::new(origin).log_line(&checkpoint))
                };
                of_two_checkpoints(&note(&honest()), &note(&another_history()))
            }),
    ]
}

/// The trust root of this number, with root key `root-N`.
fn version(number: u32) -> Trust {
    let mut trust = world::trust();
    trust.root_version = number;
    trust.root.keys = vec![world::root_key(&format!("root-{number}"))];
    trust
}

fn signed(trust: &Trust, kids: &[&str]) -> Vec<u8> {
    world::sign_payload(&encode_trust(trust), kids)
}

/// Signed by its own key and the one before.
fn rotated(number: u32) -> Vec<u8> {
    signed(&version(number), &[&format!("root-{}", number - 1), &format!("root-{number}")])
}

/// Against what is remembered.
fn versions() -> Vec<Plan> {
    let refused = |name, code, description| Plan::refused(name, code, StepName::Trust, description);
    let first = || world::sign(&world::trust());
    vec![
        Plan::verified("trust-root-as-remembered", "The same trust root was used before.")
            .state(|state| state.remember_trust(1, Hash::of(&first()))),
        refused("trust-root-rolled-back", Code::TrustRollback, "The second trust root was used before.")
            .state(|state| state.remember_trust(2, Hash::of(&rotated(2)))),
        refused("trust-root-of-the-same-number", Code::TrustRollback, "Another first trust root was used before.")
            .state(|state| state.remember_trust(1, Hash::of(b"another trust root"))),
        refused("trust-root-not-proven-to-follow", Code::TrustChain, "The first was used before, nothing links them.")
            .trust_bytes("version-2", rotated(2))
            .state(|state| state.remember_trust(1, Hash::of(&first()))),
        Plan::verified("trust-root-two-versions-on", "Both trust roots between are at hand.")
            .predecessor("example", first())
            .predecessor("version-2", rotated(2))
            .trust_bytes("version-3", rotated(3))
            .state(|state| state.remember_trust(1, Hash::of(&first()))),
        refused("trust-root-of-another-line", Code::TrustChain, "Another first trust root was used before.")
            .predecessor("example", first())
            .trust_bytes("version-2", rotated(2))
            .state(|state| state.remember_trust(1, Hash::of(b"another trust root"))),
    ]
}

/// Against the one before.
fn successors() -> Vec<Plan> {
    let refused = |name, code, description| {
        Plan::refused(name, code, StepName::Trust, description).predecessor("example", world::sign(&world::trust()))
    };
    vec![
        refused("trust-root-skips-a-version", Code::TrustChain, "The second is missing.")
            .trust_bytes("version-3-by-root-1", signed(&version(3), &[ROOT, "root-3"])),
        refused("trust-root-follows-itself", Code::TrustRollback, "It has the number of the one before."),
        refused("trust-root-signed-by-the-new-key-only", Code::TrustThreshold, "The key before did not sign.")
            .trust_bytes("version-2-by-the-new-key", signed(&version(2), &["root-2"])),
        refused("trust-root-signed-by-the-old-key-only", Code::TrustThreshold, "Its own key did not sign.")
            .trust_bytes("version-2-by-the-old-key", signed(&version(2), &[ROOT])),
        refused("trust-root-signed-twice-by-one-key", Code::TrustMalformed, "One key signed twice.")
            .trust_bytes("version-2-by-one-key-twice", signed(&version(2), &[ROOT, "root-2", "root-2"])),
    ]
}
