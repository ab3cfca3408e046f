//! The type of a record.

use crate::error::{Error, Problem};
use std::fmt;

/// What a record is about, for example `verdict`: a letter a-z, then at most 31 of a-z, 0-9 and `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordType(String);

impl RecordType {
    /// Reads a type.
    ///
    /// # Errors
    /// `malformed.field` for any other text.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut letters = text.bytes();
        let begins = letters.next().is_some_and(|letter| letter.is_ascii_lowercase());
        let goes_on = letters.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_');
        if begins && goes_on && text.len() <= LONGEST {
            return Ok(Self(text.to_owned()));
        }
        Err(Problem::TypeName.into())
    }

    /// The type of the record that keeps what a crash left of another one.
    #[must_use]
    pub(crate) fn torn() -> Self {
        Self("torn".to_owned())
    }

    /// The type's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const LONGEST: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use ct_core::Code;

    // R1.3
    #[test]
    fn a_type_is_a_short_lower_case_name() {
        for good in ["note", "a", "key_use2", &"a".repeat(LONGEST)] {
            assert_eq!(RecordType::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "Note", "2a", "_a", "a b", "a\"", "a\n", "\u{e9}t\u{e9}", &"a".repeat(LONGEST + 1)] {
            assert_eq!(RecordType::parse(bad).map_err(|error| error.code()), Err(Code::MalformedField), "{bad}");
        }
        assert_eq!(RecordType::parse("torn").unwrap(), RecordType::torn());
    }
}
