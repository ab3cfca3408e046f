//! Ed25519 public keys and strict verification.
//!
//! Verification is strict (RFC 8032 without cofactor, canonical `S` and `R`, no small-order `A` or `R`) and there is no
//! lenient form. What passes here passes cofactorless and cofactored verifiers alike, so nothing that we accept is
//! refused elsewhere; what only they accept takes a key or a nonce made with ill intent. A small-order key proves
//! nothing, because one signature under it fits nearly every message.

use crate::code::Code;
use crate::error::Error;
use core::cmp::Ordering;
use core::fmt;
use ed25519_dalek::VerifyingKey;

/// Length of a public key in bytes.
pub const PUBLIC_KEY_LEN: usize = 32;

/// Length of a signature in bytes.
pub const SIGNATURE_LEN: usize = 64;

/// An Ed25519 public key under which a signature means something: a point, canonically encoded, not of small order.
///
/// Compared, ordered and hashed as its 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Reads the 32 bytes of RFC 8032, section 5.1.2.
    ///
    /// # Errors
    /// `malformed.key` if they are not a point, not that point's canonical encoding, or a point of small order.
    pub fn from_bytes(bytes: &[u8; PUBLIC_KEY_LEN]) -> Result<Self, Error> {
        let refused = Error::new(Code::MalformedKey, "");
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| refused)?;
        let canonical = VerifyingKey::from(key.to_edwards());
        if canonical.as_bytes() != bytes || key.is_weak() {
            return Err(refused);
        }
        Ok(Self(key))
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; PUBLIC_KEY_LEN] {
        self.0.as_bytes()
    }

    /// Whether `signature` is this key's signature over `message`.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8; SIGNATURE_LEN]) -> bool {
        self.0.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature)).is_ok()
    }
}

/// Tells whether signatures hold. A verification asks it about every signature, so that whoever verifies many bundles
/// can remember an answer; the answer must be that of [`PublicKey::verify`].
pub trait SignatureChecker {
    /// Whether `signature` is the signature of `key` over `message`.
    fn holds(&self, key: &PublicKey, message: &[u8], signature: &[u8; SIGNATURE_LEN]) -> bool;
}

/// Computes every answer.
#[derive(Clone, Copy, Debug)]
pub struct Strict;

impl SignatureChecker for Strict {
    fn holds(&self, key: &PublicKey, message: &[u8], signature: &[u8; SIGNATURE_LEN]) -> bool {
        key.verify(message, signature)
    }
}

impl Ord for PublicKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl PartialOrd for PublicKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Lower-case hexadecimal.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey, Verifier};

    fn encoding(low: u8, high: u8) -> [u8; PUBLIC_KEY_LEN] {
        let mut bytes = [0xff; PUBLIC_KEY_LEN];
        bytes[0] = low;
        bytes[PUBLIC_KEY_LEN - 1] = high;
        bytes
    }

    fn small(low: u8, high: u8) -> [u8; PUBLIC_KEY_LEN] {
        let mut bytes = [0; PUBLIC_KEY_LEN];
        bytes[0] = low;
        bytes[PUBLIC_KEY_LEN - 1] = high;
        bytes
    }

    fn code(bytes: &[u8; PUBLIC_KEY_LEN]) -> Result<PublicKey, Code> {
        PublicKey::from_bytes(bytes).map_err(Error::code)
    }

    // R8.2
    #[test]
    fn verifies_only_its_own_message_and_signature() {
        let signing = SigningKey::from_bytes(&[7; 32]);
        let key = PublicKey::from_bytes(signing.verifying_key().as_bytes()).unwrap();
        let signature = signing.sign(b"text").to_bytes();
        assert!(key.verify(b"text", &signature));
        assert!(!key.verify(b"Text", &signature));
        for bit in 0..SIGNATURE_LEN * 8 {
            let mut flipped = signature;
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(!key.verify(b"text", &flipped), "bit {bit}");
        }
    }

    // R8.2: R is the identity and S = k * a, so the equation holds; made with plain integers from the key's seed
    #[test]
    fn small_order_r() {
        let mut signature = [0; SIGNATURE_LEN];
        signature[0] = 1;
        signature[PUBLIC_KEY_LEN..].copy_from_slice(&[
            0x38, 0x76, 0x42, 0x64, 0x9d, 0xae, 0xd0, 0x8e, 0xef, 0x18, 0xb3, 0xe9, 0x5c, 0x46, 0xaa, 0xfb, 0xd5, 0x42,
            0xaf, 0xac, 0x07, 0x33, 0x4d, 0xbc, 0x6a, 0x1b, 0x4f, 0x81, 0xe4, 0x94, 0xbd, 0x05,
        ]);
        let key = SigningKey::from_bytes(&[7; 32]).verifying_key();
        assert!(key.verify(b"text", &ed25519_dalek::Signature::from_bytes(&signature)).is_ok(), "lenient");
        assert!(!PublicKey::from_bytes(key.as_bytes()).unwrap().verify(b"text", &signature));
    }

    // R14.3
    #[test]
    fn not_a_point() {
        assert_eq!(code(&small(2, 0)), Err(Code::MalformedKey));
    }

    // R14.3: identity, order 2, order 4; and the two encodings of x = 0 with its sign bit set
    #[test]
    fn small_order() {
        for bytes in [small(1, 0), encoding(0xec, 0x7f), small(0, 0), small(0, 0x80), small(1, 0x80)] {
            assert_eq!(code(&bytes), Err(Code::MalformedKey), "{bytes:?}");
        }
    }

    // R14.3: y = 2^255 - 19 + n is read as y = n; where n is on the curve only the encoding gives it away
    #[test]
    fn non_canonical_encoding() {
        let mut points = 0;
        for n in 0..19 {
            let canonical = code(&small(n, 0));
            points += usize::from(canonical.is_ok());
            assert_eq!(code(&encoding(0xed + n, 0x7f)), Err(Code::MalformedKey), "{n}");
            assert_eq!(code(&encoding(0xed + n, 0xff)), Err(Code::MalformedKey), "{n}");
        }
        assert!(points >= 5, "the canonical ones among them are keys: {points}");
    }
}
