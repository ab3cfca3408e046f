//! The gate before signing: what an issuer may issue now (R17.5).
//!
//! A statement that the log has can never be taken back, so what no verifier would accept is not signed.

use crate::error::{Error, Result};
use crate::statement::{Draft, kid};
use ct_core::trust::{Issuer, IssuerKey};
use ct_core::{Code, Timestamp, Trust};
use ct_keys::PublicKey;

/// Refuses a draft that `issuer` may not sign with `key` at `now`, by the rules of the trust root.
///
/// # Errors
/// `trust.not_yet_valid`, `trust.expired`; `unknown.issuer`, `revoked.issuer`; `unknown.issuer_key`,
/// `revoked.issuer_key`, `not_yet_valid.issuer_key`, `expired.issuer_key`; `unknown.document_type`;
/// `expired.document`.
pub fn admit(trust: &Trust, issuer: &str, key: &PublicKey, draft: &Draft, now: Timestamp) -> Result<()> {
    let entry = in_force(trust, issuer, now)?;
    let by_kid = entry.key(&kid(key.id())?);
    admit_key(by_kid, issuer, key, now)?;
    let refused = |code, what: String, next: &str| Err(Error::new(code, format!("issuer {issuer}"), what, next));
    if !entry.types.contains(&draft.document_type) {
        let what = format!("is not trusted for documents of type {:?}", draft.document_type);
        return refused(Code::UnknownDocumentType, what, &format!("use one of: {}", entry.types.join(", ")));
    }
    if draft.expires.is_some_and(|expires| expires <= now) {
        return refused(Code::ExpiredDocument, "the document would expire at once".to_owned(), "choose a later end");
    }
    Ok(())
}

/// Refuses a status list that `issuer` may not sign with `key` at `now`, by the rules of the trust root; `prefix` is
/// what the list's URI begins with.
///
/// # Errors
/// As [`admit`], except those about types and ends of documents.
pub fn admit_status(trust: &Trust, issuer: &str, key: &PublicKey, prefix: &str, now: Timestamp) -> Result<()> {
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
fn admit_key(by_kid: Option<&IssuerKey>, issuer: &str, key: &PublicKey, now: Timestamp) -> Result<()> {
    let refused = |code, what: String, next: &str| Err(Error::new(code, format!("issuer {issuer}"), what, next));
    let Some(known) = by_kid.filter(|known| known.key.as_bytes() == key.verifying_key().as_bytes()) else {
        return refused(Code::UnknownIssuerKey, format!("has no key {} like this one", key.id()), "use its own key");
    };
    let window = known.window;
    let rotate = "put a new issuer key into the trust root";
    if window.compromised_from.is_some() {
        return refused(Code::RevokedIssuerKey, format!("its key {} is compromised", key.id()), rotate);
    }
    if now < window.from {
        let what = format!("its key {} counts from {}", key.id(), window.from);
        return refused(Code::NotYetValidIssuerKey, what, "wait until then");
    }
    if now > window.until {
        return refused(Code::ExpiredIssuerKey, format!("its key {} counted until {}", key.id(), window.until), rotate);
    }
    Ok(())
}
