//! Verifier keys: `name+id+base64(type || public key)` (C2SP signed-note, "Verifier keys").

use crate::base64;
use crate::code::Code;
use crate::ed25519::{PUBLIC_KEY_LEN, PublicKey};
use crate::error::Error;
use crate::hash::Hash;
use crate::limits::{MAX_NAME_BYTES, MAX_VKEY_BYTES};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// A key's name: non-empty, at most [`MAX_NAME_BYTES`], without Unicode space, `+` and control characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyName(String);

/// The four bytes by which a signature line points at a key of its name.
///
/// Anybody can make a key with a given ID: it selects among configured keys and proves nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId([u8; Self::LEN]);

/// What a key signs: the byte before the public key in its text form and in its key ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SignatureType {
    /// 01: the note's text as it stands. Logs sign so.
    Ed25519,
    /// 04: the text with a time before it, see [`crate::c2sp::cosignature`]. Witnesses sign so.
    Cosignature,
}

/// A public key with the name and the purpose it is bound to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VerifierKey {
    name: KeyName,
    signature_type: SignatureType,
    key: PublicKey,
    id: KeyId,
}

impl KeyName {
    /// A name of this text.
    ///
    /// # Errors
    /// `limit.length` if it is too long, `malformed.field` if it is no name.
    pub fn new(text: &str) -> Result<Self, Error> {
        Self::read(text, Code::MalformedField)
    }

    /// The same inside another format, which `refused` names.
    pub(super) fn read(text: &str, refused: Code) -> Result<Self, Error> {
        if text.len() > MAX_NAME_BYTES {
            return Err(Error::new(Code::LimitLength, "key name"));
        }
        if text.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+') {
            return Err(Error::new(refused, "key name"));
        }
        Ok(Self(text.into()))
    }

    /// The name's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl KeyId {
    /// Length in bytes.
    pub const LEN: usize = 4;

    /// An ID of these four bytes.
    #[must_use]
    pub const fn new(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The four bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// H(name || 0A || type || public key), its first four bytes.
    fn of(name: &KeyName, signature_type: SignatureType, key: &[u8; PUBLIC_KEY_LEN]) -> Self {
        let hash = Hash::of_parts(&[name.as_str().as_bytes(), b"\n", &[signature_type.byte()], key]);
        let [a, b, c, d, ..] = *hash.as_bytes();
        Self([a, b, c, d])
    }
}

/// Eight lower-case hexadecimal digits.
impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl SignatureType {
    /// The type's byte.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::Cosignature => 0x04,
        }
    }

    const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0x01 => Some(Self::Ed25519),
            0x04 => Some(Self::Cosignature),
            _ => None,
        }
    }
}

impl VerifierKey {
    /// The key of these parts.
    #[must_use]
    pub fn new(name: KeyName, signature_type: SignatureType, key: PublicKey) -> Self {
        let id = KeyId::of(&name, signature_type, key.as_bytes());
        Self { name, signature_type, key, id }
    }

    /// Reads the text form, for example `log.example/2026+2c9e59a6+AYqI...`; it prints back to the same text.
    ///
    /// # Errors
    /// `limit.length` beyond [`MAX_VKEY_BYTES`] or for the name, `malformed.base64`, `unsupported.algorithm` for a
    /// type that is neither 01 nor 04, `malformed.key` for a key under which signatures prove nothing, and otherwise
    /// `malformed.vkey`, also where the printed ID is not the key's own.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > MAX_VKEY_BYTES {
            return Err(Error::new(Code::LimitLength, "vkey"));
        }
        let malformed = Error::new(Code::MalformedVkey, "vkey");
        // The base64 may contain more `+`.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(printed_id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(malformed);
        };
        let name = KeyName::read(name, Code::MalformedVkey)?;
        let material = base64::decode(key, MAX_VKEY_BYTES).map_err(|error| error.within("vkey", 0))?;
        let (type_byte, key) = material.split_first().ok_or(malformed)?;
        let signature_type =
            SignatureType::from_byte(*type_byte).ok_or(Error::new(Code::UnsupportedAlgorithm, "vkey"))?;
        let key: &[u8; PUBLIC_KEY_LEN] = key.try_into().map_err(|_| malformed)?;
        // Compared as text, because upper-case digits would be a second spelling of the same key.
        if KeyId::of(&name, signature_type, key).to_string() != printed_id {
            return Err(malformed);
        }
        let key = PublicKey::from_bytes(key).map_err(|error| error.within("vkey", 0))?;
        Ok(Self::new(name, signature_type, key))
    }

    /// The key's name.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// What the key signs.
    #[must_use]
    pub const fn signature_type(&self) -> SignatureType {
        self.signature_type
    }

    /// The public key.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The ID that signature lines of this key carry.
    #[must_use]
    pub const fn key_id(&self) -> KeyId {
        self.id
    }
}

/// The text form.
impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut material = Vec::with_capacity(1 + PUBLIC_KEY_LEN);
        material.push(self.signature_type.byte());
        material.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{}+{}", self.name, self.key_id(), base64::encode(&material))
    }
}
