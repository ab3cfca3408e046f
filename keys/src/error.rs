//! What can go wrong with a key file.

use crate::file::is_symlink_loop;
use crate::key_id::KeyId;
use crate::role::Role;
use ct_core::Code;
use ct_core::limits::MAX_KEY_FILE_BYTES;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A key file that could not be used or made: the stable code, the path, and the reason.
///
/// Its text says what happened, where, and what to do next, without the code. It never holds a part of the file.
#[derive(Debug)]
pub struct Error {
    path: Option<PathBuf>,
    problem: Problem,
}

/// The reason. Decides the code and the text.
#[derive(Debug)]
pub(crate) enum Problem {
    Read(io::Error),
    Write(io::Error),
    Entropy(io::Error),
    NotAFile,
    #[cfg_attr(not(unix), expect(dead_code, reason = "elsewhere there are no file modes"))]
    ReadableByOthers {
        mode: u32,
    },
    /// The system does not say who may read a file.
    #[cfg_attr(unix, expect(dead_code, reason = "Unix has file modes"))]
    NoFileModes,
    TooLarge,
    Form(&'static str),
    /// More than that of what is asked of whoever opens the file.
    TooCostly {
        what: &'static str,
        limit: usize,
    },
    /// The key is encrypted, and there is nobody to ask for its passphrase.
    Encrypted,
    WrongPassphrase,
    /// What was given is no passphrase.
    Passphrase(&'static str),
    Unlabelled,
    OtherRole {
        wanted: Role,
        found: Role,
    },
    OtherId {
        wanted: KeyId,
        found: KeyId,
    },
    NoVkey(Role),
}

impl Error {
    pub(crate) fn new(path: Option<&Path>, problem: Problem) -> Self {
        Self { path: path.map(Path::to_owned), problem }
    }

    pub(crate) fn of_file(path: &Path, problem: Problem) -> Self {
        Self::new(Some(path), problem)
    }

    /// Of what is no file: the system's random source, a text, standard input.
    pub(crate) fn without_file(problem: Problem) -> Self {
        Self::new(None, problem)
    }

    /// The stable code; its class is always `io`.
    #[must_use]
    pub fn code(&self) -> Code {
        match &self.problem {
            Problem::Read(source) => code_of(source, Code::IoRead),
            Problem::Write(source) => code_of(source, Code::IoWrite),
            Problem::Entropy(_) => Code::IoRead,
            Problem::NotAFile => Code::IoNotAFile,
            Problem::ReadableByOthers { .. } | Problem::NoFileModes => Code::IoKeyPermissions,
            Problem::Encrypted | Problem::WrongPassphrase | Problem::Passphrase(_) => Code::IoKeyPassphrase,
            Problem::TooLarge
            | Problem::Form(_)
            | Problem::TooCostly { .. }
            | Problem::Unlabelled
            | Problem::OtherRole { .. }
            | Problem::OtherId { .. }
            | Problem::NoVkey(_) => Code::IoKeyFile,
        }
    }

    /// The file it is about; `None` if it is about no file, such as the operating system's random source.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.as_deref().map(shell_word);
        if let Some(path) = &path {
            write!(f, "{path}: ")?;
        }
        match &self.problem {
            Problem::Read(source) => match self.code() {
                Code::IoNotFound => f.write_str("there is no such file; check the path"),
                Code::IoPermission => f.write_str("this user may not read it; run as the owner of the key"),
                Code::IoSymlinkLoop => f.write_str("its symbolic links lead in a circle; name the key file itself"),
                _ => write!(f, "reading failed: {source}; check the disk and try again"),
            },
            Problem::Write(source) => match self.code() {
                Code::IoNotFound => f.write_str("its directory does not exist; create the directory first"),
                Code::IoPermission => f.write_str("this user may not create it; check the directory's permissions"),
                Code::IoSymlinkLoop => f.write_str("its symbolic links lead in a circle; choose another directory"),
                Code::IoExists => {
                    f.write_str("it exists, and keys are never overwritten; choose another path or move it away")
                }
                _ => write!(f, "writing failed: {source}; check the disk and try again"),
            },
            Problem::Entropy(source) => {
                write!(f, "the operating system's random source failed: {source}; no key was made")
            }
            Problem::NotAFile => f.write_str("it is not a regular file; name the key file itself"),
            Problem::ReadableByOthers { mode } => {
                let path = path.unwrap_or_default();
                write!(f, "other users have access to this secret (mode {mode:04o}); run: chmod 600 {path}")?;
                f.write_str(" (and replace the key if one of them may have read it)")
            }
            Problem::TooLarge => {
                write!(f, "it is larger than {MAX_KEY_FILE_BYTES} bytes, so it is not a key file; check the path")
            }
            Problem::Form(why) => write!(f, "it is not a usable key file: {why}; an Ed25519 key in PEM is needed"),
            Problem::TooCostly { what, limit } => {
                write!(
                    f,
                    "to open it would take more than {limit} {what}; encrypt it again with less: openssl pkcs8 -topk8"
                )
            }
            Problem::NoFileModes => {
                f.write_str("this system's file permissions cannot be checked, so private keys are neither read nor ")?;
                f.write_str("written here; sign on Linux or macOS")
            }
            Problem::Encrypted => {
                f.write_str(
                    "the key is encrypted, and no passphrase can be given here; to use it, make a copy without ",
                )?;
                f.write_str("one where it is as safe: ct key passphrase --remove")
            }
            Problem::WrongPassphrase => {
                f.write_str("the passphrase does not open it; try again, or take another copy if the file is damaged")
            }
            Problem::Passphrase(why) => write!(f, "this cannot be a passphrase: {why}; one line of text is needed"),
            Problem::Unlabelled => {
                f.write_str("it does not say its role and key ID; put the lines civictrust-role: ROLE and ")?;
                f.write_str("civictrust-key-id: NAME#VERSION before the key")
            }
            Problem::OtherRole { wanted, found } => {
                write!(f, "it holds a key with the role {found}; name a file with a key for the role {wanted}")
            }
            Problem::OtherId { wanted, found } => write!(f, "it holds the key {found}, not {wanted}; check the path"),
            Problem::NoVkey(role) => {
                write!(f, "a key with the role {role} has no vkey; only log and witness keys sign checkpoints")
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.problem {
            Problem::Read(source) | Problem::Write(source) | Problem::Entropy(source) => Some(source),
            _ => None,
        }
    }
}

fn code_of(source: &io::Error, otherwise: Code) -> Code {
    if is_symlink_loop(source) {
        return Code::IoSymlinkLoop;
    }
    match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Code::IoNotFound,
        io::ErrorKind::PermissionDenied => Code::IoPermission,
        io::ErrorKind::AlreadyExists => Code::IoExists,
        _ => otherwise,
    }
}

/// The path as one word of a shell command, and without characters that would steer a terminal.
fn shell_word(path: &Path) -> String {
    let Some(text) = path.to_str().filter(|text| !text.contains(char::is_control)) else { return format!("{path:?}") };
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%:,=".contains(c);
    let text = if text.starts_with('-') { format!("./{text}") } else { text.to_owned() };
    if !text.is_empty() && text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(path: &str, problem: Problem) -> String {
        Error::of_file(Path::new(path), problem).to_string()
    }

    // R1.4, R8.1
    #[test]
    fn the_text_says_what_to_run() {
        assert_eq!(
            text_of("keys/issuer.pem", Problem::ReadableByOthers { mode: 0o644 }),
            "keys/issuer.pem: other users have access to this secret (mode 0644); run: chmod 600 keys/issuer.pem \
             (and replace the key if one of them may have read it)"
        );
    }

    // R1.4
    #[test]
    fn a_path_is_one_word_and_cannot_steer_the_terminal() {
        let word = |path: &str| shell_word(Path::new(path));
        assert_eq!(word("a/b-1.pem"), "a/b-1.pem");
        assert_eq!(word("my key.pem"), "'my key.pem'");
        assert_eq!(word("it's"), r"'it'\''s'");
        assert_eq!(word("-R"), "./-R");
        assert_eq!(word("a\u{1b}[2J"), r#""a\u{1b}[2J""#);
        assert_eq!(word(""), "''");
    }

    // R1.4: reading and writing the same failure differ only where the register tells them apart.
    #[test]
    fn every_system_error_has_its_code() {
        let cases = [
            (libc::ENOENT, Code::IoNotFound, Code::IoNotFound),
            (libc::ENOTDIR, Code::IoNotFound, Code::IoNotFound),
            (libc::EACCES, Code::IoPermission, Code::IoPermission),
            (libc::EPERM, Code::IoPermission, Code::IoPermission),
            (libc::EEXIST, Code::IoExists, Code::IoExists),
            (libc::ELOOP, Code::IoSymlinkLoop, Code::IoSymlinkLoop),
            (libc::EIO, Code::IoRead, Code::IoWrite),
            (libc::ENOSPC, Code::IoRead, Code::IoWrite),
        ];
        for (errno, read, write) in cases {
            let error = || io::Error::from_raw_os_error(errno);
            assert_eq!(Error::of_file(Path::new("k"), Problem::Read(error())).code(), read, "{}", error());
            assert_eq!(Error::of_file(Path::new("k"), Problem::Write(error())).code(), write, "{}", error());
        }
    }
}
