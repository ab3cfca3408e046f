//! Where something is built, and the flags with which it comes out the same wherever that is.

use crate::process::{cargo, output, program};
use crate::tools;
use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Where something is built.
pub(crate) struct Place {
    /// The workspace's folder.
    pub(crate) root: PathBuf,
    /// Where cargo builds, and where what is made is put.
    pub(crate) target_folder: PathBuf,
    /// Cargo's own folder, if it is not to be reached by its usual path.
    pub(crate) cargo_home: Option<PathBuf>,
}

impl Place {
    /// This workspace, with its usual target folder.
    pub(crate) fn usual(root: &Path) -> Self {
        Self { root: root.to_owned(), target_folder: tools::target_folder(root), cargo_home: None }
    }

    /// `cargo build --locked` of what `arguments` name, with nothing of this machine in what comes out; the compiler gets
    /// `flags` beside its own.
    pub(crate) fn build(&self, arguments: &[&str], flags: &[&str]) -> Result<Command> {
        let mut build = cargo(&self.root);
        build.args(["build", "--locked"]).args(arguments);
        let home = self.home()?;
        let remapped = remapped_folders(&self.root, &home)?;
        let mut all = remapped.iter().map(|(from, to)| flag(from, to)).collect::<Result<Vec<_>>>()?;
        all.extend(flags.iter().map(|flag| (*flag).to_owned()));
        // What the caller sets for other builds would make other bytes.
        for variable in ["RUSTFLAGS", "CFLAGS", "CC", "TARGET_CC", "TARGET_CFLAGS"] {
            build.env_remove(variable);
        }
        // What is C in `ct`, its allocator, would say when it was compiled.
        build.env("SOURCE_DATE_EPOCH", "0");
        build.env("CARGO_ENCODED_RUSTFLAGS", all.join("\u{1f}")).env("CARGO_HOME", &home);
        build.env("CARGO_TARGET_DIR", &self.target_folder);
        Ok(build)
    }

    /// Fails if `bytes` name a folder of this machine; `what` is what they are.
    pub(crate) fn check_nameless(&self, what: &str, bytes: &[u8]) -> Result<()> {
        for folder in [&self.root, &self.target_folder, &self.home()?] {
            ensure!(!names(bytes, folder), "{what} names the folder {}", folder.display());
        }
        Ok(())
    }

    fn home(&self) -> Result<PathBuf> {
        match &self.cargo_home {
            Some(home) => Ok(home.clone()),
            None => cargo_home(),
        }
    }
}

/// Where cargo keeps the sources of crates.
pub(crate) fn cargo_home() -> Result<PathBuf> {
    let named = env::var_os("CARGO_HOME").map(PathBuf::from);
    let usual = || env::var_os("HOME").map(|home| Path::new(&home).join(".cargo"));
    named.or_else(usual).context("neither CARGO_HOME nor HOME is set")
}

/// Whether the path of a folder stands in a file.
fn names(bytes: &[u8], folder: &Path) -> bool {
    let path = folder.as_os_str().as_encoded_bytes();
    bytes.windows(path.len()).any(|window| window == path)
}

/// The folders of this machine that the places of panics would name in the file, and what stands there instead.
fn remapped_folders(root: &Path, cargo_home: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut folders = vec![(root.to_owned(), "civictrust".to_owned())];
    // The folder of a registry is named after where it was reached.
    let registries = cargo_home.join("registry/src");
    let listed = fs::read_dir(&registries).with_context(|| format!("cannot list {}", registries.display()))?;
    for entry in listed {
        folders.push((entry?.path(), "crates".to_owned()));
    }
    let sysroot = output(program(root, "rustc").args(["--print", "sysroot"]))?;
    let version = output(program(root, "rustc").arg("-vV"))?;
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: "));
    let commit = commit.context("rustc -vV names no commit")?;
    // The same as in a toolchain without the library's sources.
    folders.push((Path::new(sysroot.trim_end()).join("lib/rustlib/src/rust"), format!("/rustc/{commit}")));
    Ok(folders)
}

/// The compiler flag that replaces a folder.
fn flag(from: &Path, to: &str) -> Result<String> {
    match from.to_str() {
        Some(from) if !from.contains(['=', '\u{1f}']) => Ok(format!("--remap-path-prefix={from}={to}")),
        _ => bail!("{}: move the folder to one with a plainer name", from.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_in_the_file_is_found() {
        assert!(names(b"panicked at /somewhere/tree/src/main.rs", Path::new("/somewhere/tree")));
        assert!(!names(b"panicked at civictrust/src/main.rs", Path::new("/somewhere/tree")));
    }

    #[test]
    fn a_folder_that_a_flag_cannot_name_is_refused() {
        assert_eq!(flag(Path::new("/a b"), "c").unwrap(), "--remap-path-prefix=/a b=c");
        assert!(flag(Path::new("/a=b"), "c").is_err());
    }
}
