//! The twelve steps and their results.

use crate::code::Code;
use crate::error::Error;

/// A step of the pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepName {
    /// 1: size and form.
    Form,
    /// 2: nothing is missing, before any cryptography.
    Completeness,
    /// 3: the trust root is usable.
    Trust,
    /// 4: the document has the hash that the bundle says.
    Document,
    /// 5: the subject is the one under the statement's payload.
    Subject,
    /// 6: a trusted issuer signed the statement.
    Issuer,
    /// 7: a trusted log signed the checkpoint.
    Checkpoint,
    /// 8: enough witnesses saw the checkpoint.
    Witnesses,
    /// 9: the statement is in the tree of the checkpoint.
    Inclusion,
    /// 10: the checkpoint continues what is known of the log.
    Continuity,
    /// 11: all times fit together.
    Time,
    /// 12: neither revoked nor suspended.
    Status,
}

impl StepName {
    /// All steps, in their order.
    pub const ALL: [Self; 12] = [
        Self::Form,
        Self::Completeness,
        Self::Trust,
        Self::Document,
        Self::Subject,
        Self::Issuer,
        Self::Checkpoint,
        Self::Witnesses,
        Self::Inclusion,
        Self::Continuity,
        Self::Time,
        Self::Status,
    ];

    /// The step's stable text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Completeness => "completeness",
            Self::Trust => "trust",
            Self::Document => "document",
            Self::Subject => "subject",
            Self::Issuer => "issuer",
            Self::Checkpoint => "checkpoint",
            Self::Witnesses => "witnesses",
            Self::Inclusion => "inclusion",
            Self::Continuity => "continuity",
            Self::Time => "time",
            Self::Status => "status",
        }
    }
}

/// What a step found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepResult {
    /// It holds.
    Ok,
    /// It does not, or cannot be told.
    Failed(Error),
    /// It was not run.
    Skipped(Skip),
}

/// Why a step was not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skip {
    /// The bundle's form is not sound.
    NoForm,
    /// A part that the step needs is missing.
    Incomplete,
    /// There is no usable trust root.
    NoTrust,
    /// What the step builds on failed.
    Unfounded,
    /// The caller asked about the hash only.
    HashOnly,
    /// The caller gave nothing remembered from earlier runs.
    NoState,
    /// Nothing is remembered of this log.
    FirstSeen,
}

impl Skip {
    /// All reasons.
    pub const ALL: [Self; 7] = [
        Self::NoForm,
        Self::Incomplete,
        Self::NoTrust,
        Self::Unfounded,
        Self::HashOnly,
        Self::NoState,
        Self::FirstSeen,
    ];

    /// The reason's stable text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoForm => "no_form",
            Self::Incomplete => "incomplete",
            Self::NoTrust => "no_trust",
            Self::Unfounded => "unfounded",
            Self::HashOnly => "hash_only",
            Self::NoState => "no_state",
            Self::FirstSeen => "first_seen",
        }
    }

    /// Whether a bundle can be verified without this step: only where the caller chose so, or at first use.
    #[must_use]
    pub const fn is_allowed(self) -> bool {
        match self {
            Self::HashOnly | Self::NoState | Self::FirstSeen => true,
            Self::NoForm | Self::Incomplete | Self::NoTrust | Self::Unfounded => false,
        }
    }
}

/// A step that gives no value: a refusal, or a reason not to run.
impl From<Error> for StepResult {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Same, for a step that was not run.
impl From<Skip> for StepResult {
    fn from(skip: Skip) -> Self {
        Self::Skipped(skip)
    }
}

/// The results so far. A step that nobody sets counts as not run for want of sound form.
#[derive(Debug)]
pub(super) struct Steps([StepResult; 12]);

impl Steps {
    pub(super) const fn new() -> Self {
        Self([StepResult::Skipped(Skip::NoForm); 12])
    }

    pub(super) fn set(&mut self, name: StepName, result: StepResult) {
        for (step, slot) in StepName::ALL.iter().zip(&mut self.0) {
            if *step == name {
                *slot = result;
            }
        }
    }

    pub(super) fn ok(&mut self, name: StepName) {
        self.set(name, StepResult::Ok);
    }

    /// Records a step that gives `T` or a result that is not ok.
    pub(super) fn run<T>(&mut self, name: StepName, outcome: Result<T, StepResult>) -> Option<T> {
        match outcome {
            Ok(value) => {
                self.ok(name);
                Some(value)
            }
            Err(result) => {
                self.set(name, result);
                None
            }
        }
    }

    /// Records a step that gives `T` or fails.
    pub(super) fn record<T>(&mut self, name: StepName, outcome: Result<T, Error>) -> Option<T> {
        self.run(name, outcome.map_err(StepResult::Failed))
    }

    pub(super) const fn finish(self) -> [StepResult; 12] {
        self.0
    }
}

/// All steps of a bundle whose bytes nobody has seen.
pub(crate) fn unread(why: Error) -> [StepResult; 12] {
    let mut steps = Steps::new();
    steps.set(StepName::Form, StepResult::Failed(why));
    steps.finish()
}

/// The worst of several refusals within one step; the first among equals.
pub(super) fn worst(refusals: impl IntoIterator<Item = Error>) -> Result<(), Error> {
    let mut worst: Option<Error> = None;
    for refusal in refusals {
        if worst.is_none_or(|known| refusal.code().severity() > known.code().severity()) {
            worst = Some(refusal);
        }
    }
    worst.map_or(Ok(()), Err)
}

/// The verdict of all steps: the code of the worst failure, or `ok` if every step is ok or skipped by choice.
pub(crate) fn overall(steps: &[StepResult; 12]) -> Code {
    let failures = steps.iter().filter_map(|result| match result {
        StepResult::Failed(error) => Some(*error),
        StepResult::Ok | StepResult::Skipped(_) => None,
    });
    match worst(failures) {
        Err(error) => error.code(),
        Ok(()) => {
            let passes = |result: &StepResult| match result {
                StepResult::Ok => true,
                StepResult::Skipped(why) => why.is_allowed(),
                StepResult::Failed(_) => false,
            };
            // A step left out without a failure to show for it is a defect of this program, never a pass.
            if steps.iter().all(passes) { Code::Ok } else { Code::Internal }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(code: Code) -> StepResult {
        StepResult::Failed(Error::new(code, ""))
    }

    // R18.3: any missing step is unverified.
    #[test]
    fn only_steps_skipped_by_choice_let_a_bundle_pass() {
        assert_eq!(overall(&[StepResult::Ok; 12]), Code::Ok);
        let by_choice = [Skip::HashOnly, Skip::NoState, Skip::FirstSeen];
        let forced = [Skip::NoForm, Skip::Incomplete, Skip::NoTrust, Skip::Unfounded];
        let all = by_choice.map(|skip| (skip, Code::Ok)).into_iter();
        for (skip, expected) in all.chain(forced.map(|skip| (skip, Code::Internal))) {
            let mut steps = [StepResult::Ok; 12];
            steps[9] = StepResult::Skipped(skip);
            assert_eq!(overall(&steps), expected, "{skip:?}");
        }
    }

    #[test]
    fn the_worst_failure_is_the_verdict_and_the_first_among_equals() {
        let order = [
            Code::StaleEvidence,
            Code::UnknownIssuer,
            Code::ExpiredDocument,
            Code::TamperedDocument,
            Code::RevokedByTrustRoot,
            Code::TrustExpired,
            Code::MalformedCbor,
        ];
        for (position, worse) in order.iter().enumerate().skip(1) {
            for better in &order[..position] {
                let same = better.severity() == worse.severity();
                let first =
                    overall(&[[failed(*better); 1].as_slice(), &[failed(*worse); 11]].concat().try_into().unwrap());
                assert_eq!(first, if same { *better } else { *worse });
            }
        }
    }
}
