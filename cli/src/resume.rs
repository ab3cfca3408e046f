//! `--resume FILE`: verdicts are kept in a file, and a run that was cut short goes on where it was cut.
//!
//! The file of a run that was stopped and resumed, however often, is byte for byte that of one that was not. So the
//! verification time is that of the first run, a line that was cut off is written again, and what is there must be
//! about the same bundles, mode and trust root.

use crate::documents::Documents;
use crate::failure::Failure;
use crate::file;
use crate::inputs::{Found, Inputs};
use crate::summary::Summary;
use crate::text::{Shown, shown, source_of};
use ct_core::{AtSource, Class, Code, Hash, Mode, Timestamp, TrustRoot};
use serde::Deserialize;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The file of verdicts, open and locked.
pub(crate) struct Resume {
    path: PathBuf,
    file: File,
}

/// What a line of the file says about the run that it is of. All other members are not looked at.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    source: std::borrow::Cow<'a, str>,
    code: &'a str,
    mode: &'a str,
    at: &'a str,
    at_source: &'a str,
    #[serde(borrow)]
    trust: Option<Trust<'a>>,
    document_hash: Option<&'a str>,
}

#[derive(Deserialize)]
struct Trust<'a> {
    hash: &'a str,
}

impl Resume {
    /// Opens the file, or makes it.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let fail = |error: io::Error| Failure::writing(path, &error);
        let file = file::open_to_write(path)?;
        // Two runs at once would write into each other's lines.
        file.try_lock().map_err(|error| match error {
            std::fs::TryLockError::WouldBlock => {
                let what = format!("{}: another run is writing to it; wait for it or stop it", shown(path));
                Failure::new(Code::UsageResume, what)
            }
            std::fs::TryLockError::Error(error) => fail(error),
        })?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// The file's path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Passes over the inputs whose verdicts are in the file, counts those, and cuts a line off that is not whole. Gives
    /// the time of the run that the file is of, unless it has not begun.
    pub(crate) fn catch_up(
        &mut self,
        inputs: &mut Inputs,
        summary: &mut Summary,
        mode: Mode,
        trust: Option<&TrustRoot>,
        at: Option<&str>,
        documents: &Documents,
    ) -> Result<Option<Timestamp>, Failure> {
        let refused = |number: u64, why: &str| {
            let what = format!("{}: line {number}: {why}", shown(&self.path));
            Failure::new(Code::UsageResume, what)
        };
        let reading = |error: io::Error| Failure::reading(&self.path, &error);
        let hash = trust.map(|root| format!("sha256:{}", root.hash()));
        let mut lines = BufReader::new(&self.file);
        let (mut text, mut whole, mut number) = (Vec::new(), 0_u64, 0_u64);
        let mut time: Option<String> = None;
        loop {
            text.clear();
            lines.by_ref().take(LONGEST).read_until(b'\n', &mut text).map_err(reading)?;
            // A line without its end was being written when the run was cut short.
            if text.last() != Some(&b'\n') {
                if length(&text) == LONGEST {
                    return Err(refused(number + 1, "it is too long to be a verdict"));
                }
                // Only what this program has begun to write is cut off: another file was named by mistake.
                let is_begun = text.starts_with(BEGINNING) || BEGINNING.starts_with(&text);
                let is_unwritten = number > 0 && text.iter().all(|byte| *byte == 0);
                if !is_begun && !is_unwritten {
                    return Err(refused(number + 1, "it is no verdict of `ct verify --jsonl`"));
                }
                break;
            }
            number += 1;
            let line = Some(&text).filter(|text| text.ends_with(b"}\n"));
            let line: Option<Line<'_>> = line.and_then(|text| serde_json::from_slice(text).ok());
            let line = line.ok_or_else(|| refused(number, "it is no verdict of `ct verify --jsonl`"))?;
            if time.get_or_insert_with(|| line.at.to_owned()) != line.at {
                return Err(refused(number, "its time is not that of the first line"));
            }
            if at.is_some_and(|at| at != line.at) || at.is_some() != (line.at_source == AtSource::Given.as_str()) {
                return Err(refused(number, "it was judged as of another time; repeat --at as it was"));
            }
            if line.mode != mode.as_str() {
                return Err(refused(number, "it was judged in another mode; repeat --mode as it was"));
            }
            if line.trust.as_ref().is_some_and(|trust| Some(trust.hash) != hash.as_deref()) {
                return Err(refused(number, "it was judged by another trust root; repeat --trust as it was"));
            }
            let code = Code::from_text(line.code).ok_or_else(|| refused(number, "its code is unknown"))?;
            if line.trust.is_none() && !is_possible_without_trust(code, trust) {
                return Err(refused(number, "it does not say by which trust root it was judged"));
            }
            let about = line.document_hash.and_then(|text| Hash::from_hex(text.strip_prefix("sha256:")?).ok());
            about.map(|hash| documents.mark(hash));
            let source = match inputs.next() {
                Some(Ok(Found { path, .. }) | Err((path, _))) => path,
                None => return Err(refused(number, "there are fewer bundles than verdicts")),
            };
            if source_of(&source) != line.source {
                let why = format!("it is about {}, and the next bundle is {}", Shown(&line.source), shown(&source));
                return Err(refused(number, &why));
            }
            summary.count(code);
            whole += length(&text);
        }
        let cut = self.file.set_len(whole).and_then(|()| self.file.seek(SeekFrom::End(0)));
        cut.map_err(|error| Failure::writing(&self.path, &error))?;
        time.map(|at| Timestamp::parse(&at).map_err(|_| refused(1, "its time is none"))).transpose()
    }

    /// Adds whole lines.
    pub(crate) fn append(&mut self, lines: &[u8]) -> Result<(), Failure> {
        self.file.write_all(lines).map_err(|error| Failure::writing(&self.path, &error))
    }

    /// Waits until all lines are on the disk.
    pub(crate) fn keep(&self) -> Result<(), Failure> {
        self.file.sync_all().map_err(|error| Failure::writing(&self.path, &error))
    }
}

/// A report names the trust root, unless the bundle could not be read or the trust root could not be used.
fn is_possible_without_trust(code: Code, trust: Option<&TrustRoot>) -> bool {
    match code {
        Code::LimitBundleSize => true,
        // A trust root of sound form can be out of force.
        Code::TrustExpired | Code::TrustNotYetValid => true,
        Code::Ok => false,
        _ => trust.is_none() || matches!(code.class(), Class::Io | Class::Internal),
    }
}

/// How every line begins.
const BEGINNING: &[u8] = b"{\"anchored_at\":";

fn length(text: &[u8]) -> u64 {
    u64::try_from(text.len()).unwrap_or(u64::MAX)
}

/// No report is as long: a bundle has 4 MiB, and JSON escapes one byte with at most six.
const LONGEST: u64 = 32 << 20;
