//! Whatever parses encodes to the same bytes.
#![no_main]
use ct_core::Bundle;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(bundle) = Bundle::parse(bytes) {
        assert_eq!(bundle.encode(), bytes);
    }
});
