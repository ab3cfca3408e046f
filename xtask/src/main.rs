//! Tasks for working on CivicTrust. `cargo xtask ci` is what continuous integration runs; each of its steps is a task
//! of its own, so that a failed step can be run again alone.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a task runner talks to its terminal")]

mod air_gap;
mod arrows;
mod dist;
mod fuzzing;
mod gzip;
mod licences;
mod linked;
mod npm;
mod process;
mod reproducible;
mod sbom;
mod skips;
#[cfg(test)]
mod sources;
mod static_ct;
mod step;
mod suite;
mod tarball;
mod tools;

use std::env;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let steps = match arguments.as_slice() {
        [task] => step::named(task),
        _ => None,
    };
    let Some((steps, tolerance)) = steps else {
        eprint!("{}", step::usage());
        return ExitCode::from(2);
    };
    let Some(root) = Path::new(env!("CARGO_MANIFEST_DIR")).parent() else {
        eprintln!("xtask was built outside its workspace");
        return ExitCode::FAILURE;
    };
    match step::run(root, &steps, tolerance) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nFAILED: {error:#}");
            ExitCode::FAILURE
        }
    }
}
