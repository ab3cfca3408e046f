//! The log over HTTP. Paths, bodies and statuses: `specs/api.md`.

use super::{
    Admission, Archive, Leadership, NodeRole, NodeStatus, Propose, Published, Publisher, Sequencer, Standing,
    StatusSource, Trouble, status,
};
use crate::command::Outcome;
use crate::envelope::RequestId;
use crate::error::{Error, Result};
use crate::http::{Deadline, LogFiles, misdirected};
use crate::machine::{Client, StateReader, Submission};
use axum::body::Bytes;
use axum::extract::{Extension, Path};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, body::Body};
use ct_core::Code;
use ct_core::cbor::Writer;
use ct_core::limits::MAX_REQUEST_STATEMENTS;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};
use tokio::task::spawn_blocking;

/// What the handlers work with.
#[derive(Clone)]
pub struct Api {
    admission: Admission,
    sequencer: Sequencer,
    reads: Reads,
}

/// Questions about what was recorded.
#[derive(Clone)]
struct Reads {
    proposer: Arc<dyn Propose>,
    standing: StatusSource,
    state: StateReader,
    archive: Arc<Archive>,
    published: watch::Receiver<Option<Published>>,
    /// Why nothing is published any more.
    failure: watch::Receiver<Option<Error>>,
    /// Questions being answered from disk at one time.
    readers: Arc<Semaphore>,
}

impl Api {
    /// The log that these parts make.
    #[must_use]
    pub fn new(
        admission: Admission,
        sequencer: Sequencer,
        proposer: Arc<dyn Propose>,
        standing: StatusSource,
        state: StateReader,
        archive: Archive,
        publisher: &Publisher,
    ) -> Self {
        let (published, failure) = (publisher.published(), publisher.failure());
        let readers = Arc::new(Semaphore::new(READERS));
        let archive = Arc::new(archive);
        Self { admission, sequencer, reads: Reads { proposer, standing, state, archive, published, failure, readers } }
    }

    /// All routes of a log, with those of its files.
    pub fn routes(self, files: &LogFiles) -> Router {
        let reads = || self.reads.clone();
        let (statement, bundles, leaves, client) = (reads(), reads(), reads(), reads());
        let (trust, status, ready) = (reads(), reads(), reads());
        let change = async move |Extension(deadline): Extension<Deadline>, body: Bytes| {
            self.reads.told(self.submit(body.to_vec(), deadline).await)
        };
        Router::new()
            .route("/v1/statements", post(change.clone()))
            .route(
                "/v1/statements/{request_id}",
                get(async move |Path(id): Path<String>| statement.told(statement.statement(&id).await)),
            )
            .route(
                "/v1/bundles/{request_id}",
                get(async move |Path(id): Path<String>| bundles.told(bundles.bundles(&id).await)),
            )
            .route("/v1/leaves/{index}/{count}", get(async move |Path(at): Path<(u64, u64)>| leaves.leaves(at).await))
            .route("/v1/clients", post(change.clone()))
            .route("/v1/clients/{kid}", get(async move |Path(kid): Path<String>| client.told(client.client(kid).await)))
            .route("/v1/members", post(change))
            .route("/v1/trust", get(async move || trust.trust()))
            .route("/v1/status", get(async move || status.status().await))
            .route("/readyz", get(async move || ready.ready()))
            .merge(files.routes())
    }

    /// What a request asks for stands in it, whichever path it came by.
    async fn submit(&self, bytes: Vec<u8>, deadline: Deadline) -> Result<Response> {
        // Before the work of verifying; that it leads is not certain before its proposal is committed.
        if let Leadership::Follows { .. } = self.reads.proposer.leadership() {
            let next = "send the same request to the node that leads, with the same request ID";
            return Err(Error::new(
                Code::NotLeaderNode,
                "this node",
                "does not lead the log; nothing was recorded",
                next,
            ));
        }
        let admitted = self.admission.admit(bytes, Some(deadline)).await?;
        let members = admitted.members.clone();
        let answer = self.sequencer.submit(admitted, Some(deadline)).await?;
        match answer.outcome {
            Outcome::Refused { code: code @ (Code::ReplayedRequest | Code::StaleRequest), .. } => {
                let what = "is a copy of one that was sent before, or is from another time";
                let next = "to ask what became of it, sign it anew with the same request ID";
                return Err(Error::new(code, "the request", what, next));
            }
            Outcome::Refused { code, entry } => {
                let next = "see: ct explain, with this code; a new request needs a new request ID";
                return Err(Error::new(
                    code,
                    format!("statement {entry} of the request"),
                    "was refused by the log",
                    next,
                ));
            }
            Outcome::Sequenced { .. } | Outcome::Changed { .. } => {}
        }
        let mut described = self.reads.described(answer.request_id, answer.outcome, answer.repeated);
        // Also for a request that was answered before: whoever answered it may have died before this.
        if let Some(change) = members {
            match self.reads.proposer.change_members(change).await {
                // The answer to this request was lost, and the member is gone, as it was asked.
                Err(error) if error.code() == Code::UnknownMember && answer.repeated => {}
                made => made?,
            }
            if let Some(status) = described.get_mut("status") {
                *status = json!("changed");
            }
        }
        Ok(object(&described))
    }
}

impl Reads {
    /// An answer; where the leader is, if this node would have to be it (R12.3).
    fn told(&self, answer: Result<Response>) -> Response {
        match answer {
            Err(error) if error.code() == Code::NotLeaderNode => match self.proposer.leadership() {
                Leadership::Follows { leader } => misdirected(error, leader.as_deref()),
                Leadership::Leads { .. } => misdirected(error, None),
            },
            answer => answer.into_response(),
        }
    }

    /// How this node is, whatever it is: also one that has stopped answers this.
    async fn status(&self) -> Result<Response> {
        let (standing, state) = ((self.standing)(), self.state.clone());
        let published = self.published.borrow().clone();
        let status = self.beside(move || NodeStatus::of(standing, &state, published.as_ref())).await?;
        let unwritten = |_| Error::new(Code::Internal, "the status", "could not be written", "report this");
        Ok(object(&serde_json::to_value(status).map_err(unwritten)?))
    }

    fn ready(&self) -> Result<Response> {
        self.state.meta().map_or(Ok(()), |meta| meta.check_resumed())?;
        if let Some(failure) = self.failure.borrow().clone() {
            return Err(failure);
        }
        let Standing { role, halted, .. } = (self.standing)();
        if let Some(Trouble { code, message }) = halted {
            return Err(Error::new(code, "the node", format!("has stopped: {message}"), "see its log"));
        }
        if role == NodeRole::Recovering {
            let what = "has not caught up with the others yet";
            return Err(Error::new(
                Code::IncompleteNode,
                "the node",
                what,
                "let it run, with most of the others running",
            ));
        }
        if let Some(published) = self.published.borrow().as_ref().map(|published| published.size) {
            let due = self.state.meta().as_ref().map_or(published, status::due);
            let leads = role == NodeRole::Leads;
            return Ok(object(&json!({
                "ready": true,
                "leads": leads,
                "published_size": published.get(),
                "up_to_date": published >= due,
            })));
        }
        let what = "has not published a checkpoint since it started";
        Err(Error::new(Code::NotAnchoredQuorum, "the log", what, "see whether enough witnesses can be reached"))
    }

    /// The trust root by which statements are admitted: for convenience, whom to trust is the verifier's choice.
    fn trust(&self) -> Result<Response> {
        let nothing_yet = || Error::new(Code::UnknownLog, "the log", "does not exist yet", "try again in a moment");
        let meta = self.state.meta().ok_or_else(nothing_yet)?;
        Ok(([(header::CONTENT_TYPE, "application/cbor")], meta.trust.bytes().to_vec()).into_response())
    }

    /// A client may be changed again, so this is asked where the newest change is known.
    async fn client(&self, kid: String) -> Result<Response> {
        self.proposer.catch_up().await?;
        let state = self.state.clone();
        let found = self.beside(move || state.client(kid.as_bytes())).await?;
        let Some(Client { version, key }) = found else {
            let next = "check its key ID, which stands in its key file";
            return Err(Error::new(Code::UnknownClient, "the client", "never was known to this log", next));
        };
        let key = key.map(|key| ct_core::base64::encode(&key));
        Ok(object(&json!({"version": version, "key": key})))
    }

    async fn statement(&self, id: &str) -> Result<Response> {
        let request_id = RequestId::from_hex(id)?;
        let submission = self.find(request_id).await?;
        Ok(object(&self.described(request_id, submission.outcome, true)))
    }

    async fn bundles(&self, id: &str) -> Result<Response> {
        let request_id = RequestId::from_hex(id)?;
        let submission = self.find(request_id).await?;
        let (first, count) = match submission.outcome {
            Outcome::Sequenced { first, count } => (first, count),
            Outcome::Changed { .. } => {
                let what = "carried no statements, so there is no bundle";
                return Err(Error::new(Code::UnknownRequest, "the request", what, "ask for one that carried some"));
            }
            Outcome::Refused { code, entry } => {
                let what = "was refused, so there is no bundle";
                return Err(Error::new(code, format!("statement {entry} of the request"), what, "see: ct explain"));
            }
        };
        self.evidence(first, count).await
    }

    /// As for a request, by the places of its statements: a request is forgotten after a while, statements never.
    async fn leaves(&self, (first, count): (u64, u64)) -> Result<Response> {
        if count == 0 || usize::try_from(count).map_or(true, |count| count > MAX_REQUEST_STATEMENTS) {
            let next = format!("ask for 1 to {MAX_REQUEST_STATEMENTS} leaves");
            return Err(Error::new(Code::MalformedRequest, "the path", "names too many leaves, or none", next));
        }
        self.evidence(first, count).await
    }

    async fn evidence(&self, first: u64, count: u64) -> Result<Response> {
        let published = self.published.borrow().clone();
        let pending = || {
            let what = "has no witnessed checkpoint yet";
            Error::new(Code::NotAnchoredPending, "the log", what, "ask again in a moment")
        };
        let published = published.ok_or_else(pending)?;
        let archive = Arc::clone(&self.archive);
        let bundles = self.beside(move || archive.bundles(first, count, &published)).await?;
        let mut w = Writer::new();
        w.array(bundles.len());
        for bundle in &bundles {
            w.bytes(bundle);
        }
        Ok(([(header::CONTENT_TYPE, "application/cbor"), (header::CACHE_CONTROL, "no-store")], w.finish())
            .into_response())
    }

    /// The one request with this ID. One that is found was committed; that there is none is known only where everything
    /// is that was committed.
    async fn find(&self, request_id: RequestId) -> Result<Submission> {
        let look = || {
            let state = self.state.clone();
            self.beside(move || state.submissions(request_id))
        };
        let mut found = look().await?;
        if found.is_empty() {
            self.proposer.catch_up().await?;
            found = look().await?;
        }
        let refused = |code, what: &str, next: &str| Err(Error::new(code, "the request", what, next));
        match found.as_slice() {
            [only] => Ok(*only),
            [] => refused(Code::UnknownRequest, "is not known here", "check the ID; if no answer came, send it again"),
            _ => refused(Code::ConflictRequestId, "has an ID that several clients used", "use random request IDs"),
        }
    }

    /// Runs what blocks beside the event loop, a bounded number at one time (R3.1).
    async fn beside<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let permit = Arc::clone(&self.readers).acquire_owned().await;
        let run = spawn_blocking(move || {
            let _held = permit;
            work()
        });
        run.await.map_err(|_| Error::new(Code::Internal, "the request", "could not be answered", "report this"))?
    }

    fn described(&self, request_id: RequestId, outcome: Outcome, repeated: bool) -> Value {
        let id = request_id.to_string();
        match outcome {
            Outcome::Sequenced { first, count } => {
                let published = self.published.borrow().as_ref().map_or(0, |published| published.size.get());
                let status = if published >= first.saturating_add(count) { "anchored" } else { "sequenced" };
                json!({"request_id": id, "status": status, "leaf_index": first, "count": count, "repeated": repeated})
            }
            // A change of members: whether it was carried out is not in the state.
            Outcome::Changed { version: 0 } => {
                json!({"request_id": id, "status": "recorded", "repeated": repeated})
            }
            Outcome::Changed { version } => {
                json!({"request_id": id, "status": "changed", "version": version, "repeated": repeated})
            }
            Outcome::Refused { code, entry } => {
                json!({"request_id": id, "status": "anchoring_failed", "code": code.as_str(), "entry": entry})
            }
        }
    }
}

fn object(value: &Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = StatusCode::OK;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

const READERS: usize = 8;
