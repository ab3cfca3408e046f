//! Step 6: the issuer and its signature.

use super::form::Parts;
use super::step::{Skip, StepResult};
use crate::code::Code;
use crate::ed25519::SignatureChecker;
use crate::error::Error;
use crate::report::IssuedFact;
use crate::statement::StatementType;
use crate::trust::{Issuer, IssuerKey, TrustRoot};

/// Whom the statement names, as far as the trust root knows them.
pub(super) struct Issuance<'a> {
    issuer: Option<&'a Issuer>,
    key: Option<&'a IssuerKey>,
    signed: bool,
}

impl<'a> Issuance<'a> {
    pub(super) fn find(parts: &Parts<'_>, root: &'a TrustRoot, checker: &dyn SignatureChecker) -> Self {
        let header = parts.statement.as_ref().map(|statement| *statement.header());
        let issuer = header.and_then(|header| root.issuer(header.issuer));
        let key = header.zip(issuer).and_then(|(header, issuer)| issuer.key(header.kid));
        let signed = parts.statement.zip(key).is_some_and(|(statement, key)| statement.is_signed(&key.key, checker));
        Self { issuer, key, signed }
    }

    /// Whether the statement is the issuer's.
    pub(super) const fn is_signed(&self) -> bool {
        self.signed
    }

    /// The key that the statement names; it has signed only if [`Issuance::check`] says so.
    pub(super) const fn key(&self) -> Option<&'a IssuerKey> {
        self.key
    }

    /// The issuer that the statement names.
    pub(super) const fn issuer(&self) -> Option<&'a Issuer> {
        self.issuer
    }

    /// Step 6. A document statement is signed by a document key, and by nothing else.
    pub(super) fn check(&self, parts: &Parts<'_>) -> Result<IssuedFact, StepResult> {
        let statement = parts.statement.as_ref().ok_or(Skip::Incomplete)?;
        let header = statement.header();
        if header.statement_type != StatementType::Document {
            return Err(Error::new(Code::UnsupportedStatementType, "statement.typ").into());
        }
        let issuer = self.issuer.ok_or(Error::new(Code::UnknownIssuer, "statement.iss"))?;
        self.key.ok_or(Error::new(Code::UnknownIssuerKey, "statement.kid"))?;
        if !self.signed {
            return Err(Error::new(Code::TamperedStatement, "statement.signature").into());
        }
        if !issuer.types.iter().any(|known| known == header.document_type) {
            return Err(Error::new(Code::UnknownDocumentType, "statement.vct").into());
        }
        Ok(IssuedFact::new(issuer, header))
    }
}
