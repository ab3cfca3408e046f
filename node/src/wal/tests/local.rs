//! A real directory: its lock, a full file system, one that cannot be written to.

use super::*;
use ct_testdata::skip;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

fn open(dir: &Path) -> Recovered {
    recover(Box::new(LocalDisk::open(dir).unwrap())).unwrap()
}

// R10.1: a real directory, over several lives.
#[test]
fn records_are_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let dir = &dir.path().join("wal");
    for life in 0..4_u64 {
        let found = open(dir);
        assert_eq!((found.damage(), indices(found.contents())), (Damage::None, (0..life * 50).collect()));
        let (wal, _) = found.open(WalSettings { segment_bytes: 4_096, ..WalSettings::default() }).unwrap();
        for index in life * 50..(life + 1) * 50 {
            append(&wal, vec![entry(index)]).unwrap();
        }
    }
    let files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "wal")).count() > 5);
    // R22: commands may be about people.
    for path in files.iter().chain([dir]) {
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
    }
}

// R9.5: a single writer.
#[test]
fn a_directory_has_one_writer() {
    let dir = tempfile::tempdir().unwrap();
    let first = LocalDisk::open(dir.path()).unwrap();
    let error = LocalDisk::open(dir.path()).unwrap_err();
    assert_eq!(error.code(), Code::IoWrite);
    assert!(error.to_string().contains("in use by another program"));
    drop(first);
    LocalDisk::open(dir.path()).unwrap();
}

/// A file system of its own in memory, gone with this value.
struct Mounted(tempfile::TempDir);

impl Mounted {
    /// `None`, and said, where nothing can be mounted.
    fn new(kilobytes: u32) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let options = format!("size={kilobytes}k");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "ct-test"]).arg(dir.path()).output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self(dir)),
            _ => {
                skip("a full or read-only file system: mount needs rights that this user lacks");
                None
            }
        }
    }

    fn remount(&self, options: &str) {
        let status = Command::new("mount").args(["-o", &format!("remount,{options}")]).arg(self.0.path()).status();
        assert!(status.unwrap().success());
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

// R10.2, R20.1: the disk is full. Nothing is acknowledged any more; with room again all that was is there.
#[test]
fn a_full_disk_stops_the_log_and_loses_nothing() {
    let Some(mounted) = Mounted::new(256) else { return };
    let dir = &mounted.0.path().join("wal");
    let settings = WalSettings { segment_bytes: 32 << 10, ..WalSettings::default() };
    let (wal, _) = open(dir).open(settings).unwrap();
    let value = vec![7; 1_000];
    let large = |index| Record::Entry { at: Position { term: 1, index }, value: value.as_slice().into() };
    let results: Vec<_> = (0..400).map(|index| append(&wal, vec![large(index)])).collect();
    let acknowledged = results.iter().take_while(|result| result.is_ok()).count();
    assert!((100..400).contains(&acknowledged), "{acknowledged}");
    let (last, earlier) = results[acknowledged..].split_first().unwrap();
    assert!(last.as_ref().unwrap_err().to_string().contains("No space left"), "{last:?}");
    assert!(earlier.iter().all(|result| code(result.clone()) == Some(Code::IoLogPoisoned)));
    drop(wal);
    mounted.remount("size=1024k");
    let found = open(dir);
    assert_eq!(found.contents().len(), acknowledged);
    let (wal, _) = found.open(settings).unwrap();
    append(&wal, vec![large(u64::try_from(acknowledged).unwrap())]).unwrap();
}

// R1.1: a directory that cannot be written to is said so, with its path.
#[test]
fn a_read_only_directory_is_refused() {
    let Some(mounted) = Mounted::new(256) else { return };
    let dir = &mounted.0.path().join("wal");
    let settings = WalSettings { segment_bytes: 4_096, ..WalSettings::default() };
    let (wal, _) = open(dir).open(settings).unwrap();
    append(&wal, vec![entry(0)]).unwrap();
    drop(wal);
    mounted.remount("ro");
    let error = LocalDisk::open(dir).unwrap_err();
    assert_eq!(error.code(), Code::IoWrite);
    assert!(error.to_string().contains("Read-only file system"), "{error}");
    mounted.remount("rw");
    assert_eq!(open(dir).contents().len(), 1);
}
