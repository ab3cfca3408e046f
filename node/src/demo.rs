//! A demonstration: a registry with three witnesses, and documents that look like the ones people issue.

use crate::entropy::Entropy;
use crate::error::{Error, Result};
use crate::pdf;
use crate::registry::{Plan, Registry};
use crate::statement::Draft;
use crate::trust::{TrustPlan, days};
use ct_core::{Code, Hash, Timestamp};
use std::fs;
use std::path::Path;

/// A document of the demonstration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its name without extension: that of its bundle.
    pub stem: String,
    /// With the dot.
    pub extension: &'static str,
    /// `diploma` or `transcript`.
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
            types: vec![DIPLOMA.to_owned(), TRANSCRIPT.to_owned()],
            quorum: 2,
            issued: now,
            expires: now.plus(days(365)),
            keys_until: now.plus(days(2 * 365)),
            evidence: days(365),
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

/// Issues the documents numbered `first..end` of `count` as one batch, and writes each and its bundle.
///
/// # Errors
/// Those of the registry; `io.*`.
pub fn issue(
    registry: &mut Registry,
    documents: &Path,
    numbers: std::ops::Range<u32>,
    count: u32,
    now: Timestamp,
    entropy: &mut Entropy,
) -> Result<()> {
    let samples: Vec<Sample> = numbers.map(|number| sample(number, count)).collect();
    let drafts: Vec<Draft> = samples.iter().map(Sample::draft).collect();
    let anchored = registry.anchor(registry.sign(&drafts, now, entropy)?, now)?;
    let mut bundles = Vec::new();
    for (position, sample) in samples.iter().enumerate() {
        let path = documents.join(format!("{}{}", sample.stem, sample.extension));
        fs::write(&path, &sample.bytes).map_err(|source| Error::writing(&path, &source))?;
        let bundle = registry.bundle(&anchored, position, Some(&sample.bytes), now)?;
        bundles.push((format!("{}.cbor", sample.stem), bundle));
        if bundles.len() == WRITTEN_TOGETHER {
            write(registry, &mut bundles)?;
        }
    }
    write(registry, &mut bundles)
}

fn write(registry: &Registry, bundles: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    registry.write_bundles(bundles).into_iter().collect::<Result<Vec<_>>>()?;
    Ok(())
}

/// Makes the folder for the documents.
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
        }
    }
}

const WRITTEN_TOGETHER: usize = 128;
const DIPLOMA: &str = "diploma";
const TRANSCRIPT: &str = "transcript";
const NOTICE: &str = "This document is a demonstration and certifies nothing.";
const FIRST_NAMES: &[&str] = &["Ada", "Benito", "Carmen", "David", "Elena", "Farid", "Grace"];
const LAST_NAMES: &[&str] =
    &["Garcia", "Lovelace", "Nakamura", "Okafor", "Pereira", "Quispe", "Rossi", "Schmidt", "Torres", "Umar", "Vega"];
const DEGREES: &[&str] = &["Bachelor of Science", "Master of Arts", "Doctor of Philosophy", "Bachelor of Laws"];
