//! The crates that are linked into `ct`, with what has to be said of each.

use crate::process::{cargo, output};
use crate::static_ct::TARGET;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One crate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Linked {
    pub(crate) name: String,
    pub(crate) version: String,
    /// An SPDX expression.
    pub(crate) license: String,
    pub(crate) origin: Origin,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// A package of this workspace.
    Workspace,
    /// The SHA-256 of the archive, as the lock file pins it.
    Registry { checksum: String },
}

/// The crates of `ct` on its target, sorted by name: no test, no build script, no macro, nothing of other packages.
pub(crate) fn crates(root: &Path) -> Result<Vec<Linked>> {
    let mut tree = cargo(root);
    tree.args(["tree", "--locked", "--package", "ct-cli", "--edges", "normal,no-proc-macro", "--target", TARGET]);
    let tree = output(tree.args(["--prefix", "none", "--format", "{p}|{l}"]))?;
    let lock = root.join("Cargo.lock");
    let lock = std::fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    read(&tree, &lock)
}

/// The folder of each crate's sources, by name and version.
pub(crate) fn sources(root: &Path) -> Result<BTreeMap<(String, String), PathBuf>> {
    let mut metadata = cargo(root);
    let text = output(metadata.args(["metadata", "--locked", "--format-version", "1", "--filter-platform", TARGET]))?;
    let metadata: Value = serde_json::from_str(&text).context("cargo metadata is not JSON")?;
    let listed = metadata.pointer("/packages").and_then(Value::as_array).context("cargo metadata has no packages")?;
    let source = |package: &Value| {
        let field = |name| Some(package.get(name)?.as_str()?.to_owned());
        let folder = Path::new(&field("manifest_path")?).parent()?.to_owned();
        Some(((field("name")?, field("version")?), folder))
    };
    listed.iter().map(|package| source(package).context("cargo metadata has an unknown shape")).collect()
}

fn read(tree: &str, lock: &str) -> Result<Vec<Linked>> {
    let checksums = checksums(lock);
    let mut crates = Vec::new();
    for line in tree.lines().map(|line| line.trim_end_matches(" (*)")) {
        let (package, license) = line.split_once('|').with_context(|| format!("cargo tree: {line}"))?;
        let mut words = package.split_whitespace();
        let (name, version) = words.next().zip(words.next()).with_context(|| format!("cargo tree: {line}"))?;
        let version = version.trim_start_matches('v');
        let checksum = checksums.iter().find(|(n, v, _)| *n == name && *v == version).map(|(_, _, sum)| *sum);
        let origin = match (checksum, words.next()) {
            (Some(checksum), None) => Origin::Registry { checksum: checksum.to_owned() },
            (None, Some(_)) => Origin::Workspace,
            _ => anyhow::bail!("{name} {version} is neither of this workspace nor pinned with a checksum"),
        };
        ensure!(!license.is_empty(), "{name} {version} does not say under which license it is");
        // The form that crates used before SPDX expressions.
        let license = license.replace('/', " OR ");
        crates.push(Linked { name: name.to_owned(), version: version.to_owned(), license, origin });
    }
    crates.sort();
    crates.dedup();
    Ok(crates)
}

/// Name, version and checksum of each package of a lock file that has a checksum.
fn checksums(lock: &str) -> Vec<(&str, &str, &str)> {
    lock.split("[[package]]")
        .filter_map(|package| {
            let field = |key: &str| {
                let value = package.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""))?;
                value.strip_suffix('"')
            };
            Some((field("name")?, field("version")?, field("checksum")?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 4\n\n\
        [[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry\"\nchecksum = \"aa\"\n\n\
        [[package]]\nname = \"a\"\nversion = \"2.0.0\"\nsource = \"registry\"\nchecksum = \"bb\"\n\n\
        [[package]]\nname = \"ours\"\nversion = \"0.1.0\"\n";

    #[test]
    fn each_crate_is_listed_once_with_its_own_checksum() {
        let tree = "ours v0.1.0 (/somewhere)|MIT\na v2.0.0|MIT/Apache-2.0\na v2.0.0|MIT/Apache-2.0 (*)\na v1.0.0|MIT\n";
        let found = read(tree, LOCK).unwrap();
        let registry = |checksum: &str| Origin::Registry { checksum: checksum.to_owned() };
        let found: Vec<_> = found.iter().map(|c| (c.version.as_str(), c.license.as_str(), c.origin.clone())).collect();
        assert_eq!(
            found,
            [
                ("1.0.0", "MIT", registry("aa")),
                ("2.0.0", "MIT OR Apache-2.0", registry("bb")),
                ("0.1.0", "MIT", Origin::Workspace)
            ]
        );
    }

    #[test]
    fn a_crate_that_nothing_pins_or_that_has_no_license_is_an_error() {
        assert!(read("b v1.0.0|MIT\n", LOCK).is_err());
        assert!(read("a v3.0.0|MIT\n", LOCK).is_err());
        assert!(read("a v1.0.0|\n", LOCK).is_err());
    }

    #[test]
    fn this_workspaces_ct_links_what_it_verifies_with_and_no_macro() {
        let found = crates(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))).unwrap();
        let has = |name: &str| found.iter().any(|linked| linked.name == name);
        assert!(has("ct-core") && has("ed25519-dalek") && has("sha2") && has("clap_builder"));
        assert!(!has("clap_derive") && !has("syn") && !has("proptest") && !has("ct-node") && !has("tokio"));
    }
}
