//! Turns what was committed into tiles, and what was sealed into a witnessed checkpoint.
//!
//! In this order, each on disk before the next: entry bundles, tiles, both read and hashed again and compared with this
//! node's tree; the seal, which every node compares with its own; the fence; the log's signature; the cosignatures of a
//! quorum; the checkpoint file. After a crash the same steps are taken again, and lead to the same bytes.
//!
//! Nothing new is signed before a quorum of witnesses has cosigned what was signed last, since this process started. So a
//! log that was taken back to an older copy, or lost, signs no second history: its witnesses have seen a larger tree and
//! refuse (R15.3, R20.5). The first checkpoint of a log covers its genesis alone, whose root never changes.

use super::{Propose, ServiceMetrics};
use crate::command::{Command, Seal};
use crate::error::{Error, Result};
use crate::log_signer::SignedCheckpoint;
use crate::machine::{ACCEPTED, StateReader, damaged};
use crate::publication::Publication;
use ct_core::{Checkpoint, Code, ConsistencyProof, SignatureLine, TreeSize};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::watch;

/// The log's witnesses, seen from here.
pub trait Cosign: Send + 'static {
    /// Cosignatures of a quorum on this checkpoint; `consistency` gives the proof from a size that a witness has seen.
    ///
    /// # Errors
    /// `not_anchored.quorum` if there are not enough: the checkpoint is not published then.
    fn cosign(
        &mut self,
        signed: &SignedCheckpoint,
        consistency: &mut dyn FnMut(TreeSize) -> Result<ConsistencyProof>,
    ) -> Result<Vec<SignatureLine>>;
}

/// When checkpoints are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublisherSettings {
    /// From one publication to the next at least: entries gather meanwhile.
    pub interval: Duration,
    /// An idle log has its checkpoint cosigned again after this time, so that its bundles stay fresh.
    pub renewal: Duration,
    /// Before a publication that failed is tried again.
    pub patience: Duration,
}

impl Default for PublisherSettings {
    fn default() -> Self {
        let (interval, patience) = (Duration::from_millis(200), Duration::from_secs(1));
        Self { interval, renewal: Duration::from_secs(3_600), patience }
    }
}

/// A published checkpoint, as readers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Entries that it covers.
    pub size: TreeSize,
    /// Its text: three lines.
    pub checkpoint: String,
    /// The signature lines, the log's first.
    pub signatures: String,
}

/// The thread that publishes. Stops, with its current step finished, when it is told to or dropped.
#[derive(Debug)]
pub struct Publisher {
    stop: Sender<()>,
    thread: Option<JoinHandle<()>>,
    published: watch::Receiver<Option<Published>>,
    failure: watch::Receiver<Option<Error>>,
}

impl Publisher {
    /// Starts it; `runtime` waits for consensus on its behalf. Blocks: not for an event loop.
    ///
    /// # Errors
    /// `tampered.state` if publication and state are not of one history: one of them was lost or taken back.
    /// `internal` if there can be no thread.
    pub fn start(
        publication: Publication,
        state: StateReader,
        proposer: Arc<dyn Propose>,
        cosign: Box<dyn Cosign>,
        metrics: Arc<ServiceMetrics>,
        settings: PublisherSettings,
        runtime: Handle,
    ) -> Result<Self> {
        check_one_history(&publication, &state)?;
        let (stop, stopped) = channel();
        let (published, newest) = watch::channel(already_published(&publication)?);
        let (failed, failure) = watch::channel(None);
        let mut work =
            Work { publication, state, proposer, cosign, metrics, settings, runtime, published, cosigned: None };
        let run = move || {
            let ended = panic::catch_unwind(AssertUnwindSafe(|| work.run(&stopped)));
            let defect = |_| Err(Error::new(Code::Internal, "publication", "ended unexpectedly", "report this"));
            if let Err(error) = ended.unwrap_or_else(defect) {
                failed.send_replace(Some(error));
            }
        };
        let thread = thread::Builder::new().name("publisher".to_owned()).spawn(run);
        let thread = thread.map_err(|source| Error::new(Code::Internal, "publisher", source.to_string(), ""))?;
        Ok(Self { stop, thread: Some(thread), published: newest, failure })
    }

    /// Why it has given up, once it has: the log can publish nothing more until it is started again.
    #[must_use]
    pub fn failure(&self) -> watch::Receiver<Option<Error>> {
        self.failure.clone()
    }

    /// The newest published checkpoint, and every later one.
    #[must_use]
    pub fn published(&self) -> watch::Receiver<Option<Published>> {
        self.published.clone()
    }

    /// Finishes the current step and ends.
    pub fn stop(mut self) {
        self.join();
    }

    fn join(&mut self) {
        // It may have ended by itself.
        let _ = self.stop.send(());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.join();
    }
}

/// What has been signed is in the state, and what comes next is there to be published.
fn check_one_history(publication: &Publication, state: &StateReader) -> Result<()> {
    let refused = |what: String, next: &str| Err(Error::new(Code::TamperedState, "this node", what, next));
    let signed = publication.checkpoint().checkpoint();
    let size = signed.size();
    let Some(meta) = state.meta().filter(|_| size > TreeSize::ZERO) else {
        if size == TreeSize::ZERO {
            return Ok(());
        }
        let what = format!("a checkpoint of {size} entries was signed, and the state is empty");
        return refused(what, "the state was lost: restore the folder data as a whole");
    };
    if size > meta.sealed.size {
        let what = format!("a checkpoint of {size} entries was signed, and the state knows of {}", meta.sealed.size);
        return refused(what, "the state was taken back: restore the folder data as a whole");
    }
    if state.root_at(size)?.is_some_and(|root| root != signed.root()) {
        let what = format!("the state has another tree of {size} entries than the one that was signed");
        return refused(what, "log/ and state/ are of two histories: restore the folder data as a whole");
    }
    if size < meta.tree.size() && state.entries(size.get(), 1).map_or(true, |entries| entries.is_empty()) {
        let what =
            format!("the published files end at {size} entries, and the next ones are not in the state any more");
        return refused(what, "log/ was taken back: restore the folder data as a whole");
    }
    Ok(())
}

/// The checkpoint that was published before this process started: only one with its quorum ever is.
fn already_published(publication: &Publication) -> Result<Option<Published>> {
    let Some(bytes) = publication.published()? else { return Ok(None) };
    let Some((text, signatures)) = std::str::from_utf8(&bytes).ok().and_then(|note| note.split_once("\n\n")) else {
        return Ok(None);
    };
    let checkpoint = format!("{text}\n");
    let size = Checkpoint::parse(&checkpoint)?.size();
    Ok(Some(Published { size, checkpoint, signatures: signatures.to_owned() }))
}

struct Work {
    publication: Publication,
    state: StateReader,
    proposer: Arc<dyn Propose>,
    cosign: Box<dyn Cosign>,
    metrics: Arc<ServiceMetrics>,
    settings: PublisherSettings,
    runtime: Handle,
    published: watch::Sender<Option<Published>>,
    cosigned: Option<(TreeSize, Instant)>,
}

impl Work {
    fn run(&mut self, stopped: &Receiver<()>) -> Result<()> {
        let mut wait = Duration::ZERO;
        // Trouble that lasts is told once.
        let mut told = None;
        while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(wait) {
            let begun = Instant::now();
            wait = match self.step() {
                Ok(false) => self.settings.interval,
                Ok(true) => {
                    told = None;
                    self.metrics.publication.observe(begun.elapsed().as_secs_f64());
                    self.settings.interval.saturating_sub(begun.elapsed())
                }
                Err(error) => {
                    self.metrics.publication_failures.inc();
                    if told.as_ref() != Some(&error) {
                        tracing::warn!(error_code = error.code().as_str(), result = "failed", "publication: {error}");
                        told = Some(error.clone());
                    }
                    if matches!(error.code(), Code::TamperedState | Code::TamperedWal | Code::IoLogPoisoned) {
                        return Err(error);
                    }
                    self.settings.patience
                }
            };
        }
        Ok(())
    }

    /// Publishes what there is to publish; false if there is nothing.
    fn step(&mut self) -> Result<bool> {
        let Some(meta) = self.state.meta() else { return Ok(false) };
        let size = self.publication.size();
        let backlog =
            meta.tree.size().get().saturating_sub(self.published.borrow().as_ref().map_or(0, |it| it.size.get()));
        self.metrics.backlog.set(i64::try_from(backlog).unwrap_or(i64::MAX));
        if size > TreeSize::ZERO && !self.is_fresh(size) {
            self.anchor()?;
            return Ok(true);
        }
        if meta.tree.size() == size {
            return Ok(false);
        }
        let extended = self.extend(meta.sealed);
        if extended.is_err() {
            // The places of these entries are decided: they are staged again, byte for byte.
            self.publication.unstage();
        }
        extended?;
        self.anchor()?;
        Ok(true)
    }

    fn is_fresh(&self, size: TreeSize) -> bool {
        self.cosigned.is_some_and(|(of, at)| of == size && at.elapsed() < self.settings.renewal)
    }

    /// Has the last signed checkpoint cosigned, and publishes it.
    fn anchor(&mut self) -> Result<()> {
        let signed = self.publication.checkpoint().clone();
        let size = signed.checkpoint().size();
        let publication = &mut self.publication;
        let lines = self.cosign.cosign(&signed, &mut |seen| publication.consistency(seen, size))?;
        self.publication.publish(&lines)?;
        self.cosigned = Some((size, Instant::now()));
        self.state.drop_entries(size.get())?;
        self.metrics.published_size.set(i64::try_from(size.get()).unwrap_or(i64::MAX));
        let (checkpoint, signatures) = (signed.checkpoint().text(), signed.lines(&lines));
        self.published.send_replace(Some(Published { size, checkpoint, signatures }));
        Ok(())
    }

    /// Writes tiles for what is new, has it sealed, and signs.
    fn extend(&mut self, sealed: Seal) -> Result<()> {
        let from = self.publication.size().get();
        let most = if from == 0 { 1 } else { ENTRIES_AT_ONCE };
        let nothing = || damaged("the tree has grown, and nobody knows to which size");
        let (size, root) = self.state.boundary(from, most)?.ok_or_else(nothing)?;
        let count = usize::try_from(size.get().saturating_sub(from)).unwrap_or(usize::MAX);
        let entries = self.state.entries(from, count)?;
        if entries.len() != count {
            return Err(damaged("entries that stand in no tile yet are missing"));
        }
        let staged = self.publication.stage(&entries)?;
        if staged.size() != size || staged.root() != root {
            return Err(damaged("the entries do not have the root that the state came to"));
        }
        let seal = Seal { generation: sealed.generation, size, root };
        if size > sealed.size {
            let answer = self.runtime.block_on(self.proposer.propose(Command::Seal(seal).encode()));
            // A seal whose fate is unknown may have been applied by now; else it is proposed again.
            let applied = self.state.meta().is_some_and(|meta| meta.sealed == seal);
            if !applied && answer? != [ACCEPTED] {
                let what = format!("the seal of {size} entries was not taken: another one came before it");
                return Err(Error::new(Code::UnknownOutcome, "publication", what, "it is tried again"));
            }
        }
        self.publication.sign(staged)?;
        Ok(())
    }
}

/// Full entry bundles in one checkpoint, of a log that is busy.
const ENTRIES_AT_ONCE: u64 = 4_096;
