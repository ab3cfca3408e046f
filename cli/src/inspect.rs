//! `ct inspect`: what is in a file, without judging it.

use crate::args::InspectArgs;
use crate::failure::Failure;
use crate::file::{self, Limit};
use crate::output;
use crate::text::{Shown, shown};
use ciborium::Value;
use ct_core::bundle::BundledStatus;
use ct_core::cbor::{check_deterministic, peek_kind};
use ct_core::claims::Disclosure;
use ct_core::explanation::{Language, explain};
use ct_core::limits::MAX_BUNDLE_BYTES;
use ct_core::report::KeyIdText;
use ct_core::status_list::StatusToken;
use ct_core::{Bundle, Code, Hash, Statement, Subject};
use std::io::{self, Write};

pub(crate) fn run(args: &InspectArgs) -> Result<Code, Failure> {
    let bytes = file::read(&args.file, Limit { bytes: MAX_BUNDLE_BYTES, code: Code::LimitBundleSize })?;
    check_deterministic(&bytes).map_err(|error| {
        let why = explain(error.code(), Language::English).title;
        let what = format!("{}: it is not CBOR as our formats write it ({why})", shown(&args.file));
        Failure::new(error.code(), what)
    })?;
    match Bundle::parse(&bytes) {
        Ok(bundle) => output::print(|out| print_bundle(out, &bytes, &bundle))?,
        Err(error) => {
            if peek_kind(&bytes) == Some("civictrust.bundle") {
                output::complain(&Failure::refused(&args.file, error));
            }
            let value = diagnosable(&bytes)?;
            output::print(|out| {
                print_value(out, &value, 0)?;
                writeln!(out)
            })?;
        }
    }
    output::remark("nothing of this has been verified");
    Ok(Code::Ok)
}

fn diagnosable(bytes: &[u8]) -> Result<Value, Failure> {
    let unreadable =
        |_| Failure::new(Code::MalformedCbor, "it cannot be shown: it holds values outside of JSON's reach");
    ciborium::from_reader(bytes).map_err(unreadable)
}

fn print_bundle(out: &mut dyn Write, bytes: &[u8], bundle: &Bundle<'_>) -> io::Result<()> {
    writeln!(out, "bundle, version 1, {} bytes", bytes.len())?;
    let mut line = |label: &str, value: &dyn std::fmt::Display| writeln!(out, "  {label:<20}  {value}");
    if let Some(hash) = bundle.document_hash {
        line("document_hash", &hash)?;
    }
    match bundle.document {
        Some(document) => {
            let hash = Hash::of(document);
            line("document", &format_args!("{} bytes attached, SHA-256 {hash}", document.len()))?;
        }
        None => line("document", &"not attached")?,
    }
    if let Some(index) = bundle.leaf_index {
        line("leaf_index", &index)?;
    }
    if let Some(size) = bundle.tree_size {
        line("tree_size", &size)?;
    }
    if let Some(proof) = &bundle.inclusion_proof {
        line("inclusion_proof", &format_args!("{} hashes", proof.len()))?;
    }
    if let Some(batch) = &bundle.batch {
        line("batch", &format_args!("subject {} of {}, {} hashes", batch.index, batch.size, batch.proof.len()))?;
    }
    if let Some(subject) = bundle.subject {
        print_subject(out, subject)?;
    }
    if let Some(disclosure) = bundle.disclosure {
        print_disclosure(out, disclosure)?;
    }
    if let Some(statement) = bundle.statement {
        print_statement(out, statement)?;
    }
    if let Some(status) = bundle.status {
        print_status(out, status)?;
    }
    if let Some(checkpoint) = bundle.checkpoint {
        print_note(out, "checkpoint", checkpoint, bundle.checkpoint_signature)?;
    }
    for later in &bundle.later {
        print_note(out, "later checkpoint", later.checkpoint, later.checkpoint_signature)?;
        writeln!(out, "  {:<20}  {} hashes", "consistency", later.proof.len())?;
    }
    Ok(())
}

fn print_subject(out: &mut dyn Write, encoded: &[u8]) -> io::Result<()> {
    let subject = match Subject::parse(encoded) {
        Ok(subject) => subject,
        Err(error) => return writeln!(out, "\nsubject: {error}"),
    };
    writeln!(out, "\nsubject, hash {}", Subject::hash(encoded))?;
    writeln!(out, "  {:<20}  {}", "kind", subject.kind.as_str())?;
    writeln!(out, "  {:<20}  {}", "document_hash", subject.document_hash)?;
    writeln!(out, "  {:<20}  {}", "sub", Shown(subject.sub))?;
    match subject.status {
        Some(status) => writeln!(out, "  {:<20}  index {} of {}", "status", status.index, Shown(status.uri)),
        None => writeln!(out, "  {:<20}  none", "status"),
    }
}

fn print_disclosure(out: &mut dyn Write, encoded: &[u8]) -> io::Result<()> {
    let disclosure = match Disclosure::parse(encoded) {
        Ok(disclosure) => disclosure,
        Err(error) => return writeln!(out, "\nclaims: {error}"),
    };
    let (shown, size) = (disclosure.claims().len(), disclosure.size());
    writeln!(out, "\nclaims, {shown} of {size} shown, the first {} always", disclosure.mandatory())?;
    for claim in disclosure.claims() {
        writeln!(out, "  {:>4}  {}: {}", claim.index, Shown(claim.name), Shown(claim.value))?;
    }
    Ok(())
}

fn print_status(out: &mut dyn Write, encoded: &[u8]) -> io::Result<()> {
    let parsed = BundledStatus::parse(encoded).and_then(|status| Ok((StatusToken::parse(status.token)?, status)));
    let (token, status) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return writeln!(out, "\nstatus: {error}"),
    };
    let claims = token.claims();
    writeln!(out, "\nstatus, proven into checkpoint {} at leaf {}", status.checkpoint, status.leaf_index)?;
    let mut line = |label: &str, value: &dyn std::fmt::Display| writeln!(out, "  {label:<20}  {value}");
    line("list", &Shown(claims.uri))?;
    line("kid", &KeyIdText(token.kid()))?;
    line("iat", &claims.issued_at)?;
    if let Some(expires) = claims.expires {
        line("exp", &expires)?;
    }
    line("bits", &claims.bits.get())
}

fn print_statement(out: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
    let statement = match Statement::parse(bytes) {
        Ok(statement) => statement,
        Err(error) => return writeln!(out, "\nstatement: {error}"),
    };
    let header = statement.header();
    writeln!(out, "\nstatement, {} bytes, leaf {}", bytes.len(), statement.leaf_hash())?;
    let mut line = |label: &str, value: &dyn std::fmt::Display| writeln!(out, "  {label:<20}  {value}");
    line("iss", &Shown(header.issuer))?;
    line("kid", &KeyIdText(header.kid))?;
    line("sub", &Shown(header.id))?;
    line("vct", &Shown(header.document_type))?;
    line("iat", &header.issued_at)?;
    if let Some(not_before) = header.not_before {
        line("nbf", &not_before)?;
    }
    if let Some(expires) = header.expires {
        line("exp", &expires)?;
    }
    line("n", &header.subjects)?;
    line("payload", &statement.payload())
}

fn print_note(out: &mut dyn Write, label: &str, text: &str, signatures: Option<&str>) -> io::Result<()> {
    writeln!(out, "\n{label}")?;
    for line in text.lines().chain([""]).chain(signatures.unwrap_or_default().lines()) {
        writeln!(out, "  {}", Shown(line))?;
    }
    Ok(())
}

/// RFC 8949 section 8 diagnostic notation, one item a line. A byte string that is itself CBOR is shown so.
fn print_value(out: &mut dyn Write, value: &Value, depth: usize) -> io::Result<()> {
    let indent = |out: &mut dyn Write, depth: usize| write!(out, "{:width$}", "", width = 2 * depth);
    match value {
        Value::Array(items) if !items.is_empty() => {
            writeln!(out, "[")?;
            for item in items {
                indent(out, depth + 1)?;
                print_value(out, item, depth + 1)?;
                writeln!(out, ",")?;
            }
            indent(out, depth)?;
            write!(out, "]")
        }
        Value::Map(pairs) if !pairs.is_empty() => {
            writeln!(out, "{{")?;
            for (key, value) in pairs {
                indent(out, depth + 1)?;
                print_value(out, key, depth + 1)?;
                write!(out, ": ")?;
                print_value(out, value, depth + 1)?;
                writeln!(out, ",")?;
            }
            indent(out, depth)?;
            write!(out, "}}")
        }
        Value::Tag(number, inner) => {
            write!(out, "{number}(")?;
            print_value(out, inner, depth)?;
            write!(out, ")")
        }
        Value::Bytes(bytes) => print_bytes(out, bytes, depth),
        Value::Text(text) => write!(out, "\"{}\"", Shown(text)),
        Value::Integer(number) => write!(out, "{}", i128::from(*number)),
        Value::Bool(truth) => write!(out, "{truth}"),
        Value::Null => write!(out, "null"),
        Value::Float(number) => write!(out, "{number:?}"),
        Value::Array(_) => write!(out, "[]"),
        Value::Map(_) => write!(out, "{{}}"),
        _ => write!(out, "?"),
    }
}

fn print_bytes(out: &mut dyn Write, bytes: &[u8], depth: usize) -> io::Result<()> {
    // One byte is nearly always CBOR too; only what has structure is worth opening.
    if bytes.len() > 2
        && depth < NESTED
        && check_deterministic(bytes).is_ok()
        && let Ok(inner @ (Value::Array(_) | Value::Map(_) | Value::Tag(..))) = ciborium::from_reader(bytes)
    {
        write!(out, "<< ")?;
        print_value(out, &inner, depth)?;
        return write!(out, " >>");
    }
    write!(out, "h'")?;
    bytes.iter().take(SHOWN_BYTES).try_for_each(|byte| write!(out, "{byte:02x}"))?;
    let rest = bytes.len().saturating_sub(SHOWN_BYTES);
    if rest > 0 { write!(out, "...' ({rest} more bytes)") } else { write!(out, "'") }
}

const SHOWN_BYTES: usize = 64;
/// Byte strings inside byte strings that are opened.
const NESTED: usize = 16;
