//! `cargo xtask web`: the page as one file, and its SHA-256.

use crate::npm;
use crate::page::Parts;
use crate::place::Place;
use crate::size::Size;
use crate::step::Run;
use crate::tools;
use crate::wasm_module::{self, TARGET, WasmModule};
use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Builds the page into `wasm/dist/`, with the trust root that was asked for.
pub(crate) fn run(run: &mut Run) -> Result<()> {
    if !tools::target_is_installed(&run.root, TARGET) {
        return run.skips.record(&format!("the page was not built: the target {TARGET} is not installed"));
    }
    let trust = run.trust.as_deref().map(trust_root).transpose()?;
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

/// A file that may be a trust root. Whether it is a good one, the page says when it is opened, and `ct trust show` before.
fn trust_root(path: &Path) -> Result<Vec<u8>> {
    let bytes = fs::read(path).with_context(|| format!("cannot read the trust root {}", path.display()))?;
    ensure!(
        bytes.starts_with(&COSE_SIGN) && length(&bytes) <= MAX_TRUST_BYTES,
        "{} is no signed trust root; see `ct trust build` and `ct trust show`",
        path.display()
    );
    Ok(bytes)
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

/// How every trust root begins: tag 98 of RFC 9052, section 2.
const COSE_SIGN: [u8; 2] = [0xd8, 0x62];
/// What core accepts.
const MAX_TRUST_BYTES: u64 = 1 << 20;

const FOLDER: &str = "wasm/dist";
const PAGE: &str = "verify.html";

/// For a slow line, an old telephone, a stick that holds other things too. `docs/page.md` says where the bytes are and what
/// was tried.
const PAGE_SIZE: Size = Size { name: PAGE, promised: 150_000, recorded: 147_006 };
const MODULE_SIZE: Size = Size { name: "the module", promised: 350_000, recorded: 333_371 };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_a_trust_root_is_built_in() {
        let bundles = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bundles");
        assert!(trust_root(&bundles.join("trust.cbor")).unwrap().len() > 1000);
        for (name, why) in
            [("trust.toml", "is no signed"), ("valid/diploma.cbor", "is no signed"), ("no", "cannot read")]
        {
            let error = trust_root(&bundles.join(name)).unwrap_err();
            assert!(error.to_string().contains(why), "{error}");
        }
    }

    // FIPS 180-4, "abc"
    #[test]
    fn the_hash_is_the_one_that_sha256sum_prints() {
        assert_eq!(digest(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
