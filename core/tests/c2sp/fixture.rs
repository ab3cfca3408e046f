//! Keys, names and a checkpoint that the tests share.

use ct_core::base64;
use ct_core::c2sp::{Checkpoint, Cosignature, KeyName, Origin, SignatureLine, SignatureType, VerifierKey};
use ct_core::c2sp::{cosignature_message, parse_signatures};
use ct_core::{Code, Error, Hash, PublicKey, Timestamp};
use ed25519_dalek::{Signer, SigningKey};

pub(crate) const LOG: &str = "log.example/2026";
pub(crate) const TIME: u64 = 1_795_161_600;

/// A key with its private half, determined by its seed.
pub(crate) struct TestKey {
    pub(crate) signing: SigningKey,
    pub(crate) verifier: VerifierKey,
}

impl TestKey {
    pub(crate) fn new(seed: u8, name: &str, signature_type: SignatureType) -> Self {
        let signing = SigningKey::from_bytes(&[seed; 32]);
        let key = PublicKey::from_bytes(signing.verifying_key().as_bytes()).unwrap();
        Self { signing, verifier: VerifierKey::new(KeyName::new(name).unwrap(), signature_type, key) }
    }

    pub(crate) fn log() -> Self {
        Self::new(1, LOG, SignatureType::Ed25519)
    }

    pub(crate) fn witness() -> Self {
        Self::new(2, "witness.example", SignatureType::Cosignature)
    }

    /// Signs `text` as the type of the key says.
    pub(crate) fn line(&self, text: &str) -> SignatureLine {
        let signature = match self.verifier.signature_type() {
            SignatureType::Ed25519 => self.signing.sign(text.as_bytes()).to_bytes().to_vec(),
            SignatureType::Cosignature => self.cosign(TIME, text).to_bytes(),
        };
        self.line_of(signature)
    }

    pub(crate) fn cosign(&self, seconds: u64, text: &str) -> Cosignature {
        let time = Timestamp::from_seconds(seconds).unwrap();
        let signature = self.signing.sign(&cosignature_message(time, text)).to_bytes();
        Cosignature::new(time, signature).unwrap()
    }

    pub(crate) fn line_of(&self, signature: Vec<u8>) -> SignatureLine {
        SignatureLine::new(self.verifier.name().clone(), self.verifier.key_id(), signature).unwrap()
    }
}

pub(crate) fn checkpoint() -> Checkpoint {
    Checkpoint::new(Origin::new(LOG).unwrap(), ct_core::TreeSize::new(5).unwrap(), Hash::of(b"root")).unwrap()
}

/// A checkpoint signed by the log and cosigned by the witness.
pub(crate) fn signed_checkpoint() -> String {
    let text = checkpoint().text();
    format!("{text}\n{}{}", TestKey::log().line(&text), TestKey::witness().line(&text))
}

/// A signature line with a field of these bytes.
pub(crate) fn raw_line(name: &str, field: &[u8]) -> String {
    format!("\u{2014} {name} {}\n", base64::encode(field))
}

pub(crate) fn code<T>(outcome: Result<T, Error>) -> Result<T, Code> {
    outcome.map_err(Error::code)
}

pub(crate) fn only_line(line: &str) -> SignatureLine {
    let [line] = <[_; 1]>::try_from(parse_signatures(line).unwrap()).unwrap();
    line
}
