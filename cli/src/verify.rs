//! `ct verify`: one verdict per bundle, in input order, whatever the others do.

use crate::args::{ModeArg, SandboxArg, VerifyArgs};
use crate::batch::{self, Ending, Work};
use crate::desk::{Desk, Judged, Logged, Shape};
use crate::documents::{Documents, SingleBundle};
use crate::evidence_log::EvidenceLog;
use crate::failure::Failure;
use crate::file::{self, Limit};
use crate::inputs::{Input, Inputs, Survey, is_list};
use crate::progress::Progress;
use crate::resume::Resume;
use crate::sandbox::Rights;
use crate::sandboxed::Remarks;
use crate::signatures::Remembered;
use crate::state::StateFolder;
use crate::summary::Summary;
use crate::text::shown;
use crate::verdict_log::VerdictLog;
use crate::{clock, inputs, output};
use ct_core::evidence::Equivocation;
use ct_core::limits::{MAX_EVIDENCE_BYTES, MAX_TRUST_BYTES};
use ct_core::state::State;
use ct_core::{Code, Error, Mode, TrustRoot};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

pub(crate) fn run(args: &VerifyArgs, sandbox: SandboxArg) -> Result<Code, Failure> {
    let (now, at_source) = clock::verification_time(args.at.as_deref())?;
    let survey = inputs::survey(&args.inputs);
    if args.json && survey.total != Some(1) {
        let several = survey.total.map_or_else(|| "a list of".to_owned(), |total| format!("{total}"));
        let what = format!("--json prints one report and there are {several} bundles; use --jsonl");
        return Err(Failure::new(Code::UsageSeveralInputs, what));
    }
    if let (Some(resume), Some(log)) = (&args.resume, &args.log)
        && (resume == log
            || resume.canonicalize().is_ok_and(|resume| log.canonicalize().is_ok_and(|log| log == resume)))
    {
        let what = format!("--resume and --log name the same file, {}; give each its own", shown(log));
        return Err(Failure::new(Code::UsageArguments, what));
    }
    let threads = threads(args.jobs);
    // What is written is opened or made before the sandbox, what is read after it.
    let mut resume = args.resume.as_deref().map(Resume::open).transpose()?;
    args.state.as_deref().map(StateFolder::make).transpose()?;
    let mut log = args.log.as_deref().map(EvidenceLog::open).transpose()?;
    let remarks = if args.quiet { Remarks::Never } else { Remarks::Always };
    sandbox.enter(&rights(args, &survey), remarks)?;
    log.as_mut().map(EvidenceLog::check).transpose()?;

    let trust = load_trust(&args.trust)?;
    // One document for one bundle is compared with it, whatever else the command line says.
    let only_one = if survey.total == Some(1) { SingleBundle::Yes } else { SingleBundle::No };
    let (documents, unread) = Documents::gather(&args.document, args.hash_only, only_one)?;
    let mut bundles = Inputs::new(&args.inputs);
    let (mut summary, mut at) = (Summary::default(), now);
    if let Some(resume) = &mut resume {
        let (mode, given) = (args.mode.into(), args.at.as_deref());
        let known = resume.catch_up(&mut bundles, &mut summary, mode, trust.as_ref().ok(), given, &documents)?;
        // However often it is stopped, one run has one time.
        at = known.unwrap_or(now);
        if known.is_some() && !args.quiet {
            let (count, file) = (summary.total(), shown(resume.path()));
            output::remark(&format!("{count} verdicts are taken from {file}, as of {at}; they are not checked again"));
        }
    }
    let single = matches!(args.inputs.as_slice(), [named] if !named.is_dir() && !is_list(named));
    let single = if single && resume.is_none() { SingleBundle::Yes } else { SingleBundle::No };
    let desk = Desk {
        evidence: load_evidence(&args.evidence, args.state.as_deref(), &trust)?,
        trust,
        documents,
        state: args.state.as_deref().map(StateFolder::read).transpose()?,
        mode: args.mode.into(),
        at,
        at_source,
        shape: shape(args),
        logged: if log.is_some() { Logged::Yes } else { Logged::No },
        single,
        signatures: Remembered::default(),
    };
    let resumed = summary.total();
    let progress = match single {
        SingleBundle::No if !args.quiet => Progress::new("bundles", survey.total, resumed),
        _ => Progress::none(),
    };
    let mut delivery = Delivery {
        desk: Arc::new(desk),
        progress,
        quiet: args.quiet,
        resume,
        log: log.map(|log| VerdictLog::new(log, now)).transpose()?,
        summary,
        seen: State::default(),
        audience: true,
        resumed,
        has_evidence: false,
        lost: None,
    };
    for failure in unread {
        delivery.lose(&failure);
    }
    let ending = delivery.run(bundles, threads);
    delivery.finish(&args.trust, ending)
}

/// Where verdicts go.
struct Delivery {
    desk: Arc<Desk>,
    progress: Progress,
    quiet: bool,
    resume: Option<Resume>,
    log: Option<VerdictLog>,
    summary: Summary,
    /// What this run is to remember.
    seen: State,
    /// Whether anybody still reads standard output.
    audience: bool,
    /// How many verdicts were there already.
    resumed: u64,
    /// Whether this run found that a log has shown two histories.
    has_evidence: bool,
    /// The first thing that could not be read or kept: it takes no bundle its verdict, but the run its exit status.
    lost: Option<Code>,
}

impl Delivery {
    fn run(&mut self, mut inputs: Inputs, threads: NonZeroUsize) -> Result<Ending, Failure> {
        let desk = Arc::clone(&self.desk);
        let judge = move |chunk: Vec<Input>, emit: &mut dyn FnMut(Vec<Judged>)| desk.judge(chunk, emit);
        let weigh = |piece: &Vec<Judged>| piece.iter().map(Judged::weight).sum();
        let on_interrupt = |stop: batch::Stop<Vec<Judged>>| {
            let mut again = false;
            // Without it the interruption ends the process at once, which leaves nothing half-written but a line.
            let _ = ctrlc::set_handler(move || {
                if std::mem::replace(&mut again, true) {
                    // Whoever reads does not read on, and the run cannot end in order.
                    std::process::exit(i32::from(Code::Interrupted.class().exit_status()));
                }
                stop.stop();
            });
        };
        let mut failed = None;
        let work = Work { source: move || inputs.next_chunk(CHUNK), work: judge, threads };
        let ending = batch::run(work, weigh, on_interrupt, |piece| match self.take(piece) {
            Ok(()) => ControlFlow::Continue(()),
            Err(failure) => {
                failed = Some(failure);
                ControlFlow::Break(())
            }
        });
        failed.map_or(Ok(ending), Err)
    }

    fn take(&mut self, chunk: Vec<Judged>) -> Result<(), Failure> {
        let (mut text, mut entries, mut count) = (Vec::new(), Vec::new(), 0);
        for mut judged in chunk {
            count += 1;
            self.summary.count(judged.code);
            text.extend_from_slice(&judged.text);
            entries.extend(judged.entry.take());
            if let (Some(failure), false) = (&judged.failure, self.quiet) {
                self.progress.above(|| output::complain(failure));
            }
            if let (Some(outcome), Some(_)) = (&judged.outcome, &self.desk.state) {
                match self.desk.note(outcome, &mut self.seen) {
                    Ok(written) => written.iter().for_each(|path| {
                        self.has_evidence = true;
                        if self.quiet {
                            return;
                        }
                        self.progress.above(|| {
                            output::remark(&format!("evidence that the log has shown two histories: {path}"))
                        });
                    }),
                    Err(failure) => self.lose(&failure),
                }
            }
        }
        // A verdict that was shown is in the log, also after a power cut.
        if let Some(log) = &mut self.log {
            log.append(entries)?;
        }
        self.show(&text)?;
        self.progress.advance(count);
        Ok(())
    }

    fn show(&mut self, text: &[u8]) -> Result<(), Failure> {
        if let Some(resume) = &mut self.resume {
            return resume.append(text);
        }
        if !self.audience || text.is_empty() {
            return Ok(());
        }
        let shown = self.progress.above(|| match self.desk.shape {
            Shape::People => output::print(|out| out.write_all(text)),
            Shape::Json | Shape::Jsonl | Shape::Nothing => output::print_data(|out| out.write_all(text)),
        });
        match shown {
            // Whoever reads has read enough; the exit status is still that of all verdicts.
            Err(failure) if failure.is_closed_pipe() => self.audience = false,
            outcome => outcome?,
        }
        Ok(())
    }

    fn finish(self, trust: &[PathBuf], ending: Result<Ending, Failure>) -> Result<Code, Failure> {
        self.progress.finish();
        let ending = ending?;
        if ending == Ending::Complete && self.summary.total() == 0 {
            return Err(Failure::new(Code::IoNoBundles, "there is no bundle to verify: the list is empty"));
        }
        if let Some(resume) = &self.resume {
            resume.keep()?;
        }
        match ending {
            // What an unfinished run saw is not remembered: whoever repeats it gets the same verdicts.
            Ending::Interrupted => {
                let what = format!("stopped after {} bundles; their verdicts are whole", self.summary.total());
                return Err(Failure::new(Code::Interrupted, what));
            }
            Ending::Broken => {
                return Err(Failure::new(
                    Code::Internal,
                    "a thread ended without a verdict; please report what you did",
                ));
            }
            Ending::Complete => {}
        }
        if let Some(state) = &self.desk.state {
            state.commit(&self.seen)?;
        }
        if !self.quiet {
            self.desk.remark(trust);
            if self.resumed > 0 && self.resumed == self.summary.total() {
                output::remark("nothing was left to do: every verdict was there already");
            }
            if matches!(self.desk.single, SingleBundle::No) {
                self.summary.tell();
            }
        }
        Ok(self.worst())
    }

    fn lose(&mut self, failure: &Failure) {
        self.progress.above(|| output::complain(failure));
        self.lost = self.lost.or(Some(failure.code()));
    }

    /// The code to exit with: the worst of the verdicts and of what the run as a whole has found.
    fn worst(&self) -> Code {
        let mut found = vec![self.summary.worst()];
        found.extend(self.has_evidence.then_some(Code::EquivocationCheckpoint));
        for path in self.desk.documents.unmatched() {
            let failure = Failure::new(
                Code::TamperedDocument,
                format!("{}: it was altered, or no bundle of this run is about it", shown(path)),
            );
            output::complain(&failure);
            found.push(failure.code());
        }
        found.extend(self.lost);
        // Among equals the first, that of a verdict.
        found.into_iter().rev().max_by_key(|code| code.class().batch_rank()).unwrap_or(Code::Internal)
    }
}

/// What the command line says about the form of verdicts.
fn shape(args: &VerifyArgs) -> Shape {
    match () {
        () if args.quiet => Shape::Nothing,
        () if args.json => Shape::Json,
        () if args.jsonl || args.resume.is_some() => Shape::Jsonl,
        () => Shape::People,
    }
}

fn threads(jobs: Option<NonZeroUsize>) -> NonZeroUsize {
    let available = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    jobs.unwrap_or_else(available).min(MAX_THREADS)
}

fn rights(args: &VerifyArgs, survey: &Survey) -> Rights {
    let lists = args.inputs.iter().any(|path| is_list(path));
    let rights = Rights::none().read_all(&args.trust).read_all(&args.evidence).read_all(&args.document);
    let rights = rights
        .read_all(&args.inputs)
        .read_all(&survey.links)
        .read_all(&inputs::links_in(&args.document))
        .write_all(&args.state);
    let rights = rights.open_all(&args.resume).open_all(&args.log);
    if lists { rights.read_everything() } else { rights }
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

/// Evidence that is named and does not hold ends the run: whoever names it expects it to count. What earlier runs have kept
/// counts if it holds under this trust root.
fn load_evidence(
    paths: &[PathBuf],
    state: Option<&Path>,
    trust: &Result<TrustRoot, Error>,
) -> Result<Vec<Equivocation>, Failure> {
    let Ok(root) = trust else { return Ok(Vec::new()) };
    let load = |path: &PathBuf| {
        let bytes = file::read(path, Limit { bytes: MAX_EVIDENCE_BYTES, code: Code::LimitLength })?;
        Equivocation::load(&bytes, root).map_err(|error| Failure::refused(path, error))
    };
    let mut evidence = paths.iter().map(load).collect::<Result<Vec<_>, _>>()?;
    let kept = state.map(StateFolder::kept_evidence).transpose()?.unwrap_or_default();
    evidence.extend(kept.iter().filter_map(|path| load(path).ok()));
    Ok(evidence)
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

/// Bundles that a thread takes at once: enough that handing over costs nothing beside judging.
const CHUNK: usize = 64;

/// More would only hold more bundles in memory at once.
const MAX_THREADS: NonZeroUsize = NonZeroUsize::new(16).unwrap();
