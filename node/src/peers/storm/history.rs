//! What was called, what arrived, and what came back.

use crate::peers::MessageKind;
use ct_core::Code;
use std::fmt;
use std::time::Duration;

/// Something that an invariant may speak of. Nodes, their lives and calls have numbers.
#[derive(Clone, Debug)]
pub(super) enum Event {
    /// A host begins to run, with the key that the others know or with another.
    Start { node: u64, life: u64, key: Key },
    /// What goes wrong, or is mended.
    Weather(String),
    /// A node calls another.
    Ask(Call),
    /// A message reached whoever answers, as one from this node.
    Arrive { node: u64, from: u64, kind: MessageKind, bytes: usize, call: Option<u64> },
    /// What was begun for such a message is over, or was given up.
    Finish { node: u64, from: u64, kind: MessageKind },
    /// What became of a call.
    End { call: u64, outcome: Outcome },
    /// How often a node has dialled another, that did not run, within the time that [`super::AWAY`] is.
    Dial { node: u64, away: u64, times: u64 },
    /// From now on nothing is in the way.
    Heal,
    /// A node has got an answer since then.
    Reach { from: u64, to: u64, kind: MessageKind },
    /// Connections that a node's server holds, a while after the last call.
    Hold { node: u64, connections: usize },
    /// The same, so long after the last call that none may be left.
    Idle { node: u64, connections: usize },
    /// A host has ended as it should: what its server has left behind, and who else still holds what answers.
    Stop { node: u64, tasks: usize, holders: usize },
    /// A host was told to end, and has not.
    Hang { node: u64 },
}

/// The key that a host proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Own,
    Foreign,
}

/// What is asked, and what is to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) number: u64,
    pub(super) from: u64,
    pub(super) key: Key,
    pub(super) to: u64,
    pub(super) kind: MessageKind,
    pub(super) bytes: usize,
    pub(super) fate: Fate,
    /// The time that it is given.
    pub(super) within: Duration,
}

/// What the other node is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Reply with so many bytes.
    Reply(usize),
    /// Refuse with `incomplete.node`.
    Refuse,
    /// Nothing, because the request is longer than its kind allows.
    TooLong,
    /// Reply with more than the kind allows.
    ReplyTooLong(usize),
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The reply names this call and this node's life; `None` if it names nothing, or is garbled.
    Reply { bytes: usize, says: Option<Said> },
    /// With an error.
    Fail(Code, String),
    /// The caller did not wait for it.
    Leave,
}

/// What a reply says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) call: u64,
    pub(super) node: u64,
    pub(super) life: u64,
}

/// Events in order, each with the time since the run began.
#[derive(Default)]
pub(super) struct History(pub(super) Vec<(Duration, Event)>);

impl Call {
    /// The payload: its number where there is room for it, then one byte over and over.
    pub(super) fn request(&self) -> Vec<u8> {
        filled([self.number], self.bytes)
    }

    /// What is replied to it.
    pub(super) fn reply(&self, node: u64, life: u64) -> Vec<u8> {
        match self.fate {
            Fate::Reply(bytes) | Fate::ReplyTooLong(bytes) => filled([self.number, node, life], bytes),
            Fate::Refuse | Fate::TooLong => Vec::new(),
        }
    }
}

impl Said {
    /// What the reply to a call says, if every byte of it is as it should be.
    pub(super) fn parse(reply: &[u8]) -> Option<Self> {
        let number = |at: usize| Some(u64::from_be_bytes(*reply.get(8 * at..)?.first_chunk()?));
        let said = Self { call: number(0)?, node: number(1)?, life: number(2)? };
        (filled([said.call, said.node, said.life], reply.len()) == reply).then_some(said)
    }
}

/// The number at the beginning of a request.
pub(super) fn number_of(request: &[u8]) -> Option<u64> {
    request.first_chunk().map(|number| u64::from_be_bytes(*number))
}

fn filled<const N: usize>(head: [u64; N], bytes: usize) -> Vec<u8> {
    let mut payload = vec![u8::try_from(head[0] % 251).unwrap(); bytes];
    for (word, at) in head.into_iter().zip((0..).step_by(8)) {
        if let Some(room) = payload.get_mut(at..at + 8) {
            room.copy_from_slice(&word.to_be_bytes());
        }
    }
    payload
}

impl Event {
    /// For whoever looks for what went wrong.
    pub(super) fn line(&self, at: Duration) -> String {
        format!("{:>7} ms  {self:?}", at.as_millis())
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(at, event)| writeln!(f, "{}", event.line(*at)))
    }
}
