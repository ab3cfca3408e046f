//! Where tests find vectors that are not ours to publish.

use std::env;
use std::path::{Path, PathBuf};

/// The folder of shared vectors: `CIVICTRUST_VECTORS`, or `../shared/vectors` seen from the workspace. `None` where
/// it is absent, after a line that says so: the test that asked is skipped, not passed.
#[expect(clippy::print_stdout, reason = "a skipped test must say so")]
pub(crate) fn vectors() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors");
    let folder = env::var_os("CIVICTRUST_VECTORS").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("SKIPPED: no vectors in {}; set CIVICTRUST_VECTORS", folder.display());
    None
}
