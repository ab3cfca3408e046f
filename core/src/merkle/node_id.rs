//! Names for the nodes that never change once they are there.

use super::index::TreeSize;
use crate::code::Code;
use crate::error::Error;

/// A complete subtree: its 2^level leaves are those from index * 2^level on.
///
/// Level 0 is the leaves. Once all its leaves are there a complete subtree never changes, so logs store these and
/// no others. C2SP tlog-tiles stores the levels that are multiples of eight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    level: u8,
    index: u64,
}

impl NodeId {
    /// The highest level: 2^62 leaves, the largest power of two that a [`TreeSize`] holds.
    pub const MAX_LEVEL: u8 = 62;

    /// The node at `index`, counted from the left, among those of its level.
    ///
    /// # Errors
    /// `limit.number` if the node's last leaf is beyond the largest tree.
    pub fn new(level: u8, index: u64) -> Result<Self, Error> {
        if level > Self::MAX_LEVEL || index >= TreeSize::MAX.get() >> level {
            return Err(Error::new(Code::LimitNumber, ""));
        }
        Ok(Self { level, index })
    }

    /// The node of 2^level leaves that starts at the leaf `start`.
    pub(super) const fn starting_at(start: u64, level: u8) -> Self {
        Self { level, index: start >> level }
    }

    /// The node of which this one is a child.
    pub(super) const fn parent(self) -> Self {
        Self { level: self.level + 1, index: self.index >> 1 }
    }

    /// Whether this node is its parent's right child.
    pub(super) const fn is_right(self) -> bool {
        self.index & 1 == 1
    }

    /// The logarithm of the number of leaves: 0 to [`NodeId::MAX_LEVEL`].
    #[must_use]
    pub const fn level(self) -> u8 {
        self.level
    }

    /// The position among the nodes of this level, from 0.
    #[must_use]
    pub const fn index(self) -> u64 {
        self.index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // R14.3
    #[test]
    fn ends_with_the_largest_tree() {
        let max = TreeSize::MAX.get();
        for (level, last) in [(0, max - 1), (1, (max >> 1) - 1), (8, (max >> 8) - 1), (61, 2), (62, 0)] {
            assert_eq!(NodeId::new(level, last), Ok(NodeId { level, index: last }));
            assert_eq!(NodeId::new(level, last + 1).map_err(Error::code), Err(Code::LimitNumber), "level {level}");
        }
        for level in [63, 64, 65, u8::MAX] {
            assert_eq!(NodeId::new(level, 0).map_err(Error::code), Err(Code::LimitNumber), "level {level}");
        }
    }
}
