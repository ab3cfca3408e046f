//! What an operator sees of the nodes of a log: the answer to one question, and all answers side by side.

use crate::cluster::Cluster;
use crate::running::copy;
use crate::several::{becomes, raw};
use crate::town::{ORIGIN, at};
use assert_cmd::cargo::cargo_bin;
use ct_core::Code;
use ct_node::Signed;
use ct_node::survey::Survey;
use serde_json::Value;
use std::process::Command;

fn urls(cluster: &Cluster) -> Vec<String> {
    cluster.nodes.iter().map(|node| node.url.clone()).collect()
}

fn issue(cluster: &mut Cluster) {
    let signed = cluster.nodes[0].town.issue(1, at(20));
    let statements: Vec<_> = signed.iter().map(|signed: &Signed| signed.statement.as_slice()).collect();
    let key = copy(&cluster.nodes[0].town.client);
    cluster.client(&[0]).submit(ORIGIN, &key, &statements).unwrap();
}

fn status(cluster: &Cluster, node: usize) -> Value {
    raw(&cluster.nodes[node].url, "GET /v1/status", b"").2
}

/// What `ct-node status` says: its exit status, standard output, standard error.
fn told(words: &[String]) -> (i32, String, String) {
    let output = Command::new(cargo_bin("ct-node")).arg("status").args(words).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// All nodes have published this many entries.
fn await_published(cluster: &Cluster, size: u64) {
    let published = |node| status(cluster, node)["log"]["published"]["size"].as_u64() == Some(size);
    assert!(becomes(|| (0..cluster.nodes.len()).all(published)), "{}", status(cluster, 0));
}

// R11.5: a node says how it is, and what it has.
#[test]
fn a_node_says_how_it_is() {
    let mut cluster = Cluster::start(2);
    issue(&mut cluster);
    await_published(&cluster, 2);
    let (one, two) = (status(&cluster, 0), status(&cluster, 1));
    assert_eq!((&one["node"], &one["role"], &one["term"]), (&1.into(), &"leads".into(), &1.into()), "{one}");
    assert_eq!((&two["node"], &two["role"]), (&2.into(), &"follows".into()), "{two}");
    assert_eq!(two["leader"].as_str(), Some(cluster.nodes[0].url.as_str()));
    assert_eq!(one["log"], two["log"]);
    assert_eq!((&one["log"]["origin"], &one["log"]["tree"]["size"]), (&ORIGIN.into(), &2.into()), "{one}");
    assert_eq!(one["version"].as_str(), Some(env!("CARGO_PKG_VERSION")));
    assert_eq!(one["members"][1]["voice"], "voter");
    let meta = cluster.nodes[0].state.meta().unwrap();
    assert_eq!(one["log"]["history"]["hash"].as_str(), Some(meta.history.to_string().as_str()));
}

// R11.4, R11.5: three that agree; then one, and then two of them are gone; then nobody leads.
#[test]
fn the_table_says_how_many_may_fail() {
    let mut cluster = Cluster::start(3);
    issue(&mut cluster);
    await_published(&cluster, 2);
    let all = urls(&cluster);
    let verdict = Survey::ask(&all).unwrap().judge();
    assert_eq!((verdict.leader, verdict.may_fail(), verdict.error()), (Some(1), Some(1), None));
    let (code, out, err) = told(&all);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("Node 1 leads. 1 more may fail.") && out.contains("The nodes that answered agree."), "{out}");
    assert_eq!(out.lines().filter(|line| line.contains("follows")).count(), 2, "{out}");
    drop(cluster.nodes.pop().unwrap().stopped());
    let (code, out, err) = told(&all);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("No further node may fail.") && out.contains("voting member 3"), "{out}");
    assert!(out.lines().any(|line| line.contains("io.network") && line.contains(&all[2])), "{out}");
    cluster.set(|control| control.leader = None);
    let (code, out, err) = told(&all);
    assert!(code == 3 && err.contains("not_leader.node"), "{out}{err}");
    cluster.elect(0);
    drop(cluster.nodes.pop().unwrap().stopped());
    let (code, out, err) = told(&all);
    assert!(code == 3 && err.contains("incomplete.node") && err.contains("1 of 3"), "{out}{err}");
    let mut words = all;
    words.push("--json".to_owned());
    let (code, out, _) = told(&words);
    let value: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &value["code"], &value["may_fail"]), (3, &"incomplete.node".into(), &Value::Null), "{value}");
    assert_eq!(value["nodes"][2]["error"]["code"], "io.network", "{value}");
    assert_eq!(value["nodes"][0]["status"]["role"], "leads", "{value}");
}

// R11.4: who does not vote is not counted, and is seen.
#[test]
fn the_table_tells_members_from_others() {
    let cluster = Cluster::start(3);
    let all = urls(&cluster);
    let roles = || {
        let (code, out, err) = told(&all);
        let roles = out.lines().skip(1).take(3).map(|line| line.split_whitespace().nth(1).unwrap().to_owned());
        (code, roles.collect::<Vec<_>>(), format!("{out}{err}"))
    };
    cluster.set(|control| control.learners = vec![3]);
    let (code, found, text) = roles();
    assert_eq!((code, found.as_slice()), (0, &["leads".to_owned(), "follows".to_owned(), "learns".to_owned()][..]));
    assert!(text.contains("No further node may fail."), "{text}");
    cluster.set(|control| (control.learners, control.removed) = (Vec::new(), vec![2, 3]));
    let (code, found, text) = roles();
    assert_eq!((code, found.as_slice()), (0, &["leads".to_owned(), "outside".to_owned(), "outside".to_owned()][..]));
    assert!(text.contains("No further node may fail."), "{text}");
}

// R11.5, R15.3: nodes with two histories are found out, by what they have published and by their states alone.
#[test]
fn nodes_that_contradict_each_other_are_found_out() {
    let (mut one, mut other) = (Cluster::start(1), Cluster::start(1));
    let both = [urls(&one), urls(&other)].concat();
    await_published(&one, 1);
    await_published(&other, 1);
    // Statements differ by what is random in them.
    other.nodes[0].town.entropy = ct_node::Entropy::from_seed(&[77; 32]);
    issue(&mut one);
    issue(&mut other);
    await_published(&one, 2);
    await_published(&other, 2);
    let verdict = Survey::ask(&both).unwrap().judge();
    let codes: Vec<_> = verdict.contradictions.iter().map(ct_node::Error::code).collect();
    assert!(codes.starts_with(&[Code::EquivocationCheckpoint]) && codes.contains(&Code::TamperedState), "{codes:?}");
    let (code, out, err) = told(&both);
    assert!(
        code == 1 && out.contains("equivocation.checkpoint") && err.contains("equivocation.checkpoint"),
        "{out}{err}"
    );
}

// R1.4: what cannot be asked.
#[test]
fn a_place_without_nodes_is_refused() {
    let dir = crate::town::directory();
    let empty = dir.path().to_str().unwrap().to_owned();
    let (code, _, err) = told(&[empty]);
    assert!(code == 5 && err.contains("io.not_found") && err.contains("node-1"), "{err}");
    let (code, _, err) = told(&["ftp://x".to_owned()]);
    assert!(code == 2 && err.contains("usage.arguments"), "{err}");
    assert_eq!(told(&[]).0, 2);
}
