//! Step 1, form, and step 2, completeness.

use super::plan::{Plan, replace};
use super::verified::batch;
use crate::note::LineKey;
use crate::world::{self, ISSUED};
use ct_core::limits::{MAX_BUNDLE_BYTES, MAX_DEPTH, MAX_ENTRY_BYTES, MAX_ITEMS};
use ct_core::{Code, Hash, StepName};

pub(super) fn plans() -> Vec<Plan> {
    [encoding(), fields(), notes(), limits(), unsupported()].concat()
}

fn refused(name: &'static str, code: Code, description: &'static str) -> Plan {
    Plan::refused(name, code, StepName::Form, description)
}

/// The bytes are not one item in core deterministic encoding.
fn encoding() -> Vec<Plan> {
    vec![
        refused("bundle-empty", Code::MalformedEmpty, "There is nothing in the file.").bytes(Vec::clear),
        refused("bundle-of-one-byte", Code::MalformedTruncated, "Only the first byte is there.")
            .bytes(|bytes| bytes.truncate(1)),
        refused("bundle-cut-by-one-byte", Code::MalformedTruncated, "The last byte is missing.").bytes(|bytes| {
            bytes.pop();
        }),
        refused("bundle-with-trailing-byte", Code::MalformedTrailing, "A byte follows the end.")
            .bytes(|bytes| bytes.push(0)),
        refused("bundle-with-reserved-head", Code::MalformedCbor, "The first byte begins no item.")
            .bytes(|bytes| bytes[0] = 0xbc),
        refused("bundle-with-indefinite-length", Code::MalformedNotDeterministic, "The map ends with a break.").bytes(
            |bytes| {
                bytes[0] = 0xbf;
                bytes.push(0xff);
            },
        ),
        refused("bundle-with-long-head", Code::MalformedNotDeterministic, "The map's size takes a byte too many.")
            .bytes(|bytes| {
                let pairs = bytes[0] & 0x1f;
                bytes.splice(..1, [0xb8, pairs]);
            }),
        refused("bundle-with-key-twice", Code::MalformedNotDeterministic, "The kind is said twice.").bytes(|bytes| {
            bytes[0] += 1;
            let kind = bytes[1..=KIND_PAIR].to_vec();
            bytes.splice(1..1, kind);
        }),
        refused("bundle-with-unordered-keys", Code::MalformedNotDeterministic, "The kind comes last.").bytes(|bytes| {
            let kind: Vec<u8> = bytes.splice(1..=KIND_PAIR, []).collect();
            bytes.extend(kind);
        }),
        refused("bundle-with-float", Code::MalformedProfile, "The tree size is 38.0.")
            .bytes(|bytes| replace(bytes, b"itree_size\x18\x26", b"itree_size\xf9\x50\xc0")),
        refused("bundle-with-tagged-version", Code::MalformedProfile, "The version is said to be a time.")
            .bytes(|bytes| replace(bytes, b"gversion\x01", b"gversion\xc1\x01")),
        refused("bundle-with-text-not-utf8", Code::MalformedUtf8, "The key of the subject is no text.")
            .bytes(|bytes| replace(bytes, b"gsubject", b"gsubjec\xff")),
    ]
}

/// The bytes are an item, but not a bundle.
fn fields() -> Vec<Plan> {
    vec![
        refused("trust-root-as-bundle", Code::MalformedKind, "A trust root is given as the bundle.")
            .bytes(|bytes| *bytes = world::sign(&world::trust())),
        refused("picture-as-bundle", Code::MalformedKind, "A picture is given as the bundle.")
            .bytes(|bytes| *bytes = b"\x89PNG\r\n\x1a\n".to_vec()),
        refused("bundle-of-another-kind", Code::MalformedKind, "It says that it is something else.")
            .bytes(|bytes| replace(bytes, b"civictrust.bundle", b"civictrust.bunble")),
        refused("bundle-with-unknown-key", Code::MalformedField, "Nobody knows the field zzz.").bytes(|bytes| {
            bytes[0] += 1;
            bytes.splice(1..1, *b"czzz\x00");
        }),
        refused("statement-with-unprotected-header", Code::MalformedField, "Anybody could have added it.").parts(
            |parts| {
                let statement = parts.statement.as_mut().expect("it has a statement");
                // The empty map stands before the payload of 32 bytes.
                replace(statement, b"\xa0\x58\x20", b"\xa1\x01\x26\x58\x20");
            },
        ),
        refused("statement-without-tag", Code::MalformedField, "It does not say that it is a COSE_Sign1.").parts(
            |parts| {
                let statement = parts.statement.as_mut().expect("it has a statement");
                statement.remove(0);
            },
        ),
        refused("subject-of-another-version", Code::MalformedKind, "The subject says that it is of version 2.").parts(
            |parts| {
                let subject = parts.subject.as_mut().expect("it has a subject");
                replace(subject, b"civictrust/subject/1", b"civictrust/subject/2");
            },
        ),
    ]
}

/// Notes and checkpoints.
fn notes() -> Vec<Plan> {
    let checkpoint = |name, code, description, change: fn(&str) -> String| {
        refused(name, code, description).parts(|parts| parts.checkpoint = parts.checkpoint.as_deref().map(change))
    };
    let lines = |name, code, description, change: fn(&str) -> String| {
        refused(name, code, description)
            .parts(|parts| parts.checkpoint_signature = parts.checkpoint_signature.as_deref().map(change))
    };
    vec![
        checkpoint(
            "checkpoint-with-extension-line",
            Code::MalformedCheckpoint,
            "A fourth line follows the root.",
            |text| format!("{text}extension\n"),
        ),
        checkpoint("checkpoint-size-with-leading-zero", Code::MalformedCheckpoint, "The size is 038.", |text| {
            text.replace("\n38\n", "\n038\n")
        }),
        checkpoint("checkpoint-without-last-line-end", Code::MalformedCheckpoint, "The last LF is missing.", |text| {
            text.trim_end().to_owned()
        }),
        checkpoint(
            "checkpoint-root-not-canonical",
            Code::MalformedBase64,
            "The root's base64 has a spelling of its own.",
            |text| {
                // The last digit before the padding has two bits that mean nothing.
                let (digits, last) = text.trim_end_matches("=\n").split_at(text.len() - 3);
                let next = char::from(last.as_bytes()[0] + 1);
                format!("{digits}{next}=\n")
            },
        ),
        lines("signature-lines-not-ended", Code::MalformedNote, "The last LF is missing.", |lines| {
            lines.trim_end().to_owned()
        }),
        lines("witness-line-twice", Code::MalformedNote, "One witness's line stands there twice.", |lines| {
            let last = lines.lines().last().unwrap_or_default();
            format!("{lines}{last}\n")
        }),
        lines("signature-lines-with-hyphen", Code::MalformedNote, "A hyphen stands for the em dash.", |lines| {
            lines.replacen('\u{2014}', "-", 1)
        }),
    ]
}

fn limits() -> Vec<Plan> {
    vec![
        refused("bundle-too-large", Code::LimitBundleSize, "One byte more than a bundle may have.")
            .bundle_size(MAX_BUNDLE_BYTES + 1),
        refused("statement-too-large", Code::LimitEntrySize, "One byte more than a log entry may have.")
            .parts(|parts| parts.statement = Some(vec![0; MAX_ENTRY_BYTES + 1])),
        refused("bundle-nested-too-deep", Code::LimitDepth, "Arrays in arrays, one more than allowed.").bytes(
            |bytes| {
                *bytes = b"\xa1\x60".to_vec();
                bytes.extend([0x81; MAX_DEPTH]);
                bytes.push(0);
            },
        ),
        refused("bundle-of-too-many-items", Code::LimitItems, "A map says that it has 65536 pairs.").bytes(|bytes| {
            *bytes = vec![0xba];
            bytes.extend(u32::try_from(MAX_ITEMS).expect("a small number").to_be_bytes());
        }),
        refused("bundle-of-a-huge-length", Code::MalformedTruncated, "A byte string says that it has 2^63-1 bytes.")
            .bytes(|bytes| *bytes = b"\xa1\x60\x5b\x7f\xff\xff\xff\xff\xff\xff\xff".to_vec()),
        refused("subject-text-too-long", Code::LimitLength, "The subject's sub has 257 bytes.")
            .draft(|draft| draft.sub = "s".repeat(257)),
        refused("tree-size-too-large", Code::LimitNumber, "The tree size is 2^63.").bytes(|bytes| {
            replace(bytes, b"itree_size\x18\x26", b"itree_size\x1b\x80\x00\x00\x00\x00\x00\x00\x00");
        }),
        refused("inclusion-proof-of-64-hashes", Code::LimitProof, "No tree is so high.")
            .parts(|parts| parts.inclusion_proof = Some(vec![Hash::of(b""); 64])),
        refused("note-of-17-signatures", Code::LimitSignatures, "One signature more than a note may have.").draft(
            |draft| {
                for number in 0..13 {
                    draft.cosigners.push((LineKey::new(&format!("witness-{number}.elsewhere.example")), ISSUED + 60));
                }
            },
        ),
    ]
}

fn unsupported() -> Vec<Plan> {
    let statement = |name, code, description, from: &'static [u8], to: &'static [u8]| {
        refused(name, code, description)
            .parts(|parts| replace(parts.statement.as_mut().expect("it has a statement"), from, to))
    };
    vec![
        refused("bundle-of-version-2", Code::UnsupportedVersion, "The bundle is of a later format.")
            .bytes(|bytes| replace(bytes, b"gversion\x01", b"gversion\x02")),
        statement(
            "statement-signed-with-another-algorithm",
            Code::UnsupportedAlgorithm,
            "The header says EdDSA, which leaves the curve open.",
            b"\xa6\x01\x32\x04",
            b"\xa6\x01\x27\x04",
        ),
        statement(
            "statement-over-another-hash",
            Code::UnsupportedAlgorithm,
            "The payload is said to be a SHA-256/64 value.",
            b"\x19\x01\x02\x2f",
            b"\x19\x01\x02\x2e",
        ),
        statement(
            "statement-of-unregistered-type",
            Code::UnsupportedStatementType,
            "The type is not in the register.",
            b"vnd.civictrust.document+cose",
            b"vnd.civictrust.dokument+cose",
        ),
        Plan::refused("status-without-token", Code::MalformedField, StepName::Form, "Its status is an empty map.")
            .parts(|parts| parts.status = Some(vec![0xa0])),
        Plan::refused(
            "disclosure-without-claims",
            Code::MalformedField,
            StepName::Form,
            "Its disclosure is an empty map.",
        )
        .parts(|parts| parts.disclosure = Some(vec![0xa0])),
    ]
}

/// Step 2: a part that a later step needs is not there.
pub(super) fn incomplete() -> Vec<Plan> {
    let missing = |name, code, description| Plan::refused(name, code, StepName::Completeness, description);
    vec![
        missing("document-hash-missing", Code::IncompleteDocumentHash, "It names no document.")
            .parts(|parts| parts.document_hash = None),
        missing("subject-missing", Code::IncompleteSubject, "It has no subject.").parts(|parts| parts.subject = None),
        missing("statement-missing", Code::IncompleteStatement, "It has no statement.")
            .parts(|parts| parts.statement = None),
        missing("batch-missing", Code::IncompleteBatch, "The statement covers five subjects; which is this one?")
            .draft(|draft| draft.batch = Some(batch()))
            .parts(|parts| parts.batch = None),
        missing("leaf-index-missing", Code::IncompleteLeafIndex, "It does not say where in the log.")
            .parts(|parts| parts.leaf_index = None),
        missing("tree-size-missing", Code::IncompleteTreeSize, "It does not say in how large a log.")
            .parts(|parts| parts.tree_size = None),
        missing("inclusion-proof-missing", Code::IncompleteInclusionProof, "Nothing leads to the log's root.")
            .parts(|parts| parts.inclusion_proof = None),
        missing("checkpoint-missing", Code::IncompleteCheckpoint, "It has no checkpoint.")
            .parts(|parts| parts.checkpoint = None),
        missing("checkpoint-signature-missing", Code::IncompleteCheckpointSignature, "Nobody signed the checkpoint.")
            .parts(|parts| parts.checkpoint_signature = None),
        missing("document-missing", Code::IncompleteDocument, "The document is neither inside nor beside.")
            .parts(|parts| parts.document = None),
        missing("bundle-of-kind-and-version-only", Code::IncompleteDocumentHash, "It has no parts at all.")
            .parts(|parts| *parts = crate::parts::Parts::default()),
    ]
}

/// The length of the first pair, `"kind": "civictrust.bundle"`.
const KIND_PAIR: usize = 5 + 18;
