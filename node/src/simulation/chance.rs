//! Everything that is left to chance, from one seed.

use crate::entropy::Entropy;
use std::ops::Range;
use std::sync::{Arc, Mutex};

/// A stream of choices; clones draw from the same one.
#[derive(Clone)]
pub(crate) struct Chance(Arc<Mutex<Entropy>>);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_be_bytes());
        Self(Arc::new(Mutex::new(Entropy::from_seed(&bytes))))
    }

    /// A number of this range, which is not empty.
    pub(crate) fn among(&self, range: Range<u64>) -> u64 {
        let drawn = u64::from_be_bytes(self.0.lock().unwrap().bytes());
        range.start + drawn % (range.end - range.start)
    }

    /// True once in so many times.
    pub(crate) fn one_in(&self, times: u64) -> bool {
        self.among(0..times) == 0
    }

    /// One of these.
    pub(crate) fn pick<T: Clone>(&self, from: &[T]) -> T {
        let place = self.among(0..u64::try_from(from.len()).unwrap());
        from[usize::try_from(place).unwrap()].clone()
    }
}
