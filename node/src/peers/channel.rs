//! One end of a connection between two nodes: makes frames, and checks those of the other. Pure.

use crate::error::{Error, Result};
use crate::peers::MessageKind;
use crate::peers::class::Class;
use crate::peers::frame::{Frame, Header, Turn};
use crate::peers::identity::{FrameSigning, Identity};
use ct_core::cbor::{Reader, Writer};
use ct_core::limits::MAX_SMALL_FRAME_BYTES;
use ct_core::{Code, PublicKey};
use std::sync::Arc;

/// One end, after the hand-shake has shown who the other is.
#[derive(Debug)]
pub(super) struct Channel {
    own: Arc<Identity>,
    peer: u64,
    key: PublicKey,
    class: Class,
    /// The number of the last request.
    sequence: u64,
}

impl Channel {
    /// To the node with this number, which has proved this key.
    pub(super) fn new(own: Arc<Identity>, peer: u64, key: &[u8; 32], class: Class) -> Result<Self> {
        let refused = |_| Error::new(Code::UnknownPeer, format!("node {peer}"), "has a key that proves nothing", "");
        let key = PublicKey::from_bytes(key).map_err(refused)?;
        Ok(Self { own, peer, key, class, sequence: 0 })
    }

    /// Who the other end is.
    pub(super) const fn peer(&self) -> u64 {
        self.peer
    }

    /// What the connection is for.
    pub(super) const fn class(&self) -> Class {
        self.class
    }

    /// The key that the other end has proved.
    pub(super) fn peer_key(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// The next request, and its frame.
    pub(super) fn request(
        &mut self,
        kind: MessageKind,
        payload: &[u8],
        request_id: [u8; 16],
        nonce: [u8; 16],
    ) -> Result<(Header, Vec<u8>)> {
        let sequence = self.sequence.saturating_add(1);
        let header = self.header(kind, Turn::Request, request_id, sequence, nonce);
        let frame = self.frame(&header, payload, kind.most_request_bytes())?;
        self.sequence = sequence;
        Ok((header, frame))
    }

    /// A request of the other end, with its payload.
    ///
    /// # Errors
    /// `malformed.frame`, `tampered.frame`, `replayed.frame`, `limit.frame_size`: then nothing more is to be read from
    /// this connection.
    pub(super) fn accept(&mut self, body: &[u8]) -> Result<(Header, Vec<u8>)> {
        let frame = self.checked(body)?;
        let header = *frame.header();
        if header.turn != Turn::Request || header.kind.class() != self.class {
            return Err(malformed(self.peer, "sends what does not belong on this connection"));
        }
        if body.len() > header.kind.most_request_bytes() {
            let what = format!("sends {} bytes for a message of this kind", body.len());
            return Err(Error::new(Code::LimitFrameSize, self.place(), what, "use the same version of ct-node"));
        }
        // Not even the number of an earlier one that was lost: there are no losses within a connection.
        if header.sequence != self.sequence.saturating_add(1) {
            let what = format!("sends request {} after request {}", header.sequence, self.sequence);
            return Err(Error::new(Code::ReplayedFrame, self.place(), what, SOMETHING_BETWEEN));
        }
        self.sequence = header.sequence;
        Ok((header, frame.payload().to_vec()))
    }

    /// The frame that answers a request.
    pub(super) fn answer(&self, to: &Header, result: Result<Vec<u8>>) -> Result<Vec<u8>> {
        let most = to.kind.most_reply_bytes();
        let write = |turn, payload: &[u8]| {
            self.frame(&self.header(to.kind, turn, to.request_id, to.sequence, to.nonce), payload, most)
        };
        match result.and_then(|payload| write(Turn::Reply, &payload)) {
            Ok(frame) => Ok(frame),
            Err(error) => write(Turn::Refusal, &refusal(&error)),
        }
    }

    /// The last frame on a connection: why nothing more is read from it. It answers no particular request.
    pub(super) fn farewell(&self, error: &Error) -> Result<Vec<u8>> {
        let kind = match self.class {
            Class::Append => MessageKind::Append,
            Class::Ask => MessageKind::Standing,
            Class::Bulk => MessageKind::Snapshot,
        };
        let header = self.header(kind, Turn::Refusal, [0; 16], 0, [0; 16]);
        self.frame(&header, &refusal(error), MAX_SMALL_FRAME_BYTES)
    }

    /// What the answer to a request says: a payload, or what the other end refuses with.
    ///
    /// # Errors
    /// `malformed.frame`, `tampered.frame`, `replayed.frame`: then nothing more is to be read from this connection.
    pub(super) fn answered(&self, request: &Header, body: &[u8]) -> Result<Result<Vec<u8>>> {
        let frame = self.checked(body)?;
        let header = frame.header();
        let is_farewell = header.turn == Turn::Refusal && header.sequence == 0;
        let answers = (header.kind, header.request_id, header.sequence, header.nonce)
            == (request.kind, request.request_id, request.sequence, request.nonce);
        if !is_farewell && !answers {
            let what = format!("answers something else than request {}", request.sequence);
            return Err(Error::new(Code::ReplayedFrame, self.place(), what, SOMETHING_BETWEEN));
        }
        match header.turn {
            Turn::Reply => Ok(Ok(frame.payload().to_vec())),
            Turn::Refusal if is_farewell => Err(self.refused(frame.payload())?),
            Turn::Refusal => Ok(Err(self.refused(frame.payload())?)),
            Turn::Request => Err(malformed(self.peer, "asks where it is to answer")),
        }
    }

    /// The checks that frames of both directions have in common.
    fn checked<'a>(&self, body: &'a [u8]) -> Result<Frame<'a>> {
        let at = |error: Error| Error::new(error.code(), self.place(), error.what(), error.next());
        let frame = Frame::parse(body).map_err(at)?;
        let tampered = |what: String| Err(Error::new(Code::TamperedFrame, self.place(), what, SOMETHING_BETWEEN));
        if frame.header().key_id != *self.key.as_bytes() {
            return tampered("sends in the name of another key than it has proved".to_owned());
        }
        if frame.header().to != self.own.node() {
            return tampered(format!("sends what is meant for node {}", frame.header().to));
        }
        match self.own.signing() {
            FrameSigning::Channel if !frame.is_signed() => {}
            FrameSigning::Channel | FrameSigning::EveryFrame => frame.verify(&self.key).map_err(at)?,
        }
        Ok(frame)
    }

    fn header(&self, kind: MessageKind, turn: Turn, request_id: [u8; 16], sequence: u64, nonce: [u8; 16]) -> Header {
        let timestamp = (self.own.clock())();
        Header { kind, turn, request_id, sequence, key_id: self.own.key(), to: self.peer, timestamp, nonce }
    }

    fn frame(&self, header: &Header, payload: &[u8], most: usize) -> Result<Vec<u8>> {
        let signer = match self.own.signing() {
            FrameSigning::Channel => None,
            FrameSigning::EveryFrame => Some(self.own.key_file().signing_key()),
        };
        header.frame(payload, signer, most)
    }

    /// What the other end refuses with.
    fn refused(&self, payload: &[u8]) -> Result<Error> {
        let read = || {
            let mut r = Reader::new(payload);
            r.array_exact("refusal", 2)?;
            let code = r.text("code", MAX_CODE_BYTES)?;
            let what = r.text("message", MAX_MESSAGE_BYTES)?;
            r.end()?;
            let code = Code::ALL.iter().copied().find(|known| known.as_str() == code && *known != Code::Ok);
            let unknown = ct_core::Error::new(Code::MalformedField, "code");
            Ok::<_, ct_core::Error>(Error::new(code.ok_or(unknown)?, self.place(), plain(what), ""))
        };
        read().map_err(|_| malformed(self.peer, "refuses in a way that cannot be understood"))
    }

    fn place(&self) -> String {
        format!("node {}", self.peer)
    }
}

/// A code, and as much of what happened as fits.
fn refusal(error: &Error) -> Vec<u8> {
    let mut text = error.to_string();
    text.truncate(text.floor_char_boundary(MAX_MESSAGE_BYTES));
    let mut w = Writer::new();
    w.array(2).text(error.code().as_str()).text(&text);
    w.finish()
}

/// Without what would steer a terminal or break a line.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn malformed(peer: u64, what: &str) -> Error {
    let next = "use the same version of ct-node on all nodes, and check that the address is that of a node";
    Error::new(Code::MalformedFrame, format!("node {peer}"), what, next)
}

const SOMETHING_BETWEEN: &str = "see what stands between the two nodes, and compare their keys";
const MAX_CODE_BYTES: usize = 64;
const MAX_MESSAGE_BYTES: usize = 1_024;
