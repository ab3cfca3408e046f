//! What the tests need beside cargo. What can be installed is installed; what cannot is left out, and the tests that
//! need it say so.

use crate::process::{cargo, output, program, run, works};
use crate::step::Run;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Installs what is missing. Fails only where the workspace itself cannot be read.
pub(crate) fn install(run: &mut Run) -> Result<()> {
    let path = run.root.join("rust-toolchain.toml");
    let pinned = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    install_components(&run.root, &pinned);
    install_targets(&run.root, &pinned);
    install_packages(&run.root);
    install_npm_packages(&run.root);
    Ok(())
}

/// Whether the toolchain can compile for `target`.
pub(crate) fn target_is_installed(root: &Path, target: &str) -> bool {
    let library = output(program(root, "rustc").args(["--print", "target-libdir", "--target", target]));
    library.is_ok_and(|path| Path::new(path.trim_end()).is_dir())
}

/// Installs the standard library for `target` if it is missing, and says whether it could.
pub(crate) fn install_target(root: &Path, target: &str) {
    if !target_is_installed(root, target) {
        let result = run(program(root, "rustup").args(["target", "add", target]));
        report(target, result);
    }
}

/// Where cargo builds.
pub(crate) fn target_folder(root: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder))
}

fn install_components(root: &Path, pinned: &str) {
    for component in array(pinned, "components") {
        let command = match component {
            "rustfmt" => "fmt",
            other => other,
        };
        if !works(cargo(root).args([command, "--version"])) {
            let result = run(program(root, "rustup").args(["component", "add", component]));
            report(component, result);
        }
    }
}

fn install_targets(root: &Path, pinned: &str) {
    for target in array(pinned, "targets") {
        install_target(root, target);
    }
}

fn install_packages(root: &Path) {
    let missing: Vec<&Package> = PACKAGES.iter().filter(|package| !package.is_there()).collect();
    if missing.is_empty() {
        return;
    }
    let result = match output(program(root, "id").arg("-u")) {
        Ok(user) if user.trim_end() == "0" => apt_get(root, &missing),
        _ => Err(anyhow::anyhow!("Debian packages are installed by root")),
    };
    if let Err(error) = &result {
        println!("apt-get: {error:#}");
    }
    for package in missing {
        match package.is_there() {
            true => println!("installed: {}", package.name),
            false => println!("not installed: {} (tests that need it print SKIPPED)", package.name),
        }
    }
}

fn apt_get(root: &Path, missing: &[&Package]) -> Result<()> {
    let apt_get = |arguments: &[&str]| {
        run(program(root, "apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(["-q"]).args(arguments))
    };
    apt_get(&["update"])?;
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(missing.iter().map(|package| package.name));
    apt_get(&install)
}

/// The packages of `wasm/tests/package-lock.json`, each with the hash that stands there, into the target folder. None of
/// their scripts is run.
fn install_npm_packages(root: &Path) {
    let (wanted, folder) = (root.join("wasm/tests"), target_folder(root).join("npm"));
    // npm writes the first of the two last, so an installation that was interrupted is made again.
    let is_done = folder.join("node_modules/.package-lock.json").exists();
    let lock = |folder: &Path| fs::read(folder.join("package-lock.json")).ok();
    if !is_done || lock(&wanted) != lock(&folder) {
        report("npm packages for tests", npm_install(&wanted, &folder));
    }
}

fn npm_install(wanted: &Path, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(wanted.join(name), folder.join(name)).with_context(|| format!("cannot copy {name}"))?;
    }
    let npm = ["ci", "--ignore-scripts", "--omit-lockfile-registry-resolved", "--no-audit", "--no-fund"];
    run(program(folder, "npm").args(npm).arg("--loglevel=error"))
}

fn report(thing: &str, result: Result<()>) {
    match result {
        Ok(()) => println!("installed: {thing}"),
        Err(error) => println!("not installed: {thing} ({error:#})"),
    }
}

/// The strings of the one-line array `key = ["...", "..."]`; none where there is no such line.
fn array<'a>(toml: &'a str, key: &str) -> Vec<&'a str> {
    let list = toml.lines().find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('='));
    list.map_or_else(Vec::new, |list| list.split('"').skip(1).step_by(2).collect())
}

/// Whether a program of this name can be run.
pub(crate) fn is_on_path(name: &str) -> bool {
    env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(name).is_file()))
}

/// A Debian package, and how to see that what it brings is there, however it came.
struct Package {
    name: &'static str,
    brings: Brings,
}

enum Brings {
    Program(&'static str),
    Folder(&'static str),
}

impl Package {
    fn is_there(&self) -> bool {
        match self.brings {
            Brings::Program(name) => is_on_path(name),
            Brings::Folder(path) => PathBuf::from(path).is_dir(),
        }
    }
}

const PACKAGES: &[Package] = &[
    Package { name: "openssl", brings: Brings::Program("openssl") },
    Package { name: "jq", brings: Brings::Program("jq") },
    Package { name: "groff-base", brings: Brings::Program("groff") },
    Package { name: "musl-tools", brings: Brings::Program("musl-gcc") },
    Package { name: "minisign", brings: Brings::Program("minisign") },
    Package { name: "strace", brings: Brings::Program("strace") },
    Package { name: "iproute2", brings: Brings::Program("ip") },
    Package { name: "chromium", brings: Brings::Program("chromium") },
    Package { name: "chromium-driver", brings: Brings::Program("chromedriver") },
    Package { name: "golang-go", brings: Brings::Program("go") },
    Package { name: "golang-golang-x-mod-dev", brings: Brings::Folder("/usr/share/gocode/src/golang.org/x/mod/sumdb") },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pinned_toolchain_lists_what_no_std_is_shown_with() {
        let pinned = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../rust-toolchain.toml")).unwrap();
        let targets = array(&pinned, "targets");
        assert!(targets.contains(&"x86_64-unknown-none") && targets.contains(&"wasm32-unknown-unknown"), "{targets:?}");
        assert_eq!(array(&pinned, "components"), ["rustfmt", "clippy"]);
    }

    #[test]
    fn an_array_that_is_absent_or_empty_has_no_strings() {
        assert!(array("channel = \"1\"\n", "targets").is_empty());
        assert!(array("targets = []\n", "targets").is_empty());
        assert!(array("other-targets = [\"a\"]\n", "targets").is_empty());
    }

    // Whose machine it was made on, and where that machine gets its packages, is nobody's business.
    #[test]
    fn the_lock_of_the_npm_packages_names_no_registry_and_pins_every_package_by_its_hash() {
        let lock = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../wasm/tests/package-lock.json")).unwrap();
        let lock: serde_json::Value = serde_json::from_slice(&lock).unwrap();
        let packages = lock["packages"].as_object().unwrap();
        assert!(packages.len() > 3);
        for (name, package) in packages.iter().filter(|(name, _)| !name.is_empty()) {
            assert_eq!(package.get("resolved"), None, "{name}");
            assert!(package["integrity"].as_str().is_some_and(|hash| hash.starts_with("sha512-")), "{name}");
        }
    }

    #[test]
    fn an_invented_program_is_not_there() {
        assert!(!is_on_path("civictrust-no-such-program"));
    }
}
