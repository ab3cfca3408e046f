//! The one place where randomness enters.

use crate::error::Result;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::fmt;

/// Random bytes for keys, salts and IDs: ChaCha20 from a seed of 32 bytes.
///
/// The same seed gives the same bytes in the same order; everything that is secret or must be unique depends on it.
pub struct Entropy(ChaCha20Rng);

impl Entropy {
    /// From a seed that nobody can guess: the operating system's.
    ///
    /// # Errors
    /// `io.read` if the operating system has none to give.
    pub fn from_os() -> Result<Self> {
        Ok(Self::from_seed(&*ct_keys::os_entropy()?))
    }

    /// From a seed of the caller's, for runs that can be repeated. Keys made so are known to whoever knows the seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ChaCha20Rng::from_seed(*seed))
    }

    /// The next N bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}

/// Nothing of its state.
impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy")
    }
}
