//! Fuzzing: every target of `fuzz/` for a few seconds, so that a target that no longer builds or falls over at once is
//! noticed, or for as long as one has time.

use crate::process::{cargo, output, program, run as run_command, works};
use crate::step::Run;
use crate::tools;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::env;
use std::fs;
use std::path::Path;

/// Runs each target for four seconds, or for as many as [`VARIABLE`] says; see [`for_seconds`].
pub(crate) fn briefly(run: &mut Run) -> Result<()> {
    for_seconds(run, seconds(BRIEF)?)
}

/// Runs each target for five minutes, or for as many seconds as [`VARIABLE`] says; see [`for_seconds`].
pub(crate) fn at_length(run: &mut Run) -> Result<()> {
    for_seconds(run, seconds(LONG)?)
}

/// Runs each target; without a nightly toolchain or cargo-fuzz, that is recorded as a skip.
fn for_seconds(run: &mut Run, seconds: u32) -> Result<()> {
    let manifest = run.root.join("fuzz/Cargo.toml");
    if !manifest.is_file() {
        println!("there is no fuzz/ folder");
        return Ok(());
    }
    if !nightly_is_installed(&run.root) {
        return run.skips.record("nothing was fuzzed: no nightly toolchain, and rustup could not install one");
    }
    if !cargo_fuzz_is_installed(&run.root) {
        return run.skips.record("nothing was fuzzed: cargo-fuzz could not be installed");
    }
    let mut describe = cargo(&run.root);
    describe.args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"]).arg(&manifest);
    for target in targets(&output(&mut describe)?)? {
        fuzz(&run.root, &target, seconds)?;
    }
    Ok(())
}

/// New inputs go to the target folder; the inputs in the repository are read and stay as they are.
fn fuzz(root: &Path, target: &str, seconds: u32) -> Result<()> {
    let found = tools::target_folder(root).join("fuzz-corpus").join(target);
    fs::create_dir_all(&found).with_context(|| format!("cannot create {}", found.display()))?;
    let mut command = program(root, "rustup");
    command.args(["run", "nightly", "cargo", "fuzz", "run", target]).arg(found);
    let kept = root.join("fuzz/corpus").join(target);
    if kept.is_dir() {
        command.arg(kept);
    }
    run_command(command.args(["--", &format!("-max_total_time={seconds}")]))
}

fn nightly_is_installed(root: &Path) -> bool {
    let is_there = || works(program(root, "rustup").args(["run", "nightly", "rustc", "--version"]));
    let mut install = program(root, "rustup");
    install.args(["toolchain", "install", "nightly", "--profile", "minimal", "--no-self-update"]);
    is_there() || (run_command(&mut install).is_ok() && is_there())
}

fn cargo_fuzz_is_installed(root: &Path) -> bool {
    works(cargo(root).args(["fuzz", "--version"]))
        || run_command(cargo(root).args(["install", "--locked", &format!("cargo-fuzz@{CARGO_FUZZ}")])).is_ok()
}

/// The binaries of the fuzz package, from what `cargo metadata` prints.
fn targets(metadata: &str) -> Result<Vec<String>> {
    let metadata: Value = serde_json::from_str(metadata).context("cargo metadata is not JSON")?;
    let packages = metadata.pointer("/packages").and_then(Value::as_array).into_iter().flatten();
    let targets = packages.filter_map(|package| package.pointer("/targets")?.as_array()).flatten();
    let is_binary = |target: &&Value| target.pointer("/kind/0").and_then(Value::as_str) == Some("bin");
    let names: Vec<String> =
        targets.filter(is_binary).filter_map(|target| Some(target.pointer("/name")?.as_str()?.to_owned())).collect();
    anyhow::ensure!(!names.is_empty(), "fuzz/Cargo.toml has no binary");
    Ok(names)
}

/// The seconds for each target that the environment asks for, else these.
fn seconds(otherwise: u32) -> Result<u32> {
    env::var(VARIABLE).map_or(Ok(otherwise), |text| whole_seconds(&text))
}

fn whole_seconds(text: &str) -> Result<u32> {
    // libFuzzer takes 0 for no limit at all.
    match text.parse() {
        Ok(seconds) if seconds > 0 => Ok(seconds),
        _ => bail!("{VARIABLE}={text}: write a whole number of seconds above 0"),
    }
}

/// The environment variable with the seconds for each target.
const VARIABLE: &str = "CIVICTRUST_FUZZ_SECONDS";
const BRIEF: u32 = 4;
const LONG: u32 = 300;
const CARGO_FUZZ: &str = "0.13.2";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_targets_are_the_binaries() {
        let metadata = r#"{"packages": [{"targets": [
            {"kind": ["lib"], "name": "shared"}, {"kind": ["bin"], "name": "note"}, {"kind": ["bin"], "name": "cbor"}
        ]}]}"#;
        assert_eq!(targets(metadata).unwrap(), ["note", "cbor"]);
    }

    #[test]
    fn a_length_that_would_never_end_is_refused() {
        assert_eq!(whole_seconds("3600").unwrap(), 3600);
        for text in ["0", "", "-1", "1h"] {
            let error = whole_seconds(text).unwrap_err();
            assert!(error.to_string().starts_with("CIVICTRUST_FUZZ_SECONDS="), "{error}");
        }
    }

    #[test]
    fn a_fuzz_package_without_targets_is_an_error() {
        assert!(targets(r#"{"packages": [{"targets": []}]}"#).is_err());
        assert!(targets("{}").is_err());
    }
}
