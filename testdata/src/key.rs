//! The example keys. Their private halves are public on purpose: they prove nothing.

use ct_core::{Hash, PublicKey};
use ed25519_dalek::{Signer, SigningKey};

/// The private key of this name: its seed is SHA-256 of `CivicTrust example key/NAME`.
#[must_use]
pub fn private(name: &str) -> SigningKey {
    SigningKey::from_bytes(Hash::of(format!("CivicTrust example key/{name}").as_bytes()).as_bytes())
}

/// The public key of this name.
///
/// # Panics
/// Never: no seed gives a key of small order.
#[must_use]
pub fn public(name: &str) -> PublicKey {
    PublicKey::from_bytes(private(name).verifying_key().as_bytes()).expect("a key made from a seed is usable")
}

/// A signature by the key of this name.
#[must_use]
pub fn sign(name: &str, message: &[u8]) -> [u8; 64] {
    private(name).sign(message).to_bytes()
}

/// Bytes that look random and are always the same for one label.
#[must_use]
pub fn fixed<const N: usize>(label: &str) -> [u8; N] {
    let hash = Hash::of(format!("CivicTrust example bytes/{label}").as_bytes());
    hash.as_bytes()[..N].try_into().expect("at most 32 bytes are asked for")
}
