//! Whatever parses prints to the same text.
#![no_main]
use ct_core::Checkpoint;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(checkpoint) = Checkpoint::parse(text) {
        assert_eq!(checkpoint.text(), text);
    }
});
