//! One checkpoint on its way through all witnesses.

use crate::cosigners::peer::{Idle, Job, Outcome};
use crate::cosigners::{Collected, Cosigners, Refusal};
use crate::error::{Error, Result};
use ct_core::{Code, ConsistencyProof, SignatureLine, Timestamp, TreeSize};
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Receiver, Sender, channel};
use std::thread;
use std::time::Instant;

/// When a round is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// A little after enough have cosigned.
    Quorum,
    /// When everybody has answered, or was waited for long enough.
    Everybody,
}

/// One checkpoint on its way through all witnesses.
pub(super) struct Round<'a> {
    all: &'a Cosigners,
    job: Arc<Job>,
    until: Until,
    sender: Sender<(usize, Outcome)>,
    answers: Receiver<(usize, Outcome)>,
    asked: Vec<u32>,
    outcomes: Vec<Option<std::result::Result<(SignatureLine, Timestamp), Error>>>,
}

impl<'a> Round<'a> {
    pub(super) fn new(all: &'a Cosigners, job: Arc<Job>, until: Until) -> Self {
        let (sender, answers) = channel();
        let count = all.peers.len();
        Self { all, job, until, sender, answers, asked: vec![0; count], outcomes: vec![None; count] }
    }

    /// Sends the request on a thread of its own. The witness is marked as busy until it has answered.
    pub(super) fn ask(
        &mut self,
        index: usize,
        old: TreeSize,
        consistency: &mut impl FnMut(TreeSize) -> Result<Option<ConsistencyProof>>,
    ) -> Result<()> {
        let Some(peer) = self.all.peers.get(index) else { return Ok(()) };
        let idle = Idle(Arc::clone(peer));
        let proof = if old == TreeSize::ZERO { None } else { consistency(old)? };
        let proof = proof.map_or(Vec::new(), |proof| proof.path().to_vec());
        if let Some(asked) = self.asked.get_mut(index) {
            *asked = asked.saturating_add(1);
        }
        let (sender, job, size) = (self.sender.clone(), Arc::clone(&self.job), self.job.checkpoint.size());
        let started = thread::Builder::new().name("cosigner".to_owned()).spawn(move || {
            let outcome = idle.0.cosign(&job, old, proof);
            match &outcome {
                Outcome::Cosigned(..) => idle.0.seen.store(size.get(), Ordering::Release),
                Outcome::Seen(seen) => idle.0.seen.store(seen.get(), Ordering::Release),
                Outcome::Refused(_) => {}
            }
            // Free before anybody hears of it: the next request may be for this witness.
            drop(idle);
            // A round that is over hears nothing.
            let _: std::result::Result<(), mpsc::SendError<_>> = sender.send((index, outcome));
        });
        if started.is_err() {
            self.refuse(
                index,
                Code::IoNetwork,
                "cannot be asked: there is no thread for it",
                "look at the limits of this process",
            );
        }
        Ok(())
    }

    pub(super) fn wait(
        &mut self,
        consistency: &mut impl FnMut(TreeSize) -> Result<Option<ConsistencyProof>>,
    ) -> Result<()> {
        let mut until = Instant::now() + self.all.waiting.total;
        let mut reached = false;
        while self.outcomes.iter().any(Option::is_none) {
            if !reached && self.until == Until::Quorum && self.all.reached(&self.cosigned()) {
                reached = true;
                until = until.min(Instant::now() + self.all.waiting.grace);
            }
            let left = until.saturating_duration_since(Instant::now());
            let Ok((index, outcome)) = self.answers.recv_timeout(left) else { return Ok(()) };
            match outcome {
                Outcome::Seen(size) => self.ask_again(index, size, consistency)?,
                Outcome::Cosigned(line, time) => self.settle(index, Ok((line, time))),
                Outcome::Refused(error) => self.settle(index, Err(error)),
            }
        }
        Ok(())
    }

    fn ask_again(
        &mut self,
        index: usize,
        seen: TreeSize,
        consistency: &mut impl FnMut(TreeSize) -> Result<Option<ConsistencyProof>>,
    ) -> Result<()> {
        let Some(peer) = self.all.peers.get(index) else { return Ok(()) };
        if seen > self.job.checkpoint.size() {
            let what = format!("has cosigned this log at size {seen}, which is beyond this checkpoint");
            self.refuse(
                index,
                Code::DiscontinuousNoProof,
                &what,
                "make sure that this log was not taken back to an older state",
            );
        } else if self.asked.get(index).is_none_or(|asked| *asked >= MAX_ASKED) {
            self.refuse(
                index,
                Code::DiscontinuousNoProof,
                "names another size each time",
                "look into what this witness does",
            );
        } else if !peer.busy.swap(true, Ordering::AcqRel) {
            self.ask(index, seen, consistency)?;
        }
        Ok(())
    }

    /// A witness that has answered that what it has seen does not lead to this checkpoint.
    pub(super) fn contradiction(&self) -> Option<(&str, &Error)> {
        self.all.peers.iter().zip(&self.outcomes).find_map(|(peer, outcome)| match outcome {
            Some(Err(error)) if error.code() == Code::DiscontinuousNoProof => {
                Some((peer.cosigner.vkey.name().as_str(), error))
            }
            _ => None,
        })
    }

    pub(super) fn finish(self) -> Result<Collected> {
        let reached = self.all.reached(&self.cosigned());
        let mut collected = Collected { lines: Vec::new(), refusals: Vec::new() };
        for (peer, outcome) in self.all.peers.iter().zip(self.outcomes) {
            let late = || Error::new(Code::IoNetwork, "", "did not answer in time", "look into why it is slow");
            match outcome.unwrap_or_else(|| Err(late())) {
                Ok((line, _)) => collected.lines.push(line),
                Err(error) => {
                    collected.refusals.push(Refusal { name: peer.cosigner.vkey.name().to_string(), error });
                }
            }
        }
        if reached {
            return Ok(collected);
        }
        let mut what = format!("too few witnesses have cosigned ({})", collected.lines.len());
        for Refusal { name, error } in &collected.refusals {
            // Writing to a string does not fail.
            let _ = write!(what, "; {name}: {}: {}", error.code(), error.what());
        }
        let next = "the checkpoint is not final; it can be sent again as it is";
        Err(Error::new(Code::NotAnchoredQuorum, "checkpoint", what, next))
    }

    fn cosigned(&self) -> Vec<(usize, Timestamp)> {
        let cosigned = self.outcomes.iter().enumerate();
        cosigned.filter_map(|(index, outcome)| Some((index, outcome.as_ref()?.as_ref().ok()?.1))).collect()
    }

    pub(super) fn refuse(&mut self, index: usize, code: Code, what: &str, next: &str) {
        self.settle(index, Err(Error::new(code, "", what, next)));
    }

    fn settle(&mut self, index: usize, outcome: std::result::Result<(SignatureLine, Timestamp), Error>) {
        if let Some(place) = self.outcomes.get_mut(index) {
            *place = Some(outcome);
        }
    }
}

/// The first request, the one with the size that the witness named, and one for a race with another sender.
const MAX_ASKED: u32 = 3;
