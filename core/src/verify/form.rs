//! Steps 1, 2 and 4: the bundle taken apart, what is missing, and the document.

use super::step::StepResult;
use super::{Document, Skip, record};
use crate::bundle::{Batch, Bundle, BundledStatus};
use crate::c2sp::{Checkpoint, Note, SignatureLine, VerifierKey};
use crate::claims::Disclosure;
use crate::code::Code;
use crate::error::Error;
use crate::hash::Hash;
use crate::merkle::{LeafIndex, TreeSize};
use crate::statement::Statement;
use crate::status_list::StatusToken;
use crate::subject::{Subject, SubjectKind};
use crate::trust::TrustRoot;
use alloc::borrow::ToOwned;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

/// A bundle whose every part is of the right form; which parts there are is another question.
pub(super) struct Parts<'a> {
    /// What a record rests on, if others may rest on the same.
    pub(super) source: Option<Vec<u8>>,
    pub(super) batch: Option<Batch>,
    pub(super) subject: Option<SubjectPart<'a>>,
    pub(super) document: Option<&'a [u8]>,
    pub(super) statement: Option<Statement<'a>>,
    pub(super) tree_size: Option<TreeSize>,
    pub(super) anchor: Option<Rc<CheckpointPart>>,
    pub(super) leaf_index: Option<LeafIndex>,
    pub(super) document_hash: Option<Hash>,
    pub(super) inclusion_proof: Option<Vec<Hash>>,
    pub(super) later: Vec<LaterPart>,
    pub(super) disclosure: Option<Disclosure<'a>>,
    pub(super) status: Option<StatusPart<'a>>,
}

/// A subject with the hash of its encoding.
pub(super) struct SubjectPart<'a> {
    pub(super) subject: Subject<'a>,
    pub(super) hash: Hash,
}

/// A checkpoint, and the signatures it came with.
pub(super) struct CheckpointPart {
    pub(super) checkpoint: Checkpoint,
    pub(super) text: String,
    pub(super) signatures: Option<Signatures>,
}

/// Signature lines, as they were written and as they were read.
pub(super) struct Signatures {
    text: String,
    lines: Vec<SignatureLine>,
}

/// A checkpoint after the anchor, and the hashes that prove it consistent with the one before.
pub(super) struct LaterPart {
    pub(super) part: Rc<CheckpointPart>,
    pub(super) proof: Vec<Hash>,
}

/// A status list with what proves it.
pub(super) struct StatusPart<'a> {
    pub(super) token: StatusToken<'a>,
    pub(super) statement: Statement<'a>,
    /// 0 is the anchor, i the i-th later checkpoint.
    pub(super) checkpoint: usize,
    pub(super) leaf_index: LeafIndex,
    pub(super) inclusion_proof: Vec<Hash>,
}

impl<'a> Parts<'a> {
    /// Step 1. An anchor that is written as `known` is, is not read again.
    pub(super) fn parse(bytes: &'a [u8], known: Option<&Rc<CheckpointPart>>) -> Result<Self, Error> {
        let bundle = Bundle::parse(bytes)?;
        let source = record::source(&bundle);
        // Offsets inside a part are told from the part's own start, not the bundle's: the field says which part.
        let subject = bundle
            .subject
            .map(|encoded| Subject::parse(encoded).map(|subject| SubjectPart { subject, hash: Subject::hash(encoded) }))
            .transpose()?;
        let statement = bundle.statement.map(Statement::parse).transpose()?;
        let anchor = bundle.checkpoint.map(|text| {
            let signatures = bundle.checkpoint_signature;
            match known.filter(|known| known.is_written(text, signatures)) {
                Some(known) => Ok(Rc::clone(known)),
                None => CheckpointPart::parse(text, signatures).map(Rc::new),
            }
        });
        let anchor = anchor.transpose()?;
        let mut later = Vec::with_capacity(bundle.later.len());
        for step in bundle.later {
            let part = CheckpointPart::parse(step.checkpoint, step.checkpoint_signature)?;
            later.push(LaterPart { part: Rc::new(part), proof: step.proof });
        }
        Ok(Self {
            source,
            batch: bundle.batch,
            subject,
            document: bundle.document,
            statement,
            tree_size: bundle.tree_size,
            anchor,
            leaf_index: bundle.leaf_index,
            document_hash: bundle.document_hash,
            inclusion_proof: bundle.inclusion_proof,
            later,
            disclosure: bundle.disclosure.map(Disclosure::parse).transpose()?,
            status: bundle.status.map(StatusPart::parse).transpose()?,
        })
    }

    /// Step 2 (R19.2): what the later steps need is there. A pinned anchor needs no signatures.
    pub(super) fn complete(&self, document: Document, root: Option<&TrustRoot>) -> Result<(), Error> {
        let pinned = |checkpoint: &Checkpoint| {
            root.and_then(|root| root.log(checkpoint.origin().as_str()))
                .is_some_and(|log| log.pin(checkpoint).is_some())
        };
        let signed =
            self.anchor.as_ref().is_none_or(|anchor| anchor.signatures.is_some() || pinned(&anchor.checkpoint));
        let is_claims = self.subject.as_ref().is_some_and(|part| part.subject.kind == SubjectKind::Claims);
        let hash_only = document == Document::HashOnly;
        let has_disclosure = !is_claims || self.disclosure.is_some() || hash_only;
        let has_document = is_claims || self.document.is_some() || document != Document::InBundle;
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
            (has_disclosure, Code::IncompleteDisclosure, "disclosure"),
        ];
        match needs.iter().find(|(present, ..)| !present) {
            Some((_, code, field)) => Err(Error::new(*code, field)),
            None => Ok(()),
        }
    }

    /// Step 4: whatever document is at hand, in the bundle or beside it, has the hash that the bundle names.
    pub(super) fn document(&self, document: Document) -> Result<(), StepResult> {
        let expected = self.document_hash.ok_or(Skip::Incomplete)?;
        let kind = self.subject.as_ref().map(|part| part.subject.kind);
        match (&self.disclosure, kind) {
            (Some(_), Some(SubjectKind::File)) => {
                return Err(Error::new(Code::TamperedDisclosure, "disclosure").into());
            }
            (Some(disclosure), _) => disclosure.verify(&expected)?,
            (None, _) => {}
        }
        let given = match document {
            Document::Digest(digest) => Some(digest),
            Document::InBundle | Document::HashOnly => None,
        };
        let attached = self.document.map(Hash::of);
        if given.iter().chain(&attached).any(|hash| *hash != expected) {
            return Err(Error::new(Code::TamperedDocument, "document").into());
        }
        match document {
            _ if given.or(attached).is_some() || self.disclosure.is_some() => Ok(()),
            Document::HashOnly => Err(Skip::HashOnly.into()),
            Document::InBundle | Document::Digest(_) => Err(Skip::Incomplete.into()),
        }
    }
}

impl<'a> StatusPart<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let status = BundledStatus::parse(bytes)?;
        Ok(Self {
            token: StatusToken::parse(status.token)?,
            statement: Statement::parse(status.statement)?,
            checkpoint: status.checkpoint,
            leaf_index: status.leaf_index,
            inclusion_proof: status.inclusion_proof,
        })
    }
}

impl CheckpointPart {
    fn parse(text: &str, signatures: Option<&str>) -> Result<Self, Error> {
        let checkpoint = Checkpoint::parse(text)?;
        let signatures = signatures.map(|lines| {
            let note = Note::from_parts(text, lines)?;
            Ok(Signatures { text: lines.to_owned(), lines: note.into_signatures() })
        });
        Ok(Self { checkpoint, text: text.to_owned(), signatures: signatures.transpose()? })
    }

    fn is_written(&self, text: &str, signatures: Option<&str>) -> bool {
        self.text == text && self.signatures.as_ref().map(|known| known.text.as_str()) == signatures
    }

    /// The line that names `key`; it says nothing until verified.
    pub(super) fn signature_by(&self, key: &VerifierKey) -> Option<&SignatureLine> {
        self.signatures.as_ref()?.lines.iter().find(|line| line.names(key))
    }
}
