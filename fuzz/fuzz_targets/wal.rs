//! A record that is read is written again byte for byte. A log of any bytes is recovered without a panic, and what is
//! recovered is there at the next start.
#![no_main]
use ct_node::wal::{Damage, Disk, Frame, Recovered, recover};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok((frame, rest)) = Frame::parse(bytes) {
        let mut again = Vec::new();
        frame.encode(&mut again);
        assert_eq!([&again, rest].concat(), bytes);
    }
    let files = Files::default();
    let open = || recover(Box::new(files.clone())).unwrap();
    drop(open());
    files.all().insert("00000000000000000001.wal".to_owned(), bytes.to_vec());
    let first = open();
    let second = open();
    assert_eq!((first.contents(), first.last()), (second.contents(), second.last()));
    assert!(second.quarantined().is_empty());
    let is_lost = |found: &Recovered| matches!(found.damage(), Damage::Corrupt { .. });
    assert_eq!(is_lost(&first), is_lost(&second));
});

/// A directory in memory.
#[derive(Clone, Default)]
struct Files(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

impl Files {
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.0.lock().unwrap()
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        self.all().get_mut(name).map(change).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Disk for Files {
    fn path(&self, name: &str) -> PathBuf {
        PathBuf::from(name)
    }

    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.all().keys().filter(|name| !name.contains('/')).cloned().collect())
    }

    fn exists(&self, name: &str) -> io::Result<bool> {
        Ok(self.all().contains_key(name))
    }

    fn read(&self, name: &str, _most: usize) -> io::Result<Vec<u8>> {
        self.all().get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn create(&mut self, name: &str, first: &[u8], size: usize) -> io::Result<()> {
        let mut bytes = first.to_vec();
        bytes.resize(size, 0);
        assert!(self.all().insert(name.to_owned(), bytes).is_none());
        Ok(())
    }

    fn write_at(&mut self, name: &str, offset: usize, bytes: &[u8]) -> io::Result<()> {
        self.change(name, |file| {
            file.resize(file.len().max(offset + bytes.len()), 0);
            file[offset..offset + bytes.len()].copy_from_slice(bytes);
        })
    }

    fn cut(&mut self, name: &str, length: usize) -> io::Result<()> {
        self.change(name, |file| file.truncate(length))
    }

    fn sync(&mut self, name: &str) -> io::Result<()> {
        self.change(name, |_| ())
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        let bytes = self.all().remove(from).unwrap();
        self.all().insert(to.to_owned(), bytes);
        Ok(())
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.all().remove(name).map(drop).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn sync_names(&mut self) -> io::Result<()> {
        Ok(())
    }
}
