//! Standard base64 (RFC 4648, section 4) in its one canonical form.
//!
//! Padded, without white space, with zero trailing bits: so that a signed text has one spelling and whatever decodes
//! encodes back to itself.

use crate::code::Code;
use crate::error::Error;
use alloc::string::String;
use alloc::vec::Vec;
use base64ct::{Base64, Encoding};

/// The bytes that `text` stands for, at most `max` of them.
///
/// # Errors
/// `limit.length` beyond `max`, found before anything is allocated; `malformed.base64` for every text that
/// [`encode`] does not write.
pub fn decode(text: &str, max: usize) -> Result<Vec<u8>, Error> {
    let refused = Error::new(Code::MalformedBase64, "");
    if !text.len().is_multiple_of(4) {
        return Err(refused);
    }
    let padding = text.bytes().rev().take(2).take_while(|digit| *digit == b'=').count();
    if text.len() / 4 * 3 > max.saturating_add(padding) {
        return Err(Error::new(Code::LimitLength, ""));
    }
    Base64::decode_vec(text).map_err(|_| refused)
}

/// The one text that stands for `bytes`.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 4648, section 10
    const KNOWN: [(&[u8], &str); 7] = [
        (b"", ""),
        (b"f", "Zg=="),
        (b"fo", "Zm8="),
        (b"foo", "Zm9v"),
        (b"foob", "Zm9vYg=="),
        (b"fooba", "Zm9vYmE="),
        (b"foobar", "Zm9vYmFy"),
    ];

    #[test]
    fn agrees_with_the_rfc() {
        for (bytes, text) in KNOWN {
            assert_eq!(decode(text, 6).as_deref(), Ok(bytes));
            assert_eq!(encode(bytes), text);
        }
    }

    #[test]
    fn the_limit_counts_decoded_bytes() {
        for (bytes, text) in KNOWN.into_iter().skip(1) {
            assert_eq!(decode(text, bytes.len()).as_deref(), Ok(bytes));
            assert_eq!(decode(text, bytes.len() - 1).map_err(Error::code), Err(Code::LimitLength));
        }
        assert_eq!(decode("", 0), Ok(Vec::new()));
        assert_eq!(decode("Zg==", usize::MAX).as_deref(), Ok(&b"f"[..]));
    }

    // R14.3
    #[test]
    fn refuses_every_other_spelling() {
        let not_canonical = [
            ("missing padding", "Zg"),
            ("half the padding", "Zg="),
            ("padding too long", "Zg==="),
            ("padding after a whole group", "Zm9v===="),
            ("padding alone", "===="),
            ("three padding signs", "Z==="),
            ("padding inside", "Zg==Zg=="),
            ("digit after padding", "Zg=A"),
            ("trailing bit set, one byte", "Zh=="),
            ("all trailing bits set, one byte", "Zv=="),
            ("trailing bit set, two bytes", "Zm9="),
            ("line feed inside", "Zm\n9"),
            ("line feed at the end", "Zm9v\n"),
            ("space", "Zm9 "),
            ("URL alphabet", "-_-_"),
            ("not ASCII", "Zm\u{e9}"),
            ("NUL", "Zm9\0"),
        ];
        for (mutation, text) in not_canonical {
            assert_eq!(decode(text, 64).map_err(Error::code), Err(Code::MalformedBase64), "{mutation}");
        }
    }

    // R14.3: every last group there can be, so no spelling of the trailing bits escapes
    #[test]
    fn whatever_decodes_encodes_to_itself() {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_ \n";
        let mut decoded = 0;
        for second in alphabet {
            for third in alphabet {
                for fourth in alphabet {
                    let group = [b'Q', *second, *third, *fourth];
                    let text = core::str::from_utf8(&group).unwrap();
                    if let Ok(bytes) = decode(text, 3) {
                        assert_eq!(encode(&bytes), text);
                        decoded += 1;
                    }
                }
            }
        }
        // Three bytes; two bytes with two zero bits; one byte with four zero bits; the first digit is fixed.
        assert_eq!(decoded, 64 * 64 * 64 + 64 * 16 + 4);
    }
}
