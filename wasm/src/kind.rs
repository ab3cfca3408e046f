//! What a file looks like, to put it where it belongs. A guess from the first bytes: it proves nothing.

use ct_core::Bundle;
use wasm_bindgen::prelude::wasm_bindgen;

/// `bundle`, `trust` or `document`, from the first bytes of a file.
///
/// A bundle is a CBOR map (RFC 8949 section 3.1), also one that was cut short; a trust root is a COSE_Sign structure
/// (RFC 9052 section 2, tag 98). No text and no usual picture or document begins like either.
#[must_use]
#[wasm_bindgen]
pub fn kind(head: &[u8]) -> String {
    let kind = match head {
        [0xa0..=0xbf, ..] => "bundle",
        [0xd8, 0x62, ..] => "trust",
        _ => "document",
    };
    kind.to_owned()
}

/// Which document a bundle is about: its SHA-256 in hexadecimal, as the bundle says it.
#[must_use]
#[wasm_bindgen(js_name = documentHash)]
pub fn document_hash(bundle: &[u8]) -> Option<String> {
    Some(Bundle::parse(bundle).ok()?.document_hash?.to_string())
}
