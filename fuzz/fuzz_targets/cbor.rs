//! What is in our profile is deterministic; nothing panics, whatever the reader is asked for.
#![no_main]
use ct_core::cbor::{Reader, check_deterministic, check_profile, peek_kind};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let deterministic = check_deterministic(bytes);
    assert!(check_profile(bytes).is_err() || deterministic.is_ok());
    let _ = peek_kind(bytes);
    let mut reader = Reader::new(bytes);
    if reader.skip_value("value").is_ok() {
        assert_eq!(reader.end().is_ok(), deterministic.is_ok());
    }
    // The first byte chooses what is asked for, item after item.
    let Some((choices, rest)) = bytes.split_first_chunk::<8>() else { return };
    let mut reader = Reader::new(rest);
    for choice in choices {
        let _ = match choice % 8 {
            0 => reader.uint("value").map(|_| ()),
            1 => reader.int("value").map(|_| ()),
            2 => reader.bytes("value", 100).map(|_| ()),
            3 => reader.text("value", 100).map(|_| ()),
            4 => reader.array("value", 100).map(|_| ()),
            5 => reader.tag("value", 18),
            6 => reader.try_null("value").map(|_| ()),
            _ => reader.map("value").and_then(|mut map| {
                if map.take_text(&mut reader, "kind")? {
                    reader.skip_value("value")?;
                }
                map.finish(&mut reader)
            }),
        };
    }
});
