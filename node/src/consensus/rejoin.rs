//! A node that has lost its log, or a part of it, under the number that it had before.
//!
//! It may have promised what it no longer knows: that it has an entry, or whom it votes for. So it must neither vote nor
//! confirm entries for a leader that may owe its election to a forgotten vote. It asks the others how far they are,
//! and takes part from a term that is beyond every one in which it can have voted: so many are asked that one of them
//! is in every majority that this node can have completed. Until it has applied an entry of such a term, and with it
//! everything that was committed before, it does not vote and does not stand for election. `docs/decisions` has the
//! argument.

use super::messages::{self, Standings};
use super::runtime::sleep;
use crate::durable;
use crate::error::{Error, Result};
use crate::peers::{Member, MessageKind, Network};
use ct_core::Code;
use futures_util::stream::{FuturesUnordered, StreamExt};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Whether this node may vote. Clones are the same one.
#[derive(Clone, Debug)]
pub(super) struct Gate(Arc<(AtomicU64, PathBuf)>);

impl Gate {
    /// As it was left.
    ///
    /// # Errors
    /// `io.*`; `tampered.state` if what was left cannot be read.
    pub(super) fn open_in(dir: &Path) -> Result<Self> {
        let path = dir.join(MARKER);
        let term = match fs::read_to_string(&path) {
            Ok(text) => text.trim().parse().map_err(|_| {
                let next = "remove the node's folder data, and start it again";
                Error::new(Code::TamperedState, crate::error::shown(&path), "is not a number", next)
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(Error::reading(&path, &error)),
        };
        Ok(Self(Arc::new((AtomicU64::new(term), path))))
    }

    /// The term up to which this node may have made promises that it has forgotten; `None` if there are none.
    pub(super) fn closed_at(&self) -> Option<u64> {
        Some(self.0.0.load(Ordering::Acquire)).filter(|term| *term > 0)
    }

    /// Shuts it, on disk when this returns.
    pub(super) fn shut(&self, term: u64) -> Result<()> {
        durable::replace(&self.0.1, format!("{term}\n").as_bytes())?;
        self.0.0.store(term, Ordering::Release);
        Ok(())
    }

    /// Opens it for good.
    pub(super) fn lift(&self) -> Result<()> {
        let path = &self.0.1;
        fs::remove_file(path).map_err(|source| Error::writing(path, &source))?;
        self.0.0.store(0, Ordering::Release);
        Ok(())
    }

    /// # Errors
    /// `incomplete.node` while it is shut.
    pub(super) fn check(&self) -> Result<()> {
        if self.closed_at().is_none() {
            return Ok(());
        }
        let what = "has lost its log and does not vote before it has caught up";
        Err(Error::new(Code::IncompleteNode, "this node", what, "let it run, with most of the others"))
    }
}

/// What the others answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Heard {
    /// The greatest term that any of them has seen.
    pub(super) term: u64,
    /// The configured members, and those that the others named: one of these may lead by now.
    pub(super) members: BTreeMap<u64, Member>,
}

/// Asks the others how far they are. Returns when enough of them have answered, however long that takes.
///
/// Enough in every list of members that any of them names, besides the configured one: this node may have promised
/// something to members that its configuration does not know yet. Whoever committed the next list was a majority of the one
/// before, so one of those who are asked names it.
pub(super) async fn ask(network: &Arc<dyn Network>, own: u64, configured: &BTreeMap<u64, Member>) -> Heard {
    let mut asking = Asking {
        own,
        known: configured.clone(),
        lists: BTreeSet::from([configured.keys().copied().collect()]),
        terms: BTreeMap::new(),
    };
    let mut told = false;
    loop {
        let before = asking.known.len();
        asking.round(network).await;
        if asking.lists.iter().all(|list| asking.is_enough(list)) {
            return Heard { term: asking.terms.into_values().max().unwrap_or(0), members: asking.known };
        }
        if asking.known.len() > before {
            continue;
        }
        if !told {
            told = true;
            let (error_code, missing) = (Code::IncompleteNode.as_str(), asking.missing());
            tracing::warn!(error_code, "this node has lost its log: more of the nodes {missing:?} must answer first");
        }
        sleep(PAUSE).await;
    }
}

/// What was heard so far.
struct Asking {
    own: u64,
    /// Whom there is to ask.
    known: BTreeMap<u64, Member>,
    /// The voters, by each list that somebody knows.
    lists: BTreeSet<BTreeSet<u64>>,
    terms: BTreeMap<u64, u64>,
}

impl Asking {
    /// Asks all who have not answered yet.
    async fn round(&mut self, network: &Arc<dyn Network>) {
        let silent = self.known.values().filter(|member| self.is_silent(member.node)).cloned();
        let ask = async |member: Member| {
            let reply = network.call(&member, MessageKind::Standing, Vec::new(), PATIENCE).await;
            reply.and_then(|reply| messages::decode_standings(&reply)).map(|standing| (member.node, standing))
        };
        let mut asked: FuturesUnordered<_> = silent.map(ask).collect();
        while let Some(answer) = asked.next().await {
            match answer {
                Ok((node, Standings { term, members, .. })) => {
                    self.terms.insert(node, term);
                    self.lists.extend(members.get_joint_config().iter().cloned());
                    for (node, member) in members.nodes() {
                        self.known.entry(*node).or_insert_with(|| member.clone());
                    }
                }
                Err(error) => tracing::debug!(error_code = error.code().as_str(), "rejoin: {error}"),
            }
        }
    }

    fn is_silent(&self, node: u64) -> bool {
        node != self.own && !self.terms.contains_key(&node)
    }

    /// Whether one of those who have answered is in every majority of this list that this node was a part of.
    fn is_enough(&self, list: &BTreeSet<u64>) -> bool {
        let answered = list.iter().filter(|node| self.terms.contains_key(node)).count();
        !list.contains(&self.own) || answered >= enough(list.len())
    }

    fn missing(&self) -> BTreeSet<u64> {
        let short = self.lists.iter().filter(|list| !self.is_enough(list));
        short.flatten().copied().filter(|node| self.is_silent(*node)).collect()
    }
}

/// How many of the others: with one fewer than a majority of all, which is what others add to this node's voice, they
/// are more than there are.
const fn enough(members: usize) -> usize {
    let majority = members / 2 + 1;
    let others = members.saturating_sub(1);
    let needed = members.saturating_sub(majority).saturating_add(1);
    if needed > others { others } else { needed }
}

const MARKER: &str = "rejoining";
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use super::*;

    // Whoever is asked is in every majority that this node was a part of.
    #[test]
    fn those_who_are_asked_meet_every_majority() {
        for members in 2..=9_usize {
            let majority = members / 2 + 1;
            let others = members - 1;
            assert!(enough(members) + (majority - 1) > others, "{members}");
            assert!(enough(members) <= others, "{members}");
        }
        assert_eq!((enough(1), enough(3), enough(5)), (0, 2, 3));
    }

    #[test]
    fn the_gate_survives_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let gate = Gate::open_in(dir.path()).unwrap();
        assert_eq!((gate.closed_at(), gate.check()), (None, Ok(())));
        gate.shut(7).unwrap();
        let again = Gate::open_in(dir.path()).unwrap();
        assert_eq!(again.closed_at(), Some(7));
        assert_eq!(again.check().map_err(|error| error.code()), Err(Code::IncompleteNode));
        again.lift().unwrap();
        assert_eq!(Gate::open_in(dir.path()).unwrap().closed_at(), None);
        fs::write(dir.path().join(MARKER), "x").unwrap();
        let code = || Gate::open_in(dir.path()).map(drop).map_err(|error| error.code());
        assert_eq!(code(), Err(Code::TamperedState));
        // What cannot be read is not taken for an open gate.
        fs::remove_file(dir.path().join(MARKER)).unwrap();
        fs::create_dir(dir.path().join(MARKER)).unwrap();
        assert_eq!(code(), Err(Code::IoRead));
    }
}
