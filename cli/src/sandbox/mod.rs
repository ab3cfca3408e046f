//! The sandbox: before the first byte of an input is read, this program gives up the right to open connections, to start
//! programs, and to touch files that the command line does not name.
//!
//! There is no network code in this program. The sandbox is for the code that a crafted input might bring with it: what
//! the kernel has taken away stays away, from every thread, until the process ends.

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(not(target_os = "linux"))]
use elsewhere as system;
#[cfg(target_os = "linux")]
use linux as system;

use std::fmt;
use std::path::{Path, PathBuf};

/// What a command still has to touch once it is in the sandbox.
#[derive(Debug, Default)]
pub(crate) struct Rights {
    /// Files, and folders with all below, that are read.
    reads: Vec<PathBuf>,
    /// Folders in which files are read, made, renamed and deleted.
    writes: Vec<PathBuf>,
    /// Terminals that are asked.
    terminals: Vec<PathBuf>,
    /// Files that are open already and written to; nothing takes that right away.
    open: Vec<PathBuf>,
}

/// What the kernel holds this process to, from now on.
#[derive(Debug)]
pub(crate) struct Enforced {
    /// Whether connections and new programs are denied, or why not.
    calls: Result<(), String>,
    /// Whether all other files are denied, or why not.
    files: Result<(), String>,
    reads_everything: bool,
    writes: bool,
}

impl Rights {
    /// No file at all.
    #[must_use]
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// Also reads `path`; a folder stands for all that is below it.
    #[must_use]
    pub(crate) fn read(mut self, path: &Path) -> Self {
        self.reads.push(path.to_owned());
        self
    }

    /// Also reads all of `paths`.
    #[must_use]
    pub(crate) fn read_all<'a>(mut self, paths: impl IntoIterator<Item = &'a PathBuf>) -> Self {
        self.reads.extend(paths.into_iter().cloned());
        self
    }

    /// Also reads whatever is named later on.
    #[must_use]
    pub(crate) fn read_everything(self) -> Self {
        self.read(Path::new("/"))
    }

    /// Also writes to all of `files`, which are open already.
    #[must_use]
    pub(crate) fn open_all<'a>(mut self, files: impl IntoIterator<Item = &'a PathBuf>) -> Self {
        self.open.extend(files.into_iter().cloned());
        self
    }

    /// Also asks on the terminal, without showing the answer.
    #[must_use]
    pub(crate) fn terminal(mut self) -> Self {
        self.terminals.push(PathBuf::from("/dev/tty"));
        self
    }

    /// Also writes in all of `folders`.
    pub(crate) fn write_all<'a>(mut self, folders: impl IntoIterator<Item = &'a PathBuf>) -> Self {
        self.writes.extend(folders.into_iter().cloned());
        self
    }

    /// Also makes the file at `path`, in whatever folder it is to be.
    #[must_use]
    pub(crate) fn make(mut self, path: &Path) -> Self {
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        self.writes.push(folder.unwrap_or(Path::new(".")).to_owned());
        self
    }
}

impl Enforced {
    /// Whether nothing is missing.
    #[must_use]
    pub(crate) fn is_whole(&self) -> bool {
        self.calls.is_ok() && self.files.is_ok()
    }
}

/// Enters the sandbox as far as this system has one. Call it before any thread is started.
pub(crate) fn enter(rights: &Rights) -> Enforced {
    Enforced {
        files: system::restrict_files(&rights.reads, &rights.writes, &rights.terminals),
        calls: system::restrict_calls(),
        reads_everything: rights.reads.iter().any(|path| path == Path::new("/")),
        writes: !rights.writes.is_empty() || !rights.open.is_empty(),
    }
}

/// What is enforced, then what is not and why.
impl fmt::Display for Enforced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut held: Vec<&str> = Vec::new();
        if self.calls.is_ok() {
            held.push("no connections, no new programs (seccomp)");
        }
        if self.files.is_ok() {
            held.push(match (self.reads_everything, self.writes) {
                (false, false) => "reads only what the command line names, writes no file (Landlock)",
                (false, true) => "reads and writes only what the command line names (Landlock)",
                (true, false) => "writes no file (Landlock)",
                (true, true) => "writes only what the command line names (Landlock)",
            });
        }
        f.write_str("sandbox: ")?;
        f.write_str(if held.is_empty() { "none" } else { "" })?;
        f.write_str(&held.join("; "))?;
        for missing in [&self.calls, &self.files].into_iter().filter_map(|part| part.as_ref().err()) {
            write!(f, "; not enforced: {missing}")?;
        }
        Ok(())
    }
}
