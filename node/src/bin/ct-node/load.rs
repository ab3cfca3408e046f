//! `ct-node load`: how much a log takes, and what it acknowledged.

use crate::addresses::urls;
use crate::args::LoadArgs;
use crate::clock::clock;
use crate::output::line;
use ct_core::Code;
use ct_node::deployment::Keys;
use ct_node::load::{Acknowledged, Load};
use ct_node::{Error, Result};
use serde_json::json;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub(crate) fn run(args: &LoadArgs) -> Result<()> {
    let keys = Keys::read(&args.dir)?;
    let now = clock()?;
    let mut acked = args.acked.as_deref().map(open).transpose()?;
    let acknowledge = move |acknowledged: &[Acknowledged]| match (&mut acked, &args.acked) {
        (Some(file), Some(path)) => note(file, acknowledged).map_err(|source| failed(path, &source)),
        _ => Ok(()),
    };
    let length = Duration::from_secs(args.seconds);
    let (urls, enough) = (urls(&args.to)?, Arc::default());
    let load = Load { urls, length, clients: args.clients, entries: args.entries, enough };
    let measured = load.run(&keys, &(Arc::new(move || clock().unwrap_or(now)) as _), acknowledge)?;
    let milliseconds = |percent| measured.percentile(percent).map(|latency| latency.as_secs_f64() * 1_000.0);
    let failures: serde_json::Map<_, _> =
        measured.failures.iter().map(|(code, count)| (code.to_string(), json!(count))).collect();
    let rate = u32::try_from(measured.entries).map_or(f64::INFINITY, f64::from) / measured.elapsed.as_secs_f64();
    line(json!({
        "entries": measured.entries,
        "requests": measured.latencies.len(),
        "seconds": measured.elapsed.as_secs_f64(),
        "entries_per_second": rate,
        "p50_ms": milliseconds(50),
        "p99_ms": milliseconds(99),
        "failures": failures,
    }))
}

fn open(path: &Path) -> Result<File> {
    OpenOptions::new().create(true).append(true).open(path).map_err(|source| failed(path, &source))
}

/// Whole lines, in one write.
fn note(file: &mut File, acknowledged: &[Acknowledged]) -> std::io::Result<()> {
    let mut lines = String::new();
    for Acknowledged { request_id, statement_hash, leaf_index, begun, answered } in acknowledged {
        let statement_hash = statement_hash.to_string();
        let statement_hash = statement_hash.strip_prefix("sha256:").unwrap_or(&statement_hash);
        let line = json!({
            "request_id": request_id.to_string(),
            "statement_hash": statement_hash,
            "leaf_index": leaf_index,
            "begun_ms": milliseconds(*begun),
            "answered_ms": milliseconds(*answered),
        });
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
    file.write_all(lines.as_bytes())
}

fn failed(path: &Path, source: &std::io::Error) -> Error {
    Error::new(Code::IoWrite, path.display(), format!("cannot be written: {source}"), "name another file")
}

fn milliseconds(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
