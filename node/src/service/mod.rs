//! The log as a service: admits signed requests, has them committed, publishes tiles and witnessed checkpoints, and
//! answers what became of a request.
//!
//! ```text
//! request -> Admission (signatures, trust root)  -> Sequencer (batches) -> consensus -> state machine
//!                                                                                          |
//! readers <- checkpoint, tiles <- Publisher (tiles, seal, signature, cosignatures) <-------+
//! ```
//!
//! A request is answered when its statements have their places in the log and are on disk. It is *final* when a
//! witnessed checkpoint covers it: only then there are bundles (R18.1).

mod admission;
mod api;
mod archive;
mod config;
mod metrics;
mod node;
mod publisher;
mod sequencer;

pub use admission::{Admission, Admitted};
pub use api::Api;
pub use archive::Archive;
pub use config::NodeConfig;
pub use metrics::ServiceMetrics;
pub use node::Node;
pub use publisher::{Cosign, Published, Publisher, PublisherSettings};
pub use sequencer::{Sequencer, SequencerLimits};

use crate::error::Result;
use ct_core::Timestamp;
use std::pin::Pin;
use std::sync::Arc;

/// Has commands committed: consensus, seen from here.
pub trait Propose: Send + Sync + 'static {
    /// The state machine's answer to the command, once it is on disk and applied.
    ///
    /// # Errors
    /// `unknown.outcome` if it may or may not be committed; `limit.in_flight`; `io.log_poisoned`, `tampered.state` if
    /// this node cannot go on.
    fn propose(&self, command: Vec<u8>) -> Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send + '_>>;
}

/// The time of this machine, or that of a test.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
