//! What the user typed.
//!
//! A paragraph below the options is one line here: it is wrapped where it is shown.

use crate::audit::AuditArgs;
use crate::exit_statuses;
use crate::key::KeyArgs;
use crate::log::LogArgs;
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;

/// Verifies CivicTrust bundles offline: no network, no clock but the one you see, the same verdict every time.
#[derive(Parser)]
#[command(name = "ct", version, arg_required_else_help = true, max_term_width = 100)]
#[command(after_help = exit_statuses::help())]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Whether to give up, before anything is read, the right to open connections, to start programs and to touch files
    /// other than those that the command line names; of what is written, the whole folder stays open.
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
    /// Print a script with which a shell completes command lines of ct.
    Completions(CompletionsArgs),
    /// Write the manual pages into a folder.
    Manual(ManualArgs),
}

impl Command {
    /// Whether a private key, or a passphrase, may get into the memory of the command.
    pub(crate) const fn handles_private_keys(&self) -> bool {
        match self {
            Self::Keygen(_) | Self::Key(_) => true,
            Self::Trust(args) => matches!(args.command, TrustCommand::Build(_) | TrustCommand::Sign(_)),
            Self::Verify(_) | Self::Inspect(_) | Self::Explain(_) | Self::Hash(_) | Self::Audit(_) => false,
            Self::Redact(_) | Self::Log(_) | Self::Completions(_) | Self::Manual(_) => false,
        }
    }
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

The first line of each verdict is for machines, the lines after it are for people. In a folder only *.cbor files are \
bundles. The exit status is that of the worst verdict: `ct --help` lists them.

Nothing is sent anywhere: on Linux the system takes away, before anything is read, the right to open connections. Standard \
error says what is enforced. With --sandbox require ct works only so.")]
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
#[command(after_help = "\
Examples:
  ct inspect diploma.cbor
  ct inspect trust.cbor

Nothing that is shown has been verified: a forged bundle shows whatever its maker wrote.")]
pub(crate) struct InspectArgs {
    /// A bundle, a trust root, or any CBOR file.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct explain tampered.document
  ct explain --language es stale.evidence
  ct explain")]
pub(crate) struct ExplainArgs {
    /// A code, like tampered.document.
    #[arg(value_name = "CODE")]
    pub(crate) code: Option<String>,
    /// In which language: en or es.
    #[arg(long, value_name = "TAG", default_value = "en")]
    pub(crate) language: String,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct hash diploma.pdf
  cd archive && ct hash . > ../archive.sha256

Files are read in pieces, whatever their size. Of a folder every regular file below it is listed, sorted bytewise; links \
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

Writes the private key, which only you can read; beside root.pem the public key root.pub.pem; and for a log or a witness \
its key in the one line that others list, root.vkey. A name that ends neither in .pem nor in .key keeps its ending: beside \
city.one is city.one.pub.pem. ct-node opens keys without a passphrase only; a passphrase is for \
keys that people keep, like those of a trust root.")]
pub(crate) struct KeygenArgs {
    /// What the key is for, one of root, log, witness, issuer, status, client, monitor, tls.
    #[arg(long)]
    pub(crate) role: String,
    /// Whose key it is; for a log the origin, for a witness its name.
    #[arg(long)]
    pub(crate) name: String,
    /// Which of its holder's keys: 2 for the one that follows the first.
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
#[command(after_help = "\
Examples:
  ct trust show trust.cbor
  ct trust diff trust.cbor trust-new.cbor

Whoever verifies needs `show` and `diff`; whoever publishes a trust root needs the others.")]
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
#[command(after_help = "\
Example:
  ct trust build trust.toml --key root.pem --out trust.cbor")]
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
#[command(after_help = "\
Example:
  ct trust diff trust.cbor trust-new.cbor

Lines begin with + for what is new, - for what is gone, ~ for what is changed.")]
pub(crate) struct TrustDiffArgs {
    /// The trust root in use.
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// The one that is to follow.
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Example:
  ct trust import policy.txt \\
    --from 2026-11-20T00:00:00Z --until 2027-11-20T00:00:00Z

Prints parts of a trust.toml: put them into yours, read them over, and sign it with `ct trust build`.")]
pub(crate) struct TrustImportArgs {
    /// The witness policy.
    #[arg(value_name = "POLICY")]
    pub(crate) policy: PathBuf,
    /// From when the keys count, like 2026-11-20T00:00:00Z.
    #[arg(long, value_name = "TIME")]
    pub(crate) from: String,
    /// Until when the keys count, like 2027-11-20T00:00:00Z.
    #[arg(long, value_name = "TIME")]
    pub(crate) until: String,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Example:
  ct trust show trust.cbor

Read the fingerprint to somebody who has the trust root from its publisher, on a number that you did not get with the \
file. If one group differs, do not use it.")]
pub(crate) struct TrustShowArgs {
    /// The signed trust root.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct completions bash > ~/.local/share/bash-completion/completions/ct
  ct completions zsh > ~/.zfunc/_ct
  ct completions fish > ~/.config/fish/completions/ct.fish

A new shell completes commands, options and paths; bash and zsh complete codes as well.")]
pub(crate) struct CompletionsArgs {
    /// For which shell.
    #[arg(value_name = "SHELL")]
    pub(crate) shell: Shell,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct manual --out man
  man -l man/ct-verify.1")]
pub(crate) struct ManualArgs {
    /// The folder for the pages; made if it is missing. Never overwrites.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Command as Clap, CommandFactory};

    /// Every command and subcommand, with the path to it.
    fn commands() -> Vec<(String, Clap)> {
        fn add(command: &Clap, found: &mut Vec<(String, Clap)>) {
            found.push((command.get_bin_name().unwrap_or("ct").to_owned(), command.clone()));
            for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
                add(subcommand, found);
            }
        }
        let mut root = Args::command();
        root.build();
        let mut found = Vec::new();
        add(&root, &mut found);
        found
    }

    /// The lines of a command's examples as they are typed.
    fn examples(command: &Clap) -> Vec<String> {
        let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let lines = text.lines().skip_while(|line| !line.starts_with("Example")).skip(1);
        lines.take_while(|line| line.starts_with("  ")).map(str::to_owned).collect()
    }

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn every_command_has_an_example_that_names_it() {
        for (name, command) in commands() {
            let examples = examples(&command);
            assert!(!examples.is_empty(), "{name} has no Example below its options");
            assert!(examples.iter().any(|line| line.trim_start().starts_with(&name)), "{name}: {examples:?}");
        }
    }

    #[test]
    fn every_example_is_a_command_line_that_is_understood() {
        for (name, command) in commands() {
            for line in examples(&command).join("\n").replace("\\\n", " ").lines() {
                // A line may begin with another program that works with what ct made.
                if !line.trim_start().starts_with("ct ") {
                    continue;
                }
                let words = line.split_whitespace().take_while(|word| *word != ">" && *word != "|");
                if let Err(error) = Args::try_parse_from(words) {
                    panic!("{name}: {line}: {error}");
                }
            }
        }
    }

    #[test]
    fn help_fits_into_eighty_columns_and_breaks_no_example() {
        for (name, command) in commands() {
            let help = command.clone().term_width(80).render_long_help().to_string();
            for line in help.lines() {
                assert!(line.len() <= 80, "{name}: {line}");
            }
            for example in examples(&command) {
                assert!(help.lines().any(|line| line == example), "{name} breaks {example}");
            }
        }
    }

    #[test]
    fn every_option_says_what_it_does() {
        for (name, command) in commands() {
            assert!(command.get_about().is_some(), "{name}");
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{name}: {}", argument.get_id());
            }
        }
    }
}
