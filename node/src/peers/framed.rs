//! Frames on a stream, each within a time.

use crate::error::{Error, Result};
use crate::peers::frame::FrameReader;
use crate::peers::tls;
use ct_core::Code;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout, timeout_at};

/// A stream of frames, to and from whom `place` says.
#[derive(Debug)]
pub(super) struct Framed<S> {
    stream: S,
    reader: FrameReader,
    place: String,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Framed<S> {
    pub(super) const fn new(stream: S, place: String, most: usize) -> Self {
        Self { stream, reader: FrameReader::new(most), place }
    }

    /// The next frame, once it begins within `idle` and is complete within `whole` after that; `None` at an end between
    /// two frames.
    ///
    /// # Errors
    /// `limit.too_slow` for either time; `limit.frame_size`; `io.network` if the connection fails or ends within a
    /// frame.
    pub(super) async fn read(&mut self, idle: Duration, whole: Duration) -> Result<Option<Vec<u8>>> {
        let mut until = Instant::now() + if self.reader.is_between() { idle } else { whole };
        let mut chunk = [0; CHUNK];
        loop {
            if let Some(frame) = self.reader.take()? {
                return Ok(Some(frame));
            }
            let is_between = self.reader.is_between();
            let read = match timeout_at(until, self.stream.read(&mut chunk)).await {
                Ok(Ok(read)) => read,
                Ok(Err(source)) => return Err(tls::error_of(&source, &self.place)),
                Err(_) if is_between => return Err(self.slow("sends nothing")),
                Err(_) => return Err(self.slow("does not finish what it has begun to send")),
            };
            match (read, is_between) {
                (0, true) => return Ok(None),
                (0, false) => return Err(self.failed("ended the connection within a frame")),
                (_, true) => until = Instant::now() + whole,
                (_, false) => {}
            }
            self.reader.push(chunk.get(..read).unwrap_or_default());
        }
    }

    /// The answer to what was sent, before `until`; at most this long.
    ///
    /// # Errors
    /// As [`Framed::read`]; `io.network` if the connection ends first.
    pub(super) async fn read_answer(&mut self, most: usize, until: Instant) -> Result<Vec<u8>> {
        self.reader.expect(most);
        let left = until.saturating_duration_since(Instant::now());
        let read = timeout_at(until, self.read(left, left)).await.unwrap_or_else(|_| Err(self.slow("does not answer")));
        read?.ok_or_else(|| self.failed("ended the connection instead of answering"))
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// `limit.too_slow` if the other end does not take it in time; `io.network`.
    pub(super) async fn write(&mut self, frame: &[u8], until: Instant) -> Result<()> {
        let write = async {
            self.stream.write_all(frame).await?;
            self.stream.flush().await
        };
        match timeout_at(until, write).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(source)) => Err(tls::error_of(&source, &self.place)),
            Err(_) => Err(self.slow("does not read what is sent")),
        }
    }

    /// Whether the other end has said nothing since the last answer: neither that it ends, nor what nobody asked.
    pub(super) async fn is_silent(&mut self) -> bool {
        let mut byte = [0; 1];
        self.reader.is_between() && timeout(Duration::ZERO, self.stream.read(&mut byte)).await.is_err()
    }

    /// Ends the connection so that what was sent last arrives.
    pub(super) async fn close(mut self) {
        linger(&mut self.stream).await;
    }

    fn slow(&self, what: &str) -> Error {
        Error::new(Code::LimitTooSlow, &self.place, what, "see whether that node and the network are overloaded")
    }

    fn failed(&self, what: &str) -> Error {
        Error::new(Code::IoNetwork, &self.place, what, "see whether that node runs, and what it says")
    }
}

/// Ends a stream. What the other end still sends is read for a moment: unread, it would take back our last words.
pub(super) async fn linger(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) {
    let end = async {
        stream.shutdown().await?;
        let mut chunk = [0; CHUNK];
        for _ in 0..LAST_READS {
            if stream.read(&mut chunk).await? == 0 {
                break;
            }
        }
        Ok::<_, std::io::Error>(())
    };
    // Whoever does not listen is not told.
    let _ = timeout(LINGER, end).await;
}

const CHUNK: usize = 16_384;
const LAST_READS: u32 = 16;
const LINGER: Duration = Duration::from_secs(1);
