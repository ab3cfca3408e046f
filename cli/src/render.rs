//! A verdict for people: what was checked, what failed, what it means, what to do next.

use crate::documents::SingleBundle;
use crate::text::{Shown, source_of};
use anstyle::{AnsiColor, Style};
use ct_core::explanation::{Language, explain, skip_reason, step_title};
use ct_core::report::{Facts, KeyIdText};
use ct_core::verify::Skip;
use ct_core::{Report, StepResult};
use std::io::{self, Write};
use std::path::Path;

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const OPEN: Style = AnsiColor::Yellow.on_default();

/// One bundle: the line for machines, then the block. Of several bundles only failures get a block, and the line says
/// which bundle it is about.
pub(crate) fn verdict(out: &mut dyn Write, path: &Path, report: &Report, single: SingleBundle) -> io::Result<()> {
    match single {
        SingleBundle::Yes => {
            writeln!(out, "{report}\n")?;
            block(out, path, report)
        }
        SingleBundle::No => {
            writeln!(out, "{report} source={}", ct_core::report::percent_encoded(&source_of(path)))?;
            if report.is_verified() { Ok(()) } else { block(out, path, report) }
        }
    }
}

fn block(out: &mut dyn Write, path: &Path, report: &Report) -> io::Result<()> {
    let file = path.to_string_lossy();
    let file = Shown(&file);
    if report.is_verified() {
        writeln!(out, "{GOOD}VERIFIED{GOOD:#}  {file}")?;
    } else {
        writeln!(out, "{BAD}NOT VERIFIED{BAD:#}  {file}")?;
        let words = explain(report.code(), Language::English);
        writeln!(out, "  {}  {}", report.code(), words.title)?;
        paragraph(out, "What it means", words.meaning)?;
        paragraph(out, "What to do", words.next)?;
    }
    writeln!(out)?;
    facts(out, report.facts())?;
    writeln!(out, "  {:<12}  {}, mode {}", "Judged as of", report.at(), report.mode().as_str())?;
    writeln!(out)?;
    for (number, (name, result)) in (1..).zip(report.steps()) {
        if result == StepResult::Skipped(Skip::NoForm) {
            continue;
        }
        let title = step_title(name, Language::English);
        match result {
            StepResult::Ok => writeln!(out, "  {GOOD}ok{GOOD:#}       {number:>2}  {title}")?,
            StepResult::Failed(error) => writeln!(out, "  {BAD}failed{BAD:#}   {number:>2}  {title}: {error}")?,
            StepResult::Skipped(why) => {
                writeln!(
                    out,
                    "  {OPEN}skipped{OPEN:#}  {number:>2}  {title}: {}",
                    skip_reason(why, Language::English)
                )?;
            }
        }
    }
    if report.steps().any(|(_, result)| result == StepResult::Skipped(Skip::NoForm)) {
        writeln!(out, "  The other steps need a bundle of sound form and were not run.")?;
    }
    writeln!(out)
}

fn facts(out: &mut dyn Write, facts: &Facts) -> io::Result<()> {
    let mut line = |label: &str, value: &dyn std::fmt::Display| writeln!(out, "  {label:<12}  {value}");
    if let Some(hash) = facts.document_hash {
        line("Document", &format_args!("sha256:{hash}"))?;
    }
    if let Some(issued) = &facts.issued {
        line("Type", &Shown(&issued.document_type))?;
        let key = KeyIdText(&issued.kid);
        line("Issued by", &format_args!("{} ({}), key {key}", Shown(&issued.issuer_name), Shown(&issued.issuer)))?;
        line("Issued at", &issued.issued_at)?;
        if let Some(not_before) = issued.not_before {
            line("Valid from", &not_before)?;
        }
        if let Some(expires) = issued.expires {
            line("Valid until", &expires)?;
        }
    }
    if let Some(subject) = facts.subject.as_ref().filter(|subject| !subject.sub.is_empty()) {
        line("About", &Shown(&subject.sub))?;
    }
    if let Some(claims) = &facts.claims {
        for (index, name, value) in &claims.shown {
            let always = if *index < claims.mandatory { " (always shown)" } else { "" };
            line("Claim", &format_args!("{}: {}{always}", Shown(name), Shown(value)))?;
        }
        line("Withheld", &format_args!("{} of {} claims", claims.withheld(), claims.size))?;
    }
    if let Some(as_of) = facts.status_as_of {
        line("Status as of", &as_of)?;
    }
    if let Some(log) = &facts.log {
        let entry = facts.leaf_index.map_or_else(String::new, |index| format!("entry {index} of "));
        line("Logged in", &format_args!("{} ({entry}{} entries)", Shown(&log.origin), log.tree_size))?;
    }
    if let Some(time) = facts.anchored_at {
        line("Anchored at", &time)?;
    }
    for (name, time) in &facts.witnesses {
        line("Witness", &format_args!("{} at {time}", Shown(name)))?;
    }
    if let Some(trust) = &facts.trust {
        let example = if trust.example { " (EXAMPLE: proves nothing)" } else { "" };
        line("Trust root", &format_args!("{}, version {}{example}", Shown(&trust.name), trust.version))?;
    }
    Ok(())
}

/// A heading and words, wrapped at 100 columns.
fn paragraph(out: &mut dyn Write, heading: &str, words: &str) -> io::Result<()> {
    writeln!(out, "\n  {heading}")?;
    let mut column = 0;
    for word in words.split(' ') {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > 96 {
            writeln!(out)?;
            column = 0;
        }
        if column == 0 {
            write!(out, "    {word}")?;
            column = width;
        } else {
            write!(out, " {word}")?;
            column += 1 + width;
        }
    }
    writeln!(out)
}
