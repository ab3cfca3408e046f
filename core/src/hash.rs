//! SHA-256 values.

use crate::code::Code;
use crate::error::Error;
use core::fmt;
use sha2::block_api::compress256;
use sha2::{Digest, Sha256};

/// A SHA-256 value: of a document, a tree node, a root, or a file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash([u8; Self::LEN]);

impl Hash {
    /// Length in bytes.
    pub const LEN: usize = 32;

    /// Wraps 32 bytes that are already a SHA-256 value.
    #[must_use]
    pub const fn new(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// SHA-256 of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self::of_parts(&[bytes])
    }

    /// SHA-256 of the concatenation of `parts`.
    #[must_use]
    pub fn of_parts(parts: &[&[u8]]) -> Self {
        let mut hasher = Hasher::new();
        for part in parts {
            hasher.update(part);
        }
        hasher.finish()
    }

    /// SHA-256 of a byte and two hashes: two blocks with nothing to buffer, which is what proofs are made of.
    pub(crate) fn of_prefixed_pair(prefix: u8, left: &Self, right: &Self) -> Self {
        // FIPS 180-4 section 5.1.1: 65 bytes, a one bit, zeros, and the length in bits.
        let mut blocks = [[0; BLOCK]; 2];
        let length = u16::to_be_bytes(8 * (1 + 2 * 32));
        let parts: [(usize, &[u8]); 5] = [(0, &[prefix]), (1, &left.0), (33, &right.0), (65, &[0x80]), (126, &length)];
        for (start, bytes) in parts {
            if let Some(place) = blocks.as_flattened_mut().get_mut(start..start + bytes.len()) {
                place.copy_from_slice(bytes);
            }
        }
        let mut state = INITIAL_STATE;
        compress256(&mut state, &blocks);
        let mut hash = [0; Self::LEN];
        for (place, word) in hash.chunks_exact_mut(4).zip(state) {
            place.copy_from_slice(&word.to_be_bytes());
        }
        Self(hash)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// Reads 64 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// `malformed.base64` if the text is anything else.
    pub fn from_hex(text: &str) -> Result<Self, Error> {
        let refused = Error::new(Code::MalformedBase64, "hash");
        let digits = text.as_bytes();
        if digits.len() != 2 * Self::LEN {
            return Err(refused);
        }
        let mut bytes = [0; Self::LEN];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let [high, low] = pair else { return Err(refused) };
            match (hex_digit(*high), hex_digit(*low)) {
                (Some(high), Some(low)) => *byte = high << 4 | low,
                _ => return Err(refused),
            }
        }
        Ok(Self(bytes))
    }
}

/// Bytes that SHA-256 takes at once.
const BLOCK: usize = 64;

/// FIPS 180-4 section 5.3.3.
const INITIAL_STATE: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

impl TryFrom<&[u8]> for Hash {
    type Error = Error;

    fn try_from(bytes: &[u8]) -> Result<Self, Error> {
        bytes.try_into().map(Self).map_err(|_| Error::new(Code::MalformedField, "hash"))
    }
}

/// Lower-case hexadecimal.
impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0; 2 * Self::LEN];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0) {
            pair.copy_from_slice(&[hex_of(byte >> 4), hex_of(byte & 0x0f)]);
        }
        f.write_str(core::str::from_utf8(&digits).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// SHA-256 over bytes that arrive in pieces, in constant memory (R7.2).
#[derive(Clone)]
pub struct Hasher(Sha256);

impl Hasher {
    /// Nothing hashed yet.
    #[must_use]
    pub fn new() -> Self {
        Self(Sha256::new())
    }

    /// Takes the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all pieces.
    #[must_use]
    pub fn finish(self) -> Hash {
        Hash(self.0.finalize().into())
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher")
    }
}

/// The digit of a number below 16.
const fn hex_of(value: u8) -> u8 {
    if value < 10 { b'0' + value } else { b'a' + value - 10 }
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    // FIPS 180-4, "abc"
    #[test]
    fn hashes_and_prints() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Hash::of(b"abc").to_string(), abc);
        assert_eq!(Hash::from_hex(abc), Ok(Hash::of_parts(&[b"a", b"", b"bc"])));
    }

    #[test]
    fn a_pair_hashes_as_the_bytes_do() {
        let mut hash = Hash::of(b"");
        for prefix in 0..=255 {
            let (left, right) = (hash, Hash::of(hash.as_bytes()));
            hash = Hash::of_prefixed_pair(prefix, &left, &right);
            assert_eq!(hash, Hash::of_parts(&[&[prefix], left.as_bytes(), right.as_bytes()]));
        }
    }

    #[test]
    fn hexadecimal_has_one_form() {
        let upper = "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";
        for bad in [upper, "", "ba78", &"g".repeat(64), &"0".repeat(63), &"0".repeat(65)] {
            assert_eq!(Hash::from_hex(bad).map_err(Error::code), Err(Code::MalformedBase64), "{bad}");
        }
    }
}
