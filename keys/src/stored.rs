//! Private keys as they stand in their files: perhaps encrypted.

use crate::encryption::{Encrypted, Encryption};
use crate::error::{Error, Problem};
use crate::file::{self, Access};
use crate::key_id::KeyId;
use crate::label::Label;
use crate::passphrase::Passphrase;
use crate::private::KeyFile;
use crate::role::Role;
use ed25519_dalek::SigningKey;
use pkcs8::{DecodePrivateKey, SecretDocument};
use std::fmt;
use std::path::{Path, PathBuf};

/// A private key file that has been read and not yet opened: role and ID stand in clear, the key may be encrypted.
pub struct StoredKey {
    path: Option<PathBuf>,
    label: Label,
    secret: Secret,
}

/// The key of a file.
pub(crate) enum Secret {
    Clear(SigningKey),
    Encrypted(Encrypted),
}

impl StoredKey {
    /// Reads a private key file of any role that says its role and ID.
    ///
    /// # Errors
    /// As [`KeyFile::read`]; whether a passphrase is needed is no error yet.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = file::read_key(path, |_| Access::Owner)?;
        Self::of(&text, Some(path)).map_err(|problem| Error::of_file(path, problem))
    }

    /// Reads the text of a private key file. Nothing is derived from a passphrase yet, so this is quick whatever the
    /// text says.
    ///
    /// # Errors
    /// `io.key_file` if it is not one PKCS#8 PEM block with role and ID before it, or encrypted in a way that this
    /// program does not know, or that would take too much memory or time.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::of(text, None).map_err(Error::without_file)
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

    /// How the key is encrypted; `None` if it is not.
    #[must_use]
    pub const fn encryption(&self) -> Option<&Encryption> {
        match &self.secret {
            Secret::Clear(_) => None,
            Secret::Encrypted(encrypted) => Some(encrypted.encryption()),
        }
    }

    /// The key itself. Only if it is encrypted, `ask` is called for the passphrase.
    ///
    /// # Errors
    /// Those of `ask`; `io.key_passphrase` if the passphrase does not open it; `io.key_file` if what it opens is not
    /// one Ed25519 key.
    pub fn open<E: From<Error>>(self, ask: impl FnOnce() -> Result<Passphrase, E>) -> Result<KeyFile, E> {
        let key = match self.secret {
            Secret::Clear(key) => key,
            Secret::Encrypted(encrypted) => {
                encrypted.decrypt(&ask()?).map_err(|problem| Error::new(self.path.as_deref(), problem))?
            }
        };
        Ok(KeyFile::new(self.label, key))
    }

    /// Refuses a key of another role, before anybody is asked for a passphrase.
    pub(crate) fn demand_role(&self, wanted: Role) -> Result<(), Error> {
        self.label.demand_role(wanted).map_err(|problem| Error::new(self.path.as_deref(), problem))
    }

    pub(crate) fn of(text: &str, path: Option<&Path>) -> Result<Self, Problem> {
        let (label, pem) = Label::split(text).map_err(Problem::Form)?;
        let secret = Secret::parse(pem)?;
        Ok(Self { path: path.map(Path::to_owned), label: label.ok_or(Problem::Unlabelled)?, secret })
    }
}

/// Role, ID and encryption, nothing of the secret.
impl fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredKey({} {}", self.label.role, self.label.id)?;
        self.encryption().map_or(Ok(()), |encryption| write!(f, ", {encryption}"))?;
        f.write_str(")")
    }
}

impl Secret {
    /// Reads the PEM block of a private key.
    pub(crate) fn parse(pem: &str) -> Result<Self, Problem> {
        let (label, document) = SecretDocument::from_pem(pem).map_err(|_| NOT_A_KEY)?;
        match label {
            "PRIVATE KEY" => {
                let key = SigningKey::from_pkcs8_der(document.as_bytes()).map_err(|_| NOT_A_KEY)?;
                Ok(Self::Clear(key))
            }
            Encrypted::PEM_LABEL => Encrypted::parse(document.as_bytes()).map(Self::Encrypted),
            _ => Err(NOT_A_KEY),
        }
    }

    /// The key, where there is nobody to ask for a passphrase.
    pub(crate) fn without_passphrase(self) -> Result<SigningKey, Problem> {
        match self {
            Self::Clear(key) => Ok(key),
            Self::Encrypted(_) => Err(Problem::Encrypted),
        }
    }
}

const NOT_A_KEY: Problem = Problem::Form("it is not one Ed25519 private key in PKCS#8");
