//! Appending to a log.

use crate::error::{Error, Problem};
use crate::lock::{self, Patience};
use crate::record::Draft;
use crate::regular_file;
use crate::tail::Tail;
use crate::torn;
use ct_core::Hash;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// A log that is open for appending.
///
/// It holds the one descriptor that it needs, so it goes on working after the process has given up its right to open
/// files. Other processes may append to the same file meanwhile.
#[derive(Debug)]
pub struct Journal {
    file: File,
    patience: Patience,
}

/// Where a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Its number in the log, from 0.
    pub seq: u64,
    /// The hash of its line. Of the last record it is the head of the log: what to write down elsewhere.
    pub hash: Hash,
}

impl Journal {
    /// Opens a log, or begins one that its owner alone can read and write. Nothing of it is read: what is in it may
    /// have been prepared by somebody else.
    ///
    /// # Errors
    /// `io.not_a_file` for a folder, a pipe, a device or a symbolic link; `io.permission`; `io.not_found` if the folder
    /// does not exist; `io.read` for other failures of the system.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Ok(Self { file: regular_file::open_or_make(path)?, patience: Patience::default() })
    }

    /// The same journal, which waits for other programs like this.
    #[must_use]
    pub fn with(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// Looks whether anything can follow the end of the log, so that no work is done for it in vain.
    ///
    /// # Errors
    /// What [`Journal::append`] says of a log that nothing can follow; `io.read`, also if another program does not let
    /// go of the log.
    // Exclusive for the reason that appending is.
    pub fn check(&mut self) -> Result<(), Error> {
        lock::to_read(&self.file, &self.patience)?;
        let tail = Tail::read(&self.file);
        self.file.unlock().map_err(Problem::Read)?;
        tail.map(drop)
    }

    /// Appends all the drafts next to each other or none of them, and returns when they are on disk.
    ///
    /// A record that a crash has cut off is replaced by one of type `torn` that keeps its bytes.
    ///
    /// # Errors
    /// `limit.record_size` if a line would be longer than `MAX_RECORD_BYTES`; `malformed.evidence_log`,
    /// `tampered.evidence_log` or `unsupported.version` if nothing can follow the last line; `io.read`, `io.write`,
    /// the latter also if another program does not let go of the log. Nothing is recorded then.
    // Exclusive, because the lock belongs to the descriptor: it would not keep two threads apart.
    pub fn append(&mut self, drafts: &[Draft]) -> Result<Vec<Appended>, Error> {
        let Some(first) = drafts.first() else { return Ok(Vec::new()) };
        lock::to_write(&self.file, &self.patience)?;
        let outcome = append_locked(&self.file, first, drafts);
        // Closing the descriptor would unlock as well; a record that is on disk is not taken back for this.
        let _ = self.file.unlock();
        outcome
    }
}

fn append_locked(file: &File, first: &Draft, drafts: &[Draft]) -> Result<Vec<Appended>, Error> {
    // Others may have appended since this journal was opened or last used.
    let tail = Tail::read(file)?;
    let kept = if tail.torn.is_empty() { None } else { Some(torn::draft(first.time(), &tail.torn)?) };
    let (mut seq, mut prev) = (tail.next_seq, tail.head);
    let mut lines = String::new();
    let mut appended = Vec::with_capacity(drafts.len());
    for draft in kept.iter().chain(drafts) {
        let line = draft.line(seq, prev)?;
        prev = Hash::of(line.as_bytes());
        appended.push(Appended { seq, hash: prev });
        seq = seq.checked_add(1).ok_or(Problem::Seq)?;
        lines.push_str(&line);
    }
    if kept.is_some() {
        file.set_len(tail.end).map_err(Problem::Write)?;
        appended.remove(0);
    }
    write_durably(file, lines.as_bytes()).inspect_err(|_| restore(file, &tail))?;
    Ok(appended)
}

/// One write, so that a crash leaves the beginning of it and never a gap.
fn write_durably(mut file: &File, bytes: &[u8]) -> Result<(), Error> {
    let written = loop {
        match file.write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            outcome => break outcome.map_err(Problem::Write)?,
        }
    };
    if written < bytes.len() {
        return Err(Problem::ShortWrite { written, of: bytes.len() }.into());
    }
    Ok(file.sync_data().map_err(Problem::Write)?)
}

/// Makes the log what it was. If the system refuses this too, the next append repairs what is left.
fn restore(mut file: &File, tail: &Tail) {
    let _ = file.set_len(tail.end).and_then(|()| file.write_all(&tail.torn));
}
