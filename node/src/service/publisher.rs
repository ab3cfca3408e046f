//! Publishes what is final: one thread on every node, whether it leads or not.
//!
//! What was committed becomes tiles, and what was sealed a witnessed checkpoint, in this order, each on disk before the
//! next:
//!
//! 1. The node that leads: entry bundles and tiles, read and hashed again; the seal, a command that every node compares
//!    with its own tree; the fence; the log's signature; the cosignatures of a quorum; the anchor, a command too.
//! 2. Every node: when the state says what is final, the same tiles from its own entries, which must have the root that
//!    was sealed; the cosignatures verified by the trust root in force; the fence; the same signature; the file.
//!
//! After a crash the same steps are taken again, by whoever leads, and lead to the same bytes. A node that follows signs
//! only what a quorum has cosigned, and asks no witness.
//!
//! Nothing new is signed before a quorum of witnesses has cosigned what was sealed last, since this node leads. So a log
//! that was taken back to an older copy, or lost, signs no second history: its witnesses have seen a larger tree and
//! refuse (R15.3, R20.5). The first checkpoint of a log covers its genesis alone, whose root never changes.

use super::tiles::{EntrySource, Staging, Tiles};
use super::{Leadership, Propose, ServiceMetrics};
use crate::consensus::{Moment, now, since, within};
use crate::error::{Error, Result};
use crate::log_signer::SignedCheckpoint;
use crate::machine::{Anchored, Meta, StateReader, damaged};
#[cfg(feature = "simulation")]
use crate::planted::{Planted, planted};
use crate::publication::Publication;
use crate::{quorum, restored};
use ct_core::{Checkpoint, Code, ConsistencyProof, Note, SignatureLine, TreeSize};
use futures_executor::block_on;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;

/// The log's witnesses, seen from here.
pub trait Cosign: Send + 'static {
    /// Cosignatures of a quorum on this checkpoint; `consistency` gives the proof from a size that a witness has seen.
    ///
    /// # Errors
    /// `not_anchored.quorum` if there are not enough: the checkpoint is not final then.
    fn cosign(
        &mut self,
        signed: &SignedCheckpoint,
        consistency: &mut dyn FnMut(TreeSize) -> Result<ConsistencyProof>,
    ) -> Result<Vec<SignatureLine>>;

    /// As [`Cosign::cosign`], for a log that was restored: also, no witness that answers has seen more, or something
    /// else.
    ///
    /// # Errors
    /// `discontinuous.restore` if one has; those of [`Cosign::cosign`].
    fn confirm(
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

/// What a publisher works with.
pub struct PublisherParts {
    /// This node's files.
    pub publication: Publication,
    /// This node's state.
    pub state: StateReader,
    /// Consensus.
    pub proposer: Arc<dyn Propose>,
    /// The witnesses, who are asked while this node leads.
    pub cosign: Box<dyn Cosign>,
    /// The other nodes of the log; `None` if there is none. With them, a node that was away is waited for to catch up.
    pub source: Option<Box<dyn EntrySource>>,
    /// What is counted.
    pub metrics: Arc<ServiceMetrics>,
    /// When.
    pub settings: PublisherSettings,
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
    /// Closed when it is to end.
    stop: Option<watch::Sender<()>>,
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
    pub fn start(parts: PublisherParts, runtime: Handle) -> Result<Self> {
        let (stop, stopped) = watch::channel(());
        let mut work = Work::begin(parts, stopped)?;
        let newest = work.published.subscribe();
        let (failed, failure) = watch::channel(None);
        let run = move || {
            // For its timers. It blocks for the disk, so it is not a task of that runtime.
            let _entered = runtime.enter();
            let ended = panic::catch_unwind(AssertUnwindSafe(|| block_on(work.run())));
            let defect = |_| Err(Error::new(Code::Internal, "publication", "ended unexpectedly", "report this"));
            if let Err(error) = ended.unwrap_or_else(defect) {
                failed.send_replace(Some(error));
            }
        };
        let thread = thread::Builder::new().name("publisher".to_owned()).spawn(run);
        let thread = thread.map_err(|source| Error::new(Code::Internal, "publisher", source.to_string(), ""))?;
        Ok(Self { stop: Some(stop), thread: Some(thread), published: newest, failure })
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
        self.stop = None;
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

/// Of a node without others: what has been signed is in the state, and what comes next is there to be published.
fn check_complete(publication: &Publication, state: &StateReader) -> Result<()> {
    let refused = |what: String, next: &str| Err(Error::new(Code::TamperedState, "this node", what, next));
    let size = publication.size();
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
    if state.root_at(size)?.is_some_and(|root| root != publication.checkpoint().checkpoint().root()) {
        let what = format!("the state has another tree of {size} entries than the one that was signed");
        return refused(what, "log/ and state/ are of two histories: restore the folder data as a whole");
    }
    if size < meta.tree.size() && state.entries(size.get(), 1)?.is_empty() {
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

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// There is nothing to do.
    Idle,
    /// There is more to do at once.
    Begun,
    /// Something was published, or made final.
    Done,
}

/// What is done, step by step.
pub(crate) struct Work {
    pub(super) tiles: Tiles,
    pub(super) state: StateReader,
    pub(super) proposer: Arc<dyn Propose>,
    pub(super) cosign: Box<dyn Cosign>,
    pub(super) settings: PublisherSettings,
    /// Closed when this is to end.
    pub(super) stopped: watch::Receiver<()>,
    /// What this process has had cosigned last: in which term, of which size, and when.
    pub(super) cosigned: Option<(u64, TreeSize, Moment)>,
    /// The generation that was restored, while nobody has asked the witnesses since.
    pub(super) restored: Option<u64>,
    metrics: Arc<ServiceMetrics>,
    published: watch::Sender<Option<Published>>,
}

impl Work {
    /// Until the sender that belongs to `stopped` is gone.
    ///
    /// # Errors
    /// Those of [`Publisher::start`].
    pub(crate) fn begin(parts: PublisherParts, stopped: watch::Receiver<()>) -> Result<Self> {
        let PublisherParts { publication, state, proposer, cosign, source, metrics, settings } = parts;
        if source.is_none() {
            check_complete(&publication, &state)?;
        }
        let restored = restored::read(publication.dir())?;
        let published = watch::Sender::new(already_published(&publication)?);
        let tiles = Tiles::new(publication, state.clone(), source);
        let cosigned = None;
        let work = Self { tiles, state, proposer, cosign, metrics, settings, stopped, published, cosigned, restored };
        work.count_published();
        Ok(work)
    }

    /// Publishes until it is stopped.
    ///
    /// # Errors
    /// Why nothing more can be published.
    pub(crate) async fn run(&mut self) -> Result<()> {
        let mut wait = Duration::ZERO;
        // Trouble that lasts is told once.
        let mut told = None;
        while within(wait, self.stopped.changed()).await.is_none() {
            let begun = now();
            wait = match self.step().await {
                Ok(Step::Idle) => self.settings.interval,
                Ok(Step::Begun) => Duration::ZERO,
                Ok(Step::Done) => {
                    told = None;
                    self.metrics.publication.observe(since(begun).as_secs_f64());
                    self.settings.interval.saturating_sub(since(begun))
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

    /// First what is final, then, while this node leads, what comes next.
    async fn step(&mut self) -> Result<Step> {
        let Some(meta) = self.state.meta() else { return self.nothing_known() };
        self.check_one_history(&meta)?;
        let published = self.published.borrow().as_ref().map_or(0, |published| published.size.get());
        let backlog = meta.tree.size().get().saturating_sub(published);
        self.metrics.backlog.set(i64::try_from(backlog).unwrap_or(i64::MAX));
        if self.restored.is_some_and(|before| meta.anchored.seal.generation > before) {
            self.settle()?;
        }
        let evidence = self.evidence(&meta);
        if let Ok(Some(lines)) = evidence {
            return self.publish(&meta, &lines);
        }
        let Leadership::Leads { term } = self.proposer.leadership() else { return evidence.map(|_| Step::Idle) };
        if evidence.is_err() {
            // Lines that do not hold, any more or at all, are replaced.
            self.cosigned = None;
        }
        self.lead(term, &meta).await
    }

    fn nothing_known(&self) -> Result<Step> {
        if self.tiles.size() == TreeSize::ZERO { Ok(Step::Idle) } else { Err(behind(self.tiles.size())) }
    }

    /// What this node has signed is what was sealed and made final, as far as the state still says.
    fn check_one_history(&self, meta: &Meta) -> Result<()> {
        let (size, root) = (self.tiles.size(), self.tiles.signed().checkpoint().root());
        if [meta.sealed, meta.anchored.seal].iter().any(|seal| seal.size == size && seal.root != root) {
            return Err(damaged("log/ and state/ are of two histories: another root was signed than was sealed"));
        }
        if size > meta.sealed.size { Err(behind(size)) } else { Ok(()) }
    }

    /// The cosignatures of what is final, verified, if it is to be published here.
    fn evidence(&self, meta: &Meta) -> Result<Option<Vec<SignatureLine>>> {
        let Anchored { seal, signatures } = &meta.anchored;
        let is_published = self.published.borrow().as_ref().is_some_and(|published| {
            let lines = published.signatures.split_once('\n').map(|(_, lines)| lines);
            published.size == seal.size && lines == Some(signatures)
        });
        // What was signed since is published when it is final in its turn.
        if seal.size == TreeSize::ZERO || seal.size < self.tiles.size() || is_published {
            return Ok(None);
        }
        let checkpoint = Checkpoint::new(self.tiles.publication().origin().clone(), seal.size, seal.root)?;
        let text = checkpoint.text();
        let refused = |error| Error::refused(error, "the anchor", "is not written as one", "it is made again");
        let note = Note::from_parts(&text, signatures).map_err(refused)?;
        quorum::demand(meta.trust.root(), &note)?;
        Ok(Some(note.signatures().to_vec()))
    }

    /// Publishes what is final, as soon as this node's own tiles reach it.
    fn publish(&mut self, meta: &Meta, lines: &[SignatureLine]) -> Result<Step> {
        let seal = meta.anchored.seal;
        if self.tiles.size() < seal.size {
            #[cfg(feature = "simulation")]
            if planted(Planted::PublishBeforeTiles) && self.tiles.publication().announce(seal.size, seal.root, lines)? {
                return Ok(Step::Idle);
            }
            if self.tiles.stage(seal.size, seal.root)? == Staging::Begun {
                return Ok(Step::Begun);
            }
            self.tiles.sign()?;
        }
        let signed = self.tiles.signed();
        let note = signed.note(lines);
        quorum::demand_log(meta.trust.root(), &meta.origin, &Note::parse(&note)?)?;
        self.tiles.publish(lines)?;
        let (checkpoint, signatures) = (signed.checkpoint().text(), signed.lines(lines));
        self.published.send_replace(Some(Published { size: seal.size, checkpoint, signatures }));
        self.count_published();
        Ok(Step::Done)
    }

    /// Publishes what was made final just now.
    pub(super) fn publish_final(&mut self) -> Result<()> {
        let Some(meta) = self.state.meta() else { return Ok(()) };
        let Some(lines) = self.evidence(&meta)? else { return Ok(()) };
        self.publish(&meta, &lines).map(drop)
    }

    /// The witnesses have been asked since the restore.
    pub(super) fn settle(&mut self) -> Result<()> {
        restored::remove(self.tiles.publication().dir())?;
        self.restored = None;
        Ok(())
    }

    fn count_published(&self) {
        if let Some(published) = self.published.borrow().as_ref() {
            self.metrics.published_size.set(i64::try_from(published.size.get()).unwrap_or(i64::MAX));
        }
    }
}

fn behind(size: TreeSize) -> Error {
    let what = format!("has signed {size} entries, and its state has not come to them yet");
    Error::new(Code::IncompleteNode, "this node", what, "wait until it has caught up with the others")
}
