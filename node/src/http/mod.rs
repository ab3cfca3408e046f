//! An HTTP server with manners: what every service of the node listens with.
//!
//! A handler sees a request only when all of it has arrived, within the limits of [`Limits`]; with it come a
//! [`RequestId`] and a [`Deadline`] as extensions. It returns its answer or an [`crate::Error`], which becomes the
//! status and the JSON body of [`answer`]. Everything else is done here: time-outs for heads, bodies, idle connections
//! and readers that do not read; caps; metrics, one event for each request; and a shutdown that finishes what has
//! begun.
//!
//! ```text
//! {"code": "malformed.request", "message": "what happened", "next": "what to do"}
//! ```
//!
//! A request that is not HTTP at all is answered 400 (431 if its head is too large) with an empty body, and the
//! connection is closed. The clock of this module is tokio's monotonic one, and serves time-outs only.
//!
//! Out of scope: TLS and HTTP/2, which a proxy in front of the node speaks.

pub mod answer;
mod body;
pub mod client;
mod deadline;
mod exchange;
mod file_body;
mod limits;
mod log_files;
mod pace;
mod phase;
mod request_id;
mod server;
mod stream;
mod telemetry;

pub use client::{HttpClient, NoReply, Patience, Reply};
pub use deadline::Deadline;
pub use limits::Limits;
pub use log_files::LogFiles;
pub use pace::Progress;
pub use request_id::RequestId;
pub use server::{Drained, Server};
pub use telemetry::Telemetry;

pub(crate) use answer::misdirected;
