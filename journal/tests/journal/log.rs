//! A log in a folder of its own.

use ct_core::{Code, Timestamp};
use ct_journal::{Appended, Draft, Error, Journal, Reader, Record, RecordType};
use serde_json::Map;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(crate) struct Log {
    _folder: TempDir,
    pub(crate) path: PathBuf,
}

impl Log {
    /// A log with these bytes.
    pub(crate) fn with(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("evidence.log");
        fs::write(&path, bytes).unwrap();
        Self { _folder: folder, path }
    }

    pub(crate) fn append(&self, texts: &[&str]) -> Result<Vec<Appended>, Code> {
        Journal::open(&self.path).and_then(|mut journal| journal.append(&notes(texts))).map_err(|error| error.code())
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        fs::read(&self.path).unwrap()
    }
}

/// Notes of one time.
pub(crate) fn notes(texts: &[&str]) -> Vec<Draft> {
    let time = Timestamp::parse("2026-11-20T08:00:00Z").unwrap();
    let note = |text: &&str| {
        let body = Map::from_iter([("text".to_owned(), (*text).into())]);
        Draft::new(time, RecordType::parse("note").unwrap(), body).unwrap()
    };
    texts.iter().map(note).collect()
}

/// The bytes of a sound log with these notes.
pub(crate) fn sound(texts: &[&str]) -> Vec<u8> {
    let log = Log::with(b"");
    log.append(texts).unwrap();
    log.bytes()
}

/// What a reader finds: the whole records, and the fault.
pub(crate) fn read(bytes: &[u8]) -> (Vec<Record>, Option<Error>) {
    let mut records = Vec::new();
    for record in Reader::new(bytes) {
        match record {
            Ok(record) => records.push(record),
            Err(error) => return (records, Some(error)),
        }
    }
    (records, None)
}

/// The code of the fault, the line and the offset.
pub(crate) fn fault(bytes: &[u8]) -> Option<(Code, u64, u64)> {
    let (_, fault) = read(bytes);
    fault.map(|error| {
        let place = error.place().unwrap();
        (error.code(), place.line.unwrap(), place.offset)
    })
}

/// What the notes of a file say; it must be sound.
pub(crate) fn texts(path: &Path) -> Vec<String> {
    let records: Vec<_> = Reader::open(path).unwrap().collect::<Result<_, _>>().unwrap();
    let text =
        |record: &Record| record.body().get("text").map_or("-".to_owned(), |text| text.as_str().unwrap().to_owned());
    records.iter().map(text).collect()
}
