//! What issuer and log say about a statement, whichever of its documents it is shown for: steps 6 to 11.
//!
//! The thousand bundles of one batch differ in their document and share all of this. It is examined once for all that
//! follow one another.

use super::Request;
use super::anchor::{self, Anchor, Grounds, Point};
use super::form::Parts;
use super::issuance::Issuance;
use super::step::StepResult;
use super::time::Timing;
use crate::bundle::Bundle;
use crate::c2sp::Checkpoint;
use crate::hash::Hash;
use crate::merkle::{LeafIndex, TreeSize};
use crate::report::{IssuedFact, LogFact};
use crate::time::Timestamp;
use crate::trust::Issuer;
use alloc::borrow::ToOwned;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

/// The results of the steps that do not look at the document, and what step 12 needs of them.
pub(super) struct Record<'t> {
    pub(super) issued: Result<IssuedFact, StepResult>,
    pub(super) log: Result<LogFact, StepResult>,
    pub(super) anchored: Result<Timestamp, StepResult>,
    pub(super) leaf_index: Result<LeafIndex, StepResult>,
    pub(super) continuity: Result<(), StepResult>,
    pub(super) time: Result<(), StepResult>,
    pub(super) fresh_at: Option<Timestamp>,
    pub(super) cosigners: Vec<(String, Timestamp)>,
    /// What a verifier may remember of it, each checkpoint with the log's own signature.
    pub(super) seen: Vec<(Checkpoint, Option<String>)>,
    /// Evidence of two histories.
    pub(super) evidence: Option<Vec<u8>>,
    /// The issuer that the statement names.
    pub(super) issuer: Option<&'t Issuer>,
    /// Whether the statement is the issuer's.
    pub(super) signed: bool,
    /// T, also where step 8 has failed.
    pub(super) anchored_at: Option<Timestamp>,
    /// The anchor, and the later checkpoints if all of them are sound.
    pub(super) points: Vec<KnownPoint>,
    /// The anchor as it was examined: other statements may have the same.
    pub(super) anchor: Option<Rc<Point<'t>>>,
}

/// A checkpoint into which a status can be proven.
#[derive(Clone, Copy)]
pub(super) struct KnownPoint {
    pub(super) size: TreeSize,
    pub(super) root: Hash,
    /// Whether what is proven into it counts.
    pub(super) sound: bool,
    /// When the quorum in force had seen it, or the time of the pin it is proven into.
    pub(super) known_at: Option<Timestamp>,
}

impl<'t> Record<'t> {
    /// Examines what `parts` say. Nothing of the document's own is looked at: not the subject, the batch, the document,
    /// the claims or the status. `known` is the anchor that was examined last, on the same terms.
    pub(super) fn examine(
        parts: &Parts<'_>,
        terms: &Request<'t>,
        grounds: Grounds<'t>,
        known: Option<Rc<Point<'t>>>,
    ) -> Self {
        let Grounds { root, checker } = grounds;
        let issuance = Issuance::find(parts, root, checker);
        let anchor = Anchor::examine(parts, grounds, terms.evidence, known);
        let anchored = anchor.witnesses();
        let (statement, issuer_key) = (parts.statement.as_ref(), issuance.key());
        let timing = Timing { mode: terms.mode, at: terms.at, root, statement, issuer_key, anchor: &anchor };
        Self {
            issued: issuance.check(parts),
            log: anchor.checkpoint(),
            leaf_index: anchor::inclusion(parts),
            continuity: anchor.continuity(terms.state),
            time: timing.check(),
            fresh_at: anchor.fresh_at(),
            cosigners: anchor.cosigners().map(|(name, time)| (name.to_owned(), time)).collect(),
            seen: terms.state.map_or_else(Vec::new, |state| anchor.seen(state)),
            evidence: anchor.evidence(terms.state),
            issuer: issuance.issuer(),
            signed: issuance.is_signed(),
            anchored_at: anchor.anchored_at(),
            points: anchor.known_points(),
            anchor: anchor.first(),
            anchored,
        }
    }
}

/// All that a [`Record`] rests on besides the terms: the bundle without what is the document's own. None if the statement
/// is about one document, so that no other bundle rests on the same.
pub(super) fn source(bundle: &Bundle<'_>) -> Option<Vec<u8>> {
    bundle.batch.as_ref()?;
    let shared = Bundle {
        batch: None,
        status: None,
        subject: None,
        document: None,
        disclosure: None,
        document_hash: None,
        ..bundle.clone()
    };
    Some(shared.encode())
}
