//! Private key files.

use crate::error::{Error, Problem};
use crate::file::{self, Access};
use crate::key_id::KeyId;
use crate::label::Label;
use crate::public::PublicKey;
use crate::role::Role;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, KeypairBytes};
use std::fmt;
use std::path::Path;
use zeroize::Zeroizing;

/// A private key with its role and ID, as it stands in a key file.
///
/// The secret is wiped from memory when this is dropped, and never appears in the `Debug` text.
pub struct KeyFile {
    label: Label,
    key: SigningKey,
}

impl KeyFile {
    /// The key that these 32 bytes make (RFC 8032 section 5.1.5): the same bytes, the same key. See
    /// [`crate::os_entropy`] for bytes that nobody can guess.
    #[must_use]
    pub fn generate(role: Role, id: KeyId, entropy: &[u8; 32]) -> Self {
        Self { label: Label { role, id }, key: SigningKey::from_bytes(entropy) }
    }

    /// Reads a file that says its role and ID, and whose role is `role`.
    ///
    /// # Errors
    /// - `io.key_permissions`: the file's group or others have any access to it.
    /// - `io.key_file`: another role, no role and ID, not one Ed25519 key in PKCS#8 PEM, or larger than 16 KiB.
    /// - `io.not_found`, `io.permission`, `io.not_a_file`, `io.symlink_loop`, `io.read`: it could not be read.
    pub fn read(path: &Path, role: Role) -> Result<Self, Error> {
        let fail = |problem| Error::of_file(path, problem);
        let (label, key) = read_any(path)?;
        let label = label.ok_or_else(|| fail(Problem::Unlabelled))?;
        label.demand_role(role).map_err(fail)?;
        Ok(Self { label, key })
    }

    /// Reads a file that need not say its role and ID, such as one made by `openssl genpkey -algorithm ed25519`; if it
    /// does say them, they must be these.
    ///
    /// # Errors
    /// As [`KeyFile::read`]; also `io.key_file` for another ID.
    pub fn read_as(path: &Path, role: Role, id: KeyId) -> Result<Self, Error> {
        let fail = |problem| Error::of_file(path, problem);
        let (found, key) = read_any(path)?;
        let label = Label { role, id };
        if let Some(found) = found {
            found.demand(&label).map_err(fail)?;
        }
        Ok(Self { label, key })
    }

    /// Creates the key file, with mode 0600. An existing file is never overwritten, and a crash leaves a whole key
    /// under this path or none (a stray `.ct-key-*` beside it can be deleted).
    ///
    /// # Errors
    /// `io.exists` if there is anything at the path, even a dangling symbolic link; `io.not_found` if the directory
    /// does not exist; `io.permission`, `io.symlink_loop`, `io.write` if it could not be written.
    pub fn write_new(&self, path: &Path) -> Result<(), Error> {
        let text = self.to_pem().map_err(|problem| Error::of_file(path, problem))?;
        file::write_new(path, Access::Owner, &text)
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

    /// The key, to sign with.
    #[must_use]
    pub const fn signing_key(&self) -> &SigningKey {
        &self.key
    }

    /// The public half, with the same role and ID.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey::new(self.label.clone(), self.key.verifying_key())
    }

    fn to_pem(&self) -> Result<Zeroizing<String>, Problem> {
        // With the public half in it the file would be PKCS#8 version 2, which OpenSSL 3.0 does not read.
        let version_1 = KeypairBytes { secret_key: self.key.to_bytes(), public_key: None };
        let pem = version_1.to_pkcs8_pem(LineEnding::LF).map_err(|_| Problem::Form("it cannot be encoded"))?;
        let label = self.label.to_string();
        // Exactly as long as needed: a text that grew would leave a copy of the key behind.
        let mut text = Zeroizing::new(String::with_capacity(label.len().saturating_add(pem.len())));
        text.push_str(&label);
        text.push_str(&pem);
        Ok(text)
    }
}

/// Role and ID, nothing of the secret.
impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyFile({} {})", self.label.role, self.label.id)
    }
}

fn read_any(path: &Path) -> Result<(Option<Label>, SigningKey), Error> {
    let fail = |why| Error::of_file(path, Problem::Form(why));
    let text = file::read(path, Access::Owner)?;
    let (label, pem) = Label::split(&text).map_err(fail)?;
    let key = SigningKey::from_pkcs8_pem(pem).map_err(|_| fail("it is not one unencrypted Ed25519 key in PKCS#8"))?;
    Ok((label, key))
}
