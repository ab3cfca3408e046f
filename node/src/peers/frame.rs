//! A message between nodes as bytes. Format: `specs/peers.md`. Pure: no socket, no clock.

use crate::error::{Error, Result};
use crate::peers::MessageKind;
use ct_core::cbor::{Reader, Writer};
use ct_core::limits::MAX_FRAME_BYTES;
use ct_core::{Code, Hash, PublicKey, Timestamp};
use ed25519_dalek::{Signer, SigningKey};

/// What a frame says before its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What it is about.
    pub kind: MessageKind,
    /// Whether it asks or answers.
    pub turn: Turn,
    /// Names a request in the events of both ends; the answer repeats it.
    pub request_id: [u8; 16],
    /// The number of the request on its connection, from 1; the answer repeats it.
    pub sequence: u64,
    /// The sender's Ed25519 key, which is also that of its end of the connection.
    pub key_id: [u8; 32],
    /// The number of the node that it is meant for.
    pub to: u64,
    /// When it was made, by the sender's clock. For people: nothing is decided by it.
    pub timestamp: Timestamp,
    /// Other bytes in every request; the answer repeats them.
    pub nonce: [u8; 16],
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The node that dialled.
    Request,
    /// The other one, which has done what was asked.
    Reply,
    /// The other one, which has not: the payload is a code and a message.
    Refusal,
}

/// A frame that is well-formed and whose payload is the one that its header speaks of.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    header: Header,
    payload: &'a [u8],
    signed: &'a [u8],
    signature: Option<&'a [u8; 64]>,
}

impl<'a> Frame<'a> {
    /// The frame in these bytes, which are those after its length.
    ///
    /// # Errors
    /// `malformed.frame` if they are not written as one, or in another version; `tampered.frame` if the payload is not
    /// that of the header.
    pub fn parse(body: &'a [u8]) -> Result<Self> {
        let refused = |error: ct_core::Error| {
            let what = format!("is not written as one ({}: {})", error.field(), error.code());
            Error::new(Code::MalformedFrame, "a frame", what, "use the same version of ct-node on all nodes")
        };
        let (frame, payload_hash) = Self::read(body).map_err(refused)?;
        if payload_hash != Hash::of(frame.payload) {
            return Err(tampered("has another payload than its header says"));
        }
        Ok(frame)
    }

    fn read(body: &'a [u8]) -> std::result::Result<(Self, Hash), ct_core::Error> {
        let mut r = Reader::new(body);
        r.array_exact("frame", 3)?;
        let signed = r.bytes("header", MAX_HEADER_BYTES)?;
        let (header, payload_hash) = Header::read(signed)?;
        let payload = r.bytes("payload", MAX_FRAME_BYTES)?;
        let signature = if r.try_null("signature")? { None } else { Some(r.bytes_exact("signature")?) };
        r.end()?;
        Ok((Self { header, payload, signed, signature }, payload_hash))
    }

    /// What it says before its payload.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// Its payload.
    #[must_use]
    pub const fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// Whether it is signed at all.
    #[must_use]
    pub const fn is_signed(&self) -> bool {
        self.signature.is_some()
    }

    /// Whether it is signed, and with this key.
    ///
    /// # Errors
    /// `tampered.frame` if it is not.
    pub fn verify(&self, key: &PublicKey) -> Result<()> {
        let Some(signature) = self.signature else { return Err(tampered("is not signed")) };
        if key.verify(&to_sign(self.signed), signature) {
            return Ok(());
        }
        Err(tampered("has a signature that is not its sender's"))
    }
}

impl Header {
    /// A whole frame: its length, and the bytes that [`Frame::parse`] reads. Signed, if there is a key to sign with.
    ///
    /// # Errors
    /// `limit.frame_size` if it would be longer than `most` bytes.
    pub fn frame(&self, payload: &[u8], signer: Option<&SigningKey>, most: usize) -> Result<Vec<u8>> {
        let header = self.encode(&Hash::of(payload));
        let signature = signer.map(|key| key.sign(&to_sign(&header)).to_bytes());
        let mut w = Writer::new();
        w.array(3).bytes(&header).bytes(payload);
        match &signature {
            Some(signature) => w.bytes(signature),
            None => w.null(),
        };
        let body = w.finish();
        let length = u32::try_from(body.len()).ok().filter(|_| body.len() <= most);
        let length = length.ok_or_else(|| too_long(body.len(), most))?;
        Ok([&length.to_be_bytes(), body.as_slice()].concat())
    }

    fn encode(&self, payload_hash: &Hash) -> Vec<u8> {
        let mut w = Writer::new();
        w.array(10).uint(VERSION).uint(number(self.kind)).uint(self.turn.number()).bytes(&self.request_id);
        w.uint(self.sequence).bytes(&self.key_id).uint(self.to).uint(self.timestamp.seconds()).bytes(&self.nonce);
        w.bytes(payload_hash.as_bytes());
        w.finish()
    }

    fn read(bytes: &[u8]) -> std::result::Result<(Self, Hash), ct_core::Error> {
        let unknown = |field| ct_core::Error::new(Code::MalformedField, field);
        let mut r = Reader::new(bytes);
        r.array_exact("header", 10)?;
        if r.uint("version")? != VERSION {
            return Err(unknown("version"));
        }
        let kind = r.uint("msg_type")?;
        let turn = r.uint("turn")?;
        let header = Self {
            kind: KINDS.into_iter().find(|known| number(*known) == kind).ok_or_else(|| unknown("msg_type"))?,
            turn: TURNS.into_iter().find(|known| known.number() == turn).ok_or_else(|| unknown("turn"))?,
            request_id: *r.bytes_exact("request_id")?,
            sequence: r.uint("sequence")?,
            key_id: *r.bytes_exact("key_id")?,
            to: r.uint("to")?,
            timestamp: Timestamp::from_seconds(r.uint("timestamp")?)?,
            nonce: *r.bytes_exact("nonce")?,
        };
        let payload_hash = Hash::new(*r.bytes_exact("payload_hash")?);
        r.end()?;
        Ok((header, payload_hash))
    }
}

impl Turn {
    const fn number(self) -> u64 {
        match self {
            Self::Request => 0,
            Self::Reply => 1,
            Self::Refusal => 2,
        }
    }
}

/// The end of a stream of bytes where frames come out: a read is never taken for a message.
#[derive(Debug)]
pub struct FrameReader {
    bytes: Vec<u8>,
    most: usize,
}

impl FrameReader {
    /// For frames of at most this many bytes, without their lengths.
    #[must_use]
    pub const fn new(most: usize) -> Self {
        Self { bytes: Vec::new(), most }
    }

    /// For other frames from now on.
    pub const fn expect(&mut self, most: usize) {
        self.most = most;
    }

    /// What was read from the stream, however it was cut.
    pub fn push(&mut self, read: &[u8]) {
        self.bytes.extend_from_slice(read);
    }

    /// The next frame without its length, if all of it is there.
    ///
    /// # Errors
    /// `limit.frame_size` if a length is announced that none may have: nothing was allocated for it.
    pub fn take(&mut self) -> Result<Option<Vec<u8>>> {
        let Some(length) = self.bytes.first_chunk() else { return Ok(None) };
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        if length > self.most {
            return Err(too_long(length, self.most));
        }
        let end = length.saturating_add(LENGTH_BYTES);
        if self.bytes.len() < end {
            return Ok(None);
        }
        let rest = self.bytes.split_off(end);
        let mut frame = std::mem::replace(&mut self.bytes, rest);
        frame.drain(..LENGTH_BYTES);
        Ok(Some(frame))
    }

    /// Whether it stands between two frames.
    #[must_use]
    pub const fn is_between(&self) -> bool {
        self.bytes.is_empty()
    }
}

const fn number(kind: MessageKind) -> u64 {
    match kind {
        MessageKind::Append => 1,
        MessageKind::Vote => 2,
        MessageKind::PreVote => 3,
        MessageKind::Standing => 4,
        MessageKind::Snapshot => 5,
        MessageKind::Entries => 6,
        MessageKind::Heartbeat => 7,
        MessageKind::Backup => 8,
    }
}

/// What is signed: a header, and with its hash the payload, for this purpose and no other.
fn to_sign(header: &[u8]) -> Vec<u8> {
    [SIGNED_AS, header].concat()
}

fn tampered(what: &str) -> Error {
    Error::new(Code::TamperedFrame, "a frame", what, "see which nodes it was, and what stands between them")
}

fn too_long(length: usize, most: usize) -> Error {
    let what = format!("has {length} bytes, and may have {most}");
    Error::new(Code::LimitFrameSize, "a frame", what, "use the same version of ct-node on all nodes")
}

const VERSION: u64 = 1;
const LENGTH_BYTES: usize = 4;
/// What a header of this version needs is 170 bytes at most.
const MAX_HEADER_BYTES: usize = 256;
const SIGNED_AS: &[u8] = b"civictrust peer frame v1\n";
const TURNS: [Turn; 3] = [Turn::Request, Turn::Reply, Turn::Refusal];
pub(super) const KINDS: [MessageKind; 8] = [
    MessageKind::Append,
    MessageKind::Vote,
    MessageKind::PreVote,
    MessageKind::Standing,
    MessageKind::Snapshot,
    MessageKind::Entries,
    MessageKind::Heartbeat,
    MessageKind::Backup,
];

#[cfg(test)]
mod tests {
    use super::*;
    use ct_core::limits::MAX_SMALL_FRAME_BYTES;
    use proptest::prelude::*;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn header() -> Header {
        Header {
            kind: MessageKind::Append,
            turn: Turn::Request,
            request_id: [1; 16],
            sequence: 7,
            key_id: key().verifying_key().to_bytes(),
            to: 2,
            timestamp: Timestamp::from_seconds(1_700_000_000).unwrap(),
            nonce: [2; 16],
        }
    }

    fn bytes(payload: &[u8], signer: Option<&SigningKey>) -> Vec<u8> {
        header().frame(payload, signer, MAX_FRAME_BYTES).unwrap()
    }

    // The bytes of specs/peers.md.
    #[test]
    fn the_example_of_the_specification() {
        let frame = bytes(b"hello", None);
        let hex: String = frame.iter().map(|byte| format!("{byte:02x}")).collect();
        let text = include_str!("../../../specs/peers.md");
        let block = text.rsplit("```text\n").next().unwrap().split("```").next().unwrap();
        let written: String = block.lines().filter_map(|line| line.split("  ").next()).collect();
        assert_eq!(hex, written.replace(' ', ""));
    }

    // R8.2, R7.3
    #[test]
    fn every_flipped_bit_of_a_signed_frame_is_refused() {
        let whole = bytes(b"payload", Some(&key()));
        let public = PublicKey::from_bytes(&header().key_id).unwrap();
        let body = &whole[4..];
        assert!(Frame::parse(body).unwrap().verify(&public).is_ok());
        let mut seen = std::collections::BTreeSet::new();
        for bit in 0..8 * body.len() {
            let mut changed = body.to_vec();
            changed[bit / 8] ^= 1 << (bit % 8);
            let error = Frame::parse(&changed).and_then(|frame| frame.verify(&public)).unwrap_err();
            seen.insert(error.code());
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [Code::TamperedFrame, Code::MalformedFrame]);
    }

    // R7.3: without a signature, the hash in the header speaks for the payload.
    #[test]
    fn a_changed_payload_or_hash_is_tampering() {
        let whole = bytes(b"payload", None);
        let body = &whole[4..];
        let payload = body.windows(7).position(|window| window == b"payload").unwrap();
        let hash = body.windows(32).position(|window| window == Hash::of(b"payload").as_bytes()).unwrap();
        for at in (payload..payload + 7).chain(hash..hash + 32) {
            for bit in 0..8 {
                let mut changed = body.to_vec();
                changed[at] ^= 1 << bit;
                assert_eq!(Frame::parse(&changed).unwrap_err().code(), Code::TamperedFrame);
            }
        }
    }

    // R8.4
    #[test]
    fn other_versions_kinds_and_turns_are_refused() {
        let body = bytes(b"", None).split_off(4);
        // The array, the head of the header, its array; then version, kind and turn, one byte each.
        for (at, value) in [(4, 0), (4, 2), (5, 0), (5, 23), (6, 3)] {
            let mut changed = body.clone();
            assert!(changed[at] < 8);
            changed[at] = value;
            assert_eq!(Frame::parse(&changed).unwrap_err().code(), Code::MalformedFrame, "{at}");
        }
    }

    #[test]
    fn an_unsigned_frame_and_one_of_another_key_do_not_verify() {
        let public = PublicKey::from_bytes(&header().key_id).unwrap();
        for signer in [None, Some(SigningKey::from_bytes(&[8; 32]))] {
            let whole = bytes(b"x", signer.as_ref());
            let error = Frame::parse(&whole[4..]).unwrap().verify(&public).unwrap_err();
            assert_eq!(error.code(), Code::TamperedFrame);
        }
    }

    // R2.2: at the limit, and one above it.
    #[test]
    fn a_length_above_the_limit_is_refused_before_anything_is_allocated() {
        for (most, length) in [(MAX_SMALL_FRAME_BYTES, 65_537), (MAX_FRAME_BYTES, u32::MAX), (0, 1)] {
            let mut reader = FrameReader::new(most);
            reader.push(&u32::to_be_bytes(length));
            assert_eq!(reader.take().unwrap_err().code(), Code::LimitFrameSize);
            assert!(reader.bytes.capacity() <= 8);
        }
        let mut reader = FrameReader::new(MAX_SMALL_FRAME_BYTES);
        reader.push(&65_536_u32.to_be_bytes());
        assert_eq!(reader.take().unwrap(), None);
        assert!(reader.bytes.capacity() <= 8);
    }

    #[test]
    fn what_would_be_too_long_is_not_sent() {
        let body = bytes(b"hello", None).len() - 4;
        assert!(header().frame(b"hello", None, body).is_ok());
        assert_eq!(header().frame(b"hello", None, body - 1).unwrap_err().code(), Code::LimitFrameSize);
    }

    // R2.1: every truncation is a frame that is not there yet.
    #[test]
    fn a_part_of_a_frame_is_none() {
        let whole = bytes(b"hello", Some(&key()));
        for cut in 0..whole.len() {
            let mut reader = FrameReader::new(MAX_FRAME_BYTES);
            reader.push(&whole[..cut]);
            assert_eq!(reader.take().unwrap(), None);
            assert_eq!(reader.is_between(), cut == 0);
            reader.push(&whole[cut..]);
            assert_eq!(reader.take().unwrap().unwrap(), &whole[4..]);
            assert!(reader.is_between());
        }
        for cut in 0..whole.len() - 4 {
            assert_eq!(Frame::parse(&whole[4..4 + cut]).unwrap_err().code(), Code::MalformedFrame);
        }
    }

    fn any_header() -> impl Strategy<Value = Header> {
        let bytes = (any::<[u8; 16]>(), any::<[u8; 16]>(), any::<[u8; 32]>());
        let time = (0..253_402_300_799_u64).prop_map(|seconds| Timestamp::from_seconds(seconds).unwrap());
        let (kind, turn) = (prop::sample::select(KINDS.to_vec()), prop::sample::select(TURNS.to_vec()));
        (kind, turn, bytes, any::<u64>(), any::<u64>(), time).prop_map(
            |(kind, turn, (request_id, nonce, key_id), sequence, to, timestamp)| Header {
                kind,
                turn,
                request_id,
                sequence,
                key_id,
                to,
                timestamp,
                nonce,
            },
        )
    }

    proptest! {
        // R2.1, R7.1: however a stream is cut or joined, the same frames come out; each is written in one way only.
        #[test]
        fn frames_survive_any_cutting(
            sent in prop::collection::vec((any_header(), prop::collection::vec(any::<u8>(), 0..300)), 1..5),
            cuts in prop::collection::vec(1_usize..97, 1..64),
        ) {
            let whole: Vec<Vec<u8>> =
                sent.iter().map(|(header, payload)| header.frame(payload, None, MAX_FRAME_BYTES).unwrap()).collect();
            let stream = whole.concat();
            let (mut reader, mut at, mut out) = (FrameReader::new(MAX_SMALL_FRAME_BYTES), 0, Vec::new());
            for cut in cuts.iter().cycle() {
                let end = (at + cut).min(stream.len());
                reader.push(&stream[at..end]);
                at = end;
                while let Some(frame) = reader.take().unwrap() {
                    out.push(frame);
                }
                if at == stream.len() {
                    break;
                }
            }
            prop_assert!(reader.is_between());
            prop_assert_eq!(out.len(), sent.len());
            for ((body, (header, payload)), whole) in out.iter().zip(&sent).zip(&whole) {
                let frame = Frame::parse(body).unwrap();
                prop_assert_eq!((frame.header(), frame.payload()), (header, payload.as_slice()));
                prop_assert_eq!(&frame.header().frame(frame.payload(), None, MAX_FRAME_BYTES).unwrap(), whole);
            }
        }

        #[test]
        fn any_bytes_are_refused_without_a_panic(body in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert_eq!(Frame::parse(&body).unwrap_err().code(), Code::MalformedFrame);
        }
    }
}
