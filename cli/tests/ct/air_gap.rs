//! What the kernel sees of `ct`.

use crate::desk::{AT, bundles, said, verify};
use assert_cmd::Command;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// The system calls of a run, one a line; none where there is no strace.
fn traced(program: &str, words: &[&Path]) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let filter = "trace=%network,%file,io_uring_setup,io_uring_enter,seccomp,landlock_restrict_self,execve";
    let mut strace = std::process::Command::new("strace");
    strace.args(["-f", "-e", filter, "-o"]).arg(&trace).arg(program).args(words);
    match strace.stdout(Stdio::null()).stderr(Stdio::null()).status() {
        Ok(status) => assert!(status.success(), "{status}"),
        Err(_) => {
            ct_testdata::skip("strace is not installed: nobody watched what ct asks of the kernel");
            return None;
        }
    }
    Some(fs::read_to_string(&trace).unwrap().lines().map(str::to_owned).collect())
}

fn names_a_connection(line: &str) -> bool {
    let call = line.split_once(' ').map_or("", |(_, call)| call.trim_start()).split('(').next().unwrap_or_default();
    ["socket", "socketpair", "connect", "bind", "sendto", "sendmsg", "io_uring_setup", "io_uring_enter"].contains(&call)
}

// R19.3: beside a control that does open a socket.
#[test]
fn no_command_asks_the_kernel_for_a_connection() {
    let Some(control) = traced("bash", &[Path::new("-c"), Path::new("exec 3<>/dev/udp/127.0.0.1/9")]) else { return };
    assert!(control.iter().any(|line| names_a_connection(line)), "the control: {control:?}");
    let (trust, valid) = (bundles().join("trust.cbor"), bundles().join("valid"));
    let bundle = valid.join("diploma.cbor");
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let verdicts = folder.path().join("verdicts.jsonl");
    let p = Path::new;
    let commands: [&[&Path]; 6] = [
        &[p("verify"), p("--at"), p(AT), p("--trust"), &trust, p("--state"), &state, &valid],
        &[p("verify"), p("--at"), p(AT), p("--trust"), &trust, p("--resume"), &verdicts, p("--sandbox=off"), &valid],
        &[p("inspect"), &bundle],
        &[p("hash"), &bundle],
        &[p("trust"), p("show"), &trust],
        &[p("explain")],
    ];
    for words in commands {
        let calls = traced(env!("CARGO_BIN_EXE_ct"), words).unwrap();
        assert!(calls.len() > 3, "{words:?}: {calls:?}");
        let connections: Vec<_> = calls.iter().filter(|line| names_a_connection(line)).collect();
        assert!(connections.is_empty(), "{words:?}: {connections:?}");
    }
}

// R19.3
#[test]
fn the_sandbox_is_entered_before_the_first_input_is_opened() {
    let (trust, bundle) = (bundles().join("trust.cbor"), bundles().join("valid/diploma.cbor"));
    let words: [&Path; 5] = [Path::new("verify"), Path::new("--trust"), &trust, Path::new("--hash-only"), &bundle];
    let Some(calls) = traced(env!("CARGO_BIN_EXE_ct"), &words) else { return };
    let find = |what: &[&str]| {
        calls
            .iter()
            .position(|line| what.iter().all(|part| line.contains(part)))
            .unwrap_or_else(|| panic!("{what:?}: {calls:#?}"))
    };
    let entered = find(&["landlock_restrict_self("]).max(find(&["seccomp(SECCOMP_SET_MODE_FILTER"]));
    // To name a path to Landlock it is opened too, without the right to read.
    let opened = |path: &Path| find(&["open", path.to_str().unwrap(), "O_NONBLOCK"]);
    assert!(entered < opened(&trust) && entered < opened(&bundle), "{calls:#?}");
}

// R19.3: what a running `ct` is held to, as the kernel tells it.
#[test]
fn the_kernel_says_that_a_running_verification_is_confined() {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_ct"))
        .args(["verify", "--sandbox", "require", "--at", AT, "--jsonl", "--trust"])
        .arg(bundles().join("trust.cbor"))
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut list = child.stdin.take().unwrap();
    writeln!(list, "{}", bundles().join("valid/diploma.cbor").display()).unwrap();
    let mut verdicts = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(verdicts.next().unwrap().unwrap().contains("\"code\":\"ok\""), "it answers before the list ends");
    let mut threads = 0;
    for thread in fs::read_dir(format!("/proc/{}/task", child.id())).unwrap() {
        let status = fs::read_to_string(thread.unwrap().path().join("status")).unwrap();
        for held in ["Seccomp:\t2\n", "NoNewPrivs:\t1\n"] {
            assert!(status.contains(held), "{status}");
        }
        threads += 1;
    }
    assert!(threads > 1, "the threads that judge are among them");
    drop(list);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

fn run(words: &[&str]) -> crate::desk::Said {
    let mut command = Command::cargo_bin("ct").unwrap();
    command.args(["verify", "--at", AT, "--trust"]).arg(bundles().join("trust.cbor")).args(words);
    let output = command.arg(bundles().join("valid")).output().unwrap();
    let err = String::from_utf8(output.stderr.clone()).unwrap();
    crate::desk::Said { err, ..said(output) }
}

#[test]
fn standard_error_says_what_is_enforced_and_the_verdicts_are_the_same() {
    let with = run(&["--sandbox", "require"]);
    let sandbox = "ct: sandbox: no connections, no new programs (seccomp); reads only what the command line names, writes no \
                   file (Landlock)\n";
    assert!(with.err.starts_with(sandbox), "{}", with.err);
    let automatic = run(&[]);
    assert_eq!(automatic.err, with.err);
    let without = run(&["--sandbox", "off"]);
    assert!(!without.err.contains("sandbox"), "{}", without.err);
    assert_eq!((&with.out, with.status), (&without.out, without.status));
    assert_eq!((&with.out, with.status), (&automatic.out, automatic.status));
    let folder = tempfile::tempdir().unwrap();
    for (option, name) in [("--state", "state"), ("--resume", "verdicts.jsonl"), ("--log", "desk.log")] {
        let writing = run(&["--sandbox", "require", option, folder.path().join(name).to_str().unwrap()]);
        assert!(writing.err.contains("reads and writes only what the command line names"), "{}", writing.err);
    }
}

#[test]
fn links_that_lead_out_of_a_folder_are_followed_in_the_sandbox_too() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let good = bundles().join("valid/diploma.cbor");
    let copy = elsewhere.path().join("copy.cbor");
    fs::copy(&good, &copy).unwrap();
    std::os::unix::fs::symlink(&copy, folder.path().join("a.cbor")).unwrap();
    fs::copy(&good, folder.path().join("b.cbor")).unwrap();
    let required: [PathBuf; 3] = ["--sandbox".into(), "require".into(), folder.path().to_owned()];
    let said = verify(&required);
    assert_eq!((said.codes(), said.status), (vec!["ok", "ok"], 0), "{}", said.err);
}
