//! What the node refuses or fails at, for programs and for people.

use ct_core::Code;
use std::fmt::{self, Display};
use std::io;
use std::path::Path;

/// A refusal or failure: a stable code; where, what happened, and what to do next.
///
/// Its text has no code and no secret in it: `where: what; next`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    code: Code,
    place: String,
    what: String,
    next: String,
}

/// The result of everything here that can fail.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error with its code, where it is, what happened, and what to do next.
    pub fn new(code: Code, place: impl Display, what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { code, place: place.to_string(), what: what.into(), next: next.into() }
    }

    /// What core refused, at `place`; `what` says what it was about.
    pub(crate) fn refused(error: ct_core::Error, place: impl Display, what: &str, next: &str) -> Self {
        let field = if error.field().is_empty() { String::new() } else { format!(" ({})", error.field()) };
        Self::new(error.code(), place, format!("{what}{field}"), next)
    }

    /// A file that could not be read.
    pub(crate) fn reading(path: &Path, source: &io::Error) -> Self {
        Self::of_file(path, source, Code::IoRead, "cannot be read", "check the path and its permissions")
    }

    /// A file or directory that could not be written.
    pub(crate) fn writing(path: &Path, source: &io::Error) -> Self {
        Self::of_file(path, source, Code::IoWrite, "cannot be written", "check the disk and the permissions")
    }

    fn of_file(path: &Path, source: &io::Error, otherwise: Code, what: &str, next: &str) -> Self {
        let code = match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Code::IoNotFound,
            io::ErrorKind::PermissionDenied => Code::IoPermission,
            io::ErrorKind::AlreadyExists => Code::IoExists,
            // `ErrorKind::FilesystemLoop` has no stable name.
            kind if kind == io::Error::from_raw_os_error(libc::ELOOP).kind() => Code::IoSymlinkLoop,
            _ => otherwise,
        };
        Self::new(code, shown(path), format!("{what}: {source}"), next)
    }

    /// The stable code; its class decides the exit status.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// Where: a path, or a part of a format.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What happened.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// What to do next.
    #[must_use]
    pub fn next(&self) -> &str {
        &self.next
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.what)?;
        if self.next.is_empty() { Ok(()) } else { write!(f, "; {}", self.next) }
    }
}

impl std::error::Error for Error {}

/// Where nothing better is known than what core says.
impl From<ct_core::Error> for Error {
    fn from(error: ct_core::Error) -> Self {
        Self::new(error.code(), error.field(), "is not as it must be", "")
    }
}

/// A key file's error says where, what and next in its own text.
impl From<ct_keys::Error> for Error {
    fn from(error: ct_keys::Error) -> Self {
        Self::new(error.code(), "", error.to_string(), "")
    }
}

/// A path without characters that would steer a terminal.
pub(crate) fn shown(path: &Path) -> String {
    match path.to_str() {
        Some(text) if !text.contains(char::is_control) => text.to_owned(),
        _ => format!("{path:?}"),
    }
}
