//! Signed requests between machines: who asks what of which log, and when. Format: `specs/envelope.md`.
//!
//! COSE_Sign1 (RFC 9052). The audience, a log's origin, is external data: it is signed and never sent, so that a
//! request that was made for one log is none to another.

mod members;

use crate::entropy::Entropy;
use crate::error::{Error, Result};
use crate::service::MemberChange;
use crate::statement::kid;
use ct_core::cbor::{Reader, Writer, check_deterministic};
use ct_core::limits::{MAX_ENTRY_BYTES, MAX_ENVELOPE_BYTES, MAX_KID_BYTES, MAX_REQUEST_STATEMENTS, MAX_TEXT_BYTES};
use ct_core::{Code, Hash, PublicKey, Seconds, Timestamp};
use ct_keys::KeyFile;
use ed25519_dalek::Signer;
use std::fmt::{self, Display};

/// What a request wants. A closed register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageType {
    /// Record these statements; the payload is an array of them.
    Submit,
    /// Let this client submit, or give it another key; the payload is a [`ClientChange`].
    PutClient,
    /// Let this client submit no more; the payload is a [`ClientChange`] without a key.
    DeleteClient,
    /// Make this node a member of the log, or give the member another address; the payload is a [`MemberChange`].
    PutMember,
    /// Let this node be a member no longer; the payload is a [`MemberChange`].
    DeleteMember,
}

/// What a [`MessageType::PutClient`] or [`MessageType::DeleteClient`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientChange<'a> {
    /// The client's key ID.
    pub kid: &'a [u8],
    /// Its Ed25519 key from now on; `None` to delete.
    pub key: Option<[u8; 32]>,
    /// The change is made only if the client has this version: 0 for one that never was there. `None`: whatever it has.
    pub if_version: Option<u64>,
}

impl<'a> ClientChange<'a> {
    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut w = Writer::new();
        w.array(3).bytes(self.kid);
        match &self.key {
            Some(key) => w.bytes(key),
            None => w.null(),
        };
        match self.if_version {
            Some(version) => w.uint(version),
            None => w.null(),
        };
        w.finish()
    }

    /// Reads it; a key is there exactly if the client is to be put.
    ///
    /// # Errors
    /// `malformed.*`, `limit.*`.
    fn read(payload: &'a [u8], put: Put) -> std::result::Result<Self, ct_core::Error> {
        check_deterministic(payload)?;
        let mut r = Reader::new(payload);
        r.array_exact("client", 3)?;
        let kid = r.bytes("client.kid", MAX_KID_BYTES)?;
        let key = if r.try_null("client.key")? { None } else { Some(*r.bytes_exact("client.key")?) };
        let if_version = if r.try_null("client.if_version")? { None } else { Some(r.uint("client.if_version")?) };
        r.end()?;
        if kid.is_empty() || key.is_some() != matches!(put, Put::Key) {
            return Err(ct_core::Error::new(Code::MalformedEnvelope, "client"));
        }
        Ok(Self { kid, key, if_version })
    }
}

#[derive(Clone, Copy)]
enum Put {
    Key,
    Nothing,
}

/// Names a request for ever: a retry has the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId([u8; Self::LEN]);

/// A request taken apart; nothing is verified but that the payload has the stated hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Envelope<'a> {
    bytes: &'a [u8],
    protected: &'a [u8],
    signature: &'a [u8; 64],
    /// Selects the key of a client.
    pub kid: &'a [u8],
    /// Used once by this key.
    pub nonce: [u8; NONCE_LEN],
    /// What is wanted.
    pub message_type: MessageType,
    /// When it was signed, by the sender's clock.
    pub timestamp: Timestamp,
    /// The request's name.
    pub request_id: RequestId,
    /// SHA-256 of the payload.
    pub payload_hash: Hash,
    /// What the request carries.
    pub payload: &'a [u8],
}

impl MessageType {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::PutClient => "client.put",
            Self::DeleteClient => "client.delete",
            Self::PutMember => "member.put",
            Self::DeleteMember => "member.delete",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let all = [Self::Submit, Self::PutClient, Self::DeleteClient, Self::PutMember, Self::DeleteMember];
        all.into_iter().find(|known| known.as_str() == text)
    }
}

impl RequestId {
    /// Bytes in a request ID.
    pub const LEN: usize = 16;

    /// The request ID of these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// A new one.
    #[must_use]
    pub fn random(entropy: &mut Entropy) -> Self {
        Self(entropy.bytes())
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// The request ID that is written so: 32 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// `malformed.field`.
    pub fn from_hex(text: &str) -> Result<Self> {
        let bad = || {
            let what = "is no request ID, which has 32 lower-case hexadecimal digits";
            Error::new(Code::MalformedField, "request_id", what, "use the one that the request was sent with")
        };
        let digit = |byte: u8| char::from(byte).to_digit(16).filter(|_| !byte.is_ascii_uppercase());
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let bytes: Option<Vec<u8>> =
            pairs.iter().map(|[high, low]| u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()).collect();
        let bytes = bytes.filter(|_| rest.is_empty()).ok_or_else(bad)?;
        Ok(Self(bytes.try_into().map_err(|_| bad())?))
    }
}

impl Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl<'a> Envelope<'a> {
    /// Reads a request and checks the hash of its payload (R7.3).
    ///
    /// # Errors
    /// `limit.length` for one larger than [`MAX_ENVELOPE_BYTES`]; `malformed.*` for what is none;
    /// `unsupported.message` for another version or type; `unsupported.algorithm`; `tampered.payload`.
    pub fn parse(bytes: &'a [u8]) -> Result<Self> {
        let refused = |error: ct_core::Error| {
            let next = "see specs/envelope.md";
            let code = if error.code() == Code::MalformedField { Code::MalformedEnvelope } else { error.code() };
            Error::refused(ct_core::Error::new(code, error.field()), "request", "is not written as one", next)
        };
        if bytes.len() > MAX_ENVELOPE_BYTES {
            return Err(refused(ct_core::Error::new(Code::LimitLength, "envelope")));
        }
        let envelope = Self::read(bytes).map_err(refused)?;
        if Hash::of(envelope.payload) != envelope.payload_hash {
            let what = "carries another payload than the one whose hash it states";
            return Err(Error::new(Code::TamperedPayload, "request", what, "send it again"));
        }
        Ok(envelope)
    }

    fn read(bytes: &'a [u8]) -> std::result::Result<Self, ct_core::Error> {
        check_deterministic(bytes)?;
        let mut r = Reader::new(bytes);
        r.tag("envelope", TAG_SIGN1)?;
        r.array_exact("envelope", 4)?;
        let protected = r.bytes("envelope.protected", MAX_HEADER_BYTES)?;
        r.map("envelope.unprotected")?.finish(&mut r)?;
        let payload = r.bytes("envelope.payload", MAX_ENVELOPE_BYTES)?;
        let signature = r.bytes_exact("envelope.signature")?;
        r.end()?;

        check_deterministic(protected)?;
        let mut h = Reader::new(protected);
        let mut map = h.map("envelope.header")?;
        map.require_int(&mut h, 1, "envelope.alg")?;
        if h.int("envelope.alg")? != ALG_ED25519 {
            return Err(ct_core::Error::new(Code::UnsupportedAlgorithm, "envelope.alg"));
        }
        map.require_int(&mut h, 4, "envelope.kid")?;
        let kid = h.bytes("envelope.kid", MAX_KID_BYTES)?;
        map.require_int(&mut h, 16, "envelope.typ")?;
        if h.text("envelope.typ", MAX_TEXT_BYTES)? != TYP {
            return Err(ct_core::Error::new(Code::MalformedField, "envelope.typ"));
        }
        let unsupported = |field| ct_core::Error::new(Code::UnsupportedMessage, field);
        map.require_text(&mut h, "nonce")?;
        let nonce = *h.bytes_exact("nonce")?;
        map.require_text(&mut h, "version")?;
        if h.uint("version")? != VERSION {
            return Err(unsupported("version"));
        }
        map.require_text(&mut h, "msg_type")?;
        let message_type = MessageType::parse(h.text("msg_type", MAX_TEXT_BYTES)?).ok_or(unsupported("msg_type"))?;
        map.require_text(&mut h, "timestamp")?;
        let timestamp = Timestamp::from_seconds(h.uint("timestamp")?)?;
        map.require_text(&mut h, "request_id")?;
        let request_id = RequestId(*h.bytes_exact("request_id")?);
        map.require_text(&mut h, "payload_hash")?;
        let payload_hash = Hash::new(*h.bytes_exact("payload_hash")?);
        map.finish(&mut h)?;
        h.end()?;
        Ok(Self { bytes, protected, signature, kid, nonce, message_type, timestamp, request_id, payload_hash, payload })
    }

    /// The whole request as it was sent.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether it was signed with this key for this audience (R8.2).
    ///
    /// # Errors
    /// `tampered.envelope`.
    pub fn check_signature(&self, audience: &str, key: &PublicKey) -> Result<()> {
        if key.verify(&signed_bytes(self.protected, audience, self.payload), self.signature) {
            return Ok(());
        }
        let what = format!("is not signed by the client's key for the log {audience}");
        Err(Error::new(Code::TamperedEnvelope, "request", what, "check the key and the log's address"))
    }

    /// Whether it was signed about now (R8.3).
    ///
    /// # Errors
    /// `stale.request` if its time is more than [`WINDOW`] from `now`.
    pub fn check_time(&self, now: Timestamp) -> Result<()> {
        if self.timestamp.seconds().abs_diff(now.seconds()) <= WINDOW.get() {
            return Ok(());
        }
        let what = format!("was signed at {}, and it is {now}", self.timestamp);
        Err(Error::new(Code::StaleRequest, "request", what, "check the clocks, and sign it anew"))
    }

    /// The change that a [`MessageType::PutClient`] or [`MessageType::DeleteClient`] carries.
    ///
    /// # Errors
    /// `malformed.*`, `limit.*`.
    pub fn client_change(&self) -> Result<ClientChange<'a>> {
        let put = if self.message_type == MessageType::PutClient { Put::Key } else { Put::Nothing };
        ClientChange::read(self.payload, put)
            .map_err(|error| Error::refused(error, "request", "carries no change of a client", "see specs/envelope.md"))
    }

    /// The change that a [`MessageType::PutMember`] or [`MessageType::DeleteMember`] carries; `None` for other types.
    ///
    /// # Errors
    /// `malformed.*`, `limit.length` for an address that is none or is longer than one can be; `trust.weak_key`.
    pub fn member_change(&self) -> Result<Option<MemberChange>> {
        let change = match self.message_type {
            MessageType::PutMember => members::read_put(self.payload),
            MessageType::DeleteMember => members::read_delete(self.payload),
            MessageType::Submit | MessageType::PutClient | MessageType::DeleteClient => return Ok(None),
        };
        let next = "see specs/envelope.md";
        change.map(Some).map_err(|error| Error::refused(error, "request", "carries no change of the members", next))
    }

    /// The entries that a [`MessageType::Submit`] carries.
    ///
    /// # Errors
    /// `malformed.*`, `limit.items`, `limit.length` for a payload that is not 1 to [`MAX_REQUEST_STATEMENTS`] entries.
    pub fn entries(&self) -> Result<Vec<&'a [u8]>> {
        let read = || {
            let mut r = Reader::new(self.payload);
            let count = r.array("entries", MAX_REQUEST_STATEMENTS)?;
            if count == 0 {
                return Err(ct_core::Error::new(Code::MalformedEnvelope, "entries"));
            }
            let mut entries = Vec::with_capacity(count);
            for _ in 0..count {
                entries.push(r.bytes("entry", MAX_ENTRY_BYTES)?);
            }
            r.end()?;
            Ok(entries)
        };
        let next = format!("send 1 to {MAX_REQUEST_STATEMENTS} statements in a request");
        read().map_err(|error| Error::refused(error, "request", "carries no list of statements", &next))
    }
}

/// What a sender decides of a request; time and nonce are new with every attempt.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// What is wanted.
    pub message_type: MessageType,
    /// The request's name, the same for every attempt.
    pub request_id: RequestId,
    /// What the request carries.
    pub payload: &'a [u8],
}

impl Outgoing<'_> {
    /// Signs the request for the log of this origin.
    ///
    /// # Errors
    /// `limit.length` for a key ID that is too long.
    pub fn sign(&self, audience: &str, key: &KeyFile, now: Timestamp, entropy: &mut Entropy) -> Result<Vec<u8>> {
        let kid = kid(key.id())?;
        let mut h = Writer::new();
        h.map(9).int(1).int(ALG_ED25519).int(4).bytes(&kid).int(16).text(TYP);
        h.text("nonce").bytes(&entropy.bytes::<NONCE_LEN>());
        h.text("version").uint(VERSION);
        h.text("msg_type").text(self.message_type.as_str());
        h.text("timestamp").uint(now.seconds());
        h.text("request_id").bytes(self.request_id.as_bytes());
        h.text("payload_hash").bytes(Hash::of(self.payload).as_bytes());
        let protected = h.finish();
        let signature = key.signing_key().sign(&signed_bytes(&protected, audience, self.payload));
        let mut w = Writer::new();
        w.tag(TAG_SIGN1).array(4).bytes(&protected).map(0).bytes(self.payload).bytes(&signature.to_bytes());
        Ok(w.finish())
    }
}

/// The payload of a [`MessageType::Submit`].
#[must_use]
pub fn submission<'a>(entries: impl ExactSizeIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut w = Writer::new();
    w.array(entries.len());
    for entry in entries {
        w.bytes(entry);
    }
    w.finish()
}

/// What the signature covers (RFC 9052 section 4.4).
fn signed_bytes(protected: &[u8], audience: &str, payload: &[u8]) -> Vec<u8> {
    let mut w = Writer::new();
    w.array(4).text("Signature1").bytes(protected).bytes(audience.as_bytes()).bytes(payload);
    w.finish()
}

/// How far the time of a request may be from the log's clock.
pub const WINDOW: Seconds = Seconds::new(300);
/// Bytes in a nonce.
pub const NONCE_LEN: usize = 16;

const VERSION: u64 = 1;
const TYP: &str = "application/vnd.civictrust.envelope+cose";
const TAG_SIGN1: u64 = 18;
const ALG_ED25519: i64 = -19;
const MAX_HEADER_BYTES: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;
    use ct_keys::{KeyId, Role};

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_seconds(seconds).unwrap()
    }

    fn key(name: &str) -> KeyFile {
        KeyFile::generate(Role::Client, name.parse::<KeyId>().unwrap(), &[7; 32])
    }

    fn public(key: &KeyFile) -> PublicKey {
        PublicKey::from_bytes(key.public().verifying_key().as_bytes()).unwrap()
    }

    fn signed(payload: &[u8]) -> Vec<u8> {
        let outgoing = Outgoing { message_type: MessageType::Submit, request_id: RequestId([3; 16]), payload };
        outgoing.sign("log.example", &key("client#1"), at(1_000), &mut Entropy::from_seed(&[1; 32])).unwrap()
    }

    // The contract's fields come back as they were given.
    #[test]
    fn what_was_signed_is_read() {
        let payload = submission([b"one".as_slice(), b"two"].into_iter());
        let bytes = signed(&payload);
        let envelope = Envelope::parse(&bytes).unwrap();
        assert_eq!(envelope.entries().unwrap(), [b"one".as_slice(), b"two"]);
        assert_eq!((envelope.kid, envelope.timestamp.seconds()), (b"client#1".as_slice(), 1_000));
        assert_eq!((envelope.request_id, envelope.message_type), (RequestId([3; 16]), MessageType::Submit));
        assert_eq!(envelope.check_signature("log.example", &public(&key("client#1"))), Ok(()));
    }

    // R8.2, R8.4: another audience, another key, and every single bit.
    #[test]
    fn whatever_was_changed_is_noticed() {
        let bytes = signed(&submission([b"one".as_slice()].into_iter()));
        let key = public(&key("client#1"));
        let code = |bytes: &[u8], audience: &str| {
            let envelope = Envelope::parse(bytes).map_err(|error| error.code())?;
            envelope.check_signature(audience, &key).map_err(|error| error.code())
        };
        assert_eq!(code(&bytes, "log.example"), Ok(()));
        assert_eq!(code(&bytes, "other.example"), Err(Code::TamperedEnvelope));
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(code(&flipped, "log.example").is_err(), "bit {bit}");
        }
        for length in 0..bytes.len() {
            assert!(code(&bytes[..length], "log.example").is_err(), "{length}");
        }
    }

    // R7.3: the payload alone was changed.
    #[test]
    fn another_payload_is_told_apart_from_another_signature() {
        let payload = submission([b"one".as_slice()].into_iter());
        let mut bytes = signed(&payload);
        let place = bytes.windows(payload.len()).position(|window| window == payload).unwrap();
        bytes[place + 3] ^= 1;
        assert_eq!(Envelope::parse(&bytes).map_err(|error| error.code()), Err(Code::TamperedPayload));
    }

    // R8.4
    #[test]
    fn an_unknown_version_or_type_is_refused() {
        let bytes = signed(b"");
        for (old, new) in [(&b"gversion\x01"[..], &b"gversion\x02"[..]), (b"fsubmit", b"fsubmut")] {
            let place = bytes.windows(old.len()).position(|window| window == old).unwrap();
            let mut changed = bytes.clone();
            changed[place..place + old.len()].copy_from_slice(new);
            assert_eq!(Envelope::parse(&changed).map_err(|error| error.code()), Err(Code::UnsupportedMessage));
        }
    }

    // R8.3: at the window's edge and one second beyond, on both sides.
    #[test]
    fn the_window_is_as_wide_as_it_says() {
        let bytes = signed(b"");
        let envelope = Envelope::parse(&bytes).unwrap();
        let code = |now| envelope.check_time(at(now)).map_err(|error| error.code());
        assert_eq!((code(700), code(1_300)), (Ok(()), Ok(())));
        assert_eq!((code(699), code(1_301)), (Err(Code::StaleRequest), Err(Code::StaleRequest)));
    }

    // R1.3
    #[test]
    fn limits_hold_at_max_and_max_plus_one() {
        let entries = |count: usize| submission(vec![b"x".as_slice(); count].into_iter());
        let code = |payload: &[u8]| {
            let bytes = signed(payload);
            let read = Envelope::parse(&bytes).and_then(|envelope| envelope.entries().map(|entries| entries.len()));
            read.map_err(|error| error.code())
        };
        assert_eq!(code(&entries(0)), Err(Code::MalformedEnvelope));
        assert_eq!(code(&entries(MAX_REQUEST_STATEMENTS)), Ok(MAX_REQUEST_STATEMENTS));
        assert_eq!(code(&entries(MAX_REQUEST_STATEMENTS + 1)), Err(Code::LimitItems));
        assert_eq!(code(&submission([vec![0; MAX_ENTRY_BYTES + 1].as_slice()].into_iter())), Err(Code::LimitLength));
        assert_eq!(code(&vec![0; MAX_ENVELOPE_BYTES]), Err(Code::LimitLength));
    }

    #[test]
    fn request_ids_are_written_in_one_way() {
        let id = RequestId([0xab; 16]);
        assert_eq!(RequestId::from_hex(&id.to_string()), Ok(id));
        for bad in ["", "ab", &"AB".repeat(16), &"ab".repeat(17), &"zz".repeat(16), &"a".repeat(31), "\u{e9}"] {
            assert_eq!(RequestId::from_hex(bad).map_err(|error| error.code()), Err(Code::MalformedField), "{bad}");
        }
    }
}
