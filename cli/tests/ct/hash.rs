//! `ct hash` of files and folders.

use crate::desk::{ct, said};
use assert_cmd::Command;
use ct_core::Hash;
use std::fs;
use std::os::unix::fs::symlink;

// R7.2
#[test]
fn a_folder_is_listed_whole_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("a/deep/er")).unwrap();
    fs::create_dir(path("empty")).unwrap();
    // "a-b" is before "a/..." and "a.b" between, by their bytes.
    let names = ["B", "a-b", "a.b", "a/deep/er/c", "a/x", "b", "empty.txt", "\u{e9}"];
    for name in names {
        fs::write(path(name), name).unwrap();
    }
    symlink("/etc/passwd", path("link")).unwrap();
    symlink("..", path("a/up")).unwrap();
    let line = |name: &&str| format!("{}  ./{name}\n", Hash::of(name.as_bytes()));
    let listed =
        said(Command::cargo_bin("ct").unwrap().current_dir(folder.path()).args(["hash", "."]).output().unwrap());
    assert_eq!(listed.out, names.iter().map(line).collect::<String>());
    assert_eq!(listed.status, 0);
    assert_eq!(listed.err.lines().count(), 2, "{}", listed.err);
    // The path is joined as it was given, and files may stand beside folders.
    let root = folder.path().to_str().unwrap();
    let mixed = ct(["hash", &format!("{root}/a/deep"), &format!("{root}/B")]);
    let expected = format!("{}  {root}/a/deep/er/c\n{}  {root}/B\n", Hash::of(b"a/deep/er/c"), Hash::of(b"B"));
    assert_eq!(mixed.out, expected);
}

// R1.4
#[test]
fn a_path_that_is_not_there_does_not_stop_the_others() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "").unwrap();
    let absent = folder.path().join("absent");
    let said = ct([std::ffi::OsStr::new("hash"), absent.as_os_str(), folder.path().as_os_str()]);
    assert_eq!((said.out.lines().count(), said.status), (1, 5));
    assert!(said.err.starts_with("ct: io.not_found: "), "{}", said.err);
}
