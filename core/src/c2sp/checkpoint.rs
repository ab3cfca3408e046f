//! Checkpoints: the text in which a log states its size and root (C2SP tlog-checkpoint).

use crate::base64;
use crate::c2sp::origin::Origin;
use crate::code::Code;
use crate::error::Error;
use crate::hash::Hash;
use crate::limits::MAX_NOTE_BYTES;
use alloc::format;
use alloc::string::String;

/// The greatest tree size: 2^63-1, what other implementations keep in a signed integer.
pub const MAX_TREE_SIZE: u64 = (1 << 63) - 1;

/// What a log says about itself: three lines, origin, size and root.
///
/// Prints back to the text it was parsed from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Checkpoint {
    origin: Origin,
    size: u64,
    root: Hash,
}

impl Checkpoint {
    /// The checkpoint of these values.
    ///
    /// # Errors
    /// `limit.number` beyond [`MAX_TREE_SIZE`]; `malformed.checkpoint` for an empty tree whose root is not H("").
    pub fn new(origin: Origin, size: u64, root: Hash) -> Result<Self, Error> {
        if size > MAX_TREE_SIZE {
            return Err(Error::new(Code::LimitNumber, "size"));
        }
        if size == 0 && root != Hash::of(b"") {
            return Err(Error::new(Code::MalformedCheckpoint, "root"));
        }
        Ok(Self { origin, size, root })
    }

    /// Reads a checkpoint of exactly three lines, each ended by LF: extension lines are refused.
    ///
    /// # Errors
    /// `limit.length` for the text or the origin, `limit.number` for the size, `malformed.base64` and otherwise
    /// `malformed.checkpoint`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > MAX_NOTE_BYTES {
            return Err(Error::new(Code::LimitLength, "checkpoint"));
        }
        let malformed = Error::new(Code::MalformedCheckpoint, "checkpoint");
        let mut lines = text.strip_suffix('\n').ok_or(malformed.at(text.len()))?.split('\n');
        let (Some(origin), Some(size), Some(root), None) = (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(malformed);
        };
        let size_at = origin.len() + 1;
        let root_at = size_at + size.len() + 1;
        let origin = Origin::new(origin).map_err(|error| error.at(0))?;
        let size = parse_size(size).map_err(|error| error.at(size_at))?;
        let root = parse_root(root).map_err(|error| error.at(root_at))?;
        Self::new(origin, size, root)
    }

    /// By which name the log calls itself.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The number of entries, at most [`MAX_TREE_SIZE`].
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree over the first [`Checkpoint::size`] entries.
    #[must_use]
    pub const fn root(&self) -> Hash {
        self.root
    }

    /// The three lines: what the log signs.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, base64::encode(self.root.as_bytes()))
    }
}

/// ASCII decimal digits without leading zeros.
fn parse_size(digits: &str) -> Result<u64, Error> {
    let decimal = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    if !decimal || (digits.starts_with('0') && digits != "0") {
        return Err(Error::new(Code::MalformedCheckpoint, "size"));
    }
    // All that can still go wrong is the range of u64.
    digits.parse().map_err(|_| Error::new(Code::LimitNumber, "size"))
}

fn parse_root(base64: &str) -> Result<Hash, Error> {
    let bytes = base64::decode(base64, MAX_NOTE_BYTES).map_err(|error| error.within("root", 0))?;
    Hash::try_from(bytes.as_slice()).map_err(|_| Error::new(Code::MalformedCheckpoint, "root"))
}
