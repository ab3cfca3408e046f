//! Go's `sumdb` reads the log: note, every tile, every entry. See `tests/oracle/sumdb/main.go`.

use crate::fixture::{directory, entries, log_key, log_of};
use crate::go::oracle;
use ct_node::Log;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn read(program: &Path, dir: &Path) -> Output {
    Command::new(program).arg(dir.join("log")).arg(dir.join("log.vkey")).output().unwrap()
}

fn accepted(program: &Path, dir: &Path) -> String {
    let output = read(program, dir);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

// R14.1, R15.2
#[test]
fn go_reads_every_tile_and_entry() {
    let tools = directory();
    let Some(program) = oracle(tools.path(), "sumdb") else { return };
    for (count, tiles) in [(1, 2), (2, 2), (3, 2), (4, 2), (5, 2), (255, 2), (256, 3), (257, 5), (600, 7)] {
        let dir = directory();
        let log = log_of(dir.path(), &entries(count));
        fs::write(dir.path().join("log.vkey"), format!("{}\n", log.verifier())).unwrap();
        let earlier = if count == 1 { 0 } else { 2 };
        let expected = format!("OK tiles={tiles} entries={count} earlier={earlier}\n");
        assert_eq!(accepted(&program, dir.path()), expected);
    }
}

// R14.1: a log that grew in many steps.
#[test]
fn go_reads_a_log_that_grew() {
    let tools = directory();
    let Some(program) = oracle(tools.path(), "sumdb") else { return };
    let (dir, entries) = (directory(), entries(531));
    let mut log = Log::create(dir.path(), log_key(), &entries[0]).unwrap();
    fs::write(dir.path().join("log.vkey"), format!("{}\n", log.verifier())).unwrap();
    for batch in entries[1..].chunks(53) {
        log.append(batch).unwrap();
        assert!(accepted(&program, dir.path()).starts_with("OK tiles="));
    }
    assert!(accepted(&program, dir.path()).contains(" entries=531 "));
}

// The oracle itself: one byte of any file, and it says so.
#[test]
fn go_refuses_a_changed_byte_anywhere() {
    let tools = directory();
    let Some(program) = oracle(tools.path(), "sumdb") else { return };
    let dir = directory();
    let log = log_of(dir.path(), &entries(300));
    fs::write(dir.path().join("log.vkey"), format!("{}\n", log.verifier())).unwrap();
    for name in ["checkpoint", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/0/000.p/1"]
    {
        let path = dir.path().join("log").join(name);
        let whole = fs::read(&path).unwrap();
        let mut changed = whole.clone();
        changed[whole.len() / 2] ^= 1;
        fs::write(&path, changed).unwrap();
        assert!(!read(&program, dir.path()).status.success(), "{name}");
        fs::write(&path, whole).unwrap();
    }
    assert!(read(&program, dir.path()).status.success());
}
