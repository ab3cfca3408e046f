//! The figures that `ct` has to reach, each as a ratio to the bare cost of its primitives in the same run.
//!
//! Machines are shared and noisy: every ratio is the median over rounds in which the two sides alternate, with the
//! smallest and the largest. `cargo xtask bench` runs this.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a benchmark runs on input that it made itself, and talks to its terminal"
)]

mod bare;
mod memory;
mod peers;
mod ratio;
mod whole;

fn main() {
    println!("Rounds alternate between both sides; a ratio is median (smallest to largest).\n");
    memory::one_bundle();
    whole::distinct_signatures();
    whole::batch_issued();
    whole::peak_memory();
    whole::one_process();
    peers::beside();
}
