//! One document's evidence in one file. Format: `specs/bundle.cddl`.

use crate::cbor::{MapCursor, Reader, Writer, check_profile, peek_kind};
use crate::code::Code;
use crate::error::Error;
use crate::hash::Hash;
use crate::limits::{
    MAX_BUNDLE_BYTES, MAX_ENTRY_BYTES, MAX_LATER_CHECKPOINTS, MAX_NOTE_BYTES, MAX_PROOF_HASHES, MAX_STATUS_TOKEN_BYTES,
    MAX_SUBJECT_BYTES, MAX_TEXT_BYTES,
};
use crate::merkle::{LeafIndex, TreeSize};
use alloc::vec::Vec;

const KIND: &str = "civictrust.bundle";
const VERSION: u64 = 1;
const MAJOR_TYPE_MAP: u8 = 5;

/// A bundle's parts as they stand in the file: of the right form, each as its own format's bytes, nothing verified.
///
/// A part that the pipeline needs may be absent: that makes a bundle incomplete, which is another verdict than
/// malformed. What parses encodes to the same bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle<'a> {
    /// Where the subject stands among the statement's subjects, if there are several.
    pub batch: Option<Batch>,
    /// The encoded [`BundledStatus`].
    pub status: Option<&'a [u8]>,
    /// The encoded [`crate::Subject`].
    pub subject: Option<&'a [u8]>,
    /// The document itself.
    pub document: Option<&'a [u8]>,
    /// The [`crate::Statement`] as it stands in the log.
    pub statement: Option<&'a [u8]>,
    /// The anchor's tree size.
    pub tree_size: Option<TreeSize>,
    /// The anchor: the checkpoint's text.
    pub checkpoint: Option<&'a str>,
    /// The encoded [`crate::claims::Disclosure`].
    pub disclosure: Option<&'a [u8]>,
    /// The statement's index in the log.
    pub leaf_index: Option<LeafIndex>,
    /// The document's hash.
    pub document_hash: Option<Hash>,
    /// From the statement to the anchor's root.
    pub inclusion_proof: Option<Vec<Hash>>,
    /// Later checkpoints, each proven from the one before it.
    pub later: Vec<LaterCheckpoint<'a>>,
    /// The anchor's signature lines.
    pub checkpoint_signature: Option<&'a str>,
}

/// Where a subject stands among its statement's subjects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Position among the subjects.
    pub index: u64,
    /// Number of subjects; must equal the statement's.
    pub size: u64,
    /// From the subject to the statement's payload.
    pub proof: Vec<Hash>,
}

/// A status list, stapled to the bundle of a document in it, with what proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundledStatus<'a> {
    /// The encoded [`crate::status_list::StatusToken`].
    pub token: &'a [u8],
    /// The statement of type status by which the log records it.
    pub statement: &'a [u8],
    /// The checkpoint it is proven into: 0 is the anchor, i the i-th later checkpoint.
    pub checkpoint: usize,
    /// The statement's index in the log.
    pub leaf_index: LeafIndex,
    /// From the statement to that checkpoint's root.
    pub inclusion_proof: Vec<Hash>,
}

/// A checkpoint after the anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaterCheckpoint<'a> {
    /// The checkpoint's text.
    pub checkpoint: &'a str,
    /// Its signature lines; absent only where the trust root pins it.
    pub checkpoint_signature: Option<&'a str>,
    /// Consistency from the checkpoint before it.
    pub proof: Vec<Hash>,
}

impl<'a> Bundle<'a> {
    /// Reads a bundle's form.
    ///
    /// # Errors
    /// `limit.bundle_size`; `malformed.kind` for another kind of file; `unsupported.version`; those of [`Reader`];
    /// `malformed.profile`; `malformed.field` if a part is not as `specs/bundle.cddl` says; `limit.*` for its parts.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_BUNDLE_BYTES {
            return Err(Error::new(Code::LimitBundleSize, "bundle"));
        }
        // A picture or a PDF is told as such, not by the first rule of CBOR that it happens to break.
        if bytes.first().is_some_and(|head| head >> 5 != MAJOR_TYPE_MAP) {
            return Err(Error::new(Code::MalformedKind, "bundle").at(0));
        }
        check_profile(bytes)?;
        match peek_kind(bytes) {
            Some(KIND) => {}
            _ => return Err(Error::new(Code::MalformedKind, "kind")),
        }
        let mut reader = Reader::new(bytes);
        let bundle = Self::read(&mut reader)?;
        reader.end()?;
        Ok(bundle)
    }

    fn read(r: &mut Reader<'a>) -> Result<Self, Error> {
        let mut map = r.map("bundle")?;
        map.require_text(r, "kind")?;
        r.text("kind", MAX_TEXT_BYTES)?;
        let batch = part(&mut map, r, "batch", read_batch)?;
        let status = part(&mut map, r, "status", |r| r.skip_value("status"))?;
        let subject = part(&mut map, r, "subject", |r| r.bytes("subject", MAX_SUBJECT_BYTES))?;
        map.require_text(r, "version")?;
        if r.uint("version")? != VERSION {
            return Err(Error::new(Code::UnsupportedVersion, "version"));
        }
        let document = part(&mut map, r, "document", |r| r.bytes("document", MAX_BUNDLE_BYTES))?;
        let statement = part(&mut map, r, "statement", read_statement)?;
        let tree_size = part(&mut map, r, "tree_size", |r| TreeSize::new(r.uint("tree_size")?))?;
        let checkpoint = part(&mut map, r, "checkpoint", |r| r.text("checkpoint", MAX_NOTE_BYTES))?;
        let disclosure = part(&mut map, r, "disclosure", |r| r.skip_value("disclosure"))?;
        let leaf_index = part(&mut map, r, "leaf_index", |r| LeafIndex::new(r.uint("leaf_index")?))?;
        let document_hash = part(&mut map, r, "document_hash", |r| r.bytes_exact("document_hash").copied())?;
        let inclusion_proof = part(&mut map, r, "inclusion_proof", |r| read_path(r, "inclusion_proof"))?;
        let later = part(&mut map, r, "consistency_proof", read_later)?.unwrap_or_default();
        let signatures = |r: &mut Reader<'a>| r.text("checkpoint_signature", MAX_NOTE_BYTES);
        let checkpoint_signature = part(&mut map, r, "checkpoint_signature", signatures)?;
        map.finish(r)?;
        Ok(Self {
            batch,
            status,
            subject,
            document,
            statement,
            tree_size,
            checkpoint,
            disclosure,
            leaf_index,
            document_hash: document_hash.map(Hash::new),
            inclusion_proof,
            later,
            checkpoint_signature,
        })
    }

    /// The bundle's one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let w = &mut writer;
        let optional = [
            self.batch.is_some(),
            self.status.is_some(),
            self.subject.is_some(),
            self.document.is_some(),
            self.statement.is_some(),
            self.tree_size.is_some(),
            self.checkpoint.is_some(),
            self.disclosure.is_some(),
            self.leaf_index.is_some(),
            self.document_hash.is_some(),
            self.inclusion_proof.is_some(),
            !self.later.is_empty(),
            self.checkpoint_signature.is_some(),
        ];
        w.map(2 + optional.iter().filter(|present| **present).count());
        w.text("kind").text(KIND);
        if let Some(batch) = &self.batch {
            w.text("batch").map(3).text("size").uint(batch.size).text("index").uint(batch.index);
            write_path(w.text("proof"), &batch.proof);
        }
        if let Some(status) = self.status {
            w.text("status").raw(status);
        }
        if let Some(subject) = self.subject {
            w.text("subject").bytes(subject);
        }
        w.text("version").uint(VERSION);
        if let Some(document) = self.document {
            w.text("document").bytes(document);
        }
        if let Some(statement) = self.statement {
            w.text("statement").bytes(statement);
        }
        if let Some(size) = self.tree_size {
            w.text("tree_size").uint(size.get());
        }
        if let Some(checkpoint) = self.checkpoint {
            w.text("checkpoint").text(checkpoint);
        }
        if let Some(disclosure) = self.disclosure {
            w.text("disclosure").raw(disclosure);
        }
        if let Some(index) = self.leaf_index {
            w.text("leaf_index").uint(index.get());
        }
        if let Some(hash) = &self.document_hash {
            w.text("document_hash").bytes(hash.as_bytes());
        }
        if let Some(proof) = &self.inclusion_proof {
            write_path(w.text("inclusion_proof"), proof);
        }
        if !self.later.is_empty() {
            write_later(w.text("consistency_proof"), &self.later);
        }
        if let Some(signatures) = self.checkpoint_signature {
            w.text("checkpoint_signature").text(signatures);
        }
        writer.finish()
    }
}

impl<'a> BundledStatus<'a> {
    /// Reads the value of a bundle's `status`.
    ///
    /// # Errors
    /// As [`Bundle::parse`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut r = Reader::new(bytes);
        let status = Self::read(&mut r)?;
        r.end()?;
        Ok(status)
    }

    fn read(r: &mut Reader<'a>) -> Result<Self, Error> {
        let mut map = r.map("status")?;
        map.require_text(r, "token")?;
        let token = r.bytes("status.token", MAX_STATUS_TOKEN_BYTES)?;
        map.require_text(r, "statement")?;
        let statement = r.bytes("status.statement", MAX_ENTRY_BYTES)?;
        map.require_text(r, "checkpoint")?;
        let offset = r.offset();
        let checkpoint = usize::try_from(r.uint("status.checkpoint")?).ok();
        let checkpoint = checkpoint.filter(|number| *number <= MAX_LATER_CHECKPOINTS);
        let checkpoint = checkpoint.ok_or(Error::new(Code::LimitNumber, "status.checkpoint").at(offset))?;
        map.require_text(r, "leaf_index")?;
        let leaf_index = LeafIndex::new(r.uint("status.leaf_index")?)?;
        map.require_text(r, "inclusion_proof")?;
        let inclusion_proof = read_path(r, "status.inclusion_proof")?;
        map.finish(r)?;
        Ok(Self { token, statement, checkpoint, leaf_index, inclusion_proof })
    }

    /// The value's one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let w = &mut writer;
        w.map(5).text("token").bytes(self.token).text("statement").bytes(self.statement);
        w.text("checkpoint").uint(u64::try_from(self.checkpoint).unwrap_or(u64::MAX));
        w.text("leaf_index").uint(self.leaf_index.get());
        write_path(w.text("inclusion_proof"), &self.inclusion_proof);
        writer.finish()
    }
}

/// The value of `key` if the map has it.
fn part<'a, T>(
    map: &mut MapCursor<'a>,
    r: &mut Reader<'a>,
    key: &'static str,
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    if !map.take_text(r, key)? {
        return Ok(None);
    }
    let offset = r.offset();
    // Number types know neither where they stand nor under which name.
    let located =
        |error: Error| if error.offset().is_none() { Error::new(error.code(), key).at(offset) } else { error };
    read(r).map(Some).map_err(located)
}

/// A log entry has a limit of its own, and a code for it.
fn read_statement<'a>(r: &mut Reader<'a>) -> Result<&'a [u8], Error> {
    let offset = r.offset();
    r.bytes("statement", MAX_ENTRY_BYTES).map_err(|error| match error.code() {
        Code::LimitLength => Error::new(Code::LimitEntrySize, "statement").at(offset),
        _ => error,
    })
}

fn read_batch(r: &mut Reader<'_>) -> Result<Batch, Error> {
    let mut map = r.map("batch")?;
    map.require_text(r, "size")?;
    let size = r.uint("batch.size")?;
    map.require_text(r, "index")?;
    let index = r.uint("batch.index")?;
    map.require_text(r, "proof")?;
    let proof = read_path(r, "batch.proof")?;
    map.finish(r)?;
    Ok(Batch { index, size, proof })
}

fn read_later<'a>(r: &mut Reader<'a>) -> Result<Vec<LaterCheckpoint<'a>>, Error> {
    let offset = r.offset();
    let count = r.array("consistency_proof", MAX_LATER_CHECKPOINTS)?;
    if count == 0 {
        return Err(Error::new(Code::MalformedField, "consistency_proof").at(offset));
    }
    let mut later = Vec::new();
    for _ in 0..count {
        let mut map = r.map("consistency_proof")?;
        map.require_text(r, "proof")?;
        let proof = read_path(r, "consistency_proof.proof")?;
        map.require_text(r, "checkpoint")?;
        let checkpoint = r.text("consistency_proof.checkpoint", MAX_NOTE_BYTES)?;
        let signatures = |r: &mut Reader<'a>| r.text("consistency_proof.checkpoint_signature", MAX_NOTE_BYTES);
        let checkpoint_signature = part(&mut map, r, "checkpoint_signature", signatures)?;
        map.finish(r)?;
        later.push(LaterCheckpoint { checkpoint, checkpoint_signature, proof });
    }
    Ok(later)
}

fn read_path(r: &mut Reader<'_>, field: &'static str) -> Result<Vec<Hash>, Error> {
    let offset = r.offset();
    let too_many = |error: Error| match error.code() {
        Code::LimitItems => Error::new(Code::LimitProof, field).at(offset),
        _ => error,
    };
    let count = r.array(field, MAX_PROOF_HASHES).map_err(too_many)?;
    let mut path = Vec::with_capacity(count);
    for _ in 0..count {
        path.push(Hash::new(*r.bytes_exact(field)?));
    }
    Ok(path)
}

fn write_path(w: &mut Writer, path: &[Hash]) {
    w.array(path.len());
    for hash in path {
        w.bytes(hash.as_bytes());
    }
}

fn write_later(w: &mut Writer, later: &[LaterCheckpoint<'_>]) {
    w.array(later.len());
    for step in later {
        w.map(if step.checkpoint_signature.is_some() { 3 } else { 2 });
        write_path(w.text("proof"), &step.proof);
        w.text("checkpoint").text(step.checkpoint);
        if let Some(signatures) = step.checkpoint_signature {
            w.text("checkpoint_signature").text(signatures);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle() -> Bundle<'static> {
        Bundle {
            batch: Some(Batch { index: 1, size: 2, proof: [Hash::of(b"s")].into() }),
            status: Some(&[0xa0]),
            subject: Some(b"subject"),
            document: Some(b"document"),
            statement: Some(b"statement"),
            tree_size: TreeSize::new(4).ok(),
            checkpoint: Some("origin\n4\nroot\n"),
            disclosure: Some(&[0x81, 0x00]),
            leaf_index: LeafIndex::new(1).ok(),
            document_hash: Some(Hash::of(b"document")),
            inclusion_proof: Some([Hash::of(b"a"), Hash::of(b"b")].into()),
            later: [
                LaterCheckpoint { checkpoint: "later", checkpoint_signature: Some("line"), proof: Vec::new() },
                LaterCheckpoint { checkpoint: "pinned", checkpoint_signature: None, proof: [Hash::of(b"c")].into() },
            ]
            .into(),
            checkpoint_signature: Some("lines"),
        }
    }

    // R7.1
    #[test]
    fn what_parses_encodes_to_the_same_bytes() {
        for bundle in [bundle(), Bundle::default()] {
            assert_eq!(Bundle::parse(&bundle.encode()), Ok(bundle));
        }
    }

    // R1.3: at the limit and one beyond.
    #[test]
    fn limits_hold_at_max_and_max_plus_one() {
        let parsed = |bundle: &Bundle<'_>| Bundle::parse(&bundle.encode()).map(|_| ()).map_err(Error::code);
        let path = |count| Bundle { inclusion_proof: Some([Hash::of(b"")].repeat(count)), ..Bundle::default() };
        assert_eq!(parsed(&path(MAX_PROOF_HASHES)), Ok(()));
        assert_eq!(parsed(&path(MAX_PROOF_HASHES + 1)), Err(Code::LimitProof));
        let later = |count| Bundle {
            later: alloc::vec![LaterCheckpoint { checkpoint: "", checkpoint_signature: None, proof: Vec::new() }; count],
            ..Bundle::default()
        };
        assert_eq!(parsed(&later(MAX_LATER_CHECKPOINTS)), Ok(()));
        assert_eq!(parsed(&later(MAX_LATER_CHECKPOINTS + 1)), Err(Code::LimitItems));
        let overhead = Bundle { document: Some(&[0; 1 << 16]), ..Bundle::default() }.encode().len() - (1 << 16);
        let document = [0].repeat(MAX_BUNDLE_BYTES - overhead + 1);
        let with = |length: usize| Bundle { document: document.get(..length), ..Bundle::default() };
        assert_eq!(parsed(&with(document.len() - 1)), Ok(()));
        assert_eq!(parsed(&with(document.len())), Err(Code::LimitBundleSize));
        let statement = [0; MAX_ENTRY_BYTES + 1];
        let with = |length: usize| Bundle { statement: statement.get(..length), ..Bundle::default() };
        assert_eq!(parsed(&with(MAX_ENTRY_BYTES)), Ok(()));
        assert_eq!(parsed(&with(MAX_ENTRY_BYTES + 1)), Err(Code::LimitEntrySize));
        let subject = [0; MAX_SUBJECT_BYTES + 1];
        let with = |length: usize| Bundle { subject: subject.get(..length), ..Bundle::default() };
        assert_eq!(parsed(&with(MAX_SUBJECT_BYTES)), Ok(()));
        assert_eq!(parsed(&with(MAX_SUBJECT_BYTES + 1)), Err(Code::LimitLength));
    }
}
