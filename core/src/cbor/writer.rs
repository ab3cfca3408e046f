//! The canonical writer.

use super::reader::check_deterministic;
use crate::code::Code;
use alloc::vec::Vec;

/// Writes one CBOR item, part by part, with the shortest heads and definite lengths.
///
/// Counts and the order of map keys are the caller's: `array(2)` is followed by two items, `map(2)` by two pairs in
/// ascending order of their keys' encodings. A mistake there is a defect of the program, not of an input; a debug
/// assertion in [`Writer::finish`] shows it.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// Nothing written yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    /// An unsigned integer.
    pub fn uint(&mut self, value: u64) -> &mut Self {
        self.head(0, value)
    }

    /// An integer.
    pub fn int(&mut self, value: i64) -> &mut Self {
        match u64::try_from(value) {
            Ok(value) => self.head(0, value),
            // The complement of a negative number is -1 minus it (RFC 8949 section 3.1).
            Err(_) => self.head(1, (!value).cast_unsigned()),
        }
    }

    /// A byte string.
    pub fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.length(2, value.len()).raw(value)
    }

    /// A text.
    pub fn text(&mut self, value: &str) -> &mut Self {
        self.length(3, value.len()).raw(value.as_bytes())
    }

    /// The start of an array of `count` items, which follow.
    pub fn array(&mut self, count: usize) -> &mut Self {
        self.length(4, count)
    }

    /// The start of a map of `pairs` pairs, which follow in canonical order, key before value.
    pub fn map(&mut self, pairs: usize) -> &mut Self {
        self.length(5, pairs)
    }

    /// A tag; its content follows.
    pub fn tag(&mut self, number: u64) -> &mut Self {
        self.head(6, number)
    }

    /// `false` or `true`.
    pub fn bool(&mut self, value: bool) -> &mut Self {
        self.head(7, if value { 21 } else { 20 })
    }

    /// `null`.
    pub fn null(&mut self) -> &mut Self {
        self.head(7, 22)
    }

    /// Items that are already encoded, as they are.
    pub fn raw(&mut self, encoded: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(encoded);
        self
    }

    /// The encoding.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        debug_assert!(is_canonical(&self.bytes), "not one deterministic item: {:?}", check_deterministic(&self.bytes));
        self.bytes
    }

    fn length(&mut self, major: u8, length: usize) -> &mut Self {
        // A usize has at most 64 bits, so the maximum stands for itself.
        self.head(major, u64::try_from(length).unwrap_or(u64::MAX))
    }

    fn head(&mut self, major: u8, argument: u64) -> &mut Self {
        let major = major << 5;
        if let Ok(value) = u8::try_from(argument) {
            if value < 24 { self.raw(&[major | value]) } else { self.raw(&[major | 24, value]) }
        } else if let Ok(value) = u16::try_from(argument) {
            self.raw(&[major | 25]).raw(&value.to_be_bytes())
        } else if let Ok(value) = u32::try_from(argument) {
            self.raw(&[major | 26]).raw(&value.to_be_bytes())
        } else {
            self.raw(&[major | 27]).raw(&argument.to_be_bytes())
        }
    }
}

/// Whether these are bytes that a caller without mistakes may have written. Beyond a limit nothing is said: what is too
/// large is for the reader to refuse.
fn is_canonical(bytes: &[u8]) -> bool {
    match check_deterministic(bytes) {
        Ok(()) => true,
        Err(error) => matches!(error.code(), Code::LimitDepth | Code::LimitItems),
    }
}
