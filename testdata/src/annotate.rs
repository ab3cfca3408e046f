//! CBOR as annotated hexadecimal: one head a line, indented by its nesting, with what it means.
//!
//! A walker of its own: it shares nothing with core's reader, so that what it shows is a second opinion.

/// The lines for `bytes`, which are CBOR items one after the other. Byte strings that are CBOR themselves are shown
/// as such, below their head.
///
/// # Panics
/// If the bytes end inside an item, or use a form that no CivicTrust format has.
#[must_use]
pub fn annotate(bytes: &[u8]) -> Vec<String> {
    let mut walker = Walker { rest: bytes, lines: Vec::new() };
    while !walker.rest.is_empty() {
        walker.item(0);
    }
    walker.lines
}

struct Walker<'a> {
    rest: &'a [u8],
    lines: Vec<String>,
}

/// What a head says (RFC 8949 section 3).
struct Head {
    major: u8,
    number: u64,
    bytes: Vec<u8>,
}

impl<'a> Walker<'a> {
    fn item(&mut self, level: usize) {
        let Head { major, number, bytes } = self.head();
        match major {
            0 => self.line(level, &bytes, &format!("{number}")),
            1 => self.line(level, &bytes, &format!("-{}", number + 1)),
            2 => self.byte_string(level, &bytes, number),
            3 => {
                let content = self.take(number);
                let text = std::str::from_utf8(content).expect("a text is UTF-8");
                if content.len() <= TEXT_WIDTH && !text.contains('\n') {
                    self.pair(level, &bytes, content, &quoted(text));
                } else {
                    self.line(level, &bytes, &format!("text({number})"));
                    for (piece, shown) in pieces(content, text) {
                        self.line(level + 1, piece, &shown);
                    }
                }
            }
            4 | 5 => {
                let (name, per_entry) = if major == 4 { ("array", 1) } else { ("map", 2) };
                self.line(level, &bytes, &format!("{name}({number})"));
                for _ in 0..number * per_entry {
                    self.item(level + 1);
                }
            }
            6 => {
                self.line(level, &bytes, &format!("tag({number})"));
                self.item(level + 1);
            }
            _ => {
                let name = match number {
                    20 => "false",
                    21 => "true",
                    22 => "null",
                    other => panic!("simple value {other}"),
                };
                self.line(level, &bytes, name);
            }
        }
    }

    fn byte_string(&mut self, level: usize, head: &[u8], length: u64) {
        let content = self.take(length);
        // Hashes, salts and signatures are never CBOR, whatever they look like.
        let opaque = matches!(length, 0 | 16 | 32 | 64) || !is_one_container(content);
        let printable = !content.is_empty() && content.iter().all(u8::is_ascii_graphic);
        let shown = if printable { format!(" {}", quoted(&String::from_utf8_lossy(content))) } else { String::new() };
        let meaning = format!("bytes({length}){shown}");
        if opaque && content.len() <= WIDTH {
            self.pair(level, head, content, &meaning);
        } else if opaque {
            self.line(level, head, &meaning);
            for piece in content.chunks(WIDTH) {
                self.line(level + 1, piece, "");
            }
        } else {
            self.line(level, head, &meaning);
            let inner = Walker { rest: content, lines: Vec::new() }.all(level + 1);
            self.lines.extend(inner);
        }
    }

    fn all(mut self, level: usize) -> Vec<String> {
        while !self.rest.is_empty() {
            self.item(level);
        }
        self.lines
    }

    fn head(&mut self) -> Head {
        let (major, number, width) = head(self.rest).expect("a head stands here");
        let bytes = self.take(1 + width).to_vec();
        Head { major, number, bytes }
    }

    fn take(&mut self, length: u64) -> &'a [u8] {
        let length = usize::try_from(length).expect("a small example");
        let (taken, rest) = self.rest.split_at_checked(length).expect("the item is whole");
        self.rest = rest;
        taken
    }

    fn line(&mut self, level: usize, bytes: &[u8], meaning: &str) {
        self.show(level, &hex(bytes), meaning);
    }

    /// A head and its content on one line.
    fn pair(&mut self, level: usize, head: &[u8], content: &[u8], meaning: &str) {
        self.show(level, format!("{} {}", hex(head), hex(content)).trim_end(), meaning);
    }

    fn show(&mut self, level: usize, hex: &str, meaning: &str) {
        let line = format!("{}{hex}", "  ".repeat(level));
        self.lines.push(if meaning.is_empty() { line } else { format!("{line:<COLUMN$} # {meaning}") });
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Type, number, and how many bytes the number takes after the first.
fn head(bytes: &[u8]) -> Option<(u8, u64, u64)> {
    let first = *bytes.first()?;
    let width = match first & 0x1f {
        0..=23 => return Some((first >> 5, u64::from(first & 0x1f), 0)),
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        _ => return None,
    };
    let number = bytes.get(1..=width)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
    Some((first >> 5, number, u64::try_from(width).ok()?))
}

/// Whether these bytes are one array, map or tag, and nothing else.
fn is_one_container(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|first| matches!(first >> 5, 4..=6)) && skip(bytes) == Some(&[])
}

/// What follows the first item.
fn skip(bytes: &[u8]) -> Option<&[u8]> {
    let (major, number, width) = head(bytes)?;
    let mut rest = bytes.get(1 + usize::try_from(width).ok()?..)?;
    match major {
        2 | 3 => rest.get(usize::try_from(number).ok()?..),
        4..=6 => {
            let inside = match major {
                4 => number,
                5 => number.checked_mul(2)?,
                _ => 1,
            };
            for _ in 0..inside {
                rest = skip(rest)?;
            }
            Some(rest)
        }
        7 if !(20..=22).contains(&number) => None,
        _ => Some(rest),
    }
}

/// A text in pieces that fit a line, each ending after a line feed or at the width.
fn pieces<'a>(content: &'a [u8], text: &str) -> Vec<(&'a [u8], String)> {
    let mut shown = Vec::new();
    let mut start = 0;
    for (at, letter) in text.char_indices() {
        let end = at + letter.len_utf8();
        if letter == '\n' || end - start >= TEXT_WIDTH || end == text.len() {
            shown.push((&content[start..end], quoted(&text[start..end])));
            start = end;
        }
    }
    shown
}

/// The text as Rust would write it, in ASCII.
fn quoted(text: &str) -> String {
    let escape = |c: char| if c.is_ascii() { c.to_string() } else { c.escape_unicode().to_string() };
    format!("{text:?}").chars().map(escape).collect()
}

const WIDTH: usize = 32;
const TEXT_WIDTH: usize = 20;
/// Where the meanings stand.
const COLUMN: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_one_head_a_line() {
        let lines = annotate(b"\xa2\x64kind\x20\x01\x82\xf5\x44\x81\x19\x01\x00");
        let shown: Vec<_> = lines.iter().map(|line| line.split_at(COLUMN)).collect();
        let shown: Vec<_> = shown.iter().map(|(hex, meaning)| (hex.trim_end(), *meaning)).collect();
        assert_eq!(
            shown,
            [
                ("a2", " # map(2)"),
                ("  64 6b696e64", " # \"kind\""),
                ("  20", " # -1"),
                ("  01", " # 1"),
                ("  82", " # array(2)"),
                ("    f5", " # true"),
                ("    44", " # bytes(4)"),
                ("      81", " # array(1)"),
                ("        190100", " # 256"),
            ]
        );
    }

    #[test]
    fn bytes_that_are_no_container_stand_as_they_are() {
        let trimmed = |bytes| {
            annotate(bytes)
                .iter()
                .map(|line| line.replace("  ", "").replace("# ", " # ").replace("  ", " "))
                .collect::<Vec<_>>()
        };
        assert_eq!(trimmed(b"\x42\x81\x82"), ["42 8182 # bytes(2)"]);
        assert_eq!(trimmed(b"\x62a\x0a"), ["62 # text(2)", "610a # \"a\\n\""]);
    }
}
