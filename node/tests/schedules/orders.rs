//! In how many orders a case is run.

use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler};
use shuttle::{Config, Runner};
use std::env;

/// Every order there is; no more than a limit, so that nothing is left out.
pub(crate) fn every(case: impl Fn() + Send + Sync + 'static) {
    let tried = Runner::new(DfsScheduler::new(Some(MOST), false), config()).run(case);
    println!("{tried} orders");
    assert!(tried < MOST, "there are more: make the case smaller");
}

/// Some thousands of orders: half of them chosen evenly, half with few changes from one thread to another, at the worst
/// moments (probabilistic concurrency testing). `CIVICTRUST_SCHEDULES` says how many.
pub(crate) fn many(case: impl Fn() + Send + Sync + Clone + 'static) {
    let wanted = env::var("CIVICTRUST_SCHEDULES").map_or(4_000, |text| text.parse().unwrap());
    Runner::new(RandomScheduler::new_from_seed(SEED, wanted / 2), config()).run(case.clone());
    Runner::new(PctScheduler::new_from_seed(SEED, CHANGES, wanted / 2), config()).run(case);
}

fn config() -> Config {
    let mut config = Config::new();
    // The writer of the log formats messages: an unoptimised thread of it wants more than the checker gives.
    config.stack_size = 1 << 18;
    config
}

const MOST: usize = 300_000;
const SEED: u64 = 8;
const CHANGES: usize = 3;
