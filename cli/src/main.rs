//! `ct`: verifies CivicTrust bundles offline.
//!
//! What the user typed is in [`args`]; each command is a module. There is no network code in this program.

mod args;
mod audit;
mod audit_report;
mod batch;
mod clock;
mod completions;
mod desk;
mod documents;
mod evidence_folder;
mod evidence_log;
mod exit_statuses;
mod explain;
mod failure;
mod file;
mod hash;
mod inputs;
mod inspect;
mod key;
mod keygen;
mod log;
mod log_filter;
mod manifest;
mod manual;
mod output;
mod passphrase;
mod progress;
mod redact;
mod render;
mod resume;
mod sandbox;
mod sandboxed;
mod secrecy;
mod signatures;
mod state;
mod summary;
mod system;
mod text;
mod tree;
mod trust;
mod trust_diff;
mod verdict_log;
mod verify;

use args::{Args, Command, SandboxArg};
use clap::Parser;
use clap::error::ErrorKind;
use ct_core::Code;
use failure::Failure;
use sandboxed::Remarks;
use std::panic;
use std::process::ExitCode;

/// musl's own takes a lock for every allocation: two threads were slower with it than one.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let code = panic::catch_unwind(|| match Args::try_parse() {
        Ok(args) => run(args.command, args.sandbox),
        Err(error) => misused(&error),
    });
    // The panic's own message has been printed; a verdict that was not reached is never a pass.
    let code = code.unwrap_or_else(|_| {
        output::complain(&Failure::new(Code::Internal, "this is a defect of ct; please report what you did"));
        Code::Internal
    });
    ExitCode::from(code.class().exit_status())
}

fn run(command: Command, sandbox: SandboxArg) -> Code {
    if command.handles_private_keys() {
        secrecy::keep_memory();
    }
    finished(enter(&command, sandbox).and_then(|()| match command {
        Command::Verify(args) => verify::run(&args, sandbox),
        Command::Inspect(args) => inspect::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Hash(args) => hash::run(&args),
        Command::Audit(args) => audit::run(&args, sandbox),
        Command::Redact(args) => redact::run(&args),
        Command::Log(args) => log::run(&args),
        Command::Keygen(args) => keygen::run(&args),
        Command::Key(args) => key::run(&args),
        Command::Trust(args) => trust::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Manual(args) => manual::run(&args),
    }))
}

/// The code to exit with.
fn finished(outcome: Result<Code, Failure>) -> Code {
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

/// Before any input is read; `ct verify` and `ct audit` enter once what they write to is open, and there is nothing that
/// `ct manual` reads.
fn enter(command: &Command, sandbox: SandboxArg) -> Result<(), Failure> {
    match command {
        Command::Verify(_) | Command::Audit(_) | Command::Manual(_) => Ok(()),
        _ => sandbox.enter(&command.rights(), Remarks::Gaps),
    }
}

/// Help and version are answers; everything else that clap refuses is a usage error.
fn misused(error: &clap::Error) -> Code {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            finished(error.print().map(|()| Code::Ok).map_err(|error| Failure::printing(&error)))
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // If standard error is closed there is nobody to tell.
            let _ = error.print();
            Code::UsageArguments
        }
        _ => {
            let text = error.to_string();
            let text = text.strip_prefix("error: ").unwrap_or(&text).trim_end();
            output::complain(&Failure::new(Code::UsageArguments, text));
            Code::UsageArguments
        }
    }
}
