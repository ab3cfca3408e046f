//! `ct completions`: what a shell needs to complete `ct`'s command line.

use crate::args::{Args, CompletionsArgs};
use crate::failure::Failure;
use crate::output;
use clap::builder::PossibleValuesParser;
use clap::{Arg, Command, CommandFactory};
use ct_core::Code;
use ct_keys::Role;

pub(crate) fn run(args: &CompletionsArgs) -> Result<Code, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut with_values(Args::command()), "ct", &mut script);
    output::print(|out| out.write_all(&script))?;
    Ok(Code::Ok)
}

/// The command line with the values that are refused later, and in better words, than clap would: a shell can offer
/// them.
fn with_values(command: Command) -> Command {
    let codes = || PossibleValuesParser::new(Code::ALL.iter().map(|code| code.as_str()));
    let roles = || PossibleValuesParser::new(Role::ALL.iter().map(|role| role.as_str()));
    command
        .mut_subcommand("explain", |explain| {
            explain
                .mut_arg("code", |code: Arg| code.value_parser(codes()))
                .mut_arg("language", |language| language.value_parser(["en", "es"]))
        })
        .mut_subcommand("keygen", |keygen| keygen.mut_arg("role", |role| role.value_parser(roles())))
}
