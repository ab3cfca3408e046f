//! The verdict, as facts and as canonical JSON. Format: `specs/report.cddl`.

use crate::c2sp::Checkpoint;
use crate::claims::Disclosure;
use crate::code::Code;
use crate::error::Error;
use crate::hash::Hash;
use crate::json::{Json, Object};
use crate::merkle::{LeafIndex, TreeSize};
use crate::statement::StatementHeader;
use crate::subject::SubjectKind;
use crate::time::Timestamp;
use crate::trust::Issuer;
use crate::verify::{Mode, Request, StepName, StepResult, overall, unread};
use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// Where the time of verification comes from. A verdict is repeatable when the time is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtSource {
    /// The caller named it.
    Given,
    /// The machine's clock.
    Clock,
}

impl AtSource {
    /// The source's stable text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Clock => "clock",
        }
    }
}

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    code: Code,
    mode: Mode,
    at: Timestamp,
    at_source: AtSource,
    steps: [StepResult; 12],
    facts: Facts,
}

/// What the steps established. A fact is there only if its step is ok; `document_hash` alone says merely which document
/// the report is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Which document the bundle is about.
    pub document_hash: Option<Hash>,
    /// The trust root that was used.
    pub trust: Option<TrustFact>,
    /// The claims shown, if the document is made of claims.
    pub claims: Option<ClaimsFact>,
    /// What was said about the document.
    pub subject: Option<SubjectFact>,
    /// Who issued it, and the statement.
    pub issued: Option<IssuedFact>,
    /// The log and the anchor.
    pub log: Option<LogFact>,
    /// When the witness quorum had seen the anchor.
    pub anchored_at: Option<Timestamp>,
    /// How new the newest evidence is.
    pub fresh_at: Option<Timestamp>,
    /// Trusted witnesses of the anchor, with the time each states.
    pub witnesses: Vec<(String, Timestamp)>,
    /// Where the statement is in the log.
    pub leaf_index: Option<LeafIndex>,
    /// When the status list was made, if the document has a status.
    pub status_as_of: Option<Timestamp>,
}

/// The claims of a document that are shown, and how many are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimsFact {
    /// Position, name and value of each claim that is shown.
    pub shown: Vec<(u64, String, String)>,
    /// How many claims, from the first, are always shown.
    pub mandatory: u64,
    /// How many claims the document has.
    pub size: u64,
}

/// The trust root that was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustFact {
    /// What people call it.
    pub name: String,
    /// Its number.
    pub version: u32,
    /// SHA-256 of the file.
    pub hash: Hash,
    /// Its keys are public: it proves nothing.
    pub example: bool,
}

/// What was said about the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectFact {
    /// By which it is named.
    pub hash: Hash,
    /// A file or claims.
    pub kind: SubjectKind,
    /// Whom or what it is about, in the issuer's words.
    pub sub: String,
}

/// Who issued, and the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedFact {
    /// The issuer's ID.
    pub issuer: String,
    /// What the trust root calls it.
    pub issuer_name: String,
    /// The key that signed.
    pub kid: Vec<u8>,
    /// The statement's ID.
    pub statement: String,
    /// The request ID.
    pub request_id: Vec<u8>,
    /// When the issuer says it was issued.
    pub issued_at: Timestamp,
    /// Not valid before.
    pub not_before: Option<Timestamp>,
    /// Not valid at or after.
    pub expires: Option<Timestamp>,
    /// The document type.
    pub document_type: String,
    /// How many documents the statement covers.
    pub subjects: u64,
}

/// The log and the anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFact {
    /// The log's origin.
    pub origin: String,
    /// The anchor's tree size.
    pub tree_size: TreeSize,
    /// The anchor's root.
    pub root: Hash,
}

impl ClaimsFact {
    pub(crate) fn new(disclosure: &Disclosure<'_>) -> Self {
        let shown = disclosure.claims().iter();
        Self {
            shown: shown.map(|claim| (claim.index, claim.name.to_owned(), claim.value.to_owned())).collect(),
            mandatory: disclosure.mandatory(),
            size: disclosure.size(),
        }
    }

    /// How many claims are withheld.
    #[must_use]
    pub fn withheld(&self) -> u64 {
        self.size.saturating_sub(u64::try_from(self.shown.len()).unwrap_or(u64::MAX))
    }
}

impl IssuedFact {
    pub(crate) fn new(issuer: &Issuer, header: &StatementHeader<'_>) -> Self {
        Self {
            issuer: issuer.id.clone(),
            issuer_name: issuer.name.clone(),
            kid: header.kid.to_owned(),
            statement: header.id.to_owned(),
            request_id: header.request_id.to_owned(),
            issued_at: header.issued_at,
            not_before: header.not_before,
            expires: header.expires,
            document_type: header.document_type.to_owned(),
            subjects: header.subjects,
        }
    }
}

impl LogFact {
    pub(crate) fn new(checkpoint: &Checkpoint) -> Self {
        let origin = checkpoint.origin().as_str().to_owned();
        Self { origin, tree_size: checkpoint.size(), root: checkpoint.root() }
    }
}

impl Report {
    pub(crate) fn new(request: &Request<'_>, steps: [StepResult; 12], facts: Facts) -> Self {
        let Request { mode, at, at_source, .. } = *request;
        Self { code: overall(&steps), mode, at, at_source, steps, facts }
    }

    /// The report on a bundle that could not even be read, or was refused by its size: step 1 failed with `why`.
    #[must_use]
    pub fn unread(why: Error, mode: Mode, at: Timestamp, at_source: AtSource) -> Self {
        let steps = unread(why);
        Self { code: overall(&steps), mode, at, at_source, steps, facts: Facts::default() }
    }

    /// The verdict's code; [`Code::Ok`] alone means verified.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// Whether the bundle is verified: every step ok, or skipped because the caller chose so.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.code == Code::Ok
    }

    /// `verified` or `unverified`, never softer.
    #[must_use]
    pub fn status(&self) -> &'static str {
        if self.is_verified() { "verified" } else { "unverified" }
    }

    /// The time policy that was asked for.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// The time of verification.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// Where that time came from.
    #[must_use]
    pub const fn at_source(&self) -> AtSource {
        self.at_source
    }

    /// Each step with its result.
    pub fn steps(&self) -> impl Iterator<Item = (StepName, StepResult)> {
        StepName::ALL.into_iter().zip(self.steps)
    }

    /// What the steps established.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The report's one text: canonical JSON, without a final line end.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.write_json(None)
    }

    /// The same, with where the bundle came from as member `source`, for lists of reports.
    #[must_use]
    pub fn to_json_with_source(&self, source: &str) -> String {
        self.write_json(Some(source))
    }

    fn write_json(&self, source: Option<&str>) -> String {
        let facts = &self.facts;
        Json::object(|o| {
            o.optional("anchored_at", facts.anchored_at);
            o.text("at", self.at);
            o.text("at_source", self.at_source.as_str());
            o.object("claims", facts.claims.as_ref(), |o, claims| {
                o.text("mandatory", claims.mandatory);
                o.array("shown", &claims.shown, |o, (index, name, value)| {
                    o.text("index", index);
                    o.text("name", name);
                    o.text("value", value);
                });
                o.text("size", claims.size);
                o.text("withheld", claims.withheld());
            });
            o.text("class", self.code.class());
            o.text("code", self.code);
            o.optional("document_hash", facts.document_hash.map(Digest));
            o.optional("fresh_at", facts.fresh_at);
            o.object("issuer", facts.issued.as_ref(), |o, issued| {
                o.text("id", &issued.issuer);
                o.text("kid", KeyIdText(&issued.kid));
                o.text("name", &issued.issuer_name);
            });
            o.text("kind", "civictrust.report");
            o.optional("leaf_index", facts.leaf_index.map(LeafIndex::get));
            o.object("log", facts.log.as_ref(), |o, log| {
                o.text("origin", &log.origin);
                o.text("root", Digest(log.root));
                o.text("tree_size", log.tree_size.get());
            });
            o.text("mode", self.mode.as_str());
            if let Some(source) = source {
                o.text("source", source);
            }
            o.object("statement", facts.issued.as_ref(), statement);
            o.text("status", self.status());
            o.optional("status_as_of", facts.status_as_of);
            o.array("steps", self.steps(), |o, (name, result)| step(o, name, result));
            o.object("subject", facts.subject.as_ref(), |o, subject| {
                o.text("hash", Digest(subject.hash));
                o.text("kind", subject.kind.as_str());
                o.text("sub", &subject.sub);
            });
            o.object("trust", facts.trust.as_ref(), |o, trust| {
                o.truth("example", trust.example);
                o.text("hash", Digest(trust.hash));
                o.text("name", &trust.name);
                o.text("version", trust.version);
            });
            o.literal("version", "1");
            o.array("witnesses", &facts.witnesses, |o, (name, time)| {
                o.text("name", name);
                o.text("time", time);
            });
        })
    }
}

fn statement(o: &mut Object<'_>, issued: &IssuedFact) {
    o.optional("expires", issued.expires);
    o.text("id", &issued.statement);
    o.text("issued_at", issued.issued_at);
    o.optional("not_before", issued.not_before);
    o.text("request_id", Hex(&issued.request_id));
    o.text("subjects", issued.subjects);
    o.text("type", &issued.document_type);
}

fn step(o: &mut Object<'_>, name: StepName, result: StepResult) {
    match result {
        StepResult::Ok => {
            o.text("name", name.as_str());
            o.text("result", "ok");
        }
        StepResult::Failed(error) => {
            o.optional("at", error.offset());
            o.text("code", error.code());
            o.text("field", error.field());
            o.text("name", name.as_str());
            o.text("result", "failed");
        }
        StepResult::Skipped(why) => {
            o.text("name", name.as_str());
            o.text("result", "skipped");
            o.text("why", why.as_str());
        }
    }
}

struct Digest(Hash);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.0)
    }
}

struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A key ID as people know it: its text if it is printable ASCII, else `hex:` and its bytes.
#[derive(Clone, Copy, Debug)]
pub struct KeyIdText<'a>(pub &'a [u8]);

impl fmt::Display for KeyIdText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match core::str::from_utf8(self.0) {
            Ok(text) if text.bytes().all(|byte| byte.is_ascii_graphic()) && !text.starts_with("hex:") => {
                f.write_str(text)
            }
            _ => write!(f, "hex:{}", Hex(self.0)),
        }
    }
}

impl fmt::Display for Report {
    /// The machine-readable first line of `ct verify`, without a line end. Absent fields are `-`, values are
    /// percent-encoded.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (log, index) = (self.facts.log.as_ref(), self.facts.leaf_index);
        let document = self.facts.document_hash.map_or_else(|| "-".to_owned(), |hash| Digest(hash).to_string());
        let log = log.map_or_else(|| "-".to_owned(), |log| percent_encoded(&log.origin));
        let index = index.map_or_else(|| "-".to_owned(), |index| index.get().to_string());
        let (status, code, mode, at) = (self.status(), self.code, self.mode.as_str(), self.at);
        write!(f, "ct1 {status} code={code} mode={mode} at={at} doc={document} log={log} index={index}")
    }
}

/// Percent-encodes a value for the machine-readable line: RFC 3986 unreserved characters, `/` and `:` stand for
/// themselves.
#[must_use]
pub fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b':' => {
                encoded.push(char::from(byte));
            }
            _ => {
                let _ = fmt::Write::write_fmt(&mut encoded, format_args!("%{byte:02X}"));
            }
        }
    }
    encoded
}
