//! A list of files and their hashes, as sha256sum writes and reads it.

use crate::failure::Failure;
use crate::file::{self, Limit};
use crate::system;
use crate::text::shown;
use ct_core::limits::{MAX_MANIFEST_BYTES, MAX_PATH_BYTES};
use ct_core::{Code, Hash};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Component, Path};

/// The files that should be there, by their paths below one folder, sorted bytewise.
#[derive(Debug)]
pub(crate) struct Manifest {
    /// SHA-256 of the manifest itself.
    pub(crate) hash: Hash,
    /// Each path in its one spelling, with the hash of the file.
    pub(crate) files: BTreeMap<Vec<u8>, Hash>,
}

impl Manifest {
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let bytes = file::read(path, Limit { bytes: MAX_MANIFEST_BYTES, code: Code::LimitLength })?;
        Self::parse(&bytes).map_err(|flaw| {
            let what = format!("{}: line {}: {}", shown(path), flaw.line, flaw.why);
            Failure::new(flaw.code, what)
        })
    }

    fn parse(bytes: &[u8]) -> Result<Self, Flaw> {
        let mut files = BTreeMap::new();
        for (number, line) in (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
            let at = |(code, why)| Flaw { line: number, code, why };
            let malformed = |why| at((Code::MalformedManifest, why));
            let line = line.strip_suffix(b"\n").ok_or_else(|| malformed(CUT))?;
            let (hash, name) = read_line(line).map_err(malformed)?;
            let path = path_below(&name).map_err(at)?;
            if files.insert(path, hash).is_some() {
                return Err(malformed("this file is listed before; keep one of the two lines"));
            }
        }
        Ok(Self { hash: Hash::of(bytes), files })
    }
}

/// One line of a manifest, line break included. A name with a backslash or a line break is escaped, and a backslash
/// before the line says so.
pub(crate) fn line(hash: Hash, name: &OsStr) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(name.len());
    for byte in name.as_encoded_bytes() {
        match byte {
            b'\\' => escaped.extend(br"\\"),
            b'\n' => escaped.extend(br"\n"),
            b'\r' => escaped.extend(br"\r"),
            other => escaped.push(*other),
        }
    }
    let mark = if escaped.len() == name.len() { "" } else { "\\" };
    [mark.as_bytes(), hash.to_string().as_bytes(), b"  ", &escaped, b"\n"].concat()
}

/// Why a manifest is refused, and where.
#[derive(Debug)]
struct Flaw {
    line: usize,
    code: Code,
    why: &'static str,
}

/// Hash and name of a line without its line break.
fn read_line(line: &[u8]) -> Result<(Hash, Vec<u8>), &'static str> {
    if line.contains(&b'\r') {
        return Err("there is a carriage return in it; write the list with sha256sum or ct hash, on Unix");
    }
    let (escaped, line) = match line.strip_prefix(b"\\") {
        Some(rest) => (Escaped::Yes, rest),
        None => (Escaped::No, line),
    };
    let (hash, rest) = line.split_at_checked(2 * Hash::LEN).ok_or(NOT_A_LINE)?;
    let hash = std::str::from_utf8(hash).ok().and_then(|hash| Hash::from_hex(hash).ok()).ok_or(NOT_A_LINE)?;
    // A text or binary mark: on Unix they mean the same.
    let name = rest.strip_prefix(b"  ").or_else(|| rest.strip_prefix(b" *")).ok_or(NOT_A_LINE)?;
    match escaped {
        Escaped::Yes => Ok((hash, unescaped(name).ok_or(NOT_ESCAPED)?)),
        Escaped::No if name.contains(&b'\\') => Err(NOT_ESCAPED),
        Escaped::No => Ok((hash, name.to_vec())),
    }
}

#[derive(Clone, Copy)]
enum Escaped {
    Yes,
    No,
}

/// The name that was escaped; `None` if sha256sum would not have escaped it, or not so.
fn unescaped(escaped: &[u8]) -> Option<Vec<u8>> {
    let mut name = Vec::with_capacity(escaped.len());
    let mut bytes = escaped.iter();
    while let Some(byte) = bytes.next() {
        name.push(match byte {
            b'\\' => match bytes.next()? {
                b'\\' => b'\\',
                b'n' => b'\n',
                b'r' => b'\r',
                _ => return None,
            },
            other => *other,
        });
    }
    (name.len() < escaped.len()).then_some(name)
}

/// The one spelling of a path below the folder: names and single slashes.
fn path_below(name: &[u8]) -> Result<Vec<u8>, (Code, &'static str)> {
    let malformed = |why| Err((Code::MalformedManifest, why));
    if name.len() > MAX_PATH_BYTES {
        return Err((Code::LimitLength, "the path is longer than a path can be"));
    }
    if name.contains(&0) || name.ends_with(b"/") {
        return malformed("this is not the path of a file");
    }
    let mut names = Vec::new();
    let Some(path) = system::path(name) else { return malformed("the path is not a UTF-8 text") };
    for component in path.components() {
        match component {
            Component::Normal(name) => names.push(name.as_encoded_bytes()),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => {
                return malformed("the path is absolute; list paths below the folder: cd DIR && ct hash .");
            }
            Component::ParentDir => return malformed("the path leads out of the folder with .."),
        }
    }
    if names.is_empty() { malformed("there is no path") } else { Ok(names.join(b"/".as_slice())) }
}

const NOT_A_LINE: &str = "this is not a line of sha256sum: 64 digits 0-9 and a-f, two spaces, a path";
const NOT_ESCAPED: &str = "the backslashes are not as sha256sum writes them";
const CUT: &str = "the line has no end: the list is cut off; write it again";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::os::unix::ffi::OsStrExt;

    const A: &str = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

    fn parse(text: &[u8]) -> Result<Vec<Vec<u8>>, (Code, usize)> {
        Manifest::parse(text)
            .map(|manifest| manifest.files.into_keys().collect())
            .map_err(|flaw| (flaw.code, flaw.line))
    }

    // R7.5
    #[test]
    fn reads_what_sha256sum_writes() {
        let text = format!("{A}  b\n{A} *./a/c\n\\{A}  d\\\\e\\nf\\rg\n{A}   h \n{A}  ./././i//j\n{A} **\n");
        let expected: [&[u8]; 6] = [b" h ", b"*", b"a/c", b"b", b"d\\e\nf\rg", b"i/j"];
        assert_eq!(parse(text.as_bytes()).unwrap(), expected);
        assert_eq!(parse(b"").unwrap(), Vec::<Vec<u8>>::new());
    }

    // R1.3
    #[test]
    fn every_other_line_is_refused_with_its_number() {
        let upper = A.to_uppercase();
        let (short, long) = (&A[1..], format!("{A}0"));
        for bad in [
            "\n".to_owned(),
            "# a comment\n".to_owned(),
            format!("{A}\n"),
            format!("{A}  \n"),
            format!("{A} b\n"),
            format!("{A}\tb\n"),
            format!("{A} ?b\n"),
            format!("{A}  b"),
            format!("{A}  b\r\n"),
            format!("{upper}  b\n"),
            format!("{short}  b\n"),
            format!("{long}  b\n"),
            format!(" {A}  b\n"),
            format!("SHA256 (b) = {A}\n"),
            format!("{A}  /b\n"),
            format!("{A}  ..\n"),
            format!("{A}  ../b\n"),
            format!("{A}  b/../c\n"),
            format!("{A}  .\n"),
            format!("{A}  ./\n"),
            format!("{A}  b/\n"),
            format!("{A}  b\0c\n"),
            format!("{A}  a\n"),
            format!("{A}  ./a\n"),
            format!("{A}  b\\\\c\n"),
            format!("\\{A}  b\n"),
            format!("\\{A}  b\\tc\n"),
            format!("\\{A}  b\\\n"),
        ] {
            let text = format!("{A}  a\n{bad}");
            assert_eq!(parse(text.as_bytes()), Err((Code::MalformedManifest, 2)), "{bad:?}");
        }
        let long = |length: usize| format!("{A}  {}\n", "x".repeat(length));
        assert!(parse(long(MAX_PATH_BYTES).as_bytes()).is_ok());
        assert_eq!(parse(long(MAX_PATH_BYTES + 1).as_bytes()), Err((Code::LimitLength, 1)));
    }

    proptest! {
        // R7.5: whatever a file can be called, its line says.
        #[test]
        fn what_is_printed_parses(name in proptest::collection::vec(1_u8.., 1..40), content: Vec<u8>) {
            let name: Vec<u8> = name.into_iter().map(|byte| if byte == b'/' { b'-' } else { byte }).collect();
            prop_assume!(name != b"." && name != b"..");
            let hash = Hash::of(&content);
            let manifest = Manifest::parse(&line(hash, OsStr::from_bytes(&name))).unwrap();
            prop_assert_eq!(manifest.files.into_iter().collect::<Vec<_>>(), [(name, hash)]);
        }

        // R7.5: one spelling for one name, but for the mark.
        #[test]
        fn whatever_parses_is_printed_so(line in "\\\\?[0-9a]{64}[ *]{2}[ab./\\\\nr]{0,8}") {
            if let Ok((hash, name)) = read_line(line.as_bytes()) {
                let printed = String::from_utf8(super::line(hash, OsStr::from_bytes(&name))).unwrap();
                prop_assert_eq!(printed, format!("{}\n", line.replacen(" *", "  ", 1)));
            }
        }
    }
}
