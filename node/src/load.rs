//! Load on a log: statements as fast as it takes them, and what it acknowledged.
//!
//! Each thread is a client of its own, with one request under way. Failures are counted and gone through; a request
//! whose fate is unknown is repeated under its request ID until it is known or the time is over.

use crate::client::{Client, Persistence};
use crate::deployment::Keys;
use crate::entropy::Entropy;
use crate::envelope::RequestId;
use crate::error::Result;
use crate::service::Clock;
use ct_core::{Code, Hash};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// What is asked of a log, and for how long.
#[derive(Clone, Debug)]
pub struct Load {
    /// The log's addresses.
    pub urls: Vec<String>,
    /// For how long requests are begun.
    pub length: Duration,
    /// Requests under way at once.
    pub clients: u16,
    /// Statements in each.
    pub entries: u16,
    /// Ends it earlier, once it says so.
    pub enough: Arc<AtomicBool>,
}

/// A statement that was acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// The request's name.
    pub request_id: RequestId,
    /// SHA-256 of the statement's bytes.
    pub statement_hash: Hash,
    /// Its place in the log.
    pub leaf_index: u64,
    /// When the request was begun, from the beginning of the load.
    pub begun: Duration,
    /// When its answer was there.
    pub answered: Duration,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// Statements that were acknowledged.
    pub entries: u64,
    /// How long each request took that was, ascending.
    pub latencies: Vec<Duration>,
    /// How often each failure occurred.
    pub failures: BTreeMap<Code, u64>,
    /// From the first request to the last answer.
    pub elapsed: Duration,
}

impl Load {
    /// Runs it; `acknowledge` is called with the statements of each request that was acknowledged, by one thread at a
    /// time, before the next request of that client.
    ///
    /// # Errors
    /// `usage.arguments` for addresses that are none; those of `acknowledge`, which end the run.
    pub fn run(
        &self,
        keys: &Keys,
        clock: &Clock,
        acknowledge: impl FnMut(&[Acknowledged]) -> Result<()> + Send,
    ) -> Result<Measured> {
        let begun = Instant::now();
        let shared = Mutex::new((Measured::default(), acknowledge, None));
        let mut clients = Vec::new();
        for _ in 0..self.clients {
            let persistence = Persistence { total: Duration::from_secs(2), ..Persistence::default() };
            clients.push(Client::new(&self.urls, persistence, Clock::clone(clock), Entropy::from_os()?)?);
        }
        thread::scope(|scope| {
            for mut client in clients {
                let shared = &shared;
                scope.spawn(move || {
                    while !self.is_over(begun) {
                        let done = self.request(&mut client, keys, clock, begun);
                        let Ok(mut shared) = shared.lock() else { return };
                        let (measured, acknowledge, trouble) = &mut *shared;
                        match done {
                            Ok((latency, acknowledged)) => {
                                measured.entries += u64::try_from(acknowledged.len()).unwrap_or(0);
                                measured.latencies.push(latency);
                                if let Err(error) = acknowledge(&acknowledged) {
                                    *trouble = Some(error);
                                }
                            }
                            Err(code) => *measured.failures.entry(code).or_default() += 1,
                        }
                        if trouble.is_some() {
                            return;
                        }
                    }
                });
            }
        });
        let (mut measured, _, trouble) = shared.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(trouble) = trouble {
            return Err(trouble);
        }
        measured.latencies.sort_unstable();
        measured.elapsed = begun.elapsed();
        Ok(measured)
    }

    fn is_over(&self, begun: Instant) -> bool {
        begun.elapsed() >= self.length || self.enough.load(Ordering::Relaxed)
    }

    /// One request, until its fate is known.
    fn request(
        &self,
        client: &mut Client,
        keys: &Keys,
        clock: &Clock,
        begun: Instant,
    ) -> std::result::Result<(Duration, Vec<Acknowledged>), Code> {
        let code = |error: crate::Error| error.code();
        let mut entropy = Entropy::from_os().map_err(code)?;
        let statements = (0..self.entries).map(|_| keys.invented(clock(), &mut entropy));
        let statements = statements.collect::<Result<Vec<_>>>().map_err(code)?;
        let bytes: Vec<&[u8]> = statements.iter().map(|signed| signed.statement.as_slice()).collect();
        let request_id = RequestId::random(&mut entropy);
        let sent = Instant::now();
        let receipt = loop {
            match client.submit_as(request_id, &keys.origin, &keys.client_key, &bytes) {
                Ok(receipt) => break receipt,
                Err(error) if self.is_over(begun) => return Err(error.code()),
                Err(error) => match error.code() {
                    Code::UnknownOutcome | Code::IoNetwork | Code::NotLeaderNode | Code::IncompleteNode => {}
                    refused => return Err(refused),
                },
            }
        };
        let (latency, answered) = (sent.elapsed(), begun.elapsed());
        let acknowledged = bytes.iter().zip(receipt.first..).map(|(statement, leaf_index)| Acknowledged {
            request_id,
            statement_hash: Hash::of(statement),
            leaf_index,
            begun: answered.saturating_sub(latency),
            answered,
        });
        Ok((latency, acknowledged.collect()))
    }
}

/// Whether the places of acknowledged statements could have come about one after the other: whoever began after another
/// was answered has a later place (linearizability of a log that only grows), and no place is given twice.
#[must_use]
pub fn is_linearizable(acknowledged: &[Acknowledged]) -> bool {
    let mut by_answer: Vec<&Acknowledged> = acknowledged.iter().collect();
    by_answer.sort_by_key(|one| one.answered);
    let mut by_begin = by_answer.clone();
    by_begin.sort_by_key(|one| one.begun);
    let mut answered = by_answer.iter().peekable();
    let mut last = None;
    for one in by_begin {
        while let Some(before) = answered.next_if(|before| before.answered < one.begun) {
            last = last.max(Some(before.leaf_index));
        }
        if last >= Some(one.leaf_index) {
            return false;
        }
    }
    let places: BTreeSet<u64> = acknowledged.iter().map(|one| one.leaf_index).collect();
    places.len() == acknowledged.len()
}

impl Measured {
    /// The latency that this share of the requests, 0 to 100 percent, did not exceed; `None` if there were none.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> Option<Duration> {
        let last = self.latencies.len().checked_sub(1)?;
        self.latencies.get(last.saturating_mul(percent.min(100)) / 100).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(leaf_index: u64, begun: u64, answered: u64) -> Acknowledged {
        let (begun, answered) = (Duration::from_millis(begun), Duration::from_millis(answered));
        Acknowledged {
            request_id: RequestId::new([0; 16]),
            statement_hash: Hash::of(&leaf_index.to_be_bytes()),
            leaf_index,
            begun,
            answered,
        }
    }

    // R12.4, R20.2
    #[test]
    fn an_order_that_time_forbids_is_found() {
        // Those under way at the same time may have either order.
        assert!(is_linearizable(&[one(1, 0, 10), one(2, 5, 8), one(3, 11, 12)]));
        assert!(is_linearizable(&[one(2, 0, 10), one(1, 5, 8), one(3, 11, 12)]));
        assert!(!is_linearizable(&[one(2, 0, 4), one(1, 5, 8)]));
        assert!(!is_linearizable(&[one(5, 0, 4), one(6, 1, 9), one(3, 5, 20)]));
        assert!(!is_linearizable(&[one(1, 0, 4), one(1, 2, 3)]));
        assert!(is_linearizable(&[]));
    }
}
