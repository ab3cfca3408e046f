//! A demonstration: a registry with three witnesses, and documents that look like the ones people issue.

use crate::claims::ClaimsDocument;
use crate::documents::create_bundle;
use crate::entropy::Entropy;
use crate::error::{Error, Result};
use crate::pdf;
use crate::registry::{Anchored, Plan, Registry};
use crate::statement::Draft;
use crate::status_lists::Change;
use crate::trust::{TrustPlan, days};
use ct_core::{Code, Hash, SubjectKind, Timestamp};
use std::fs;
use std::ops::Range;
use std::path::Path;

/// A document of the demonstration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its name without extension: that of its bundle.
    pub stem: String,
    /// With the dot.
    pub extension: &'static str,
    /// `diploma`, `transcript` or `certificate`.
    pub document_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// How many documents the demonstration puts into the log at once.
pub const BATCH: u32 = 1_024;

/// The demonstration's registry: three witnesses of which two must have cosigned, valid for a year.
#[must_use]
pub fn plan(now: Timestamp) -> Plan {
    Plan {
        origin: "demo-log.example".to_owned(),
        witnesses: 3,
        trust: TrustPlan {
            name: "CivicTrust demonstration".to_owned(),
            issuer: "demo-university.example".to_owned(),
            issuer_name: "Demonstration University".to_owned(),
            types: [DIPLOMA, TRANSCRIPT, CERTIFICATE].map(str::to_owned).to_vec(),
            quorum: 2,
            issued: now,
            expires: now.plus(days(365)),
            keys_until: now.plus(days(2 * 365)),
            evidence: days(365),
            status: days(365),
            example: true,
        },
    }
}

/// The document with this number, of `count`: four diplomas in PDF, then a transcript in plain text, and so on.
#[must_use]
pub fn sample(number: u32, count: u32) -> Sample {
    let digits = count.to_string().len().max(3);
    let pick = |list: &[&'static str], step: u32| -> &'static str {
        let length = u32::try_from(list.len()).unwrap_or(1).max(1);
        let index = usize::try_from(number / step % length).unwrap_or(0);
        list.get(index).copied().unwrap_or("")
    };
    let name = format!("{} {}", pick(FIRST_NAMES, 1), pick(LAST_NAMES, 7));
    let degree = pick(DEGREES, 3);
    if number.is_multiple_of(5) {
        let grades = format!("Algebra {}\nAlgorithms {}\nThesis {}\n", number % 4 + 7, number % 3 + 8, number % 2 + 9);
        let text = format!(
            "Demonstration University\nTranscript of records no. {number}\n\n{name}\n{degree}\n\n{grades}\n{NOTICE}\n"
        );
        return Sample {
            stem: format!("transcript-{number:0digits$}"),
            extension: ".txt",
            document_type: TRANSCRIPT,
            bytes: text.into_bytes(),
        };
    }
    let awarded = format!("has been awarded the degree of {degree}.");
    let serial = format!("Diploma no. {number}");
    let lines = ["Demonstration University certifies that", &name, &awarded, "", &serial, "", NOTICE];
    Sample {
        stem: format!("diploma-{number:0digits$}"),
        extension: ".pdf",
        document_type: DIPLOMA,
        bytes: pdf::page("Diploma", &lines),
    }
}

/// A demonstration's registry with the folder that its documents are written to.
#[derive(Debug)]
pub struct Demo<'a> {
    /// The registry.
    pub registry: &'a mut Registry,
    /// The folder.
    pub documents: &'a Path,
    /// Where randomness comes from.
    pub entropy: &'a mut Entropy,
}

impl Demo<'_> {
    /// Issues the documents numbered `first..end` of `count`, each with a statement of its own, as one batch of the
    /// log, and writes each and its bundle.
    ///
    /// # Errors
    /// Those of the registry; `io.*`.
    pub fn issue(&mut self, numbers: Range<u32>, count: u32, now: Timestamp) -> Result<()> {
        let drafts: Vec<Draft> = numbers.clone().map(|number| sample(number, count).draft()).collect();
        let signed = self.registry.sign(&drafts, now, self.entropy)?;
        let anchored = self.registry.anchor(signed, now)?;
        self.write(&anchored, numbers.map(|number| sample(number, count)), now)
    }

    /// Issues `count` further documents with one statement for all of them, and writes each and its bundle.
    ///
    /// # Errors
    /// Those of the registry; `io.*`.
    pub fn issue_batch(&mut self, count: u32, now: Timestamp) -> Result<()> {
        // A document is made anew when it is written: a hundred thousand of them need not be in memory at once.
        let drafts: Vec<Draft> = (1..=count).map(|number| certificate(number, count).draft()).collect();
        let signed = self.registry.sign_batch(&drafts, now, self.entropy)?;
        drop(drafts);
        let anchored = self.registry.anchor(vec![signed], now)?;
        self.write(&anchored, (1..=count).map(|number| certificate(number, count)), now)
    }

    /// Issues a document of claims and makes a copy that shows less; issues three documents with a status, of which one
    /// stays valid, one is revoked, and one is suspended. The bundles of the latter two go into the folder `refused`,
    /// the others beside those of the other documents.
    ///
    /// # Errors
    /// Those of the registry; `io.*`.
    pub fn issue_special(&mut self, refused: &Path, now: Timestamp) -> Result<()> {
        self.issue_claims(now)?;
        let samples = STATUSES.map(|(stem, _)| licence(stem));
        let entries = self.registry.reserve_status(samples.len(), now, self.entropy)?;
        let with_status = |(sample, entry): (&Sample, _)| Draft { status: Some(entry), ..sample.draft() };
        let drafts: Vec<Draft> = samples.iter().zip(entries.clone()).map(with_status).collect();
        let signed = self.registry.sign(&drafts, now, self.entropy)?;
        let anchored = self.registry.anchor_with_status(signed, now, self.entropy)?;
        let mut issued = Vec::with_capacity(samples.len());
        for (position, sample) in samples.iter().enumerate() {
            self.write_document(sample)?;
            issued.push(self.registry.bundle(&anchored, position, Some(&sample.bytes), now)?);
        }
        let uris = entries.iter().map(|entry| entry.uri.clone()).collect();
        for ((_, change), entry) in STATUSES.iter().zip(entries) {
            if let Some(change) = change {
                self.registry.change_status(&[entry], *change, now, self.entropy)?;
            }
        }
        let newest = self.registry.newest(&uris, now, self.entropy)?;
        make_documents_dir(refused)?;
        for (sample, bundle) in samples.iter().zip(issued) {
            let name = format!("{}.cbor", sample.stem);
            let (bundle, code) = self.registry.refresh(&bundle, &newest, now)?;
            let folder = if code == Code::Ok { self.registry.bundles() } else { refused.to_owned() };
            create_bundle(&folder.join(name), &bundle)?;
        }
        Ok(())
    }

    fn issue_claims(&mut self, now: Timestamp) -> Result<()> {
        let path = self.documents.join(format!("{CLAIMS_STEM}.toml"));
        fs::write(&path, CLAIMS).map_err(|source| Error::writing(&path, &source))?;
        let document = ClaimsDocument::parse(CLAIMS, self.entropy)?;
        let whole = document.disclosure()?;
        let draft = Draft {
            document_hash: whole.document_hash(),
            document_type: DIPLOMA.to_owned(),
            sub: String::new(),
            expires: None,
            kind: SubjectKind::Claims,
            status: None,
        };
        let signed = self.registry.sign(&[draft], now, self.entropy)?;
        let anchored = self.registry.anchor(signed, now)?;
        let redacted = whole.redact(|claim| claim.name == SHOWN_CLAIM)?;
        let mut bundles = Vec::new();
        for (name, disclosure) in [(CLAIMS_STEM.to_owned(), whole), (format!("{CLAIMS_STEM}-redacted"), redacted)] {
            let bundle = self.registry.claims_bundle(&anchored, 0, &disclosure, now)?;
            bundles.push((format!("{name}.cbor"), bundle));
        }
        write(self.registry, &mut bundles)
    }

    fn write_document(&self, sample: &Sample) -> Result<()> {
        let path = self.documents.join(format!("{}{}", sample.stem, sample.extension));
        fs::write(&path, &sample.bytes).map_err(|source| Error::writing(&path, &source))
    }

    fn write(&mut self, anchored: &Anchored, samples: impl Iterator<Item = Sample>, now: Timestamp) -> Result<()> {
        let mut bundles = Vec::new();
        for (position, sample) in samples.enumerate() {
            self.write_document(&sample)?;
            let bundle = self.registry.bundle(anchored, position, Some(&sample.bytes), now)?;
            bundles.push((format!("{}.cbor", sample.stem), bundle));
            if bundles.len() == WRITTEN_TOGETHER {
                write(self.registry, &mut bundles)?;
            }
        }
        write(self.registry, &mut bundles)
    }
}

fn licence(stem: &str) -> Sample {
    let lines = ["Demonstration University licences the use of its", "laboratory.", "", stem, "", NOTICE];
    Sample { stem: stem.to_owned(), extension: ".pdf", document_type: CERTIFICATE, bytes: pdf::page("Licence", &lines) }
}

/// The document with this number of `count` that have one statement together.
#[must_use]
pub fn certificate(number: u32, count: u32) -> Sample {
    let digits = count.to_string().len().max(3);
    let serial = format!("Certificate no. {number} of {count} under one signature");
    let lines = ["Demonstration University certifies that its courses", "have been attended.", "", &serial, "", NOTICE];
    Sample {
        stem: format!("certificate-{number:0digits$}"),
        extension: ".pdf",
        document_type: CERTIFICATE,
        bytes: pdf::page("Certificate", &lines),
    }
}

fn write(registry: &Registry, bundles: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    registry.write_bundles(bundles).into_iter().collect::<Result<Vec<_>>>()?;
    Ok(())
}

/// Makes a folder.
///
/// # Errors
/// `io.*`.
pub fn make_documents_dir(path: &Path) -> Result<()> {
    fs::create_dir(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Error::new(Code::IoExists, path.display(), "exists already", "name an empty directory or a new one")
        }
        _ => Error::writing(path, &source),
    })
}

impl Sample {
    fn draft(&self) -> Draft {
        Draft {
            document_hash: Hash::of(&self.bytes),
            document_type: self.document_type.to_owned(),
            sub: String::new(),
            expires: None,
            kind: SubjectKind::File,
            status: None,
        }
    }
}

/// The names of the documents with a status, and what becomes of each.
pub const STATUSES: [(&str, Option<Change>); 3] =
    [("licence-valid", None), ("licence-revoked", Some(Change::Revoke)), ("licence-suspended", Some(Change::Suspend))];

/// The name of the document of claims.
pub const CLAIMS_STEM: &str = "degree";

const CLAIMS: &str = r#"# The first claim can never be withheld; of the others the holder shows what is asked for.
mandatory = 1

[[claim]]
name = "notice"
value = "This document is a demonstration and certifies nothing."

[[claim]]
name = "degree"
value = "Bachelor of Science"

[[claim]]
name = "name"
value = "Ada Lovelace"

[[claim]]
name = "born"
value = "2001-05-04"

[[claim]]
name = "grade"
value = "9.1"
"#;
const SHOWN_CLAIM: &str = "degree";
const WRITTEN_TOGETHER: usize = 128;
const DIPLOMA: &str = "diploma";
const TRANSCRIPT: &str = "transcript";
const CERTIFICATE: &str = "certificate";
const NOTICE: &str = "This document is a demonstration and certifies nothing.";
const FIRST_NAMES: &[&str] = &["Ada", "Benito", "Carmen", "David", "Elena", "Farid", "Grace"];
const LAST_NAMES: &[&str] =
    &["Garcia", "Lovelace", "Nakamura", "Okafor", "Pereira", "Quispe", "Rossi", "Schmidt", "Torres", "Umar", "Vega"];
const DEGREES: &[&str] = &["Bachelor of Science", "Master of Arts", "Doctor of Philosophy", "Bachelor of Laws"];
