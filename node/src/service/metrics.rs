//! What the service counts. Names and units as they stand at `/metrics`.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

/// The metrics of one log.
#[derive(Debug)]
pub struct ServiceMetrics {
    /// Requests that were turned away because too many waited (R5.2).
    pub turned_away: Counter,
    /// Seconds that a request waited for a thread to verify it (R5.4).
    pub admission_wait: Histogram,
    /// Seconds of verifying one request (R8.5).
    pub verification: Histogram,
    /// Statements that got their places.
    pub sequenced: Counter,
    /// Statements in one batch.
    pub batch_entries: Histogram,
    /// Seconds from proposal to answer of one batch.
    pub commit: Histogram,
    /// Entries that a published checkpoint covers.
    pub published_size: Gauge,
    /// Entries that no published checkpoint covers yet.
    pub backlog: Gauge,
    /// Seconds from staging to publication of one checkpoint.
    pub publication: Histogram,
    /// Publications that failed and were tried again: the witnesses, or the disk.
    pub publication_failures: Counter,
}

impl ServiceMetrics {
    /// Registers all of them.
    pub fn register(registry: &mut Registry) -> Self {
        let seconds = || Histogram::new(exponential_buckets(0.000_1, 2.0, 18));
        let metrics = Self {
            turned_away: Counter::default(),
            admission_wait: seconds(),
            verification: seconds(),
            sequenced: Counter::default(),
            batch_entries: Histogram::new(exponential_buckets(1.0, 2.0, 14)),
            commit: seconds(),
            published_size: Gauge::default(),
            backlog: Gauge::default(),
            publication: seconds(),
            publication_failures: Counter::default(),
        };
        registry.register("log_turned_away", "Requests refused because too many waited", metrics.turned_away.clone());
        registry.register(
            "log_admission_wait_seconds",
            "Waiting for a verifying thread",
            metrics.admission_wait.clone(),
        );
        registry.register("log_verification_seconds", "Verifying one request", metrics.verification.clone());
        registry.register("log_entries", "Statements that got their places", metrics.sequenced.clone());
        registry.register("log_batch_entries", "Statements in one batch", metrics.batch_entries.clone());
        registry.register("log_commit_seconds", "From proposal to answer of one batch", metrics.commit.clone());
        registry.register(
            "log_published_size",
            "Entries under the published checkpoint",
            metrics.published_size.clone(),
        );
        registry.register("log_backlog", "Entries that no published checkpoint covers yet", metrics.backlog.clone());
        registry.register("log_publication_seconds", "From staging to publication", metrics.publication.clone());
        let help = "Publications that were tried again";
        registry.register("log_publication_failures", help, metrics.publication_failures.clone());
        metrics
    }
}
