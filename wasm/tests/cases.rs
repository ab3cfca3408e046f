//! The wrapper says what core says, byte for byte, for every case that its arguments can express.

#![cfg(test)]

use ct_core::{Code, Hash};
use ct_testdata::Case;

// R19.4: the report does not depend on who asks.
#[test]
fn the_wrapper_adds_nothing_and_loses_nothing() {
    let plain = |case: &Case| {
        case.state.is_none() && case.evidence.is_empty() && case.predecessors.is_empty() && !case.hash_only
    };
    let mut asked = 0;
    for case in ct_testdata::cases().into_iter().filter(plain) {
        let digest = case.document.as_ref().map(|document| Hash::of(document).to_string());
        let (at, mode) = (case.at.to_string(), case.mode.as_str());
        let text = ct_wasm::report_text(&case.bundle, &case.trust, &at, mode, digest.as_deref());
        assert_eq!(text, Ok(case.verify().to_json()), "{}", case.name);
        asked += 1;
    }
    assert!(asked > 150, "{asked} cases");
}

#[test]
fn arguments_that_are_none_are_refused() {
    let code = |at, mode, digest| ct_wasm::report_text(b"", b"", at, mode, digest).map_err(|error| error.code());
    assert_eq!(code("now", "strict", None), Err(Code::UsageTime));
    assert_eq!(code("2026-11-20T08:00:00Z", "lenient", None), Err(Code::UsageArguments));
    assert_eq!(code("2026-11-20T08:00:00Z", "strict", Some("abc")), Err(Code::UsageArguments));
}
