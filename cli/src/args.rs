//! What the user typed.

use crate::audit::AuditArgs;
use crate::key::KeyArgs;
use crate::log::LogArgs;
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;

/// Verifies CivicTrust bundles offline: no network, no clock but the one you see, the same verdict every time.
#[derive(Parser)]
#[command(name = "ct", version, arg_required_else_help = true, after_help = EXIT_STATUSES)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Whether to give up, before anything is read, the right to open connections, to start programs and to touch other
    /// files.
    #[arg(long, value_enum, default_value_t = SandboxArg::Auto, global = true, value_name = "WHEN")]
    pub(crate) sandbox: SandboxArg,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SandboxArg {
    /// Work only in a sandbox.
    Require,
    /// Where the system has one; say what is missing.
    Auto,
    /// Work without one.
    Off,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Verify bundles, or folders of them.
    Verify(VerifyArgs),
    /// Show what is in a bundle, a trust root or any CBOR file, without judging it.
    Inspect(InspectArgs),
    /// Say what a code means and what to do; without a code, list them all.
    Explain(ExplainArgs),
    /// Print the SHA-256 of files, and of all files in folders, as sha256sum does.
    Hash(HashArgs),
    /// Check the files of a folder against a list of their hashes.
    Audit(AuditArgs),
    /// Make a bundle that shows fewer claims of a document.
    Redact(RedactArgs),
    /// Keep an evidence log: append to it, read, search and check it.
    Log(LogArgs),
    /// Make a key pair.
    Keygen(KeygenArgs),
    /// Show what a key file is, or change its passphrase.
    Key(KeyArgs),
    /// Make a trust root, or show one.
    Trust(TrustArgs),
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct verify --trust trust.cbor diploma.cbor
  ct verify --trust trust.cbor --document diploma.pdf diploma.cbor
  ct verify --trust trust.cbor --at 2026-11-20T08:00:00Z --json diploma.cbor
  ct verify --trust trust.cbor --jsonl inbox/ > verdicts.jsonl
  ct verify --trust trust.cbor --resume verdicts.jsonl inbox/
  find inbox -name '*.cbor' | ct verify --trust trust.cbor --jsonl -

The first line of each verdict is for machines, the lines after it are for people. In a folder only *.cbor files are
bundles. The exit status is that of the worst verdict: `ct --help` lists them.")]
pub(crate) struct VerifyArgs {
    /// The trust root: whom to trust. It comes from you, never from a bundle. Repeat it, oldest first, to show that a
    /// newer one follows from the one that --state remembers.
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) trust: Vec<PathBuf>,
    /// The document that a bundle without one is about; a file, or a folder to search by hash. May be repeated.
    #[arg(long, value_name = "PATH")]
    pub(crate) document: Vec<PathBuf>,
    /// Do not ask for the document: the verdict is about the hash it prints.
    #[arg(long, conflicts_with = "document")]
    pub(crate) hash_only: bool,
    /// Remember what is seen of logs and trust roots in this folder, and hold the next run against it.
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,
    /// Record each verdict in this evidence log, before it is shown: `ct log` reads it.
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
    /// Evidence that a log has shown two histories. May be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) evidence: Vec<PathBuf>,
    /// Which time policy.
    #[arg(long, value_enum, default_value_t = ModeArg::Strict)]
    pub(crate) mode: ModeArg,
    /// Judge as of this time, like 2026-11-20T08:00:00Z, instead of now.
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Print the whole report of one bundle as JSON.
    #[arg(long, conflicts_with_all = ["jsonl", "resume"])]
    pub(crate) json: bool,
    /// Print one report a line, each with its `source`.
    #[arg(long)]
    pub(crate) jsonl: bool,
    /// Print no verdicts; the exit status says it.
    #[arg(short, long, conflicts_with_all = ["json", "jsonl"])]
    pub(crate) quiet: bool,
    /// Keep one report a line in this file instead of printing them, and go on after the last whole line in it.
    // What the part before an interruption saw would not be remembered.
    #[arg(long, value_name = "FILE", conflicts_with = "state")]
    pub(crate) resume: Option<PathBuf>,
    /// Threads to judge with; as many as the machine runs at once unless given.
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Bundles, and folders of bundles; - is a list of them on standard input, one a line.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) inputs: Vec<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ModeArg {
    /// Evidence, status and trust root are fresh.
    Strict,
    /// As strict, with the wider windows that the trust root allows.
    Grace,
    /// As of the time of anchoring; what is known to be revoked still fails.
    Archival,
}

#[derive(ClapArgs)]
#[command(after_help = "Nothing that is shown has been verified: a forged bundle shows whatever its maker wrote.")]
pub(crate) struct InspectArgs {
    /// A bundle, a trust root, or any CBOR file.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(ClapArgs)]
#[command(
    after_help = "Examples:\n  ct explain tampered.document\n  ct explain --language es stale.evidence\n  ct explain"
)]
pub(crate) struct ExplainArgs {
    /// A code, like tampered.document.
    #[arg(value_name = "CODE")]
    pub(crate) code: Option<String>,
    /// en or es.
    #[arg(long, value_name = "TAG", default_value = "en")]
    pub(crate) language: String,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct hash diploma.pdf
  cd archive && ct hash . > ../archive.sha256

Files are read in pieces, whatever their size. Of a folder every regular file below it is listed, sorted bytewise; links
are not followed. `ct audit` and `sha256sum -c` hold the files against the list later.")]
pub(crate) struct HashArgs {
    /// Files and folders; - is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct redact --keep name --keep degree whole.cbor --out shown.cbor
  ct redact --drop birth_date whole.cbor --out shown.cbor

Mandatory claims are always kept. What is withheld cannot be read or guessed from the new bundle.")]
pub(crate) struct RedactArgs {
    /// A claim to keep; all others are withheld. May be repeated.
    #[arg(long, value_name = "NAME", conflicts_with = "drop", required_unless_present = "drop")]
    pub(crate) keep: Vec<String>,
    /// A claim to withhold; all others are kept. May be repeated.
    #[arg(long, value_name = "NAME")]
    pub(crate) drop: Vec<String>,
    /// The bundle with the claims.
    #[arg(value_name = "BUNDLE")]
    pub(crate) bundle: PathBuf,
    /// Where the new bundle goes; never overwrites.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct keygen --role root --name city.example --out root.pem
  ct keygen --role issuer --name registry.example --version 2 --out issuer-2.pem
  ct keygen --role root --name city.example --passphrase --out root.pem

Writes the private key (readable by you alone), FILE.pub.pem beside it, and for log and witness keys FILE.vkey. ct-node
opens keys without a passphrase only; a passphrase is for keys that people keep, like those of a trust root.")]
pub(crate) struct KeygenArgs {
    /// root, log, witness, issuer, status, client, monitor or tls: a key has one.
    #[arg(long)]
    pub(crate) role: String,
    /// Whose key it is; for a log the origin, for a witness its name.
    #[arg(long)]
    pub(crate) name: String,
    /// Which of its holder's keys.
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) version: NonZeroU32,
    /// Where the private key goes; never overwrites.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Encrypt the private key with a passphrase that you type twice.
    #[arg(long, conflicts_with = "passphrase_file")]
    pub(crate) passphrase: bool,
    /// Encrypt the private key with the passphrase in this file, to which only you have access; - is standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

#[derive(ClapArgs)]
pub(crate) struct TrustArgs {
    #[command(subcommand)]
    pub(crate) command: TrustCommand,
}

#[derive(Subcommand)]
pub(crate) enum TrustCommand {
    /// Sign an edited trust.toml as a trust root.
    Build(TrustBuildArgs),
    /// Add one signature to a trust root, on the machine that holds the key.
    Sign(TrustSignArgs),
    /// Say in plain words what changes from one trust root to another.
    Diff(TrustDiffArgs),
    /// Print a C2SP witness policy as parts of a trust.toml.
    Import(TrustImportArgs),
    /// Show whom a trust root trusts, with a fingerprint that two people can compare by phone.
    Show(TrustShowArgs),
}

#[derive(ClapArgs)]
#[command(after_help = "Example:\n  ct trust build trust.toml --key root.pem --out trust.cbor")]
pub(crate) struct TrustBuildArgs {
    /// The edited trust root.
    #[arg(value_name = "TOML")]
    pub(crate) source: PathBuf,
    /// A root key to sign with. May be repeated; `ct trust sign` adds keys that are elsewhere.
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) key: Vec<PathBuf>,
    /// The passphrase of encrypted keys is in this file, to which only you have access, and - is standard input;
    /// without it, the terminal asks for the passphrase of each key that has one.
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Where the signed trust root goes; never overwrites.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Example:
  ct trust sign trust.cbor --key root-2.pem --out trust-signed.cbor

A new trust root needs enough signatures of its own root keys and of those of the one before it.")]
pub(crate) struct TrustSignArgs {
    /// The trust root so far.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The root key.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The passphrase of an encrypted key is in this file, to which only you have access, and - is standard input;
    /// without it, the terminal asks for it.
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Where the trust root goes with the signature added; never overwrites.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(ClapArgs)]
#[command(after_help = "Lines begin with + for what is new, - for what is gone, ~ for what is changed.")]
pub(crate) struct TrustDiffArgs {
    /// The trust root in use.
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// The one that is to follow.
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
}

#[derive(ClapArgs)]
#[command(
    after_help = "Example:\n  ct trust import policy.txt --from 2026-11-20T00:00:00Z --until 2027-11-20T00:00:00Z"
)]
pub(crate) struct TrustImportArgs {
    /// The witness policy.
    #[arg(value_name = "POLICY")]
    pub(crate) policy: PathBuf,
    /// From when the keys count.
    #[arg(long, value_name = "TIME")]
    pub(crate) from: String,
    /// Until when the keys count.
    #[arg(long, value_name = "TIME")]
    pub(crate) until: String,
}

#[derive(ClapArgs)]
pub(crate) struct TrustShowArgs {
    /// The signed trust root.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

const EXIT_STATUSES: &str = "\
Exit statuses:
    0  everything verified
    1  invalid: altered, revoked, outside its validity, or two histories
    2  the command line cannot be acted on
    3  the evidence is not enough to say yes or no
    4  malformed, or beyond a limit
    5  a file could not be read or written
    6  the trust root cannot be used
   70  a defect of this program
  130  interrupted
Of several verdicts the worst counts, in the order 70, 6, 5, 1, 4, 3, 0.";

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }
}
