//! The rules that a trust root must keep before anything is verified with it.

use super::{Issuer, IssuerKey, Policy, Quorum, RootKeys, Trust, Window};
use crate::c2sp::{KeyId, VerifierKey};
use crate::code::Code;
use crate::ed25519::PublicKey;
use crate::error::Error;
use crate::time::Timestamp;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// Checks `trust` and resolves its quorums, one per epoch.
pub(super) fn check(trust: &Trust) -> Result<Vec<Quorum>, Error> {
    if trust.root_version == 0 {
        return Err(Error::new(Code::TrustPolicy, "root_version"));
    }
    if trust.issued >= trust.expires {
        return Err(Error::new(Code::TrustPolicy, "expires"));
    }
    root_threshold(&trust.root)?;
    one_key_one_role(trust)?;
    names(trust)?;
    windows(trust)?;
    freshness(&trust.policy)?;
    epochs(trust)
}

fn root_threshold(root: &RootKeys) -> Result<(), Error> {
    let count = u32::try_from(root.keys.len()).unwrap_or(u32::MAX);
    if root.threshold == 0 || root.threshold > count {
        return Err(Error::new(Code::TrustPolicy, "root.threshold"));
    }
    distinct(root.keys.iter().map(|key| &key.kid), "root.keys.kid")
}

/// One public key stands in one place: otherwise a signature made in one role could be shown in another.
fn one_key_one_role(trust: &Trust) -> Result<(), Error> {
    let root = trust.root.keys.iter().map(|key| &key.key);
    let logs = trust.logs.iter().flat_map(|log| &log.keys).map(|key| key.verifier.key());
    let witnesses = trust.witnesses.iter().flat_map(|witness| &witness.keys).map(|key| key.verifier.key());
    let issuers = trust.issuers.iter().flat_map(issuer_keys).map(|key| &key.key);
    let mut seen = BTreeSet::new();
    for key in root.chain(logs).chain(witnesses).chain(issuers) {
        if !seen.insert(PublicKey::as_bytes(key)) {
            return Err(Error::new(Code::TrustKeyReuse, "key"));
        }
    }
    Ok(())
}

fn names(trust: &Trust) -> Result<(), Error> {
    distinct(trust.logs.iter().map(|log| &log.origin), "logs.origin")?;
    distinct(trust.witnesses.iter().map(|witness| &witness.name), "witnesses.name")?;
    distinct(trust.issuers.iter().map(|issuer| &issuer.id), "issuers.id")?;
    for issuer in &trust.issuers {
        distinct(issuer_keys(issuer).map(|key| &key.kid), "issuers.keys.kid")?;
    }
    for log in &trust.logs {
        distinct(log.pins.iter().map(|pin| pin.size), "logs.pins.size")?;
    }
    let logs = trust.logs.iter().flat_map(|log| &log.keys).map(|key| &key.verifier);
    let witnesses = trust.witnesses.iter().flat_map(|witness| &witness.keys).map(|key| &key.verifier);
    distinct(logs.chain(witnesses).map(line_key), "name and key ID")
}

/// What a signature line shows of its key: two keys that look alike could not be told apart.
fn line_key(verifier: &VerifierKey) -> (&str, KeyId) {
    (verifier.name().as_str(), verifier.key_id())
}

fn windows(trust: &Trust) -> Result<(), Error> {
    let logs = trust.logs.iter().flat_map(|log| &log.keys).map(|key| &key.window);
    let witnesses = trust.witnesses.iter().flat_map(|witness| &witness.keys).map(|key| &key.window);
    let issuers = trust.issuers.iter().flat_map(issuer_keys).map(|key| &key.window);
    let ordered = |window: &Window| window.from <= window.until;
    if logs.chain(witnesses).chain(issuers).all(ordered) { Ok(()) } else { Err(Error::new(Code::TrustPolicy, "until")) }
}

fn freshness(policy: &Policy) -> Result<(), Error> {
    let (strict, grace) = (policy.strict, policy.grace);
    if grace.evidence < strict.evidence || grace.status < strict.status {
        return Err(Error::new(Code::TrustPolicy, "policy.grace"));
    }
    Ok(())
}

fn epochs(trust: &Trust) -> Result<Vec<Quorum>, Error> {
    if trust.epochs.is_empty() {
        return Err(Error::new(Code::TrustPolicy, "epochs"));
    }
    let mut end: Option<Timestamp> = None;
    for epoch in &trust.epochs {
        if epoch.from >= epoch.until || end.is_some_and(|end| epoch.from < end) {
            return Err(Error::new(Code::TrustPolicy, "epochs.from"));
        }
        end = Some(epoch.until);
    }
    // A pin's time can become a document's anchoring time, and then somebody must have said what held at that time.
    let mut pins = trust.logs.iter().flat_map(|log| &log.pins);
    if !pins.all(|pin| trust.epochs.iter().any(|epoch| epoch.contains(pin.time))) {
        return Err(Error::new(Code::TrustPolicy, "logs.pins.time"));
    }
    trust.epochs.iter().map(|epoch| Quorum::resolve(epoch, &trust.witnesses)).collect()
}

fn issuer_keys(issuer: &Issuer) -> impl Iterator<Item = &IssuerKey> {
    issuer.keys.iter().chain(issuer.status.iter().flat_map(|binding| &binding.keys))
}

fn distinct<T: Ord>(items: impl Iterator<Item = T>, field: &'static str) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    for item in items {
        if !seen.insert(item) {
            return Err(Error::new(Code::TrustDuplicate, field));
        }
    }
    Ok(())
}
