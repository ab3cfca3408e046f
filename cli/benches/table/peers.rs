//! Others beside us.

use std::fs;
use std::process::{Command, Stdio};

/// A file that minisign has signed.
pub(crate) struct Minisign {
    folder: tempfile::TempDir,
}

impl Minisign {
    /// None where minisign is not installed.
    pub(crate) fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("document"), [b'x'; 2_000]).unwrap();
        let in_folder = |words: &[&str]| {
            let mut command = Command::new("minisign");
            command.args(words).current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
            command.status().ok().filter(std::process::ExitStatus::success)
        };
        in_folder(&["-G", "-W", "-p", "key.pub", "-s", "key"])?;
        in_folder(&["-S", "-s", "key", "-m", "document"])?;
        Some(Self { folder })
    }

    pub(crate) fn verify(&self) -> Command {
        let mut command = Command::new("minisign");
        command.args(["-V", "-p", "key.pub", "-m", "document"]).current_dir(self.folder.path()).stdout(Stdio::null());
        command
    }
}

pub(crate) fn beside() {}
