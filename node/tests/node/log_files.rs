//! The read path of a log over HTTP.

use crate::fixture::{directory, entries, files, log_of};
use crate::service::{limits, serve};
use ct_node::http::LogFiles;
use std::fs;
use std::io::Read;

// R3.3 of tlog-tiles' readers: every published file, its bytes and how long it may be kept.
#[test]
fn every_published_file_is_served() {
    let dir = directory();
    log_of(dir.path(), &entries(300));
    let server = serve(LogFiles::new(&dir.path().join("log")).routes(), limits());
    let mut client = server.client();
    let mut tiles = 0;
    for (path, bytes) in files(&dir.path().join("log")) {
        let answer = client.ask("GET", &format!("/{path}"), b"");
        assert_eq!((answer.status, &answer.body), (200, &bytes), "{path}");
        let caching = if path == "checkpoint" { "no-cache" } else { "public, max-age=31536000, immutable" };
        assert_eq!(answer.header("cache-control"), Some(caching));
        tiles += 1;
    }
    assert!(tiles > 6);
}

// R3.3: an entry bundle of 16 MiB comes in parts; one that is cut meanwhile breaks off and is not taken for whole.
#[test]
fn large_files_are_sent_in_parts() {
    let dir = directory();
    log_of(dir.path(), &entries(256));
    let log = dir.path().join("log");
    let bytes: Vec<u8> = (0..16 << 20).map(|number: u32| number.to_le_bytes()[1]).collect();
    fs::write(log.join("tile/entries/000"), &bytes).unwrap();
    let server = serve(LogFiles::new(&log).routes(), limits());
    assert_eq!(server.client().ask("GET", "/tile/entries/000", b"").body, bytes);
    let mut client = server.client();
    client.send("GET /tile/entries/000 HTTP/1.1\r\nhost: x\r\n\r\n");
    let mut first = [0; 1000];
    client.socket.read_exact(&mut first).unwrap();
    let file = fs::File::options().write(true).open(log.join("tile/entries/000")).unwrap();
    file.set_len(15 << 20).unwrap();
    let rest = client.rest();
    assert!(rest.len() < 16 << 20, "{}", rest.len());
    assert_eq!(server.client().ask("GET", "/tile/0/000", b"").status, 200);
}

// R22: nothing but tiles has a path.
#[test]
fn nothing_else_is_served() {
    let dir = directory();
    log_of(dir.path(), &entries(3));
    fs::write(dir.path().join("log/tile/secret"), "no").unwrap();
    let server = serve(LogFiles::new(&dir.path().join("log")).routes(), limits());
    let mut client = server.client();
    for path in [
        "/tile/secret",
        "/tile/../checkpoint",
        "/tile/%2e%2e/%2e%2e/state/fence",
        "/tile/0/..%2f..%2fcheckpoint",
        "/state/fence",
        "/tile/0/000%00",
        "/tile/0/0000",
        "/tile/",
        "/tile/%ff",
    ] {
        let answer = client.ask("GET", path, b"");
        assert!(answer.status == 404 || answer.status == 400, "{path}: {}", answer.status);
        assert!(!answer.text().contains("log.example"), "{path}");
    }
}

// A cache would keep for ever what a crash left behind.
#[test]
fn tiles_beyond_the_checkpoint_are_not_served() {
    let dir = directory();
    log_of(dir.path(), &entries(3));
    let log = dir.path().join("log");
    fs::copy(log.join("tile/0/000.p/3"), log.join("tile/0/000.p/4")).unwrap();
    let server = serve(LogFiles::new(&log).routes(), limits());
    let mut client = server.client();
    assert_eq!(client.ask("GET", "/tile/0/000.p/3", b"").status, 200);
    let beyond = client.ask("GET", "/tile/0/000.p/4", b"");
    assert_eq!(
        (beyond.status, beyond.code().as_str(), beyond.header("cache-control")),
        (404, "unknown.file", Some("no-store"))
    );
    fs::remove_file(log.join("checkpoint")).unwrap();
    assert_eq!(client.ask("GET", "/checkpoint", b"").status, 404);
    assert_eq!(client.ask("GET", "/tile/0/000.p/3", b"").status, 404);
    fs::write(log.join("checkpoint"), "damaged").unwrap();
    assert_eq!(client.ask("GET", "/tile/0/000.p/3", b"").status, 500);
}
