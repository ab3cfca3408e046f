//! How far this node has come, as gauges: what of the invariants in `specs/README.md` can be seen of a log that runs.
//!
//! They are read when somebody asks for them, and held by nobody: a node that ends is not kept alive by its gauges.

use crate::consensus::{Consensus, ConsensusStatus, Role, Voice};
use crate::machine::{Meta, StateReader};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;
use std::fmt;
use std::sync::{Arc, Weak};

/// The gauges of a node.
pub(super) struct Vitals {
    consensus: Weak<Consensus>,
    state: StateReader,
}

/// Name, what it says, and how to read it.
type Gauge<T> = (&'static str, &'static str, fn(&T) -> Option<u64>);

const OF_CONSENSUS: [Gauge<ConsensusStatus>; 9] = [
    ("log_term", "The term of consensus", |status| Some(status.term)),
    ("log_leads", "1 while this node leads", |status| Some(u64::from(status.role == Role::Leads))),
    ("log_halted", "1 once this node has stopped for good", |status| Some(u64::from(status.role == Role::Halted))),
    ("log_last_index", "The last entry of the consensus log", |status| status.last),
    ("log_applied_index", "The last entry that the state has taken in", |status| status.applied),
    ("log_purged_index", "The last entry that the consensus log has let go", |status| status.purged),
    ("log_synced_record", "The last record of the write-ahead log that is on disk", |status| {
        Some(status.wal.synced.get())
    }),
    ("log_in_flight", "Commands that are on their way", |status| u64::try_from(status.in_flight).ok()),
    ("log_voters", "Members that vote", |status| {
        let voters = status.members.iter().filter(|(_, voice)| *voice == Voice::Votes);
        u64::try_from(voters.count()).ok()
    }),
];

const OF_STATE: [Gauge<Meta>; 5] = [
    ("log_size", "Entries that the nodes have agreed on", |meta| Some(meta.tree.size().get())),
    ("log_sealed_size", "Entries that may be signed", |meta| Some(meta.sealed.size.get())),
    ("log_final_size", "Entries that a quorum of witnesses has cosigned", |meta| Some(meta.anchored.seal.size.get())),
    ("log_generation", "Grows with every restore", |meta| Some(meta.sealed.generation)),
    ("log_unconfirmed_generations", "Not 0 from a restore until the witnesses have confirmed it", |meta| {
        Some(meta.sealed.generation.saturating_sub(meta.anchored.seal.generation))
    }),
];

impl Vitals {
    pub(super) fn new(consensus: &Arc<Consensus>, state: StateReader) -> Self {
        Self { consensus: Arc::downgrade(consensus), state }
    }
}

impl Collector for Vitals {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        // A node that ends says nothing more of itself.
        let status = self.consensus.upgrade().map(|consensus| consensus.status());
        encode(&mut encoder, &OF_CONSENSUS, status.as_ref())?;
        encode(&mut encoder, &OF_STATE, self.state.meta().as_ref())
    }
}

fn encode<T>(encoder: &mut DescriptorEncoder<'_>, gauges: &[Gauge<T>], of: Option<&T>) -> fmt::Result {
    for (name, help, read) in gauges {
        let Some(value) = of.and_then(read) else { continue };
        // What does not fit is more than any log has.
        let gauge = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
        gauge.encode(encoder.encode_descriptor(name, help, None, MetricType::Gauge)?)?;
    }
    Ok(())
}

impl fmt::Debug for Vitals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vitals")
    }
}
