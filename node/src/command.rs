//! What the nodes of a log agree on, one after the other. Format: `specs/state-machine.md`.
//!
//! Time and everything random stand in the command, so that whoever applies it comes to the same state.

use crate::envelope::RequestId;
use crate::error::{Error, Result};
use ct_core::cbor::{Reader, Writer};
use ct_core::limits::{
    MAX_BATCH_REQUESTS, MAX_ENTRY_BYTES, MAX_ENVELOPE_BYTES, MAX_FIRST_CLIENTS, MAX_KID_BYTES, MAX_NAME_BYTES,
    MAX_NOTE_BYTES, MAX_TRUST_BYTES,
};
use ct_core::{Code, Hash, Timestamp, TreeSize};

/// One step of the log's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command<'a> {
    /// The first: what the log is.
    Bootstrap {
        /// The log's origin.
        origin: &'a str,
        /// The log's first entry.
        genesis: &'a [u8],
        /// The trust root by which statements are admitted.
        trust: &'a [u8],
        /// Who may submit: key ID and Ed25519 key of each.
        clients: Vec<ClientKey<'a>>,
    },
    /// Signed requests, whose signatures the proposer has verified.
    Batch {
        /// The proposer's time.
        at: Timestamp,
        /// The requests, as they were sent.
        envelopes: Vec<&'a [u8]>,
    },
    /// The tree of this size has this root; only what is sealed is signed.
    Seal(Seal),
    /// A trust root that follows the one in force.
    Trust {
        /// The signed trust root.
        trust: &'a [u8],
    },
    /// A quorum of witnesses has cosigned the checkpoint of what is sealed: it is final.
    Anchor {
        /// That of the seal.
        generation: u64,
        /// That of the seal.
        size: TreeSize,
        /// The signature lines of the witnesses, which the proposer has verified.
        signatures: &'a str,
    },
    /// After a restore: seals of the generation before are refused from now on.
    NewGeneration {
        /// One greater than the one before.
        generation: u64,
    },
}

/// A client's key ID and its Ed25519 key.
pub type ClientKey<'a> = (&'a [u8], [u8; 32]);

/// What may be signed: the fence between one leader, or one restore, and the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal {
    /// Grows with every restore.
    pub generation: u64,
    /// Number of entries.
    pub size: TreeSize,
    /// Root of the tree of that size.
    pub root: Hash,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its statements are in the log, in order, from this index on.
    Sequenced {
        /// Index of the first.
        first: u64,
        /// How many.
        count: u64,
    },
    /// The client was put or deleted; or the members may be changed so.
    Changed {
        /// The client's version now: one greater with every change, also after it was deleted. 0 for members.
        version: u64,
    },
    /// Nothing was done.
    Refused {
        /// Why.
        code: Code,
        /// Which statement of the request was the first to be refused.
        entry: u64,
    },
}

/// The answer to one request of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The request's name.
    pub request_id: RequestId,
    /// What became of it.
    pub outcome: Outcome,
    /// It was answered before, and this is that answer.
    pub repeated: bool,
}

impl<'a> Command<'a> {
    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut w = Writer::new();
        match self {
            Self::Bootstrap { origin, genesis, trust, clients } => {
                w.array(5).uint(BOOTSTRAP).text(origin).bytes(genesis).bytes(trust);
                write_clients(&mut w, clients);
            }
            Self::Batch { at, envelopes } => {
                w.array(3).uint(BATCH).uint(at.seconds()).array(envelopes.len());
                for envelope in envelopes {
                    w.bytes(envelope);
                }
            }
            Self::Seal(Seal { generation, size, root }) => {
                w.array(4).uint(SEAL).uint(*generation).uint(size.get()).bytes(root.as_bytes());
            }
            Self::Trust { trust } => {
                w.array(2).uint(TRUST).bytes(trust);
            }
            Self::Anchor { generation, size, signatures } => {
                w.array(4).uint(ANCHOR).uint(*generation).uint(size.get()).text(signatures);
            }
            Self::NewGeneration { generation } => {
                w.array(2).uint(NEW_GENERATION).uint(*generation);
            }
        }
        w.finish()
    }

    /// Reads a command.
    ///
    /// # Errors
    /// `malformed.*`, `limit.*`: these bytes never were a command, or were damaged.
    pub fn parse(bytes: &'a [u8]) -> Result<Self> {
        let refused = |error| Error::refused(error, "command", "is not written as one", "see specs/state-machine.md");
        Self::read(bytes).map_err(refused)
    }

    fn read(bytes: &'a [u8]) -> std::result::Result<Self, ct_core::Error> {
        let mut r = Reader::new(bytes);
        let parts = r.array("command", 5)?;
        let kind = r.uint("command.kind")?;
        let command = match (kind, parts) {
            (BOOTSTRAP, 5) => {
                let origin = r.text("origin", MAX_NAME_BYTES)?;
                let genesis = r.bytes("genesis", MAX_ENTRY_BYTES)?;
                let trust = r.bytes("trust", MAX_TRUST_BYTES)?;
                Self::Bootstrap { origin, genesis, trust, clients: read_clients(&mut r)? }
            }
            (BATCH, 3) => {
                let at = time(&mut r)?;
                let count = r.array("envelopes", MAX_BATCH_REQUESTS)?;
                let mut envelopes = Vec::with_capacity(count);
                for _ in 0..count {
                    envelopes.push(r.bytes("envelope", MAX_ENVELOPE_BYTES)?);
                }
                Self::Batch { at, envelopes }
            }
            (SEAL, 4) => {
                let generation = r.uint("generation")?;
                let size = TreeSize::new(r.uint("size")?)?;
                Self::Seal(Seal { generation, size, root: Hash::new(*r.bytes_exact("root")?) })
            }
            (TRUST, 2) => Self::Trust { trust: r.bytes("trust", MAX_TRUST_BYTES)? },
            (ANCHOR, 4) => Self::Anchor {
                generation: r.uint("generation")?,
                size: TreeSize::new(r.uint("size")?)?,
                signatures: r.text("signatures", MAX_NOTE_BYTES)?,
            },
            (NEW_GENERATION, 2) => Self::NewGeneration { generation: r.uint("generation")? },
            _ => return Err(ct_core::Error::new(Code::MalformedField, "command.kind")),
        };
        r.end()?;
        Ok(command)
    }
}

impl Outcome {
    pub(crate) fn write(&self, w: &mut Writer) {
        match self {
            Self::Sequenced { first, count } => w.array(3).uint(0).uint(*first).uint(*count),
            Self::Refused { code, entry } => w.array(3).uint(1).text(code.as_str()).uint(*entry),
            Self::Changed { version } => w.array(2).uint(2).uint(*version),
        };
    }

    pub(crate) fn read(r: &mut Reader<'_>) -> std::result::Result<Self, ct_core::Error> {
        let parts = r.array("outcome", 3)?;
        match (r.uint("outcome.kind")?, parts) {
            (0, 3) => return Ok(Self::Sequenced { first: r.uint("first")?, count: r.uint("count")? }),
            (1, 3) => {}
            (2, 2) => return Ok(Self::Changed { version: r.uint("version")? }),
            _ => return Err(ct_core::Error::new(Code::MalformedField, "outcome.kind")),
        }
        let text = r.text("code", MAX_NAME_BYTES)?;
        let code = Code::ALL.iter().copied().find(|code| code.as_str() == text);
        let code = code.ok_or(ct_core::Error::new(Code::MalformedField, "code"))?;
        Ok(Self::Refused { code, entry: r.uint("entry")? })
    }
}

impl Answer {
    /// The answers to a batch, as consensus hands them on.
    #[must_use]
    pub fn encode_all(answers: &[Self]) -> Vec<u8> {
        let mut w = Writer::new();
        w.array(answers.len());
        for answer in answers {
            w.array(3).bytes(answer.request_id.as_bytes());
            answer.outcome.write(&mut w);
            w.bool(answer.repeated);
        }
        w.finish()
    }

    /// Reads the answers to a batch.
    ///
    /// # Errors
    /// `malformed.*`, `limit.*`.
    pub fn parse_all(bytes: &[u8]) -> Result<Vec<Self>> {
        let mut r = Reader::new(bytes);
        let count = r.array("answers", MAX_BATCH_REQUESTS)?;
        let mut answers = Vec::with_capacity(count);
        for _ in 0..count {
            r.array_exact("answer", 3)?;
            let request_id = RequestId::new(*r.bytes_exact("request_id")?);
            let outcome = Outcome::read(&mut r)?;
            answers.push(Self { request_id, outcome, repeated: r.bool("repeated")? });
        }
        r.end()?;
        Ok(answers)
    }
}

fn write_clients(w: &mut Writer, clients: &[ClientKey<'_>]) {
    w.array(clients.len());
    for (kid, key) in clients {
        w.array(2).bytes(kid).bytes(key);
    }
}

fn read_clients<'a>(r: &mut Reader<'a>) -> std::result::Result<Vec<ClientKey<'a>>, ct_core::Error> {
    let count = r.array("clients", MAX_FIRST_CLIENTS)?;
    let mut clients = Vec::with_capacity(count);
    for _ in 0..count {
        r.array_exact("client", 2)?;
        clients.push((r.bytes("client.kid", MAX_KID_BYTES)?, *r.bytes_exact("client.key")?));
    }
    Ok(clients)
}

fn time(r: &mut Reader<'_>) -> std::result::Result<Timestamp, ct_core::Error> {
    Timestamp::from_seconds(r.uint("at")?)
}

const BOOTSTRAP: u64 = 0;
const BATCH: u64 = 1;
const SEAL: u64 = 2;
const TRUST: u64 = 3;
const ANCHOR: u64 = 4;
const NEW_GENERATION: u64 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    fn commands() -> Vec<Command<'static>> {
        let at = Timestamp::from_seconds(1_000).unwrap();
        let size = TreeSize::new(7).unwrap();
        vec![
            Command::Bootstrap { origin: "log.example", genesis: b"g", trust: b"t", clients: vec![(b"c#1", [9; 32])] },
            Command::Batch { at, envelopes: vec![b"one", b"two"] },
            Command::Batch { at, envelopes: vec![] },
            Command::Seal(Seal { generation: 1, size, root: Hash::of(b"root") }),
            Command::Trust { trust: b"t" },
            Command::Anchor { generation: 2, size, signatures: "\u{2014} w.example AAAA\n" },
            Command::NewGeneration { generation: 2 },
        ]
    }

    // R7.1: one encoding, and no damage passes for another command of the same meaning.
    #[test]
    fn a_command_is_read_as_it_was_written() {
        for command in commands() {
            let bytes = command.encode();
            assert_eq!(Command::parse(&bytes), Ok(command));
            for length in 0..bytes.len() {
                assert!(Command::parse(&bytes[..length]).is_err(), "{length}");
            }
            for bit in 0..bytes.len() * 8 {
                let mut flipped = bytes.clone();
                flipped[bit / 8] ^= 1 << (bit % 8);
                if let Ok(other) = Command::parse(&flipped) {
                    assert_eq!(other.encode(), flipped);
                }
            }
        }
    }

    // R1.3: the lines of a whole note, and not a byte more.
    #[test]
    fn an_anchor_has_no_more_lines_than_a_note() {
        let size = TreeSize::new(7).unwrap();
        for (length, expected) in [(MAX_NOTE_BYTES, None), (MAX_NOTE_BYTES + 1, Some(Code::LimitLength))] {
            let signatures = "x".repeat(length);
            let bytes = Command::Anchor { generation: 1, size, signatures: &signatures }.encode();
            assert_eq!(Command::parse(&bytes).err().map(|error| error.code()), expected, "{length}");
        }
    }

    #[test]
    fn answers_are_read_as_they_were_written() {
        let answer = |outcome, repeated| Answer { request_id: RequestId::new([1; 16]), outcome, repeated };
        let answers = [
            answer(Outcome::Sequenced { first: 3, count: 64 }, true),
            answer(Outcome::Refused { code: Code::ConflictStatement, entry: 2 }, false),
            answer(Outcome::Changed { version: 7 }, false),
        ];
        let bytes = Answer::encode_all(&answers);
        assert_eq!(Answer::parse_all(&bytes).as_deref(), Ok(answers.as_slice()));
        assert!((0..bytes.len()).all(|length| Answer::parse_all(&bytes[..length]).is_err()));
    }
}
