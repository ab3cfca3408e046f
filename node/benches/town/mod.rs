//! A log of real processes to be measured: its nodes and three witnesses, on this machine.

use ct_core::Timestamp;
use ct_node::deployment::{self, Keys};
use ct_node::load::{Load, Measured};
use ct_node::service::Clock;
use ct_node::trust::days;
use ct_node::{Entropy, Plan, TrustPlan, advertise};
use std::fs;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

pub(crate) fn now() -> Timestamp {
    Timestamp::from_seconds(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// A log and its processes.
pub(crate) struct Log {
    pub(crate) dir: tempfile::TempDir,
    children: Vec<Child>,
    nodes: Vec<Option<Child>>,
}

impl Log {
    /// A log of so many nodes, which do not run yet.
    pub(crate) fn new(nodes: u32) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let trust = TrustPlan {
            name: "Bench".to_owned(),
            issuer: "bench.example".to_owned(),
            issuer_name: "Bench".to_owned(),
            types: vec!["document".to_owned()],
            quorum: 2,
            issued: now(),
            expires: now().plus(days(1)),
            keys_until: now().plus(days(1)),
            evidence: days(1),
            status: days(1),
            example: true,
        };
        let plan = Plan { origin: "log.bench.example".to_owned(), witnesses: 3, trust };
        let place = dir.path().join("log");
        deployment::create(&place, &plan, nodes, &mut Entropy::from_os().unwrap()).unwrap();
        let mut log = Self { dir, children: Vec::new(), nodes: (0..nodes).map(|_| None).collect() };
        for number in 1..=3 {
            let folder = format!("witness-{number}");
            log.children.push(log.spawn("witness", &folder));
            log.url(&folder);
        }
        log
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join("log").join(name)
    }

    fn spawn(&self, command: &str, folder: &str) -> Child {
        let mut process = Command::new(env!("CARGO_BIN_EXE_ct-node"));
        process.arg(command).arg("--config").arg(self.path(folder).join("config.toml"));
        process.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Waits for it.
    pub(crate) fn url(&self, folder: &str) -> String {
        let api = self.path(folder).join("api");
        loop {
            if let Ok(url) = advertise::read(&api) {
                return url;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Starts a node, the first is 0; how long it took until it answers.
    pub(crate) fn start(&mut self, node: usize) -> Duration {
        let begun = Instant::now();
        let folder = format!("node-{}", node + 1);
        let child = self.spawn("serve", &folder);
        self.nodes.get_mut(node).unwrap().replace(child);
        self.url(&folder);
        begun.elapsed()
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self, node: usize) {
        let mut child = self.nodes.get_mut(node).and_then(Option::take).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        fs::remove_file(self.path(&format!("node-{}/api", node + 1))).unwrap();
    }

    /// The addresses of the nodes that run.
    pub(crate) fn urls(&self) -> Vec<String> {
        let running = self.nodes.iter().zip(1..).filter(|(node, _)| node.is_some());
        running.map(|(_, number)| self.url(&format!("node-{number}"))).collect()
    }

    /// Load on all of them.
    pub(crate) fn load(&self, seconds: u64, clients: u16, entries: u16) -> Measured {
        let urls = self.urls();
        let load = Load { urls, length: Duration::from_secs(seconds), clients, entries, enough: Arc::default() };
        let clock: Clock = Arc::new(now);
        load.run(&Keys::read(&self.path("")).unwrap(), &clock, |_| Ok(())).unwrap()
    }

    /// Entries under the checkpoint that a node has published, by its folder.
    pub(crate) fn published(&self, folder: &str) -> u64 {
        let note = fs::read_to_string(self.path(folder).join("data/log/checkpoint")).unwrap_or_default();
        note.lines().nth(1).map_or(0, |size| size.parse().unwrap())
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        for child in self.children.iter_mut().chain(self.nodes.iter_mut().flatten()) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
