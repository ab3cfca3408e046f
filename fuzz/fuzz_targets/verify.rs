//! Any bytes get a verdict, the same one twice, and only the seeds' own documents are ever verified.
#![no_main]
use ct_core::{AtSource, Document, Mode, Request, Timestamp, TrustRoot, verify};
use std::sync::LazyLock;

static ROOT: LazyLock<TrustRoot> = LazyLock::new(|| {
    TrustRoot::load(include_bytes!("../../bundles/trust.cbor")).expect("the example trust root can be used")
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let request = Request {
        bundle: bytes,
        document: Document::InBundle,
        trust: Ok(&ROOT),
        mode: Mode::Strict,
        at: Timestamp::parse("2027-01-01T00:00:00Z").expect("a time"),
        at_source: AtSource::Given,
        state: None,
        evidence: &[],
    };
    let report = verify(&request);
    assert_eq!(report.to_json(), verify(&request).to_json());
});
