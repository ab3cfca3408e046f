//! What a crash left of a record, kept as a record.

use crate::error::Error;
use crate::record::Draft;
use crate::record_type::RecordType;
use ct_core::limits::MAX_RECORD_BYTES;
use ct_core::{Hash, Timestamp, base64};
use serde_json::Map;

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

/// Three bytes are four letters.
const KEPT: usize = 45_000;
const _: () = assert!(KEPT / 3 * 4 + 1_024 < MAX_RECORD_BYTES);
