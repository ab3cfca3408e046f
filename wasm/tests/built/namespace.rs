//! A test that runs where there is no network: in a namespace of its own, whose only interface is its own loopback.

use crate::dist;
use std::env;
use std::process::{Command, Stdio};

/// Runs `body`, which is the body of the test named `test`, in namespaces of its own; the browsers that it starts end
/// with it. Where that is not possible, says so and does nothing.
///
/// The test's own program is run again there, asked for this one test.
pub(crate) fn inside(test: &str, body: impl FnOnce()) {
    if env::var_os(MARK).is_some() {
        return body();
    }
    let Some(options) = WAYS.into_iter().find(|options| works(options)) else {
        return ct_testdata::skip(format!("{test}: no network namespace can be made here (unshare, ip)"));
    };
    let program = env::current_exe().unwrap();
    let output = unshare(options)
        .args(["sh", "-c", "ip link set lo up && exec \"$@\"", "sh"])
        .arg(program)
        .args([test, "--exact", "--include-ignored", "--nocapture"])
        .env(MARK, "1")
        // By which the driver reads the names of files.
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{test} in its namespace: {}\n{said}", output.status);
    assert!(said.contains("1 passed"), "{test} is not the name of this test:\n{said}");
    dist::remark(&said);
}

fn works(options: &[&str]) -> bool {
    let mut command = unshare(options);
    command.args(["ip", "link", "set", "lo", "up"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn unshare(options: &[&str]) -> Command {
    let mut command = Command::new("unshare");
    command.args(options).args(["--net", "--pid", "--fork", "--kill-child", "--mount-proc"]);
    command
}

const MARK: &str = "CIVICTRUST_INSIDE_NAMESPACE";

/// As root, and as anybody where the system lets them.
const WAYS: [&[&str]; 2] = [&[], &["--map-root-user"]];
