//! Parts exchanged between valid bundles: refused, or a verdict on the same subject and statement.

use crate::{report_at, request};
use ct_core::verify::Document;
use ct_core::{Code, Hash, Mode, Report, Request, TrustRoot, verify};
use ct_testdata::world::{self, DAY, ISSUED};
use ct_testdata::{BatchDraft, Draft, Parts, StatusDraft, in_one_log};

type Swap = fn(&mut Parts, &Parts);

/// One for each part of a bundle: takes it from the other.
const SWAPS: [(&str, Swap); 13] = [
    ("status", |to, from| to.status.clone_from(&from.status)),
    ("disclosure", |to, from| to.disclosure.clone_from(&from.disclosure)),
    ("batch", |to, from| to.batch.clone_from(&from.batch)),
    ("subject", |to, from| to.subject.clone_from(&from.subject)),
    ("document", |to, from| to.document.clone_from(&from.document)),
    ("statement", |to, from| to.statement.clone_from(&from.statement)),
    ("tree_size", |to, from| to.tree_size = from.tree_size),
    ("checkpoint", |to, from| to.checkpoint.clone_from(&from.checkpoint)),
    ("leaf_index", |to, from| to.leaf_index = from.leaf_index),
    ("document_hash", |to, from| to.document_hash = from.document_hash),
    ("inclusion_proof", |to, from| to.inclusion_proof.clone_from(&from.inclusion_proof)),
    ("consistency_proof", |to, from| to.later.clone_from(&from.later)),
    ("checkpoint_signature", |to, from| to.checkpoint_signature.clone_from(&from.checkpoint_signature)),
];

fn run(trust: &TrustRoot, parts: &Parts) -> Report {
    report_at(trust, &parts.encode(), Mode::Strict, ISSUED + DAY)
}

/// Every combination of the parts in which they differ, of `b` put into `a`; how many verify.
fn exchange(trust: &TrustRoot, a: &Parts, b: &Parts) -> usize {
    let (report_a, report_b) = (run(trust, a), run(trust, b));
    assert_eq!((report_a.code(), report_b.code()), (Code::Ok, Code::Ok));
    let differs = |swap: &Swap| {
        let mut with = a.clone();
        swap(&mut with, b);
        with != *a
    };
    let swaps: Vec<_> = SWAPS.into_iter().filter(|(_, swap)| differs(swap)).collect();
    let mut verified = 0;
    for mask in 0..1_u32 << swaps.len() {
        let taken: Vec<_> = (0..).zip(&swaps).filter(|(at, _)| mask & (1 << at) != 0).map(|(_, swap)| swap).collect();
        let mut parts = a.clone();
        taken.iter().for_each(|(_, swap)| swap(&mut parts, b));
        let report = run(trust, &parts);
        if !report.is_verified() {
            continue;
        }
        verified += 1;
        let names: Vec<_> = taken.iter().map(|(name, _)| *name).collect();
        let (facts, of_a, of_b) = (report.facts(), report_a.facts(), report_b.facts());
        let same = |of: &ct_core::report::Facts| {
            (facts.document_hash, &facts.subject, &facts.issued, facts.leaf_index, &facts.claims)
                == (of.document_hash, &of.subject, &of.issued, of.leaf_index, &of.claims)
        };
        assert!(same(of_a) || same(of_b), "{names:?}: a verdict on neither of the two");
    }
    verified
}

fn two() -> [Draft; 2] {
    [Draft::new("one", b"one document"), Draft::new("another", b"another document")]
}

// R18.3: the checkpoint, its size and its signatures are the same in both; all else belongs together.
#[test]
fn between_two_bundles_of_one_checkpoint() {
    let trust = world::root(&world::trust());
    let mut drafts = two();
    in_one_log(&mut drafts, 7);
    let [a, b] = drafts.map(|draft| draft.parts());
    assert_eq!((&a.checkpoint, &a.checkpoint_signature), (&b.checkpoint, &b.checkpoint_signature));
    assert_eq!(exchange(&trust, &a, &b), 2);
}

// R18.3
#[test]
fn between_two_checkpoints_of_one_log() {
    let trust = world::root(&world::trust());
    let [a, mut b] = two();
    b.before = [a.before.clone(), vec![a.statement()], a.after.clone()].concat();
    let (a, b) = (a.parts(), b.parts());
    assert_ne!(a.tree_size, b.tree_size);
    assert_eq!(exchange(&trust, &a, &b), 2);
}

// R18.3: the second is logged so late that its later checkpoints extend the anchor of the first, too.
#[test]
fn between_a_fresh_and_a_refreshed_bundle() {
    let trust = world::root(&world::trust());
    let mut drafts = two();
    in_one_log(&mut drafts, 7);
    let [a, b] = drafts;
    let (a, b) = (a.parts(), b.refreshed(20, ISSUED + 3_600).parts());
    // Later checkpoints of one anchor may go from one bundle to the other: they prove the same there.
    assert_eq!(exchange(&trust, &a, &b), 2 * 2);
}

// R18.3: what differs between two documents of one statement is the subject and its place, and nothing else.
#[test]
fn between_two_documents_of_one_statement() {
    let trust = world::root(&world::trust());
    let [mut a, mut b] = two();
    b.header = a.header.clone();
    let (leaf_a, leaf_b) = (ct_core::Subject::hash(&a.subject()), ct_core::Subject::hash(&b.subject()));
    a.batch = Some(BatchDraft { others: vec![leaf_b, leaf_b], position: 0 });
    b.batch = Some(BatchDraft { others: vec![leaf_a, leaf_b], position: 1 });
    assert_eq!(a.statement(), b.statement());
    let (a, b) = (a.parts(), b.parts());
    // Batch, subject, document and its hash go together.
    assert_eq!(exchange(&trust, &a, &b), 2);
}

/// One bundle of each kind, all with one anchor; two stand in one status list.
fn kinds() -> [(&'static str, Parts); 6] {
    let file = |name: &str| Draft::new(name, name.as_bytes());
    let mut batch = file("batch");
    batch.batch = Some(BatchDraft { others: vec![Hash::of(b"1"), Hash::of(b"2")], position: 1 });
    let list = || StatusDraft::new(0, ISSUED + 3_000).under(1);
    let mut drafts = [
        file("file"),
        batch,
        file("claims").of_claims(1, &[("type", "diploma"), ("name", "A. Example")]),
        file("listed").with_status(list()),
        Draft { status: Some((list().uri, 8)), ..file("another listed").with_status(list()) },
        file("refreshed"),
    ];
    in_one_log(&mut drafts, 5);
    let [file, batch, claims, listed, another, refreshed] = drafts;
    let later = |draft: Draft, time| draft.refreshed(20, time).parts();
    [
        ("file", file.parts()),
        ("batch", batch.parts()),
        ("claims", claims.parts()),
        ("listed", later(listed, ISSUED + 3_600)),
        ("another listed", later(another, ISSUED + 3_600)),
        ("refreshed", later(refreshed, ISSUED + 3_500)),
    ]
}

// R18.3: every pair of kinds, every combination of their parts.
#[test]
fn between_every_two_kinds_of_bundles() {
    let trust = world::root(&world::trust());
    let kinds = kinds();
    for (at, (name, a)) in kinds.iter().enumerate() {
        for (other, b) in &kinds[at + 1..] {
            // Both verify as they are, and so does whichever needs no list with the later checkpoints of the other.
            let free = |one: &Parts, other: &Parts| usize::from(one.status.is_none() && one.later != other.later);
            assert_eq!(exchange(&trust, a, b), 2 + free(a, b) + free(b, a), "{name} and {other}");
        }
    }
}

// R18.3: the document of another bundle, given beside.
#[test]
fn the_document_of_another_bundle() {
    let trust = world::root(&world::trust());
    let [a, b] = two();
    let (bundle, other) = (a.detached().encode(), Hash::of(&b.document));
    let beside = |hash| verify(&Request { document: Document::Digest(hash), ..request(&trust, &bundle) }).code();
    assert_eq!(beside(Hash::of(&a.document)), Code::Ok);
    assert_eq!(beside(other), Code::TamperedDocument);
    let attached = a.parts().encode();
    let both = verify(&Request { document: Document::Digest(other), ..request(&trust, &attached) });
    assert_eq!(both.code(), Code::TamperedDocument);
    let wrong = Parts { document: Some(b.document.clone()), ..a.parts() }.encode();
    let right = Document::Digest(Hash::of(&a.document));
    assert_eq!(verify(&Request { document: right, ..request(&trust, &wrong) }).code(), Code::TamperedDocument);
    // Asking about the hash only does not excuse a wrong document that is there.
    let hash_only = verify(&Request { document: Document::HashOnly, ..request(&trust, &wrong) });
    assert_eq!(hash_only.code(), Code::TamperedDocument);
}
