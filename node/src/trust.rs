//! The trust root of one log, its witnesses and one issuer, as a new deployment needs it.

use crate::documents::read_at_most;
use crate::error::{Error, Result, shown};
use crate::statement::kid;
use crate::witness;
use ct_core::limits::MAX_TRUST_BYTES;
use ct_core::trust::{
    Epoch, GroupOf, Issuer, IssuerKey, Log, LogKey, Policy, RootKey, RootKeys, StatusBinding, Window, Windows, Witness,
    WitnessKey,
};
use ct_core::{Code, KeyName, PublicKey, Seconds, SignatureType, Timestamp, Trust, TrustRoot, VerifierKey};
use ct_keys::{KeyFile, trust_file};
use std::path::Path;

/// What a new trust root says, apart from its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustPlan {
    /// What people call it.
    pub name: String,
    /// The issuer's ID (`iss`).
    pub issuer: String,
    /// What people call the issuer.
    pub issuer_name: String,
    /// The document types it may issue; at least one.
    pub types: Vec<String>,
    /// How many of the witnesses must have cosigned.
    pub quorum: u64,
    /// When it, and every key in it, begins to count.
    pub issued: Timestamp,
    /// When it ends; it can be renewed.
    pub expires: Timestamp,
    /// When its keys end.
    pub keys_until: Timestamp,
    /// How old the newest evidence in a bundle may be in mode strict.
    pub evidence: Seconds,
    /// How old the status list in a bundle may be in mode strict.
    pub status: Seconds,
    /// It shows how things work and proves nothing.
    pub example: bool,
}

/// The keys of a deployment.
#[derive(Clone, Copy, Debug)]
pub struct Party<'a> {
    /// Signs the trust root and the log's genesis.
    pub root: &'a KeyFile,
    /// Signs checkpoints; its name is the origin.
    pub log: &'a KeyFile,
    /// Cosign checkpoints.
    pub witnesses: &'a [KeyFile],
    /// Signs document statements.
    pub issuer: &'a KeyFile,
    /// Signs status lists.
    pub status: &'a KeyFile,
}

/// The trust root that this plan and these keys make, not signed yet. [`TrustRoot::load`] says whether its rules hold.
///
/// # Errors
/// `limit.length` for a root, issuer or status key ID that is too long for a key ID in a statement; `io.key_file` for a
/// witness key of another role; `malformed.field` for a name that is no C2SP key name.
pub fn describe(plan: &TrustPlan, keys: Party<'_>) -> Result<Trust> {
    let window = Window { from: plan.issued, until: plan.keys_until, compromised_from: None };
    let origin = keys.log.id().name();
    let log_key = VerifierKey::new(KeyName::new(origin)?, SignatureType::Ed25519, public(keys.log)?);
    let witnesses = keys.witnesses.iter().map(|key| {
        let verifier = witness::verifier(key)?;
        Ok(Witness { name: verifier.name().clone(), keys: vec![WitnessKey { verifier, window }] })
    });
    let witnesses = witnesses.collect::<Result<Vec<_>>>()?;
    let members = witnesses.iter().map(|witness| witness.name.as_str().to_owned()).collect();
    let group = GroupOf { name: QUORUM.to_owned(), threshold: plan.quorum, members };
    let of_issuer = |key: &KeyFile| -> Result<IssuerKey> {
        Ok(IssuerKey { kid: kid(key.id())?, key: public(key)?, window, overlap: DAY })
    };
    let status = StatusBinding { uri_prefix: status_prefix(&plan.issuer), keys: vec![of_issuer(keys.status)?] };
    Ok(Trust {
        name: plan.name.clone(),
        root_version: 1,
        issued: plan.issued,
        expires: plan.expires,
        example: plan.example,
        root: RootKeys { keys: vec![RootKey { kid: kid(keys.root.id())?, key: public(keys.root)? }], threshold: 1 },
        logs: vec![Log {
            origin: origin.to_owned(),
            keys: vec![LogKey { verifier: log_key, window }],
            pins: Vec::new(),
            equivocated: None,
        }],
        witnesses,
        epochs: vec![Epoch {
            from: plan.issued,
            until: plan.keys_until.plus(Seconds::new(1)),
            groups: vec![group],
            quorum: QUORUM.to_owned(),
            max_anchor_delay: DAY,
        }],
        issuers: vec![Issuer {
            id: plan.issuer.clone(),
            name: plan.issuer_name.clone(),
            keys: vec![of_issuer(keys.issuer)?],
            types: plan.types.clone(),
            status: vec![status],
            revoked_from: None,
        }],
        policy: Policy {
            clock_skew: Seconds::new(300),
            strict: Windows { evidence: plan.evidence, status: plan.status, trust: Seconds::new(0) },
            grace: Windows {
                evidence: Seconds::new(plan.evidence.get().saturating_mul(2)),
                status: Seconds::new(plan.status.get().saturating_mul(4)),
                trust: days(30),
            },
        },
        revocations: Vec::new(),
    })
}

/// The two files of a trust root: `trust.toml` to edit and `trust.cbor` to verify with.
///
/// # Errors
/// `malformed.trust_file` if the first cannot be written; codes of class `trust` if the second would not load.
pub fn files(trust: &Trust, root: &KeyFile) -> Result<(String, Vec<u8>)> {
    let toml = trust_file::print(trust)
        .map_err(|error| Error::new(Code::MalformedTrustFile, "trust.toml", error.to_string(), "use other names"))?;
    let cbor = trust_file::sign(trust, &[root]);
    load(&cbor, Path::new("trust.cbor"))?;
    Ok((toml, cbor))
}

/// Reads a `trust.cbor`.
///
/// # Errors
/// `io.*`, `trust.size`; those of [`load`].
pub fn read(path: &Path) -> Result<TrustRoot> {
    load(&read_bytes(path)?, path)
}

/// The bytes of a `trust.cbor`, whatever they are.
///
/// # Errors
/// `io.*`, `trust.size`.
pub(crate) fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    read_at_most(path, MAX_TRUST_BYTES).map_err(|error| match error.code() {
        Code::LimitLength => Error::new(Code::TrustSize, shown(path), error.what(), "name a trust root"),
        _ => error,
    })
}

/// Loads a `trust.cbor` from its bytes; `path` is for messages.
///
/// # Errors
/// Those of [`TrustRoot::load`].
pub fn load(bytes: &[u8], path: &Path) -> Result<TrustRoot> {
    let next = "make it again from trust.toml: ct trust build";
    TrustRoot::load(bytes).map_err(|error| Error::refused(error, shown(path), "is no usable trust root", next))
}

/// The issuer whose document key this is.
///
/// # Errors
/// `unknown.issuer_key`.
pub fn issuer_of<'a>(trust: &'a Trust, key: &KeyFile) -> Result<&'a Issuer> {
    let public = public(key)?;
    let named = trust.issuers.iter().find(|issuer| issuer.keys.iter().any(|known| known.key == public));
    named.ok_or_else(|| {
        let what = "is the key of no issuer in the trust root";
        let next = "use the issuer's own key; or put it into trust.toml and run: ct trust build";
        Error::new(Code::UnknownIssuerKey, key.id(), what, next)
    })
}

/// The origin of the one log that a trust root is about.
///
/// # Errors
/// `unknown.log` if it names several, or none.
pub fn origin(trust: &Trust) -> Result<&str> {
    match trust.logs.as_slice() {
        [log] => Ok(&log.origin),
        logs => {
            let what = format!("names {} logs, and which one is meant cannot be told", logs.len());
            Err(Error::new(Code::UnknownLog, "the trust root", what, "use one that names one log"))
        }
    }
}

/// What the URIs of an issuer's status lists begin with.
#[must_use]
pub fn status_prefix(issuer: &str) -> String {
    let scheme = if issuer.contains("://") { "" } else { "https://" };
    format!("{scheme}{issuer}/status/")
}

/// A number of days.
#[must_use]
pub const fn days(days: u64) -> Seconds {
    Seconds::new(days.saturating_mul(86_400))
}

fn public(key: &KeyFile) -> Result<PublicKey> {
    Ok(PublicKey::from_bytes(key.public().verifying_key().as_bytes())?)
}

const QUORUM: &str = "witnesses";
const DAY: Seconds = days(1);
