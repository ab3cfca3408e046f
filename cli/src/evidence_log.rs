//! An evidence log that this run writes to.

use crate::failure::Failure;
use crate::output;
use crate::text::shown;
use ct_core::Timestamp;
use ct_journal::{Appended, Draft, Journal, Patience, RecordType};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// A log, and the path by which the user knows it. Opened before the right to open files is given up; what is in it is
/// read afterwards.
pub(crate) struct EvidenceLog {
    path: PathBuf,
    journal: Journal,
}

impl EvidenceLog {
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let journal = Journal::open(path).map_err(|error| refused(path, &error))?;
        Ok(Self { path: path.to_owned(), journal: journal.with(patience(path)) })
    }

    /// Refuses a log that nothing can follow, before any work is done in vain.
    pub(crate) fn check(&mut self) -> Result<(), Failure> {
        self.journal.check().map_err(|error| refused(&self.path, &error))
    }

    /// Appends a record for each body, all at once, and returns when they are on disk.
    pub(crate) fn append_all(
        &mut self,
        time: Timestamp,
        record_type: &RecordType,
        bodies: impl IntoIterator<Item = Map<String, Value>>,
    ) -> Result<(), Failure> {
        let fail = |error| refused(&self.path, &error);
        let drafts = bodies.into_iter().map(|body| Draft::new(time, record_type.clone(), body));
        let drafts = drafts.collect::<Result<Vec<_>, _>>().map_err(fail)?;
        if drafts.is_empty() {
            return Ok(());
        }
        self.journal.append(&drafts).map(drop).map_err(fail)
    }

    /// Appends one record of texts, and returns when it is on disk.
    pub(crate) fn append<'a>(
        &mut self,
        time: Timestamp,
        record_type: RecordType,
        members: impl IntoIterator<Item = (&'a str, String)>,
    ) -> Result<Appended, Failure> {
        let body: Map<String, Value> =
            members.into_iter().map(|(name, text)| (name.to_owned(), Value::from(text))).collect();
        let fail = |error| refused(&self.path, &error);
        let draft = Draft::new(time, record_type, body).map_err(fail)?;
        let appended = self.journal.append(&[draft]).map_err(fail)?;
        // One draft gives one record.
        appended.into_iter().next().ok_or_else(|| Failure::new(ct_core::Code::Internal, "no record was appended"))
    }
}

/// Waits for other programs that write to the log at `path`, and tells the user.
pub(crate) fn patience(path: &Path) -> Patience {
    let path = path.to_owned();
    Patience::telling(move || output::remark(&format!("waiting for another program that writes to {}", shown(&path))))
}

/// The failure of a command that used the log at `path`.
pub(crate) fn refused(path: &Path, error: &ct_journal::Error) -> Failure {
    Failure::new(error.code(), format!("{}: {error}", shown(path)))
}
