//! The C2SP text formats a log and its witnesses sign: verifier keys, signed notes, checkpoints, cosignatures.
//!
//! One file per noun; the documents are [signed-note], [tlog-checkpoint] and [tlog-cosignature]. A *note* is a text
//! and, after an empty line, signature lines that each name a key. A *checkpoint* is the text in which a log states
//! its size and root. A *cosignature* is a witness's signature over a checkpoint and the time at which it saw it.
//! Everything here is a pure function of its arguments: which keys count, and what follows from a bad signature of a
//! known key, is for the caller and its trust root to say. Parsing is stricter than the documents where that gives
//! each value one spelling: base64 must be canonical, no key may sign a note twice, and what parses prints back to
//! the same bytes.
//!
//! Signing is not here, but what is signed is: a log signs [`Checkpoint::text`], a witness [`cosignature_message`].
//!
//! # Example
//! ```
//! use ct_core::c2sp::{Checkpoint, KeyName, Note, Origin, SignatureLine, SignatureType, VerifierKey};
//! use ct_core::{Code, Hash, PublicKey, TreeSize};
//! # use ed25519_dalek::{Signer, SigningKey};
//! # fn main() -> Result<(), ct_core::Error> {
//! # let signing = SigningKey::from_bytes(&[1; 32]);
//! # let public = PublicKey::from_bytes(signing.verifying_key().as_bytes())?;
//! let name = KeyName::new("log.example/2026")?;
//! let key = VerifierKey::new(name.clone(), SignatureType::Ed25519, public);
//! assert_eq!(key.to_string(), "log.example/2026+2c9e59a6+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c");
//!
//! let size = TreeSize::new(1)?;
//! let checkpoint = Checkpoint::new(Origin::new("log.example/2026")?, size, Hash::of(b"\0entry"))?;
//! let text = checkpoint.text();
//! let signature = signing.sign(text.as_bytes());
//! let line = SignatureLine::new(name, key.key_id(), signature.to_bytes().to_vec())?;
//!
//! let bytes = format!("{text}\n{line}");
//! let note = Note::parse(&bytes)?;
//! let line = note.signature_by(&key).ok_or("this key has not signed").unwrap();
//! line.verify_text(&key, note.text())?;
//! assert_eq!(Checkpoint::parse(note.text())?, checkpoint);
//!
//! let altered = bytes.replace("\n1\n", "\n2\n");
//! let note = Note::parse(&altered)?;
//! let line = note.signature_by(&key).ok_or("this key has not signed").unwrap();
//! assert_eq!(line.verify_text(&key, note.text()).unwrap_err().code(), Code::TamperedCheckpoint);
//! # Ok(())
//! # }
//! ```
//!
//! [signed-note]: https://c2sp.org/signed-note
//! [tlog-checkpoint]: https://c2sp.org/tlog-checkpoint
//! [tlog-cosignature]: https://c2sp.org/tlog-cosignature

pub mod checkpoint;
pub mod cosignature;
pub mod note;
pub mod origin;
pub mod policy;
pub mod vkey;

pub use checkpoint::Checkpoint;
pub use cosignature::{Cosignature, cosignature_message};
pub use note::{Note, SignatureLine, parse_signatures};
pub use origin::Origin;
pub use vkey::{KeyId, KeyName, SignatureType, VerifierKey};
