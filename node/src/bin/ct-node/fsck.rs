//! `ct-node fsck`: does every file of a log fit?

use crate::args::FsckArgs;
use crate::interrupt;
use crate::output::{self, line};
use ct_core::limits::MAX_NOTE_BYTES;
use ct_core::{Code, VerifierKey};
use ct_node::fsck::{Audit, Folder, Judges, Progress, Report, Retry, Seal, Site, Source};
use ct_node::http::Patience;
use ct_node::{Entropy, Error, Result, read_at_most, trust};
use std::path::Path;

pub(crate) fn run(args: &FsckArgs) -> Result<()> {
    let vkey = args.vkey.as_deref().map(|text| {
        VerifierKey::parse(text).map_err(|error| {
            let next = "copy the whole line that the log publishes, in quotation marks";
            Error::new(error.code(), "--vkey", "is no verifier key", next)
        })
    });
    let trust = args.trust.as_deref().map(trust::read).transpose()?;
    let older = args.older.as_deref().map(|path| {
        let bytes = read_at_most(path, MAX_NOTE_BYTES)?;
        Seal::parse(&bytes, &path.display().to_string())
    });
    let audit = Audit { judges: Judges { vkey: vkey.transpose()?, trust }, older: older.transpose()? };
    let source = source(&args.log)?;
    let mut bar = None;
    let mut watch = |Progress { done, total }| {
        interrupt::check("the log was not checked to its end")?;
        bar.get_or_insert_with(|| output::progress_of(total, "entries")).set_position(done);
        Ok(())
    };
    let report = audit.run(source.as_ref(), &mut watch).map_err(|error| {
        let place = format!("{}: {}", args.log, error.place());
        Error::new(error.code(), place, error.what(), error.next())
    })?;
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    if args.json {
        line(report.to_json())?
    } else {
        print(&report)?
    }
    match report.code() {
        Code::Ok => Ok(()),
        code => {
            let count = u64::try_from(report.findings.len()).unwrap_or(u64::MAX).saturating_add(report.omitted);
            let findings =
                if count == 1 { "1 discrepancy was".to_owned() } else { format!("{count} discrepancies were") };
            let next = "keep the files as they are, and compare them with a copy";
            Err(Error::new(code, &args.log, format!("{findings} found"), next))
        }
    }
}

pub(crate) fn source(log: &str) -> Result<Box<dyn Source>> {
    if log.starts_with("http://") || log.starts_with("https://") {
        return Ok(Box::new(Site::new(log, Patience::default(), Retry::default(), Entropy::from_os()?)));
    }
    Ok(Box::new(Folder::new(Path::new(log))))
}

fn print(report: &Report) -> Result<()> {
    for finding in &report.findings {
        line(format_args!("{} {}: {}", finding.code, finding.path, finding.what))?;
    }
    if report.omitted > 0 {
        line(format_args!("and {} more", report.omitted))?;
    }
    let (origin, size) = (report.checkpoint.origin(), report.checkpoint.size());
    line(format_args!("Checked {origin} at size {size}: {} entries, {} files.", report.entries, report.files))?;
    line(format_args!("Signatures checked: {}.", report.signature))
}
