//! Where tests find the vectors that are not ours to commit.

use std::path::PathBuf;

/// The text of a vector file, or none, after saying so, where the folder of vectors is absent.
///
/// The folder is `$CIVICTRUST_VECTORS`, else `../shared/vectors` beside the workspace. A file missing from a folder
/// that is there is a failure.
pub(crate) fn vectors(file: &str) -> Option<String> {
    let folder = std::env::var_os("CIVICTRUST_VECTORS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors"), PathBuf::from);
    if !folder.is_dir() {
        println!("SKIPPED: {file}: no folder {}", folder.display());
        return None;
    }
    let path = folder.join(file);
    Some(std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}
