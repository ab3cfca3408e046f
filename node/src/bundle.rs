//! Assembling bundles. Format: `specs/bundle.cddl`.

use crate::error::{Error, Result};
use crate::statement::Signed;
use ct_core::limits::MAX_BUNDLE_BYTES;
use ct_core::{Bundle, Code, InclusionProof};

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
