//! The catalogue of `ct explain`, by the stable texts that stand in reports.

use ct_core::explanation::{skip_reason, step_title};
use ct_core::verify::Skip;
use ct_core::{Code, Explanation, Language, StepName};
use wasm_bindgen::prelude::wasm_bindgen;

/// Every code of the register.
#[must_use]
#[wasm_bindgen]
pub fn codes() -> Vec<String> {
    Code::ALL.iter().map(ToString::to_string).collect()
}

/// The twelve steps in their order.
#[must_use]
#[wasm_bindgen(js_name = stepNames)]
pub fn step_names() -> Vec<String> {
    StepName::ALL.iter().map(|step| step.as_str().to_owned()).collect()
}

/// Every reason for which a step is not run.
#[must_use]
#[wasm_bindgen(js_name = skipNames)]
pub fn skip_names() -> Vec<String> {
    Skip::ALL.iter().map(|skip| skip.as_str().to_owned()).collect()
}

/// Title, meaning and next step of a code, in this order; nothing for an unknown code.
///
/// The language is that of a tag like `es-AR`; English stands in for one that the catalogue does not speak.
#[must_use]
#[wasm_bindgen]
pub fn explain(code: &str, language: &str) -> Vec<String> {
    let Some(code) = Code::from_text(code) else { return Vec::new() };
    let Explanation { title, meaning, next } = ct_core::explain(code, spoken(language));
    [title, meaning, next].map(str::to_owned).to_vec()
}

/// What holds if the step is ok.
#[must_use]
#[wasm_bindgen(js_name = stepTitle)]
pub fn title_of_step(step: &str, language: &str) -> Option<String> {
    let step = StepName::ALL.into_iter().find(|name| name.as_str() == step)?;
    Some(step_title(step, spoken(language)).to_owned())
}

/// Why a step was not run.
#[must_use]
#[wasm_bindgen(js_name = skipReason)]
pub fn reason_of_skip(skip: &str, language: &str) -> Option<String> {
    let skip = Skip::ALL.into_iter().find(|name| name.as_str() == skip)?;
    Some(skip_reason(skip, spoken(language)).to_owned())
}

fn spoken(tag: &str) -> Language {
    Language::from_tag(tag).unwrap_or(Language::English)
}
