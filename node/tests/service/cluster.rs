//! Several nodes of one log in this process: each with its own state, files and socket; consensus is one hand that
//! applies every command on all of them, and lets one node lead, or none.

use crate::running::{Running, copy, witnesses};
use crate::town::{Town, at, directory};
use ct_core::Code;
use ct_node::client::{Client, Persistence};
use ct_node::command::Command;
use ct_node::http::Patience;
use ct_node::machine::StateMachine;
use ct_node::peers::Member;
use ct_node::service::{
    Clock, Leadership, MemberChange, MemberStanding, NodeRole, Propose, Standing, StatusSource, Trouble, Voice,
};
use ct_node::{Entropy, Error, LogSigner, Publication, Result};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What becomes of the next commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Answered,
    /// Requests are committed, and no answer comes.
    Lost,
    /// The leader learns that it is none when it proposes.
    Deposed,
}

/// What tests decide.
pub(crate) struct Control {
    pub(crate) leader: Option<usize>,
    /// What followers say of the leader, if not the truth.
    pub(crate) hint: Option<String>,
    pub(crate) term: u64,
    pub(crate) fate: Fate,
    /// The members that do not vote; and those that are none, though they run.
    pub(crate) learners: Vec<u64>,
    pub(crate) removed: Vec<u64>,
    /// What the nodes say that they do, if not the truth; and why they have stopped.
    pub(crate) role: Option<NodeRole>,
    pub(crate) halted: Option<Trouble>,
    /// What changes of members are answered with.
    pub(crate) refuses: Option<Code>,
    /// The changes that were carried out, or refused.
    pub(crate) changes: Vec<MemberChange>,
    urls: Vec<String>,
    applied: u64,
    machines: Vec<StateMachine>,
}

pub(crate) struct Cluster {
    pub(crate) control: Arc<Mutex<Control>>,
    pub(crate) nodes: Vec<Running>,
}

/// One node's place in consensus.
struct Seat {
    control: Arc<Mutex<Control>>,
    number: usize,
}

impl Cluster {
    /// So many nodes, of which the first leads.
    pub(crate) fn start(count: usize) -> Self {
        let dirs: Vec<_> = (0..count).map(|_| directory()).collect();
        let town = Town::new();
        let machines = dirs.iter().map(|dir| {
            drop(Publication::create(dir.path(), LogSigner::new(copy(&town.log)).unwrap()).unwrap());
            crate::town::machine(&town, dir.path())
        });
        let machines: Vec<_> = machines.collect();
        let readers: Vec<_> = machines.iter().map(StateMachine::reader).collect();
        let (urls, changes) = (Vec::new(), Vec::new());
        let control = Control {
            leader: Some(0),
            hint: None,
            term: 1,
            fate: Fate::Answered,
            learners: Vec::new(),
            removed: Vec::new(),
            role: None,
            halted: None,
            refuses: None,
            changes,
            urls,
            applied: 0,
            machines,
        };
        let control = Arc::new(Mutex::new(control));
        let nodes = dirs.into_iter().zip(readers).enumerate().map(|(number, (dir, state))| {
            let town = Town::new();
            let cosign = Box::new(witnesses(&town, dir.path()));
            let seat = Seat { control: Arc::clone(&control), number };
            let node = Running::of_parts(town, dir, state, Arc::new(seat), cosign, standing(&control, number));
            control.lock().unwrap().urls.push(node.url.clone());
            node
        });
        let nodes = nodes.collect();
        Self { control, nodes }
    }

    pub(crate) fn set(&self, change: impl FnOnce(&mut Control)) {
        change(&mut self.control.lock().unwrap());
    }

    /// Another node leads from now on.
    pub(crate) fn elect(&self, leader: usize) {
        self.set(|control| {
            control.leader = Some(leader);
            control.term += 1;
            control.fate = Fate::Answered;
        });
    }

    /// A client that knows these nodes.
    pub(crate) fn client(&self, nodes: &[usize]) -> Client {
        let urls: Vec<_> = nodes.iter().map(|node| self.nodes[*node].url.clone()).collect();
        client(&urls, Duration::from_secs(20))
    }
}

/// A client that waits a second for an answer.
pub(crate) fn client(urls: &[String], total: Duration) -> Client {
    let attempt = Patience { total: Duration::from_secs(1), ..Patience::default() };
    let persistence = Persistence { attempt, total, ..Persistence::default() };
    let clock: Clock = Arc::new(|| at(20));
    Client::new(urls, persistence, clock, Entropy::from_os().unwrap()).unwrap()
}

fn standing(control: &Arc<Mutex<Control>>, number: usize) -> StatusSource {
    let control = Arc::clone(control);
    Arc::new(move || {
        let control = control.lock().unwrap();
        let number_of = |index: usize| u64::try_from(index).unwrap() + 1;
        let member = |index| {
            let member = Member { node: number_of(index), key: [7; 32], address: format!("10.0.0.{index}:7400") };
            let voice = if control.learners.contains(&member.node) { Voice::Learner } else { Voice::Voter };
            MemberStanding::new(member, voice)
        };
        let members = (0..control.machines.len()).map(member);
        let members = members.filter(|member| !control.removed.contains(&member.node)).collect();
        let role = if control.leader == Some(number) { NodeRole::Leads } else { NodeRole::Follows };
        Standing {
            node: number_of(number),
            role: control.role.unwrap_or(role),
            term: control.term,
            leader: control.leader.map(|leader| control.urls[leader].clone()),
            last: Some(control.applied),
            applied: Some(control.applied),
            purged: None,
            members,
            halted: control.halted.clone(),
        }
    })
}

fn not_leader() -> Error {
    Error::new(Code::NotLeaderNode, "this node", "does not lead", "ask another one")
}

impl Propose for Seat {
    fn propose(&self, command: Vec<u8>) -> Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send + '_>> {
        Box::pin(async move {
            let (fate, answer) = {
                let mut control = self.control.lock().unwrap();
                if control.leader != Some(self.number) || control.fate == Fate::Deposed {
                    return Err(not_leader());
                }
                control.applied += 1;
                let applied = control.applied.to_be_bytes();
                let answers = control
                    .machines
                    .iter_mut()
                    .map(|machine| machine.apply([command.as_slice()], &applied).map(|mut answers| answers.remove(0)));
                let answers: Vec<_> = answers.collect::<Result<_>>()?;
                assert!(answers.iter().all(|answer| *answer == answers[0]));
                (control.fate, answers.into_iter().next_back().unwrap())
            };
            if fate == Fate::Lost && matches!(Command::parse(&command)?, Command::Batch { .. }) {
                std::future::pending::<()>().await;
            }
            Ok(answer)
        })
    }

    fn leadership(&self) -> Leadership {
        let control = self.control.lock().unwrap();
        if control.leader == Some(self.number) {
            return Leadership::Leads { term: control.term };
        }
        let leader = control.hint.clone().or_else(|| control.leader.map(|leader| control.urls[leader].clone()));
        Leadership::Follows { leader }
    }

    fn catch_up(&self) -> Pin<Box<dyn Future<Output = Result<()>> + Send + '_>> {
        let leads = self.control.lock().unwrap().leader == Some(self.number);
        Box::pin(async move { if leads { Ok(()) } else { Err(not_leader()) } })
    }

    fn change_members(&self, change: MemberChange) -> Pin<Box<dyn Future<Output = Result<()>> + Send + '_>> {
        let mut control = self.control.lock().unwrap();
        if control.leader != Some(self.number) {
            return Box::pin(async { Err(not_leader()) });
        }
        control.changes.push(change);
        let refused = control.refuses.map(|code| Error::new(code, "the members", "cannot be changed so", "look"));
        Box::pin(async move { refused.map_or(Ok(()), Err) })
    }
}
