//! Origins: the first line of a checkpoint, by which a log calls itself.

use crate::code::Code;
use crate::error::Error;
use crate::limits::MAX_NAME_BYTES;
use alloc::string::String;
use core::fmt;

/// A log's own name: non-empty, at most [`MAX_NAME_BYTES`], on one line, without control characters and byte order
/// marks. Often a URL without scheme, but that may not be assumed.
///
/// Never begins like the signed bytes of another protocol: the holder of a log key would sign these if it signed a
/// checkpoint of such an origin.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin(String);

impl Origin {
    /// An origin of this text.
    ///
    /// # Errors
    /// `limit.length` if it is too long, `malformed.checkpoint` if it is no origin.
    pub fn new(text: &str) -> Result<Self, Error> {
        if text.len() > MAX_NAME_BYTES {
            return Err(Error::new(Code::LimitLength, "origin"));
        }
        let forbidden = |c: char| c.is_control() || c == BYTE_ORDER_MARK;
        let foreign = FOREIGN_PREFIXES.iter().any(|prefix| text.starts_with(prefix));
        if text.is_empty() || text.contains(forbidden) || foreign {
            return Err(Error::new(Code::MalformedCheckpoint, "origin"));
        }
        Ok(Self(text.into()))
    }

    /// The origin's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const BYTE_ORDER_MARK: char = '\u{feff}';

/// How the signed bytes of other protocols begin, as far as that could be the first line of a text. (What COSE and
/// TLS sign begins with bytes that no text may contain.) `sigsum.org/v1/tree/...` is a proper origin.
const FOREIGN_PREFIXES: [&str; 4] = ["cosignature/v1", "subtree/v1", "sigsum.org/v1/tree-leaf", "DSSEv1 "];
