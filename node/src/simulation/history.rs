//! What happened in a run, in order, and the invariants that watch it.

use super::invariants::{self, Invariant};
use crate::consensus::{Moment, now};
use ct_core::Hash;
use std::fmt;
use std::sync::{Arc, Mutex};

/// Something that an invariant may speak of. Nodes and witnesses have numbers.
#[derive(Clone, Debug)]
pub(super) enum Event {
    /// A node starts; the last record of its log that it found, and whether it takes others for lost.
    Restart { node: u64, lsn: u64, term: u64, found: Found },
    /// A node has given its vote to another one.
    Vote { node: u64, term: u64 },
    /// A node's process or machine ended; the last record of its log that was on disk.
    Crash { node: u64, lsn: u64 },
    /// A node has nothing any more, or its log was damaged on purpose.
    Lose { node: u64 },
    /// The whole log was restored from a backup with so many entries, of which so many were published; and what was
    /// sealed and final then.
    Restore { size: u64, published: u64, sealed: u64, anchored: u64 },
    /// A node has spoken as the leader of a term.
    Lead { node: u64, term: u64 },
    /// A node has applied an entry of the consensus log; its command is told, if it is one, and the requests in it.
    Apply { node: u64, index: u64, term: u64, command: Option<Hash>, requests: Vec<u64> },
    /// A node has taken over another one's state, which ends with this entry.
    Install { node: u64, index: u64 },
    /// A node's state after that: the hash of everything that made it so, and the tree.
    Reach { node: u64, index: u64, history: Hash, size: u64, root: Hash },
    /// A node's state is durable up to here.
    Persist { node: u64, index: u64 },
    /// A node's log has let go up to here.
    Purge { node: u64, index: u64 },
    /// What a node's state says is sealed.
    Seal { node: u64, generation: u64, size: u64, root: Hash },
    /// What a node's state says is final.
    Anchor { node: u64, generation: u64, size: u64, root: Hash },
    /// The fence of a node says that this may have been signed, or a witness was shown it; and what the fence says.
    Sign { node: u64, size: u64, root: Hash, fenced: u64 },
    /// A witness has cosigned what a node has shown it, and what it would remember if it ended now.
    Cosign { witness: u64, node: u64, size: u64, root: Hash, remembered: u64 },
    /// Enough witnesses have told a restored log that nobody has seen more.
    Confirm { node: u64, size: u64 },
    /// A node is not marked as restored any more.
    Settle { node: u64 },
    /// A node's published checkpoint, and the root of the tiles that are there.
    Publish { node: u64, size: u64, root: Hash, tiles: Option<Hash> },
    /// A clerk sends a request, for the first time or again.
    Submit { request: u64 },
    /// A clerk was told what became of a request.
    Answer { request: u64, first: u64, statements: Vec<Hash> },
    /// A clerk was refused.
    Refuse { request: u64, code: &'static str },
    /// A node cannot go on, or not even start.
    GiveUp { node: u64, why: String },
}

/// What a node takes its log for when it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Everything that was acknowledged is there.
    Whole,
    /// Something that was acknowledged is not.
    Lacking,
}

/// An event, and when it was.
pub(super) struct Told {
    /// Milliseconds since the run began.
    at: u128,
    pub(super) event: Event,
}

/// How a run ended.
pub(super) struct End {
    /// What is published on each node.
    pub(super) published: Vec<(u64, Vec<Vec<u8>>)>,
    /// The whole state of each node, once all have come equally far.
    pub(super) states: Vec<(u64, Hash)>,
    /// Nodes that did not come to one state, all of it final and published, although nothing was in their way.
    pub(super) stuck: Option<String>,
    /// A log that was taken back too far rightly does not go on.
    pub(super) is_fenced: bool,
}

/// An invariant that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) invariant: &'static str,
    pub(super) how: String,
    /// How many events there were until then, with the one that broke it.
    pub(super) events: usize,
}

struct Inner {
    begun: Moment,
    told: Vec<Told>,
    watching: Vec<Box<dyn Invariant>>,
    broken: Option<Broken>,
}

impl Inner {
    fn judge(&mut self, see: impl Fn(&mut dyn Invariant) -> Result<(), String>) {
        if self.broken.is_some() {
            return;
        }
        let events = self.told.len() + 1;
        let judged = self.watching.iter_mut().map(|invariant| (invariant.name(), see(invariant.as_mut())));
        let mut failed = judged.filter_map(|(name, judged)| Some((name, judged.err()?)));
        self.broken = failed.next().map(|(invariant, how)| Broken { invariant, how, events });
    }
}

/// The history; clones are the same one.
#[derive(Clone)]
pub(super) struct History(Arc<Mutex<Inner>>);

impl History {
    pub(super) fn new() -> Self {
        let (begun, watching) = (now(), invariants::all());
        Self(Arc::new(Mutex::new(Inner { begun, told: Vec::new(), watching, broken: None })))
    }

    /// Notes what happened. After the first invariant that does not hold, nothing is judged any more.
    pub(super) fn tell(&self, event: Event) {
        let mut inner = self.0.lock().unwrap();
        let at = crate::consensus::since(inner.begun).as_millis();
        inner.judge(|invariant| invariant.see(&event));
        inner.told.push(Told { at, event });
    }

    pub(super) fn end(&self, end: &End) {
        self.0.lock().unwrap().judge(|invariant| invariant.end(end));
    }

    pub(super) fn broken(&self) -> Option<Broken> {
        self.0.lock().unwrap().broken.clone()
    }

    /// What happened until now.
    pub(super) fn take(&self) -> Vec<Told> {
        std::mem::take(&mut self.0.lock().unwrap().told)
    }
}

impl Event {
    /// What kind of event it is.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Restart { .. } => "Restart",
            Self::Vote { .. } => "Vote",
            Self::Crash { .. } => "Crash",
            Self::Lose { .. } => "Lose",
            Self::Restore { .. } => "Restore",
            Self::Lead { .. } => "Lead",
            Self::Apply { .. } => "Apply",
            Self::Install { .. } => "Install",
            Self::Reach { .. } => "Reach",
            Self::Persist { .. } => "Persist",
            Self::Purge { .. } => "Purge",
            Self::Seal { .. } => "Seal",
            Self::Anchor { .. } => "Anchor",
            Self::Sign { .. } => "Sign",
            Self::Cosign { .. } => "Cosign",
            Self::Confirm { .. } => "Confirm",
            Self::Settle { .. } => "Settle",
            Self::Publish { .. } => "Publish",
            Self::Submit { .. } => "Submit",
            Self::Answer { .. } => "Answer",
            Self::Refuse { .. } => "Refuse",
            Self::GiveUp { .. } => "GiveUp",
        }
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>7} {}", self.at, self.event)
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{self:?}");
        // Hashes by their beginnings.
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("Hash(") {
            let (hash, next) = after.split_once(')').unwrap_or((after, ""));
            write!(f, "{before}{}", hash.get(..8).unwrap_or(hash))?;
            rest = next;
        }
        f.write_str(rest)
    }
}
