//! Statements: every field at its limits and one beyond, and every way for the header not to be the closed one.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests assert by panicking")]

use ct_core::limits::{MAX_BATCH, MAX_CTI_BYTES, MAX_KID_BYTES, MAX_TEXT_BYTES, MIN_CTI_BYTES};
use ct_core::{Code, Error, Hash, PublicKey, Statement, StatementHeader, StatementType, Timestamp};
use ct_testdata::{Draft, key, world};

fn header() -> StatementHeader<'static> {
    StatementHeader {
        kid: b"university-2026",
        issuer: world::UNIVERSITY,
        id: "8ff9e1859db8b140",
        expires: Some(world::time(world::END)),
        not_before: Some(world::time(world::BEGIN)),
        issued_at: world::time(world::ISSUED),
        request_id: b"request-1",
        subjects: 1,
        document_type: "diploma",
        statement_type: StatementType::Document,
    }
}

fn seal(header: &StatementHeader<'_>) -> Vec<u8> {
    let payload = Hash::of(b"subject");
    header.seal(&payload, &key::sign("university-2026", &header.signature_input(&payload)))
}

fn code(bytes: &[u8]) -> Result<(), Code> {
    Statement::parse(bytes).map(|_| ()).map_err(Error::code)
}

// R7.1
#[test]
fn gives_back_what_was_signed() {
    for statement_type in [StatementType::Document, StatementType::Status, StatementType::Genesis] {
        for (expires, not_before) in [(None, None), (Some(Timestamp::MAX), Some(world::time(0)))] {
            let header = StatementHeader { statement_type, expires, not_before, ..header() };
            let bytes = seal(&header);
            let statement = Statement::parse(&bytes).unwrap();
            assert_eq!(*statement.header(), header);
            assert_eq!(statement.payload(), Hash::of(b"subject"));
            assert_eq!(statement.as_bytes(), bytes);
            assert!(statement.is_signed_by(&key::public("university-2026")));
            assert!(!statement.is_signed_by(&key::public("forger")));
        }
    }
}

// R8.2: the signature covers header and payload, and nothing but them.
#[test]
fn no_flip_of_header_or_payload_keeps_the_signature() {
    let bytes = seal(&header());
    let key: PublicKey = key::public("university-2026");
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let signed = Statement::parse(&flipped).is_ok_and(|statement| statement.is_signed_by(&key));
        assert!(!signed, "bit {bit}");
    }
}

// R1.3
#[test]
fn fields_end_at_their_limits() {
    let long = "t".repeat(MAX_TEXT_BYTES + 1);
    let text = |length: usize| &long[..length];
    for length in [1, MAX_TEXT_BYTES] {
        let text = text(length);
        let all = StatementHeader { issuer: text, id: text, document_type: text, ..header() };
        assert_eq!(code(&seal(&all)), Ok(()));
    }
    for (length, expected) in [(0, Code::MalformedField), (MAX_TEXT_BYTES + 1, Code::LimitLength)] {
        let text = text(length);
        assert_eq!(code(&seal(&StatementHeader { issuer: text, ..header() })), Err(expected));
        assert_eq!(code(&seal(&StatementHeader { id: text, ..header() })), Err(expected));
        assert_eq!(code(&seal(&StatementHeader { document_type: text, ..header() })), Err(expected));
    }
    let bytes = [7; 128];
    for (length, expected) in [
        (MIN_CTI_BYTES - 1, Err(Code::MalformedField)),
        (MIN_CTI_BYTES, Ok(())),
        (MAX_CTI_BYTES, Ok(())),
        (MAX_CTI_BYTES + 1, Err(Code::LimitLength)),
    ] {
        assert_eq!(code(&seal(&StatementHeader { request_id: &bytes[..length], ..header() })), expected, "{length}");
    }
    for (length, expected) in [
        (0, Err(Code::MalformedField)),
        (1, Ok(())),
        (MAX_KID_BYTES, Ok(())),
        (MAX_KID_BYTES + 1, Err(Code::LimitLength)),
    ] {
        assert_eq!(code(&seal(&StatementHeader { kid: &bytes[..length], ..header() })), expected, "{length}");
    }
    let most = u64::try_from(MAX_BATCH).unwrap();
    for (subjects, expected) in
        [(0, Err(Code::MalformedField)), (1, Ok(())), (most, Ok(())), (most + 1, Err(Code::LimitNumber))]
    {
        assert_eq!(code(&seal(&StatementHeader { subjects, ..header() })), expected, "{subjects}");
    }
}

/// The statement with `to` for the only `from` in it.
fn replaced(from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = seal(&header());
    let places: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(from)).collect();
    assert_eq!(places.len(), 1, "{from:02x?}");
    bytes[places[0]..places[0] + to.len()].copy_from_slice(to);
    bytes
}

// R14.3, R8.2
#[test]
fn the_header_is_closed() {
    let cases: [(&str, &[u8], &[u8], Code); 8] = [
        ("alg is EdDSA", b"\xa6\x01\x32", b"\xa6\x01\x27", Code::UnsupportedAlgorithm),
        ("payload hash is SHA-256/64", b"\x19\x01\x02\x2f", b"\x19\x01\x02\x2e", Code::UnsupportedAlgorithm),
        ("typ of nobody", b"document+cose", b"dokument+cose", Code::UnsupportedStatementType),
        ("typ and preimage do not match", b"subjects+cbor", b"subjectz+cbor", Code::MalformedField),
        ("header 5 for 4", b"\x04\x4funiversity", b"\x05\x4funiversity", Code::MalformedField),
        ("header 17 for 16", b"\x10\x78\x28", b"\x11\x78\x28", Code::MalformedField),
        ("claim 3 for 2", b"\x02\x708ff9", b"\x03\x708ff9", Code::MalformedField),
        ("claim m for n", b"\x61n\x01", b"\x61m\x01", Code::MalformedField),
    ];
    for (name, from, to, expected) in cases {
        assert_eq!(code(&replaced(from, to)), Err(expected), "{name}");
    }
}

// The log stores the statement as it stands: its leaf is H(00 || statement).
#[test]
fn its_leaf_is_that_of_its_bytes() {
    let bytes = seal(&header());
    let leaf = Statement::parse(&bytes).unwrap().leaf_hash();
    assert_eq!(leaf, Hash::of_parts(&[&[0], &bytes]));
    let draft = Draft::new("leaf", b"");
    assert_eq!(Statement::parse(&draft.statement()).unwrap().header().id, draft.header.id);
}
