//! What was asked to be issued and refused, in an evidence log beside the registry's state (R17.5).

use crate::envelope::RequestId;
use crate::error::{Error, Result, shown};
use crate::statement::Draft;
use ct_core::Timestamp;
use ct_journal::{Journal, RecordType};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// The log's file name, in the folder of the registry's state.
pub(crate) const FILE: &str = "refusals.log";

/// Where refusals are recorded. The file is made with the first of them.
#[derive(Clone, Debug)]
pub(crate) struct Refusals {
    path: PathBuf,
}

impl Refusals {
    /// The log in this folder.
    pub(crate) fn in_folder(state: &Path) -> Self {
        Self { path: state.join(FILE) }
    }

    /// Records that `issuer` was refused the draft with this error, on disk when this returns.
    ///
    /// # Errors
    /// `io.*`, and those of an evidence log that was altered: the draft is refused all the same.
    pub(crate) fn record(&self, issuer: &str, draft: &Draft, refusal: &Error, now: Timestamp) -> Result<()> {
        self.append(
            [
                ("code", refusal.code().to_string()),
                ("document_type", draft.document_type.clone()),
                ("issuer", issuer.to_owned()),
                ("reason", refusal.to_string()),
            ],
            now,
        )
    }

    /// Records that a known client was refused a request with this error, on disk when this returns.
    ///
    /// # Errors
    /// As [`Refusals::record`].
    pub(crate) fn record_request(
        &self,
        client: &str,
        request_id: RequestId,
        refusal: &Error,
        now: Timestamp,
    ) -> Result<()> {
        self.append(
            [
                ("client", client.to_owned()),
                ("code", refusal.code().to_string()),
                ("reason", refusal.to_string()),
                ("request_id", request_id.to_string()),
            ],
            now,
        )
    }

    fn append(&self, members: [(&str, String); 4], now: Timestamp) -> Result<()> {
        let next = "see to the evidence log; nothing was issued";
        let fail =
            |error: ct_journal::Error| Error::new(error.code(), shown(&self.path), format!("a refusal: {error}"), next);
        let body: Map<String, Value> =
            members.into_iter().map(|(name, text)| (name.to_owned(), Value::from(text))).collect();
        let record_type = RecordType::parse("refusal").map_err(fail)?;
        let draft = ct_journal::Draft::new(now, record_type, body).map_err(fail)?;
        Journal::open(&self.path).and_then(|mut journal| journal.append(&[draft])).map(drop).map_err(fail)
    }
}
