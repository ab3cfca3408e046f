//! Where a node listens to the others.

use crate::documents::read_text;
use crate::error::{Error, Result, shown};
use ct_core::Code;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// `HOST:PORT`: a name, an IPv4 address, or an IPv6 address in brackets; a port from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPort(String);

/// How a node finds another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerAddress {
    /// There, always.
    Fixed(HostPort),
    /// As this file says, which is read each time: a node that lets the system choose its port writes one.
    File(PathBuf),
}

impl HostPort {
    /// The address in the file of a node that runs.
    ///
    /// # Errors
    /// `io.not_found` if it has not written it; `malformed.config` if it is none; `io.*`.
    pub fn read(path: &Path) -> Result<Self> {
        let text = read_text(path, MAX_BYTES)?;
        let line = text.strip_suffix('\n').unwrap_or(&text);
        line.parse().map_err(|error: Error| Error::new(error.code(), shown(path), error.what(), error.next()))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostPort {
    type Err = Error;

    /// # Errors
    /// `malformed.config`.
    fn from_str(text: &str) -> Result<Self> {
        let next = "write HOST:PORT, such as 10.0.0.2:7000 or [::1]:7000";
        let refused = || Error::new(Code::MalformedConfig, "address", format!("{text:?} is none"), next);
        let (host, port) = text.rsplit_once(':').ok_or_else(refused)?;
        let name = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c) || (name.is_some() && c == ':');
        let name = name.unwrap_or(host);
        // A sign is a number to Rust, and no port.
        let is_port = port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0);
        if text.len() > MAX_BYTES || name.is_empty() || !name.chars().all(is_allowed) || !is_port {
            return Err(refused());
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name of the DNS, brackets, colon and port.
const MAX_BYTES: usize = 264;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port() {
        for good in ["127.0.0.1:1", "[::1]:65535", "node-2.example:7000", "n_2:80"] {
            assert_eq!(good.parse::<HostPort>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "7000",
            ":7000",
            "host:",
            "host:0",
            "host:65536",
            "host:+1",
            "::1:80",
            "[]:80",
            "a b:80",
            "a/b:1",
            "h\n:1",
        ] {
            assert_eq!(bad.parse::<HostPort>().unwrap_err().code(), Code::MalformedConfig, "{bad:?}");
        }
    }
}
