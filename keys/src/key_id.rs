//! Versioned key IDs.

use ct_core::limits::MAX_NAME_BYTES;
use ct_core::{Code, Error};
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

/// Which of its holder's keys this is: `<name>#<version>`, for example `registry.example#1`.
///
/// The name is 1 to 255 visible ASCII characters without `+` and `#`; the version is a decimal number from 1 to
/// 4294967295 without leading zeros, one more at each rotation. An ID has exactly one text.
///
/// Every name is also a C2SP key name (signed-note: no space, no `+`). For log and witness keys it *is* the C2SP key
/// name, and the version stays out of the vkey and out of signature lines: there C2SP tells the keys of one name
/// apart by its own 4-byte key ID, a hash over name, type and public key, which changes at a rotation by itself. With
/// the version in it, the name would no longer be the log's origin, and every verifier's policy would have to change.
///
/// An ID selects a key and proves nothing: the public key in the trust root decides.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId {
    name: String,
    version: NonZeroU32,
}

impl KeyId {
    /// The ID of the `version`-th key of `name`.
    ///
    /// # Errors
    /// `malformed.field` in `key_id` for a name that is empty or has a character outside the rule; `limit.length` for
    /// a name longer than [`MAX_NAME_BYTES`].
    pub fn new(name: &str, version: NonZeroU32) -> Result<Self, Error> {
        if name.len() > MAX_NAME_BYTES {
            return Err(Error::new(Code::LimitLength, FIELD));
        }
        if name.is_empty() || !name.bytes().all(is_name_byte) {
            return Err(Error::new(Code::MalformedField, FIELD));
        }
        Ok(Self { name: name.to_owned(), version })
    }

    /// The holder's name; for log and witness keys, the C2SP key name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which of the holder's keys, counted from 1.
    #[must_use]
    pub const fn version(&self) -> NonZeroU32 {
        self.version
    }

    /// The ID of the key that replaces this one at a rotation; `None` after version 4294967295.
    #[must_use]
    pub fn successor(&self) -> Option<Self> {
        Some(Self { name: self.name.clone(), version: self.version.checked_add(1)? })
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.name, self.version)
    }
}

/// Reads `<name>#<version>`; the errors are those of [`KeyId::new`], and `limit.number` for a version above 4294967295.
impl FromStr for KeyId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let malformed = Error::new(Code::MalformedField, FIELD);
        let (name, version) = text.split_once('#').ok_or(malformed)?;
        // `u32::from_str` would also take `+1` and `01`.
        if version.is_empty() || version.starts_with('0') || !version.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(malformed);
        }
        let version = version.parse().map_err(|_| Error::new(Code::LimitNumber, FIELD))?;
        Self::new(name, version)
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b'+' && byte != b'#'
}

const FIELD: &str = "key_id";

#[cfg(test)]
mod tests {
    use super::*;

    // R8.1
    #[test]
    fn an_id_reads_back_from_its_text() {
        let longest = format!("{}#4294967295", "n".repeat(MAX_NAME_BYTES));
        for text in ["registry.example#1", "a#10", "log.example/2026h1#4294967295", &longest] {
            assert_eq!(text.parse::<KeyId>().map(|id| id.to_string()).as_deref(), Ok(text));
        }
    }

    // R8.1
    #[test]
    fn an_id_has_one_text() {
        let malformed = ["", "#", "a", "a#", "#1", "a#0", "a#01", "a#+1", "a#-1", "a# 1", "a#1 ", " a#1", "a b#1"];
        for text in malformed.into_iter().chain(["a+b#1", "a#b#1", "a##1", "a\n#1", "a\u{7f}#1", "\u{e9}#1", "a#1\n"]) {
            assert_eq!(text.parse::<KeyId>(), Err(Error::new(Code::MalformedField, "key_id")), "{text:?}");
        }
    }

    // R8.1
    #[test]
    fn an_id_has_limits() {
        assert_eq!("a#4294967296".parse::<KeyId>(), Err(Error::new(Code::LimitNumber, "key_id")));
        let name = "n".repeat(MAX_NAME_BYTES + 1);
        assert_eq!(format!("{name}#1").parse::<KeyId>(), Err(Error::new(Code::LimitLength, "key_id")));
    }

    // R8.1
    #[test]
    fn a_rotation_counts_up() {
        let id: KeyId = "a#1".parse().unwrap();
        assert_eq!(id.successor().map(|id| id.to_string()).as_deref(), Some("a#2"));
        let last: KeyId = "a#4294967295".parse().unwrap();
        assert_eq!(last.successor(), None);
    }
}
