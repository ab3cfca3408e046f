//! `ct-node issue --to`: documents in a log that is reached over HTTP.
//!
//! The documents, their salts and the issuer's key stay on this machine; what is sent are statements. A run that was
//! interrupted is finished by the next one into the same folder.

use crate::addresses::urls;
use crate::args::{IssueArgs, RemoteArgs};
use crate::clock::clock;
use crate::interrupt;
use crate::issue::{Content as Given, bundle_names, document_type, examine_all, without_bundle};
use crate::output::{self, SHOWN, counted, line, word};
use crate::pending::{Content, Document, Pending};
use ct_core::{Code, Timestamp, TrustRoot};
use ct_keys::{KeyFile, Role};
use ct_node::bundle::{self, Attached};
use ct_node::client::{Client, Persistence};
use ct_node::envelope::RequestId;
use ct_node::{Draft, Entropy, Error, Result, Signed, create_bundle, gate, read_document, statement, trust};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) fn run(args: &IssueArgs) -> Result<()> {
    let RemoteArgs { key: Some(key), out: Some(out), .. } = &args.remote else {
        return Err(Error::new(Code::UsageArguments, "--to", "needs --key and --out", "see: ct-node issue --help"));
    };
    let now = args.repeatable.now()?;
    let mut entropy = args.repeatable.entropy()?;
    let issuer_key = KeyFile::read(key, Role::Issuer)?;
    let client_path = args.remote.client.clone().unwrap_or_else(|| key.with_file_name("client.pem"));
    let client_key = KeyFile::read(&client_path, Role::Client)?;
    fs::create_dir_all(out).map_err(|source| {
        Error::new(Code::IoWrite, word(out), format!("cannot be made: {source}"), "name another directory")
    })?;
    let at = now;
    let given = args.repeatable.at.is_some();
    let client_clock = Arc::new(move || if given { at } else { clock().unwrap_or(at) });
    let mut client = Client::new(&urls(&args.remote.to)?, Persistence::default(), client_clock, Entropy::from_os()?)?
        .until(interrupt::pressed);
    let trust = trust_root(&args.remote, &mut client)?;
    let issuer = trust::issuer_of(trust.trust(), &issuer_key)?.clone();
    let origin = trust::origin(trust.trust())?.to_owned();
    let document_type = document_type(args, &issuer.types)?;
    let bar = output::progress(args.files.len());
    let mut work = Work { client, origin, client_key, trust, out, args, bar };
    let finished = work.finish_earlier()?;
    let mut args = args.clone();
    args.files.retain(|file| !finished.contains(file));
    let args = &args;
    if args.files.is_empty() {
        work.bar.finish_and_clear();
        return line(format_args!("Issued and verified {}.", counted(finished.len())));
    }
    let names = bundle_names(args, out)?;
    let (drafts, contents) = examine_all(args, &document_type, now, &mut entropy)?;
    for draft in &drafts {
        gate::admit(work.trust.trust(), &issuer.id, &issuer_key.public(), draft, now)?;
    }
    let statements = sign(args, &issuer.id, &issuer_key, &drafts, now, &mut entropy)?;
    let mut documents = Vec::with_capacity(names.len());
    for ((file, bundle), content) in args.files.iter().zip(&names).zip(contents) {
        let content = match content {
            Given::File => Content::File,
            Given::Detached => Content::Detached,
            Given::Claims(claims) => Content::Claims(claims.disclosure()?.encode()),
        };
        documents.push(Document { file: file.clone(), bundle: bundle.clone(), content });
    }
    let issued = work.issue(&statements, documents);
    work.bar.finish_and_clear();
    issued?;
    if names.len() <= SHOWN {
        names.iter().try_for_each(|name| line(word(&out.join(name))))?;
    }
    line(format_args!("Issued and verified {} as {document_type}.", counted(args.files.len())))?;
    line("")?;
    line("Try next:")?;
    let trust = args.remote.trust.as_ref().map_or_else(|| "TRUST".to_owned(), |path| word(path));
    let beside = if args.detached { " --document FILE" } else { "" };
    line(format_args!("  ct verify --trust {trust}{beside} {}", word(out)))
}

struct Work<'a> {
    client: Client,
    origin: String,
    client_key: KeyFile,
    trust: TrustRoot,
    out: &'a Path,
    args: &'a IssueArgs,
    bar: indicatif::ProgressBar,
}

impl Work<'_> {
    /// Finishes what earlier runs left: their statements may be in the log.
    fn finish_earlier(&mut self) -> Result<Vec<PathBuf>> {
        let mut finished = Vec::new();
        for pending in Pending::left_in(self.out)? {
            output::end_with(self.finish(&pending)?)?;
            output::remark(format_args!("ct-node: finished {} of an earlier run", counted(pending.documents.len())));
            finished.extend(pending.documents.into_iter().map(|document| document.file));
        }
        Ok(finished)
    }

    /// Sends the statements in requests of a bounded size, and writes the bundles of one before the next is sent.
    fn issue(&mut self, statements: &[Signed], documents: Vec<Document>) -> Result<()> {
        let mut trouble = Vec::new();
        let mut documents = documents.into_iter();
        for part in requests(statements) {
            interrupt::check("the documents whose bundles are there have been issued, the others have not")?;
            let count = part.iter().map(|signed| signed.subjects.len()).sum();
            let pending = Pending {
                request_id: RequestId::random(&mut Entropy::from_os()?),
                statements: part.to_vec(),
                documents: documents.by_ref().take(count).collect(),
            };
            pending.write(self.out)?;
            trouble.extend(self.finish(&pending)?);
        }
        output::end_with(trouble)
    }

    /// Has a request recorded, whether or not it was sent before, and writes its bundles; what went wrong with some.
    fn finish(&mut self, pending: &Pending) -> Result<Vec<Error>> {
        let bytes: Vec<&[u8]> = pending.statements.iter().map(|signed| signed.statement.as_slice()).collect();
        let receipt = match self.client.submit_as(pending.request_id, &self.origin, &self.client_key, &bytes) {
            Ok(receipt) => receipt,
            Err(error) => {
                if !may_be_recorded(error.code()) {
                    pending.remove(self.out)?;
                    return Err(error);
                }
                return Err(unfinished(&error));
            }
        };
        let evidence = self.client.bundles(&receipt).map_err(|error| unfinished(&error))?;
        let mut trouble = Vec::new();
        let mut documents = pending.documents.iter();
        for (signed, evidence) in pending.statements.iter().zip(&evidence) {
            for (position, document) in (0..signed.subjects.len()).zip(documents.by_ref()) {
                if let Err(error) = self.write(signed, position, evidence, document) {
                    trouble.push(without_bundle(&document.file, &error));
                }
                self.bar.inc(1);
            }
        }
        pending.remove(self.out)?;
        Ok(trouble)
    }

    fn write(&self, signed: &Signed, position: usize, evidence: &[u8], document: &Document) -> Result<()> {
        let path = self.out.join(&document.bundle);
        if path.exists() {
            // From before the run was interrupted.
            return Ok(());
        }
        let attach = |attached| bundle::complete(evidence, signed, position, attached);
        let bytes = match &document.content {
            Content::File => {
                attach(Attached { document: Some(&read_document(&document.file)?), ..Attached::default() })?
            }
            Content::Detached => attach(Attached::default())?,
            Content::Claims(disclosure) => attach(Attached { disclosure: Some(disclosure), ..Attached::default() })?,
        };
        bundle::check(&bytes, &self.trust, self.args.repeatable.now()?)?;
        create_bundle(&path, &bytes)
    }
}

fn unfinished(error: &Error) -> Error {
    let next =
        "issue the same documents into the same folder again: what was sent is finished, and nothing is done twice";
    Error::new(error.code(), error.place(), error.what(), next)
}

/// Whether a request that ended so may be in the log all the same, by this attempt or by one of an earlier run.
const fn may_be_recorded(code: Code) -> bool {
    matches!(
        code,
        Code::UnknownOutcome
            | Code::IoNetwork
            | Code::LimitInFlight
            | Code::UnknownLog
            | Code::NotLeaderNode
            | Code::IncompleteNode
            | Code::Interrupted
    )
}

/// Statements in order, in parts that one request can carry.
fn requests(statements: &[Signed]) -> Vec<&[Signed]> {
    let mut parts = Vec::new();
    let mut rest = statements;
    while !rest.is_empty() {
        let mut bytes = 0_usize;
        let fits = |signed: &&Signed| {
            bytes = bytes.saturating_add(signed.statement.len()).saturating_add(8);
            bytes <= REQUEST_BYTES
        };
        let count = rest.iter().take(REQUEST_STATEMENTS).take_while(fits).count().max(1);
        let (part, after) = rest.split_at(count.min(rest.len()));
        parts.push(part);
        rest = after;
    }
    parts
}

fn sign(
    args: &IssueArgs,
    issuer: &str,
    key: &KeyFile,
    drafts: &[Draft],
    now: Timestamp,
    entropy: &mut Entropy,
) -> Result<Vec<Signed>> {
    if args.batch {
        return Ok(vec![statement::documents(issuer, key, drafts, now, entropy)?]);
    }
    drafts.iter().map(|draft| statement::document(issuer, key, draft, now, entropy)).collect()
}

/// The trust root that the user names, else the one that the log gives, and then this is said.
fn trust_root(args: &RemoteArgs, client: &mut Client) -> Result<TrustRoot> {
    match &args.trust {
        Some(path) => trust::read(path),
        None => {
            output::remark(
                "ct-node: checked with the trust root that the log itself gives; to choose it: --trust FILE",
            );
            client.trust()
        }
    }
}

const REQUEST_STATEMENTS: usize = 256;
const REQUEST_BYTES: usize = 512 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    // R18.6, R12.4: what an earlier run may have recorded is forgotten only when the log itself has refused it.
    #[test]
    fn a_log_without_a_leader_is_no_refusal() {
        for code in [Code::NotLeaderNode, Code::IncompleteNode, Code::UnknownOutcome, Code::IoNetwork] {
            assert!(may_be_recorded(code), "{code}");
        }
        for code in [Code::UnknownClient, Code::TamperedEnvelope, Code::ConflictStatement, Code::UnknownDocumentType] {
            assert!(!may_be_recorded(code), "{code}");
        }
    }
}
