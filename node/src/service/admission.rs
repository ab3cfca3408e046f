//! Who may submit what: everything that can be refused before it is proposed (R8, R17.5).
//!
//! Verifying is the service's most expensive work. It is done by a bounded number of threads beside the event loop
//! (R5.1), and whoever finds too many waiting is turned away at once (R5.2).

use super::workers::Workers;
use super::{Clock, MemberChange, ServiceMetrics};
use crate::envelope::{Envelope, MessageType, RequestId};
use crate::error::{Error, Result};
use crate::gate;
use crate::http::Deadline;
use crate::machine::{Meta, StateReader};
use crate::refusals::Refusals;
use ct_core::{Code, PublicKey, Statement, Timestamp};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// The gate of a log.
#[derive(Clone)]
pub struct Admission {
    state: StateReader,
    clock: Clock,
    metrics: Arc<ServiceMetrics>,
    workers: Workers,
    /// Where refusals are recorded, one at a time.
    audit: Option<Arc<Mutex<Refusals>>>,
}

/// A request whose signatures are verified and that the trust root allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// The request's name.
    pub request_id: RequestId,
    /// How many statements it carries.
    pub entries: usize,
    /// What is to be done with the members once the request is committed.
    pub members: Option<MemberChange>,
    /// The request as it was sent.
    pub bytes: Vec<u8>,
}

impl Admission {
    /// A gate with this many threads, before which this many requests may wait.
    #[must_use]
    pub fn new(state: StateReader, clock: Clock, metrics: Arc<ServiceMetrics>, workers: usize, waiting: usize) -> Self {
        Self { state, clock, metrics, workers: Workers::new(workers, waiting), audit: None }
    }

    /// Records in an evidence log in this folder what a known client was refused (R17.5).
    #[must_use]
    pub fn audited(mut self, folder: &Path) -> Self {
        self.audit = Some(Arc::new(Mutex::new(Refusals::in_folder(folder))));
        self
    }

    /// Verifies a request beside the event loop.
    ///
    /// # Errors
    /// `limit.in_flight` if too many wait; `limit.too_slow` if the deadline passed while it waited; those of
    /// [`Admission::check`].
    pub async fn admit(&self, bytes: Vec<u8>, deadline: Option<Deadline>) -> Result<Admitted> {
        let busy = || {
            self.metrics.turned_away.inc();
            let next = "wait as long as the header retry-after says, and send it again with the same request ID";
            Error::new(Code::LimitInFlight, "the log", "has too many requests waiting", next)
        };
        let place = self.workers.enter().ok_or_else(busy)?;
        let begun = Instant::now();
        let worker = place.worker().await.ok_or_else(busy)?;
        self.metrics.admission_wait.observe(begun.elapsed().as_secs_f64());
        if let Some(late) = deadline.filter(|deadline| deadline.passed()) {
            return Err(late.error());
        }
        let this = self.clone();
        let checked = worker.run(move || {
            let begun = Instant::now();
            let checked = this.check(bytes);
            this.metrics.verification.observe(begun.elapsed().as_secs_f64());
            checked
        });
        let panicked = || Error::new(Code::Internal, "request", "could not be verified", "report this");
        checked.await.ok_or_else(panicked)?
    }

    /// Statements that could not become final for long are better not accepted (R6.1).
    fn check_backlog(&self, meta: &Meta) -> Result<()> {
        // What the nodes agree on: how far this one has come with its own files is another matter.
        let waiting = meta.tree.size().get().saturating_sub(meta.anchored.seal.size.get());
        if waiting < MAX_BACKLOG {
            return Ok(());
        }
        self.metrics.turned_away.inc();
        let next = "send it again later with the same request ID; the operator should look after the witnesses";
        Err(Error::new(Code::LimitInFlight, "the log", "has too many statements that are not final yet", next))
    }

    /// Verifies a request: its form, its sender's signature and time, and each statement by the trust root, with its
    /// signature. The state machine repeats all of it but the signatures.
    ///
    /// # Errors
    /// Those of [`Envelope::parse`], [`Envelope::check_signature`], [`Envelope::check_time`], [`Envelope::entries`],
    /// [`Envelope::client_change`], [`Envelope::member_change`], [`Statement::parse`] and [`gate::admit_statement`];
    /// `unknown.client`; `tampered.statement` for a statement that its issuer's key has not signed.
    pub fn check(&self, bytes: Vec<u8>) -> Result<Admitted> {
        let envelope = Envelope::parse(&bytes)?;
        let nothing_yet = || Error::new(Code::UnknownLog, "the log", "does not exist yet", "try again in a moment");
        let meta = self.state.meta().ok_or_else(nothing_yet)?;
        envelope.check_signature(&meta.origin, &self.sender(&envelope, &meta)?)?;
        let now = (self.clock)();
        envelope.check_time(now)?;
        let request_id = envelope.request_id;
        let mut entries = 0;
        match envelope.message_type {
            MessageType::Submit => entries = self.check_submission(&envelope, &meta, now)?,
            MessageType::PutClient | MessageType::DeleteClient => drop(envelope.client_change()?),
            MessageType::PutMember | MessageType::DeleteMember => {}
        }
        let members = envelope.member_change()?;
        Ok(Admitted { request_id, entries, members, bytes })
    }

    /// How many statements the trust root and their issuers' signatures allow.
    fn check_submission(&self, envelope: &Envelope<'_>, meta: &Meta, now: Timestamp) -> Result<usize> {
        let entries = envelope.entries()?;
        // A retry gets the original answer, also where what was recorded would not be admitted any more (R12.4).
        let known = self.state.submission(envelope.request_id, envelope.kid)?;
        if known.is_some_and(|known| known.payload_hash == envelope.payload_hash) {
            return Ok(entries.len());
        }
        meta.check_resumed()?;
        self.check_backlog(meta)?;
        if let Err(refusal) = check_statements(&entries, meta, now) {
            self.record(envelope, &refusal, now);
            return Err(refusal);
        }
        Ok(entries.len())
    }

    /// The key that must have signed: a client's, or for changes of clients and members a root key.
    fn sender(&self, envelope: &Envelope<'_>, meta: &Meta) -> Result<PublicKey> {
        let key = match envelope.message_type {
            MessageType::Submit => {
                let key = self.state.client(envelope.kid)?.and_then(|client| client.key);
                key.map(|key| PublicKey::from_bytes(&key)).transpose()?
            }
            MessageType::PutClient | MessageType::DeleteClient | MessageType::PutMember | MessageType::DeleteMember => {
                meta.trust.root_key(envelope.kid).cloned()
            }
        };
        key.ok_or_else(|| {
            let kid = String::from_utf8_lossy(envelope.kid).escape_debug().to_string();
            let what = format!("is from {kid}, who may not ask this of the log");
            Error::new(
                Code::UnknownClient,
                "request",
                what,
                "have the key put by the log's operator: ct-node client put",
            )
        })
    }

    /// A refusal stands whether or not it could be recorded; that it could not is told.
    fn record(&self, envelope: &Envelope<'_>, refusal: &Error, now: Timestamp) {
        let Some(audit) = &self.audit else { return };
        // A panic while it was locked cannot have left anything half done: it holds a path.
        let audit = audit.lock().unwrap_or_else(PoisonError::into_inner);
        let client = String::from_utf8_lossy(envelope.kid);
        if let Err(error) = audit.record_request(&client, envelope.request_id, refusal, now) {
            tracing::warn!(error_code = error.code().as_str(), result = "failed", "refusals: {error}");
        }
    }
}

/// What the trust root and the issuers' signatures say of each statement.
fn check_statements(entries: &[&[u8]], meta: &Meta, now: Timestamp) -> Result<()> {
    for (entry, number) in entries.iter().zip(0_usize..) {
        let place = format!("statement {number}");
        let refused = |error: ct_core::Error| Error::refused(error, &place, "is none", "see specs/statement.cddl");
        let statement = Statement::parse(entry).map_err(refused)?;
        let key = gate::admit_statement(meta.trust.root().trust(), statement.header(), now).map_err(|error| {
            Error::new(error.code(), format!("{place}: {}", error.place()), error.what(), error.next())
        })?;
        if !statement.is_signed_by(key) {
            let what = "is not signed by its issuer's key";
            return Err(Error::new(Code::TamperedStatement, place, what, "sign it with the issuer's own key"));
        }
    }
    Ok(())
}

/// Statements in the log that are not final: some minutes of a busy log.
const MAX_BACKLOG: u64 = 1_000_000;
