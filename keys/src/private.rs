//! Private key files.

use crate::encryption::{self, Encrypted};
use crate::error::{Error, Problem};
use crate::file::{self, Access};
use crate::key_id::KeyId;
use crate::label::Label;
use crate::passphrase::Passphrase;
use crate::public::PublicKey;
use crate::role::Role;
use crate::stored::{Secret, StoredKey};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::{EncodePrivateKey, KeypairBytes};
use pkcs8::SecretDocument;
use pkcs8::der::pem::LineEnding;
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
    pub(crate) const fn new(label: Label, key: SigningKey) -> Self {
        Self { label, key }
    }

    /// The key that these 32 bytes make (RFC 8032 section 5.1.5): the same bytes, the same key. See
    /// [`crate::os_entropy`] for bytes that nobody can guess.
    #[must_use]
    pub fn generate(role: Role, id: KeyId, entropy: &[u8; 32]) -> Self {
        Self { label: Label { role, id }, key: SigningKey::from_bytes(entropy) }
    }

    /// Reads a file that says its role and ID, whose role is `role`, and which is not encrypted.
    ///
    /// # Errors
    /// - `io.key_permissions`: the file's group or others have any access to it, or this system has no file modes.
    /// - `io.key_file`: another role, no role and ID, not one Ed25519 key in PKCS#8 PEM, or larger than 16 KiB.
    /// - `io.key_passphrase`: it is encrypted; see [`KeyFile::unlock`].
    /// - `io.not_found`, `io.permission`, `io.not_a_file`, `io.symlink_loop`, `io.read`: it could not be read.
    pub fn read(path: &Path, role: Role) -> Result<Self, Error> {
        Self::unlock(path, role, || Err(Error::of_file(path, Problem::Encrypted)))
    }

    /// Reads a file as [`KeyFile::read`] does. Only if it is encrypted, `ask` is called for the passphrase.
    ///
    /// # Errors
    /// As [`KeyFile::read`], and those of `ask`; `io.key_passphrase` if the passphrase does not open the key.
    pub fn unlock<E: From<Error>>(
        path: &Path,
        role: Role,
        ask: impl FnOnce() -> Result<Passphrase, E>,
    ) -> Result<Self, E> {
        let stored = StoredKey::read(path)?;
        stored.demand_role(role)?;
        stored.open(ask)
    }

    /// Reads a file that need not say its role and ID, such as one made by `openssl genpkey -algorithm ed25519`; if it
    /// does say them, they must be these.
    ///
    /// # Errors
    /// As [`KeyFile::read`]; also `io.key_file` for another ID.
    pub fn read_as(path: &Path, role: Role, id: KeyId) -> Result<Self, Error> {
        let fail = |problem| Error::of_file(path, problem);
        let text = file::read_key(path, |_| Access::Owner)?;
        let (found, pem) = Label::split(&text).map_err(|why| fail(Problem::Form(why)))?;
        let key = Secret::parse(pem).and_then(Secret::without_passphrase).map_err(fail)?;
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
        let text = self.to_text().map_err(|problem| Error::of_file(path, problem))?;
        file::write_new(path, Access::Owner, &text)
    }

    /// Creates the key file as [`KeyFile::write_new`] does, with the key encrypted: AES-256-CBC under a key that
    /// scrypt (N=16384, r=8, p=5) derives from the passphrase, which OpenSSL 3 reads. Role and ID stay in clear.
    ///
    /// Salt and initialisation vector are made of `entropy`: the same bytes, the same file. They need not be secret,
    /// but must be other ones for each file; see [`crate::os_entropy`].
    ///
    /// # Errors
    /// As [`KeyFile::write_new`].
    pub fn write_new_encrypted(&self, path: &Path, with: &Passphrase, entropy: &[u8; 32]) -> Result<(), Error> {
        let text = self.to_encrypted_text(with, entropy).map_err(|problem| Error::of_file(path, problem))?;
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

    fn to_text(&self) -> Result<Zeroizing<String>, Problem> {
        self.labelled("PRIVATE KEY", &self.to_pkcs8()?)
    }

    fn to_encrypted_text(&self, with: &Passphrase, entropy: &[u8; 32]) -> Result<Zeroizing<String>, Problem> {
        self.labelled(Encrypted::PEM_LABEL, &encryption::encrypt(&self.to_pkcs8()?, with, entropy)?)
    }

    fn to_pkcs8(&self) -> Result<SecretDocument, Problem> {
        // With the public half in it the file would be PKCS#8 version 2, which OpenSSL 3.0 does not read.
        let version_1 = KeypairBytes { secret_key: self.key.to_bytes(), public_key: None };
        version_1.to_pkcs8_der().map_err(|_| NOT_ENCODED)
    }

    fn labelled(&self, kind: &'static str, document: &SecretDocument) -> Result<Zeroizing<String>, Problem> {
        let pem = document.to_pem(kind, LineEnding::LF).map_err(|_| NOT_ENCODED)?;
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

const NOT_ENCODED: Problem = Problem::Form("it cannot be encoded");
