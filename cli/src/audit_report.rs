//! What an audit found, as its report says it.

use crate::failure::Failure;
use ct_core::{Code, Hash, Timestamp, base64};
use serde_json::{Map, Value};
use std::path::Path;

/// One file that is not as the manifest says, or not in it.
#[derive(Debug)]
pub(crate) struct Finding {
    /// Below the audited folder.
    pub(crate) path: Vec<u8>,
    pub(crate) code: Code,
    /// What the manifest says.
    pub(crate) expected: Option<Hash>,
    /// What is there.
    pub(crate) found: Option<Hash>,
}

/// Everything an audit found. Two audits of the same files at the same time have the same report.
pub(crate) struct AuditReport<'a> {
    pub(crate) at: Timestamp,
    pub(crate) directory: &'a Path,
    pub(crate) manifest: Hash,
    pub(crate) listed: usize,
    pub(crate) agreeing: usize,
    /// Sorted bytewise by path.
    pub(crate) findings: Vec<Finding>,
}

impl AuditReport<'_> {
    /// The code of the worst finding, the first among equals.
    pub(crate) fn code(&self) -> Code {
        let worse = |worst: Code, code: Code| {
            if code.class().batch_rank() > worst.class().batch_rank() { code } else { worst }
        };
        self.findings.iter().map(|finding| finding.code).fold(Code::Ok, worse)
    }

    /// How many files ended how, in ascending order of the names.
    pub(crate) fn counts(&self) -> [(&'static str, usize); 6] {
        let of = |code: Code| self.findings.iter().filter(|finding| finding.code == code).count();
        let (altered, missing, unknown) = (of(Code::TamperedFile), of(Code::IncompleteFile), of(Code::UnknownFile));
        let unreadable = self.findings.len().saturating_sub(altered).saturating_sub(missing).saturating_sub(unknown);
        [
            ("agreeing", self.agreeing),
            ("altered", altered),
            ("listed", self.listed),
            ("missing", missing),
            ("unknown", unknown),
            ("unreadable", unreadable),
        ]
    }

    /// The report's bytes: canonical JSON and a line break.
    pub(crate) fn to_json(&self) -> Result<String, Failure> {
        let counts = self.counts().map(|(name, count)| (name, count.to_string().into()));
        let findings: Vec<Value> = self.findings.iter().map(finding).collect();
        let report = object([
            ("at", self.at.to_string().into()),
            ("code", self.code().as_str().into()),
            ("counts", object(counts).into()),
            ("directory", self.directory.to_string_lossy().into()),
            ("findings", findings.into()),
            ("kind", "civictrust.audit".into()),
            ("manifest_hash", hash(self.manifest)),
            ("version", "1".into()),
        ]);
        // Texts and lists of one level are always in bounds.
        let json = ct_journal::canonical(&report).map_err(|error| Failure::new(Code::Internal, error.to_string()))?;
        Ok(format!("{json}\n"))
    }
}

fn finding(finding: &Finding) -> Value {
    let optional = |value: Option<Hash>| value.map_or(Value::Null, hash);
    let mut members = object([
        ("code", finding.code.as_str().into()),
        ("expected", optional(finding.expected)),
        ("found", optional(finding.found)),
        ("path", String::from_utf8_lossy(&finding.path).into()),
    ]);
    // JSON has no bytes: without this, two names that are no UTF-8 could look the same.
    if std::str::from_utf8(&finding.path).is_err() {
        members.insert("path_base64".to_owned(), base64::encode(&finding.path).into());
    }
    members.into()
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn hash(hash: Hash) -> Value {
    format!("sha256:{hash}").into()
}

impl Finding {
    pub(crate) fn new(path: &Path, code: Code) -> Self {
        Self { path: path.as_os_str().as_encoded_bytes().to_vec(), code, expected: None, found: None }
    }
}
