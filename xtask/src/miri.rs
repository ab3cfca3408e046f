//! Miri: the threads of the write-ahead log, interpreted step by step. What it finds beside other tests: data races, and
//! calls of the system whose outcome is undefined. The workspace has no unsafe code of its own to look at.

use crate::process::{announce, output, program, works};
use crate::step::Run;
use anyhow::{Result, ensure};
use std::path::Path;

/// Interprets the tests, each with a few seeds for the choice of the next thread; without Miri, that is recorded as a
/// skip.
pub(crate) fn run(run: &mut Run) -> Result<()> {
    if !is_installed(&run.root) {
        return run.skips.record("nothing was interpreted: no nightly toolchain, or rustup could not install Miri");
    }
    for seed in 0..SEEDS {
        let mut interpret = program(&run.root, "rustup");
        interpret.args(["run", "nightly", "cargo", "miri", "test", "--locked", "-p", "ct-node", "--lib", "--", TESTS]);
        announce(interpret.env("MIRIFLAGS", format!("-Zmiri-seed={seed}")));
        let text = output(&mut interpret)?;
        print!("{text}");
        ensure!(!text.contains(" 0 passed"), "there are no tests named {TESTS}");
    }
    Ok(())
}

fn is_installed(root: &Path) -> bool {
    let is_there = || works(program(root, "rustup").args(["run", "nightly", "cargo", "miri", "--version"]));
    let components = ["component", "add", "--toolchain", "nightly", "miri", "rust-src"];
    is_there() || works(program(root, "rustup").args(components)) && is_there()
}

const TESTS: &str = "wal::tests::writing";
const SEEDS: u32 = 4;
