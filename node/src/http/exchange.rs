//! One request and its answer: everything that happens between the connection and a handler.

use crate::error::{Error, Result};
use crate::http::answer::{Told, explain_empty};
use crate::http::body::collect;
use crate::http::deadline::Deadline;
use crate::http::limits::Limits;
use crate::http::phase::Phase;
use crate::http::request_id::{REQUEST_ID_HEADER, RequestId};
use crate::http::telemetry::{Answered, Telemetry};
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::MatchedPath;
use axum::http::Request;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ct_core::Code;
use hyper::body::{Frame, Incoming, SizeHint};
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use tokio::time::{Instant, timeout_at};
use tower::ServiceExt;

/// What all exchanges of a server share, and the phase of their connection.
#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) router: Router,
    pub(crate) limits: Limits,
    pub(crate) telemetry: Arc<Telemetry>,
    pub(crate) phase: Arc<Phase>,
}

/// Which route a request took, for whoever counts.
#[derive(Clone, Debug, Default)]
struct Route(Arc<OnceLock<MatchedPath>>);

impl Exchange {
    /// The answer to a request, whatever happens.
    pub(crate) async fn answer(self, request: Request<Incoming>) -> Response<Answer> {
        let begun = Instant::now();
        self.phase.begin();
        let (parts, body) = request.into_parts();
        let id = RequestId::of(&parts.headers).unwrap_or_else(|| self.telemetry.new_id());
        let (method, route) = (parts.method.clone(), Route::default());
        let outcome = self.handle(parts, body, begun, &id, &route).await;
        let mut response = explain_empty(outcome.unwrap_or_else(Error::into_response));
        if let Some(id) = id.header() {
            response.headers_mut().insert(REQUEST_ID_HEADER, id);
        }
        self.telemetry.answered(&Answered {
            id: &id,
            method: &method,
            route: route.0.get().map_or("unmatched", MatchedPath::as_str),
            status: response.status(),
            error: response.extensions().get::<Told>().map(|told| &told.0),
            latency: begun.elapsed(),
        });
        let phase = self.phase;
        response.map(|body| Answer { body, _finished: Finished(phase) })
    }

    async fn handle(
        &self,
        mut parts: Parts,
        body: Incoming,
        begun: Instant,
        id: &RequestId,
        route: &Route,
    ) -> Result<Response> {
        // Until the body has been read.
        self.phase.leave_unread();
        let deadline = Deadline::of(&parts.headers, begun, self.limits.request)?;
        let late = |_| deadline.error();
        let body = timeout_at(deadline.instant(), collect(body, &self.limits)).await.map_err(late)??;
        self.phase.read_all();
        if deadline.passed() {
            return Err(deadline.error());
        }
        parts.extensions.insert(deadline);
        parts.extensions.insert(id.clone());
        parts.extensions.insert(route.clone());
        let request = Request::from_parts(parts, Body::from(body));
        let call = unpanicked(self.router.clone().oneshot(request));
        let response = timeout_at(deadline.instant(), call).await.map_err(late)?;
        Ok(response?.unwrap_or_else(|never| match never {}))
    }
}

/// The middleware that sees which route was taken.
pub(crate) async fn note_route(request: Request<Body>, next: Next) -> Response {
    if let (Some(route), Some(path)) = (request.extensions().get::<Route>(), request.extensions().get::<MatchedPath>())
    {
        // Set once: a request takes one route.
        let _ = route.0.set(path.clone());
    }
    next.run(request).await
}

/// A handler that panics is a defect that costs one answer, not the connection.
async fn unpanicked<F: Future>(call: F) -> Result<F::Output> {
    let mut call = pin!(call);
    let polled = poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(cx))) {
        Ok(polled) => polled.map(Some),
        Err(_) => Poll::Ready(None),
    });
    polled.await.ok_or_else(|| Error::new(Code::Internal, "", "a handler panicked", "report this as a defect"))
}

/// An answer's body; its connection is idle again when it is dropped.
#[derive(Debug)]
pub(crate) struct Answer {
    body: Body,
    _finished: Finished,
}

#[derive(Debug)]
struct Finished(Arc<Phase>);

impl Drop for Finished {
    fn drop(&mut self) {
        self.0.finish();
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
