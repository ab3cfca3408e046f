//! Which files a command line names.

use crate::failure::Failure;
use crate::text::shown;
use ct_core::Code;
use std::path::{Path, PathBuf};

/// The bundles that `paths` name, in their order: a file stands for itself, a folder for its `*.cbor` files, sorted
/// bytewise. A path that cannot be listed gives its failure in its place.
pub(crate) fn bundles(paths: &[PathBuf]) -> Vec<Result<PathBuf, (PathBuf, Failure)>> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            match listed(path, |name| name.extension().is_some_and(|extension| extension == "cbor")) {
                Ok(files) if files.is_empty() => {
                    let what = format!("{}: there is no *.cbor file in this folder", shown(path));
                    found.push(Err((path.clone(), Failure::new(Code::IoNoBundles, what))));
                }
                Ok(files) => found.extend(files.into_iter().map(Ok)),
                Err(failure) => found.push(Err((path.clone(), failure))),
            }
        } else {
            found.push(Ok(path.clone()));
        }
    }
    found
}

/// All files of a folder that `wanted` accepts, sorted bytewise; folders in it are not entered.
pub(crate) fn listed(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>, Failure> {
    let fail = |error: std::io::Error| Failure::reading(folder, &error);
    let mut files = Vec::new();
    for entry in folder.read_dir().map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if !path.is_dir() && wanted(&path) {
            files.push(path);
        }
    }
    files.sort_by(|a, b| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
    Ok(files)
}
