use crate::fixture::{LOG, TestKey, checkpoint, code, only_line, raw_line, signed_checkpoint};
use ct_core::c2sp::{KeyId, KeyName, Note, SignatureLine, SignatureType, parse_signatures};
use ct_core::limits::{MAX_NAME_BYTES, MAX_NOTE_BYTES, MAX_NOTE_SIGNATURES};
use ct_core::{Code, Error};
use proptest::prelude::*;

fn parse(note: &str) -> Result<Note<'_>, Code> {
    code(Note::parse(note))
}

/// A line of a key that nobody knows: ID 00000000, one byte of signature.
fn unknown(name: &str) -> String {
    raw_line(name, &[0; 5])
}

// R15.2
#[test]
fn a_signed_checkpoint_verifies_and_prints_back() {
    let (log, witness) = (TestKey::log(), TestKey::witness());
    let bytes = signed_checkpoint();
    let note = parse(&bytes).unwrap();
    assert_eq!(note.to_string(), bytes);
    assert_eq!(note.text(), checkpoint().text());
    let names: Vec<_> = note.signatures().iter().map(|line| line.name().as_str()).collect();
    assert_eq!(names, [LOG, "witness.example"]);
    assert_eq!(note.signature_by(&log.verifier).unwrap().verify_text(&log.verifier, note.text()), Ok(()));
    assert_eq!(note.signature_by(&witness.verifier), Some(&note.signatures()[1]));

    let (text, signatures) = bytes.split_at(note.text().len());
    assert_eq!(code(Note::from_parts(text, &signatures[1..])), Ok(note));
}

// Pitfall 1
#[test]
fn the_last_empty_line_divides_text_and_signatures() {
    let line = unknown("a");
    for text in ["a\n", "\n", "\n\n", "a\n\nb\n", "a\n\n", "\n\na\n"] {
        assert_eq!(parse(&format!("{text}\n{line}")).unwrap().text(), text, "{text:?}");
    }
    // A text that looks like a signed note is still text.
    let inner = format!("inner\n\n{line}");
    assert_eq!(parse(&format!("{inner}\n{line}")).unwrap().text(), inner);
}

// R14.3, pitfalls 1, 2, 3
#[test]
fn refuses_each_mutation() {
    let good = signed_checkpoint();
    let text = checkpoint().text();
    let line = unknown("a");
    let with = |signatures: &str| format!("{text}\n{signatures}");
    let dash = |dash: &str| with(&line.replace('\u{2014}', dash));
    let field = |base64: &str| with(&format!("\u{2014} a {base64}\n"));
    assert_eq!(parse(&with(&line)).map(|note| note.signatures().len()), Ok(1));
    for (mutation, note, expected) in [
        ("empty", String::new(), Code::MalformedNote),
        ("only-line-feeds", "\n\n".into(), Code::MalformedNote),
        ("text-alone", text.clone(), Code::MalformedNote),
        ("no-signatures", format!("{text}\n"), Code::MalformedNote),
        ("no-empty-line", format!("{text}{line}"), Code::MalformedNote),
        ("signatures-alone", line.clone(), Code::MalformedNote),
        ("empty-line-then-signatures", format!("\n{line}"), Code::MalformedNote),
        ("empty-line-between-signatures-and-text-first", with(&format!("{line}text\n")), Code::MalformedNote),
        ("empty-line-after-signatures", with(&format!("{line}\n")), Code::MalformedNote),
        ("missing-final-lf", good.trim_end().into(), Code::MalformedNote),
        ("text-after-the-end", format!("{good}x"), Code::MalformedNote),
        ("crlf", good.replace('\n', "\r\n"), Code::MalformedNote),
        ("cr-in-text", good.replacen('\n', "\r\n", 1), Code::MalformedNote),
        ("tab-in-text", good.replacen('/', "\t", 1), Code::MalformedNote),
        ("nul-in-text", good.replacen('/', "\0", 1), Code::MalformedNote),
        ("unit-separator-in-text", good.replacen('/', "\u{1f}", 1), Code::MalformedNote),
        ("cr-after-signature", with(&line.replace('\n', "\r\n")), Code::MalformedBase64),
        ("byte-order-mark-before-signature", with(&format!("\u{feff}{line}")), Code::MalformedNote),
        ("hyphen", dash("-"), Code::MalformedNote),
        ("two-hyphens", dash("--"), Code::MalformedNote),
        ("en-dash", dash("\u{2013}"), Code::MalformedNote),
        ("horizontal-bar", dash("\u{2015}"), Code::MalformedNote),
        ("no-dash", dash(""), Code::MalformedNote),
        ("no-space-after-dash", with(&line.replace("\u{2014} ", "\u{2014}")), Code::MalformedNote),
        ("nbsp-after-dash", with(&line.replace("\u{2014} ", "\u{2014}\u{a0}")), Code::MalformedNote),
        ("two-spaces-after-dash", with(&line.replace("\u{2014} ", "\u{2014}  ")), Code::MalformedNote),
        ("empty-name", with(&unknown("")), Code::MalformedNote),
        ("plus-in-name", with(&unknown("a+b")), Code::MalformedNote),
        ("tab-in-name", with(&unknown("a\tb")), Code::MalformedNote),
        ("nbsp-in-name", with(&unknown("a\u{a0}b")), Code::MalformedNote),
        ("next-line-in-name", with(&unknown("a\u{85}b")), Code::MalformedNote),
        ("line-separator-in-name", with(&unknown("a\u{2028}b")), Code::MalformedNote),
        ("ideographic-space-in-name", with(&unknown("a\u{3000}b")), Code::MalformedNote),
        ("delete-in-name", with(&unknown("a\u{7f}b")), Code::MalformedNote),
        ("no-field", with("\u{2014} a\n"), Code::MalformedNote),
        ("empty-field", field(""), Code::MalformedNote),
        ("two-spaces-before-field", field(" AAAAAAA="), Code::MalformedBase64),
        ("space-after-field", field("AAAAAAA= "), Code::MalformedBase64),
        ("tab-after-field", field("AAAAAAA=\t"), Code::MalformedBase64),
        ("field-of-three-bytes", field("AAAA"), Code::MalformedNote),
        ("key-id-alone", field("AAAAAA=="), Code::MalformedNote),
        ("padding-missing", field("AAAAAAA"), Code::MalformedBase64),
        ("padding-doubled", field("AAAAAAA=="), Code::MalformedBase64),
        ("trailing-bit-set", field("AAAAAAB="), Code::MalformedBase64),
        ("url-alphabet", field("AAAAAA-_"), Code::MalformedBase64),
        ("repeated-line", with(&line.repeat(2)), Code::MalformedNote),
        ("repeated-key-other-signature", with(&(line.clone() + &raw_line("a", &[0, 0, 0, 0, 1]))), Code::MalformedNote),
    ] {
        assert_eq!(parse(&note).map(|note| note.to_string()), Err(expected), "{mutation}: {note:?}");
    }
}

#[test]
fn signature_lines_alone() {
    let line = unknown("a");
    assert_eq!(parse_signatures(&line).map(|lines| lines.len()), Ok(1));
    for (mutation, lines) in [
        ("empty", String::new()),
        ("line-feed", "\n".into()),
        ("empty-line-first", format!("\n{line}")),
        ("empty-line-between", format!("{line}\n{}", unknown("b"))),
        ("empty-line-last", format!("{line}\n")),
        ("missing-final-lf", line.trim_end().into()),
        ("repeated", line.repeat(2)),
    ] {
        assert_eq!(code(parse_signatures(&lines)), Err(Code::MalformedNote), "{mutation}");
    }
    assert_eq!(code(Note::from_parts("no final line feed", &line)), Err(Code::MalformedNote));
    assert_eq!(code(Note::from_parts("", &line)), Err(Code::MalformedNote));
    assert_eq!(code(Note::from_parts("text\n", "")), Err(Code::MalformedNote));
}

#[test]
fn bounds_hold_at_max_and_one_more() {
    let lines = |count: usize| (0..count).map(|n| unknown(&format!("k{n}"))).collect::<String>();
    assert_eq!(code(parse_signatures(&lines(MAX_NOTE_SIGNATURES))).map(|l| l.len()), Ok(MAX_NOTE_SIGNATURES));
    assert_eq!(code(parse_signatures(&lines(MAX_NOTE_SIGNATURES + 1))), Err(Code::LimitSignatures));

    let line = unknown("a");
    let text = |spare: usize| "t".repeat(MAX_NOTE_BYTES - line.len() - 2 + spare) + "\n";
    for (spare, expected) in [(0, Ok(1)), (1, Err(Code::LimitLength))] {
        let text = text(spare);
        assert_eq!(code(Note::from_parts(&text, &line)).map(|note| note.signatures().len()), expected);
        assert_eq!(parse(&format!("{text}\n{line}")).map(|note| note.signatures().len()), expected);
    }
    assert_eq!(code(parse_signatures(&"x".repeat(MAX_NOTE_BYTES))), Err(Code::MalformedNote));
    assert_eq!(code(parse_signatures(&"x".repeat(MAX_NOTE_BYTES + 1))), Err(Code::LimitLength));

    let name = "n".repeat(MAX_NAME_BYTES);
    assert_eq!(only_line(&unknown(&name)).name().as_str(), name);
    assert_eq!(code(parse_signatures(&unknown(&(name + "n")))), Err(Code::LimitLength));

    let built = |length| SignatureLine::new(KeyName::new("a").unwrap(), KeyId::new([0; 4]), vec![0; length]);
    assert_eq!(code(built(0)), Err(Code::MalformedNote));
    assert_eq!(built(MAX_NOTE_BYTES).map(|line| line.signature().len()), Ok(MAX_NOTE_BYTES));
    assert_eq!(code(built(MAX_NOTE_BYTES + 1)), Err(Code::LimitLength));
}

#[test]
fn says_where() {
    let at = |note: &str| Note::parse(note).map(|note| note.to_string()).map_err(Error::offset);
    let line = unknown("a");
    assert_eq!(at(&format!("te\txt\n\n{line}")), Err(Some(2)));
    assert_eq!(at(&format!("text\n\n{line}x\n")), Err(Some(6 + line.len())));
}

// R8.2, pitfall 7: half a match is no match
#[test]
fn name_and_key_id_must_both_match() {
    let log = TestKey::log();
    let text = checkpoint().text();
    let line = log.line(&text);
    assert!(line.names(&log.verifier));
    let other_name = SignatureLine::new(KeyName::new("other").unwrap(), line.key_id(), line.signature().to_vec());
    assert!(!other_name.unwrap().names(&log.verifier));
    let other_id = SignatureLine::new(line.name().clone(), KeyId::new([0; 4]), line.signature().to_vec());
    assert!(!other_id.unwrap().names(&log.verifier));

    let two_keys_of_one_name = format!("{text}\n{}{line}", unknown(LOG));
    let note = parse(&two_keys_of_one_name).unwrap();
    assert_eq!(note.signature_by(&log.verifier), Some(&line));
    assert_eq!(note.signature_by(&TestKey::new(9, LOG, SignatureType::Ed25519).verifier), None);
}

// R8.2, R14.3
#[test]
fn a_text_signature_of_wrong_key_text_length_or_type_is_refused() {
    let log = TestKey::log();
    let text = checkpoint().text();
    let line = log.line(&text);
    assert_eq!(line.verify_text(&log.verifier, &text), Ok(()));

    let other = TestKey::new(9, LOG, SignatureType::Ed25519);
    assert_eq!(code(line.verify_text(&other.verifier, &text)), Err(Code::TamperedCheckpoint));
    assert_eq!(code(line.verify_text(&log.verifier, &text.replace('5', "6"))), Err(Code::TamperedCheckpoint));
    assert_eq!(code(line.verify_text(&log.verifier, text.trim_end())), Err(Code::TamperedCheckpoint));
    for length in [1, 63, 65, 72] {
        let signature = line.signature().iter().copied().cycle().take(length).collect();
        assert_eq!(code(log.line_of(signature).verify_text(&log.verifier, &text)), Err(Code::MalformedNote));
    }
    // Pitfall 9: the same key, configured as a witness.
    let witness = TestKey::new(1, LOG, SignatureType::Cosignature);
    assert_eq!(code(line.verify_text(&witness.verifier, &text)), Err(Code::UnsupportedAlgorithm));
}

/// A changed note parses to something that prints back and in which the log's signature no longer holds, unless the
/// change was to a line of another key.
fn assert_refused_or_same(note: &str, original: &str, what: &str) {
    let log = TestKey::log();
    let Ok(read) = Note::parse(note) else { return };
    assert_eq!(read.to_string(), note, "{what}");
    let Some(line) = read.signature_by(&log.verifier) else { return };
    if line.verify_text(&log.verifier, read.text()).is_ok() {
        let unchanged = Note::parse(original).unwrap();
        assert_eq!(read.text(), unchanged.text(), "{what}");
        assert_eq!(Some(line), unchanged.signature_by(&log.verifier), "{what}");
    }
}

// R14.3
#[test]
fn every_bit_flip_and_truncation_is_refused_or_prints_to_itself() {
    let good = signed_checkpoint();
    for bit in 0..good.len() * 8 {
        let mut bytes = good.clone().into_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        if let Ok(flipped) = core::str::from_utf8(&bytes) {
            assert_refused_or_same(flipped, &good, &format!("bit {bit}"));
        }
    }
    for length in (0..good.len()).filter(|length| good.is_char_boundary(*length)) {
        assert_refused_or_same(&good[..length], &good, &format!("length {length}"));
    }
}

proptest! {
    #[test]
    fn what_prints_parses_to_itself(
        text in "([^\\p{Cc}]{0,20}\n){1,6}",
        lines in prop::collection::btree_map(("[^ +\\p{C}\\p{Z}]{1,20}", any::<[u8; 4]>()),
            prop::collection::vec(any::<u8>(), 1..100), 1..=MAX_NOTE_SIGNATURES),
    ) {
        let lines: Vec<_> = lines
            .into_iter()
            .map(|((name, id), signature)| SignatureLine::new(KeyName::new(&name).unwrap(), KeyId::new(id), signature))
            .collect::<Result<_, _>>()
            .unwrap();
        let printed: String = lines.iter().map(SignatureLine::to_string).collect();
        prop_assert_eq!(parse_signatures(&printed), Ok(lines));
        let note = Note::from_parts(&text, &printed).unwrap();
        let bytes = note.to_string();
        prop_assert_eq!(Note::parse(&bytes), Ok(note));
    }

    // R14.3: texts made of what the grammar is made of
    #[test]
    fn what_parses_prints_to_itself(parts in prop::collection::vec(0usize..12, 0..12)) {
        let alphabet = ["\n", "\n\n", "\u{2014} ", "a", " ", "AAAAAAA=", "\u{2014} b AAAAAAA=\n",
            "\u{2014} c AAAAAAA=\n", "text\n", "\r", "+", "\u{a0}"];
        let note: String = parts.into_iter().map(|part| alphabet[part]).collect();
        if let Ok(read) = Note::parse(&note) {
            prop_assert_eq!(read.to_string(), note);
        }
    }
}
