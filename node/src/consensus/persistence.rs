//! Keeping the log short: from time to time the machine makes its state durable, and the log before it goes (R10.5).

use super::protocol::Protocol;
use crate::wal::Wal;
use openraft::async_runtime::watch::WatchReceiver;
use openraft::errors::Fatal;
use openraft::{LogIdOptionExt, Raft, RaftMetrics};
use std::sync::Arc;

use super::state_machine::StateMachine;

/// When the state is made durable: whichever comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cadence {
    /// After so many entries.
    pub(super) entries: u64,
    /// After so many bytes of the log.
    pub(super) bytes: usize,
}

pub(super) type Group = Raft<Protocol, StateMachine>;

/// Runs until the node stops.
pub(super) async fn keep_short(group: Group, wal: Arc<Wal>, cadence: Cadence) {
    let mut metrics = group.metrics();
    let mut since = metrics.borrow_watched().snapshot.next_index();
    let mut least_bytes = wal.status().bytes;
    while metrics.changed().await.is_ok() {
        let next = metrics.borrow_and_update().last_applied.next_index();
        let bytes = wal.status().bytes;
        least_bytes = least_bytes.min(bytes);
        let is_due =
            next.saturating_sub(since) >= cadence.entries.max(1) || bytes.saturating_sub(least_bytes) >= cadence.bytes;
        if !is_due || next == since {
            continue;
        }
        // Others that are a little behind can still be sent what came after the time before.
        let kept = (group.voter_ids().count() > 1).then_some(since);
        match persist(&group, kept).await {
            Ok(upto) => since = upto.max(since),
            // The node has stopped; why is known to whoever stopped it.
            Err(_) => return,
        }
        least_bytes = wal.status().bytes;
    }
}

/// Lets the machine persist, and then the log go, but not from `kept` on; the first index that is not covered.
pub(super) async fn persist(group: &Group, kept: Option<u64>) -> Result<u64, Fatal<Protocol>> {
    let next = group.metrics().borrow_watched().last_applied.next_index();
    group.trigger().snapshot().await?;
    let is_done =
        |metrics: &RaftMetrics<Protocol>| metrics.running_state.is_err() || metrics.snapshot.next_index() >= next;
    let metrics = group.wait(None).metrics(is_done, "the state is durable").await.map_err(|_| Fatal::Stopped)?;
    metrics.running_state?;
    let upto = metrics.snapshot.next_index().min(kept.unwrap_or(u64::MAX));
    if let Some(upto) = upto.checked_sub(1) {
        group.trigger().purge_log(upto).await?;
    }
    Ok(metrics.snapshot.next_index())
}
