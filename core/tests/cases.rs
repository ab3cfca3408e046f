//! Every case of `testdata/cases/` through core: status, code, and the one step that fails.

#![allow(clippy::unwrap_used, reason = "tests assert by panicking")]

use ct_core::ed25519::Strict;
use ct_core::state::State;
use ct_core::verify::{Document, Verifier, examine};
use ct_core::{AtSource, Code, Mode, Request, StepName, StepResult};
use ct_testdata::{Case, cases, examples, repository, world};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Codes that no bundle, document or trust root leads to.
fn is_out_of_reach(code: Code) -> bool {
    let family = code.as_str().split('.').next().unwrap_or_default();
    match code {
        // Verifier keys, key files, trust.toml and texts of times are read by programs, not by a verification. Keys
        // that a verification uses all stand in the trust root, where a bad one is `trust.weak_key`.
        Code::MalformedVkey | Code::MalformedKey | Code::MalformedTrustFile | Code::MalformedTime => true,
        // A witness policy is imported, never verified with; evidence that convinces nobody is refused before a
        // verification that would use it.
        Code::MalformedPolicy | Code::MalformedEvidence => true,
        // Of evidence logs and audits, not of bundles.
        Code::TamperedFile | Code::IncompleteFile | Code::UnknownFile | Code::MalformedManifest => true,
        Code::TamperedEvidenceLog | Code::IncompleteEvidenceLog | Code::MalformedEvidenceLog => true,
        Code::LimitRecordSize => true,
        // Of requests to a log that runs as a service.
        Code::TamperedEnvelope | Code::TamperedPayload | Code::TamperedState | Code::ReplayedRequest => true,
        Code::ConflictRequestId
        | Code::ConflictStatement
        | Code::ConflictVersion
        | Code::UnknownClient
        | Code::UnknownRequest => true,
        // Said between the nodes of a log, and by their operators' commands.
        Code::TamperedFrame | Code::ReplayedFrame | Code::MalformedFrame | Code::LimitFrameSize => true,
        Code::NotLeaderNode | Code::UnknownPeer | Code::UnknownMember | Code::ConflictMembers => true,
        Code::IncompleteNode | Code::DiscontinuousRestore => true,
        Code::NotAnchoredPending | Code::StaleRequest | Code::UnsupportedMessage | Code::MalformedEnvelope => true,
        // Of services, not of bundles.
        Code::MalformedRequest | Code::MalformedConfig => true,
        Code::LimitRequestSize | Code::LimitConnections | Code::LimitTooSlow => true,
        // Of nodes.
        Code::TamperedWal | Code::UnknownOutcome | Code::LimitInFlight => true,
        _ => ["io", "usage", "internal", "interrupted"].contains(&family),
    }
}

// R1.1, R18.3, R19.2
#[test]
fn every_case_ends_as_its_file_says() {
    let mut wrong = Vec::new();
    for case in cases() {
        let report = case.verify();
        let failed = report.steps().filter(|(_, result)| matches!(result, StepResult::Failed(_)));
        let found = (report.code(), failed.map(|(name, _)| name).collect::<Vec<StepName>>());
        let expected = (case.expected.code, case.expected.step.into_iter().collect());
        if found != expected {
            wrong.push(format!("{}: {found:?}, expected {expected:?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

// R19.5: what a bundle shares with the one before it is not computed again, and that shows in no verdict.
#[test]
fn a_verifier_says_of_each_bundle_what_it_says_of_it_alone() {
    let cases = cases();
    let root = world::root(&world::trust());
    let state = State::default();
    // In this order most bundles differ from the one before; pairs of one bundle in several versions follow one another.
    let mut bundles: Vec<&[u8]> = cases.iter().map(|case| case.bundle.as_slice()).collect();
    bundles.extend(bundles.clone().into_iter().rev());
    bundles.extend(bundles.clone().into_iter().step_by(7).flat_map(|bundle| [bundle, bundle]));
    for mode in [Mode::Strict, Mode::Grace, Mode::Archival] {
        let terms = Request {
            bundle: &[],
            document: Document::HashOnly,
            trust: Ok(&root),
            mode,
            at: world::time(world::ISSUED + world::DAY),
            at_source: AtSource::Given,
            state: Some(&state),
            evidence: &[],
        };
        let mut verifier = Verifier::new(terms, &Strict);
        for bundle in &bundles {
            for document in [Document::HashOnly, Document::InBundle] {
                let alone = examine(&Request { bundle, document, ..terms });
                let after = verifier.examine(bundle, document);
                assert_eq!(after.report.to_json(), alone.report.to_json());
                assert_eq!((after.seen, after.evidence), (alone.seen, alone.evidence));
            }
        }
    }
}

// R1.4
#[test]
fn there_is_a_case_for_every_code_that_input_can_reach() {
    let covered: BTreeSet<Code> = cases().iter().map(|case| case.expected.code).collect();
    let reachable: BTreeSet<Code> = Code::ALL.iter().copied().filter(|code| !is_out_of_reach(*code)).collect();
    assert_eq!(covered, reachable);
}

#[test]
fn an_unknown_key_in_a_case_file_fails() {
    let text = fs::read_to_string(repository().join("testdata/cases/document-inside.json")).unwrap();
    assert!(Case::parse("as it is", &text).is_ok());
    let with = |place: &str| text.replacen(place, &format!("{place}\"unknown\": true, "), 1);
    for place in ["{\n  ", "\"expect\": {\n    "] {
        let refused = Case::parse("with an unknown key", &with(place)).map(|_| ()).unwrap_err();
        assert!(refused.contains("unknown field `unknown`"), "{refused}");
    }
}

#[test]
fn bundles_are_what_the_generator_writes() {
    let root = repository();
    let made = examples::files(|path| fs::read_to_string(root.join(path)).unwrap());
    for (path, bytes) in made.iter() {
        let committed = fs::read(root.join(path)).unwrap_or_default();
        assert!(committed == bytes, "{path} is not as made; run `cargo run -p ct-testdata --bin make-examples`");
    }
    for folder in examples::FOLDERS {
        for file in below(&root.join(folder)) {
            let name = file.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            assert!(made.contains(&name), "{name} is a leftover");
        }
    }
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(below(&path)) } else { files.push(path) }
    }
    files
}
