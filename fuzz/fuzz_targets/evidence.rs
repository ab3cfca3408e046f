//! Nobody but the log can make evidence against it: no mutation of garbage is ever accepted.
#![no_main]
use ct_core::TrustRoot;
use ct_core::evidence::Equivocation;
use std::sync::LazyLock;

static ROOT: LazyLock<TrustRoot> = LazyLock::new(|| {
    TrustRoot::load(include_bytes!("../../bundles/trust.cbor")).expect("the example trust root can be used")
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    assert!(Equivocation::load(bytes, &ROOT).is_err());
});
