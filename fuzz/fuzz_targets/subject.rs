//! Whatever parses encodes to the same bytes.
#![no_main]
use ct_core::Subject;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(subject) = Subject::parse(bytes) {
        assert_eq!(subject.encode(), bytes);
    }
});
