//! Steps 7 to 10: the checkpoint, its witnesses, the statement in its tree, and later checkpoints.

use super::form::{CheckpointPart, Parts};
use super::step::{Skip, StepResult};
use crate::c2sp::{Checkpoint, Cosignature, Note};
use crate::code::Code;
use crate::error::Error;
use crate::merkle::{ConsistencyProof, InclusionProof, LeafIndex};
use crate::report::LogFact;
use crate::time::Timestamp;
use crate::trust::{Log, LogKey, Pin, TrustRoot};
use alloc::vec::Vec;

/// Everything about the anchor and the checkpoints after it that later steps and the report need.
pub(super) struct Anchor<'a> {
    root: &'a TrustRoot,
    log: Option<&'a Log>,
    checkpoint: Option<&'a Checkpoint>,
    note: Option<&'a Note<'a>>,
    log_keys: Result<Vec<&'a LogKey>, Error>,
    cosigned: Result<Vec<Cosigned>, Error>,
    later: Result<Vec<Later>, Error>,
    /// The pin that the anchor is, or is proven into.
    pin: Option<Pin>,
}

/// A later checkpoint, proven from the one before it.
struct Later {
    cosigned: Vec<Cosigned>,
    /// Whether it may show freshness: a pin vouches for it or for one after it, or the log's word is still good.
    counts: bool,
}

/// A trusted witness's verified statement that it saw a checkpoint.
#[derive(Clone, Copy)]
struct Cosigned {
    witness: usize,
    time: Timestamp,
    /// Whether the key counted at the time it states. A compromised key never does: its holder can state any time.
    counts: bool,
}

impl<'a> Anchor<'a> {
    pub(super) fn examine(parts: &'a Parts<'a>, root: &'a TrustRoot) -> Self {
        let checkpoint = parts.anchor.as_ref().map(|anchor| &anchor.checkpoint);
        let log = checkpoint.and_then(|checkpoint| root.log(checkpoint.origin().as_str()));
        let note = parts.anchor.as_ref().and_then(|anchor| anchor.note.as_ref());
        let (log_keys, cosigned) = match (log, note) {
            (Some(log), Some(note)) => (log_signatures(log, note), cosignatures(root, note)),
            _ => (Ok(Vec::new()), Ok(Vec::new())),
        };
        let mut anchor = Self { root, log, checkpoint, note, log_keys, cosigned, later: Ok(Vec::new()), pin: None };
        if let (Some(log), Some(part)) = (log, &parts.anchor) {
            anchor.pin = log.pin(&part.checkpoint);
            anchor.later = anchor.follow(log, part, parts);
        }
        anchor
    }

    /// Step 7.
    pub(super) fn checkpoint(&self) -> Result<LogFact, StepResult> {
        let checkpoint = self.checkpoint.ok_or(Skip::Incomplete)?;
        let log = self.log.ok_or(Error::new(Code::UnknownLog, "checkpoint"))?;
        let keys = self.log_keys.as_ref().map_err(|error| *error)?;
        if self.pin.is_none() {
            self.note.ok_or(Skip::Incomplete)?;
            if keys.is_empty() {
                return Err(Error::new(Code::NotAnchoredLogSignature, "checkpoint_signature").into());
            }
            if keys.iter().all(|key| key.window.compromised_from.is_some()) {
                return Err(Error::new(Code::RevokedLogKey, "checkpoint_signature").into());
            }
            if log.equivocated.is_some() {
                return Err(Error::new(Code::EquivocationLog, "checkpoint").into());
            }
        }
        Ok(LogFact::new(checkpoint))
    }

    /// Step 8: the anchoring time.
    pub(super) fn witnesses(&self) -> Result<Timestamp, StepResult> {
        self.checkpoint.ok_or(Skip::Incomplete)?;
        self.log.ok_or(Skip::Unfounded)?;
        self.cosigned.as_ref().map_err(|error| *error)?;
        match (self.anchored_at(), self.note) {
            (Some(time), _) => Ok(time),
            (None, None) => Err(Skip::Incomplete.into()),
            (None, Some(_)) => Err(Error::new(Code::NotAnchoredQuorum, "checkpoint_signature").into()),
        }
    }

    /// Step 10: later checkpoints. What is remembered of the log is not asked for yet, and that is said.
    pub(super) fn later(&self) -> Result<(), StepResult> {
        self.checkpoint.ok_or(Skip::Incomplete)?;
        self.log.ok_or(Skip::Unfounded)?;
        self.later.as_ref().map_err(|error| *error)?;
        Err(Skip::NoState.into())
    }

    /// T: when the quorum in force had seen the anchor, or the time of the pin it is proven into.
    pub(super) fn anchored_at(&self) -> Option<Timestamp> {
        let statements = counting(self.cosigned.as_deref().ok()?);
        let epochs = self.root.epochs();
        let by_witnesses = epochs
            .filter_map(|(epoch, quorum)| quorum.earliest(&statements).filter(|time| epoch.contains(*time)))
            .min();
        by_witnesses.or(self.pin.map(|pin| pin.time))
    }

    /// F: how new the newest proven checkpoint is.
    pub(super) fn fresh_at(&self) -> Option<Timestamp> {
        let newest = match self.later.as_ref().ok()?.iter().rfind(|later| later.counts) {
            Some(newest) => &newest.cosigned,
            None => self.cosigned.as_ref().ok()?,
        };
        let statements = counting(newest);
        let epochs = self.root.epochs();
        epochs.filter_map(|(epoch, quorum)| quorum.latest(&statements).filter(|time| epoch.contains(*time))).max()
    }

    /// The latest time that any trusted witness states anywhere in the bundle.
    pub(super) fn latest_cosignature(&self) -> Option<Timestamp> {
        let later = self.later.iter().flatten().flat_map(|later| &later.cosigned);
        self.cosigned.iter().flatten().chain(later).map(|cosigned| cosigned.time).max()
    }

    /// The log keys that signed the anchor.
    pub(super) fn log_keys(&self) -> &[&'a LogKey] {
        self.log_keys.as_deref().unwrap_or(&[])
    }

    /// Whether every later checkpoint follows from the one before, so that the newest one is known.
    pub(super) const fn is_followed(&self) -> bool {
        self.later.is_ok()
    }

    pub(super) const fn is_pinned(&self) -> bool {
        self.pin.is_some()
    }

    /// The witnesses whose cosignature on the anchor counts, with the time each states.
    pub(super) fn cosigners(&self) -> impl Iterator<Item = (&'a str, Timestamp)> {
        let counting = self.cosigned.iter().flatten().filter(|cosigned| cosigned.counts);
        counting.filter_map(|cosigned| {
            let witness = self.root.trust().witnesses.get(cosigned.witness)?;
            Some((witness.name.as_str(), cosigned.time))
        })
    }

    /// Walks the later checkpoints: each proven from the one before, each signed by the log or pinned.
    fn follow(&mut self, log: &Log, anchor: &CheckpointPart<'_>, parts: &Parts<'_>) -> Result<Vec<Later>, Error> {
        let mut before = &anchor.checkpoint;
        let mut walked: Vec<Later> = Vec::with_capacity(parts.later.len());
        for later in &parts.later {
            let after = &later.part.checkpoint;
            if after.origin() != before.origin() {
                return Err(Error::new(Code::TamperedConsistency, "consistency_proof.checkpoint"));
            }
            ConsistencyProof::new(before.size(), after.size(), later.proof.clone())
                .and_then(|proof| proof.verify(&before.root(), &after.root()))
                .map_err(|error| error.within("consistency_proof.proof", 0))?;
            let pin = log.pin(after);
            let keys = later.part.note.as_ref().map_or(Ok(Vec::new()), |note| log_signatures(log, note))?;
            if pin.is_none() && keys.is_empty() {
                return Err(Error::new(Code::NotAnchoredLogSignature, "consistency_proof.checkpoint_signature"));
            }
            let cosigned = later.part.note.as_ref().map_or(Ok(Vec::new()), |note| cosignatures(self.root, note))?;
            let good = |key: &&LogKey| key.window.compromised_from.is_none();
            walked.push(Later { cosigned, counts: log.equivocated.is_none() && keys.iter().any(good) });
            if pin.is_some() {
                // It vouches for all that is proven into it.
                walked.iter_mut().for_each(|later| later.counts = true);
                self.pin = self.pin.or(pin);
            }
            before = after;
        }
        Ok(walked)
    }
}

/// Step 9. Needs no trust: it says that the statement is in the tree, whoever made the tree.
pub(super) fn inclusion(parts: &Parts<'_>) -> Result<LeafIndex, StepResult> {
    let (Some(statement), Some(index), Some(size), Some(path), Some(anchor)) =
        (&parts.statement, parts.leaf_index, parts.tree_size, &parts.inclusion_proof, &parts.anchor)
    else {
        return Err(Skip::Incomplete.into());
    };
    if size != anchor.checkpoint.size() {
        return Err(Error::new(Code::TamperedTreeSize, "tree_size").into());
    }
    InclusionProof::new(index, size, path.clone())
        .and_then(|proof| proof.verify(&statement.leaf_hash(), &anchor.checkpoint.root()))
        .map_err(|error| error.within("inclusion_proof", 0))?;
    Ok(index)
}

/// The log's keys whose signature stands on the note; a known key's bad signature refuses the note.
fn log_signatures<'a>(log: &'a Log, note: &Note<'_>) -> Result<Vec<&'a LogKey>, Error> {
    let mut signed = Vec::new();
    for key in &log.keys {
        if let Some(line) = note.signature_by(&key.verifier) {
            line.verify_text(&key.verifier, note.text())?;
            signed.push(key);
        }
    }
    Ok(signed)
}

/// The trusted witnesses whose cosignature stands on the note; a known key's bad signature refuses the note.
fn cosignatures(root: &TrustRoot, note: &Note<'_>) -> Result<Vec<Cosigned>, Error> {
    let mut cosigned = Vec::new();
    for (witness, keys) in root.trust().witnesses.iter().map(|witness| &witness.keys).enumerate() {
        for key in keys {
            if let Some(line) = note.signature_by(&key.verifier) {
                let time = Cosignature::from_line(line)?.verify(&key.verifier, note.text())?;
                let counts = key.window.contains(time) && key.window.compromised_from.is_none();
                cosigned.push(Cosigned { witness, time, counts });
            }
        }
    }
    Ok(cosigned)
}

fn counting(cosigned: &[Cosigned]) -> Vec<(usize, Timestamp)> {
    cosigned.iter().filter(|cosigned| cosigned.counts).map(|cosigned| (cosigned.witness, cosigned.time)).collect()
}
