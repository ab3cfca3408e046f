//! `cargo xtask web`: the page as one file, and its SHA-256.

use crate::npm;
use crate::page::Parts;
use crate::place::Place;
use crate::size::Size;
use crate::step::Run;
use crate::tools;
use crate::wasm_module::{self, TARGET, WasmModule};
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Builds the page into `wasm/dist/`, with the trust root that was asked for.
pub(crate) fn run(run: &mut Run) -> Result<()> {
    if !tools::target_is_installed(&run.root, TARGET) {
        return run.skips.record(&format!("the page was not built: the target {TARGET} is not installed"));
    }
    let trust = run
        .trust
        .as_ref()
        .map(|path| fs::read(path).with_context(|| format!("cannot read the trust root {}", path.display())));
    let trust = trust.transpose()?;
    let place = Place::usual(&run.root);
    let module = wasm_module::build(&place)?;
    let page = page(&place, &module, trust.as_deref())?;
    MODULE_SIZE.check(length(&module.wasm))?;
    // A trust root that a city builds in is its own affair.
    if trust.is_none() {
        PAGE_SIZE.check(length(page.as_bytes()))?;
    }
    let folder = run.root.join(FOLDER);
    write(&folder, PAGE, page.as_bytes())?;
    write(&folder, &format!("{PAGE}.sha256"), format!("{}  {PAGE}\n", digest(page.as_bytes())).as_bytes())?;
    npm::pack(&run.root, &module, &folder)?;
    println!("{FOLDER}/{PAGE}: sha256:{}", digest(page.as_bytes()));
    Ok(())
}

/// The page, built from the sources in `place`.
pub(crate) fn page(place: &Place, module: &WasmModule, trust: Option<&[u8]>) -> Result<String> {
    Parts::read(&place.root.join("wasm/page"))?.assemble(module, trust)
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let path = folder.join(name);
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, bytes));
    written.with_context(|| format!("cannot write {}", path.display()))
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

const FOLDER: &str = "wasm/dist";
const PAGE: &str = "verify.html";

/// For a slow line, an old telephone, a stick that holds other things too.
const PAGE_SIZE: Size = Size { name: PAGE, promised: 290_000, recorded: 274_656 };
const MODULE_SIZE: Size = Size { name: "the module", promised: 460_000, recorded: 434_196 };

#[cfg(test)]
mod tests {
    use super::*;

    // FIPS 180-4, "abc"
    #[test]
    fn the_hash_is_the_one_that_sha256sum_prints() {
        assert_eq!(digest(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
