//! Go, where it is installed: the judge that others' clients use.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// The program of `tests/oracle/NAME/main.go`, built into `dir`; none where there is no Go with sumdb.
pub(crate) fn oracle(dir: &Path, name: &str) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle").join(name).join("main.go");
    assert!(fs::exists(&source).unwrap());
    // Where Debian's golang-golang-x-mod-dev puts the package.
    let gopath = env::var_os("GOPATH").unwrap_or_else(|| "/usr/share/gocode".into());
    let go = |arguments: &[&str]| {
        let mut command = Command::new("go");
        command.args(arguments).env("GO111MODULE", "off").env("GOPATH", &gopath).env("GOFLAGS", "");
        command
    };
    let probe = go(&["list", "golang.org/x/mod/sumdb/tlog"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !probe.is_ok_and(|status| status.success()) {
        ct_testdata::skip("no Go with golang.org/x/mod/sumdb/tlog");
        return None;
    }
    let program = dir.join(name);
    let built = go(&["build", "-o"]).arg(&program).arg(source).output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Some(program)
}
