//! COSE (RFC 9052) as far as CivicTrust makes and reads it: one Ed25519 signature, or several, over an attached payload.
//!
//! Closed on purpose: tag present, deterministic encoding, empty unprotected header, protected header checked by whoever
//! knows what stands in it. Foreign COSE is another matter and is never re-encoded.

use crate::cbor::{Reader, Writer};
use crate::code::Code;
use crate::ed25519::SIGNATURE_LEN;
use crate::error::Error;
use crate::limits::MAX_KID_BYTES;
use alloc::vec::Vec;

/// COSE_Sign1 (RFC 9052 section 4.2).
pub(crate) const TAG_SIGN1: u64 = 18;
/// COSE_Sign (RFC 9052 section 4.1).
pub(crate) const TAG_SIGN: u64 = 98;
/// Ed25519, fully specified (RFC 9864).
pub(crate) const ALG_ED25519: i64 = -19;
/// SHA-256 (RFC 9054).
pub(crate) const ALG_SHA_256: i64 = -16;

/// Header parameters: RFC 9052 section 3.1, RFC 9597 (15), RFC 9596 (16), RFC 9995 (258, 259).
pub(crate) const HEADER_ALG: i64 = 1;
pub(crate) const HEADER_KID: i64 = 4;
pub(crate) const HEADER_CWT_CLAIMS: i64 = 15;
pub(crate) const HEADER_TYP: i64 = 16;
pub(crate) const HEADER_PAYLOAD_HASH_ALG: i64 = 258;
pub(crate) const HEADER_PREIMAGE_TYPE: i64 = 259;

/// A COSE_Sign1 taken apart, nothing verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sign1<'a> {
    pub(crate) protected: &'a [u8],
    pub(crate) payload: &'a [u8],
    pub(crate) signature: &'a [u8; SIGNATURE_LEN],
}

impl<'a> Sign1<'a> {
    pub(crate) fn parse(bytes: &'a [u8], max: usize) -> Result<Self, Error> {
        let mut r = Reader::new(bytes);
        r.tag("statement", TAG_SIGN1)?;
        r.array_exact("statement", 4)?;
        let protected = r.bytes("statement.protected", max)?;
        no_unprotected(&mut r)?;
        let payload = r.bytes("statement.payload", max)?;
        let signature = r.bytes_exact("statement.signature")?;
        r.end()?;
        Ok(Self { protected, payload, signature })
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut w = Writer::new();
        w.tag(TAG_SIGN1).array(4).bytes(self.protected).map(0).bytes(self.payload).bytes(self.signature);
        w.finish()
    }
}

/// What a COSE_Sign1 signature covers (RFC 9052 section 4.4), with no external data.
pub(crate) fn sign1_input(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut w = Writer::new();
    w.array(4).text("Signature1").bytes(protected).bytes(&[]).bytes(payload);
    w.finish()
}

/// What one signature of a COSE_Sign covers (RFC 9052 section 4.4), with no external data.
pub(crate) fn signature_input(body_protected: &[u8], signer_protected: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut w = Writer::new();
    w.array(5).text("Signature").bytes(body_protected).bytes(signer_protected).bytes(&[]).bytes(payload);
    w.finish()
}

/// The unprotected header, which anybody could change, is empty.
pub(crate) fn no_unprotected(r: &mut Reader<'_>) -> Result<(), Error> {
    r.map("unprotected")?.finish(r)
}

/// A key ID: it selects a configured key and decides nothing.
pub(crate) fn read_kid<'a>(r: &mut Reader<'a>) -> Result<&'a [u8], Error> {
    let offset = r.offset();
    let kid = r.bytes("kid", MAX_KID_BYTES)?;
    if kid.is_empty() {
        return Err(Error::new(Code::MalformedField, "kid").at(offset));
    }
    Ok(kid)
}
