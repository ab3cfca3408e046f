use crate::fixture::{LOG, checkpoint, code};
use ct_core::TreeSize;
use ct_core::c2sp::{Checkpoint, Origin};

const MAX_TREE_SIZE: u64 = (1 << 63) - 1;
use ct_core::limits::{MAX_NAME_BYTES, MAX_NOTE_BYTES};
use ct_core::{Code, Error, Hash, base64};
use proptest::prelude::*;

const ROOT: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

fn parse(text: &str) -> Result<Checkpoint, Code> {
    code(Checkpoint::parse(text))
}

#[test]
fn prints_and_reads_three_lines() {
    let text = format!("{LOG}\n5\n{}\n", base64::encode(Hash::of(b"root").as_bytes()));
    assert_eq!(checkpoint().text(), text);
    let read = parse(&text).unwrap();
    assert_eq!((read.origin().as_str(), read.size().get(), read.root()), (LOG, 5, Hash::of(b"root")));
    // C2SP tlog-checkpoint: an origin may not be assumed to be a URL.
    let sumdb = format!("go.sum database tree\n0\n{ROOT}\n");
    assert_eq!(parse(&sumdb).unwrap().text(), sumdb);
}

// R14.3, pitfalls 2, 3, 6
#[test]
fn refuses_each_mutation() {
    let number = |digits: &str| format!("{LOG}\n{digits}\n{ROOT}\n");
    let root = |root: &str| format!("{LOG}\n5\n{root}\n");
    for (mutation, text, expected) in [
        ("empty", String::new(), Code::MalformedCheckpoint),
        ("one-line", format!("{LOG}\n"), Code::MalformedCheckpoint),
        ("two-lines", format!("{LOG}\n5\n"), Code::MalformedCheckpoint),
        ("extension-line", format!("{}extension\n", number("5")), Code::MalformedCheckpoint),
        ("empty-fourth-line", format!("{}\n", number("5")), Code::MalformedCheckpoint),
        ("empty-first-line", format!("\n{}", number("5")), Code::MalformedCheckpoint),
        ("missing-final-lf", number("5").trim_end().into(), Code::MalformedCheckpoint),
        ("text-after-the-end", format!("{}x", number("5")), Code::MalformedCheckpoint),
        ("crlf", number("5").replace('\n', "\r\n"), Code::MalformedCheckpoint),
        ("cr-after-origin", number("5").replacen('\n', "\r\n", 1), Code::MalformedCheckpoint),
        ("size-empty", number(""), Code::MalformedCheckpoint),
        ("size-leading-zero", number("05"), Code::MalformedCheckpoint),
        ("size-two-zeros", number("00"), Code::MalformedCheckpoint),
        ("size-plus", number("+5"), Code::MalformedCheckpoint),
        ("size-minus", number("-5"), Code::MalformedCheckpoint),
        ("size-space", number(" 5"), Code::MalformedCheckpoint),
        ("size-hexadecimal", number("0x5"), Code::MalformedCheckpoint),
        ("size-arabic-digit", number("\u{665}"), Code::MalformedCheckpoint),
        ("size-2^63", number("9223372036854775808"), Code::LimitNumber),
        ("size-2^64", number("18446744073709551616"), Code::LimitNumber),
        ("size-many-digits", number(&"9".repeat(400)), Code::LimitNumber),
        ("root-empty", root(""), Code::MalformedCheckpoint),
        ("root-31-bytes", root(&base64::encode(&[0; 31])), Code::MalformedCheckpoint),
        ("root-33-bytes", root(&base64::encode(&[0; 33])), Code::MalformedCheckpoint),
        ("root-unpadded", root(ROOT.trim_end_matches('=')), Code::MalformedBase64),
        ("root-trailing-bits", root(&ROOT.replace("FU=", "FV=")), Code::MalformedBase64),
        ("root-space", root(&format!("{ROOT} ")), Code::MalformedBase64),
        ("root-hexadecimal", root(&Hash::of(b"").to_string()), Code::MalformedCheckpoint),
        ("empty-tree-other-root", format!("{LOG}\n0\n{}\n", base64::encode(&[0; 32])), Code::MalformedCheckpoint),
    ] {
        assert_eq!(parse(&text), Err(expected), "{mutation}: {text:?}");
    }
}

// R14.3, pitfalls 2 and 24
#[test]
fn refuses_each_bad_origin() {
    for (mutation, origin) in [
        ("empty", ""),
        ("tab", "log\texample"),
        ("nul", "log\0"),
        ("delete", "log\u{7f}"),
        ("next-line", "log\u{85}example"),
        ("byte-order-mark", "\u{feff}log.example"),
        ("cosignature-message", "cosignature/v1"),
        ("cosignature-message-longer", "cosignature/v1.example"),
        ("subtree-message", "subtree/v1"),
        ("sigsum-leaf", "sigsum.org/v1/tree-leaf"),
        ("dsse-envelope", "DSSEv1 16 application/json 2 {}"),
    ] {
        assert_eq!(code(Origin::new(origin)), Err(Code::MalformedCheckpoint), "{mutation}");
        assert_eq!(parse(&format!("{origin}\n5\n{ROOT}\n")), Err(Code::MalformedCheckpoint), "{mutation}");
    }
    for good in ["sigsum.org/v1/tree/00", "cosignature.example", "DSSEv1", "a b+c", "\u{e9}"] {
        assert_eq!(Origin::new(good).unwrap().as_str(), good);
    }
}

// Pitfall 24: a log key that signs checkpoints cannot be made to sign a cosignature.
#[test]
fn a_cosignature_message_is_no_checkpoint() {
    let time = ct_core::Timestamp::from_seconds(5).unwrap();
    let message = ct_core::c2sp::cosignature_message(time, &checkpoint().text());
    assert_eq!(parse(core::str::from_utf8(&message).unwrap()), Err(Code::MalformedCheckpoint));
}

#[test]
fn bounds_hold_at_max_and_one_more() {
    let origin = "o".repeat(MAX_NAME_BYTES);
    assert_eq!(Origin::new(&origin).unwrap().to_string(), origin);
    assert_eq!(code(Origin::new(&format!("{origin}o"))), Err(Code::LimitLength));

    let greatest = format!("{LOG}\n{MAX_TREE_SIZE}\n{ROOT}\n");
    assert_eq!(parse(&greatest).unwrap().size().get(), MAX_TREE_SIZE);
    let too_large = format!("{LOG}\n{}\n{ROOT}\n", MAX_TREE_SIZE + 1);
    assert_eq!(parse(&too_large), Err(Code::LimitNumber));

    assert_eq!(parse(&"o".repeat(MAX_NOTE_BYTES)), Err(Code::MalformedCheckpoint));
    assert_eq!(parse(&"o".repeat(MAX_NOTE_BYTES + 1)), Err(Code::LimitLength));
}

#[test]
fn says_where() {
    let refused = |text: &str| Checkpoint::parse(text).unwrap_err();
    let at = |error: Error| (error.field(), error.offset());
    assert_eq!(at(refused(&format!("ab\n05\n{ROOT}\n"))), ("size", Some(3)));
    assert_eq!(at(refused("ab\n5\nroot\n")), ("root", Some(5)));
    assert_eq!(at(refused("ab\n5\nroo\n")), ("root", Some(5)));
    assert_eq!(at(refused(&format!("a\tb\n5\n{ROOT}\n"))), ("origin", Some(0)));
}

proptest! {
    #[test]
    fn what_prints_parses_to_itself(origin in "[^\\p{C}]{1,60}", size in 1..=MAX_TREE_SIZE, root: [u8; 32]) {
        let checkpoint = Checkpoint::new(Origin::new(&origin).unwrap(), TreeSize::new(size).unwrap(), Hash::new(root)).unwrap();
        prop_assert_eq!(parse(&checkpoint.text()), Ok(checkpoint));
    }
}

// R14.3
#[test]
fn every_bit_flip_and_truncation_is_refused_or_prints_to_itself() {
    let text = checkpoint().text();
    for bit in 0..text.len() * 8 {
        let mut bytes = text.clone().into_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        if let Ok(flipped) = core::str::from_utf8(&bytes)
            && let Ok(read) = parse(flipped)
        {
            assert_eq!(read.text(), flipped);
            assert_ne!(read, checkpoint(), "bit {bit}");
        }
    }
    for length in 0..text.len() {
        assert_eq!(parse(&text[..length]), Err(Code::MalformedCheckpoint), "{length}");
    }
}
