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
//! # Passphrases
//!
//! A private key may be encrypted: PKCS#8 with PBES2 (RFC 8018 section 6.2) in a block `ENCRYPTED PRIVATE KEY`, role
//! and ID in clear before it. OpenSSL 3 reads what [`KeyFile::write_new_encrypted`] writes; what OpenSSL 3 writes with
//! AES and PBKDF2 (SHA-2) or scrypt is read, as long as the derivation keeps to the limits of [`ct_core::limits`].
//!
//! ```
//! use ct_keys::{KeyFile, Passphrase, Role, os_entropy};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let directory = tempfile::tempdir()?;
//! # let path = directory.path().join("root.pem");
//! let key = KeyFile::generate(Role::Root, "city.example#1".parse()?, &*os_entropy()?);
//! let passphrase = Passphrase::new("correct horse battery staple".to_owned())?;
//! key.write_new_encrypted(&path, &passphrase, &*os_entropy()?)?;
//!
//! assert_eq!(KeyFile::read(&path, Role::Root).unwrap_err().code().as_str(), "io.key_passphrase");
//! let opened = KeyFile::unlock(&path, Role::Root, || Ok::<_, ct_keys::Error>(passphrase))?;
//! assert_eq!(opened.public(), key.public());
//! # Ok(())
//! # }
//! ```
//!
//! Secrets are wiped from memory when they are dropped: passphrases, clear text, keys. The key that is derived from a
//! passphrase is not, nor is scrypt's memory: the crate that derives it leaves them on stack and heap.
//!
//! # Systems without Unix file modes
//!
//! There nobody can say who may read a file, so private keys are neither read nor written: `io.key_permissions`.
//!
//! Out of scope: hardware keys and other algorithms.

mod any_key;
mod encryption;
mod entropy;
mod error;
mod file;
mod key_id;
mod label;
mod passphrase;
mod private;
mod public;
mod role;
mod stored;
pub mod trust_file;

pub use any_key::AnyKey;
pub use encryption::Encryption;
pub use entropy::os_entropy;
pub use error::Error;
pub use key_id::KeyId;
pub use passphrase::Passphrase;
pub use private::KeyFile;
pub use public::PublicKey;
pub use role::Role;
pub use stored::StoredKey;
