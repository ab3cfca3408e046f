//! What can go wrong with an evidence log.

use ct_core::Code;
use ct_core::limits::{MAX_DEPTH, MAX_RECORD_BYTES};
use std::fmt;
use std::io;

/// A log that could not be used: the stable code, the place, and the reason.
///
/// Its text says where in the log, what happened, and what to do next, without the code and without the path, which
/// the caller knows and shows in its own way. It never holds a part of the log.
#[derive(Debug)]
pub struct Error {
    place: Option<Place>,
    problem: Problem,
}

/// Where in a log: the beginning of the line that is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line, counted from 1; unknown where only the end of the log was read.
    pub line: Option<u64>,
    /// The offset of the line's first byte.
    pub offset: u64,
}

/// The reason. Decides the code and the text.
#[derive(Debug)]
pub(crate) enum Problem {
    Open(io::Error),
    Read(io::Error),
    Write(io::Error),
    ShortWrite {
        written: usize,
        of: usize,
    },
    /// Another program holds the lock; the code says what for it was wanted.
    Held(Code),
    Symlink,
    NotAFile,
    NotARecord(&'static str),
    LineTooLong,
    Version,
    Prev,
    Seq,
    Cut,
    RecordSize {
        bytes: usize,
    },
    TypeName,
    Number,
    Depth,
}

impl Error {
    /// The same failure, at a place.
    #[must_use]
    pub(crate) fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        match &self.problem {
            Problem::Open(source) | Problem::Read(source) => code_of(source, Code::IoRead),
            Problem::Write(source) => code_of(source, Code::IoWrite),
            Problem::ShortWrite { .. } => Code::IoWrite,
            Problem::Held(code) => *code,
            Problem::Symlink | Problem::NotAFile => Code::IoNotAFile,
            Problem::NotARecord(_) | Problem::LineTooLong => Code::MalformedEvidenceLog,
            Problem::Version => Code::UnsupportedVersion,
            Problem::Prev | Problem::Seq => Code::TamperedEvidenceLog,
            Problem::Cut => Code::IncompleteEvidenceLog,
            Problem::RecordSize { .. } => Code::LimitRecordSize,
            Problem::TypeName | Problem::Number => Code::MalformedField,
            Problem::Depth => Code::LimitDepth,
        }
    }

    /// Where in the log; `None` if it is not about its content.
    #[must_use]
    pub const fn place(&self) -> Option<Place> {
        self.place
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self { place: None, problem }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}, at byte {}", self.offset),
            None => write!(f, "at byte {}", self.offset),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.place {
            write!(f, "{place}: ")?;
        }
        match &self.problem {
            Problem::Open(source) | Problem::Read(source) => match self.code() {
                Code::IoNotFound => f.write_str("there is no such file or folder; check the path"),
                Code::IoPermission => f.write_str("permission denied; check who may read and write it"),
                Code::IoSymlinkLoop => f.write_str("its symbolic links lead in a circle; name the file itself"),
                _ => write!(f, "{source}; check the disk and try again"),
            },
            Problem::Write(source) => write!(f, "{source}; nothing was recorded: make room or check the disk"),
            Problem::ShortWrite { written, of } => {
                write!(f, "only {written} of {of} bytes could be written; nothing was recorded: make room on the disk")
            }
            Problem::Held(_) => f.write_str(
                "another program that writes to it does not let go of it; try again when that is done, or stop it",
            ),
            Problem::Symlink => f.write_str("it is a symbolic link; name the file itself"),
            Problem::NotAFile => f.write_str("it is not a regular file; name a file"),
            Problem::NotARecord(why) => {
                write!(f, "this line is not a record ({why}); keep this file as it is and begin a new log")
            }
            Problem::LineTooLong => {
                write!(f, "more than {MAX_RECORD_BYTES} bytes without a line break are not a record; ")?;
                f.write_str("keep this file as it is and begin a new log")
            }
            Problem::Version => f.write_str("this record is of another version of the format; use a newer program"),
            Problem::Prev => f.write_str(
                "this record does not follow from the one before it: one of the two was altered, or records were \
                 removed, inserted or moved; keep this file as it is and compare it with a copy",
            ),
            Problem::Seq => f.write_str(
                "this record has not the number that is due here: records were removed, inserted or moved; keep this \
                 file as it is and compare it with a copy",
            ),
            Problem::Cut => f.write_str("the last record is cut off; the next append keeps what is there and goes on"),
            Problem::RecordSize { bytes } => {
                write!(f, "the record would take {bytes} bytes, and {MAX_RECORD_BYTES} are the most; nothing was ")?;
                f.write_str("recorded: shorten it, or record its hash")
            }
            Problem::TypeName => {
                f.write_str("a record's type is a letter a-z, then at most 31 of a-z, 0-9 and _; choose another name")
            }
            Problem::Number => f.write_str("numbers are written as texts in a record; write it as a text"),
            Problem::Depth => write!(f, "a record is nested deeper than {MAX_DEPTH} levels; write it flatter"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.problem {
            Problem::Open(source) | Problem::Read(source) | Problem::Write(source) => Some(source),
            _ => None,
        }
    }
}

fn code_of(source: &io::Error, otherwise: Code) -> Code {
    #[cfg(unix)]
    if source.raw_os_error() == Some(libc::ELOOP) {
        return Code::IoSymlinkLoop;
    }
    match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Code::IoNotFound,
        io::ErrorKind::PermissionDenied => Code::IoPermission,
        io::ErrorKind::IsADirectory => Code::IoNotAFile,
        _ => otherwise,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // R1.4
    #[test]
    fn every_system_error_has_its_code() {
        let cases = [
            (libc::ENOENT, Code::IoNotFound, Code::IoNotFound),
            (libc::ENOTDIR, Code::IoNotFound, Code::IoNotFound),
            (libc::EACCES, Code::IoPermission, Code::IoPermission),
            (libc::EISDIR, Code::IoNotAFile, Code::IoNotAFile),
            (libc::ELOOP, Code::IoSymlinkLoop, Code::IoSymlinkLoop),
            (libc::EIO, Code::IoRead, Code::IoWrite),
            (libc::ENOSPC, Code::IoRead, Code::IoWrite),
            (libc::EROFS, Code::IoRead, Code::IoWrite),
        ];
        for (errno, read, write) in cases {
            let error = || io::Error::from_raw_os_error(errno);
            assert_eq!(Error::from(Problem::Read(error())).code(), read, "{}", error());
            assert_eq!(Error::from(Problem::Write(error())).code(), write, "{}", error());
        }
    }

    // R1.4
    #[test]
    fn the_text_says_where_what_and_what_next() {
        let error = Error::from(Problem::Cut).at(Place { line: Some(3), offset: 512 });
        let text = "line 3, at byte 512: the last record is cut off; the next append keeps what is there and goes on";
        assert_eq!(error.to_string(), text);
    }
}
