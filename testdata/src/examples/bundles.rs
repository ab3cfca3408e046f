//! `bundles/`: what a newcomer verifies first. Every file keeps its verdict for twenty years.

use super::document;
use super::file::Files;
use crate::draft::{BatchDraft, Draft, in_one_log};
use crate::note::LineKey;
use crate::parts::Parts;
use crate::status::{self, StatusDraft};
use crate::world::{self, CITY, DAY, ISSUED, REGISTRY};
use ct_core::merkle::leaf_hash;
use ct_core::trust::{Revocation, Revoked, Window};
use ct_core::{Code, StepName, Trust};

/// A file of `bundles/refused/`, and why it is refused.
pub struct Refused {
    /// The file's name, without its ending.
    pub name: &'static str,
    /// The verdict.
    pub code: Code,
    /// The step that fails.
    pub step: StepName,
    /// What is wrong with it.
    pub what: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// A file of `bundles/valid/`.
pub struct Valid {
    /// The file's name, without its ending.
    pub name: &'static str,
    /// What it is.
    pub what: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// What `bundles/trust.cbor` says: the example trust root, one revoked diploma and one compromised key.
#[must_use]
pub fn trust() -> Trust {
    let mut trust = world::trust();
    trust.revocations.push(Revocation {
        what: Revoked::Subject(leaf_hash(&revoked().subject())),
        date: world::time(ISSUED + 600),
        reason: "awarded by mistake".to_owned(),
    });
    let compromised = Window { compromised_from: Some(world::time(ISSUED - 30 * DAY)), ..world::window() };
    let mut stolen = world::issuer_key(STOLEN_KEY);
    stolen.window = Window { from: world::time(world::BEGIN - 60 * DAY), ..compromised };
    trust.issuers[0].keys.push(stolen);
    trust
}

/// The bundles that verify. All have the same anchor; some have later checkpoints too.
#[must_use]
pub fn valid() -> Vec<Valid> {
    let Drafts { diploma, certificate, extract, names, refreshed, of_a_batch, of_claims, listed, .. } = drafts();
    let claims = of_claims.claims.as_ref().expect("it has claims").showing(&["name"]);
    let redacted = Parts { disclosure: Some(claims), ..of_claims.parts() };
    let file = |name, what, draft: Draft| Valid { name, what, bytes: draft.parts().encode() };
    vec![
        file("diploma", "a diploma of one page (PDF), seen by three witnesses", diploma),
        file("certificate", "a certificate of residence (plain text)", certificate),
        file("land-registry-extract", "an extract from a land register (CSV)", extract),
        file("names-in-utf8", "a certificate with names beyond ASCII (UTF-8)", names),
        file("refreshed", "a diploma to which fresher checkpoints of the log were added later", refreshed),
        file("diploma-of-a-batch", "one of five diplomas under one signature of the university", of_a_batch),
        file("diploma-with-status", "a diploma with the university's list that says it is still valid", listed),
        Valid {
            name: "claims-redacted",
            what: "a diploma of five claims, of which grade and date of birth are withheld",
            bytes: redacted.encode(),
        },
    ]
}

/// The bundles that do not, each for one reason.
#[must_use]
pub fn refused() -> Vec<Refused> {
    let drafts = drafts();
    let mut files = altered(&drafts);
    files.extend(lacking(&drafts));
    files.extend(unlisted(&drafts));
    files.extend(untrusted(drafts));
    files.sort_by_key(|file| file.name);
    files
}

/// Somebody changed a valid bundle.
fn altered(drafts: &Drafts) -> Vec<Refused> {
    let valid = drafts.diploma.parts();
    let part = |name, code, step, what, alter: &dyn Fn(&mut Parts)| {
        let mut parts = valid.clone();
        alter(&mut parts);
        Refused { name, code, step, what, bytes: parts.encode() }
    };
    vec![
        part(
            "document-altered",
            Code::TamperedDocument,
            StepName::Document,
            "another name stands on the diploma",
            &|parts| {
                parts.document = Some(document::forged_diploma());
            },
        ),
        part(
            "subject-altered",
            Code::TamperedSubject,
            StepName::Subject,
            "the diploma is said to be about somebody else",
            &|parts| {
                let forged = Draft { sub: "student 16".to_owned(), ..drafts.diploma.clone() };
                parts.subject = Some(forged.subject());
            },
        ),
        part(
            "statement-signature-altered",
            Code::TamperedStatement,
            StepName::Issuer,
            "the university's signature is not its own; the log accepted the statement all the same",
            &|parts| *parts = drafts.wrongly_signed.parts(),
        ),
        part(
            "inclusion-proof-bit-flipped",
            Code::TamperedInclusion,
            StepName::Inclusion,
            "one bit of the proof that the statement is in the log is wrong",
            &|parts| {
                let proof = parts.inclusion_proof.as_mut().expect("a draft's bundle has a proof");
                let mut bytes = *proof[2].as_bytes();
                bytes[7] ^= 1;
                proof[2] = ct_core::Hash::new(bytes);
            },
        ),
        part(
            "witness-signature-altered",
            Code::TamperedCosignature,
            StepName::Witnesses,
            "a witness's signature is on another checkpoint",
            &|parts| {
                let other = drafts.refreshed.parts().later.swap_remove(0).checkpoint_signature;
                let last =
                    |lines: &Option<String>| lines.as_ref().and_then(|lines| lines.lines().last()).map(str::to_owned);
                let lines = parts.checkpoint_signature.clone();
                let (own, other) = (last(&lines).expect("a witness's line"), last(&other).expect("a witness's line"));
                parts.checkpoint_signature = lines.map(|lines| lines.replace(&own, &other));
            },
        ),
        part(
            "tree-size-altered",
            Code::TamperedTreeSize,
            StepName::Inclusion,
            "the bundle says another tree size than the log's checkpoint",
            &|parts| parts.tree_size = parts.tree_size.map(|size| size + 1),
        ),
        Refused {
            name: "cut-short",
            code: Code::MalformedTruncated,
            step: StepName::Form,
            what: "the end of the file is missing",
            bytes: {
                let mut bytes = valid.encode();
                bytes.truncate(bytes.len() / 2);
                bytes
            },
        },
    ]
}

/// A part or a signature is missing.
fn lacking(drafts: &Drafts) -> Vec<Refused> {
    let valid = drafts.diploma.parts();
    vec![
        Refused {
            name: "inclusion-proof-missing",
            code: Code::IncompleteInclusionProof,
            step: StepName::Completeness,
            what: "nothing shows that the statement is in the log",
            bytes: Parts { inclusion_proof: None, ..valid.clone() }.encode(),
        },
        Refused {
            name: "document-missing",
            code: Code::IncompleteDocument,
            step: StepName::Completeness,
            what: "the diploma is not in the bundle, and must be given beside it",
            bytes: Parts { document: None, ..valid }.encode(),
        },
        Refused {
            name: "witness-quorum-missing",
            code: Code::NotAnchoredQuorum,
            step: StepName::Witnesses,
            what: "one witness saw the checkpoint, and two are needed",
            bytes: {
                let mut draft = drafts.diploma.clone();
                draft.cosigners.truncate(1);
                draft.parts().encode()
            },
        },
    ]
}

/// The issuer has taken it back, or the holder hides what must be shown.
fn unlisted(drafts: &Drafts) -> Vec<Refused> {
    let claims = drafts.of_claims.claims.as_ref().expect("it has claims");
    let hidden = Parts { disclosure: Some(claims.showing_only(&["type", "name"])), ..drafts.of_claims.parts() };
    vec![
        Refused {
            name: "revoked-by-issuer",
            code: Code::RevokedDocument,
            step: StepName::Status,
            what: "the university's status list says that it is revoked",
            bytes: drafts.withdrawn.parts().encode(),
        },
        Refused {
            name: "suspended",
            code: Code::RevokedSuspended,
            step: StepName::Status,
            what: "the university's status list says that it is suspended",
            bytes: drafts.suspended.parts().encode(),
        },
        Refused {
            name: "mandatory-claim-withheld",
            code: Code::TamperedMandatoryClaim,
            step: StepName::Document,
            what: "the holder withheld that the diploma is provisional, which must always be shown",
            bytes: hidden.encode(),
        },
    ]
}

/// Everything is properly made, by somebody whom the trust root does not trust with it.
fn untrusted(drafts: Drafts) -> Vec<Refused> {
    let file = |name, code, step, what, draft: Draft| Refused { name, code, step, what, bytes: draft.parts().encode() };
    let Drafts { forger, wrong_type, stolen, backdated, expired, revoked, diploma, .. } = drafts;
    let elsewhere = "log.elsewhere.example/2026";
    let own_log = Draft { origin: elsewhere.to_owned(), log_keys: vec![LineKey::new(elsewhere)], ..diploma };
    vec![
        file(
            "issuer-unknown",
            Code::UnknownIssuer,
            StepName::Issuer,
            "a body that nobody has entrusted with diplomas issued it",
            forger,
        ),
        file(
            "document-type-not-entrusted",
            Code::UnknownDocumentType,
            StepName::Issuer,
            "the university issued an extract from a land register",
            wrong_type,
        ),
        file(
            "issuer-key-compromised",
            Code::RevokedIssuerKey,
            StepName::Time,
            "it was made with a key of the university that had been stolen before",
            stolen,
        ),
        file(
            "revoked-by-trust-root",
            Code::RevokedByTrustRoot,
            StepName::Status,
            "everything about it is right, but it was revoked afterwards",
            revoked,
        ),
        file(
            "backdated",
            Code::TamperedBackdated,
            StepName::Time,
            "it says that it was issued ten days before any witness saw it",
            backdated,
        ),
        file("expired", Code::ExpiredDocument, StepName::Time, "it was valid for an hour", expired),
        file(
            "log-unknown",
            Code::UnknownLog,
            StepName::Checkpoint,
            "it stands in a log that nobody has entrusted with anything",
            own_log,
        ),
    ]
}

/// The drafts of everything that one log holds. It accepts whatever it is given: judging it is for verifiers.
struct Drafts {
    diploma: Draft,
    certificate: Draft,
    extract: Draft,
    names: Draft,
    refreshed: Draft,
    wrongly_signed: Draft,
    forger: Draft,
    wrong_type: Draft,
    stolen: Draft,
    backdated: Draft,
    expired: Draft,
    revoked: Draft,
    of_a_batch: Draft,
    of_claims: Draft,
    listed: Draft,
    withdrawn: Draft,
    suspended: Draft,
}

fn drafts() -> Drafts {
    let certificate = Draft::new("certificate", &document::certificate());
    let extract = Draft::new("extract", &document::land_registry_extract());
    let extract = issued_by(REGISTRY, "registry-2026", "land-registry-extract", extract);
    let names = Draft::new("names", &document::names_in_utf8());
    let names = Draft { sub: "Zo\u{eb} \u{5c71}\u{7530}".to_owned(), ..names };
    let mut forger = diploma("issuer-unknown", 18);
    forger.header.issuer = "https://diplomas-while-you-wait.example".to_owned();
    forger.issuer_key = "forger".to_owned();
    let mut wrong_type = diploma("document-type-not-entrusted", 20);
    wrong_type.header.document_type = "land-registry-extract".to_owned();
    let mut stolen = diploma("issuer-key-compromised", 21);
    (stolen.header.kid, stolen.issuer_key) = (STOLEN_KEY.to_owned(), STOLEN_KEY.to_owned());
    let mut backdated = diploma("backdated", 22);
    backdated.header.issued_at = ISSUED - 10 * DAY;
    let mut expired = Draft::new("expired", &document::certificate());
    expired.header.expires = Some(ISSUED + 3_600);
    let mut drafts = [
        diploma("diploma", 17),
        issued_by(CITY, "city-2026", "certificate", certificate),
        extract,
        issued_by(CITY, "city-2026", "certificate", names),
        diploma("refreshed", 23),
        // The header names the university's key and another key has signed.
        Draft { issuer_key: "forger".to_owned(), ..diploma("statement-signature-altered", 24) },
        forger,
        wrong_type,
        stolen,
        backdated,
        issued_by(CITY, "city-2026", "certificate", expired),
        revoked(),
        of_a_batch(),
        diploma("claims", 30).of_claims(MANDATORY, &CLAIMS),
        with_status(diploma("listed", 31), 7),
        with_status(diploma("withdrawn", 32), 8),
        with_status(diploma("suspended", 33), 9),
    ];
    in_one_log(&mut drafts, 5);
    let [
        diploma,
        certificate,
        extract,
        names,
        refreshed,
        wrongly_signed,
        forger,
        wrong_type,
        stolen,
        backdated,
        expired,
        revoked,
        of_a_batch,
        of_claims,
        listed,
        withdrawn,
        suspended,
    ] = drafts;
    let refreshed = refreshed.refreshed(30, ISSUED + 1_800).refreshed(0, ISSUED + 3_600);
    // The list is the first entry after those.
    let [listed, withdrawn, suspended] =
        [listed, withdrawn, suspended].map(|draft| draft.refreshed(30, ISSUED + 3_700));
    Drafts {
        diploma,
        certificate,
        extract,
        names,
        refreshed,
        wrongly_signed,
        forger,
        wrong_type,
        stolen,
        backdated,
        expired,
        revoked,
        of_a_batch,
        of_claims,
        listed,
        withdrawn,
        suspended,
    }
}

/// The third of five, with the same diploma for each.
fn of_a_batch() -> Draft {
    let other = |student| leaf_hash(&diploma(&format!("batch/{student}"), student).subject());
    let batch = BatchDraft { others: [25, 26, 28, 29].map(other).to_vec(), position: 2 };
    Draft { batch: Some(batch), ..diploma("batch/27", 27) }
}

/// The document at this index of the university's list, which says one of them is revoked and one suspended.
fn with_status(draft: Draft, index: u64) -> Draft {
    let mut list = StatusDraft::new(0, ISSUED + 3_000).under(1);
    list.list = status::list_of(&[0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0]);
    let uri = list.uri.clone();
    Draft { status: Some((uri, index)), stapled: Some(list), ..draft }
}

fn diploma(name: &str, student: u32) -> Draft {
    Draft { sub: format!("student {student}"), ..Draft::new(name, &document::diploma()) }
}

/// Named by the trust root, so it cannot depend on the log.
fn revoked() -> Draft {
    diploma("revoked-by-trust-root", 19)
}

fn issued_by(issuer: &str, kid: &str, document_type: &str, mut draft: Draft) -> Draft {
    draft.header.issuer = issuer.to_owned();
    draft.header.kid = kid.to_owned();
    draft.header.document_type = document_type.to_owned();
    draft.issuer_key = kid.to_owned();
    draft
}

const CLAIMS: [(&str, &str); 5] = [
    ("type", "Bachelor of Science"),
    ("provisional", "yes"),
    ("name", "Ada Sample"),
    ("grade", "9.5"),
    ("born", "2000-01-01"),
];
const MANDATORY: u64 = 2;
const STOLEN_KEY: &str = "university-2025";

/// Writes the folder.
pub(super) fn write(files: &mut Files) {
    let trust = trust();
    files.add("bundles/trust.cbor", world::sign(&trust));
    let toml = ct_keys::trust_file::print(&trust).expect("every value of the example has a text form");
    files.add("bundles/trust.toml", toml.into_bytes());
    files.add("bundles/README.md", readme().into_bytes());
    for file in valid() {
        files.add(&format!("bundles/valid/{}.cbor", file.name), file.bytes);
    }
    for file in refused() {
        files.add(&format!("bundles/refused/{}.cbor", file.name), file.bytes);
    }
}

fn readme() -> String {
    let mut text = README.to_owned();
    text.push_str("\n## `valid/`\n\n| file | what |\n|---|---|\n");
    for Valid { name, what, .. } in valid() {
        text.push_str(&format!("| `{name}.cbor` | {what} |\n"));
    }
    text.push_str("\n## `refused/`\n\n| file | verdict | failed step | what is wrong |\n|---|---|---|---|\n");
    for Refused { name, code, step, what, .. } in refused() {
        text.push_str(&format!("| `{name}.cbor` | `{code}` | {} | {what} |\n", step.as_str()));
    }
    text
}

const README: &str = "\
# Example bundles

Made by `cargo xtask generate`, the same bytes every time; a test compares. Do not edit.

The private halves of all keys are public on purpose: each is SHA-256 of `CivicTrust example key/NAME`. So these files
prove nothing about anybody, and `trust.cbor` says so (`example: true`). Its freshness window is twenty years, which no
real trust root may allow, so that everything here keeps its verdict until November 2046. Persons and places are
invented.

```
cargo run --release --bin ct -- verify --trust bundles/trust.cbor bundles/valid
cargo run --release --bin ct -- verify --trust bundles/trust.cbor bundles/refused
```

`trust.toml` is the trust root as people edit it, `trust.cbor` the same signed by its root key.
";
