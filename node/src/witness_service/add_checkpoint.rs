//! The body of `add-checkpoint` (C2SP tlog-witness).

use ct_core::limits::{MAX_NOTE_BYTES, MAX_PROOF_HASHES};
use ct_core::{Code, Error, Hash, TreeSize, base64};
use std::fmt;

/// A request to cosign. Prints back to the text that it was parsed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size that the witness is thought to have cosigned last; 0 for none.
    pub old: TreeSize,
    /// The hashes of the consistency proof from there.
    pub proof: Vec<Hash>,
    /// The checkpoint with its signatures, which may be no note at all.
    pub note: String,
}

impl AddCheckpoint {
    /// The longest body: the lines of the proof, and a note.
    pub const MAX_BYTES: usize = 32 + MAX_PROOF_HASHES * HASH_LINE + MAX_NOTE_BYTES;

    /// Reads a body.
    ///
    /// # Errors
    /// `malformed.utf8`, `malformed.request` with the line that is wrong, `malformed.base64` for a hash,
    /// `limit.proof`, `limit.number`, `limit.length`.
    pub fn parse(body: &[u8]) -> Result<Self, Error> {
        if body.len() > Self::MAX_BYTES {
            return Err(Error::new(Code::LimitLength, "body"));
        }
        let text = str::from_utf8(body).map_err(|_| Error::new(Code::MalformedUtf8, "body"))?;
        let malformed = |field| Error::new(Code::MalformedRequest, field);
        let (first, mut rest) = text.split_once('\n').ok_or(malformed("old size"))?;
        let old = parse_size(first.strip_prefix("old ").ok_or(malformed("old size"))?)?;
        let mut proof = Vec::new();
        loop {
            let (line, after) = rest.split_once('\n').ok_or(malformed("proof"))?;
            rest = after;
            if line.is_empty() {
                return Ok(Self { old, proof, note: rest.to_owned() });
            }
            if proof.len() == MAX_PROOF_HASHES {
                return Err(Error::new(Code::LimitProof, "proof"));
            }
            let bytes = base64::decode(line, Hash::LEN).map_err(|error| Error::new(error.code(), "proof"))?;
            proof.push(Hash::try_from(bytes.as_slice()).map_err(|_| malformed("proof"))?);
        }
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        for hash in &self.proof {
            writeln!(f, "{}", base64::encode(hash.as_bytes()))?;
        }
        write!(f, "\n{}", self.note)
    }
}

/// ASCII decimal digits without leading zeros.
pub(crate) fn parse_size(digits: &str) -> Result<TreeSize, Error> {
    let decimal = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    if !decimal || (digits.starts_with('0') && digits != "0") {
        return Err(Error::new(Code::MalformedRequest, "old size"));
    }
    // All that can still go wrong is the range of u64.
    TreeSize::new(digits.parse().map_err(|_| Error::new(Code::LimitNumber, "old size"))?)
}

/// 32 bytes in base64, and a line break.
const HASH_LINE: usize = 45;

#[cfg(test)]
mod tests {
    use super::*;

    fn code(body: &str) -> Result<(), Code> {
        AddCheckpoint::parse(body.as_bytes()).map(|_| ()).map_err(|error| error.code())
    }

    // R7.1
    #[test]
    fn what_parses_is_written_the_same() {
        let hash = base64::encode(Hash::of(b"x").as_bytes());
        for hashes in [0, 1, MAX_PROOF_HASHES] {
            let body = format!("old 12\n{}\nlog.example\n\nand so on\n", format!("{hash}\n").repeat(hashes));
            let parsed = AddCheckpoint::parse(body.as_bytes()).unwrap();
            assert_eq!((parsed.old.get(), parsed.proof.len()), (12, hashes));
            assert_eq!(parsed.note, "log.example\n\nand so on\n");
            assert_eq!(parsed.to_string(), body);
        }
    }

    // R14.3, R1.3
    #[test]
    fn malformed_bodies_are_refused_with_their_code() {
        let hash = base64::encode(Hash::of(b"x").as_bytes());
        for bad in [
            "",
            "old 1",
            "old\n\nx",
            "old \n\nx",
            "Old 1\n\nx",
            "old 01\n\nx",
            "old +1\n\nx",
            "old 1 \n\nx",
            "old  1\n\nx",
        ] {
            assert_eq!(code(bad), Err(Code::MalformedRequest), "{bad:?}");
        }
        assert_eq!(code("old 1\nAAAA\n\nx"), Err(Code::MalformedRequest));
        assert_eq!(code(&format!("old 1\n{hash}\nx")), Err(Code::MalformedRequest));
        assert_eq!(code(&format!("old 1\r\n{hash}\n\nx")), Err(Code::MalformedRequest));
        assert_eq!(code(&format!("old 1\n {hash}\n\nx")), Err(Code::MalformedBase64));
        assert_eq!(code("old 18446744073709551616\n\nx"), Err(Code::LimitNumber));
        assert_eq!(code("old 9223372036854775808\n\nx"), Err(Code::LimitNumber));
        assert_eq!(code(&format!("old 1\n{}\nx", format!("{hash}\n").repeat(64))), Err(Code::LimitProof));
        assert_eq!(code(&format!("old 1\n\n{}", "x".repeat(AddCheckpoint::MAX_BYTES))), Err(Code::LimitLength));
        assert_eq!(AddCheckpoint::parse(b"old 1\n\n\xff").map_err(|error| error.code()), Err(Code::MalformedUtf8));
    }
}
