//! `ct log`: notes in an evidence log, and a look at what is in it.

use crate::clock;
use crate::evidence_log::{EvidenceLog, patience, refused};
use crate::failure::Failure;
use crate::log_filter::{Filter, SearchArgs};
use crate::output;
use crate::sandbox::Rights;
use crate::text::{Shown, shown};
use clap::{Args as ClapArgs, Subcommand};
use ct_core::limits::MAX_RECORD_BYTES;
use ct_core::{Code, Hash};
use ct_journal::{Reader, Record, RecordType};
use serde_json::Value;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct log append desk.log Inspected the archive
  ct log read desk.log --last 20
  ct log search desk.log --code tampered.document
  ct log check desk.log")]
pub(crate) struct LogArgs {
    #[command(subcommand)]
    command: LogCommand,
}

#[derive(Subcommand)]
enum LogCommand {
    /// Append a note; the log is begun if it is not there.
    Append(AppendArgs),
    /// Show the records of a log, checking its chain on the way.
    Read(ReadArgs),
    /// Show the records that match.
    Search(SearchArgs),
    /// Check the chain of a log from its first record to its last, and print its head.
    Check(CheckArgs),
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct log append desk.log Inspected the archive
  ct log append desk.log --type handover 'Keys given to the night desk'
  ct log append desk.log -- --trust was asked for
  dmesg | tail | ct log append desk.log -

Prints the number of the record and the head of the log. Write the head down elsewhere: `ct log check --head` shows by \
it that no record was removed. Several programs may append to one log at once.")]
struct AppendArgs {
    /// The log.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What to record: the words are joined by spaces. - is standard input, less one line break at its end.
    // Only numbers may begin with a hyphen: a misspelt option must not become a part of the record.
    #[arg(required = true, value_name = "TEXT", allow_negative_numbers = true)]
    text: Vec<String>,
    /// What kind of record: a letter a-z, then a-z, 0-9 and _.
    #[arg(long = "type", value_name = "NAME", default_value = "note")]
    record_type: String,
    /// The time of the record, like 2026-11-20T08:00:00Z, instead of now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct log read desk.log
  ct log read desk.log --last 20
  ct log read desk.log --from 100 --json

If the log is damaged, the records before the damage are shown, and the exit status is that of the damage.")]
struct ReadArgs {
    /// The log.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Begin with the record of this number.
    #[arg(long, value_name = "SEQ", default_value = "0")]
    from: u64,
    /// Show the last N records only.
    #[arg(long, value_name = "N", conflicts_with = "from")]
    last: Option<u64>,
    /// Print the records as they stand in the log, one JSON object a line.
    #[arg(long)]
    json: bool,
}

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct log check desk.log
  ct log check desk.log --head HASH

Prints the number of records and the head. With --head, the log must hold the record that was its last one when that \
head was written down; records that came later are no fault.")]
struct CheckArgs {
    /// The log.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A head that was printed before.
    #[arg(long, value_name = "HASH")]
    head: Option<String>,
}

impl LogArgs {
    /// What the command has to touch.
    pub(crate) fn rights(&self) -> Rights {
        match &self.command {
            LogCommand::Append(args) => Rights::none().make(&args.file),
            LogCommand::Read(args) => Rights::none().read(&args.file),
            LogCommand::Search(args) => Rights::none().read(&args.file),
            LogCommand::Check(args) => Rights::none().read(&args.file),
        }
    }
}

pub(crate) fn run(args: &LogArgs) -> Result<Code, Failure> {
    match &args.command {
        LogCommand::Append(args) => append(args),
        LogCommand::Read(args) => read(args),
        LogCommand::Search(args) => search(args),
        LogCommand::Check(args) => check(args),
    }
}

fn append(args: &AppendArgs) -> Result<Code, Failure> {
    let (time, _) = clock::verification_time(args.at.as_deref())?;
    let misnamed =
        |error: ct_journal::Error| Failure::new(Code::UsageArguments, format!("--type {}: {error}", args.record_type));
    let record_type = RecordType::parse(&args.record_type).map_err(misnamed)?;
    let text = match args.text.as_slice() {
        [dash] if dash == "-" => text_of_stdin()?,
        words => words.join(" "),
    };
    let appended = EvidenceLog::open(&args.file)?.append(time, record_type, [("text", text)])?;
    output::print(|out| writeln!(out, "seq={} head=sha256:{}", appended.seq, appended.hash))?;
    Ok(Code::Ok)
}

/// Reads no more than one byte beyond what any record can hold.
fn text_of_stdin() -> Result<String, Failure> {
    let limit = u64::try_from(MAX_RECORD_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut text = Vec::new();
    let read = io::stdin().lock().take(limit).read_to_end(&mut text);
    read.map_err(|error| Failure::reading(Path::new("-"), &error))?;
    if text.len() > MAX_RECORD_BYTES {
        let what = format!("standard input is longer than the {MAX_RECORD_BYTES} bytes of a record; record its hash");
        return Err(Failure::new(Code::LimitRecordSize, what));
    }
    let text = text.strip_suffix(b"\n").unwrap_or(&text).to_vec();
    String::from_utf8(text).map_err(|_| Failure::new(Code::MalformedUtf8, "standard input is not a UTF-8 text"))
}

fn read(args: &ReadArgs) -> Result<Code, Failure> {
    let form = if args.json { Form::Json } else { Form::Line };
    let Some(last) = args.last else {
        return list(&args.file, form, |record| record.seq() >= args.from);
    };
    // Two passes hold one record; keeping the last N would hold N.
    let mut reader = open(&args.file)?;
    let _fault = reader.by_ref().find_map(Result::err);
    let from = reader.records().saturating_sub(last);
    list(&args.file, form, |record| record.seq() >= from)
}

fn search(args: &SearchArgs) -> Result<Code, Failure> {
    let filter = Filter::of(args)?;
    list(&args.file, if args.json { Form::Json } else { Form::Line }, |record| filter.matches(record))
}

fn check(args: &CheckArgs) -> Result<Code, Failure> {
    let wanted = args.head.as_deref().map(|text| hash_of_argument("--head", text)).transpose()?;
    let mut reader = open(&args.file)?;
    let mut found = None;
    for record in reader.by_ref() {
        let record = record.map_err(|error| refused(&args.file, &error))?;
        if Some(record.hash()) == wanted {
            found = Some(record.seq());
        }
    }
    let records = reader.records();
    if let (Some(wanted), None) = (wanted, found) {
        let what = format!(
            "{}: none of its {records} records has the hash sha256:{wanted}: records were cut off its end, or it is \
             another log; compare it with a copy",
            shown(&args.file)
        );
        return Err(Failure::new(Code::TamperedEvidenceLog, what));
    }
    let head = if records == 0 { "-".to_owned() } else { format!("sha256:{}", reader.head()) };
    output::print(|out| writeln!(out, "records={records} head={head}"))?;
    Ok(Code::Ok)
}

/// A hash on the command line, with or without `sha256:`.
pub(crate) fn hash_of_argument(name: &str, text: &str) -> Result<Hash, Failure> {
    Hash::from_hex(text.strip_prefix("sha256:").unwrap_or(text)).map_err(|_| {
        let what = format!("{name} {}: give a SHA-256 as 64 digits 0-9 and a-f", Shown(text));
        Failure::new(Code::UsageArguments, what)
    })
}

fn open(path: &Path) -> Result<Reader<impl Read>, Failure> {
    Reader::open_with(path, &patience(path)).map_err(|error| refused(path, &error))
}

/// How records are shown.
#[derive(Clone, Copy)]
enum Form {
    Line,
    Json,
}

/// Shows the records that `wanted` accepts, up to the first fault of the log, which is the failure.
fn list(path: &Path, form: Form, wanted: impl Fn(&Record) -> bool) -> Result<Code, Failure> {
    let mut reader = open(path)?;
    let mut fault = None;
    let mut count = 0_u64;
    // Nothing may be filtered out of a record; what is for people is escaped already.
    output::print_data(|out| {
        let mut out = BufWriter::new(out);
        for record in reader.by_ref() {
            match record {
                Ok(record) if wanted(&record) => {
                    count = count.saturating_add(1);
                    match form {
                        Form::Json => out.write_all(record.line().as_bytes())?,
                        Form::Line => writeln!(out, "{}", line(&record))?,
                    }
                }
                Ok(_) => {}
                Err(error) => fault = Some(error),
            }
        }
        out.flush()
    })?;
    if let Some(fault) = fault {
        return Err(refused(path, &fault));
    }
    if count == 0 {
        output::remark(&format!("{}: none of its {} records matches", shown(path), reader.records()));
    }
    Ok(Code::Ok)
}

/// One line for people: number, time, type, and what matters most of the body.
fn line(record: &Record) -> String {
    let member = |(name, value): (&String, &Value)| value.as_str().map(|text| format!("{name}={text}"));
    let body = record.body();
    let leading = || LEADING.iter().filter_map(|name| body.get_key_value(*name)).filter_map(member).collect();
    let summary: Vec<String> = match body.get("text").and_then(Value::as_str) {
        Some(text) => vec![text.to_owned()],
        None if LEADING.iter().any(|name| body.contains_key(*name)) => leading(),
        None => body.iter().filter_map(member).collect(),
    };
    let summary = summary.join(" ");
    let short: String = summary.chars().take(SHORT).collect();
    let cut = if short.len() < summary.len() { "..." } else { "" };
    let (seq, time, name) = (record.seq(), record.time(), record.record_type().as_str());
    format!("{seq:>6}  {time}  {name:<8}  {}{cut}", Shown(&short))
}

/// What a verdict and an audit are known by.
const LEADING: [&str; 4] = ["code", "source", "directory", "document_hash"];

/// Characters of a summary.
const SHORT: usize = 200;
