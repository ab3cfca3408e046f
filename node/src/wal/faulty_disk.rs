//! A disk that keeps apart what was written and what was flushed, loses the difference in a crash, and fails on purpose.

use super::disk::Disk;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// What goes wrong, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A write fails and writes nothing.
    Write,
    /// A write fails after this many bytes.
    ShortWrite(usize),
    /// A flush of a file fails; as on Linux, a later one would succeed without having written anything.
    Sync,
    /// A flush of the directory fails.
    SyncNames,
    /// A new file cannot be made.
    Create,
}

#[derive(Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Cut(usize),
}

#[derive(Clone, Default)]
struct Inode {
    durable: Vec<u8>,
    now: Vec<u8>,
    pending: Vec<Change>,
}

#[derive(Clone)]
enum Naming {
    Create(String, usize),
    Rename(String, String),
    Remove(String),
}

#[derive(Clone, Default)]
struct State {
    inodes: Vec<Inode>,
    durable: BTreeMap<String, usize>,
    now: BTreeMap<String, usize>,
    pending: Vec<Naming>,
    fault: Option<(Fault, usize)>,
    operations: usize,
    /// After how many operations the power fails.
    power: Option<usize>,
    are_syncs_held: bool,
    held: usize,
    #[cfg(feature = "simulation")]
    latency: Duration,
}

/// The disk; clones are the same one.
#[derive(Clone, Default)]
pub(crate) struct FaultyDisk(Arc<(Mutex<State>, Condvar)>);

const SECTOR: usize = 512;
const PATIENCE: Duration = Duration::from_secs(20);

impl FaultyDisk {
    /// Lets the operation of that kind fail that comes after `after` others of its kind.
    pub(crate) fn fail(&self, fault: Fault, after: usize) {
        self.state().fault = Some((fault, after));
    }

    /// Lets the power fail after so many more operations that change something: every later one fails.
    pub(crate) fn cut_power(&self, after: usize) {
        let mut state = self.state();
        state.power = Some(state.operations + after);
    }

    /// How many operations there were that change something.
    pub(crate) fn operations(&self) -> usize {
        self.state().operations
    }

    /// Lets flushes of files wait until [`Self::release_syncs`].
    pub(crate) fn hold_syncs(&self) {
        self.state().are_syncs_held = true;
    }

    pub(crate) fn release_syncs(&self) {
        self.state().are_syncs_held = false;
        self.0.1.notify_all();
    }

    /// Returns when a flush waits.
    pub(crate) fn until_held(&self) {
        drop(self.0.1.wait_while(self.state(), |state| state.held == 0).unwrap());
    }

    /// What a machine finds after its power failed now: what was flushed, and of the rest what `keep` chooses, sector by
    /// sector; of new names a first part of them, as a journal keeps them.
    pub(crate) fn crash(&self, mut keep: impl FnMut() -> bool) -> Self {
        let state = self.state();
        let mut after = State::default();
        for inode in &state.inodes {
            let mut bytes = inode.durable.clone();
            for change in &inode.pending {
                match change {
                    Change::Cut(length) if keep() => bytes.truncate(*length),
                    Change::Cut(_) => {}
                    Change::Write(offset, written) => {
                        let mut at = *offset;
                        for part in sectors(*offset, written) {
                            if keep() {
                                put(&mut bytes, at, part);
                            }
                            at += part.len();
                        }
                    }
                }
            }
            after.inodes.push(Inode { durable: bytes.clone(), now: bytes, pending: Vec::new() });
        }
        let mut names = state.durable.clone();
        for naming in state.pending.iter().take_while(|_| keep()) {
            rename(&mut names, naming.clone());
        }
        (after.durable, after.now) = (names.clone(), names);
        Self(Arc::new((Mutex::new(after), Condvar::new())))
    }

    /// How long each write takes from now on, by the clock of the simulation.
    #[cfg(feature = "simulation")]
    pub(crate) fn slow_down(&self, latency: Duration) {
        self.state().latency = latency;
    }

    /// What another program finds after this one was killed: everything that was written.
    pub(crate) fn kill(&self) -> Self {
        self.crash(|| true)
    }

    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        let state = self.state();
        state.inodes[state.now[name]].now.clone()
    }

    /// Replaces the bytes of a file, on disk.
    pub(crate) fn set(&self, name: &str, bytes: &[u8]) {
        let mut state = self.state();
        let inode = state.now[name];
        state.inodes[inode] = Inode { durable: bytes.to_vec(), now: bytes.to_vec(), pending: Vec::new() };
    }

    /// Removes a file, on disk.
    pub(crate) fn lose(&self, name: &str) {
        let mut state = self.state();
        state.now.remove(name).unwrap();
        state.durable.remove(name).unwrap();
    }

    /// The names of the segments, in order.
    pub(crate) fn segments(&self) -> Vec<String> {
        self.names().unwrap().into_iter().filter(|name| name.ends_with(".wal")).collect()
    }

    /// All files in the quarantine.
    pub(crate) fn quarantine(&self) -> Vec<String> {
        let state = self.state();
        state.now.keys().filter(|name| name.starts_with("quarantine/")).cloned().collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap()
    }

    fn step(&self) -> io::Result<()> {
        let mut state = self.state();
        if state.power.is_some_and(|power| state.operations >= power) {
            return Err(failure());
        }
        state.operations += 1;
        Ok(())
    }

    /// Whether this operation is the one that fails, and how.
    fn strikes(state: &mut State, is_meant: impl Fn(Fault) -> bool) -> Option<Fault> {
        let (fault, left) = state.fault.as_mut().filter(|(fault, _)| is_meant(*fault))?;
        if *left > 0 {
            *left -= 1;
            return None;
        }
        let fault = *fault;
        state.fault = None;
        Some(fault)
    }

    fn change(&self, name: &str, change: Change) -> io::Result<()> {
        let mut state = self.state();
        let inode = *state.now.get(name).ok_or(io::ErrorKind::NotFound)?;
        apply(&mut state.inodes[inode].now, &change);
        state.inodes[inode].pending.push(change);
        Ok(())
    }
}

fn sectors(offset: usize, mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut room = SECTOR - offset % SECTOR;
    while !bytes.is_empty() {
        let (part, rest) = bytes.split_at(room.min(bytes.len()));
        parts.push(part);
        (bytes, room) = (rest, SECTOR);
    }
    parts
}

fn put(bytes: &mut Vec<u8>, offset: usize, part: &[u8]) {
    bytes.resize(bytes.len().max(offset + part.len()), 0);
    bytes[offset..offset + part.len()].copy_from_slice(part);
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Write(offset, written) => put(bytes, *offset, written),
        Change::Cut(length) => bytes.truncate(*length),
    }
}

fn rename(names: &mut BTreeMap<String, usize>, naming: Naming) {
    match naming {
        Naming::Create(name, inode) => drop(names.insert(name, inode)),
        Naming::Remove(name) => drop(names.remove(&name)),
        Naming::Rename(from, to) => {
            if let Some(inode) = names.remove(&from) {
                names.insert(to, inode);
            }
        }
    }
}

fn failure() -> io::Error {
    io::Error::from_raw_os_error(libc::EIO)
}

impl Disk for FaultyDisk {
    fn path(&self, name: &str) -> PathBuf {
        PathBuf::from("wal").join(name)
    }

    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.state().now.keys().filter(|name| !name.contains('/')).cloned().collect())
    }

    fn exists(&self, name: &str) -> io::Result<bool> {
        Ok(self.state().now.contains_key(name))
    }

    fn read(&self, name: &str, most: usize) -> io::Result<Vec<u8>> {
        let bytes = self.bytes(name);
        if bytes.len() > most { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
    }

    fn create(&mut self, name: &str, first: &[u8], size: usize) -> io::Result<()> {
        self.step()?;
        let mut state = self.state();
        if Self::strikes(&mut state, |fault| fault == Fault::Create).is_some() {
            return Err(io::Error::from_raw_os_error(libc::ENOSPC));
        }
        if state.now.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let inode = state.inodes.len();
        let mut bytes = first.to_vec();
        bytes.resize(size, 0);
        state.inodes.push(Inode { now: bytes.clone(), pending: vec![Change::Write(0, bytes)], ..Inode::default() });
        state.now.insert(name.to_owned(), inode);
        state.pending.push(Naming::Create(name.to_owned(), inode));
        Ok(())
    }

    fn write_at(&mut self, name: &str, offset: usize, bytes: &[u8]) -> io::Result<()> {
        self.step()?;
        let is_write = |fault| matches!(fault, Fault::Write | Fault::ShortWrite(_));
        let fault = Self::strikes(&mut self.state(), is_write);
        match fault {
            Some(Fault::ShortWrite(length)) => {
                let part = &bytes[..length.min(bytes.len())];
                self.change(name, Change::Write(offset, part.to_vec()))?;
                Err(failure())
            }
            Some(_) => Err(failure()),
            None => self.change(name, Change::Write(offset, bytes.to_vec())),
        }
    }

    fn cut(&mut self, name: &str, length: usize) -> io::Result<()> {
        self.step()?;
        self.change(name, Change::Cut(length))
    }

    fn sync(&mut self, name: &str) -> io::Result<()> {
        self.step()?;
        let mut state = self.state();
        state.held += 1;
        self.0.1.notify_all();
        // A test that failed while it held them must still end.
        let (mut state, _) = self.0.1.wait_timeout_while(state, PATIENCE, |state| state.are_syncs_held).unwrap();
        state.held -= 1;
        let is_failing = Self::strikes(&mut state, |fault| fault == Fault::Sync).is_some();
        let inode = *state.now.get(name).ok_or(io::ErrorKind::NotFound)?;
        let inode = &mut state.inodes[inode];
        for change in inode.pending.drain(..) {
            // What a flush could not write is in memory, and no later flush writes it.
            if !is_failing {
                apply(&mut inode.durable, &change);
            }
        }
        if is_failing { Err(failure()) } else { Ok(()) }
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        self.step()?;
        let mut state = self.state();
        let naming = Naming::Rename(from.to_owned(), to.to_owned());
        rename(&mut state.now, naming.clone());
        state.pending.push(naming);
        Ok(())
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.step()?;
        let mut state = self.state();
        rename(&mut state.now, Naming::Remove(name.to_owned()));
        state.pending.push(Naming::Remove(name.to_owned()));
        Ok(())
    }

    fn sync_names(&mut self) -> io::Result<()> {
        self.step()?;
        let mut state = self.state();
        if Self::strikes(&mut state, |fault| fault == Fault::SyncNames).is_some() {
            return Err(failure());
        }
        state.durable = state.now.clone();
        state.pending.clear();
        Ok(())
    }

    #[cfg(feature = "simulation")]
    fn latency(&self) -> Duration {
        self.state().latency
    }
}
