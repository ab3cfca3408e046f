//! A run as a scenario of a specification, step by step, which tla-checker can follow (R37).

mod sealing;
mod submission;

pub(super) use sealing::sealing;
pub(super) use submission::submission;

/// What the specification has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Every step is one of its own.
    Accepted,
    /// Every one but the last.
    RefusedAtTheEnd,
}

/// The file: what is expected, constants instead of those of the configuration, and the steps.
fn written(verdict: Verdict, constants: &[String], steps: &[String]) -> String {
    let verdict = match verdict {
        Verdict::Accepted => "accepted".to_owned(),
        Verdict::RefusedAtTheEnd => format!("refused {}", steps.len()),
    };
    let head = format!("# EXPECT: {verdict}\n");
    let head = constants.iter().fold(head, |text, constant| text + "# CONSTANT: " + constant + "\n");
    steps.iter().fold(head, |text, step| text + step + "\n")
}
