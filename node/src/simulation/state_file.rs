//! The file of a node's state: what was not flushed is lost with the power.

use redb::StorageBackend;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

#[derive(Clone, Debug, Default)]
struct Bytes {
    durable: Vec<u8>,
    now: Vec<u8>,
    /// Where something was written since the last flush.
    pending: Vec<(usize, Vec<u8>)>,
}

/// The file; clones are the same one.
#[derive(Clone, Debug, Default)]
pub(super) struct StateFile(Arc<Mutex<Bytes>>);

impl StateFile {
    /// What is found after a power failure: what was flushed, and of the rest what `keep` chooses.
    pub(super) fn crash(&self, mut keep: impl FnMut() -> bool) -> Self {
        let bytes = self.bytes();
        let mut after = bytes.durable.clone();
        for (at, written) in bytes.pending.iter().filter(|_| keep()) {
            put(&mut after, *at, written);
        }
        Self(Arc::new(Mutex::new(Bytes { durable: after.clone(), now: after, pending: Vec::new() })))
    }

    fn bytes(&self) -> MutexGuard<'_, Bytes> {
        self.0.lock().unwrap()
    }
}

fn put(bytes: &mut Vec<u8>, at: usize, written: &[u8]) {
    bytes.resize(bytes.len().max(at + written.len()), 0);
    bytes[at..at + written.len()].copy_from_slice(written);
}

impl StorageBackend for StateFile {
    fn len(&self) -> io::Result<u64> {
        Ok(u64::try_from(self.bytes().now.len()).unwrap())
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let (bytes, at) = (self.bytes(), usize::try_from(offset).unwrap());
        let read = bytes.now.get(at..at + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(read);
        Ok(())
    }

    /// Lengths change at once: which pages count is written inside.
    fn set_len(&self, length: u64) -> io::Result<()> {
        let (mut bytes, length) = (self.bytes(), usize::try_from(length).unwrap());
        bytes.now.resize(length, 0);
        bytes.durable.resize(length, 0);
        bytes.pending.retain(|(at, written)| at + written.len() <= length);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut bytes = self.bytes();
        for (at, written) in std::mem::take(&mut bytes.pending) {
            put(&mut bytes.durable, at, &written);
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let (mut bytes, at) = (self.bytes(), usize::try_from(offset).unwrap());
        put(&mut bytes.now, at, data);
        bytes.pending.push((at, data.to_vec()));
        Ok(())
    }
}
