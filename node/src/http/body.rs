//! A request's body: all of it, within its limit and at a decent pace, or not at all.

use crate::error::{Error, Result};
use crate::http::limits::Limits;
use crate::http::pace::{Pace, TooSlow};
use axum::body::{Bytes, HttpBody};
use ct_core::Code;
use hyper::body::{Frame, Incoming};
use std::future::poll_fn;
use std::pin::Pin;
use tokio::time::{Instant, timeout_at};

/// The body's bytes. A length that is announced is looked at before anything is read (R2.2).
///
/// # Errors
/// `limit.request_size`, `limit.too_slow`; `malformed.request` if it breaks off.
pub(crate) async fn collect(mut body: Incoming, limits: &Limits) -> Result<Bytes> {
    let limit = u64::try_from(limits.body_bytes).unwrap_or(u64::MAX);
    if body.size_hint().lower() > limit {
        return Err(too_large(limits));
    }
    let mut pace = Pace::new(limits.progress);
    let mut bytes = Vec::new();
    while let Some(frame) = next(&mut body, &mut pace).await? {
        // What is no data are trailers, which nobody needs.
        let Ok(data) = frame.into_data() else { continue };
        pace.moved(data.len(), Instant::now());
        if data.len() > limits.body_bytes.saturating_sub(bytes.len()) {
            return Err(too_large(limits));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes.into())
}

async fn next(body: &mut Incoming, pace: &mut Pace) -> Result<Option<Frame<Bytes>>> {
    loop {
        let again = pace.waits(Instant::now()).map_err(|TooSlow| too_slow())?;
        if let Ok(frame) = timeout_at(again, poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx))).await {
            return frame.transpose().map_err(|_| broken_off());
        }
    }
}

fn too_large(limits: &Limits) -> Error {
    let what = format!("is larger than {} bytes", limits.body_bytes);
    Error::new(Code::LimitRequestSize, "the request's body", what, "send less at once")
}

fn too_slow() -> Error {
    Error::new(Code::LimitTooSlow, "the request's body", "arrives too slowly", "send the request again, faster")
}

fn broken_off() -> Error {
    let what = "breaks off, or is not in the form that its header announces";
    Error::new(Code::MalformedRequest, "the request's body", what, "send the whole body in the announced form")
}
