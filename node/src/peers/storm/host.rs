//! What a host runs: a node's ear and voice, and whoever uses them.

use super::history::{Call, Event, Fate, Key, Outcome, Said, number_of};
use super::shared::{Phase, Storm};
use super::{CONNECT, LIMITS, NODES, PATIENCE, PORT};
use crate::entropy::Entropy;
use crate::error::{Error, Result};
use crate::peers::frame::KINDS;
use crate::peers::{Dialer, FrameSigning, Identity, Member, MessageKind, Network, PeerServer, Receive};
use crate::simulation::chance::Chance;
use ct_core::limits::MAX_SMALL_FRAME_BYTES;
use ct_core::{Code, Timestamp};
use ct_keys::{KeyFile, Role};
use futures_util::future::join_all;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// A host's name in the simulation.
pub(super) fn name(node: u64) -> String {
    format!("node-{node}")
}

/// Runs until it is told to end, or its host crashes.
pub(super) async fn live(storm: Arc<Storm>, node: u64) -> turmoil::Result {
    let (life, key) = storm.begin(node);
    let own = identity(&storm, node, key);
    let ear = Arc::new(Ear { storm: Arc::clone(&storm), node, life });
    let server = PeerServer::bind((Ipv4Addr::UNSPECIFIED, PORT).into(), Arc::clone(&own), LIMITS)?;
    let entropy = storm.chance(&[node, life]).entropy();
    let voice = Voice {
        storm: Arc::clone(&storm),
        node,
        life,
        key,
        dialer: Dialer::new(own, BTreeMap::new(), CONNECT, entropy),
    };
    let receive: Arc<dyn Receive> = Arc::clone(&ear) as _;
    let (served, ()) = tokio::join!(server.serve(receive, ended(&storm, node)), voice.talk());
    served?;
    let tasks = storm.tasks(node);
    storm.tell(Event::Stop { node, tasks, holders: Arc::strong_count(&ear) });
    Ok(())
}

async fn ended(storm: &Storm, node: u64) {
    while storm.phase(node) != Phase::End {
        sleep(BEAT).await;
    }
}

/// Even seeds sign each frame.
fn identity(storm: &Storm, node: u64, key: Key) -> Arc<Identity> {
    let signing = if storm.seed.is_multiple_of(2) { FrameSigning::EveryFrame } else { FrameSigning::Channel };
    let clock = Arc::new(|| Timestamp::from_seconds(1_800_000_000).unwrap());
    Arc::new(Identity::new(node, key_file(node, key), signing, clock).unwrap())
}

fn key_file(node: u64, key: Key) -> KeyFile {
    let seed = match key {
        Key::Own => node,
        Key::Foreign => node + 100,
    };
    let id = format!("log.example/node-{node}#1").parse().unwrap();
    KeyFile::generate(Role::Tls, id, &[u8::try_from(seed).unwrap(); 32])
}

/// A node as the others know it.
fn member(node: u64) -> Member {
    let key = *key_file(node, Key::Own).public().verifying_key().as_bytes();
    Member { node, key, address: format!("{}:{PORT}", name(node)) }
}

/// Answers as the call itself wants to be answered.
struct Ear {
    storm: Arc<Storm>,
    node: u64,
    life: u64,
}

impl Receive for Ear {
    fn receive(
        &self,
        from: u64,
        kind: MessageKind,
        payload: Vec<u8>,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send + '_>> {
        Box::pin(async move {
            let call = number_of(&payload).and_then(|number| self.storm.asked(number));
            // What is garbled is nobody's call.
            let call = call.filter(|call| call.request() == payload);
            let (node, number) = (self.node, call.map(|call| call.number));
            self.storm.tell(Event::Arrive { node, from, kind, bytes: payload.len(), call: number });
            let _finish = Finish { storm: &self.storm, node, from, kind };
            let pace = self.storm.host(node, |host| host.pace);
            if !pace.is_zero() {
                sleep(pace).await;
            }
            match call {
                Some(Call { fate: Fate::Refuse, .. }) => {
                    Err(Error::new(Code::IncompleteNode, "this node", "was told to refuse", "ask for something else"))
                }
                Some(call) => Ok(call.reply(node, self.life)),
                None => Ok(Vec::new()),
            }
        })
    }

    fn member(&self, key: &[u8; 32]) -> Option<u64> {
        NODES.filter(|node| *node != self.node).find(|node| member(*node).key == *key)
    }
}

/// Tells that what was begun for a message is over, however it ends.
struct Finish<'a> {
    storm: &'a Storm,
    node: u64,
    from: u64,
    kind: MessageKind,
}

impl Drop for Finish<'_> {
    fn drop(&mut self) {
        self.storm.tell(Event::Finish { node: self.node, from: self.from, kind: self.kind });
    }
}

/// Calls the others.
struct Voice {
    storm: Arc<Storm>,
    node: u64,
    life: u64,
    key: Key,
    dialer: Dialer,
}

impl Voice {
    /// One for each kind of message to each member, all at once.
    async fn talk(&self) {
        let others: Vec<Member> = NODES.filter(|node| *node != self.node).map(member).collect();
        let lines = others.iter().flat_map(|to| KINDS.into_iter().map(move |kind| self.talk_to(to, kind)));
        let _: Vec<()> = join_all(lines).await;
    }

    async fn talk_to(&self, to: &Member, kind: MessageKind) {
        let place = KINDS.iter().position(|known| *known == kind).unwrap();
        let chance = self.storm.chance(&[self.node, self.life, to.node, u64::try_from(place).unwrap()]);
        let mut reached = false;
        sleep(Duration::from_millis(chance.among(1..20))).await;
        loop {
            match self.storm.phase(self.node) {
                Phase::Storm => {
                    // They are first polled in this order, and that is the order of the calls.
                    let burst = (0..chance.among(1..4)).map(|_| self.call(to, kind, &chance));
                    let _: Vec<()> = join_all(burst).await;
                    sleep(Duration::from_millis(chance.among(1..700))).await;
                }
                Phase::Away(node) if node == to.node => {
                    let _ = self.small(to, kind, AT_ONCE).await;
                }
                Phase::Probe if !reached => reached = self.probe(to, kind).await,
                Phase::Away(_) | Phase::Probe | Phase::Rest => sleep(BEAT).await,
                Phase::End => return,
            }
        }
    }

    /// A call of any size, given any time; some are given up before that.
    async fn call(&self, to: &Member, kind: MessageKind, chance: &Chance) {
        let (bytes, fate) = size_and_fate(kind, chance);
        let within = Duration::from_millis(chance.among(20..u64::try_from(PATIENCE.as_millis()).unwrap()));
        let call = self.ask(to, kind, bytes, fate, within);
        let is_large = bytes > MAX_SMALL_FRAME_BYTES;
        self.storm.host(to.node, |host| host.large += u64::from(is_large));
        let leaves = if chance.one_in(10) { within / 4 } else { 2 * PATIENCE };
        let result = timeout(leaves, self.dialer.call(to, kind, call.request(), within)).await;
        self.storm.host(to.node, |host| host.large = host.large.saturating_sub(u64::from(is_large)));
        self.end(&call, result.ok());
    }

    /// Whether a small call is answered.
    async fn probe(&self, to: &Member, kind: MessageKind) -> bool {
        let is_answered = self.small(to, kind, PATIENCE / 2).await;
        if is_answered {
            self.storm.host(self.node, |host| host.reached += 1);
            self.storm.tell(Event::Reach { from: self.node, to: to.node, kind });
        }
        is_answered
    }

    /// Whether a small call is answered in this time.
    async fn small(&self, to: &Member, kind: MessageKind, within: Duration) -> bool {
        let call = self.ask(to, kind, SMALL, Fate::Reply(SMALL), within);
        let result = self.dialer.call(to, kind, call.request(), within).await;
        let is_answered = result.is_ok();
        self.end(&call, Some(result));
        if !is_answered {
            sleep(BEAT).await;
        }
        is_answered
    }

    fn ask(&self, to: &Member, kind: MessageKind, bytes: usize, fate: Fate, within: Duration) -> Call {
        let (from, key, to) = (self.node, self.key, to.node);
        self.storm.ask(|number| Call { number, from, key, to, kind, bytes, fate, within })
    }

    fn end(&self, call: &Call, result: Option<Result<Vec<u8>>>) {
        let outcome = match result {
            None => Outcome::Leave,
            Some(Err(error)) => Outcome::Fail(error.code(), error.to_string()),
            Some(Ok(reply)) => Outcome::Reply { bytes: reply.len(), says: Said::parse(&reply) },
        };
        self.storm.host(self.node, |host| host.dialled = self.dialer.dialled());
        self.storm.tell(Event::End { call: call.number, outcome });
    }
}

/// From nothing to what just fits into a frame, and above.
fn size_and_fate(kind: MessageKind, chance: &Chance) -> (usize, Fate) {
    let (request, reply) = (size(kind.most_request_bytes(), chance), size(kind.most_reply_bytes(), chance));
    match chance.among(0..100) {
        0 => (kind.most_request_bytes() + 1, Fate::TooLong),
        1 => (request.max(NAMED), Fate::ReplyTooLong(kind.most_reply_bytes() + 1)),
        2..10 => (request.max(NAMED), Fate::Refuse),
        _ => (request, Fate::Reply(if request < NAMED { 0 } else { reply.max(NAMED) })),
    }
}

fn size(most: usize, chance: &Chance) -> usize {
    let some = |range| usize::try_from(chance.among(range)).unwrap();
    let large = if most > MAX_SMALL_FRAME_BYTES { 150 } else { 10 };
    match (chance.one_in(large), chance.among(0..10)) {
        (true, _) => most - AROUND - some(0..16),
        (false, 0) => 0,
        (false, 1..4) => some(1_000..40_000),
        (false, _) => some(1..300),
    }
}

/// How often a host looks whether it is to do something else.
const BEAT: Duration = Duration::from_millis(10);
/// The time for calls to a node that does not run.
const AT_ONCE: Duration = Duration::from_millis(100);
const SMALL: usize = 100;
/// Requests and replies that say which call they belong to have so many bytes.
const NAMED: usize = 24;
/// What a frame has besides its payload is less.
const AROUND: usize = 256;

impl Chance {
    fn entropy(&self) -> Entropy {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.among(0..u64::MAX).to_be_bytes());
        Entropy::from_seed(&seed)
    }
}
