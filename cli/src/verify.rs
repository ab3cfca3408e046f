//! `ct verify`: one verdict per bundle, in input order, whatever the others do.

use crate::args::{ModeArg, VerifyArgs};
use crate::documents::{Documents, SingleBundle};
use crate::failure::Failure;
use crate::file::{self, Limit};
use crate::state::StateFolder;
use crate::text::shown;
use crate::{clock, inputs, output, render};
use ct_core::evidence::{Equivocation, of_two_checkpoints};
use ct_core::limits::{MAX_BUNDLE_BYTES, MAX_EVIDENCE_BYTES, MAX_TRUST_BYTES};
use ct_core::state::State;
use ct_core::verify::{Outcome, examine};
use ct_core::{AtSource, Bundle, Class, Code, Error, Mode, Report, Request, Timestamp, TrustRoot};
use std::path::{Path, PathBuf};

pub(crate) fn run(args: &VerifyArgs) -> Result<Code, Failure> {
    let (at, at_source) = clock::verification_time(args.at.as_deref())?;
    let bundles = inputs::bundles(&args.inputs);
    if args.json && bundles.len() != 1 {
        let what = format!("--json prints one report and there are {} bundles; use --jsonl", bundles.len());
        return Err(Failure::new(Code::UsageSeveralInputs, what));
    }
    let trust = load_trust(&args.trust)?;
    let evidence = load_evidence(&args.evidence, &trust)?;
    let state = args.state.as_deref().map(StateFolder::open).transpose()?;
    let single = matches!((args.inputs.as_slice(), bundles.as_slice()), ([named], [Ok(found)]) if named == found);
    let single_bundle = if single { SingleBundle::Yes } else { SingleBundle::No };
    let documents = Documents::gather(&args.document, args.hash_only, single_bundle)?;
    let desk = Desk { trust, documents, evidence, state, mode: args.mode.into(), at, at_source };
    let mut seen = State::default();

    let mut summary = Summary::default();
    let (mut audience, mut lost) = (true, None);
    for input in bundles {
        let (path, report, outcome) = match desk.judge(input) {
            Ok((path, outcome)) => (path, outcome.report.clone(), Some(outcome)),
            Err((path, failure)) => {
                if !args.quiet {
                    output::complain(&failure);
                }
                (path, Report::unread(file::as_report_error(&failure), desk.mode, at, at_source), None)
            }
        };
        summary.count(report.code());
        if audience {
            match show(&path, &report, args, single_bundle) {
                // Whoever reads has read enough; the exit status is still that of all verdicts.
                Err(failure) if failure.is_closed_pipe() => audience = false,
                outcome => outcome?,
            }
        }
        // What cannot be kept is told at the end: it takes no bundle its verdict.
        if let Some(Err(failure)) = outcome.map(|outcome| desk.note(&outcome, &mut seen, args)) {
            lost = lost.or(Some(failure));
        }
    }
    if let Some(state) = &desk.state {
        state.commit(&seen)?;
    }
    if !args.quiet {
        desk.remark(&args.trust, &summary, single_bundle);
    }
    if let Some(failure) = lost {
        return Err(failure);
    }
    Ok(summary.worst())
}

/// What all verdicts of one run have in common.
struct Desk {
    trust: Result<TrustRoot, Error>,
    documents: Documents,
    evidence: Vec<Equivocation>,
    state: Option<StateFolder>,
    mode: Mode,
    at: Timestamp,
    at_source: AtSource,
}

impl Desk {
    fn judge(&self, input: Result<PathBuf, (PathBuf, Failure)>) -> Result<(PathBuf, Outcome), (PathBuf, Failure)> {
        let path = input?;
        let limit = Limit { bytes: MAX_BUNDLE_BYTES, code: Code::LimitBundleSize };
        let bytes = match file::read(&path, limit) {
            Ok(bytes) => bytes,
            Err(failure) => return Err((path, failure)),
        };
        let wanted = Bundle::parse(&bytes).ok().and_then(|bundle| bundle.document_hash);
        let outcome = examine(&Request {
            bundle: &bytes,
            document: self.documents.of(wanted),
            trust: self.trust.as_ref().map_err(|error| *error),
            mode: self.mode,
            at: self.at,
            at_source: self.at_source,
            state: self.state.as_ref().map(StateFolder::snapshot),
            evidence: &self.evidence,
        });
        Ok((path, outcome))
    }

    /// Collects what is to be remembered, and keeps evidence at once: it must not be lost if the run is cut short.
    fn note(&self, outcome: &Outcome, seen: &mut State, args: &VerifyArgs) -> Result<(), Failure> {
        let Some(state) = &self.state else { return Ok(()) };
        for (checkpoint, note) in &outcome.seen {
            // Two bundles of one run can contradict each other, though each agrees with what was remembered.
            let known = seen.at(checkpoint.origin().as_str(), checkpoint.size());
            let known = known.filter(|known| known.root != checkpoint.root()).and_then(|known| known.note.as_ref());
            if let (Some(known), Some(note)) = (known, note) {
                self.keep_evidence(state, &of_two_checkpoints(known, note), args)?;
            }
            seen.remember(checkpoint, note.clone());
        }
        if let (Ok(root), false) = (&self.trust, outcome.seen.is_empty()) {
            seen.remember_trust(root.trust().root_version, root.hash());
        }
        if let Some(evidence) = &outcome.evidence {
            self.keep_evidence(state, evidence, args)?;
        }
        Ok(())
    }

    /// Writes what convinces anybody; what would not is not evidence.
    fn keep_evidence(&self, state: &StateFolder, evidence: &[u8], args: &VerifyArgs) -> Result<(), Failure> {
        let convinces = |root: &TrustRoot| Equivocation::load(evidence, root).is_ok();
        if self.trust.as_ref().is_ok_and(convinces) {
            let path = state.keep_evidence(evidence)?;
            if !args.quiet {
                output::remark(&format!("evidence that the log has shown two histories: {}", shown(&path)));
            }
        }
        Ok(())
    }

    /// What a person should know besides the verdicts.
    fn remark(&self, trust_paths: &[PathBuf], summary: &Summary, single: SingleBundle) {
        match &self.trust {
            Ok(root) if root.trust().example => {
                output::remark("the trust root says that it is an example: its keys prove nothing");
            }
            Ok(_) => {}
            Err(error) => {
                let newest = trust_paths.last().map_or(Path::new("--trust"), PathBuf::as_path);
                output::complain(&Failure::refused(newest, *error));
            }
        }
        if matches!(single, SingleBundle::No) {
            output::remark(&format!("{} verified, {} not", summary.verified, summary.unverified));
        }
    }
}

fn show(path: &Path, report: &Report, args: &VerifyArgs, single: SingleBundle) -> Result<(), Failure> {
    output::print(|out| match () {
        () if args.quiet => Ok(()),
        () if args.json => writeln!(out, "{}", report.to_json()),
        () if args.jsonl => writeln!(out, "{}", report.to_json_with_source(&path.to_string_lossy())),
        () => render::verdict(out, path, report, single),
    })
}

/// How a run went.
#[derive(Default)]
struct Summary {
    verified: usize,
    unverified: usize,
    worst: Option<Code>,
}

impl Summary {
    fn count(&mut self, code: Code) {
        match code.class() {
            Class::Verified => self.verified += 1,
            _ => self.unverified += 1,
        }
        if self.worst.is_none_or(|worst| code.class().batch_rank() > worst.class().batch_rank()) {
            self.worst = Some(code);
        }
    }

    fn worst(&self) -> Code {
        self.worst.unwrap_or(Code::Internal)
    }
}

impl From<ModeArg> for Mode {
    fn from(mode: ModeArg) -> Self {
        match mode {
            ModeArg::Strict => Self::Strict,
            ModeArg::Grace => Self::Grace,
            ModeArg::Archival => Self::Archival,
        }
    }
}

/// The newest trust root, proven to follow from those named before it. A file that is no usable trust root is part of
/// every verdict; one that cannot be read ends the run.
fn load_trust(paths: &[PathBuf]) -> Result<Result<TrustRoot, Error>, Failure> {
    let mut newest: Option<TrustRoot> = None;
    for path in paths {
        let bytes = match file::read(path, Limit { bytes: MAX_TRUST_BYTES, code: Code::TrustSize }) {
            Ok(bytes) => bytes,
            Err(failure) if failure.code() == Code::TrustSize => return Ok(Err(Error::new(Code::TrustSize, "trust"))),
            Err(failure) => return Err(failure),
        };
        let next = match &newest {
            None => TrustRoot::load(&bytes),
            Some(before) => before.load_successor(&bytes),
        };
        match next {
            Ok(next) => newest = Some(next),
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(newest.ok_or(Error::new(Code::TrustMalformed, "trust")))
}

/// Evidence that does not hold ends the run: whoever names it expects it to count.
fn load_evidence(paths: &[PathBuf], trust: &Result<TrustRoot, Error>) -> Result<Vec<Equivocation>, Failure> {
    let Ok(root) = trust else { return Ok(Vec::new()) };
    let load = |path: &PathBuf| {
        let bytes = file::read(path, Limit { bytes: MAX_EVIDENCE_BYTES, code: Code::LimitLength })?;
        Equivocation::load(&bytes, root).map_err(|error| Failure::refused(path, error))
    };
    paths.iter().map(load).collect()
}
