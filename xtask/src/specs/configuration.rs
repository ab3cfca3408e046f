//! The configurations of a module: what is expected of each, and that together they show that the module can fail.

use anyhow::{Context, Result, bail, ensure};
use std::fmt;

/// A file `MODULE.cfg` or `MODULE.NAME.cfg`.
#[derive(Debug)]
pub(super) struct Configuration {
    pub(super) file: String,
    pub(super) module: String,
    /// What stands between module and ending; empty for the module's own.
    name: String,
    pub(super) expectation: Expectation,
    /// Constants that are FALSE, and those that are TRUE.
    off: Vec<String>,
    on: Vec<String>,
    /// What is to hold: invariants and properties.
    claims: Vec<String>,
}

/// What the first line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expectation {
    /// Everything holds, and so many distinct states are reachable.
    Ok {
        /// Exactly.
        states: u64,
    },
    /// The checker finds a way to break something.
    Fails {
        /// In the checker's words.
        status: String,
        /// The invariant or property that does not hold; `None` for a deadlock.
        claim: Option<String>,
    },
    /// The constants under which traces are followed.
    Trace,
}

impl Expectation {
    /// For how many states the checker is busy, as far as that is known.
    pub(super) const fn states(&self) -> u64 {
        match self {
            Self::Ok { states } => *states,
            Self::Fails { .. } | Self::Trace => 0,
        }
    }

    fn parse(line: &str) -> Result<Self> {
        let text = line.strip_prefix("\\* EXPECT: ").context("the first line is not `\\* EXPECT: ...`")?;
        let words: Vec<&str> = text.split_whitespace().collect();
        let fails = |status: &str, claim: Option<&str>| Self::Fails {
            status: status.to_owned(),
            claim: claim.map(str::to_owned),
        };
        Ok(match words.as_slice() {
            ["ok", states] => Self::Ok { states: states.parse().context("`ok` is followed by the number of states")? },
            ["trace"] => Self::Trace,
            ["deadlock"] => fails("deadlock", None),
            [status @ ("invariant_violation" | "property_violation" | "liveness_violation"), claim] => {
                fails(status, Some(claim))
            }
            _ => bail!("`{text}` is nothing that can be expected"),
        })
    }
}

/// As it stands on the first line.
impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok { states } => write!(f, "ok {states}"),
            Self::Fails { status, claim: Some(claim) } => write!(f, "{status} {claim}"),
            Self::Fails { status, claim: None } => f.write_str(status),
            Self::Trace => f.write_str("trace"),
        }
    }
}

impl Configuration {
    pub(super) fn parse(file: &str, text: &str) -> Result<Self> {
        Self::parts(file, text).with_context(|| file.to_owned())
    }

    fn parts(file: &str, text: &str) -> Result<Self> {
        let stem = file.strip_suffix(".cfg").context("is not a configuration")?;
        let (module, name) = stem.split_once('.').unwrap_or((stem, ""));
        let expectation = Expectation::parse(text.lines().next().unwrap_or_default())?;
        let with_value = |value: &str| {
            let assigned = text.lines().filter_map(|line| line.split_once(" = "));
            assigned.filter(|(_, right)| right.trim() == value).map(|(left, _)| left.trim().to_owned()).collect()
        };
        Ok(Self {
            file: file.to_owned(),
            module: module.to_owned(),
            name: name.to_owned(),
            expectation,
            off: with_value("FALSE"),
            on: with_value("TRUE"),
            claims: claims(text),
        })
    }

    pub(super) fn is_for_traces(&self) -> bool {
        self.expectation == Expectation::Trace
    }

    /// Its module.
    pub(super) fn of(&self) -> &str {
        &self.module
    }

    /// A mutant is named after the one constant that it switches on.
    fn check_mutant(&self, mutations: &[String]) -> Result<()> {
        let Self { file, name, on, .. } = self;
        ensure!(*on == [name.as_str()], "{file} switches {on:?} on, and its name says {name}");
        ensure!(mutations.contains(name), "{file}: {name} is not FALSE in the module's own configuration");
        Ok(())
    }
}

/// The module has a configuration in which everything holds; each of its mutations has one in which something named does
/// not; and each claim is named by one of those.
pub(super) fn check_module(module: &str, configurations: &[Configuration]) -> Result<()> {
    let own = configurations.iter().find(|one| one.name.is_empty());
    let own = own.with_context(|| format!("{module}.cfg is missing"))?;
    ensure!(matches!(own.expectation, Expectation::Ok { .. }), "{}: the module's own one is to be ok", own.file);
    ensure!(own.on.is_empty(), "{} switches {:?} on", own.file, own.on);
    ensure!(!own.claims.is_empty(), "{} claims nothing", own.file);
    ensure!(!own.off.is_empty(), "{module} has no mutation: what cannot fail shows nothing");
    let mut broken = Vec::new();
    let mut claimed: Vec<&str> = Vec::new();
    for one in configurations {
        match &one.expectation {
            Expectation::Fails { claim, .. } => {
                one.check_mutant(&own.off)?;
                broken.extend(claim.as_deref());
            }
            Expectation::Ok { .. } | Expectation::Trace => {
                ensure!(one.on.is_empty(), "{} switches {:?} on, and nothing is to fail", one.file, one.on);
                claimed.extend(one.claims.iter().map(String::as_str));
            }
        }
    }
    for mutation in &own.off {
        let is_there = configurations.iter().any(|one| one.on.contains(mutation));
        ensure!(is_there, "{module}.{mutation}.cfg is missing: nothing switches {mutation} on");
    }
    match claimed.iter().find(|claim| !broken.contains(claim)) {
        Some(claim) => bail!("{module} claims {claim}, and no mutant fails with it"),
        None => Ok(()),
    }
}

/// The names below INVARIANT, INVARIANTS, PROPERTY and PROPERTIES.
pub(crate) fn claims(text: &str) -> Vec<String> {
    let mut is_claim = false;
    let mut claims = Vec::new();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("\\*"));
    for word in lines.flat_map(str::split_whitespace) {
        if word.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_') {
            is_claim = matches!(word, "INVARIANT" | "INVARIANTS" | "PROPERTY" | "PROPERTIES");
        } else if is_claim {
            claims.push(word.to_owned());
        }
    }
    claims
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "\\* EXPECT: ok 12\nSPECIFICATION Spec\nCONSTANTS\n  N = 2\n  Bug = FALSE\nINVARIANTS\n  Small\n\
                       PROPERTY Grows\nCHECK_DEADLOCK TRUE\n";

    fn bug(claim: &str) -> Configuration {
        let text = OWN.replace("ok 12", &format!("invariant_violation {claim}")).replace("Bug = FALSE", "Bug = TRUE");
        Configuration::parse("M.Bug.cfg", &text).unwrap()
    }

    fn own() -> Configuration {
        Configuration::parse("M.cfg", OWN).unwrap()
    }

    fn error(configurations: &[Configuration]) -> String {
        check_module("M", configurations).unwrap_err().to_string()
    }

    #[test]
    fn a_configuration_says_what_is_expected_claimed_and_switched() {
        let own = own();
        assert_eq!(own.expectation, Expectation::Ok { states: 12 });
        assert_eq!((own.claims, own.off, own.on), (vec!["Small".into(), "Grows".into()], vec!["Bug".into()], vec![]));
        let bug = bug("Small");
        let fails = Expectation::Fails { status: "invariant_violation".into(), claim: Some("Small".into()) };
        assert_eq!((bug.expectation, bug.name, bug.module), (fails, "Bug".to_owned(), "M".to_owned()));
    }

    #[test]
    fn a_first_line_that_expects_nothing_is_refused() {
        for line in ["", "\\* expect: ok 1", "\\* EXPECT: ok", "\\* EXPECT: ok many", "\\* EXPECT: fine 3", "CONSTANTS"]
        {
            assert!(Configuration::parse("M.cfg", line).is_err(), "{line}");
        }
        for line in
            ["\\* EXPECT: ok 3", "\\* EXPECT: trace", "\\* EXPECT: deadlock", "\\* EXPECT: liveness_violation X"]
        {
            let expectation = Configuration::parse("M.cfg", line).unwrap().expectation;
            assert_eq!(format!("\\* EXPECT: {expectation}"), line);
        }
        for line in ["\\* EXPECT: invariant_violation", "\\* EXPECT: parse_error X", "\\* EXPECT: ok 1 2"] {
            assert!(Configuration::parse("M.cfg", line).is_err(), "{line}");
        }
    }

    // R36: a model that cannot fail shows nothing.
    #[test]
    fn a_module_without_a_mutant_for_each_mutation_and_claim_is_refused() {
        let mut properties = bug("Grows");
        properties.file = "M.Bug.cfg".to_owned();
        assert!(check_module("M", &[own(), bug("Small"), properties]).is_ok());
        assert!(error(&[bug("Small")]).contains("M.cfg is missing"));
        assert!(error(&[own()]).contains("nothing switches Bug on"));
        assert!(error(&[own(), bug("Small")]).contains("M claims Grows, and no mutant fails with it"));
        let without = OWN.replace("  Bug = FALSE\n", "");
        assert!(error(&[Configuration::parse("M.cfg", &without).unwrap()]).contains("no mutation"));
    }

    #[test]
    fn a_mutant_is_named_after_what_it_switches_on() {
        let mut other = bug("Small");
        other.name = "Other".to_owned();
        assert!(error(&[own(), other]).contains("its name says Other"));
        let text = OWN.replace("Bug = FALSE", "Bug = TRUE");
        let still_ok = Configuration::parse("M.Bug.cfg", &text).unwrap();
        assert!(error(&[own(), still_ok]).contains("nothing is to fail"));
    }
}
