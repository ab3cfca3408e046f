//! Reading a closed map: the caller names the keys it knows, in the order in which they stand.

use super::reader::{Item, Reader};
use crate::code::Code;
use crate::error::Error;

/// The pairs of a map that a [`Reader`] has begun.
///
/// Ask for the format's keys in canonical order: non-negative integers ascending, negative integers descending, then
/// texts, shorter ones first, equal lengths bytewise. When a key is taken, the next item of the reader is its value and
/// must be read. Another order is a defect of the caller, which a debug assertion shows.
///
/// # Errors
/// Beside those of [`Reader`]: `malformed.field` for an unknown key (with the map's name, at the key) and for a missing
/// one (with the key's name). Keys out of order and keys that stand twice are `malformed.not_deterministic`, also where
/// the order is what makes a required key seem missing.
#[derive(Debug)]
#[must_use = "a map is closed by `finish`, which refuses unknown keys"]
pub struct MapCursor<'a> {
    field: &'static str,
    /// Pairs of which the key has not been read.
    left: usize,
    /// The key that has been read and not yet been asked for, and where it stands.
    next: Option<(Key<'a>, usize)>,
    last_asked: Option<Key<'static>>,
}

impl<'a> MapCursor<'a> {
    pub(super) const fn new(field: &'static str, pairs: usize) -> Self {
        Self { field, left: pairs, next: None, last_asked: None }
    }

    /// Whether the next key is the text `key`; if it is, its value is read next.
    ///
    /// # Errors
    /// See [`MapCursor`].
    pub fn take_text(&mut self, reader: &mut Reader<'a>, key: &'static str) -> Result<bool, Error> {
        self.take(reader, Key::text(key))
    }

    /// Whether the next key is the integer `key`; if it is, its value is read next.
    ///
    /// # Errors
    /// See [`MapCursor`].
    pub fn take_int(&mut self, reader: &mut Reader<'a>, key: i64) -> Result<bool, Error> {
        self.take(reader, Key::int(key))
    }

    /// The next key must be the text `key`; its value is read next.
    ///
    /// # Errors
    /// See [`MapCursor`].
    pub fn require_text(&mut self, reader: &mut Reader<'a>, key: &'static str) -> Result<(), Error> {
        let taken = self.take_text(reader, key)?;
        self.required(reader, taken, key)
    }

    /// The next key must be the integer `key`; its value is read next. `field` names it in a refusal.
    ///
    /// # Errors
    /// See [`MapCursor`].
    pub fn require_int(&mut self, reader: &mut Reader<'a>, key: i64, field: &'static str) -> Result<(), Error> {
        let taken = self.take_int(reader, key)?;
        self.required(reader, taken, field)
    }

    /// The end of the map: no key is left.
    ///
    /// # Errors
    /// See [`MapCursor`].
    pub fn finish(mut self, reader: &mut Reader<'a>) -> Result<(), Error> {
        match self.peek(reader)? {
            None => Ok(()),
            Some((_, offset)) => Err(self.unknown(reader, offset)),
        }
    }

    fn take(&mut self, reader: &mut Reader<'a>, key: Key<'static>) -> Result<bool, Error> {
        debug_assert!(self.last_asked < Some(key), "{key:?} is asked for after {:?}", self.last_asked);
        self.last_asked = Some(key);
        match self.peek(reader)? {
            Some((next, _)) if next == key => {
                self.next = None;
                Ok(true)
            }
            // The caller will not ask for anything lower any more.
            Some((next, offset)) if next < key => Err(self.unknown(reader, offset)),
            _ => Ok(false),
        }
    }

    fn required(&self, reader: &mut Reader<'a>, taken: bool, field: &'static str) -> Result<(), Error> {
        if taken {
            return Ok(());
        }
        let offset = self.next.map_or(reader.offset(), |(_, offset)| offset);
        Err(unless_ill_formed(reader, Error::new(Code::MalformedField, field).at(offset)))
    }

    /// The next key and where it stands; the reader finds out whether its order is right.
    fn peek(&mut self, reader: &mut Reader<'a>) -> Result<Option<(Key<'a>, usize)>, Error> {
        if self.next.is_none() && self.left > 0 {
            let offset = reader.offset();
            let key = match reader.item(self.field)? {
                Item::Unsigned(value) => Key::Unsigned(value),
                Item::Negative(value) => Key::Negative(value),
                Item::Text(text) => Key::text(text),
                _ => return Err(self.unknown(reader, offset)),
            };
            self.left -= 1;
            self.next = Some((key, offset));
        }
        Ok(self.next)
    }

    fn unknown(&self, reader: &mut Reader<'a>, offset: usize) -> Error {
        unless_ill_formed(reader, Error::new(Code::MalformedField, self.field).at(offset))
    }
}

/// A key that is missing or unknown may be so only because the order is wrong or the input is cut. That is the better
/// report, so what is left of the input is read first.
fn unless_ill_formed(reader: &mut Reader<'_>, error: Error) -> Error {
    while reader.is_open() {
        if let Err(ill_formed) = reader.item(error.field()) {
            return ill_formed;
        }
    }
    error
}

/// A key; the derived order is the bytewise order of the encodings, because heads are the shortest ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Unsigned(u64),
    Negative(u64),
    Text { length: usize, text: &'a str },
}

impl<'a> Key<'a> {
    const fn text(text: &'a str) -> Self {
        Self::Text { length: text.len(), text }
    }

    fn int(key: i64) -> Self {
        match u64::try_from(key) {
            Ok(value) => Self::Unsigned(value),
            // The complement of a negative number is -1 minus it (RFC 8949 section 3.1).
            Err(_) => Self::Negative((!key).cast_unsigned()),
        }
    }
}
