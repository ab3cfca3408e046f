//! What an audit has found.

use ct_core::{Checkpoint, Code};
use serde_json::{Value, json};

/// The outcome of an audit.
#[derive(Clone, Debug)]
pub struct Report {
    /// The checkpoint that everything was compared with.
    pub checkpoint: Checkpoint,
    /// Whose signatures were checked.
    pub signature: &'static str,
    /// Entries that were read and hashed.
    pub entries: u64,
    /// Files that were read.
    pub files: u64,
    /// What does not fit, in the order in which it was found.
    pub findings: Vec<Finding>,
    /// Findings beyond those that are listed.
    pub omitted: u64,
}

/// Something that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub code: Code,
    /// Which file: its path below the log's own.
    pub path: String,
    /// What is wrong with it.
    pub what: String,
}

impl Report {
    pub(crate) const fn new(checkpoint: Checkpoint, signature: &'static str) -> Self {
        Self { checkpoint, signature, entries: 0, files: 0, findings: Vec::new(), omitted: 0 }
    }

    pub(crate) fn find(&mut self, code: Code, path: impl ToString, what: impl Into<String>) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(Finding { code, path: path.to_string(), what: what.into() });
        } else {
            self.omitted = self.omitted.saturating_add(1);
        }
    }

    /// The code of the whole audit: the worst finding's, `ok` without any.
    #[must_use]
    pub fn code(&self) -> Code {
        let codes = self.findings.iter().map(|finding| finding.code);
        // Of several that are equally bad, the first.
        let worse = |worst: Code, code: Code| {
            if code.class().batch_rank() > worst.class().batch_rank() { code } else { worst }
        };
        codes.fold(Code::Ok, worse)
    }

    /// The report for programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let finding =
            |finding: &Finding| json!({"code": finding.code.as_str(), "path": finding.path, "what": finding.what});
        json!({
            "version": 1,
            "code": self.code().as_str(),
            "class": self.code().class().as_str(),
            "origin": self.checkpoint.origin().as_str(),
            "size": self.checkpoint.size().get(),
            "root": self.checkpoint.root().to_string(),
            "signature": self.signature,
            "entries": self.entries,
            "files": self.files,
            "discrepancies": self.findings.iter().map(finding).collect::<Vec<_>>(),
            "omitted": self.omitted,
        })
    }
}

const MAX_FINDINGS: usize = 1_000;
