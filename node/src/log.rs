//! The embedded log: an append-only tree of statements in a directory, driven by committed batches.
//!
//! A batch is *staged* and then *committed* as [`crate::publication`] says, which also names the files. After a crash
//! [`Log::open`] rolls forward: it computes the tree from the entries, demands the roots of checkpoint and fence, takes
//! whatever whole entry bundles follow them, in order and without a gap, and signs that. Entries of a batch that was
//! never acknowledged may so be in the log; none that was acknowledged is missing.
//!
//! (iss, cti) of a statement is unique in the log. The index for that is built on opening, which reads every entry
//! once; so does the check of every tile.

use crate::error::{Error, Result};
use crate::log_signer::{LogSigner, SignedCheckpoint};
use crate::publication::{self, Opened, Publication};
use crate::recovery::{self, Recovered};
use crate::statement;
use ct_core::{
    Code, ConsistencyProof, Hash, InclusionProof, LeafIndex, SignatureLine, Statement, StatementType, TreeSize,
    VerifierKey,
};
use ct_keys::KeyFile;
use std::collections::HashSet;
use std::path::Path;

/// A log that this process, and no other, appends to.
#[derive(Debug)]
pub struct Log {
    publication: Publication,
    /// H(iss, cti) of every entry.
    seen: HashSet<Hash>,
    genesis: Vec<u8>,
}

/// A batch on disk that no checkpoint covers yet.
#[derive(Debug)]
#[must_use = "a batch is in the log once it is committed"]
pub struct Staged {
    staged: publication::Staged,
    seen: Vec<Hash>,
}

impl Log {
    /// Makes a new log in `dir` whose first entry is `genesis` (see [`statement::genesis`]).
    ///
    /// # Errors
    /// `io.exists` if there is a log already; `io.key_file` for a key of another role; `malformed.*` if the genesis is
    /// not this log's; `io.*`.
    pub fn create(dir: &Path, key: KeyFile, genesis: &[u8]) -> Result<Self> {
        let signer = LogSigner::new(key)?;
        statement::check_genesis(genesis, signer.origin())?;
        let publication = Publication::create(dir, signer)?;
        let mut log = Self { publication, seen: HashSet::new(), genesis: genesis.to_vec() };
        log.append(&[genesis.to_vec()])?;
        Ok(log)
    }

    /// Opens the log in `dir`, checks all of it, and finishes what a crash interrupted.
    ///
    /// # Errors
    /// `io.not_found` if there is no log or one of its files is missing; `io.write` if another process has it open;
    /// `tampered.checkpoint` if the checkpoint is not by this key; `tampered.inclusion` or `tampered.consistency` if
    /// the files are not those that were signed: then nothing is signed again until they are restored.
    pub fn open(dir: &Path, key: KeyFile) -> Result<Self> {
        let signer = LogSigner::new(key)?;
        let opened = Opened::open(dir, &signer)?;
        let published = opened.published.as_ref().map(SignedCheckpoint::checkpoint);
        let Recovered { edge, seen, genesis, unsigned } =
            recovery::recover(&opened.store, published, opened.fence.as_ref())?;
        statement::check_genesis(&genesis, signer.origin())?;
        let mut log = Self { publication: Publication::recovered(opened, signer, edge)?, seen, genesis };
        log.append(&unsigned)?;
        Ok(log)
    }

    /// Appends one committed batch and publishes the checkpoint that covers it. Returns the index of its first entry.
    ///
    /// An empty batch changes nothing.
    ///
    /// # Errors
    /// As [`Log::stage`] and [`Log::commit`].
    pub fn append(&mut self, batch: &[Vec<u8>]) -> Result<LeafIndex> {
        let first = LeafIndex::new(self.size().get())?;
        if !batch.is_empty() {
            let staged = self.stage(batch)?;
            self.commit(staged)?;
        }
        Ok(first)
    }

    /// Puts a batch on disk. Nothing is signed.
    ///
    /// # Errors
    /// Before anything is written: `malformed.*`, `limit.*` for an entry that is not a statement,
    /// `unsupported.statement_type` for a second genesis, `malformed.field` for a (iss, cti) that the log or the batch
    /// has already. Those of [`Publication::stage`].
    pub fn stage(&mut self, batch: &[Vec<u8>]) -> Result<Staged> {
        let mut seen = Vec::with_capacity(batch.len());
        let mut in_batch = HashSet::new();
        for (entry, index) in batch.iter().zip(self.size().get()..) {
            let identity = identity(entry, index)?;
            if self.seen.contains(&identity) || !in_batch.insert(identity) {
                let what = "its request ID (cti) is in the log already; each is used once";
                let next = "use a new request ID";
                return Err(Error::new(Code::MalformedField, format!("statement {index}"), what, next));
            }
            seen.push(identity);
        }
        Ok(Staged { staged: self.publication.stage(batch)?, seen })
    }

    /// Reads again what was staged, and signs and publishes the checkpoint that covers it.
    ///
    /// # Errors
    /// Those of [`Publication::sign`].
    pub fn commit(&mut self, staged: Staged) -> Result<()> {
        self.publication.sign(staged.staged)?;
        self.publication.publish(&[])?;
        self.seen.extend(staged.seen);
        Ok(())
    }

    /// Publishes the current checkpoint with these cosignatures after the log's own signature.
    ///
    /// # Errors
    /// Those of [`Publication::publish`].
    pub fn publish(&self, cosignatures: &[SignatureLine]) -> Result<()> {
        self.publication.publish(cosignatures)
    }

    /// The checkpoint that covers every entry.
    #[must_use]
    pub const fn checkpoint(&self) -> &SignedCheckpoint {
        self.publication.checkpoint()
    }

    /// The number of entries.
    #[must_use]
    pub const fn size(&self) -> TreeSize {
        self.publication.size()
    }

    /// The first entry.
    #[must_use]
    pub fn genesis(&self) -> &[u8] {
        &self.genesis
    }

    /// The key that its checkpoints verify with.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        self.publication.verifier()
    }

    /// As [`Publication::inclusion`].
    ///
    /// # Errors
    /// As [`Publication::inclusion`].
    pub fn inclusion(&mut self, index: LeafIndex, size: TreeSize) -> Result<InclusionProof> {
        self.publication.inclusion(index, size)
    }

    /// As [`Publication::consistency`].
    ///
    /// # Errors
    /// As [`Publication::consistency`].
    pub fn consistency(&mut self, old: TreeSize, new: TreeSize) -> Result<ConsistencyProof> {
        self.publication.consistency(old, new)
    }

    /// As [`Publication::entry`].
    ///
    /// # Errors
    /// As [`Publication::entry`].
    pub fn entry(&self, index: LeafIndex) -> Result<Vec<u8>> {
        self.publication.entry(index)
    }
}

/// What makes a statement unique: H over issuer and request ID. Its leaf index decides which types it may have.
pub(crate) fn identity(entry: &[u8], index: u64) -> Result<Hash> {
    let place = format!("statement {index}");
    let parsed = Statement::parse(entry);
    let statement =
        parsed.map_err(|error| Error::refused(error, &place, "is not a statement", "only statements can be logged"))?;
    let header = statement.header();
    if (header.statement_type == StatementType::Genesis) != (index == 0) {
        let what = "the first entry of a log is its genesis, and no other is";
        return Err(Error::new(Code::UnsupportedStatementType, place, what, "log documents and status lists"));
    }
    let length = u64::try_from(header.issuer.len()).unwrap_or(u64::MAX).to_be_bytes();
    Ok(Hash::of_parts(&[&length, header.issuer.as_bytes(), header.request_id]))
}
