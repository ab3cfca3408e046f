//! The whole log in one thread, by a seed, and the connections between nodes: what `node/src/simulation` and
//! `node/src/peers/storm` have to say.

use crate::process::{announce, cargo, run as run_command, works};
use crate::step::Run;
use crate::{specs, tools};
use anyhow::{Context, Result, bail};
use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread::available_parallelism;

/// Which runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seeds {
    pub(crate) first: u64,
    pub(crate) count: u64,
}

/// What `cargo xtask sim` was told: `--seed N`, `--count N`; `None` for anything else.
pub(crate) fn parse(words: &[&str]) -> Option<Seeds> {
    let mut seeds = Seeds { first: 1, count: 1 };
    let mut words = words.iter();
    let mut is_told = false;
    while let Some(word) = words.next() {
        let number = words.next()?.parse().ok()?;
        match *word {
            "--seed" => seeds.first = number,
            "--count" => seeds.count = number,
            _ => return None,
        }
        is_told = true;
    }
    (is_told && seeds.count > 0).then_some(seeds)
}

/// Thirty seeds of the log, ten of connections, and every planted mistake.
pub(crate) fn briefly(run: &mut Run) -> Result<()> {
    let with_nextest = works(cargo(&run.root).args(["nextest", "--version"]));
    let words: &[&str] =
        if with_nextest { &["nextest", "run", "--no-fail-fast", "--color", "never"] } else { &["test"] };
    let traces = tools::target_folder(&run.root).join("traces");
    // Of an earlier run; there may be none.
    let _ = fs::remove_dir_all(&traces);
    fs::create_dir_all(&traces).with_context(|| format!("cannot create {}", traces.display()))?;
    let traces = std::path::absolute(&traces).context("there is no current folder")?;
    let mut tests = cargo(&run.root);
    tests.args(words).args(TESTS).args(["--", "simulation::", "storm::"]).env("CIVICTRUST_TRACES", &traces);
    run_command(&mut tests)?;
    specs::follow(run, &traces)
}

/// The seeds that were asked for, or a thousand; side by side.
pub(crate) fn at_length(run: &mut Run) -> Result<()> {
    let Seeds { first, count } = run.seeds.unwrap_or(Seeds { first: 1, count: 1_000 });
    run_command(cargo(&run.root).arg("test").args(TESTS).arg("--no-run"))?;
    let workers = u64::try_from(available_parallelism().map_or(1, usize::from)).unwrap_or(1).min(count.max(1));
    let share = count.div_ceil(workers);
    let mut running: Vec<(String, Child)> = Vec::new();
    for worker in 0..workers {
        let from = first.saturating_add(worker.saturating_mul(share));
        let until = from.saturating_add(share).min(first.saturating_add(count));
        let mut command = cargo(&run.root);
        seeds(&mut command, Seeds { first: from, count: until.saturating_sub(from) });
        let shown = announce(&command);
        running.push((shown.clone(), command.spawn().with_context(|| format!("cannot start `{shown}`"))?));
    }
    let mut failed = 0;
    for (shown, mut child) in running {
        let status = child.wait().with_context(|| format!("cannot wait for `{shown}`"))?;
        failed += usize::from(!status.success());
    }
    if failed > 0 {
        bail!("{failed} of {workers} workers found something");
    }
    println!("{count} seeds from {first} on: every invariant held");
    Ok(())
}

fn seeds(command: &mut Command, Seeds { first, count }: Seeds) {
    command.arg("test").args(TESTS).args(["the_seeds_that_were_asked_for", "--", "--ignored", "--nocapture"]);
    command.env("CIVICTRUST_SEED", first.to_string()).env("CIVICTRUST_SEEDS", count.to_string());
    command.stdin(Stdio::null());
}

const TESTS: [&str; 5] = ["-p", "ct-node", "--lib", "--features", "turmoil"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_told_by_number() {
        assert_eq!(parse(&["--seed", "7"]), Some(Seeds { first: 7, count: 1 }));
        assert_eq!(parse(&["--count", "50", "--seed", "100"]), Some(Seeds { first: 100, count: 50 }));
        for wrong in
            [&[][..], &["--seed"], &["--seed", "x"], &["--seeds", "7"], &["7"], &["--seed", "7", "--count", "0"]]
        {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
    }
}
