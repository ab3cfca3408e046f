//! The log's side of witnessing: has a checkpoint cosigned by others, over HTTP (C2SP tlog-witness).
//!
//! All witnesses are asked at the same time, each by a thread of its own that ends by its time-outs. A cosignature counts
//! once core has verified it; a witness that answers anything else is named with the reason, and counts for nothing.
//! A witness that is still busy with an earlier checkpoint is not asked again meanwhile, so threads do not pile up.

use crate::advertise;
use crate::error::{Error, Result};
use crate::http::{HttpClient, NoReply, Patience, Reply};
use crate::quorum;
use crate::witness_service::{AddCheckpoint, parse_size};
use ct_core::limits::MAX_NOTE_BYTES;
use ct_core::{
    Checkpoint, Code, ConsistencyProof, Cosignature, Hash, Note, Origin, SignatureLine, SignatureType, Timestamp,
    TreeSize, TrustRoot, VerifierKey,
};
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

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
    /// A file with that URL, read before each request (see [`advertise`]).
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

#[derive(Debug)]
struct Peer {
    cosigner: Cosigner,
    client: HttpClient,
    /// The size that it cosigned last, as far as is known: so the first request is mostly the right one.
    seen: AtomicU64,
    busy: AtomicBool,
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

/// What a thread brings back from a witness.
enum Outcome {
    Cosigned(SignatureLine, Timestamp),
    /// It has cosigned another size.
    Seen(TreeSize),
    Refused(Error),
}

/// A checkpoint that is to be cosigned.
struct Job {
    note: String,
    checkpoint: Checkpoint,
    now: Timestamp,
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
        mut consistency: impl FnMut(TreeSize) -> Result<Option<ConsistencyProof>>,
    ) -> Result<Collected> {
        let checkpoint = Checkpoint::parse(Note::parse(note)?.text())?;
        if checkpoint.origin() != origin {
            return Err(Error::new(Code::UnknownLog, "checkpoint", "is that of another log", "give this log's own"));
        }
        let job = Arc::new(Job { note: note.to_owned(), checkpoint, now });
        let mut round = Round::new(self, &job);
        for (index, peer) in self.peers.iter().enumerate() {
            if peer.busy.swap(true, Ordering::AcqRel) {
                round.refuse(
                    index,
                    Code::IoNetwork,
                    "is still busy with an earlier checkpoint",
                    "look into why it is slow",
                );
                continue;
            }
            let old = TreeSize::new(peer.seen.load(Ordering::Acquire))?;
            // What it was last known to have seen may be beyond an older checkpoint that is sent again.
            round.ask(index, old.min(job.checkpoint.size()), &mut consistency)?;
        }
        round.wait(&mut consistency)?;
        round.finish()
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

/// One checkpoint on its way through all witnesses.
struct Round<'a> {
    all: &'a Cosigners,
    job: &'a Arc<Job>,
    sender: Sender<(usize, Outcome)>,
    answers: Receiver<(usize, Outcome)>,
    asked: Vec<u32>,
    outcomes: Vec<Option<std::result::Result<(SignatureLine, Timestamp), Error>>>,
}

impl<'a> Round<'a> {
    fn new(all: &'a Cosigners, job: &'a Arc<Job>) -> Self {
        let (sender, answers) = channel();
        let count = all.peers.len();
        Self { all, job, sender, answers, asked: vec![0; count], outcomes: vec![None; count] }
    }

    /// Sends the request on a thread of its own. The witness is marked as busy until it has answered.
    fn ask(
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
        let (sender, job, size) = (self.sender.clone(), Arc::clone(self.job), self.job.checkpoint.size());
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

    fn wait(&mut self, consistency: &mut impl FnMut(TreeSize) -> Result<Option<ConsistencyProof>>) -> Result<()> {
        let mut until = Instant::now() + self.all.waiting.total;
        let mut reached = false;
        while self.outcomes.iter().any(Option::is_none) {
            if !reached && self.all.reached(&self.cosigned()) {
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

    fn finish(self) -> Result<Collected> {
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

    fn refuse(&mut self, index: usize, code: Code, what: &str, next: &str) {
        self.settle(index, Err(Error::new(code, "", what, next)));
    }

    fn settle(&mut self, index: usize, outcome: std::result::Result<(SignatureLine, Timestamp), Error>) {
        if let Some(place) = self.outcomes.get_mut(index) {
            *place = Some(outcome);
        }
    }
}

/// A witness that is free again when this is dropped, whatever happened.
struct Idle(Arc<Peer>);

impl Drop for Idle {
    fn drop(&mut self) {
        self.0.busy.store(false, Ordering::Release);
    }
}

impl Peer {
    fn cosign(&self, job: &Job, old: TreeSize, proof: Vec<Hash>) -> Outcome {
        let request = AddCheckpoint { old, proof, note: job.note.clone() };
        let url = match &self.cosigner.address {
            Address::Url(url) => Ok(url.clone()),
            Address::File(path) => advertise::read(path),
        };
        let reply = url.and_then(|url| {
            let url = format!("{}/add-checkpoint", url.trim_end_matches('/'));
            self.client.post(&url, &request.to_string(), MAX_NOTE_BYTES).map_err(NoReply::into_error)
        });
        match reply {
            Err(error) => Outcome::Refused(error),
            Ok(reply) => self.read(job, &reply).unwrap_or_else(Outcome::Refused),
        }
    }

    fn read(&self, job: &Job, reply: &Reply) -> Result<Outcome> {
        let liar = "look into what this witness does, and whether its key is the configured one";
        let refused = |error, what: &str| Error::refused(error, "", what, liar);
        let text = str::from_utf8(&reply.body)
            .map_err(|_| Error::new(Code::MalformedUtf8, "", "answers with something that is no text", liar))?;
        match reply.status {
            200 => {
                let lines = ct_core::c2sp::parse_signatures(text)
                    .map_err(|error| refused(error, "answers with something that is no signature"))?;
                let vkey = &self.cosigner.vkey;
                let none = ct_core::Error::new(Code::TamperedCosignature, "");
                let line = lines.into_iter().find(|line| line.names(vkey));
                let line = line.ok_or_else(|| refused(none, "answers with a signature by another key"))?;
                let verified = Cosignature::from_line(&line).and_then(|it| it.verify(vkey, &job.checkpoint.text()));
                let time = verified.map_err(|error| refused(error, "answers with a signature that does not verify"))?;
                if time > job.now.plus(ct_core::Seconds::new(CLOCK_SKEW)) {
                    // Published, it would make verifiers refuse the checkpoint until then.
                    let early = ct_core::Error::new(Code::NotYetValidCosignature, "");
                    return Err(refused(early, "states a time that has not come yet"));
                }
                Ok(Outcome::Cosigned(line, time))
            }
            409 if reply.content_type.as_deref() == Some("text/x.tlog.size") => {
                let size = parse_size(text.strip_suffix('\n').unwrap_or(text));
                Ok(Outcome::Seen(size.map_err(|error| refused(error, "names a size that is none"))?))
            }
            status => {
                let what = format!("refuses with status {status}: {}", first_words(text));
                Err(Error::new(Code::NotAnchoredQuorum, "", what, "see what it says; its operator knows more"))
            }
        }
    }
}

/// The beginning of what another machine says, without what would steer a terminal or break a line.
fn first_words(text: &str) -> String {
    text.chars().take(200).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The first request, the one with the size that the witness named, and one for a race with another sender.
const MAX_ASKED: u32 = 3;

/// Clocks that are kept differ by less.
const CLOCK_SKEW: u64 = 5;
