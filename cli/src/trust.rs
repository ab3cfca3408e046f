//! `ct trust`: sign an edited trust root, and show a signed one.

use crate::args::{TrustArgs, TrustBuildArgs, TrustCommand, TrustShowArgs};
use crate::failure::Failure;
use crate::file::{self, Limit};
use crate::output;
use crate::text::{Shown, fingerprint};
use anstyle::{AnsiColor, Style};
use ct_core::limits::MAX_TRUST_BYTES;
use ct_core::report::KeyIdText;
use ct_core::trust::{Issuer, Log, Revoked, Window};
use ct_core::{Code, Trust, TrustRoot};
use ct_keys::{KeyFile, Role, trust_file};
use std::io::{self, Write};

const WARNING: Style = AnsiColor::Red.on_default().bold();
const TRUST_SIZE: Limit = Limit { bytes: MAX_TRUST_BYTES, code: Code::TrustSize };

pub(crate) fn run(args: &TrustArgs) -> Result<Code, Failure> {
    match &args.command {
        TrustCommand::Build(args) => build(args),
        TrustCommand::Show(args) => show(args),
    }
}

fn build(args: &TrustBuildArgs) -> Result<Code, Failure> {
    let source = args.source.display();
    let text = file::read_text(&args.source, TRUST_SIZE)?;
    let trust = trust_file::parse(&text).map_err(|error| Failure::new(error.code(), format!("{source}: {error}")))?;
    let keys = args.key.iter().map(|path| KeyFile::read(path, Role::Root)).collect::<Result<Vec<_>, _>>()?;
    let bytes = trust_file::sign(&trust, &keys.iter().collect::<Vec<_>>());
    // The file is written only if it can be used.
    let root = TrustRoot::load(&bytes).map_err(|error| Failure::refused(&args.source, error))?;
    file::write_new(&args.out, &bytes)?;
    output::print(|out| {
        writeln!(out, "{}", args.out.display())?;
        print_fingerprint(out, &root)
    })?;
    Ok(Code::Ok)
}

fn show(args: &TrustShowArgs) -> Result<Code, Failure> {
    let bytes = file::read(&args.file, TRUST_SIZE)?;
    let root = TrustRoot::load(&bytes).map_err(|error| Failure::refused(&args.file, error))?;
    output::print(|out| print(out, &root))?;
    Ok(Code::Ok)
}

fn print(out: &mut dyn Write, root: &TrustRoot) -> io::Result<()> {
    let trust = root.trust();
    writeln!(out, "{}, version {}", Shown(&trust.name), trust.root_version)?;
    writeln!(out, "in force from {} until before {}", trust.issued, trust.expires)?;
    if trust.example {
        let text = "WARNING: example keys. Anybody may have the private halves: what they verify proves nothing.";
        writeln!(out, "{WARNING}{text}{WARNING:#}")?;
    }
    print_fingerprint(out, root)?;
    writeln!(out, "\nSigned by at least {} of {} root keys", trust.root.threshold, trust.root.keys.len())?;
    for key in &trust.root.keys {
        writeln!(out, "  {}  {}", KeyIdText(&key.kid), key.key)?;
    }
    trust.issuers.iter().try_for_each(|issuer| print_issuer(out, issuer))?;
    trust.logs.iter().try_for_each(|log| print_log(out, log))?;
    print_witnesses(out, trust)?;
    print_policy(out, trust)?;
    print_revocations(out, trust)
}

fn print_fingerprint(out: &mut dyn Write, root: &TrustRoot) -> io::Result<()> {
    writeln!(out, "SHA-256, to compare with somebody who has it from elsewhere:")?;
    fingerprint(root.hash()).iter().try_for_each(|line| writeln!(out, "    {line}"))
}

fn print_issuer(out: &mut dyn Write, issuer: &Issuer) -> io::Result<()> {
    writeln!(out, "\nIssuer {} ({})", Shown(&issuer.name), Shown(&issuer.id))?;
    let types: Vec<_> = issuer.types.iter().map(|name| Shown(name).to_string()).collect();
    writeln!(out, "  for documents of type {}", types.join(", "))?;
    if let Some(from) = issuer.revoked_from {
        writeln!(out, "  {WARNING}REVOKED{WARNING:#} from {from}")?;
    }
    for key in &issuer.keys {
        write!(out, "  key {}, ", KeyIdText(&key.kid))?;
        print_window(out, &key.window)?;
    }
    for binding in &issuer.status {
        writeln!(out, "  status lists under {}", Shown(&binding.uri_prefix))?;
        for key in &binding.keys {
            write!(out, "    key {}, ", KeyIdText(&key.kid))?;
            print_window(out, &key.window)?;
        }
    }
    Ok(())
}

fn print_log(out: &mut dyn Write, log: &Log) -> io::Result<()> {
    writeln!(out, "\nLog {}", Shown(&log.origin))?;
    if let Some(since) = log.equivocated {
        writeln!(out, "  {WARNING}HAS SHOWN TWO HISTORIES{WARNING:#}, known since {since}: only its pins count")?;
    }
    for key in &log.keys {
        write!(out, "  {}, ", Shown(&key.verifier.to_string()))?;
        print_window(out, &key.window)?;
    }
    log.pins.iter().try_for_each(|pin| writeln!(out, "  pin: size {} at {}, root {}", pin.size, pin.time, pin.root))
}

fn print_witnesses(out: &mut dyn Write, trust: &Trust) -> io::Result<()> {
    writeln!(out)?;
    for witness in &trust.witnesses {
        writeln!(out, "Witness {}", Shown(witness.name.as_str()))?;
        for key in &witness.keys {
            write!(out, "  {}, ", Shown(&key.verifier.to_string()))?;
            print_window(out, &key.window)?;
        }
    }
    for epoch in &trust.epochs {
        writeln!(out, "\nAnchored from {} until before {}: quorum {}", epoch.from, epoch.until, Shown(&epoch.quorum))?;
        for group in &epoch.groups {
            let members: Vec<_> = group.members.iter().map(|name| Shown(name).to_string()).collect();
            writeln!(out, "  {}: {} of {}", Shown(&group.name), group.threshold, members.join(", "))?;
        }
        writeln!(out, "  anchoring may take {}", length(epoch.max_anchor_delay.get()))?;
    }
    Ok(())
}

fn print_policy(out: &mut dyn Write, trust: &Trust) -> io::Result<()> {
    let policy = &trust.policy;
    writeln!(out, "\nClocks may differ by {}", length(policy.clock_skew.get()))?;
    for (mode, windows) in [("strict", policy.strict), ("grace", policy.grace)] {
        writeln!(
            out,
            "Mode {mode}: evidence at most {} old, status {}, trust root {} after expiry",
            length(windows.evidence.get()),
            length(windows.status.get()),
            length(windows.trust.get()),
        )?;
    }
    Ok(())
}

fn print_revocations(out: &mut dyn Write, trust: &Trust) -> io::Result<()> {
    for revocation in &trust.revocations {
        write!(out, "\nRevoked {}: ", revocation.date)?;
        match &revocation.what {
            Revoked::Subject(hash) => write!(out, "subject {hash}")?,
            Revoked::Statement { issuer, id } => write!(out, "statement {} of {}", Shown(id), Shown(issuer))?,
            Revoked::Status { uri, index } => write!(out, "status {index} of {}", Shown(uri))?,
        }
        writeln!(out, " ({})", Shown(&revocation.reason))?;
    }
    Ok(())
}

fn print_window(out: &mut dyn Write, window: &Window) -> io::Result<()> {
    write!(out, "from {} until {}", window.from, window.until)?;
    match window.compromised_from {
        Some(from) => writeln!(out, ", {WARNING}COMPROMISED{WARNING:#} from {from}"),
        None => writeln!(out),
    }
}

/// Days where it is days, else hours, minutes or seconds.
fn length(seconds: u64) -> String {
    let unit = [(86_400, "days"), (3_600, "hours"), (60, "minutes")];
    let exact = unit.iter().find(|(size, _)| seconds > 0 && seconds.is_multiple_of(*size));
    exact.map_or_else(|| format!("{seconds} seconds"), |(size, name)| format!("{} {name}", seconds / size))
}
