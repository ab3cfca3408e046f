//! What an issuer signs and the log stores. Format: `specs/statement.cddl`.

use crate::cbor::{Reader, Writer, check_profile};
use crate::code::Code;
use crate::cose::{self, Sign1};
use crate::ed25519::{PublicKey, SIGNATURE_LEN, SignatureChecker, Strict};
use crate::error::Error;
use crate::hash::Hash;
use crate::limits::{MAX_BATCH, MAX_CTI_BYTES, MAX_ENTRY_BYTES, MAX_TEXT_BYTES, MIN_CTI_BYTES};
use crate::merkle::leaf_hash;
use crate::time::Timestamp;
use alloc::vec::Vec;

/// What a statement is: decides which key role may sign it and what its payload is the hash of (`typ`, closed register).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementType {
    /// Documents; signed by an issuer's document key.
    Document,
    /// A status list; signed by an issuer's status key.
    Status,
    /// The first entry of a log; signed by a root key.
    Genesis,
}

/// The signed header of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementHeader<'a> {
    /// Selects a key of the issuer in the trust root; the key there decides.
    pub kid: &'a [u8],
    /// `iss`: who issues.
    pub issuer: &'a str,
    /// `sub`: the statement's ID, random.
    pub id: &'a str,
    /// `exp`: not valid at or after.
    pub expires: Option<Timestamp>,
    /// `nbf`: not valid before.
    pub not_before: Option<Timestamp>,
    /// `iat`: when the issuer says it was issued.
    pub issued_at: Timestamp,
    /// `cti`: the request ID; (issuer, request ID) is unique in a log for ever.
    pub request_id: &'a [u8],
    /// `n`: how many subjects the payload covers.
    pub subjects: u64,
    /// `vct`: the document type.
    pub document_type: &'a str,
    /// `typ`.
    pub statement_type: StatementType,
}

/// A statement taken apart, its signature not yet verified. What parses encodes to the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement<'a> {
    bytes: &'a [u8],
    sign1: Sign1<'a>,
    header: StatementHeader<'a>,
    payload: Hash,
}

impl StatementType {
    const fn typ(self) -> &'static str {
        match self {
            Self::Document => "application/vnd.civictrust.document+cose",
            Self::Status => "application/vnd.civictrust.status+cose",
            Self::Genesis => "application/vnd.civictrust.genesis+cose",
        }
    }

    const fn preimage_type(self) -> &'static str {
        match self {
            Self::Document => "application/vnd.civictrust.subjects+cbor",
            Self::Status => "application/statuslist+cwt",
            Self::Genesis => "application/vnd.civictrust.log+cbor",
        }
    }

    fn from_typ(typ: &str) -> Option<Self> {
        [Self::Document, Self::Status, Self::Genesis].into_iter().find(|known| known.typ() == typ)
    }
}

impl<'a> Statement<'a> {
    /// Reads a statement.
    ///
    /// # Errors
    /// `limit.entry_size`; those of [`Reader`]; `malformed.profile`; `unsupported.algorithm` for another signature or
    /// hash algorithm; `unsupported.statement_type` for a type outside the register; `malformed.field` if a field is
    /// not as `specs/statement.cddl` says.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_ENTRY_BYTES {
            return Err(Error::new(Code::LimitEntrySize, "statement"));
        }
        check_profile(bytes)?;
        let sign1 = Sign1::parse(bytes, MAX_ENTRY_BYTES)?;
        let header = StatementHeader::parse(sign1.protected)?;
        let payload =
            Hash::try_from(sign1.payload).map_err(|_| Error::new(Code::MalformedField, "statement.payload"))?;
        Ok(Self { bytes, sign1, header, payload })
    }

    /// The bytes as they stand in the log.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The signed header.
    #[must_use]
    pub const fn header(&self) -> &StatementHeader<'a> {
        &self.header
    }

    /// The root of the tree of its subjects, or the hash of whatever else its type says.
    #[must_use]
    pub const fn payload(&self) -> Hash {
        self.payload
    }

    /// Its leaf in the log's tree.
    #[must_use]
    pub fn leaf_hash(&self) -> Hash {
        leaf_hash(self.bytes)
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

impl<'a> StatementHeader<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        check_profile(bytes)?;
        let mut r = Reader::new(bytes);
        let header = Self::read(&mut r)?;
        r.end()?;
        Ok(header)
    }

    fn read(r: &mut Reader<'a>) -> Result<Self, Error> {
        let mut map = r.map("statement.protected")?;
        map.require_int(r, cose::HEADER_ALG, "statement.alg")?;
        if r.int("statement.alg")? != cose::ALG_ED25519 {
            return Err(Error::new(Code::UnsupportedAlgorithm, "statement.alg"));
        }
        map.require_int(r, cose::HEADER_KID, "statement.kid")?;
        let kid = cose::read_kid(r)?;
        map.require_int(r, cose::HEADER_CWT_CLAIMS, "statement.claims")?;
        let claims = Claims::read(r)?;
        map.require_int(r, cose::HEADER_TYP, "statement.typ")?;
        let statement_type = StatementType::from_typ(r.text("statement.typ", MAX_TEXT_BYTES)?)
            .ok_or(Error::new(Code::UnsupportedStatementType, "statement.typ"))?;
        map.require_int(r, cose::HEADER_PAYLOAD_HASH_ALG, "statement.payload_hash_alg")?;
        if r.int("statement.payload_hash_alg")? != cose::ALG_SHA_256 {
            return Err(Error::new(Code::UnsupportedAlgorithm, "statement.payload_hash_alg"));
        }
        map.require_int(r, cose::HEADER_PREIMAGE_TYPE, "statement.preimage_type")?;
        if r.text("statement.preimage_type", MAX_TEXT_BYTES)? != statement_type.preimage_type() {
            return Err(Error::new(Code::MalformedField, "statement.preimage_type"));
        }
        map.finish(r)?;
        let Claims { issuer, id, expires, not_before, issued_at, request_id, subjects, document_type } = claims;
        Ok(Self {
            kid,
            issuer,
            id,
            expires,
            not_before,
            issued_at,
            request_id,
            subjects,
            document_type,
            statement_type,
        })
    }

    /// The protected header's one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let w = &mut writer;
        w.map(6).int(cose::HEADER_ALG).int(cose::ALG_ED25519).int(cose::HEADER_KID).bytes(self.kid);
        let optional = usize::from(self.expires.is_some()) + usize::from(self.not_before.is_some());
        w.int(cose::HEADER_CWT_CLAIMS).map(6 + optional);
        w.int(CLAIM_ISS).text(self.issuer).int(CLAIM_SUB).text(self.id);
        for (claim, time) in [(CLAIM_EXP, self.expires), (CLAIM_NBF, self.not_before)] {
            if let Some(time) = time {
                w.int(claim).uint(time.seconds());
            }
        }
        w.int(CLAIM_IAT).uint(self.issued_at.seconds()).int(CLAIM_CTI).bytes(self.request_id);
        w.text("n").uint(self.subjects).text("vct").text(self.document_type);
        w.int(cose::HEADER_TYP).text(self.statement_type.typ());
        w.int(cose::HEADER_PAYLOAD_HASH_ALG).int(cose::ALG_SHA_256);
        w.int(cose::HEADER_PREIMAGE_TYPE).text(self.statement_type.preimage_type());
        writer.finish()
    }

    /// What the issuer's key signs for this header and payload.
    #[must_use]
    pub fn signature_input(&self, payload: &Hash) -> Vec<u8> {
        cose::sign1_input(&self.encode(), payload.as_bytes())
    }

    /// The statement's bytes, given the signature over [`StatementHeader::signature_input`].
    #[must_use]
    pub fn seal(&self, payload: &Hash, signature: &[u8; SIGNATURE_LEN]) -> Vec<u8> {
        Sign1 { protected: &self.encode(), payload: payload.as_bytes(), signature }.encode()
    }
}

/// CWT claims (RFC 8392), as RFC 9597 puts them into a header.
struct Claims<'a> {
    issuer: &'a str,
    id: &'a str,
    expires: Option<Timestamp>,
    not_before: Option<Timestamp>,
    issued_at: Timestamp,
    request_id: &'a [u8],
    subjects: u64,
    document_type: &'a str,
}

const CLAIM_ISS: i64 = 1;
const CLAIM_SUB: i64 = 2;
const CLAIM_EXP: i64 = 4;
const CLAIM_NBF: i64 = 5;
const CLAIM_IAT: i64 = 6;
const CLAIM_CTI: i64 = 7;

impl<'a> Claims<'a> {
    fn read(r: &mut Reader<'a>) -> Result<Self, Error> {
        let mut map = r.map("statement.claims")?;
        map.require_int(r, CLAIM_ISS, "statement.iss")?;
        let issuer = some_text(r, "statement.iss")?;
        map.require_int(r, CLAIM_SUB, "statement.sub")?;
        let id = some_text(r, "statement.sub")?;
        let expires = if map.take_int(r, CLAIM_EXP)? { Some(time(r, "statement.exp")?) } else { None };
        let not_before = if map.take_int(r, CLAIM_NBF)? { Some(time(r, "statement.nbf")?) } else { None };
        map.require_int(r, CLAIM_IAT, "statement.iat")?;
        let issued_at = time(r, "statement.iat")?;
        map.require_int(r, CLAIM_CTI, "statement.cti")?;
        let offset = r.offset();
        let request_id = r.bytes("statement.cti", MAX_CTI_BYTES)?;
        if request_id.len() < MIN_CTI_BYTES {
            return Err(Error::new(Code::MalformedField, "statement.cti").at(offset));
        }
        map.require_text(r, "n")?;
        let offset = r.offset();
        let subjects = r.uint("statement.n")?;
        if subjects == 0 {
            return Err(Error::new(Code::MalformedField, "statement.n").at(offset));
        }
        if usize::try_from(subjects).map_or(true, |count| count > MAX_BATCH) {
            return Err(Error::new(Code::LimitNumber, "statement.n").at(offset));
        }
        map.require_text(r, "vct")?;
        let document_type = some_text(r, "statement.vct")?;
        map.finish(r)?;
        Ok(Self { issuer, id, expires, not_before, issued_at, request_id, subjects, document_type })
    }
}

fn some_text<'a>(r: &mut Reader<'a>, field: &'static str) -> Result<&'a str, Error> {
    let offset = r.offset();
    let text = r.text(field, MAX_TEXT_BYTES)?;
    if text.is_empty() { Err(Error::new(Code::MalformedField, field).at(offset)) } else { Ok(text) }
}

fn time(r: &mut Reader<'_>, field: &'static str) -> Result<Timestamp, Error> {
    let offset = r.offset();
    Timestamp::from_seconds(r.uint(field)?).map_err(|error| Error::new(error.code(), field).at(offset))
}
