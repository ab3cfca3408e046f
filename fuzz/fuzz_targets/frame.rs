//! What a node reads from another: a stream is cut into frames without a panic, and a frame is written in one way only.
#![no_main]
use ct_core::limits::{MAX_FRAME_BYTES, MAX_SMALL_FRAME_BYTES};
use ct_node::peers::{Frame, FrameReader};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (Some(cut), body) = (bytes.first(), bytes.get(1..).unwrap_or_default()) else { return };
    if let Ok(frame) = Frame::parse(body)
        && !frame.is_signed()
    {
        let again = frame.header().frame(frame.payload(), None, MAX_FRAME_BYTES).unwrap();
        assert_eq!(&again[4..], body);
    }
    let mut reader = FrameReader::new(MAX_SMALL_FRAME_BYTES);
    let mut taken = 0;
    for part in body.chunks(usize::from(*cut).max(1)) {
        reader.push(part);
        loop {
            match reader.take() {
                Ok(Some(frame)) => taken += 4 + frame.len(),
                Ok(None) => break,
                Err(_) => return,
            }
        }
    }
    assert!(taken <= body.len());
    assert_eq!(reader.is_between(), taken == body.len());
});
