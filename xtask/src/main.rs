//! Tasks for working on CivicTrust. `cargo xtask ci` is what continuous integration runs; each of its steps is a task
//! of its own, so that a failed step can be run again alone.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a task runner talks to its terminal")]

mod air_gap;
mod arrows;
mod csp;
mod dist;
mod failures;
mod fuzzing;
mod gzip;
mod licences;
mod linked;
mod lzma;
#[cfg(test)]
mod map;
mod miri;
#[cfg(test)]
mod node;
mod npm;
mod page;
mod place;
mod process;
mod reproducible;
mod s3;
mod sbom;
mod script;
mod septets;
mod simulation;
mod size;
mod skips;
#[cfg(test)]
mod sources;
mod specs;
mod static_ct;
mod step;
mod suite;
mod tarball;
mod tokens;
mod tools;
mod wasm_module;
mod web;

use crate::step::Told;
use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (steps, told) = match words.as_slice() {
        [task] => (step::named(task), Told::default()),
        ["web", "--trust", file] => (step::named("web"), Told { trust: Some(PathBuf::from(file)), ..Told::default() }),
        ["sim", seeds @ ..] => {
            let seeds = simulation::parse(seeds);
            (seeds.and_then(|_| step::named("sim")), Told { seeds, ..Told::default() })
        }
        _ => (None, Told::default()),
    };
    let Some((steps, tolerance)) = steps else {
        eprint!("{}", step::usage());
        return ExitCode::from(2);
    };
    let Some(root) = Path::new(env!("CARGO_MANIFEST_DIR")).parent() else {
        eprintln!("xtask was built outside its workspace");
        return ExitCode::FAILURE;
    };
    match step::run(root, &steps, tolerance, told) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nFAILED: {error:#}");
            ExitCode::FAILURE
        }
    }
}
