//! The pipeline: twelve steps in a fixed order, each in the report.
//!
//! Each step is `ok`, `failed(code)` or `skipped(why)`; every step whose own inputs are sound runs, so that a document
//! that is both stale and revoked is reported as revoked. A bundle is verified only if every step is ok or was skipped
//! for a reason that the caller chose (see [`Skip::is_allowed`]): anything unknown is never a pass.

mod anchor;
mod form;
mod issuance;
mod record;
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
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use anchor::{Grounds, Point};
use core::fmt;
use form::Parts;
use record::Record;
use status::StatusCheck;
use step::Steps;

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
    /// Checkpoints of a verified bundle, each with the log's own signature: what a next run's [`State`] remembers. None
    /// if no state was given: who remembers nothing does not begin with one bundle.
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

/// As [`examine`], by the word of `checker` on signatures.
#[must_use]
pub fn examine_with(request: &Request<'_>, checker: &dyn SignatureChecker) -> Outcome {
    Verifier::new(*request, checker).examine(request.bundle, request.document)
}

/// Verifies one bundle after the other on the same terms. Each outcome is that of [`examine`] on the bundle alone; what
/// a bundle shares with the one before it is not computed again.
pub struct Verifier<'t> {
    terms: Request<'t>,
    checker: &'t dyn SignatureChecker,
    /// The last record, and what it rests on.
    known: Option<(Option<Vec<u8>>, Record<'t>)>,
}

impl<'t> Verifier<'t> {
    /// A verifier on the terms of a request, whose bundle and document are not looked at. `checker` is asked about every
    /// signature.
    #[must_use]
    pub const fn new(terms: Request<'t>, checker: &'t dyn SignatureChecker) -> Self {
        Self { terms, checker, known: None }
    }

    /// Verifies one bundle, and gives what is worth keeping besides the verdict.
    #[must_use]
    pub fn examine(&mut self, bundle: &[u8], document: Document) -> Outcome {
        let (terms, checker) = (self.terms, self.checker);
        let mut run =
            Run { terms: Request { bundle, document, ..terms }, steps: Steps::new(), facts: Facts::default() };
        let (mut seen, mut evidence) = (Vec::new(), None);
        let root = run.steps.record(StepName::Trust, usable(&terms));
        run.facts.trust = root.map(|root| TrustFact {
            name: root.trust().name.clone(),
            version: root.trust().root_version,
            hash: root.hash(),
            example: root.trust().example,
        });
        if let Some(parts) =
            run.steps.record(StepName::Form, Parts::parse(bundle, self.known_anchor().map(|anchor| anchor.part())))
        {
            run.check_document(&parts, root);
            match root {
                Some(root) => {
                    let record = self.record(&parts, root);
                    run.check_record(record);
                    run.check_status(&parts, root, record, checker);
                    (seen, evidence) = (record.seen.clone(), record.evidence.clone());
                }
                None => run.skip_trust(&parts),
            }
        }
        run.forget_unfounded();
        let report = Report::new(&terms, run.steps.finish(), run.facts);
        let seen = if report.is_verified() { seen } else { Vec::new() };
        Outcome { report, seen, evidence }
    }

    fn known_anchor(&self) -> Option<&Rc<Point<'t>>> {
        self.known.as_ref()?.1.anchor.as_ref()
    }

    /// What issuer and log say about the statement in `parts`.
    fn record(&mut self, parts: &Parts<'_>, root: &'t TrustRoot) -> &Record<'t> {
        let (terms, checker) = (self.terms, self.checker);
        let anchor = self.known_anchor().cloned();
        let known = self.known.take().filter(|(source, _)| source.is_some() && *source == parts.source);
        let examine = || (parts.source.clone(), Record::examine(parts, &terms, Grounds { root, checker }, anchor));
        &self.known.insert(known.unwrap_or_else(examine)).1
    }
}

impl fmt::Debug for Verifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("terms", &self.terms).finish_non_exhaustive()
    }
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
struct Run<'a> {
    terms: Request<'a>,
    steps: Steps,
    facts: Facts,
}

impl Run<'_> {
    /// Steps 2, 4 and 5: what can be told of the document without trusting anybody.
    fn check_document(&mut self, parts: &Parts<'_>, root: Option<&TrustRoot>) {
        self.facts.document_hash = parts.document_hash;
        self.steps.record(StepName::Completeness, parts.complete(self.terms.document, root));
        if self.steps.run(StepName::Document, parts.document(self.terms.document)).is_some() {
            self.facts.claims = parts.disclosure.as_ref().map(ClaimsFact::new);
        }
        self.facts.subject = self.steps.run(StepName::Subject, subject::check(parts));
    }

    /// Steps 6 to 11.
    fn check_record(&mut self, record: &Record<'_>) {
        self.facts.issued = self.steps.run(StepName::Issuer, record.issued.clone());
        self.facts.log = self.steps.run(StepName::Checkpoint, record.log.clone());
        self.facts.anchored_at = self.steps.run(StepName::Witnesses, record.anchored);
        if self.facts.anchored_at.is_some() {
            self.facts.fresh_at = record.fresh_at;
            self.facts.witnesses.clone_from(&record.cosigners);
        }
        self.facts.leaf_index = self.steps.run(StepName::Inclusion, record.leaf_index);
        self.steps.run(StepName::Continuity, record.continuity);
        self.steps.run(StepName::Time, record.time);
    }

    /// Step 12.
    fn check_status(
        &mut self,
        parts: &Parts<'_>,
        root: &TrustRoot,
        record: &Record<'_>,
        checker: &dyn SignatureChecker,
    ) {
        let Request { mode, at, .. } = self.terms;
        let (windows, subject_holds) = (mode.windows(root), self.facts.subject.is_some());
        let status = StatusCheck { parts, root, checker, record, mode, at, windows, subject_holds };
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

    /// Without a trust root only step 9 can be told: whether the statement is in the tree, whoever made the tree.
    fn skip_trust(&mut self, parts: &Parts<'_>) {
        self.facts.leaf_index = self.steps.run(StepName::Inclusion, anchor::inclusion(parts));
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
