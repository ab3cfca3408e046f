//! Listening to the other nodes.

use crate::error::{Error, Result};
use crate::peers::Receive;
use crate::peers::channel::Channel;
use crate::peers::class::Class;
use crate::peers::frame::Header;
use crate::peers::framed::{Framed, linger};
use crate::peers::identity::Identity;
use crate::peers::net::{self, TcpStream};
use crate::peers::seats::{Seat, Seats};
use crate::peers::tls;
use ct_core::Code;
use std::fmt::Write;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// What a node bears of those who connect to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerLimits {
    /// Connections at once that have not proved a key yet; further ones are closed. Those that have are at most three
    /// for each member.
    pub strangers: usize,
    /// For a hand-shake.
    pub handshake: Duration,
    /// A connection without a request.
    pub idle: Duration,
    /// For one frame, from its first byte to its last, and for the answer to be taken.
    pub frame: Duration,
    /// For requests in flight when the node stops.
    pub drain: Duration,
}

impl Default for PeerLimits {
    fn default() -> Self {
        Self {
            strangers: 64,
            handshake: Duration::from_secs(5),
            idle: Duration::from_secs(60),
            frame: Duration::from_secs(10),
            drain: Duration::from_secs(5),
        }
    }
}

/// A node's ear for the others: listens, and serves once it is told who answers.
#[derive(Debug)]
pub struct PeerServer {
    listener: net::Bound,
    address: SocketAddr,
    own: Arc<Identity>,
    limits: PeerLimits,
}

impl PeerServer {
    /// Listens at this address; port 0 is one that the system chooses.
    ///
    /// # Errors
    /// `io.port_in_use` if another program listens there, `io.permission`, `io.network` if the address is not ours.
    pub fn bind(address: SocketAddr, own: Arc<Identity>, limits: PeerLimits) -> Result<Self> {
        let (listener, address) = net::bind(address)?;
        Ok(Self { listener, address, own, limits })
    }

    /// Where it listens, with the port that was chosen.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` is ready; then accepts nothing more, answers what was asked, and returns when every
    /// connection is closed.
    ///
    /// A member that connects a second time for the same class of messages has given up its first connection: what is
    /// being done for that one is dropped before anything is done for the new one.
    ///
    /// # Errors
    /// `io.network` outside of a tokio runtime that has I/O and time.
    pub async fn serve(self, receive: Arc<dyn Receive>, shutdown: impl Future<Output = ()>) -> Result<()> {
        let listener = net::listen(self.listener).await.map_err(|source| {
            Error::new(Code::IoNetwork, self.address, format!("cannot listen here: {source}"), "start it again")
        })?;
        let config = tls::server_config(&self.own, Arc::clone(&receive))?;
        let strangers = Arc::new(Semaphore::new(self.limits.strangers.min(Semaphore::MAX_PERMITS)));
        let (closing, _) = watch::channel(());
        let host = Arc::new(Host {
            own: self.own,
            limits: self.limits,
            receive,
            acceptor: TlsAcceptor::from(Arc::new(config)),
            strangers,
            seats: Seats::default(),
            closing,
        });
        let mut number = 0;
        let mut connections = JoinSet::new();
        let mut shutdown = pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                Some(_) = connections.join_next() => {}
                accepted = listener.accept() => {
                    number += 1;
                    host.admit(accepted, number, &mut connections).await;
                }
            }
        }
        drop(listener);
        host.closing.send_replace(());
        let all = async { while connections.join_next().await.is_some() {} };
        // What is left is cut off.
        let _ = timeout(self.limits.drain, all).await;
        connections.shutdown().await;
        Ok(())
    }
}

/// What all connections share.
struct Host {
    own: Arc<Identity>,
    limits: PeerLimits,
    receive: Arc<dyn Receive>,
    acceptor: TlsAcceptor,
    strangers: Arc<Semaphore>,
    seats: Seats,
    closing: watch::Sender<()>,
}

impl Host {
    /// Begins what has the next number of all connections.
    async fn admit(
        self: &Arc<Self>,
        accepted: io::Result<(TcpStream, SocketAddr)>,
        number: u64,
        connections: &mut JoinSet<()>,
    ) {
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(source) => {
                // Mostly there are no descriptors left: trying at once would only burn the processor.
                tracing::warn!(node_id = self.own.name(), "cannot accept: {source}");
                return sleep(ACCEPT_AGAIN).await;
            }
        };
        let Ok(place) = Arc::clone(&self.strangers).try_acquire_owned() else {
            let error_code = Code::LimitConnections.as_str();
            tracing::warn!(node_id = self.own.name(), %address, result = "refused", error_code, "too many hand-shakes");
            return;
        };
        let host = Arc::clone(self);
        let mut closing = self.closing.subscribe();
        connections.spawn(async move {
            let greeted = tokio::select! {
                greeted = host.greet(stream, address, number) => greeted,
                _ = closing.changed() => return,
            };
            drop(place);
            let Some((stream, channel, seat)) = greeted else { return };
            let from = seat.node();
            // Outside of the conversation, so that a newer connection ends it wherever it stands.
            let address = address.to_string();
            let ended = seat.hold(host.converse(stream, channel, &address, closing)).await;
            match ended {
                Some(Ok(())) => tracing::debug!(node_id = host.own.name(), peer = from, address, "connection ended"),
                Some(Err(error)) => host.note(&error, &address),
                None => tracing::debug!(node_id = host.own.name(), peer = from, address, "connection replaced"),
            }
        });
    }

    /// The hand-shake: who is it, and for what?
    async fn greet(
        &self,
        stream: TcpStream,
        address: SocketAddr,
        number: u64,
    ) -> Option<(TlsStream<TcpStream>, Channel, Seat)> {
        // Only a matter of speed.
        let _ = stream.set_nodelay(true);
        let place = address.to_string();
        let accept = self.acceptor.accept(stream).into_fallible();
        let mut stream = match timeout(self.limits.handshake, accept).await {
            Ok(Ok(stream)) => stream,
            Ok(Err((source, mut stream))) => {
                self.note(&tls::error_of(&source, &place), &place);
                linger(&mut stream).await;
                return None;
            }
            Err(_) => {
                let next = "see what connects there";
                let slow = Error::new(Code::LimitTooSlow, &place, "does not finish its hand-shake", next);
                self.note(&slow, &place);
                return None;
            }
        };
        match self.seat(&stream, number, &place) {
            Ok((channel, seat)) => Some((stream, channel, seat)),
            Err(error) => {
                self.note(&error, &place);
                linger(&mut stream).await;
                None
            }
        }
    }

    fn seat(&self, stream: &TlsStream<TcpStream>, number: u64, place: &str) -> Result<(Channel, Seat)> {
        let connection = stream.get_ref().1;
        let key = tls::proved_key(connection.peer_certificates());
        let member = key.and_then(|key| Some((key, self.receive.member(&key)?)));
        let (key, from) = member.ok_or_else(|| {
            Error::new(Code::UnknownPeer, place, "has proved no key of a member", "check the keys of the nodes")
        })?;
        let class = Class::of_protocol(connection.alpn_protocol()).ok_or_else(|| {
            let next = "use the same version of ct-node on all nodes";
            Error::new(Code::MalformedFrame, place, "does not say what it connects for", next)
        })?;
        Ok((Channel::new(Arc::clone(&self.own), from, &key, class)?, self.seats.take(from, key, class, number)))
    }

    /// Answers requests until one of both ends it.
    async fn converse(
        &self,
        stream: TlsStream<TcpStream>,
        mut channel: Channel,
        address: &str,
        mut closing: watch::Receiver<()>,
    ) -> Result<()> {
        let from = channel.peer();
        let mut framed = Framed::new(stream, format!("node {from}"), channel.class().most_request_bytes());
        loop {
            let read = tokio::select! {
                read = framed.read(self.limits.idle, self.limits.frame) => read,
                _ = closing.changed() => return Ok(()),
            };
            let accepted = match read {
                Ok(None) => return Ok(()),
                Ok(Some(body)) => channel.accept(&body).and_then(|accepted| self.is_member(&channel, from, accepted)),
                Err(error) => Err(error),
            };
            let (header, payload) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Told before the last words, which may find nobody.
                    self.note(&error, address);
                    let last = channel.farewell(&error)?;
                    if framed.write(&last, Instant::now() + self.limits.frame).await.is_ok() {
                        framed.close().await;
                    }
                    return Ok(());
                }
            };
            let frame = self.answer(&channel, from, &header, payload).await?;
            framed.write(&frame, Instant::now() + self.limits.frame).await?;
        }
    }

    /// A member that was removed is not listened to any more, although its connection is older than that.
    fn is_member<T>(&self, channel: &Channel, from: u64, accepted: T) -> Result<T> {
        if self.receive.member(channel.peer_key()) == Some(from) {
            return Ok(accepted);
        }
        let next = "see which members there are: ct-node status";
        Err(Error::new(Code::UnknownPeer, format!("node {from}"), "is a member no longer", next))
    }

    async fn answer(&self, channel: &Channel, from: u64, header: &Header, payload: Vec<u8>) -> Result<Vec<u8>> {
        let (began, kind) = (Instant::now(), header.kind);
        let result = self.receive.receive(from, kind, payload).await;
        let latency_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let error_code = result.as_ref().map_or_else(|error| error.code(), |_| Code::Ok).as_str();
        let outcome = if result.is_ok() { "ok" } else { "refused" };
        let (node_id, request_id) = (self.own.name(), name(&header.request_id));
        tracing::debug!(node_id, request_id, latency_ms, result = outcome, error_code, peer = from, ?kind, "answered");
        channel.answer(header, result)
    }

    /// Why a connection was ended that would have been of use.
    fn note(&self, error: &Error, address: &str) {
        let (node_id, error_code) = (self.own.name(), error.code().as_str());
        if error.code() == Code::LimitTooSlow {
            return tracing::info!(node_id, result = "refused", error_code, address, "connection ended: {error}");
        }
        tracing::warn!(node_id, result = "refused", error_code, address, "connection ended: {error}");
    }
}

/// A request's ID as events name it.
pub(super) fn name(request_id: &[u8; 16]) -> String {
    let mut text = String::with_capacity(2 * request_id.len());
    for byte in request_id {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

const ACCEPT_AGAIN: Duration = Duration::from_millis(50);
