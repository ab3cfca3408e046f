//! Status lists: whether a document is still valid, suspended or revoked (Token Status List, CWT form).
//!
//! The token is one COSE_Sign1 by a status key of the issuer, in our deterministic encoding:
//!
//! ```cddl
//! token = #6.18([ << { 1: -19, 4: kid, 16: "application/statuslist+cwt" } >>, {}, << claims >>, bstr .size 64 ])
//! claims = { 2: tstr, ? 4: time, 6: time, 65533: { "lst": bstr, "bits": 1 / 2 / 4 / 8 }, ? 65534: uint }
//! ```
//!
//! Claim 2 (`sub`) is the list's URI, 4 and 6 are `exp` and `iat`, 65534 (`ttl`) is a hint for caches and decides
//! nothing here. `lst` is a zlib stream; the status of index i is the `bits` bits at bit i * `bits`, least significant
//! bits of each byte first.

use crate::cbor::{Reader, Writer, check_profile};
use crate::code::Code;
use crate::cose::{self, Sign1};
use crate::ed25519::{PublicKey, SIGNATURE_LEN, SignatureChecker, Strict};
use crate::error::Error;
use crate::hash::Hash;
use crate::limits::{MAX_STATUS_LIST_BYTES, MAX_STATUS_TOKEN_BYTES, MAX_TEXT_BYTES};
use crate::time::Timestamp;
use alloc::vec::Vec;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

const TYP: &str = "application/statuslist+cwt";
const CLAIM_SUB: i64 = 2;
const CLAIM_EXP: i64 = 4;
const CLAIM_IAT: i64 = 6;
const CLAIM_STATUS_LIST: i64 = 65_533;
const CLAIM_TTL: i64 = 65_534;

/// A status list token taken apart, its signature not yet verified. What parses encodes to the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusToken<'a> {
    bytes: &'a [u8],
    sign1: Sign1<'a>,
    kid: &'a [u8],
    claims: StatusClaims<'a>,
}

/// What a status list token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusClaims<'a> {
    /// The list's URI.
    pub uri: &'a str,
    /// When it was made.
    pub issued_at: Timestamp,
    /// Not valid at or after.
    pub expires: Option<Timestamp>,
    /// How long it may be cached, in seconds.
    pub ttl: Option<u64>,
    /// How many bits a status has.
    pub bits: StatusBits,
    /// The statuses, as a zlib stream.
    pub list: &'a [u8],
}

/// How many bits a status has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusBits {
    /// Valid or revoked.
    One,
    /// Valid, revoked or suspended.
    Two,
    /// Sixteen statuses.
    Four,
    /// 256 statuses.
    Eight,
}

/// A document's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// 0.
    Valid,
    /// 1: revoked, for ever.
    Invalid,
    /// 2: revoked for the time being.
    Suspended,
    /// A status that this program gives no meaning.
    Other(u8),
}

impl StatusBits {
    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Four => 4,
            Self::Eight => 8,
        }
    }

    fn from_number(bits: u64) -> Option<Self> {
        [Self::One, Self::Two, Self::Four, Self::Eight].into_iter().find(|known| u64::from(known.get()) == bits)
    }
}

impl<'a> StatusToken<'a> {
    /// Reads a token.
    ///
    /// # Errors
    /// `limit.length` beyond [`MAX_STATUS_TOKEN_BYTES`]; those of [`Reader`]; `malformed.profile`;
    /// `unsupported.algorithm`; `malformed.kind` for another type; `malformed.field`.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_STATUS_TOKEN_BYTES {
            return Err(Error::new(Code::LimitLength, "status.token"));
        }
        check_profile(bytes)?;
        let sign1 = Sign1::parse(bytes, MAX_STATUS_TOKEN_BYTES)?;
        let kid = read_header(sign1.protected)?;
        let claims = StatusClaims::parse(sign1.payload)?;
        Ok(Self { bytes, sign1, kid, claims })
    }

    /// The token's bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The payload of the statement by which the log records it.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(self.bytes)
    }

    /// Selects a status key.
    #[must_use]
    pub const fn kid(&self) -> &'a [u8] {
        self.kid
    }

    /// What it says.
    #[must_use]
    pub const fn claims(&self) -> &StatusClaims<'a> {
        &self.claims
    }

    /// Whether `key` signed it.
    #[must_use]
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        self.is_signed(key, &Strict)
    }

    /// As [`Self::is_signed_by`], by the word of `checker`.
    pub(crate) fn is_signed(&self, key: &PublicKey, checker: &dyn SignatureChecker) -> bool {
        checker.holds(key, &cose::sign1_input(self.sign1.protected, self.sign1.payload), self.sign1.signature)
    }
}

impl<'a> StatusClaims<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        check_profile(bytes)?;
        let mut r = Reader::new(bytes);
        let claims = Self::read(&mut r)?;
        r.end()?;
        Ok(claims)
    }

    fn read(r: &mut Reader<'a>) -> Result<Self, Error> {
        let time = |r: &mut Reader<'a>, field| {
            Timestamp::from_seconds(r.uint(field)?).map_err(|error| Error::new(error.code(), field))
        };
        let mut map = r.map("token")?;
        map.require_int(r, CLAIM_SUB, "token.sub")?;
        let uri = r.text("token.sub", MAX_TEXT_BYTES)?;
        let expires = if map.take_int(r, CLAIM_EXP)? { Some(time(r, "token.exp")?) } else { None };
        map.require_int(r, CLAIM_IAT, "token.iat")?;
        let issued_at = time(r, "token.iat")?;
        map.require_int(r, CLAIM_STATUS_LIST, "token.status_list")?;
        let mut inner = r.map("token.status_list")?;
        inner.require_text(r, "lst")?;
        let list = r.bytes("token.lst", MAX_STATUS_TOKEN_BYTES)?;
        inner.require_text(r, "bits")?;
        let offset = r.offset();
        let bits = StatusBits::from_number(r.uint("token.bits")?);
        let bits = bits.ok_or(Error::new(Code::MalformedField, "token.bits").at(offset))?;
        inner.finish(r)?;
        let ttl = if map.take_int(r, CLAIM_TTL)? { Some(r.uint("token.ttl")?) } else { None };
        map.finish(r)?;
        Ok(Self { uri, issued_at, expires, ttl, bits, list })
    }

    /// What the status key `kid` signs for these claims.
    #[must_use]
    pub fn signature_input(&self, kid: &[u8]) -> Vec<u8> {
        cose::sign1_input(&encode_header(kid), &self.encode())
    }

    /// The token's bytes, given the signature over [`StatusClaims::signature_input`].
    #[must_use]
    pub fn seal(&self, kid: &[u8], signature: &[u8; SIGNATURE_LEN]) -> Vec<u8> {
        Sign1 { protected: &encode_header(kid), payload: &self.encode(), signature }.encode()
    }

    fn encode(&self) -> Vec<u8> {
        let mut w = Writer::new();
        let optional = usize::from(self.expires.is_some()) + usize::from(self.ttl.is_some());
        w.map(3 + optional).int(CLAIM_SUB).text(self.uri);
        if let Some(expires) = self.expires {
            w.int(CLAIM_EXP).uint(expires.seconds());
        }
        w.int(CLAIM_IAT).uint(self.issued_at.seconds());
        w.int(CLAIM_STATUS_LIST).map(2).text("lst").bytes(self.list);
        w.text("bits").uint(self.bits.get().into());
        if let Some(ttl) = self.ttl {
            w.int(CLAIM_TTL).uint(ttl);
        }
        w.finish()
    }

    /// The status of `index`.
    ///
    /// # Errors
    /// `malformed.field` if the list is no zlib stream, has a dictionary or bytes after it; `limit.length` if it
    /// inflates beyond [`MAX_STATUS_LIST_BYTES`]; `tampered.status` if the list ends before the index.
    pub fn status(&self, index: u64) -> Result<Status, Error> {
        let statuses = inflated(self.list)?;
        let per_byte = u64::from(8 / self.bits.get());
        let byte = usize::try_from(index / per_byte).ok().and_then(|position| statuses.get(position));
        let byte = *byte.ok_or(Error::new(Code::TamperedStatus, "subject.status_idx"))?;
        let place = u8::try_from(index % per_byte).unwrap_or(0) * self.bits.get();
        let mask = u8::MAX >> (8 - self.bits.get());
        Ok(match byte >> place & mask {
            0 => Status::Valid,
            1 => Status::Invalid,
            2 => Status::Suspended,
            other => Status::Other(other),
        })
    }
}

fn read_header(bytes: &[u8]) -> Result<&[u8], Error> {
    check_profile(bytes)?;
    let mut r = Reader::new(bytes);
    let mut map = r.map("token.protected")?;
    map.require_int(&mut r, cose::HEADER_ALG, "token.alg")?;
    if r.int("token.alg")? != cose::ALG_ED25519 {
        return Err(Error::new(Code::UnsupportedAlgorithm, "token.alg"));
    }
    map.require_int(&mut r, cose::HEADER_KID, "token.kid")?;
    let kid = cose::read_kid(&mut r)?;
    map.require_int(&mut r, cose::HEADER_TYP, "token.typ")?;
    if r.text("token.typ", MAX_TEXT_BYTES)? != TYP {
        return Err(Error::new(Code::MalformedKind, "token.typ"));
    }
    map.finish(&mut r)?;
    r.end()?;
    Ok(kid)
}

fn encode_header(kid: &[u8]) -> Vec<u8> {
    let mut w = Writer::new();
    w.map(3).int(cose::HEADER_ALG).int(cose::ALG_ED25519).int(cose::HEADER_KID).bytes(kid);
    w.int(cose::HEADER_TYP).text(TYP);
    w.finish()
}

/// The whole list, or nothing: a stream that ends early, late, or too large is refused.
fn inflated(stream: &[u8]) -> Result<Vec<u8>, Error> {
    let refused = Error::new(Code::MalformedField, "token.lst");
    // RFC 1950 section 2.2: bit 5 of the second byte asks for a preset dictionary.
    if stream.get(1).is_none_or(|flags| flags & 0x20 != 0) {
        return Err(refused);
    }
    // One byte more than allowed, so that a longer list is seen to be longer.
    let mut statuses = alloc::vec![0; MAX_STATUS_LIST_BYTES + 1];
    let flags = inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER | inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, read, written) = decompress(&mut DecompressorOxide::new(), stream, &mut statuses, 0, flags);
    if written > MAX_STATUS_LIST_BYTES {
        return Err(Error::new(Code::LimitLength, "token.lst"));
    }
    if status != TINFLStatus::Done || read != stream.len() {
        return Err(refused);
    }
    statuses.truncate(written);
    Ok(statuses)
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::deflate::compress_to_vec_zlib;

    fn claims(bits: StatusBits, list: &[u8]) -> StatusClaims<'_> {
        let issued_at = Timestamp::from_seconds(1_800_000_000).unwrap();
        StatusClaims { uri: "https://example.org/status/1", issued_at, expires: None, ttl: None, bits, list }
    }

    fn code<T>(outcome: Result<T, Error>) -> Result<(), Code> {
        outcome.map(|_| ()).map_err(Error::code)
    }

    // draft-ietf-oauth-status-list, "Status List": the example byte arrays 0xB9A3 (1 bit) and 0xC944F9 (2 bits).
    #[test]
    fn bits_are_counted_from_the_least_significant() {
        let one = compress_to_vec_zlib(&[0xb9, 0xa3], 9);
        let expected = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1];
        for (index, status) in (0..).zip(expected) {
            let wanted = if status == 1 { Status::Invalid } else { Status::Valid };
            assert_eq!(claims(StatusBits::One, &one).status(index), Ok(wanted), "{index}");
        }
        let two = compress_to_vec_zlib(&[0xc9, 0x44, 0xf9], 9);
        let expected = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3];
        for (index, status) in (0..).zip(expected) {
            let wanted = [Status::Valid, Status::Invalid, Status::Suspended, Status::Other(3)][status];
            assert_eq!(claims(StatusBits::Two, &two).status(index), Ok(wanted), "{index}");
        }
        assert_eq!(code(claims(StatusBits::One, &one).status(16)), Err(Code::TamperedStatus));
        assert_eq!(code(claims(StatusBits::Two, &two).status(u64::MAX)), Err(Code::TamperedStatus));
        let eight = compress_to_vec_zlib(&[0, 0x0c, 0xff], 9);
        assert_eq!(claims(StatusBits::Eight, &eight).status(2), Ok(Status::Other(255)));
        let four = compress_to_vec_zlib(&[0x21], 9);
        assert_eq!(claims(StatusBits::Four, &four).status(1), Ok(Status::Suspended));
    }

    // R14.3: a bomb, a tail, a cut, a dictionary.
    #[test]
    fn only_a_whole_stream_of_a_sane_size_inflates() {
        let status = |list: &[u8]| code(claims(StatusBits::One, list).status(0));
        let at_limit = compress_to_vec_zlib(&alloc::vec![0; MAX_STATUS_LIST_BYTES], 9);
        assert_eq!(status(&at_limit), Ok(()));
        let beyond = compress_to_vec_zlib(&alloc::vec![0; MAX_STATUS_LIST_BYTES + 1], 9);
        assert_eq!(status(&beyond), Err(Code::LimitLength));
        let bomb = compress_to_vec_zlib(&alloc::vec![0; 100 * MAX_STATUS_LIST_BYTES], 9);
        assert_eq!(status(&bomb), Err(Code::LimitLength));
        let good = compress_to_vec_zlib(&[0; 100], 9);
        for length in 0..good.len() {
            assert_eq!(status(&good[..length]), Err(Code::MalformedField), "{length}");
        }
        assert_eq!(status(&[good.as_slice(), &[0]].concat()), Err(Code::MalformedField));
        let mut wrong_sum = good.clone();
        *wrong_sum.last_mut().unwrap() ^= 1;
        assert_eq!(status(&wrong_sum), Err(Code::MalformedField));
        let mut dictionary = good;
        dictionary[1] |= 0x20;
        assert_eq!(status(&dictionary), Err(Code::MalformedField));
    }

    // R7.1
    #[test]
    fn what_parses_encodes_to_the_same_bytes() {
        let list = compress_to_vec_zlib(&[1, 2, 3], 9);
        let expires = Timestamp::from_seconds(1_900_000_000).ok();
        for claims in [
            claims(StatusBits::Two, &list),
            StatusClaims { expires, ttl: Some(3600), ..claims(StatusBits::Eight, &list) },
        ] {
            let token = claims.seal(b"status#1", &[7; 64]);
            let parsed = StatusToken::parse(&token).unwrap();
            assert_eq!((parsed.claims(), parsed.kid()), (&claims, b"status#1".as_slice()));
            assert_eq!(parsed.hash(), Hash::of(&token));
        }
    }
}
