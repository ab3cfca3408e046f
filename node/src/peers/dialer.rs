//! Calling the other nodes.

use crate::entropy::Entropy;
use crate::error::{Error, Result};
use crate::peers::address::{HostPort, PeerAddress};
use crate::peers::backoff::Backoff;
use crate::peers::channel::Channel;
use crate::peers::class::Class;
use crate::peers::framed::Framed;
use crate::peers::identity::Identity;
use crate::peers::net::TcpStream;
use crate::peers::server::name;
use crate::peers::{Member, MessageKind, Network, tls};
use ct_core::Code;
use rustls::pki_types::ServerName;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex as Turn;
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A node's voice to the others: connections, made when they are needed and kept.
///
/// Calls of one class to one member wait for one another. A call that fails half-way closes its connection, because
/// nobody knows where in the stream it stands; a member that cannot be reached is dialled again after a pause that
/// doubles up to a second, however often it is called.
pub struct Dialer {
    own: Arc<Identity>,
    addresses: BTreeMap<u64, PeerAddress>,
    connect: Duration,
    entropy: Mutex<Entropy>,
    lines: Mutex<HashMap<LineKey, Arc<Turn<Line>>>>,
    dialled: AtomicU64,
}

/// The node, its key, and what the connection is for: a member that gets another key gets other connections.
type LineKey = (u64, [u8; 32], Class);

/// The connection of one class to one member, if there is one.
#[derive(Default)]
struct Line {
    open: Option<Open>,
    backoff: Backoff,
}

struct Open {
    framed: Framed<TlsStream<TcpStream>>,
    channel: Channel,
}

impl Dialer {
    /// Calls as this node. `addresses` come before those that members have themselves; `connect` is the most time for a
    /// connection with its hand-shake. `entropy` names requests and spreads pauses.
    #[must_use]
    pub fn new(own: Arc<Identity>, addresses: BTreeMap<u64, PeerAddress>, connect: Duration, entropy: Entropy) -> Self {
        let (entropy, lines) = (Mutex::new(entropy), Mutex::default());
        Self { own, addresses, connect, entropy, lines, dialled: AtomicU64::new(0) }
    }

    /// How often a connection was begun.
    #[must_use]
    pub fn dialled(&self) -> u64 {
        self.dialled.load(Ordering::Relaxed)
    }

    async fn ask(&self, to: &Member, kind: MessageKind, payload: &[u8], until: Instant) -> Result<Vec<u8>> {
        let request_id = self.random();
        let began = Instant::now();
        let result = self.on_line(to, kind, payload, request_id, until).await;
        let latency_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (node_id, request_id) = (self.own.name(), name(&request_id));
        let (outcome, error_code) = match &result {
            Ok(_) => ("ok", Code::Ok.as_str()),
            Err(error) => ("failed", error.code().as_str()),
        };
        let error = result.as_ref().err().map(ToString::to_string).unwrap_or_default();
        let peer = to.node;
        tracing::debug!(node_id, request_id, latency_ms, result = outcome, error_code, peer, ?kind, error, "asked");
        result
    }

    async fn on_line(
        &self,
        to: &Member,
        kind: MessageKind,
        payload: &[u8],
        request_id: [u8; 16],
        until: Instant,
    ) -> Result<Vec<u8>> {
        let line = {
            let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(lines.entry((to.node, to.key, kind.class())).or_default())
        };
        let late = |what: &str| unreached(to.node, what);
        let mut line = timeout_at(until, line.lock()).await.map_err(|_| late("is still busy with earlier calls"))?;
        // Taken out, so that whatever goes wrong from here on, and whoever stops waiting, closes it.
        let kept = match line.open.take() {
            Some(mut open) => open.framed.is_silent().await.then_some(open),
            None => None,
        };
        let mut open = match kept {
            Some(open) => open,
            None => self.dial(to, kind.class(), &mut line.backoff, until).await?,
        };
        let (request, frame) = open.channel.request(kind, payload, request_id, self.random())?;
        let unanswered = |error: Error| match error.code() {
            Code::LimitTooSlow => late("does not answer in time; whether it acted is not known"),
            _ => error,
        };
        open.framed.write(&frame, until).await.map_err(unanswered)?;
        let body = open.framed.read_answer(kind.most_reply_bytes(), until).await.map_err(unanswered)?;
        let answer = open.channel.answered(&request, &body)?;
        line.open = Some(open);
        answer
    }

    /// A new connection, not before the pause after the last failure is over.
    async fn dial(&self, to: &Member, class: Class, backoff: &mut Backoff, until: Instant) -> Result<Open> {
        if let Some(pause) = backoff.until(Instant::now()) {
            sleep_until(pause.min(until)).await;
            if pause > until {
                return Err(unreached(to.node, "could not be reached, and is left alone for a moment"));
            }
        }
        let by = until.min(Instant::now() + self.connect);
        let connected = timeout_at(by, self.connect(to, class)).await;
        let connected = connected.unwrap_or_else(|_| Err(unreached(to.node, "does not accept a connection in time")));
        match &connected {
            Ok(_) => backoff.succeeded(),
            Err(error) => {
                if backoff.is_fresh() {
                    // Once: it is dialled again and again.
                    let (node_id, error_code) = (self.own.name(), error.code().as_str());
                    tracing::warn!(
                        node_id,
                        peer = to.node,
                        ?class,
                        result = "failed",
                        error_code,
                        "unreached: {error}"
                    );
                }
                backoff.failed(Instant::now(), u32::from_be_bytes(self.random()));
            }
        }
        connected
    }

    async fn connect(&self, to: &Member, class: Class) -> Result<Open> {
        let address = self.address(to).await?;
        self.dialled.fetch_add(1, Ordering::Relaxed);
        let place = format!("node {} at {address}", to.node);
        let failed = |source: std::io::Error| tls::error_of(&source, &place);
        let stream = TcpStream::connect(address.as_str()).await.map_err(failed)?;
        // Only a matter of speed.
        let _ = stream.set_nodelay(true);
        let connector = TlsConnector::from(Arc::new(tls::client_config(&self.own, to, class)?));
        // Nobody looks at a name: the key decides.
        let nobody = ServerName::IpAddress(Ipv4Addr::LOCALHOST.into());
        let stream = connector.connect(nobody, stream).await.map_err(failed)?;
        if Class::of_protocol(stream.get_ref().1.alpn_protocol()) != Some(class) {
            let next = "use the same version of ct-node on all nodes";
            return Err(Error::new(Code::MalformedFrame, place, "does not agree on what to connect for", next));
        }
        let channel = Channel::new(Arc::clone(&self.own), to.node, &to.key, class)?;
        Ok(Open { framed: Framed::new(stream, place, 0), channel })
    }

    async fn address(&self, to: &Member) -> Result<HostPort> {
        match self.addresses.get(&to.node) {
            Some(PeerAddress::Fixed(address)) => Ok(address.clone()),
            Some(PeerAddress::File(path)) => {
                let path = path.clone();
                let read = tokio::task::spawn_blocking(move || HostPort::read(&path)).await;
                match read.map_err(|_| unreached(to.node, "has an address that could not be read"))? {
                    // It does not run.
                    Err(error) if error.code() == Code::IoNotFound => {
                        Err(unreached(to.node, &format!("has not written its address: {}", error.place())))
                    }
                    read => read,
                }
            }
            None if to.address.is_empty() => {
                let next = "name its address in the configuration of this node, or with the member";
                Err(Error::new(Code::MalformedConfig, format!("node {}", to.node), "has no address", next))
            }
            None => to.address.parse(),
        }
    }

    fn random<const N: usize>(&self) -> [u8; N] {
        self.entropy.lock().unwrap_or_else(PoisonError::into_inner).bytes()
    }
}

impl Network for Dialer {
    fn call<'a>(
        &'a self,
        to: &'a Member,
        kind: MessageKind,
        payload: Vec<u8>,
        within: Duration,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send + 'a>> {
        Box::pin(async move { self.ask(to, kind, &payload, Instant::now() + within).await })
    }
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dialer({:?} {:?})", self.own, self.addresses)
    }
}

fn unreached(node: u64, what: &str) -> Error {
    Error::new(Code::IoNetwork, format!("node {node}"), what, "see whether that node runs, and its network")
}
