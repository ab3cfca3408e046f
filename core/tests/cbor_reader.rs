//! The pull reader and the writer as a format uses them: exact codes, fields and offsets.

use ct_core::cbor::{Reader, Writer, check_deterministic, check_profile, peek_kind};
use ct_core::limits::{MAX_DEPTH, MAX_ITEMS};
use ct_core::{Code, Error};
use std::thread;

/// A format with everything that formats have: text and integer keys, optional ones, lists, tags, null.
#[derive(Debug, PartialEq)]
struct Sample<'a> {
    header: Header<'a>,
    hash: &'a [u8; 4],
    kind: &'a str,
    proof: Vec<&'a [u8; 2]>,
    subject: Option<&'a str>,
    version: u64,
    signed: bool,
    signature: &'a [u8],
    extension: &'a [u8],
}

#[derive(Debug, PartialEq)]
struct Header<'a> {
    algorithm: i64,
    key_id: Option<&'a [u8]>,
    offset: i64,
    number: Option<u64>,
}

impl<'a> Sample<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes);
        let r = &mut reader;
        let mut map = r.map("sample")?;
        map.require_text(r, "hash")?;
        let hash = r.bytes_exact("hash")?;
        map.require_text(r, "kind")?;
        let kind = r.text("kind", 16)?;
        map.require_text(r, "proof")?;
        let count = r.array("proof", 3)?;
        let proof = (0..count).map(|_| r.bytes_exact("proof")).collect::<Result<_, _>>()?;
        map.require_text(r, "header")?;
        let header = Header::read(r)?;
        map.require_text(r, "signed")?;
        let signed = r.bool("signed")?;
        let mut subject = None;
        if map.take_text(r, "subject")? && !r.try_null("subject")? {
            subject = Some(r.text("subject", 16)?);
        }
        map.require_text(r, "version")?;
        let version = r.uint("version")?;
        map.require_text(r, "signature")?;
        r.tag("signature", 18)?;
        r.array_exact("signature", 2)?;
        let signature = r.bytes("signature", 8)?;
        let extension = r.skip_value("extension")?;
        map.finish(r)?;
        reader.end()?;
        Ok(Self { header, hash, kind, proof, subject, version, signed, signature, extension })
    }

    fn write(&self) -> Vec<u8> {
        let mut w = Writer::new();
        w.map(8).text("hash").bytes(self.hash).text("kind").text(self.kind).text("proof").array(self.proof.len());
        for hash in &self.proof {
            w.bytes(*hash);
        }
        self.header.write(w.text("header"));
        w.text("signed").bool(self.signed).text("subject");
        match self.subject {
            Some(subject) => w.text(subject),
            None => w.null(),
        };
        w.text("version").uint(self.version);
        w.text("signature").tag(18).array(2).bytes(self.signature).raw(self.extension);
        w.finish()
    }
}

impl<'a> Header<'a> {
    fn read(r: &mut Reader<'a>) -> Result<Self, Error> {
        let mut map = r.map("header")?;
        map.require_int(r, 1, "header.alg")?;
        let algorithm = r.int("header.alg")?;
        let key_id = if map.take_int(r, 4)? { Some(r.bytes("header.kid", 8)?) } else { None };
        map.require_int(r, -1, "header.offset")?;
        let offset = r.int("header.offset")?;
        let number = if map.take_text(r, "n")? { Some(r.uint("header.n")?) } else { None };
        map.finish(r)?;
        Ok(Self { algorithm, key_id, offset, number })
    }

    fn write(&self, w: &mut Writer) {
        w.map(2 + usize::from(self.key_id.is_some()) + usize::from(self.number.is_some())).int(1).int(self.algorithm);
        if let Some(key_id) = self.key_id {
            w.int(4).bytes(key_id);
        }
        w.int(-1).int(self.offset);
        if let Some(number) = self.number {
            w.text("n").uint(number);
        }
    }
}

fn sample() -> Sample<'static> {
    Sample {
        header: Header { algorithm: -19, key_id: Some(b"kid-1"), offset: i64::MIN, number: Some(u64::MAX) },
        hash: b"\x01\x02\x03\x04",
        kind: "sample",
        proof: vec![b"\xff\xff", b"\x00\x00"],
        subject: None,
        version: 1,
        signed: true,
        signature: b"\x00signed",
        extension: b"\x82\x01\x80",
    }
}

// R7.1
#[test]
fn what_is_read_is_written_as_the_same_bytes() {
    let bytes = sample().write();
    assert_eq!(Sample::read(&bytes), Ok(sample()));
    assert_eq!(check_profile(&bytes), Ok(()));
    let short = Sample {
        header: Header { algorithm: 300, key_id: None, offset: 0, number: None },
        subject: Some("s"),
        proof: vec![],
        ..sample()
    };
    assert_eq!(Sample::read(&short.write()), Ok(short));
}

// R14.3
#[test]
fn every_cut_is_truncated() {
    let bytes = sample().write();
    for length in 0..bytes.len() {
        let expected = if length == 0 { Code::MalformedEmpty } else { Code::MalformedTruncated };
        let cut = &bytes[..length];
        assert_eq!(check_deterministic(cut).map_err(Error::code), Err(expected), "{length}");
        assert_eq!(check_profile(cut).map_err(Error::code), Err(expected), "{length}");
        assert_eq!(Sample::read(cut).map_err(Error::code), Err(expected), "{length}");
        assert_eq!(peek_kind(cut), (length >= 23).then_some("sample"), "{length}");
    }
}

// R14.3, R7.1
#[test]
fn every_flipped_bit_is_refused_or_another_value_in_its_one_encoding() {
    let bytes = sample().write();
    let mut refused = 0;
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let _ = (check_deterministic(&flipped), peek_kind(&flipped));
        match Sample::read(&flipped) {
            Ok(read) => {
                assert_ne!(read, sample(), "bit {bit} changes nothing");
                assert_eq!(check_profile(&flipped), Ok(()), "bit {bit}");
                assert_eq!(read.write(), flipped, "bit {bit}");
            }
            Err(_) => refused += 1,
        }
    }
    assert!(refused > bytes.len() * 4, "{refused} of {} bits", bytes.len() * 8);
}

// R14.3, R2.2
#[test]
fn nesting_beyond_the_limit_is_refused_on_a_small_stack() {
    let bombs = || {
        let cases: [(&[u8], Code); 6] = [
            (b"\x81", Code::LimitDepth),
            (b"\xa1\x00", Code::LimitDepth),
            (b"\xd2\x84", Code::LimitDepth),
            (b"\xc1", Code::MalformedProfile),
            // Maps and arrays as keys.
            (b"\xa1", Code::MalformedProfile),
            (b"\xa1\x81", Code::MalformedProfile),
        ];
        for (level, by_profile) in cases {
            let bomb = [level.repeat(200_000), vec![0x00]].concat();
            assert_eq!(check_deterministic(&bomb).map_err(Error::code), Err(Code::LimitDepth), "{level:02x?}");
            assert_eq!(check_profile(&bomb).map_err(Error::code), Err(by_profile), "{level:02x?}");
            assert_eq!(peek_kind(&bomb), None);
        }
    };
    thread::Builder::new().stack_size(64 << 10).spawn(bombs).expect("a thread").join().expect("no overflow");
}

#[test]
fn depth_is_counted_to_the_level() {
    let nested = |levels: usize, end: &[u8]| [vec![0x81; levels], end.to_vec()].concat();
    for end in [&[0x00][..], &[0x40], &[0xf6]] {
        assert_eq!(check_deterministic(&nested(MAX_DEPTH, end)), Ok(()));
        let refused = Error::new(Code::LimitDepth, "").at(MAX_DEPTH);
        assert_eq!(check_deterministic(&nested(MAX_DEPTH + 1, end)), Err(refused));
    }
    // An empty container is a level as well, and so is a tag.
    for end in [&[0x80][..], &[0xa0], &[0xd2, 0x00]] {
        assert_eq!(check_deterministic(&nested(MAX_DEPTH - 1, end)), Ok(()));
        assert_eq!(check_deterministic(&nested(MAX_DEPTH, end)).map_err(Error::code), Err(Code::LimitDepth));
    }
    // Levels are left again.
    let siblings = [vec![0x98, 100], nested(MAX_DEPTH - 1, &[0x00]).repeat(100)].concat();
    assert_eq!(check_deterministic(&siblings), Ok(()));
}

// R14.3
#[test]
fn depth_is_counted_when_a_format_is_read_too() {
    let bytes = [vec![0x81; MAX_DEPTH + 1], vec![0x00]].concat();
    let mut reader = Reader::new(&bytes);
    for _ in 0..MAX_DEPTH {
        assert_eq!(reader.array("list", 1), Ok(1));
    }
    assert_eq!(reader.array("list", 1), Err(Error::new(Code::LimitDepth, "list").at(MAX_DEPTH)));
}

// R2.2
#[test]
fn items_are_counted_to_the_item() {
    let list = |count: usize, item: &[u8]| {
        let mut writer = Writer::new();
        writer.array(count).raw(&item.repeat(count));
        writer.finish()
    };
    let refused = |bytes: &[u8]| check_deterministic(bytes).map_err(Error::code);
    assert_eq!(refused(&list(MAX_ITEMS - 1, &[0x00])), Ok(()));
    assert_eq!(check_deterministic(&list(MAX_ITEMS, &[0x00])), Err(Error::new(Code::LimitItems, "").at(0)));
    // 1 + 2 * 32,767 = 65,535 items.
    for item in [&[0x81, 0x00][..], &[0xd2, 0x00]] {
        assert_eq!(refused(&list(32_767, item)), Ok(()), "{item:02x?}");
        assert_eq!(refused(&list(32_768, item)), Err(Code::LimitItems), "{item:02x?}");
    }
    // A map has twice as many items as pairs: 1 + 2 * 32,767 again, and two more.
    let pairs = |count: u16| {
        let mut bytes = Writer::new();
        bytes.map(usize::from(count));
        for key in 0..count {
            bytes.uint(u64::from(key)).null();
        }
        bytes.finish()
    };
    assert_eq!(refused(&pairs(32_767)), Ok(()));
    assert_eq!(check_deterministic(&pairs(32_768)), Err(Error::new(Code::LimitItems, "").at(0)));
}

// R2.2
#[test]
fn a_declared_size_is_refused_before_anything_is_read_for_it() {
    type Read = fn(&mut Reader<'_>) -> Result<(), Error>;
    let bytes: Read = |r| r.bytes("field", 3).map(drop);
    let text: Read = |r| r.text("field", 3).map(drop);
    let array: Read = |r| r.array("field", 3).map(drop);
    let map: Read = |r| r.map("field").map(drop);
    let cases: [(&[u8], Read, Result<(), Code>); 16] = [
        (b"\x43abc", bytes, Ok(())),
        (b"\x44abcd", bytes, Err(Code::LimitLength)),
        (b"\x44", bytes, Err(Code::LimitLength)),
        (b"\x43ab", bytes, Err(Code::MalformedTruncated)),
        (b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff", bytes, Err(Code::LimitLength)),
        (b"\x63abc", text, Ok(())),
        (b"\x64abcd", text, Err(Code::LimitLength)),
        (b"\x64\xff\xff\xff\xff", text, Err(Code::LimitLength)),
        (b"\x63ab", text, Err(Code::MalformedTruncated)),
        (b"\x7b\x7f\xff\xff\xff\xff\xff\xff\xff", text, Err(Code::LimitLength)),
        (b"\x83\x00\x00\x00", array, Ok(())),
        (b"\x84\x00\x00\x00\x00", array, Err(Code::LimitItems)),
        (b"\x83\x00\x00", array, Err(Code::MalformedTruncated)),
        (b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff", array, Err(Code::LimitItems)),
        (b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff", map, Err(Code::LimitItems)),
        (b"\xa2\x00\x00\x00", map, Err(Code::MalformedTruncated)),
    ];
    for (input, read, expected) in cases {
        let result = read(&mut Reader::new(input));
        assert_eq!(result, expected.map_err(|code| Error::new(code, "field").at(0)), "{input:02x?}");
    }
}

// R14.3
#[test]
fn an_item_of_another_type_is_a_field_error_where_it_stands() {
    type Read = fn(&mut Reader<'_>) -> Result<(), Error>;
    let reads: [(&str, Read, &[u8]); 10] = [
        ("uint", |r| r.uint("f").map(drop), &[0x01]),
        ("int", |r| r.int("f").map(drop), &[0x01, 0x20]),
        ("bytes", |r| r.bytes("f", 9).map(drop), &[0x40]),
        ("bytes_exact", |r| r.bytes_exact::<0>("f").map(drop), &[0x40]),
        ("text", |r| r.text("f", 9).map(drop), &[0x60]),
        ("array", |r| r.array("f", 9).map(drop), &[0x80]),
        ("array_exact", |r| r.array_exact("f", 0), &[0x80]),
        ("map", |r| r.map("f").map(drop), &[0xa0]),
        ("tag", |r| r.tag("f", 18), &[0xd2]),
        ("bool", |r| r.bool("f").map(drop), &[0xf4, 0xf5]),
    ];
    let items = [0x01, 0x20, 0x40, 0x60, 0x80, 0xa0, 0xd2, 0xd3, 0xf4, 0xf5, 0xf6, 0xf7, 0xe0];
    for (name, read, accepted) in reads {
        for item in items {
            let input = [0x82, 0x00, item, 0x00];
            let mut reader = Reader::new(&input);
            assert_eq!((reader.array("list", 2), reader.uint("first")), (Ok(2), Ok(0)));
            let expected =
                if accepted.contains(&item) { Ok(()) } else { Err(Error::new(Code::MalformedField, "f").at(2)) };
            assert_eq!(read(&mut reader), expected, "{name} of {item:02x}");
        }
        assert_eq!(read(&mut Reader::new(&[])), Err(Error::new(Code::MalformedEmpty, "f").at(0)), "{name}");
        assert_eq!(read(&mut Reader::new(&[0x1c])), Err(Error::new(Code::MalformedCbor, "f").at(0)), "{name}");
    }
    let half = [0xf9, 0x3c, 0x00];
    assert_eq!(Reader::new(&half).bool("f"), Err(Error::new(Code::MalformedField, "f").at(0)));
    for wrong_size in [&[0x81, 0x00][..], &[0x83, 0x00, 0x00, 0x00]] {
        let refused = Reader::new(wrong_size).array_exact("f", 2);
        assert_eq!(refused, Err(Error::new(Code::MalformedField, "f").at(0)));
    }
    for wrong_size in [&b"\x41a"[..], b"\x43abc"] {
        let refused = Reader::new(wrong_size).bytes_exact::<2>("f");
        assert_eq!(refused, Err(Error::new(Code::MalformedField, "f").at(0)));
    }
}

#[test]
fn integers_end_where_their_types_end() {
    let read = |bytes: &[u8]| {
        (Reader::new(bytes).uint("n").map_err(Error::code), Reader::new(bytes).int("n").map_err(Error::code))
    };
    let head = |first: u8, value: u64| [[first].as_slice(), &value.to_be_bytes()].concat();
    let greatest = u64::try_from(i64::MAX).unwrap();
    assert_eq!(read(&head(0x1b, greatest)), (Ok(greatest), Ok(i64::MAX)));
    assert_eq!(read(&head(0x1b, greatest + 1)), (Ok(greatest + 1), Err(Code::LimitNumber)));
    assert_eq!(read(&head(0x1b, u64::MAX)), (Ok(u64::MAX), Err(Code::LimitNumber)));
    assert_eq!(read(&[0x20]), (Err(Code::MalformedField), Ok(-1)));
    assert_eq!(read(&head(0x3b, greatest)), (Err(Code::MalformedField), Ok(i64::MIN)));
    assert_eq!(read(&head(0x3b, greatest + 1)), (Err(Code::MalformedField), Err(Code::LimitNumber)));
}

#[test]
fn null_is_taken_only_if_it_is_there() {
    let mut reader = Reader::new(&[0x83, 0xf6, 0xf5, 0x00]);
    assert_eq!(reader.array("list", 3), Ok(3));
    assert_eq!(reader.try_null("a"), Ok(true));
    assert_eq!(reader.try_null("b"), Ok(false));
    assert_eq!(reader.bool("b"), Ok(true));
    assert_eq!(reader.try_null("c"), Ok(false));
    assert_eq!(reader.offset(), 3);
    assert_eq!(reader.uint("c"), Ok(0));
    assert_eq!(reader.try_null("d"), Err(Error::new(Code::MalformedTruncated, "d").at(4)));
    assert_eq!(reader.end(), Ok(()));
}

#[test]
fn a_skipped_value_is_given_as_it_is_encoded() {
    let input = [0x83, 0x82, 0x81, 0x00, 0xa1, 0x01, 0xd2, 0x40, 0x61, 0x61, 0x80];
    let mut reader = Reader::new(&input);
    assert_eq!(reader.array("list", 3), Ok(3));
    assert_eq!(reader.skip_value("first"), Ok(&input[1..8]));
    assert_eq!(reader.skip_value("second"), Ok(&input[8..10]));
    assert_eq!(reader.skip_value("third"), Ok(&input[10..11]));
    assert_eq!(reader.end(), Ok(()));
}

// R14.3
#[test]
fn the_end_is_exact() {
    let mut reader = Reader::new(&[0x00, 0x00]);
    assert_eq!(reader.uint("n"), Ok(0));
    assert_eq!(reader.end(), Err(Error::new(Code::MalformedTrailing, "").at(1)));
    assert_eq!(Reader::new(&[]).end(), Err(Error::new(Code::MalformedEmpty, "").at(0)));
    let mut reader = Reader::new(&[0xd2]);
    assert_eq!(reader.tag("t", 18), Ok(()));
    assert_eq!(reader.end(), Err(Error::new(Code::MalformedTruncated, "").at(1)));
}

type Outcome = Result<Vec<u64>, Error>;

/// Reads `{1: uint, ?4: uint, -1: uint, ?"b": uint, "aa": uint}`.
fn read_closed_map(bytes: &[u8]) -> Outcome {
    let mut reader = Reader::new(bytes);
    let r = &mut reader;
    let mut map = r.map("map")?;
    let mut values = Vec::new();
    map.require_int(r, 1, "one")?;
    values.push(r.uint("one")?);
    if map.take_int(r, 4)? {
        values.push(r.uint("four")?);
    }
    map.require_int(r, -1, "minus")?;
    values.push(r.uint("minus")?);
    if map.take_text(r, "b")? {
        values.push(r.uint("b")?);
    }
    map.require_text(r, "aa")?;
    values.push(r.uint("aa")?);
    map.finish(r)?;
    reader.end()?;
    Ok(values)
}

// R14.3, R7.1
#[test]
fn unknown_missing_misplaced_and_repeated_keys_are_told_apart() {
    let field = |name, at| Err(Error::new(Code::MalformedField, name).at(at));
    let order = |name, at| Err(Error::new(Code::MalformedNotDeterministic, name).at(at));
    let cases: [(&str, &[u8], Outcome); 23] = [
        ("all", b"\xa5\x01\x07\x04\x08\x20\x09\x61b\x0a\x62aa\x0b", Ok(vec![7, 8, 9, 10, 11])),
        ("required only", b"\xa3\x01\x07\x20\x09\x62aa\x0b", Ok(vec![7, 9, 11])),
        ("empty", b"\xa0", field("one", 1)),
        ("first missing", b"\xa2\x20\x09\x62aa\x0b", field("one", 1)),
        ("middle missing", b"\xa2\x01\x07\x62aa\x0b", field("minus", 3)),
        ("last missing", b"\xa2\x01\x07\x20\x09", field("aa", 5)),
        ("unknown integer first", b"\xa4\x00\x00\x01\x07\x20\x09\x62aa\x0b", field("map", 1)),
        ("unknown integer inside", b"\xa4\x01\x07\x02\x00\x20\x09\x62aa\x0b", field("map", 3)),
        ("unknown negative", b"\xa4\x01\x07\x20\x09\x21\x00\x62aa\x0b", field("map", 5)),
        ("unknown text inside", b"\xa4\x01\x07\x20\x09\x61a\x00\x62aa\x0b", field("map", 5)),
        ("unknown text last", b"\xa4\x01\x07\x20\x09\x62aa\x0b\x62ab\x00", field("map", 9)),
        ("unknown of another type", b"\xa4\x01\x07\x20\x09\x40\x00\x62aa\x0b", field("map", 5)),
        ("unknown list as key", b"\xa4\x01\x07\x20\x09\x62aa\x0b\x80\x00", field("map", 9)),
        ("required swapped", b"\xa3\x20\x09\x01\x07\x62aa\x0b", order("one", 3)),
        ("swapped with unknown", b"\xa4\x00\x00\x20\x09\x01\x07\x62aa\x0b", order("map", 5)),
        ("optional swapped", b"\xa4\x01\x07\x20\x09\x04\x08\x62aa\x0b", order("map", 5)),
        ("length-first", b"\xa3\x01\x07\x62aa\x0b\x20\x09", order("minus", 7)),
        ("twice", b"\xa4\x01\x07\x01\x07\x20\x09\x62aa\x0b", order("map", 3)),
        ("last twice", b"\xa4\x01\x07\x20\x09\x62aa\x0b\x62aa\x0b", order("map", 9)),
        ("twice in another form", b"\xa4\x01\x07\x18\x01\x07\x20\x09\x62aa\x0b", order("map", 3)),
        ("key cut", b"\xa3\x01\x07\x20\x09\x62a", Err(Error::new(Code::MalformedTruncated, "map").at(5))),
        ("value cut", b"\xa3\x01\x07\x20\x09\x61b", Err(Error::new(Code::MalformedTruncated, "b").at(7))),
        ("trailing", b"\xa3\x01\x07\x20\x09\x62aa\x0b\x00", Err(Error::new(Code::MalformedTrailing, "").at(9))),
    ];
    for (what, bytes, expected) in cases {
        assert_eq!(read_closed_map(bytes), expected, "{what}");
    }
}

// R7.1
#[test]
fn key_order_holds_for_keys_of_every_type_and_inside_keys() {
    let order = Err(Code::MalformedNotDeterministic);
    let cases: [(&[u8], Result<(), Code>); 8] = [
        (b"\xa2\x81\x00\x00\x81\x01\x00", Ok(())),
        (b"\xa2\x81\x01\x00\x81\x00\x00", order),
        (b"\xa2\x81\x01\x00\x81\x01\x00", order),
        (b"\xa2\xa1\x00\x00\x00\xa1\x00\x01\x00", Ok(())),
        (b"\xa2\xa1\x00\x01\x00\xa1\x00\x00\x00", order),
        (b"\xa1\xa2\x01\x00\x00\x00\x00", order),
        // The value of one pair is no key.
        (b"\xa2\x00\x05\x01\x04", Ok(())),
        (b"\x82\xa1\x01\x00\xa1\x00\x00", Ok(())),
    ];
    for (bytes, expected) in cases {
        assert_eq!(check_deterministic(bytes).map_err(Error::code), expected, "{bytes:02x?}");
    }
}

#[test]
fn bignums_have_one_form_and_no_place_in_the_profile() {
    let deterministic = |bytes: &[u8]| check_deterministic(bytes).map_err(Error::code);
    let (order, cbor) = (Err(Code::MalformedNotDeterministic), Err(Code::MalformedCbor));
    for tag in [0xc2, 0xc3] {
        assert_eq!(deterministic(&[&[tag, 0x49][..], &[1; 9]].concat()), Ok(()));
        assert_eq!(
            check_profile(&[&[tag, 0x49][..], &[1; 9]].concat()).map_err(Error::code),
            Err(Code::MalformedProfile)
        );
        assert_eq!(deterministic(&[&[tag, 0x48][..], &[0xff; 8]].concat()), order);
        assert_eq!(deterministic(&[&[tag, 0x49, 0x00][..], &[1; 8]].concat()), order);
        assert_eq!(deterministic(&[tag, 0x40]), order);
        assert_eq!(deterministic(&[tag, 0x00]), cbor);
        assert_eq!(deterministic(&[tag, 0x60]), cbor);
        assert_eq!(deterministic(&[tag]), Err(Code::MalformedTruncated));
        assert_eq!(deterministic(&[tag, 0x49, 0x01]), Err(Code::MalformedTruncated));
    }
}

#[test]
fn the_profile_names_what_it_allows() {
    let outside = Err(Code::MalformedProfile);
    let cases: [(&[u8], Result<(), Code>); 16] = [
        (b"\xa2\x01\x61a\x61a\x81\xf6", Ok(())),
        (b"\xd2\x80", Ok(())),
        (b"\xd8\x62\x80", Ok(())),
        (b"\xd1\x80", outside),
        (b"\xd3\x80", outside),
        (b"\xd8\x61\x80", outside),
        (b"\xd8\x63\x80", outside),
        (b"\xd9\xd9\xf7\x80", outside),
        (b"\x81\xf9\x3c\x00", outside),
        (b"\x81\xf7", outside),
        (b"\xa1\x40\x00", outside),
        (b"\xa1\x80\x00", outside),
        (b"\xa1\xf5\x00", outside),
        (b"\xa1\xd2\x00\x00", outside),
        (b"\xa1\x00\xa1\x40\x00", outside),
        (b"\x00\x00", Err(Code::MalformedTrailing)),
    ];
    for (bytes, expected) in cases {
        assert_eq!(check_profile(bytes).map_err(Error::code), expected, "{bytes:02x?}");
    }
    let refused = check_profile(b"\x82\x00\xf7");
    assert_eq!(refused, Err(Error::new(Code::MalformedProfile, "").at(2)));
}

#[test]
fn the_kind_is_seen_through_whatever_stands_before_it() {
    let kind: [(&[u8], Option<&str>); 10] = [
        (b"\xa1\x64kind\x61a", Some("a")),
        (b"\xa2\x01\x82\x00\xa1\x64kind\x61b\x64kind\x61a", Some("a")),
        // The rest may be anything, or absent.
        (b"\xa3\x64kind\x61a\xff", Some("a")),
        (b"\xa1\x64kind\x00", None),
        (b"\xa1\x64kin", None),
        (b"\xa1\x01\xa1\x64kind\x61a", None),
        (b"\xa1\x81\x64kind\x61a", None),
        (b"\x82\x64kind\x61a", None),
        (b"\x64kind", None),
        (b"", None),
    ];
    for (bytes, expected) in kind {
        assert_eq!(peek_kind(bytes), expected, "{bytes:02x?}");
    }
}

// R7.1
#[test]
fn the_writer_s_heads_are_the_shortest() {
    fn written(write: impl FnOnce(&mut Writer) -> &mut Writer) -> Vec<u8> {
        let mut writer = Writer::new();
        write(&mut writer);
        writer.finish()
    }
    let numbers: [(u64, &[u8]); 10] = [
        (0, b"\x00"),
        (23, b"\x17"),
        (24, b"\x18\x18"),
        (255, b"\x18\xff"),
        (256, b"\x19\x01\x00"),
        (65_535, b"\x19\xff\xff"),
        (65_536, b"\x1a\x00\x01\x00\x00"),
        (4_294_967_295, b"\x1a\xff\xff\xff\xff"),
        (4_294_967_296, b"\x1b\x00\x00\x00\x01\x00\x00\x00\x00"),
        (u64::MAX, b"\x1b\xff\xff\xff\xff\xff\xff\xff\xff"),
    ];
    for (number, expected) in numbers {
        assert_eq!(written(|w| w.uint(number)), expected);
        let mut tagged = expected.to_vec();
        tagged[0] |= 0xc0;
        // Tags 2 and 3 are not among them; the content is an empty text.
        tagged.push(0x60);
        assert_eq!(written(|w| w.tag(number).text("")), tagged);
        if let Ok(number) = i64::try_from(number) {
            assert_eq!(written(|w| w.int(number)), expected);
            let mut negative = expected.to_vec();
            negative[0] |= 0x20;
            assert_eq!(written(|w| w.int(-1 - number)), negative);
        }
    }
    assert_eq!(written(|w| w.array(4).bool(false).bool(true).null().bytes(b"b")), b"\x84\xf4\xf5\xf6\x41b");
    assert_eq!(written(|w| w.bytes(&[0; 256]))[..3], [0x59, 0x01, 0x00]);
    assert_eq!(written(|w| w.int(i64::MIN)), b"\x3b\x7f\xff\xff\xff\xff\xff\xff\xff");
}

#[cfg(debug_assertions)]
mod defects_of_the_caller_are_shown {
    use super::*;

    #[test]
    #[should_panic(expected = "not one deterministic item")]
    fn keys_written_in_another_order() {
        let mut writer = Writer::new();
        writer.map(2).text("b").null().text("a").null();
        let _ = writer.finish();
    }

    #[test]
    #[should_panic(expected = "not one deterministic item")]
    fn fewer_items_written_than_announced() {
        let mut writer = Writer::new();
        writer.array(2).null();
        let _ = writer.finish();
    }

    #[test]
    #[should_panic(expected = "is asked for after")]
    fn keys_asked_for_in_another_order() {
        let mut reader = Reader::new(&[0xa0]);
        let mut map = reader.map("map").unwrap();
        assert_eq!(map.take_text(&mut reader, "aa"), Ok(false));
        let _ = map.take_text(&mut reader, "b");
    }
}
