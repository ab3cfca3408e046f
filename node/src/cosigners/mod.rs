//! The log's side of witnessing: has a checkpoint cosigned by others, over HTTP (C2SP tlog-witness).
//!
//! All witnesses are asked at the same time, each by a thread of its own that ends by its time-outs. A cosignature counts
//! once core has verified it; a witness that answers anything else is named with the reason, and counts for nothing.
//! A witness that is still busy with an earlier checkpoint is not asked again meanwhile, so threads do not pile up.

mod peer;
mod round;

use crate::cosigners::peer::{Job, Peer};
use crate::cosigners::round::{Round, Until};
use crate::error::{Error, Result};
use crate::http::{HttpClient, Patience};
use crate::quorum;
use ct_core::{
    Checkpoint, Code, ConsistencyProof, Note, Origin, SignatureLine, SignatureType, Timestamp, TreeSize, TrustRoot,
    VerifierKey,
};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// A witness that is asked.
#[derive(Clone, Debug)]
pub struct Cosigner {
    /// Its key, with its name.
    pub vkey: VerifierKey,
    /// Where it is.
    pub address: Address,
}

/// Where a witness is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// The URL before `/add-checkpoint`.
    Url(String),
    /// A file with that URL, read before each request (see [`crate::advertise`]).
    File(PathBuf),
}

/// When a checkpoint has been cosigned by enough.
#[derive(Clone, Debug)]
pub enum QuorumRule {
    /// By any so many of the witnesses.
    AtLeast(usize),
    /// As the verifiers' trust root demands at the time.
    Of(Arc<TrustRoot>),
}

/// For how long witnesses are waited for.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    /// For one request.
    pub request: Patience,
    /// For the others, once the quorum is reached.
    pub grace: Duration,
    /// For all together.
    pub total: Duration,
}

impl Default for Waiting {
    fn default() -> Self {
        let total = Duration::from_secs(5);
        let request = Patience { connect: Duration::from_secs(2), read: Duration::from_secs(4), total };
        Self { request, grace: Duration::from_millis(200), total }
    }
}

/// The witnesses of a log, and what is known of them.
#[derive(Debug)]
pub struct Cosigners {
    peers: Vec<Arc<Peer>>,
    quorum: QuorumRule,
    waiting: Waiting,
}

/// A checkpoint's cosignatures: enough for the quorum.
#[derive(Clone, Debug)]
pub struct Collected {
    /// The lines, verified, in the order of the witnesses.
    pub lines: Vec<SignatureLine>,
    /// Which witnesses have not cosigned, and why.
    pub refusals: Vec<Refusal>,
}

/// A witness that has not cosigned.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Its name.
    pub name: String,
    /// Why.
    pub error: Error,
}

impl Cosigners {
    /// These witnesses and this rule.
    ///
    /// # Errors
    /// `malformed.config` for a key that is no witness's, a key twice, or a number that the witnesses cannot reach.
    pub fn new(cosigners: Vec<Cosigner>, quorum: QuorumRule, waiting: Waiting) -> Result<Self> {
        let refused = |what: String| Error::new(Code::MalformedConfig, "witnesses", what, "mend the list of witnesses");
        let mut peers: Vec<Arc<Peer>> = Vec::new();
        for cosigner in cosigners {
            let name = cosigner.vkey.name();
            if cosigner.vkey.signature_type() != SignatureType::Cosignature {
                return Err(refused(format!("the key of {name} is not a witness's")));
            }
            if peers.iter().any(|peer| peer.cosigner.vkey.key() == cosigner.vkey.key()) {
                return Err(refused(format!("the key of {name} stands there twice")));
            }
            let client = HttpClient::new(waiting.request);
            let (seen, busy) = (AtomicU64::new(0), AtomicBool::new(false));
            peers.push(Arc::new(Peer { cosigner, client, seen, busy }));
        }
        if let QuorumRule::AtLeast(count) = quorum
            && count > peers.len()
        {
            return Err(refused(format!("{count} witnesses must cosign and there are {}", peers.len())));
        }
        Ok(Self { peers, quorum, waiting })
    }

    /// Has a checkpoint cosigned: `note` as the log signed it. `consistency` proves that its tree begins with that of
    /// an earlier size, which is at least 1. Returns when all have answered, or a little after the quorum is reached.
    ///
    /// Blocks for as long as [`Waiting`] says; not to be called on an event loop.
    ///
    /// # Errors
    /// `not_anchored.quorum` if too few have cosigned: it names each witness and its reason. `malformed.*` if the note
    /// is none, `unknown.log` for another origin; those of `consistency`.
    pub fn collect(
        &self,
        note: &str,
        origin: &Origin,
        now: Timestamp,
        consistency: impl FnMut(TreeSize) -> Result<Option<ConsistencyProof>>,
    ) -> Result<Collected> {
        self.ask(note, origin, now, Until::Quorum, consistency)?.finish()
    }

    /// As [`Cosigners::collect`], for a log that was restored: everybody is waited for, and no witness that answers may
    /// have seen more of the log than this checkpoint, or something else (R20.5).
    ///
    /// # Errors
    /// `discontinuous.restore` names the first that has, whatever the others say. Those of [`Cosigners::collect`].
    pub fn confirm(
        &self,
        note: &str,
        origin: &Origin,
        now: Timestamp,
        consistency: impl FnMut(TreeSize) -> Result<Option<ConsistencyProof>>,
    ) -> Result<Collected> {
        let round = self.ask(note, origin, now, Until::Everybody, consistency)?;
        if let Some((name, error)) = round.contradiction() {
            let next = "nothing is signed: restore a newer backup, or bring the missing entries; see: ct explain";
            return Err(Error::new(Code::DiscontinuousRestore, format!("witness {name}"), error.what(), next));
        }
        round.finish()
    }

    /// Asks all witnesses, and waits.
    fn ask(
        &self,
        note: &str,
        origin: &Origin,
        now: Timestamp,
        until: Until,
        mut consistency: impl FnMut(TreeSize) -> Result<Option<ConsistencyProof>>,
    ) -> Result<Round<'_>> {
        let checkpoint = Checkpoint::parse(Note::parse(note)?.text())?;
        if checkpoint.origin() != origin {
            return Err(Error::new(Code::UnknownLog, "checkpoint", "is that of another log", "give this log's own"));
        }
        let size = checkpoint.size();
        let mut round = Round::new(self, Arc::new(Job { note: note.to_owned(), checkpoint, now }), until);
        for (index, peer) in self.peers.iter().enumerate() {
            if peer.busy.swap(true, Ordering::AcqRel) {
                let next = "look into why it is slow";
                round.refuse(index, Code::IoNetwork, "is still busy with an earlier checkpoint", next);
                continue;
            }
            let old = TreeSize::new(peer.seen.load(Ordering::Acquire))?;
            // What it was last known to have seen may be beyond an older checkpoint that is sent again.
            round.ask(index, old.min(size), &mut consistency)?;
        }
        round.wait(&mut consistency)?;
        Ok(round)
    }

    fn reached(&self, cosigned: &[(usize, Timestamp)]) -> bool {
        match &self.quorum {
            QuorumRule::AtLeast(count) => cosigned.len() >= *count,
            QuorumRule::Of(root) => {
                let vkey = |(index, time): &(usize, Timestamp)| Some((&self.peers.get(*index)?.cosigner.vkey, *time));
                quorum::reached(root, cosigned.iter().filter_map(vkey))
            }
        }
    }
}
