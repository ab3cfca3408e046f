//! The pipeline: twelve steps in a fixed order, each in the report.
//!
//! Each step is `ok`, `failed(code)` or `skipped(why)`; every step whose own inputs are sound runs, so that a document
//! that is both stale and revoked is reported as revoked. A bundle is verified only if every step is ok or was skipped
//! for a reason that the caller chose (see [`Skip::is_allowed`]): anything unknown is never a pass.

mod anchor;
mod form;
mod issuance;
mod step;
mod subject;
mod time;

pub use step::{Skip, StepName, StepResult};
pub(crate) use step::{overall, unread};

use crate::code::Code;
use crate::error::Error;
use crate::hash::Hash;
use crate::report::{AtSource, Facts, Report, TrustFact};
use crate::time::Timestamp;
use crate::trust::{TrustRoot, Windows};
use alloc::borrow::ToOwned;
use alloc::vec::Vec;
use form::Parts;
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
    let mut steps = Steps::new();
    let mut facts = Facts::default();
    let root = steps.record(StepName::Trust, usable(request));
    facts.trust = root.map(|root| TrustFact {
        name: root.trust().name.clone(),
        version: root.trust().root_version,
        hash: root.hash(),
        example: root.trust().example,
    });
    if let Some(parts) = steps.record(StepName::Form, Parts::parse(request.bundle)) {
        facts.document_hash = parts.document_hash;
        check_parts(request, &parts, root, &mut steps, &mut facts);
    }
    Report::new(request, steps.finish(), facts)
}

/// Step 3. Freeze is bounded by the trust root's expiry; `archival` looks back and does not mind it.
fn usable<'a>(request: &Request<'a>) -> Result<&'a TrustRoot, Error> {
    let root = request.trust?;
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

/// Steps 2 and 4 to 12.
fn check_parts(
    request: &Request<'_>,
    parts: &Parts<'_>,
    root: Option<&TrustRoot>,
    steps: &mut Steps,
    facts: &mut Facts,
) {
    steps.record(StepName::Completeness, parts.complete(request.document, root));
    match parts.document(request.document) {
        Ok(()) => steps.ok(StepName::Document),
        Err(result) => steps.set(StepName::Document, result),
    }
    facts.subject = steps.run(StepName::Subject, subject::check(parts));

    let Some(root) = root else {
        for name in [
            StepName::Issuer,
            StepName::Checkpoint,
            StepName::Witnesses,
            StepName::Continuity,
            StepName::Time,
            StepName::Status,
        ] {
            steps.set(name, StepResult::Skipped(Skip::NoTrust));
        }
        facts.leaf_index = steps.run(StepName::Inclusion, anchor::inclusion(parts));
        return;
    };
    let issuance = issuance::Issuance::find(parts, root);
    facts.issued = steps.run(StepName::Issuer, issuance.check(parts));
    let anchor = anchor::Anchor::examine(parts, root);
    facts.log = steps.run(StepName::Checkpoint, anchor.checkpoint());
    facts.anchored_at = steps.run(StepName::Witnesses, anchor.witnesses());
    if facts.anchored_at.is_some() {
        facts.fresh_at = anchor.fresh_at();
        facts.witnesses = anchor.cosigners().map(|(name, time)| (name.to_owned(), time)).collect::<Vec<_>>();
    }
    facts.leaf_index = steps.run(StepName::Inclusion, anchor::inclusion(parts));
    steps.run(StepName::Continuity, anchor.later());
    let timing = time::Timing {
        mode: request.mode,
        at: request.at,
        root,
        statement: parts.statement.as_ref(),
        issuer_key: issuance.key(),
        anchor: &anchor,
    };
    steps.run(StepName::Time, timing.check());
    steps.run(StepName::Status, issuance.status(parts, request.at, anchor.anchored_at()));
}
