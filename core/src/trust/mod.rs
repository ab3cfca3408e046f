//! The trust root: whom a verifier trusts, for what, and when. Format: `specs/trust.cddl`.
//!
//! [`Trust`] is a description that anybody can write; [`TrustRoot`] is one that enough of its own root keys have signed
//! and whose rules do not contradict each other. Only [`TrustRoot::load`] makes one, and only a trust root verifies.

mod decode;
mod encode;
mod quorum;
mod rules;

pub use encode::{RootSignature, encode_signed, encode_trust, root_signature_input};
pub use quorum::Quorum;

use crate::c2sp::{Checkpoint, KeyName, VerifierKey};
use crate::code::Code;
use crate::ed25519::PublicKey;
use crate::error::Error;
use crate::hash::Hash;
use crate::limits::MAX_TRUST_BYTES;
use crate::merkle::TreeSize;
use crate::time::{Seconds, Timestamp};
use alloc::string::String;
use alloc::vec::Vec;

/// What a trust root says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// What people call it.
    pub name: String,
    /// Its number: each new one is one greater.
    pub root_version: u32,
    /// In force from this time.
    pub issued: Timestamp,
    /// In force before this time.
    pub expires: Timestamp,
    /// The private halves of its keys are public: it shows how things work and proves nothing.
    pub example: bool,
    /// The keys that may sign it.
    pub root: RootKeys,
    /// The logs whose checkpoints count.
    pub logs: Vec<Log>,
    /// The witnesses whose cosignatures count.
    pub witnesses: Vec<Witness>,
    /// Which witnesses were needed when: ascending, not overlapping.
    pub epochs: Vec<Epoch>,
    /// Whose statements count.
    pub issuers: Vec<Issuer>,
    /// The freshness windows.
    pub policy: Policy,
    /// What is revoked, in every mode.
    pub revocations: Vec<Revocation>,
}

/// The root keys, and how many of them must sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootKeys {
    /// Distinct keys with distinct IDs.
    pub keys: Vec<RootKey>,
    /// 1 <= threshold <= number of keys.
    pub threshold: u32,
}

/// One root key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootKey {
    /// Selects the key.
    pub kid: Vec<u8>,
    /// Decides.
    pub key: PublicKey,
}

/// When a key counts. Keys are judged at the anchoring time, never at the time of verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First second.
    pub from: Timestamp,
    /// Last second.
    pub until: Timestamp,
    /// What is signed with the key from this time on does not count; if it does not state its own time, ever.
    pub compromised_from: Option<Timestamp>,
}

/// A transparency log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// The first line of its checkpoints.
    pub origin: String,
    /// Its checkpoint keys (C2SP type 01).
    pub keys: Vec<LogKey>,
    /// Checkpoints that the trust root vouches for.
    pub pins: Vec<Pin>,
    /// The log has shown two histories: only pinned checkpoints count.
    pub equivocated: Option<Timestamp>,
}

/// A log's checkpoint key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogKey {
    /// The key with its name on signature lines, which is normally the origin.
    pub verifier: VerifierKey,
    /// When it counts.
    pub window: Window,
}

/// A checkpoint that the trust root vouches for, and when it was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Number of entries.
    pub size: TreeSize,
    /// Root of the tree of that size.
    pub root: Hash,
    /// The checkpoint existed at this time.
    pub time: Timestamp,
}

/// A witness. However many keys it has, it counts once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The key name on signature lines.
    pub name: KeyName,
    /// Its cosignature keys (C2SP type 04).
    pub keys: Vec<WitnessKey>,
}

/// A witness's cosignature key, judged at the time its cosignature states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessKey {
    /// The key, under the witness's name.
    pub verifier: VerifierKey,
    /// When it counts. A compromised key never counts: its holder can state any time.
    pub window: Window,
}

/// The quorum in force for what is anchored in `from..until`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Epoch {
    /// First second.
    pub from: Timestamp,
    /// First second after it.
    pub until: Timestamp,
    /// Groups of witnesses and of groups before them.
    pub groups: Vec<GroupOf>,
    /// The group or witness that must have cosigned.
    pub quorum: String,
    /// How long after its issue time a statement may be anchored.
    pub max_anchor_delay: Seconds,
}

/// A named k-of-n group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupOf {
    /// Shared with no witness or other group of the epoch.
    pub name: String,
    /// k.
    pub threshold: u64,
    /// n names.
    pub members: Vec<String>,
}

/// A body that issues documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// The statement's `iss`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its document keys.
    pub keys: Vec<IssuerKey>,
    /// The document types it is trusted for.
    pub types: Vec<String>,
    /// Who signs its status lists, and where they live.
    pub status: Vec<StatusBinding>,
    /// What is anchored at or after this time fails.
    pub revoked_from: Option<Timestamp>,
}

/// A key of an issuer: for documents or for status lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerKey {
    /// Selects the key among the issuer's.
    pub kid: Vec<u8>,
    /// The key.
    pub key: PublicKey,
    /// When it counts.
    pub window: Window,
    /// How long after `until` what it signed may still be anchored.
    pub overlap: Seconds,
}

/// Which keys sign the status lists under a URI prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusBinding {
    /// Every status URI of this binding begins so.
    pub uri_prefix: String,
    /// The status keys.
    pub keys: Vec<IssuerKey>,
}

/// How fresh evidence must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How far clocks may differ.
    pub clock_skew: Seconds,
    /// Windows of mode `strict`; the trust root has none there.
    pub strict: Windows,
    /// Windows of mode `grace`: each at least as wide as in `strict`.
    pub grace: Windows,
}

/// How old evidence, status and trust root may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// Age of the newest proven checkpoint.
    pub evidence: Seconds,
    /// Age of the status list.
    pub status: Seconds,
    /// Time after the trust root's expiry.
    pub trust: Seconds,
}

/// Something that is no longer valid, in every mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// What is revoked.
    pub what: Revoked,
    /// When that was decided.
    pub date: Timestamp,
    /// Why, for people.
    pub reason: String,
}

/// What a revocation names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// One document, by its subject's hash.
    Subject(Hash),
    /// All documents of one statement.
    Statement {
        /// The issuer's ID.
        issuer: String,
        /// The statement's ID (`sub`).
        id: String,
    },
    /// The document with this status reference.
    Status {
        /// The status list's URI.
        uri: String,
        /// The index in it.
        index: u64,
    },
}

/// A trust root on its way from one signer to the next: its rules hold together, its signatures may not be enough yet.
#[derive(Clone, Debug)]
pub struct TrustDraft {
    trust: Trust,
    payload: Vec<u8>,
    signatures: Vec<RootSignature>,
}

impl TrustDraft {
    /// Reads a trust root whose signatures are few or none of its own root keys'.
    ///
    /// # Errors
    /// As [`TrustRoot::load`], except `trust.threshold`.
    pub fn load(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_TRUST_BYTES {
            return Err(Error::new(Code::TrustSize, "trust"));
        }
        let (trust, signed) = decode::decode(bytes)?;
        rules::check(&trust)?;
        signed.good(&trust.root)?;
        Ok(Self { trust, payload: signed.payload().to_vec(), signatures: signed.signatures() })
    }

    /// What it says.
    #[must_use]
    pub const fn trust(&self) -> &Trust {
        &self.trust
    }

    /// The bytes that root keys sign, see [`root_signature_input`].
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The signatures so far; those by keys that are not root keys of this one may be of the one before.
    #[must_use]
    pub fn signatures(&self) -> &[RootSignature] {
        &self.signatures
    }

    /// How many signatures of its own root keys are missing.
    #[must_use]
    pub fn missing(&self) -> u32 {
        let own = |by: &&RootSignature| self.trust.root.keys.iter().any(|key| key.kid == by.kid);
        let good = u32::try_from(self.signatures.iter().filter(own).count()).unwrap_or(u32::MAX);
        self.trust.root.threshold.saturating_sub(good)
    }

    /// The file with one signature more; a signature of the same key is replaced.
    #[must_use]
    pub fn signed_too(&self, by: RootSignature) -> Vec<u8> {
        let others = self.signatures.iter().filter(|other| other.kid != by.kid).cloned();
        let all: Vec<_> = others.chain([by.clone()]).collect();
        encode_signed(&self.payload, &all)
    }
}

/// A trust root that enough of its own root keys have signed and whose rules hold together.
#[derive(Clone, Debug)]
pub struct TrustRoot {
    trust: Trust,
    quorums: Vec<Quorum>,
    hash: Hash,
    /// Number and hash of the trust roots that this one was proven to follow, oldest first.
    ancestors: Vec<(u32, Hash)>,
}

impl TrustRoot {
    /// Reads a signed trust root and checks its signatures and its rules; not its dates, which depend on the mode.
    ///
    /// First use is the caller's decision: these bytes are trusted because somebody chose them.
    ///
    /// # Errors
    /// Codes of class `trust`: `trust.size`, `trust.kind`, `trust.version`, `trust.malformed`, `trust.signature`, `trust.threshold`,
    /// `trust.weak_key`, `trust.key_reuse`, `trust.duplicate`, `trust.policy`.
    pub fn load(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_TRUST_BYTES {
            return Err(Error::new(Code::TrustSize, "trust"));
        }
        let (trust, signed) = decode::decode(bytes)?;
        let quorums = rules::check(&trust)?;
        signed.check(&trust.root)?;
        Ok(Self { trust, quorums, hash: Hash::of(bytes), ancestors: Vec::new() })
    }

    /// Reads the trust root that follows this one: numbered one greater, and signed by enough of the root keys of both.
    ///
    /// # Errors
    /// As [`TrustRoot::load`]; `trust.rollback` if it is not newer, `trust.chain` if one between is missing,
    /// `trust.threshold` and `trust.signature` also for the keys of this one.
    pub fn load_successor(&self, bytes: &[u8]) -> Result<Self, Error> {
        let mut next = Self::load(bytes)?;
        if next.trust.root_version <= self.trust.root_version {
            return Err(Error::new(Code::TrustRollback, "root_version"));
        }
        if next.trust.root_version - self.trust.root_version > 1 {
            return Err(Error::new(Code::TrustChain, "root_version"));
        }
        let (_, signed) = decode::decode(bytes)?;
        signed.check(&self.trust.root)?;
        next.ancestors.clone_from(&self.ancestors);
        next.ancestors.push((self.trust.root_version, self.hash));
        Ok(next)
    }

    /// Whether a verifier that last used the trust root of this number and hash may go on with this one.
    ///
    /// # Errors
    /// `trust.rollback` if this one is older, or differs under the same number; `trust.chain` if it is newer and was
    /// not proven to follow.
    pub fn follows(&self, version: u32, hash: Hash) -> Result<(), Error> {
        let known = (version, hash);
        if known == (self.trust.root_version, self.hash) || self.ancestors.contains(&known) {
            return Ok(());
        }
        let code = if version >= self.trust.root_version { Code::TrustRollback } else { Code::TrustChain };
        Err(Error::new(code, "root_version"))
    }

    /// What it says.
    #[must_use]
    pub const fn trust(&self) -> &Trust {
        &self.trust
    }

    /// SHA-256 of the file: what two people compare to know that they trust the same.
    #[must_use]
    pub const fn hash(&self) -> Hash {
        self.hash
    }

    /// The epochs, each with its quorum.
    pub fn epochs(&self) -> impl Iterator<Item = (&Epoch, &Quorum)> {
        self.trust.epochs.iter().zip(&self.quorums)
    }

    /// The log of this origin.
    #[must_use]
    pub fn log(&self, origin: &str) -> Option<&Log> {
        self.trust.logs.iter().find(|log| log.origin == origin)
    }

    /// The issuer of this ID.
    #[must_use]
    pub fn issuer(&self, id: &str) -> Option<&Issuer> {
        self.trust.issuers.iter().find(|issuer| issuer.id == id)
    }
}

impl Window {
    /// Whether the key counts at `time`, compromise aside.
    #[must_use]
    pub fn contains(&self, time: Timestamp) -> bool {
        self.from <= time && time <= self.until
    }
}

impl Epoch {
    /// Whether the epoch's rules are those for what is anchored at `time`.
    #[must_use]
    pub fn contains(&self, time: Timestamp) -> bool {
        self.from <= time && time < self.until
    }
}

impl Log {
    /// The pin that vouches for this checkpoint.
    #[must_use]
    pub fn pin(&self, checkpoint: &Checkpoint) -> Option<Pin> {
        self.pins.iter().copied().find(|pin| pin.size == checkpoint.size() && pin.root == checkpoint.root())
    }
}

impl IssuerKey {
    /// Whether what the key signed counts, if it was anchored at `time`.
    ///
    /// # Errors
    /// `revoked.issuer_key`, `not_yet_valid.issuer_key`, `expired.issuer_key`, about `field`.
    pub fn judge(&self, time: Timestamp, field: &'static str) -> Result<(), Error> {
        let code = if self.window.compromised_from.is_some_and(|from| time >= from) {
            Code::RevokedIssuerKey
        } else if time < self.window.from {
            Code::NotYetValidIssuerKey
        } else if time > self.window.until.plus(self.overlap) {
            Code::ExpiredIssuerKey
        } else {
            return Ok(());
        };
        Err(Error::new(code, field))
    }
}

impl Issuer {
    /// The document key of this ID.
    #[must_use]
    pub fn key(&self, kid: &[u8]) -> Option<&IssuerKey> {
        self.keys.iter().find(|key| key.kid == kid)
    }
}
