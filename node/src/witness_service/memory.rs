//! What a witness remembers of one log: the last checkpoint that it cosigned, as a note with both signatures.

use crate::documents::read_text;
use crate::durable;
use crate::error::{Error, Result, shown};
use crate::planted::{Planted, planted};
use crate::witness::{cosign, judge};
use ct_core::limits::MAX_NOTE_BYTES;
use ct_core::{Checkpoint, Code, ConsistencyProof, Note, Origin, SignatureLine, Timestamp, TreeSize, evidence};
use ct_keys::KeyFile;
use std::path::{Path, PathBuf};

/// One log's memory.
#[derive(Debug)]
pub(crate) struct Memory {
    file: PathBuf,
    evidence: PathBuf,
    last: Option<Remembered>,
}

#[derive(Debug)]
struct Remembered {
    note: String,
    checkpoint: Checkpoint,
}

impl Memory {
    /// The memory of this log in the folder `state`: empty if there is none yet.
    ///
    /// # Errors
    /// `malformed.*` if it cannot be understood, `unknown.log` if it is that of another log; `io.*`.
    pub(crate) fn open(state: &Path, origin: &Origin) -> Result<Self> {
        let name = ct_core::Hash::of(origin.as_str().as_bytes());
        let (file, evidence) = (state.join(format!("{name}.last")), state.join(format!("{name}.equivocation.cbor")));
        let last = match read_text(&file, MAX_NOTE_BYTES) {
            Ok(note) => Some(Remembered::parse(note, origin).map_err(|error| {
                let next = "restore it from a copy; without its memory a witness must not cosign";
                Error::refused(error, shown(&file), "is not what this witness remembers of its log", next)
            })?),
            Err(error) if error.code() == Code::IoNotFound => None,
            Err(error) => return Err(error),
        };
        Ok(Self { file, evidence, last })
    }

    /// The size that was last cosigned; 0 for none.
    pub(crate) fn size(&self) -> TreeSize {
        self.last.as_ref().map_or(TreeSize::ZERO, |last| last.checkpoint.size())
    }

    /// The note that was last cosigned, with the log's signatures and the witness's.
    pub(crate) fn note(&self) -> Option<&str> {
        self.last.as_ref().map(|last| last.note.as_str())
    }

    /// Cosigns a checkpoint that the log has signed, and remembers it first. `signed` is the note with the log's own
    /// signatures only, so that what is remembered has the size of a note again. Where nothing, or an empty tree, is
    /// remembered there is no proof.
    ///
    /// # Errors
    /// Those of [`judge`]: then nothing has changed, but two checkpoints of one size are kept as evidence. `io.*`.
    pub(crate) fn cosign(
        &mut self,
        signed: &str,
        checkpoint: Checkpoint,
        proof: Option<&ConsistencyProof>,
        key: &KeyFile,
        at: Timestamp,
    ) -> Result<SignatureLine> {
        let last = self.last.as_ref();
        if let Err(error) = judge(last.map(|last| &last.checkpoint), &checkpoint, proof) {
            if let (Code::EquivocationLog, Some(last)) = (error.code(), last) {
                self.keep(&last.note, signed)?;
            }
            return Err(error.into());
        }
        let line = cosign(key, &checkpoint.text(), at)?;
        let note = format!("{signed}{line}");
        let remembered = match &self.last {
            Some(last) if planted(Planted::CosignBeforePersist) => &last.note,
            _ => &note,
        };
        durable::replace(&self.file, remembered.as_bytes())?;
        self.last = Some(Remembered { note, checkpoint });
        Ok(line)
    }

    /// The first evidence convinces, so further ones need no room.
    fn keep(&self, first: &str, second: &str) -> Result<()> {
        match durable::create(&self.evidence, &evidence::of_two_checkpoints(first, second)) {
            Err(error) if error.code() == Code::IoExists => Ok(()),
            kept => kept,
        }
    }
}

impl Remembered {
    fn parse(note: String, origin: &Origin) -> std::result::Result<Self, ct_core::Error> {
        let checkpoint = Checkpoint::parse(Note::parse(&note)?.text())?;
        if checkpoint.origin() != origin {
            return Err(ct_core::Error::new(Code::UnknownLog, "origin"));
        }
        Ok(Self { note, checkpoint })
    }
}
