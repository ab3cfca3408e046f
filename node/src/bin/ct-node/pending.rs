//! Requests that were sent and whose bundles are not all written yet, in files beside the bundles.
//!
//! A statement that is in the log without its salt and its bundle would be of use to nobody, and issuing the document once
//! more would put it into the log twice. So everything that a bundle needs is on disk before the request is sent.
//!
//! Lines of JSON: the request, then each statement, followed by its documents.

use ct_core::limits::{MAX_CLAIM_BYTES, MAX_CLAIMS, MAX_ENTRY_BYTES, MAX_SUBJECT_BYTES};
use ct_core::{Code, Hash, base64};
use ct_node::envelope::RequestId;
use ct_node::{Described, Error, Result, Signed, Subjects};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A request with everything that its bundles need.
pub(crate) struct Pending {
    pub(crate) request_id: RequestId,
    pub(crate) statements: Vec<Signed>,
    /// Of all statements, in order.
    pub(crate) documents: Vec<Document>,
}

/// A document, where its bundle goes, and what is to be in it.
#[derive(Clone)]
pub(crate) struct Document {
    pub(crate) file: PathBuf,
    pub(crate) bundle: String,
    pub(crate) content: Content,
}

/// What goes into a bundle beside the evidence.
#[derive(Clone)]
pub(crate) enum Content {
    /// The file as it is when the bundle is made.
    File,
    /// Nothing.
    Detached,
    /// The encoded disclosure of claims.
    Claims(Vec<u8>),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Line {
    Request(String),
    Statement(String),
    Document {
        file: PathBuf,
        bundle: String,
        hash: String,
        subject: String,
        detached: bool,
        disclosure: Option<String>,
    },
}

impl Pending {
    /// Writes it into the folder of the bundles, for its owner's eyes only, on disk when this returns.
    pub(crate) fn write(&self, out: &Path) -> Result<()> {
        let path = self.path(out);
        let write = || {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
            let mut text = line(&Line::Request(self.request_id.to_string()))?;
            let mut documents = self.documents.iter();
            for signed in &self.statements {
                text.push_str(&line(&Line::Statement(base64::encode(&signed.statement)))?);
                for (described, document) in signed.subjects.list().iter().zip(documents.by_ref()) {
                    text.push_str(&line(&Line::Document {
                        file: document.file.clone(),
                        bundle: document.bundle.clone(),
                        hash: base64::encode(described.document_hash.as_bytes()),
                        subject: base64::encode(&described.subject),
                        detached: matches!(document.content, Content::Detached),
                        disclosure: match &document.content {
                            Content::Claims(bytes) => Some(base64::encode(bytes)),
                            Content::File | Content::Detached => None,
                        },
                    })?);
                }
            }
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            File::open(out)?.sync_all()
        };
        write().map_err(|source: io::Error| trouble(&path, &source))
    }

    /// It is finished, or nothing of it was recorded.
    pub(crate) fn remove(&self, out: &Path) -> Result<()> {
        let path = self.path(out);
        fs::remove_file(&path).map_err(|source| trouble(&path, &source))
    }

    /// What earlier runs left in this folder.
    pub(crate) fn left_in(out: &Path) -> Result<Vec<Self>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(out).map_err(|source| trouble(out, &source))? {
            let path = entry.map_err(|source| trouble(out, &source))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.starts_with(PREFIX) && name.ends_with(SUFFIX) {
                names.push(path);
            }
        }
        names.sort();
        names.iter().map(|path| Self::read(path)).collect()
    }

    fn read(path: &Path) -> Result<Self> {
        let damaged = || {
            let what = "is not what an earlier run wrote";
            let next = "keep it: it holds what belongs to statements that may be in the log; and use another --out";
            Error::new(Code::MalformedField, path.display(), what, next)
        };
        let file = BufReader::new(File::open(path).map_err(|source| trouble(path, &source))?);
        let (mut request_id, mut statements, mut documents) = (None, Vec::new(), Vec::new());
        let mut open: Option<(Vec<u8>, Vec<Described>)> = None;
        let close = |open: Option<(Vec<u8>, Vec<Described>)>, statements: &mut Vec<Signed>| {
            let Some((statement, described)) = open else { return Ok(()) };
            statements.push(Signed { subjects: Subjects::new(described)?, statement });
            Ok::<(), Error>(())
        };
        for text in file.lines() {
            let text = text.map_err(|source| trouble(path, &source))?;
            match serde_json::from_str(&text).map_err(|_| damaged())? {
                Line::Request(id) if request_id.is_none() => request_id = Some(RequestId::from_hex(&id)?),
                Line::Statement(bytes) => {
                    let bytes = base64::decode(&bytes, MAX_ENTRY_BYTES)?;
                    close(open.replace((bytes, Vec::new())), &mut statements)?;
                }
                Line::Document { file, bundle, hash, subject, detached, disclosure } => {
                    let (_, described) = open.as_mut().ok_or_else(damaged)?;
                    let hash = base64::decode(&hash, Hash::LEN)?.try_into().map_err(|_| damaged())?;
                    let subject = base64::decode(&subject, MAX_SUBJECT_BYTES)?;
                    described.push(Described { document_hash: Hash::new(hash), subject });
                    let content = match disclosure {
                        Some(text) => {
                            Content::Claims(base64::decode(&text, MAX_CLAIMS.saturating_mul(2 * MAX_CLAIM_BYTES))?)
                        }
                        None if detached => Content::Detached,
                        None => Content::File,
                    };
                    documents.push(Document { file, bundle, content });
                }
                Line::Request(_) => return Err(damaged()),
            }
        }
        close(open, &mut statements)?;
        Ok(Self { request_id: request_id.ok_or_else(damaged)?, statements, documents })
    }

    fn path(&self, out: &Path) -> PathBuf {
        out.join(format!("{PREFIX}{}{SUFFIX}", self.request_id))
    }
}

fn line(line: &Line) -> io::Result<String> {
    Ok(serde_json::to_string(line)? + "\n")
}

fn trouble(path: &Path, source: &io::Error) -> Error {
    Error::new(Code::IoWrite, path.display(), format!("cannot be used: {source}"), "check the disk and the permissions")
}

const PREFIX: &str = ".pending-";
const SUFFIX: &str = ".jsonl";
