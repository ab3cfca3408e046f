//! `ct-node completions` and `ct-node manual`: both made of the command line's own description.

use crate::args::{Args, CompletionsArgs, ManualArgs};
use clap::CommandFactory;
use ct_core::Code;
use ct_node::{Error, Result};
use std::io::{self, ErrorKind, Write};

pub(crate) fn complete(args: &CompletionsArgs) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "ct-node", &mut script);
    match io::stdout().write_all(&script) {
        // Nobody reading any more is no failure.
        Err(source) if source.kind() != ErrorKind::BrokenPipe => {
            Err(Error::new(Code::IoWrite, "standard output", format!("cannot be written: {source}"), "try again"))
        }
        _ => Ok(()),
    }
}

pub(crate) fn write_pages(args: &ManualArgs) -> Result<()> {
    let written =
        std::fs::create_dir_all(&args.out).and_then(|()| clap_mangen::generate_to(Args::command(), &args.out));
    written.map_err(|source| {
        let what = format!("cannot be written: {source}");
        Error::new(Code::IoWrite, args.out.display(), what, "name another folder")
    })
}
