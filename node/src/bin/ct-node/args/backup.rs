//! What the user typed for backups.

use clap::Args as ClapArgs;
use std::path::PathBuf;

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct-node backup --config log/node-1/config.toml --out backups/2026-11-20

The node may run or not; one that runs goes on. One backup serves all nodes of
the log. It holds no keys: keep log/keys elsewhere. It is signed with the node's
own key, and checked before it is: see ct-node restore --verify-only.")]
pub(crate) struct BackupArgs {
    /// The configuration file of the node.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// Where: a directory that does not exist, or is empty.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct-node restore --from backups/2026-11-20 --config log/node-1/config.toml \\
      --verify-only
  ct-node restore --from backups/2026-11-20 --config log/node-1/config.toml
  ct-node restore --from backups/2026-11-20 --config log/node-1/config.toml \\
      --entries-from https://mirror.example/log

Stop all nodes of the log, move their data folders away, and restore all of them
from the same backup: the hashes that are printed are the same for each. The log
signs nothing before a quorum of its witnesses has confirmed that they have seen
no more of it than was restored; if they have, the node says so in its messages,
discontinuous.restore, and goes on asking. Then restore with --entries-from:
what was published after the backup is taken over, checked like all the rest.")]
pub(crate) struct RestoreArgs {
    /// The directory that ct-node backup made.
    #[arg(long, value_name = "DIR")]
    pub(crate) from: PathBuf,
    /// The configuration file of the node that is to be restored.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// Published files of the log, elsewhere, which go on after the backup.
    #[arg(long, value_name = "DIR|URL")]
    pub(crate) entries_from: Option<String>,
    /// Check everything, and restore nothing.
    #[arg(long)]
    pub(crate) verify_only: bool,
    /// Take a backup that was signed by a node that the configuration does not name.
    #[arg(long)]
    pub(crate) any_node_key: bool,
}
