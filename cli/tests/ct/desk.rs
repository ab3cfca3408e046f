//! A folder to work in, the example bundles, and what a run of `ct` said.

use assert_cmd::Command;
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

pub(crate) fn said(output: Output) -> Said {
    Said {
        status: output.status.code().expect("no signal ended it"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: without_sandbox(&String::from_utf8(output.stderr).unwrap()),
    }
}
