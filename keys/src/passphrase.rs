//! The passphrase that opens an encrypted key.

use crate::error::{Error, Problem};
use crate::file;
use ct_core::limits::MAX_PASSPHRASE_BYTES;
use std::fmt;
use std::io::Read;
use std::path::Path;
use zeroize::Zeroizing;

/// A passphrase: one line of 1 to [`MAX_PASSPHRASE_BYTES`] bytes of UTF-8 without control characters, so that whatever
/// a file says can also be typed at a prompt, here and for OpenSSL.
///
/// It is wiped from memory when dropped, and never appears in the `Debug` text. Its bytes are used as they are: two
/// texts that look alike (an accented letter as one character or as two) are two passphrases.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// The passphrase `text`. It is taken, not borrowed, so that no copy stays behind.
    ///
    /// # Errors
    /// `io.key_passphrase` if it is empty, longer than [`MAX_PASSPHRASE_BYTES`], or has a control character.
    pub fn new(text: String) -> Result<Self, Error> {
        Self::of(Zeroizing::new(text)).map_err(Error::without_file)
    }

    /// Reads a file that holds nothing but a passphrase, to which only its owner has access. One line break at its end
    /// is no part of it.
    ///
    /// # Errors
    /// - `io.key_permissions`: the file's group or others have any access to it, or this system has no file modes.
    /// - `io.key_passphrase`: what it holds is no passphrase.
    /// - `io.not_found`, `io.permission`, `io.not_a_file`, `io.symlink_loop`, `io.read`: it could not be read.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let bytes = file::read_secret(path, MAX_BYTES)?;
        Self::of_bytes(&bytes).map_err(|problem| Error::of_file(path, problem))
    }

    /// Reads all that `reader` gives, such as standard input, as [`Passphrase::read`] reads a file.
    ///
    /// # Errors
    /// `io.key_passphrase` if it is no passphrase; `io.read` if reading fails.
    pub fn read_from(reader: impl Read) -> Result<Self, Error> {
        let bytes = file::read_all(reader, MAX_BYTES).map_err(|source| Error::without_file(Problem::Read(source)))?;
        Self::of_bytes(&bytes).map_err(Error::without_file)
    }

    /// Whether it has fewer than eight characters: then it is soon guessed, however much work each guess takes.
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.0.chars().count() < 8
    }

    /// What is given to the key derivation.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    fn of_bytes(bytes: &[u8]) -> Result<Self, Problem> {
        let text = str::from_utf8(bytes).map_err(|_| NOT_UTF_8)?;
        let line = text.strip_suffix('\n').unwrap_or(text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        Self::of(Zeroizing::new(line.to_owned()))
    }

    fn of(text: Zeroizing<String>) -> Result<Self, Problem> {
        if text.is_empty() {
            return Err(Problem::Passphrase("it is empty"));
        }
        if text.len() > MAX_PASSPHRASE_BYTES {
            return Err(Problem::Passphrase("it is longer than 1024 bytes"));
        }
        if text.contains(char::is_control) {
            return Err(Problem::Passphrase("it has a line break or another control character"));
        }
        // What a terminal in another encoding sends arrives as this character, whatever was typed.
        if text.contains(char::REPLACEMENT_CHARACTER) {
            return Err(NOT_UTF_8);
        }
        Ok(Self(text))
    }
}

/// Whether two passphrases are the same, as when one is typed twice. Both are the same person's: the time that the
/// comparison takes tells nobody anything.
impl PartialEq for Passphrase {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Passphrase {}

/// Nothing of the secret, not even its length.
impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase")
    }
}

const NOT_UTF_8: Problem = Problem::Passphrase("it is not UTF-8");

/// With a line break as Windows writes it.
const MAX_BYTES: usize = MAX_PASSPHRASE_BYTES + 2;
const _: () = assert!(MAX_PASSPHRASE_BYTES == 1_024, "the text of the refusal names the limit");

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> Result<String, String> {
        Passphrase::read_from(bytes).map(|read| read.0.to_string()).map_err(|error| {
            assert_eq!(error.code().as_str(), "io.key_passphrase");
            error.to_string()
        })
    }

    // R8.1
    #[test]
    fn one_line_break_at_the_end_is_no_part_of_it() {
        for text in ["correct horse", "correct horse\n", "correct horse\r\n"] {
            assert_eq!(of(text.as_bytes()).as_deref(), Ok("correct horse"));
        }
        assert_eq!(of(" \u{e9} ".as_bytes()).as_deref(), Ok(" \u{e9} "), "nothing else is trimmed");
    }

    // R8.1
    #[test]
    fn what_cannot_be_typed_is_refused() {
        for text in ["a\nb", "a\n\n", "a\r\n\n", "a\tb", "a\0", "\u{1b}[A", "a\u{7f}", "a\u{85}"] {
            assert!(of(text.as_bytes()).unwrap_err().contains("control character"), "{text:?}");
        }
        for text in [b"\xff".as_slice(), b"caf\xe9", "caf\u{fffd}".as_bytes()] {
            assert!(of(text).unwrap_err().contains("not UTF-8"), "{text:?}");
        }
        for empty in ["", "\n", "\r\n"] {
            assert!(of(empty.as_bytes()).unwrap_err().contains("empty"), "{empty:?}");
        }
    }

    // R8.1
    #[test]
    fn the_limit_counts_without_the_line_break() {
        for end in ["", "\n", "\r\n"] {
            assert!(of(format!("{}{end}", "p".repeat(MAX_PASSPHRASE_BYTES)).as_bytes()).is_ok(), "{end:?}");
            let too_long = format!("{}{end}", "p".repeat(MAX_PASSPHRASE_BYTES + 1));
            assert!(of(too_long.as_bytes()).unwrap_err().contains("1024 bytes"), "{end:?}");
        }
        assert!(of(&[b'p'; 1 << 20]).unwrap_err().contains("1024 bytes"));
    }

    // R8.1
    #[test]
    fn the_debug_text_has_no_secret() {
        assert_eq!(format!("{:?}", Passphrase::new("secret".to_owned()).unwrap()), "Passphrase");
    }
}
