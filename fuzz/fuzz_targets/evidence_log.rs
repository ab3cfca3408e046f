//! A log is read up to its first fault, and what was read stands there byte for byte.
#![no_main]
use ct_journal::{Reader, Record};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(record) = Record::parse(bytes) {
        assert_eq!(record.line().as_bytes(), bytes);
    }
    let mut reader = Reader::new(bytes);
    let mut lines = String::new();
    let mut fault = None;
    for record in reader.by_ref() {
        match record {
            Ok(record) => lines.push_str(record.line()),
            Err(error) => fault = Some(error),
        }
    }
    assert!(bytes.starts_with(lines.as_bytes()));
    assert_eq!(u64::try_from(lines.lines().count()), Ok(reader.records()));
    match fault.as_ref().and_then(|error| error.place()) {
        Some(place) => assert_eq!(u64::try_from(lines.len()), Ok(place.offset)),
        None => assert_eq!(lines.len(), bytes.len()),
    }
});
