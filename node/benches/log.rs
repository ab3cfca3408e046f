//! What durability costs: the write-ahead log and consensus of one node, against flushes of a file in the same folder.
//!
//! `cargo bench -p ct-node --bench log [FOLDER]`; without a folder, one in the system's place for temporary files. Which
//! disk that is on decides about every figure.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that fails must end, and be read")]

use ct_node::consensus::{Committed, Consensus, ConsensusSettings, Machine, Snapshot};
use ct_node::wal::{LocalDisk, Position, Record, SyncPolicy, Wal, WalSettings, recover};
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// A command like that of a small issuance.
const VALUE: usize = 300;

fn main() {
    // Cargo adds `--bench`.
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with("--")).map(PathBuf::from);
    let dir = tempfile::tempdir_in(folder.unwrap_or_else(std::env::temp_dir)).unwrap();
    println!("folder {}, values of {VALUE} bytes\n", dir.path().display());
    println!("| what | in flight | per second | p50 | p99 |\n|---|---|---|---|---|");
    raw(dir.path());
    for (sync, name) in [(SyncPolicy::Batched, "log, batched"), (SyncPolicy::EveryWrite, "log, every write")] {
        for in_flight in [1, 64] {
            let dir = dir.path().join(format!("{name}{in_flight}"));
            appends(name, &dir, WalSettings { sync, ..WalSettings::default() }, in_flight);
        }
    }
    for in_flight in [1, 64, 1_024] {
        commands(&dir.path().join(format!("consensus{in_flight}")), in_flight);
    }
    recovery(&dir.path().join("recovery"));
}

/// A preallocated file, written and flushed record by record.
fn raw(dir: &Path) {
    let mut file = OpenOptions::new().create_new(true).write(true).open(dir.join("raw")).unwrap();
    file.write_all(&vec![0; 16 << 20]).unwrap();
    file.sync_all().unwrap();
    let started = Instant::now();
    let mut latencies = Vec::new();
    for number in 0..4_000 {
        let before = Instant::now();
        file.write_all_at(&[7; VALUE + 105], number * 405).unwrap();
        file.sync_data().unwrap();
        latencies.push(before.elapsed());
    }
    report("fdatasync", 1, started.elapsed(), latencies);
}

fn open(dir: &Path, settings: WalSettings) -> Wal {
    recover(Box::new(LocalDisk::open(dir).unwrap())).unwrap().open(settings).unwrap().0
}

fn entry(index: u64) -> Record {
    Record::Entry { at: Position { term: 1, index }, value: Arc::from([7; VALUE]) }
}

fn appends(name: &str, dir: &Path, settings: WalSettings, in_flight: usize) {
    let wal = open(dir, settings);
    let count = if in_flight == 1 || settings.sync == SyncPolicy::EveryWrite { 8_000 } else { 200_000 };
    let (sender, receiver): (SyncSender<Duration>, Receiver<Duration>) = sync_channel(in_flight);
    let started = Instant::now();
    let mut latencies = Vec::new();
    for index in 0..count {
        if index >= u64::try_from(in_flight).unwrap() {
            latencies.push(receiver.recv().unwrap());
        }
        let (sender, before) = (sender.clone(), Instant::now());
        let done = move |result: ct_node::Result<()>| {
            result.unwrap();
            sender.send(before.elapsed()).unwrap();
        };
        wal.append(vec![entry(index)], done).unwrap();
    }
    wal.close();
    drop(sender);
    latencies.extend(receiver);
    report(name, in_flight, started.elapsed(), latencies);
}

/// A machine without a state: what is left is consensus.
#[derive(Default)]
struct Nothing(Option<Vec<u8>>);

struct Empty;

impl Snapshot for Empty {
    fn write_to(&self, _: &mut dyn std::io::Write) -> ct_node::Result<()> {
        Ok(())
    }
}

impl Machine for Nothing {
    fn applied(&self) -> ct_node::Result<Option<Vec<u8>>> {
        Ok(self.0.clone())
    }

    fn apply(&mut self, commands: &[Committed<'_>], applied: &[u8]) -> ct_node::Result<Vec<Vec<u8>>> {
        self.0 = Some(applied.to_vec());
        Ok(vec![Vec::new(); commands.len()])
    }

    fn persist(&mut self) -> ct_node::Result<()> {
        Ok(())
    }

    fn snapshot(&self) -> ct_node::Result<Box<dyn Snapshot>> {
        Ok(Box::new(Empty))
    }

    fn install(&mut self, _: &mut dyn std::io::Read, applied: &[u8]) -> ct_node::Result<()> {
        self.0 = Some(applied.to_vec());
        Ok(())
    }
}

fn commands(dir: &Path, in_flight: usize) {
    let node = Arc::new(Consensus::start(ConsensusSettings::new(1, dir), Nothing::default()).unwrap());
    let count = if in_flight == 1 { 8_000 } else { 150_000 };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (elapsed, latencies) = runtime.block_on(async {
        let started = Instant::now();
        let mut latencies = Vec::new();
        let mut flying = JoinSet::new();
        for _ in 0..count {
            if flying.len() >= in_flight {
                latencies.push(flying.join_next().await.unwrap().unwrap());
            }
            let node = Arc::clone(&node);
            flying.spawn(async move {
                let before = Instant::now();
                node.propose(vec![7; VALUE]).await.unwrap();
                before.elapsed()
            });
        }
        latencies.extend(flying.join_all().await);
        (started.elapsed(), latencies)
    });
    report("consensus", in_flight, elapsed, latencies);
    Arc::into_inner(node).unwrap().shutdown().unwrap();
}

fn recovery(dir: &Path) {
    let wal = open(dir, WalSettings::default());
    for start in (0..200_000).step_by(1_000) {
        wal.append((start..start + 1_000).map(entry).collect(), Result::unwrap).unwrap();
    }
    wal.close();
    drop(wal);
    let started = Instant::now();
    let records = recover(Box::new(LocalDisk::open(dir).unwrap())).unwrap().records();
    let elapsed = started.elapsed();
    println!("| recovery, records | | {:.0} | | |", f64::from(u32::try_from(records).unwrap()) / elapsed.as_secs_f64());
}

fn report(what: &str, in_flight: usize, elapsed: Duration, mut latencies: Vec<Duration>) {
    latencies.sort();
    let count = u32::try_from(latencies.len()).unwrap();
    let at = |part: usize| latencies.get(latencies.len() * part / 100).copied().unwrap_or_default();
    let rate = f64::from(count) / elapsed.as_secs_f64();
    println!("| {what} | {in_flight} | {rate:.0} | {:.0?} | {:.0?} |", at(50), at(99));
}
