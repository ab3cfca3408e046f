//! How a node is: `GET /v1/status`, and what an operator compares between the nodes of a log.

use super::Published;
use crate::error::{Error, Result};
use crate::machine::{Meta, StateReader};
use crate::peers::Member;
use ct_core::{Checkpoint, Code, Hash, TreeSize, base64};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt::Display;
use std::sync::Arc;

/// What consensus says of its node, at the moment of the call. Must not block.
pub type StatusSource = Arc<dyn Fn() -> Standing + Send + Sync>;

/// What a node does among the nodes of its log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeRole {
    /// It takes requests.
    Leads,
    /// It does what the leader says, or looks for one.
    Follows,
    /// It has lost what it had stored, or is new: it does not vote before it has caught up.
    Recovering,
    /// It has stopped, and says why.
    Halted,
}

/// Whether a member counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Voice {
    /// It votes, and is counted for a majority.
    Voter,
    /// It catches up, and is not counted.
    Learner,
}

/// A member of the log, as a node knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberStanding {
    /// Its number.
    pub node: u64,
    /// The Ed25519 key that it proves to the others.
    #[serde(serialize_with = "write_key", deserialize_with = "read_key")]
    pub key: [u8; 32],
    /// Where the others reach it; empty if their configurations say so.
    pub address: String,
    /// Whether it counts.
    pub voice: Voice,
}

/// Why a node has stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// The stable code.
    #[serde(serialize_with = "write_text", deserialize_with = "read_code")]
    pub code: Code,
    /// For people.
    pub message: String,
}

/// What consensus says of its node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Its number.
    pub node: u64,
    /// What it does.
    pub role: NodeRole,
    /// Grows with every election.
    pub term: u64,
    /// Where clients reach the node that leads, if that is known.
    pub leader: Option<String>,
    /// The index of the last entry in its log.
    pub last: Option<u64>,
    /// The index of the last entry that its state has applied.
    pub applied: Option<u64>,
    /// The index of the last entry that its log has let go.
    pub purged: Option<u64>,
    /// Who the members are, by what it knows; empty for a node that is alone.
    pub members: Vec<MemberStanding>,
    /// Why it has stopped, once it has.
    pub halted: Option<Trouble>,
}

/// A tree: of one size there is one root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tree {
    /// Entries.
    pub size: u64,
    /// Its root.
    #[serde(serialize_with = "write_text", deserialize_with = "read_hash")]
    pub root: Hash,
}

/// Everything that was applied so far: two nodes that came equally far have the same (R11.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Names how far the state has come: equal on two nodes if the same entry was applied last.
    #[serde(serialize_with = "write_text", deserialize_with = "read_hash")]
    pub at: Hash,
    /// The hash over all commands and answers.
    #[serde(serialize_with = "write_text", deserialize_with = "read_hash")]
    pub hash: Hash,
}

/// What a node's state says of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogStanding {
    /// The log's origin.
    pub origin: String,
    /// Grows with every restore.
    pub generation: u64,
    /// All entries.
    pub tree: Tree,
    /// What may be signed.
    pub sealed: Tree,
    /// What this node has published with the cosignatures of a quorum.
    pub published: Option<Tree>,
    /// Everything that was applied.
    pub history: History,
}

/// The answer to `GET /v1/status`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeStatus {
    /// The version of the program.
    pub version: String,
    /// What consensus says.
    #[serde(flatten)]
    pub standing: Standing,
    /// What the state says; `None` before the first command.
    pub log: Option<LogStanding>,
}

impl NodeStatus {
    /// Of a node with this standing, this state, and what it has published. Blocks.
    ///
    /// # Errors
    /// `io.*`, `tampered.state`.
    pub fn of(standing: Standing, state: &StateReader, published: Option<&Published>) -> Result<Self> {
        let log = state.position()?.map(|(at, meta)| LogStanding {
            origin: meta.origin.clone(),
            generation: meta.sealed.generation,
            tree: Tree { size: meta.tree.size().get(), root: meta.tree.root() },
            sealed: Tree { size: meta.sealed.size.get(), root: meta.sealed.root },
            published: published.and_then(Tree::published),
            history: History { at, hash: meta.history },
        });
        Ok(Self { version: env!("CARGO_PKG_VERSION").to_owned(), standing, log })
    }

    /// Reads an answer; fields that this version does not know are passed over (R7.6).
    ///
    /// # Errors
    /// `io.network` for what is none.
    pub fn parse(bytes: &[u8], address: &str) -> Result<Self> {
        serde_json::from_slice(bytes).map_err(|_| {
            let what = "gave an answer that is no status of a node";
            Error::new(Code::IoNetwork, address, what, "check that this is the address of a node of this version")
        })
    }
}

impl Tree {
    fn published(published: &Published) -> Option<Self> {
        let checkpoint = Checkpoint::parse(&published.checkpoint).ok()?;
        Some(Self { size: checkpoint.size().get(), root: checkpoint.root() })
    }
}

impl MemberStanding {
    /// A member with its voice.
    #[must_use]
    pub fn new(member: Member, voice: Voice) -> Self {
        let Member { node, key, address } = member;
        Self { node, key, address, voice }
    }
}

impl Trouble {
    /// What an error tells of.
    #[must_use]
    pub fn of(error: &Error) -> Self {
        Self { code: error.code(), message: error.to_string() }
    }
}

/// Up to which size a node should have published: what is committed as final.
pub(super) const fn due(meta: &Meta) -> TreeSize {
    meta.anchored.seal.size
}

fn write_text<T: Display, S: Serializer>(value: &T, to: S) -> std::result::Result<S::Ok, S::Error> {
    to.collect_str(value)
}

fn write_key<S: Serializer>(key: &[u8; 32], to: S) -> std::result::Result<S::Ok, S::Error> {
    to.serialize_str(&base64::encode(key))
}

fn read_key<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<[u8; 32], D::Error> {
    let text = String::deserialize(from)?;
    let key = base64::decode(&text, 32).ok().and_then(|bytes| bytes.try_into().ok());
    key.ok_or_else(|| de::Error::custom("no Ed25519 key"))
}

fn read_code<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Code, D::Error> {
    Code::from_text(&String::deserialize(from)?).ok_or_else(|| de::Error::custom("no code"))
}

fn read_hash<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Hash, D::Error> {
    let text = String::deserialize(from)?;
    Hash::from_hex(&text).map_err(|_| de::Error::custom("no hash"))
}
