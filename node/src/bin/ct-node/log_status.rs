//! `ct-node status`: how the nodes of a log are, and whether they agree.

use crate::args::LogStatusArgs;
use crate::output::line;
use ct_node::Result;
use ct_node::service::{NodeRole, NodeStatus, Standing, Tree};
use ct_node::survey::{Asked, Survey, Verdict};
use std::collections::BTreeSet;

pub(crate) fn run(args: &LogStatusArgs) -> Result<()> {
    let survey = Survey::ask(&args.nodes)?;
    let verdict = survey.judge();
    if args.json {
        line(survey.to_json())?;
    } else {
        print(&survey, &verdict)?;
    }
    verdict.error().map_or(Ok(()), Err)
}

fn print(survey: &Survey, verdict: &Verdict) -> Result<()> {
    let rows: Vec<_> =
        std::iter::once(HEAD.map(str::to_owned)).chain(survey.nodes.iter().map(|asked| row(asked, verdict))).collect();
    let mut widths = [0; COLUMNS];
    for row in &rows {
        widths.iter_mut().zip(row).for_each(|(width, cell)| *width = cell.chars().count().max(*width));
    }
    for row in &rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        line(cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    line("")?;
    for contradiction in &verdict.contradictions {
        line(format_args!("{}: {contradiction}", contradiction.code()))?;
    }
    if verdict.contradictions.is_empty() && survey.nodes.iter().filter(|asked| asked.answer.is_ok()).count() > 1 {
        line("The nodes that answered agree.")?;
    }
    let missing: Vec<_> = verdict.voters.difference(&verdict.well).map(u64::to_string).collect();
    if !missing.is_empty() {
        line(format_args!("Not well, or not asked: voting member {}.", missing.join(", ")))?;
    }
    line(match (verdict.leader, verdict.may_fail()) {
        (_, None) => "Nothing can be recorded at the moment, as far as can be seen from here.".to_owned(),
        (None, Some(_)) => "A majority is well, and no node leads at the moment.".to_owned(),
        (Some(leader), Some(0)) => format!("Node {leader} leads. No further node may fail."),
        (Some(leader), Some(count)) => format!("Node {leader} leads. {count} more may fail."),
    })
}

fn row(asked: &Asked, verdict: &Verdict) -> [String; COLUMNS] {
    let nothing = || "-".to_owned();
    let number = |number: Option<u64>| number.map_or_else(nothing, |number| number.to_string());
    match &asked.answer {
        Ok(NodeStatus { standing, log, version }) => {
            let tree = |tree: Option<Tree>| number(tree.map(|tree| tree.size));
            let log = log.as_ref();
            [
                standing.node.to_string(),
                role(standing, verdict).to_owned(),
                standing.term.to_string(),
                number(standing.applied),
                tree(log.map(|log| log.tree)),
                tree(log.map(|log| log.sealed)),
                tree(log.and_then(|log| log.published)),
                version.clone(),
                match &standing.halted {
                    Some(halted) => format!("{}: {}: {}", asked.address, halted.code, halted.message),
                    None => asked.address.clone(),
                },
            ]
            .map(printable)
        }
        Err(error) => {
            let mut row = [(); COLUMNS].map(|()| nothing());
            let [node, role, .., last] = &mut row;
            *node = number(asked.folder);
            *role = error.code().to_string();
            *last = match asked.address.as_str() {
                "" => error.what().to_owned(),
                address => format!("{address}: {}", error.what()),
            };
            row.map(printable)
        }
    }
}

fn role(standing: &Standing, verdict: &Verdict) -> &'static str {
    let is_in = |members: &BTreeSet<u64>| members.contains(&standing.node);
    match standing.role {
        NodeRole::Leads => "leads",
        NodeRole::Follows if is_in(&verdict.voters) => "follows",
        NodeRole::Follows if is_in(&verdict.learners) => "learns",
        // Removed, or not added yet: it does not know.
        NodeRole::Follows => "outside",
        NodeRole::Recovering => "recovering",
        NodeRole::Halted => "halted",
    }
}

/// Another machine said it: nothing in it steers the terminal.
fn printable(text: String) -> String {
    text.chars().filter(|character| !character.is_control()).collect()
}

const COLUMNS: usize = 9;
const HEAD: [&str; COLUMNS] = ["node", "role", "term", "applied", "tree", "sealed", "published", "version", "address"];
