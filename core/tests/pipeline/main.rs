//! The pipeline as a whole: what no single step shows. One file per property.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests assert by panicking"
)]

mod evidence;
mod examples;
mod flips;
mod generations;
mod lives;
mod order;
mod reencoding;
mod report;
mod status;
mod swaps;
mod time;
mod trust_root;

use ct_core::verify::Document;
use ct_core::{AtSource, Mode, Report, Request, StepName, StepResult, TrustRoot, verify};
use ct_testdata::world::{self, DAY, ISSUED};

/// A day after the issue, in mode strict, with the document in the bundle.
fn report(trust: &TrustRoot, bundle: &[u8]) -> Report {
    report_at(trust, bundle, Mode::Strict, ISSUED + DAY)
}

fn report_at(trust: &TrustRoot, bundle: &[u8], mode: Mode, at: u64) -> Report {
    verify(&Request { mode, at: world::time(at), ..request(trust, bundle) })
}

fn request<'a>(trust: &'a TrustRoot, bundle: &'a [u8]) -> Request<'a> {
    Request {
        bundle,
        document: Document::InBundle,
        trust: Ok(trust),
        mode: Mode::Strict,
        at: world::time(ISSUED + DAY),
        at_source: AtSource::Given,
        state: None,
        evidence: &[],
    }
}

/// The steps that failed.
fn failed(report: &Report) -> Vec<StepName> {
    let failed = report.steps().filter(|(_, result)| matches!(result, StepResult::Failed(_)));
    failed.map(|(name, _)| name).collect()
}

/// All that can be done to a file with one bit or with its end.
fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut flipped = bytes.to_vec();
    flipped[bit / 8] ^= 1 << (bit % 8);
    flipped
}
