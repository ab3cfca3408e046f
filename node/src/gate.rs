//! The gate before signing: what an issuer may issue now (R17.5).
//!
//! A statement that the log has can never be taken back, so what no verifier would accept is not signed.

use crate::error::{Error, Result};
use crate::statement::{Draft, kid};
use ct_core::trust::{Issuer, IssuerKey};
use ct_core::{Code, PublicKey, StatementHeader, StatementType, Timestamp, Trust};

/// Refuses a draft that `issuer` may not sign with `key` at `now`, by the rules of the trust root.
///
/// # Errors
/// `trust.not_yet_valid`, `trust.expired`; `unknown.issuer`, `revoked.issuer`; `unknown.issuer_key`,
/// `revoked.issuer_key`, `not_yet_valid.issuer_key`, `expired.issuer_key`; `unknown.document_type`;
/// `expired.document`.
pub fn admit(trust: &Trust, issuer: &str, key: &ct_keys::PublicKey, draft: &Draft, now: Timestamp) -> Result<()> {
    let entry = in_force(trust, issuer, now)?;
    let by_kid = entry.key(&kid(key.id())?);
    admit_key(by_kid, issuer, key, now)?;
    admit_type(entry, &draft.document_type)?;
    admit_end(entry, draft.expires, now)
}

/// The key that must have signed a statement, if its issuer may have it put into the log at `now`, by the rules of the
/// trust root. Whether the key has signed it is another question.
///
/// # Errors
/// As [`admit`]; `unsupported.statement_type` for a genesis; `tampered.postdated`, `tampered.backdated` for a statement
/// from a time when no verifier would accept that it was anchored now.
pub fn admit_statement<'a>(trust: &'a Trust, header: &StatementHeader<'_>, now: Timestamp) -> Result<&'a PublicKey> {
    let issuer = in_force(trust, header.issuer, now)?;
    let refused = |code, what: String, next: &str| Err(Error::new(code, format!("issuer {}", issuer.id), what, next));
    let by_kid = match header.statement_type {
        StatementType::Document => issuer.keys.iter().find(|known| known.kid == header.kid),
        StatementType::Status => {
            issuer.status.iter().flat_map(|binding| &binding.keys).find(|known| known.kid == header.kid)
        }
        StatementType::Genesis => {
            let what = "would begin a log".to_owned();
            return refused(Code::UnsupportedStatementType, what, "submit documents and status lists");
        }
    };
    let Some(known) = by_kid else {
        let what = "has no key with the ID in the statement".to_owned();
        return refused(Code::UnknownIssuerKey, what, "use its own key");
    };
    admit_window(known, &issuer.id, now)?;
    if header.statement_type == StatementType::Document {
        admit_type(issuer, header.document_type)?;
    }
    admit_end(issuer, header.expires, now)?;
    let skew = trust.policy.clock_skew;
    if header.issued_at > now.plus(skew) {
        let what = format!("its statement says that it is from {}, and it is {now}", header.issued_at);
        return refused(Code::TamperedPostdated, what, "check the clocks, and issue it anew");
    }
    let epoch = trust.epochs.iter().find(|epoch| epoch.contains(now));
    if epoch.is_none_or(|epoch| header.issued_at.plus(epoch.max_anchor_delay) < now) {
        let what = format!("its statement is from {}, too long ago to be anchored now", header.issued_at);
        return refused(Code::TamperedBackdated, what, "issue it anew");
    }
    Ok(&known.key)
}

/// Refuses a status list that `issuer` may not sign with `key` at `now`, by the rules of the trust root; `prefix` is
/// what the list's URI begins with.
///
/// # Errors
/// As [`admit`], except those about types and ends of documents.
pub fn admit_status(trust: &Trust, issuer: &str, key: &ct_keys::PublicKey, prefix: &str, now: Timestamp) -> Result<()> {
    let entry = in_force(trust, issuer, now)?;
    let kid = kid(key.id())?;
    let mut bindings = entry.status.iter().filter(|binding| prefix.starts_with(&binding.uri_prefix));
    let by_kid = bindings.find_map(|binding| binding.keys.iter().find(|known| known.kid == kid));
    admit_key(by_kid, issuer, key, now)
}

/// The issuer, if the trust root and it are in force.
fn in_force<'a>(trust: &'a Trust, issuer: &str, now: Timestamp) -> Result<&'a Issuer> {
    let refused = |code, what: String, next: &str| Err(Error::new(code, format!("issuer {issuer}"), what, next));
    let renew = "put a new trust root in force";
    if now < trust.issued {
        return refused(Code::TrustNotYetValid, format!("the trust root is in force from {}", trust.issued), renew);
    }
    if now >= trust.expires {
        return refused(Code::TrustExpired, format!("the trust root has expired at {}", trust.expires), renew);
    }
    let Some(entry) = trust.issuers.iter().find(|entry| entry.id == issuer) else {
        return refused(Code::UnknownIssuer, "is not in the trust root".to_owned(), "use an issuer that it names");
    };
    if entry.revoked_from.is_some_and(|from| now >= from) {
        return refused(Code::RevokedIssuer, "is revoked".to_owned(), "ask whoever signs the trust root");
    }
    Ok(entry)
}

/// Refuses a key that is not the one known under its ID, or does not count now.
fn admit_key(by_kid: Option<&IssuerKey>, issuer: &str, key: &ct_keys::PublicKey, now: Timestamp) -> Result<()> {
    let refused = |code, what: String, next: &str| Err(Error::new(code, format!("issuer {issuer}"), what, next));
    let Some(known) = by_kid.filter(|known| known.key.as_bytes() == key.verifying_key().as_bytes()) else {
        return refused(Code::UnknownIssuerKey, format!("has no key {} like this one", key.id()), "use its own key");
    };
    admit_window(known, issuer, now)
}

/// Refuses a type of document that the issuer is not trusted for.
fn admit_type(issuer: &Issuer, document_type: &str) -> Result<()> {
    if issuer.types.iter().any(|known| known == document_type) {
        return Ok(());
    }
    let what = format!("is not trusted for documents of type {document_type:?}");
    let next = format!("use one of: {}", issuer.types.join(", "));
    Err(Error::new(Code::UnknownDocumentType, format!("issuer {}", issuer.id), what, next))
}

/// Refuses a document whose end has come.
fn admit_end(issuer: &Issuer, expires: Option<Timestamp>, now: Timestamp) -> Result<()> {
    if expires.is_none_or(|expires| now < expires) {
        return Ok(());
    }
    let what = "the document would have expired already";
    Err(Error::new(Code::ExpiredDocument, format!("issuer {}", issuer.id), what, "choose a later end"))
}

/// Refuses a key that does not count now.
fn admit_window(known: &IssuerKey, issuer: &str, now: Timestamp) -> Result<()> {
    let refused = |code, what: String, next: &str| Err(Error::new(code, format!("issuer {issuer}"), what, next));
    let id = String::from_utf8_lossy(&known.kid);
    let window = known.window;
    let rotate = "put a new issuer key into the trust root";
    if window.compromised_from.is_some() {
        return refused(Code::RevokedIssuerKey, format!("its key {} is compromised", id), rotate);
    }
    if now < window.from {
        let what = format!("its key {} counts from {}", id, window.from);
        return refused(Code::NotYetValidIssuerKey, what, "wait until then");
    }
    if now > window.until {
        return refused(Code::ExpiredIssuerKey, format!("its key {} counted until {}", id, window.until), rotate);
    }
    Ok(())
}
