//! The verification core as a WebAssembly module with its JavaScript glue, in memory.

use crate::place::Place;
use crate::process::run;
use anyhow::{Context, Result, ensure};
use std::fs;
use wasm_bindgen_cli_support::Bindgen;

/// The system that the module runs on: none.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// A module and what calls it.
pub(crate) struct WasmModule {
    /// The module's bytes. Its imports are functions of the glue, under the name [`GLUE_NAME`].
    pub(crate) wasm: Vec<u8>,
    /// An ECMAScript module without imports, which is given the module's exports by `__wbg_set_wasm`.
    pub(crate) glue: String,
}

/// SHA-2 as loops, 17 kB less than written out round by round. A document is hashed a third slower, a bundle verified no
/// slower.
const COMPACT_HASHING: &str = "--cfg=sha2_backend_soft=\"compact\"";

/// The name under which the module imports its glue.
pub(crate) const GLUE_NAME: &str = "./ct_wasm_bg.js";

/// Builds the module.
pub(crate) fn build(place: &Place) -> Result<WasmModule> {
    let alone = ["--package", "ct-wasm", "--lib", "--profile", "web", "--target", TARGET];
    run(&mut place.build(&alone, &[COMPACT_HASHING])?)?;
    let built = place.target_folder.join(TARGET).join("web/ct_wasm.wasm");
    let bytes = fs::read(&built).with_context(|| format!("cannot read {}", built.display()))?;
    // Of all targets, the one for bundlers has glue that loads nothing.
    let mut bindgen = Bindgen::new();
    bindgen.input_bytes("ct_wasm", bytes).bundler(true)?.typescript(false);
    bindgen.remove_name_section(true).remove_producers_section(true);
    let mut output = bindgen.generate_output()?;
    let glue = output.start().context("wasm-bindgen made no glue")?.clone();
    ensure!(output.snippets().values().all(Vec::is_empty), "the glue has parts that nobody would load");
    let wasm = output.wasm_mut().emit_wasm();
    place.check_nameless("the module", &wasm)?;
    Ok(WasmModule { wasm, glue })
}
