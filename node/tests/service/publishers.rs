//! Several nodes of one log in this process: real files, and commands that all of them apply in one order.

use crate::running::{Witnesses, becomes, metrics, opened, witnesses};
use crate::town::{ORIGIN, Town, at, directory};
use ct_core::{Code, ConsistencyProof, SignatureLine, TreeSize};
use ct_node::command::Command;
use ct_node::envelope::{MessageType, Outgoing, RequestId, submission};
use ct_node::machine::{StateMachine, StateReader};
use ct_node::service::{
    Cosign, EntrySource, Leadership, Propose, Published, Publisher, PublisherParts, PublisherSettings, ServiceMetrics,
};
use ct_node::{Error, LogSigner, Publication, Result, SignedCheckpoint};
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Where the node that leads ceases to lead, the next time that it comes there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Its seal is applied, and it does not hear of it.
    AfterSeal,
    /// It has signed, and no witness has been asked.
    AfterSign,
    /// The witnesses have cosigned, and it does not hear of it.
    AfterCosign,
    /// It has heard of it, and cannot have it committed.
    BeforeAnchor,
    /// It is final, and nobody has published it.
    AfterAnchor,
}

/// Whom the node that leads can reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Reach {
    #[default]
    Majority,
    /// What is proposed is not committed, and nobody can say so.
    Minority,
    /// Nobody even answers.
    Silence,
}

/// What consensus is to the nodes: one order of commands, and one node that leads.
#[derive(Default)]
pub(crate) struct Order {
    commands: Vec<Vec<u8>>,
    nodes: Vec<Follower>,
    /// `None`: nobody.
    pub(crate) leader: Option<usize>,
    pub(crate) term: u64,
    pub(crate) fault: Option<Fault>,
    /// Whom the node that leads can reach.
    pub(crate) reach: Reach,
    /// Through what each node that was started proposes.
    pub(crate) seated: Vec<Weak<dyn Propose>>,
    /// Proposals that nobody answers.
    pub(crate) unanswered: usize,
    /// Who has asked the witnesses, with which size.
    pub(crate) asked: Vec<(usize, u64)>,
}

struct Follower {
    machine: StateMachine,
    applied: usize,
    /// It hears of nothing.
    away: bool,
}

impl Order {
    /// The answers of the nodes that hear of it.
    fn commit(&mut self, command: Vec<u8>) -> Vec<Option<Vec<u8>>> {
        self.commands.push(command);
        (0..self.nodes.len()).map(|node| self.deliver(node)).collect()
    }

    /// Applies what this node has not applied yet, in one transaction; its last answer.
    fn deliver(&mut self, node: usize) -> Option<Vec<u8>> {
        let follower = &mut self.nodes[node];
        if follower.away {
            return None;
        }
        let commands = self.commands[follower.applied..].iter().map(Vec::as_slice);
        let answers = follower.machine.apply(commands, b"x").unwrap();
        follower.applied = self.commands.len();
        answers.into_iter().last()
    }

    /// Another node leads from now on, if this is where that was to happen.
    fn falls(&mut self, fault: Fault) -> bool {
        let falls = self.fault == Some(fault);
        if falls {
            self.fault = None;
            self.leader = self.leader.map(|leader| (leader + 1) % self.nodes.len());
            self.term += 1;
        }
        falls
    }
}

fn lost(code: Code) -> Error {
    Error::new(code, "this node", "leads no longer", "ask the one that does")
}

/// The order, as one node sees it.
struct Seat {
    order: Arc<Mutex<Order>>,
    node: usize,
}

impl Propose for Seat {
    fn propose(&self, command: Vec<u8>) -> Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send + '_>> {
        let mut order = self.order.lock().unwrap();
        let (before, after) = match Command::parse(&command).unwrap() {
            Command::Seal(_) => (None, Some(Fault::AfterSeal)),
            Command::Anchor { .. } => (Some(Fault::BeforeAnchor), Some(Fault::AfterAnchor)),
            _ => (None, None),
        };
        if order.leader != Some(self.node) || before.is_some_and(|fault| order.falls(fault)) {
            return Box::pin(async { Err(lost(Code::NotLeaderNode)) });
        }
        match order.reach {
            Reach::Majority => {}
            Reach::Minority => return Box::pin(async { Err(lost(Code::UnknownOutcome)) }),
            Reach::Silence => {
                order.unanswered += 1;
                return Box::pin(std::future::pending());
            }
        }
        let answer = order.commit(command).swap_remove(self.node).unwrap();
        if after.is_some_and(|fault| order.falls(fault)) {
            return Box::pin(async { Err(lost(Code::UnknownOutcome)) });
        }
        Box::pin(async { Ok(answer) })
    }

    fn leadership(&self) -> Leadership {
        let order = self.order.lock().unwrap();
        match order.leader {
            Some(leader) if leader == self.node => Leadership::Leads { term: order.term },
            _ => Leadership::Follows { leader: None },
        }
    }
}

/// The witnesses, as one node sees them: only the node that leads asks, and only what is sealed.
struct Desk {
    order: Arc<Mutex<Order>>,
    witnesses: Arc<Mutex<Witnesses>>,
    state: StateReader,
    node: usize,
}

impl Desk {
    fn ask(&self, signed: &SignedCheckpoint) -> Result<()> {
        let (size, root) = (signed.checkpoint().size(), signed.checkpoint().root());
        let mut order = self.order.lock().unwrap();
        order.asked.push((self.node, size.get()));
        let sealed = self.state.meta().unwrap().sealed;
        assert!(size < sealed.size || (size, root) == (sealed.size, sealed.root), "{size} was signed and not sealed");
        if order.falls(Fault::AfterSign) { Err(lost(Code::NotAnchoredQuorum)) } else { Ok(()) }
    }
}

impl Cosign for Desk {
    fn cosign(
        &mut self,
        signed: &SignedCheckpoint,
        consistency: &mut dyn FnMut(TreeSize) -> Result<ConsistencyProof>,
    ) -> Result<Vec<SignatureLine>> {
        self.ask(signed)?;
        let lines = self.witnesses.lock().unwrap().cosign(signed, consistency)?;
        if self.order.lock().unwrap().falls(Fault::AfterCosign) {
            Err(lost(Code::NotAnchoredQuorum))
        } else {
            Ok(lines)
        }
    }

    fn confirm(
        &mut self,
        signed: &SignedCheckpoint,
        consistency: &mut dyn FnMut(TreeSize) -> Result<ConsistencyProof>,
    ) -> Result<Vec<SignatureLine>> {
        self.ask(signed)?;
        self.witnesses.lock().unwrap().confirm(signed, consistency)
    }
}

pub(crate) struct Node {
    pub(crate) dir: TempDir,
    pub(crate) state: StateReader,
    pub(crate) metrics: Arc<ServiceMetrics>,
    pub(crate) publisher: Option<Publisher>,
}

impl Node {
    /// The published note; empty if there is none.
    pub(crate) fn checkpoint(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log/checkpoint")).unwrap_or_default()
    }

    pub(crate) fn failure(&self) -> Option<Code> {
        self.publisher.as_ref().unwrap().failure().borrow().as_ref().map(Error::code)
    }

    pub(crate) fn published(&self) -> Option<Published> {
        self.publisher.as_ref().unwrap().published().borrow().clone()
    }
}

pub(crate) struct Cluster {
    pub(crate) town: Town,
    pub(crate) nodes: Vec<Node>,
    order: Arc<Mutex<Order>>,
    pub(crate) witnesses: Arc<Mutex<Witnesses>>,
    runtime: Runtime,
    pub(crate) renewal: Duration,
    /// The last request ID.
    pub(crate) requests: u8,
    _memory: TempDir,
}

impl Cluster {
    /// So many nodes of a log with its genesis, none of which publishes yet; the first leads.
    pub(crate) fn new(count: usize) -> Self {
        let memory = directory();
        let town = Town::new();
        let witnesses = Arc::new(Mutex::new(witnesses(&town, memory.path())));
        let dirs = (0..count).map(|_| {
            let dir = directory();
            let signer = LogSigner::new(crate::running::copy(&town.log)).unwrap();
            drop(Publication::create(dir.path(), signer).unwrap());
            dir
        });
        let dirs = dirs.collect();
        let cluster = Self::of(town, dirs, witnesses, memory);
        cluster.order().commit(cluster.town.bootstrap());
        cluster
    }

    /// What lies in these directories, with these witnesses.
    pub(crate) fn of(town: Town, dirs: Vec<TempDir>, witnesses: Arc<Mutex<Witnesses>>, memory: TempDir) -> Self {
        let mut order = Order { leader: Some(0), term: 1, ..Order::default() };
        let mut nodes = Vec::new();
        for dir in dirs {
            let machine = StateMachine::open(&dir.path().join("state.redb")).unwrap();
            nodes.push(Node { dir, state: machine.reader(), metrics: metrics(), publisher: None });
            order.nodes.push(Follower { machine, applied: 0, away: false });
        }
        let (order, runtime) = (Arc::new(Mutex::new(order)), Runtime::new().unwrap());
        let renewal = Duration::from_secs(3_600);
        Self { town, nodes, order, witnesses, runtime, renewal, requests: 0, _memory: memory }
    }

    pub(crate) fn started(count: usize) -> Self {
        let mut cluster = Self::new(count);
        (0..count).for_each(|node| cluster.start(node));
        cluster
    }

    pub(crate) fn order(&self) -> MutexGuard<'_, Order> {
        self.order.lock().unwrap()
    }

    /// Starts what publishes on this node; it has others, who know nothing.
    pub(crate) fn start(&mut self, node: usize) {
        self.start_with(node, Some(Box::new(Nobody)));
    }

    pub(crate) fn start_with(&mut self, number: usize, source: Option<Box<dyn EntrySource>>) {
        let node = &mut self.nodes[number];
        let order = || Arc::clone(&self.order);
        let (state, witnesses) = (node.state.clone(), Arc::clone(&self.witnesses));
        let (interval, patience) = (Duration::from_millis(5), Duration::from_millis(10));
        let proposer: Arc<dyn Propose> = Arc::new(Seat { order: order(), node: number });
        self.order.lock().unwrap().seated.push(Arc::downgrade(&proposer));
        let parts = PublisherParts {
            publication: opened(&self.town, node.dir.path()),
            state: state.clone(),
            proposer,
            cosign: Box::new(Desk { order: order(), witnesses, state, node: number }),
            source,
            metrics: Arc::clone(&node.metrics),
            settings: PublisherSettings { interval, renewal: self.renewal, patience },
        };
        node.publisher = Some(Publisher::start(parts, self.runtime.handle().clone()).unwrap());
    }

    pub(crate) fn stop(&mut self, node: usize) {
        self.nodes[node].publisher.take().unwrap().stop();
    }

    /// Puts the state of this node on disk.
    pub(crate) fn persist(&self, node: usize) {
        self.order().nodes[node].machine.persist().unwrap();
    }

    /// This node hears of nothing.
    pub(crate) fn part(&self, node: usize) {
        self.order().nodes[node].away = true;
    }

    /// It hears of everything that it has missed, at once.
    pub(crate) fn rejoin(&self, node: usize) {
        let mut order = self.order();
        order.nodes[node].away = false;
        order.deliver(node);
    }

    /// A command that whoever leads has proposed.
    pub(crate) fn commit(&self, command: &Command<'_>) {
        self.order().commit(command.encode());
    }

    /// Replaces the state of a node.
    pub(crate) fn install(&self, node: usize, mut snapshot: &[u8]) {
        let mut order = self.order();
        let applied = order.commands.len();
        let follower = &mut order.nodes[node];
        follower.machine.install(&mut snapshot, b"x").unwrap();
        (follower.applied, follower.away) = (applied, false);
    }

    pub(crate) fn snapshot(&self, node: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.order().nodes[node].machine.view().unwrap().write_to(&mut bytes).unwrap();
        bytes
    }

    /// Has so many new statements committed; how many entries there are then.
    pub(crate) fn submit(&mut self, count: usize) -> u64 {
        let signed = self.town.issue(count, at(20));
        self.requests += 1;
        let payload = submission(signed.iter().map(|signed| signed.statement.as_slice()));
        let request_id = RequestId::new([self.requests; 16]);
        let outgoing = Outgoing { message_type: MessageType::Submit, request_id, payload: &payload };
        let request = outgoing.sign(ORIGIN, &self.town.client, at(20), &mut self.town.entropy).unwrap();
        self.commit(&Command::Batch { at: at(20), envelopes: vec![&request] });
        let sizes = self.order();
        let size = |follower: &Follower| follower.machine.reader().meta().unwrap().tree.size().get();
        sizes.nodes.iter().map(size).max().unwrap()
    }

    /// Waits until these nodes have published the same bytes, of this size; the note.
    pub(crate) fn agreed(&self, nodes: &[usize], size: u64) -> String {
        let notes = || nodes.iter().map(|node| self.nodes[*node].checkpoint()).collect::<Vec<_>>();
        let is_of_size = |note: &String| note.lines().nth(1) == Some(size.to_string().as_str());
        let agree = || {
            let notes = notes();
            notes.iter().all(|note| is_of_size(note) && *note == notes[0])
        };
        assert!(becomes(agree), "{size}: {:?} {:?}", notes(), self.order().asked);
        self.nodes[nodes[0]].checkpoint()
    }

    pub(crate) fn dir(&self, node: usize) -> &Path {
        self.nodes[node].dir.path()
    }
}

/// Others who have nothing.
struct Nobody;

impl EntrySource for Nobody {
    fn entries(&mut self, _: u64, _: usize) -> Result<Vec<Vec<u8>>> {
        Err(Error::new(Code::IoNetwork, "the others", "cannot be reached", "wait"))
    }

    fn distrust(&mut self) -> String {
        "nobody".to_owned()
    }
}
