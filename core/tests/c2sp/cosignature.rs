use crate::fixture::{LOG, TIME, TestKey, checkpoint, code, only_line, raw_line};
use ct_core::c2sp::{Cosignature, SignatureType, cosignature_message};
use ct_core::{Code, Timestamp};

fn time(seconds: u64) -> Timestamp {
    Timestamp::from_seconds(seconds).unwrap()
}

/// The outcome for a field of this time and the rest.
fn parsed(seconds: u64, rest: &[u8]) -> Result<Cosignature, Code> {
    let field = [&[1, 2, 3, 4], &seconds.to_be_bytes()[..], rest].concat();
    code(Cosignature::from_line(&only_line(&raw_line("witness.example", &field))))
}

// C2SP tlog-cosignature, "Format"
#[test]
fn the_signed_message() {
    let text = "example.com/log\n5\nroot\n";
    let message = cosignature_message(time(1_679_315_147), text);
    assert_eq!(message, b"cosignature/v1\ntime 1679315147\nexample.com/log\n5\nroot\n");
}

#[test]
fn verifies_and_gives_its_time() {
    let (witness, text) = (TestKey::witness(), checkpoint().text());
    let line = witness.line(&text);
    let cosignature = Cosignature::from_line(&line).unwrap();
    assert_eq!(cosignature.to_bytes(), line.signature());
    assert_eq!(cosignature.verify(&witness.verifier, &text), Ok(time(TIME)));
}

// R8.2, R14.3
#[test]
fn refuses_another_key_text_time_or_type() {
    let (witness, text) = (TestKey::witness(), checkpoint().text());
    let cosignature = witness.cosign(TIME, &text);
    let outcome = |cosignature: &Cosignature, key: &TestKey, text: &str| code(cosignature.verify(&key.verifier, text));
    let other = TestKey::new(9, "witness.example", SignatureType::Cosignature);
    assert_eq!(outcome(&cosignature, &other, &text), Err(Code::TamperedCosignature));
    assert_eq!(outcome(&cosignature, &witness, &text.replace('5', "6")), Err(Code::TamperedCosignature));
    assert_eq!(outcome(&cosignature, &witness, text.trim_end()), Err(Code::TamperedCosignature));

    let signature = cosignature.to_bytes()[8..].try_into().unwrap();
    let later = Cosignature::new(time(TIME + 1), signature).unwrap();
    assert_eq!(outcome(&later, &witness, &text), Err(Code::TamperedCosignature));

    // Pitfall 9: the same key, configured as a log.
    let log = TestKey::new(2, "witness.example", SignatureType::Ed25519);
    assert_eq!(outcome(&cosignature, &log, &text), Err(Code::UnsupportedAlgorithm));
}

// Pitfall 9: what a type-01 key signs is no cosignature, not even where its text is a cosignature's message.
#[test]
fn a_text_signature_is_no_cosignature() {
    let text = checkpoint().text();
    let log = TestKey::log();
    assert_eq!(code(Cosignature::from_line(&log.line(&text))), Err(Code::MalformedNote));
    let as_witness = TestKey::new(1, LOG, SignatureType::Cosignature);
    let padded = [&TIME.to_be_bytes()[..], log.line(&text).signature()].concat();
    let cosignature = Cosignature::from_line(&as_witness.line_of(padded)).unwrap();
    assert_eq!(code(cosignature.verify(&as_witness.verifier, &text)), Err(Code::TamperedCosignature));
}

// R14.3, pitfall 6
#[test]
fn refuses_each_bad_field() {
    assert_eq!(parsed(1, &[0; 64]).map(|cosignature| cosignature.unverified_time()), Ok(time(1)));
    assert_eq!(parsed(Timestamp::MAX.seconds(), &[0; 64]).map(|c| c.unverified_time()), Ok(Timestamp::MAX));
    for (mutation, seconds, signature_len, expected) in [
        ("time-0", 0, 64, Code::MalformedNote),
        ("time-after-9999", Timestamp::MAX.seconds() + 1, 64, Code::LimitNumber),
        ("time-2^63", 1 << 63, 64, Code::LimitNumber),
        ("time-2^64-1", u64::MAX, 64, Code::LimitNumber),
        ("no-signature", 1, 0, Code::MalformedNote),
        ("63-byte-signature", 1, 63, Code::MalformedNote),
        ("65-byte-signature", 1, 65, Code::MalformedNote),
        ("ml-dsa-signature", 1, 2_420, Code::MalformedNote),
    ] {
        assert_eq!(parsed(seconds, &vec![0; signature_len]), Err(expected), "{mutation}");
    }
    for length in 1..8 {
        let line = only_line(&raw_line("a", &vec![1; 4 + length]));
        assert_eq!(code(Cosignature::from_line(&line)), Err(Code::MalformedNote), "{length}");
    }
    assert_eq!(code(Cosignature::new(time(0), [0; 64])), Err(Code::MalformedNote));
}

// R14.3
#[test]
fn every_bit_flip_is_refused() {
    let (witness, text) = (TestKey::witness(), checkpoint().text());
    let bytes = witness.cosign(TIME, &text).to_bytes();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let outcome = Cosignature::from_line(&witness.line_of(flipped))
            .and_then(|cosignature| cosignature.verify(&witness.verifier, &text));
        let in_range = bit / 8 >= 8 || TIME ^ (1 << (56 - bit / 8 * 8 + bit % 8)) <= Timestamp::MAX.seconds();
        let expected = if in_range { Code::TamperedCosignature } else { Code::LimitNumber };
        assert_eq!(code(outcome), Err(expected), "bit {bit}");
    }
}
