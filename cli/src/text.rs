//! Text that somebody else wrote, made safe to show on a terminal.

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::path::Path;

/// Shows control characters, and characters that reorder or hide what is around them, as `\u{..}`.
pub(crate) struct Shown<'a>(pub(crate) &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            if character.is_control() || is_invisible(character) {
                write!(f, "{}", character.escape_unicode())?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}

/// A path, made safe to show.
pub(crate) fn shown(path: &Path) -> String {
    Shown(&path.to_string_lossy()).to_string()
}

/// A path as reports name it. A name that is no text is percent-encoded behind `bytes:`, so that two names stay two.
pub(crate) fn source_of(path: &Path) -> Cow<'_, str> {
    match path.to_str() {
        Some(text) => Cow::Borrowed(text),
        None => {
            let mut encoded = String::from("bytes:");
            for byte in path.as_os_str().as_encoded_bytes() {
                match byte {
                    b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                        encoded.push(char::from(*byte));
                    }
                    _ => encoded.push_str(&format!("%{byte:02X}")),
                }
            }
            Cow::Owned(encoded)
        }
    }
}

/// Bidirectional controls, zero-width characters, line and paragraph separators, the byte order mark.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// A hash in groups of four digits, so that two people can compare it by phone.
pub(crate) fn fingerprint(hash: ct_core::Hash) -> [String; 4] {
    let digits = hash.to_string();
    let groups: Vec<&str> = (0..16).filter_map(|group| digits.get(group * 4..group * 4 + 4)).collect();
    std::array::from_fn(|line| groups.get(line * 4..line * 4 + 4).unwrap_or_default().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_can_move_the_cursor_or_reverse_the_line() {
        let shown = Shown("caf\u{e9}\u{1b}[2J\r\n\u{202e}fdp\u{200b}").to_string();
        assert_eq!(shown, "caf\u{e9}\\u{1b}[2J\\u{d}\\u{a}\\u{202e}fdp\\u{200b}");
    }

    #[cfg(unix)]
    #[test]
    fn two_names_that_are_no_text_stay_two() {
        use std::os::unix::ffi::OsStrExt;
        let source = |name: &[u8]| source_of(Path::new(std::ffi::OsStr::from_bytes(name))).into_owned();
        assert_eq!(source(b"a\xff b.cbor"), "bytes:a%FF%20b.cbor");
        assert_ne!(source(b"a\xff.cbor"), source(b"a\xfe.cbor"));
        assert_eq!(source("caf\u{e9}%.cbor".as_bytes()), "caf\u{e9}%.cbor");
    }

    #[test]
    fn a_fingerprint_has_all_digits() {
        let hash = ct_core::Hash::of(b"");
        assert_eq!(fingerprint(hash).join("").replace(' ', ""), hash.to_string());
    }
}
