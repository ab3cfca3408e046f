//! Evidence that a log has shown two histories: it convinces by itself, whoever carries it.
//!
//! ```cddl
//! evidence = { "kind": "civictrust.equivocation", "first": half, "second": half, "version": 1, ? "leaf_index": uint }
//! half = { ? "leaf": hash, "note": tstr, ? "proof": [*63 hash] }
//! ```
//!
//! Either two checkpoints of one origin and size with different roots, each signed by the log; or, with `leaf_index`,
//! two signed checkpoints and for each a proof that its tree has this leaf hash at that index, the two being different.
//! A failed or missing proof is an incident, never evidence: two honest checkpoints and garbage would fail too.

use crate::c2sp::{Checkpoint, Note};
use crate::cbor::{Reader, Writer, check_profile};
use crate::code::Code;
use crate::error::Error;
use crate::hash::Hash;
use crate::limits::{MAX_EVIDENCE_BYTES, MAX_NOTE_BYTES, MAX_PROOF_HASHES, MAX_TEXT_BYTES};
use crate::merkle::{InclusionProof, LeafIndex};
use crate::trust::TrustRoot;
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

const KIND: &str = "civictrust.equivocation";
const VERSION: u64 = 1;

/// Verified evidence: this log has shown two histories.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equivocation {
    origin: String,
}

/// The evidence of two notes with checkpoints of one size and different roots. Whether it holds, [`Equivocation::load`]
/// says.
#[must_use]
pub fn of_two_checkpoints(first: &str, second: &str) -> Vec<u8> {
    let mut w = Writer::new();
    w.map(4).text("kind").text(KIND);
    w.text("first").map(1).text("note").text(first);
    w.text("second").map(1).text("note").text(second);
    w.text("version").uint(VERSION);
    w.finish()
}

/// The evidence of two notes and the different leaves that their trees are proven to have at `index`.
#[must_use]
pub fn of_two_leaves(index: LeafIndex, halves: [(&str, &Hash, &[Hash]); 2]) -> Vec<u8> {
    let mut w = Writer::new();
    w.map(5).text("kind").text(KIND);
    for (name, (note, leaf, proof)) in ["first", "second"].into_iter().zip(halves) {
        w.text(name).map(3).text("leaf").bytes(leaf.as_bytes()).text("note").text(note);
        w.text("proof").array(proof.len());
        for hash in proof {
            w.bytes(hash.as_bytes());
        }
    }
    w.text("version").uint(VERSION).text("leaf_index").uint(index.get());
    w.finish()
}

impl Equivocation {
    /// Reads and verifies evidence about a log that the trust root knows.
    ///
    /// # Errors
    /// `limit.length` beyond [`MAX_EVIDENCE_BYTES`]; `malformed.kind`, `unsupported.version`, those of [`Reader`],
    /// of notes, checkpoints and proofs; `unknown.log`; `not_anchored.log_signature` or `tampered.checkpoint` if the
    /// log did not sign both, with a key that is not compromised; `tampered.inclusion`; `malformed.evidence` if nothing
    /// in it contradicts.
    pub fn load(bytes: &[u8], root: &TrustRoot) -> Result<Self, Error> {
        if bytes.len() > MAX_EVIDENCE_BYTES {
            return Err(Error::new(Code::LimitLength, "evidence"));
        }
        check_profile(bytes)?;
        let mut r = Reader::new(bytes);
        let (first, second, index) = read(&mut r)?;
        r.end()?;
        let (one, two) = (signed_checkpoint(first.note, root)?, signed_checkpoint(second.note, root)?);
        let contradiction = one.origin() == two.origin()
            && match index {
                None => one.size() == two.size() && one.root() != two.root(),
                Some(index) => first.leaf_at(index, &one)? != second.leaf_at(index, &two)?,
            };
        if !contradiction {
            return Err(Error::new(Code::MalformedEvidence, "evidence"));
        }
        Ok(Self { origin: one.origin().as_str().to_owned() })
    }

    /// The log that it is about.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

struct Half<'a> {
    note: &'a str,
    leaf: Option<Hash>,
    proof: Option<Vec<Hash>>,
}

impl Half<'_> {
    const fn has_leaf(&self) -> bool {
        self.leaf.is_some() || self.proof.is_some()
    }

    /// The leaf hash that the checkpoint's tree is proven to have at `index`.
    fn leaf_at(&self, index: LeafIndex, checkpoint: &Checkpoint) -> Result<Hash, Error> {
        let leaf = self.leaf.ok_or(Error::new(Code::MalformedEvidence, "leaf"))?;
        let proof = self.proof.clone().ok_or(Error::new(Code::MalformedEvidence, "proof"))?;
        InclusionProof::new(index, checkpoint.size(), proof)?.verify(&leaf, &checkpoint.root())?;
        Ok(leaf)
    }
}

fn signed_checkpoint(note: &str, root: &TrustRoot) -> Result<Checkpoint, Error> {
    let note = Note::parse(note)?;
    let checkpoint = Checkpoint::parse(note.text())?;
    let log = root.log(checkpoint.origin().as_str()).ok_or(Error::new(Code::UnknownLog, "note"))?;
    let mut signed = false;
    for key in &log.keys {
        if let Some(line) = note.signature_by(&key.verifier) {
            line.verify_text(&key.verifier, note.text())?;
            // Whoever stole a key could sign two histories with it, and so put an honest log out of use.
            signed |= key.window.compromised_from.is_none();
        }
    }
    if signed { Ok(checkpoint) } else { Err(Error::new(Code::NotAnchoredLogSignature, "note")) }
}

fn read<'a>(r: &mut Reader<'a>) -> Result<(Half<'a>, Half<'a>, Option<LeafIndex>), Error> {
    let mut map = r.map("evidence")?;
    map.require_text(r, "kind")?;
    if r.text("kind", MAX_TEXT_BYTES)? != KIND {
        return Err(Error::new(Code::MalformedKind, "kind"));
    }
    map.require_text(r, "first")?;
    let first = read_half(r)?;
    map.require_text(r, "second")?;
    let second = read_half(r)?;
    map.require_text(r, "version")?;
    if r.uint("version")? != VERSION {
        return Err(Error::new(Code::UnsupportedVersion, "version"));
    }
    let index = if map.take_text(r, "leaf_index")? { Some(LeafIndex::new(r.uint("leaf_index")?)?) } else { None };
    map.finish(r)?;
    // Two checkpoints of one size need no more; what nobody reads could say anything.
    if index.is_none() && [&first, &second].into_iter().any(Half::has_leaf) {
        return Err(Error::new(Code::MalformedField, "leaf_index"));
    }
    Ok((first, second, index))
}

fn read_half<'a>(r: &mut Reader<'a>) -> Result<Half<'a>, Error> {
    let mut map = r.map("half")?;
    let leaf = if map.take_text(r, "leaf")? { Some(Hash::new(*r.bytes_exact("leaf")?)) } else { None };
    map.require_text(r, "note")?;
    let note = r.text("note", MAX_NOTE_BYTES)?;
    let mut proof = None;
    if map.take_text(r, "proof")? {
        let mut hashes = Vec::new();
        for _ in 0..r.array("proof", MAX_PROOF_HASHES)? {
            hashes.push(Hash::new(*r.bytes_exact("proof")?));
        }
        proof = Some(hashes);
    }
    map.finish(r)?;
    Ok(Half { note, leaf, proof })
}
