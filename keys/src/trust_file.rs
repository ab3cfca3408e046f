//! `trust.toml`: the form in which people edit a trust root, before it is signed and carried as `trust.cbor`.
//!
//! What each field means is in `specs/trust.cddl`; this file has the same fields under the same names, with times as
//! RFC 3339 texts, lengths of time as texts such as `"90d"` (s, m, h, d), keys in base64, and log and witness keys as
//! C2SP verifier keys. Unknown fields are refused.

mod import;

pub use import::import_policy;

use crate::private::KeyFile;
use ct_core::base64;
use ct_core::c2sp::{KeyName, SignatureType, VerifierKey};
use ct_core::limits::MAX_TRUST_BYTES;
use ct_core::report::KeyIdText;
use ct_core::trust::{
    Epoch, GroupOf, Issuer, IssuerKey, Log, LogKey, Pin, Policy, Revocation, Revoked, RootKey, RootKeys, RootSignature,
    StatusBinding, Window, Windows, Witness, WitnessKey, encode_signed, encode_trust, root_signature_input,
};
use ct_core::{Code, Hash, PublicKey, Seconds, Timestamp, TreeSize, Trust};
use ed25519_dalek::Signer;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Reads a `trust.toml`. Whether its rules hold together is found when the signed file is loaded.
///
/// # Errors
/// `limit.length` beyond [`MAX_TRUST_BYTES`], otherwise `malformed.trust_file`.
pub fn parse(text: &str) -> Result<Trust, Error> {
    if text.len() > MAX_TRUST_BYTES {
        return Err(Error { code: Code::LimitLength, what: format!("it has more than {MAX_TRUST_BYTES} bytes") });
    }
    let file: File = toml::from_str(text).map_err(|error| Error::new(error.to_string().trim_end()))?;
    file.resolve()
}

/// The `trust.toml` that says what `trust` says.
///
/// # Errors
/// `malformed.trust_file` if a value has no text form; none that [`parse`] gives is so.
pub fn print(trust: &Trust) -> Result<String, Error> {
    let body = toml::to_string(&File::of(trust)).map_err(|error| Error::new(&error.to_string()))?;
    Ok(format!("{HEADER}{body}"))
}

/// The signed file `trust.cbor`, signed by each of `keys`. Nothing is checked: load it to know whether it is usable.
#[must_use]
pub fn sign(trust: &Trust, keys: &[&KeyFile]) -> Vec<u8> {
    let payload = encode_trust(trust);
    let signatures: Vec<_> = keys.iter().map(|key| root_signature(&payload, key)).collect();
    encode_signed(&payload, &signatures)
}

/// The signature of one root key on a trust root's payload.
#[must_use]
pub fn root_signature(payload: &[u8], key: &KeyFile) -> RootSignature {
    let kid = key.id().to_string().into_bytes();
    let signature = key.signing_key().sign(&root_signature_input(payload, &kid)).to_bytes();
    RootSignature { kid, signature }
}

/// What is wrong with a `trust.toml`, in words for whoever edits it.
#[derive(Debug)]
pub struct Error {
    code: Code,
    what: String,
}

impl Error {
    fn new(what: &str) -> Self {
        Self { code: Code::MalformedTrustFile, what: what.to_owned() }
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Error {}

const HEADER: &str = "\
# Whom a verifier trusts, for what, and when. Edit, then sign:
#
#     ct trust build trust.toml --key keys/root.pem --out trust.cbor
#
# Raise root_version with every change. Times are UTC; lengths of time are numbers with s, m, h or d.

";

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    root_version: u32,
    issued: String,
    expires: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    example: bool,
    root: RootFile,
    policy: PolicyFile,
    #[serde(rename = "log", default)]
    logs: Vec<LogFile>,
    #[serde(rename = "witness", default)]
    witnesses: Vec<WitnessFile>,
    #[serde(rename = "epoch", default)]
    epochs: Vec<EpochFile>,
    #[serde(rename = "issuer", default)]
    issuers: Vec<IssuerFile>,
    #[serde(rename = "revocation", default)]
    revocations: Vec<RevocationFile>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RootFile {
    threshold: u32,
    #[serde(rename = "key")]
    keys: Vec<RootKeyFile>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RootKeyFile {
    kid: String,
    key: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    clock_skew: String,
    strict: StrictFile,
    grace: GraceFile,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct StrictFile {
    evidence: String,
    status: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct GraceFile {
    evidence: String,
    status: String,
    trust: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct VkeyFile {
    vkey: String,
    from: String,
    until: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    compromised_from: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct LogFile {
    origin: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    equivocated: Option<String>,
    #[serde(rename = "key")]
    keys: Vec<VkeyFile>,
    #[serde(rename = "pin", default, skip_serializing_if = "Vec::is_empty")]
    pins: Vec<PinFile>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct PinFile {
    size: u64,
    root: String,
    time: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct WitnessFile {
    name: String,
    #[serde(rename = "key")]
    keys: Vec<VkeyFile>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct EpochFile {
    from: String,
    until: String,
    quorum: String,
    max_anchor_delay: String,
    #[serde(rename = "group", default, skip_serializing_if = "Vec::is_empty")]
    groups: Vec<GroupFile>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct GroupFile {
    name: String,
    threshold: u64,
    members: Vec<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct IssuerFile {
    id: String,
    name: String,
    types: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked_from: Option<String>,
    #[serde(rename = "key")]
    keys: Vec<IssuerKeyFile>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    status: Vec<StatusFile>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct IssuerKeyFile {
    kid: String,
    key: String,
    overlap: String,
    from: String,
    until: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    compromised_from: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct StatusFile {
    uri_prefix: String,
    #[serde(rename = "key")]
    keys: Vec<IssuerKeyFile>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RevocationFile {
    date: String,
    reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    statement: Option<StatementFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<StatusIndexFile>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct StatementFile {
    issuer: String,
    id: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct StatusIndexFile {
    uri: String,
    index: u64,
}

impl File {
    fn resolve(self) -> Result<Trust, Error> {
        let root_keys = self.root.keys.iter().map(|root| Ok(RootKey { kid: kid(&root.kid)?, key: key(&root.key)? }));
        Ok(Trust {
            root_version: self.root_version,
            issued: time("issued", &self.issued)?,
            expires: time("expires", &self.expires)?,
            example: self.example,
            root: RootKeys { keys: all(root_keys)?, threshold: self.root.threshold },
            policy: self.policy.resolve()?,
            logs: all(self.logs.into_iter().map(LogFile::resolve))?,
            witnesses: all(self.witnesses.into_iter().map(WitnessFile::resolve))?,
            epochs: all(self.epochs.into_iter().map(EpochFile::resolve))?,
            issuers: all(self.issuers.into_iter().map(IssuerFile::resolve))?,
            revocations: all(self.revocations.into_iter().map(RevocationFile::resolve))?,
            name: self.name,
        })
    }

    fn of(trust: &Trust) -> Self {
        let root_key =
            |root: &RootKey| RootKeyFile { kid: KeyIdText(&root.kid).to_string(), key: print_key(&root.key) };
        Self {
            name: trust.name.clone(),
            root_version: trust.root_version,
            issued: trust.issued.to_string(),
            expires: trust.expires.to_string(),
            example: trust.example,
            root: RootFile { threshold: trust.root.threshold, keys: trust.root.keys.iter().map(root_key).collect() },
            policy: PolicyFile::of(&trust.policy),
            logs: trust.logs.iter().map(LogFile::of).collect(),
            witnesses: trust.witnesses.iter().map(WitnessFile::of).collect(),
            epochs: trust.epochs.iter().map(EpochFile::of).collect(),
            issuers: trust.issuers.iter().map(IssuerFile::of).collect(),
            revocations: trust.revocations.iter().map(RevocationFile::of).collect(),
        }
    }
}

impl PolicyFile {
    fn resolve(&self) -> Result<Policy, Error> {
        let strict = Windows {
            evidence: seconds("policy.strict.evidence", &self.strict.evidence)?,
            status: seconds("policy.strict.status", &self.strict.status)?,
            trust: Seconds::new(0),
        };
        let grace = Windows {
            evidence: seconds("policy.grace.evidence", &self.grace.evidence)?,
            status: seconds("policy.grace.status", &self.grace.status)?,
            trust: seconds("policy.grace.trust", &self.grace.trust)?,
        };
        Ok(Policy { clock_skew: seconds("policy.clock_skew", &self.clock_skew)?, strict, grace })
    }

    fn of(policy: &Policy) -> Self {
        Self {
            clock_skew: print_seconds(policy.clock_skew),
            strict: StrictFile {
                evidence: print_seconds(policy.strict.evidence),
                status: print_seconds(policy.strict.status),
            },
            grace: GraceFile {
                evidence: print_seconds(policy.grace.evidence),
                status: print_seconds(policy.grace.status),
                trust: print_seconds(policy.grace.trust),
            },
        }
    }
}

impl VkeyFile {
    fn resolve(&self, wanted: SignatureType) -> Result<(VerifierKey, Window), Error> {
        let refused = |why: &str| Error::new(&format!("vkey = \"{}\": {why}", self.vkey));
        let verifier = VerifierKey::parse(&self.vkey).map_err(|error| refused(&error.to_string()))?;
        if verifier.signature_type() != wanted {
            return Err(refused("log keys are of type 01, witness keys of type 04"));
        }
        Ok((verifier, window(&self.from, &self.until, self.compromised_from.as_ref())?))
    }

    fn of(verifier: &VerifierKey, window: &Window) -> Self {
        Self {
            vkey: verifier.to_string(),
            from: window.from.to_string(),
            until: window.until.to_string(),
            compromised_from: window.compromised_from.map(|time| time.to_string()),
        }
    }
}

impl LogFile {
    fn resolve(self) -> Result<Log, Error> {
        let keys = self.keys.iter().map(|file| {
            let (verifier, window) = file.resolve(SignatureType::Ed25519)?;
            Ok(LogKey { verifier, window })
        });
        let pins = self.pins.iter().map(|pin| {
            let size = TreeSize::new(pin.size).map_err(|error| Error::new(&format!("pin.size: {error}")))?;
            let root = hash("pin.root", &pin.root)?;
            Ok(Pin { size, root, time: time("pin.time", &pin.time)? })
        });
        let equivocated = self.equivocated.as_ref().map(|text| time("equivocated", text)).transpose()?;
        Ok(Log { keys: all(keys)?, pins: all(pins)?, equivocated, origin: self.origin })
    }

    fn of(log: &Log) -> Self {
        let pin = |pin: &Pin| PinFile { size: pin.size.get(), root: pin.root.to_string(), time: pin.time.to_string() };
        Self {
            origin: log.origin.clone(),
            equivocated: log.equivocated.map(|time| time.to_string()),
            keys: log.keys.iter().map(|key| VkeyFile::of(&key.verifier, &key.window)).collect(),
            pins: log.pins.iter().map(pin).collect(),
        }
    }
}

impl WitnessFile {
    fn resolve(self) -> Result<Witness, Error> {
        let name = KeyName::new(&self.name).map_err(|error| Error::new(&format!("witness.name: {error}")))?;
        let keys = self.keys.iter().map(|file| {
            let (verifier, window) = file.resolve(SignatureType::Cosignature)?;
            if *verifier.name() != name {
                return Err(Error::new(&format!("vkey = \"{}\": its name is not that of witness {name}", file.vkey)));
            }
            Ok(WitnessKey { verifier, window })
        });
        Ok(Witness { keys: all(keys)?, name })
    }

    fn of(witness: &Witness) -> Self {
        Self {
            name: witness.name.to_string(),
            keys: witness.keys.iter().map(|key| VkeyFile::of(&key.verifier, &key.window)).collect(),
        }
    }
}

impl EpochFile {
    fn resolve(self) -> Result<Epoch, Error> {
        let group = |file: GroupFile| GroupOf { name: file.name, threshold: file.threshold, members: file.members };
        Ok(Epoch {
            from: time("epoch.from", &self.from)?,
            until: time("epoch.until", &self.until)?,
            groups: self.groups.into_iter().map(group).collect(),
            quorum: self.quorum,
            max_anchor_delay: seconds("epoch.max_anchor_delay", &self.max_anchor_delay)?,
        })
    }

    fn of(epoch: &Epoch) -> Self {
        let group = |group: &GroupOf| GroupFile {
            name: group.name.clone(),
            threshold: group.threshold,
            members: group.members.clone(),
        };
        Self {
            from: epoch.from.to_string(),
            until: epoch.until.to_string(),
            quorum: epoch.quorum.clone(),
            max_anchor_delay: print_seconds(epoch.max_anchor_delay),
            groups: epoch.groups.iter().map(group).collect(),
        }
    }
}

impl IssuerKeyFile {
    fn resolve(&self) -> Result<IssuerKey, Error> {
        Ok(IssuerKey {
            kid: kid(&self.kid)?,
            key: key(&self.key)?,
            window: window(&self.from, &self.until, self.compromised_from.as_ref())?,
            overlap: seconds("overlap", &self.overlap)?,
        })
    }

    fn of(issuer_key: &IssuerKey) -> Self {
        Self {
            kid: KeyIdText(&issuer_key.kid).to_string(),
            key: print_key(&issuer_key.key),
            overlap: print_seconds(issuer_key.overlap),
            from: issuer_key.window.from.to_string(),
            until: issuer_key.window.until.to_string(),
            compromised_from: issuer_key.window.compromised_from.map(|time| time.to_string()),
        }
    }
}

impl IssuerFile {
    fn resolve(self) -> Result<Issuer, Error> {
        let status = self.status.into_iter().map(|file| {
            let keys = all(file.keys.iter().map(IssuerKeyFile::resolve))?;
            Ok(StatusBinding { uri_prefix: file.uri_prefix, keys })
        });
        Ok(Issuer {
            keys: all(self.keys.iter().map(IssuerKeyFile::resolve))?,
            status: all(status)?,
            revoked_from: self.revoked_from.as_ref().map(|text| time("revoked_from", text)).transpose()?,
            id: self.id,
            name: self.name,
            types: self.types,
        })
    }

    fn of(issuer: &Issuer) -> Self {
        let binding = |binding: &StatusBinding| StatusFile {
            uri_prefix: binding.uri_prefix.clone(),
            keys: binding.keys.iter().map(IssuerKeyFile::of).collect(),
        };
        Self {
            id: issuer.id.clone(),
            name: issuer.name.clone(),
            types: issuer.types.clone(),
            revoked_from: issuer.revoked_from.map(|time| time.to_string()),
            keys: issuer.keys.iter().map(IssuerKeyFile::of).collect(),
            status: issuer.status.iter().map(binding).collect(),
        }
    }
}

impl RevocationFile {
    fn resolve(self) -> Result<Revocation, Error> {
        let what = match (self.subject, self.statement, self.status) {
            (Some(subject), None, None) => Revoked::Subject(hash("revocation.subject", &subject)?),
            (None, Some(statement), None) => Revoked::Statement { issuer: statement.issuer, id: statement.id },
            (None, None, Some(status)) => Revoked::Status { uri: status.uri, index: status.index },
            _ => return Err(Error::new("revocation: name exactly one of subject, statement, status")),
        };
        Ok(Revocation { what, date: time("revocation.date", &self.date)?, reason: self.reason })
    }

    fn of(revocation: &Revocation) -> Self {
        let (mut subject, mut statement, mut status) = (None, None, None);
        match &revocation.what {
            Revoked::Subject(hash) => subject = Some(hash.to_string()),
            Revoked::Statement { issuer, id } => {
                statement = Some(StatementFile { issuer: issuer.clone(), id: id.clone() });
            }
            Revoked::Status { uri, index } => status = Some(StatusIndexFile { uri: uri.clone(), index: *index }),
        }
        let (date, reason) = (revocation.date.to_string(), revocation.reason.clone());
        Self { date, reason, subject, statement, status }
    }
}

fn all<T>(items: impl Iterator<Item = Result<T, Error>>) -> Result<Vec<T>, Error> {
    items.collect()
}

fn window(from: &str, until: &str, compromised_from: Option<&String>) -> Result<Window, Error> {
    let compromised_from = compromised_from.map(|text| time("compromised_from", text)).transpose()?;
    Ok(Window { from: time("from", from)?, until: time("until", until)?, compromised_from })
}

fn time(field: &str, text: &str) -> Result<Timestamp, Error> {
    let refused = |_| Error::new(&format!("{field} = \"{text}\": write a time like 2026-11-20T08:00:00Z"));
    Timestamp::parse(text).map_err(refused)
}

fn hash(field: &str, text: &str) -> Result<Hash, Error> {
    let refused = |_| Error::new(&format!("{field} = \"{text}\": write 64 lower-case hexadecimal digits"));
    Hash::from_hex(text).map_err(refused)
}

fn key(text: &str) -> Result<PublicKey, Error> {
    let refused = |why: &str| Error::new(&format!("key = \"{text}\": {why}"));
    let bytes = base64::decode(text, 32).map_err(|_| refused("write the 32 bytes of an Ed25519 key in base64"))?;
    let bytes = bytes.as_slice().try_into().map_err(|_| refused("an Ed25519 key has 32 bytes"))?;
    PublicKey::from_bytes(bytes).map_err(|_| refused("not a usable Ed25519 key"))
}

fn print_key(key: &PublicKey) -> String {
    base64::encode(key.as_bytes())
}

/// The inverse of [`KeyIdText`].
fn kid(text: &str) -> Result<Vec<u8>, Error> {
    let Some(digits) = text.strip_prefix("hex:") else { return Ok(text.as_bytes().to_owned()) };
    let refused = || Error::new(&format!("kid = \"{text}\": write pairs of hexadecimal digits after hex:"));
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2);
            pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()).ok_or_else(refused)
        })
        .collect()
}

const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

fn seconds(field: &str, text: &str) -> Result<Seconds, Error> {
    let refused = || Error::new(&format!("{field} = \"{text}\": write a number and one of s, m, h, d, like 90d"));
    let length = UNITS.iter().find_map(|(unit, seconds)| {
        let number = text.strip_suffix(*unit).filter(|number| number.bytes().all(|digit| digit.is_ascii_digit()))?;
        number.parse::<u64>().ok()?.checked_mul(*seconds)
    });
    length.map(Seconds::new).ok_or_else(refused)
}

/// In the largest unit that says it exactly.
fn print_seconds(length: Seconds) -> String {
    let length = length.get();
    let unit = UNITS.iter().find(|(_, seconds)| length.is_multiple_of(*seconds) && length > 0);
    unit.map_or_else(|| "0s".to_owned(), |(unit, seconds)| format!("{}{unit}", length / seconds))
}
