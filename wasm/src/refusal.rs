//! A refusal as JavaScript sees it: an `Error` with the members `code`, `class`, `field`, `at` and `message`.

use ct_core::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// JavaScript's own.
    #[wasm_bindgen(js_name = Error)]
    type Thrown;

    #[wasm_bindgen(constructor, js_class = "Error")]
    fn new(message: &str) -> Thrown;
    #[wasm_bindgen(method, setter)]
    fn set_code(this: &Thrown, code: &str);
    #[wasm_bindgen(method, setter)]
    fn set_class(this: &Thrown, class: &str);
    #[wasm_bindgen(method, setter)]
    fn set_field(this: &Thrown, field: &str);
    #[wasm_bindgen(method, setter)]
    fn set_at(this: &Thrown, at: Option<u32>);
}

/// Core's error as an `Error` with the stable `code`, its `class`, the `field` it is about (may be empty), `at` (the
/// byte offset as a number, or undefined) and core's own words as `message`.
#[must_use]
pub fn thrown(error: Error) -> JsValue {
    let thrown = Thrown::new(&error.to_string());
    thrown.set_code(error.code().as_str());
    thrown.set_class(error.code().class().as_str());
    thrown.set_field(error.field());
    thrown.set_at(error.offset().and_then(|offset| u32::try_from(offset).ok()));
    thrown.into()
}
