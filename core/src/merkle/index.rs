//! Leaf indices and tree sizes: two types, because a proof that mixes them up verifies something else.

use crate::code::Code;
use crate::error::Error;
use core::fmt;

/// The position of a leaf, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeafIndex(u64);

/// A number of leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreeSize(u64);

impl LeafIndex {
    /// The leaf at `index`.
    ///
    /// # Errors
    /// `limit.number` beyond 2^63-1.
    pub const fn new(index: u64) -> Result<Self, Error> {
        match bounded(index) {
            Ok(index) => Ok(Self(index)),
            Err(refused) => Err(refused),
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl TreeSize {
    /// No leaves.
    pub const ZERO: Self = Self(0);
    /// 2^63-1 leaves, the most that C2SP tlog-checkpoint can write.
    pub const MAX: Self = Self(MAX);

    /// A tree of `size` leaves.
    ///
    /// # Errors
    /// `limit.number` beyond [`TreeSize::MAX`].
    pub const fn new(size: u64) -> Result<Self, Error> {
        match bounded(size) {
            Ok(size) => Ok(Self(size)),
            Err(refused) => Err(refused),
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// Decimal, without leading zeros.
impl fmt::Display for LeafIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Decimal, without leading zeros.
impl fmt::Display for TreeSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

const MAX: u64 = (1 << 63) - 1;

const fn bounded(number: u64) -> Result<u64, Error> {
    if number > MAX { Err(Error::new(Code::LimitNumber, "")) } else { Ok(number) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    // R14.3
    #[test]
    fn both_end_at_2_to_the_63_less_one() {
        for good in [0, 1, MAX - 1, MAX] {
            assert_eq!(LeafIndex::new(good).map(LeafIndex::get), Ok(good));
            assert_eq!(TreeSize::new(good).map(TreeSize::get), Ok(good));
        }
        for bad in [MAX + 1, u64::MAX] {
            assert_eq!(LeafIndex::new(bad).map_err(Error::code), Err(Code::LimitNumber));
            assert_eq!(TreeSize::new(bad).map_err(Error::code), Err(Code::LimitNumber));
        }
        assert_eq!(TreeSize::MAX.to_string(), "9223372036854775807");
        assert_eq!(LeafIndex(0).to_string(), "0");
    }
}
