//! What was skipped. A test runner hides the output of tests that pass, so a test that skips also appends its line to
//! the file named by [`VARIABLE`]; a step records its skips in the same file.

use anyhow::{Context, Result};
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, process};

/// The environment variable that names the file.
pub(crate) const VARIABLE: &str = "CIVICTRUST_SKIPS";

const PREFIX: &str = "SKIPPED:";

/// The file of one run. It is removed when the run ends.
pub(crate) struct SkipLog {
    path: PathBuf,
}

impl SkipLog {
    /// An empty log with a name that no other run uses.
    pub(crate) fn create() -> Result<Self> {
        static RUNS: AtomicUsize = AtomicUsize::new(0);
        let number = RUNS.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("civictrust-skips-{}-{number}.txt", process::id()));
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot clear {}", path.display()));
            }
            _ => {}
        }
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .with_context(|| format!("cannot create {}", path.display()))?;
        Ok(Self { path })
    }

    /// The value for [`VARIABLE`].
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Says that something was skipped, on stderr and in the file.
    pub(crate) fn record(&self, reason: &str) -> Result<()> {
        let line = format!("{PREFIX} {reason}\n");
        eprint!("{line}");
        OpenOptions::new()
            .append(true)
            .open(&self.path)
            .and_then(|mut file| file.write_all(line.as_bytes()))
            .with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// Every skip recorded so far, in the order of recording.
    pub(crate) fn read(&self) -> Result<Vec<String>> {
        let bytes = fs::read(&self.path).with_context(|| format!("cannot read {}", self.path.display()))?;
        Ok(skips(&String::from_utf8_lossy(&bytes)))
    }
}

impl Drop for SkipLog {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// The skips that continuous integration does not accept: all but those for want of Firefox, which is large and
/// only one of the browsers that the page is tried in.
pub(crate) fn unexpected(skipped: &[String]) -> Vec<&str> {
    skipped.iter().map(String::as_str).filter(|line| !line.contains("Firefox")).collect()
}

fn skips(text: &str) -> Vec<String> {
    text.lines().filter(|line| line.starts_with(PREFIX)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_that_begin_with_the_prefix_count() {
        let text = "SKIPPED: no strace\nnothing\n  SKIPPED: indented\nSKIPPED: no openssl\nSKIPPED: no openssl";
        assert_eq!(skips(text), ["SKIPPED: no strace", "SKIPPED: no openssl", "SKIPPED: no openssl"]);
        assert!(skips("").is_empty());
    }

    #[test]
    fn only_firefox_is_expected() {
        let skipped = ["SKIPPED: no Firefox here", "SKIPPED: no openssl"].map(str::to_owned);
        assert_eq!(unexpected(&skipped), ["SKIPPED: no openssl"]);
        assert!(unexpected(&[]).is_empty());
    }

    #[test]
    fn what_a_test_process_appends_is_read_after_what_a_step_records() {
        let log = SkipLog::create().unwrap();
        log.record("first").unwrap();
        let mut file = OpenOptions::new().append(true).open(log.path()).unwrap();
        file.write_all(b"SKIPPED: \xff second\n").unwrap();
        assert_eq!(log.read().unwrap(), ["SKIPPED: first", "SKIPPED: \u{fffd} second"]);
        let path = log.path().to_owned();
        drop(log);
        assert!(!path.exists());
    }
}
