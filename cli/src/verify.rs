//! `ct verify`: one verdict per bundle, in input order, whatever the others do.

use crate::args::{ModeArg, VerifyArgs};
use crate::documents::{Documents, SingleBundle};
use crate::failure::Failure;
use crate::file::{self, Limit};
use crate::{clock, inputs, output, render};
use ct_core::limits::{MAX_BUNDLE_BYTES, MAX_TRUST_BYTES};
use ct_core::{AtSource, Bundle, Class, Code, Error, Mode, Report, Request, Timestamp, TrustRoot, verify};
use std::path::{Path, PathBuf};

pub(crate) fn run(args: &VerifyArgs) -> Result<Code, Failure> {
    let (at, at_source) = clock::verification_time(args.at.as_deref())?;
    let bundles = inputs::bundles(&args.inputs);
    if args.json && bundles.len() != 1 {
        let what = format!("--json prints one report and there are {} bundles; use --jsonl", bundles.len());
        return Err(Failure::new(Code::UsageSeveralInputs, what));
    }
    let trust = load_trust(&args.trust)?;
    let single = matches!((args.inputs.as_slice(), bundles.as_slice()), ([named], [Ok(found)]) if named == found);
    let single_bundle = if single { SingleBundle::Yes } else { SingleBundle::No };
    let documents = Documents::gather(&args.document, args.hash_only, single_bundle)?;
    let desk = Desk { trust, documents, mode: args.mode.into(), at, at_source };

    let mut summary = Summary::default();
    for input in bundles {
        let (path, report) = match desk.judge(input) {
            Ok(judged) => judged,
            Err((path, failure)) => {
                if !args.quiet {
                    output::complain(&failure);
                }
                (path, Report::unread(file::as_report_error(&failure), desk.mode, at, at_source))
            }
        };
        summary.count(report.code());
        show(&path, &report, args, single_bundle)?;
    }
    if !args.quiet {
        desk.remark(&args.trust, &summary, single_bundle);
    }
    Ok(summary.worst())
}

/// What all verdicts of one run have in common.
struct Desk {
    trust: Result<TrustRoot, Error>,
    documents: Documents,
    mode: Mode,
    at: Timestamp,
    at_source: AtSource,
}

impl Desk {
    fn judge(&self, input: Result<PathBuf, (PathBuf, Failure)>) -> Result<(PathBuf, Report), (PathBuf, Failure)> {
        let path = input?;
        let limit = Limit { bytes: MAX_BUNDLE_BYTES, code: Code::LimitBundleSize };
        let bytes = match file::read(&path, limit) {
            Ok(bytes) => bytes,
            Err(failure) => return Err((path, failure)),
        };
        let wanted = Bundle::parse(&bytes).ok().and_then(|bundle| bundle.document_hash);
        let report = verify(&Request {
            bundle: &bytes,
            document: self.documents.of(wanted),
            trust: self.trust.as_ref().map_err(|error| *error),
            mode: self.mode,
            at: self.at,
            at_source: self.at_source,
        });
        Ok((path, report))
    }

    /// What a person should know besides the verdicts.
    fn remark(&self, trust_path: &Path, summary: &Summary, single: SingleBundle) {
        match &self.trust {
            Ok(root) if root.trust().example => {
                output::remark("the trust root says that it is an example: its keys prove nothing");
            }
            Ok(_) => {}
            Err(error) => output::complain(&Failure::refused(trust_path, *error)),
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

/// The trust root. A file that is no usable trust root is part of every verdict; one that cannot be read ends the run.
fn load_trust(path: &Path) -> Result<Result<TrustRoot, Error>, Failure> {
    match file::read(path, Limit { bytes: MAX_TRUST_BYTES, code: Code::TrustSize }) {
        Ok(bytes) => Ok(TrustRoot::load(&bytes)),
        Err(failure) if failure.code() == Code::TrustSize => Ok(Err(Error::new(Code::TrustSize, "trust"))),
        Err(failure) => Err(failure),
    }
}
