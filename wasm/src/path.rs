//! The way from the document to the checkpoint, for a drawing. Nothing here is verified: the report says what holds.

use ct_core::merkle::leaf_hash;
use ct_core::{Bundle, InclusionProof};
use wasm_bindgen::prelude::wasm_bindgen;

/// The inclusion proof of a bundle as JSON: `index` and `size` (decimal texts), `leaf`, and `siblings` from the leaf
/// upwards, each with `side` (`left` or `right`), `hash`, and the entries `start` to before `end` that it stands for.
///
/// Nothing if the bundle has no proof of the right form.
#[must_use]
#[wasm_bindgen(js_name = merklePath)]
pub fn merkle_path(bundle: &[u8]) -> Option<String> {
    let bundle = Bundle::parse(bundle).ok()?;
    let (index, size) = (bundle.leaf_index?, bundle.tree_size?);
    let proof = InclusionProof::new(index, size, bundle.inclusion_proof?).ok()?;
    let parts = InclusionProof::needed(index, size).ok()?;
    let leaf = leaf_hash(bundle.statement?);
    let mut siblings = String::new();
    for (part, hash) in parts.iter().zip(proof.path()) {
        let comma = if siblings.is_empty() { "" } else { "," };
        let side = if part.start() > index.get() { "right" } else { "left" };
        let (start, end) = (part.start(), part.end());
        siblings += &format!(r#"{comma}{{"end":"{end}","hash":"{hash}","side":"{side}","start":"{start}"}}"#);
    }
    Some(format!(r#"{{"index":"{}","leaf":"{leaf}","siblings":[{siblings}],"size":"{}"}}"#, index.get(), size.get()))
}
