//! The steps, the tasks made of them, and how they are run one after the other.

use crate::process::{cargo, run as run_command};
use crate::simulation::Seeds;
use crate::skips::{self, SkipLog};
use crate::{air_gap, arrows, dist, failures, fuzzing, miri, reproducible, s3, simulation, specs, suite, tools, web};
use anyhow::{Context, Result, bail};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// One step of a task, and a task of its own.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    name: &'static str,
    what: &'static str,
    action: fn(&mut Run) -> Result<()>,
}

/// What the steps of one run share.
pub(crate) struct Run {
    /// The workspace's folder.
    pub(crate) root: PathBuf,
    /// Where steps and tests record what they could not do.
    pub(crate) skips: SkipLog,
    /// The trust root to build into the page, from where this program was started.
    pub(crate) trust: Option<PathBuf>,
    /// The seeds to simulate.
    pub(crate) seeds: Option<Seeds>,
    /// The test runner's closing lines, to be printed after everything else.
    pub(crate) closing: Vec<String>,
}

/// What a single task was told besides its name.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) trust: Option<PathBuf>,
    pub(crate) seeds: Option<Seeds>,
}

/// Whether a run may end well although something was skipped.
#[derive(Clone, Copy)]
pub(crate) enum Tolerance {
    /// Skips are reported and nothing more: a developer's machine may lack a tool.
    AnySkip,
    /// Only skips that [`skips::unexpected`] lets pass.
    ExpectedSkips,
}

/// The steps of a task, and what it tolerates; `None` for an unknown task.
pub(crate) fn named(task: &str) -> Option<(Vec<Step>, Tolerance)> {
    match task {
        "ci" => Some((CI.to_vec(), Tolerance::ExpectedSkips)),
        "test" => Some((TEST.to_vec(), Tolerance::AnySkip)),
        "long" => Some((LONG.to_vec(), Tolerance::ExpectedSkips)),
        _ => single_steps().find(|step| step.name == task).map(|step| (vec![step], Tolerance::AnySkip)),
    }
}

/// Every step that can be run alone.
fn single_steps() -> impl Iterator<Item = Step> {
    [GENERATE, DIST].into_iter().chain(CI.iter().copied()).chain(LONG.iter().copied())
}

/// The help text.
pub(crate) fn usage() -> String {
    let mut text = String::from("usage: cargo xtask TASK\n\n");
    let mut line = |name: &str, what: &str| {
        let _ = writeln!(text, "  {name:<12} {what}");
    };
    line("test", "install what the tests need, run everything that tests");
    line("ci", "what continuous integration runs: every step of the first list below, in this order");
    line("long", "what is run by hand before an issue is closed: every step of the second list");
    for step in [GENERATE, DIST] {
        line(step.name, step.what);
    }
    for (heading, steps) in [("ci", CI), ("long", LONG)] {
        let _ = writeln!(text, "\nsteps of {heading}, each a task of its own:\n");
        for step in steps {
            let _ = writeln!(text, "  {:<12} {}", step.name, step.what);
        }
    }
    text
}

/// Runs the steps in order and stops at the first that fails.
pub(crate) fn run(root: &Path, steps: &[Step], tolerance: Tolerance, told: Told) -> Result<()> {
    let Told { trust, seeds } = told;
    let mut run = Run { root: root.to_owned(), skips: SkipLog::create()?, trust, seeds, closing: Vec::new() };
    for step in steps {
        println!("\n== {}: {}", step.name, step.what);
        let start = Instant::now();
        (step.action)(&mut run).with_context(|| format!("step `{0}` (rerun: cargo xtask {0})", step.name))?;
        println!("-- {}: {:.1} s", step.name, start.elapsed().as_secs_f64());
    }

    let skipped = run.skips.read()?;
    println!();
    for line in &skipped {
        println!("{line}");
    }
    println!("SKIPPED: {}", skipped.len());
    if let Tolerance::ExpectedSkips = tolerance {
        let unexpected = skips::unexpected(&skipped);
        if !unexpected.is_empty() {
            bail!(
                "{} of {} skips are not expected here (rerun: cargo xtask ci):\n{}",
                unexpected.len(),
                skipped.len(),
                unexpected.join("\n")
            );
        }
    }
    for line in &run.closing {
        println!("{line}");
    }
    Ok(())
}

fn format(run: &mut Run) -> Result<()> {
    run_command(cargo(&run.root).args(["fmt", "--all", "--check"]))
}

fn lint(run: &mut Run) -> Result<()> {
    run_command(cargo(&run.root).args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    let simulation =
        ["clippy", "-p", "ct-node", "--lib", "--profile", "test", "--features", "turmoil", "--", "-D", "warnings"];
    run_command(cargo(&run.root).args(simulation))
}

fn document(run: &mut Run) -> Result<()> {
    run_command(cargo(&run.root).args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
}

/// `core` names no operating system: it is checked for a target that has none, and for the web.
fn no_std(run: &mut Run) -> Result<()> {
    for target in ["x86_64-unknown-none", "wasm32-unknown-unknown"] {
        if tools::target_is_installed(&run.root, target) {
            run_command(cargo(&run.root).args(["check", "-p", "ct-core", "--lib", "--target", target]))?;
        } else {
            run.skips.record(&format!("ct-core was not checked for {target}: the target is not installed"))?;
        }
    }
    Ok(())
}

/// `ct` compiles for the other systems that people verify on. They are not in `rust-toolchain.toml`: nothing else needs
/// them, and nobody should have to download them to build.
fn cross(run: &mut Run) -> Result<()> {
    for target in CROSS_TARGETS {
        tools::install_target(&run.root, target);
        if tools::target_is_installed(&run.root, target) {
            run_command(cargo(&run.root).args(["check", "-p", "ct-cli", "--bins", "--target", target]))?;
        } else {
            run.skips.record(&format!("ct was not checked for {target}: the target could not be installed"))?;
        }
    }
    Ok(())
}

fn doctests(run: &mut Run) -> Result<()> {
    run_command(cargo(&run.root).args(["test", "--workspace", "--doc"]).env(skips::VARIABLE, run.skips.path()))
}

/// What is committed and made by a program; tests compare it with what the program makes now.
fn generate(run: &mut Run) -> Result<()> {
    run_command(cargo(&run.root).args(["run", "-p", "ct-testdata", "--bin", "make-examples"]))?;
    let mut registers = cargo(&run.root);
    run_command(registers.args(["test", "-p", "ct-core", "--test", "registers"]).env("CIVICTRUST_UPDATE", "1"))
}

/// The sizes of what is given away are printed by `dist`.
fn bench(run: &mut Run) -> Result<()> {
    run_command(cargo(&run.root).args(["bench", "-p", "ct-cli", "--bench", "table"]))
}

/// As the suite does, at more length.
fn schedules(run: &mut Run) -> Result<()> {
    let mut orders = cargo(&run.root);
    orders.args(["test", "-p", "ct-node", "--test", "schedules", "orders"]);
    run_command(orders.env("CIVICTRUST_SCHEDULES", "400000"))
}

/// What [`web::run`] has built, as fast as it comes: figures to be read beside the bare cost of signatures.
fn web_bench(run: &mut Run) -> Result<()> {
    let mut figures = cargo(&run.root);
    figures.args(["test", "-p", "ct-wasm", "--test", "built", "speed", "--", "--ignored", "--nocapture"]);
    run_command(figures.arg("--test-threads=1").env(skips::VARIABLE, run.skips.path()))
}

const CROSS_TARGETS: [&str; 2] = ["x86_64-pc-windows-gnu", "x86_64-apple-darwin"];

const GENERATE: Step = Step {
    name: "generate",
    what: "write bundles/, testdata/ and the generated parts of specs/ again",
    action: generate,
};
const DIST: Step = Step {
    name: "dist",
    what: "make the folder for a USB stick: static ct, pages, examples, what is in it; ct stays small",
    action: dist::run,
};
const TOOLS: Step = Step { name: "tools", what: "install what is missing", action: tools::install };
const NO_STD: Step = Step { name: "no-std", what: "core builds where there is no system", action: no_std };
const SPECS: Step = Step {
    name: "specs",
    what: "every specification of specs/tla/ holds, and finds each of its planted defects",
    action: specs::check,
};
const DOCTESTS: Step = Step { name: "doctests", what: "examples in the documentation", action: doctests };
const SUITE: Step = Step { name: "suite", what: "unit and integration tests", action: suite::run };

const SIMULATION: Step = Step {
    name: "simulation",
    what: "seeds of a whole log and of its connections, planted mistakes, and runs that specifications follow",
    action: simulation::briefly,
};
const WEB: Step = Step {
    name: "web",
    what: "make the page, wasm/dist/verify.html; with `--trust FILE` one that carries that trust root",
    action: web::run,
};

// The page before the tests: some of them open it.
const TEST: &[Step] = &[TOOLS, NO_STD, SPECS, SIMULATION, WEB, DOCTESTS, SUITE];

const CI: &[Step] = &[
    TOOLS,
    Step { name: "fmt", what: "rustfmt finds nothing to change", action: format },
    Step { name: "clippy", what: "no lint in any target", action: lint },
    Step { name: "doc", what: "documentation builds without a warning", action: document },
    Step { name: "arrows", what: "dependencies point where they may", action: arrows::check },
    Step { name: "cross", what: "ct builds for macOS and Windows", action: cross },
    Step { name: "fuzz", what: "four seconds for each fuzz target", action: fuzzing::briefly },
    Step {
        name: "air-gap",
        what: "dist, and ct verifies with nothing but that folder and without a network",
        action: air_gap::run,
    },
    Step {
        name: "reproducible",
        what: "dist and the page, made again from a copy elsewhere, are the same byte for byte",
        action: reproducible::run,
    },
    NO_STD,
    SPECS,
    SIMULATION,
    WEB,
    DOCTESTS,
    SUITE,
];

/// What takes too long for every change, and is run by hand before an issue is closed.
const LONG: &[Step] = &[
    TOOLS,
    Step {
        name: "bench",
        what: "the figures that ct has to reach, beside the bare cost of its primitives",
        action: bench,
    },
    WEB,
    Step {
        name: "web-bench",
        what: "how fast the npm package and the page are, beside the bare cost of signatures",
        action: web_bench,
    },
    Step {
        name: "sim",
        what: "a thousand seeds of a whole log; alone, with `--seed N` and `--count N`, those",
        action: simulation::at_length,
    },
    Step {
        name: "schedules",
        what: "the node's hand-offs between threads, in a hundred times as many orders",
        action: schedules,
    },
    Step { name: "miri", what: "the threads of the write-ahead log, interpreted; needs nightly", action: miri::run },
    Step { name: "kills", what: "the leader of a log killed 21 times, then every drill", action: failures::kills },
    Step {
        name: "partition",
        what: "nodes in network namespaces, whose cables are pulled; needs root",
        action: failures::partition,
    },
    Step {
        name: "node-bench",
        what: "what a log of one node and of three takes, beside etcd",
        action: failures::figures,
    },
    Step {
        name: "s3",
        what: "a log in a bucket of a real server, behind a proxy that fails on command",
        action: s3::run,
    },
    Step {
        name: "fuzz-long",
        what: "five minutes for each fuzz target, or CIVICTRUST_FUZZ_SECONDS",
        action: fuzzing::at_length,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suite_is_last_so_that_its_closing_lines_are() {
        for list in [TEST, CI] {
            assert_eq!(list.last().map(|step| step.name), Some("suite"));
        }
    }

    #[test]
    fn every_step_of_test_is_a_step_of_ci() {
        for step in TEST {
            assert!(CI.iter().any(|other| other.name == step.name), "{}", step.name);
        }
    }

    #[test]
    fn every_task_of_the_help_text_exists() {
        let tasks: Vec<String> = usage()
            .lines()
            .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next().map(str::to_owned))
            .collect();
        assert_eq!(tasks.len(), CI.len() + LONG.len() + 5);
        for task in tasks {
            assert!(named(&task).is_some(), "{task}");
        }
        assert!(named("no-such-task").is_none());
    }

    #[test]
    fn a_failing_step_ends_the_run_and_is_named_with_its_rerun_command() {
        fn fails(_: &mut Run) -> Result<()> {
            bail!("out of luck")
        }
        fn unreachable(_: &mut Run) -> Result<()> {
            panic!("a step ran after one that failed")
        }
        let steps =
            [Step { name: "first", what: "", action: fails }, Step { name: "second", what: "", action: unreachable }];
        let error = run(Path::new("."), &steps, Tolerance::AnySkip, Told::default()).unwrap_err();
        assert_eq!(format!("{error:#}"), "step `first` (rerun: cargo xtask first): out of luck");
    }

    #[test]
    fn ci_refuses_a_skip_that_test_only_reports() {
        fn skips(run: &mut Run) -> Result<()> {
            run.skips.record("no openssl")
        }
        let steps = [Step { name: "skips", what: "", action: skips }];
        run(Path::new("."), &steps, Tolerance::AnySkip, Told::default()).unwrap();
        let error = run(Path::new("."), &steps, Tolerance::ExpectedSkips, Told::default()).unwrap_err();
        assert!(error.to_string().contains("SKIPPED: no openssl"), "{error}");
    }
}
