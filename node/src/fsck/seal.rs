//! The checkpoint that an audit compares with, and who vouches for it.

use crate::error::{Error, Result};
use crate::fsck::report::Report;
use crate::quorum;
use ct_core::{Checkpoint, Code, Note, Timestamp, TrustRoot, VerifierKey};

/// Whose signatures an audit checks.
#[derive(Clone, Debug, Default)]
pub struct Judges {
    /// The log's key.
    pub vkey: Option<VerifierKey>,
    /// Who is trusted: its keys for the log, and its quorum of witnesses.
    pub trust: Option<TrustRoot>,
}

/// A note with a checkpoint, not yet judged.
#[derive(Clone, Debug)]
pub struct Seal {
    note: String,
    checkpoint: Checkpoint,
}

impl Seal {
    /// Reads a note; `place` is for messages.
    ///
    /// # Errors
    /// `malformed.*`, `limit.*`.
    pub fn parse(bytes: &[u8], place: &str) -> Result<Self> {
        let next = "name a log that is published as C2SP tlog-tiles says";
        let text = str::from_utf8(bytes).map_err(|_| Error::new(Code::MalformedUtf8, place, "is not text", next))?;
        let checkpoint = Note::parse(text).and_then(|note| Checkpoint::parse(note.text()));
        let checkpoint = checkpoint.map_err(|error| Error::refused(error, place, "is no checkpoint", next))?;
        Ok(Self { note: text.to_owned(), checkpoint })
    }

    /// What it says.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Finds what is wrong with the signatures, as far as there is anybody to judge them.
    pub(crate) fn judge(&self, judges: &Judges, path: &str, report: &mut Report) {
        let Ok(note) = Note::parse(&self.note) else { return };
        if let Some(vkey) = &judges.vkey {
            signed_by(&note, std::slice::from_ref(vkey), path, report);
        }
        let Some(root) = &judges.trust else { return };
        match root.log(self.checkpoint.origin().as_str()) {
            None => report.find(Code::UnknownLog, path, "is of a log that the trust root does not know"),
            Some(log) => {
                let keys: Vec<VerifierKey> = log.keys.iter().map(|key| key.verifier.clone()).collect();
                signed_by(&note, &keys, path, report);
            }
        }
        cosigned(&note, root, path, report);
    }
}

fn signed_by(note: &Note<'_>, keys: &[VerifierKey], path: &str, report: &mut Report) {
    let lines: Vec<_> = keys.iter().filter_map(|key| Some((key, note.signature_by(key)?))).collect();
    if lines.is_empty() {
        report.find(Code::NotAnchoredLogSignature, path, "is not signed with the log's key");
    }
    for (key, line) in lines {
        if let Err(error) = line.verify_text(key, note.text()) {
            report.find(error.code(), path, format!("the signature by {} does not verify", key.name()));
        }
    }
}

fn cosigned(note: &Note<'_>, root: &TrustRoot, path: &str, report: &mut Report) {
    let mut stated: Vec<(&VerifierKey, Timestamp)> = Vec::new();
    for (key, time) in quorum::stated(root, note) {
        match time {
            Ok(time) => stated.push((key, time)),
            Err(error) => report.find(error.code(), path, format!("the cosignature by {} does not verify", key.name())),
        }
    }
    if !quorum::reached(root, stated.into_iter()) {
        report.find(Code::NotAnchoredQuorum, path, "too few of the trusted witnesses have cosigned it");
    }
}
