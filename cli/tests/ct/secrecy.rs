//! The memory of a command that handles private keys is nobody else's.

use crate::desk::bundles;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// `ct` for nobody in particular, that waits for its standard input.
fn waiting(folder: &Path, words: &[&str]) -> std::io::Result<Child> {
    let program = folder.join("ct");
    let mut command = if fs::metadata("/proc/self").unwrap().uid() == 0 {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir(folder).args(words);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

/// Whether the system gives no core dump of the process, and shows what is in it to nobody but its administrator.
fn is_kept(process: u32) -> bool {
    let Ok(limits) = fs::read_to_string(format!("/proc/{process}/limits")) else { return false };
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let hidden = fs::metadata(format!("/proc/{process}/limits")).is_ok_and(|metadata| metadata.uid() == 0);
    hidden && core.split_whitespace().skip(4).take(2).eq(["0", "0"])
}

// R8.1
#[test]
fn commands_with_private_keys_leave_no_core_and_cannot_be_looked_into() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    // Not by this process: a test beside that forks while the copy is open would keep it from being run.
    let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_ct")).arg(folder.path()).status();
    assert!(copied.unwrap().success());
    let trust = bundles().join("trust.cbor");
    let trust = trust.to_str().unwrap();
    for (words, kept) in [
        (&["keygen", "--role", "root", "--name", "a", "--out", "a.pem", "--passphrase-file", "-"][..], true),
        (&["verify", "--trust", trust, "-"], false),
    ] {
        let Ok(mut child) = waiting(folder.path(), words) else { return ct_testdata::skip("no setpriv program") };
        // Until it is so. A command of which nothing is kept never gets there, so the time for that one is short.
        let until = Instant::now() + Duration::from_millis(if kept { 10_000 } else { 500 });
        while !is_kept(child.id()) && Instant::now() < until {
            thread::yield_now();
        }
        let found = is_kept(child.id());
        assert!(child.try_wait().unwrap().is_none(), "it waits for its input: {words:?}");
        drop(child.stdin.take());
        child.wait().unwrap();
        assert_eq!(found, kept, "{words:?}");
    }
}
