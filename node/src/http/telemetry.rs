//! What can be seen of a service: one event for each request, and counts (R2.6, R6.5).
//!
//! Events carry the contract's fields `node_id`, `request_id`, `latency_ms`, `result` and `error_code`; `result` is `ok`,
//! `refused` (the client's doing) or `failed` (the server's). Labels of metrics name routes and classes, never a path,
//! a client or an ID: their number is bounded.

use crate::entropy::Entropy;
use crate::http::phase::Ended;
use crate::http::request_id::RequestId;
use axum::Router;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use ct_core::Code;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The eyes of one service: its name in events, and its metrics.
#[derive(Debug)]
pub struct Telemetry {
    node_id: String,
    /// Begins the IDs of this process, so that those of two runs differ.
    run: String,
    next_id: AtomicU64,
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    latency: Histogram,
    connections: Gauge,
    ended: Family<EndLabels, Counter>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    class: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct EndLabels {
    reason: &'static str,
}

/// One request that has been answered.
pub(crate) struct Answered<'a> {
    pub(crate) id: &'a RequestId,
    pub(crate) method: &'a Method,
    pub(crate) route: &'a str,
    pub(crate) status: StatusCode,
    pub(crate) error: Option<&'a crate::Error>,
    pub(crate) latency: Duration,
}

impl Telemetry {
    /// Of the service that events call `node_id`.
    #[must_use]
    pub fn new(node_id: &str, entropy: &mut Entropy) -> Self {
        let mut registry = Registry::default();
        let requests = Family::<RequestLabels, Counter>::default();
        let latency = Histogram::new(LATENCY_SECONDS);
        let connections = Gauge::default();
        let ended = Family::<EndLabels, Counter>::default();
        registry.register("http_requests", "Requests by route and class of status", requests.clone());
        registry.register("http_request_seconds", "From a head's last byte to the answer", latency.clone());
        registry.register("http_connections", "Open connections", connections.clone());
        registry.register("http_connections_ended", "Connections that the server ended, by reason", ended.clone());
        let mut run = String::new();
        for byte in entropy.bytes::<4>() {
            // Writing to a string does not fail.
            let _ = write!(run, "{byte:02x}");
        }
        let node_id = node_id.to_owned();
        Self { node_id, run, next_id: AtomicU64::new(1), registry, requests, latency, connections, ended }
    }

    /// For the metrics of whatever else the service does, before it starts.
    pub const fn registry_mut(&mut self) -> &mut Registry {
        &mut self.registry
    }

    /// The service's name in events.
    #[must_use]
    pub fn node_id(&self) -> &str {
        &self.node_id
    }

    /// All metrics, in the text format of OpenMetrics.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = text::encode(&mut text, &self.registry);
        text
    }

    /// The routes that every service has: `/healthz` and `/metrics`.
    pub fn routes(self: &Arc<Self>) -> Router {
        let this = Arc::clone(self);
        Router::new()
            .route("/healthz", get(async || no_store("text/plain; charset=utf-8", "ok\n".to_owned())))
            .route("/metrics", get(async move || no_store(OPEN_METRICS, this.render())))
    }

    pub(crate) fn new_id(&self) -> RequestId {
        let number = self.next_id.fetch_add(1, Ordering::Relaxed);
        RequestId::generated(&self.run, number)
    }

    pub(crate) fn answered(&self, answered: &Answered<'_>) {
        let Answered { id, method, route, status, error, latency } = *answered;
        let class = match status.as_u16() {
            ..400 => "ok",
            400..500 => "refused",
            _ => "failed",
        };
        self.requests.get_or_create(&RequestLabels { route: route.to_owned(), class }).inc();
        self.latency.observe(latency.as_secs_f64());
        let latency_ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
        let error_code = error.map_or("", |error| error.code().as_str());
        let error = error.map(ToString::to_string).unwrap_or_default();
        tracing::info!(
            node_id = self.node_id,
            request_id = id.as_str(),
            latency_ms,
            result = class,
            error_code,
            method = method.as_str(),
            route,
            status = status.as_u16(),
            error,
            "request"
        );
    }

    pub(crate) fn opened(self: &Arc<Self>) -> OpenConnection {
        self.connections.inc();
        OpenConnection(Arc::clone(self))
    }

    /// The server ended a connection by its rules, and its client may not have got what it wanted.
    pub(crate) fn cut(&self, why: Cut) {
        let (reason, code) = why.named();
        self.ended.get_or_create(&EndLabels { reason }).inc();
        if why == Cut::Ended(Ended::Idle) {
            return tracing::debug!(node_id = self.node_id, result = "ok", reason, "connection ended");
        }
        let error_code = code.as_str();
        tracing::info!(node_id = self.node_id, result = "refused", error_code, reason, "connection ended");
    }
}

/// Why a connection was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// By a time-out.
    Ended(Ended),
    /// What came is not HTTP.
    Malformed,
    /// A head beyond its limit.
    LargeHead,
    /// There are too many.
    TooMany,
    /// It did not finish before a stopping server's patience ended.
    Drain,
}

impl Cut {
    const fn named(self) -> (&'static str, Code) {
        match self {
            Self::Ended(Ended::Idle) => ("idle", Code::Ok),
            Self::Ended(Ended::SlowHead) => ("slow_head", Code::LimitTooSlow),
            Self::Ended(Ended::SlowReader) => ("slow_reader", Code::LimitTooSlow),
            Self::Malformed => ("malformed", Code::MalformedRequest),
            Self::LargeHead => ("large_head", Code::LimitRequestSize),
            Self::TooMany => ("too_many", Code::LimitConnections),
            Self::Drain => ("drain", Code::Interrupted),
        }
    }
}

/// Counted as open until it is dropped.
#[derive(Debug)]
pub(crate) struct OpenConnection(Arc<Telemetry>);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.connections.dec();
    }
}

fn no_store(content_type: &'static str, body: String) -> Response {
    let headers = [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "no-store")];
    (headers.map(|(name, value)| (name, HeaderValue::from_static(value))), body).into_response()
}

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const LATENCY_SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];
