//! Traces that a specification must accept, and others that it must refuse.

use anyhow::{Context, Result, bail, ensure};
use std::fmt;
use std::path::{Path, PathBuf};

/// A file `MODULE.NAME.scenario`.
#[derive(Debug)]
pub(super) struct Scenario {
    pub(super) file: String,
    pub(super) path: PathBuf,
    pub(super) module: String,
    pub(super) verdict: Verdict,
    /// `NAME=VALUE`, instead of what the configuration says.
    pub(super) constants: Vec<String>,
}

/// What becomes of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Each of its steps is one of the specification's.
    Accepted,
    /// This one is not, counted from 1.
    Refused {
        /// The first.
        step: u64,
    },
}

impl Scenario {
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self> {
        let file = path.file_name().and_then(|name| name.to_str()).context("a scenario has no name")?;
        let line = text.lines().next().unwrap_or_default();
        let verdict = Verdict::parse(line).with_context(|| file.to_owned())?;
        let (module, _) = file.split_once('.').with_context(|| format!("{file} names no module"))?;
        let constants = text.lines().filter_map(|line| line.strip_prefix("# CONSTANT: ")).map(str::to_owned).collect();
        let (file, module) = (file.to_owned(), module.to_owned());
        Ok(Self { file, path: path.to_owned(), module, verdict, constants })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("accepted"),
            Self::Refused { step } => write!(f, "refused {step}"),
        }
    }
}

impl Verdict {
    fn parse(line: &str) -> Result<Self> {
        let text = line.strip_prefix("# EXPECT: ").context("the first line is not `# EXPECT: ...`")?;
        let words: Vec<&str> = text.split_whitespace().collect();
        Ok(match words.as_slice() {
            ["accepted"] => Self::Accepted,
            ["refused", step] => Self::Refused { step: step.parse().context("`refused` is followed by the step")? },
            _ => bail!("`{text}` is nothing that can be expected"),
        })
    }

    /// What the checker printed, and how it ended.
    pub(super) fn read(printed: &str, status: Option<i32>) -> Result<Self> {
        // A step whose action has no name can be followed by no trace, and would be missed in silence.
        ensure!(
            !printed.contains("(unnamed)"),
            "an action begins with a LET or a disjunction: the checker loses its name"
        );
        let failed = printed.lines().find_map(|line| line.split_once("Scenario failed at step "));
        match (status, failed) {
            (Some(0), None) if printed.contains("Scenario completed successfully") => Ok(Self::Accepted),
            (Some(1), Some((_, step))) => {
                Ok(Self::Refused { step: step.trim().parse().context("the checker names no step")? })
            }
            _ => bail!("the checker says neither that it accepts the trace nor that it refuses it"),
        }
    }
}

/// Each module that traces are followed in has one that is accepted and one that is refused; and no trace is of another.
pub(super) fn check_all(traced: &[&str], scenarios: &[Scenario]) -> Result<()> {
    for module in traced {
        let has = |wanted: fn(&Verdict) -> bool| {
            scenarios.iter().any(|scenario| scenario.module == **module && wanted(&scenario.verdict))
        };
        let accepts = has(|verdict| matches!(verdict, Verdict::Accepted));
        let refuses = has(|verdict| matches!(verdict, Verdict::Refused { .. }));
        ensure!(accepts && refuses, "{module} lacks a trace that is accepted, or one that is refused");
    }
    match scenarios.iter().find(|scenario| !traced.contains(&scenario.module.as_str())) {
        Some(scenario) => bail!("{}: there is no {}.trace.cfg", scenario.file, scenario.module),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(module: &str, verdict: Verdict) -> Scenario {
        let file = format!("{module}.x.scenario");
        let path = PathBuf::from(&file);
        Scenario { file, path, module: module.to_owned(), verdict, constants: Vec::new() }
    }

    #[test]
    fn a_scenario_says_what_becomes_of_it() {
        let parse = |text| Scenario::parse(Path::new("x/M.good.scenario"), text);
        let accepted = parse("# EXPECT: accepted\n# CONSTANT: N=3\naction: A\n").unwrap();
        assert_eq!(accepted.constants, ["N=3"]);
        assert_eq!((accepted.module.as_str(), accepted.verdict), ("M", Verdict::Accepted));
        assert_eq!(parse("# EXPECT: refused 3\n").unwrap().verdict, Verdict::Refused { step: 3 });
        for text in ["", "action: A\n", "# EXPECT: refused\n", "# EXPECT: accepted 3\n", "# EXPECT: refused it\n"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_the_checkers_own_words_with_its_exit_status_are_a_verdict() {
        let completed = "...\n\u{2713} Scenario completed successfully\n";
        let failed = "...\n\u{26a0} Scenario failed at step 12\n  Action: A\n";
        assert_eq!(Verdict::read(completed, Some(0)).unwrap(), Verdict::Accepted);
        assert_eq!(Verdict::read(failed, Some(1)).unwrap(), Verdict::Refused { step: 12 });
        for (printed, status) in
            [(completed, Some(1)), (completed, None), (failed, Some(0)), ("", Some(0)), ("", Some(1))]
        {
            assert!(Verdict::read(printed, status).is_err(), "{printed} {status:?}");
        }
    }

    // R37: a specification that accepts everything would show nothing.
    #[test]
    fn a_module_with_traces_accepts_one_and_refuses_one() {
        let (good, bad) = (Verdict::Accepted, Verdict::Refused { step: 1 });
        assert!(check_all(&["M"], &[scenario("M", good), scenario("M", bad)]).is_ok());
        assert!(check_all(&[], &[]).is_ok());
        for scenarios in [vec![], vec![scenario("M", good)], vec![scenario("M", bad)]] {
            assert!(check_all(&["M"], &scenarios).unwrap_err().to_string().contains("M lacks"));
        }
        assert!(check_all(&[], &[scenario("M", good)]).unwrap_err().to_string().contains("no M.trace.cfg"));
    }
}
