//! Whatever parses prints to the same bytes; cosignatures in it never panic.
#![no_main]
use ct_core::{Cosignature, Note};

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(note) = Note::parse(text) {
        assert_eq!(note.to_string(), text);
        for line in note.signatures() {
            if let Ok(cosignature) = Cosignature::from_line(line) {
                assert_eq!(cosignature.to_bytes(), line.signature());
            }
        }
    }
});
