//! Where a connection stands between its requests: what its reader and its exchanges tell one another.

use crate::http::limits::Limits;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Where one connection stands.
#[derive(Debug)]
pub(crate) struct Phase {
    state: Mutex<State>,
    head: Duration,
    idle: Duration,
}

#[derive(Debug)]
struct State {
    waiting: Waiting,
    /// Set once the server stops: an idle connection may stay until then.
    closing: Option<Instant>,
    leaves_unread: Unread,
    ended: Option<Ended>,
}

#[derive(Clone, Copy, Debug)]
enum Waiting {
    /// For a request's first byte, since then.
    Idle(Instant),
    /// For the end of a head, since its first byte.
    Head(Instant),
    /// A request is being read, handled or answered.
    Exchange,
}

/// Whether bytes of the client's will stay unread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// The answer came before the whole request: the client may still be sending.
    Perhaps,
    /// Every request was read to its end.
    None,
}

/// Why the server ended a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// No request came.
    Idle,
    /// A head did not come to its end.
    SlowHead,
    /// The client does not read what it asked for.
    SlowReader,
}

impl Phase {
    /// A connection that was just made.
    pub(crate) fn new(limits: &Limits) -> Self {
        let waiting = Waiting::Idle(Instant::now());
        let state = State { waiting, closing: None, leaves_unread: Unread::None, ended: None };
        Self { state: Mutex::new(state), head: limits.head, idle: limits.idle }
    }

    /// Bytes have come.
    pub(crate) fn received(&self) {
        self.with(|state| {
            if let Waiting::Idle(_) = state.waiting {
                state.waiting = Waiting::Head(Instant::now());
            }
        });
    }

    /// A head is complete.
    pub(crate) fn begin(&self) {
        self.with(|state| state.waiting = Waiting::Exchange);
    }

    /// An answer is complete.
    pub(crate) fn finish(&self) {
        self.with(|state| state.waiting = Waiting::Idle(Instant::now()));
    }

    /// The server stops.
    pub(crate) fn close(&self) {
        self.with(|state| state.closing = Some(Instant::now() + LAST_BYTE));
    }

    /// An answer may go out before its request was read.
    pub(crate) fn leave_unread(&self) {
        self.with(|state| state.leaves_unread = Unread::Perhaps);
    }

    /// The request was read to its end.
    pub(crate) fn read_all(&self) {
        self.with(|state| state.leaves_unread = Unread::None);
    }

    /// Whether the client may still be sending.
    pub(crate) fn unread(&self) -> Unread {
        self.with(|state| state.leaves_unread)
    }

    /// When whoever waits for bytes gives up, and how that is called; never in an exchange, which has its own rules.
    pub(crate) fn patience(&self) -> Option<(Instant, Ended)> {
        self.with(|state| match state.waiting {
            Waiting::Idle(since) => {
                let until = since + self.idle;
                Some((state.closing.map_or(until, |closing| until.min(closing)), Ended::Idle))
            }
            Waiting::Head(since) => Some((since + self.head, Ended::SlowHead)),
            Waiting::Exchange => None,
        })
    }

    /// The server ends the connection.
    pub(crate) fn end(&self, why: Ended) {
        self.with(|state| state.ended = Some(why));
    }

    /// Why the server ended the connection, if it did.
    pub(crate) fn ended(&self) -> Option<Ended> {
        self.with(|state| state.ended)
    }

    fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        f(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// How long a stopping server waits for the first byte of a request that is on its way.
const LAST_BYTE: Duration = Duration::from_millis(250);
