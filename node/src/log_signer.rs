//! A log's key at work: checkpoints and their signature lines.

use crate::error::{Error, Result};
use ct_core::{Checkpoint, Code, Hash, KeyName, Note, Origin, SignatureLine, SignatureType, TreeSize, VerifierKey};
use ct_keys::{KeyFile, Role};
use ed25519_dalek::Signer;

/// A checkpoint with the log's signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    line: SignatureLine,
}

/// A log key with its origin: signs checkpoints.
#[derive(Debug)]
pub struct LogSigner {
    origin: Origin,
    key: KeyFile,
    verifier: VerifierKey,
}

impl SignedCheckpoint {
    /// The checkpoint.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The log's signature line.
    #[must_use]
    pub const fn line(&self) -> &SignatureLine {
        &self.line
    }

    /// The signature lines, the log's first.
    #[must_use]
    pub fn lines(&self, cosignatures: &[SignatureLine]) -> String {
        std::iter::once(&self.line).chain(cosignatures).map(SignatureLine::to_string).collect()
    }

    /// The whole note, the log's signature first.
    #[must_use]
    pub fn note(&self, cosignatures: &[SignatureLine]) -> String {
        format!("{}\n{}", self.checkpoint.text(), self.lines(cosignatures))
    }
}

impl LogSigner {
    /// The signer of the log whose origin is the key's name.
    ///
    /// # Errors
    /// `io.key_file` for a key of another role; `malformed.checkpoint`, `limit.length` if the name is no origin.
    pub fn new(key: KeyFile) -> Result<Self> {
        if key.role() != Role::Log {
            let what = format!("is a key with the role {}", key.role());
            return Err(Error::new(Code::IoKeyFile, key.id(), what, "use a key with the role log"));
        }
        let origin = Origin::new(key.id().name())?;
        let public = ct_core::PublicKey::from_bytes(key.public().verifying_key().as_bytes())?;
        let verifier = VerifierKey::new(KeyName::new(key.id().name())?, SignatureType::Ed25519, public);
        Ok(Self { origin, key, verifier })
    }

    /// The origin of its checkpoints.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Signs the checkpoint of this size and root. That no size gets a second root is the caller's duty.
    ///
    /// # Errors
    /// `malformed.checkpoint` for an empty tree with another root than the empty tree's.
    pub fn sign(&self, size: TreeSize, root: Hash) -> Result<SignedCheckpoint> {
        let checkpoint = Checkpoint::new(self.origin.clone(), size, root)?;
        let signature = self.key.signing_key().sign(checkpoint.text().as_bytes());
        let name = self.verifier.name().clone();
        let line = SignatureLine::new(name, self.verifier.key_id(), signature.to_bytes().to_vec())?;
        Ok(SignedCheckpoint { checkpoint, line })
    }

    /// The key that its checkpoints verify with.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The checkpoint of a signed note, if it is this log's and by this key.
    ///
    /// # Errors
    /// What is wrong with it, in half a sentence.
    pub(crate) fn recognise(&self, note: &[u8]) -> std::result::Result<SignedCheckpoint, &'static str> {
        let text = std::str::from_utf8(note).map_err(|_| "is not text")?;
        let note = Note::parse(text).map_err(|_| "is not a signed note")?;
        let checkpoint = Checkpoint::parse(note.text()).map_err(|_| "is not a checkpoint")?;
        let line = note.signature_by(&self.verifier).ok_or("is not signed by this log's key")?;
        line.verify_text(&self.verifier, note.text()).map_err(|_| "has a signature that does not verify")?;
        if checkpoint.origin() != &self.origin {
            return Err("is that of another log");
        }
        Ok(SignedCheckpoint { checkpoint, line: line.clone() })
    }
}
