//! `ct-node cluster`: a whole log in one directory, as somebody has it who tries it out.

use crate::process::{ct_node, eventually, ran, text};
use crate::town::directory;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

/// How many nodes the logs of these tests have.
const SIZES: [u32; 2] = [1, 3];

/// A log's directory with the program that runs its processes.
struct Cluster {
    dir: tempfile::TempDir,
    program: Child,
    out: Lines,
    err: Lines,
}

/// What a process has written so far.
type Lines = Arc<Mutex<String>>;

fn collect(stream: impl Read + Send + 'static) -> Lines {
    let lines = Lines::default();
    let written = Arc::clone(&lines);
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let mut lines = written.lock().unwrap();
            lines.push_str(&line);
            lines.push('\n');
        }
    });
    lines
}

impl Cluster {
    /// A new log of so many nodes that is ready.
    fn new(nodes: u32) -> Self {
        Self::run(directory(), &["--nodes", &nodes.to_string()])
    }

    fn run(dir: tempfile::TempDir, more: &[&str]) -> Self {
        let mut command = ct_node(&["cluster", "--dir", &text(&dir.path().join("log"))]);
        // A group of its own, as a terminal has one for it.
        command.process_group(0);
        let mut program = command.args(more).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (out, err) = (collect(program.stdout.take().unwrap()), collect(program.stderr.take().unwrap()));
        let mut cluster = Self { dir, program, out, err };
        eventually("the log is ready", || {
            assert_eq!(cluster.program.try_wait().unwrap(), None, "{}", cluster.err.lock().unwrap());
            cluster.out.lock().unwrap().contains("Ctrl-C stops all of them.").then_some(())
        });
        cluster
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("log").join(name)
    }

    /// The process ID in the folder of this name.
    fn pid(&self, name: &str) -> String {
        fs::read_to_string(self.path(name).join("pid")).unwrap().trim().to_owned()
    }

    /// Every process that it runs.
    fn pids(&self, nodes: u32) -> Vec<String> {
        let names = (1..=nodes).map(|number| format!("node-{number}"));
        names.chain((1..=3).map(|number| format!("witness-{number}"))).map(|name| self.pid(&name)).collect()
    }

    fn says(&self, words: &str) {
        eventually(words, || self.err.lock().unwrap().contains(words).then_some(()));
    }

    /// Issues a document through whichever nodes run, and checks the bundle.
    fn issue(&self, nodes: u32, name: &str) {
        let file = self.dir.path().join(name);
        fs::write(&file, name).unwrap();
        let apis = (1..=nodes).filter_map(|number| fs::read_to_string(self.path(&format!("node-{number}/api"))).ok());
        let to = apis.map(|url| url.trim().to_owned()).collect::<Vec<_>>().join(",");
        let (key, trust) = (text(&self.path("keys/issuer.pem")), text(&self.path("trust.cbor")));
        let out = text(&self.dir.path().join("bundles"));
        let words = ["issue", "--to", &to, "--key", &key, "--trust", &trust, "--out", &out, &text(&file)];
        let (status, out, err) = ran(&mut ct_node(&words));
        assert_eq!(status, 0, "{err}");
        assert!(out.contains("Issued and verified 1 document"), "{out}");
    }

    /// SIGTERM; the exit status, and the directory for another run.
    fn end(mut self) -> (i32, tempfile::TempDir) {
        signal("TERM", &self.program.id().to_string());
        let status = self.program.wait().unwrap().code().unwrap_or(-1);
        (status, std::mem::replace(&mut self.dir, directory()))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Its processes end with it.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn signal(name: &str, pid: &str) {
    assert!(Command::new("kill").args(["-s", name, "--", pid]).status().unwrap().success());
}

/// Whether there is such a process, and it is not only waiting to be buried.
fn runs(pid: &str) -> bool {
    let stat = fs::read_to_string(Path::new("/proc").join(pid).join("stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

// R23: from nothing to a log that issues; and again with what is there. No process stays behind.
#[test]
fn a_log_in_one_command() {
    for nodes in SIZES {
        let cluster = Cluster::new(nodes);
        let ready = format!("is ready: {nodes} node(s) and 3 witness(es) run.");
        assert!(cluster.out.lock().unwrap().contains(&ready));
        let pids = cluster.pids(nodes);
        assert!(pids.iter().all(|pid| runs(pid)));
        cluster.issue(nodes, "one.txt");
        assert_eq!(*cluster.err.lock().unwrap(), "");
        let (status, dir) = cluster.end();
        assert_eq!(status, 0);
        assert!(!pids.iter().any(|pid| runs(pid)));
        for number in 1..=nodes {
            let left = |name: &str| dir.path().join(format!("log/node-{number}/{name}")).exists();
            assert!(!left("api") && !left("pid") && left("log.txt"));
        }
        let cluster = Cluster::run(dir, &[]);
        cluster.issue(nodes, "two.txt");
        let log = text(&cluster.path("node-1/data/log"));
        let (status, _, err) = ran(&mut ct_node(&["fsck", &log, "--trust", &text(&cluster.path("trust.cbor"))]));
        assert_eq!(status, 0, "{err}");
        assert_eq!(cluster.end().0, 0);
    }
}

// R20.1: a node that is killed is named and left alone; the others go on, and it comes back by hand.
#[test]
fn a_killed_node_is_named_and_not_started_again() {
    for nodes in SIZES {
        let mut cluster = Cluster::new(nodes);
        let last = format!("node-{nodes}");
        let witness = cluster.pid("witness-1");
        signal("KILL", &cluster.pid(&last));
        cluster.says(&format!("ct-node: {last} ended (signal: 9 (SIGKILL)); its last words are in "));
        assert!(!cluster.path(&last).join("pid").exists());
        if nodes == 1 {
            cluster.says("ct-node: io.network: ");
            assert_eq!(cluster.program.wait().unwrap().code(), Some(5));
            assert!(!runs(&witness));
            continue;
        }
        cluster.issue(nodes - 1, "without.txt");
        let config = text(&cluster.path(&last).join("config.toml"));
        let mut back = ct_node(&["serve", "--config", &config]).stderr(Stdio::null()).spawn().unwrap();
        // It may have been killed before it had published anything.
        let note = || fs::read_to_string(cluster.path(&last).join("data/log/checkpoint")).ok();
        let size = || note().and_then(|note| note.lines().nth(1).map(str::to_owned));
        eventually("it has caught up", || (size().as_deref() == Some("2")).then_some(()));
        cluster.issue(nodes, "with.txt");
        back.kill().unwrap();
        back.wait().unwrap();
        assert_eq!(cluster.end().0, 0);
    }
}

// However the program ends, nothing that it has started is left.
#[test]
fn the_processes_end_with_the_program() {
    for nodes in SIZES {
        let cluster = Cluster::new(nodes);
        let pids = cluster.pids(nodes);
        signal("KILL", &cluster.program.id().to_string());
        eventually("all have ended", || (!pids.iter().any(|pid| runs(pid))).then_some(()));
    }
}

// A terminal's Ctrl-C goes to the whole group: the processes are still told once, and end in their order.
#[test]
fn ctrl_c_stops_all_of_them_once() {
    let mut cluster = Cluster::new(1);
    let pids = cluster.pids(1);
    signal("INT", &format!("-{}", cluster.program.id()));
    assert_eq!(cluster.program.wait().unwrap().code(), Some(0));
    assert!(!pids.iter().any(|pid| runs(pid)));
    for name in ["node-1", "witness-1", "witness-2", "witness-3"] {
        assert!(!cluster.path(name).join("api").exists(), "{name} had no time to put its things away");
    }
    assert_eq!(*cluster.err.lock().unwrap(), "");
}

// A node that hangs does not keep the others from being stopped.
#[test]
fn a_stopped_process_is_stopped_all_the_same() {
    let cluster = Cluster::new(1);
    let pids = cluster.pids(1);
    signal("STOP", &pids[0]);
    let err = Arc::clone(&cluster.err);
    assert_eq!(cluster.end().0, 0);
    assert!(!pids.iter().any(|pid| runs(pid)));
    // It was told and has listened; nothing had to be killed.
    assert_eq!(*err.lock().unwrap(), "");
}

#[test]
fn a_directory_is_run_once_at_a_time() {
    let cluster = Cluster::new(1);
    let pids = cluster.pids(1);
    let (status, out, err) = ran(&mut ct_node(&["cluster", "--dir", &text(&cluster.path(""))]));
    assert_eq!((status, out.as_str()), (5, ""));
    assert!(err.starts_with("ct-node: io.write: ") && err.contains("run by another program"), "{err}");
    assert_eq!(pids, cluster.pids(1));
    assert!(pids.iter().all(|pid| runs(pid)));
    cluster.issue(1, "one.txt");
}

// R1.4: each mistake by its code, and nothing is begun.
#[test]
fn what_cannot_be_run_is_refused() {
    let dir = directory();
    let log = text(&dir.path().join("log"));
    let (status, _, err) = ran(&mut ct_node(&["init", "--dir", &log, "--nodes", "1"]));
    assert_eq!(status, 0, "{err}");
    let other = dir.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("letter.txt"), "dear").unwrap();
    let absent = text(&dir.path().join("absent"));
    for (words, status, code) in [
        ([log.as_str(), "3"], 2, "usage.arguments"),
        ([text(&other).as_str(), "1"], 5, "io.exists"),
        ([absent.as_str(), "2"], 2, "usage.arguments"),
    ] {
        let (found, out, err) = ran(&mut ct_node(&["cluster", "--dir", words[0], "--nodes", words[1]]));
        assert_eq!((found, out.as_str()), (status, ""), "{err}");
        assert!(err.starts_with(&format!("ct-node: {code}: ")), "{err}");
    }
    assert!(!Path::new(&absent).exists() && !Path::new(&log).join("node-1/log.txt").exists());
    assert_eq!(fs::read_dir(&other).unwrap().count(), 1);
}
