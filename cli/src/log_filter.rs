//! Which records `ct log search` shows.

use crate::failure::Failure;
use crate::log::hash_of_argument;
use crate::text::Shown;
use clap::Args as ClapArgs;
use ct_core::{Code, Timestamp};
use ct_journal::{Record, RecordType};
use serde_json::Value;
use std::path::PathBuf;

#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  ct log search desk.log archive
  ct log search desk.log --code tampered.document --since 2026-11-01T00:00:00Z
  ct log search desk.log --type verdict --json

A record must match everything that is asked for. Finding nothing is no failure: the exit status is 0.")]
pub(crate) struct SearchArgs {
    /// The log.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// A part of any text in the record, in upper or lower case.
    #[arg(value_name = "TEXT")]
    text: Option<String>,
    /// Records of this type.
    #[arg(long = "type", value_name = "NAME")]
    record_type: Option<String>,
    /// Records with this code, like tampered.document.
    #[arg(long)]
    code: Option<String>,
    /// Records about the document with this SHA-256.
    #[arg(long, value_name = "SHA256")]
    document: Option<String>,
    /// Records of this time or later.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Records of this time or earlier.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Print the records as they stand in the log, one JSON object a line.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What a record must be to be shown.
pub(crate) struct Filter {
    text: Option<String>,
    record_type: Option<RecordType>,
    code: Option<String>,
    document: Option<String>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Filter {
    pub(crate) fn of(args: &SearchArgs) -> Result<Self, Failure> {
        let misnamed = |error: ct_journal::Error| Failure::new(Code::UsageArguments, format!("--type: {error}"));
        let document = args.document.as_deref().map(|text| hash_of_argument("--document", text)).transpose()?;
        Ok(Self {
            text: args.text.as_ref().map(|text| text.to_lowercase()),
            record_type: args.record_type.as_deref().map(RecordType::parse).transpose().map_err(misnamed)?,
            code: args.code.clone(),
            document: document.map(|hash| hash.to_string()),
            since: args.since.as_deref().map(|text| time("--since", text)).transpose()?,
            until: args.until.as_deref().map(|text| time("--until", text)).transpose()?,
        })
    }

    pub(crate) fn matches(&self, record: &Record) -> bool {
        let member = |name: &str| record.body().get(name).and_then(Value::as_str);
        let document = || member("document_hash").map(|hash| hash.strip_prefix("sha256:").unwrap_or(hash));
        self.record_type.as_ref().is_none_or(|wanted| wanted == record.record_type())
            && self.code.as_deref().is_none_or(|wanted| member("code") == Some(wanted))
            && self.document.as_deref().is_none_or(|wanted| document() == Some(wanted))
            && self.since.is_none_or(|since| record.time() >= since)
            && self.until.is_none_or(|until| record.time() <= until)
            && self.text.as_deref().is_none_or(|wanted| record.body().values().any(|value| contains(value, wanted)))
    }
}

fn contains(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text.to_lowercase().contains(wanted),
        Value::Array(items) => items.iter().any(|item| contains(item, wanted)),
        Value::Object(members) => members.values().any(|member| contains(member, wanted)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn time(name: &str, text: &str) -> Result<Timestamp, Failure> {
    Timestamp::parse(text).map_err(|_| {
        let what = format!("{name} {}: write a time in UTC like 2026-11-20T08:00:00Z", Shown(text));
        Failure::new(Code::UsageTime, what)
    })
}
