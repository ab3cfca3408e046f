//! CBOR strictness against vectors that others made: the shared ones, and RFC 8949 appendix A.
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test may panic")]

use ct_core::cbor::{check_deterministic, check_profile};
use ct_core::{Code, Error};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    #[serde(rename = "origin")]
    _origin: String,
    accept: Vec<Vector>,
    reject: Vec<Vector>,
    profile_decision: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    hex: String,
    what: String,
    #[serde(default)]
    why: String,
}

impl Vector {
    fn bytes(&self) -> Vec<u8> {
        from_hex(&self.hex)
    }
}

// R7.1
#[test]
fn all_22_accepted_vectors_are_deterministic() {
    let Some(vectors) = read_vectors() else { return };
    assert_eq!(vectors.accept.len(), 22);
    for vector in &vectors.accept {
        assert_eq!(check_deterministic(&vector.bytes()), Ok(()), "{} ({})", vector.what, vector.hex);
    }
}

// R7.1
#[test]
fn the_profile_refuses_three_of_the_22() {
    let Some(vectors) = read_vectors() else { return };
    let outside = [
        "tag 24",
        // Its keys are not only integers and texts.
        "RFC 8949 4.2.1 key order: 10,100,-1,\"z\",\"aa\",[100],[-1],false",
        "bignum 2^64 (no integer form)",
    ];
    let mut refused = Vec::new();
    for vector in &vectors.accept {
        if let Err(error) = check_profile(&vector.bytes()) {
            assert_eq!(error.code(), Code::MalformedProfile, "{}", vector.what);
            refused.push(vector.what.as_str());
        }
    }
    assert_eq!(refused, outside);
}

// R7.1, R14.3, R2.2
#[test]
fn all_59_rejected_vectors_are_refused_with_the_code_of_their_class() {
    let Some(vectors) = read_vectors() else { return };
    assert_eq!(vectors.reject.len(), 59);
    for vector in &vectors.reject {
        let bytes = vector.bytes();
        let expected = match vector.why.as_str() {
            "nonshortest" | "indefinite" | "duplicate-key" | "order" | "nonshortest-float" | "bignum" => {
                Code::MalformedNotDeterministic
            }
            "not-well-formed" => Code::MalformedCbor,
            "utf8" => Code::MalformedUtf8,
            "trailing" => Code::MalformedTrailing,
            "truncated" if bytes.is_empty() => Code::MalformedEmpty,
            "truncated" => Code::MalformedTruncated,
            // A count is over the limit whatever follows; a length is only beyond the input.
            "huge-length" if vector.what.contains("items") || vector.what.contains("pairs") => Code::LimitItems,
            "huge-length" => Code::MalformedTruncated,
            "depth" => Code::LimitDepth,
            other => panic!("class {other}"),
        };
        let shown = vector.hex.get(..40).unwrap_or(&vector.hex);
        assert_eq!(check_deterministic(&bytes).map_err(Error::code), Err(expected), "{} ({shown})", vector.what);
        // The first violation is reported: in these two, one of the profile.
        let profile_first = vector.what.starts_with("length-first order") || vector.what == "1000 nested tags";
        let expected = if profile_first { Code::MalformedProfile } else { expected };
        assert_eq!(check_profile(&bytes).map_err(Error::code), Err(expected), "{} ({shown})", vector.what);
    }
}

#[test]
fn what_the_rfc_leaves_to_a_profile_is_decided() {
    let Some(vectors) = read_vectors() else { return };
    assert_eq!(vectors.profile_decision.len(), 9);
    for vector in &vectors.profile_decision {
        let (deterministic, profile) = match vector.hex.as_str() {
            "f6" => (Ok(()), Ok(())),
            // A NaN other than f97e00 is one value in two encodings.
            "fb7ff0000000000001" => (Err(Code::MalformedNotDeterministic), Err(Code::MalformedNotDeterministic)),
            "f7" | "f90000" | "f97e00" | "c11a514b67b0" | "e0" | "f8ff" | "a1f600" => {
                (Ok(()), Err(Code::MalformedProfile))
            }
            other => panic!("vector {other}"),
        };
        let bytes = vector.bytes();
        assert_eq!(check_deterministic(&bytes).map_err(Error::code), deterministic, "{}", vector.what);
        assert_eq!(check_profile(&bytes).map_err(Error::code), profile, "{}", vector.what);
    }
}

// R7.1
#[test]
fn the_examples_of_rfc_8949_appendix_a_are_judged_by_their_form() {
    for hex in APPENDIX_A_DETERMINISTIC {
        assert_eq!(check_deterministic(&from_hex(hex)), Ok(()), "{hex}");
    }
    for hex in APPENDIX_A_LONGER {
        let refused = check_deterministic(&from_hex(hex)).map_err(Error::code);
        assert_eq!(refused, Err(Code::MalformedNotDeterministic), "{hex}");
    }
}

const APPENDIX_A_DETERMINISTIC: [&str; 72] = [
    "00",
    "01",
    "0a",
    "17",
    "1818",
    "1819",
    "1864",
    "1903e8",
    "1a000f4240",
    "1b000000e8d4a51000",
    "1bffffffffffffffff",
    "c249010000000000000000",
    "3bffffffffffffffff",
    "c349010000000000000000",
    "20",
    "29",
    "3863",
    "3903e7",
    "f90000",
    "f98000",
    "f93c00",
    "fb3ff199999999999a",
    "f93e00",
    "f97bff",
    "fa47c35000",
    "fa7f7fffff",
    "fb7e37e43c8800759c",
    "f90001",
    "f90400",
    "f9c400",
    "fbc010666666666666",
    "f97c00",
    "f97e00",
    "f9fc00",
    "f4",
    "f5",
    "f6",
    "f7",
    "f0",
    "f8ff",
    "c074323031332d30332d32315432303a30343a30305a",
    "c11a514b67b0",
    "c1fb41d452d9ec200000",
    "d74401020304",
    "d818456449455446",
    "d82076687474703a2f2f7777772e6578616d706c652e636f6d",
    "40",
    "4401020304",
    "60",
    "6161",
    "6449455446",
    "62225c",
    "62c3bc",
    "63e6b0b4",
    "64f0908591",
    "80",
    "83010203",
    "8301820203820405",
    "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
    "a0",
    "a201020304",
    "a26161016162820203",
    "826161a161626163",
    "a56161614161626142616361436164614461656145",
    // Section 4.2.1 and 3.4: nested once more, and an integer of each width.
    "81a0",
    "a10000",
    "190100",
    "1a00010000",
    "1b0000000100000000",
    "390100",
    "3a00010000",
    "3b0000000100000000",
];

const APPENDIX_A_LONGER: [&str; 21] = [
    "fa7f800000",
    "fa7fc00000",
    "faff800000",
    "fb7ff0000000000000",
    "fb7ff8000000000000",
    "fbfff0000000000000",
    "5f42010243030405ff",
    "7f657374726561646d696e67ff",
    "9fff",
    "9f018202039f0405ffff",
    "9f01820203820405ff",
    "83018202039f0405ff",
    "83019f0203ff820405",
    "9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff",
    "bf61610161629f0203ffff",
    "826161bf61626163ff",
    "bf6346756ef563416d7421ff",
    // One of each kind, one step wider than need be.
    "d9001280",
    "1a0000ffff",
    "fb40f86a0000000000",
    "fa3fc00000",
];

fn read_vectors() -> Option<Vectors> {
    let text = ct_testdata::vector("cbor-strictness.json")?;
    Some(serde_json::from_str(&text).expect("known keys only"))
}

fn from_hex(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        hex.chars().map(|digit| u8::try_from(digit.to_digit(16).expect("hex")).expect("< 16")).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}
