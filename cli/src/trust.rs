//! `ct trust`: sign an edited trust root, and show a signed one.

use crate::args::{
    TrustArgs, TrustBuildArgs, TrustCommand, TrustDiffArgs, TrustImportArgs, TrustShowArgs, TrustSignArgs,
};
use crate::failure::Failure;
use crate::file::{self, Limit, Readers};
use crate::output;
use crate::passphrase::Source;
use crate::text::{Shown, fingerprint, shown};
use crate::trust_diff::{self, length};
use anstyle::{AnsiColor, Style};
use ct_core::c2sp::policy::Policy;
use ct_core::limits::{MAX_POLICY_BYTES, MAX_TRUST_BYTES};
use ct_core::report::KeyIdText;
use ct_core::trust::{Issuer, Log, Revoked, TrustDraft, Window};
use ct_core::{Code, Hash, Timestamp, Trust, TrustRoot};
use ct_keys::{Role, trust_file};
use std::io::{self, Write};
use std::path::Path;

const WARNING: Style = AnsiColor::Red.on_default().bold();
const TRUST_SIZE: Limit = Limit { bytes: MAX_TRUST_BYTES, code: Code::TrustSize };

pub(crate) fn run(args: &TrustArgs) -> Result<Code, Failure> {
    match &args.command {
        TrustCommand::Build(args) => build(args),
        TrustCommand::Sign(args) => sign(args),
        TrustCommand::Diff(args) => diff(args),
        TrustCommand::Import(args) => import(args),
        TrustCommand::Show(args) => show(args),
    }
}

fn build(args: &TrustBuildArgs) -> Result<Code, Failure> {
    let text = file::read_text(&args.source, TRUST_SIZE)?;
    let trust = trust_file::parse(&text)
        .map_err(|error| Failure::new(error.code(), format!("{}: {error}", shown(&args.source))))?;
    let source = Source::new(args.passphrase_file.as_deref(), "--passphrase-file");
    let keys = args.key.iter().map(|path| source.unlock(path, Role::Root)).collect::<Result<Vec<_>, _>>()?;
    source.remark_if_unused();
    let bytes = trust_file::sign(&trust, &keys.iter().collect::<Vec<_>>());
    // The file is written only if its rules hold together; signatures may be added elsewhere.
    let draft = TrustDraft::load(&bytes).map_err(|error| Failure::refused(&args.source, error))?;
    file::write_new(&args.out, &bytes, Readers::Everybody)?;
    tell_progress(&args.out, &bytes, &draft)?;
    Ok(Code::Ok)
}

fn sign(args: &TrustSignArgs) -> Result<Code, Failure> {
    let draft = load_draft(&args.file)?;
    let source = Source::new(args.passphrase_file.as_deref(), "--passphrase-file");
    let key = source.unlock(&args.key, Role::Root)?;
    source.remark_if_unused();
    let signature = trust_file::root_signature(draft.payload(), &key);
    let own = draft.trust().root.keys.iter().find(|own| own.kid == signature.kid);
    if own.is_some_and(|own| own.key.as_bytes() != key.public().verifying_key().as_bytes()) {
        let what = format!("{}: the trust root has another key under the ID {}", shown(&args.key), key.id());
        return Err(Failure::new(Code::TrustSignature, what));
    }
    if own.is_none() {
        output::remark(&format!(
            "{} is no root key of this trust root: it counts only if it is one of the one before",
            key.id()
        ));
    }
    let bytes = draft.signed_too(signature);
    let draft = TrustDraft::load(&bytes).map_err(|error| Failure::refused(&args.file, error))?;
    file::write_new(&args.out, &bytes, Readers::Everybody)?;
    tell_progress(&args.out, &bytes, &draft)?;
    Ok(Code::Ok)
}

fn diff(args: &TrustDiffArgs) -> Result<Code, Failure> {
    let (old, new) = (load_draft(&args.old)?, load_draft(&args.new)?);
    let changes = trust_diff::changes(old.trust(), new.trust());
    output::print(|out| {
        if changes.is_empty() {
            writeln!(out, "The two say the same.")?;
        }
        changes.iter().try_for_each(|line| writeln!(out, "{line}"))
    })?;
    Ok(Code::Ok)
}

fn import(args: &TrustImportArgs) -> Result<Code, Failure> {
    let time = |option: &str, text: &str| {
        let refused =
            |_| Failure::new(Code::UsageTime, format!("{option} {text}: write a time like 2026-11-20T08:00:00Z"));
        Timestamp::parse(text).map_err(refused)
    };
    let (from, until) = (time("--from", &args.from)?, time("--until", &args.until)?);
    let text = file::read_text(&args.policy, Limit { bytes: MAX_POLICY_BYTES, code: Code::LimitLength })?;
    let policy = Policy::parse(&text).map_err(|error| Failure::refused(&args.policy, error))?;
    let toml = trust_file::import_policy(&policy, from, until)
        .map_err(|error| Failure::new(error.code(), format!("{}: {error}", shown(&args.policy))))?;
    output::print(|out| write!(out, "{toml}"))?;
    Ok(Code::Ok)
}

fn load_draft(path: &Path) -> Result<TrustDraft, Failure> {
    let bytes = file::read(path, TRUST_SIZE)?;
    TrustDraft::load(&bytes).map_err(|error| Failure::refused(path, error))
}

fn tell_progress(path: &Path, bytes: &[u8], draft: &TrustDraft) -> Result<(), Failure> {
    output::print(|out| {
        writeln!(out, "{}", shown(path))?;
        match draft.missing() {
            0 => print_fingerprint(out, Hash::of(bytes)),
            missing => writeln!(out, "{missing} more of its own root keys must sign it: `ct trust sign`"),
        }
    })
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
    print_fingerprint(out, root.hash())?;
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

fn print_fingerprint(out: &mut dyn Write, hash: Hash) -> io::Result<()> {
    writeln!(out, "SHA-256, to compare with somebody who has it from elsewhere:")?;
    fingerprint(hash).iter().try_for_each(|line| writeln!(out, "    {line}"))
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
        writeln!(out, "  anchoring may take {}", length(epoch.max_anchor_delay))?;
    }
    Ok(())
}

fn print_policy(out: &mut dyn Write, trust: &Trust) -> io::Result<()> {
    let policy = &trust.policy;
    writeln!(out, "\nClocks may differ by {}", length(policy.clock_skew))?;
    for (mode, windows) in [("strict", policy.strict), ("grace", policy.grace)] {
        writeln!(
            out,
            "Mode {mode}: evidence at most {} old, status {}, trust root {} after expiry",
            length(windows.evidence),
            length(windows.status),
            length(windows.trust),
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
