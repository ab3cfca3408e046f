//! Ed25519 acceptance, measured on the edge cases of C2SP/CCTV.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests assert by panicking")]

use ct_core::{Error, PublicKey};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    number: u32,
    key: String,
    sig: String,
    msg: String,
    flags: Option<Vec<String>>,
}

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    assert_eq!(hex.len(), 2 * N);
    std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
}

// R8.2, R14.3
#[test]
fn strict_verification_accepts_43_of_the_914_edge_cases() {
    let Some(text) = ct_testdata::vector("cctv-ed25519.json") else { return };
    let cases: Vec<Case> = serde_json::from_str(&text).unwrap();
    assert_eq!(cases.len(), 914);
    let mut outcomes: BTreeMap<_, u32> = BTreeMap::new();
    for case in cases {
        let outcome = PublicKey::from_bytes(&bytes(&case.key))
            .map(|key| key.verify(case.msg.as_bytes(), &bytes(&case.sig)))
            .map_err(Error::code);
        *outcomes.entry(format!("{outcome:?}")).or_default() += 1;
        let flags = case.flags.unwrap_or_default();
        let weak = ["low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R"];
        let has_weak_point = flags.iter().any(|flag| weak.contains(&flag.as_str()));
        assert!(!(outcome == Ok(true) && has_weak_point), "case {}: {flags:?}", case.number);
    }
    assert_eq!(outcomes.get("Ok(true)"), Some(&43), "{outcomes:?}");
    assert!(outcomes.keys().all(|outcome| ["Ok(true)", "Ok(false)", "Err(MalformedKey)"].contains(&outcome.as_str())));
}
