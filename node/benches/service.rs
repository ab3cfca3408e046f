//! What a log of one node takes: real processes, real flushes, three witnesses, statements checked; and how long it takes
//! to come back.
//!
//! `cargo bench -p ct-node --bench service [SECONDS [ENTRIES]]`: so many seconds for each row (10); the restart is measured
//! with at least so many entries (100,000). The load, the witnesses and the node share the machine.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that fails must end, and be read")]
#![allow(clippy::cast_precision_loss, reason = "figures for people")]

use ct_core::{PublicKey, Statement, Timestamp};
use ct_node::deployment::{self, Keys};
use ct_node::load::{Load, Measured};
use ct_node::service::Clock;
use ct_node::trust::days;
use ct_node::{Draft, Entropy, Plan, TrustPlan, advertise, statement};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

fn now() -> Timestamp {
    Timestamp::from_seconds(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

struct Log {
    dir: tempfile::TempDir,
    children: Vec<Child>,
    node: Option<Child>,
}

impl Log {
    fn new() -> Self {
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
        deployment::create(&place, &plan, 1, &mut Entropy::from_os().unwrap()).unwrap();
        let mut log = Self { dir, children: Vec::new(), node: None };
        for number in 1..=3 {
            let folder = format!("witness-{number}");
            log.children.push(log.spawn("witness", &folder));
            log.url(&folder);
        }
        log
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join("log").join(name)
    }

    fn spawn(&self, command: &str, folder: &str) -> Child {
        let mut process = Command::new(env!("CARGO_BIN_EXE_ct-node"));
        process.arg(command).arg("--config").arg(self.path(folder).join("config.toml"));
        process.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Waits for it.
    fn url(&self, folder: &str) -> String {
        let api = self.path(folder).join("api");
        loop {
            if let Ok(url) = advertise::read(&api) {
                return url;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Starts the node; how long it took until it answers.
    fn start(&mut self) -> Duration {
        let begun = Instant::now();
        self.node = Some(self.spawn("serve", "node-1"));
        self.url("node-1");
        begun.elapsed()
    }

    /// `kill -9`.
    fn kill(&mut self) {
        let mut node = self.node.take().unwrap();
        node.kill().unwrap();
        node.wait().unwrap();
        fs::remove_file(self.path("node-1/api")).unwrap();
    }

    fn load(&self, seconds: u64, clients: u16, entries: u16) -> Measured {
        let urls = vec![self.url("node-1")];
        let load = Load { urls, length: Duration::from_secs(seconds), clients, entries, enough: Arc::default() };
        let clock: Clock = Arc::new(now);
        load.run(&Keys::read(&self.path("")).unwrap(), &clock, |_| Ok(())).unwrap()
    }

    /// Entries under the published checkpoint.
    fn published(&self) -> u64 {
        let note = fs::read_to_string(self.path("node-1/data/log/checkpoint")).unwrap_or_default();
        note.lines().nth(1).map_or(0, |size| size.parse().unwrap())
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        for child in self.children.iter_mut().chain(&mut self.node) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// How often a second something can be done, on one thread.
fn per_second(mut work: impl FnMut()) -> f64 {
    let begun = Instant::now();
    let mut count = 0_u32;
    while begun.elapsed() < Duration::from_secs(1) {
        work();
        count += 1;
    }
    f64::from(count) / begun.elapsed().as_secs_f64()
}

/// Checks of a statement's signature.
fn bare_checks() -> f64 {
    let key = ct_keys::KeyFile::generate(ct_keys::Role::Issuer, "bench#1".parse().unwrap(), &[1; 32]);
    let draft = Draft {
        document_hash: ct_core::Hash::of(b"x"),
        document_type: "document".to_owned(),
        sub: String::new(),
        expires: None,
        kind: ct_core::SubjectKind::File,
        status: None,
    };
    let signed = statement::document("bench", &key, &draft, now(), &mut Entropy::from_os().unwrap()).unwrap();
    let public = PublicKey::from_bytes(key.public().verifying_key().as_bytes()).unwrap();
    per_second(|| assert!(Statement::parse(&signed.statement).unwrap().is_signed_by(&public)))
}

/// Appends of a kilobyte, each flushed.
fn bare_flushes(dir: &Path) -> f64 {
    let mut file = File::create(dir.join("flushes")).unwrap();
    per_second(|| {
        file.write_all(&[7; 1_024]).unwrap();
        file.sync_data().unwrap();
    })
}

fn main() {
    // Cargo adds `--bench`.
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with("--"));
    let seconds = words.next().map_or(10, |word| word.parse().unwrap());
    let entries: u64 = words.next().map_or(100_000, |word| word.parse().unwrap());
    let mut log = Log::new();
    println!("first start: {:.0?}", log.start());
    println!(
        "\n| statements per request | requests at once | statements/s | bare checks/s on one thread | share | p50 | p99 | failures |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (per_request, clients) in [(1, 1), (1, 64), (64, 8), (1_024, 4)] {
        let before = bare_checks();
        let measured = log.load(seconds, clients, per_request);
        let bare = f64::midpoint(before, bare_checks());
        let rate = measured.entries as f64 / measured.elapsed.as_secs_f64();
        let latency = |percent| measured.percentile(percent).unwrap_or_default();
        println!(
            "| {per_request} | {clients} | {rate:.0} | {bare:.0} | {:.2} | {:.1?} | {:.1?} | {:?} |",
            rate / bare,
            latency(50),
            latency(99),
            measured.failures
        );
    }
    println!("\nflushes of 1 KiB: {:.0}/s", bare_flushes(log.dir.path()));
    println!("\n| entries | statements/s before, 64 per request | start after kill -9 |\n|---|---|---|");
    let mut last = 0.0;
    loop {
        let size = log.published();
        log.kill();
        println!("| {size} | {last:.0} | {:.0?} |", log.start());
        if size >= entries {
            break;
        }
        let measured = log.load((seconds * 3).min(60), 8, 64);
        last = measured.entries as f64 / measured.elapsed.as_secs_f64();
    }
}
