//! What a crash left of a record: how it is known, and how it is kept.

use crate::error::{Error, Problem};
use crate::record::{Draft, Record};
use crate::record_type::RecordType;
use ct_core::limits::MAX_RECORD_BYTES;
use ct_core::{Hash, Timestamp, base64};
use serde_json::{Map, Value};

/// What stands in front of bytes that no line break ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    /// A whole record: the file is a log, and a crash may have left anything behind it.
    Record,
    /// Nothing: the file may be somebody else's.
    Nothing,
}

/// Whether bytes that no line break ends can be what a crash left of an append.
pub(crate) fn is_left_by_a_crash(bytes: &[u8], before: Before) -> bool {
    match before {
        // A power cut can leave zeros where the data was not written yet.
        Before::Record => bytes.len() <= MAX_TORN && without_zeros(bytes).len() < MAX_RECORD_BYTES,
        Before::Nothing => bytes.len() < MAX_RECORD_BYTES && begins_a_log(bytes),
    }
}

/// Why nothing can follow such bytes, if they are not what a crash left.
pub(crate) fn refusal(bytes: &[u8]) -> Error {
    if bytes.len() < MAX_RECORD_BYTES {
        return Problem::NotARecord("no line break ends it, and it does not begin as one").into();
    }
    Problem::LineTooLong.into()
}

/// Whether it is a first record that was cut off. A file that merely has no line break is left alone.
fn begins_a_log(bytes: &[u8]) -> bool {
    if bytes.len() <= BEGINNING.len() {
        return BEGINNING.starts_with(bytes);
    }
    bytes.starts_with(BEGINNING)
        && match serde_json::from_slice::<Value>(bytes) {
            Err(error) => error.is_eof(),
            Ok(_) => Record::parse(&[bytes, b"\n"].concat()).is_ok(),
        }
}

fn without_zeros(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |position| position + 1);
    bytes.get(..end).unwrap_or_default()
}

/// A record of type `torn`: the bytes in base64, from the first one on as many as fit, with the length and the SHA-256
/// of them all.
pub(crate) fn draft(time: Timestamp, torn: &[u8]) -> Result<Draft, Error> {
    let kept = torn.get(..KEPT).unwrap_or(torn);
    let members = [
        ("bytes", base64::encode(kept)),
        ("length", torn.len().to_string()),
        ("sha256", format!("sha256:{}", Hash::of(torn))),
    ];
    let body = Map::from_iter(members.map(|(name, value)| (name.to_owned(), value.into())));
    Draft::new(time, RecordType::torn(), body)
}

/// What every line of a log begins with.
const BEGINNING: &[u8] = b"{\"body\":{";

/// The most that a crash leaves: zeros for as much as an append of many records had asked for.
pub(crate) const MAX_TORN: usize = 2 * MAX_RECORD_BYTES;

/// Three bytes are four letters.
const KEPT: usize = 45_000;
const _: () = assert!(KEPT / 3 * 4 + 1_024 < MAX_RECORD_BYTES);
