//! Step 12: the status list that goes with a document.

use super::plan::{DOCUMENT, Plan};
use crate::draft::Draft;
use crate::note::LineKey;
use crate::parts::Parts;
use crate::status::{STATUS_INDEX, StatusDraft, list_of_bytes};
use crate::world::{self, ANCHORED, CITY, DAY, ISSUED, ORIGIN, OVERLAP, SKEW, UNIVERSITY};
use ct_core::bundle::BundledStatus;
use ct_core::trust::{Trust, Window};
use ct_core::{Code, Hash, Mode, Seconds, StatementType, StepName};

const VALID: u8 = 0;
const INVALID: u8 = 1;
const SUSPENDED: u8 = 2;

pub(super) fn plans() -> Vec<Plan> {
    [verified(), says(), stale(), unproven(), keys(), lists()].concat()
}

/// A document with this list.
fn with(plan: Plan, list: StatusDraft) -> Plan {
    plan.draft(|draft| *draft = draft.clone().with_status(list))
}

/// A document with a list that is valid before this change.
fn changed(name: &'static str, code: Code, description: &'static str, change: fn(&mut StatusDraft)) -> Plan {
    let mut list = StatusDraft::new(VALID, ISSUED);
    change(&mut list);
    with(Plan::refused(name, code, StepName::Status, description), list)
}

/// A status list may be a week old, two weeks in grace.
fn week(plan: Plan) -> Plan {
    plan.trust("status-of-a-week", |trust| {
        trust.policy.strict.status = Seconds::new(7 * DAY);
        trust.policy.grace.status = Seconds::new(14 * DAY);
    })
}

/// Later checkpoints nine days after the issue, the list recorded before the first of them.
fn refreshed(plan: Plan, list: StatusDraft) -> Plan {
    with(plan, list).draft(|draft| *draft = draft.clone().refreshed(30, ISSUED + 9 * DAY))
}

fn verified() -> Vec<Plan> {
    let week_old = || with(Plan::verified("status-a-week-old", "Not a second older."), StatusDraft::new(VALID, ISSUED));
    let mut expiring = StatusDraft::new(VALID, ISSUED);
    expiring.expires = Some(ISSUED + DAY);
    let newest = StatusDraft::new(VALID, ISSUED + 9 * DAY).under(1);
    vec![
        with(Plan::verified("status-valid", "Its status is valid."), StatusDraft::new(VALID, ISSUED)),
        week(week_old()).at(ISSUED + 7 * DAY),
        week(refreshed(Plan::verified("status-under-a-later-checkpoint", "A newer list was added."), newest))
            .at(ISSUED + 10 * DAY),
        with(Plan::verified("status-expired-for-an-archive", "It held when the document was anchored."), expiring)
            .at(ISSUED + 2 * DAY)
            .mode(Mode::Archival),
    ]
}

/// What the list says of the document.
fn says() -> Vec<Plan> {
    let plan = |name, code, description, status| {
        let plan = Plan::refused(name, code, StepName::Status, description);
        with(plan, StatusDraft::new(status, ISSUED))
    };
    vec![
        plan("status-revoked", Code::RevokedDocument, "The issuer revoked the document.", INVALID),
        plan("status-revoked-for-an-archive", Code::RevokedDocument, "An archive minds that too.", INVALID)
            .mode(Mode::Archival),
        plan("status-revoked-in-grace", Code::RevokedDocument, "Grace does not help.", INVALID).mode(Mode::Grace),
        plan("status-suspended", Code::RevokedSuspended, "The issuer suspended the document.", SUSPENDED),
        plan("status-without-meaning", Code::UnsupportedStatus, "Its status is 3.", 3),
    ]
}

fn stale() -> Vec<Plan> {
    let plan = |name, code, description| Plan::refused(name, code, StepName::Status, description);
    let old = || StatusDraft::new(VALID, ISSUED);
    let mut again = old();
    again.checkpoint = 1;
    vec![
        changed("status-expired", Code::ExpiredStatus, "It ends the second at which it is used.", |list| {
            list.expires = Some(ISSUED + DAY);
        }),
        week(with(plan("status-stale", Code::StaleStatus, "The list is a week and a second old."), old()))
            .at(ISSUED + 7 * DAY + 1),
        week(with(plan("status-stale-beyond-grace", Code::StaleStatus, "Grace allows two weeks."), old()))
            .at(ISSUED + 14 * DAY + 1)
            .mode(Mode::Grace),
        week(with(
            plan("status-stale-for-an-archive", Code::StaleStatus, "It is from a week before the anchoring."),
            StatusDraft::new(VALID, ANCHORED - 7 * DAY - 1),
        ))
        .mode(Mode::Archival),
        week(refreshed(
            plan("status-proven-again", Code::StaleStatus, "An old list, proven under a new checkpoint."),
            again,
        ))
        .at(ISSUED + 10 * DAY),
        week(with(
            plan("status-stale-and-revoked", Code::RevokedDocument, "The revocation hides behind staleness."),
            StatusDraft::new(INVALID, ISSUED),
        ))
        .at(ISSUED + 30 * DAY),
    ]
}

/// The list is not shown to be the issuer's word about this document.
fn unproven() -> Vec<Plan> {
    let other_log = || {
        let mut draft = Draft::new("case", DOCUMENT).with_status(StatusDraft::new(VALID, ISSUED));
        draft.after[0] = b"another entry".to_vec();
        draft.parts().status
    };
    vec![
        changed("status-of-another-list", Code::TamperedStatus, "It is the list of another URI.", |list| {
            list.uri.push('0');
        })
        .draft(|draft| draft.status = Some((format!("{UNIVERSITY}/status/1"), STATUS_INDEX))),
        changed("status-of-another-issuer", Code::TamperedStatus, "The city says so of the university's.", |list| {
            CITY.clone_into(&mut list.header.issuer);
            for kid in [&mut list.kid, &mut list.key, &mut list.issuer_key, &mut list.header.kid] {
                "city-2026-status".clone_into(kid);
            }
        }),
        changed("status-recorded-at-another-time", Code::TamperedStatus, "The log's entry makes it newer.", |list| {
            list.header.issued_at += 60;
        }),
        changed("status-of-another-token", Code::TamperedStatus, "The log's entry is about another token.", |list| {
            list.payload = Some(Hash::of(b"another token"));
        }),
        changed("status-recorded-as-a-document", Code::TamperedStatus, "The entry is a document's.", |list| {
            list.header.statement_type = StatementType::Document;
        }),
        changed("status-not-in-the-log", Code::TamperedStatus, "It is proven into another log.", |_| ())
            .parts(move |parts| parts.status = other_log()),
        changed("status-of-a-document-without", Code::TamperedStatus, "The document has no status.", |_| ())
            .draft(|draft| draft.status = None),
        changed("status-from-the-future", Code::TamperedPostdated, "It is newer than its checkpoint.", |list| {
            (list.issued_at, list.header.issued_at) = (ANCHORED + SKEW + 1, ANCHORED + SKEW + 1);
        }),
        changed("status-under-no-checkpoint", Code::IncompleteStatus, "There is no later checkpoint.", |_| ())
            .parts(move_to_the_first_later),
        refreshed(
            Plan::refused(
                "status-under-a-checkpoint-that-does-not-count",
                Code::IncompleteStatus,
                StepName::Status,
                "A stolen key signed the later checkpoint.",
            ),
            StatusDraft::new(VALID, ISSUED).under(1),
        )
        .trust("second-log-key-stolen", |trust| {
            let mut stolen = world::log_key(&second_log_key());
            stolen.window.compromised_from = Some(world::time(ISSUED));
            trust.logs[0].keys.push(stolen);
        })
        .draft(|draft| draft.later[0].log_keys = vec![second_log_key()])
        .at(ISSUED + 10 * DAY),
    ]
}

fn second_log_key() -> LineKey {
    LineKey { name: ORIGIN.to_owned(), key: "log.example/2026/2".to_owned() }
}

fn move_to_the_first_later(parts: &mut Parts) {
    let bytes = parts.status.take().expect("it has a status");
    let status = BundledStatus::parse(&bytes).expect("it is well-formed");
    parts.status = Some(BundledStatus { checkpoint: 1, ..status }.encode());
}

fn keys() -> Vec<Plan> {
    let at_fault = |name, code, description, file, change: fn(&mut Window)| {
        changed(name, code, description, |_| ())
            .trust(file, |trust: &mut Trust| change(&mut trust.issuers[0].status[0].keys[0].window))
    };
    vec![
        changed(
            "status-signed-by-another-key",
            Code::TamperedStatus,
            "The kid names one key, another signed.",
            |list| {
                "forger".clone_into(&mut list.key);
            },
        ),
        changed("status-recorded-by-another-key", Code::TamperedStatus, "Another key signed the entry.", |list| {
            "forger".clone_into(&mut list.issuer_key);
        }),
        changed("status-signed-by-a-document-key", Code::UnknownIssuerKey, "That key is for documents.", |list| {
            for kid in [&mut list.kid, &mut list.key] {
                "university-2026".clone_into(kid);
            }
        }),
        changed("status-outside-the-prefix", Code::UnknownIssuerKey, "No key is bound to such a URI.", |list| {
            "https://elsewhere.example/status/1".clone_into(&mut list.uri);
        }),
        at_fault(
            "status-key-compromised",
            Code::RevokedIssuerKey,
            "The key was compromised at that second.",
            "status-key-compromised",
            |window| window.compromised_from = Some(world::time(ANCHORED)),
        ),
        at_fault(
            "status-key-ended-before",
            Code::ExpiredIssuerKey,
            "The key and its overlap had ended.",
            "status-key-ended",
            |window| (window.from, window.until) = (world::time(0), world::time(ANCHORED - OVERLAP - 1)),
        ),
        at_fault(
            "status-key-begun-after",
            Code::NotYetValidIssuerKey,
            "The key began a second later.",
            "status-key-begun-after",
            |window| window.from = world::time(ANCHORED + 1),
        ),
    ]
}

/// The stream of statuses itself.
fn lists() -> Vec<Plan> {
    vec![
        changed("status-list-that-ends-before", Code::TamperedStatus, "It has four statuses.", |list| {
            list.list = list_of_bytes(1);
        }),
        changed("status-list-that-bursts", Code::LimitLength, "It inflates to a thousand times its size.", |list| {
            list.list = list_of_bytes(1 << 22);
        }),
        changed("status-list-with-trailing-byte", Code::MalformedField, "A byte follows the stream.", |list| {
            list.list.push(0);
        }),
        changed("status-list-with-dictionary", Code::MalformedField, "It asks for a dictionary.", |list| {
            list.list[1] |= 0x20;
        }),
    ]
}
