//! What must hold, whatever the network does: one function each, over everything that happened.

use super::history::{Call, Event, Fate, History, Key, Outcome, Said};
use super::{AWAY, LIMITS, NODES, PATIENCE, SOON};
use crate::peers::MessageKind;
use crate::peers::class::Class;
use crate::peers::frame::KINDS;
use ct_core::Code;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What is broken, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) invariant: &'static str,
    pub(super) how: String,
    /// Where in the history.
    pub(super) at: usize,
}

/// What breaks first in each of them.
pub(super) fn judge(history: &History) -> Vec<Broken> {
    let calls = Calls::of(history);
    ALL.iter()
        .filter_map(|(name, holds)| holds(history, &calls).err().map(|(at, how)| Broken { invariant: name, how, at }))
        .collect()
}

type Holds = Result<(), (usize, String)>;
type Invariant = fn(&History, &Calls) -> Holds;

const ALL: [(&str, Invariant); 12] = [
    ("ReplyIsToItsRequest", reply_is_to_its_request),
    ("KindsKeepTheirOrder", kinds_keep_their_order),
    ("DeliveredOnce", delivered_once),
    ("OneAtATime", one_at_a_time),
    ("OnlyMembersAreHeard", only_members_are_heard),
    ("LimitsHold", limits_hold),
    ("FailureHasItsReason", failure_has_its_reason),
    ("CallsEndInTime", calls_end_in_time),
    ("AwayIsLeftAlone", away_is_left_alone),
    ("HealedIsReached", healed_is_reached),
    ("OneConnectionEach", one_connection_each),
    ("NothingIsLeft", nothing_is_left),
];

/// The calls of a run by number, and the keys of the lives.
struct Calls {
    asked: BTreeMap<u64, (usize, Call)>,
    keys: BTreeMap<(u64, u64), Key>,
    /// When a host had another key than its own: first and last event.
    foreign: Vec<(u64, usize, usize)>,
}

impl Calls {
    fn of(history: &History) -> Self {
        let mut calls = Self { asked: BTreeMap::new(), keys: BTreeMap::new(), foreign: Vec::new() };
        for (at, (_, event)) in history.0.iter().enumerate() {
            match event {
                Event::Ask(call) => drop(calls.asked.insert(call.number, (at, *call))),
                Event::Start { node, life, key } => {
                    calls.keys.insert((*node, *life), *key);
                    // The life before is over.
                    for (_, _, last) in calls.foreign.iter_mut().filter(|(n, _, last)| n == node && *last == usize::MAX)
                    {
                        *last = at;
                    }
                    if *key == Key::Foreign {
                        calls.foreign.push((*node, at, usize::MAX));
                    }
                }
                _ => {}
            }
        }
        calls
    }

    fn ended<'a>(&'a self, history: &'a History) -> impl Iterator<Item = (usize, usize, &'a Call, &'a Outcome)> {
        history.0.iter().enumerate().filter_map(|(at, (_, event))| match event {
            Event::End { call, outcome } => self.asked.get(call).map(|(asked, call)| (at, *asked, call, outcome)),
            _ => None,
        })
    }

    /// Whether a key that is no member's was in play while this call was made.
    fn is_foreign(&self, call: &Call, asked: usize, ended: usize) -> bool {
        let met = |(node, first, last): &(u64, usize, usize)| *node == call.to && *first < ended && *last > asked;
        call.key == Key::Foreign || self.foreign.iter().any(met)
    }
}

/// Each message that arrived, with its call if it names one.
fn arrived<'a>(history: &'a History) -> impl Iterator<Item = (usize, u64, u64, MessageKind, usize, Option<u64>)> + 'a {
    history.0.iter().enumerate().filter_map(|(at, (_, event))| match event {
        Event::Arrive { node, from, kind, bytes, call } => Some((at, *node, *from, *kind, *bytes, *call)),
        _ => None,
    })
}

/// A reply is the one that was made for this call, by the node that was called.
fn reply_is_to_its_request(history: &History, calls: &Calls) -> Holds {
    for (at, _, call, outcome) in calls.ended(history) {
        let Outcome::Reply { bytes, says } = outcome else { continue };
        let is_named = says.is_some_and(|Said { call: number, node, .. }| (number, node) == (call.number, call.to));
        if call.fate != Fate::Reply(*bytes) || (*bytes > 0 && !is_named) {
            return Err((at, format!("{call:?} was answered with {bytes} bytes that say {says:?}")));
        }
    }
    Ok(())
}

/// Messages of one kind from one node to another arrive in the order of the calls, or not at all.
fn kinds_keep_their_order(history: &History, _: &Calls) -> Holds {
    let mut last = BTreeMap::new();
    for (at, node, from, kind, _, call) in arrived(history) {
        let Some(call) = call else { continue };
        if let Some(before) = last.insert((node, from, kind), call).filter(|before| *before > call) {
            return Err((at, format!("at node {node}, {kind:?} {call} of node {from} came after {before}")));
        }
    }
    Ok(())
}

/// No call arrives twice: nobody but its caller knows whether it may be made again.
fn delivered_once(history: &History, _: &Calls) -> Holds {
    let mut seen = BTreeSet::new();
    for (at, node, .., call) in arrived(history) {
        if call.is_some_and(|call| !seen.insert(call)) {
            return Err((at, format!("call {call:?} arrived at node {node} again")));
        }
    }
    Ok(())
}

/// While something is done for a member, nothing else of the same class is begun for it: not even on a newer connection.
fn one_at_a_time(history: &History, _: &Calls) -> Holds {
    let mut begun: BTreeMap<(u64, u64, Class), MessageKind> = BTreeMap::new();
    for (at, (_, event)) in history.0.iter().enumerate() {
        match event {
            Event::Arrive { node, from, kind, .. } => {
                if let Some(other) = begun.insert((*node, *from, kind.class()), *kind) {
                    return Err((at, format!("at node {node}, {kind:?} of node {from} began during {other:?}")));
                }
            }
            Event::Finish { node, from, kind } => drop(begun.remove(&(*node, *from, kind.class()))),
            _ => {}
        }
    }
    Ok(())
}

/// What arrives was sent by the member in whose name it arrives, with the key that it has; and nobody else answers.
fn only_members_are_heard(history: &History, calls: &Calls) -> Holds {
    for (at, node, from, kind, bytes, call) in arrived(history) {
        let Some(number) = call else {
            // Too short to say which call it is.
            if bytes < 8 {
                continue;
            } else {
                return Err((at, format!("{bytes} garbled bytes arrived at node {node}")));
            }
        };
        let (_, call) = calls.asked[&number];
        if (call.from, call.to, call.kind, call.bytes, call.key) != (from, node, kind, bytes, Key::Own) {
            return Err((at, format!("{call:?} arrived at node {node} as {kind:?} of node {from}")));
        }
    }
    for (at, _, call, outcome) in calls.ended(history) {
        let Outcome::Reply { says: Some(said), .. } = outcome else { continue };
        if calls.keys.get(&(said.node, said.life)) != Some(&Key::Own) {
            return Err((at, format!("{call:?} was answered by {said:?}, which had another key")));
        }
    }
    Ok(())
}

/// What is longer than its kind allows does not arrive. That it is not answered either, every reply is judged by.
fn limits_hold(history: &History, calls: &Calls) -> Holds {
    for (at, node, .., call) in arrived(history) {
        let call = call.and_then(|number| calls.asked.get(&number));
        if let Some((_, call)) = call.filter(|(_, call)| call.fate == Fate::TooLong) {
            return Err((at, format!("{call:?} arrived at node {node}")));
        }
    }
    Ok(())
}

/// A network that loses and delays, and hosts that end, are `io.network`; nobody is accused of what he has not done.
fn failure_has_its_reason(history: &History, calls: &Calls) -> Holds {
    for (at, asked, call, outcome) in calls.ended(history) {
        let Outcome::Fail(code, text) = outcome else { continue };
        let has_reason = match code {
            Code::IoNetwork => true,
            Code::UnknownPeer => calls.is_foreign(call, asked, at),
            Code::LimitFrameSize => matches!(call.fate, Fate::TooLong | Fate::ReplyTooLong(_)),
            Code::IncompleteNode => call.fate == Fate::Refuse,
            _ => false,
        };
        if !has_reason {
            return Err((at, format!("{call:?} failed with {}: {text}", code.as_str())));
        }
    }
    Ok(())
}

/// A call ends within the time that it was given.
fn calls_end_in_time(history: &History, calls: &Calls) -> Holds {
    for (at, asked, call, outcome) in calls.ended(history) {
        let (Some((ended, _)), Some((asked, _))) = (history.0.get(at), history.0.get(asked)) else { continue };
        let took = ended.saturating_sub(*asked);
        if took > call.within + SLACK {
            return Err((at, format!("{call:?} took {took:?}: {outcome:?}")));
        }
    }
    Ok(())
}

/// However often a node is called that does not run, it is not dialled often.
fn away_is_left_alone(history: &History, _: &Calls) -> Holds {
    for (at, (_, event)) in history.0.iter().enumerate() {
        match event {
            Event::Dial { node, away, times } if *times > MOST_DIALS => {
                return Err((at, format!("in {AWAY:?} node {node} has dialled node {away} {times} times")));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Once nothing is in the way, every node soon gets an answer from every other, to every kind of message.
fn healed_is_reached(history: &History, _: &Calls) -> Holds {
    let is_heal = |(_, event): &(Duration, Event)| matches!(event, Event::Heal);
    let Some(healed) = history.0.iter().position(is_heal) else { return Ok(()) };
    let (since, _) = &history.0[healed];
    let mut wanted: BTreeSet<(u64, u64, MessageKind)> = NODES
        .flat_map(|from| NODES.filter(move |to| *to != from).map(move |to| (from, to)))
        .flat_map(|(from, to)| KINDS.map(|kind| (from, to, kind)))
        .collect();
    for (when, event) in history.0.iter().skip(healed) {
        match event {
            Event::Reach { from, to, kind } if *when <= *since + SOON => drop(wanted.remove(&(*from, *to, *kind))),
            _ => {}
        }
    }
    match wanted.first() {
        None => Ok(()),
        Some(missing) => Err((healed, format!("{SOON:?} later, {missing:?} and {} more are not", wanted.len() - 1))),
    }
}

/// A node has one connection of each class from each member, and when nobody calls, soon none.
fn one_connection_each(history: &History, _: &Calls) -> Holds {
    for (at, (_, event)) in history.0.iter().enumerate() {
        match event {
            Event::Hold { node, connections } if *connections != EACH => {
                return Err((at, format!("node {node} holds {connections} connections instead of {EACH}")));
            }
            Event::Idle { node, connections } if *connections != 0 => {
                return Err((at, format!("node {node} still holds {connections} connections")));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A server that ends leaves no task and no one who could still answer, and it ends in time.
fn nothing_is_left(history: &History, _: &Calls) -> Holds {
    for (at, (_, event)) in history.0.iter().enumerate() {
        match event {
            Event::Stop { node, tasks, holders } if (*tasks, *holders) != (0, 1) => {
                return Err((at, format!("node {node} leaves {tasks} tasks, and {holders} hold what answers")));
            }
            Event::Hang { node } => return Err((at, format!("node {node} does not end"))),
            _ => {}
        }
    }
    Ok(())
}

/// Each class at once, after at least 25, 50, 100, 200 and 400 milliseconds, and then every half second.
const MOST_DIALS: u64 = 3 * (6 + 2 * AWAY.as_secs());
/// Of a clock that goes in steps.
const SLACK: Duration = Duration::from_millis(10);
/// Two members, three classes.
const EACH: usize = 6;
// Whoever rests is not taken for idle.
const _: () = assert!(PATIENCE.as_secs() + LIMITS.handshake.as_secs() < LIMITS.idle.as_secs());
