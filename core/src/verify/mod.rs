//! The pipeline: twelve steps in a fixed order, each in the report.
//!
//! Each step is `ok`, `failed(code)` or `skipped(why)`; every step whose own inputs are sound runs, so that a document
//! that is both stale and revoked is reported as revoked. A bundle is verified only if every step is ok or was skipped
//! for a reason that the caller chose (see [`Skip::is_allowed`]): anything unknown is never a pass.

mod anchor;
mod form;
mod issuance;
mod status;
mod step;
mod subject;
mod time;

pub use step::{Skip, StepName, StepResult};
pub(crate) use step::{overall, unread};

use crate::c2sp::Checkpoint;
use crate::code::Code;
use crate::ed25519::{SignatureChecker, Strict};
use crate::error::Error;
use crate::evidence::Equivocation;
use crate::hash::Hash;
use crate::report::{AtSource, ClaimsFact, Facts, Report, TrustFact};
use crate::state::State;
use crate::time::Timestamp;
use crate::trust::{TrustRoot, Windows};
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use anchor::{Anchor, Grounds};
use form::Parts;
use issuance::Issuance;
use status::StatusCheck;
use step::Steps;
use time::Timing;

/// All that a verdict depends on. The same request gives the same report, byte for byte, everywhere.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The bundle's bytes.
    pub bundle: &'a [u8],
    /// The document beside the bundle.
    pub document: Document,
    /// The trust root, or why there is none.
    pub trust: Result<&'a TrustRoot, Error>,
    /// Which time policy.
    pub mode: Mode,
    /// The time of verification.
    pub at: Timestamp,
    /// Where that time comes from.
    pub at_source: AtSource,
    /// What earlier runs remembered; none if the caller keeps nothing.
    pub state: Option<&'a State>,
    /// Logs that are known to have shown two histories.
    pub evidence: &'a [Equivocation],
}

/// A verdict, and what is worth keeping besides.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The verdict.
    pub report: Report,
    /// Checkpoints of a verified bundle, each with the log's own signature: what a next run's [`State`] remembers.
    pub seen: Vec<(Checkpoint, Option<String>)>,
    /// That the log has shown two histories, as a file that convinces anybody.
    pub evidence: Option<Vec<u8>>,
}

/// What is known of the document beside the bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// It must be in the bundle.
    InBundle,
    /// Its hash; if the bundle holds a document too, that one must have the same.
    Digest(Hash),
    /// Only the hash is asked about: whoever reads the report compares it with a document.
    HashOnly,
}

/// The time policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Evidence, status and trust root are fresh.
    Strict,
    /// As strict, with wider windows for those three.
    Grace,
    /// As of the time of anchoring; freshness does not matter, known revocations do.
    Archival,
}

impl Mode {
    /// The mode's stable text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Grace => "grace",
            Self::Archival => "archival",
        }
    }

    /// The mode of this stable text.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::Strict, Self::Grace, Self::Archival].into_iter().find(|mode| mode.as_str() == text)
    }

    /// The mode's windows; `archival` has none.
    const fn windows(self, root: &TrustRoot) -> Option<Windows> {
        match self {
            Self::Strict => Some(root.trust().policy.strict),
            Self::Grace => Some(root.trust().policy.grace),
            Self::Archival => None,
        }
    }
}

/// Verifies one bundle. Never fails: what cannot be verified is reported so.
#[must_use]
pub fn verify(request: &Request<'_>) -> Report {
    examine(request).report
}

/// As [`verify`], with what is worth keeping besides the verdict.
#[must_use]
pub fn examine(request: &Request<'_>) -> Outcome {
    examine_with(request, &Strict)
}

/// As [`examine`], asking `checker` about every signature: the outcome is the same, but whoever verifies many bundles need
/// not check what they share more than once.
#[must_use]
pub fn examine_with(request: &Request<'_>, checker: &dyn SignatureChecker) -> Outcome {
    let mut run =
        Run { request, checker, steps: Steps::new(), facts: Facts::default(), seen: Vec::new(), evidence: None };
    let root = run.steps.record(StepName::Trust, usable(request));
    run.facts.trust = root.map(|root| TrustFact {
        name: root.trust().name.clone(),
        version: root.trust().root_version,
        hash: root.hash(),
        example: root.trust().example,
    });
    if let Some(parts) = run.steps.record(StepName::Form, Parts::parse(request.bundle)) {
        run.check_bundle(&parts, root);
        match root {
            Some(root) => run.check_with_trust(&parts, root),
            None => run.skip_trust(),
        }
    }
    run.forget_unfounded();
    let report = Report::new(request, run.steps.finish(), run.facts);
    let seen = if report.is_verified() { run.seen } else { Vec::new() };
    Outcome { report, seen, evidence: run.evidence }
}

/// Step 3. Freeze is bounded by the trust root's expiry; `archival` looks back and does not mind it. Rollback is seen
/// against what is remembered.
fn usable<'a>(request: &Request<'a>) -> Result<&'a TrustRoot, Error> {
    let root = request.trust?;
    if let Some((version, hash)) = request.state.and_then(State::trust) {
        root.follows(version, hash)?;
    }
    if request.at < root.trust().issued {
        return Err(Error::new(Code::TrustNotYetValid, "issued"));
    }
    match request.mode.windows(root) {
        Some(windows) if request.at >= root.trust().expires.plus(windows.trust) => {
            Err(Error::new(Code::TrustExpired, "expires"))
        }
        _ => Ok(root),
    }
}

/// One run of the pipeline.
struct Run<'r, 'a> {
    request: &'r Request<'a>,
    checker: &'r dyn SignatureChecker,
    steps: Steps,
    facts: Facts,
    seen: Vec<(Checkpoint, Option<String>)>,
    evidence: Option<Vec<u8>>,
}

impl Run<'_, '_> {
    /// Steps 2, 4, 5 and 9: what can be told without trusting anybody.
    fn check_bundle(&mut self, parts: &Parts<'_>, root: Option<&TrustRoot>) {
        self.facts.document_hash = parts.document_hash;
        self.steps.record(StepName::Completeness, parts.complete(self.request.document, root));
        if self.steps.run(StepName::Document, parts.document(self.request.document)).is_some() {
            self.facts.claims = parts.disclosure.as_ref().map(ClaimsFact::new);
        }
        self.facts.subject = self.steps.run(StepName::Subject, subject::check(parts));
        self.facts.leaf_index = self.steps.run(StepName::Inclusion, anchor::inclusion(parts));
    }

    /// Steps 6 to 8 and 10 to 12.
    fn check_with_trust(&mut self, parts: &Parts<'_>, root: &TrustRoot) {
        let Request { mode, at, state, evidence, .. } = *self.request;
        let issuance = Issuance::find(parts, root, self.checker);
        self.facts.issued = self.steps.run(StepName::Issuer, issuance.check(parts));
        let anchor = Anchor::examine(parts, Grounds { root, checker: self.checker }, evidence);
        self.facts.log = self.steps.run(StepName::Checkpoint, anchor.checkpoint());
        self.facts.anchored_at = self.steps.run(StepName::Witnesses, anchor.witnesses());
        if self.facts.anchored_at.is_some() {
            self.facts.fresh_at = anchor.fresh_at();
            self.facts.witnesses = anchor.cosigners().map(|(name, time)| (name.to_owned(), time)).collect();
        }
        self.steps.run(StepName::Continuity, anchor.continuity(state));
        self.evidence = anchor.evidence(state);
        self.seen = anchor.seen().map(|(checkpoint, note)| (checkpoint.clone(), note)).collect();
        let (statement, issuer_key) = (parts.statement.as_ref(), issuance.key());
        let timing = Timing { mode, at, root, statement, issuer_key, anchor: &anchor };
        self.steps.run(StepName::Time, timing.check());
        let windows = mode.windows(root);
        let subject_holds = self.facts.subject.is_some();
        let status = StatusCheck {
            parts,
            root,
            checker: self.checker,
            issuance: &issuance,
            anchor: &anchor,
            mode,
            at,
            windows,
            subject_holds,
        };
        self.facts.status_as_of = self.steps.run(StepName::Status, status.check()).flatten();
    }

    /// A fact rests on the steps before its own too: what nobody has signed is no fact about a document, and a place in a
    /// log that nobody vouches for is no place.
    fn forget_unfounded(&mut self) {
        let facts = &mut self.facts;
        if facts.issued.is_none() || facts.subject.is_none() {
            (facts.subject, facts.claims, facts.status_as_of) = (None, None, None);
        }
        if facts.log.is_none() {
            (facts.leaf_index, facts.anchored_at, facts.fresh_at) = (None, None, None);
            facts.witnesses.clear();
        }
    }

    fn skip_trust(&mut self) {
        for name in [
            StepName::Issuer,
            StepName::Checkpoint,
            StepName::Witnesses,
            StepName::Continuity,
            StepName::Time,
            StepName::Status,
        ] {
            self.steps.set(name, StepResult::Skipped(Skip::NoTrust));
        }
    }
}
