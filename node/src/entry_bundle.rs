//! Entry bundles: up to 256 entries in one file, each after its length in two bytes (C2SP tlog-tiles).

use crate::tile::FULL;
use ct_core::limits::MAX_ENTRY_BYTES;
use ct_core::{Code, Error};

/// The file of these entries.
///
/// # Errors
/// `limit.entry_size` for an entry that two bytes cannot count.
pub fn encode<T: AsRef<[u8]>>(entries: &[T]) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    for entry in entries {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| Error::new(Code::LimitEntrySize, "entry"))?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// The entries of a file, in order.
///
/// # Errors
/// `malformed.truncated` where the file ends inside an entry, `limit.items` for more entries than a tile has.
pub fn parse(bytes: &[u8]) -> Result<Vec<&[u8]>, Error> {
    let mut rest = bytes;
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let cut = Error::new(Code::MalformedTruncated, "entry bundle").at(bytes.len().saturating_sub(rest.len()));
        let (length, after) = rest.split_first_chunk().ok_or(cut)?;
        let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(cut)?;
        if entries.len() == usize::from(FULL) {
            return Err(Error::new(Code::LimitItems, "entry bundle"));
        }
        entries.push(entry);
        rest = after;
    }
    Ok(entries)
}

/// The largest file: 256 entries, each with its length.
pub const MAX_BUNDLE_BYTES: usize = 256 * (2 + MAX_ENTRY_BYTES);

#[cfg(test)]
mod tests {
    use super::*;

    // R7.1
    #[test]
    fn what_is_written_reads_back() {
        let longest = vec![7; MAX_ENTRY_BYTES];
        let entries: [&[u8]; 4] = [b"", b"a", b"bc", &longest];
        let bytes = encode(&entries).unwrap();
        assert_eq!(&bytes[..7], [0, 0, 0, 1, b'a', 0, 2]);
        assert_eq!(parse(&bytes).unwrap(), entries);
        assert_eq!(parse(b"").unwrap(), [b""; 0]);
    }

    // R1.3
    #[test]
    fn every_cut_inside_an_entry_shows() {
        let bytes = encode(&[b"abc", b"def"]).unwrap();
        for end in (1..bytes.len()).filter(|end| *end != 5) {
            assert_eq!(parse(&bytes[..end]).map_err(Error::code), Err(Code::MalformedTruncated), "{end}");
        }
    }

    // R1.3
    #[test]
    fn limits_hold_at_max_and_max_plus_one() {
        assert_eq!(encode(&[vec![0; MAX_ENTRY_BYTES + 1]]).map_err(Error::code), Err(Code::LimitEntrySize));
        assert_eq!(parse(&[0; 512]).map(|entries| entries.len()), Ok(256));
        assert_eq!(parse(&[0; 514]).map_err(Error::code), Err(Code::LimitItems));
    }
}
