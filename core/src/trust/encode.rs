//! Writing a trust root: the payload that root keys sign, and the signed file. Signing itself is the caller's.

use super::decode::{KIND, TYP};
use super::{Epoch, Issuer, IssuerKey, Log, Policy, Revocation, Revoked, RootKeys, Trust, Window, Witness};
use crate::cbor::Writer;
use crate::cose;
use crate::ed25519::{PublicKey, SIGNATURE_LEN};
use crate::time::{Seconds, Timestamp};
use alloc::vec::Vec;

/// One root key's signature on a trust root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootSignature {
    /// The root key's ID.
    pub kid: Vec<u8>,
    /// The signature over [`root_signature_input`].
    pub signature: [u8; SIGNATURE_LEN],
}

/// What the root key `kid` signs to put `payload` (from [`encode_trust`]) in force.
#[must_use]
pub fn root_signature_input(payload: &[u8], kid: &[u8]) -> Vec<u8> {
    cose::signature_input(&body_header(), &signer_header(kid), payload)
}

/// The file: `payload` (from [`encode_trust`]) with its signatures, sorted by key ID as the format demands.
#[must_use]
pub fn encode_signed(payload: &[u8], signatures: &[RootSignature]) -> Vec<u8> {
    let mut sorted: Vec<_> = signatures.iter().collect();
    sorted.sort_by(|a, b| a.kid.cmp(&b.kid));
    let mut w = Writer::new();
    w.tag(cose::TAG_SIGN).array(4).bytes(&body_header()).map(0).bytes(payload).array(sorted.len());
    for by in sorted {
        w.array(3).bytes(&signer_header(&by.kid)).map(0).bytes(&by.signature);
    }
    w.finish()
}

/// The payload of a trust root that says `trust`. Nothing is checked: [`super::TrustRoot::load`] does that.
#[must_use]
pub fn encode_trust(trust: &Trust) -> Vec<u8> {
    let mut writer = Writer::new();
    let w = &mut writer;
    w.map(if trust.example { 14 } else { 13 });
    w.text("kind").text(KIND);
    list(w.text("logs"), &trust.logs, log);
    w.text("name").text(&trust.name);
    root_keys(w.text("root"), &trust.root);
    list(w.text("epochs"), &trust.epochs, epoch);
    time(w.text("issued"), trust.issued);
    policy(w.text("policy"), &trust.policy);
    if trust.example {
        w.text("example").bool(true);
    }
    time(w.text("expires"), trust.expires);
    list(w.text("issuers"), &trust.issuers, issuer);
    w.text("version").uint(1);
    list(w.text("witnesses"), &trust.witnesses, witness);
    list(w.text("revocations"), &trust.revocations, revocation);
    w.text("root_version").uint(trust.root_version.into());
    writer.finish()
}

fn body_header() -> Vec<u8> {
    let mut w = Writer::new();
    w.map(1).int(cose::HEADER_TYP).text(TYP);
    w.finish()
}

fn signer_header(kid: &[u8]) -> Vec<u8> {
    let mut w = Writer::new();
    w.map(2).int(cose::HEADER_ALG).int(cose::ALG_ED25519).int(cose::HEADER_KID).bytes(kid);
    w.finish()
}

fn root_keys(w: &mut Writer, root: &RootKeys) {
    w.map(2).text("keys");
    list(w, &root.keys, |w, root| {
        key(w.map(2), &root.key);
        w.text("kid").bytes(&root.kid);
    });
    w.text("threshold").uint(root.threshold.into());
}

fn log(w: &mut Writer, log: &Log) {
    w.map(if log.equivocated.is_some() { 4 } else { 3 }).text("keys");
    list(w, &log.keys, |w, log_key| {
        key(w.map(4 + extra(&log_key.window)), log_key.verifier.key());
        time(w.text("from"), log_key.window.from);
        w.text("name").text(log_key.verifier.name().as_str());
        until(w, &log_key.window);
        compromised(w, &log_key.window);
    });
    w.text("pins");
    list(w, &log.pins, |w, pin| {
        w.map(3).text("root").bytes(pin.root.as_bytes()).text("size").uint(pin.size.get());
        time(w.text("time"), pin.time);
    });
    w.text("origin").text(&log.origin);
    if let Some(since) = log.equivocated {
        time(w.text("equivocated"), since);
    }
}

fn witness(w: &mut Writer, witness: &Witness) {
    w.map(2).text("keys");
    list(w, &witness.keys, |w, witness_key| {
        key(w.map(3 + extra(&witness_key.window)), witness_key.verifier.key());
        time(w.text("from"), witness_key.window.from);
        until(w, &witness_key.window);
        compromised(w, &witness_key.window);
    });
    w.text("name").text(witness.name.as_str());
}

fn epoch(w: &mut Writer, epoch: &Epoch) {
    time(w.map(5).text("from"), epoch.from);
    time(w.text("until"), epoch.until);
    w.text("groups");
    list(w, &epoch.groups, |w, group| {
        w.map(3).text("name").text(&group.name).text("members");
        list(w, &group.members, |w, member| {
            w.text(member);
        });
        w.text("threshold").uint(group.threshold);
    });
    w.text("quorum").text(&epoch.quorum);
    seconds(w.text("max_anchor_delay"), epoch.max_anchor_delay);
}

fn issuer(w: &mut Writer, issuer: &Issuer) {
    w.map(if issuer.revoked_from.is_some() { 6 } else { 5 });
    w.text("id").text(&issuer.id);
    list(w.text("keys"), &issuer.keys, issuer_key);
    w.text("name").text(&issuer.name);
    list(w.text("types"), &issuer.types, |w, document_type| {
        w.text(document_type);
    });
    list(w.text("status"), &issuer.status, |w, binding| {
        list(w.map(2).text("keys"), &binding.keys, issuer_key);
        w.text("uri_prefix").text(&binding.uri_prefix);
    });
    if let Some(from) = issuer.revoked_from {
        time(w.text("revoked_from"), from);
    }
}

fn issuer_key(w: &mut Writer, issuer_key: &IssuerKey) {
    key(w.map(5 + extra(&issuer_key.window)), &issuer_key.key);
    w.text("kid").bytes(&issuer_key.kid);
    time(w.text("from"), issuer_key.window.from);
    until(w, &issuer_key.window);
    seconds(w.text("overlap"), issuer_key.overlap);
    compromised(w, &issuer_key.window);
}

fn policy(w: &mut Writer, policy: &Policy) {
    seconds(w.map(3).text("grace").map(3).text("trust"), policy.grace.trust);
    seconds(w.text("status"), policy.grace.status);
    seconds(w.text("evidence"), policy.grace.evidence);
    seconds(w.text("strict").map(2).text("status"), policy.strict.status);
    seconds(w.text("evidence"), policy.strict.evidence);
    seconds(w.text("clock_skew"), policy.clock_skew);
}

fn revocation(w: &mut Writer, revocation: &Revocation) {
    time(w.map(3).text("date"), revocation.date);
    w.text("what");
    match &revocation.what {
        Revoked::Subject(hash) => w.array(2).uint(0).bytes(hash.as_bytes()),
        Revoked::Statement { issuer, id } => w.array(3).uint(1).text(issuer).text(id),
        Revoked::Status { uri, index } => w.array(3).uint(2).text(uri).uint(*index),
    };
    w.text("reason").text(&revocation.reason);
}

fn list<T>(w: &mut Writer, items: &[T], write: impl Fn(&mut Writer, &T)) {
    w.array(items.len());
    for item in items {
        write(w, item);
    }
}

fn key(w: &mut Writer, key: &PublicKey) {
    w.text("key").bytes(key.as_bytes());
}

fn until(w: &mut Writer, window: &Window) {
    time(w.text("until"), window.until);
}

fn compromised(w: &mut Writer, window: &Window) {
    if let Some(from) = window.compromised_from {
        time(w.text("compromised_from"), from);
    }
}

fn extra(window: &Window) -> usize {
    usize::from(window.compromised_from.is_some())
}

fn time(w: &mut Writer, time: Timestamp) {
    w.uint(time.seconds());
}

fn seconds(w: &mut Writer, length: Seconds) {
    w.uint(length.get());
}
