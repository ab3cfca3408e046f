//! Nodes with keys, and whoever else may connect to them.

use ct_core::{Code, Timestamp};
use ct_keys::{KeyFile, Role};
use ct_node::peers::{
    Dialer, Frame, FrameReader, FrameSigning, Header, Identity, Member, MessageKind, Network, PeerAddress, PeerLimits,
    PeerServer, Receive, Turn,
};
use ct_node::{Entropy, Error, Result};
use ed25519_dalek::SigningKey;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Generous: only what never happens takes so long.
pub(crate) const LONG: Duration = Duration::from_secs(30);

pub(crate) fn key(node: u8) -> KeyFile {
    KeyFile::generate(Role::Tls, format!("log.example/node-{node}#1").parse().unwrap(), &[node; 32])
}

pub(crate) fn identity(node: u8, signing: FrameSigning) -> Arc<Identity> {
    let clock = Arc::new(|| Timestamp::from_seconds(1_800_000_000).unwrap());
    Arc::new(Identity::new(node.into(), key(node), signing, clock).unwrap())
}

pub(crate) fn member(node: u8, address: &str) -> Member {
    Member { node: node.into(), key: *key(node).public().verifying_key().as_bytes(), address: address.to_owned() }
}

/// Answers with what was asked, reversed; some payloads mean something else.
#[derive(Default)]
pub(crate) struct Echo {
    pub(crate) members: Mutex<Vec<Member>>,
    pub(crate) seen: Mutex<Vec<(u64, MessageKind, Vec<u8>)>>,
    /// A payload `wait` is answered when this is set.
    pub(crate) go_on: AtomicBool,
}

impl Receive for Echo {
    fn receive(
        &self,
        from: u64,
        kind: MessageKind,
        payload: Vec<u8>,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send + '_>> {
        Box::pin(async move {
            self.seen.lock().unwrap().push((from, kind, payload.clone()));
            match payload.as_slice() {
                b"refuse" => Err(Error::new(Code::IncompleteNode, "this node", "lacks\nsomething", "wait")),
                b"wait" => {
                    while !self.go_on.load(Ordering::Relaxed) {
                        tokio::time::sleep(Duration::from_millis(2)).await;
                    }
                    Ok(payload)
                }
                b"much" => Ok(vec![7; 5 << 20]),
                _ => Ok(payload.into_iter().rev().collect()),
            }
        })
    }

    fn member(&self, key: &[u8; 32]) -> Option<u64> {
        self.members.lock().unwrap().iter().find(|member| member.key == *key).map(|member| member.node)
    }
}

/// A server of node 2, to which nodes 1 and 3 are members.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) echo: Arc<Echo>,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<()>>,
}

impl Running {
    pub(crate) fn start(signing: FrameSigning, limits: PeerLimits) -> Self {
        Self::start_as(2, "127.0.0.1:0", signing, limits)
    }

    pub(crate) fn start_as(node: u8, at: &str, signing: FrameSigning, limits: PeerLimits) -> Self {
        let server = PeerServer::bind(at.parse().unwrap(), identity(node, signing), limits).unwrap();
        let echo = Arc::new(Echo::default());
        *echo.members.lock().unwrap() = vec![member(1, ""), member(3, "")];
        let (stop, stopped) = oneshot::channel::<()>();
        let address = server.local_addr();
        let receive: Arc<dyn Receive> = Arc::clone(&echo) as _;
        let served = tokio::spawn(server.serve(receive, async move {
            let _ = stopped.await;
        }));
        Self { address, echo, stop, served }
    }

    pub(crate) fn seen(&self) -> usize {
        self.echo.seen.lock().unwrap().len()
    }

    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        tokio::time::timeout(LONG, self.served).await.unwrap().unwrap().unwrap();
    }
}

pub(crate) fn dialer(node: u8, signing: FrameSigning, addresses: &[(u64, PeerAddress)]) -> Dialer {
    let addresses: BTreeMap<u64, PeerAddress> = addresses.iter().cloned().collect();
    Dialer::new(identity(node, signing), addresses, Duration::from_secs(5), Entropy::from_seed(&[9; 32]))
}

/// Node 1, which calls node 2 at this address.
pub(crate) struct Caller {
    pub(crate) dialer: Dialer,
    pub(crate) to: Member,
}

impl Caller {
    pub(crate) fn of(node: u8, at: &SocketAddr) -> Self {
        Self { dialer: dialer(node, FrameSigning::Channel, &[]), to: member(2, &at.to_string()) }
    }

    pub(crate) async fn call(&self, kind: MessageKind, payload: &[u8]) -> Result<Vec<u8>> {
        self.call_within(kind, payload, LONG).await
    }

    pub(crate) async fn call_within(&self, kind: MessageKind, payload: &[u8], within: Duration) -> Result<Vec<u8>> {
        self.dialer.call(&self.to, kind, payload.to_vec(), within).await
    }
}

/// A header as node 1 would send it to node 2.
pub(crate) fn header(kind: MessageKind, sequence: u64) -> Header {
    Header {
        kind,
        turn: Turn::Request,
        request_id: [4; 16],
        sequence,
        key_id: *key(1).public().verifying_key().as_bytes(),
        to: 2,
        timestamp: Timestamp::from_seconds(1_800_000_000).unwrap(),
        nonce: [5; 16],
    }
}

pub(crate) fn frame(header: &Header, payload: &[u8]) -> Vec<u8> {
    header.frame(payload, None, usize::MAX).unwrap()
}

pub(crate) fn signed(header: &Header, payload: &[u8], by: u8) -> Vec<u8> {
    header.frame(payload, Some(&SigningKey::from_bytes(&[by; 32])), usize::MAX).unwrap()
}

/// TLS as a node speaks it, with whatever inside.
pub(crate) mod raw {
    use super::*;
    use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
    use rustls::client::{AlwaysResolvesClientRawPublicKeys, Resumption};
    use rustls::crypto::ring::default_provider;
    use rustls::crypto::ring::sign::any_eddsa_type;
    use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
    use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
    use rustls::server::{AlwaysResolvesServerRawPublicKeys, NoServerSessionStorage};
    use rustls::sign::CertifiedKey;
    use rustls::{
        ClientConfig, DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme, SupportedProtocolVersion,
    };
    use tokio::net::{TcpListener, TcpStream};

    /// Shows the public key of one node, and signs with the secret of another.
    #[derive(Clone, Copy)]
    pub(crate) struct Shown {
        pub(crate) public: u8,
        pub(crate) secret: u8,
    }

    /// A node's own key.
    pub(crate) fn own(node: u8) -> Shown {
        Shown { public: node, secret: node }
    }

    fn certified(shown: Shown) -> Arc<CertifiedKey> {
        let secret = [&hex("302e020100300506032b657004220420"), [shown.secret; 32].as_slice()].concat();
        let public = [hex("302a300506032b6570032100").as_slice(), &member(shown.public, "").key].concat();
        let signer = any_eddsa_type(&PrivatePkcs8KeyDer::from(secret.as_slice())).unwrap();
        Arc::new(CertifiedKey::new(vec![CertificateDer::from(public)], signer))
    }

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    pub(crate) struct Wire<S> {
        pub(crate) stream: S,
        reader: FrameReader,
    }

    pub(crate) type ClientWire = Wire<tokio_rustls::client::TlsStream<TcpStream>>;

    /// Connects with this key, for this protocol, in this version of TLS; to whatever is there.
    pub(crate) async fn connect(
        to: SocketAddr,
        key: Option<Shown>,
        protocol: &str,
        version: &'static SupportedProtocolVersion,
    ) -> std::io::Result<ClientWire> {
        // Older versions of TLS know raw keys too, but rustls only certificates: the server must refuse the version.
        let raw = version.version == rustls::ProtocolVersion::TLSv1_3;
        let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
        let builder = builder.with_protocol_versions(&[version]).unwrap();
        let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(Anybody { raw }));
        let mut config = match key {
            Some(shown) if raw => {
                let key = AlwaysResolvesClientRawPublicKeys::new(certified(shown));
                builder.with_client_cert_resolver(Arc::new(key))
            }
            _ => builder.with_no_client_auth(),
        };
        config.resumption = Resumption::disabled();
        config.enable_sni = false;
        config.alpn_protocols = if protocol.is_empty() { vec![] } else { vec![protocol.as_bytes().to_vec()] };
        let name = ServerName::IpAddress(std::net::Ipv4Addr::LOCALHOST.into());
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
        let stream = connector.connect(name, TcpStream::connect(to).await?).await?;
        Ok(Wire { stream, reader: FrameReader::new(usize::MAX) })
    }

    /// As node 1, for these messages.
    pub(crate) async fn connected(to: SocketAddr, protocol: &str) -> ClientWire {
        connect(to, Some(own(1)), protocol, &rustls::version::TLS13).await.unwrap()
    }

    /// A server that is content with any key, and speaks `protocol`.
    pub(crate) async fn try_accept(
        listener: &TcpListener,
        shown: Shown,
        protocol: &str,
    ) -> std::io::Result<Wire<tokio_rustls::server::TlsStream<TcpStream>>> {
        let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        let builder = builder.with_protocol_versions(&[&rustls::version::TLS13]).unwrap();
        let key = Arc::new(AlwaysResolvesServerRawPublicKeys::new(certified(shown)));
        let mut config = builder.with_client_cert_verifier(Arc::new(Anybody { raw: true })).with_cert_resolver(key);
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        config.session_storage = Arc::new(NoServerSessionStorage {});
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let stream = acceptor.accept(listener.accept().await.unwrap().0).await?;
        Ok(Wire { stream, reader: FrameReader::new(usize::MAX) })
    }

    /// The same with the key of node 2.
    pub(crate) async fn accept(
        listener: &TcpListener,
        protocol: &str,
    ) -> Wire<tokio_rustls::server::TlsStream<TcpStream>> {
        try_accept(listener, own(2), protocol).await.unwrap()
    }

    impl<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin> Wire<S> {
        pub(crate) async fn send(&mut self, bytes: &[u8]) {
            self.stream.write_all(bytes).await.unwrap();
            self.stream.flush().await.unwrap();
        }

        /// The next frame's body; `None` when the other end closes.
        pub(crate) async fn receive(&mut self) -> Option<Vec<u8>> {
            let read = async {
                loop {
                    if let Some(frame) = self.reader.take().unwrap() {
                        return Some(frame);
                    }
                    let mut chunk = [0; 4096];
                    match self.stream.read(&mut chunk).await {
                        Ok(0) | Err(_) => return None,
                        Ok(read) => self.reader.push(&chunk[..read]),
                    }
                }
            };
            tokio::time::timeout(LONG, read).await.expect("the other end neither answers nor closes")
        }

        pub(crate) async fn reply(&mut self) -> (Header, Vec<u8>) {
            let body = self.receive().await.expect("the other end closes instead of answering");
            let frame = Frame::parse(&body).unwrap();
            (*frame.header(), frame.payload().to_vec())
        }

        /// The code of the last frame before the other end closes.
        pub(crate) async fn farewell(&mut self) -> String {
            let (header, payload) = self.reply().await;
            assert_eq!((header.turn, header.sequence), (Turn::Refusal, 0));
            assert_eq!(self.receive().await, None, "the connection stays open");
            let mut r = ct_core::cbor::Reader::new(&payload);
            r.array_exact("refusal", 2).unwrap();
            r.text("code", 64).unwrap().to_owned()
        }
    }

    #[derive(Debug)]
    struct Anybody {
        raw: bool,
    }

    impl ServerCertVerifier for Anybody {
        fn verify_server_cert(
            &self,
            _end_entity: &CertificateDer<'_>,
            _intermediates: &[CertificateDer<'_>],
            _server_name: &ServerName<'_>,
            _ocsp_response: &[u8],
            _now: UnixTime,
        ) -> std::result::Result<ServerCertVerified, rustls::Error> {
            Ok(ServerCertVerified::assertion())
        }

        fn verify_tls12_signature(
            &self,
            _message: &[u8],
            _cert: &CertificateDer<'_>,
            _dss: &DigitallySignedStruct,
        ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
            Ok(HandshakeSignatureValid::assertion())
        }

        fn verify_tls13_signature(
            &self,
            _message: &[u8],
            _cert: &CertificateDer<'_>,
            _dss: &DigitallySignedStruct,
        ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
            Ok(HandshakeSignatureValid::assertion())
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            vec![SignatureScheme::ED25519]
        }

        fn requires_raw_public_keys(&self) -> bool {
            self.raw
        }
    }

    impl ClientCertVerifier for Anybody {
        fn root_hint_subjects(&self) -> &[DistinguishedName] {
            &[]
        }

        fn verify_client_cert(
            &self,
            _end_entity: &CertificateDer<'_>,
            _intermediates: &[CertificateDer<'_>],
            _now: UnixTime,
        ) -> std::result::Result<ClientCertVerified, rustls::Error> {
            Ok(ClientCertVerified::assertion())
        }

        fn verify_tls12_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            dss: &DigitallySignedStruct,
        ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
            ServerCertVerifier::verify_tls12_signature(self, message, cert, dss)
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            dss: &DigitallySignedStruct,
        ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
            ServerCertVerifier::verify_tls13_signature(self, message, cert, dss)
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            vec![SignatureScheme::ED25519]
        }

        fn requires_raw_public_keys(&self) -> bool {
            self.raw
        }
    }
}
