//! Whatever parses encodes to the same bytes; what verifies stays verified when it is redacted.
#![no_main]
use ct_core::claims::Disclosure;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(disclosure) = Disclosure::parse(bytes) {
        assert_eq!(disclosure.encode(), bytes);
        let hash = disclosure.document_hash();
        if disclosure.verify(&hash).is_ok()
            && let Ok(redacted) = disclosure.redact(|claim| claim.index % 2 == 0)
        {
            assert_eq!(redacted.verify(&hash), Ok(()));
        }
    }
});
