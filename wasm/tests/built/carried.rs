//! What the page carries arrives as it was packed: its module is the one that Node unpacks from the package, byte for byte.

use crate::chromium::Chromium;
use crate::dist;
use crate::namespace::inside;
use crate::package::Project;
use crate::page::Page;

/// SHA-256 of the module, and how many different bytes it has.
const DIGEST: &str = "const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', module)); \
    const text = [...digest].map(byte => byte.toString(16).padStart(2, '0')).join('') + ' ' + new Set(module).size;";

// From packing to the browser's memory no byte is lost: HTML, UTF-8, seven bits to a byte, LZMA.
#[test]
fn the_page_and_the_package_carry_the_same_module() {
    let test = "carried::the_page_and_the_package_carry_the_same_module";
    inside(test, || {
        let Some(file) = dist::page(test) else { return };
        let Some(project) = Project::with_package(test) else { return };
        let Some(chromium) = Chromium::start(test, "en") else { return };
        let program = format!(
            "import {{ unpacked }} from './node_modules/@civictrust/verify/lzma.mjs'; \
             import {{ size, wasm }} from './node_modules/@civictrust/verify/wasm.mjs'; \
             const module = unpacked(Buffer.from(wasm, 'base64'), size); {DIGEST} console.log(text);"
        );
        project.write("digest.mjs", program);
        let packaged = project.node(&["digest.mjs"]);
        Page::open(&chromium, &file);
        let carried = chromium.driver().run_async(&format!("const {{ module }} = CARRIED; {DIGEST} return text;"), &[]);
        assert_eq!(carried.as_str(), Some(packaged.trim()));
        assert!(packaged.trim().ends_with(" 256"), "the module has every byte: {packaged}");
    });
}
