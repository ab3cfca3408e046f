//! Where a log can be, and where it cannot.

use crate::log::{Log, notes};
use ct_core::Code;
use ct_journal::{Journal, Reader};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

fn open(path: &Path) -> Option<Code> {
    Journal::open(path).err().map(|error| error.code())
}

fn read(path: &Path) -> Option<Code> {
    Reader::open(path).err().map(|error| error.code())
}

// R8.1: what is recorded is for its owner.
#[test]
fn a_new_log_is_its_owner_s_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("evidence.log");
    Journal::open(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(Reader::open(&path).unwrap().count(), 0);
}

// R1.1, R1.4
#[test]
fn only_a_regular_file_is_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    assert!(Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
    fs::create_dir(path("folder")).unwrap();
    symlink(path("loop-b"), path("loop-a")).unwrap();
    symlink(path("loop-a"), path("loop-b")).unwrap();
    symlink(path("nowhere"), path("dangling")).unwrap();
    fs::write(path("file"), "").unwrap();
    symlink(path("file"), path("link")).unwrap();
    let loops = path("loop-a").join("evidence.log");
    for (path, opened, read_as) in [
        (path("pipe"), Some(Code::IoNotAFile), Some(Code::IoNotAFile)),
        (path("folder"), Some(Code::IoNotAFile), Some(Code::IoNotAFile)),
        ("/dev/full".into(), Some(Code::IoNotAFile), Some(Code::IoNotAFile)),
        ("/dev/zero".into(), Some(Code::IoNotAFile), Some(Code::IoNotAFile)),
        (path("dangling"), Some(Code::IoNotAFile), Some(Code::IoNotFound)),
        (path("loop-a"), Some(Code::IoNotAFile), Some(Code::IoSymlinkLoop)),
        (loops, Some(Code::IoSymlinkLoop), Some(Code::IoSymlinkLoop)),
        (path("link"), Some(Code::IoNotAFile), None),
        (path("absent/evidence.log"), Some(Code::IoNotFound), Some(Code::IoNotFound)),
        (path("file/evidence.log"), Some(Code::IoNotFound), Some(Code::IoNotFound)),
        (path("file"), None, None),
    ] {
        assert_eq!(open(&path), opened, "{}", path.display());
        assert_eq!(read(&path), read_as, "{}", path.display());
    }
    assert!(!path("nowhere").exists());
}

// R1.2: the descriptor is all that a journal needs.
#[test]
fn a_journal_outlives_the_name_of_its_file() {
    let log = Log::with(b"");
    let mut journal = Journal::open(&log.path).unwrap();
    fs::remove_file(&log.path).unwrap();
    assert_eq!(journal.append(&notes(&["a"])).unwrap()[0].seq, 0);
    assert_eq!(journal.append(&notes(&["b"])).unwrap()[0].seq, 1);
}
