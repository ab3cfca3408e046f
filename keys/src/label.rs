//! The explanatory text of a key file: role and key ID.

use crate::error::Problem;
use crate::key_id::KeyId;
use crate::role::Role;
use std::fmt;

/// Role and ID, as they stand before the key (RFC 7468 section 2, explanatory text).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) role: Role,
    pub(crate) id: KeyId,
}

impl Label {
    /// Splits a key file into its label, if it has one, and the PEM text, which begins with the `-----BEGIN` line.
    ///
    /// Other people's explanatory text is skipped. A line that begins with `civictrust-` and is not understood is
    /// refused: it would be a role or an ID that we fail to see.
    pub(crate) fn split(text: &str) -> Result<(Option<Self>, &str), &'static str> {
        let (mut role, mut id) = (None, None);
        let mut rest = text;
        while !rest.starts_with(BEGIN) {
            let Some((line, after)) = rest.split_once('\n') else { return Err("it has no -----BEGIN line") };
            let line = line.strip_suffix('\r').unwrap_or(line);
            if let Some(value) = line.strip_prefix(ROLE) {
                let value = value.parse().map_err(|_| "its civictrust-role is unknown")?;
                if role.replace(value).is_some() {
                    return Err("it has two civictrust-role lines");
                }
            } else if let Some(value) = line.strip_prefix(KEY_ID) {
                let value = value.parse().map_err(|_| "its civictrust-key-id is not <name>#<version>")?;
                if id.replace(value).is_some() {
                    return Err("it has two civictrust-key-id lines");
                }
            } else if line.starts_with(OURS) {
                return Err("it has a civictrust- line that this program does not know");
            }
            rest = after;
        }
        match (role, id) {
            (Some(role), Some(id)) => Ok((Some(Self { role, id }), rest)),
            (None, None) => Ok((None, rest)),
            (Some(_), None) => Err("it has a civictrust-role line without a civictrust-key-id line"),
            (None, Some(_)) => Err("it has a civictrust-key-id line without a civictrust-role line"),
        }
    }

    /// Refuses a key of another role.
    pub(crate) fn demand_role(&self, wanted: Role) -> Result<(), Problem> {
        if self.role == wanted { Ok(()) } else { Err(Problem::OtherRole { wanted, found: self.role }) }
    }

    /// Refuses a key of another role or ID.
    pub(crate) fn demand(&self, wanted: &Self) -> Result<(), Problem> {
        self.demand_role(wanted.role)?;
        if self.id == wanted.id {
            return Ok(());
        }
        Err(Problem::OtherId { wanted: wanted.id.clone(), found: self.id.clone() })
    }
}

/// The two lines, each ended by LF.
impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{ROLE}{}", self.role)?;
        writeln!(f, "{KEY_ID}{}", self.id)
    }
}

const BEGIN: &str = "-----BEGIN ";
const OURS: &str = "civictrust-";
const ROLE: &str = "civictrust-role: ";
const KEY_ID: &str = "civictrust-key-id: ";

#[cfg(test)]
mod tests {
    use super::*;

    fn label() -> Label {
        Label { role: Role::Log, id: "log.example#2".parse().unwrap() }
    }

    // R8.1
    #[test]
    fn a_label_reads_back() {
        let text = format!("{}-----BEGIN X-----\n", label());
        assert_eq!(Label::split(&text), Ok((Some(label()), "-----BEGIN X-----\n")));
        let crlf = text.replace('\n', "\r\n");
        assert_eq!(Label::split(&crlf), Ok((Some(label()), "-----BEGIN X-----\r\n")));
    }

    // R8.1
    #[test]
    fn foreign_explanatory_text_is_skipped() {
        assert_eq!(Label::split("-----BEGIN X"), Ok((None, "-----BEGIN X")));
        assert_eq!(Label::split("Bag Attributes\n\n-----BEGIN X"), Ok((None, "-----BEGIN X")));
    }

    // R8.1
    #[test]
    fn an_ambiguous_label_is_refused() {
        let cases = [
            ("", "it has no -----BEGIN line"),
            ("civictrust-role: log\nx-----BEGIN X", "it has no -----BEGIN line"),
            ("civictrust-role: king\n", "its civictrust-role is unknown"),
            ("civictrust-role: log\ncivictrust-role: log\n", "it has two civictrust-role lines"),
            ("civictrust-key-id: a\n", "its civictrust-key-id is not <name>#<version>"),
            ("civictrust-key-id: a#1\ncivictrust-key-id: a#1\n", "it has two civictrust-key-id lines"),
            ("civictrust-role:log\n", "it has a civictrust- line that this program does not know"),
            ("civictrust-role: log\n-----BEGIN X", "it has a civictrust-role line without a civictrust-key-id line"),
            ("civictrust-key-id: a#1\n-----BEGIN X", "it has a civictrust-key-id line without a civictrust-role line"),
        ];
        for (text, why) in cases {
            assert_eq!(Label::split(text), Err(why), "{text:?}");
        }
    }
}
