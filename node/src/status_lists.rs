//! An issuer's status lists: which indices are used, and what each says. Format of tokens: [`ct_core::status_list`].
//!
//! Each list is one private file, `DIR/state/status-1` and so on, replaced whole and on disk before anything that
//! follows from it leaves this module: an index that was given out is never given out again, and a token is never older
//! than one before it. Whoever restores an older copy of these files breaks the first promise: keep them with the log.

use crate::durable;
use crate::entropy::Entropy;
use crate::error::{Error, Result, shown};
use crate::statement::{self, StatusEntry};
use ct_core::cbor::{Reader, Writer};
use ct_core::limits::{MAX_STATUS_LIST_BYTES, MAX_STATUS_TOKEN_BYTES, MAX_TEXT_BYTES};
use ct_core::status_list::{Status, StatusBits, StatusClaims};
use ct_core::{Code, Seconds, Timestamp};
use ct_keys::KeyFile;
use ed25519_dalek::Signer;
use miniz_oxide::deflate::compress_to_vec_zlib;
use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// All status lists of one issuer.
#[derive(Debug)]
pub struct StatusLists {
    state: PathBuf,
    key: KeyFile,
    prefix: String,
    lists: Vec<List>,
}

/// What is to happen to a document's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Not valid any more, for ever.
    Revoke,
    /// Not valid for the time being.
    Suspend,
    /// Valid again after a suspension.
    Reinstate,
}

/// A signed list with its log entry, not yet in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedList {
    /// The list's URI.
    pub uri: String,
    /// The token.
    pub token: Vec<u8>,
    /// The statement by which the log records it.
    pub statement: Vec<u8>,
}

#[derive(Clone, Debug)]
struct List {
    uri: String,
    /// One bit for each index.
    used: Vec<u8>,
    /// Two bits for each index, as the token has them.
    statuses: Vec<u8>,
    /// Of the newest token, if there was one.
    issued_at: Option<Timestamp>,
}

impl StatusLists {
    /// The lists whose files are in `state`, signed with `key`; their URIs begin with `prefix`.
    ///
    /// # Errors
    /// `io.*`; `malformed.*`, `limit.*` for a file that cannot be understood.
    pub fn open(state: &Path, key: KeyFile, prefix: &str) -> Result<Self> {
        let mut lists = Vec::new();
        loop {
            let path = state.join(file_name(lists.len()));
            let bytes = match fs::read(&path) {
                Ok(bytes) => bytes,
                Err(source) if source.kind() == ErrorKind::NotFound => break,
                Err(source) => return Err(Error::reading(&path, &source)),
            };
            let next = "restore its newest copy; no status is issued until then";
            let list = List::decode(&bytes);
            lists.push(list.map_err(|error| Error::refused(error, shown(&path), "is not a status list's file", next))?);
        }
        Ok(Self { state: state.to_owned(), key, prefix: prefix.to_owned(), lists })
    }

    /// The key that signs them.
    #[must_use]
    pub const fn key(&self) -> &KeyFile {
        &self.key
    }

    /// What the lists' URIs begin with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Random indices that nobody has used, and nobody else will.
    ///
    /// # Errors
    /// `io.*`; then some of them may be used up.
    pub fn reserve(&mut self, count: usize, entropy: &mut Entropy) -> Result<Vec<StatusEntry>> {
        let mut entries = Vec::with_capacity(count);
        while entries.len() < count {
            // Half of a list stays free, so that a random index soon is, and that the list does not tell how many
            // documents there are.
            let room = self.lists.last().map_or(0, |list| (LIST_STATUSES / 2).saturating_sub(list.used_count()));
            let room = usize::try_from(room).unwrap_or(usize::MAX);
            if room == 0 {
                let uri = format!("{}{}", self.prefix, self.lists.len().saturating_add(1));
                self.lists.push(List::new(uri));
                continue;
            }
            let wanted = count.saturating_sub(entries.len()).min(room);
            let number = self.lists.len().saturating_sub(1);
            if let Some(list) = self.lists.last_mut() {
                entries.extend((0..wanted).map(|_| list.take(entropy)));
            }
            self.write(number)?;
        }
        Ok(entries)
    }

    /// What the lists say of a document.
    ///
    /// # Errors
    /// `tampered.status` for an index that was never given out, or a list that is not one of these.
    pub fn status(&self, entry: &StatusEntry) -> Result<Status> {
        let list = self.lists.iter().find(|list| list.uri == entry.uri).filter(|list| list.is_used(entry.index));
        let list = list.ok_or_else(|| {
            let what = format!("index {} of {} was not given out here", entry.index, entry.uri);
            Error::new(Code::TamperedStatus, "status", what, "use the registry that issued the document")
        })?;
        Ok(list.status(entry.index))
    }

    /// Changes statuses, all or none. What has the wanted status already keeps it. No token says so yet.
    ///
    /// # Errors
    /// `tampered.status` as [`StatusLists::status`]; `revoked.document` for another change of what is revoked;
    /// `usage.arguments` for reinstating what is not suspended; `io.*`.
    pub fn change(&mut self, entries: &[StatusEntry], change: Change) -> Result<()> {
        for entry in entries {
            change.judge(self.status(entry)?, entry)?;
        }
        let mut touched = BTreeSet::new();
        let mut lists = self.lists.clone();
        for entry in entries {
            for (number, list) in lists.iter_mut().enumerate().filter(|(_, list)| list.uri == entry.uri) {
                list.set(entry.index, change);
                touched.insert(number);
            }
        }
        self.lists = lists;
        touched.into_iter().try_for_each(|number| self.write(number))
    }

    /// Signs the list of this URI as it is now, with its log entry.
    ///
    /// # Errors
    /// `tampered.status` for a list that is not one of these; `usage.time` if the list was last signed in the future,
    /// beyond `skew`; `limit.length` if the list is larger than a bundle may hold; `io.*`.
    pub fn sign(
        &mut self,
        uri: &str,
        issuer: &str,
        now: Timestamp,
        skew: Seconds,
        entropy: &mut Entropy,
    ) -> Result<SignedList> {
        let position = self.lists.iter().position(|list| list.uri == uri);
        let found = position.and_then(|number| Some((number, self.lists.get_mut(number)?)));
        let Some((number, list)) = found else {
            let what = "is not one of this registry's status lists";
            return Err(Error::new(Code::TamperedStatus, uri, what, "use the registry that issued the document"));
        };
        if let Some(last) = list.issued_at.filter(|last| *last > now.plus(skew)) {
            let what = format!("was last signed at {last}, and it is {now}");
            return Err(Error::new(Code::UsageTime, uri, what, "set the clock"));
        }
        // Verifiers refuse a list that is older than one before it.
        let issued_at = list.issued_at.map_or(now, |last| last.max(now));
        list.issued_at = Some(issued_at);
        let statuses = compress_to_vec_zlib(&list.statuses, COMPRESSION);
        self.write(number)?;
        let claims = StatusClaims { uri, issued_at, expires: None, ttl: None, bits: StatusBits::Two, list: &statuses };
        let kid = statement::kid(self.key.id())?;
        let signature = self.key.signing_key().sign(&claims.signature_input(&kid)).to_bytes();
        let token = claims.seal(&kid, &signature);
        if token.len() > MAX_STATUS_TOKEN_BYTES {
            let what = format!("would have more than {MAX_STATUS_TOKEN_BYTES} bytes");
            return Err(Error::new(Code::LimitLength, uri, what, "report this as a defect"));
        }
        let statement = statement::status(issuer, &self.key, &token, issued_at, entropy)?;
        Ok(SignedList { uri: uri.to_owned(), token, statement })
    }

    fn write(&self, number: usize) -> Result<()> {
        let bytes = self.lists.get(number).map(List::encode).unwrap_or_default();
        durable::replace(&self.state.join(file_name(number)), &bytes)
    }
}

impl Change {
    /// Its name, as a command.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Revoke => "revoke",
            Self::Suspend => "suspend",
            Self::Reinstate => "reinstate",
        }
    }

    const fn bits(self) -> u8 {
        match self {
            Self::Reinstate => 0,
            Self::Revoke => 1,
            Self::Suspend => 2,
        }
    }

    fn judge(self, status: Status, entry: &StatusEntry) -> Result<()> {
        let place = format!("status {} of {}", entry.index, entry.uri);
        match (self, status) {
            (Self::Revoke, _) | (Self::Suspend, Status::Valid | Status::Suspended) => Ok(()),
            (Self::Reinstate, Status::Suspended) => Ok(()),
            (Self::Reinstate, Status::Valid) => {
                let next = "leave it out; there is nothing to reinstate";
                Err(Error::new(Code::UsageArguments, place, "is not suspended", next))
            }
            (Self::Suspend | Self::Reinstate, Status::Invalid | Status::Other(_)) => {
                let next = "issue the document again: a revocation is for ever";
                Err(Error::new(Code::RevokedDocument, place, "is revoked", next))
            }
        }
    }
}

impl List {
    fn new(uri: String) -> Self {
        let bytes = |bits: u64| vec![0; usize::try_from(LIST_STATUSES / 8 * bits).unwrap_or(0)];
        Self { uri, used: bytes(1), statuses: bytes(u64::from(BITS)), issued_at: None }
    }

    fn take(&mut self, entropy: &mut Entropy) -> StatusEntry {
        loop {
            // A power of two, so every index is as likely as any other.
            let index = u64::from_be_bytes(entropy.bytes()) % LIST_STATUSES;
            if !self.is_used(index) {
                if let Some(byte) = byte_of(index, 1).and_then(|byte| self.used.get_mut(byte)) {
                    *byte |= 1 << (index % 8);
                }
                return StatusEntry { uri: self.uri.clone(), index };
            }
        }
    }

    fn is_used(&self, index: u64) -> bool {
        byte_of(index, 1).and_then(|byte| self.used.get(byte)).is_some_and(|byte| byte >> (index % 8) & 1 == 1)
    }

    fn used_count(&self) -> u64 {
        self.used.iter().map(|byte| u64::from(byte.count_ones())).sum()
    }

    fn status(&self, index: u64) -> Status {
        let byte = byte_of(index, BITS).and_then(|byte| self.statuses.get(byte)).copied().unwrap_or(u8::MAX);
        match byte >> (index % 4 * 2) & 3 {
            0 => Status::Valid,
            1 => Status::Invalid,
            2 => Status::Suspended,
            other => Status::Other(other),
        }
    }

    fn set(&mut self, index: u64, change: Change) {
        if let Some(byte) = byte_of(index, BITS).and_then(|byte| self.statuses.get_mut(byte)) {
            let place = index % 4 * 2;
            *byte = *byte & !(3 << place) | change.bits() << place;
        }
    }

    fn encode(&self) -> Vec<u8> {
        let mut w = Writer::new();
        w.array(5).text(TAG).text(&self.uri).bytes(&self.used).bytes(&self.statuses);
        match self.issued_at {
            Some(issued_at) => w.uint(issued_at.seconds()),
            None => w.null(),
        };
        w.finish()
    }

    fn decode(bytes: &[u8]) -> std::result::Result<Self, ct_core::Error> {
        let refused = |field| ct_core::Error::new(Code::MalformedField, field);
        let mut r = Reader::new(bytes);
        r.array_exact("list", 5)?;
        if r.text("list", MAX_TEXT_BYTES)? != TAG {
            return Err(ct_core::Error::new(Code::MalformedKind, "list"));
        }
        let mut list = Self {
            uri: r.text("uri", MAX_TEXT_BYTES)?.to_owned(),
            used: r.bytes("used", MAX_STATUS_LIST_BYTES)?.to_vec(),
            statuses: r.bytes("statuses", MAX_STATUS_LIST_BYTES)?.to_vec(),
            issued_at: None,
        };
        if !r.try_null("issued_at")? {
            list.issued_at = Some(Timestamp::from_seconds(r.uint("issued_at")?)?);
        }
        r.end()?;
        let empty = Self::new(String::new());
        if list.used.len() != empty.used.len() || list.statuses.len() != empty.statuses.len() {
            return Err(refused("used"));
        }
        Ok(list)
    }
}

fn byte_of(index: u64, bits: u8) -> Option<usize> {
    usize::try_from(index / (8 / u64::from(bits))).ok()
}

/// People count from 1.
fn file_name(number: usize) -> String {
    format!("status-{}", number.saturating_add(1))
}

const TAG: &str = "civictrust/status-list-state/1";
const BITS: u8 = 2;
/// As many as fit into the largest list that verifiers read.
const LIST_STATUSES: u64 = 1 << 19;
const COMPRESSION: u8 = 9;
