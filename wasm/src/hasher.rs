//! SHA-256 over a document that arrives in pieces.

use wasm_bindgen::prelude::wasm_bindgen;

/// SHA-256 in constant memory, however large the document.
#[wasm_bindgen]
#[derive(Clone, Debug, Default)]
pub struct Hasher(ct_core::Hasher);

#[wasm_bindgen]
impl Hasher {
    /// Nothing hashed yet.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all pieces in lower-case hexadecimal; the hasher is used up.
    #[must_use]
    pub fn finish(self) -> String {
        self.0.finish().to_string()
    }
}
