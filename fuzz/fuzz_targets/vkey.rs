//! Whatever parses prints to the same text.
#![no_main]
use ct_core::VerifierKey;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(key) = VerifierKey::parse(text) {
        assert_eq!(key.to_string(), text);
    }
});
