//! What an evidence log records of a verdict (R1).
//!
//! Not the report itself: it holds the claims of a document, and the log is kept. Whoever has the bundle makes the same
//! report again, byte for byte, and compares its hash.

use crate::evidence_log::EvidenceLog;
use crate::failure::Failure;
use crate::text::source_of;
use ct_core::{Code, Hash, Report, Timestamp};
use ct_journal::{RecordType, normalised};
use serde_json::{Map, Value};
use std::path::Path;

/// The log, and the time of what goes into it.
pub(crate) struct VerdictLog {
    log: EvidenceLog,
    record_type: RecordType,
    time: Timestamp,
}

impl VerdictLog {
    pub(crate) fn new(log: EvidenceLog, time: Timestamp) -> Result<Self, Failure> {
        let defect = |error: ct_journal::Error| Failure::new(Code::Internal, error.to_string());
        Ok(Self { log, record_type: RecordType::parse("verdict").map_err(defect)?, time })
    }

    /// Appends a record for each, all at once, and returns when they are on disk.
    pub(crate) fn append(&mut self, entries: Vec<Map<String, Value>>) -> Result<(), Failure> {
        self.log.append_all(self.time, &self.record_type, entries)
    }
}

/// The body of the record of a verdict on the bundle at `path`. What is not known is left out.
pub(crate) fn entry(path: &Path, report: &Report) -> Map<String, Value> {
    let facts = report.facts();
    let digest = |hash: Hash| format!("sha256:{hash}");
    let members = [
        ("at", Some(report.at().to_string())),
        ("code", Some(report.code().to_string())),
        ("document_hash", facts.document_hash.map(digest)),
        ("leaf_index", facts.leaf_index.map(|index| index.get().to_string())),
        ("log", facts.log.as_ref().map(|log| log.origin.clone())),
        ("mode", Some(report.mode().as_str().to_owned())),
        ("report", Some(digest(Hash::of(report.to_json().as_bytes())))),
        ("source", Some(source_of(&normalised(path)).into_owned())),
        ("status", Some(report.status().to_owned())),
        ("trust", facts.trust.as_ref().map(|trust| digest(trust.hash))),
    ];
    let known = members.into_iter().filter_map(|(name, text)| Some((name.to_owned(), Value::from(text?))));
    known.collect()
}
