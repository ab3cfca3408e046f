//! Steps 7 to 10: checkpoint, witnesses, inclusion, later checkpoints.

use super::plan::{DOCUMENT, Plan, flip};
use crate::draft::{Draft, fillers};
use crate::note::LineKey;
use crate::parts::Parts;
use crate::tree::Tree;
use crate::world::{self, ISSUED, ORIGIN, WITNESSES};
use ct_core::{Code, StepName};

pub(super) fn plans() -> Vec<Plan> {
    [checkpoints(), witnesses(), inclusion()].concat()
}

/// The checkpoint of a log with one entry more.
fn other() -> Parts {
    let mut draft = Draft::new("case", DOCUMENT);
    draft.after.push(b"one entry more".to_vec());
    draft.parts()
}

/// Replaces the signature line of this name by the one on another checkpoint.
fn swap_line(parts: &mut Parts, name: &str) {
    let line = |lines: &Option<String>| {
        let lines = lines.as_deref().unwrap_or_default();
        lines.lines().find(|line| line.contains(name)).map(str::to_owned).expect("the key has signed")
    };
    let (own, other) = (line(&parts.checkpoint_signature), line(&other().checkpoint_signature));
    parts.checkpoint_signature = parts.checkpoint_signature.as_ref().map(|lines| lines.replace(&own, &other));
}

fn checkpoints() -> Vec<Plan> {
    let refused = |name, code, description| Plan::refused(name, code, StepName::Checkpoint, description);
    let elsewhere = "log.elsewhere.example";
    vec![
        refused("log-unknown", Code::UnknownLog, "The trust root has no log of this origin.").draft(|draft| {
            draft.origin = elsewhere.to_owned();
            draft.log_keys = vec![LineKey::new(elsewhere)];
        }),
        refused("log-signature-by-unknown-key", Code::NotAnchoredLogSignature, "Another key signed under its name.")
            .draft(|draft| {
                draft.log_keys = vec![LineKey { name: ORIGIN.to_owned(), key: "forger".to_owned() }];
            }),
        refused("log-signature-missing", Code::NotAnchoredLogSignature, "Only witnesses signed the checkpoint.")
            .draft(|draft| draft.log_keys.clear()),
        refused("checkpoint-signed-by-another-log", Code::NotAnchoredLogSignature, "Another trusted log signed it.")
            .trust("two-logs", |trust| trust.logs.push(world::log(elsewhere)))
            .draft(|draft| draft.log_keys = vec![LineKey::new(elsewhere)]),
        refused("log-signature-on-another-checkpoint", Code::TamperedCheckpoint, "The log signed another checkpoint.")
            .parts(|parts| swap_line(parts, ORIGIN)),
        refused(
            "log-signature-by-a-key-of-the-same-id",
            Code::TamperedCheckpoint,
            "A key made to look like the log's.",
        )
        .trust("log-key-with-a-double", |trust| trust.logs[0].keys = vec![world::log_key(&double(0))])
        .draft(|draft| draft.log_keys = vec![double(1)]),
        refused("log-key-compromised", Code::RevokedLogKey, "The log's key is compromised; nothing is pinned.").trust(
            "log-key-compromised",
            |trust| {
                trust.logs[0].keys[0].window.compromised_from = Some(world::time(ISSUED + world::DAY));
            },
        ),
        refused("log-equivocated", Code::EquivocationLog, "The log showed two histories; nothing is pinned.")
            .trust("log-equivocated", |trust| trust.logs[0].equivocated = Some(world::time(ISSUED))),
    ]
}

/// Two keys, found by trying, that have the same ID (b55d3137) under the log's name.
fn double(which: usize) -> LineKey {
    LineKey { name: ORIGIN.to_owned(), key: ["collision/3441", "collision/7826"][which].to_owned() }
}

fn witnesses() -> Vec<Plan> {
    let refused = |name, code, description| Plan::refused(name, code, StepName::Witnesses, description);
    let second_key = || LineKey { name: WITNESSES[0].to_owned(), key: "witness.north.example/2".to_owned() };
    vec![
        refused("witness-quorum-missing", Code::NotAnchoredQuorum, "One witness of the two that are needed.")
            .draft(|draft| draft.cosigners.truncate(1)),
        refused("witnesses-missing", Code::NotAnchoredQuorum, "Only the log signed the checkpoint.")
            .draft(|draft| draft.cosigners.clear()),
        refused("one-witness-with-two-keys", Code::NotAnchoredQuorum, "Two keys of one witness count once.")
            .trust("witness-with-two-keys", |trust| {
                trust.witnesses[0].keys.push(world::witness_key(&second_key()));
            })
            .draft(|draft| {
                draft.cosigners.truncate(1);
                draft.cosigners.push((second_key(), ISSUED + 75));
            }),
        refused("witness-key-compromised", Code::NotAnchoredQuorum, "Of two witnesses, one's key is compromised.")
            .trust("witness-key-compromised", |trust| {
                trust.witnesses[1].keys[0].window.compromised_from = Some(world::time(ISSUED + world::DAY));
            })
            .draft(|draft| draft.cosigners.truncate(2)),
        refused("witness-key-ended-before", Code::NotAnchoredQuorum, "Of two witnesses, one's key had ended.")
            .trust("witness-key-ended", |trust| {
                trust.witnesses[1].keys[0].window.until = world::time(ISSUED + 74);
            })
            .draft(|draft| draft.cosigners.truncate(2)),
        refused("no-epoch-at-the-time", Code::NotAnchoredQuorum, "No quorum is defined for the time of anchoring.")
            .trust("epoch-ended", |trust| trust.epochs[0].until = world::time(ISSUED)),
        refused("cosignature-on-another-checkpoint", Code::TamperedCosignature, "A witness saw another checkpoint.")
            .parts(|parts| swap_line(parts, WITNESSES[2])),
        refused("witness-signs-as-a-log", Code::NotAnchoredQuorum, "A witness signed without stating a time.").parts(
            |parts| {
                let checkpoint = parts.checkpoint.clone().expect("it has a checkpoint");
                let log = LineKey::new(ORIGIN).log_line(&checkpoint);
                let first = LineKey::new(WITNESSES[0]).cosignature_line(ISSUED + 60, &checkpoint);
                let second = LineKey::new(WITNESSES[1]).log_line(&checkpoint);
                parts.checkpoint_signature = Some([log, first, second].concat());
            },
        ),
    ]
}

fn inclusion() -> Vec<Plan> {
    let refused = |name, code, description| Plan::refused(name, code, StepName::Inclusion, description);
    let proof = |plan: Plan, change: fn(&mut Vec<ct_core::Hash>)| {
        plan.parts(|parts| change(parts.inclusion_proof.as_mut().expect("it has a proof")))
    };
    vec![
        proof(refused("inclusion-proof-one-bit-flipped", Code::TamperedInclusion, "One bit is wrong."), |proof| {
            flip(proof, 0);
        }),
        proof(refused("inclusion-proof-reversed", Code::TamperedInclusion, "The hashes run downwards."), |proof| {
            proof.reverse();
        }),
        proof(
            refused("inclusion-proof-one-hash-short", Code::MalformedProofLength, "The last hash is missing."),
            |proof| {
                proof.pop();
            },
        ),
        proof(
            refused(
                "inclusion-proof-one-hash-long",
                Code::MalformedProofLength,
                "A hash stands there that none needs.",
            ),
            |proof| proof.push(ct_core::Hash::of(b"")),
        ),
        refused("inclusion-proof-for-another-size", Code::TamperedInclusion, "The proof is one for 39 entries.")
            .parts(|parts| parts.inclusion_proof = other().inclusion_proof),
        refused("leaf-index-of-the-neighbour", Code::TamperedInclusion, "The index is one too low.")
            .parts(|parts| parts.leaf_index = Some(16)),
        refused("leaf-index-not-below-size", Code::MalformedLeafIndex, "The index is the tree size.")
            .parts(|parts| parts.leaf_index = Some(38)),
        refused("tree-size-altered", Code::TamperedTreeSize, "The bundle says 39, the checkpoint 38.")
            .parts(|parts| parts.tree_size = Some(39)),
        refused("statement-not-in-the-log", Code::TamperedInclusion, "The issuer signed it and nobody logged it.")
            .parts(|parts| {
                let mut draft = Draft::new("case", DOCUMENT);
                draft.header.request_id = vec![0; 16];
                parts.statement = Some(draft.statement());
            }),
    ]
}

/// Step 10.
pub(super) fn later() -> Vec<Plan> {
    let refused = |name, code, description| {
        Plan::refused(name, code, StepName::Continuity, description)
            .draft(|draft| *draft = draft.clone().refreshed(30, ISSUED + 3_600))
    };
    vec![
        refused("consistency-proof-one-bit-flipped", Code::TamperedConsistency, "One bit is wrong.")
            .parts(|parts| flip(&mut parts.later[0].proof, 1)),
        refused("consistency-proof-one-hash-short", Code::MalformedProofLength, "The last hash is missing.").parts(
            |parts| {
                parts.later[0].proof.pop();
            },
        ),
        refused("later-checkpoint-of-another-history", Code::TamperedConsistency, "It does not contain the anchor.")
            .parts(|parts| {
                let entries = [fillers(0, 17), fillers(18, 69)].concat();
                let tree = Tree::of(&entries);
                let checkpoint = tree.checkpoint(ORIGIN);
                let later = &mut parts.later[0];
                later.checkpoint_signature = Some(LineKey::new(ORIGIN).log_line(&checkpoint));
                later.checkpoint = checkpoint;
                let anchor = ct_core::TreeSize::new(38).expect("a small number");
                later.proof = tree.consistency(anchor);
            }),
        refused("later-checkpoint-of-another-log", Code::TamperedConsistency, "It is that of another log.").parts(
            |parts| {
                let later = &mut parts.later[0];
                later.checkpoint = later.checkpoint.replace(ORIGIN, "log.elsewhere.example");
                let log = LineKey::new("log.elsewhere.example").log_line(&later.checkpoint);
                later.checkpoint_signature = Some(log);
            },
        ),
        refused("later-checkpoint-smaller", Code::MalformedField, "It is earlier than the anchor.").parts(|parts| {
            let tree = Tree::of(&fillers(0, 17));
            let checkpoint = tree.checkpoint(ORIGIN);
            let later = &mut parts.later[0];
            later.checkpoint_signature = Some(LineKey::new(ORIGIN).log_line(&checkpoint));
            later.checkpoint = checkpoint;
            later.proof = vec![];
        }),
        refused("later-checkpoint-unsigned", Code::NotAnchoredLogSignature, "Nobody signed it, nothing pins it.")
            .parts(|parts| parts.later[0].checkpoint_signature = None),
        refused("later-checkpoint-signature-altered", Code::TamperedCheckpoint, "The log signed another one.").parts(
            |parts| {
                let anchor = parts.checkpoint.clone().expect("it has a checkpoint");
                parts.later[0].checkpoint_signature = Some(LineKey::new(ORIGIN).log_line(&anchor));
            },
        ),
        refused("later-cosignature-altered", Code::TamperedCosignature, "A witness saw another one.").parts(|parts| {
            let anchor = parts.checkpoint.clone().expect("it has a checkpoint");
            let lines = parts.later[0].checkpoint_signature.as_mut().expect("it is signed");
            lines.truncate(lines.find(WITNESSES[2]).expect("it has cosigned") - "\u{2014} ".len());
            lines.push_str(&LineKey::new(WITNESSES[2]).cosignature_line(ISSUED + 3_600, &anchor));
        }),
    ]
}
