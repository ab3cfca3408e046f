//! The tables of the state, and their records. Each value ends with a checksum over its key and itself (R9.3); the keys
//! without values are those of a value, or lose nothing but a refusal.

use super::meta::damaged;
use crate::command::Outcome;
use crate::envelope::RequestId;
use crate::error::{Error, Result};
use ct_core::cbor::{Reader, Writer};
use ct_core::{Code, Hash, Timestamp};
use redb::TableDefinition;

/// The summary, what consensus remembers.
pub(super) const SINGLES: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("singles");
/// Key ID -> version, and Ed25519 key unless it was deleted: who may submit.
pub(super) const CLIENTS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("clients");
/// (request ID, hash of the client's key ID) -> payload hash, time, outcome.
pub(super) const SUBMISSIONS: TableDefinition<'_, &[u8; 48], &[u8]> = TableDefinition::new("submissions");
/// When submissions were answered, to forget them in time.
pub(super) const SUBMISSION_TIMES: TableDefinition<'_, (u64, &[u8; 48]), ()> = TableDefinition::new("submission_times");
/// Hash of key ID and nonce -> nothing: what was used within the window.
pub(super) const NONCES: TableDefinition<'_, &[u8; 32], ()> = TableDefinition::new("nonces");
/// When nonces were used, to forget them in time.
pub(super) const NONCE_TIMES: TableDefinition<'_, (u64, &[u8; 32]), ()> = TableDefinition::new("nonce_times");
/// H(iss, cti) -> leaf index and checksum: for ever.
pub(super) const IDENTITIES: TableDefinition<'_, &[u8; 32], &[u8; 16]> = TableDefinition::new("identities");
/// Leaf index -> entry and checksum, until it stands in a tile.
pub(super) const ENTRIES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("entries");

/// Size of the tree after each command that grew it, since the last seal -> its root.
pub(super) const BOUNDARIES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("boundaries");

pub(super) const META: &[u8] = b"meta";
pub(super) const APPLIED: &[u8] = b"applied";

/// What is remembered of an answered request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Submission {
    /// SHA-256 of what it carried.
    pub payload_hash: Hash,
    /// When it was answered.
    pub at: Timestamp,
    /// What became of it.
    pub outcome: Outcome,
}

/// Who may submit, or might once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    /// One greater with every change (R9.2).
    pub version: u64,
    /// Its Ed25519 key; `None` if it was deleted.
    pub key: Option<[u8; 32]>,
}

impl Client {
    pub(super) fn encode(self, kid: &[u8]) -> Vec<u8> {
        let mut value = self.version.to_be_bytes().to_vec();
        value.extend(self.key.iter().flatten());
        sealed(kid, value)
    }

    pub(super) fn parse(kid: &[u8], record: &[u8]) -> Result<Self> {
        let cut = || damaged("a client's record is cut");
        let (version, key) = opened(kid, record)?.split_first_chunk::<8>().ok_or_else(cut)?;
        let key = if key.is_empty() { None } else { Some(key.try_into().map_err(|_| cut())?) };
        Ok(Self { version: u64::from_be_bytes(*version), key })
    }
}

/// Under which key a request of this client is remembered.
pub(super) fn submission_key(request_id: RequestId, kid: &[u8]) -> [u8; 48] {
    let mut key = [0; 48];
    let (id, client) = key.split_at_mut(RequestId::LEN);
    id.copy_from_slice(request_id.as_bytes());
    client.copy_from_slice(Hash::of(kid).as_bytes());
    key
}

impl Submission {
    pub(super) fn encode(&self, key: &[u8; 48]) -> Vec<u8> {
        let mut w = Writer::new();
        w.array(3).bytes(self.payload_hash.as_bytes()).uint(self.at.seconds());
        self.outcome.write(&mut w);
        sealed(key, w.finish())
    }

    pub(super) fn parse(key: &[u8; 48], bytes: &[u8]) -> Result<Self> {
        let value = opened(key, bytes)?;
        let mut r = Reader::new(value);
        let mut read = || {
            r.array_exact("submission", 3)?;
            let payload_hash = Hash::new(*r.bytes_exact("payload_hash")?);
            let at = Timestamp::from_seconds(r.uint("at")?)?;
            Ok::<_, ct_core::Error>(Self { payload_hash, at, outcome: Outcome::read(&mut r)? })
        };
        read().map_err(|_| damaged("the answer to a request cannot be read"))
    }
}

/// The value with its checksum.
pub(super) fn sealed(key: &[u8], mut value: Vec<u8>) -> Vec<u8> {
    let checksum = checksum(key, &value);
    value.extend(checksum);
    value
}

/// The value, if the checksum fits.
pub(super) fn opened<'a>(key: &[u8], record: &'a [u8]) -> Result<&'a [u8]> {
    let length = record.len().checked_sub(CHECKSUM_LEN).ok_or_else(|| damaged("a record is cut"))?;
    let (value, found) = record.split_at(length);
    if checksum(key, value) != found {
        return Err(damaged("a record is not what was written"));
    }
    Ok(value)
}

/// A leaf index with its checksum.
pub(super) fn sealed_index(key: &[u8], index: u64) -> [u8; 16] {
    let value = index.to_be_bytes();
    let mut record = [0; 16];
    let (front, back) = record.split_at_mut(value.len());
    front.copy_from_slice(&value);
    back.copy_from_slice(&checksum(key, &value));
    record
}

fn checksum(key: &[u8], value: &[u8]) -> [u8; CHECKSUM_LEN] {
    let hash = Hash::of_parts(&[key, value]);
    let mut short = [0; CHECKSUM_LEN];
    short.iter_mut().zip(hash.as_bytes()).for_each(|(to, from)| *to = *from);
    short
}

/// What the database says.
pub(super) fn failed(error: impl Into<redb::Error>) -> Error {
    let error = error.into();
    let (code, next) = match &error {
        redb::Error::Corrupted(_) => (Code::TamperedState, "restore the node from a copy"),
        redb::Error::DatabaseAlreadyOpen => (Code::IoWrite, "end the other process that uses this directory"),
        _ => (Code::IoWrite, "check the disk and the permissions"),
    };
    Error::new(code, "state", format!("cannot be read or written: {error}"), next)
}

const CHECKSUM_LEN: usize = 8;
