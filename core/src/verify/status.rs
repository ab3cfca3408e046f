//! Step 12: revocations in the trust root, and the document's status in its issuer's list.

use super::Mode;
use super::form::{Parts, StatusPart};
use super::record::Record;
use super::step::{Skip, StepResult, worst};
use crate::code::Code;
use crate::ed25519::SignatureChecker;
use crate::error::Error;
use crate::merkle::InclusionProof;
use crate::statement::StatementType;
use crate::status_list::Status;
use crate::subject::StatusReference;
use crate::time::Timestamp;
use crate::trust::{Issuer, Revoked, StatusBinding, TrustRoot, Windows};
use alloc::vec;
use alloc::vec::Vec;

/// What the step needs.
pub(super) struct StatusCheck<'a> {
    pub(super) parts: &'a Parts<'a>,
    pub(super) root: &'a TrustRoot,
    pub(super) checker: &'a dyn SignatureChecker,
    pub(super) record: &'a Record<'a>,
    pub(super) mode: Mode,
    pub(super) at: Timestamp,
    pub(super) windows: Option<Windows>,
    /// Whether step 5 is ok.
    pub(super) subject_holds: bool,
}

impl StatusCheck<'_> {
    /// Everything that speaks against the document; a revocation is not hidden behind a status that is stale. Gives the
    /// time of the status list, if the document has a status.
    pub(super) fn check(&self) -> Result<Option<Timestamp>, StepResult> {
        let (Some(part), Some(_)) = (&self.parts.subject, &self.parts.statement) else {
            return Err(Skip::Incomplete.into());
        };
        let (status_refusals, as_of) = match (part.subject.status, &self.parts.status) {
            // What nobody signed refers to no status.
            _ if !self.is_founded() => (Vec::new(), None),
            (None, None) => (Vec::new(), None),
            (None, Some(_)) => (vec![Error::new(Code::TamperedStatus, "status")], None),
            (Some(_), None) => (vec![Error::new(Code::IncompleteStatus, "status")], None),
            (Some(reference), Some(status)) => self.listed(reference, status),
        };
        worst(self.revoked_by_trust_root().into_iter().chain(self.issuer_revoked()).chain(status_refusals))?;
        if self.is_founded() { Ok(as_of) } else { Err(Skip::Unfounded.into()) }
    }

    /// Whether the issuer signed the statement and the subject is under it.
    const fn is_founded(&self) -> bool {
        self.record.signed && self.subject_holds
    }

    /// Revocations in the trust root override everything, in every mode.
    fn revoked_by_trust_root(&self) -> Option<Error> {
        let part = self.parts.subject.as_ref()?;
        let header = self.parts.statement.as_ref()?.header();
        let names = |revoked: &Revoked| match revoked {
            Revoked::Subject(hash) => *hash == part.hash,
            // Anybody can copy names and references into a statement of their own.
            Revoked::Statement { issuer, id } => self.record.signed && issuer == header.issuer && id == header.id,
            Revoked::Status { uri, index } if self.is_founded() => {
                part.subject.status.is_some_and(|status| status.uri == uri && status.index == *index)
            }
            Revoked::Status { .. } => false,
        };
        let revoked = self.root.trust().revocations.iter().any(|revocation| names(&revocation.what));
        revoked.then_some(Error::new(Code::RevokedByTrustRoot, "revocations"))
    }

    /// Where the anchoring time is not known, an issuer that is revoked by now counts as revoked.
    fn issuer_revoked(&self) -> Option<Error> {
        let from = self.record.issuer.filter(|_| self.record.signed)?.revoked_from?;
        let revoked = self.record.anchored_at.unwrap_or(self.at) >= from;
        revoked.then_some(Error::new(Code::RevokedIssuer, "issuers.revoked_from"))
    }

    /// What the stapled status says. If it is not proven it says nothing; if it is, revoked is revoked, however stale.
    fn listed(&self, reference: StatusReference<'_>, part: &StatusPart<'_>) -> (Vec<Error>, Option<Timestamp>) {
        let Some(issuer) = self.record.issuer else {
            return (vec![Error::new(Code::IncompleteStatus, "status")], None);
        };
        if let Err(error) = self.proven(issuer, reference, part) {
            return (vec![error], None);
        }
        let as_of = part.token.claims().issued_at;
        let says = match part.token.claims().status(reference.index) {
            Ok(Status::Valid) => None,
            Ok(Status::Invalid) => Some(Error::new(Code::RevokedDocument, "status")),
            Ok(Status::Suspended) => Some(Error::new(Code::RevokedSuspended, "status")),
            Ok(Status::Other(_)) => Some(Error::new(Code::UnsupportedStatus, "status")),
            Err(error) => Some(error),
        };
        (says.into_iter().chain(self.fresh(part)).collect(), Some(as_of))
    }

    /// The token is of this document's list, a status key of its issuer signed it and its log entry, and the entry is in
    /// a tree that this bundle anchors.
    fn proven(&self, issuer: &Issuer, reference: StatusReference<'_>, part: &StatusPart<'_>) -> Result<(), Error> {
        let tampered = |field| Err(Error::new(Code::TamperedStatus, field));
        let (token, statement) = (&part.token, &part.statement);
        let header = statement.header();
        if token.claims().uri != reference.uri {
            return tampered("status.token.sub");
        }
        if header.statement_type != StatementType::Status || header.issuer != issuer.id {
            return tampered("status.statement");
        }
        // The log records the list under its own time: an old one cannot pass for a new one.
        if statement.payload() != token.hash() || header.issued_at != token.claims().issued_at {
            return tampered("status.statement");
        }
        let binds = |binding: &&StatusBinding| reference.uri.starts_with(&binding.uri_prefix);
        let mut bindings = issuer.status.iter().filter(binds);
        let keys = bindings.find_map(|binding| {
            let key = |kid: &[u8]| binding.keys.iter().find(|key| key.kid == kid);
            Some([key(token.kid())?, key(header.kid)?])
        });
        let [token_key, statement_key] = keys.ok_or(Error::new(Code::UnknownIssuerKey, "status.token.kid"))?;
        if !token.is_signed(&token_key.key, self.checker) || !statement.is_signed(&statement_key.key, self.checker) {
            return tampered("status.token");
        }
        let point = self.record.points.get(part.checkpoint).filter(|point| point.sound);
        let point = point.ok_or(Error::new(Code::IncompleteStatus, "status.checkpoint"))?;
        InclusionProof::new(part.leaf_index, point.size, part.inclusion_proof.clone())
            .and_then(|proof| proof.verify(&statement.leaf_hash(), &point.root))
            .map_err(|error| match error.code() {
                Code::TamperedInclusion => Error::new(Code::TamperedStatus, "status.inclusion_proof"),
                _ => error.within("status.inclusion_proof", 0),
            })?;
        let known_at = point.known_at.ok_or(Error::new(Code::IncompleteStatus, "status.checkpoint"))?;
        if known_at < token.claims().issued_at.minus(self.root.trust().policy.clock_skew) {
            return Err(Error::new(Code::TamperedPostdated, "status.token.iat"));
        }
        for key in [token_key, statement_key] {
            key.judge(known_at, "status.token.kid")?;
        }
        Ok(())
    }

    /// Freshness is the token's own: an old list can be proven again under a new checkpoint.
    fn fresh(&self, part: &StatusPart<'_>) -> Option<Error> {
        let claims = part.token.claims();
        let window = self.windows.unwrap_or(self.root.trust().policy.strict).status;
        let stale = Error::new(Code::StaleStatus, "status.token.iat");
        match self.mode {
            // As of the anchoring: a list from about then, or later, is required, and that is all.
            Mode::Archival => {
                let earliest = self.record.anchored_at?.minus(window);
                (claims.issued_at < earliest).then_some(stale)
            }
            Mode::Strict | Mode::Grace if claims.expires.is_some_and(|expires| self.at >= expires) => {
                Some(Error::new(Code::ExpiredStatus, "status.token.exp"))
            }
            Mode::Strict | Mode::Grace => (claims.issued_at < self.at.minus(window)).then_some(stale),
        }
    }
}
