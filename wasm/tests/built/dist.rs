//! What `cargo xtask web` has built and `cargo xtask tools` has installed, or the reason why a test cannot have it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The page, if it was built; else says that the test is skipped.
pub(crate) fn page(test: &str) -> Option<PathBuf> {
    existing(test, folder().join("verify.html"), "cargo xtask web builds it")
}

/// The package's tarball, if it was built; else says that the test is skipped.
pub(crate) fn tarball(test: &str) -> Option<PathBuf> {
    existing(test, folder().join(TARBALL), "cargo xtask web builds it")
}

/// A file of an npm package that only tests need; else says that the test is skipped.
pub(crate) fn npm_tool(test: &str, path: &str) -> Option<PathBuf> {
    existing(test, target().join("npm/node_modules").join(path), "cargo xtask tools installs it where it may")
}

/// A program on the search path; else says that the test is skipped.
pub(crate) fn program(test: &str, name: &str) -> Option<PathBuf> {
    let found = std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(name)).find(|p| p.is_file());
    if found.is_none() {
        ct_testdata::skip(format!("{test}: {name} is not installed"));
    }
    found
}

/// Node, if there is one that the package promises to run in; else says that the test is skipped.
pub(crate) fn node(test: &str) -> Option<PathBuf> {
    let node = program(test, "node")?;
    let output = Command::new(&node).arg("--version").output().unwrap();
    let version = String::from_utf8(output.stdout).unwrap();
    let mut numbers = version.trim().trim_start_matches('v').split('.').map(|number| number.parse::<u32>().unwrap());
    if (numbers.next(), numbers.next()) < (Some(20), Some(19)) {
        ct_testdata::skip(format!("{test}: Node {} is older than 20.19", version.trim()));
        return None;
    }
    Some(node)
}

/// The folder that cargo builds in.
pub(crate) fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().to_owned()
}

/// Says something to whoever watches the test.
pub(crate) fn remark(text: &str) {
    eprintln!("{text}");
}

/// Reads a file of the repository.
pub(crate) fn read(path: impl AsRef<Path>) -> Vec<u8> {
    let path = ct_testdata::repository().join(path);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file in a folder of the repository, sorted by name.
pub(crate) fn files(folder: &str) -> Vec<PathBuf> {
    let folder = ct_testdata::repository().join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn folder() -> PathBuf {
    ct_testdata::repository().join("wasm/dist")
}

fn existing(test: &str, path: PathBuf, remedy: &str) -> Option<PathBuf> {
    if path.exists() {
        return Some(path);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    ct_testdata::skip(format!("{test}: there is no {name}; {remedy}"));
    None
}

const TARBALL: &str = concat!("civictrust-verify-", env!("CARGO_PKG_VERSION"), ".tgz");
