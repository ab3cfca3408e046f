//! What a log of three nodes takes, beside etcd with three members: all on this machine, with the load.
//!
//! `cargo bench -p ct-node --bench replicated [SECONDS]`: so many seconds for each row (10). Needs `etcd` (Debian:
//! etcd-server) for the other half, and says so if it is not there.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a measurement that fails must end"
)]
#![allow(clippy::cast_precision_loss, missing_docs, unreachable_pub, reason = "figures for people")]

#[allow(dead_code, reason = "another benchmark needs the rest")]
mod town;

use ct_node::http::{HttpClient, Patience};
use ct_node::service::{NodeRole, NodeStatus};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};
use town::Log;

fn status(url: &str) -> Option<NodeStatus> {
    let patience = Patience { total: Duration::from_secs(1), ..Patience::default() };
    let reply = HttpClient::new(patience).get(&format!("{url}/v1/status"), 65_536).ok()?;
    NodeStatus::parse(&reply.body, url).ok()
}

/// Which of the nodes leads, once one does; the first is 0.
fn leader(log: &Log) -> usize {
    loop {
        for url in log.urls() {
            if let Some(status) = status(&url).filter(|status| status.standing.role == NodeRole::Leads) {
                return usize::try_from(status.standing.node).unwrap() - 1;
            }
        }
        thread::sleep(Duration::from_millis(20));
    }
}

fn ours(seconds: u64) -> f64 {
    let mut log = Log::new(3);
    for node in 0..3 {
        log.start(node);
    }
    leader(&log);
    println!("\n| statements per request | requests at once | statements/s | p50 | p99 | failures |");
    println!("|---|---|---|---|---|---|");
    let mut best = 0.0_f64;
    for (per_request, clients) in [(1, 1), (1, 64), (64, 8), (1_024, 4)] {
        let measured = log.load(seconds, clients, per_request);
        let rate = measured.entries as f64 / measured.elapsed.as_secs_f64();
        let latency = |percent| measured.percentile(percent).unwrap_or_default();
        let failures = &measured.failures;
        println!(
            "| {per_request} | {clients} | {rate:.0} | {:.1?} | {:.1?} | {failures:?} |",
            latency(50),
            latency(99)
        );
        if per_request == 64 {
            best = rate;
        }
    }
    failover(&mut log);
    catch_up(&mut log, seconds);
    best
}

/// From `kill -9` of the leader to the next acknowledgement.
fn failover(log: &mut Log) {
    let mut gaps = Vec::new();
    for _ in 0..5 {
        let node = leader(log);
        log.kill(node);
        let killed = Instant::now();
        while log.load(1, 1, 1).entries == 0 {}
        // The load goes on for the rest of its second.
        gaps.push(killed.elapsed());
        log.start(node);
        leader(log);
    }
    gaps.sort_unstable();
    println!("\nfailover, kill -9 of the leader to an acknowledgement and the rest of that second: {gaps:.1?}");
}

/// How fast a node that was away comes level.
fn catch_up(log: &mut Log, seconds: u64) {
    let away = (leader(log) + 1) % 3;
    let folder = format!("node-{}", away + 1);
    let before = log.published(&folder);
    log.kill(away);
    log.load(seconds, 8, 64);
    let ahead = log.published(&format!("node-{}", (away + 1) % 3 + 1));
    let begun = Instant::now();
    log.start(away);
    while log.published(&folder) < ahead {
        thread::sleep(Duration::from_millis(5));
    }
    let took = begun.elapsed();
    let rate = (ahead - before) as f64 / took.as_secs_f64();
    println!("catch-up of {} entries, with its tiles: {took:.2?}, {rate:.0} a second", ahead - before);
}

struct Etcd {
    _dir: tempfile::TempDir,
    members: Vec<Child>,
    clients: Vec<String>,
}

fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Etcd {
    fn start() -> Option<Self> {
        Command::new("etcd").arg("--version").stdout(Stdio::null()).status().ok()?;
        let dir = tempfile::tempdir().unwrap();
        let urls = || (0..3).map(|_| format!("http://127.0.0.1:{}", port())).collect::<Vec<_>>();
        let (clients, peers) = (urls(), urls());
        let cluster: Vec<String> = peers.iter().zip(1..).map(|(url, number)| format!("m{number}={url}")).collect();
        let start = |number: usize| {
            let mut member = Command::new("etcd");
            member.args(["--name", &format!("m{}", number + 1), "--initial-cluster", &cluster.join(",")]);
            member.arg("--data-dir").arg(dir.path().join(number.to_string()));
            member.args(["--listen-client-urls", &clients[number], "--advertise-client-urls", &clients[number]]);
            member.args(["--listen-peer-urls", &peers[number], "--initial-advertise-peer-urls", &peers[number]]);
            member.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
        };
        let members = (0..3).map(start).collect();
        let etcd = Self { _dir: dir, members, clients };
        while !etcd.put(&HttpClient::new(Patience::default()), 0) {
            thread::sleep(Duration::from_millis(100));
        }
        Some(etcd)
    }

    /// One put of 300 bytes, about as long as a statement, by the JSON gateway.
    fn put(&self, client: &HttpClient, key: u64) -> bool {
        let text = |bytes: &[u8]| ct_core::base64::encode(bytes);
        let body = format!(r#"{{"key":"{}","value":"{}"}}"#, text(&key.to_be_bytes()), text(&[7; 300]));
        let url = format!("{}/v3/kv/put", self.clients[0]);
        client.post_bytes(&url, "application/json", body.as_bytes(), 65_536).is_ok_and(|reply| reply.status == 200)
    }

    fn row(&self, seconds: u64, clients: u64) -> f64 {
        let (begun, latencies) = (Instant::now(), Mutex::new(Vec::new()));
        thread::scope(|scope| {
            for number in 0..clients {
                let latencies = &latencies;
                scope.spawn(move || {
                    let client = HttpClient::new(Patience::default());
                    let mut own = Vec::new();
                    for count in 0.. {
                        if begun.elapsed() >= Duration::from_secs(seconds) {
                            break;
                        }
                        let sent = Instant::now();
                        if self.put(&client, number << 40 | count) {
                            own.push(sent.elapsed());
                        }
                    }
                    latencies.lock().unwrap().extend(own);
                });
            }
        });
        let elapsed = begun.elapsed();
        let mut latencies = latencies.into_inner().unwrap();
        latencies.sort_unstable();
        let rate = latencies.len() as f64 / elapsed.as_secs_f64();
        let at = |percent: usize| latencies[(latencies.len() - 1) * percent / 100];
        println!("| {clients} | {rate:.0} | {:.1?} | {:.1?} |", at(50), at(99));
        rate
    }
}

impl Drop for Etcd {
    fn drop(&mut self) {
        for member in &mut self.members {
            let _ = member.kill();
            let _ = member.wait();
        }
    }
}

fn main() {
    // Cargo adds `--bench`.
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with("--"));
    let seconds = words.next().map_or(10, |word| word.parse().unwrap());
    println!("a log of three nodes, three witnesses and the load, on one machine");
    let rate = ours(seconds);
    let Some(etcd) = Etcd::start() else {
        println!("\netcd is not here: nothing to compare with");
        return;
    };
    println!("\netcd, three members, by its JSON gateway\n\n| puts at once | puts/s | p50 | p99 |\n|---|---|---|---|");
    let rates: Vec<f64> = [1, 64].map(|clients| etcd.row(seconds, clients)).to_vec();
    let perf = Command::new("etcdctl")
        .args(["check", "perf", "--load", "l", "--endpoints", &etcd.clients.join(",")])
        .env("ETCDCTL_API", "3")
        .output();
    if let Ok(perf) = perf {
        println!("\netcdctl check perf --load l (by gRPC, at most 8,000 a second):");
        for line in
            String::from_utf8_lossy(&perf.stdout).lines().filter(|line| line.contains(':') && !line.contains('%'))
        {
            println!("  {line}");
        }
    }
    let best = rates.into_iter().fold(0.0, f64::max);
    println!("\nstatements at 64 per request, to etcd's best puts by the gateway: {:.1}", rate / best);
}
