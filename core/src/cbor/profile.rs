//! Which of the deterministic forms our formats use, and which kind of file an input says it is.

use super::reader::{Item, Reader};
use crate::code::Code;
use crate::error::Error;

/// Checks that `bytes` are one item in core deterministic encoding and within the profile (see the [module](super)).
///
/// # Errors
/// Those of [`check_deterministic`](super::check_deterministic), and `malformed.profile`.
pub fn check_profile(bytes: &[u8]) -> Result<(), Error> {
    let mut reader = Reader::new(bytes);
    loop {
        let (is_key, offset) = (reader.at_key(), reader.offset());
        let allowed = match reader.item("")? {
            Item::Unsigned(_) | Item::Negative(_) | Item::Text(_) => true,
            Item::Bytes | Item::Array | Item::Map | Item::BoolOrNull => !is_key,
            Item::Tag(number) => !is_key && matches!(number, COSE_SIGN1 | COSE_SIGN),
            Item::OtherSimple | Item::Float => false,
        };
        if !allowed {
            return Err(Error::new(Code::MalformedProfile, "").at(offset));
        }
        if !reader.is_open() {
            return reader.end();
        }
    }
}

/// The text under the key `"kind"` of a map: what the input says it is, for the message that it is not what was asked
/// for. Nothing else about the input is checked, so it proves nothing.
#[must_use]
pub fn peek_kind(bytes: &[u8]) -> Option<&str> {
    let mut reader = Reader::new(bytes);
    if reader.item("").ok()? != Item::Map {
        return None;
    }
    while reader.is_open() {
        match reader.item("").ok()? {
            Item::Text("kind") => return reader.text("kind", usize::MAX).ok(),
            Item::Unsigned(_) | Item::Negative(_) | Item::Text(_) => reader.skip_value("").ok()?,
            _ => return None,
        };
    }
    None
}

const COSE_SIGN1: u64 = 18;
const COSE_SIGN: u64 = 98;
