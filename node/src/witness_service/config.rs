//! A witness's configuration file.
//!
//! ```toml
//! listen = "127.0.0.1:7380"
//! key = "witness.pem"           # paths count from the folder of this file
//! state = "state"               # a folder, made if it does not exist
//!
//! [[log]]                       # one for each log; again with another vkey if a log has several keys
//! origin = "example.com/foo"
//! vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
//! ```

use crate::config_file;
use crate::error::Result;
use ct_core::{Origin, SignatureType, VerifierKey};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// What a witness is told about itself.
#[derive(Clone, Debug)]
pub struct WitnessConfig {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Its key file.
    pub key: PathBuf,
    /// The folder with its memory.
    pub state: PathBuf,
    /// The file that it writes its URL into once it listens: `api` beside the configuration.
    pub api: PathBuf,
    /// The logs that it cosigns, each once.
    pub logs: Vec<WitnessedLog>,
}

/// A log that a witness knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessedLog {
    /// By which name it calls itself.
    pub origin: Origin,
    /// The keys that sign its checkpoints, at least one.
    pub keys: Vec<VerifierKey>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: SocketAddr,
    key: PathBuf,
    state: PathBuf,
    #[serde(default)]
    log: Vec<Log>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Log {
    origin: String,
    vkey: String,
}

impl WitnessConfig {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// `malformed.config` for anything that is not as this module says, no log, or one key twice; `io.*`;
    /// `limit.length` for a file beyond 1 MiB.
    pub fn read(path: &Path) -> Result<Self> {
        config_file::read(path, "docs/witness.md", Self::parse)
    }

    fn parse(text: &str, folder: &Path) -> std::result::Result<Self, String> {
        let file: File = config_file::parse(text)?;
        let mut logs: Vec<WitnessedLog> = Vec::new();
        for Log { origin, vkey } in file.log {
            let key = parse_key(&vkey).map_err(|why| format!("the vkey of {origin:?} {why}"))?;
            if logs.iter().any(|log| log.keys.iter().any(|other| other.key() == key.key())) {
                return Err(format!("the key of {origin:?} stands here twice"));
            }
            let origin = Origin::new(&origin).map_err(|_| format!("{origin:?} is no origin"))?;
            match logs.iter_mut().find(|log| log.origin == origin) {
                Some(log) if log.keys.len() == MAX_KEYS => {
                    return Err(format!("{:?} has over {MAX_KEYS} keys", log.origin.as_str()));
                }
                Some(log) => log.keys.push(key),
                None => logs.push(WitnessedLog { origin, keys: vec![key] }),
            }
        }
        if logs.is_empty() {
            return Err("names no log: add a [[log]] with its origin and its vkey".to_owned());
        }
        let (key, state) = (folder.join(file.key), folder.join(file.state));
        Ok(Self { listen: file.listen, key, state, api: folder.join("api"), logs })
    }
}

fn parse_key(vkey: &str) -> std::result::Result<VerifierKey, &'static str> {
    let key = VerifierKey::parse(vkey).map_err(|_| "is no verifier key, or its ID is not its own")?;
    if key.signature_type() == SignatureType::Ed25519 { Ok(key) } else { Err("is that of a witness, not of a log") }
}

/// With a line of each, and the witness's own, a checkpoint is still a note.
const MAX_KEYS: usize = ct_core::limits::MAX_NOTE_SIGNATURES / 2;

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    const OTHER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    fn parse(text: &str) -> std::result::Result<WitnessConfig, String> {
        WitnessConfig::parse(text, Path::new("folder"))
    }

    fn with(rest: &str) -> String {
        format!("listen = \"127.0.0.1:0\"\nkey = \"w.pem\"\nstate = \"/var/state\"\n{rest}")
    }

    fn log(origin: &str, vkey: &str) -> String {
        format!("[[log]]\norigin = \"{origin}\"\nvkey = \"{vkey}\"\n")
    }

    #[test]
    fn paths_count_from_the_file_and_logs_may_have_several_keys() {
        let config = parse(&with(&(log("a", KEY) + &log("a", OTHER)))).unwrap();
        assert_eq!(config.key, Path::new("folder/w.pem"));
        assert_eq!(config.state, Path::new("/var/state"));
        assert_eq!(config.api, Path::new("folder/api"));
        assert_eq!((config.logs.len(), config.logs[0].keys.len()), (1, 2));
    }

    // R1.4: each error says which line or log.
    #[test]
    fn what_is_not_understood_is_refused() {
        let cases = [
            (with("colour = 1\n"), "line 4: unknown field `colour`"),
            (with(&(log("a", KEY) + "extra = 1\n")), "line 7: unknown field `extra`"),
            (with(""), "names no log"),
            (with(&log("a", "x+1+2")), "the vkey of \"a\" is no verifier key"),
            (with(&log("", KEY)), "\"\" is no origin"),
            (with(&(log("a", KEY) + &log("b", KEY))), "stands here twice"),
            ("listen = \"here\"\n".to_owned(), "line 1"),
            ("listen = \"127.0.0.1:0\"\nstate = \"s\"\n".to_owned(), "missing field `key`"),
        ];
        for (text, expected) in cases {
            let refused = parse(&text).unwrap_err();
            assert!(refused.contains(expected), "{refused}");
        }
    }
}
