//! Any text is read or refused; a key that opens is the one that its file names.
#![no_main]
use ct_keys::{Passphrase, StoredKey};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(stored) = StoredKey::parse(text) else { return };
    let (role, id) = (stored.role(), stored.id().clone());
    // What the limits allow takes seconds, and those are for people.
    if stored.encryption().is_some_and(|encryption| encryption.work() > 1 << 8) {
        return;
    }
    if let Ok(key) = stored.open(|| Passphrase::new("fuzz".to_owned())) {
        assert_eq!((key.role(), key.id()), (role, &id));
        assert_eq!(key.public().role(), role);
    }
});
