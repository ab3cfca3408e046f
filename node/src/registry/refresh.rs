//! Newer evidence for bundles that were issued here: later checkpoints and status lists.

use super::Registry;
use crate::bundle::{self, Anchor};
use crate::entropy::Entropy;
use crate::error::{Error, Result};
use crate::gate;
use crate::statement::StatusEntry;
use crate::status_lists::{Change, SignedList, StatusLists};
use ct_core::bundle::BundledStatus;
use ct_core::limits::MAX_LATER_CHECKPOINTS;
use ct_core::{
    Bundle, Checkpoint, Code, InclusionProof, LaterCheckpoint, LeafIndex, Statement, Subject, Timestamp, TreeSize,
};
use std::collections::BTreeSet;

/// The log's newest checkpoint, cosigned just now, with status lists of the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newest {
    pub(super) anchor: Anchor,
    pub(super) size: TreeSize,
    pub(super) lists: Vec<LoggedList>,
}

/// A status list that is in the log, with the proof of that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LoggedList {
    signed: SignedList,
    proof: InclusionProof,
}

impl LoggedList {
    /// The value of a bundle's `status`; `checkpoint` is the number of the one that the proof leads to.
    pub(super) fn staple(&self, checkpoint: usize) -> Vec<u8> {
        let status = BundledStatus {
            token: &self.signed.token,
            statement: &self.signed.statement,
            checkpoint,
            leaf_index: self.proof.index(),
            inclusion_proof: self.proof.path().to_vec(),
        };
        status.encode()
    }
}

impl Newest {
    pub(super) fn list(&self, uri: &str) -> Option<&LoggedList> {
        self.lists.iter().find(|list| list.signed.uri == uri)
    }
}

impl Registry {
    /// Reserves a place in a status list for each of `count` documents.
    ///
    /// # Errors
    /// `unknown.issuer_key` and others of [`gate::admit_status`] if the issuer may not publish statuses; `io.*`.
    pub fn reserve_status(&mut self, count: usize, now: Timestamp, entropy: &mut Entropy) -> Result<Vec<StatusEntry>> {
        self.status_lists(now)?.reserve(count, entropy)
    }

    /// Logs the status lists of these URIs as they are now, and has the log's checkpoint cosigned.
    ///
    /// # Errors
    /// As [`Registry::reserve_status`]; those of [`StatusLists::sign`]; those of [`Registry::anchor`].
    pub fn newest(&mut self, uris: &BTreeSet<String>, now: Timestamp, entropy: &mut Entropy) -> Result<Newest> {
        let lists = self.sign_lists(uris, now, entropy)?;
        self.append(Vec::new(), lists, now)
    }

    /// Signs the status lists of these URIs as they are now.
    pub(super) fn sign_lists(
        &mut self,
        uris: &BTreeSet<String>,
        now: Timestamp,
        entropy: &mut Entropy,
    ) -> Result<Vec<SignedList>> {
        let (skew, issuer) = (self.trust.trust().policy.clock_skew, self.issuer.clone());
        uris.iter().map(|uri| self.status_lists(now)?.sign(uri, &issuer, now, skew, entropy)).collect()
    }

    /// Appends these entries and then those of the lists, in one batch under one checkpoint.
    pub(super) fn append(
        &mut self,
        mut entries: Vec<Vec<u8>>,
        signed: Vec<SignedList>,
        now: Timestamp,
    ) -> Result<Newest> {
        let documents = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        entries.extend(signed.iter().map(|list| list.statement.clone()));
        let first = self.log.append(&entries)?.get().saturating_add(documents);
        let anchor = self.cosigned(now)?;
        let size = self.log.size();
        let mut lists = Vec::with_capacity(signed.len());
        for (signed, index) in signed.into_iter().zip(first..) {
            lists.push(LoggedList { proof: self.log.inclusion(LeafIndex::new(index)?, size)?, signed });
        }
        Ok(Newest { anchor, size, lists })
    }

    /// Changes the status of documents that were issued here, and publishes the lists that say so.
    ///
    /// # Errors
    /// Those of [`StatusLists::change`], then nothing has changed; those of [`Registry::newest`], then it is to be
    /// tried again: the change is kept and not published.
    pub fn change_status(
        &mut self,
        entries: &[StatusEntry],
        change: Change,
        now: Timestamp,
        entropy: &mut Entropy,
    ) -> Result<Newest> {
        self.status_lists(now)?.change(entries, change)?;
        self.newest(&entries.iter().map(|entry| entry.uri.clone()).collect(), now, entropy)
    }

    /// The status reference of a bundle's document, if it has one.
    ///
    /// # Errors
    /// `malformed.*` and others of [`Bundle::parse`]; `incomplete.*` if a part is missing; `unknown.log` if its
    /// statement is not in this log; `tampered.subject` if the statement is about other documents.
    pub fn status_entry(&self, bundle: &[u8]) -> Result<Option<StatusEntry>> {
        let next = "name a bundle that this registry issued";
        let bundle = Bundle::parse(bundle).map_err(|error| Error::refused(error, "", "is no bundle", next))?;
        let missing = |code| move || Error::new(code, "", "lacks a part", next);
        let statement = bundle.statement.ok_or_else(missing(Code::IncompleteStatement))?;
        let index = bundle.leaf_index.ok_or_else(missing(Code::IncompleteLeafIndex))?;
        let subject = bundle.subject.ok_or_else(missing(Code::IncompleteSubject))?;
        if index.get() >= self.log.size().get() || self.log.entry(index)? != statement {
            return Err(Error::new(Code::UnknownLog, "", "was not issued here: its statement is not in the log", next));
        }
        let statement = Statement::parse(statement)?;
        let leaf = Subject::hash(subject);
        let root = match bundle.batch {
            Some(batch) if batch.size == statement.header().subjects => {
                let (index, size) = (LeafIndex::new(batch.index)?, TreeSize::new(batch.size)?);
                InclusionProof::new(index, size, batch.proof)?.root(&leaf)
            }
            _ => leaf,
        };
        if root != statement.payload() {
            return Err(Error::new(Code::TamperedSubject, "", "is about another document than its statement", next));
        }
        let status = Subject::parse(subject)?.status;
        Ok(status.map(|status| StatusEntry { uri: status.uri.to_owned(), index: status.index }))
    }

    /// The bundle with the newest checkpoint and status, and core's verdict on it in mode strict at `at`: `ok`, or
    /// `revoked.document` or `revoked.suspended`, which it says from now on.
    ///
    /// The anchor stays. Where there is no room for a further checkpoint, the last one that the trust root does not pin
    /// gives way; the way between the others is proven anew.
    ///
    /// # Errors
    /// Those of [`Registry::status_entry`]; `incomplete.status` if `newest` lacks the document's list;
    /// `tampered.consistency` if a checkpoint in it is not of this log; otherwise the code of core's verdict.
    pub fn refresh(&mut self, bytes: &[u8], newest: &Newest, at: Timestamp) -> Result<(Vec<u8>, Code)> {
        let entry = self.status_entry(bytes)?;
        let mut bundle = Bundle::parse(bytes)?;
        let mut before = bundle.tree_size.ok_or_else(|| {
            Error::new(Code::IncompleteTreeSize, "", "lacks a part", "name a bundle that this registry issued")
        })?;
        let mut steps = Vec::with_capacity(MAX_LATER_CHECKPOINTS);
        for later in &bundle.later {
            let checkpoint = Checkpoint::parse(later.checkpoint)?;
            let pinned = self.trust.log(checkpoint.origin().as_str()).is_some_and(|log| log.pin(&checkpoint).is_some());
            steps.push((checkpoint.size(), later.checkpoint, later.checkpoint_signature, pinned));
        }
        // A newer cosignature of the same tree replaces the older one; it is pinned if that one was.
        steps.retain(|(size, ..)| *size < newest.size);
        while steps.len() >= MAX_LATER_CHECKPOINTS {
            let last = steps.iter().rposition(|(.., pinned)| !pinned).unwrap_or(steps.len().saturating_sub(1));
            steps.remove(last);
        }
        steps.push((newest.size, &newest.anchor.checkpoint, Some(&newest.anchor.signatures), false));
        let mut later = Vec::with_capacity(steps.len());
        for (size, checkpoint, checkpoint_signature, _) in steps {
            let proof = self.log.consistency(before, size)?.path().to_vec();
            later.push(LaterCheckpoint { checkpoint, checkpoint_signature, proof });
            before = size;
        }
        let number = later.len();
        bundle.later = later;
        let missing =
            |uri: &str| Error::new(Code::IncompleteStatus, uri, "is not among the newest lists", "publish it");
        let list = |entry: StatusEntry| newest.list(&entry.uri).ok_or_else(|| missing(&entry.uri));
        let status = entry.map(list).transpose()?.map(|list| list.staple(number));
        bundle.status = status.as_deref();
        let refreshed = bundle.encode();
        bundle::check_size(&refreshed)?;
        match bundle::verdict(&refreshed, &self.trust, at)? {
            code @ (Code::Ok | Code::RevokedDocument | Code::RevokedSuspended) => Ok((refreshed, code)),
            code => {
                let next = format!("see: ct explain {code}");
                Err(Error::new(code, "", "does not verify with newer evidence, so it is not written", next))
            }
        }
    }

    fn status_lists(&mut self, now: Timestamp) -> Result<&mut StatusLists> {
        let Some(lists) = &mut self.status_lists else {
            let what = "has no status key: keys/status.pem";
            let next = "make one, put it into trust.toml, and run: ct trust build";
            return Err(Error::new(Code::UnknownIssuerKey, format!("issuer {}", self.issuer), what, next));
        };
        gate::admit_status(self.trust.trust(), &self.issuer, &lists.key().public(), lists.prefix(), now)?;
        Ok(lists)
    }
}
