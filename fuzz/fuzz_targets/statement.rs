//! Whatever parses encodes its header to the bytes that were signed.
#![no_main]
use ct_core::Statement;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(statement) = Statement::parse(bytes) {
        let signature = bytes.last_chunk().expect("a statement ends with its signature");
        assert_eq!(statement.header().seal(&statement.payload(), signature), bytes);
    }
});
