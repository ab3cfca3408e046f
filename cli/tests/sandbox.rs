//! The sandbox itself, tried from inside: each thing that it takes away is tried before, where it works, and after.
//!
//! It holds for the thread that enters it and those started from there, so that every test has a sandbox of its own.

#![cfg(test)]
#![cfg(target_os = "linux")]

#[path = "../src/sandbox/mod.rs"]
#[allow(dead_code, reason = "the tests use a part of it")]
mod sandbox;

use sandbox::Rights;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::path::Path;
use std::process::Command;
use std::thread;

/// Runs `inside` in a sandbox with these rights.
fn confined<T: Send>(rights: Rights, inside: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let enforced = sandbox::enter(&rights);
            assert!(enforced.is_whole(), "{enforced}");
            inside()
        });
        thread.join().unwrap()
    })
}

/// Every way to speak that the standard library has.
fn speak(listener: &TcpListener) -> Vec<io::Result<()>> {
    let address = listener.local_addr().unwrap();
    vec![
        TcpStream::connect(address).map(drop),
        TcpListener::bind("127.0.0.1:0").map(drop),
        UdpSocket::bind("127.0.0.1:0").map(drop),
        UnixStream::pair().map(drop),
        UnixDatagram::unbound().map(drop),
    ]
}

fn refusals(outcomes: Vec<io::Result<()>>) -> Vec<Option<ErrorKind>> {
    outcomes.into_iter().map(|outcome| outcome.err().map(|error| error.kind())).collect()
}

// R19.3: with the control that the same calls work outside.
#[test]
fn no_connection_can_be_opened() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let outside = refusals(speak(&listener));
    assert!(outside.iter().all(Option::is_none), "the control: {outside:?}");
    let inside = confined(Rights::none(), || refusals(speak(&listener)));
    assert_eq!(inside, vec![Some(ErrorKind::PermissionDenied); outside.len()]);
}

// R19.3
#[test]
fn threads_started_inside_are_inside() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let inside =
        confined(Rights::none(), || thread::scope(|scope| scope.spawn(|| refusals(speak(&listener))).join().unwrap()));
    assert!(inside.iter().all(|refusal| *refusal == Some(ErrorKind::PermissionDenied)), "{inside:?}");
}

// R19.3: a connection that was there before cannot be used as one either.
#[test]
fn a_socket_from_outside_takes_no_new_peer() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let datagrams = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = datagrams.local_addr().unwrap();
    datagrams.send_to(b"control", address).unwrap();
    confined(Rights::none(), || {
        assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::PermissionDenied);
        assert_eq!(datagrams.send_to(b"x", address).unwrap_err().kind(), ErrorKind::PermissionDenied);
        assert_eq!(datagrams.connect(address).unwrap_err().kind(), ErrorKind::PermissionDenied);
    });
}

#[test]
fn no_program_can_be_started() {
    assert!(Command::new("true").status().unwrap().success(), "the control");
    let rights = Rights::none().read(Path::new("/"));
    let refused = confined(rights, || Command::new("true").status().map(drop).unwrap_err().kind());
    assert_eq!(refused, ErrorKind::PermissionDenied);
}

#[test]
fn only_named_files_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("named")).unwrap();
    for name in ["a", "b", "named/c"] {
        fs::write(path(name), name).unwrap();
    }
    std::os::unix::fs::symlink(path("b"), path("named/link")).unwrap();
    confined(Rights::none().read(&path("a")).read(&path("named")).read(&path("absent")), || {
        assert_eq!(fs::read_to_string(path("a")).unwrap(), "a");
        assert_eq!(fs::read_to_string(path("named/c")).unwrap(), "named/c");
        assert_eq!(fs::read_dir(path("named")).unwrap().count(), 2);
        for denied in ["b", "named/link"] {
            assert_eq!(fs::read(path(denied)).unwrap_err().kind(), ErrorKind::PermissionDenied, "{denied}");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap_err().kind(), ErrorKind::PermissionDenied);
        assert_eq!(fs::read(path("absent")).unwrap_err().kind(), ErrorKind::NotFound, "the same answer as outside");
        assert_eq!(fs::read("/etc/passwd").unwrap_err().kind(), ErrorKind::PermissionDenied);
    });
}

#[test]
fn files_are_written_only_where_it_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for name in ["in", "out"] {
        fs::create_dir(path(name)).unwrap();
        fs::write(path(name).join("old"), "old").unwrap();
    }
    let mut open = OpenOptions::new().append(true).open(path("out/old")).unwrap();
    confined(Rights::none().read(folder.path()).make(&path("in/new")), || {
        // As a new file is written here: under another name, then renamed.
        fs::write(path("in/temporary"), "new").unwrap();
        File::open(path("in/temporary")).unwrap().sync_all().unwrap();
        fs::hard_link(path("in/temporary"), path("in/new")).unwrap();
        fs::remove_file(path("in/temporary")).unwrap();
        File::open(path("in")).unwrap().sync_all().unwrap();
        let denied: [io::Result<()>; 5] = [
            fs::write(path("out/new"), "new"),
            fs::write(path("out/old"), "new"),
            fs::remove_file(path("out/old")),
            fs::rename(path("in/old"), path("out/moved")),
            fs::create_dir(path("in/folder")),
        ];
        for outcome in denied {
            // To another folder a rename is refused as one to another disk.
            let kind = outcome.unwrap_err().kind();
            assert!([ErrorKind::PermissionDenied, ErrorKind::CrossesDevices].contains(&kind), "{kind}");
        }
        // What was opened before stays open: a log is written to so.
        open.write_all(b"er").unwrap();
    });
    assert_eq!(fs::read_to_string(path("in/new")).unwrap(), "new");
    assert_eq!(fs::read_to_string(path("out/old")).unwrap(), "older");
}
