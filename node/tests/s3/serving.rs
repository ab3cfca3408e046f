//! `ct-node serve` with a bucket: real processes, of which one is killed, while requests to the bucket fail.

use crate::place::Place;
use crate::proxy::{Asked, Fault};
use assert_cmd::cargo::cargo_bin;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

struct Operator {
    place: Place,
    witnesses: Vec<Child>,
    node: Option<Child>,
}

fn ran(words: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = Command::new(cargo_bin("ct-node")).args(words).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().unwrap_or(-1), text(stdout), text(stderr))
}

fn started(words: &[&str]) -> Child {
    Command::new(cargo_bin("ct-node")).args(words).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap()
}

impl Operator {
    /// A new log of one node, whose witnesses run.
    fn new() -> Self {
        let mut operator = Self { place: Place::new(), witnesses: Vec::new(), node: None };
        let dir = operator.path("");
        let (status, _, err) = ran(&["init", "--dir", &dir, "--nodes", "1", "--origin", "log.town.example"]);
        assert_eq!(status, 0, "{err}");
        let config = operator.path("node-1/config.toml");
        let (url, endpoint) = (&operator.place.url, operator.place.proxy.url());
        let section = format!("\n[store]\nurl = \"{url}\"\nendpoint = \"{endpoint}\"\n");
        fs::write(&config, fs::read_to_string(&config).unwrap() + &section).unwrap();
        for number in 1..=3 {
            let config = operator.path(&format!("witness-{number}/config.toml"));
            operator.witnesses.push(started(&["witness", "--config", &config]));
        }
        operator
    }

    fn path(&self, name: &str) -> String {
        let path = self.place.dir.path().join("log").join(name);
        path.to_str().unwrap().trim_end_matches('/').to_owned()
    }

    /// Starts the node, and gives its URL.
    fn start(&mut self) -> String {
        let api = PathBuf::from(self.path("node-1/api"));
        let _ = fs::remove_file(&api);
        self.node = Some(started(&["serve", "--config", &self.path("node-1/config.toml")]));
        let begun = Instant::now();
        loop {
            match fs::read_to_string(&api) {
                Ok(url) if !url.is_empty() => return url.trim().to_owned(),
                _ => assert!(begun.elapsed() < Duration::from_secs(60), "the node does not start"),
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// `kill -9`.
    fn kill(&mut self) {
        let mut node = self.node.take().unwrap();
        node.kill().unwrap();
        node.wait().unwrap();
    }

    fn issue(&self, url: &str, content: &str) {
        let file = self.place.dir.path().join(content);
        fs::write(&file, content).unwrap();
        let (key, trust, out) = (self.path("keys/issuer.pem"), self.path("trust.cbor"), self.path("bundles"));
        let words = ["issue", "--to", url, "--key", &key, "--trust", &trust, "--out", &out, file.to_str().unwrap()];
        let (status, out, err) = ran(&words);
        assert_eq!(status, 0, "{out}{err}");
        assert!(out.contains("Issued and verified 1 document"), "{out}");
    }

    /// The audit of the log as the node serves it.
    fn audit(&self, url: &str) -> String {
        let (status, out, err) = ran(&["fsck", url, "--trust", &self.path("trust.cbor")]);
        assert_eq!(status, 0, "{out}{err}");
        out
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

// R10.1, R20.2: what was acknowledged is published, in the bucket and nowhere else, whatever fails between here and there.
#[test]
#[ignore = "needs a server: cargo xtask s3"]
fn a_node_publishes_into_a_bucket() {
    let mut operator = Operator::new();
    let mut requests = 0;
    let faults = [Fault::CutBefore, Fault::LostAnswer, Fault::Refused(503), Fault::DoneAndRefused(500)];
    operator.place.rule(move |_: &Asked| {
        requests += 1;
        if requests % 5 == 0 { faults[requests / 5 % faults.len()] } else { Fault::None }
    });
    let url = operator.start();
    for number in 0..3 {
        operator.issue(&url, &format!("before {number}"));
    }
    operator.kill();
    let url = operator.start();
    for number in 0..3 {
        operator.issue(&url, &format!("after {number}"));
    }
    let told = operator.audit(&url);
    assert!(told.contains("at size 7: 7 entries"), "{told}");
    assert!(!Path::new(&operator.path("node-1/data/log")).exists());
    let store = operator.place.straight();
    let checkpoint = String::from_utf8(store.read("log/checkpoint").unwrap().unwrap()).unwrap();
    assert_eq!(checkpoint.lines().nth(1), Some("7"), "{checkpoint}");
    assert_eq!(store.read("log/node").unwrap().as_deref(), Some(b"node 1 of log.town.example\n".as_slice()));

    // A backup has what is in the bucket; what was restored goes there by hand.
    let (config, backup) = (operator.path("node-1/config.toml"), operator.path("backup"));
    let (status, _, err) = ran(&["backup", "--config", &config, "--out", &backup]);
    assert_eq!(status, 0, "{err}");
    let copied = fs::read_to_string(Path::new(&backup).join("log/checkpoint")).unwrap();
    assert_eq!(copied.lines().nth(1), Some("7"), "{copied}");
    let (status, _, err) = ran(&["restore", "--from", &backup, "--config", &config, "--verify-only"]);
    assert_eq!(status, 0, "{err}");
    let (status, _, err) = ran(&["restore", "--from", &backup, "--config", &config]);
    assert!(status == 4 && err.contains("malformed.config") && err.contains("[store]"), "{status} {err}");

    // A node that has lost everything does not begin again where something was published.
    operator.kill();
    fs::remove_dir_all(operator.path("node-1/data")).unwrap();
    let (status, _, err) = ran(&["serve", "--config", &operator.path("node-1/config.toml")]);
    assert!(status == 5 && err.contains("io.exists") && err.contains(&operator.place.url), "{status} {err}");
}

// Credentials stand in the environment, and nowhere else.
#[test]
#[ignore = "needs a server: cargo xtask s3"]
fn a_node_without_credentials_does_not_start() {
    let operator = Operator::new();
    let mut command = Command::new(cargo_bin("ct-node"));
    command.args(["serve", "--config", &operator.path("node-1/config.toml")]);
    let output = command.env_remove("AWS_SECRET_ACCESS_KEY").output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("malformed.config") && err.contains("AWS_SECRET_ACCESS_KEY"), "{err}");
    assert_eq!(operator.place.proxy.asked().len(), 0);
}
