//! Assembling bundles. Format: `specs/bundle.cddl`.

use crate::error::{Error, Result};
use crate::statement::Signed;
use ct_core::limits::MAX_BUNDLE_BYTES;
use ct_core::verify::Document;
use ct_core::{AtSource, Bundle, Code, InclusionProof, Mode, Request, Timestamp, TrustRoot, verify};

/// A checkpoint with everything that was signed on it: what a bundle's statement is anchored in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The checkpoint's text: three lines.
    pub checkpoint: String,
    /// The signature lines, the log's first, then the witnesses'.
    pub signatures: String,
}

/// Documents up to this size can be put into a bundle, whatever else stands in it.
pub const MAX_ATTACHED_BYTES: usize = MAX_BUNDLE_BYTES - RESERVED_BYTES;

/// What stands in a bundle beside the evidence.
#[derive(Clone, Copy, Debug, Default)]
pub struct Attached<'a> {
    /// The document.
    pub document: Option<&'a [u8]>,
    /// The encoded disclosure of its claims.
    pub disclosure: Option<&'a [u8]>,
    /// The encoded status.
    pub status: Option<&'a [u8]>,
}

/// The bundle of the document at `position` under a statement, proven into the anchor.
///
/// # Errors
/// `limit.bundle_size` if the document is too large to be in it; `malformed.leaf_index` for a position that there is
/// not.
pub fn assemble(
    signed: &Signed,
    position: usize,
    proof: &InclusionProof,
    anchor: &Anchor,
    attached: Attached<'_>,
) -> Result<Vec<u8>> {
    let described = signed.subjects.list().get(position);
    let described = described.ok_or(ct_core::Error::new(Code::MalformedLeafIndex, "batch.index"))?;
    let bundle = Bundle {
        batch: signed.subjects.batch(position)?,
        status: attached.status,
        subject: Some(&described.subject),
        document: attached.document,
        statement: Some(&signed.statement),
        tree_size: Some(proof.size()),
        checkpoint: Some(&anchor.checkpoint),
        disclosure: attached.disclosure,
        leaf_index: Some(proof.index()),
        document_hash: Some(described.document_hash),
        inclusion_proof: Some(proof.path().to_vec()),
        later: Vec::new(),
        checkpoint_signature: Some(&anchor.signatures),
    };
    let bytes = bundle.encode();
    check_size(&bytes)?;
    Ok(bytes)
}

/// The bundle of the document at `position` under a statement, from the evidence for that statement that a log gave:
/// a bundle without subject and document.
///
/// # Errors
/// Those of [`Bundle::parse`] for what is none; `incomplete.*` for what lacks a part of the evidence;
/// `tampered.statement` if it is about another statement; those of [`assemble`].
pub fn complete(evidence: &[u8], signed: &Signed, position: usize, attached: Attached<'_>) -> Result<Vec<u8>> {
    let lacks = |code| Error::new(code, "the log's evidence", "is not complete", "ask the log again");
    let given = Bundle::parse(evidence)?;
    if given.statement != Some(signed.statement.as_slice()) {
        let what = "is about another statement than the one that was sent";
        return Err(Error::new(
            Code::TamperedStatement,
            "the log's evidence",
            what,
            "keep it, and ask the log's operator",
        ));
    }
    let index = given.leaf_index.ok_or_else(|| lacks(Code::IncompleteLeafIndex))?;
    let size = given.tree_size.ok_or_else(|| lacks(Code::IncompleteTreeSize))?;
    let path = given.inclusion_proof.ok_or_else(|| lacks(Code::IncompleteInclusionProof))?;
    let anchor = Anchor {
        checkpoint: given.checkpoint.ok_or_else(|| lacks(Code::IncompleteCheckpoint))?.to_owned(),
        signatures: given.checkpoint_signature.ok_or_else(|| lacks(Code::IncompleteCheckpointSignature))?.to_owned(),
    };
    assemble(signed, position, &InclusionProof::new(index, size, path)?, &anchor, attached)
}

/// What core says of a bundle in mode strict. A document that is not in it is taken as the one that it names.
///
/// # Errors
/// Those of [`Bundle::parse`].
pub fn verdict(bytes: &[u8], trust: &TrustRoot, at: Timestamp) -> Result<Code> {
    let bundle = Bundle::parse(bytes)?;
    let beside = bundle.document_hash.filter(|_| bundle.document.is_none() && bundle.disclosure.is_none());
    let report = verify(&Request {
        bundle: bytes,
        document: beside.map_or(Document::InBundle, Document::Digest),
        trust: Ok(trust),
        mode: Mode::Strict,
        at,
        at_source: AtSource::Given,
        state: None,
        evidence: &[],
    });
    Ok(report.code())
}

/// Refuses a bundle that core does not verify.
///
/// # Errors
/// The code of core's verdict; those of [`Bundle::parse`].
pub fn check(bytes: &[u8], trust: &TrustRoot, at: Timestamp) -> Result<()> {
    match verdict(bytes, trust, at)? {
        Code::Ok => Ok(()),
        code => {
            let next = format!("see: ct explain {code}");
            Err(Error::new(code, "bundle", "does not verify, so it is not written", next))
        }
    }
}

/// Refuses what no verifier reads.
///
/// # Errors
/// `limit.bundle_size`.
pub fn check_size(bundle: &[u8]) -> Result<()> {
    if bundle.len() <= MAX_BUNDLE_BYTES {
        return Ok(());
    }
    let what = format!("would be larger than {MAX_BUNDLE_BYTES} bytes with the document in it");
    Err(Error::new(Code::LimitBundleSize, "bundle", what, "leave the document beside it: --detached"))
}

/// More than all other parts of a bundle that this crate makes: a proof of 63 hashes, a note, a subject and a document
/// statement, whose texts are at most 256 bytes each.
const RESERVED_BYTES: usize = 32_768;
