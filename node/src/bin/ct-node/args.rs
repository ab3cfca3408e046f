//! What the user typed.

mod backup;
mod cluster;
mod members;

pub(crate) use backup::{BackupArgs, RestoreArgs};
pub(crate) use cluster::ClusterArgs;
pub(crate) use members::{LogStatusArgs, MemberChangeArgs, MemberCommand};

use clap::{ArgGroup, Args as ClapArgs, Parser, Subcommand};
use std::path::PathBuf;

/// Runs a transparency log and issues documents that anybody can verify offline with `ct`.
#[derive(Parser)]
#[command(name = "ct-node", version, arg_required_else_help = true, after_help = EXIT_STATUSES)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a registry in a new directory; or a log to be served, with --nodes.
    Init(InitArgs),
    /// Run one node of a log.
    Serve(ServeArgs),
    /// Run all nodes and witnesses of a log on this machine; make them first, if need be.
    Cluster(ClusterArgs),
    /// Issue documents: sign, log, have it witnessed, and write one bundle for each.
    Issue(IssueArgs),
    /// Revoke documents that were issued with --status, for ever.
    Revoke(StatusArgs),
    /// Suspend documents that were issued with --status.
    Suspend(StatusArgs),
    /// Make suspended documents valid again.
    Reinstate(StatusArgs),
    /// Bring bundles up to date: the log's newest checkpoint, the newest status.
    Refresh(RefreshArgs),
    /// Make a complete demonstration with documents and bundles.
    Demo(DemoArgs),
    /// Check every file of a log, here or on a web site.
    Fsck(FsckArgs),
    /// Copy a node's log and state, while it runs or not.
    Backup(BackupArgs),
    /// Make a node's folder again from a backup.
    Restore(RestoreArgs),
    /// Cosign the checkpoints of other logs, over HTTP.
    Witness(WitnessArgs),
    /// Say who may submit to a log, with a root key.
    #[command(subcommand)]
    Client(ClientCommand),
    /// Say which nodes make a log, with a root key.
    #[command(subcommand)]
    Member(MemberCommand),
    /// Show how the nodes of a log are, and whether they agree.
    Status(LogStatusArgs),
    /// Submit statements as fast as a log takes them, and note what it acknowledged.
    Load(LoadArgs),
    /// Print what a shell needs to complete the command line.
    Completions(CompletionsArgs),
    /// Write the manual pages into a folder.
    Manual(ManualArgs),
    /// Play failures on purpose, with real processes, and say whether the promises held.
    Drill(DrillArgs),
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct-node init --dir registry
  ct-node init --dir registry --origin log.city.example --issuer city.example \\
      --issuer-name 'City of Example' --type diploma --type permit --witnesses 3
  ct-node init --dir log --nodes 1 --origin log.city.example

The names go into every document that is issued and cannot be changed later.
With --nodes there is a folder with a configuration for each node and witness,
for ct-node serve and ct-node witness; else a registry for ct-node issue --dir.
All keys are made here, readable by you alone; give DIR/trust.cbor to those who
verify.")]
pub(crate) struct InitArgs {
    /// Where: a directory that does not exist, or is empty.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    #[command(flatten)]
    pub(crate) names: NameArgs,
    /// How many witnesses; more than half of them must cosign [default: 1, with --nodes 3].
    #[arg(long, value_name = "N")]
    pub(crate) witnesses: Option<u32>,
    /// Make a log that runs as a service of so many nodes: 1, 3 or 5.
    #[arg(long, value_name = "N")]
    pub(crate) nodes: Option<u32>,
    #[command(flatten)]
    pub(crate) repeatable: Repeatable,
}

/// What stands in every document.
#[derive(Clone, ClapArgs)]
pub(crate) struct NameArgs {
    /// The log's own name, usually a domain of yours.
    #[arg(long, value_name = "NAME", default_value = "log.example")]
    pub(crate) origin: String,
    /// The issuer's ID, usually your domain.
    #[arg(long, value_name = "ID", default_value = "issuer.example")]
    pub(crate) issuer: String,
    /// What people call the issuer [default: its ID].
    #[arg(long, value_name = "TEXT")]
    pub(crate) issuer_name: Option<String>,
    /// A document type that the issuer may issue. May be repeated.
    #[arg(long = "type", value_name = "VCT", default_value = "document")]
    pub(crate) types: Vec<String>,
}

#[derive(Clone, ClapArgs)]
#[command(after_help = "\
Examples:
  ct-node issue --dir registry diploma.pdf
  ct-node issue --dir registry --type permit --valid-for 365 permits/*.pdf
  ct-node issue --dir registry --detached film.mp4
  ct-node issue --dir registry --batch year-2026/*.pdf
  ct-node issue --dir registry --status licence.pdf
  ct-node issue --dir registry --claims degree.toml
  ct-node issue --to http://127.0.0.1:8441 --key log/keys/issuer.pem \\
      --out bundles diploma.pdf

Each document gets a statement of its own, or all share one with --batch; all
are logged together. The bundles are in DIR/bundles or the --out directory, each
named after its document, and nothing is overwritten. A file of claims looks like this, those
that can never be withheld first:

  mandatory = 1
  [[claim]]
  name = \"degree\"
  value = \"Bachelor of Science\"
  [[claim]]
  name = \"born\"
  value = \"2001-05-04\"

If anything is wrong with any file, nothing is issued.")]
#[command(group(ArgGroup::new("log").required(true).args(["dir", "to"])))]
pub(crate) struct IssueArgs {
    /// The registry.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) remote: RemoteArgs,
    /// The document type; may be left out if the issuer has only one.
    #[arg(long = "type", value_name = "VCT")]
    pub(crate) document_type: Option<String>,
    /// The documents expire after so many days; else never.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) valid_for: Option<u64>,
    /// Whom or what the documents are about. Stands in the bundles; is not published.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) sub: String,
    /// Leave the documents out of the bundles: they are given to `ct verify` beside them.
    #[arg(long)]
    pub(crate) detached: bool,
    /// One signature for all documents together instead of one for each.
    #[arg(long)]
    pub(crate) batch: bool,
    /// Give each document a place in a status list, so that it can be revoked or suspended.
    #[arg(long, conflicts_with = "to")]
    pub(crate) status: bool,
    /// The files are TOML files of claims, each of which its holder can show or withhold.
    #[arg(long, conflicts_with = "detached")]
    pub(crate) claims: bool,
    #[command(flatten)]
    pub(crate) repeatable: Repeatable,
    /// The documents.
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
}

/// A log that is reached over HTTP, and by whom.
#[derive(Clone, ClapArgs)]
pub(crate) struct RemoteArgs {
    /// An address of the log, or its directory. May be repeated.
    #[arg(long, value_name = "URL|DIR", value_delimiter = ',', requires = "key", requires = "out")]
    pub(crate) to: Vec<String>,
    /// The issuer's private key, with --to.
    #[arg(long, value_name = "FILE", requires = "to")]
    pub(crate) key: Option<PathBuf>,
    /// The key that the log knows the sender by [default: client.pem beside --key].
    #[arg(long, value_name = "FILE", requires = "to")]
    pub(crate) client: Option<PathBuf>,
    /// The trust root to check the bundles with [default: the one that the log gives].
    #[arg(long, value_name = "FILE", requires = "to")]
    pub(crate) trust: Option<PathBuf>,
    /// Where the bundles go, with --to; made if it does not exist.
    #[arg(long, value_name = "DIR", requires = "to")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct-node serve --config log/node-1/config.toml
  ct-node serve --config log/node-1/config.toml --events >>events.jsonl

ct-node init --nodes makes the configuration. The node's URL is in the file api
beside it while it runs. It stops on Ctrl-C or SIGTERM, when everything that it
has accepted is recorded.")]
pub(crate) struct ServeArgs {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// Write one line of JSON for each event to standard output.
    #[arg(long)]
    pub(crate) events: bool,
    /// End when the process with this ID does, which has started this one.
    #[arg(long, value_name = "PID", hide = true)]
    pub(crate) parent: Option<i32>,
}

#[derive(Subcommand)]
pub(crate) enum ClientCommand {
    /// Let a client submit, or give it another key.
    Put(ClientPutArgs),
    /// Let a client submit no more.
    Delete(ClientDeleteArgs),
    /// Show which version of a client the log has.
    Show(ClientShowArgs),
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct-node client put --to http://127.0.0.1:8441 --key root.pem clerk.pub.pem
  ct-node client put --to http://127.0.0.1:8441 --key root.pem --if-version 1 \\
      clerk.pub.pem

The key is one of role client: ct keygen --role client. Each change makes the
client's version one greater; with --if-version it is made only if nobody else
has made one meanwhile.")]
pub(crate) struct ClientPutArgs {
    #[command(flatten)]
    pub(crate) change: ClientChangeArgs,
    /// The client's public key.
    #[arg(value_name = "FILE")]
    pub(crate) client: PathBuf,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct-node client delete --to http://127.0.0.1:8441 --key root.pem 'clerk#1'

What it submitted before stays in the log.")]
pub(crate) struct ClientDeleteArgs {
    #[command(flatten)]
    pub(crate) change: ClientChangeArgs,
    /// The client's key ID.
    #[arg(value_name = "ID")]
    pub(crate) client: String,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct-node client show --to http://127.0.0.1:8441 'clerk#1'")]
pub(crate) struct ClientShowArgs {
    /// An address of the log, or its directory. May be repeated.
    #[arg(long, value_name = "URL|DIR", value_delimiter = ',', required = true)]
    pub(crate) to: Vec<String>,
    /// The client's key ID.
    #[arg(value_name = "ID")]
    pub(crate) client: String,
}

/// Where a client is changed, by whom, and on which condition.
#[derive(ClapArgs)]
pub(crate) struct ClientChangeArgs {
    /// An address of the log, or its directory. May be repeated.
    #[arg(long, value_name = "URL|DIR", value_delimiter = ',', required = true)]
    pub(crate) to: Vec<String>,
    /// A root key of the trust root that the log has in force.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// Only if the client has this version now; 0 if it never was there.
    #[arg(long, value_name = "N")]
    pub(crate) if_version: Option<u64>,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct-node load --to http://127.0.0.1:8441 --dir log --seconds 10 \\
      --acked acked.jsonl

Statements are signed with DIR/keys/issuer.pem and sent by DIR/keys/client.pem.
Each one that was acknowledged becomes one line of JSON with its request_id,
statement_hash and leaf_index. It keeps going through failures, and prints what
it measured.")]
pub(crate) struct LoadArgs {
    /// An address of the log, or its directory. May be repeated.
    #[arg(long, value_name = "URL|DIR", value_delimiter = ',', required = true)]
    pub(crate) to: Vec<String>,
    /// The directory that ct-node init --nodes made.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// How long.
    #[arg(long, value_name = "S", default_value_t = 10)]
    pub(crate) seconds: u64,
    /// The file for what was acknowledged; lines are appended.
    #[arg(long, value_name = "FILE")]
    pub(crate) acked: Option<PathBuf>,
    /// Requests under way at once.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) clients: u16,
    /// Statements in each request.
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) entries: u16,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct-node demo --dir demo
  ct verify --trust demo/trust.cbor demo/bundles
  ct-node demo --dir large --documents 1 --batch 100000

The demonstration has one log, three witnesses of which two must have cosigned,
and a university. It proves nothing, and its trust root says so.")]
pub(crate) struct DemoArgs {
    /// Where: a directory that does not exist, or is empty.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// How many documents.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=MAX_DOCUMENTS))]
    pub(crate) documents: u32,
    /// How many further documents, all under one signature.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=MAX_DOCUMENTS))]
    pub(crate) batch: u32,
    #[command(flatten)]
    pub(crate) repeatable: Repeatable,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct-node revoke --dir registry registry/bundles/licence.cbor
  ct-node suspend --dir registry --in-place registry/bundles/licence.cbor
  ct-node reinstate --dir registry --out newer registry/bundles/licence.cbor

The bundle says which document is meant. The registry's status list says so from
now on; it is logged and witnessed. Bundles that are out there learn of it when
they are refreshed. If anything is wrong with any bundle, nothing is changed.")]
pub(crate) struct StatusArgs {
    /// The registry.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Write refreshed bundles into this directory, under the same names.
    #[arg(long, value_name = "DIR", conflicts_with = "in_place")]
    pub(crate) out: Option<PathBuf>,
    /// Replace the bundles by refreshed ones.
    #[arg(long)]
    pub(crate) in_place: bool,
    #[command(flatten)]
    pub(crate) repeatable: Repeatable,
    /// Bundles of the documents.
    #[arg(value_name = "BUNDLE", required = true)]
    pub(crate) bundles: Vec<PathBuf>,
}

#[derive(ClapArgs)]
#[command(group(ArgGroup::new("target").required(true).args(["out", "in_place"])))]
#[command(after_help = "\
Examples:
  ct-node refresh --dir registry --out newer registry/bundles/*.cbor
  ct-node refresh --dir registry --in-place registry/bundles/licence.cbor

A refreshed bundle shows that the log still stands by its document, and carries
the newest status. When it was first logged and witnessed stays as it is.")]
pub(crate) struct RefreshArgs {
    /// The registry.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Write refreshed bundles into this directory, under the same names.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Replace the bundles by refreshed ones.
    #[arg(long)]
    pub(crate) in_place: bool,
    #[command(flatten)]
    pub(crate) repeatable: Repeatable,
    /// Bundles that this registry issued.
    #[arg(value_name = "BUNDLE", required = true)]
    pub(crate) bundles: Vec<PathBuf>,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct-node fsck registry
  ct-node fsck https://log.example --trust trust.cbor
  ct-node fsck registry --vkey 'example.com/foo+530d903a+Aeky...' --json
  ct-node fsck https://log.example --older checkpoint-of-last-year

Every hash of the log is computed again from its entries and compared with its
files and with the root that was signed. Without --vkey or --trust nobody's
signature is checked: then the files fit together, whoever made them.")]
pub(crate) struct FsckArgs {
    /// A folder with checkpoint and tile in it, or a registry, or a URL.
    #[arg(value_name = "DIR|URL")]
    pub(crate) log: String,
    /// The log's verifier key.
    #[arg(long, value_name = "KEY")]
    pub(crate) vkey: Option<String>,
    /// A trust root: its keys for the log must have signed, and its quorum of witnesses.
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
    /// A checkpoint from before, which the log must still begin with.
    #[arg(long, value_name = "FILE")]
    pub(crate) older: Option<PathBuf>,
    /// Print the report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct-node witness --config witness/witness.toml
  ct-node witness --config witness/witness.toml --events >>events.jsonl

The configuration looks like this; paths count from its folder:

  listen = \"127.0.0.1:7380\"
  key = \"witness.pem\"
  state = \"state\"
  [[log]]
  origin = \"example.com/foo\"
  vkey = \"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\"

Its URL is in the file api beside the configuration while it runs. It stops on
Ctrl-C or SIGTERM, when the requests that have begun are answered.")]
pub(crate) struct WitnessArgs {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// Write one line of JSON for each request to standard output.
    #[arg(long)]
    pub(crate) events: bool,
    /// End when the process with this ID does, which has started this one.
    #[arg(long, value_name = "PID", hide = true)]
    pub(crate) parent: Option<i32>,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct-node completions bash >~/.local/share/bash-completion/completions/ct-node
  ct-node completions fish >~/.config/fish/completions/ct-node.fish")]
pub(crate) struct CompletionsArgs {
    /// Which shell.
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct-node manual --out man/man1
  man man/man1/ct-node-serve.1")]
pub(crate) struct ManualArgs {
    /// The folder, made if it does not exist. Pages of the same name are replaced.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct-node drill
  ct-node drill crash-after-append replayed-request

Each drill makes a log in a temporary directory, with three witnesses, and plays
one failure. The exit status is 0 if every promise held.")]
pub(crate) struct DrillArgs {
    /// Which; all if none is named.
    #[arg(value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(crate::drill::DRILLS.iter().map(|drill| drill.name)))]
    pub(crate) names: Vec<String>,
}

/// For runs that give the same bytes every time. Keys from a seed are known to whoever knows the seed.
#[derive(Clone, ClapArgs)]
pub(crate) struct Repeatable {
    /// 64 hexadecimal digits instead of the operating system's randomness.
    #[arg(long, value_name = "HEX", hide = true)]
    pub(crate) seed: Option<String>,
    /// This time instead of the clock's, like 2026-11-20T08:00:00Z.
    #[arg(long, value_name = "TIME", hide = true)]
    pub(crate) at: Option<String>,
}

const MAX_DOCUMENTS: i64 = 100_000;

const EXIT_STATUSES: &str = "\
Exit statuses: 0 done; 1 refused or damaged; 2 wrong usage; 3 not known or not
supported; 4 malformed or over a limit; 5 a file could not be read or written;
6 the trust root cannot be used; 70 a defect; 130 interrupted.
`ct explain CODE` says what a code means and what to do.";
