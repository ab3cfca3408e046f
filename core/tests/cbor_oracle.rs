//! CBOR against two independent implementations: ciborium (any CBOR, lenient) and dcbor (deterministic, other profile).
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

use ciborium::value::{Integer, Value};
use ct_core::cbor::{Writer, check_deterministic, check_profile, peek_kind};
use ct_core::{Code, Error};
use proptest::prelude::*;

// R7.1
proptest! {
    #[test]
    fn the_writer_s_output_is_ciborium_s_and_decodes_to_the_same_value(value in value(Forms::Profile)) {
        let mut writer = Writer::new();
        write(&mut writer, &value);
        let bytes = writer.finish();
        prop_assert_eq!(&decode(&bytes), &Some(value.clone()));
        prop_assert_eq!(&encode(&value), &bytes);
        prop_assert_eq!(check_profile(&bytes), Ok(()));
    }

    #[test]
    fn whatever_ciborium_encodes_with_sorted_keys_is_deterministic(value in value(Forms::All)) {
        prop_assert_eq!(check_deterministic(&encode(&value)), Ok(()));
    }

    #[test]
    fn keys_in_another_order_are_refused(pairs in pairs(Forms::Profile), seed in any::<usize>()) {
        prop_assume!(pairs.len() > 1);
        let at = seed % (pairs.len() - 1);
        let mut swapped = pairs.clone();
        swapped.swap(at, at + 1);
        let mut repeated = pairs;
        repeated[at + 1].0 = repeated[at].0.clone();
        for broken in [swapped, repeated] {
            // ciborium sees nothing wrong with either.
            let bytes = encode(&Value::Map(broken));
            prop_assert!(reencodes(&bytes));
            prop_assert_eq!(check_deterministic(&bytes).map_err(Error::code), Err(Code::MalformedNotDeterministic));
        }
    }

    // R14.3
    #[test]
    fn what_is_accepted_after_mutation_is_the_one_encoding(
        value in prop_oneof![value(Forms::Profile), value(Forms::All)],
        mutations in prop::collection::vec(mutation(), 1..4),
    ) {
        let mut bytes = encode(&value);
        mutations.iter().for_each(|mutation| mutation.apply(&mut bytes));
        agrees(&bytes)?;
    }

    // R14.3
    #[test]
    fn what_is_accepted_of_random_bytes_is_the_one_encoding(bytes in prop::collection::vec(any::<u8>(), 0..24)) {
        agrees(&bytes)?;
    }

    #[test]
    fn a_single_precision_float_is_accepted_iff_it_is_the_shortest_form(bits in float_bits32()) {
        let mut bytes = vec![0xfa];
        bytes.extend(bits.to_be_bytes());
        let shortest = encode(&Value::Float(f64::from(f32::from_bits(bits)))) == bytes;
        prop_assert_eq!(check_deterministic(&bytes).is_ok(), shortest && !f32::from_bits(bits).is_nan());
    }

    #[test]
    fn a_double_precision_float_is_accepted_iff_it_is_the_shortest_form(bits in float_bits64()) {
        let mut bytes = vec![0xfb];
        bytes.extend(bits.to_be_bytes());
        let shortest = encode(&Value::Float(f64::from_bits(bits))) == bytes;
        prop_assert_eq!(check_deterministic(&bytes).is_ok(), shortest && !f64::from_bits(bits).is_nan());
    }
}

#[test]
fn every_half_precision_float_is_accepted_only_as_such() {
    for bits in 0..=u16::MAX {
        let half = [[0xf9].as_slice(), &bits.to_be_bytes()].concat();
        let Some(Value::Float(value)) = decode(&half) else { panic!("{half:02x?}") };
        if value.is_nan() {
            assert_eq!(check_deterministic(&half).is_ok(), bits == 0x7e00, "{bits:04x}");
            continue;
        }
        assert_eq!(check_deterministic(&half), Ok(()), "{bits:04x}");
        let double = [[0xfb].as_slice(), &value.to_be_bytes()].concat();
        let narrowed = single(value);
        assert_eq!(f64::from(narrowed).to_bits(), value.to_bits());
        let single = [[0xfa].as_slice(), &narrowed.to_be_bytes()].concat();
        for longer in [single, double] {
            let refused = check_deterministic(&longer).map_err(Error::code);
            assert_eq!(refused, Err(Code::MalformedNotDeterministic), "{longer:02x?}");
        }
    }
}

/// What we accept, the oracles accept; and there is no second encoding of the same value.
fn agrees(bytes: &[u8]) -> Result<(), TestCaseError> {
    let _ = peek_kind(bytes);
    let (ours, profile) = (check_deterministic(bytes), check_profile(bytes));
    if profile.is_ok() {
        prop_assert_eq!(ours, Ok(()));
        prop_assert!(reencodes(bytes), "ciborium does not agree with {:02x?}", bytes);
        // dcbor wants texts in Unicode normal form C on top; ours are bytes.
        if decode(bytes).is_some_and(|value| is_ascii(&value)) {
            prop_assert!(dcbor::CBOR::try_from_data(bytes).is_ok_and(|value| value.to_cbor_data() == bytes));
        }
    }
    if ours.is_ok() && !may_hold_other_simple(bytes) {
        prop_assert!(reencodes(bytes), "ciborium does not agree with {:02x?}", bytes);
    }
    // dcbor accepts more than we do in one place: it treats tags 2 and 3 like any other.
    if dcbor::CBOR::try_from_data(bytes).is_ok() && decode(bytes).is_some() && !may_hold_bignum_tag(bytes) {
        prop_assert_eq!(ours, Ok(()), "dcbor accepts {:02x?}", bytes);
    }
    Ok(())
}

/// ciborium knows no simple values but `false`, `true` and `null`: it reads undefined as null and refuses the others.
/// The profile has none either, so what it accepts needs no such exception.
fn may_hold_other_simple(bytes: &[u8]) -> bool {
    bytes.iter().any(|byte| matches!(byte, 0xe0..=0xf3 | 0xf7 | 0xf8))
}

/// ciborium reads a bignum as the number that it is, so the tag is looked for in the bytes.
fn may_hold_bignum_tag(bytes: &[u8]) -> bool {
    bytes.iter().any(|byte| matches!(byte, 0xc2 | 0xc3))
}

fn is_ascii(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.is_ascii(),
        Value::Tag(_, content) => is_ascii(content),
        Value::Array(items) => items.iter().all(is_ascii),
        Value::Map(pairs) => pairs.iter().all(|(key, value)| is_ascii(key) && is_ascii(value)),
        _ => true,
    }
}

fn decode(bytes: &[u8]) -> Option<Value> {
    let mut rest = bytes;
    let value = ciborium::from_reader(&mut rest).ok()?;
    rest.is_empty().then_some(value)
}

fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).expect("writing to memory");
    bytes
}

fn reencodes(bytes: &[u8]) -> bool {
    decode(bytes).is_some_and(|value| encode(&value) == bytes)
}

fn write(writer: &mut Writer, value: &Value) {
    match value {
        Value::Integer(integer) => match (u64::try_from(*integer), i64::try_from(*integer)) {
            (Ok(value), _) => writer.uint(value),
            (_, Ok(value)) => writer.int(value),
            _ => panic!("not generated: {integer:?}"),
        },
        Value::Bytes(bytes) => writer.bytes(bytes),
        Value::Text(text) => writer.text(text),
        Value::Bool(value) => writer.bool(*value),
        Value::Null => writer.null(),
        Value::Tag(number, content) => {
            write(writer.tag(*number), content);
            writer
        }
        Value::Array(items) => {
            writer.array(items.len());
            items.iter().for_each(|item| write(writer, item));
            writer
        }
        Value::Map(pairs) => {
            writer.map(pairs.len());
            for (key, value) in pairs {
                write(writer, key);
                write(writer, value);
            }
            writer
        }
        other => panic!("not generated: {other:?}"),
    };
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Forms {
    Profile,
    All,
}

fn value(forms: Forms) -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        integer(forms),
        prop::collection::vec(any::<u8>(), 0..300).prop_map(Value::Bytes),
        ".{0,30}".prop_map(Value::Text),
        any::<bool>().prop_map(Value::Bool),
        Just(Value::Null),
        if forms == Forms::All { float() } else { Just(Value::Null).boxed() },
    ];
    leaf.prop_recursive(5, 60, 8, move |inner| {
        let key = if forms == Forms::All { prop_oneof![key(), inner.clone()].boxed() } else { key() };
        let tag = if forms == Forms::All { (4..u64::MAX).boxed() } else { prop_oneof![Just(18), Just(98)].boxed() };
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..30).prop_map(Value::Array),
            prop::collection::vec((key, inner.clone()), 0..30).prop_map(|pairs| Value::Map(sorted(pairs))),
            (tag, inner).prop_map(|(number, content)| Value::Tag(number, Box::new(content))),
        ]
    })
    .boxed()
}

fn pairs(forms: Forms) -> impl Strategy<Value = Vec<(Value, Value)>> {
    prop::collection::vec((key(), value(forms)), 2..6).prop_map(sorted)
}

/// RFC 8949 section 4.2.1, by the definition: sort by the encodings.
fn sorted(mut pairs: Vec<(Value, Value)>) -> Vec<(Value, Value)> {
    pairs.sort_by_cached_key(|(key, _)| encode(key));
    pairs.dedup_by_key(|(key, _)| encode(key));
    pairs
}

fn key() -> BoxedStrategy<Value> {
    prop_oneof![(-30_i64..30).prop_map(Value::from), integer(Forms::Profile), ".{0,3}".prop_map(Value::Text)].boxed()
}

fn integer(forms: Forms) -> BoxedStrategy<Value> {
    let unsigned = (any::<u64>(), 0_u32..64).prop_map(|(value, shift)| Value::from(value >> shift));
    let negative = (any::<i64>(), 0_u32..64).prop_map(|(value, shift)| Value::from(value >> shift));
    let lowest = any::<u64>()
        .prop_map(|value| Value::Integer(Integer::try_from(-1 - i128::from(value)).expect("in the range of CBOR")));
    if forms == Forms::All {
        prop_oneof![unsigned, negative, lowest].boxed()
    } else {
        prop_oneof![unsigned, negative].boxed()
    }
}

fn float() -> BoxedStrategy<Value> {
    let number = prop_oneof![
        float_bits64().prop_map(f64::from_bits),
        float_bits32().prop_map(|bits| f64::from(f32::from_bits(bits))),
    ];
    number.prop_map(|number| Value::Float(if number.is_nan() { f64::NAN } else { number })).boxed()
}

/// Any bits, and bits with few ones in the fraction around the exponents where a narrower format ends.
fn float_bits32() -> impl Strategy<Value = u32> {
    let near =
        (100_u32..150, 0_u32..1 << 11, 0_u32..14, any::<bool>()).prop_map(|(exponent, fraction, shift, negative)| {
            u32::from(negative) << 31 | exponent << 23 | (fraction << shift & 0x7f_ffff)
        });
    prop_oneof![any::<u32>(), near]
}

fn float_bits64() -> impl Strategy<Value = u64> {
    let exponents = prop_oneof![850_u64..910, 990_u64..1050, 1140_u64..1160, Just(0), Just(2047)];
    let near =
        (exponents, 0_u64..1 << 24, 0_u32..52, any::<bool>()).prop_map(|(exponent, fraction, shift, negative)| {
            u64::from(negative) << 63 | exponent << 52 | (fraction << shift & 0xf_ffff_ffff_ffff)
        });
    prop_oneof![any::<u64>(), near]
}

#[expect(clippy::cast_possible_truncation, reason = "the conversion under test; the caller checks that it is exact")]
fn single(value: f64) -> f32 {
    value as f32
}

#[derive(Clone, Debug)]
enum Mutation {
    Flip(usize, u8),
    Set(usize, u8),
    Insert(usize, u8),
    Remove(usize),
    Cut(usize),
    Swap(usize, usize),
}

impl Mutation {
    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let length = bytes.len();
        match *self {
            Self::Flip(at, bit) => bytes[at % length] ^= 1 << (bit % 8),
            Self::Set(at, byte) => bytes[at % length] = byte,
            Self::Insert(at, byte) => bytes.insert(at % (length + 1), byte),
            Self::Remove(at) => drop(bytes.remove(at % length)),
            Self::Cut(at) => bytes.truncate(at % length),
            Self::Swap(a, b) => bytes.swap(a % length, b % length),
        }
    }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = || any::<usize>();
    prop_oneof![
        4 => (at(), any::<u8>()).prop_map(|(at, bit)| Mutation::Flip(at, bit)),
        2 => (at(), any::<u8>()).prop_map(|(at, byte)| Mutation::Set(at, byte)),
        1 => (at(), any::<u8>()).prop_map(|(at, byte)| Mutation::Insert(at, byte)),
        1 => at().prop_map(Mutation::Remove),
        1 => at().prop_map(Mutation::Cut),
        1 => (at(), at()).prop_map(|(a, b)| Mutation::Swap(a, b)),
    ]
}
