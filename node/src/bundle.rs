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

/// The bundle of one document: its statement, proven into the anchor; with the document or without.
///
/// # Errors
/// `limit.bundle_size` if the document is too large to be in it.
pub fn assemble(signed: &Signed, proof: &InclusionProof, anchor: &Anchor, document: Option<&[u8]>) -> Result<Vec<u8>> {
    let bundle = Bundle {
        subject: Some(&signed.subject),
        document,
        statement: Some(&signed.statement),
        tree_size: Some(proof.size()),
        checkpoint: Some(&anchor.checkpoint),
        leaf_index: Some(proof.index()),
        document_hash: Some(signed.document_hash),
        inclusion_proof: Some(proof.path().to_vec()),
        checkpoint_signature: Some(&anchor.signatures),
        ..Bundle::default()
    };
    let bytes = bundle.encode();
    if bytes.len() > MAX_BUNDLE_BYTES {
        let what = format!("would be larger than {MAX_BUNDLE_BYTES} bytes with the document in it");
        return Err(Error::new(Code::LimitBundleSize, "bundle", what, "leave the document beside it: --detached"));
    }
    Ok(bytes)
}

/// More than all other parts of a bundle that this crate makes: a proof of 63 hashes, a note, a subject and a document
/// statement, whose texts are at most 256 bytes each.
const RESERVED_BYTES: usize = 32_768;
