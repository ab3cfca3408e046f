//! Steps 6 and 12: the issuer and its signature; revocation and status.

use super::form::Parts;
use super::step::{Skip, StepResult, worst};
use crate::code::Code;
use crate::error::Error;
use crate::report::IssuedFact;
use crate::statement::StatementType;
use crate::time::Timestamp;
use crate::trust::{Issuer, IssuerKey, Revoked, TrustRoot};

/// Whom the statement names, as far as the trust root knows them.
pub(super) struct Issuance<'a> {
    root: &'a TrustRoot,
    issuer: Option<&'a Issuer>,
    key: Option<&'a IssuerKey>,
}

impl<'a> Issuance<'a> {
    pub(super) fn find(parts: &Parts<'_>, root: &'a TrustRoot) -> Self {
        let header = parts.statement.as_ref().map(|statement| *statement.header());
        let issuer = header.and_then(|header| root.issuer(header.issuer));
        let key = header.zip(issuer).and_then(|(header, issuer)| issuer.key(header.kid));
        Self { root, issuer, key }
    }

    /// The key that the statement names; it has signed only if [`Issuance::check`] says so.
    pub(super) const fn key(&self) -> Option<&'a IssuerKey> {
        self.key
    }

    /// Step 6. A document statement is signed by a document key, and by nothing else.
    pub(super) fn check(&self, parts: &Parts<'_>) -> Result<IssuedFact, StepResult> {
        let statement = parts.statement.as_ref().ok_or(Skip::Incomplete)?;
        let header = statement.header();
        if header.statement_type != StatementType::Document {
            return Err(Error::new(Code::UnsupportedStatementType, "statement.typ").into());
        }
        let issuer = self.issuer.ok_or(Error::new(Code::UnknownIssuer, "statement.iss"))?;
        let key = self.key.ok_or(Error::new(Code::UnknownIssuerKey, "statement.kid"))?;
        if !statement.is_signed_by(&key.key) {
            return Err(Error::new(Code::TamperedStatement, "statement.signature").into());
        }
        if !issuer.types.iter().any(|known| known == header.document_type) {
            return Err(Error::new(Code::UnknownDocumentType, "statement.vct").into());
        }
        Ok(IssuedFact::new(issuer, header))
    }

    /// Step 12. Revocations in the trust root override everything, in every mode.
    pub(super) fn status(
        &self,
        parts: &Parts<'_>,
        at: Timestamp,
        anchored_at: Option<Timestamp>,
    ) -> Result<(), StepResult> {
        let (Some(part), Some(statement)) = (&parts.subject, &parts.statement) else {
            return Err(Skip::Incomplete.into());
        };
        let header = statement.header();
        let names = |revoked: &Revoked| match revoked {
            Revoked::Subject(hash) => *hash == part.hash,
            Revoked::Statement { issuer, id } => issuer == header.issuer && id == header.id,
            Revoked::Status { uri, index } => {
                part.subject.status.is_some_and(|status| status.uri == uri && status.index == *index)
            }
        };
        let revoked = self.root.trust().revocations.iter().any(|revocation| names(&revocation.what));
        let revoked = revoked.then_some(Error::new(Code::RevokedByTrustRoot, "revocations"));
        // Where the anchoring time is not known, what is revoked by now counts as revoked.
        let issuer_revoked = self.issuer.and_then(|issuer| issuer.revoked_from);
        let issuer_revoked = issuer_revoked.is_some_and(|from| anchored_at.unwrap_or(at) >= from);
        let issuer_revoked = issuer_revoked.then_some(Error::new(Code::RevokedIssuer, "issuers.revoked_from"));
        let unchecked = match (parts.has_status, part.subject.status) {
            (true, _) => Some(Error::new(Code::UnsupportedStatus, "status")),
            (false, Some(_)) => Some(Error::new(Code::IncompleteStatus, "status")),
            (false, None) => None,
        };
        Ok(worst(revoked.into_iter().chain(issuer_revoked).chain(unchecked))?)
    }
}
