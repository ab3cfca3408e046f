//! `ct-node`: makes registries, issues documents, and shows how it all fits together.
//!
//! What the user typed is in [`args`]; each command is a module.

#[cfg(feature = "simulation")]
compile_error!("the feature `simulation` is for unit tests: cargo xtask simulation");

mod addresses;
mod args;
mod backup;
mod client;
mod clock;
mod cluster;
mod demo;
mod documentation;
mod drill;
mod events;
mod fsck;
mod init;
mod interrupt;
mod issue;
mod issue_remotely;
mod load;
mod log_status;
mod member;
mod output;
mod pending;
mod refresh;
mod serve;
mod signals;
mod status;
mod witness;

use args::{Args, Command};
use clap::Parser;
use clap::error::ErrorKind;
use ct_core::Code;
use ct_node::{Change, Error};
use std::panic;
use std::process::ExitCode;

fn main() -> ExitCode {
    let code = panic::catch_unwind(|| match Args::try_parse() {
        Ok(args) => run(args.command),
        Err(error) => misused(&error),
    });
    // The panic's own message has been printed.
    let code = code.unwrap_or_else(|_| {
        let what = "this is a defect of ct-node";
        output::complain(&Error::new(Code::Internal, "", what, "please report what you did"));
        Code::Internal
    });
    ExitCode::from(code.class().exit_status())
}

fn run(command: Command) -> Code {
    let outcome = interrupt::watch().and_then(|()| match command {
        Command::Init(args) => init::run(&args),
        Command::Issue(args) => issue::run(&args),
        Command::Revoke(args) => status::run(&args, Change::Revoke),
        Command::Suspend(args) => status::run(&args, Change::Suspend),
        Command::Reinstate(args) => status::run(&args, Change::Reinstate),
        Command::Refresh(args) => refresh::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Cluster(args) => cluster::run(&args),
        Command::Fsck(args) => fsck::run(&args),
        Command::Backup(args) => backup::make(&args),
        Command::Restore(args) => backup::restore(&args),
        Command::Witness(args) => witness::run(&args),
        Command::Client(command) => client::run(&command),
        Command::Member(command) => member::run(&command),
        Command::Status(args) => log_status::run(&args),
        Command::Load(args) => load::run(&args),
        Command::Completions(args) => documentation::complete(&args),
        Command::Manual(args) => documentation::write_pages(&args),
        Command::Drill(args) => drill::run(&args),
    });
    match outcome {
        Ok(()) => Code::Ok,
        Err(error) => {
            output::complain(&error);
            error.code()
        }
    }
}

/// Help and version are answers; everything else that clap refuses is a usage error.
fn misused(error: &clap::Error) -> Code {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => error.print().map_or(Code::IoWrite, |()| Code::Ok),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // If standard error is closed there is nobody to tell.
            let _ = error.print();
            Code::UsageArguments
        }
        _ => {
            let text = error.to_string();
            let text = text.strip_prefix("error: ").unwrap_or(&text).trim_end();
            output::complain(&Error::new(Code::UsageArguments, "", text, ""));
            Code::UsageArguments
        }
    }
}
