//! A status list: the token, the log's entry about it, and the place where a bundle proves it.

use crate::draft::Header;
use crate::key;
use crate::tree::Tree;
use crate::world::{self, UNIVERSITY};
use ct_core::bundle::BundledStatus;
use ct_core::status_list::{StatusBits, StatusClaims};
use ct_core::{Hash, LeafIndex, StatementType};
use miniz_oxide::deflate::compress_to_vec_zlib;

/// Where the example documents stand in their lists.
pub const STATUS_INDEX: u64 = 7;

/// A list and its log entry. [`StatusDraft::new`] gives a valid one; change what is to be otherwise.
#[derive(Clone, Debug)]
pub struct StatusDraft {
    /// The list's URI.
    pub uri: String,
    /// When the token says it was made.
    pub issued_at: u64,
    /// When the token says it ends.
    pub expires: Option<u64>,
    /// The zlib stream of two-bit statuses.
    pub list: Vec<u8>,
    /// The key that the token names.
    pub kid: String,
    /// The example key that signs the token.
    pub key: String,
    /// The statement by which the log records it.
    pub header: Header,
    /// The example key that signs the statement.
    pub issuer_key: String,
    /// Another payload than the token's hash.
    pub payload: Option<Hash>,
    /// The first checkpoint whose tree holds the statement: 0 is the anchor, i the i-th later one.
    pub logged: usize,
    /// The checkpoint into which it is proven.
    pub checkpoint: usize,
}

impl StatusDraft {
    /// The university's list in which the document at [`STATUS_INDEX`] has this status, recorded up to the anchor.
    #[must_use]
    pub fn new(status: u8, issued_at: u64) -> Self {
        let kid = "university-2026-status".to_owned();
        let header = Header {
            kid: kid.clone(),
            issued_at,
            document_type: "status".to_owned(),
            statement_type: StatementType::Status,
            ..Header::new(&format!("status/{status}/{issued_at}"))
        };
        Self {
            uri: format!("{UNIVERSITY}/status/1"),
            issued_at,
            expires: None,
            list: list(status),
            kid: kid.clone(),
            key: kid.clone(),
            header,
            issuer_key: kid,
            payload: None,
            logged: 0,
            checkpoint: 0,
        }
    }

    /// The same, recorded and proven under this checkpoint.
    #[must_use]
    pub fn under(mut self, checkpoint: usize) -> Self {
        (self.logged, self.checkpoint) = (checkpoint, checkpoint);
        self
    }

    /// The signed token.
    #[must_use]
    pub fn token(&self) -> Vec<u8> {
        let claims = StatusClaims {
            uri: &self.uri,
            issued_at: world::time(self.issued_at),
            expires: self.expires.map(world::time),
            ttl: None,
            bits: StatusBits::Two,
            list: &self.list,
        };
        let kid = self.kid.as_bytes();
        claims.seal(kid, &key::sign(&self.key, &claims.signature_input(kid)))
    }

    /// The log's entry about it.
    #[must_use]
    pub fn statement(&self) -> Vec<u8> {
        let payload = self.payload.unwrap_or_else(|| Hash::of(&self.token()));
        let header = self.header.borrow(1);
        header.seal(&payload, &key::sign(&self.issuer_key, &header.signature_input(&payload)))
    }
}

/// The zlib stream of 64 statuses, all valid but that at [`STATUS_INDEX`].
#[must_use]
pub fn list(status: u8) -> Vec<u8> {
    let mut statuses = [0; 16];
    // Four statuses in a byte, the first in the lowest bits: index 7 is in the highest bits of the second.
    statuses[1] = status << 6;
    compress_to_vec_zlib(&statuses, 9)
}

/// The zlib stream of these two-bit statuses.
#[must_use]
pub fn list_of(statuses: &[u8]) -> Vec<u8> {
    let byte = |four: &[u8]| four.iter().rev().fold(0, |byte, status| byte << 2 | status);
    compress_to_vec_zlib(&statuses.chunks(4).map(byte).collect::<Vec<_>>(), 9)
}

/// The zlib stream of so many valid statuses' bytes.
#[must_use]
pub fn list_of_bytes(count: usize) -> Vec<u8> {
    compress_to_vec_zlib(&vec![0; count], 9)
}

/// Where a list comes to stand while a log grows.
pub(crate) struct StatusPlace<'a> {
    draft: Option<&'a StatusDraft>,
    index: u64,
    pub(crate) part: Option<Vec<u8>>,
}

impl<'a> StatusPlace<'a> {
    pub(crate) const fn new(draft: Option<&'a StatusDraft>) -> Self {
        Self { draft, index: 0, part: None }
    }

    /// Adds the entry if this is the checkpoint that first holds it.
    pub(crate) fn log(&mut self, checkpoint: usize, entries: &mut Vec<Vec<u8>>) {
        let Some(draft) = self.draft.filter(|draft| draft.logged == checkpoint) else { return };
        self.index = u64::try_from(entries.len()).expect("a small number");
        entries.push(draft.statement());
    }

    /// Makes the bundle's part if this is the checkpoint into which it is proven.
    pub(crate) fn prove(&mut self, checkpoint: usize, tree: &Tree) {
        let Some(draft) = self.draft.filter(|draft| draft.checkpoint == checkpoint) else { return };
        let part = BundledStatus {
            token: &draft.token(),
            statement: &draft.statement(),
            checkpoint,
            leaf_index: LeafIndex::new(self.index).expect("a small number"),
            inclusion_proof: tree.inclusion(self.index),
        };
        self.part = Some(part.encode());
    }
}
