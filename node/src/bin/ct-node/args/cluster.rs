//! What was typed after `ct-node cluster`.

use crate::args::NameArgs;
use clap::Args as ClapArgs;
use std::path::PathBuf;

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct-node cluster --dir log --nodes 3
  kill -9 $(cat log/node-2/pid)
  ct-node serve --config log/node-2/config.toml

An empty or missing directory is filled first, as ct-node init --nodes does it.
Then each node and each witness is a process of its own. While it runs, its URL
is in DIR/node-1/api, its process ID in DIR/node-1/pid; what it says is in
DIR/node-1/log.txt. Standard output says when the log is ready. A process that
ends is named on standard error and is not started again: that is left to you.
Ctrl-C or SIGTERM stops all of them.")]
pub(crate) struct ClusterArgs {
    /// The log's directory: made by this command, by ct-node init --nodes, or not there yet.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// How many nodes [default: as many as there are; 3 for a new log].
    #[arg(long, value_name = "N")]
    pub(crate) nodes: Option<u32>,
    #[command(flatten)]
    pub(crate) names: NameArgs,
}
