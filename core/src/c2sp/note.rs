//! Signed notes: a text, an empty line, signature lines (C2SP signed-note).

use crate::base64;
use crate::c2sp::vkey::{KeyId, KeyName, SignatureType, VerifierKey};
use crate::code::Code;
use crate::ed25519::{SIGNATURE_LEN, SignatureChecker, Strict};
use crate::error::Error;
use crate::limits::{MAX_NOTE_BYTES, MAX_NOTE_SIGNATURES};
use alloc::vec::Vec;
use core::fmt;

/// A note in the right form. Whether any of its signatures holds is not known yet.
///
/// Prints back to the bytes it was parsed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note<'a> {
    text: &'a str,
    signatures: Vec<SignatureLine>,
}

/// One line `U+2014 SP name SP base64(key ID || signature) LF`, not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureLine {
    name: KeyName,
    key_id: KeyId,
    signature: Vec<u8>,
}

impl<'a> Note<'a> {
    /// Reads a whole note: what follows the *last* empty line are the signatures.
    ///
    /// # Errors
    /// `limit.length`, `limit.signatures`, `malformed.base64` and otherwise `malformed.note`, also where two lines
    /// bear the same name and key ID.
    pub fn parse(note: &'a str) -> Result<Self, Error> {
        if note.len() > MAX_NOTE_BYTES {
            return Err(Error::new(Code::LimitLength, "note"));
        }
        let empty_line = note.as_bytes().windows(2).rposition(|pair| pair == b"\n\n");
        let Some((text, rest)) = empty_line.and_then(|at| note.split_at_checked(at + 1)) else {
            return Err(Error::new(Code::MalformedNote, "note"));
        };
        Self::from_parts(text, rest.strip_prefix('\n').unwrap_or(rest))
    }

    /// The note of a text and its signature lines, which are kept apart in a bundle: `text || LF || signatures`.
    ///
    /// # Errors
    /// As [`Note::parse`]; offsets count from the start of the note.
    pub fn from_parts(text: &'a str, signatures: &str) -> Result<Self, Error> {
        if text.len().saturating_add(1).saturating_add(signatures.len()) > MAX_NOTE_BYTES {
            return Err(Error::new(Code::LimitLength, "note"));
        }
        let malformed = Error::new(Code::MalformedNote, "note");
        if let Some(control) = text.bytes().position(|byte| byte < 0x20 && byte != b'\n') {
            return Err(malformed.at(control));
        }
        if !text.ends_with('\n') {
            return Err(malformed.at(text.len()));
        }
        let signatures = parse_signatures(signatures).map_err(|error| error.within("", text.len() + 1))?;
        Ok(Self { text, signatures })
    }

    /// The text, with its final LF: what the signatures are about.
    #[must_use]
    pub const fn text(&self) -> &'a str {
        self.text
    }

    /// The signature lines in their order, none verified.
    #[must_use]
    pub fn signatures(&self) -> &[SignatureLine] {
        &self.signatures
    }

    /// The signature lines alone.
    pub(crate) fn into_signatures(self) -> Vec<SignatureLine> {
        self.signatures
    }

    /// The line that names `key`, by name and key ID; there is at most one. It may still be by another key of the
    /// same name and ID, so it says nothing until verified.
    #[must_use]
    pub fn signature_by(&self, key: &VerifierKey) -> Option<&SignatureLine> {
        self.signatures.iter().find(|line| line.names(key))
    }
}

impl fmt::Display for Note<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| line.fmt(f))
    }
}

/// Reads the signature lines of a note: one or more, in their order, no two of one name and key ID.
///
/// # Errors
/// `limit.length`, `limit.signatures`, `malformed.base64` and otherwise `malformed.note`; the offset is that of the
/// line.
pub fn parse_signatures(lines: &str) -> Result<Vec<SignatureLine>, Error> {
    if lines.len() > MAX_NOTE_BYTES {
        return Err(Error::new(Code::LimitLength, "signatures"));
    }
    let malformed = Error::new(Code::MalformedNote, "signatures");
    if lines.is_empty() {
        return Err(malformed.at(0));
    }
    let mut signatures: Vec<SignatureLine> = Vec::new();
    let mut offset = 0;
    for line in lines.split_inclusive('\n') {
        if signatures.len() == MAX_NOTE_SIGNATURES {
            return Err(Error::new(Code::LimitSignatures, "signatures").at(offset));
        }
        let signature = SignatureLine::parse(line).map_err(|error| error.at(offset))?;
        if signatures.iter().any(|other| other.name == signature.name && other.key_id == signature.key_id) {
            return Err(malformed.at(offset));
        }
        signatures.push(signature);
        offset += line.len();
    }
    Ok(signatures)
}

impl SignatureLine {
    /// The line by which the key of this name and ID adds `signature` to a note.
    ///
    /// # Errors
    /// `malformed.note` if `signature` is empty, `limit.length` if no note has room for it.
    pub fn new(name: KeyName, key_id: KeyId, signature: Vec<u8>) -> Result<Self, Error> {
        if signature.is_empty() {
            return Err(Error::new(Code::MalformedNote, "signatures"));
        }
        if signature.len() > MAX_NOTE_BYTES {
            return Err(Error::new(Code::LimitLength, "signatures"));
        }
        Ok(Self { name, key_id, signature })
    }

    fn parse(line: &str) -> Result<Self, Error> {
        let malformed = Error::new(Code::MalformedNote, "signatures");
        let (name, base64) = line
            .strip_prefix(DASH)
            .and_then(|rest| rest.strip_suffix('\n'))
            .and_then(|rest| rest.split_once(' '))
            .ok_or(malformed)?;
        let name = KeyName::read(name, Code::MalformedNote)?;
        let field = base64::decode(base64, MAX_NOTE_BYTES).map_err(|error| error.within("signatures", 0))?;
        let (key_id, signature) = field.split_first_chunk().ok_or(malformed)?;
        Self::new(name, KeyId::new(*key_id), signature.to_vec())
    }

    /// The key's name.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The key's ID.
    #[must_use]
    pub const fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// What follows the key ID, not verified. Its form depends on the type of the key.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Whether the line bears both the name and the ID of `key`. Either alone means nothing.
    #[must_use]
    pub fn names(&self, key: &VerifierKey) -> bool {
        self.name == *key.name() && self.key_id == key.key_id()
    }

    /// Verifies a signature of type 01, as logs make it: over the text as it stands.
    ///
    /// # Errors
    /// `unsupported.algorithm` if `key` is of another type, `malformed.note` if the signature is not 64 bytes,
    /// `tampered.checkpoint` if it does not hold.
    pub fn verify_text(&self, key: &VerifierKey, text: &str) -> Result<(), Error> {
        self.check_text(key, text, &Strict)
    }

    /// As [`Self::verify_text`], by the word of `checker`.
    pub(crate) fn check_text(
        &self,
        key: &VerifierKey,
        text: &str,
        checker: &dyn SignatureChecker,
    ) -> Result<(), Error> {
        if key.signature_type() != SignatureType::Ed25519 {
            return Err(Error::new(Code::UnsupportedAlgorithm, "signatures"));
        }
        let signature: &[u8; SIGNATURE_LEN] =
            self.signature.as_slice().try_into().map_err(|_| Error::new(Code::MalformedNote, "signatures"))?;
        if !checker.holds(key.key(), text.as_bytes(), signature) {
            return Err(Error::new(Code::TamperedCheckpoint, "signatures"));
        }
        Ok(())
    }
}

/// The line, with its LF.
impl fmt::Display for SignatureLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = [self.key_id.as_bytes(), self.signature.as_slice()].concat();
        writeln!(f, "{DASH}{} {}", self.name, base64::encode(&field))
    }
}

const DASH: &str = "\u{2014} ";
