//! Why a command could not do its work, for the person who gave it.

use crate::system::is_symlink_loop;
use crate::text::shown;
use ct_core::explanation::{Language, explain};
use ct_core::{Code, Error};
use std::fmt::{self, Write};
use std::io;
use std::path::Path;

/// A failure of a command: its stable code, and words that say what happened, where, and what to do next.
#[derive(Debug)]
pub(crate) struct Failure {
    code: Code,
    what: String,
    closed_pipe: bool,
}

impl Failure {
    pub(crate) fn new(code: Code, what: impl Into<String>) -> Self {
        Self { code, what: what.into(), closed_pipe: false }
    }

    /// `path` was read, and core refuses what is in it.
    pub(crate) fn refused(path: &Path, error: Error) -> Self {
        let title = explain(error.code(), Language::English).title;
        let mut what = format!("{}: {title}", shown(path));
        if !error.field().is_empty() {
            let _ = write!(what, ", in {}", error.field());
        }
        if let Some(offset) = error.offset() {
            let _ = write!(what, ", at byte {offset}");
        }
        Self::new(error.code(), what)
    }

    /// A failure to read `path`.
    pub(crate) fn reading(path: &Path, error: &io::Error) -> Self {
        let (code, next) = match error.kind() {
            io::ErrorKind::NotFound if path == Path::new("-") => {
                (Code::IoNotFound, "standard input is not read here, and there is no file of this name; name a file")
            }
            io::ErrorKind::NotFound => (Code::IoNotFound, "there is no such file; check the path"),
            io::ErrorKind::PermissionDenied => (Code::IoPermission, "permission denied; check who may read it"),
            _ if is_symlink_loop(error) => {
                (Code::IoSymlinkLoop, "its symbolic links lead in a circle; name the file itself")
            }
            _ => return Self::new(Code::IoRead, format!("{}: {error}", shown(path))),
        };
        Self::new(code, format!("{}: {next}", shown(path)))
    }

    /// A failure to write `path`.
    pub(crate) fn writing(path: &Path, error: &io::Error) -> Self {
        let (code, next) = match error.kind() {
            io::ErrorKind::AlreadyExists => {
                (Code::IoExists, "it exists and is not overwritten; choose another name or move it away")
            }
            io::ErrorKind::NotFound => (Code::IoNotFound, "there is no such folder; make it first"),
            io::ErrorKind::PermissionDenied => (Code::IoPermission, "permission denied; check who may write there"),
            _ => return Self::new(Code::IoWrite, format!("{}: {error}", shown(path))),
        };
        Self::new(code, format!("{}: {next}", shown(path)))
    }

    /// A failure to write to standard output. A closed pipe is no failure: whoever reads has read enough.
    pub(crate) fn printing(error: &io::Error) -> Self {
        let closed_pipe = error.kind() == io::ErrorKind::BrokenPipe;
        Self { closed_pipe, ..Self::new(Code::IoWrite, format!("standard output: {error}")) }
    }

    pub(crate) const fn code(&self) -> Code {
        self.code
    }

    pub(crate) const fn is_closed_pipe(&self) -> bool {
        self.closed_pipe
    }
}

impl From<ct_keys::Error> for Failure {
    fn from(error: ct_keys::Error) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.what)
    }
}
