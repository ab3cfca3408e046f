//! The catalogue in English.

mod failures;
#[cfg(feature = "service")]
mod service;
mod verdicts;

use super::Explanation;
use crate::code::Code;
use crate::verify::{Skip, StepName};

/// None for a code that is not explained; [`super`] refuses to compile then.
pub(super) const fn explain(code: Code) -> Option<Explanation> {
    match verdicts::explain(code) {
        Some(explanation) => Some(explanation),
        None => match failures::explain(code) {
            Some(explanation) => Some(explanation),
            #[cfg(feature = "service")]
            None => service::explain(code),
            #[cfg(not(feature = "service"))]
            None => None,
        },
    }
}

pub(super) const fn step_title(step: StepName) -> &'static str {
    match step {
        StepName::Form => "The file is a well-formed bundle",
        StepName::Completeness => "No part of the evidence is missing",
        StepName::Trust => "The trust root can be used",
        StepName::Document => "The document is unaltered",
        StepName::Subject => "The issuer's statement is about this document",
        StepName::Issuer => "A trusted issuer signed the statement",
        StepName::Checkpoint => "A trusted log vouches for its checkpoint",
        StepName::Witnesses => "Enough trusted witnesses saw the checkpoint",
        StepName::Inclusion => "The statement is recorded in the log",
        StepName::Continuity => "The log continues what was seen of it before",
        StepName::Time => "All times fit together",
        StepName::Status => "The document is not revoked",
    }
}

pub(super) const fn skip_reason(skip: Skip) -> &'static str {
    match skip {
        Skip::NoForm => "the file is not a well-formed bundle",
        Skip::Incomplete => "a part that this check needs is missing",
        Skip::NoTrust => "there is no usable trust root",
        Skip::Unfounded => "a check that this one builds on failed",
        Skip::HashOnly => "only the hash was asked about; compare the document's SHA-256 yourself",
        Skip::NoState => "nothing remembered from earlier runs was given",
        Skip::FirstSeen => "nothing is remembered of this log yet",
    }
}
