//! Listening, accepting, and stopping without losing what has begun.

use crate::error::{Error, Result};
use crate::http::exchange::{Exchange, note_route};
use crate::http::limits::Limits;
use crate::http::phase::Phase;
use crate::http::stream::GuardedStream;
use crate::http::telemetry::{Cut, Telemetry};
use crate::listen;
use axum::{Router, middleware};
use ct_core::Code;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinSet, unconstrained};
use tokio::time::{sleep, timeout};

/// A server that listens, and serves once it is given its routes.
#[derive(Debug)]
pub struct Server {
    listener: std::net::TcpListener,
    address: SocketAddr,
    limits: Limits,
}

/// How a server stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Connections that were cut off because they did not finish in time.
    pub cut: usize,
}

impl Server {
    /// Listens at this address; port 0 is one that the system chooses.
    ///
    /// # Errors
    /// `io.port_in_use` if another program listens there, `io.permission`, `io.network` if the address is not ours.
    pub fn bind(address: SocketAddr, limits: Limits) -> Result<Self> {
        let (listener, address) = listen::bind(address)?;
        Ok(Self { listener, address, limits })
    }

    /// Where it listens, with the port that was chosen.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` is ready; then accepts nothing more, finishes the requests in flight, and returns.
    ///
    /// # Errors
    /// `io.network` outside of a tokio runtime that has I/O and time.
    pub async fn serve(
        self,
        router: Router,
        telemetry: Arc<Telemetry>,
        shutdown: impl Future<Output = ()>,
    ) -> Result<Drained> {
        let listener = TcpListener::from_std(self.listener).map_err(|source| {
            Error::new(Code::IoNetwork, self.address, format!("cannot listen here: {source}"), "start it again")
        })?;
        let mut crowd = Crowd::new(self.limits, router.layer(middleware::from_fn(note_route)), telemetry);
        let mut shutdown = pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                Some(_) = crowd.connections.join_next() => {}
                accepted = listener.accept() => crowd.admit(accepted).await,
            }
        }
        // Whoever has connected already is served: closing would cut them off.
        while let Ok(accepted) = timeout(Duration::ZERO, unconstrained(listener.accept())).await {
            crowd.admit(accepted).await;
        }
        drop(listener);
        Ok(crowd.drain().await)
    }
}

/// The connections of a server.
struct Crowd {
    limits: Limits,
    router: Router,
    telemetry: Arc<Telemetry>,
    slots: Arc<Semaphore>,
    /// Those that are being turned away.
    refusals: Arc<Semaphore>,
    connections: JoinSet<()>,
    closing: watch::Sender<()>,
}

impl Crowd {
    fn new(limits: Limits, router: Router, telemetry: Arc<Telemetry>) -> Self {
        let slots = Arc::new(Semaphore::new(limits.connections.min(Semaphore::MAX_PERMITS)));
        let refusals = Arc::new(Semaphore::new(REFUSALS));
        let (connections, (closing, _)) = (JoinSet::new(), watch::channel(()));
        Self { limits, router, telemetry, slots, refusals, connections, closing }
    }

    async fn admit(&mut self, accepted: io::Result<(TcpStream, SocketAddr)>) {
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(source) => {
                // Mostly there are no descriptors left: trying at once would only burn the processor.
                tracing::warn!(node_id = self.telemetry.node_id(), "cannot accept: {source}");
                return sleep(ACCEPT_AGAIN).await;
            }
        };
        let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() else {
            self.telemetry.cut(Cut::TooMany);
            if let Ok(place) = Arc::clone(&self.refusals).try_acquire_owned() {
                self.connections.spawn(async move {
                    turn_away(stream).await;
                    drop(place);
                });
            }
            return;
        };
        let phase = Arc::new(Phase::new(&self.limits));
        let (router, telemetry) = (self.router.clone(), Arc::clone(&self.telemetry));
        let exchange = Exchange { router, limits: self.limits, telemetry, phase };
        let open = self.telemetry.opened();
        let closing = self.closing.subscribe();
        self.connections.spawn(async move {
            converse(stream, exchange, closing).await;
            drop((open, slot));
        });
    }

    async fn drain(mut self) -> Drained {
        self.closing.send_replace(());
        let all = async { while self.connections.join_next().await.is_some() {} };
        // What is left is counted.
        let _ = timeout(self.limits.drain, all).await;
        let cut = self.connections.len();
        for _ in 0..cut {
            self.telemetry.cut(Cut::Drain);
        }
        self.connections.shutdown().await;
        Drained { cut }
    }
}

/// One connection, from its first byte to its last.
async fn converse(stream: TcpStream, exchange: Exchange, mut closing: watch::Receiver<()>) {
    // Only a matter of speed.
    let _ = stream.set_nodelay(true);
    let (limits, telemetry, phase) = (exchange.limits, Arc::clone(&exchange.telemetry), Arc::clone(&exchange.phase));
    let io = TokioIo::new(GuardedStream::new(stream, Arc::clone(&phase), &limits));
    let service = service_fn(move |request| {
        let exchange = exchange.clone();
        async move { Ok::<_, Infallible>(exchange.answer(request).await) }
    });
    let mut builder = http1::Builder::new();
    // A client that closes its sending half still gets its answer. Heads are timed by the stream.
    builder.half_close(true).header_read_timeout(None).max_headers(limits.head_fields);
    builder.max_header_size(limits.head_bytes).max_buf_size(limits.head_bytes.max(LEAST_BUFFER));
    let mut connection = pin!(builder.serve_connection(io, service));
    let result = tokio::select! {
        result = connection.as_mut() => result,
        _ = closing.changed() => {
            phase.close();
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    let cut = match (phase.ended(), result) {
        (Some(why), _) => Cut::Ended(why),
        (None, Err(source)) if source.is_parse_too_large() => Cut::LargeHead,
        (None, Err(source)) if source.is_parse() => Cut::Malformed,
        // The client went away.
        _ => return,
    };
    telemetry.cut(cut);
}

/// Tells a client that there are too many, and that it may come again.
async fn turn_away(mut stream: TcpStream) {
    let body = r#"{"code":"limit.connections","message":"the server has as many connections as it takes","next":"try again later"}"#;
    let head =
        "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-type: application/json\r\nretry-after: 1";
    let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let talk = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        // With its request unread, closing would take back the answer.
        let mut bytes = [0; 1024];
        for _ in 0..REFUSED_READS {
            if stream.read(&mut bytes).await? == 0 {
                break;
            }
        }
        Ok::<_, io::Error>(())
    };
    // Whoever does not listen is not told.
    let _ = timeout(Duration::from_secs(1), talk).await;
}

/// Clients that are turned away with words at one time; any further ones are turned away without.
const REFUSALS: usize = 64;
const REFUSED_READS: usize = 16;
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// What hyper demands.
const LEAST_BUFFER: usize = 8_192;
