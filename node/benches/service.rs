//! What a log of one node takes: real processes, real flushes, three witnesses, statements checked; and how long it takes
//! to come back.
//!
//! `cargo bench -p ct-node --bench service -- [SECONDS [ENTRIES]]`: so many seconds for each row (10); the restart is
//! measured with at least so many entries (100,000). The load, the witnesses and the node share the machine.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that fails must end, and be read")]
#![allow(clippy::cast_precision_loss, reason = "figures for people")]

#[allow(dead_code, reason = "another benchmark needs the rest")]
mod town;

use ct_core::{PublicKey, Statement};
use ct_node::{Draft, Entropy, statement};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};
use town::{Log, now};

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
    let mut log = Log::new(1);
    println!("first start: {:.0?}", log.start(0));
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
        let size = log.published("node-1");
        log.kill(0);
        println!("| {size} | {last:.0} | {:.0?} |", log.start(0));
        if size >= entries {
            break;
        }
        let measured = log.load((seconds * 3).min(60), 8, 64);
        last = measured.entries as f64 / measured.elapsed.as_secs_f64();
    }
}
