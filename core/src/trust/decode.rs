//! Reading a trust root's bytes. Every map's keys come in the order of the encoding: shorter first, then bytewise.

use super::{
    Epoch, GroupOf, Issuer, IssuerKey, Log, LogKey, Pin, Policy, Revocation, Revoked, RootKey, RootKeys, RootSignature,
    StatusBinding, Trust, Window, Windows, Witness, WitnessKey,
};
use crate::c2sp::{KeyName, SignatureType, VerifierKey};
use crate::cbor::{MapCursor, Reader, check_profile, peek_kind};
use crate::code::Code;
use crate::cose;
use crate::ed25519::PublicKey;
use crate::error::Error;
use crate::hash::Hash;
use crate::limits::{MAX_NAME_BYTES, MAX_TEXT_BYTES, MAX_TRUST_BYTES, MAX_TRUST_LIST, MAX_TRUST_SIGNATURES};
use crate::merkle::TreeSize;
use crate::time::{Seconds, Timestamp};
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

pub(super) const KIND: &str = "civictrust.trust";
pub(super) const TYP: &str = "application/vnd.civictrust.trust+cose";
const FORMAT_VERSION: u64 = 1;

/// The signatures as they stand beside the payload: well-formed, not yet verified.
pub(super) struct Signed<'a> {
    body_protected: &'a [u8],
    payload: &'a [u8],
    signatures: Vec<SignatureBy<'a>>,
}

struct SignatureBy<'a> {
    protected: &'a [u8],
    kid: &'a [u8],
    signature: &'a [u8; 64],
}

pub(super) fn decode(bytes: &[u8]) -> Result<(Trust, Signed<'_>), Error> {
    let refused = |error: Error| match error.code() {
        // A key that is no key has a code of its own; everything else is the one thing a caller can act on.
        Code::MalformedKey => Error::new(Code::TrustWeakKey, error.field()),
        Code::UnsupportedVersion => Error::new(Code::TrustVersion, error.field()),
        _ => {
            let error_at = Error::new(Code::TrustMalformed, error.field());
            error.offset().map_or(error_at, |offset| error_at.at(offset))
        }
    };
    if peek_kind(bytes).is_some() {
        return Err(Error::new(Code::TrustKind, "kind"));
    }
    check_profile(bytes).map_err(refused)?;
    let signed = read_signed(bytes).map_err(refused)?;
    check_profile(signed.payload).map_err(refused)?;
    let trust = read_trust(signed.payload).map_err(refused)?;
    Ok((trust, signed))
}

impl Signed<'_> {
    pub(super) const fn payload(&self) -> &[u8] {
        self.payload
    }

    pub(super) fn signatures(&self) -> Vec<RootSignature> {
        let owned = |by: &SignatureBy<'_>| RootSignature { kid: by.kid.to_owned(), signature: *by.signature };
        self.signatures.iter().map(owned).collect()
    }

    /// Every signature by a root key verifies, and there are enough of them.
    pub(super) fn check(&self, root: &RootKeys) -> Result<(), Error> {
        if self.good(root)? < root.threshold {
            return Err(Error::new(Code::TrustThreshold, "signatures"));
        }
        Ok(())
    }

    /// How many root keys have signed; each signature by one of them verifies.
    ///
    /// A signature by a key that is not a root key is ignored: it is the previous trust root's, whose keys also sign.
    pub(super) fn good(&self, root: &RootKeys) -> Result<u32, Error> {
        let mut good = 0;
        for by in &self.signatures {
            let Some(key) = root.keys.iter().find(|key| key.kid == by.kid) else { continue };
            let signed = cose::signature_input(self.body_protected, by.protected, self.payload);
            if !key.key.verify(&signed, by.signature) {
                return Err(Error::new(Code::TrustSignature, "signatures"));
            }
            good += 1;
        }
        Ok(good)
    }
}

fn read_signed(bytes: &[u8]) -> Result<Signed<'_>, Error> {
    let mut r = Reader::new(bytes);
    r.tag("trust", cose::TAG_SIGN)?;
    r.array_exact("trust", 4)?;
    let body_protected = r.bytes("protected", MAX_TEXT_BYTES)?;
    cose::no_unprotected(&mut r)?;
    let payload = r.bytes("payload", MAX_TRUST_BYTES)?;
    let count = r.array("signatures", MAX_TRUST_SIGNATURES)?;
    let mut signatures: Vec<SignatureBy<'_>> = Vec::with_capacity(count);
    for _ in 0..count {
        r.array_exact("signatures", 3)?;
        let protected = r.bytes("signatures.protected", MAX_TEXT_BYTES)?;
        cose::no_unprotected(&mut r)?;
        let signature = r.bytes_exact("signatures.signature")?;
        let kid = read_signer(protected)?;
        // Ascending kid, so that no key can sign twice.
        if signatures.last().is_some_and(|last| last.kid >= kid) {
            return Err(Error::new(Code::MalformedField, "signatures.kid"));
        }
        signatures.push(SignatureBy { protected, kid, signature });
    }
    r.end()?;
    read_body_header(body_protected)?;
    Ok(Signed { body_protected, payload, signatures })
}

fn read_body_header(bytes: &[u8]) -> Result<(), Error> {
    let mut r = Reader::new(bytes);
    let mut map = r.map("protected")?;
    map.require_int(&mut r, cose::HEADER_TYP, "protected.typ")?;
    if r.text("protected.typ", MAX_TEXT_BYTES)? != TYP {
        return Err(Error::new(Code::MalformedKind, "protected.typ"));
    }
    map.finish(&mut r)?;
    r.end()
}

fn read_signer(bytes: &[u8]) -> Result<&[u8], Error> {
    let mut r = Reader::new(bytes);
    let mut map = r.map("signatures.protected")?;
    map.require_int(&mut r, cose::HEADER_ALG, "signatures.alg")?;
    if r.int("signatures.alg")? != cose::ALG_ED25519 {
        return Err(Error::new(Code::UnsupportedAlgorithm, "signatures.alg"));
    }
    map.require_int(&mut r, cose::HEADER_KID, "signatures.kid")?;
    let kid = cose::read_kid(&mut r)?;
    map.finish(&mut r)?;
    r.end()?;
    Ok(kid)
}

fn read_trust(bytes: &[u8]) -> Result<Trust, Error> {
    let mut r = Reader::new(bytes);
    let trust = trust(&mut r)?;
    r.end()?;
    Ok(trust)
}

fn trust(r: &mut Reader<'_>) -> Result<Trust, Error> {
    let mut map = r.map("trust")?;
    map.require_text(r, "kind")?;
    if r.text("kind", MAX_TEXT_BYTES)? != KIND {
        return Err(Error::new(Code::MalformedKind, "kind"));
    }
    map.require_text(r, "logs")?;
    let logs = list(r, "logs", log)?;
    map.require_text(r, "name")?;
    let name = text(r, "name")?;
    map.require_text(r, "root")?;
    let root = root_keys(r)?;
    map.require_text(r, "epochs")?;
    let epochs = some(r, "epochs", epoch)?;
    map.require_text(r, "issued")?;
    let issued = time(r, "issued")?;
    map.require_text(r, "policy")?;
    let policy = policy(r)?;
    let example = map.take_text(r, "example")?;
    if example && !r.bool("example")? {
        return Err(Error::new(Code::MalformedField, "example"));
    }
    map.require_text(r, "expires")?;
    let expires = time(r, "expires")?;
    map.require_text(r, "issuers")?;
    let issuers = list(r, "issuers", issuer)?;
    map.require_text(r, "version")?;
    if r.uint("version")? != FORMAT_VERSION {
        return Err(Error::new(Code::UnsupportedVersion, "version"));
    }
    map.require_text(r, "witnesses")?;
    let witnesses = list(r, "witnesses", witness)?;
    map.require_text(r, "revocations")?;
    let revocations = list(r, "revocations", revocation)?;
    map.require_text(r, "root_version")?;
    let root_version = r.uint("root_version")?;
    let root_version = u32::try_from(root_version).map_err(|_| Error::new(Code::LimitNumber, "root_version"))?;
    map.finish(r)?;
    Ok(Trust {
        name,
        root_version,
        issued,
        expires,
        example,
        root,
        logs,
        witnesses,
        epochs,
        issuers,
        policy,
        revocations,
    })
}

fn root_keys(r: &mut Reader<'_>) -> Result<RootKeys, Error> {
    let mut map = r.map("root")?;
    map.require_text(r, "keys")?;
    let keys = some(r, "root.keys", |r| {
        let mut map = r.map("root.keys")?;
        map.require_text(r, "key")?;
        let key = key(r)?;
        map.require_text(r, "kid")?;
        let kid = kid(r)?;
        map.finish(r)?;
        Ok(RootKey { kid, key })
    })?;
    map.require_text(r, "threshold")?;
    let threshold = r.uint("root.threshold")?;
    let threshold = u32::try_from(threshold).map_err(|_| Error::new(Code::LimitNumber, "root.threshold"))?;
    map.finish(r)?;
    Ok(RootKeys { keys, threshold })
}

fn log(r: &mut Reader<'_>) -> Result<Log, Error> {
    let mut map = r.map("logs")?;
    map.require_text(r, "keys")?;
    let keys = some(r, "logs.keys", |r| {
        let mut map = r.map("logs.keys")?;
        map.require_text(r, "key")?;
        let key = key(r)?;
        map.require_text(r, "from")?;
        let from = time(r, "logs.keys.from")?;
        map.require_text(r, "name")?;
        let name = KeyName::new(r.text("logs.keys.name", MAX_NAME_BYTES)?)?;
        map.require_text(r, "until")?;
        let until = time(r, "logs.keys.until")?;
        let compromised_from = optional_time(&mut map, r, "compromised_from")?;
        map.finish(r)?;
        let verifier = VerifierKey::new(name, SignatureType::Ed25519, key);
        Ok(LogKey { verifier, window: Window { from, until, compromised_from } })
    })?;
    map.require_text(r, "pins")?;
    let pins = list(r, "logs.pins", |r| {
        let mut map = r.map("logs.pins")?;
        map.require_text(r, "root")?;
        let root = Hash::new(*r.bytes_exact("logs.pins.root")?);
        map.require_text(r, "size")?;
        let size = TreeSize::new(r.uint("logs.pins.size")?)?;
        map.require_text(r, "time")?;
        let time = time(r, "logs.pins.time")?;
        map.finish(r)?;
        Ok(Pin { size, root, time })
    })?;
    map.require_text(r, "origin")?;
    let origin = r.text("logs.origin", MAX_NAME_BYTES)?.to_owned();
    let equivocated = optional_time(&mut map, r, "equivocated")?;
    map.finish(r)?;
    Ok(Log { origin, keys, pins, equivocated })
}

fn witness(r: &mut Reader<'_>) -> Result<Witness, Error> {
    let mut map = r.map("witnesses")?;
    map.require_text(r, "keys")?;
    let keys = some(r, "witnesses.keys", |r| {
        let mut map = r.map("witnesses.keys")?;
        map.require_text(r, "key")?;
        let key = key(r)?;
        map.require_text(r, "from")?;
        let from = time(r, "witnesses.keys.from")?;
        map.require_text(r, "until")?;
        let until = time(r, "witnesses.keys.until")?;
        let compromised_from = optional_time(&mut map, r, "compromised_from")?;
        map.finish(r)?;
        Ok((key, Window { from, until, compromised_from }))
    })?;
    map.require_text(r, "name")?;
    let name = KeyName::new(r.text("witnesses.name", MAX_NAME_BYTES)?)?;
    map.finish(r)?;
    let keys = keys.into_iter().map(|(key, window)| WitnessKey {
        verifier: VerifierKey::new(name.clone(), SignatureType::Cosignature, key),
        window,
    });
    Ok(Witness { keys: keys.collect(), name })
}

fn epoch(r: &mut Reader<'_>) -> Result<Epoch, Error> {
    let mut map = r.map("epochs")?;
    map.require_text(r, "from")?;
    let from = time(r, "epochs.from")?;
    map.require_text(r, "until")?;
    let until = time(r, "epochs.until")?;
    map.require_text(r, "groups")?;
    let groups = list(r, "epochs.groups", |r| {
        let mut map = r.map("epochs.groups")?;
        map.require_text(r, "name")?;
        let name = text(r, "epochs.groups.name")?;
        map.require_text(r, "members")?;
        let members = some(r, "epochs.groups.members", |r| text(r, "epochs.groups.members"))?;
        map.require_text(r, "threshold")?;
        let threshold = r.uint("epochs.groups.threshold")?;
        map.finish(r)?;
        Ok(GroupOf { name, threshold, members })
    })?;
    map.require_text(r, "quorum")?;
    let quorum = text(r, "epochs.quorum")?;
    map.require_text(r, "max_anchor_delay")?;
    let max_anchor_delay = seconds(r, "epochs.max_anchor_delay")?;
    map.finish(r)?;
    Ok(Epoch { from, until, groups, quorum, max_anchor_delay })
}

fn issuer(r: &mut Reader<'_>) -> Result<Issuer, Error> {
    let mut map = r.map("issuers")?;
    map.require_text(r, "id")?;
    let id = text(r, "issuers.id")?;
    map.require_text(r, "keys")?;
    let keys = some(r, "issuers.keys", issuer_key)?;
    map.require_text(r, "name")?;
    let name = text(r, "issuers.name")?;
    map.require_text(r, "types")?;
    let types = some(r, "issuers.types", |r| text(r, "issuers.types"))?;
    map.require_text(r, "status")?;
    let status = list(r, "issuers.status", |r| {
        let mut map = r.map("issuers.status")?;
        map.require_text(r, "keys")?;
        let keys = some(r, "issuers.status.keys", issuer_key)?;
        map.require_text(r, "uri_prefix")?;
        let uri_prefix = text(r, "issuers.status.uri_prefix")?;
        map.finish(r)?;
        Ok(StatusBinding { uri_prefix, keys })
    })?;
    let revoked_from = optional_time(&mut map, r, "revoked_from")?;
    map.finish(r)?;
    Ok(Issuer { id, name, keys, types, status, revoked_from })
}

fn issuer_key(r: &mut Reader<'_>) -> Result<IssuerKey, Error> {
    let mut map = r.map("issuers.keys")?;
    map.require_text(r, "key")?;
    let key = key(r)?;
    map.require_text(r, "kid")?;
    let kid = kid(r)?;
    map.require_text(r, "from")?;
    let from = time(r, "issuers.keys.from")?;
    map.require_text(r, "until")?;
    let until = time(r, "issuers.keys.until")?;
    map.require_text(r, "overlap")?;
    let overlap = seconds(r, "issuers.keys.overlap")?;
    let compromised_from = optional_time(&mut map, r, "compromised_from")?;
    map.finish(r)?;
    Ok(IssuerKey { kid, key, window: Window { from, until, compromised_from }, overlap })
}

fn policy(r: &mut Reader<'_>) -> Result<Policy, Error> {
    let mut map = r.map("policy")?;
    map.require_text(r, "grace")?;
    let mut inner = r.map("policy.grace")?;
    inner.require_text(r, "trust")?;
    let trust = seconds(r, "policy.grace.trust")?;
    let grace = status_and_evidence(&mut inner, r, trust)?;
    inner.finish(r)?;
    map.require_text(r, "strict")?;
    let mut inner = r.map("policy.strict")?;
    let strict = status_and_evidence(&mut inner, r, Seconds::new(0))?;
    inner.finish(r)?;
    map.require_text(r, "clock_skew")?;
    let clock_skew = seconds(r, "policy.clock_skew")?;
    map.finish(r)?;
    Ok(Policy { clock_skew, strict, grace })
}

fn status_and_evidence<'a>(map: &mut MapCursor<'a>, r: &mut Reader<'a>, trust: Seconds) -> Result<Windows, Error> {
    map.require_text(r, "status")?;
    let status = seconds(r, "policy.status")?;
    map.require_text(r, "evidence")?;
    let evidence = seconds(r, "policy.evidence")?;
    Ok(Windows { evidence, status, trust })
}

fn revocation(r: &mut Reader<'_>) -> Result<Revocation, Error> {
    let mut map = r.map("revocations")?;
    map.require_text(r, "date")?;
    let date = time(r, "revocations.date")?;
    map.require_text(r, "what")?;
    let count = r.array("revocations.what", 3)?;
    let what = match (count, r.uint("revocations.what")?) {
        (2, 0) => Revoked::Subject(Hash::new(*r.bytes_exact("revocations.what")?)),
        (3, 1) => Revoked::Statement { issuer: text(r, "revocations.what")?, id: text(r, "revocations.what")? },
        (3, 2) => Revoked::Status { uri: text(r, "revocations.what")?, index: r.uint("revocations.what")? },
        _ => return Err(Error::new(Code::MalformedField, "revocations.what")),
    };
    map.require_text(r, "reason")?;
    let reason = text(r, "revocations.reason")?;
    map.finish(r)?;
    Ok(Revocation { what, date, reason })
}

fn list<'a, T>(
    r: &mut Reader<'a>,
    field: &'static str,
    read: impl Fn(&mut Reader<'a>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let mut items = Vec::new();
    for _ in 0..r.array(field, MAX_TRUST_LIST)? {
        items.push(read(r)?);
    }
    Ok(items)
}

/// A list of at least one.
fn some<'a, T>(
    r: &mut Reader<'a>,
    field: &'static str,
    read: impl Fn(&mut Reader<'a>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let offset = r.offset();
    let items = list(r, field, read)?;
    if items.is_empty() { Err(Error::new(Code::MalformedField, field).at(offset)) } else { Ok(items) }
}

fn text(r: &mut Reader<'_>, field: &'static str) -> Result<String, Error> {
    r.text(field, MAX_TEXT_BYTES).map(ToOwned::to_owned)
}

fn key(r: &mut Reader<'_>) -> Result<PublicKey, Error> {
    PublicKey::from_bytes(r.bytes_exact("key")?)
}

fn kid(r: &mut Reader<'_>) -> Result<Vec<u8>, Error> {
    cose::read_kid(r).map(ToOwned::to_owned)
}

fn time(r: &mut Reader<'_>, field: &'static str) -> Result<Timestamp, Error> {
    Timestamp::from_seconds(r.uint(field)?).map_err(|error| Error::new(error.code(), field))
}

fn optional_time<'a>(
    map: &mut MapCursor<'a>,
    r: &mut Reader<'a>,
    name: &'static str,
) -> Result<Option<Timestamp>, Error> {
    Ok(if map.take_text(r, name)? { Some(time(r, name)?) } else { None })
}

fn seconds(r: &mut Reader<'_>, field: &'static str) -> Result<Seconds, Error> {
    r.uint(field).map(Seconds::new)
}
