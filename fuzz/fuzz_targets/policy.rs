//! Any text is read or refused.
#![no_main]
use ct_core::c2sp::policy::Policy;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = Policy::parse(text);
});
