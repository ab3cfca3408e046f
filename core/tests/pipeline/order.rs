//! Several failures at once: malformed, else trust, else revoked, else invalid, else indeterminate.

use crate::{failed, report_at, request};
use ct_core::trust::{Revocation, Revoked, Trust};
use ct_core::{Code, Error, Mode, Request, Seconds, StepName, Subject, verify};
use ct_testdata::world::{self, ANCHORED, DAY, ISSUED};
use ct_testdata::{Draft, Parts};

fn draft() -> Draft {
    Draft::new("order", b"document")
}

/// Fresh for a day, and with the subject revoked.
fn stale_and_revoked() -> Trust {
    let mut trust = world::trust();
    trust.policy.strict.evidence = Seconds::new(DAY);
    trust.revocations.push(Revocation {
        what: Revoked::Subject(Subject::hash(&draft().subject())),
        date: world::time(ISSUED),
        reason: "an example".to_owned(),
    });
    trust
}

fn verdict(trust: &Trust, parts: &Parts) -> (Code, Vec<StepName>) {
    let report = report_at(&world::root(trust), &parts.encode(), Mode::Strict, ANCHORED + DAY + 1);
    (report.code(), failed(&report))
}

// R18.5
#[test]
fn a_stale_and_revoked_document_is_revoked() {
    use StepName::{Status, Time};
    assert_eq!(verdict(&stale_and_revoked(), &draft().parts()), (Code::RevokedByTrustRoot, vec![Time, Status]));
}

// R18.5
#[test]
fn a_tampered_and_revoked_document_is_revoked() {
    let parts = Parts { document: Some(b"another".to_vec()), ..draft().parts() };
    let (code, steps) = verdict(&stale_and_revoked(), &parts);
    assert_eq!(code, Code::RevokedByTrustRoot);
    assert_eq!(steps, [StepName::Document, StepName::Time, StepName::Status]);
}

// R18.5: revoked although neither log nor witness is known, and although it is incomplete.
#[test]
fn an_unanchored_or_incomplete_and_revoked_document_is_revoked() {
    let mut unanchored = draft();
    unanchored.cosigners.clear();
    assert_eq!(verdict(&stale_and_revoked(), &unanchored.parts()).0, Code::RevokedByTrustRoot);
    let incomplete = Parts { checkpoint: None, ..draft().parts() };
    assert_eq!(verdict(&stale_and_revoked(), &incomplete).0, Code::RevokedByTrustRoot);
}

// R18.5: keys are judged at the anchoring; where nobody says when that was, nothing is said of the key.
#[test]
fn an_unanchored_document_of_a_compromised_key_is_not_anchored() {
    let mut trust = world::trust();
    trust.issuers[0].keys[0].window.compromised_from = Some(world::time(world::END));
    assert_eq!(verdict(&trust, &draft().parts()), (Code::Ok, vec![]));
    let mut unanchored = draft();
    unanchored.cosigners.clear();
    assert_eq!(verdict(&trust, &unanchored.parts()), (Code::NotAnchoredQuorum, vec![StepName::Witnesses]));
}

// R18.5
#[test]
fn invalid_beats_indeterminate() {
    let mut trust = stale_and_revoked();
    trust.revocations.clear();
    assert_eq!(verdict(&trust, &draft().parts()), (Code::StaleEvidence, vec![StepName::Time]));
    let parts = Parts { document: Some(b"another".to_vec()), ..draft().parts() };
    assert_eq!(verdict(&trust, &parts), (Code::TamperedDocument, vec![StepName::Document, StepName::Time]));
    let mut expired = draft();
    expired.header.expires = Some(ISSUED + 1);
    // Both are failures of step 11: the worse one is its code.
    assert_eq!(verdict(&trust, &expired.parts()), (Code::ExpiredDocument, vec![StepName::Time]));
}

// R18.5
#[test]
fn malformed_beats_revoked() {
    let mut parts = draft().parts();
    parts.inclusion_proof.as_mut().unwrap().pop();
    let (code, steps) = verdict(&stale_and_revoked(), &parts);
    assert_eq!(code, Code::MalformedProofLength);
    assert_eq!(steps, [StepName::Inclusion, StepName::Time, StepName::Status]);
}

// R18.5
#[test]
fn malformed_beats_trust_and_trust_beats_invalid() {
    let trust = world::root(&world::trust());
    let unusable = Err(Error::new(Code::TrustThreshold, "signatures"));
    let code = |bundle: &[u8]| verify(&Request { trust: unusable, ..request(&trust, bundle) }).code();
    assert_eq!(code(b"no bundle"), Code::MalformedKind);
    assert_eq!(code(&Parts { document: Some(b"another".to_vec()), ..draft().parts() }.encode()), Code::TrustThreshold);
    assert_eq!(code(&draft().detached().encode()), Code::TrustThreshold);
}

// R18.5: of two equally bad failures, the verdict is the first.
#[test]
fn the_first_of_equals_is_the_verdict() {
    let mut parts = draft().parts();
    parts.document = Some(b"another".to_vec());
    parts.tree_size = Some(39);
    let (code, steps) = verdict(&world::trust(), &parts);
    assert_eq!((code, steps), (Code::TamperedDocument, vec![StepName::Document, StepName::Inclusion]));
}
