//! The specifications of `specs/tla/`, checked: every configuration gives what its first line says, every module has
//! defects that it finds, and every trace is accepted or refused as its first line says.
//!
//! A configuration `X.cfg` or `X.NAME.cfg` is of the module `X.tla` and begins with one of
//!
//! ```text
//! \* EXPECT: ok STATES              explored completely, and so many distinct states are there
//! \* EXPECT: STATUS NAME            the checker's status, and the invariant or property that does not hold
//! \* EXPECT: trace                  not explored: the constants for traces/X.*.scenario
//! ```
//!
//! A scenario begins with `# EXPECT: accepted` or `# EXPECT: refused STEP`; lines `# CONSTANT: NAME=VALUE` may follow. The checker (tla-checker) tells acceptance by
//! its exit status (0) and its last line on stdout, and a refusal by exit status 1 and the line `Scenario failed at step
//! N`; everything else is an error. It follows a scenario without looking back: a step takes the first transition that its
//! action and its condition allow. So a condition must leave no choice that matters later; then a refusal says that the
//! trace is none of the specification's. Invariants are not checked along a trace, only that each step is one.

mod checker;
mod configuration;
mod scenario;

use crate::process::{cargo, output, run as run_command};
use crate::step::Run;
use crate::tools;
use anyhow::{Context, Result, bail, ensure};
use checker::Checker;
use configuration::Configuration;
#[cfg(test)]
pub(crate) use configuration::claims;
use scenario::Scenario;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread::{self, available_parallelism};
use std::time::Instant;

/// Checks all of them, side by side. Without the checker, that is recorded as a skip.
pub(crate) fn check(run: &mut Run) -> Result<()> {
    let folder = run.root.join("specs/tla");
    let jobs = jobs(&folder)?;
    let Some(program) = install(&run.root) else {
        return run.skips.record("no specification was checked: tla-checker could not be installed");
    };
    let failed = run_all(&Checker::new(program, folder), jobs);
    ensure!(failed == 0, "{failed} of the specifications' configurations and traces do not give what they should");
    Ok(())
}

/// Lets the specifications follow the scenarios of a folder, which were made by running the code (R37).
pub(crate) fn follow(run: &mut Run, traces: &Path) -> Result<()> {
    let scenarios = scenarios(traces)?;
    ensure!(!scenarios.is_empty(), "{} has no scenario", traces.display());
    let Some(program) = install(&run.root) else {
        return run.skips.record("no run was followed by a specification: tla-checker could not be installed");
    };
    let jobs = scenarios.into_iter().map(Job::Follow).collect();
    let failed = run_all(&Checker::new(program, run.root.join("specs/tla")), jobs);
    ensure!(failed == 0, "{failed} runs of the code are none of its specifications");
    Ok(())
}

/// What is run once.
#[derive(Debug)]
enum Job {
    Explore(Configuration),
    Follow(Scenario),
}

impl Job {
    fn name(&self) -> &str {
        match self {
            Self::Explore(configuration) => &configuration.file,
            Self::Follow(scenario) => &scenario.file,
        }
    }

    /// The longest first, so that no processor waits for another at the end.
    fn states(&self) -> u64 {
        match self {
            Self::Explore(configuration) => configuration.expectation.states(),
            Self::Follow(_) => 0,
        }
    }

    fn run(&self, checker: &Checker) -> Result<String> {
        match self {
            Self::Explore(configuration) => checker.explore(configuration),
            Self::Follow(scenario) => checker.follow(scenario),
        }
    }
}

/// Every configuration and scenario of the folder; refused if one of them says nothing, or a module cannot fail.
fn jobs(folder: &Path) -> Result<Vec<Job>> {
    let mut modules: BTreeMap<String, Vec<Configuration>> = BTreeMap::new();
    for file in names(folder, ".tla")? {
        modules.insert(file.trim_end_matches(".tla").to_owned(), Vec::new());
    }
    ensure!(!modules.is_empty(), "{} has no module", folder.display());
    for file in names(folder, ".cfg")? {
        let configuration = Configuration::parse(&file, &read(&folder.join(&file))?)?;
        let module = modules.get_mut(&configuration.module);
        module.with_context(|| format!("{file}: there is no module {}.tla", configuration.module))?.push(configuration);
    }
    let scenarios = scenarios(&folder.join("traces"))?;
    for (module, configurations) in &modules {
        configuration::check_module(module, configurations)?;
    }
    let traced: Vec<&str> =
        modules.values().flatten().filter(|one| one.is_for_traces()).map(Configuration::of).collect();
    scenario::check_all(&traced, &scenarios)?;

    let explored = modules.into_values().flatten().filter(|configuration| !configuration.is_for_traces());
    let mut jobs: Vec<Job> = explored.map(Job::Explore).chain(scenarios.into_iter().map(Job::Follow)).collect();
    jobs.sort_by_key(|job| std::cmp::Reverse(job.states()));
    Ok(jobs)
}

fn scenarios(folder: &Path) -> Result<Vec<Scenario>> {
    let folder = std::path::absolute(folder).context("there is no current folder")?;
    let paths = names(&folder, ".scenario")?.into_iter().map(|file| folder.join(file));
    paths.map(|path| Scenario::parse(&path, &read(&path)?)).collect()
}

/// Runs the jobs on all processors and prints a line for each; how many of them failed.
fn run_all(checker: &Checker, jobs: Vec<Job>) -> usize {
    let waiting = Mutex::new(jobs.into_iter());
    let next = || waiting.lock().ok().and_then(|mut jobs| jobs.next());
    let work = || {
        let mut failed = 0_usize;
        while let Some(job) = next() {
            let begun = Instant::now();
            let result = job.run(checker);
            let seconds = begun.elapsed().as_secs_f64();
            match result {
                Ok(what) => println!("{:<40} {what} ({seconds:.1} s)", job.name()),
                Err(error) => {
                    failed = failed.saturating_add(1);
                    println!("{:<40} FAILED: {error:#}", job.name());
                }
            }
        }
        failed
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..available_parallelism().map_or(1, usize::from)).map(|_| scope.spawn(work)).collect();
        // A worker that panicked has not checked what it should have.
        workers.into_iter().map(|worker| worker.join().unwrap_or(1)).sum()
    })
}

/// The checker in the target folder, of this version and no other; `None` if it is not there and cannot be installed.
fn install(root: &Path) -> Option<PathBuf> {
    let folder = tools::target_folder(root).join("tools");
    let program = folder.join("bin").join("tla");
    let is_there = || output(Command::new(&program).arg("--version")).is_ok_and(|version| version.trim() == VERSION);
    if !is_there() {
        let mut install = cargo(root);
        install.args(["install", "--locked", "--bin", "tla", "--root"]).arg(&folder).arg(PACKAGE);
        if let Err(error) = run_command(&mut install) {
            println!("not installed: {PACKAGE} ({error:#})");
        }
    }
    is_there().then_some(program)
}

/// The files of a folder whose names end so, in order; none where there is no folder.
fn names(folder: &Path, end: &str) -> Result<Vec<String>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        match entry?.file_name().into_string() {
            Ok(name) if name.ends_with(end) => names.push(name),
            Ok(_) => {}
            Err(name) => bail!("{}: a name that is not UTF-8", name.display()),
        }
    }
    names.sort();
    Ok(names)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

const PACKAGE: &str = "tla-checker@0.24.11";
/// What the program says of itself.
const VERSION: &str = "tla 0.24.11";

#[cfg(test)]
mod tests {
    use super::configuration::Expectation;
    use super::*;

    // R36: what is committed is complete, also where the checker cannot be installed.
    #[test]
    fn every_specification_of_the_repository_can_fail() {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../specs/tla"));
        let jobs = jobs(folder).unwrap();
        let count = |wanted: fn(&Expectation) -> bool| {
            let explored = jobs.iter().filter_map(|job| match job {
                Job::Explore(configuration) => Some(&configuration.expectation),
                Job::Follow(_) => None,
            });
            explored.filter(|expectation| wanted(expectation)).count()
        };
        assert!(count(|expectation| matches!(expectation, Expectation::Ok { .. })) >= 2);
        assert!(count(|expectation| matches!(expectation, Expectation::Fails { .. })) >= 20);
    }
}
