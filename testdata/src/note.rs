//! Signature lines on checkpoints, by whatever key.

use crate::key;
use ct_core::c2sp::cosignature_message;
use ct_core::{Cosignature, KeyName, SignatureLine, SignatureType, VerifierKey};

/// A key that signs notes: the name on the line, and which example key makes the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineKey {
    /// The C2SP key name.
    pub name: String,
    /// The example key, see [`key::private`].
    pub key: String,
}

impl LineKey {
    /// A key whose name on lines is also its example name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), key: name.to_owned() }
    }

    /// The verifier key of this type.
    #[must_use]
    pub fn verifier(&self, signature_type: SignatureType) -> VerifierKey {
        VerifierKey::new(self.key_name(), signature_type, key::public(&self.key))
    }

    /// The line by which a log signs `text`.
    #[must_use]
    pub fn log_line(&self, text: &str) -> String {
        let id = self.verifier(SignatureType::Ed25519).key_id();
        self.line(id, key::sign(&self.key, text.as_bytes()).to_vec())
    }

    /// The line by which a witness says that it saw `text` at this time.
    ///
    /// # Panics
    /// If the time is 0 or beyond the year 9999.
    #[must_use]
    pub fn cosignature_line(&self, time: u64, text: &str) -> String {
        let time = crate::world::time(time);
        let signature = key::sign(&self.key, &cosignature_message(time, text));
        let cosignature = Cosignature::new(time, signature).expect("an example's time is not 0");
        self.line(self.verifier(SignatureType::Cosignature).key_id(), cosignature.to_bytes())
    }

    fn line(&self, id: ct_core::KeyId, signature: Vec<u8>) -> String {
        SignatureLine::new(self.key_name(), id, signature).expect("a signature fits into a line").to_string()
    }

    fn key_name(&self) -> KeyName {
        KeyName::new(&self.name).expect("an example's key name is one")
    }
}
