//! Whatever a log reads from others: requests, commands, answers, entry bundles. What is read is written the same.
#![no_main]
use ct_node::command::{Answer, Command};
use ct_node::entry_bundle;
use ct_node::envelope::Envelope;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(envelope) = Envelope::parse(bytes) {
        let _ = envelope.entries();
        if let Ok(Some(change)) = envelope.member_change() {
            assert_eq!(change.encode(), envelope.payload);
        }
    }
    if let Ok(command) = Command::parse(bytes) {
        assert_eq!(command.encode(), bytes);
    }
    if let Ok(answers) = Answer::parse_all(bytes) {
        assert_eq!(Answer::encode_all(&answers), bytes);
    }
    let _ = entry_bundle::parse(bytes);
});
