//! Whatever parses prints to the same text.
#![no_main]
use ct_core::Timestamp;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(time) = Timestamp::parse(text) {
        assert_eq!(time.to_string(), text);
    }
});
