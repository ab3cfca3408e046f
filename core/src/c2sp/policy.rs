//! Witness policies: which logs, and which witnesses must have cosigned (C2SP tlog-policy, draft of 2026-06).
//!
//! ```text
//! log <vkey> [url]
//! witness <name> <vkey> [url]
//! group <name> all|any|<k> <member>...
//! quorum <name>|none
//! ```
//!
//! Items are separated by spaces and tabs; lines that are blank or whose first item begins with `#` are ignored. Groups
//! name witnesses and groups before them, each at most once in the whole policy.

use crate::c2sp::vkey::{SignatureType, VerifierKey};
use crate::code::Code;
use crate::error::Error;
use crate::limits::{MAX_POLICY_BYTES, MAX_TRUST_LIST};
use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

/// A policy in the right form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Keys of the logs, any one of which must have signed.
    pub logs: Vec<VerifierKey>,
    /// Witnesses by the name that the policy gives them.
    pub witnesses: Vec<(String, VerifierKey)>,
    /// Groups: name, threshold, members.
    pub groups: Vec<(String, u64, Vec<String>)>,
    /// The group or witness that must have cosigned; `None` for `none`.
    pub quorum: Option<String>,
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// `limit.length` beyond [`MAX_POLICY_BYTES`]; those of [`VerifierKey::parse`]; otherwise `malformed.policy`, at
    /// the line's offset.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > MAX_POLICY_BYTES {
            return Err(Error::new(Code::LimitLength, "policy"));
        }
        let mut reading = Reading::default();
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let plain = line.strip_suffix('\n').unwrap_or(line);
            reading.line(plain).map_err(|error| error.at(offset))?;
            offset += line.len();
        }
        reading.finish().map_err(|error| error.at(offset))
    }
}

#[derive(Default)]
struct Reading {
    policy: Policy,
    names: BTreeSet<String>,
    /// In how many groups each name is.
    placed: BTreeSet<String>,
    keys: BTreeMap<[u8; 32], ()>,
    quorum_seen: bool,
}

const MALFORMED: Error = Error::new(Code::MalformedPolicy, "policy");

impl Reading {
    fn line(&mut self, line: &str) -> Result<(), Error> {
        if line.bytes().any(|byte| byte < 0x20 && byte != b'\t' || byte == 0x7f) {
            return Err(MALFORMED);
        }
        let items: Vec<_> = line.split([' ', '\t']).filter(|item| !item.is_empty()).collect();
        match items.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with('#') => Ok(()),
            ["log", vkey] | ["log", vkey, _] => self.log(vkey),
            ["witness", name, vkey] | ["witness", name, vkey, _] => self.witness(name, vkey),
            ["group", name, threshold, members @ ..] => self.group(name, threshold, members),
            ["quorum", name] => self.quorum(name),
            _ => Err(MALFORMED),
        }
    }

    fn log(&mut self, vkey: &str) -> Result<(), Error> {
        let key = self.key(vkey, SignatureType::Ed25519)?;
        self.policy.logs.push(key);
        Ok(())
    }

    fn witness(&mut self, name: &str, vkey: &str) -> Result<(), Error> {
        let key = self.key(vkey, SignatureType::Cosignature)?;
        self.name(name)?;
        self.policy.witnesses.push((name.to_owned(), key));
        Ok(())
    }

    fn group(&mut self, name: &str, threshold: &str, members: &[&str]) -> Result<(), Error> {
        let count = u64::try_from(members.len()).map_err(|_| MALFORMED)?;
        let decimal = !threshold.starts_with('0') && threshold.bytes().all(|digit| digit.is_ascii_digit());
        let threshold = match threshold {
            "all" => count,
            "any" => 1,
            _ if decimal => threshold.parse().map_err(|_| MALFORMED)?,
            _ => return Err(MALFORMED),
        };
        if threshold == 0 || threshold > count {
            return Err(MALFORMED);
        }
        for member in members {
            if !self.names.contains(*member) || !self.placed.insert((*member).to_owned()) {
                return Err(MALFORMED);
            }
        }
        self.name(name)?;
        self.policy.groups.push((
            name.to_owned(),
            threshold,
            members.iter().map(|&member| member.to_owned()).collect(),
        ));
        Ok(())
    }

    fn quorum(&mut self, name: &str) -> Result<(), Error> {
        if self.quorum_seen {
            return Err(MALFORMED);
        }
        self.quorum_seen = true;
        if name != "none" {
            if !self.names.contains(name) {
                return Err(MALFORMED);
            }
            self.policy.quorum = Some(name.to_owned());
        }
        Ok(())
    }

    fn name(&mut self, name: &str) -> Result<(), Error> {
        if name == "none" || self.names.len() >= MAX_TRUST_LIST || !self.names.insert(name.to_owned()) {
            return Err(MALFORMED);
        }
        Ok(())
    }

    /// One public key, one role: the text allows a key as log and as witness, we do not.
    fn key(&mut self, vkey: &str, wanted: SignatureType) -> Result<VerifierKey, Error> {
        let key = VerifierKey::parse(vkey)?;
        if key.signature_type() != wanted || self.keys.insert(*key.key().as_bytes(), ()).is_some() {
            return Err(MALFORMED);
        }
        Ok(key)
    }

    fn finish(self) -> Result<Policy, Error> {
        if self.quorum_seen && !self.policy.logs.is_empty() { Ok(self.policy) } else { Err(MALFORMED) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::c2sp::KeyName;
    use crate::ed25519::PublicKey;
    use alloc::format;
    use alloc::string::ToString;
    use ed25519_dalek::SigningKey;

    fn vkey(name: &str, signature_type: SignatureType) -> String {
        let seed = *crate::hash::Hash::of(name.as_bytes()).as_bytes();
        let key = PublicKey::from_bytes(&SigningKey::from_bytes(&seed).verifying_key().to_bytes()).unwrap();
        VerifierKey::new(KeyName::new(name).unwrap(), signature_type, key).to_string()
    }

    fn policy() -> String {
        let witness =
            |name: &str| format!("witness {name}\t{}  https://{name}", vkey(name, SignatureType::Cosignature));
        let log = vkey("log.example", SignatureType::Ed25519);
        let witnesses = [witness("w1"), witness("w2"), witness("w3")].join("\n");
        format!(
            "# a policy\n\n  # indented\nlog {log} https://log.example\n{witnesses}\ngroup two 2 w1 w2\ngroup any any two w3\nquorum any\n"
        )
    }

    #[test]
    fn a_policy_is_read() {
        let policy = Policy::parse(&policy()).unwrap();
        assert_eq!((policy.logs.len(), policy.witnesses.len()), (1, 3));
        assert_eq!(policy.groups[0], ("two".to_string(), 2, ["w1".to_string(), "w2".to_string()].into()));
        assert_eq!((policy.groups[1].1, policy.quorum.as_deref()), (1, Some("any")));
        let none = Policy::parse(&self::policy().replace("quorum any", "quorum none")).unwrap();
        assert_eq!(none.quorum, None);
    }

    #[test]
    fn what_breaks_the_grammar_is_refused() {
        let log = vkey("log.example", SignatureType::Ed25519);
        let w1 = vkey("w1", SignatureType::Cosignature);
        let cases = [
            ("quorum any\n", ""),
            ("quorum any\n", "quorum any\nquorum any\n"),
            ("quorum any", "quorum nobody"),
            ("group two 2 w1 w2", "group two 3 w1 w2"),
            ("group two 2 w1 w2", "group two 0 w1 w2"),
            ("group two 2 w1 w2", "group two 02 w1 w2"),
            ("group two 2 w1 w2", "group two +2 w1 w2"),
            ("group two 2 w1 w2", "group two 2 w1 w1"),
            ("group two 2 w1 w2", "group two 2 w1 later"),
            ("group two 2 w1 w2", "group none 2 w1 w2"),
            ("group two 2 w1 w2", "group w3 2 w1 w2"),
            ("any two w3", "any two w3 w1"),
            ("quorum any", "quorum any # comment"),
            ("log ", "lag "),
            (log.as_str(), w1.as_str()),
            ("# a policy", "# a policy\u{0}"),
            (" https://log.example", " https://log.example more"),
        ];
        for (good, bad) in cases {
            let text = policy().replacen(good, bad, 1);
            assert_ne!(text, policy());
            assert_eq!(Policy::parse(&text).map(|_| ()).map_err(Error::code), Err(Code::MalformedPolicy), "{bad}");
        }
        let reused = format!("{}witness w9 {w1}\n", policy());
        assert_eq!(Policy::parse(&reused).map_err(Error::code), Err(Code::MalformedPolicy));
        let no_log = policy().replace(&format!("log {log}"), "#");
        assert_eq!(Policy::parse(&no_log).map_err(Error::code), Err(Code::MalformedPolicy));
    }
}
