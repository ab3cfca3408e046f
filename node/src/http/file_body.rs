//! A file as an answer, read in parts: what is held for a slow reader is one part, however large the file is (R3.3).

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use std::fs::File;
use std::future::Future;
use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::task::{JoinHandle, spawn_blocking};

/// The rest of a file.
#[derive(Debug)]
pub(crate) struct FileBody {
    left: u64,
    state: State,
}

#[derive(Debug)]
enum State {
    Waiting(File),
    Reading(JoinHandle<io::Result<(File, Vec<u8>)>>),
    Done,
}

impl FileBody {
    /// So many bytes of this file, which does not change.
    pub(crate) fn of(file: File, length: u64) -> Body {
        Body::new(Self { left: length, state: if length == 0 { State::Done } else { State::Waiting(file) } })
    }
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    /// A file that ends too soon is an error: the client sees that its answer broke off.
    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = self.get_mut();
        loop {
            match std::mem::replace(&mut this.state, State::Done) {
                State::Done => return Poll::Ready(None),
                State::Waiting(file) => {
                    let part = this.left.min(PART);
                    this.state = State::Reading(spawn_blocking(move || read_part(file, part)));
                }
                State::Reading(mut reading) => {
                    let polled = Pin::new(&mut reading).poll(cx);
                    if polled.is_pending() {
                        this.state = State::Reading(reading);
                    }
                    let (file, bytes) = match ready!(polled).unwrap_or_else(|stopped| Err(io::Error::other(stopped))) {
                        Ok(read) => read,
                        Err(source) => return Poll::Ready(Some(Err(source))),
                    };
                    this.left = this.left.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
                    if this.left > 0 {
                        this.state = State::Waiting(file);
                    }
                    return Poll::Ready(Some(Ok(Frame::data(bytes.into()))));
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.state, State::Done)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

fn read_part(file: File, part: u64) -> io::Result<(File, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut limited = file.take(part);
    let count = limited.read_to_end(&mut bytes)?;
    if u64::try_from(count).unwrap_or(u64::MAX) < part {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok((limited.into_inner(), bytes))
}

const PART: u64 = 1 << 16;
