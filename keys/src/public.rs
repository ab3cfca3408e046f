//! Public key files and vkeys.

use crate::error::{Error, Problem};
use crate::file::{self, Access};
use crate::key_id::KeyId;
use crate::label::Label;
use crate::role::Role;
use ct_core::c2sp::{KeyName, SignatureType, VerifierKey};
use ed25519_dalek::VerifyingKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePublicKey, EncodePublicKey};
use std::path::Path;

/// A public key with its role and ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    label: Label,
    key: VerifyingKey,
}

impl PublicKey {
    pub(crate) const fn new(label: Label, key: VerifyingKey) -> Self {
        Self { label, key }
    }

    /// Reads a public key file that says its role and ID, and whose role is `role`. Anyone may read such a file, so
    /// its mode does not matter.
    ///
    /// # Errors
    /// - `io.key_file`: another role, no role and ID, not one Ed25519 key in SPKI PEM, a key of small order, or larger
    ///   than 16 KiB.
    /// - `io.not_found`, `io.permission`, `io.not_a_file`, `io.symlink_loop`, `io.read`: it could not be read.
    pub fn read(path: &Path, role: Role) -> Result<Self, Error> {
        let fail = |problem| Error::of_file(path, problem);
        let text = file::read_key(path, |_| Access::Everybody)?;
        let key = Self::of(&text).map_err(fail)?;
        key.label.demand_role(role).map_err(fail)?;
        Ok(key)
    }

    /// Reads a public key file that need not say its role and ID, such as one made by `openssl pkey -pubout`; if it
    /// does say them, they must be these.
    ///
    /// # Errors
    /// As [`PublicKey::read`]; also `io.key_file` for another ID.
    pub fn read_as(path: &Path, role: Role, id: KeyId) -> Result<Self, Error> {
        let fail = |problem| Error::of_file(path, problem);
        let text = file::read_key(path, |_| Access::Everybody)?;
        let (found, key) = parse(&text).map_err(fail)?;
        let label = Label { role, id };
        if let Some(found) = found {
            found.demand(&label).map_err(fail)?;
        }
        Ok(Self { label, key })
    }

    /// Creates the public key file (`issuer.pub.pem`): the two explanatory lines and the key in SPKI PEM, mode 0644.
    /// Like [`crate::KeyFile::write_new`] it never overwrites and never leaves half a file.
    ///
    /// # Errors
    /// As [`crate::KeyFile::write_new`].
    pub fn write_new(&self, path: &Path) -> Result<(), Error> {
        let pem = self.key.to_public_key_pem(LineEnding::LF);
        let pem = pem.map_err(|_| Error::of_file(path, Problem::Form("it cannot be encoded")))?;
        file::write_new(path, Access::Everybody, &format!("{}{pem}", self.label))
    }

    /// Creates the vkey file (`log.vkey`): the line of [`PublicKey::vkey`], ended by LF, mode 0644.
    ///
    /// # Errors
    /// `io.key_file` for a role without a vkey; otherwise as [`crate::KeyFile::write_new`].
    pub fn write_vkey_new(&self, path: &Path) -> Result<(), Error> {
        let vkey = self.vkey().ok_or_else(|| Error::of_file(path, Problem::NoVkey(self.label.role)))?;
        file::write_new(path, Access::Everybody, &format!("{vkey}\n"))
    }

    /// The C2SP verifier key of a log key (type 01) or witness key (type 04); `None` for any other role.
    ///
    /// Its name is the key ID's name, without the version: see [`KeyId`].
    #[must_use]
    pub fn vkey(&self) -> Option<VerifierKey> {
        let signature_type = match self.label.role {
            Role::Log => SignatureType::Ed25519,
            Role::Witness => SignatureType::Cosignature,
            Role::Root | Role::Issuer | Role::Status | Role::Client | Role::Monitor | Role::Tls => return None,
        };
        let name = KeyName::new(self.label.id.name()).ok()?;
        let key = ct_core::PublicKey::from_bytes(self.key.as_bytes()).ok()?;
        Some(VerifierKey::new(name, signature_type, key))
    }

    /// What the key is for.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.label.role
    }

    /// Which of its holder's keys it is.
    #[must_use]
    pub const fn id(&self) -> &KeyId {
        &self.label.id
    }

    /// The text of a public key file of any role.
    pub(crate) fn of(text: &str) -> Result<Self, Problem> {
        let (label, key) = parse(text)?;
        Ok(Self { label: label.ok_or(Problem::Unlabelled)?, key })
    }

    /// The key, to verify with (`verify_strict`).
    #[must_use]
    pub const fn verifying_key(&self) -> &VerifyingKey {
        &self.key
    }
}

fn parse(text: &str) -> Result<(Option<Label>, VerifyingKey), Problem> {
    let (label, pem) = Label::split(text).map_err(Problem::Form)?;
    let not_a_key = |_| Problem::Form("it is not one Ed25519 public key in SPKI");
    let key = VerifyingKey::from_public_key_pem(pem).map_err(not_a_key)?;
    if key.is_weak() {
        return Err(Problem::Form("its key has small order, so that anyone could sign for it"));
    }
    Ok((label, key))
}
