//! The rules that a trust root must keep before anything is verified with it.

use super::{Issuer, IssuerKey, LogKey, Policy, Quorum, RootKey, RootKeys, Trust, Window, WitnessKey};
use crate::c2sp::VerifierKey;
use crate::code::Code;
use crate::distinct::are_distinct;
use crate::ed25519::PublicKey;
use crate::error::Error;
use crate::time::Timestamp;
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
    let keys = keys(trust);
    one_key_one_role(&keys)?;
    names(trust)?;
    lines(&keys)?;
    windows(&keys)?;
    freshness(&trust.policy)?;
    epochs(trust)
}

fn root_threshold(root: &RootKeys) -> Result<(), Error> {
    let count = u32::try_from(root.keys.len()).unwrap_or(u32::MAX);
    if root.threshold == 0 || root.threshold > count {
        return Err(Error::new(Code::TrustPolicy, "root.threshold"));
    }
    distinct(&mut root.keys.iter().map(|key| key.kid.as_slice()), "root.keys.kid")
}

/// One public key stands in one place: otherwise a signature made in one role could be shown in another.
fn one_key_one_role(keys: &[Placed<'_>]) -> Result<(), Error> {
    let mut keys = keys.iter().map(|placed| placed.key.as_bytes().as_slice());
    if are_distinct(&mut keys) { Ok(()) } else { Err(Error::new(Code::TrustKeyReuse, "key")) }
}

fn names(trust: &Trust) -> Result<(), Error> {
    distinct(&mut trust.logs.iter().map(|log| log.origin.as_bytes()), "logs.origin")?;
    distinct(&mut trust.witnesses.iter().map(|witness| witness.name.as_str().as_bytes()), "witnesses.name")?;
    distinct(&mut trust.issuers.iter().map(|issuer| issuer.id.as_bytes()), "issuers.id")?;
    for issuer in &trust.issuers {
        distinct(&mut issuer_keys(issuer).map(|key| key.kid.as_slice()), "issuers.keys.kid")?;
    }
    for log in &trust.logs {
        let sizes: Vec<_> = log.pins.iter().map(|pin| pin.size.get().to_be_bytes()).collect();
        distinct(&mut sizes.iter().map(<[u8; 8]>::as_slice), "logs.pins.size")?;
    }
    Ok(())
}

/// Two keys that look alike on a signature line could not be told apart.
fn lines(keys: &[Placed<'_>]) -> Result<(), Error> {
    let lines: Vec<_> = keys.iter().filter_map(|placed| placed.verifier).map(line_key).collect();
    distinct(&mut lines.iter().map(Vec::as_slice), "name and key ID")
}

/// What a signature line shows of its key.
fn line_key(verifier: &VerifierKey) -> Vec<u8> {
    [verifier.name().as_str().as_bytes(), verifier.key_id().as_bytes()].concat()
}

fn windows(keys: &[Placed<'_>]) -> Result<(), Error> {
    let mut windows = keys.iter().filter_map(|placed| placed.window);
    let are_ordered = windows.all(|window| window.from <= window.until);
    if are_ordered { Ok(()) } else { Err(Error::new(Code::TrustPolicy, "until")) }
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

/// A key in its role.
struct Placed<'a> {
    key: &'a PublicKey,
    /// What its signature lines bear, if it signs notes.
    verifier: Option<&'a VerifierKey>,
    /// Root keys have none.
    window: Option<&'a Window>,
}

/// Every key of the trust root.
fn keys(trust: &Trust) -> Vec<Placed<'_>> {
    let mut keys = Vec::new();
    for RootKey { key, .. } in &trust.root.keys {
        keys.push(Placed { key, verifier: None, window: None });
    }
    for LogKey { verifier, window } in trust.logs.iter().flat_map(|log| &log.keys) {
        keys.push(Placed { key: verifier.key(), verifier: Some(verifier), window: Some(window) });
    }
    for WitnessKey { verifier, window } in trust.witnesses.iter().flat_map(|witness| &witness.keys) {
        keys.push(Placed { key: verifier.key(), verifier: Some(verifier), window: Some(window) });
    }
    for IssuerKey { key, window, .. } in trust.issuers.iter().flat_map(issuer_keys) {
        keys.push(Placed { key, verifier: None, window: Some(window) });
    }
    keys
}

fn issuer_keys(issuer: &Issuer) -> impl Iterator<Item = &IssuerKey> {
    issuer.keys.iter().chain(issuer.status.iter().flat_map(|binding| &binding.keys))
}

fn distinct(items: &mut dyn Iterator<Item = &[u8]>, field: &'static str) -> Result<(), Error> {
    if are_distinct(items) { Ok(()) } else { Err(Error::new(Code::TrustDuplicate, field)) }
}
