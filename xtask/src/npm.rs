//! The npm package: the files of `wasm/npm/`, and the core with its glue, as one tarball.

use crate::gzip;
use crate::lzma;
use crate::size::Size;
use crate::tarball;
use crate::tokens;
use crate::wasm_module::WasmModule;
use anyhow::{Context, Result, ensure};
use base64ct::{Base64, Encoding};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Writes the tarball into the folder `out`.
///
/// # Errors
/// If a file cannot be read or written, the versions differ, or the tarball has grown beyond what is recorded.
pub(crate) fn pack(root: &Path, module: &WasmModule, out: &Path) -> Result<()> {
    let bytes = tarball(root, module)?;
    TARBALL_SIZE.check(u64::try_from(bytes.len())?)?;
    let path = out.join(TARBALL);
    fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// The tarball: the same bytes for the same sources, wherever they are.
///
/// # Errors
/// If a file cannot be read, or is not fit for the package.
pub(crate) fn tarball(root: &Path, module: &WasmModule) -> Result<Vec<u8>> {
    Ok(gzip::compressed(&tarball::archive(&files(root, module)?)?))
}

/// The tarball's name, as `npm pack` would choose it.
pub(crate) const TARBALL: &str = concat!("civictrust-verify-", env!("CARGO_PKG_VERSION"), ".tgz");

/// The package's files by name.
fn files(root: &Path, module: &WasmModule) -> Result<BTreeMap<String, Vec<u8>>> {
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
    files.insert("glue.mjs".to_owned(), module.glue.as_bytes().to_vec());
    let decoder = fs::read_to_string(root.join(DECODER)).with_context(|| format!("cannot read {DECODER}"))?;
    files.insert("lzma.mjs".to_owned(), format!("{decoder}\nexport {{ unpacked }};\n").into_bytes());
    check_offline(&files)?;
    files.insert("wasm.mjs".to_owned(), text_module(&module.wasm)?.into_bytes());
    Ok(files)
}

/// Nothing in the package names a way to a network. Its modules import one another, by the first words of a line.
fn check_offline(files: &BTreeMap<String, Vec<u8>>) -> Result<()> {
    for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with(".mjs")) {
        let text = String::from_utf8_lossy(bytes);
        let imports_its_own = |line: &&str| line.starts_with("import ") && line.contains(" from \"./");
        let script: Vec<&str> = text.lines().filter(|line| !imports_its_own(line)).collect();
        let found = tokens::forbidden(&script.join("\n"));
        ensure!(found.is_empty(), "{name} of the npm package:\n{}", found.join("\n"));
    }
    Ok(())
}

/// The module as text in a JavaScript module: it is there as soon as it is imported, from wherever that was.
fn text_module(module: &[u8]) -> Result<String> {
    let packed = Base64::encode_string(&lzma::packed(module)?);
    let size = module.len();
    Ok(format!(
        "// WebAssembly, packed as LZMA, in base64.\nexport const size = {size};\nexport const wasm =\n  \"{packed}\";\n"
    ))
}

/// What unpacks the page unpacks the package.
const DECODER: &str = "wasm/page/lzma.js";

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

/// What whoever installs the package fetches.
const TARBALL_SIZE: Size = Size { name: "the npm tarball", promised: 180_000, recorded: 118_943 };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_holds_its_own_files_the_core_and_the_licences() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let files = files(root, &WasmModule { glue: "export {};".to_owned(), wasm: b"\0asm".to_vec() }).unwrap();
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        let licences = ["LICENSE-APACHE", "LICENSE-MIT"];
        let own =
            ["README.md", "core.mjs", "glue.mjs", "index.d.ts", "index.mjs", "lzma.mjs", "package.json", "wasm.mjs"];
        assert_eq!(names, [&licences[..], &own].concat());
        assert!(String::from_utf8_lossy(&files["wasm.mjs"]).contains("export const size = 4;"));
    }
    #[test]
    fn a_script_that_names_a_network_is_refused_and_imports_of_its_own_are_not() {
        let check = |text: &str| check_offline(&BTreeMap::from([("a.mjs".to_owned(), text.as_bytes().to_vec())]));
        check("import { a } from \"./b.mjs\";\nexport const c = a;").unwrap();
        assert!(check("fetch(a)").unwrap_err().to_string().contains("a.mjs"));
        assert!(check("import { a } from \"other\";").is_err());
        assert!(check("const a = await import(\"./b.mjs\");").is_err());
    }
}
