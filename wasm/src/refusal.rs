//! A refusal as JavaScript sees it: an `Error` with the members `code`, `class`, `field`, `at` and `message`.

use ct_core::Error;
use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// Core's error as an `Error` with the stable `code`, its `class`, the `field` it is about (may be empty), `at` (the
/// byte offset as a number, or undefined) and core's own words as `message`.
#[must_use]
pub fn thrown(error: Error) -> JsValue {
    let thrown = JsValue::from(js_sys::Error::new(&error.to_string()));
    let offset = error.offset().and_then(|offset| u32::try_from(offset).ok());
    let members = [
        ("code", JsValue::from_str(error.code().as_str())),
        ("class", JsValue::from_str(error.code().class().as_str())),
        ("field", JsValue::from_str(error.field())),
        ("at", offset.map_or(JsValue::UNDEFINED, JsValue::from)),
    ];
    for (name, value) in members {
        // Setting a member of a fresh object cannot fail.
        let _ = Reflect::set(&thrown, &JsValue::from_str(name), &value);
    }
    thrown
}
