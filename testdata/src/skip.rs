//! A skipped test says so, where people and the test list can see it.

use std::env;
use std::fmt;
use std::fs::OpenOptions;
use std::io::Write;

/// Says that a test, or a part of it, was not run, and why. The caller returns afterwards.
///
/// Test runners hide what passing tests print, so the line is also appended to the file that `CIVICTRUST_SKIPS` names,
/// which `cargo xtask test` counts.
///
/// # Panics
/// If that file cannot be written: a skip that nobody is told of is a failure.
#[expect(clippy::print_stderr, clippy::expect_used, reason = "a skip must be seen, and a hidden one must fail")]
pub fn skip(reason: impl fmt::Display) {
    let line = format!("SKIPPED: {reason}\n");
    eprint!("{line}");
    if let Some(path) = env::var_os("CIVICTRUST_SKIPS") {
        let file = OpenOptions::new().append(true).create(true).open(path);
        let written = file.and_then(|mut file| file.write_all(line.as_bytes()));
        written.expect("the file that CIVICTRUST_SKIPS names can be appended to");
    }
}
