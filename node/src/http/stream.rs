//! A connection that does not wait for ever: neither for bytes nor for a reader (R2.3, R3.3, R4.1, R6.2).
//!
//! Each wait has a timer of its own, so nobody looks through all connections for the idle ones.

use crate::http::limits::Limits;
use crate::http::pace::{Pace, TooSlow};
use crate::http::phase::{Ended, Phase, Unread};
use std::future::Future;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

/// A TCP connection with its time-outs.
#[derive(Debug)]
pub(crate) struct GuardedStream {
    inner: TcpStream,
    phase: Arc<Phase>,
    writing: Pace,
    read_timer: Timer,
    write_timer: Timer,
    lingers_until: Option<Instant>,
}

impl GuardedStream {
    pub(crate) fn new(inner: TcpStream, phase: Arc<Phase>, limits: &Limits) -> Self {
        let (read_timer, write_timer) = (Timer::default(), Timer::default());
        Self { inner, phase, writing: Pace::new(limits.progress), read_timer, write_timer, lingers_until: None }
    }

    /// After a write: its bytes count, or the wait for the reader does.
    fn wrote(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(written) = written {
            self.writing.moved(*written.as_ref().unwrap_or(&0), Instant::now());
            return Poll::Ready(written);
        }
        loop {
            match self.writing.waits(Instant::now()) {
                Ok(again) => ready!(self.write_timer.at(again, cx)),
                Err(TooSlow) => {
                    self.phase.end(Ended::SlowReader);
                    return Poll::Ready(Err(ErrorKind::TimedOut.into()));
                }
            }
        }
    }

    /// Reads and forgets what the client still sends: with bytes left unread, closing would take back the answer.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let until = *self.lingers_until.get_or_insert_with(|| Instant::now() + LINGER);
        let mut bytes = [0; 4096];
        loop {
            let mut buffer = ReadBuf::new(&mut bytes);
            match Pin::new(&mut self.inner).poll_read(cx, &mut buffer) {
                // Whoever sends without end is cut off all the same.
                _ if Instant::now() >= until => return Poll::Ready(()),
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {}
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => ready!(self.read_timer.at(until, cx)),
            }
        }
    }
}

impl AsyncRead for GuardedStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut this.inner).poll_read(cx, buffer) {
            if buffer.filled().len() > before {
                this.phase.received();
            }
            return Poll::Ready(read);
        }
        loop {
            let Some((until, why)) = this.phase.patience() else { return Poll::Pending };
            if Instant::now() < until {
                ready!(this.read_timer.at(until, cx));
                continue;
            }
            this.phase.end(why);
            // Nothing was begun: as if the client had closed.
            return Poll::Ready(if why == Ended::Idle { Ok(()) } else { Err(ErrorKind::TimedOut.into()) });
        }
    }
}

impl AsyncWrite for GuardedStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.inner).poll_write(cx, bytes);
        this.wrote(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.inner).poll_write_vectored(cx, slices);
        this.wrote(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.lingers_until.is_none() {
            ready!(Pin::new(&mut this.inner).poll_shutdown(cx))?;
        }
        if this.phase.unread() == Unread::Perhaps {
            ready!(this.poll_linger(cx));
        }
        Poll::Ready(Ok(()))
    }
}

/// A timer that is made when it is first needed: most waits are over before.
#[derive(Debug, Default)]
struct Timer(Option<Pin<Box<Sleep>>>);

impl Timer {
    /// Ready at that time.
    fn at(&mut self, when: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(when)));
        if sleep.deadline() != when {
            sleep.as_mut().reset(when);
        }
        sleep.as_mut().poll(cx)
    }
}

/// How long a client that is still sending may take to notice that it was refused.
const LINGER: Duration = Duration::from_secs(2);
