//! Which package may depend on which. See `ARCHITECTURE.md` for the reasons.

use crate::process::{cargo, output};
use crate::step::Run;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::Path;

/// Checks the declared dependencies of every package, and that no network crate reaches those that promise none.
pub(crate) fn check(run: &mut Run) -> Result<()> {
    let packages = workspace(&run.root)?;
    let mut findings = forbidden(&packages);
    for package in packages.iter().filter(|package| OFFLINE.contains(&package.name.as_str())) {
        let mut tree = cargo(&run.root);
        tree.args(["tree", "--package", &package.name, "--edges", "normal", "--all-features", "--target", "all"]);
        tree.args(["--prefix", "none", "--format", "{p}"]);
        for found in network_crates(&output(&mut tree)?) {
            findings.push(format!("{} reaches the network crate {found}", package.name));
        }
    }
    if !findings.is_empty() {
        bail!("{}", findings.join("\n"));
    }
    println!("{} packages keep the arrows", packages.len());
    Ok(())
}

#[derive(Debug)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Debug)]
struct Dependency {
    name: String,
    kind: Kind,
    origin: Origin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Needed to build or to run: what users get.
    Shipped,
    /// Needed by tests only.
    Dev,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Workspace,
    Elsewhere,
}

/// The packages of the workspace with every declared dependency, also those behind a feature or for another system.
fn workspace(root: &Path) -> Result<Vec<Package>> {
    let text = output(cargo(root).args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&text).context("cargo metadata is not JSON")?;
    let listed = metadata.pointer("/packages").and_then(Value::as_array).context("cargo metadata has no packages")?;
    listed.iter().map(|package| read_package(package).context("cargo metadata has an unknown shape")).collect()
}

fn read_package(package: &Value) -> Option<Package> {
    let dependencies = package.get("dependencies")?.as_array()?.iter().map(read_dependency).collect::<Option<_>>()?;
    Some(Package { name: package.get("name")?.as_str()?.to_owned(), dependencies })
}

fn read_dependency(dependency: &Value) -> Option<Dependency> {
    let kind = match dependency.get("kind")? {
        Value::String(kind) if kind == "dev" => Kind::Dev,
        _ => Kind::Shipped,
    };
    // Only a dependency inside the workspace has a path.
    let origin = match dependency.get("path") {
        Some(Value::String(_)) => Origin::Workspace,
        _ => Origin::Elsewhere,
    };
    Some(Dependency { name: dependency.get("name")?.as_str()?.to_owned(), kind, origin })
}

/// Every dependency that is not allowed, as one line each.
fn forbidden(packages: &[Package]) -> Vec<String> {
    let mut findings = Vec::new();
    for package in packages {
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == package.name) else {
            findings.push(format!("{} is not in the table of arrows: say what it may depend on", package.name));
            continue;
        };
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            let is_allowed = match (dependency.origin, dependency.kind) {
                (Origin::Workspace, Kind::Shipped) => allowed.contains(&name),
                (Origin::Workspace, Kind::Dev) => allowed.contains(&name) || name == TEST_DATA,
                (Origin::Elsewhere, Kind::Shipped) => {
                    package.name != CORE || CORE_USES.iter().any(|(used, _)| *used == name)
                }
                (Origin::Elsewhere, Kind::Dev) => true,
            };
            if !is_allowed {
                findings.push(format!("{} must not depend on {name} ({:?})", package.name, dependency.kind));
            }
        }
    }
    findings
}

/// The network crates among the lines `name version ...` of `cargo tree`.
fn network_crates(tree: &str) -> Vec<&str> {
    let mut found: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| NETWORK_CRATES.contains(name))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

const CORE: &str = "ct-core";
const TEST_DATA: &str = "ct-testdata";

/// Each package of the workspace with those it may depend on. Tests may use the test data as well.
const ARROWS: &[(&str, &[&str])] = &[
    (CORE, &[]),
    ("ct-keys", &[CORE]),
    ("ct-journal", &[CORE]),
    ("ct-cli", &[CORE, "ct-keys", "ct-journal"]),
    ("ct-wasm", &[CORE]),
    ("ct-node", &[CORE, "ct-keys", "ct-journal"]),
    (TEST_DATA, &[CORE, "ct-keys", "ct-journal", "ct-node"]),
    ("xtask", &[]),
];

/// What core may use from outside, and for what. A verifier is only as trustworthy as this list is short.
const CORE_USES: &[(&str, &str)] =
    &[("sha2", "SHA-256"), ("ed25519-dalek", "Ed25519"), ("miniz_oxide", "the zlib stream of a status list")];

/// The packages that promise to have no network code in them.
const OFFLINE: &[&str] = &[CORE, "ct-cli", "ct-wasm"];

/// Crates that open connections, or exist for programs that do.
const NETWORK_CRATES: &[&str] = &[
    "actix-web",
    "async-net",
    "async-std",
    "attohttpc",
    "axum",
    "curl",
    "h2",
    "h3",
    "hickory-resolver",
    "hyper",
    "hyper-util",
    "isahc",
    "libp2p",
    "mio",
    "native-tls",
    "object_store",
    "openraft",
    "openssl",
    "quinn",
    "reqwest",
    "rustls",
    "smol",
    "socket2",
    "surf",
    "tiny_http",
    "tokio",
    "tonic",
    "tower-http",
    "tungstenite",
    "ureq",
    "warp",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependencies: &[(&str, Kind, Origin)]) -> Package {
        let dependencies = dependencies
            .iter()
            .map(|(name, kind, origin)| Dependency { name: (*name).to_owned(), kind: *kind, origin: *origin })
            .collect();
        Package { name: name.to_owned(), dependencies }
    }

    #[test]
    fn this_workspace_keeps_its_arrows() {
        let packages = workspace(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))).unwrap();
        assert!(packages.iter().any(|package| package.name == CORE && !package.dependencies.is_empty()));
        assert_eq!(forbidden(&packages), Vec::<String>::new());
    }

    #[test]
    fn allowed_arrows_are_no_findings() {
        let packages = [
            package(CORE, &[("sha2", Kind::Shipped, Origin::Elsewhere), ("proptest", Kind::Dev, Origin::Elsewhere)]),
            package("ct-cli", &[(CORE, Kind::Shipped, Origin::Workspace), ("clap", Kind::Shipped, Origin::Elsewhere)]),
            package("ct-node", &[(TEST_DATA, Kind::Dev, Origin::Workspace)]),
        ];
        assert_eq!(forbidden(&packages), Vec::<String>::new());
    }

    #[test]
    fn each_forbidden_arrow_is_found() {
        for (from, to, kind, origin) in [
            ("ct-cli", "ct-node", Kind::Shipped, Origin::Workspace),
            ("ct-node", "ct-cli", Kind::Dev, Origin::Workspace),
            ("ct-wasm", "ct-keys", Kind::Shipped, Origin::Workspace),
            ("ct-cli", TEST_DATA, Kind::Shipped, Origin::Workspace),
            (CORE, "ct-keys", Kind::Dev, Origin::Workspace),
            (CORE, "serde", Kind::Shipped, Origin::Elsewhere),
        ] {
            let packages = [package(from, &[(CORE, Kind::Dev, Origin::Elsewhere), (to, kind, origin)])];
            assert_eq!(forbidden(&packages), [format!("{from} must not depend on {to} ({kind:?})")]);
        }
    }

    #[test]
    fn a_package_that_the_table_does_not_know_is_found() {
        let findings = forbidden(&[package("ct-new", &[])]);
        assert_eq!(findings, ["ct-new is not in the table of arrows: say what it may depend on"]);
    }

    #[test]
    fn dependencies_are_read_with_kind_and_origin() {
        let text = r#"{"name": "ct-cli", "dependencies": [
            {"name": "ct-core", "kind": null, "path": "core"},
            {"name": "cc", "kind": "build"},
            {"name": "assert_cmd", "kind": "dev"}
        ]}"#;
        let read = read_package(&serde_json::from_str(text).unwrap()).unwrap();
        let found: Vec<_> = read.dependencies.iter().map(|d| (d.name.as_str(), d.kind, d.origin)).collect();
        assert_eq!(
            found,
            [
                ("ct-core", Kind::Shipped, Origin::Workspace),
                ("cc", Kind::Shipped, Origin::Elsewhere),
                ("assert_cmd", Kind::Dev, Origin::Elsewhere),
            ]
        );
    }

    #[test]
    fn network_crates_are_found_by_their_whole_name() {
        let tree =
            "ct-cli v0.1.0 (/somewhere)\nclap v4.6.1\ntokio-like v1.0.0\nmio v1.0.4\nhyper v1.8.0\nmio v1.0.4 (*)\n";
        assert_eq!(network_crates(tree), ["hyper", "mio"]);
        assert!(network_crates("ct-cli v0.1.0\nclap v4.6.1\n").is_empty());
    }
}
