//! What a verifier remembers between runs: the trust root it used, and checkpoints of each log.
//!
//! ```cddl
//! state = { "kind": "civictrust.state", "logs": [* remembered], ? "trust": [root-version: uint, hash], "version": 1 }
//! remembered = { "origin": tstr, "checkpoints": [1*1024 [size: uint, root: hash, ? note: tstr]] }
//! ```
//!
//! Logs ascend by origin, checkpoints by size. `note` is the checkpoint with the log's signature line: with it, a
//! checkpoint that contradicts this one makes evidence that anybody can check. The sequence of R15.4 is the tree size.

use crate::c2sp::Checkpoint;
use crate::cbor::{Reader, Writer, check_profile};
use crate::code::Code;
use crate::error::Error;
use crate::hash::Hash;
use crate::limits::{
    MAX_NAME_BYTES, MAX_NOTE_BYTES, MAX_REMEMBERED, MAX_REMEMBERED_IN_ALL, MAX_STATE_BYTES, MAX_TEXT_BYTES,
    MAX_TRUST_LIST,
};
use crate::merkle::TreeSize;
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

const KIND: &str = "civictrust.state";
const VERSION: u64 = 1;

/// What earlier runs remembered. A run reads one snapshot and writes afterwards, so the order of a batch does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    trust: Option<(u32, Hash)>,
    /// Ascending by origin.
    logs: Vec<Log>,
}

/// What is remembered of one log.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Log {
    origin: String,
    /// Ascending by size.
    checkpoints: Vec<(TreeSize, Remembered)>,
}

/// A checkpoint that an earlier run saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// The root of the tree of that size.
    pub root: Hash,
    /// The checkpoint as a note with the log's own signature; none for a pin.
    pub note: Option<String>,
}

impl State {
    /// Reads a state file.
    ///
    /// # Errors
    /// `limit.length` beyond [`MAX_STATE_BYTES`], `malformed.kind`, `unsupported.version`, those of [`Reader`],
    /// `malformed.field` for what does not ascend.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_STATE_BYTES {
            return Err(Error::new(Code::LimitLength, "state"));
        }
        check_profile(bytes)?;
        let mut r = Reader::new(bytes);
        let state = Self::read(&mut r)?;
        r.end()?;
        Ok(state)
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let mut map = r.map("state")?;
        map.require_text(r, "kind")?;
        if r.text("kind", MAX_TEXT_BYTES)? != KIND {
            return Err(Error::new(Code::MalformedKind, "kind"));
        }
        map.require_text(r, "logs")?;
        let mut logs: Vec<Log> = Vec::new();
        for _ in 0..r.array("logs", MAX_TRUST_LIST)? {
            let log = read_log(r)?;
            if logs.last().is_some_and(|last| last.origin >= log.origin) {
                return Err(Error::new(Code::MalformedField, "logs.origin"));
            }
            logs.push(log);
        }
        let mut trust = None;
        if map.take_text(r, "trust")? {
            r.array_exact("trust", 2)?;
            let version = u32::try_from(r.uint("trust.version")?);
            let version = version.map_err(|_| Error::new(Code::LimitNumber, "trust.version"))?;
            trust = Some((version, Hash::new(*r.bytes_exact("trust.hash")?)));
        }
        map.require_text(r, "version")?;
        if r.uint("version")? != VERSION {
            return Err(Error::new(Code::UnsupportedVersion, "version"));
        }
        map.finish(r)?;
        Ok(Self { trust, logs })
    }

    /// The state's one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let w = &mut writer;
        w.map(3 + usize::from(self.trust.is_some())).text("kind").text(KIND);
        w.text("logs").array(self.logs.len());
        for Log { origin, checkpoints } in &self.logs {
            w.map(2).text("origin").text(origin).text("checkpoints").array(checkpoints.len());
            for (size, remembered) in checkpoints {
                w.array(if remembered.note.is_some() { 3 } else { 2 });
                w.uint(size.get()).bytes(remembered.root.as_bytes());
                if let Some(note) = &remembered.note {
                    w.text(note);
                }
            }
        }
        if let Some((version, hash)) = &self.trust {
            w.text("trust").array(2).uint((*version).into()).bytes(hash.as_bytes());
        }
        w.text("version").uint(VERSION);
        writer.finish()
    }

    /// Number and hash of the newest trust root used.
    #[must_use]
    pub const fn trust(&self) -> Option<(u32, Hash)> {
        self.trust
    }

    /// Whether anything is remembered of this log.
    #[must_use]
    pub fn knows(&self, origin: &str) -> bool {
        self.place(origin).is_ok()
    }

    /// What is remembered of this log at this size.
    #[must_use]
    pub fn at(&self, origin: &str, size: TreeSize) -> Option<&Remembered> {
        let Log { checkpoints, .. } = self.logs.get(self.place(origin).ok()?)?;
        let at = checkpoints.binary_search_by_key(&size, |(size, _)| *size).ok()?;
        checkpoints.get(at).map(|(_, remembered)| remembered)
    }

    /// The greatest size of this log that is remembered.
    #[must_use]
    pub fn newest(&self, origin: &str) -> Option<TreeSize> {
        let Log { checkpoints, .. } = self.logs.get(self.place(origin).ok()?)?;
        checkpoints.last().map(|(size, _)| *size)
    }

    /// Where the log is, or where it would be.
    fn place(&self, origin: &str) -> Result<usize, usize> {
        self.logs.binary_search_by(|log| log.origin.as_str().cmp(origin))
    }

    /// Remembers a trust root, unless a newer one is remembered already.
    pub fn remember_trust(&mut self, version: u32, hash: Hash) {
        if self.trust.is_none_or(|(known, _)| known < version) {
            self.trust = Some((version, hash));
        }
    }

    /// Remembers a checkpoint of a verified bundle. What is remembered is never replaced; a note is added to what had none.
    /// Beyond [`MAX_REMEMBERED`] of one log, or [`MAX_REMEMBERED_IN_ALL`], the smallest but one of the log with the most
    /// is forgotten: the first keeps the link to the beginning, the newest ones serve best.
    pub fn remember(&mut self, checkpoint: &Checkpoint, note: Option<String>) {
        let remembered = Remembered { root: checkpoint.root(), note };
        self.insert(checkpoint.origin().as_str(), checkpoint.size(), &remembered);
        self.forget();
    }

    /// Takes over what `other` remembers beside: two runs at once lose nothing of each other's.
    pub fn merge(&mut self, other: &Self) {
        if let Some((version, hash)) = other.trust {
            self.remember_trust(version, hash);
        }
        for Log { origin, checkpoints } in &other.logs {
            for (size, remembered) in checkpoints {
                self.insert(origin, *size, remembered);
            }
        }
        self.forget();
    }

    fn insert(&mut self, origin: &str, size: TreeSize, remembered: &Remembered) {
        let at = self.place(origin).unwrap_or_else(|at| {
            self.logs.insert(at, Log { origin: origin.to_owned(), checkpoints: Vec::new() });
            at
        });
        let Some(Log { checkpoints, .. }) = self.logs.get_mut(at) else { return };
        match checkpoints.binary_search_by_key(&size, |(size, _)| *size) {
            Err(at) => checkpoints.insert(at, (size, remembered.clone())),
            Ok(at) => {
                let known = checkpoints.get_mut(at).map(|(_, known)| known);
                let known = known.filter(|known| known.note.is_none() && known.root == remembered.root);
                if let Some(known) = known {
                    known.note.clone_from(&remembered.note);
                }
            }
        }
    }

    /// Keeps the state within what can be read again.
    fn forget(&mut self) {
        loop {
            let total: usize = self.logs.iter().map(|log| log.checkpoints.len()).sum();
            let largest = self.logs.iter_mut().map(|log| &mut log.checkpoints);
            let Some(largest) = largest.max_by_key(|checkpoints| checkpoints.len()) else { return };
            if largest.len() <= MAX_REMEMBERED && total <= MAX_REMEMBERED_IN_ALL {
                return;
            }
            if largest.len() > 1 {
                largest.remove(1);
            } else {
                // Every log has one checkpoint only: more logs than a trust root can name.
                self.logs.pop();
            }
        }
    }
}

fn read_log(r: &mut Reader<'_>) -> Result<Log, Error> {
    let mut map = r.map("logs")?;
    map.require_text(r, "origin")?;
    let origin = r.text("logs.origin", MAX_NAME_BYTES)?.to_owned();
    map.require_text(r, "checkpoints")?;
    let count = r.array("logs.checkpoints", MAX_REMEMBERED)?;
    let refused = Error::new(Code::MalformedField, "logs.checkpoints");
    if count == 0 {
        return Err(refused);
    }
    let mut checkpoints: Vec<(TreeSize, Remembered)> = Vec::new();
    for _ in 0..count {
        let fields = r.array("logs.checkpoints", 3)?;
        if fields < 2 {
            return Err(refused);
        }
        let size = TreeSize::new(r.uint("logs.checkpoints.size")?)?;
        let root = Hash::new(*r.bytes_exact("logs.checkpoints.root")?);
        let note = if fields == 3 { Some(r.text("logs.checkpoints.note", MAX_NOTE_BYTES)?.to_owned()) } else { None };
        if checkpoints.last().is_some_and(|(last, _)| *last >= size) {
            return Err(refused);
        }
        checkpoints.push((size, Remembered { root, note }));
    }
    map.finish(r)?;
    Ok(Log { origin, checkpoints })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::c2sp::Origin;

    fn checkpoint(origin: &str, size: u64) -> Checkpoint {
        let root = Hash::of(&size.to_be_bytes());
        Checkpoint::new(Origin::new(origin).unwrap(), TreeSize::new(size).unwrap(), root).unwrap()
    }

    // R7.1
    #[test]
    fn what_parses_encodes_to_the_same_bytes() {
        let mut state = State::default();
        assert_eq!(State::parse(&state.encode()).as_ref(), Ok(&state));
        state.remember(&checkpoint("b.example", 4), Some("note".to_owned()));
        state.remember(&checkpoint("b.example", 2), None);
        state.remember(&checkpoint("a.example", 2), None);
        state.remember_trust(3, Hash::of(b"trust"));
        assert_eq!(State::parse(&state.encode()).as_ref(), Ok(&state));
    }

    #[test]
    fn nothing_remembered_is_replaced_and_older_trust_is_not_taken_back() {
        let mut state = State::default();
        state.remember(&checkpoint("a.example", 2), None);
        let origin = Origin::new("a.example").unwrap();
        let other = Checkpoint::new(origin, TreeSize::new(2).unwrap(), Hash::of(b"other")).unwrap();
        state.remember(&other, Some("note".to_owned()));
        let known = state.at("a.example", TreeSize::new(2).unwrap()).unwrap();
        assert_eq!((known.root, &known.note), (Hash::of(&2_u64.to_be_bytes()), &None));
        state.remember_trust(3, Hash::of(b"three"));
        state.remember_trust(2, Hash::of(b"two"));
        state.remember_trust(3, Hash::of(b"another three"));
        assert_eq!(state.trust(), Some((3, Hash::of(b"three"))));
    }

    #[test]
    fn the_first_and_the_newest_are_kept() {
        let mut state = State::default();
        let count = u64::try_from(MAX_REMEMBERED).unwrap();
        for size in 1..=count + 5 {
            state.remember(&checkpoint("a.example", size), None);
        }
        let knows = |size| state.at("a.example", TreeSize::new(size).unwrap()).is_some();
        assert!(knows(1) && !knows(2) && !knows(6) && knows(7) && knows(count + 5));
        assert_eq!(State::parse(&state.encode()).as_ref(), Ok(&state));
    }

    // R1.3: what is remembered can always be read again.
    #[test]
    fn the_memory_of_all_logs_has_a_limit_too() {
        let mut state = State::default();
        for log in 0..20 {
            for size in 1..=300 {
                let note = "n".repeat(600);
                state.remember(&checkpoint(&alloc::format!("{log:03}{}", "o".repeat(250)), size), Some(note));
            }
        }
        let total: usize = state.logs.iter().map(|log| log.checkpoints.len()).sum();
        assert_eq!(total, MAX_REMEMBERED_IN_ALL);
        assert_eq!(State::parse(&state.encode()).as_ref(), Ok(&state));
        assert!(state.logs.iter().all(|log| log.checkpoints.len() >= 200), "no log is starved");
    }

    #[test]
    fn a_note_is_added_to_what_had_none() {
        let (mut state, mut other) = (State::default(), State::default());
        state.remember(&checkpoint("a.example", 2), None);
        other.remember(&checkpoint("a.example", 2), Some("note".to_owned()));
        state.merge(&other);
        assert_eq!(state, other);
        state.remember(&checkpoint("a.example", 2), Some("another".to_owned()));
        assert_eq!(state, other, "a note that is there stays");
    }

    #[test]
    fn two_runs_at_once_lose_nothing() {
        let (mut one, mut two) = (State::default(), State::default());
        one.remember(&checkpoint("a.example", 1), None);
        two.remember(&checkpoint("a.example", 2), None);
        two.remember(&checkpoint("b.example", 2), None);
        two.remember_trust(1, Hash::of(b"trust"));
        let mut merged = one.clone();
        merged.merge(&two);
        let mut other_way = two.clone();
        other_way.merge(&one);
        assert_eq!(merged, other_way);
        assert!(merged.knows("b.example") && merged.at("a.example", TreeSize::new(1).unwrap()).is_some());
    }
}
