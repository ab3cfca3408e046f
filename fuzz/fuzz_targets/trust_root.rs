//! A trust root that nobody signed is refused, whatever its bytes.
#![no_main]
use ct_core::{Class, TrustRoot};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(error) = TrustRoot::load(bytes) {
        assert_eq!(error.code().class(), Class::Trust);
    }
});
