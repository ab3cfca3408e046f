//! What people read: results on standard output, trouble and progress on standard error.

use ct_core::Code;
use ct_node::{Error, Result};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::Path;

/// One line on standard output. Nobody reading any more is no failure.
pub(crate) fn line(text: impl Display) -> Result<()> {
    match writeln!(io::stdout(), "{text}") {
        Err(source) if source.kind() != ErrorKind::BrokenPipe => {
            let what = format!("cannot be written: {source}");
            Err(Error::new(Code::IoWrite, "standard output", what, "what was asked for has been done"))
        }
        _ => Ok(()),
    }
}

/// One line on standard error, for whoever watches.
pub(crate) fn remark(text: impl Display) {
    // If standard error is closed there is nobody to tell.
    let _ = writeln!(io::stderr(), "{text}");
}

/// `ct-node: CODE: where: what happened; what to do next` on standard error.
pub(crate) fn complain(error: &Error) {
    // If standard error is closed there is nobody to tell.
    let _ = writeln!(io::stderr(), "ct-node: {}: {error}", error.code());
}

/// Tells of all trouble but the last, which ends the command.
pub(crate) fn end_with(mut trouble: Vec<Error>) -> Result<()> {
    let last = trouble.pop();
    trouble.iter().for_each(complain);
    last.map_or(Ok(()), Err)
}

/// A path as one word of a shell command.
pub(crate) fn word(path: &Path) -> String {
    let Some(text) = path.to_str().filter(|text| !text.contains(char::is_control)) else { return format!("{path:?}") };
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%:,=".contains(c);
    let text = if text.starts_with('-') { format!("./{text}") } else { text.to_owned() };
    if !text.is_empty() && text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// A bar on a terminal, for work that takes long enough to see one.
pub(crate) fn progress(length: usize) -> ProgressBar {
    progress_of(u64::try_from(length).unwrap_or(u64::MAX), "documents")
}

/// As [`progress`], of whatever is counted.
pub(crate) fn progress_of(length: u64, noun: &str) -> ProgressBar {
    if length < WORTH_A_BAR || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    match ProgressStyle::with_template(&format!("{{wide_bar}} {{human_pos}}/{{human_len}} {noun}, {{eta}} left")) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// "1 document", "2 documents".
pub(crate) fn counted(count: usize) -> String {
    if count == 1 { "1 document".to_owned() } else { format!("{count} documents") }
}

/// Above this many, bundles are counted and not listed.
pub(crate) const SHOWN: usize = 20;

const WORTH_A_BAR: u64 = 200;
