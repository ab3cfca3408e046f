//! The npm package: the files of `wasm/npm/`, and the core with its glue, as one tarball.

use crate::tarball;
use anyhow::{Context, Result, ensure};
use base64ct::{Base64, Encoding};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What wasm-bindgen makes: the glue for bundlers (`*_bg.js`), and the module.
pub(crate) struct Core<'a> {
    /// JavaScript that imports nothing.
    pub(crate) glue: &'a str,
    /// WebAssembly that imports nothing but the glue.
    pub(crate) module: &'a [u8],
}

/// Writes the tarball into the folder `out`, the same bytes for the same sources wherever they are.
///
/// # Errors
/// If a file cannot be read or written, the versions differ, or the tarball has grown beyond what is recorded.
pub(crate) fn pack(root: &Path, core: &Core<'_>, out: &Path) -> Result<PathBuf> {
    let archive = tarball::archive(&files(root, core)?)?;
    let bytes = crate::gzip::compressed(&archive);
    check_size(bytes.len())?;
    let path = out.join(format!("civictrust-verify-{VERSION}.tgz"));
    fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

/// The package's files by name.
fn files(root: &Path, core: &Core<'_>) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for path in COPIED {
        let bytes = fs::read(root.join(path)).with_context(|| format!("cannot read {path}"))?;
        let name = path.rsplit('/').next().unwrap_or(path);
        files.insert(name.to_owned(), bytes);
    }
    let manifest = files.get("package.json").map(Vec::as_slice).unwrap_or_default();
    let manifest: serde_json::Value = serde_json::from_slice(manifest).context("wasm/npm/package.json")?;
    let version = manifest.get("version").and_then(serde_json::Value::as_str);
    ensure!(version == Some(VERSION), "wasm/npm/package.json has another version than the workspace, {VERSION}");
    files.insert("glue.mjs".to_owned(), core.glue.as_bytes().to_vec());
    files.insert("wasm.mjs".to_owned(), text_module(core.module).into_bytes());
    Ok(files)
}

/// The module as text in a JavaScript module: it is there as soon as it is imported, from wherever that was.
fn text_module(module: &[u8]) -> String {
    format!("// WebAssembly in base64.\nexport const wasm =\n  \"{}\";\n", Base64::encode_string(module))
}

/// Fails if the tarball is larger than promised, or has grown without anybody having decided so.
fn check_size(bytes: usize) -> Result<()> {
    println!("npm tarball: {bytes} bytes, recorded {RECORDED_BYTES}, at most {MAX_BYTES}");
    ensure!(bytes <= MAX_BYTES, "the npm tarball has {bytes} bytes, at most {MAX_BYTES} are promised");
    ensure!(
        bytes * 10 <= RECORDED_BYTES * 11,
        "the npm tarball has {bytes} bytes, more than a tenth over the recorded {RECORDED_BYTES}; find out why, or \
         record it anew"
    );
    Ok(())
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

const COPIED: &[&str] = &[
    "wasm/npm/package.json",
    "wasm/npm/index.mjs",
    "wasm/npm/core.mjs",
    "wasm/npm/index.d.ts",
    "wasm/npm/README.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
];

/// What is promised to those who install it.
const MAX_BYTES: usize = 180 * 1024;

/// The size when it was last looked at. Whoever adds much to it says so by changing this figure.
const RECORDED_BYTES: usize = 110_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_beyond_a_tenth_or_the_promise_is_an_error() {
        check_size(RECORDED_BYTES).unwrap();
        check_size(RECORDED_BYTES / 10 * 11).unwrap();
        assert!(check_size(RECORDED_BYTES / 10 * 11 + 10).unwrap_err().to_string().contains("record it anew"));
        assert!(check_size(MAX_BYTES + 1).unwrap_err().to_string().contains("are promised"));
        const { assert!(RECORDED_BYTES < MAX_BYTES) };
    }

    #[test]
    fn the_package_holds_its_own_files_the_core_and_the_licences() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let files = files(root, &Core { glue: "export {};", module: b"\0asm" }).unwrap();
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        let licences = ["LICENSE-APACHE", "LICENSE-MIT"];
        let own = ["README.md", "core.mjs", "glue.mjs", "index.d.ts", "index.mjs", "package.json", "wasm.mjs"];
        assert_eq!(names, [&licences[..], &own].concat());
        assert!(String::from_utf8_lossy(&files["wasm.mjs"]).contains("\"AGFzbQ==\""));
    }
}
