//! Steps 11 and 12: times; status and revocation.

use super::plan::{DOCUMENT, Plan};
use crate::draft::Draft;
use crate::note::LineKey;
use crate::world::{self, ANCHORED, DAY, ISSUED, MAX_ANCHOR_DELAY, ORIGIN, OVERLAP, SKEW, UNIVERSITY};
use ct_core::merkle::leaf_hash;
use ct_core::trust::{Revocation, Revoked, Trust};
use ct_core::{Code, Mode, Seconds, StepName};

pub(super) fn plans() -> Vec<Plan> {
    let refused = |name, code, description| Plan::refused(name, code, StepName::Time, description);
    let week = |trust: &mut Trust| {
        trust.policy.strict.evidence = Seconds::new(7 * DAY);
        trust.policy.grace.evidence = Seconds::new(14 * DAY);
    };
    vec![
        refused("statement-backdated", Code::TamperedBackdated, "Issued a second too long before it was anchored.")
            .draft(|draft| draft.header.issued_at = ANCHORED - MAX_ANCHOR_DELAY - 1),
        refused("statement-postdated", Code::TamperedPostdated, "Issued later than it was anchored.")
            .draft(|draft| draft.header.issued_at = ANCHORED + SKEW + 1),
        refused("cosignature-in-the-future", Code::NotYetValidCosignature, "A witness states a time still to come.")
            .at(ISSUED + 90 - SKEW - 1),
        refused("document-expired", Code::ExpiredDocument, "It ends the second at which it is verified.")
            .draft(|draft| draft.header.expires = Some(ISSUED + DAY)),
        refused("document-expired-before-anchoring", Code::ExpiredDocument, "It had ended when it was anchored.")
            .draft(|draft| draft.header.expires = Some(ANCHORED))
            .mode(Mode::Archival),
        refused("document-not-yet-valid", Code::NotYetValidDocument, "It begins a second later.")
            .draft(|draft| draft.header.not_before = Some(ISSUED + DAY + 1)),
        refused("issuer-key-ended-before", Code::ExpiredIssuerKey, "The key and its overlap had ended.").trust(
            "issuer-key-ended",
            |trust| {
                trust.issuers[0].keys[0].window.until = world::time(ANCHORED - OVERLAP - 1);
                trust.issuers[0].keys[0].window.from = world::time(0);
            },
        ),
        refused("issuer-key-begun-after", Code::NotYetValidIssuerKey, "The key began a second later.").trust(
            "issuer-key-begun-after",
            |trust| {
                trust.issuers[0].keys[0].window.from = world::time(ANCHORED + 1);
            },
        ),
        refused("issuer-key-compromised-before", Code::RevokedIssuerKey, "The key was compromised at that second.")
            .trust("issuer-key-compromised", |trust| {
                trust.issuers[0].keys[0].window.compromised_from = Some(world::time(ANCHORED));
            }),
        refused("log-key-ended-before", Code::ExpiredLogKey, "The log's key had ended.")
            .trust("log-key-ended", |trust| trust.logs[0].keys[0].window.until = world::time(ANCHORED - 1)),
        refused("log-key-begun-after", Code::NotYetValidLogKey, "The log's key began a second later.").trust(
            "log-key-begun-after",
            |trust| {
                trust.logs[0].keys[0].window.from = world::time(ANCHORED + 1);
            },
        ),
        refused(
            "log-key-ended-and-another-compromised",
            Code::ExpiredLogKey,
            "One key had ended, the other is stolen.",
        )
        .trust("log-key-ended-and-another-compromised", |trust| {
            let mut stolen = world::log_key(&second_log_key());
            stolen.window.compromised_from = Some(world::time(ISSUED));
            trust.logs[0].keys[0].window.until = world::time(ANCHORED - 1);
            trust.logs[0].keys.push(stolen);
        })
        .draft(|draft| draft.log_keys.push(second_log_key())),
        refused(
            "evidence-after-the-pin-of-an-equivocated-log",
            Code::StaleEvidence,
            "What follows the pin is no news.",
        )
        .trust("log-equivocated-and-anchor-pinned-a-week", |trust| {
            week(trust);
            trust.logs[0].equivocated = Some(world::time(ISSUED));
            trust.logs[0].pins.push(Draft::new("case", DOCUMENT).parts().pin(ANCHORED));
        })
        .draft(|draft| *draft = draft.clone().refreshed(30, ISSUED + 8 * DAY))
        .at(ISSUED + 9 * DAY),
        refused("evidence-by-a-compromised-log-key", Code::StaleEvidence, "What the stolen key signed is no news.")
            .trust("second-log-key-compromised", |trust| {
                week(trust);
                let mut stolen = world::log_key(&second_log_key());
                stolen.window.compromised_from = Some(world::time(ISSUED));
                trust.logs[0].keys.push(stolen);
            })
            .draft(|draft| {
                *draft = draft.clone().refreshed(30, ISSUED + 8 * DAY);
                draft.later[0].log_keys = vec![second_log_key()];
            })
            .at(ISSUED + 9 * DAY),
        Plan::verified(
            "evidence-that-a-pin-vouches-for",
            "The log's key is compromised; a pin vouches for what is new.",
        )
        .trust("log-key-compromised-and-later-pinned-a-week", |trust| {
            week(trust);
            trust.logs[0].keys[0].window.compromised_from = Some(world::time(ISSUED));
            let later = Draft::new("case", DOCUMENT).refreshed(30, ISSUED + 8 * DAY).parts().later;
            trust.logs[0].pins.push(later[0].pin(ISSUED + 8 * DAY));
        })
        .draft(|draft| *draft = draft.clone().refreshed(30, ISSUED + 8 * DAY))
        .at(ISSUED + 9 * DAY),
        refused("evidence-stale", Code::StaleEvidence, "The checkpoint is a week and a second old.")
            .trust("evidence-of-a-week", week)
            .at(ANCHORED + 7 * DAY + 1),
        refused("evidence-stale-beyond-grace", Code::StaleEvidence, "Grace allows two weeks.")
            .trust("evidence-of-a-week", week)
            .at(ANCHORED + 14 * DAY + 1)
            .mode(Mode::Grace),
        refused("evidence-of-a-pin-only", Code::StaleEvidence, "A pin says nothing about how fresh it is.")
            .trust("anchor-pinned", |trust| {
                trust.logs[0].pins.push(Draft::new("case", DOCUMENT).parts().pin(ANCHORED));
            })
            .parts(|parts| parts.checkpoint_signature = None),
    ]
}

fn second_log_key() -> LineKey {
    LineKey { name: ORIGIN.to_owned(), key: "log.example/2026/2".to_owned() }
}

/// Step 12.
pub(super) fn status() -> Vec<Plan> {
    let refused = |name, code, description| Plan::refused(name, code, StepName::Status, description);
    let uri = || format!("{UNIVERSITY}/status/1");
    let revoke = |what: Revoked| Revocation { what, date: world::time(ISSUED + 60), reason: "an example".to_owned() };
    let draft = || Draft::new("case", DOCUMENT);
    vec![
        refused("subject-revoked", Code::RevokedByTrustRoot, "The trust root revokes this subject.").trust(
            "subject-revoked",
            |trust| {
                trust.revocations.push(revoke(Revoked::Subject(leaf_hash(&draft().subject()))));
            },
        ),
        refused("statement-revoked", Code::RevokedByTrustRoot, "The trust root revokes the whole statement.").trust(
            "statement-revoked",
            |trust| {
                let id = draft().header.id;
                trust.revocations.push(revoke(Revoked::Statement { issuer: UNIVERSITY.to_owned(), id }));
            },
        ),
        refused("status-index-revoked", Code::RevokedByTrustRoot, "The trust root revokes this status index.")
            .trust("status-index-revoked", |trust| {
                trust.revocations.push(revoke(Revoked::Status { uri: uri(), index: 7 }));
            })
            .draft(|draft| draft.status = Some((uri(), 7))),
        refused("subject-revoked-for-an-archive", Code::RevokedByTrustRoot, "An archive minds revocations too.")
            .trust("subject-revoked", |trust| {
                trust.revocations.push(revoke(Revoked::Subject(leaf_hash(&draft().subject()))));
            })
            .mode(Mode::Archival),
        refused("issuer-revoked-before", Code::RevokedIssuer, "The issuer was struck off at that second.")
            .trust("issuer-revoked", |trust| trust.issuers[0].revoked_from = Some(world::time(ANCHORED))),
        Plan::verified("others-revoked", "The trust root revokes everything but this document.").trust(
            "others-revoked",
            |trust| {
                let id = draft().header.id;
                let other_issuer = "https://elsewhere.example".to_owned();
                trust.revocations.push(revoke(Revoked::Subject(leaf_hash(b"another subject"))));
                trust.revocations.push(revoke(Revoked::Statement { issuer: other_issuer, id }));
                let other = Revoked::Statement { issuer: UNIVERSITY.to_owned(), id: "another".to_owned() };
                trust.revocations.push(revoke(other));
            },
        ),
        refused("other-status-indices-revoked", Code::IncompleteStatus, "This index is not among the revoked ones.")
            .trust("other-status-indices-revoked", |trust| {
                trust.revocations.push(revoke(Revoked::Status { uri: uri(), index: 8 }));
                let uri = format!("{UNIVERSITY}/status/2");
                trust.revocations.push(revoke(Revoked::Status { uri, index: 7 }));
            })
            .draft(|draft| draft.status = Some((uri(), 7))),
        refused("status-missing", Code::IncompleteStatus, "It has a status, and none is at hand.")
            .draft(|draft| draft.status = Some((uri(), 7))),
        refused("status-missing-for-an-archive", Code::IncompleteStatus, "An archive needs it too.")
            .draft(|draft| draft.status = Some((uri(), 7)))
            .mode(Mode::Archival),
    ]
}
