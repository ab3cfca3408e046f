//! One of the nodes of a log.

use serde::{Deserialize, Serialize};

/// A node of a log, as the others know it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its number, from 1; never used again for another node.
    pub node: u64,
    /// The Ed25519 key that it proves on every connection.
    pub key: [u8; 32],
    /// `HOST:PORT` where the others reach it; empty if each node's own configuration says so.
    pub address: String,
}
