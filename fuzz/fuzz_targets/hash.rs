//! Whatever parses prints to the same digits.
#![no_main]
use ct_core::Hash;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(hash) = Hash::from_hex(text) {
        assert_eq!(hash.to_string(), text);
    }
});
