//! What parses encodes to the same bytes (R7.1), over every case, every example and thousands of mutations.

use crate::flipped;
use ct_core::trust::{TrustDraft, encode_signed, encode_trust};
use ct_core::{Bundle, Checkpoint, Note, Statement, StatementHeader, Subject, TrustRoot};
use ct_testdata::{Draft, cases, examples, world};

/// Asserts it for the bundle and for each of its parts; how many of them parsed.
fn check(bytes: &[u8]) -> usize {
    let Ok(bundle) = Bundle::parse(bytes) else { return 0 };
    assert_eq!(bundle.encode(), bytes);
    let later = bundle.later.iter().map(|later| (later.checkpoint, later.checkpoint_signature));
    let notes = later.chain(bundle.checkpoint.map(|checkpoint| (checkpoint, bundle.checkpoint_signature)));
    let notes: usize = notes.map(|(checkpoint, lines)| check_note(checkpoint, lines)).sum();
    1 + notes + bundle.subject.map_or(0, check_subject) + bundle.statement.map_or(0, check_statement)
}

fn check_subject(bytes: &[u8]) -> usize {
    let Ok(subject) = Subject::parse(bytes) else { return 0 };
    assert_eq!(subject.encode(), bytes);
    1
}

fn check_statement(bytes: &[u8]) -> usize {
    let Ok(statement) = Statement::parse(bytes) else { return 0 };
    let header: StatementHeader<'_> = *statement.header();
    // The signature is the last item of the array.
    let signature = bytes.last_chunk().unwrap();
    assert_eq!(header.seal(&statement.payload(), signature), bytes);
    1
}

fn check_note(checkpoint: &str, lines: Option<&str>) -> usize {
    let parsed = Checkpoint::parse(checkpoint);
    if let Ok(parsed) = &parsed {
        assert_eq!(parsed.text(), checkpoint);
    }
    let note = lines.and_then(|lines| Note::from_parts(checkpoint, lines).ok());
    if let (Some(note), Some(lines)) = (&note, lines) {
        let text = format!("{checkpoint}\n{lines}");
        assert_eq!(note.to_string(), text);
        assert_eq!(Note::parse(&text).as_ref(), Ok(note));
    }
    usize::from(parsed.is_ok()) + usize::from(note.is_some())
}

// R7.1
#[test]
fn every_case_and_example() {
    let mut parsed = 0;
    for case in cases() {
        parsed += check(&case.bundle);
    }
    for bundle in examples::bundles::valid() {
        assert!(check(&bundle.bytes) >= 5);
    }
    for bundle in examples::bundles::refused() {
        parsed += check(&bundle.bytes);
    }
    assert!(parsed > 600, "{parsed}");
}

// R7.1
#[test]
fn every_flip_that_still_parses() {
    let mut draft = Draft::small("flips", b"document").refreshed(2, world::ISSUED + 3_600);
    draft.status = Some(("https://university.example/status/1".to_owned(), 7));
    draft.header.expires = Some(world::END);
    draft.header.not_before = Some(world::BEGIN);
    let bundle = draft.parts().encode();
    let parsed: usize = (0..bundle.len() * 8).map(|bit| check(&flipped(&bundle, bit))).sum();
    assert!(parsed > 20_000, "{parsed}");
}

// R7.1
#[test]
fn every_trust_root_that_loads() {
    let mut loaded = 0;
    for case in cases() {
        if let Ok(root) = TrustRoot::load(&case.trust) {
            let draft = TrustDraft::load(&case.trust).unwrap();
            assert_eq!(encode_signed(&encode_trust(root.trust()), draft.signatures()), case.trust, "{}", case.name);
            loaded += 1;
        }
    }
    assert!(loaded > 100, "{loaded}");
}
