//! Step 5: the subject is the one under the statement's payload.

use super::form::Parts;
use super::step::{Skip, StepResult};
use crate::code::Code;
use crate::error::Error;
use crate::merkle::{InclusionProof, LeafIndex, TreeSize};
use crate::report::SubjectFact;
use alloc::borrow::ToOwned;

pub(super) fn check(parts: &Parts<'_>) -> Result<SubjectFact, StepResult> {
    let (Some(part), Some(statement), Some(document_hash)) = (&parts.subject, &parts.statement, parts.document_hash)
    else {
        return Err(Skip::Incomplete.into());
    };
    if part.subject.document_hash != document_hash {
        return Err(Error::new(Code::TamperedDocumentHash, "document_hash").into());
    }
    let subjects = statement.header().subjects;
    let root = match &parts.batch {
        None if subjects == 1 => part.hash,
        None => return Err(Skip::Incomplete.into()),
        // The issuer signed how many subjects there are: one path verifies in trees of several sizes.
        Some(batch) if subjects == 1 || batch.size != subjects => {
            return Err(Error::new(Code::TamperedBatch, "batch.size").into());
        }
        Some(batch) => {
            let index = LeafIndex::new(batch.index).map_err(|error| error.within("batch.index", 0))?;
            let size = TreeSize::new(batch.size).map_err(|error| error.within("batch.size", 0))?;
            let proof = InclusionProof::new(index, size, batch.proof.clone());
            proof.map_err(|error| error.within("batch.proof", 0))?.root(&part.hash)
        }
    };
    if root != statement.payload() {
        return Err(Error::new(Code::TamperedSubject, "subject").into());
    }
    Ok(SubjectFact { hash: part.hash, kind: part.subject.kind, sub: part.subject.sub.to_owned() })
}
