//! Turns what was committed into tiles, and what was sealed into a witnessed checkpoint.
//!
//! In this order, each on disk before the next: entry bundles, tiles, both read and hashed again; the seal, which every
//! node compares with its own tree; the fence; the log's signature; the cosignatures of a quorum; the checkpoint file.
//! After a crash the same steps are taken again, and lead to the same bytes.

use super::{Propose, ServiceMetrics};
use crate::command::{Command, Seal};
use crate::error::{Error, Result};
use crate::log_signer::SignedCheckpoint;
use crate::machine::{ACCEPTED, StateReader};
use crate::publication::Publication;
use ct_core::{Code, ConsistencyProof, SignatureLine, TreeSize};
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
}

impl Publisher {
    /// Starts it; `runtime` waits for consensus on its behalf.
    ///
    /// # Errors
    /// `tampered.state` if the publication is ahead of the state: the state was lost or taken back, and signing would
    /// begin a second history. `internal` if there can be no thread.
    pub fn start(
        publication: Publication,
        state: StateReader,
        proposer: Arc<dyn Propose>,
        cosign: Box<dyn Cosign>,
        metrics: Arc<ServiceMetrics>,
        settings: PublisherSettings,
        runtime: Handle,
    ) -> Result<Self> {
        check_not_ahead(&publication, &state)?;
        let (stop, stopped) = channel();
        let (sender, published) = watch::channel(None);
        let mut work = Work {
            publication,
            state,
            proposer,
            cosign,
            metrics,
            settings,
            runtime,
            published: sender,
            cosigned: None,
        };
        let thread = thread::Builder::new().name("publisher".to_owned()).spawn(move || work.run(&stopped));
        let thread = thread.map_err(|source| Error::new(Code::Internal, "publisher", source.to_string(), ""))?;
        Ok(Self { stop, thread: Some(thread), published })
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

/// What has been signed must be in the state.
fn check_not_ahead(publication: &Publication, state: &StateReader) -> Result<()> {
    let signed = publication.checkpoint().checkpoint();
    let known = state.meta().map_or(TreeSize::ZERO, |meta| meta.sealed.size);
    if signed.size() <= known {
        return Ok(());
    }
    let what = format!("a checkpoint of {} entries was signed, and the state knows of {known}", signed.size());
    let next = "the state was lost or taken back: restore it, or let the node start anew from the published log";
    Err(Error::new(Code::TamperedState, "this node", what, next))
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
    fn run(&mut self, stopped: &Receiver<()>) {
        let mut wait = Duration::ZERO;
        while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(wait) {
            let begun = Instant::now();
            wait = match self.step() {
                Ok(false) => self.settings.interval,
                Ok(true) => {
                    self.metrics.publication.observe(begun.elapsed().as_secs_f64());
                    self.settings.interval.saturating_sub(begun.elapsed())
                }
                Err(error) => {
                    self.metrics.publication_failures.inc();
                    tracing::warn!(error_code = error.code().as_str(), result = "failed", "publication: {error}");
                    if error.code() == Code::TamperedState || error.code() == Code::TamperedInclusion {
                        return;
                    }
                    self.settings.patience
                }
            };
        }
    }

    /// Publishes what there is to publish; false if there is nothing.
    fn step(&mut self) -> Result<bool> {
        let Some(meta) = self.state.meta() else { return Ok(false) };
        let grown = meta.tree.size() > self.publication.size();
        if grown {
            self.extend(meta.sealed)?;
        }
        let size = self.publication.size();
        let fresh = self.cosigned.is_some_and(|(of, at)| of == size && at.elapsed() < self.settings.renewal);
        if size == TreeSize::ZERO || fresh {
            return Ok(grown);
        }
        let signed = self.publication.checkpoint().clone();
        let publication = &mut self.publication;
        let lines = self.cosign.cosign(&signed, &mut |seen| publication.consistency(seen, size))?;
        self.publication.publish(&lines)?;
        self.cosigned = Some((size, Instant::now()));
        self.state.drop_entries(size.get())?;
        self.metrics.published_size.set(i64::try_from(size.get()).unwrap_or(i64::MAX));
        self.published.send_replace(Some(Published {
            size,
            checkpoint: signed.checkpoint().text(),
            signatures: signed.lines(&lines),
        }));
        Ok(true)
    }

    /// Writes tiles for what is new, has it sealed, and signs.
    fn extend(&mut self, sealed: Seal) -> Result<()> {
        let from = self.publication.size();
        // Up to what was sealed before a crash, and then some: one seal covers it all.
        let entries = self.state.entries(from.get(), ENTRIES_AT_ONCE)?;
        let staged = self.publication.stage(&entries)?;
        let seal = Seal { generation: sealed.generation, size: staged.size(), root: staged.root() };
        if seal != sealed {
            let answer = self.runtime.block_on(self.proposer.propose(Command::Seal(seal).encode()));
            // Known or not, it is asked again with a new batch; what is staged may be replaced until it is signed.
            let accepted = answer.is_ok_and(|answer| answer == [ACCEPTED]);
            let applied = self.state.meta().is_some_and(|meta| meta.sealed == seal);
            if !(accepted || applied) {
                self.publication.unstage(staged);
                let what = format!("the seal of {} entries was not committed", seal.size);
                return Err(Error::new(Code::UnknownOutcome, "publication", what, "it is tried again"));
            }
        }
        self.publication.sign(staged)?;
        Ok(())
    }
}

/// 16 full entry bundles: some megabytes.
const ENTRIES_AT_ONCE: usize = 4_096;
