//! A folder to work in, the example bundles, and what a run of `ct` said.

use assert_cmd::Command;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Output;

/// When the tests judge, unless they say otherwise.
pub(crate) const AT: &str = "2027-01-01T00:00:00Z";

/// The workspace's `bundles/`.
pub(crate) fn bundles() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../bundles")
}

/// What a run said.
pub(crate) struct Said {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// The machine-readable lines.
    pub(crate) fn lines(&self) -> Vec<&str> {
        self.out.lines().filter(|line| line.starts_with("ct1 ")).collect()
    }

    /// The code of each machine-readable line.
    pub(crate) fn codes(&self) -> Vec<&str> {
        let code = |line: &'_ str| line.split(' ').find_map(|field| field.strip_prefix("code=").map(str::len));
        let lines = self.lines();
        lines
            .iter()
            .map(|line| {
                let start = line.find("code=").unwrap() + 5;
                &line[start..start + code(line).unwrap()]
            })
            .collect()
    }
}

/// Runs `ct` with these words.
pub(crate) fn ct<I: AsRef<std::ffi::OsStr>>(words: impl IntoIterator<Item = I>) -> Said {
    said(Command::cargo_bin("ct").unwrap().args(words).output().unwrap())
}

/// Runs `ct verify` as of [`AT`] with the example trust root.
pub(crate) fn verify<I: AsRef<std::ffi::OsStr>>(words: impl IntoIterator<Item = I>) -> Said {
    let mut command = Command::cargo_bin("ct").unwrap();
    command.args(["verify", "--at", AT, "--trust"]).arg(bundles().join("trust.cbor")).args(words);
    said(command.output().unwrap())
}

/// What was said besides the line on the sandbox, which depends on the system.
pub(crate) fn without_sandbox(err: &str) -> String {
    err.split_inclusive('\n').filter(|line| !line.starts_with("ct: sandbox: ")).collect()
}

/// `ct` for a user whom permissions concern: nobody, where the tests run as root. The copy of the program that it runs
/// is put into `folder`, which everybody may then enter.
pub(crate) fn without_rights(folder: &Path) -> Command {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    let program = folder.join("ct");
    // Not by this process: a test beside that forks while the copy is open would keep it from being run.
    let copied = std::process::Command::new("cp").arg(env!("CARGO_BIN_EXE_ct")).arg(&program).status();
    assert!(copied.unwrap().success());
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program);
    command
}

pub(crate) fn said(output: Output) -> Said {
    Said {
        status: output.status.code().expect("no signal ended it"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: without_sandbox(&String::from_utf8(output.stderr).unwrap()),
    }
}
