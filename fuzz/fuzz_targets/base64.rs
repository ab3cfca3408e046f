//! Whatever decodes is the one text of its bytes.
#![no_main]
use ct_core::base64;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(bytes) = base64::decode(text, 1 << 16) {
        assert_eq!(base64::encode(&bytes), text);
    }
});
