//! Steps 1, 2 and 4: the bundle taken apart, what is missing, and the document.

use super::step::StepResult;
use super::{Document, Skip};
use crate::bundle::{Batch, Bundle};
use crate::c2sp::{Checkpoint, Note};
use crate::code::Code;
use crate::error::Error;
use crate::hash::Hash;
use crate::merkle::{LeafIndex, TreeSize};
use crate::statement::Statement;
use crate::subject::{Subject, SubjectKind};
use crate::trust::TrustRoot;
use alloc::vec::Vec;

/// A bundle whose every part is of the right form; which parts there are is another question.
pub(super) struct Parts<'a> {
    pub(super) batch: Option<Batch>,
    pub(super) subject: Option<SubjectPart<'a>>,
    pub(super) document: Option<&'a [u8]>,
    pub(super) statement: Option<Statement<'a>>,
    pub(super) tree_size: Option<TreeSize>,
    pub(super) anchor: Option<CheckpointPart<'a>>,
    pub(super) leaf_index: Option<LeafIndex>,
    pub(super) document_hash: Option<Hash>,
    pub(super) inclusion_proof: Option<Vec<Hash>>,
    pub(super) later: Vec<LaterPart<'a>>,
    pub(super) has_status: bool,
    pub(super) has_disclosure: bool,
}

/// A subject with the hash of its encoding.
pub(super) struct SubjectPart<'a> {
    pub(super) subject: Subject<'a>,
    pub(super) hash: Hash,
}

/// A checkpoint, and the note it is in if it came with signatures.
pub(super) struct CheckpointPart<'a> {
    pub(super) checkpoint: Checkpoint,
    pub(super) note: Option<Note<'a>>,
}

/// A checkpoint after the anchor, and the hashes that prove it consistent with the one before.
pub(super) struct LaterPart<'a> {
    pub(super) part: CheckpointPart<'a>,
    pub(super) proof: Vec<Hash>,
}

impl<'a> Parts<'a> {
    /// Step 1.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let bundle = Bundle::parse(bytes)?;
        // Offsets inside a part are told from the part's own start, not the bundle's: the field says which part.
        let subject = bundle
            .subject
            .map(|encoded| Subject::parse(encoded).map(|subject| SubjectPart { subject, hash: Subject::hash(encoded) }))
            .transpose()?;
        let statement = bundle.statement.map(Statement::parse).transpose()?;
        let anchor =
            bundle.checkpoint.map(|text| CheckpointPart::parse(text, bundle.checkpoint_signature)).transpose()?;
        let later = bundle.later.into_iter().map(|later| {
            let part = CheckpointPart::parse(later.checkpoint, later.checkpoint_signature)?;
            Ok(LaterPart { part, proof: later.proof })
        });
        Ok(Self {
            batch: bundle.batch,
            subject,
            document: bundle.document,
            statement,
            tree_size: bundle.tree_size,
            anchor,
            leaf_index: bundle.leaf_index,
            document_hash: bundle.document_hash,
            inclusion_proof: bundle.inclusion_proof,
            later: later.collect::<Result<_, Error>>()?,
            has_status: bundle.status.is_some(),
            has_disclosure: bundle.disclosure.is_some(),
        })
    }

    /// Step 2 (R19.2): what the later steps need is there. A pinned anchor needs no signatures.
    pub(super) fn complete(&self, document: Document, root: Option<&TrustRoot>) -> Result<(), Error> {
        let pinned = |checkpoint: &Checkpoint| {
            root.and_then(|root| root.log(checkpoint.origin().as_str()))
                .is_some_and(|log| log.pin(checkpoint).is_some())
        };
        let signed = self.anchor.as_ref().is_none_or(|anchor| anchor.note.is_some() || pinned(&anchor.checkpoint));
        let has_document = self.document.is_some() || document != Document::InBundle;
        let one_of_many = self.statement.as_ref().is_some_and(|statement| statement.header().subjects > 1);
        let needs = [
            (self.document_hash.is_some(), Code::IncompleteDocumentHash, "document_hash"),
            (self.subject.is_some(), Code::IncompleteSubject, "subject"),
            (self.statement.is_some(), Code::IncompleteStatement, "statement"),
            (self.batch.is_some() || !one_of_many, Code::IncompleteBatch, "batch"),
            (self.leaf_index.is_some(), Code::IncompleteLeafIndex, "leaf_index"),
            (self.tree_size.is_some(), Code::IncompleteTreeSize, "tree_size"),
            (self.inclusion_proof.is_some(), Code::IncompleteInclusionProof, "inclusion_proof"),
            (self.anchor.is_some(), Code::IncompleteCheckpoint, "checkpoint"),
            (signed, Code::IncompleteCheckpointSignature, "checkpoint_signature"),
            (has_document, Code::IncompleteDocument, "document"),
        ];
        match needs.iter().find(|(present, ..)| !present) {
            Some((_, code, field)) => Err(Error::new(*code, field)),
            None => Ok(()),
        }
    }

    /// Step 4: whatever document is at hand, in the bundle or beside it, has the hash that the bundle names.
    pub(super) fn document(&self, document: Document) -> Result<(), StepResult> {
        let expected = self.document_hash.ok_or(Skip::Incomplete)?;
        let claims = self.subject.as_ref().is_some_and(|part| part.subject.kind == SubjectKind::Claims);
        if claims || self.has_disclosure {
            return Err(Error::new(Code::UnsupportedClaims, "subject.kind").into());
        }
        let given = match document {
            Document::Digest(digest) => Some(digest),
            Document::InBundle | Document::HashOnly => None,
        };
        let attached = self.document.map(Hash::of);
        if given.iter().chain(&attached).any(|hash| *hash != expected) {
            return Err(Error::new(Code::TamperedDocument, "document").into());
        }
        match (given.or(attached), document) {
            (Some(_), _) => Ok(()),
            (None, Document::HashOnly) => Err(Skip::HashOnly.into()),
            (None, _) => Err(Skip::Incomplete.into()),
        }
    }
}

impl<'a> CheckpointPart<'a> {
    fn parse(text: &'a str, signatures: Option<&str>) -> Result<Self, Error> {
        let checkpoint = Checkpoint::parse(text)?;
        let note = signatures.map(|lines| Note::from_parts(text, lines)).transpose()?;
        Ok(Self { checkpoint, note })
    }
}
