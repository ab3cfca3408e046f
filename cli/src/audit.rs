//! `ct audit`: the files of a folder against a manifest (R7.5).

use crate::args::SandboxArg;
use crate::audit_report::{AuditReport, Finding};
use crate::evidence_folder::{EvidenceFolder, is_kept};
use crate::evidence_log::EvidenceLog;
use crate::failure::Failure;
use crate::manifest::Manifest;
use crate::progress::Progress;
use crate::sandbox::Rights;
use crate::sandboxed::Remarks;
use crate::system;
use crate::text::{Shown, shown};
use crate::tree::{self, Tree};
use crate::{clock, output};
use clap::Args as ClapArgs;
use ct_core::{Code, Hash};
use ct_journal::{RecordType, normalised};
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  cd archive && ct hash . > ../archive.sha256
  ct audit archive --manifest archive.sha256
  ct audit archive --manifest archive.sha256 --evidence altered --log desk.log
  ct audit archive --manifest archive.sha256 --json > audit.json

One line for each file that is altered (tampered.file), missing (incomplete.file), not listed (unknown.file) or not \
readable (io.*). The exit status is 0 if all files agree, else that of the worst finding. Links are not followed.")]
pub(crate) struct AuditArgs {
    /// The folder.
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// The files that should be there, as sha256sum or `ct hash` lists them, with paths below DIR.
    #[arg(long, value_name = "FILE")]
    manifest: PathBuf,
    /// Keep a copy of each altered file, and the report, in this folder; never overwrites.
    #[arg(long, value_name = "DIR")]
    evidence: Option<PathBuf>,
    /// Record the outcome in this evidence log.
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    /// The time of the report, like 2026-11-20T08:00:00Z, instead of now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

pub(crate) fn run(args: &AuditArgs, sandbox: SandboxArg) -> Result<Code, Failure> {
    let (at, _) = clock::verification_time(args.at.as_deref())?;
    // What is written is opened or made before the sandbox, what is read after it.
    let mut log = args.log.as_deref().map(EvidenceLog::open).transpose()?;
    let evidence = args.evidence.as_deref().map(EvidenceFolder::open).transpose()?;
    let rights =
        Rights::none().read(&args.directory).read(&args.manifest).write_all(&args.evidence).open_all(&args.log);
    sandbox.enter(&rights, Remarks::Gaps)?;
    log.as_mut().map(EvidenceLog::check).transpose()?;
    let manifest = Manifest::read(&args.manifest)?;
    let tree = Tree::below(&args.directory)?;

    let mut findings = unlisted(args, &manifest, &tree);
    let mut keeping = Keeping { evidence, outcome: Code::Ok };
    let agreeing = compare(&args.directory, &manifest, &tree, &mut keeping, &mut findings);
    findings.sort_by(|a, b| a.path.cmp(&b.path));
    let directory = normalised(&args.directory);
    let report = AuditReport {
        at,
        directory: &directory,
        manifest: manifest.hash,
        listed: manifest.files.len(),
        agreeing,
        findings,
    };
    let json = report.to_json()?;
    // What is to be kept is on disk before anybody is told of it.
    keeping.keep_report(&json);
    if let Some(log) = &mut log {
        keeping.note(record(log, &report, &json));
    }
    show(args, &report, &json)?;
    let (found, kept) = (report.code(), keeping.outcome);
    Ok(if kept.class().batch_rank() > found.class().batch_rank() { kept } else { found })
}

/// Where evidence goes, and what went wrong with that. It does not end the audit: what was found is told in any case.
struct Keeping {
    evidence: Option<EvidenceFolder>,
    outcome: Code,
}

impl Keeping {
    fn keep(&mut self, path: &Path, found: Hash) {
        let Some(evidence) = &self.evidence else { return };
        let kept = evidence.keep(path).map(|kept| {
            if kept != found {
                let path = shown(path);
                output::remark(&format!("{path}: it changed while it was read; the copy in the evidence is {kept}"));
            }
        });
        self.note(kept);
    }

    fn keep_report(&mut self, json: &str) {
        if let Some(evidence) = &self.evidence {
            let kept = evidence.keep_report(json);
            self.note(kept);
        }
    }

    fn note(&mut self, outcome: Result<(), Failure>) {
        if let Err(failure) = outcome {
            output::complain(&failure);
            self.outcome = failure.code();
        }
    }
}

fn record(log: &mut EvidenceLog, report: &AuditReport<'_>, json: &str) -> Result<(), Failure> {
    let misnamed = |error: ct_journal::Error| Failure::new(Code::Internal, error.to_string());
    let facts = [
        ("code", report.code().to_string()),
        ("directory", report.directory.to_string_lossy().into_owned()),
        ("manifest_hash", format!("sha256:{}", report.manifest)),
        ("report", format!("sha256:{}", Hash::of(json.as_bytes()))),
    ];
    let counts = report.counts().map(|(name, count)| (name, count.to_string()));
    log.append(report.at, RecordType::parse("audit").map_err(misnamed)?, facts.into_iter().chain(counts)).map(|_| ())
}

/// What is in the folder and not in the manifest, and what cannot be listed.
fn unlisted(args: &AuditArgs, manifest: &Manifest, tree: &Tree) -> Vec<Finding> {
    let own = own_files(args);
    let evidence = args.evidence.as_ref().and_then(|folder| below(&args.directory, folder));
    let is_own = |path: &PathBuf| {
        own.contains(path)
            || evidence.is_some() && path.parent() == evidence.as_deref() && is_kept(&args.directory.join(path))
    };
    let is_listed = |path: &Path| manifest.files.contains_key(path.as_os_str().as_encoded_bytes());
    let mut findings = Vec::new();
    for path in tree.files.iter().chain(&tree.others) {
        if !is_listed(path) && !is_own(path) {
            findings.push(Finding::new(path, Code::UnknownFile));
        }
    }
    for (path, failure) in &tree.unreadable {
        output::complain(failure);
        findings.push(Finding::new(path, failure.code()));
    }
    findings
}

/// The manifest and the log, if they are below the folder: nobody lists these.
fn own_files(args: &AuditArgs) -> Vec<PathBuf> {
    [Some(&args.manifest), args.log.as_ref()].into_iter().flatten().filter_map(|p| below(&args.directory, p)).collect()
}

/// The path from a folder to what is below it.
fn below(folder: &Path, path: &Path) -> Option<PathBuf> {
    Some(path.canonicalize().ok()?.strip_prefix(folder.canonicalize().ok()?).ok()?.to_owned())
}

/// Holds every listed file against its hash, and says how many agree.
fn compare(
    directory: &Path,
    manifest: &Manifest,
    tree: &Tree,
    keeping: &mut Keeping,
    findings: &mut Vec<Finding>,
) -> usize {
    let present: BTreeSet<&[u8]> = tree.files.iter().map(|path| path.as_os_str().as_encoded_bytes()).collect();
    let progress = Progress::new("files", u64::try_from(manifest.files.len()).ok(), 0);
    let mut agreeing = 0_usize;
    for (path, expected) in &manifest.files {
        progress.advance(1);
        // A path that this system does not have is not there.
        let whole = directory.join(system::path(path).unwrap_or(Path::new("\0")));
        let (code, found) = match look(&whole, &present, path) {
            Ok(Some(found)) if found == *expected => {
                agreeing = agreeing.saturating_add(1);
                continue;
            }
            Ok(Some(found)) => (Code::TamperedFile, Some(found)),
            Ok(None) => (Code::IncompleteFile, None),
            Err(failure) => {
                progress.above(|| output::complain(&failure));
                (failure.code(), None)
            }
        };
        if let Some(found) = found {
            progress.above(|| keeping.keep(&whole, found));
        }
        findings.push(Finding { path: path.clone(), code, expected: Some(*expected), found });
    }
    progress.finish();
    agreeing
}

/// The hash of a listed file; `None` if it is missing.
fn look(path: &Path, tree: &BTreeSet<&[u8]>, name: &[u8]) -> Result<Option<Hash>, Failure> {
    // Only what the tree has is not behind a link that leads elsewhere.
    if tree.contains(name) {
        return tree::digest(path).map(Some);
    }
    match path.symlink_metadata() {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(Failure::reading(path, &error)),
        Ok(_) => {
            Err(Failure::new(Code::IoNotAFile, format!("{}: it is no regular file below the folder", shown(path))))
        }
    }
}

fn show(args: &AuditArgs, report: &AuditReport<'_>, json: &str) -> Result<(), Failure> {
    if args.json {
        return output::print_data(|out| out.write_all(json.as_bytes()));
    }
    output::print(|out| {
        for finding in &report.findings {
            let path = String::from_utf8_lossy(&finding.path);
            write!(out, "{:<15}  {}", finding.code.as_str(), Shown(&path))?;
            if let (Some(expected), Some(found)) = (finding.expected, finding.found) {
                write!(out, "  expected={expected} found={found}")?;
            }
            writeln!(out)?;
        }
        Ok(())
    })?;
    let counts = report.counts().map(|(name, count)| format!("{count} {name}"));
    output::remark(&format!("{}: {}", shown(&args.directory), counts.join(", ")));
    Ok(())
}
