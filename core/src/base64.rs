//! Standard base64 (RFC 4648, section 4) in its one canonical form.
//!
//! Padded, without white space, with zero trailing bits: so that a signed text has one spelling and whatever decodes
//! encodes back to itself.

use crate::code::Code;
use crate::error::Error;
use alloc::string::String;
use alloc::vec::Vec;

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
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    // The bits that have been read and make no whole byte yet.
    let (mut bits, mut count) = (0_u32, 0);
    for digit in text.bytes().take(text.len() - padding) {
        bits = bits << 6 | value(digit).ok_or(refused)?;
        count += 6;
        if count >= 8 {
            count -= 8;
            let [.., byte] = (bits >> count).to_be_bytes();
            bytes.push(byte);
            bits &= (1 << count) - 1;
        }
    }
    if bits == 0 { Ok(bytes) } else { Err(refused) }
}

/// The one text that stands for `bytes`.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().zip([16, 8, 0]).fold(0, |bits, (byte, place)| bits | u32::from(*byte) << place);
        text.extend([18, 12, 6, 0].into_iter().take(group.len() + 1).map(|place| digit(bits >> place & 63)));
        text.extend(core::iter::repeat_n('=', 3 - group.len()));
    }
    text
}

/// What a digit stands for.
fn value(digit: u8) -> Option<u32> {
    let (first, base) = match digit {
        b'A'..=b'Z' => (b'A', 0),
        b'a'..=b'z' => (b'a', 26),
        b'0'..=b'9' => (b'0', 52),
        b'+' => (b'+', 62),
        b'/' => (b'/', 63),
        _ => return None,
    };
    Some(u32::from(digit - first) + base)
}

/// The digit for a value below 64.
fn digit(value: u32) -> char {
    let (first, base) = match value {
        0..26 => ('A', 0),
        26..52 => ('a', 26),
        52..62 => ('0', 52),
        62 => ('+', 62),
        _ => ('/', 63),
    };
    char::from_u32(u32::from(first) + value - base).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64ct::{Base64, Encoding};

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

    // Keys and logs of others are read by others' decoders: every byte at every place, and every length of the last group.
    #[test]
    fn agrees_with_another_implementation() {
        for length in 0..=9 {
            for byte in 0..=u8::MAX {
                let bytes: Vec<u8> = (0..length).map(|place: u8| byte.wrapping_mul(2 * place + 1)).collect();
                let text = Base64::encode_string(&bytes);
                assert_eq!(encode(&bytes), text);
                assert_eq!(decode(&text, bytes.len()), Ok(bytes));
            }
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
