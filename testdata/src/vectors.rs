//! Vectors that are not ours to publish.

use crate::skip;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The text of a vector file, or none, after saying so, where the folder of vectors is absent.
///
/// The folder is `$CIVICTRUST_VECTORS`, else `../shared/vectors` beside the workspace.
///
/// # Panics
/// If the folder is there and the file is not.
#[must_use]
#[expect(clippy::panic, reason = "a test that cannot read its vectors has failed")]
pub fn vector(file: &str) -> Option<String> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors");
    let folder = env::var_os("CIVICTRUST_VECTORS").map_or(beside, PathBuf::from);
    if !folder.is_dir() {
        skip(format_args!("{file}: there is no folder of vectors; set CIVICTRUST_VECTORS"));
        return None;
    }
    let path = folder.join(file);
    Some(fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}
