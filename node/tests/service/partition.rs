//! Nodes in network namespaces of their own, whose cables are pulled. Needs root, `unshare` and `ip`: run by
//! `cargo xtask long`.

use crate::process::{ct_node, eventually, ran, text};
use crate::town::directory;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A bridge with three nodes on it, each behind a cable; witnesses and clients at the bridge itself.
struct Net {
    dir: PathBuf,
    children: Vec<Child>,
}

fn ip(words: &str) {
    let status = Command::new("ip").args(words.split(' ')).status().unwrap();
    assert!(status.success(), "ip {words}");
}

impl Net {
    fn new(dir: &Path) -> Self {
        ip("link set lo up");
        ip("link add bridge type bridge");
        ip("addr add 10.77.0.254/24 dev bridge");
        ip("link set bridge up");
        for node in 1..=3 {
            ip(&format!("netns add node{node}"));
            ip(&format!("link add cable{node} type veth peer name eth0 netns node{node}"));
            ip(&format!("link set cable{node} master bridge up"));
            ip(&format!("-n node{node} link set lo up"));
            ip(&format!("-n node{node} addr add 10.77.0.{node}/24 dev eth0"));
            ip(&format!("-n node{node} link set eth0 up"));
        }
        let log = dir.join("log");
        let words = ["init", "--dir", &text(&log), "--nodes", "3", "--origin", "log.net.example"];
        assert_eq!(ran(&mut ct_node(&words)).0, 0);
        let mut net = Self { dir: log, children: Vec::new() };
        for number in 1..=3 {
            let config = net.path(&format!("witness-{number}/config.toml"));
            let told = fs::read_to_string(&config).unwrap().replacen("127.0.0.1:0", "10.77.0.254:0", 1);
            fs::write(&config, told).unwrap();
            net.children.push(net.spawn(ct_node(&["witness", "--config", &text(&config)])));
            let config = net.path(&format!("node-{number}/config.toml"));
            let mut told = fs::read_to_string(&config).unwrap();
            told = told.replacen("127.0.0.1:0", &format!("10.77.0.{number}:8000"), 1);
            told = told.replacen("127.0.0.1:0", &format!("10.77.0.{number}:7000"), 1);
            for peer in 1..=3 {
                let file = format!("address_file = \"../node-{peer}/peer\"");
                told = told.replace(&file, &format!("address = \"10.77.0.{peer}:7000\""));
            }
            fs::write(&config, told).unwrap();
        }
        for number in 1..=3 {
            let mut node = Command::new("ip");
            node.args(["netns", "exec", &format!("node{number}")]).arg(assert_cmd::cargo::cargo_bin("ct-node"));
            node.args(["serve", "--config", &text(&net.path(&format!("node-{number}/config.toml")))]);
            net.children.push(net.spawn(node));
        }
        net
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn spawn(&self, mut command: Command) -> Child {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    fn cable(&self, node: u64, state: &str) {
        ip(&format!("link set cable{node} {state}"));
    }

    fn url(node: u64) -> String {
        format!("http://10.77.0.{node}:8000")
    }

    /// Who leads, by the word of these; none while nobody does.
    fn leader(&self, among: &[u64]) -> u64 {
        eventually("a node leads", || {
            let urls: Vec<String> = among.iter().map(|node| Self::url(*node)).collect();
            let (_, out, _) = ran(ct_node(&["status", "--json"]).args(urls));
            let value: serde_json::Value = serde_json::from_str(&out).ok()?;
            let leads = |node: &&serde_json::Value| node["status"]["role"] == "leads";
            value["nodes"].as_array()?.iter().find(leads)?["status"]["node"].as_u64()
        })
    }

    fn issue(&self, name: &str, among: &[u64], seconds: &str) -> (i32, String) {
        let file = self.path(name);
        fs::write(&file, name).unwrap();
        let mut command = Command::new("timeout");
        command.arg(seconds).arg(assert_cmd::cargo::cargo_bin("ct-node")).arg("issue");
        for node in among {
            command.args(["--to", &Self::url(*node)]);
        }
        command.args(["--key", &text(&self.path("keys/issuer.pem")), "--trust", &text(&self.path("trust.cbor"))]);
        let (status, _, err) = ran(command.args(["--out", &text(&self.path("bundles")), &text(&file)]));
        (status, err)
    }

    /// The size that a node has published.
    fn published(&self, node: u64) -> u64 {
        let note = fs::read_to_string(self.path(&format!("node-{node}/data/log/checkpoint"))).unwrap_or_default();
        note.lines().nth(1).map_or(0, |size| size.parse().unwrap())
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

// R11.4, R12.5, R20.3: a leader whose cable is pulled records and publishes nothing; the others go on; put back, it has
// what they have, and nothing else.
#[test]
#[ignore = "needs root and network namespaces: cargo xtask long"]
fn a_node_without_its_cable_is_a_minority() {
    if std::env::var_os(MARK).is_none() {
        let mut inside = Command::new("unshare");
        // A /run of its own, so that the names of these namespaces are nobody else's.
        let script = "mount -t tmpfs none /run && exec \"$@\"";
        inside.args(["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script, "sh"]);
        inside.arg(std::env::current_exe().unwrap()).args(["--exact", "--include-ignored", "--nocapture", NAME]);
        let (status, out, err) = ran(inside.env(MARK, "1"));
        assert!(status == 0 && out.contains("1 passed"), "{out}{err}");
        return;
    }
    let dir = directory();
    let net = Net::new(dir.path());
    let old = net.leader(&[1, 2, 3]);
    assert_eq!(net.issue("first.txt", &[1, 2, 3], "60").0, 0);
    eventually("it is published there", || (net.published(old) >= 2).then_some(()));
    net.cable(old, "down");
    let others: Vec<u64> = (1..=3).filter(|node| *node != old).collect();
    let new = net.leader(&others);
    assert_ne!(new, old);
    let (status, err) = net.issue("second.txt", &others, "60");
    assert_eq!(status, 0, "{err}");
    // From inside, where it can still be reached, it takes nothing.
    let mut inside = Command::new("ip");
    inside.args(["netns", "exec", &format!("node{old}"), "timeout", "8"]).arg(assert_cmd::cargo::cargo_bin("ct-node"));
    inside.args(["issue", "--to", &Net::url(old), "--key", &text(&net.path("keys/issuer.pem"))]);
    inside.args(["--trust", &text(&net.path("trust.cbor")), "--out", &text(&net.path("elsewhere"))]);
    fs::write(net.path("third.txt"), "third").unwrap();
    assert_ne!(ran(inside.arg(text(&net.path("third.txt")))).0, 0);
    assert_eq!(net.published(old), 2);
    net.cable(old, "up");
    assert_eq!(net.issue("fourth.txt", &[1, 2, 3], "60").0, 0);
    eventually("all have the same", || {
        let sizes: Vec<u64> = (1..=3).map(|node| net.published(node)).collect();
        (sizes.iter().all(|size| *size == sizes[0]) && sizes[0] >= 4).then_some(())
    });
    let notes = (1..=3).map(|node| fs::read(net.path(&format!("node-{node}/data/log/checkpoint"))).unwrap());
    assert_eq!(notes.collect::<std::collections::BTreeSet<_>>().len(), 1);
    for node in 1..=3 {
        let (log, trust) = (text(&net.path(&format!("node-{node}/data/log"))), text(&net.path("trust.cbor")));
        assert_eq!(ran(&mut ct_node(&["fsck", &log, "--trust", &trust])).0, 0);
    }
}

const MARK: &str = "CIVICTRUST_INSIDE_NAMESPACE";
const NAME: &str = "partition::a_node_without_its_cable_is_a_minority";
