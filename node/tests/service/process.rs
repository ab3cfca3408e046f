//! A log of real processes on real sockets, as an operator has it: what is killed, comes back with everything that it
//! had acknowledged.

use crate::town::directory;
use assert_cmd::cargo::cargo_bin;
use ct_core::Hash;
use ct_node::entry_bundle;
use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A log's directory, and its processes.
struct Operator {
    dir: tempfile::TempDir,
    witnesses: Vec<Child>,
    node: Option<Child>,
    port: u16,
}

fn ct_node(words: &[&str]) -> Command {
    let mut command = Command::new(cargo_bin("ct-node"));
    command.args(words);
    command
}

fn ran(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().unwrap_or(-1), text(stdout), text(stderr))
}

/// Asks again and again until it is so: processes of a busy machine take their time.
fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
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
    fn new() -> Self {
        let dir = directory();
        let words = ["init", "--dir", &text(&dir.path().join("log")), "--nodes", "1", "--origin", "log.town.example"];
        let (status, _, err) = ran(&mut ct_node(&words));
        assert_eq!(status, 0, "{err}");
        // A port that was free a moment ago, so that clients find the node again after it was killed.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut operator = Self { dir, witnesses: Vec::new(), node: None, port };
        let config = operator.path("node-1/config.toml");
        let with_port = fs::read_to_string(&config).unwrap().replace("127.0.0.1:0", &format!("127.0.0.1:{port}"));
        fs::write(&config, with_port).unwrap();
        for number in 1..=3 {
            let config = text(&operator.path(&format!("witness-{number}/config.toml")));
            let witness = ct_node(&["witness", "--config", &config]).stderr(Stdio::null()).spawn().unwrap();
            operator.witnesses.push(witness);
        }
        operator
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("log").join(name)
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn start(&mut self) {
        let config = text(&self.path("node-1/config.toml"));
        let node = ct_node(&["serve", "--config", &config]).stderr(Stdio::null()).stdout(Stdio::null()).spawn();
        self.node = Some(node.unwrap());
    }

    /// `kill -9`.
    fn kill(&mut self) {
        let mut node = self.node.take().unwrap();
        node.kill().unwrap();
        node.wait().unwrap();
    }

    /// SIGTERM; the exit status.
    fn end(&mut self) -> i32 {
        let mut node = self.node.take().unwrap();
        let id = node.id().to_string();
        assert!(Command::new("kill").arg(id).status().unwrap().success());
        node.wait().unwrap().code().unwrap_or(-1)
    }

    fn issue(&self, out: &str, files: &[PathBuf]) -> (i32, String, String) {
        let (key, out) = (text(&self.path("keys/issuer.pem")), text(&self.dir.path().join(out)));
        let trust = text(&self.path("trust.cbor"));
        let words = ["issue", "--to", &self.url(), "--key", &key, "--trust", &trust, "--out", &out];
        ran(ct_node(&words).args(files))
    }

    fn load(&self, seconds: u32, acked: &Path) -> Child {
        let (seconds, acked, dir) = (seconds.to_string(), text(acked), text(&self.path("")));
        let words = ["load", "--to", &self.url(), "--dir", &dir, "--seconds", &seconds, "--acked", &acked];
        ct_node(&words).args(["--entries", "8", "--clients", "4"]).stdout(Stdio::piped()).spawn().unwrap()
    }

    /// Hash and number of every published entry, by reading the files as anybody could.
    fn published(&self) -> BTreeMap<u64, Hash> {
        let log = self.path("node-1/data/log");
        let checkpoint = fs::read_to_string(log.join("checkpoint")).unwrap();
        let size: u64 = checkpoint.lines().nth(1).unwrap().parse().unwrap();
        let mut entries = BTreeMap::new();
        for index in 0..size.div_ceil(256) {
            let (whole, rest) = (size / 256, size % 256);
            let name = if index < whole { format!("{index:03}") } else { format!("{index:03}.p/{rest}") };
            let bytes = fs::read(log.join("tile/entries").join(name)).unwrap();
            let parsed = entry_bundle::parse(&bytes).unwrap();
            entries.extend((index * 256..).zip(parsed.iter().map(|entry| Hash::of(entry))));
        }
        entries
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

fn text(path: &Path) -> String {
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
    assert_eq!(operator.published().len(), 3);
    assert_eq!(operator.end(), 0);
    assert!(!operator.path("node-1/api").exists());
}

// The gate of R10, R20.2: killed three times under load, it has lost nothing that it acknowledged, and doubled nothing.
#[test]
fn drill_nothing_acknowledged_is_lost_or_doubled() {
    let mut operator = Operator::new();
    operator.start();
    let acked = operator.dir.path().join("acked.jsonl");
    let load = operator.load(6, &acked);
    let lines = || fs::read_to_string(&acked).map_or(0, |text| text.lines().count());
    let mut seen = 0;
    for _ in 0..3 {
        eventually("the node acknowledges again", || (lines() > seen).then_some(()));
        operator.kill();
        seen = lines();
        operator.start();
    }
    let output = load.wait_with_output().unwrap();
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.success() && said["entries"].as_u64().unwrap() > 0, "{said}");
    let text = fs::read_to_string(&acked).unwrap();
    let acknowledged: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let greatest = acknowledged.iter().map(|line| line["leaf_index"].as_u64().unwrap()).max().unwrap();
    let entries = eventually("everything is published", || {
        let entries = operator.published();
        entries.contains_key(&greatest).then_some(entries)
    });
    let mut places: BTreeMap<Hash, Vec<u64>> = BTreeMap::new();
    entries.iter().for_each(|(index, hash)| places.entry(*hash).or_default().push(*index));
    assert!(places.values().all(|indexes| indexes.len() == 1), "an entry stands in the log twice");
    for line in &acknowledged {
        let hash = Hash::from_hex(line["statement_hash"].as_str().unwrap()).unwrap();
        assert_eq!(places.get(&hash).map(Vec::as_slice), Some([line["leaf_index"].as_u64().unwrap()].as_slice()));
    }
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
}

// R15.3, R11: what `init --nodes 3` makes is one log. Nodes that do not know of each other must not serve it.
#[test]
fn two_nodes_of_one_log_never_sign_two_histories() {
    let dir = directory();
    let log = dir.path().join("log");
    let words = ["init", "--dir", &text(&log), "--nodes", "3", "--origin", "log.town.example"];
    assert_eq!(ran(&mut ct_node(&words)).0, 0);
    let start = |number: u32| {
        let config = text(&log.join(format!("node-{number}/config.toml")));
        ct_node(&["serve", "--config", &config]).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap()
    };
    let mut nodes = [start(1), start(2)];
    let keys = ct_node::deployment::Keys::read(&log).unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let now = ct_core::Timestamp::from_seconds(now).unwrap();
    let mut entropy = ct_node::Entropy::from_os().unwrap();
    let mut acknowledged = Vec::new();
    for number in [1, 2] {
        let api = log.join(format!("node-{number}/api"));
        let url = eventually("the node listens", || fs::read_to_string(&api).ok()).trim().to_owned();
        let draft = ct_node::Draft {
            document_hash: Hash::new(entropy.bytes()),
            document_type: keys.document_type.clone(),
            sub: String::new(),
            expires: None,
            kind: ct_core::SubjectKind::File,
            status: None,
        };
        let signed = ct_node::statement::document(&keys.issuer, &keys.issuer_key, &draft, now, &mut entropy).unwrap();
        let clock = std::sync::Arc::new(move || now);
        let random = ct_node::Entropy::from_os().unwrap();
        let mut client = ct_node::client::Client::new(&[url], Default::default(), clock, random).unwrap();
        let receipt = client.submit(&keys.origin, &keys.client_key, &[&signed.statement]).unwrap();
        acknowledged.push(receipt.first);
    }
    let fence = |number: u32| {
        let path = log.join(format!("node-{number}/data/state/fence"));
        eventually("it is signed", || fs::read_to_string(&path).ok().filter(|text| text.lines().nth(1) == Some("2")))
    };
    let (one, two) = (fence(1), fence(2));
    for node in &mut nodes {
        node.kill().unwrap();
        node.wait().unwrap();
    }
    assert_eq!(one, two, "one key signed two roots of one size; acknowledged at {acknowledged:?}");
}

// R10, R21: a node whose write-ahead log is poisoned stops, or at least does not say that it is ready.
#[test]
fn a_node_that_can_write_no_more_is_not_ready() {
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
    let ready = |operator: &Operator| {
        use std::io::{Read, Write};
        let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", operator.port)) else { return false };
        let _ = stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer.starts_with("HTTP/1.1 200")
    };
    assert!(ready(&operator));
    assert!(Command::new("prlimit").args(["--pid", &id, "--fsize=4096"]).status().unwrap().success());
    let output = operator.load(1, &operator.dir.path().join("acked.jsonl")).wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("io.log_poisoned"), "{said}");
    std::thread::sleep(Duration::from_secs(1));
    assert!(!ready(&operator), "it takes nothing any more, and says that it is ready");
}

// R8.1: a client that its operator has taken out of the configuration may not submit any more.
#[test]
fn a_client_that_was_taken_out_is_refused() {
    let mut operator = Operator::new();
    operator.start();
    let file = |name: &str| {
        let path = operator.dir.path().join(name);
        fs::write(&path, name).unwrap();
        path
    };
    let (one, two) = (file("one.txt"), file("two.txt"));
    assert_eq!(operator.issue("bundles", &[one]).0, 0);
    assert_eq!(operator.end(), 0);
    let config = operator.path("node-1/config.toml");
    let without = fs::read_to_string(&config).unwrap().replace("\"../keys/client.pub.pem\"", "");
    assert!(without.contains("clients = []"));
    fs::write(&config, without).unwrap();
    operator.start();
    let (status, out, err) = operator.issue("bundles", &[two]);
    assert!(status != 0 && err.contains("unknown.client"), "{out}{err}");
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
