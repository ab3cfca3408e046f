//! A log of real processes on real sockets, as an operator has it: what is killed, comes back with everything that it
//! had acknowledged.

use crate::town::directory;
use assert_cmd::cargo::cargo_bin;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A log's directory, and its processes.
pub(crate) struct Operator {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) witnesses: Vec<Child>,
    node: Option<Child>,
    port: u16,
}

pub(crate) fn ct_node(words: &[&str]) -> Command {
    let mut command = Command::new(cargo_bin("ct-node"));
    command.args(words);
    command
}

pub(crate) fn ran(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().unwrap_or(-1), text(stdout), text(stderr))
}

/// Asks again and again until it is so: processes of a busy machine take their time.
pub(crate) fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

impl Operator {
    /// A new log whose witnesses run.
    pub(crate) fn new() -> Self {
        let dir = directory();
        let words = ["init", "--dir", &text(&dir.path().join("log")), "--nodes", "1", "--origin", "log.town.example"];
        let (status, _, err) = ran(&mut ct_node(&words));
        assert_eq!(status, 0, "{err}");
        // Free now, so that clients find the node again after it was killed; and below the ports that the system gives to
        // connections, one of which could take it meanwhile.
        let mut entropy = ct_node::Entropy::from_os().unwrap();
        let port = eventually("a port is free", || {
            let port = 20_000 + u16::from_be_bytes(entropy.bytes()) % 12_000;
            TcpListener::bind(("127.0.0.1", port)).ok().map(|_| port)
        });
        let mut operator = Self { dir, witnesses: Vec::new(), node: None, port };
        let config = operator.path("node-1/config.toml");
        let with_port = fs::read_to_string(&config).unwrap().replacen("127.0.0.1:0", &format!("127.0.0.1:{port}"), 1);
        fs::write(&config, with_port).unwrap();
        for number in 1..=3 {
            let config = text(&operator.path(&format!("witness-{number}/config.toml")));
            let witness = ct_node(&["witness", "--config", &config]).stderr(Stdio::null()).spawn().unwrap();
            operator.witnesses.push(witness);
        }
        operator
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("log").join(name)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn start(&mut self) {
        let config = text(&self.path("node-1/config.toml"));
        let node = ct_node(&["serve", "--config", &config]).stderr(Stdio::null()).stdout(Stdio::null()).spawn();
        self.node = Some(node.unwrap());
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        let mut node = self.node.take().unwrap();
        node.kill().unwrap();
        node.wait().unwrap();
    }

    /// SIGTERM; the exit status.
    pub(crate) fn end(&mut self) -> i32 {
        let mut node = self.node.take().unwrap();
        let id = node.id().to_string();
        assert!(Command::new("kill").arg(id).status().unwrap().success());
        node.wait().unwrap().code().unwrap_or(-1)
    }

    pub(crate) fn issue(&self, out: &str, files: &[PathBuf]) -> (i32, String, String) {
        let (key, out) = (text(&self.path("keys/issuer.pem")), text(&self.dir.path().join(out)));
        let trust = text(&self.path("trust.cbor"));
        let words = ["issue", "--to", &self.url(), "--key", &key, "--trust", &trust, "--out", &out];
        ran(ct_node(&words).args(files))
    }

    /// What the node counts; nothing while it does not run.
    fn metrics(&self) -> String {
        use std::io::{Read, Write};
        let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", self.port)) else { return String::new() };
        let _ = stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    }

    /// Whether so many entries are in the log, final or not.
    fn recorded(&self, count: u64) -> bool {
        // All but the genesis.
        self.metrics().contains(&format!("log_entries_total {}\n", count - 1))
    }

    /// The size of the published checkpoint.
    pub(crate) fn published(&self) -> u64 {
        let checkpoint = fs::read_to_string(self.path("node-1/data/log/checkpoint")).unwrap();
        checkpoint.lines().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        for child in self.witnesses.iter_mut().chain(&mut self.node) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub(crate) fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

// The whole story of issue 6: start, issue over HTTP, kill, start, issue again; everything verifies.
#[test]
fn documents_outlive_a_killed_node() {
    let mut operator = Operator::new();
    operator.start();
    let file = |name: &str, content: &str| {
        let path = operator.dir.path().join(name);
        fs::write(&path, content).unwrap();
        path
    };
    let (one, two) = (file("one.txt", "the first"), file("two.txt", "the second"));
    let (status, out, err) = operator.issue("bundles", &[one]);
    assert_eq!(status, 0, "{err}");
    assert!(out.contains("Issued and verified 1 document"), "{out}");
    operator.kill();
    operator.start();
    let (status, _, err) = operator.issue("bundles", &[two]);
    assert_eq!(status, 0, "{err}");
    assert_eq!(fs::read_dir(operator.dir.path().join("bundles")).unwrap().count(), 2);
    assert_eq!(operator.published(), 3);
    check_vitals(&operator.metrics());
    assert_eq!(operator.end(), 0);
    assert!(!operator.path("node-1/api").exists());
}

/// R37: what of the invariants can be seen from outside, in the second life of a log of one node with three entries.
fn check_vitals(metrics: &str) {
    let gauge = |name: &str| {
        let line = metrics.lines().find(|line| line.split(' ').next() == Some(name));
        line.and_then(|line| line.split(' ').nth(1)?.parse::<u64>().ok()).unwrap_or_else(|| panic!("{name}: {metrics}"))
    };
    for (name, value) in [
        ("log_term", 2),
        ("log_leads", 1),
        ("log_halted", 0),
        ("log_voters", 1),
        ("log_in_flight", 0),
        ("log_size", 3),
        ("log_sealed_size", 3),
        ("log_final_size", 3),
        ("log_published_size", 3),
        ("log_generation", 1),
        ("log_unconfirmed_generations", 0),
    ] {
        assert_eq!(gauge(name), value, "{name}: {metrics}");
    }
    assert!(gauge("log_applied_index") > 3 && gauge("log_last_index") >= gauge("log_applied_index"), "{metrics}");
    assert!(gauge("log_synced_record") > gauge("log_last_index"), "{metrics}");
    assert!(!metrics.contains("log_purged_index "), "nothing has been let go yet: {metrics}");
}

// R18.6, R20.2: a run that ends before its bundles are there is finished by the next one, and nothing is issued twice.
#[test]
fn an_interrupted_issue_is_finished_by_the_next() {
    let mut operator = Operator::new();
    operator.start();
    let file = operator.dir.path().join("one.txt");
    fs::write(&file, "the only one").unwrap();
    // Without witnesses nothing becomes final; the run is killed while it waits.
    operator.witnesses.iter_mut().for_each(|witness| witness.kill().unwrap());
    let out = operator.dir.path().join("bundles");
    let key = text(&operator.path("keys/issuer.pem"));
    let words = ["issue", "--to", &operator.url(), "--key", &key, "--out", &text(&out), &text(&file)];
    let mut waiting = ct_node(&words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let pending =
        || fs::read_dir(&out).is_ok_and(|mut files| files.any(|file| file.unwrap().file_name() != "one.cbor"));
    eventually("the request is on disk", || pending().then_some(()));
    eventually("the statement is in the log", || operator.recorded(2).then_some(()));
    waiting.kill().unwrap();
    waiting.wait().unwrap();
    for number in 1..=3 {
        let config = text(&operator.path(&format!("witness-{number}/config.toml")));
        operator.witnesses.push(ct_node(&["witness", "--config", &config]).stderr(Stdio::null()).spawn().unwrap());
    }
    let (status, out_text, err) = ran(&mut ct_node(&words));
    assert_eq!(status, 0, "{err}");
    assert!(
        out_text.contains("Issued and verified 1 document") && err.contains("of an earlier run"),
        "{out_text}{err}"
    );
    assert!(!pending());
    assert_eq!((operator.published(), fs::read_dir(&out).unwrap().count()), (2, 1));
}

/// Each drill demands what it says, of real processes.
fn hold(drills: &[&str]) {
    let (status, out, err) = ran(ct_node(&["drill"]).args(drills));
    assert_eq!((status, err.as_str()), (0, ""), "{out}");
    assert_eq!(out.lines().filter(|line| *line == "  held").count(), drills.len(), "{out}");
}

// The gates of R7 to R10, and R18.
const OF_ONE_NODE: &[&str] =
    &["duplicate-request", "crash-after-append", "altered-payload", "replayed-request", "no-quorum"];
// Those of R12, R20, R20.2 and R20.3.
const OF_A_LEADER: &[&str] = &["leader-crash", "stopped-leader", "minority", "partition-and-crash"];
// Those of R11 and R20.5.
const OF_WHAT_WAS_LOST: &[&str] = &["lagging-follower", "wiped-node", "restore", "two-restores", "old-restore"];

#[test]
fn the_drills_of_one_node_hold() {
    hold(OF_ONE_NODE);
}

#[test]
fn the_drills_of_a_leader_hold() {
    hold(OF_A_LEADER);
}

#[test]
fn the_drills_of_what_was_lost_hold() {
    hold(OF_WHAT_WAS_LOST);
}

#[test]
fn every_drill_is_played() {
    let (_, out, _) = ran(&mut ct_node(&["drill", "--help"]));
    let words: std::collections::BTreeSet<&str> = out.split([' ', ',', ']', '\n']).collect();
    let played = [OF_ONE_NODE, OF_A_LEADER, OF_WHAT_WAS_LOST].concat();
    assert!(played.iter().all(|drill| words.contains(drill)), "{out}");
    let listed = out.split("possible values: ").nth(1).and_then(|rest| rest.split(']').next()).unwrap();
    assert_eq!(listed.split(',').count(), played.len(), "{listed}");
}

// R2.5, R1.4: each mistake of an operator by its code, and what to do.
#[test]
fn mistakes_of_an_operator_are_told() {
    let mut operator = Operator::new();
    let config = operator.path("node-1/config.toml");
    let good = fs::read_to_string(&config).unwrap();
    let words = ["serve", "--config", &text(&config)];
    let refused = |config_text: &str, code: &str, words_in_it: &str| {
        fs::write(&config, config_text).unwrap();
        let (status, _, err) = ran(&mut ct_node(&words));
        assert!(status != 0 && err.contains(&format!("ct-node: {code}: ")) && err.contains(words_in_it), "{err}");
    };
    refused(&good.replace("data = ", "datta = "), "malformed.config", "unknown field `datta`");
    refused(&good.replace("../trust.cbor", "../trust.toml"), "trust.malformed", "trust.toml");
    refused(&good.replace("../keys/log.pem", "../keys/issuer.pem"), "io.key_file", "");
    refused(&good.replace("../keys/log.pem", "../keys/none.pem"), "io.not_found", "none.pem");
    let key = operator.path("keys/log.pem");
    let mode = |mode| {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(0o644);
    refused(&good, "io.key_permissions", "");
    mode(0o600);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let at_taken = good.replace(&operator.port.to_string(), &port.to_string());
    refused(&at_taken, "io.port_in_use", &port.to_string());
    // A second process on the same directory.
    fs::write(&config, &good).unwrap();
    operator.start();
    eventually("the node listens", || operator.path("node-1/api").exists().then_some(()));
    refused(&good, "io.write", "another process");
    // R12.5: a folder that was copied from another node would confirm that node's promises twice.
    assert_eq!(operator.end(), 0);
    fs::write(operator.path("node-1/data/node"), "2\n").unwrap();
    refused(&good, "malformed.config", "is the folder of node 2");
}

// R11: an even number bears no more failures than the odd one below it.
#[test]
fn a_log_of_two_nodes_is_refused() {
    let dir = directory();
    let log = text(&dir.path().join("log"));
    let (status, _, err) = ran(&mut ct_node(&["init", "--dir", &log, "--nodes", "2"]));
    assert!(status == 2 && err.contains("usage.arguments") && err.contains("number of nodes"), "{err}");
}

// R10, R21: a node whose write-ahead log is poisoned ends, and says so by its exit status.
#[test]
fn a_node_that_can_write_no_more_ends() {
    let mut operator = Operator::new();
    let config = text(&operator.path("node-1/config.toml"));
    // Writes beyond the limit that follows shall fail, not kill.
    let script = format!("trap '' XFSZ; exec {} serve --config {config}", text(&cargo_bin("ct-node")));
    let node = Command::new("sh").args(["-c", &script]).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let id = node.id().to_string();
    operator.node = Some(node);
    let file = operator.dir.path().join("one.txt");
    fs::write(&file, "one").unwrap();
    assert_eq!(operator.issue("bundles", &[file]).0, 0);
    assert!(Command::new("prlimit").args(["--pid", &id, "--fsize=4096"]).status().unwrap().success());
    let (dir, url) = (text(&operator.path("")), operator.url());
    let (_, said, _) = ran(&mut ct_node(&["load", "--to", &url, "--dir", &dir, "--seconds", "1"]));
    assert!(said.contains("\"failures\":{\""), "{said}");
    let status = eventually("the node ends", || operator.node.as_mut().unwrap().try_wait().unwrap());
    assert_eq!(status.code(), Some(5), "a node that can write no more ends as one that has trouble with its disk");
}

// R9.1, R9.2, R9.6, R8.1: clients are put and deleted with a root key, each change with its version and on its condition.
#[test]
fn clients_are_put_and_deleted_with_a_root_key() {
    let mut operator = Operator::new();
    operator.start();
    let file = |name: &str| {
        let path = operator.dir.path().join(name);
        fs::write(&path, name).unwrap();
        path
    };
    let (one, two, three) = (file("one.txt"), file("two.txt"), file("three.txt"));
    assert_eq!(operator.issue("bundles", &[one]).0, 0);
    let (url, root) = (operator.url(), text(&operator.path("keys/root.pem")));
    let public = text(&operator.path("keys/client.pub.pem"));
    let id = "issuer.example/client#1";
    let client = |words: &[&str]| {
        let change = ["client", words[0], "--to", &url, "--key", &root];
        ran(ct_node(&change).args(&words[1..]))
    };
    let (status, out, err) = client(&["delete", id, "--if-version", "7"]);
    assert!(status == 1 && err.contains("conflict.version"), "{out}{err}");
    let (status, out, err) = client(&["delete", id, "--if-version", "1"]);
    assert!(status == 0 && out.contains("its version is 2"), "{out}{err}");
    let (status, _, err) = operator.issue("bundles", &[two]);
    assert!(status != 0 && err.contains("unknown.client"), "{err}");
    let (status, out, _) = ran(&mut ct_node(&["client", "show", "--to", &url, id]));
    assert!(status == 0 && out.contains("was deleted; its version is 2"), "{out}");
    // What the operator did outlives a kill; and only a root key may do it.
    operator.kill();
    operator.start();
    let (status, out, err) = client(&["put", &public]);
    assert!(status == 0 && out.contains("its version is 3"), "{out}{err}");
    assert_eq!(operator.issue("bundles", &[three]).0, 0);
    let other = text(&operator.dir.path().join("other"));
    assert_eq!(ran(&mut ct_node(&["init", "--dir", &other, "--nodes", "1"])).0, 0);
    let stranger = format!("{other}/keys/root.pem");
    let (status, _, err) = ran(&mut ct_node(&["client", "delete", "--to", &url, "--key", &stranger, id]));
    assert!(status != 0 && err.contains("tampered.envelope"), "{err}");
}

// R1.4: a log that could never be verified is not begun: its key is not the one in the trust root.
#[test]
fn a_log_key_that_is_not_in_the_trust_root_is_refused() {
    let mut operator = Operator::new();
    let other = text(&operator.dir.path().join("other"));
    let words = ["init", "--dir", &other, "--nodes", "1", "--origin", "log.other.example"];
    assert_eq!(ran(&mut ct_node(&words)).0, 0);
    let config = operator.path("node-1/config.toml");
    let wrong = fs::read_to_string(&config).unwrap().replace("../keys/log.pem", &format!("{other}/keys/log.pem"));
    fs::write(&config, wrong).unwrap();
    operator.start();
    let api = operator.path("node-1/api");
    let node = operator.node.as_mut().unwrap();
    let listens = eventually("it listens or ends", || match node.try_wait().unwrap() {
        Some(status) => Some(status.success()),
        None => api.exists().then_some(true),
    });
    assert!(!listens, "it serves with the key of another log");
}

// R10, R13.2: a crash while the folders of a new log are made is no reason never to start.
#[test]
fn a_node_that_was_killed_while_it_made_its_folders_starts() {
    let mut operator = Operator::new();
    // What is there between the two folders that creation makes.
    fs::create_dir_all(operator.path("node-1/data/log")).unwrap();
    operator.start();
    let api = operator.path("node-1/api");
    let node = operator.node.as_mut().unwrap();
    let listens = eventually("it listens or ends", || match node.try_wait().unwrap() {
        Some(_) => Some(false),
        None => api.exists().then_some(true),
    });
    assert!(listens, "it never starts again");
}

// R11.5, R9.6, R12.3: an operator asks for the nodes by the log's directory, issues by it, and is told what one node
// cannot do; a node that was killed is a line, and then it cannot be told how the log is.
#[test]
fn an_operator_asks_by_the_directory() {
    let mut operator = Operator::new();
    let dir = text(&operator.path(""));
    let status = |words: &[&str]| ran(ct_node(&["status", &dir]).args(words));
    let (code, out, err) = status(&[]);
    assert!(code == 3 && err.contains("incomplete.node") && out.contains("does not run"), "{out}{err}");
    operator.start();
    let file = operator.dir.path().join("one.txt");
    fs::write(&file, "one").unwrap();
    eventually("the node listens", || operator.path("node-1/api").exists().then_some(()));
    let (key, trust) = (text(&operator.path("keys/issuer.pem")), text(&operator.path("trust.cbor")));
    let out = text(&operator.dir.path().join("bundles"));
    let words = ["issue", "--to", &dir, "--key", &key, "--trust", &trust, "--out", &out, &text(&file)];
    let (code, _, err) = ran(&mut ct_node(&words));
    assert_eq!(code, 0, "{err}");
    let (code, out, err) = status(&[]);
    assert!(code == 0 && out.contains("Node 1 leads. No further node may fail."), "{out}{err}");
    let (code, out, _) = status(&["--json"]);
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    let node = &value["nodes"][0]["status"];
    assert_eq!((code, &node["role"], &node["log"]["published"]["size"]), (0, &"leads".into(), &2.into()), "{value}");
    assert!(node["applied"].as_u64().unwrap() > 0 && node["halted"].is_null(), "{node}");
    // One key is one node.
    let root = text(&operator.path("keys/root.pem"));
    let change = ["member", "add", "--to", &dir, "--key", &root, "--node", "4", "--address", "10.0.0.4:7400"];
    let (code, out, err) = ran(ct_node(&change).args(["--member-key", &text(&operator.path("keys/node-1.pub.pem"))]));
    assert!(code == 1 && err.contains("conflict.members"), "{out}{err}");
    let (code, _, err) = ran(ct_node(&change).args(["--member-key", &text(&operator.path("keys/client.pub.pem"))]));
    assert!(code == 5 && err.contains("io.key_file"), "{err}");
    let remove = ["member", "remove", "--to", &dir, "--key", &key, "--node", "1"];
    let (code, _, err) = ran(&mut ct_node(&remove));
    assert!(code == 5 && err.contains("io.key_file"), "{err}");
    operator.kill();
    let (code, out, err) = status(&[]);
    assert!(code == 3 && out.contains("io.network") && err.contains("incomplete.node"), "{out}{err}");
}
