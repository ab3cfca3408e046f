//! Key files: Ed25519 keys in PEM, each with its role and its versioned key ID, shared by `ct` and `ct-node` (R8.1).
//!
//! # The file
//!
//! A private key is PKCS#8 version 1 (RFC 8410 section 7, without the public half, which OpenSSL 3.0 would refuse); a
//! public key is SPKI (RFC 8410 section 4). Role and ID stand before the key as explanatory text (RFC 7468 section 2),
//! which OpenSSL skips, so `openssl pkey -in issuer.pem` reads the file as it is:
//!
//! ```text
//! civictrust-role: issuer
//! civictrust-key-id: registry.example#1
//! -----BEGIN PRIVATE KEY-----
//! MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
//! -----END PRIVATE KEY-----
//! ```
//!
//! The two lines guard against mistakes, not against someone who can write the file: which key may do what is decided
//! by the trust root alone.
//!
//! # Use
//!
//! ```
//! use ct_keys::{KeyFile, Role, os_entropy};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let directory = tempfile::tempdir()?;
//! let path = directory.path().join("issuer.pem");
//!
//! let entropy = os_entropy()?;
//! let key = KeyFile::generate(Role::Issuer, "registry.example#1".parse()?, &entropy);
//! key.write_new(&path)?;
//! key.public().write_new(&directory.path().join("issuer.pub.pem"))?;
//!
//! assert_eq!(KeyFile::read(&path, Role::Issuer)?.public(), key.public());
//! assert_eq!(KeyFile::read(&path, Role::Log).unwrap_err().code().as_str(), "io.key_file");
//! # Ok(())
//! # }
//! ```
//!
//! Out of scope: encrypted keys, hardware keys, other algorithms, and systems without Unix file modes.

mod entropy;
mod error;
mod file;
mod key_id;
mod label;
mod private;
mod public;
mod role;
pub mod trust_file;

pub use entropy::os_entropy;
pub use error::Error;
pub use key_id::KeyId;
pub use private::KeyFile;
pub use public::PublicKey;
pub use role::Role;
