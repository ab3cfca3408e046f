use crate::fixture::{LOG, TestKey, code};
use ct_core::c2sp::{KeyId, KeyName, SignatureType, VerifierKey};
use ct_core::limits::{MAX_NAME_BYTES, MAX_VKEY_BYTES};
use ct_core::{Code, Hash, PublicKey, base64};
use proptest::prelude::*;

// The example of the C2SP document, the key of the Go checksum database, and those of the Go package's documentation.
const SPEC: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const SUMDB: &str = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const ENOCH: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";

fn parse(text: &str) -> Result<VerifierKey, Code> {
    code(VerifierKey::parse(text))
}

#[test]
fn reads_keys_of_others() {
    let key = parse(SPEC).unwrap();
    assert_eq!(key.name().as_str(), "example.com/foo");
    assert_eq!(key.signature_type(), SignatureType::Ed25519);
    assert_eq!(key.key_id(), KeyId::new([0x53, 0x0d, 0x90, 0x3a]));
    assert_eq!(key.to_string(), SPEC);
    // The base64 of the first contains `+`.
    for text in [SUMDB, PETER, ENOCH] {
        assert_eq!(parse(text).unwrap().to_string(), text);
    }
}

// The type is part of the ID: one public key in two roles has two IDs.
#[test]
fn the_type_byte_is_read_and_hashed() {
    let text = TestKey::new(1, LOG, SignatureType::Cosignature).verifier.to_string();
    let key = parse(&text).unwrap();
    assert_eq!(key.signature_type(), SignatureType::Cosignature);
    assert_ne!(key.key_id(), TestKey::log().verifier.key_id());
    assert_eq!(key.key(), TestKey::log().verifier.key());
}

// R14.3
#[test]
fn refuses_each_mutation() {
    let (head, material) = SPEC.rsplit_once('+').unwrap();
    for (mutation, text, expected) in [
        ("empty", String::new(), Code::MalformedVkey),
        ("no-id", "example.com/foo".into(), Code::MalformedVkey),
        ("no-key", head.into(), Code::MalformedVkey),
        ("empty-key", format!("{head}+"), Code::MalformedVkey),
        ("empty-name", SPEC.replace("example.com/foo", ""), Code::MalformedVkey),
        ("other-name", SPEC.replace("foo", "fop"), Code::MalformedVkey),
        ("space-in-name", SPEC.replace('/', " "), Code::MalformedVkey),
        ("nbsp-in-name", SPEC.replace('/', "\u{a0}"), Code::MalformedVkey),
        ("control-in-name", SPEC.replace('/', "\u{7f}"), Code::MalformedVkey),
        ("other-id", SPEC.replace("530d903a", "530d903b"), Code::MalformedVkey),
        ("upper-case-id", SPEC.replace("530d903a", "530D903A"), Code::MalformedVkey),
        ("short-id", SPEC.replace("530d903a", "530d903"), Code::MalformedVkey),
        ("long-id", SPEC.replace("530d903a", "0530d903a"), Code::MalformedVkey),
        ("id-with-prefix", SPEC.replace("530d903a", "0x530d903a"), Code::MalformedVkey),
        ("private-key-form", format!("PRIVATE+KEY+{SPEC}"), Code::MalformedBase64),
        ("final-line-feed", format!("{SPEC}\n"), Code::MalformedBase64),
        ("bad-padding", format!("{SPEC}="), Code::MalformedBase64),
        ("33-byte-key", format!("{head}+{material}AAAA"), Code::MalformedVkey),
        ("type-02", format!("{head}+Au{}", &material[2..]), Code::UnsupportedAlgorithm),
        ("type-04-under-an-id-of-01", format!("{head}+BO{}", &material[2..]), Code::MalformedVkey),
    ] {
        assert_eq!(parse(&text).map(|key| key.to_string()), Err(expected), "{mutation}: {text}");
    }
}

// R14.3: every type but 01 and 04, whatever the printed ID
#[test]
fn refuses_every_other_type() {
    for type_byte in (0..=255).filter(|byte| ![1, 4].contains(byte)) {
        let text =
            format!("example.com/foo+530d903a+{}", base64::encode(&[[type_byte; 1].as_slice(), &[7; 32]].concat()));
        assert_eq!(parse(&text), Err(Code::UnsupportedAlgorithm), "{type_byte}");
    }
}

// R8.2, pitfall 23: the ID is right, the key is the identity
#[test]
fn refuses_a_small_order_key() {
    let material = [&[1, 1][..], &[0; 31]].concat();
    let id = Hash::of_parts(&[b"weak.example\n", &material]).to_string();
    let text = format!("weak.example+{}+{}", &id[..8], base64::encode(&material));
    assert_eq!(parse(&text), Err(Code::MalformedKey));
}

#[test]
fn bounds_hold_at_max_and_one_more() {
    let name = "n".repeat(MAX_NAME_BYTES);
    assert_eq!(KeyName::new(&name).unwrap().as_str(), name);
    assert_eq!(code(KeyName::new(&(name + "n"))), Err(Code::LimitLength));
    assert_eq!(parse(&"A".repeat(MAX_VKEY_BYTES)), Err(Code::MalformedVkey));
    assert_eq!(parse(&"A".repeat(MAX_VKEY_BYTES + 1)), Err(Code::LimitLength));
}

#[test]
fn names() {
    for good in ["a", "log.example/2026", "\u{e9}", "a/b?c=d", "-", "\u{2014}"] {
        assert_eq!(KeyName::new(good).unwrap().as_str(), good);
    }
    for bad in ["", " ", "a b", "a\tb", "a\nb", "a+b", "a\u{85}", "a\u{2028}", "a\u{3000}", "a\0", "\u{9b}"] {
        assert_eq!(code(KeyName::new(bad)), Err(Code::MalformedField), "{bad:?}");
    }
}

proptest! {
    #[test]
    fn what_prints_parses_to_itself(seed: [u8; 32], name in "[^ +\\p{C}\\p{Z}]{1,40}", cosigns: bool) {
        let signing = ed25519_dalek::SigningKey::from_bytes(&seed);
        let public = PublicKey::from_bytes(signing.verifying_key().as_bytes()).unwrap();
        let signature_type = if cosigns { SignatureType::Cosignature } else { SignatureType::Ed25519 };
        let key = VerifierKey::new(KeyName::new(&name).unwrap(), signature_type, public);
        prop_assert_eq!(parse(&key.to_string()), Ok(key));
    }

    // R14.3
    #[test]
    fn what_parses_prints_to_itself(at in 0..SPEC.len(), replacement: char) {
        let mut text = SPEC.to_owned();
        text.replace_range(at..=at, &replacement.to_string());
        if let Ok(key) = parse(&text) {
            prop_assert_eq!(key.to_string(), text);
        }
    }
}
