//! What the nodes of a log say of themselves, side by side: whether they agree, and how many more may fail.
//!
//! It believes what the nodes say, for it serves those who run them. Whoever does not run them verifies bundles.

mod contradictions;

use crate::error::{Error, Result};
use crate::http::{HttpClient, NoReply, Patience};
use crate::service::{NodeRole, NodeStatus, Trouble, Voice};
use crate::{advertise, client};
use ct_core::{Class, Code};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::thread;
use std::time::Duration;

/// A node that was asked, and what it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The number of its folder, if a directory was named.
    pub folder: Option<u64>,
    /// Its URL; empty if it has none now.
    pub address: String,
    /// Its answer, or why there is none.
    pub answer: Result<NodeStatus>,
}

/// What all nodes said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// In the order in which they were named.
    pub nodes: Vec<Asked>,
}

/// What follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What cannot be true at once, or what a node has found of itself.
    pub contradictions: Vec<Error>,
    /// The members that vote, by the node that knows most.
    pub voters: BTreeSet<u64>,
    /// The members that catch up and do not vote yet, by the same node.
    pub learners: BTreeSet<u64>,
    /// Those that vote, answered, run, and are in the newest term.
    pub well: BTreeSet<u64>,
    /// The node that leads in the newest term.
    pub leader: Option<u64>,
}

impl Survey {
    /// Asks these nodes all at once, each with its time: URLs, or directories with a log's nodes in them.
    ///
    /// # Errors
    /// `usage.arguments` for an address that is none; `io.*` for a directory without nodes. A node that does not answer
    /// is no error.
    pub fn ask(places: &[String]) -> Result<Self> {
        let mut asked: Vec<(Option<u64>, Result<String>)> = Vec::new();
        for place in places {
            let found = if place.contains("://") {
                vec![(None, Ok(client::usable(place)?))]
            } else {
                advertise::nodes(Path::new(place))?.into_iter().map(|(number, url)| (Some(number), url)).collect()
            };
            for (folder, url) in found {
                if !asked.iter().any(|(_, known)| known.is_ok() && *known == url) {
                    asked.push((folder, url));
                }
            }
        }
        let http = HttpClient::new(PATIENCE);
        let ask = |url: &str| ask(&http, url);
        let nodes = thread::scope(|scope| {
            let threads: Vec<_> = asked
                .into_iter()
                .map(|(folder, url)| {
                    let address = url.clone().unwrap_or_default();
                    (folder, address, scope.spawn(move || ask(&url?)))
                })
                .collect();
            let defect = |_| Err(Error::new(Code::Internal, "", "a question ended unexpectedly", "report this"));
            let join = |(folder, address, thread): (_, _, thread::ScopedJoinHandle<'_, _>)| Asked {
                folder,
                address,
                answer: thread.join().unwrap_or_else(defect),
            };
            threads.into_iter().map(join).collect()
        });
        Ok(Self { nodes })
    }

    /// Compares the answers.
    #[must_use]
    pub fn judge(&self) -> Verdict {
        let answers: Vec<&NodeStatus> = self.nodes.iter().filter_map(|asked| asked.answer.as_ref().ok()).collect();
        let newest =
            answers.iter().map(|status| &status.standing).max_by_key(|standing| (standing.term, standing.applied));
        let term = newest.map(|newest| newest.term);
        let members = |voice| {
            let members = newest.iter().flat_map(|newest| &newest.members).filter(move |member| member.voice == voice);
            members.map(|member| member.node).collect::<BTreeSet<u64>>()
        };
        let (mut voters, learners) = (members(Voice::Voter), members(Voice::Learner));
        // A node that is alone names no members.
        voters.extend(newest.filter(|newest| newest.members.is_empty()).map(|newest| newest.node));
        let current = || answers.iter().map(|status| &status.standing).filter(|standing| Some(standing.term) == term);
        let runs = |role| matches!(role, NodeRole::Leads | NodeRole::Follows);
        let well = current().filter(|standing| runs(standing.role)).map(|standing| standing.node);
        let well = well.filter(|node| voters.contains(node)).collect();
        let leader = current().find(|standing| standing.role == NodeRole::Leads).map(|standing| standing.node);
        let mut contradictions = contradictions::of(&answers);
        let refusals = self.nodes.iter().filter_map(|asked| asked.answer.as_ref().err());
        contradictions.extend(refusals.filter(|error| error.code().class() == Class::Invalid).cloned());
        Verdict { contradictions, voters, learners, well, leader }
    }

    /// The answers and the verdict, for programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let node = |asked: &Asked| match &asked.answer {
            Ok(status) => json!({"address": asked.address, "status": status}),
            Err(error) => json!({"address": asked.address, "error": Trouble::of(error)}),
        };
        let verdict = self.judge();
        let code = verdict.error().map_or(Code::Ok, |error| error.code());
        json!({
            "nodes": self.nodes.iter().map(node).collect::<Vec<_>>(),
            "code": code.as_str(),
            "voters": verdict.voters,
            "learners": verdict.learners,
            "well": verdict.well,
            "leader": verdict.leader,
            "may_fail": verdict.may_fail(),
            "contradictions": verdict.contradictions.iter().map(Trouble::of).collect::<Vec<_>>(),
        })
    }
}

impl Verdict {
    /// How many of those that are well may fail before nothing is recorded any more; `None` if too few are well
    /// already.
    #[must_use]
    pub fn may_fail(&self) -> Option<usize> {
        if self.voters.is_empty() { None } else { self.well.len().checked_sub(majority(self.voters.len())) }
    }

    /// Why the log is not known to be well: a contradiction, else that too few nodes are, or that none leads.
    #[must_use]
    pub fn error(&self) -> Option<Error> {
        if let Some(first) = self.contradictions.first() {
            return Some(first.clone());
        }
        let (well, voters) = (self.well.len(), self.voters.len());
        if self.may_fail().is_none() {
            let what = match voters {
                0 => "no node has answered".to_owned(),
                _ => format!("{well} of {voters} voting members are well, and {} must be", majority(voters)),
            };
            return Some(Error::new(Code::IncompleteNode, "the log", what, "start the others, and look at their logs"));
        }
        if self.leader.is_none() {
            let what = "no node leads at the moment";
            return Some(Error::new(Code::NotLeaderNode, "the log", what, "ask again in some seconds"));
        }
        None
    }
}

/// What the node with this URL says of itself, asked once.
///
/// # Errors
/// `io.network`; what it refuses with.
pub(crate) fn ask(http: &HttpClient, url: &str) -> Result<NodeStatus> {
    let reply = http.get(&format!("{url}/v1/status"), MAX_STATUS_BYTES).map_err(NoReply::into_error)?;
    if reply.status == 200 { NodeStatus::parse(&reply.body, url) } else { Err(client::refusal(&reply, url)) }
}

/// How many of so many voting members must agree.
#[must_use]
pub const fn majority(voters: usize) -> usize {
    voters / 2 + 1
}

/// One node's time.
const PATIENCE: Patience =
    Patience { connect: Duration::from_secs(2), read: Duration::from_secs(3), total: Duration::from_secs(4) };
/// Nine members, and the rest.
const MAX_STATUS_BYTES: usize = 65_536;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::Member;
    use crate::service::{History, LogStanding, MemberStanding, Standing, Tree};
    use ct_core::Hash;

    fn tree(size: u64, root: &str) -> Tree {
        Tree { size, root: Hash::of(root.as_bytes()) }
    }

    fn member(node: u64, voice: Voice) -> MemberStanding {
        MemberStanding::new(Member { node, key: [1; 32], address: String::new() }, voice)
    }

    /// Node `node` of three, in term 2, of which the first leads; all have the same.
    fn status(node: u64) -> NodeStatus {
        let standing = Standing {
            node,
            role: if node == 1 { NodeRole::Leads } else { NodeRole::Follows },
            term: 2,
            leader: None,
            last: Some(9),
            applied: Some(9),
            purged: None,
            members: (1..=3).map(|node| member(node, Voice::Voter)).collect(),
            halted: None,
        };
        let log = LogStanding {
            origin: "log.example".to_owned(),
            generation: 1,
            tree: tree(7, "seven"),
            sealed: tree(6, "six"),
            published: Some(tree(5, "five")),
            history: History { at: Hash::of(b"9"), hash: Hash::of(b"all nine") },
        };
        NodeStatus { version: "1".to_owned(), standing, log: Some(log) }
    }

    fn judged(change: impl FnOnce(&mut [NodeStatus; 3])) -> Verdict {
        let mut nodes = [status(1), status(2), status(3)];
        change(&mut nodes);
        let asked = |status: NodeStatus| Asked { folder: None, address: String::new(), answer: Ok(status) };
        Survey { nodes: nodes.into_iter().map(asked).collect() }.judge()
    }

    fn code(change: impl FnOnce(&mut [NodeStatus; 3], fn(&mut NodeStatus) -> &mut LogStanding)) -> Code {
        let verdict = judged(|nodes| change(nodes, |node| node.log.as_mut().unwrap()));
        verdict.error().map_or(Code::Ok, |error| error.code())
    }

    // R11.5, R15.3, R12.5: each contradiction by its code; and what is none.
    #[test]
    fn each_contradiction_is_told_by_its_code() {
        assert_eq!(code(|_, _| {}), Code::Ok);
        assert_eq!(code(|nodes, log| log(&mut nodes[2]).published = Some(tree(5, "x"))), Code::EquivocationCheckpoint);
        assert_eq!(code(|nodes, log| log(&mut nodes[2]).published = Some(tree(6, "x"))), Code::TamperedState);
        assert_eq!(code(|nodes, log| log(&mut nodes[1]).tree = tree(7, "x")), Code::TamperedState);
        assert_eq!(code(|nodes, log| log(&mut nodes[1]).sealed = tree(6, "x")), Code::TamperedState);
        assert_eq!(code(|nodes, log| log(&mut nodes[1]).history.hash = Hash::of(b"x")), Code::TamperedState);
        assert_eq!(code(|nodes, _| nodes[1].standing.role = NodeRole::Leads), Code::TamperedState);
        assert_eq!(code(|nodes, log| log(&mut nodes[1]).origin = "other.example".to_owned()), Code::UsageArguments);
        let halted = |code| Some(Trouble { code, message: "it".to_owned() });
        assert_eq!(code(|nodes, _| nodes[2].standing.halted = halted(Code::TamperedWal)), Code::TamperedWal);
        // One that is behind, one that was not there for a term, a full disk: nothing contradicts.
        assert_eq!(
            code(|nodes, log| *log(&mut nodes[1]) = LogStanding {
                tree: tree(6, "six"),
                history: History { at: Hash::of(b"8"), hash: Hash::of(b"x") },
                published: None,
                ..status(2).log.unwrap()
            }),
            Code::Ok
        );
        assert_eq!(code(|nodes, _| (nodes[1].standing.role, nodes[1].standing.term) = (NodeRole::Leads, 1)), Code::Ok);
        assert_eq!(code(|nodes, _| nodes[2].standing.halted = halted(Code::IoLogPoisoned)), Code::Ok);
        // A node without a log yet.
        assert_eq!(code(|nodes, _| nodes[2].log = None), Code::Ok);
    }

    // R11.4: who counts, and who is well.
    #[test]
    fn a_majority_is_one_of_the_members_that_vote() {
        let told = |verdict: &Verdict| {
            (
                verdict.well.iter().copied().collect::<Vec<_>>(),
                verdict.may_fail(),
                verdict.error().map(|error| error.code()),
            )
        };
        assert_eq!(told(&judged(|_| {})), (vec![1, 2, 3], Some(1), None));
        for role in [NodeRole::Halted, NodeRole::Recovering] {
            assert_eq!(told(&judged(|nodes| nodes[2].standing.role = role)), (vec![1, 2], Some(0), None));
        }
        assert_eq!(told(&judged(|nodes| nodes[2].standing.term = 1)), (vec![1, 2], Some(0), None));
        let one_left = judged(|nodes| nodes[1..].iter_mut().for_each(|node| node.standing.term = 1));
        assert_eq!(told(&one_left), (vec![1], None, Some(Code::IncompleteNode)));
        // The newest says who the members are: two learners do not count.
        let learners = judged(|nodes| {
            nodes[0].standing.members =
                vec![member(1, Voice::Voter), member(2, Voice::Learner), member(3, Voice::Learner)];
            nodes[0].standing.applied = Some(10);
        });
        assert_eq!(told(&learners), (vec![1], Some(0), None));
        assert_eq!(learners.learners, BTreeSet::from([2, 3]));
        let nobody = judged(|nodes| nodes[0].standing.role = NodeRole::Follows);
        assert_eq!(told(&nobody), (vec![1, 2, 3], Some(1), Some(Code::NotLeaderNode)));
        // An old leader is none.
        let old = judged(|nodes| nodes[1..].iter_mut().for_each(|node| node.standing.term = 3));
        assert_eq!((old.leader, told(&old)), (None, (vec![2, 3], Some(0), Some(Code::NotLeaderNode))));
        let alone = Survey {
            nodes: vec![Asked {
                folder: None,
                address: String::new(),
                answer: Ok(NodeStatus {
                    standing: Standing { members: Vec::new(), ..status(1).standing },
                    ..status(1)
                }),
            }],
        };
        assert_eq!(told(&alone.judge()), (vec![1], Some(0), None));
        let silent = Survey {
            nodes: vec![Asked {
                folder: None,
                address: String::new(),
                answer: Err(Error::new(Code::IoNetwork, "", "", "")),
            }],
        };
        assert_eq!(told(&silent.judge()), (vec![], None, Some(Code::IncompleteNode)));
        let damaged = Survey {
            nodes: vec![Asked {
                folder: None,
                address: String::new(),
                answer: Err(Error::new(Code::TamperedState, "", "", "")),
            }],
        };
        assert_eq!(told(&damaged.judge()), (vec![], None, Some(Code::TamperedState)));
    }

    // R7.1, R7.6: an answer is read as it was written, and with fields that nobody knows yet.
    #[test]
    fn a_status_is_read_as_it_was_written() {
        let mut halted = status(2);
        halted.standing.halted = Some(Trouble { code: Code::TamperedState, message: "x".to_owned() });
        for status in [status(1), halted, NodeStatus { log: None, ..status(3) }] {
            let mut value = serde_json::to_value(&status).unwrap();
            value.as_object_mut().unwrap().insert("newer".to_owned(), json!(1));
            assert_eq!(NodeStatus::parse(value.to_string().as_bytes(), "a"), Ok(status));
        }
        for bad in ["", "{}", "[]", "{\"node\":\"x\"}"] {
            assert_eq!(
                NodeStatus::parse(bad.as_bytes(), "a").map_err(|error| error.code()),
                Err(Code::IoNetwork),
                "{bad}"
            );
        }
    }
}
