//! `ct-node backup` and `ct-node restore`: a log's folder on another disk, and back.

use crate::args::{BackupArgs, RestoreArgs};
use crate::clock::clock;
use crate::fsck;
use crate::output::{line, word};
use ct_node::backup::{self, Proven, Restore, SignedBy, Target};
use ct_node::service::NodeConfig;
use ct_node::{Entropy, Result};

pub(crate) fn make(args: &BackupArgs) -> Result<()> {
    let config = NodeConfig::read(&args.config)?;
    let made = backup::make(&config, &args.out, clock()?, &mut Entropy::from_os()?)?;
    let (said, out) = (&made.manifest, word(&args.out));
    line(format_args!("Backed up {} in {out}.", said.origin))?;
    line(format_args!(
        "Entries: {}, of which {} are final. Generation {}.",
        said.size, made.published, said.generation
    ))?;
    line(format_args!("Backup: sha256:{}", made.hash))?;
    line("")?;
    line("Try next:")?;
    line(format_args!("  ct-node restore --from {out} --config {} --verify-only", word(&args.config)))
}

pub(crate) fn restore(args: &RestoreArgs) -> Result<()> {
    let config = NodeConfig::read(&args.config)?;
    let by = if args.any_node_key { SignedBy::AnyNode } else { SignedBy::Peer };
    let target = if args.verify_only { Target::Nothing } else { Target::Folder };
    let elsewhere = args.entries_from.as_deref().map(fsck::source).transpose()?;
    let plan = Restore { from: &args.from, by, target, elsewhere: elsewhere.as_deref() };
    print(&plan.run(&config, clock()?, &mut Entropy::from_os()?)?)?;
    line("")?;
    if target == Target::Nothing {
        return line("Nothing was restored.");
    }
    line(format_args!("Restored node {} in {}.", config.node, word(&config.data)))?;
    line("Restore all other nodes of the log from this same backup before any is started.")?;
    line("The log signs nothing before its witnesses have confirmed it.")?;
    line("")?;
    line("Try next, for each node:")?;
    line(format_args!("  ct-node serve --config {}", word(&args.config)))
}

fn print(proven: &Proven) -> Result<()> {
    let Proven { manifest, checkpoint, .. } = proven;
    line(format_args!("Backup of {}, made by node {} at {}.", manifest.origin, manifest.node, manifest.made))?;
    line(format_args!("Backup: sha256:{}", proven.hash))?;
    line(format_args!("Checkpoint: {} entries, root {}.", checkpoint.size(), checkpoint.root()))?;
    let cosigned = proven.cosigned.map_or_else(String::new, |at| format!(", the last at {at}"));
    line(format_args!("Witnesses that have cosigned it: {}{cosigned}.", proven.witnesses))?;
    let more = proven.size.get().saturating_sub(checkpoint.size().get());
    let added = proven.size.get().saturating_sub(manifest.size.get());
    line(format_args!("Entries beyond it: {more}. Entries after the backup, from elsewhere: {added}."))?;
    line(format_args!("State: sha256:{}", proven.history))?;
    line("Every file and hash was checked. Backup and state have the same hashes on each node.")
}
