//! Unit and integration tests, by nextest where it is installed. The runner's closing lines are kept for the very end
//! of the output, after the list of skips.

use crate::process::{announce, cargo, works};
use crate::skips;
use crate::step::Run;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

/// Runs the tests and keeps the runner's closing lines in [`Run::closing`].
pub(crate) fn run(run: &mut Run) -> Result<()> {
    let with_nextest = works(cargo(&run.root).args(["nextest", "--version"]));
    let mut command = cargo(&run.root);
    command.env(skips::VARIABLE, run.skips.path());
    run.closing = if with_nextest {
        nextest(command.args(["nextest", "run", "--workspace", "--no-fail-fast", "--color", "never"]))?
    } else {
        cargo_test(command.args(["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"]))?
    };
    Ok(())
}

/// nextest reports on stderr. From its summary on, lines are held back; they are shown at once if the run fails.
fn nextest(command: &mut Command) -> Result<Vec<String>> {
    let mut closing: Vec<String> = Vec::new();
    let result = follow(command.stderr(Stdio::piped()), |line| {
        if !closing.is_empty() || is_nextest_summary(&line) {
            closing.push(line);
        } else {
            eprintln!("{line}");
        }
    });
    if result.is_err() {
        for line in &closing {
            eprintln!("{line}");
        }
    }
    result.map(|()| closing)
}

/// `cargo test` ends each test binary with a result of its own on stdout: shown in place, and again at the end.
fn cargo_test(command: &mut Command) -> Result<Vec<String>> {
    let mut closing = Vec::new();
    follow(command.stdout(Stdio::piped()), |line| {
        println!("{line}");
        if line.starts_with("test result: ") {
            closing.push(line);
        }
    })?;
    Ok(closing)
}

/// Runs the command and hands over each line of the one stream that is piped.
fn follow(command: &mut Command, mut each: impl FnMut(String)) -> Result<()> {
    let shown = announce(command);
    let mut child = command.stdin(Stdio::null()).spawn().with_context(|| format!("cannot start `{shown}`"))?;
    let stdout = child.stdout.take().map(|stream| Box::new(stream) as Box<dyn Read>);
    let stderr = child.stderr.take().map(|stream| Box::new(stream) as Box<dyn Read>);
    let stream = stdout.or(stderr).with_context(|| format!("`{shown}` has no stream to follow"))?;
    for line in BufReader::new(stream).split(b'\n') {
        let line = line.with_context(|| format!("cannot read what `{shown}` prints"))?;
        each(String::from_utf8_lossy(&line).into_owned());
    }
    let status = child.wait().with_context(|| format!("cannot wait for `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}

fn is_nextest_summary(line: &str) -> bool {
    line.trim_start().starts_with("Summary [")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nextests_summary_is_told_from_a_test_that_is_named_so() {
        assert!(is_nextest_summary("     Summary [   0.004s] 1 test run: 1 passed, 0 skipped"));
        assert!(!is_nextest_summary("        PASS [   0.004s] xtask Summary [0]"));
    }

    #[test]
    fn every_line_of_the_piped_stream_is_handed_over_and_a_failure_is_an_error() {
        let mut lines = Vec::new();
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; printf two; exit 3"]).stdout(Stdio::piped());
        let error = follow(&mut command, |line| lines.push(line)).unwrap_err();
        assert_eq!(lines, ["one", "two"]);
        assert!(error.to_string().contains("exit status: 3"), "{error}");
    }

    #[test]
    fn the_results_of_cargo_test_are_its_closing_lines() {
        let mut command = Command::new("printf");
        command.arg("running 1 test\ntest result: ok. 1 passed\nrunning 2 tests\ntest result: ok. 2 passed\n");
        let closing = cargo_test(&mut command).unwrap();
        assert_eq!(closing, ["test result: ok. 1 passed", "test result: ok. 2 passed"]);
    }
}
