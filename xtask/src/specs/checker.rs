//! tla-checker, and what it says.

use super::configuration::{Configuration, Expectation};
use super::scenario::{Scenario, Verdict};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// The program, and where the specifications are.
pub(super) struct Checker {
    program: PathBuf,
    folder: PathBuf,
}

impl Checker {
    pub(super) const fn new(program: PathBuf, folder: PathBuf) -> Self {
        Self { program, folder }
    }

    /// Explores every state; what was found, if that is what was expected.
    pub(super) fn explore(&self, configuration: &Configuration) -> Result<String> {
        let found = self.run(&configuration.module, &configuration.file, &EXPLORE)?;
        let result = String::from_utf8_lossy(&found.stdout);
        let last = result.lines().rfind(|line| line.starts_with('{'));
        // What is wrong with a configuration stands on stderr only.
        let last = last.with_context(|| format!("no result: {}", String::from_utf8_lossy(&found.stderr).trim()))?;
        judge(&configuration.expectation, last)
    }

    /// Follows a trace; what became of it, if that is what was expected.
    pub(super) fn follow(&self, scenario: &Scenario) -> Result<String> {
        let from = format!("@{}", scenario.path.display());
        let configuration = format!("{}.trace.cfg", scenario.module);
        let mut arguments = vec!["--scenario", &from];
        arguments.extend(scenario.constants.iter().flat_map(|constant| ["-c", constant]));
        let found = self.run(&scenario.module, &configuration, &arguments)?;
        let printed = String::from_utf8_lossy(&found.stdout);
        let said = String::from_utf8_lossy(&found.stderr);
        let verdict = Verdict::read(&printed, found.status.code()).with_context(|| format!("`{}`", said.trim()))?;
        ensure!(verdict == scenario.verdict, "`{}` was expected, and it is `{verdict}`", scenario.verdict);
        Ok(verdict.to_string())
    }

    fn run(&self, module: &str, configuration: &str, arguments: &[&str]) -> Result<Output> {
        let mut command = Command::new(&self.program);
        command.current_dir(&self.folder).arg(format!("{module}.tla")).args(["--config", configuration]);
        command.args(arguments).stdin(Stdio::null()).output().context("cannot start tla-checker")
    }
}

/// Compares what the checker prints last with what is expected.
fn judge(expectation: &Expectation, result: &str) -> Result<String> {
    let result: Value = serde_json::from_str(result).context("the checker's result is not JSON")?;
    let text = |key: &str| result.get(key).and_then(Value::as_str).map(str::to_owned);
    let status = text("status").context("the checker's result has no status")?;
    let states = result.pointer("/stats/states_explored").and_then(Value::as_u64);
    let found = match (status.as_str(), states) {
        ("ok", Some(states)) => Expectation::Ok { states },
        _ => Expectation::Fails { claim: text("invariant_name").or_else(|| text("property")), status },
    };
    ensure!(found == *expectation, "`{expectation}` was expected, and it is `{found}`{}", detail(&result));
    Ok(found.to_string())
}

/// What the checker could not evaluate, and the way there by its actions.
fn detail(result: &Value) -> String {
    let error = result.get("error").and_then(Value::as_str).unwrap_or_default();
    let steps = result.get("trace").or_else(|| result.get("prefix")).and_then(Value::as_array).into_iter().flatten();
    let actions: Vec<&str> = steps.filter_map(|step| step.get("action")?.as_str()).collect();
    match (error, actions.is_empty()) {
        ("", true) => String::new(),
        _ => format!(" {error} after: {}", actions.join(", ")),
    }
}

/// Beyond every specification here: one that reaches a limit would be `ok` without having been explored.
const EXPLORE: [&str; 5] = ["--json", "--max-depth", "1000000", "--max-states", "5000000"];

#[cfg(test)]
mod tests {
    use super::*;

    const OK: &str = r#"{"status": "ok", "stats": {"states_explored": 12, "transitions": 30}}"#;
    const BROKEN: &str = r#"{"status": "invariant_violation", "invariant_name": "Small",
        "trace": [{"action": null}, {"action": "Grow"}], "stats": {"states_explored": 5}}"#;

    fn fails(status: &str, claim: Option<&str>) -> Expectation {
        Expectation::Fails { status: status.to_owned(), claim: claim.map(str::to_owned) }
    }

    #[test]
    fn the_number_of_states_is_exact() {
        assert_eq!(judge(&Expectation::Ok { states: 12 }, OK).unwrap(), "ok 12");
        for states in [11, 13] {
            assert!(judge(&Expectation::Ok { states }, OK).is_err());
        }
    }

    #[test]
    fn a_violation_is_that_of_the_named_claim_and_is_told_with_the_way_there() {
        assert!(judge(&fails("invariant_violation", Some("Small")), BROKEN).is_ok());
        assert!(judge(&fails("invariant_violation", Some("Large")), BROKEN).is_err());
        assert!(judge(&fails("property_violation", Some("Small")), BROKEN).is_err());
        let error = judge(&Expectation::Ok { states: 5 }, BROKEN).unwrap_err().to_string();
        assert!(error.ends_with("after: Grow"), "{error}");
        let lively = r#"{"status": "liveness_violation", "property": "Ends", "prefix": [], "cycle": []}"#;
        assert!(judge(&fails("liveness_violation", Some("Ends")), lively).is_ok());
        assert!(judge(&fails("deadlock", None), r#"{"status": "deadlock", "trace": []}"#).is_ok());
    }

    #[test]
    fn what_is_no_result_is_never_taken_for_one() {
        for result in
            ["", "{}", r#"{"status": "ok"}"#, r#"{"status": "limit_reached", "stats": {"states_explored": 12}}"#]
        {
            assert!(judge(&Expectation::Ok { states: 12 }, result).is_err(), "{result}");
        }
    }
}
