//! The one file that is given away: `ct`, stripped, linked with nothing of the machine it runs on, and the same bytes
//! wherever it is built.

use crate::process::{cargo, output, program, run};
use crate::tools;
use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The system that the file runs on: any Linux of this architecture.
pub(crate) const TARGET: &str = "x86_64-unknown-linux-musl";

/// Where it is built.
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
}

/// Why `ct` cannot be built and run here, if it cannot.
pub(crate) fn obstacle(root: &Path) -> Option<String> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Some("this is no Linux on x86_64".to_owned());
    }
    if !tools::is_on_path("musl-gcc") {
        // The allocator is C.
        return Some("musl-gcc is not installed".to_owned());
    }
    (!tools::target_is_installed(root, TARGET)).then(|| format!("the target {TARGET} is not installed"))
}

/// Builds `ct` alone, so that no other package's needs turn on a feature of what it depends on.
pub(crate) fn build(place: &Place) -> Result<PathBuf> {
    let Place { root, target_folder, cargo_home: home } = place;
    let mut build = cargo(root);
    build.args(["build", "--locked", "--package", "ct-cli", "--bin", "ct", "--profile", "dist", "--target", TARGET]);
    // What the caller sets for other builds would make other bytes.
    let home = match home {
        Some(home) => home.clone(),
        None => cargo_home()?,
    };
    let flags = remapped_folders(root, &home)?;
    let flags = flags.iter().map(|(from, to)| flag(from, to)).collect::<Result<Vec<_>>>()?;
    for variable in ["CFLAGS", "CC", "TARGET_CC", "TARGET_CFLAGS"] {
        build.env_remove(variable);
    }
    // The allocator, which is C, would say when it was compiled.
    build.env("SOURCE_DATE_EPOCH", "0");
    build.env_remove("RUSTFLAGS").env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}")).env("CARGO_HOME", &home);
    run(build.env("CARGO_TARGET_DIR", target_folder))?;
    let built = target_folder.join(TARGET).join("dist/ct");
    let bytes = fs::read(&built).with_context(|| format!("cannot read {}", built.display()))?;
    for folder in [root, target_folder, &home] {
        ensure!(!names(&bytes, folder), "{} names the folder {}", built.display(), folder.display());
    }
    Ok(built)
}

/// Whether the path of a folder stands in a file.
fn names(bytes: &[u8], folder: &Path) -> bool {
    let path = folder.as_os_str().as_encoded_bytes();
    bytes.windows(path.len()).any(|window| window == path)
}

/// Fails if the file is too large for what is promised, or has grown without anybody having decided so.
pub(crate) fn check_size(bytes: u64) -> Result<()> {
    let recorded = u128::from(RECORDED_BYTES);
    let share = u128::from(bytes) * 1000 / recorded;
    println!("ct: {bytes} bytes, {}.{} % of what is recorded, at most {MAX_BYTES}", share / 10, share % 10);
    ensure!(bytes <= MAX_BYTES, "ct has {bytes} bytes, at most {MAX_BYTES} are promised");
    ensure!(
        u128::from(bytes) * 10 <= recorded * 11,
        "ct has {bytes} bytes, more than a tenth over the recorded {RECORDED_BYTES}; find out why, or record it anew"
    );
    Ok(())
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

/// Where cargo keeps the sources of crates.
pub(crate) fn cargo_home() -> Result<PathBuf> {
    let named = env::var_os("CARGO_HOME").map(PathBuf::from);
    let usual = || env::var_os("HOME").map(|home| Path::new(&home).join(".cargo"));
    named.or_else(usual).context("neither CARGO_HOME nor HOME is set")
}

/// What is promised to somebody with a slow line or an old stick.
const MAX_BYTES: u64 = 3 << 20;

/// The size when it was last looked at. Whoever adds much to `ct` says so by changing this figure.
const RECORDED_BYTES: u64 = 3_042_216;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_beyond_a_tenth_or_the_promise_is_an_error() {
        check_size(1).unwrap();
        check_size(RECORDED_BYTES).unwrap();
        check_size(RECORDED_BYTES / 10 * 11).unwrap();
        let error = check_size(RECORDED_BYTES / 10 * 11 + 10).unwrap_err();
        assert!(error.to_string().contains("record it anew"), "{error}");
        let error = check_size(MAX_BYTES + 1).unwrap_err();
        assert!(error.to_string().contains("are promised"), "{error}");
        const { assert!(RECORDED_BYTES < MAX_BYTES) };
    }

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
