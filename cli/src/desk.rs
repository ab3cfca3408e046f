//! What all verdicts of one run have in common, and the judging of one bundle.

use crate::documents::{Documents, SingleBundle};
use crate::failure::Failure;
use crate::file::{self, Limit};
use crate::inputs::{Found, Input};
use crate::signatures::Remembered;
use crate::state::StateFolder;
use crate::text::{shown, source_of};
use crate::{output, render, verdict_log};
use ct_core::evidence::{Equivocation, of_two_checkpoints};
use ct_core::limits::MAX_BUNDLE_BYTES;
use ct_core::state::State;
use ct_core::verify::{Document, Outcome, Verifier};
use ct_core::{AtSource, Code, Error, Mode, Report, Request, Timestamp, TrustRoot};
use serde_json::{Map, Value};
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// What all verdicts of one run have in common.
pub(crate) struct Desk {
    pub(crate) trust: Result<TrustRoot, Error>,
    pub(crate) documents: Documents,
    pub(crate) evidence: Vec<Equivocation>,
    pub(crate) state: Option<StateFolder>,
    pub(crate) mode: Mode,
    pub(crate) at: Timestamp,
    pub(crate) at_source: AtSource,
    pub(crate) shape: Shape,
    pub(crate) logged: Logged,
    pub(crate) single: SingleBundle,
    pub(crate) signatures: Remembered,
}

/// The form in which verdicts are shown.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// The line for machines and the block for people.
    People,
    /// One report.
    Json,
    /// One report a line, each with its source.
    Jsonl,
    /// The exit status says it.
    Nothing,
}

/// Whether verdicts go into an evidence log.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Logged {
    Yes,
    No,
}

/// A verdict, ready to be shown.
pub(crate) struct Judged {
    pub(crate) code: Code,
    /// What is shown of it.
    pub(crate) text: Vec<u8>,
    /// Why the bundle could not be read.
    pub(crate) failure: Option<Failure>,
    /// What is worth keeping of it, if anything is kept.
    pub(crate) outcome: Option<Outcome>,
    /// What the evidence log says of it, if there is one.
    pub(crate) entry: Option<Map<String, Value>>,
}

impl Judged {
    /// How many bytes it holds, about: what is kept of an outcome is what its text shows.
    pub(crate) fn weight(&self) -> usize {
        let text = self.text.len();
        if self.outcome.is_some() { text.saturating_mul(2).max(4_096) } else { text }
    }
}

impl Desk {
    /// The verdict on each input, handed on in pieces that are not too large. Never fails: what cannot be read is a verdict too, and so is a defect of this program.
    pub(crate) fn judge(&self, inputs: Vec<Input>, emit: &mut dyn FnMut(Vec<Judged>)) {
        let mut verifier = self.verifier();
        let mut judge = |input: Input| {
            let path = input.as_ref().map_or_else(|(path, _)| path.clone(), |found| found.path.clone());
            let judged = catch_unwind(AssertUnwindSafe(|| self.examine(input, &mut verifier)));
            judged.unwrap_or_else(|_| {
                // The panic's own message has been printed.
                verifier = self.verifier();
                self.show(&path, &self.unread(Error::new(Code::Internal, "")), None)
            })
        };
        let (mut piece, mut bytes) = (Vec::new(), 0_usize);
        for input in inputs {
            let judged = judge(input);
            bytes = bytes.saturating_add(judged.weight());
            piece.push(judged);
            if bytes > PIECE {
                emit(std::mem::take(&mut piece));
                bytes = 0;
            }
        }
        emit(piece);
    }

    fn examine(&self, input: Input, verifier: &mut Verifier<'_>) -> Judged {
        let read = input.and_then(|Found { path, look }| match file::read_found(&path, look, BUNDLE) {
            Ok(bytes) => Ok((path, bytes)),
            Err(failure) => Err((path, failure)),
        });
        match read {
            Ok((path, bytes)) => {
                let outcome = verifier.examine(&bytes, self.documents.of(&bytes));
                let mut judged = self.show(&path, &outcome.report, None);
                judged.outcome = self.state.as_ref().map(|_| outcome);
                judged
            }
            Err((path, failure)) => {
                let report = self.unread(file::as_report_error(&failure));
                self.show(&path, &report, Some(failure))
            }
        }
    }

    fn verifier(&self) -> Verifier<'_> {
        let terms = Request {
            bundle: &[],
            document: Document::InBundle,
            trust: self.trust.as_ref().map_err(|error| *error),
            mode: self.mode,
            at: self.at,
            at_source: self.at_source,
            state: self.state.as_ref().map(StateFolder::snapshot),
            evidence: &self.evidence,
        };
        Verifier::new(terms, &self.signatures)
    }

    fn unread(&self, why: Error) -> Report {
        Report::unread(why, self.mode, self.at, self.at_source)
    }

    fn show(&self, path: &Path, report: &Report, failure: Option<Failure>) -> Judged {
        let mut text = Vec::new();
        // Writing to memory cannot fail.
        let _ = self.write(&mut text, path, report);
        let entry = (self.logged == Logged::Yes).then(|| verdict_log::entry(path, report));
        Judged { code: report.code(), text, failure, outcome: None, entry }
    }

    fn write(&self, out: &mut Vec<u8>, path: &Path, report: &Report) -> io::Result<()> {
        match self.shape {
            Shape::Nothing => Ok(()),
            Shape::Json => writeln!(out, "{}", report.to_json()),
            Shape::Jsonl => writeln!(out, "{}", report.to_json_with_source(&source_of(path))),
            Shape::People => render::verdict(out, path, report, self.single),
        }
    }

    /// Collects what is to be remembered, and keeps evidence at once: it must not be lost if the run is cut short. Gives
    /// the files that evidence was written to.
    pub(crate) fn note(&self, outcome: &Outcome, seen: &mut State) -> Result<Vec<String>, Failure> {
        let Some(state) = &self.state else { return Ok(Vec::new()) };
        let mut written = Vec::new();
        for (checkpoint, note) in &outcome.seen {
            // Two bundles of one run can contradict each other, though each agrees with what was remembered.
            let known = seen.at(checkpoint.origin().as_str(), checkpoint.size());
            let known = known.filter(|known| known.root != checkpoint.root()).and_then(|known| known.note.as_ref());
            if let (Some(known), Some(note)) = (known, note) {
                written.extend(self.keep_evidence(state, &of_two_checkpoints(known, note))?);
            }
            seen.remember(checkpoint, note.clone());
        }
        if let (Ok(root), false) = (&self.trust, outcome.seen.is_empty()) {
            seen.remember_trust(root.trust().root_version, root.hash());
        }
        if let Some(evidence) = &outcome.evidence {
            written.extend(self.keep_evidence(state, evidence)?);
        }
        Ok(written)
    }

    /// Writes what convinces anybody; what would not is not evidence.
    fn keep_evidence(&self, state: &StateFolder, evidence: &[u8]) -> Result<Option<String>, Failure> {
        let convinces = |root: &TrustRoot| Equivocation::load(evidence, root).is_ok();
        if self.trust.as_ref().is_ok_and(convinces) {
            return state.keep_evidence(evidence).map(|path| Some(shown(&path)));
        }
        Ok(None)
    }

    /// What a person should know besides the verdicts.
    pub(crate) fn remark(&self, trust_paths: &[PathBuf]) {
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
    }
}

/// Bytes after which verdicts are handed on before their chunk is done.
const PIECE: usize = 1 << 18;

const BUNDLE: Limit = Limit { bytes: MAX_BUNDLE_BYTES, code: Code::LimitBundleSize };
