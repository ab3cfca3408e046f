//! Steps 7 to 10: the checkpoint, its witnesses, the statement in its tree, and later and remembered checkpoints.

use super::form::{CheckpointPart, Parts};
use super::record::KnownPoint;
use super::step::{Skip, StepResult};
use crate::c2sp::{Checkpoint, Cosignature};
use crate::code::Code;
use crate::ed25519::SignatureChecker;
use crate::error::Error;
use crate::evidence::{Equivocation, of_two_checkpoints};
use crate::merkle::{ConsistencyProof, InclusionProof, LeafIndex};
use crate::report::LogFact;
use crate::state::State;
use crate::time::Timestamp;
use crate::trust::{Log, LogKey, Pin, TrustRoot};
use alloc::format;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

/// What a checkpoint is judged by.
#[derive(Clone, Copy)]
pub(super) struct Grounds<'a> {
    pub(super) root: &'a TrustRoot,
    pub(super) checker: &'a dyn SignatureChecker,
}

/// The anchor and the checkpoints after it, as far as the trust root knows their log.
pub(super) struct Anchor<'a> {
    grounds: Grounds<'a>,
    part: Option<Rc<CheckpointPart>>,
    log: Option<&'a Log>,
    equivocated: bool,
    /// The anchor, and the later checkpoints if all of them are sound.
    points: Vec<Rc<Point<'a>>>,
    /// Why the later checkpoints are not sound.
    followed: Result<(), Error>,
}

/// One checkpoint: who signed it, and whether the trust root vouches for it.
pub(super) struct Point<'a> {
    part: Rc<CheckpointPart>,
    log_keys: Result<Vec<&'a LogKey>, Error>,
    cosigned: Result<Vec<Cosigned>, Error>,
    pin: Option<Pin>,
    /// Whether it may show freshness, be built on and be remembered: a pin vouches for it or for one after it, or the
    /// log's word is still good.
    counts: bool,
    /// When the quorum in force had seen it.
    seen_by_quorum: Option<Timestamp>,
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
    /// `known` is the anchor that was examined last, on the same grounds; if it is this one, it is not examined again.
    pub(super) fn examine(
        parts: &Parts<'_>,
        grounds: Grounds<'a>,
        evidence: &[Equivocation],
        known: Option<Rc<Point<'a>>>,
    ) -> Self {
        let part = parts.anchor.clone();
        let log = part.as_ref().and_then(|part| grounds.root.log(part.checkpoint.origin().as_str()));
        let shown = |log: &Log| evidence.iter().any(|equivocation| equivocation.origin() == log.origin);
        let equivocated = log.is_some_and(|log| log.equivocated.is_some() || shown(log));
        let mut anchor = Self { grounds, part, log, equivocated, points: Vec::new(), followed: Ok(()) };
        if let (Some(log), Some(part)) = (log, &parts.anchor) {
            let known = known.filter(|known| Rc::ptr_eq(&known.part, part));
            anchor.points.push(known.unwrap_or_else(|| Rc::new(Point::examine(part, log, grounds, equivocated))));
            match anchor.follow(log, &part.checkpoint, parts) {
                Ok(later) => anchor.points.extend(later.into_iter().map(Rc::new)),
                Err(error) => anchor.followed = Err(error),
            }
        }
        anchor
    }

    /// Step 7.
    pub(super) fn checkpoint(&self) -> Result<LogFact, StepResult> {
        let part = self.part.as_ref().ok_or(Skip::Incomplete)?;
        let first = self.points.first().ok_or(Error::new(Code::UnknownLog, "checkpoint"))?;
        let keys = first.log_keys.as_ref().map_err(|error| *error)?;
        if self.pin().is_none() {
            first.part.signatures.as_ref().ok_or(Skip::Incomplete)?;
            if keys.is_empty() {
                return Err(Error::new(Code::NotAnchoredLogSignature, "checkpoint_signature").into());
            }
            if keys.iter().all(|key| key.window.compromised_from.is_some()) {
                return Err(Error::new(Code::RevokedLogKey, "checkpoint_signature").into());
            }
            if self.equivocated {
                return Err(Error::new(Code::EquivocationLog, "checkpoint").into());
            }
        }
        Ok(LogFact::new(&part.checkpoint))
    }

    /// Step 8: the anchoring time.
    pub(super) fn witnesses(&self) -> Result<Timestamp, StepResult> {
        self.part.as_ref().ok_or(Skip::Incomplete)?;
        let first = self.points.first().ok_or(Skip::Unfounded)?;
        first.cosigned.as_ref().map_err(|error| *error)?;
        match (self.anchored_at(), &first.part.signatures) {
            (Some(time), _) => Ok(time),
            (None, None) => Err(Skip::Incomplete.into()),
            (None, Some(_)) => Err(Error::new(Code::NotAnchoredQuorum, "checkpoint_signature").into()),
        }
    }

    /// Step 10: each later checkpoint follows from the one before, none contradicts what is remembered, and one is
    /// linked to it (R15.3, R15.5).
    pub(super) fn continuity(&self, state: Option<&State>) -> Result<(), StepResult> {
        self.part.as_ref().ok_or(Skip::Incomplete)?;
        let log = self.log.ok_or(Skip::Unfounded)?;
        self.followed?;
        let mut linked = false;
        for (number, point) in self.points.iter().enumerate() {
            let checkpoint = &point.part.checkpoint;
            let remembered = state.and_then(|state| state.at(&log.origin, checkpoint.size()));
            let pinned = log.pins.iter().filter(|pin| pin.size == checkpoint.size()).map(|pin| pin.root);
            for root in remembered.map(|remembered| remembered.root).into_iter().chain(pinned) {
                if root != checkpoint.root() {
                    // Anybody, a thief of a log key too, can write a checkpoint that contradicts: only one that the log
                    // signed with a sound key, or the trust root vouches for, speaks against the log. Another one is
                    // no anchor, and as a later checkpoint it counts for nothing.
                    if point.counts || self.pin().is_some() {
                        return Err(Error::new(Code::EquivocationCheckpoint, "checkpoint").into());
                    }
                    if number == 0 {
                        return Err(Skip::Unfounded.into());
                    }
                    continue;
                }
                linked = true;
            }
        }
        match state {
            _ if linked => Ok(()),
            None => Err(Skip::NoState.into()),
            Some(state) if !state.knows(&log.origin) => Err(Skip::FirstSeen.into()),
            Some(_) => Err(Error::new(Code::DiscontinuousNoProof, "consistency_proof").into()),
        }
    }

    /// Evidence of two histories, if a checkpoint here and a remembered one contradict and the log signed both.
    pub(super) fn evidence(&self, state: Option<&State>) -> Option<Vec<u8>> {
        let (log, state) = (self.log?, state?);
        self.points.iter().find_map(|point| {
            let remembered = state.at(&log.origin, point.part.checkpoint.size())?;
            let evidence = of_two_checkpoints(remembered.note.as_ref()?, &point.log_note()?);
            Equivocation::load(&evidence, self.grounds.root).ok().map(|_| evidence)
        })
    }

    /// What a verifier may remember of this bundle, each checkpoint with the log's own signature: what is proven to be of
    /// one history with everything that it remembers. That comes before something remembered, or after the newest of it; a
    /// later checkpoint that only follows from an older one may be of another history.
    pub(super) fn seen(&self, state: &State) -> Vec<(Checkpoint, Option<String>)> {
        let newest = self.log.and_then(|log| state.newest(&log.origin));
        let is_known = |point: &Rc<Point<'a>>| {
            let (size, root) = (point.part.checkpoint.size(), point.part.checkpoint.root());
            let remembered = self.log.and_then(|log| state.at(&log.origin, size));
            remembered.is_some_and(|remembered| remembered.root == root)
        };
        let last_known = self.points.iter().rposition(is_known);
        let size_of = |number: usize| self.points.get(number).map(|point| point.part.checkpoint.size());
        let goes_on = newest.is_none() || last_known.and_then(size_of) == newest;
        let worth = self.points.iter().enumerate().filter(|(number, point)| {
            let is_proven = point.pin.is_some() || goes_on || last_known.is_some_and(|last| *number <= last);
            point.counts && (point.pin.is_some() || point.seen_by_quorum.is_some()) && is_proven
        });
        worth.map(|(_, point)| (point.part.checkpoint.clone(), point.log_note())).collect()
    }

    /// T: when the quorum in force had seen the anchor, or the time of the pin it is proven into.
    pub(super) fn anchored_at(&self) -> Option<Timestamp> {
        let first = self.points.first()?;
        first.seen_by_quorum.or_else(|| Some(self.pin()?.time).filter(|_| first.cosigned.is_ok()))
    }

    /// F: how new the newest proven checkpoint is.
    pub(super) fn fresh_at(&self) -> Option<Timestamp> {
        self.followed.ok()?;
        let newest = self.points.iter().skip(1).rfind(|point| point.counts).or(self.points.first())?;
        let statements = newest.counting()?;
        let epochs = self.grounds.root.epochs();
        epochs.filter_map(|(epoch, quorum)| quorum.latest(&statements).filter(|time| epoch.contains(*time))).max()
    }

    /// The latest time that any trusted witness states anywhere in the bundle.
    pub(super) fn latest_cosignature(&self) -> Option<Timestamp> {
        self.points.iter().flat_map(|point| point.cosigned.iter().flatten()).map(|cosigned| cosigned.time).max()
    }

    /// The log keys that signed the anchor.
    pub(super) fn log_keys(&self) -> &[&'a LogKey] {
        self.points.first().and_then(|first| first.log_keys.as_deref().ok()).unwrap_or(&[])
    }

    /// Whether every later checkpoint follows from the one before, so that the newest one is known.
    pub(super) const fn is_followed(&self) -> bool {
        self.followed.is_ok()
    }

    /// The pin that the anchor is, or is proven into.
    pub(super) fn pin(&self) -> Option<Pin> {
        self.points.iter().find_map(|point| point.pin)
    }

    /// The anchor, then the later checkpoints: what a status can be proven into. What is proven into the anchor counts if
    /// the anchor does.
    pub(super) fn known_points(&self) -> Vec<KnownPoint> {
        let is_sound = self.checkpoint().is_ok();
        let known = |(number, point): (usize, &Rc<Point<'_>>)| {
            let pinned = || Some(self.points.iter().skip(number).find_map(|point| point.pin)?.time);
            KnownPoint {
                size: point.part.checkpoint.size(),
                root: point.part.checkpoint.root(),
                sound: is_sound && (number == 0 || point.counts),
                known_at: point.seen_by_quorum.or_else(pinned),
            }
        };
        self.points.iter().enumerate().map(known).collect()
    }

    /// The witnesses whose cosignature on the anchor counts, with the time each states.
    pub(super) fn cosigners(&self) -> impl Iterator<Item = (&'a str, Timestamp)> {
        let counting = self.points.iter().take(1).flat_map(|first| first.cosigned.iter().flatten());
        counting.filter(|cosigned| cosigned.counts).filter_map(|cosigned| {
            let witness = self.grounds.root.trust().witnesses.get(cosigned.witness)?;
            Some((witness.name.as_str(), cosigned.time))
        })
    }

    /// The anchor as it was examined.
    pub(super) fn first(&self) -> Option<Rc<Point<'a>>> {
        self.points.first().cloned()
    }

    /// Walks the later checkpoints: each proven from the one before, each signed by the log or pinned.
    fn follow(&self, log: &'a Log, anchor: &Checkpoint, parts: &Parts<'_>) -> Result<Vec<Point<'a>>, Error> {
        let mut before = anchor;
        let mut points: Vec<Point<'a>> = Vec::with_capacity(parts.later.len());
        for later in &parts.later {
            let after = &later.part.checkpoint;
            if after.origin() != before.origin() {
                return Err(Error::new(Code::TamperedConsistency, "consistency_proof.checkpoint"));
            }
            ConsistencyProof::new(before.size(), after.size(), later.proof.clone())
                .and_then(|proof| proof.verify(&before.root(), &after.root()))
                .map_err(|error| error.within("consistency_proof.proof", 0))?;
            let point = Point::examine(&later.part, log, self.grounds, self.equivocated);
            let keys = point.log_keys.as_ref().map_err(|error| *error)?;
            point.cosigned.as_ref().map_err(|error| *error)?;
            if point.pin.is_none() && keys.is_empty() {
                return Err(Error::new(Code::NotAnchoredLogSignature, "consistency_proof.checkpoint_signature"));
            }
            if point.pin.is_some() {
                // It vouches for all that is proven into it.
                points.iter_mut().for_each(|earlier| earlier.counts = true);
            }
            points.push(point);
            before = after;
        }
        Ok(points)
    }
}

impl<'a> Point<'a> {
    /// The checkpoint as the bundle has it.
    pub(super) const fn part(&self) -> &Rc<CheckpointPart> {
        &self.part
    }

    fn examine(part: &Rc<CheckpointPart>, log: &'a Log, grounds: Grounds<'a>, equivocated: bool) -> Self {
        let log_keys = log_signatures(log, part, grounds.checker);
        let pin = log.pin(&part.checkpoint);
        let cosigned = cosignatures(grounds, part);
        let part = Rc::clone(part);
        let mut point = Self { part, log_keys, cosigned, pin, counts: false, seen_by_quorum: None };
        point.seen_by_quorum = point.find_quorum(grounds.root);
        point.counts = pin.is_some() || !equivocated && point.has_sound_log_key();
        point
    }

    /// Whether a log key signed that is not compromised and counted when the quorum saw the checkpoint.
    fn has_sound_log_key(&self) -> bool {
        let counted = |key: &&LogKey| self.seen_by_quorum.is_none_or(|time| key.window.contains(time));
        let keys = self.log_keys.as_deref().unwrap_or(&[]);
        keys.iter().any(|key| key.window.compromised_from.is_none() && counted(key))
    }

    fn find_quorum(&self, root: &TrustRoot) -> Option<Timestamp> {
        let statements = self.counting()?;
        let epochs = root.epochs();
        epochs.filter_map(|(epoch, quorum)| quorum.earliest(&statements).filter(|time| epoch.contains(*time))).min()
    }

    fn counting(&self) -> Option<Vec<(usize, Timestamp)>> {
        let counting = self.cosigned.as_ref().ok()?.iter().filter(|cosigned| cosigned.counts);
        Some(counting.map(|cosigned| (cosigned.witness, cosigned.time)).collect())
    }

    /// The checkpoint with one signature of the log.
    fn log_note(&self) -> Option<String> {
        let keys = self.log_keys.as_ref().ok()?;
        let key = keys.iter().find(|key| key.window.compromised_from.is_none()).or(keys.first())?;
        let line = self.part.signature_by(&key.verifier)?;
        Some(format!("{}\n{line}", self.part.checkpoint.text()))
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
    let proof = InclusionProof::new(index, size, path.clone());
    proof
        .and_then(|proof| proof.verify(&statement.leaf_hash(), &anchor.checkpoint.root()))
        .map_err(|error| error.within("inclusion_proof", 0))?;
    Ok(index)
}

/// The log's keys whose signature stands on the note; a known key's bad signature refuses the note.
fn log_signatures<'a>(
    log: &'a Log,
    part: &CheckpointPart,
    checker: &dyn SignatureChecker,
) -> Result<Vec<&'a LogKey>, Error> {
    let mut signed = Vec::new();
    for key in &log.keys {
        if let Some(line) = part.signature_by(&key.verifier) {
            line.check_text(&key.verifier, &part.text, checker)?;
            signed.push(key);
        }
    }
    Ok(signed)
}

/// The trusted witnesses whose cosignature stands on the note; a known key's bad signature refuses the note.
fn cosignatures(grounds: Grounds<'_>, part: &CheckpointPart) -> Result<Vec<Cosigned>, Error> {
    let mut cosigned = Vec::new();
    for (witness, keys) in grounds.root.trust().witnesses.iter().map(|witness| &witness.keys).enumerate() {
        for key in keys {
            if let Some(line) = part.signature_by(&key.verifier) {
                let time = Cosignature::from_line(line)?.check(&key.verifier, &part.text, grounds.checker)?;
                let counts = key.window.contains(time) && key.window.compromised_from.is_none();
                cosigned.push(Cosigned { witness, time, counts });
            }
        }
    }
    Ok(cosigned)
}
