//! Every truncation and every single-bit flip of a valid bundle (R14.3).

use crate::{failed, flipped, request};
use ct_core::report::Facts;
use ct_core::verify::Document;
use ct_core::{Class, Code, Hash, Report, Request, TrustRoot, verify};
use ct_testdata::world::{self, WITNESSES};
use ct_testdata::{Draft, Parts, StatusDraft};
use std::ops::Range;

const DOCUMENT: &[u8] = b"document";

fn beside() -> Document {
    Document::Digest(Hash::of(DOCUMENT))
}

fn run(trust: &TrustRoot, bundle: &[u8], document: Document) -> Report {
    verify(&Request { document, ..request(trust, bundle) })
}

/// Bundles that have every kind of part between them, each as small as can be, and where their documents are.
fn bundles() -> [(&'static str, Vec<u8>, Document); 5] {
    let small = || Draft::small("flips", DOCUMENT);
    let claims = small().of_claims(1, &[("type", "diploma"), ("name", "A. Example"), ("grade", "9.5")]);
    let shown = claims.claims.as_ref().map(|claims| claims.showing(&["name"]));
    let claims = Parts { disclosure: shown, ..claims.parts() };
    let mut batch = small();
    batch.batch = Some(ct_testdata::BatchDraft { others: vec![Hash::of(b"1"), Hash::of(b"2")], position: 1 });
    [
        ("plain", small().detached().encode(), beside()),
        ("batch", batch.detached().encode(), beside()),
        ("refreshed", small().refreshed(2, world::ISSUED + 3_600).detached().encode(), beside()),
        ("listed", small().with_status(StatusDraft::new(0, world::ISSUED)).detached().encode(), beside()),
        ("claims", claims.encode(), Document::InBundle),
    ]
}

// R14.3
#[test]
fn every_truncation_is_refused_as_such() {
    let trust = world::root(&world::trust());
    for (name, bundle, document) in bundles() {
        assert_eq!(run(&trust, &bundle, document).code(), Code::Ok, "{name}");
        for length in 0..bundle.len() {
            let expected = if length == 0 { Code::MalformedEmpty } else { Code::MalformedTruncated };
            assert_eq!(run(&trust, &bundle[..length], document).code(), expected, "{name}, {length} bytes");
        }
    }
}

// R14.3, R18.3: a bit decides nothing but how often a witness is heard.
#[test]
fn no_flip_changes_what_is_verified() {
    let trust = world::root(&world::trust());
    for (name, bundle, document) in bundles() {
        let sound = run(&trust, &bundle, document);
        let unheard = witness_labels(&bundle);
        let mut ignored = 0;
        for bit in 0..bundle.len() * 8 {
            let report = run(&trust, &flipped(&bundle, bit), document);
            let place = format!("{name}, bit {} of byte {}: {}", bit % 8, bit / 8, report.code());
            if report.is_verified() {
                assert!(unheard.iter().any(|range| range.contains(&(bit / 8))), "{place}");
                assert_eq!(what_is_verified(&report), what_is_verified(&sound), "{place}");
                ignored += 1;
            } else {
                assert!(!failed(&report).is_empty(), "{place}");
                let class = report.code().class();
                assert!(matches!(class, Class::Invalid | Class::Indeterminate | Class::Malformed), "{place}");
                assert_eq!(report.code().class() == Class::Malformed, is_malformed(&report), "{place}");
            }
        }
        // A name has some 20 letters, a key ID five digits, of which most flips give another allowed one.
        let each = 100 * unheard.len()..200 * unheard.len();
        assert!(each.contains(&ignored), "{name}: {ignored} flips make a witness unknown");
    }
}

// R14.3: the same for whole bytes.
#[test]
fn no_byte_of_a_part_can_be_any_other() {
    let trust = world::root(&world::trust());
    let bundle = Draft::small("flips", DOCUMENT).detached().encode();
    let unheard = witness_labels(&bundle);
    for at in (0..bundle.len()).filter(|at| !unheard.iter().any(|range| range.contains(at))) {
        for value in [0x00, 0x0a, 0x20, 0x2b, 0x41, 0x7f, 0x80, 0xff] {
            if bundle[at] != value {
                let mut changed = bundle.clone();
                changed[at] = value;
                assert_ne!(run(&trust, &changed, beside()).code(), Code::Ok, "byte {at} as {value:02x}");
            }
        }
    }
}

/// All facts but those that depend on which witnesses are heard.
fn what_is_verified(report: &Report) -> Facts {
    Facts { anchored_at: None, fresh_at: None, witnesses: vec![], ..report.facts().clone() }
}

fn is_malformed(report: &Report) -> bool {
    report.steps().any(|(_, result)| match result {
        ct_core::StepResult::Failed(error) => error.code().class() == Class::Malformed,
        _ => false,
    })
}

/// Where the witnesses' names and key IDs stand, in every note of the bundle.
fn witness_labels(bundle: &[u8]) -> Vec<Range<usize>> {
    let parts = Parts::parse(bundle).unwrap();
    let notes = parts.later.iter().filter_map(|later| later.checkpoint_signature.as_ref());
    let mut ranges = Vec::new();
    for lines in notes.chain(&parts.checkpoint_signature) {
        let start = bundle.windows(lines.len()).position(|window| window == lines.as_bytes()).unwrap();
        for name in WITNESSES {
            let at = start + lines.find(name).unwrap();
            // The name, a space, and the base64 digits that hold bits of the four bytes of the key ID.
            ranges.push(at..at + name.len() + 1 + 6);
        }
    }
    ranges
}
