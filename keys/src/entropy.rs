//! The one place where randomness enters.

use crate::error::{Error, Problem};
use zeroize::Zeroizing;

/// 32 bytes from the operating system's random source, for [`crate::KeyFile::generate`].
///
/// Whoever needs the same keys on every run passes bytes of their own instead.
///
/// # Errors
/// `io.read` if the operating system has none to give.
pub fn os_entropy() -> Result<Zeroizing<[u8; 32]>, Error> {
    let mut entropy = Zeroizing::new([0; 32]);
    getrandom::fill(entropy.as_mut_slice()).map_err(|source| Error::without_file(Problem::Entropy(source.into())))?;
    Ok(entropy)
}
