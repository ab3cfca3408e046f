//! `ct keygen`: a key pair with its role and versioned ID.

use crate::args::KeygenArgs;
use crate::failure::Failure;
use crate::output;
use crate::passphrase::Source;
use crate::text::shown;
use ct_core::Code;
use ct_keys::{KeyFile, KeyId, Role, os_entropy};
use std::path::{Path, PathBuf};

pub(crate) fn run(args: &KeygenArgs) -> Result<Code, Failure> {
    let role: Role = args.role.parse().map_err(|_| {
        let roles: Vec<_> = Role::ALL.iter().map(|role| role.as_str()).collect();
        Failure::new(Code::UsageArguments, format!("--role {}: name one of {}", args.role, roles.join(", ")))
    })?;
    let id = KeyId::new(&args.name, args.version).map_err(|error| {
        let what = format!("--name {}: use visible ASCII characters other than + and # ({error})", args.name);
        Failure::new(Code::UsageArguments, what)
    })?;
    let entropy = os_entropy()?;
    let key = KeyFile::generate(role, id, &entropy);

    // What would be in the way is found before the private key is written.
    refuse_public_name(&args.out)?;
    let public_path = beside(&args.out, "pub.pem");
    let vkey_path = beside(&args.out, "vkey");
    for path in [&args.out, &public_path, &vkey_path] {
        if path.symlink_metadata().is_ok() {
            let what = format!("{}: it exists and is not overwritten; choose another --out", shown(path));
            return Err(Failure::new(Code::IoExists, what));
        }
    }
    if args.passphrase || args.passphrase_file.is_some() {
        let source = Source::new(args.passphrase_file.as_deref(), "--passphrase-file");
        key.write_new_encrypted(&args.out, &source.choose(&args.out)?, &*os_entropy()?)?;
    } else {
        key.write_new(&args.out)?;
    }
    key.public().write_new(&public_path)?;
    let vkey = key.public().vkey();
    if vkey.is_some() {
        key.public().write_vkey_new(&vkey_path)?;
    }
    output::print(|out| {
        writeln!(out, "{}  private key of {} {}: keep it secret", shown(&args.out), key.role(), key.id())?;
        writeln!(out, "{}  public key", shown(&public_path))?;
        match &vkey {
            Some(vkey) => writeln!(out, "{}  {vkey}", shown(&vkey_path)),
            None => Ok(()),
        }
    })?;
    Ok(Code::Ok)
}

/// A private key under the name of a public file would be passed on, and stand where that file belongs.
fn refuse_public_name(private: &Path) -> Result<(), Failure> {
    let name = private.file_name().unwrap_or_default().as_encoded_bytes().to_ascii_lowercase();
    if !name.ends_with(b".vkey") && !name.ends_with(b".pub.pem") {
        return Ok(());
    }
    let what = format!("--out {}: the private key goes there, and this is a name for a public file", shown(private));
    Err(Failure::new(Code::UsageArguments, format!("{what}; choose one like root.pem")))
}

/// `issuer.pem` and `issuer.key` with ending `pub.pem` are `issuer.pub.pem`; `city.one` is `city.one.pub.pem`, so that
/// it is not in the way of `city.two`.
fn beside(private: &Path, ending: &str) -> PathBuf {
    if private.extension().is_some_and(|extension| extension == "pem" || extension == "key") {
        return private.with_extension(ending);
    }
    let mut name = private.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}
