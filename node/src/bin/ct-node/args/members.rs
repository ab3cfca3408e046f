//! What the user typed about the nodes of a log.

use clap::{Args as ClapArgs, Subcommand};
use std::path::PathBuf;

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct-node status log
  ct-node status http://10.0.0.1:8441 http://10.0.0.2:8441 http://10.0.0.3:8441
  ct-node status log --json

A directory is one that ct-node init --nodes made: each running node has its
address in it. All nodes are asked at once; one that does not answer is a line
and no failure. The exit status is 0 if a majority is well and one leads, 1 if
nodes contradict each other, and 3 if it cannot be told.")]
pub(crate) struct LogStatusArgs {
    /// Print what the nodes said, and the verdict, as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// The log's directory, or addresses of its nodes.
    #[arg(value_name = "DIR|URL", required = true)]
    pub(crate) nodes: Vec<String>,
}

#[derive(Subcommand)]
pub(crate) enum MemberCommand {
    /// Make a node a member, or give a member another address.
    Add(MemberAddArgs),
    /// Let a node be a member no longer.
    Remove(MemberRemoveArgs),
}

/// Where the members are changed, and by whom.
#[derive(ClapArgs)]
pub(crate) struct MemberChangeArgs {
    /// An address of the log, or its directory. May be repeated.
    #[arg(long, value_name = "URL|DIR", value_delimiter = ',', required = true)]
    pub(crate) to: Vec<String>,
    /// A root key of the trust root that the log has in force.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The node's number.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) node: u64,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct-node member add --to http://10.0.0.1:8441 --key root.pem --node 4 \\
      --member-key node-4.pub.pem --address 10.0.0.4:7400

Start the node first. It catches up, and votes from then on. Take a number that
no node has had before. For a member that has moved, give its new address with
its number and key. The same command again changes nothing.")]
pub(crate) struct MemberAddArgs {
    #[command(flatten)]
    pub(crate) change: MemberChangeArgs,
    /// The node's public key, of role tls.
    #[arg(long, value_name = "FILE")]
    pub(crate) member_key: PathBuf,
    /// Where the other nodes reach it [default: their configurations say so].
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) address: Option<String>,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct-node member remove --to http://10.0.0.1:8441 --key root.pem --node 2

More than half of the members must run, so what is left tolerates fewer
failures: 5 tolerate two, 4 and 3 one, 2 and 1 none. To replace a node that is
lost for good, add the new one and then remove the old one. A number is never
used again.")]
pub(crate) struct MemberRemoveArgs {
    #[command(flatten)]
    pub(crate) change: MemberChangeArgs,
}
