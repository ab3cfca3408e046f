//! A witness in the same process: cosigns the checkpoints of one log as long as it only grows (C2SP tlog-witness).
//!
//! Its memory is one file with the last checkpoint it cosigned, on disk before the cosignature leaves its hands. A
//! witness that shares the log's machine says when a checkpoint existed; against the log's operator it proves nothing.

use crate::durable;
use crate::error::{Error, Result, shown};
use ct_core::c2sp::cosignature_message;
use ct_core::{
    Checkpoint, Code, ConsistencyProof, Cosignature, KeyName, Note, Origin, SignatureLine, SignatureType, Timestamp,
    TreeSize, VerifierKey,
};
use ct_keys::{KeyFile, Role};
use ed25519_dalek::Signer;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A witness of one log, with its memory.
#[derive(Debug)]
pub struct Witness {
    key: KeyFile,
    memory: PathBuf,
    last: Option<Checkpoint>,
}

impl Witness {
    /// The witness with this key that keeps its memory in the file `memory`, which need not exist yet.
    ///
    /// # Errors
    /// `io.key_file` for a key of another role; `malformed.checkpoint` if the memory cannot be understood; `io.*`.
    pub fn open(key: KeyFile, memory: &Path) -> Result<Self> {
        verifier(&key)?;
        let last = match fs::read_to_string(memory) {
            Ok(text) => Some(Checkpoint::parse(&text).map_err(|error| {
                let next = "restore it from a copy; without its memory a witness must not cosign";
                Error::refused(error, shown(memory), "is not a witness's memory", next)
            })?),
            Err(source) if source.kind() == ErrorKind::NotFound => None,
            Err(source) => return Err(Error::reading(memory, &source)),
        };
        Ok(Self { key, memory: memory.to_owned(), last })
    }

    /// The size of the last checkpoint it cosigned: where a consistency proof must start. 0 if there is none.
    #[must_use]
    pub fn seen(&self) -> TreeSize {
        self.last.as_ref().map_or(TreeSize::ZERO, Checkpoint::size)
    }

    /// The last checkpoint it cosigned.
    #[must_use]
    pub const fn last(&self) -> Option<&Checkpoint> {
        self.last.as_ref()
    }

    /// The key that its cosignatures verify with.
    ///
    /// # Errors
    /// None for a witness that was opened.
    pub fn verifier(&self) -> Result<VerifierKey> {
        verifier(&self.key)
    }

    /// Cosigns a checkpoint of `log` at the time `at`, and remembers it first. The proof starts at [`Witness::seen`];
    /// where that is 0 there is none.
    ///
    /// # Errors
    /// `malformed.*` if the note is none; `unknown.log` for another origin; `not_anchored.log_signature` without the
    /// log's signature, `tampered.checkpoint` if it does not verify; those of [`judge`]; `io.*`.
    pub fn cosign(
        &mut self,
        note: &str,
        origin: &Origin,
        log: &VerifierKey,
        proof: Option<&ConsistencyProof>,
        at: Timestamp,
    ) -> Result<SignatureLine> {
        let name = self.key.id();
        let refused = |error: ct_core::Error| {
            let next = "keep this note: a log that contradicts itself must be looked into";
            Error::refused(error, format!("witness {name}"), "refuses this checkpoint", next)
        };
        let note = Note::parse(note).map_err(refused)?;
        let checkpoint = Checkpoint::parse(note.text()).map_err(refused)?;
        if checkpoint.origin() != origin {
            return Err(refused(ct_core::Error::new(Code::UnknownLog, "checkpoint")));
        }
        let unsigned = ct_core::Error::new(Code::NotAnchoredLogSignature, "checkpoint_signature");
        let line = note.signature_by(log).ok_or_else(|| refused(unsigned))?;
        line.verify_text(log, note.text()).map_err(refused)?;
        judge(self.last.as_ref(), &checkpoint, proof).map_err(refused)?;
        durable::replace(&self.memory, checkpoint.text().as_bytes())?;
        let line = cosign(&self.key, note.text(), at);
        self.last = Some(checkpoint);
        line
    }
}

/// Whether a witness that last cosigned `last` may cosign `next`.
///
/// # Errors
/// `unknown.log` for one of another log; `tampered.tree_size` for a smaller one; `equivocation.log` for the same
/// size with another root; `malformed.field` for a proof that is missing or between other sizes;
/// `tampered.consistency` for one that does not lead from the one root to the other.
pub fn judge(
    last: Option<&Checkpoint>,
    next: &Checkpoint,
    proof: Option<&ConsistencyProof>,
) -> std::result::Result<(), ct_core::Error> {
    let refused = |code, field| Err(ct_core::Error::new(code, field));
    if last.is_some_and(|last| next.origin() != last.origin()) {
        return refused(Code::UnknownLog, "checkpoint");
    }
    // Every tree extends the empty one, and no proof can start there.
    let Some(last) = last.filter(|last| last.size() > TreeSize::ZERO) else {
        return if proof.is_none() { Ok(()) } else { refused(Code::MalformedField, "proof") };
    };
    if next.size() < last.size() {
        return refused(Code::TamperedTreeSize, "size");
    }
    if next.size() == last.size() && next.root() != last.root() {
        return refused(Code::EquivocationLog, "root");
    }
    match proof {
        Some(proof) if proof.old_size() == last.size() && proof.new_size() == next.size() => {
            proof.verify(&last.root(), &next.root())
        }
        _ => refused(Code::MalformedField, "proof"),
    }
}

/// Cosigns a checkpoint's text, whatever it says: see [`Witness::cosign`] for one who looks first.
///
/// # Errors
/// `io.key_file` for a key of another role; `malformed.note` for time 0.
pub fn cosign(key: &KeyFile, checkpoint_text: &str, at: Timestamp) -> Result<SignatureLine> {
    let verifier = verifier(key)?;
    let signature = key.signing_key().sign(&cosignature_message(at, checkpoint_text));
    let cosignature = Cosignature::new(at, signature.to_bytes())?;
    Ok(SignatureLine::new(verifier.name().clone(), verifier.key_id(), cosignature.to_bytes())?)
}

/// The C2SP key of a witness's key file.
///
/// # Errors
/// `io.key_file` for a key of another role.
pub fn verifier(key: &KeyFile) -> Result<VerifierKey> {
    if key.role() != Role::Witness {
        let what = format!("is a key with the role {}", key.role());
        return Err(Error::new(Code::IoKeyFile, key.id(), what, "use a key with the role witness"));
    }
    let public = ct_core::PublicKey::from_bytes(key.public().verifying_key().as_bytes())?;
    Ok(VerifierKey::new(KeyName::new(key.id().name())?, SignatureType::Cosignature, public))
}
