//! Whatever is read prints to a text that reads the same.
#![no_main]
use ct_keys::trust_file::{parse, print};

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(trust) = parse(text) {
        let printed = print(&trust).expect("what was read can be printed");
        assert_eq!(parse(&printed).expect("what was printed can be read"), trust);
    }
});
