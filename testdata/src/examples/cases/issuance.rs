//! Steps 4 to 6: document, subject, issuer.

use super::plan::{DOCUMENT, Plan, flip};
use super::verified::batch;
use crate::draft::{BatchDraft, Draft};
use ct_core::merkle::leaf_hash;
use ct_core::{Batch, Code, Hash, StatementType, StepName, SubjectKind};

pub(super) fn plans() -> Vec<Plan> {
    [documents(), subjects(), batches(), nodes(), issuers()].concat()
}

fn documents() -> Vec<Plan> {
    let refused = |name, code, description| Plan::refused(name, code, StepName::Document, description);
    vec![
        refused("document-altered", Code::TamperedDocument, "One byte of the document is another.")
            .parts(|parts| parts.document = Some([DOCUMENT, b"\n"].concat())),
        refused("document-of-another-bundle", Code::TamperedDocument, "Another document is beside the bundle.")
            .beside(b"EXAMPLE: another document.\n"),
        Plan::refused(
            "no-claim-shown",
            Code::IncompleteDisclosure,
            StepName::Completeness,
            "The subject is a set of claims.",
        )
        .draft(|draft| draft.kind = SubjectKind::Claims),
    ]
}

fn subjects() -> Vec<Plan> {
    let refused = |name, code, description| Plan::refused(name, code, StepName::Subject, description);
    vec![
        refused("document-hash-altered", Code::TamperedDocumentHash, "The bundle names another document.")
            .hash_only()
            .parts(|parts| parts.document_hash = Some(Hash::of(b"another document"))),
        refused("document-and-hash-altered", Code::TamperedDocumentHash, "Another document with its proper hash.")
            .parts(|parts| {
                let document = b"EXAMPLE: another document.\n";
                parts.document_hash = Some(Hash::of(document));
                parts.document = Some(document.to_vec());
            }),
        refused("subject-of-another-statement", Code::TamperedSubject, "The subject is one that nobody signed.").parts(
            |parts| {
                let other = Draft { sub: "somebody else".to_owned(), ..Draft::new("case", DOCUMENT) };
                parts.subject = Some(other.subject());
            },
        ),
        refused("subject-salt-altered", Code::TamperedSubject, "The subject has another salt.").parts(|parts| {
            let other = Draft { salt: [0; 16], ..Draft::new("case", DOCUMENT) };
            parts.subject = Some(other.subject());
        }),
        refused("document-hash-as-payload", Code::TamperedSubject, "The issuer signed the bare hash of the document.")
            .draft(|draft| draft.payload = Some(Hash::of(DOCUMENT))),
    ]
}

fn batches() -> Vec<Plan> {
    let refused = |name, code, description| {
        Plan::refused(name, code, StepName::Subject, description).draft(|draft| draft.batch = Some(batch()))
    };
    let with = |plan: Plan, change: fn(&mut Batch)| {
        plan.parts(|parts| change(parts.batch.as_mut().expect("it is one of several")))
    };
    vec![
        with(
            refused("batch-size-altered", Code::TamperedBatch, "The issuer signed five subjects, not six."),
            |batch| {
                batch.size = 6;
            },
        ),
        // The path of leaf 0 in a tree of 8 is also one of leaf 0 in a tree of 5.
        Plan::refused("batch-size-with-the-same-path", Code::TamperedBatch, StepName::Subject, "Eight, not five.")
            .draft(|draft| {
                let others = (1..8).map(|number| Hash::of(&[number])).collect();
                draft.batch = Some(BatchDraft { others, position: 0 });
            })
            .parts(|parts| parts.batch.as_mut().expect("it is one of several").size = 5),
        Plan::refused(
            "batch-size-signed-wrongly",
            Code::TamperedBatch,
            StepName::Subject,
            "The issuer signed that there are eight, and the path is one of five.",
        )
        .draft(|draft| {
            draft.batch = Some(batch());
            draft.header.subjects = Some(8);
        }),
        Plan::refused(
            "batch-part-of-a-lone-subject",
            Code::TamperedBatch,
            StepName::Subject,
            "There is one subject, and the bundle places it among one.",
        )
        .parts(|parts| parts.batch = Some(Batch { index: 0, size: 1, proof: vec![] })),
        with(refused("batch-proof-one-bit-flipped", Code::TamperedSubject, "One bit of the path is wrong."), |batch| {
            flip(&mut batch.proof, 1)
        }),
        with(refused("batch-index-altered", Code::TamperedSubject, "It is said to be its own neighbour."), |batch| {
            batch.index = 3;
        }),
        with(
            refused("batch-index-not-below-size", Code::MalformedLeafIndex, "It is said to be the sixth of five."),
            |batch| batch.index = 5,
        ),
        with(refused("batch-index-too-large", Code::LimitNumber, "It is said to be in place 2^64-1."), |batch| {
            batch.index = u64::MAX
        }),
        with(
            refused("batch-proof-one-hash-short", Code::MalformedProofLength, "A hash of the path is missing."),
            |batch| {
                batch.proof.pop();
            },
        ),
    ]
}

/// The two hashes under the root of a tree of two, as hashed: 65 bytes that anybody can offer as a file, and whose
/// SHA-256 is what the issuer signed.
fn node() -> Vec<u8> {
    let draft = pair();
    let own = leaf_hash(&draft.subject());
    let others = draft.batch.expect("it is one of two").others;
    [&[1], own.as_bytes().as_slice(), others[0].as_bytes()].concat()
}

fn pair() -> Draft {
    let mut draft = Draft::new("case", DOCUMENT);
    draft.batch = Some(BatchDraft { others: vec![Hash::of(b"another subject")], position: 0 });
    draft
}

fn nodes() -> Vec<Plan> {
    let offered = |name, code, step, description| {
        Plan::refused(name, code, step, description).draft(|draft| *draft = pair()).parts(|parts| {
            let forged = Draft::new("case", &node());
            assert_eq!(parts.statement.as_deref().map(payload), Some(Hash::of(&node())));
            parts.subject = Some(forged.subject());
            parts.document_hash = Some(Hash::of(&node()));
            parts.document = Some(node());
        })
    };
    vec![
        offered(
            "batch-node-as-document",
            Code::TamperedSubject,
            StepName::Subject,
            "The document's hash is the payload itself.",
        ),
        offered(
            "batch-node-as-document-without-path",
            Code::IncompleteBatch,
            StepName::Completeness,
            "The document's hash is the payload itself, and no path is given.",
        )
        .parts(|parts| parts.batch = None),
    ]
}

fn payload(statement: &[u8]) -> Hash {
    ct_core::Statement::parse(statement).expect("it is well-formed").payload()
}

fn issuers() -> Vec<Plan> {
    let refused = |name, code, description| Plan::refused(name, code, StepName::Issuer, description);
    vec![
        refused("issuer-unknown", Code::UnknownIssuer, "The trust root has no such issuer.").draft(|draft| {
            draft.header.issuer = "https://forger.example".to_owned();
        }),
        refused("issuer-key-unknown", Code::UnknownIssuerKey, "The issuer has no such key.").draft(|draft| {
            draft.header.kid = "university-2030".to_owned();
        }),
        refused("issuer-key-of-another-issuer", Code::UnknownIssuerKey, "The city's key signed for the university.")
            .draft(|draft| {
                draft.header.kid = "city-2026".to_owned();
                draft.issuer_key = "city-2026".to_owned();
            }),
        refused("status-key-signs-a-document", Code::UnknownIssuerKey, "The university's key is for status lists.")
            .draft(|draft| {
                draft.header.kid = "university-2026-status".to_owned();
                draft.issuer_key = "university-2026-status".to_owned();
            }),
        refused("statement-signed-by-another-key", Code::TamperedStatement, "The kid names one key, another signed.")
            .draft(|draft| draft.issuer_key = "forger".to_owned()),
        refused("statement-signed-by-another-issuer", Code::TamperedStatement, "The city signed as the university.")
            .draft(|draft| draft.issuer_key = "city-2026".to_owned()),
        refused("document-type-not-entrusted", Code::UnknownDocumentType, "The university may not issue it.")
            .draft(|draft| draft.header.document_type = "land-registry-extract".to_owned()),
        refused("status-statement-as-document", Code::UnsupportedStatementType, "It is about a status list.")
            .draft(|draft| draft.header.statement_type = StatementType::Status),
        refused("genesis-statement-as-document", Code::UnsupportedStatementType, "It is about a log.")
            .draft(|draft| draft.header.statement_type = StatementType::Genesis),
    ]
}
