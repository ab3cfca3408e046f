//! What a statement says about one document. Format: `specs/subject.cddl`.

use crate::cbor::{Reader, Writer};
use crate::code::Code;
use crate::error::Error;
use crate::hash::Hash;
use crate::limits::MAX_TEXT_BYTES;
use crate::merkle::leaf_hash;
use alloc::vec::Vec;

const TAG: &str = "civictrust/subject/1";

/// One document as its issuer described it. What parses encodes to the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject<'a> {
    /// What `document_hash` is the hash of.
    pub kind: SubjectKind,
    /// The document's hash.
    pub document_hash: Hash,
    /// Random: keeps a document that can be guessed from being found in the public log.
    pub salt: [u8; 16],
    /// Whom or what the document is about, in the issuer's own words; may be empty.
    pub sub: &'a str,
    /// Where its status is published.
    pub status: Option<StatusReference<'a>>,
}

/// What a subject's `document_hash` is the hash of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKind {
    /// A file's bytes.
    File,
    /// A set of claims, each of which can be shown or withheld.
    Claims,
}

/// A place in a status list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusReference<'a> {
    /// The list's URI.
    pub uri: &'a str,
    /// The index in the list: random, never used twice.
    pub index: u64,
}

impl SubjectKind {
    /// The kind's stable text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Claims => "claims",
        }
    }
}

impl<'a> Subject<'a> {
    /// Reads a subject from its encoding.
    ///
    /// # Errors
    /// Those of [`Reader`]; `malformed.field` if a field is not as `specs/subject.cddl` says.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut r = Reader::new(bytes);
        r.array_exact("subject", 7)?;
        if r.text("subject", MAX_TEXT_BYTES)? != TAG {
            return Err(Error::new(Code::MalformedKind, "subject").at(1));
        }
        let offset = r.offset();
        let kind = match r.uint("subject.kind")? {
            0 => SubjectKind::File,
            1 => SubjectKind::Claims,
            _ => return Err(Error::new(Code::MalformedField, "subject.kind").at(offset)),
        };
        let document_hash = Hash::new(*r.bytes_exact("subject.document_hash")?);
        let salt = *r.bytes_exact("subject.salt")?;
        let sub = r.text("subject.sub", MAX_TEXT_BYTES)?;
        let status = read_status(&mut r)?;
        r.end()?;
        Ok(Self { kind, document_hash, salt, sub, status })
    }

    /// The subject's one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut w = Writer::new();
        let kind = match self.kind {
            SubjectKind::File => 0,
            SubjectKind::Claims => 1,
        };
        w.array(7).text(TAG).uint(kind).bytes(self.document_hash.as_bytes()).bytes(&self.salt).text(self.sub);
        match self.status {
            Some(status) => w.text(status.uri).uint(status.index),
            None => w.null().null(),
        };
        w.finish()
    }

    /// The hash by which an encoded subject is named, and its leaf in the statement's tree.
    #[must_use]
    pub fn hash(encoded: &[u8]) -> Hash {
        leaf_hash(encoded)
    }
}

fn read_status<'a>(r: &mut Reader<'a>) -> Result<Option<StatusReference<'a>>, Error> {
    let offset = r.offset();
    let no_uri = r.try_null("subject.status_uri")?;
    let uri = if no_uri { "" } else { r.text("subject.status_uri", MAX_TEXT_BYTES)? };
    match (no_uri, r.try_null("subject.status_idx")?) {
        (true, true) => Ok(None),
        (false, false) if !uri.is_empty() => Ok(Some(StatusReference { uri, index: r.uint("subject.status_idx")? })),
        _ => Err(Error::new(Code::MalformedField, "subject.status_uri").at(offset)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject() -> Subject<'static> {
        Subject {
            kind: SubjectKind::File,
            document_hash: Hash::of(b"document"),
            salt: [7; 16],
            sub: "student 17",
            status: Some(StatusReference { uri: "https://example.org/status/1", index: 400 }),
        }
    }

    // R7.1
    #[test]
    fn what_parses_encodes_to_the_same_bytes() {
        for subject in [subject(), Subject { status: None, sub: "", kind: SubjectKind::Claims, ..subject() }] {
            let bytes = subject.encode();
            assert_eq!(Subject::parse(&bytes), Ok(subject));
        }
    }

    // R14.3
    #[test]
    fn refuses_what_the_format_does_not_say() {
        let refused = |tag: &str, kind: u64, write_status: fn(&mut Writer)| {
            let mut w = Writer::new();
            w.array(7).text(tag).uint(kind).bytes(&[0; 32]).bytes(&[0; 16]).text("");
            write_status(&mut w);
            Subject::parse(&w.finish()).map(|_| ()).map_err(Error::code)
        };
        let no_status: fn(&mut Writer) = |w| _ = w.null().null();
        assert_eq!(refused(TAG, 0, no_status), Ok(()));
        assert_eq!(refused("civictrust/subject/2", 0, no_status), Err(Code::MalformedKind));
        assert_eq!(refused(TAG, 2, no_status), Err(Code::MalformedField));
        assert_eq!(refused(TAG, 0, |w| _ = w.null().uint(1)), Err(Code::MalformedField));
        assert_eq!(refused(TAG, 0, |w| _ = w.text("u").null()), Err(Code::MalformedField));
        assert_eq!(refused(TAG, 0, |w| _ = w.text("").uint(1)), Err(Code::MalformedField));
        assert_eq!(refused(TAG, 0, |w| _ = w.text(&"u".repeat(257)).uint(1)), Err(Code::LimitLength));
        assert_eq!(refused(TAG, 0, |w| _ = w.text(&"u".repeat(256)).uint(1)), Ok(()));
    }
}
