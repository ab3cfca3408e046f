//! Whom the examples trust: one root, one log, three witnesses of which two make a quorum, three issuers.
//!
//! Every value is fixed. The windows last twenty years so that the examples verify with any clock until then, which no
//! real trust root may allow; `example: true` says so.

use crate::key;
use crate::note::LineKey;
use ct_core::trust::{
    Epoch, GroupOf, Issuer, IssuerKey, Log, LogKey, Policy, RootKey, RootKeys, RootSignature, StatusBinding, Window,
    Windows, Witness, WitnessKey, encode_signed, encode_trust, root_signature_input,
};
use ct_core::{KeyName, Seconds, SignatureType, Timestamp, Trust, TrustRoot};

/// The log's origin, which is also its key's name.
pub const ORIGIN: &str = "log.example/2026";
/// The witnesses' key names.
pub const WITNESSES: [&str; 3] = ["witness.north.example", "witness.south.example", "witness.west.example"];
/// The issuer of diplomas.
pub const UNIVERSITY: &str = "https://university.example";
/// The issuer of land-registry extracts.
pub const REGISTRY: &str = "https://land-registry.example";
/// The issuer of certificates.
pub const CITY: &str = "https://city.example";
/// The root key's ID.
pub const ROOT: &str = "root-1";

/// 2026-11-01T00:00:00Z: from when on everything is in force.
pub const BEGIN: u64 = 1_793_491_200;
/// 2047-01-01T00:00:00Z: when everything ends.
pub const END: u64 = 2_429_913_600;
/// 2026-11-20T08:00:00Z: when the examples say they were issued.
pub const ISSUED: u64 = 1_795_161_600;
/// When the quorum had seen the examples: the second of the three witnesses.
pub const ANCHORED: u64 = ISSUED + 75;
/// How far clocks may differ.
pub const SKEW: u64 = 300;
/// How long after its issue time a statement may be anchored.
pub const MAX_ANCHOR_DELAY: u64 = DAY;
/// How long after a key's end what it signed may be anchored.
pub const OVERLAP: u64 = 30 * DAY;
/// Seconds in a day.
pub const DAY: u64 = 86_400;

/// So many seconds after 1970.
///
/// # Panics
/// Beyond the year 9999.
#[must_use]
pub fn time(seconds: u64) -> Timestamp {
    Timestamp::from_seconds(seconds).expect("an example's time is before 10000")
}

/// What the example trust root says.
#[must_use]
pub fn trust() -> Trust {
    Trust {
        name: "City of Example".to_owned(),
        root_version: 1,
        issued: time(BEGIN),
        expires: time(END),
        example: true,
        root: RootKeys { keys: vec![root_key(ROOT)], threshold: 1 },
        logs: vec![log(ORIGIN)],
        witnesses: WITNESSES.map(witness).to_vec(),
        epochs: vec![epoch()],
        issuers: vec![
            issuer(UNIVERSITY, "University of Example", "university-2026", "diploma"),
            issuer(REGISTRY, "Land Registry of Example", "registry-2026", "land-registry-extract"),
            issuer(CITY, "City of Example", "city-2026", "certificate"),
        ],
        policy: policy(),
        revocations: vec![],
    }
}

/// A root key; its ID is its example name.
#[must_use]
pub fn root_key(kid: &str) -> RootKey {
    RootKey { kid: kid.as_bytes().to_vec(), key: key::public(kid) }
}

/// A log whose key bears its origin as name.
#[must_use]
pub fn log(origin: &str) -> Log {
    Log { origin: origin.to_owned(), keys: vec![log_key(&LineKey::new(origin))], pins: vec![], equivocated: None }
}

/// A log's key.
#[must_use]
pub fn log_key(key: &LineKey) -> LogKey {
    LogKey { verifier: key.verifier(SignatureType::Ed25519), window: window() }
}

/// A witness with one key.
///
/// # Panics
/// If `name` is no key name.
#[must_use]
pub fn witness(name: &str) -> Witness {
    let key = witness_key(&LineKey::new(name));
    Witness { name: KeyName::new(name).expect("an example's key name is one"), keys: vec![key] }
}

/// A witness's key.
#[must_use]
pub fn witness_key(key: &LineKey) -> WitnessKey {
    WitnessKey { verifier: key.verifier(SignatureType::Cosignature), window: window() }
}

/// An issuer with one document key, named `kid`, one document type, and one status key, named `kid`-status.
#[must_use]
pub fn issuer(id: &str, name: &str, kid: &str, document_type: &str) -> Issuer {
    Issuer {
        id: id.to_owned(),
        name: name.to_owned(),
        keys: vec![issuer_key(kid)],
        types: vec![document_type.to_owned()],
        status: vec![StatusBinding {
            uri_prefix: format!("{id}/status/"),
            keys: vec![issuer_key(&format!("{kid}-status"))],
        }],
        revoked_from: None,
    }
}

/// An issuer's key; its ID is its example name.
#[must_use]
pub fn issuer_key(kid: &str) -> IssuerKey {
    IssuerKey { kid: kid.as_bytes().to_vec(), key: key::public(kid), window: window(), overlap: Seconds::new(OVERLAP) }
}

/// From [`BEGIN`] to [`END`].
#[must_use]
pub fn window() -> Window {
    Window { from: time(BEGIN), until: time(END), compromised_from: None }
}

/// Two of the three witnesses, from [`BEGIN`] to [`END`].
#[must_use]
pub fn epoch() -> Epoch {
    let members = WITNESSES.map(ToOwned::to_owned).to_vec();
    Epoch {
        from: time(BEGIN),
        until: time(END),
        groups: vec![GroupOf { name: "any-two".to_owned(), threshold: 2, members }],
        quorum: "any-two".to_owned(),
        max_anchor_delay: Seconds::new(MAX_ANCHOR_DELAY),
    }
}

/// Freshness windows of more than twenty years.
#[must_use]
pub fn policy() -> Policy {
    let years = |strict: u64, trust: u64| Windows {
        evidence: Seconds::new(strict),
        status: Seconds::new(strict),
        trust: Seconds::new(trust),
    };
    Policy { clock_skew: Seconds::new(SKEW), strict: years(7_400 * DAY, 0), grace: years(7_800 * DAY, 365 * DAY) }
}

/// The trust root's file, signed by its root key.
#[must_use]
pub fn sign(trust: &Trust) -> Vec<u8> {
    sign_payload(&encode_trust(trust), &[ROOT])
}

/// A trust root's file with this payload, whatever it says, signed by these root keys.
#[must_use]
pub fn sign_payload(payload: &[u8], kids: &[&str]) -> Vec<u8> {
    let signature = |kid: &&str| RootSignature {
        kid: kid.as_bytes().to_vec(),
        signature: key::sign(kid, &root_signature_input(payload, kid.as_bytes())),
    };
    encode_signed(payload, &kids.iter().map(signature).collect::<Vec<_>>())
}

/// The trust root that says so.
///
/// # Panics
/// If it breaks a rule.
#[must_use]
pub fn root(trust: &Trust) -> TrustRoot {
    TrustRoot::load(&sign(trust)).expect("the example trust root keeps the rules")
}
