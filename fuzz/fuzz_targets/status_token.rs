//! Whatever parses encodes to the same bytes; no list takes more memory than its limit.
#![no_main]
use ct_core::status_list::StatusToken;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(token) = StatusToken::parse(bytes) {
        let signature = bytes.last_chunk().expect("a token ends with its signature");
        assert_eq!(token.claims().seal(token.kid(), signature), bytes);
        let _ = token.claims().status(0);
        let _ = token.claims().status(u64::MAX);
    }
});
