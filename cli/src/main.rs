//! `ct`: verifies CivicTrust bundles offline.
//!
//! What the user typed is in [`args`]; each command is a module. There is no network code in this program.

mod args;
mod clock;
mod documents;
mod explain;
mod failure;
mod file;
mod hash;
mod inputs;
mod inspect;
mod keygen;
mod output;
mod render;
mod text;
mod trust;
mod verify;

use args::{Args, Command};
use clap::Parser;
use clap::error::ErrorKind;
use ct_core::Code;
use failure::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    let code = match Args::try_parse() {
        Ok(args) => run(args.command),
        Err(error) => misused(&error),
    };
    ExitCode::from(code.class().exit_status())
}

fn run(command: Command) -> Code {
    let outcome = match command {
        Command::Verify(args) => verify::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Hash(args) => hash::run(&args),
        Command::Keygen(args) => keygen::run(&args),
        Command::Trust(args) => trust::run(&args),
    };
    match outcome {
        Ok(code) => code,
        // Whoever reads has read enough: not our failure.
        Err(failure) if failure.is_closed_pipe() => Code::Ok,
        Err(failure) => {
            output::complain(&failure);
            failure.code()
        }
    }
}

/// Help and version are answers; everything else that clap refuses is a usage error.
fn misused(error: &clap::Error) -> Code {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return error.print().map_or(Code::IoWrite, |()| Code::Ok);
    }
    let text = error.render().ansi().to_string();
    let text = text.strip_prefix("\u{1b}[1m\u{1b}[31merror:\u{1b}[0m ").map_or(text.as_str(), |rest| rest);
    output::complain(&Failure::new(Code::UsageArguments, text.trim_end()));
    Code::UsageArguments
}
