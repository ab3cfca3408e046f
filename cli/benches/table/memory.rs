//! Row 1: one bundle in memory.

use crate::bare;
use crate::ratio::{alternate, busy};
use ct_core::verify;
use ct_testdata::{workload, world};
use std::hint::black_box;

pub(crate) fn one_bundle() {
    let root = world::root(&world::trust());
    let bundles = workload::distinct(1, &[b'x'; 1_000]);
    let bundle = &bundles[0];
    let checks = bare::checks(bundle, &root);
    let repeated = |work: &dyn Fn()| busy(|| (0..TIMES).for_each(|_| work()));
    let ours = || repeated(&|| assert!(verify(black_box(&bare::request(bundle, &root))).is_verified()));
    let pair = alternate(ROUNDS, ours, || repeated(&|| bare::check_all(&checks)));
    println!("1  one bundle in memory, {} bytes, {} signatures, tree 2^20", bundle.len(), checks.len());
    println!("   to its bare signature checks     {}   must: 1.3", pair.ratio);
    println!("   microseconds, ours and bare      {:.1}, {:.1}\n", each(&pair.ours), each(&pair.bare));
    let without = bundle.len() - ct_core::Bundle::parse(bundle).unwrap().document.unwrap().len();
    println!("8  the same bundle without its document, bytes   {without}   must: 2048, moonshot: 1638\n");
}

fn each(total: &crate::ratio::Measured) -> f64 {
    total.median() * 1e6 / TIMES as f64
}

const TIMES: usize = 300;
const ROUNDS: usize = 15;
