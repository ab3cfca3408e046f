//! `ct key`: say what a key file is, and give it another passphrase.

use crate::failure::Failure;
use crate::output;
use crate::passphrase::{Source, is_stdin};
use crate::text::{Shown, fingerprint, shown};
use clap::{Args as ClapArgs, Subcommand};
use ct_core::c2sp::{SignatureType, VerifierKey};
use ct_core::{Code, Hash, base64};
use ct_keys::{AnyKey, KeyId, PublicKey, Role, StoredKey, os_entropy};
use std::fmt::Display;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct key show root.pub.pem
  ct key passphrase root.pem --out root-new.pem")]
pub(crate) struct KeyArgs {
    #[command(subcommand)]
    pub(crate) command: KeyCommand,
}

#[derive(Subcommand)]
pub(crate) enum KeyCommand {
    /// Show what a key file is, with a fingerprint that two people can compare by phone.
    Show(KeyShowArgs),
    /// Write a private key again with another passphrase, or without one.
    Passphrase(KeyPassphraseArgs),
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct key show root.pub.pem
  ct key show log.vkey
  ct key show --passphrase root.pem

An encrypted private key hides its public half. Without --passphrase or --passphrase-file what stands in clear is shown, \
and nothing is asked. The secret is never shown.")]
pub(crate) struct KeyShowArgs {
    /// A private key, a public key, or a vkey.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Ask for the passphrase of an encrypted key, to show its public half as well.
    #[arg(long, conflicts_with = "passphrase_file")]
    pub(crate) passphrase: bool,
    /// The passphrase of an encrypted key is in this file, to which only you have access; - is standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct key passphrase root.pem --out root-new.pem
  ct key passphrase root.pem --out root-clear.pem --remove
  ct key passphrase root.pem --out new.pem --new-passphrase-file new.txt

The key stays the same, and so do its public files. FILE stays as it is: delete it, and its copies, once the new file \
opens.")]
pub(crate) struct KeyPassphraseArgs {
    /// The private key.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Where the private key goes; never overwrites.
    #[arg(long, value_name = "NEW")]
    pub(crate) out: PathBuf,
    /// Write it without a passphrase: whoever reads the new file has the key.
    #[arg(long, conflicts_with = "new_passphrase_file")]
    pub(crate) remove: bool,
    /// The passphrase that FILE has is in this file, to which only you have access; - is standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// The new passphrase is in this file; - is standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) new_passphrase_file: Option<PathBuf>,
}

pub(crate) fn run(args: &KeyArgs) -> Result<Code, Failure> {
    match &args.command {
        KeyCommand::Show(args) => show(args),
        KeyCommand::Passphrase(args) => change(args),
    }
}

fn show(args: &KeyShowArgs) -> Result<Code, Failure> {
    let path = &args.file;
    let source = Source::new(args.passphrase_file.as_deref(), "--passphrase-file");
    let may_ask = args.passphrase || args.passphrase_file.is_some();
    match AnyKey::read(path)? {
        AnyKey::Private(stored) => {
            let kind = match stored.encryption() {
                Some(encryption) => format!("private key, encrypted ({encryption})"),
                None => "private key, not encrypted".to_owned(),
            };
            if stored.encryption().is_some() && !may_ask {
                output::print(|out| {
                    print_head(out, path, &kind)?;
                    print_name(out, stored.role(), stored.id())
                })?;
                output::remark("the public half is encrypted too: show the .pub.pem file, or add --passphrase");
            } else {
                let key = stored.open(|| source.of(path))?.public();
                output::print(|out| print_key(out, path, &kind, &key))?;
            }
        }
        AnyKey::Public(key) => output::print(|out| print_key(out, path, "public key", &key))?,
        AnyKey::Vkey(vkey) => output::print(|out| print_vkey(out, path, &vkey))?,
    }
    source.remark_if_unused();
    Ok(Code::Ok)
}

fn change(args: &KeyPassphraseArgs) -> Result<Code, Failure> {
    let both = [&args.passphrase_file, &args.new_passphrase_file];
    if both.iter().all(|file| file.as_deref().is_some_and(is_stdin)) {
        let what = "--passphrase-file and --new-passphrase-file cannot both be standard input; put one into a file";
        return Err(Failure::new(Code::UsageArguments, what));
    }
    // What would be in the way is found before anything is typed.
    if args.out.symlink_metadata().is_ok() {
        let what = format!("{}: it exists and is not overwritten; choose another --out", shown(&args.out));
        return Err(Failure::new(Code::IoExists, what));
    }
    let stored = StoredKey::read(&args.file)?;
    if args.remove && stored.encryption().is_none() {
        let what = format!("{}: it has no passphrase to remove; it can be used as it is", shown(&args.file));
        return Err(Failure::new(Code::UsageArguments, what));
    }
    let old = Source::new(args.passphrase_file.as_deref(), "--passphrase-file");
    let key = stored.open(|| old.of(&args.file))?;
    if args.remove {
        key.write_new(&args.out)?;
    } else {
        let new = Source::new(args.new_passphrase_file.as_deref(), "--new-passphrase-file");
        key.write_new_encrypted(&args.out, &new.choose(&args.out)?, &*os_entropy()?)?;
    }
    old.remark_if_unused();
    let protection = if args.remove { "NOT encrypted: keep it secret" } else { "encrypted" };
    output::print(|out| {
        writeln!(out, "{}  private key of {} {}: {protection}", shown(&args.out), key.role(), key.id())
    })?;
    Ok(Code::Ok)
}

fn print_key(out: &mut dyn Write, path: &Path, kind: &str, key: &PublicKey) -> io::Result<()> {
    print_head(out, path, kind)?;
    print_name(out, key.role(), key.id())?;
    if let Some(vkey) = key.vkey() {
        field(out, "vkey", &vkey)?;
    }
    print_material(out, key.verifying_key().as_bytes())
}

/// A vkey says by its type what the key is for, and has a hash where our files have a version.
fn print_vkey(out: &mut dyn Write, path: &Path, vkey: &VerifierKey) -> io::Result<()> {
    let role = match vkey.signature_type() {
        SignatureType::Ed25519 => Role::Log,
        SignatureType::Cosignature => Role::Witness,
    };
    print_head(out, path, "vkey")?;
    field(out, "role", &role)?;
    field(out, "name", &Shown(vkey.name().as_str()))?;
    field(out, "vkey", &Shown(&vkey.to_string()))?;
    print_material(out, vkey.key().as_bytes())
}

fn print_head(out: &mut dyn Write, path: &Path, kind: &str) -> io::Result<()> {
    field(out, "file", &shown(path))?;
    field(out, "kind", &kind)
}

fn print_name(out: &mut dyn Write, role: Role, id: &KeyId) -> io::Result<()> {
    field(out, "role", &role)?;
    field(out, "key ID", id)?;
    field(out, "version", &id.version())
}

fn print_material(out: &mut dyn Write, key: &[u8; 32]) -> io::Result<()> {
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    field(out, "public key", &hex)?;
    field(out, "in base64", &base64::encode(key))?;
    writeln!(out, "SHA-256 of these 32 bytes, to compare with somebody who has it from elsewhere:")?;
    fingerprint(Hash::of(key)).iter().try_for_each(|line| writeln!(out, "    {line}"))
}

fn field(out: &mut dyn Write, name: &str, value: &dyn Display) -> io::Result<()> {
    writeln!(out, "{name:<10}  {value}")
}
