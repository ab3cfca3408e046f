//! Step 4 for documents of claims.

use super::plan::{DOCUMENT, Plan, replace};
use crate::claims::ClaimsDraft;
use crate::draft::Draft;
use ct_core::{Code, StepName};

const CLAIMS: [(&str, &str); 5] =
    [("type", "diploma"), ("provisional", "yes"), ("name", "A. Example"), ("grade", "9.5"), ("born", "2001-02-03")];
const MANDATORY: u64 = 2;

pub(super) fn plans() -> Vec<Plan> {
    [verified(), refused()].concat()
}

fn of_claims(plan: Plan) -> Plan {
    plan.draft(|draft| *draft = draft.clone().of_claims(MANDATORY, &CLAIMS))
}

fn claims() -> ClaimsDraft {
    Draft::new("case", DOCUMENT).of_claims(MANDATORY, &CLAIMS).claims.expect("it has claims")
}

fn verified() -> Vec<Plan> {
    let plan = |name, description| of_claims(Plan::verified(name, description));
    vec![
        plan("claims-all-shown", "A document of five claims."),
        plan("claims-redacted", "Grade and date of birth are withheld.")
            .parts(|parts| parts.disclosure = Some(claims().showing(&["name"]))),
        plan("claims-mandatory-only", "Everything is withheld that may be.")
            .parts(|parts| parts.disclosure = Some(claims().showing(&[]))),
        plan("claims-hash-only", "Only the hash is asked about, and no claim is shown.")
            .hash_only()
            .parts(|parts| parts.disclosure = None),
    ]
}

fn refused() -> Vec<Plan> {
    let plan = |name, code, description| of_claims(Plan::refused(name, code, StepName::Document, description));
    vec![
        plan("mandatory-claim-withheld", Code::TamperedMandatoryClaim, "The holder hides that it is provisional.")
            .parts(|parts| parts.disclosure = Some(claims().showing_only(&["type", "name"]))),
        // Both mandatory claims are withheld, and the first one shown is in neither's place.
        plan("mandatory-claims-withheld", Code::TamperedMandatoryClaim, "Only the grade is shown.")
            .parts(|parts| parts.disclosure = Some(claims().showing_only(&["grade"]))),
        plan("mandatory-claims-said-to-be-fewer", Code::TamperedDocumentHash, "One claim is mandatory, it says.")
            .parts(|parts| {
                let fewer = ClaimsDraft { mandatory: 1, ..claims() };
                parts.disclosure = Some(fewer.showing(&["name"]));
            }),
        plan("claim-altered", Code::TamperedDisclosure, "Another grade is shown.").parts(|parts| {
            replace(parts.disclosure.as_mut().expect("it has claims"), b"9.5", b"9.9");
        }),
        plan("claim-renamed", Code::TamperedDisclosure, "The value stands under another name.").parts(|parts| {
            replace(parts.disclosure.as_mut().expect("it has claims"), b"grade", b"award");
        }),
        plan("claims-of-another-document", Code::TamperedDocumentHash, "The claims are those of another document.")
            .parts(|parts| {
                let mut other = claims();
                other.claims[2].1 = "B. Example".to_owned();
                parts.disclosure = Some(other.disclosure());
            }),
        Plan::refused("claims-of-a-file", Code::TamperedDisclosure, StepName::Document, "A file has no claims.")
            .parts(|parts| parts.disclosure = Some(claims().disclosure())),
        of_claims(Plan::refused("claim-name-twice", Code::MalformedField, StepName::Form, "Which of the two is it?"))
            .parts(|parts| replace(parts.disclosure.as_mut().expect("it has claims"), b"name\x84", b"born\x84")),
    ]
}
