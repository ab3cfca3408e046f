//! Whatever parses encodes to the same bytes, and merging it with itself changes nothing.
#![no_main]
use ct_core::state::State;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(state) = State::parse(bytes) {
        assert_eq!(state.encode(), bytes);
        let mut merged = state.clone();
        merged.merge(&state);
        assert_eq!(merged, state);
    }
});
