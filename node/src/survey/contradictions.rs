//! What cannot be true at once of the nodes of one log: of one size there is one root, of one place in the log one
//! history, and in one term one node leads.

use crate::error::Error;
use crate::service::{LogStanding, NodeRole, NodeStatus, Standing, Tree, Trouble};
use ct_core::{Class, Code};
use std::collections::BTreeMap;

/// Each contradiction among these answers, the worst first; and what a node has found of itself.
pub(super) fn of(answers: &[&NodeStatus]) -> Vec<Error> {
    let logs: Vec<(u64, &LogStanding)> =
        answers.iter().filter_map(|status| Some((status.standing.node, status.log.as_ref()?))).collect();
    if let Some(several) = origins(&logs) {
        // Nothing else would mean anything.
        return vec![several];
    }
    let standings = || answers.iter().map(|status| &status.standing);
    let mut found: Vec<Error> = checkpoints(&logs).or_else(|| trees(&logs)).into_iter().collect();
    found.extend(histories(&logs));
    found.extend(leaders(standings()));
    found.extend(standings().filter_map(damaged));
    found
}

fn origins(logs: &[(u64, &LogStanding)]) -> Option<Error> {
    let origins: BTreeMap<_, _> = logs.iter().map(|(node, log)| (log.origin.as_str(), node)).collect();
    let named: Vec<_> = origins.iter().map(|(origin, node)| format!("node {node} of {origin}")).collect();
    let what = format!("are of several logs: {}", named.join(", "));
    (named.len() > 1).then(|| Error::new(Code::UsageArguments, "the nodes", what, "name nodes of one log"))
}

/// What was shown to others is worse than what is not sealed.
fn checkpoints(logs: &[(u64, &LogStanding)]) -> Option<Error> {
    let (node, other, size) = two_roots(logs.iter().filter_map(|(node, log)| Some((*node, log.published?))))?;
    let what = format!("have published different checkpoints of {size} entries");
    let next = "accept nothing from this log for now, keep every node's files, and run: ct-node fsck, on each";
    Some(Error::new(Code::EquivocationCheckpoint, pair(other, node), what, next))
}

fn trees(logs: &[(u64, &LogStanding)]) -> Option<Error> {
    let all = logs.iter().flat_map(|(node, log)| {
        [Some(log.tree), Some(log.sealed), log.published].into_iter().flatten().map(|tree| (*node, tree))
    });
    let (node, other, size) = two_roots(all)?;
    let what = format!("have different trees of {size} entries");
    Some(Error::new(Code::TamperedState, pair(other, node), what, COMPARE))
}

/// The first two nodes with different roots of one size, and the size.
fn two_roots(trees: impl Iterator<Item = (u64, Tree)>) -> Option<(u64, u64, u64)> {
    let mut roots = BTreeMap::new();
    for (node, Tree { size, root }) in trees {
        let (other, first) = *roots.entry(size).or_insert((node, root));
        if first != root {
            return Some((node, other, size));
        }
    }
    None
}

fn histories(logs: &[(u64, &LogStanding)]) -> Option<Error> {
    let mut histories = BTreeMap::new();
    for (node, log) in logs {
        let (other, first) = *histories.entry(*log.history.at.as_bytes()).or_insert((*node, log.history.hash));
        if first != log.history.hash {
            let what = "have applied the same commands and come to different states";
            return Some(Error::new(Code::TamperedState, pair(other, *node), what, COMPARE));
        }
    }
    None
}

fn leaders<'a>(standings: impl Iterator<Item = &'a Standing>) -> Option<Error> {
    let mut leaders = BTreeMap::new();
    for Standing { node, term, .. } in standings.filter(|standing| standing.role == NodeRole::Leads) {
        let other = *leaders.entry(term).or_insert(node);
        if other != node {
            let what = format!("both lead in term {term}");
            return Some(Error::new(Code::TamperedState, pair(*other, *node), what, COMPARE));
        }
    }
    None
}

/// A node that has stopped because it found damage.
fn damaged(standing: &Standing) -> Option<Error> {
    let Trouble { code, message } = standing.halted.as_ref().filter(|halted| halted.code.class() == Class::Invalid)?;
    let next = "keep its files as they are, and compare its log with another node's: ct-node fsck";
    Some(Error::new(*code, format!("node {}", standing.node), format!("has stopped: {message}"), next))
}

fn pair(one: u64, other: u64) -> String {
    format!("nodes {one} and {other}")
}

const COMPARE: &str = "keep every node's files, and compare their logs: ct-node fsck";
