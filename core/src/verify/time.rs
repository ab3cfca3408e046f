//! Step 11: all times fit together.
//!
//! T is the anchoring time, stated by witnesses; F is how new the newest evidence is. Keys are judged at T, never at the
//! time of verification, so that a document outlives the keys that signed it.

use super::Mode;
use super::anchor::Anchor;
use super::step::{Skip, StepResult, worst};
use crate::code::Code;
use crate::error::Error;
use crate::statement::{Statement, StatementHeader};
use crate::time::Timestamp;
use crate::trust::{IssuerKey, TrustRoot};
use alloc::vec::Vec;

pub(super) struct Timing<'a> {
    pub(super) mode: Mode,
    pub(super) at: Timestamp,
    pub(super) root: &'a TrustRoot,
    pub(super) statement: Option<&'a Statement<'a>>,
    pub(super) issuer_key: Option<&'a IssuerKey>,
    pub(super) anchor: &'a Anchor<'a>,
}

impl Timing<'_> {
    /// Checks whatever can be checked: without an anchoring time a document can still have expired.
    pub(super) fn check(&self) -> Result<(), StepResult> {
        let header = self.statement.ok_or(Skip::Incomplete)?.header();
        let anchored_at = self.anchor.anchored_at();
        let mut refusals = Vec::new();
        refusals.extend(self.future_cosignature());
        refusals.extend(self.validity(header, anchored_at));
        refusals.extend(self.issuer_key(anchored_at));
        if let Some(anchored_at) = anchored_at {
            refusals.extend(self.anchoring(header, anchored_at));
            refusals.extend(self.log_key(anchored_at));
        }
        refusals.extend(self.freshness());
        worst(refusals)?;
        // Without an anchoring time, or with later checkpoints that do not follow, the rest could not be judged; an
        // earlier step has said why.
        let is_judged = anchored_at.is_some() && (self.mode == Mode::Archival || self.anchor.is_followed());
        if is_judged { Ok(()) } else { Err(Skip::Unfounded.into()) }
    }

    fn future_cosignature(&self) -> Option<Error> {
        let limit = self.at.plus(self.root.trust().policy.clock_skew);
        let ahead = self.anchor.latest_cosignature().is_some_and(|time| time > limit);
        ahead.then_some(Error::new(Code::NotYetValidCosignature, "checkpoint_signature"))
    }

    /// The document's own validity: now, or as of the anchoring for an archive.
    fn validity(&self, header: &StatementHeader<'_>, anchored_at: Option<Timestamp>) -> Option<Error> {
        let judged_at = match self.mode {
            Mode::Strict | Mode::Grace => self.at,
            Mode::Archival => anchored_at?,
        };
        if header.not_before.is_some_and(|not_before| judged_at < not_before) {
            return Some(Error::new(Code::NotYetValidDocument, "statement.nbf"));
        }
        let expired = header.expires.is_some_and(|expires| judged_at >= expires);
        expired.then_some(Error::new(Code::ExpiredDocument, "statement.exp"))
    }

    /// No backdating: the issue time that a statement claims is near the time at which witnesses saw it.
    fn anchoring(&self, header: &StatementHeader<'_>, anchored_at: Timestamp) -> Option<Error> {
        let epoch = self.root.epochs().map(|(epoch, _)| epoch).find(|epoch| epoch.contains(anchored_at));
        // A trust root's pins lie in its epochs; were it otherwise, that would be no pass.
        let latest = epoch.map(|epoch| header.issued_at.plus(epoch.max_anchor_delay));
        if latest.is_none_or(|latest| anchored_at > latest) {
            return Some(Error::new(Code::TamperedBackdated, "statement.iat"));
        }
        let earliest = header.issued_at.minus(self.root.trust().policy.clock_skew);
        (anchored_at < earliest).then_some(Error::new(Code::TamperedPostdated, "statement.iat"))
    }

    /// The issuer's key at T. Where T is not known, step 8 has failed, and nothing is said of the key.
    fn issuer_key(&self, anchored_at: Option<Timestamp>) -> Option<Error> {
        self.issuer_key?.judge(anchored_at?, "statement.kid").err()
    }

    /// At least one of the log's keys that signed the anchor counted at T; a pin needs none. A compromised key is not
    /// asked: it says nothing for itself, and cannot stand in for one whose window is over.
    fn log_key(&self, anchored_at: Timestamp) -> Option<Error> {
        let keys = self.anchor.log_keys().iter().filter(|key| key.window.compromised_from.is_none());
        let keys: Vec<_> = keys.collect();
        if self.anchor.pin().is_some() || keys.iter().any(|key| key.window.contains(anchored_at)) {
            return None;
        }
        let early = keys.iter().all(|key| anchored_at < key.window.from);
        let code = if early { Code::NotYetValidLogKey } else { Code::ExpiredLogKey };
        (!keys.is_empty()).then_some(Error::new(code, "checkpoint_signature"))
    }

    fn freshness(&self) -> Option<Error> {
        let windows = self.mode.windows(self.root)?;
        let earliest = self.at.minus(windows.evidence);
        // Without an anchoring time, or where the later checkpoints do not follow, there is no freshness to judge, and
        // step 8 or step 10 has failed.
        if self.anchor.anchored_at().is_none() || !self.anchor.is_followed() {
            return None;
        }
        let stale = self.anchor.fresh_at().is_none_or(|fresh_at| fresh_at < earliest);
        stale.then_some(Error::new(Code::StaleEvidence, "checkpoint_signature"))
    }
}
