//! What a key is for.

use ct_core::{Code, Error};
use std::fmt;
use std::str::FromStr;

/// What a key is for. One public key has one role for ever; the trust root refuses a key that stands in two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Signs trust roots and genesis entries.
    Root,
    /// Signs a log's checkpoints (C2SP signed-note type 01).
    Log,
    /// Cosigns checkpoints with a time (C2SP signed-note type 04).
    Witness,
    /// Signs document statements.
    Issuer,
    /// Signs status lists.
    Status,
    /// Signs requests to a node.
    Client,
    /// Signs incident records.
    Monitor,
    /// Authenticates a node's connections.
    Tls,
}

impl Role {
    /// Every role.
    pub const ALL: &'static [Self] =
        &[Self::Root, Self::Log, Self::Witness, Self::Issuer, Self::Status, Self::Client, Self::Monitor, Self::Tls];

    /// The role's stable text, for example `issuer`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Log => "log",
            Self::Witness => "witness",
            Self::Issuer => "issuer",
            Self::Status => "status",
            Self::Client => "client",
            Self::Monitor => "monitor",
            Self::Tls => "tls",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Reads the stable text; anything else is `malformed.field` in `role`.
impl FromStr for Role {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let found = Self::ALL.iter().copied().find(|role| role.as_str() == text);
        found.ok_or(Error::new(Code::MalformedField, "role"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // R8.1
    #[test]
    fn every_role_reads_back_from_its_text() {
        for role in Role::ALL {
            assert_eq!(role.to_string().parse(), Ok(*role));
        }
    }

    // R8.1
    #[test]
    fn a_role_has_one_text() {
        for bad in ["", "Issuer", " issuer", "issuer ", "issuers", "admin"] {
            assert_eq!(bad.parse::<Role>(), Err(Error::new(Code::MalformedField, "role")), "{bad:?}");
        }
    }
}
