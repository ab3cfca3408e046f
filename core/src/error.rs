//! Where something is wrong, and its code.

use crate::code::Code;
use core::fmt;
use core::num::NonZeroUsize;

/// A refusal: a stable [`Code`], the field it is about, and the byte offset where there is one.
///
/// Carries no text made from the input, so it can be shown and logged as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    code: Code,
    field: &'static str,
    /// One more than the offset: a refusal is handed up through many callers, and shorter this way.
    offset_and_one: Option<NonZeroUsize>,
}

impl Error {
    /// A refusal about `field` (a path in the format's own names, for example `statement.iat`).
    #[must_use]
    pub const fn new(code: Code, field: &'static str) -> Self {
        Self { code, field, offset_and_one: None }
    }

    /// The same refusal, at a byte offset of the item being read.
    #[must_use]
    pub const fn at(mut self, offset: usize) -> Self {
        self.offset_and_one = NonZeroUsize::new(offset.saturating_add(1));
        self
    }

    /// The same refusal, seen from an enclosing item in which the inner one starts at `base`.
    #[must_use]
    pub fn within(mut self, field: &'static str, base: usize) -> Self {
        if self.field.is_empty() {
            self.field = field;
        }
        self.offset_and_one = self.offset_and_one.and_then(|offset| offset.checked_add(base));
        self
    }

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> Code {
        self.code
    }

    /// The field it is about; empty where the item as a whole is meant.
    #[must_use]
    pub const fn field(self) -> &'static str {
        self.field
    }

    /// The byte offset in the input, where one is known.
    #[must_use]
    pub const fn offset(self) -> Option<usize> {
        match self.offset_and_one {
            Some(offset) => Some(offset.get() - 1),
            None => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if !self.field.is_empty() {
            write!(f, " in {}", self.field)?;
        }
        match self.offset() {
            Some(offset) => write!(f, " at byte {offset}"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for Error {}
