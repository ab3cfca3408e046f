//! The state's few single values, in one record.

use super::tables::{META, opened, sealed};
use crate::command::Seal;
use crate::envelope::Envelope;
use crate::error::{Error, Result};
use ct_core::cbor::{Reader, Writer};
use ct_core::limits::{MAX_NAME_BYTES, MAX_NOTE_BYTES, MAX_TRUST_BYTES};
use ct_core::{Code, CompactRange, Hash, PublicKey, TreeSize, TrustRoot};
use std::sync::Arc;

/// Everything about the state that does not grow with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// The log's origin.
    pub origin: String,
    /// The tree of all entries.
    pub tree: CompactRange,
    /// What may be signed.
    pub sealed: Seal,
    /// What is final.
    pub anchored: Anchored,
    /// The trust root in force.
    pub trust: Arc<TrustInForce>,
    /// A hash over every command and answer so far: equal on two nodes whose states are equal (R11.5).
    pub history: Hash,
}

/// The newest checkpoint that a quorum of witnesses has cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchored {
    /// What was cosigned; of size 0 before the first.
    pub seal: Seal,
    /// The signature lines of the witnesses, as they were committed: to be verified before they are published.
    pub signatures: String,
}

/// A trust root with its bytes.
#[derive(Clone, Debug)]
pub struct TrustInForce {
    bytes: Vec<u8>,
    root: TrustRoot,
}

impl TrustInForce {
    /// Loads it.
    ///
    /// # Errors
    /// Those of [`TrustRoot::load`].
    pub fn load(bytes: &[u8]) -> std::result::Result<Self, ct_core::Error> {
        Ok(Self { bytes: bytes.to_vec(), root: TrustRoot::load(bytes)? })
    }

    /// Loads the one that follows it.
    ///
    /// # Errors
    /// Those of [`TrustRoot::load_successor`].
    pub fn successor(&self, bytes: &[u8]) -> std::result::Result<Self, ct_core::Error> {
        Ok(Self { bytes: bytes.to_vec(), root: self.root.load_successor(bytes)? })
    }

    /// As it was signed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its root key with this key ID: who may say which clients there are.
    #[must_use]
    pub fn root_key(&self, kid: &[u8]) -> Option<&PublicKey> {
        self.root.trust().root.keys.iter().find(|known| known.kid == kid).map(|known| &known.key)
    }

    /// What it says.
    #[must_use]
    pub const fn root(&self) -> &TrustRoot {
        &self.root
    }
}

impl PartialEq for TrustInForce {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for TrustInForce {}

impl Meta {
    /// Whether a root key of the trust root in force has signed this request.
    pub(super) fn check_root(&self, envelope: &Envelope<'_>) -> std::result::Result<(), Code> {
        let root = self.trust.root_key(envelope.kid).ok_or(Code::UnknownClient)?;
        envelope.check_signature(&self.origin, root).map_err(|error| error.code())
    }

    /// Demands that something has become final since the log was restored, if it was: before, its witnesses may find that
    /// it must not go on, and what it took would be lost.
    ///
    /// # Errors
    /// `not_anchored.quorum`.
    pub fn check_resumed(&self) -> Result<()> {
        if self.anchored.seal.generation == self.sealed.generation {
            return Ok(());
        }
        let what = "was restored, and its witnesses have not confirmed yet that nothing is missing";
        let next = "send it again later with the same request ID; the operator should read what the log says";
        Err(Error::new(Code::NotAnchoredQuorum, "the log", what, next))
    }

    /// Whether something is sealed that is not final, in this generation.
    pub(super) fn has_open_seal(&self) -> bool {
        self.sealed.size > TreeSize::ZERO && self.anchored.seal != self.sealed
    }

    /// Its bytes.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut w = Writer::new();
        w.array(PARTS).uint(SCHEMA).text(&self.origin);
        w.uint(self.tree.size().get()).array(self.tree.hashes().len());
        for hash in self.tree.hashes() {
            w.bytes(hash.as_bytes());
        }
        write_seal(&mut w, &self.sealed);
        w.array(2);
        write_seal(&mut w, &self.anchored.seal);
        w.text(&self.anchored.signatures);
        w.bytes(&self.trust.bytes).bytes(self.history.as_bytes());
        sealed(META, w.finish())
    }

    /// Reads it and its checksum.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        let bad = |_| damaged("its summary is not what was written");
        let mut r = Reader::new(opened(META, bytes)?);
        let mut read = || {
            // Other versions have another number of parts.
            let parts = r.array("meta", MAX_PARTS)?;
            if r.uint("schema")? != SCHEMA {
                return Err(ct_core::Error::new(Code::UnsupportedVersion, "schema"));
            }
            if parts != PARTS {
                return Err(ct_core::Error::new(Code::MalformedField, "meta"));
            }
            let origin = r.text("origin", MAX_NAME_BYTES)?.to_owned();
            let size = TreeSize::new(r.uint("size")?)?;
            let count = r.array("hashes", MAX_PEAKS)?;
            let hashes = (0..count).map(|_| Ok(Hash::new(*r.bytes_exact("hash")?)));
            let tree = CompactRange::from_hashes(size, hashes.collect::<std::result::Result<_, ct_core::Error>>()?)?;
            let seal = read_seal(&mut r)?;
            r.array_exact("anchored", 2)?;
            let anchored =
                Anchored { seal: read_seal(&mut r)?, signatures: r.text("signatures", MAX_NOTE_BYTES)?.to_owned() };
            let trust = Arc::new(TrustInForce::load(r.bytes("trust", MAX_TRUST_BYTES)?)?);
            let history = Hash::new(*r.bytes_exact("history")?);
            Ok(Self { origin, tree, sealed: seal, anchored, trust, history })
        };
        let meta = read().map_err(|error: ct_core::Error| match error.code() {
            Code::UnsupportedVersion => {
                let next = "use the version of ct-node that wrote it, or start the node anew from a copy of the log";
                Error::new(Code::UnsupportedVersion, "state", "was written by another version of ct-node", next)
            }
            _ => bad(error),
        })?;
        r.end().map_err(bad)?;
        Ok(meta)
    }
}

fn write_seal(w: &mut Writer, seal: &Seal) {
    w.array(3).uint(seal.generation).uint(seal.size.get()).bytes(seal.root.as_bytes());
}

fn read_seal(r: &mut Reader<'_>) -> std::result::Result<Seal, ct_core::Error> {
    r.array_exact("seal", 3)?;
    let (generation, size) = (r.uint("generation")?, TreeSize::new(r.uint("size")?)?);
    Ok(Seal { generation, size, root: Hash::new(*r.bytes_exact("root")?) })
}

/// What is stored is not what was written.
pub(crate) fn damaged(what: &str) -> Error {
    let next = "restore the node from a copy, or let it start anew and catch up with the others";
    Error::new(Code::TamperedState, "state", format!("is damaged: {what}"), next)
}

const SCHEMA: u64 = 2;
const PARTS: usize = 8;
const MAX_PARTS: usize = 32;
/// A tree has at most 2^63 - 1 leaves.
const MAX_PEAKS: usize = 63;

#[cfg(test)]
mod tests {
    use super::*;

    // R9.4: another version is told as one, whatever else has changed in it; damage as damage.
    #[test]
    fn another_schema_is_not_taken_for_damage() {
        let record = |parts: usize, schema: u64| {
            let mut w = Writer::new();
            w.array(parts).uint(schema);
            for _ in 1..parts {
                w.uint(0);
            }
            sealed(META, w.finish())
        };
        let code = |parts, schema| Meta::parse(&record(parts, schema)).map(drop).map_err(|error| error.code());
        for (parts, schema) in [(7, 1), (PARTS, 1), (PARTS, 3), (PARTS + 1, 3)] {
            assert_eq!(code(parts, schema), Err(Code::UnsupportedVersion), "{parts} {schema}");
        }
        for parts in [PARTS - 1, PARTS, PARTS + 1] {
            assert_eq!(code(parts, SCHEMA), Err(Code::TamperedState), "{parts}");
        }
    }
}
