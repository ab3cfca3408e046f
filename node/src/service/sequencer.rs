//! Gathers admitted requests into batches and has them committed.
//!
//! A batch leaves as soon as fewer than a few are under way: an idle log answers after one commit, and a busy one
//! gathers while the disk works. The queue is bounded, and what has passed its deadline is dropped from it (R6.4).

use super::{Admitted, Clock, Propose, ServiceMetrics};
use crate::command::{Answer, Command, Outcome};
use crate::consensus::{now, since, spawn};
use crate::error::{Error, Result};
use crate::http::Deadline;
use ct_core::Code;
use ct_core::limits::MAX_BATCH_REQUESTS;
use std::sync::Arc;
use tokio::sync::{Semaphore, mpsc, oneshot};

/// What a sequencer bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SequencerLimits {
    /// Requests that wait for their batch.
    pub queue: usize,
    /// Bytes of the requests of one batch; one request is always taken.
    pub batch_bytes: usize,
    /// Batches under way at once.
    pub in_flight: usize,
}

impl Default for SequencerLimits {
    fn default() -> Self {
        Self { queue: 4_096, batch_bytes: 1 << 20, in_flight: 4 }
    }
}

/// The way into the log for admitted requests. Dropping all of them ends the sequencer when its queue is empty.
#[derive(Clone, Debug)]
pub struct Sequencer {
    queue: mpsc::Sender<Waiting>,
    metrics: Arc<ServiceMetrics>,
}

struct Waiting {
    admitted: Admitted,
    deadline: Option<Deadline>,
    answer: oneshot::Sender<Result<Answer>>,
}

impl Sequencer {
    /// Starts one on the current runtime; the receiver is told, or closed, when every request has been answered.
    #[must_use]
    pub fn start(
        proposer: Arc<dyn Propose>,
        clock: Clock,
        metrics: Arc<ServiceMetrics>,
        limits: SequencerLimits,
    ) -> (Self, oneshot::Receiver<()>) {
        let (queue, waiting) = mpsc::channel(limits.queue.max(1));
        let (end, ended) = oneshot::channel();
        let running = run(waiting, proposer, clock, Arc::clone(&metrics), limits);
        spawn(async move {
            running.await;
            // Who does not wait for the end need not hear of it.
            let _ = end.send(());
        });
        (Self { queue, metrics }, ended)
    }

    /// What became of a request.
    ///
    /// # Errors
    /// `limit.in_flight` if the queue is full or the log is stopping; `limit.too_slow` if the deadline passed in the
    /// queue: nothing was recorded. Those of [`Propose::propose`].
    pub async fn submit(&self, admitted: Admitted, deadline: Option<Deadline>) -> Result<Answer> {
        let (answer, answered) = oneshot::channel();
        let full = |_| {
            self.metrics.turned_away.inc();
            let next = "wait as long as the header retry-after says, and send it again with the same request ID";
            Error::new(Code::LimitInFlight, "the log", "has too many requests waiting", next)
        };
        self.queue.try_send(Waiting { admitted, deadline, answer }).map_err(full)?;
        answered.await.unwrap_or_else(|_| Err(stopped()))
    }
}

async fn run(
    mut queue: mpsc::Receiver<Waiting>,
    proposer: Arc<dyn Propose>,
    clock: Clock,
    metrics: Arc<ServiceMetrics>,
    limits: SequencerLimits,
) {
    let most = u32::try_from(limits.in_flight.max(1)).unwrap_or(u32::MAX);
    let places = Arc::new(Semaphore::new(limits.in_flight.clamp(1, Semaphore::MAX_PERMITS)));
    let mut carried = None;
    // Nobody closes it.
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        let next = match carried.take() {
            Some(waiting) => Some(waiting),
            None => queue.recv().await,
        };
        let Some(first) = next else { break };
        let batch = gather(first, &mut queue, &mut carried, limits.batch_bytes);
        if !batch.is_empty() {
            let committed = commit(batch, Arc::clone(&proposer), Arc::clone(&clock), Arc::clone(&metrics));
            spawn(async move {
                committed.await;
                drop(place);
            });
        }
    }
    let _all = places.acquire_many(most).await;
}

/// The requests that are there now, as many as fit.
fn gather(
    first: Waiting,
    queue: &mut mpsc::Receiver<Waiting>,
    carried: &mut Option<Waiting>,
    most_bytes: usize,
) -> Vec<Waiting> {
    let mut batch = Vec::new();
    let mut bytes = 0_usize;
    let mut next = Some(first);
    while let Some(waiting) = next.take() {
        let length = waiting.admitted.bytes.len();
        if let Some(late) = waiting.deadline.filter(|deadline| deadline.passed()) {
            // Whoever asked may have gone.
            let _ = waiting.answer.send(Err(late.error()));
        } else if !batch.is_empty() && bytes.saturating_add(length) > most_bytes {
            *carried = Some(waiting);
            break;
        } else {
            bytes = bytes.saturating_add(length);
            batch.push(waiting);
            if batch.len() == MAX_BATCH_REQUESTS {
                break;
            }
        }
        next = queue.try_recv().ok();
    }
    batch
}

async fn commit(batch: Vec<Waiting>, proposer: Arc<dyn Propose>, clock: Clock, metrics: Arc<ServiceMetrics>) {
    let begun = now();
    let envelopes = batch.iter().map(|waiting| waiting.admitted.bytes.as_slice()).collect();
    let command = Command::Batch { at: clock(), envelopes }.encode();
    let entries: usize = batch.iter().map(|waiting| waiting.admitted.entries).sum();
    let answers = match proposer.propose(command).await.and_then(|bytes| Answer::parse_all(&bytes)) {
        Ok(answers) if answers.len() == batch.len() => answers.into_iter().map(Ok).collect(),
        Ok(_) => vec![Err(stopped()); batch.len()],
        Err(error) => vec![Err(error); batch.len()],
    };
    metrics.commit.observe(since(begun).as_secs_f64());
    if let Ok(count) = u32::try_from(entries) {
        metrics.batch_entries.observe(f64::from(count));
    }
    for (waiting, answer) in batch.into_iter().zip(answers) {
        if let Ok(Answer { outcome: Outcome::Sequenced { count, .. }, repeated: false, .. }) = answer {
            metrics.sequenced.inc_by(count);
        }
        // Whoever asked may have gone; the statements are in the log all the same.
        let _ = waiting.answer.send(answer);
    }
}

fn stopped() -> Error {
    let next = "send it again with the same request ID: nothing is recorded twice";
    Error::new(Code::UnknownOutcome, "the request", "may or may not have been recorded", next)
}
