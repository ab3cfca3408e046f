//! Cosignatures: a witness saw a checkpoint, and when (C2SP tlog-cosignature, Ed25519, type 04).
//!
//! ```text
//! signature field, after the key ID   u64 big-endian time || Ed25519 signature
//! signed bytes                        "cosignature/v1" LF "time " decimal time LF || checkpoint text
//! ```

use crate::c2sp::note::SignatureLine;
use crate::c2sp::vkey::{SignatureType, VerifierKey};
use crate::code::Code;
use crate::ed25519::{SIGNATURE_LEN, SignatureChecker, Strict};
use crate::error::Error;
use crate::time::Timestamp;
use alloc::format;
use alloc::vec::Vec;

/// A cosignature in the right form. Its time is a claim of the witness, and worth nothing before [`verify`] gives it.
///
/// [`verify`]: Cosignature::verify
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cosignature {
    time: Timestamp,
    signature: [u8; SIGNATURE_LEN],
}

impl Cosignature {
    /// The length of its bytes: eight of time, then the signature.
    pub const LEN: usize = 8 + SIGNATURE_LEN;

    /// The cosignature of this time and signature.
    ///
    /// # Errors
    /// `malformed.note` for time 0, by which other signature types say that they state no time.
    pub fn new(time: Timestamp, signature: [u8; SIGNATURE_LEN]) -> Result<Self, Error> {
        if time.seconds() == 0 {
            return Err(Error::new(Code::MalformedNote, "cosignature.time"));
        }
        Ok(Self { time, signature })
    }

    /// Reads what follows the key ID of a signature line.
    ///
    /// # Errors
    /// `malformed.note` if it is not [`Cosignature::LEN`] bytes or the time is 0, `limit.number` for a time beyond
    /// [`Timestamp::MAX`].
    pub fn from_line(line: &SignatureLine) -> Result<Self, Error> {
        let malformed = Error::new(Code::MalformedNote, "cosignature");
        let (time, signature) = line.signature().split_first_chunk().ok_or(malformed)?;
        let signature = signature.try_into().map_err(|_| malformed)?;
        Self::new(Timestamp::from_seconds(u64::from_be_bytes(*time))?, signature)
    }

    /// What follows the key ID of a signature line.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [&self.time.seconds().to_be_bytes()[..], &self.signature].concat()
    }

    /// The time it bears, for display: nobody has vouched for it yet.
    #[must_use]
    pub const fn unverified_time(&self) -> Timestamp {
        self.time
    }

    /// Verifies the cosignature on a checkpoint's whole text and gives the time at which the witness says it saw it.
    ///
    /// # Errors
    /// `unsupported.algorithm` if `key` is not a cosignature key, `tampered.cosignature` if the signature does not
    /// hold.
    pub fn verify(&self, key: &VerifierKey, checkpoint_text: &str) -> Result<Timestamp, Error> {
        self.check(key, checkpoint_text, &Strict)
    }

    /// As [`Self::verify`], by the word of `checker`.
    pub(crate) fn check(
        &self,
        key: &VerifierKey,
        checkpoint_text: &str,
        checker: &dyn SignatureChecker,
    ) -> Result<Timestamp, Error> {
        if key.signature_type() != SignatureType::Cosignature {
            return Err(Error::new(Code::UnsupportedAlgorithm, "cosignature"));
        }
        if !checker.holds(key.key(), &cosignature_message(self.time, checkpoint_text), &self.signature) {
            return Err(Error::new(Code::TamperedCosignature, "cosignature"));
        }
        Ok(self.time)
    }
}

/// The bytes that a witness signs.
#[must_use]
pub fn cosignature_message(time: Timestamp, checkpoint_text: &str) -> Vec<u8> {
    format!("cosignature/v1\ntime {}\n{checkpoint_text}", time.seconds()).into_bytes()
}
