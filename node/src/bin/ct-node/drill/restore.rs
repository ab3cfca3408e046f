//! Drills with backups.

use super::cluster::{UnderLoad, demand_all, random};
use super::field::{Field, broken, this_program};
use super::{BETWEEN_KILLS, demand};
use crate::output::line;
use ct_core::Code;
use ct_node::{Error, Result};
use std::fs;
use std::path::Path;
use std::process::Stdio;

pub(super) fn restore(field: &mut Field) -> Result<()> {
    field.start()?;
    let leader = field.leader(&field.all())?;
    let follower = field.all().into_iter().find(|node| *node != leader).unwrap_or_default();
    let load = UnderLoad::begin(field, 8)?;
    load.more(field, BETWEEN_KILLS)?;
    // While the log grows under it.
    for node in [leader, follower] {
        let early = format!("early-{node}");
        // It is acknowledged before it is published, the sooner the slower the machine.
        field.eventually("the node publishes", || Ok((field.size(node)? > 0).then_some(())))?;
        backup(field, node, &early)?;
        ct_node(field, &["restore", "--verify-only"], node, &[("--from", &early)])?;
    }
    load.more(field, BETWEEN_KILLS)?;
    let acknowledged = load.end()?;
    let before = field.agreed(&field.all())?;
    let older = field.path("older.txt");
    copy(&field.path(&format!("node-{follower}/data/log/checkpoint")), &older)?;
    backup(field, follower, "backup")?;
    for node in field.all() {
        field.kill_node(node)?;
        field.wipe(node)?;
    }
    for node in field.all() {
        ct_node(field, &["restore"], node, &[("--from", "backup")])?;
    }
    field.start()?;
    demand_all(field, &acknowledged)?;
    let receipt = field.submit_as(random()?, &field.statements(2)?)?;
    let after = field.agreed(&field.all())?;
    demand(after.starts_with(&before), "the restored log does not begin with what was there")?;
    let places = (u64::try_from(before.len()).ok(), after.len());
    demand(places == (Some(receipt.first), before.len() + 2), "new statements did not get the next places")?;
    for node in field.all() {
        let generation = field.status(node).and_then(|status| status.log).map(|log| log.generation);
        demand(generation == Some(2), format_args!("node {node} is in generation {generation:?}"))?;
        let log = field.path(&format!("node-{node}/data/log"));
        let (trust, older) = (field.path("trust.cbor"), older.clone());
        let mut fsck = this_program()?;
        fsck.arg("fsck").arg(log).arg("--trust").arg(trust).arg("--older").arg(older).stdout(Stdio::null());
        demand(fsck.status().is_ok_and(|status| status.success()), "the log does not continue its older checkpoint")?;
    }
    line(format_args!(
        "  {} acknowledged, {} entries before and {} after",
        acknowledged.len(),
        before.len(),
        after.len()
    ))
}

pub(super) fn two_restores(field: &mut Field) -> Result<()> {
    field.start()?;
    field.submit_as(random()?, &field.statements(3)?)?;
    field.wait_for(4)?;
    backup(field, 1, "backup")?;
    field.kill()?;
    field.wipe(1)?;
    let twin = field.twin()?;
    for node in [1, twin] {
        ct_node(field, &["restore"], node, &[("--from", "backup")])?;
    }
    field.start_node(1)?;
    field.submit_as(random()?, &field.statements(1)?)?;
    field.wait_for(5)?;
    signs_nothing(field, &[twin], 4)?;
    demand(field.size(1)? == 5, "the log that was restored first was disturbed")
}

pub(super) fn old_restore(field: &mut Field) -> Result<()> {
    let all = field.all();
    field.start()?;
    field.submit_as(random()?, &field.statements(1)?)?;
    field.agreed(&all)?;
    backup(field, 1, "backup")?;
    field.submit_as(random()?, &field.statements(1)?)?;
    let before = field.agreed(&all)?;
    all.iter().try_for_each(|node| field.kill_node(*node))?;
    let (data, lost) = (field.path("node-1/data"), field.path("lost"));
    fs::rename(data, lost).map_err(|source| trouble("the node's data", &source))?;
    for node in &all {
        if *node > 1 {
            field.wipe(*node)?;
        }
        ct_node(field, &["restore"], *node, &[("--from", "backup")])?;
    }
    signs_nothing(field, &all, 2)?;
    // What was published after the backup is still there, and brings the log to where its witnesses are.
    all.iter().try_for_each(|node| field.kill_node(*node))?;
    for node in &all {
        field.wipe(*node)?;
        ct_node(field, &["restore"], *node, &[("--from", "backup"), ("--entries-from", "lost/log")])?;
    }
    field.start()?;
    field.submit_as(random()?, &field.statements(1)?)?;
    let after = field.agreed(&all)?;
    demand(after.starts_with(&before), "the restored log does not begin with what was there")?;
    demand(after.len() == before.len() + 1, "the new statement is not in the log")
}

/// Starts nodes that were restored when their witnesses had seen more: they say so, and neither sign nor publish.
fn signs_nothing(field: &mut Field, nodes: &[u64], size: u64) -> Result<()> {
    let fences = |field: &Field| -> Result<Vec<_>> {
        let fence = |node| fs::read(field.path(&format!("node-{node}/data/state/fence")));
        nodes.iter().map(|node| fence(node).map_err(|source| trouble("the fence", &source))).collect()
    };
    let before = fences(field)?;
    for node in nodes {
        field.start_node(*node)?;
    }
    let said = |node: &u64| {
        let messages = field.path(&format!("node-{node}/log.txt"));
        fs::read_to_string(messages).is_ok_and(|text| text.contains(Code::DiscontinuousRestore.as_str()))
    };
    field.eventually("a node says discontinuous.restore", || Ok(nodes.iter().any(said).then_some(())))?;
    demand(fences(field)? == before, "a log that was taken back has signed something")?;
    for node in nodes {
        demand(field.size(*node)? == size, format_args!("node {node} has published something"))?;
        let mark = field.path(&format!("node-{node}/data/state/restored"));
        demand(mark.exists(), "the restore counts as confirmed")?;
    }
    Ok(())
}

fn backup(field: &Field, node: u64, name: &str) -> Result<()> {
    ct_node(field, &["backup"], node, &[("--out", name)])
}

/// Runs a command with the configuration of a node, and paths in the field.
fn ct_node(field: &Field, words: &[&str], node: u64, paths: &[(&str, &str)]) -> Result<()> {
    let mut command = this_program()?;
    command.args(words).arg("--config").arg(field.path(&format!("node-{node}/config.toml"))).stdout(Stdio::null());
    for (option, name) in paths {
        command.arg(option).arg(field.path(name));
    }
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(broken(format_args!("ct-node {} ended with {status}", words.join(" ")))),
        Err(source) => Err(trouble("ct-node itself", &source)),
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).map(drop).map_err(|source| trouble("a checkpoint", &source))
}

fn trouble(what: &str, source: &std::io::Error) -> Error {
    Error::new(Code::IoWrite, what, format!("cannot be used: {source}"), "check the disk and the permissions")
}
