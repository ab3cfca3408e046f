//! TLS 1.3 with raw Ed25519 keys on both sides (RFC 8446, RFC 7250): no certificates, no names, nothing resumed.
//!
//! Resumption is off because a resumed connection proves no key: a member that was removed would stay.

use crate::error::{Error, Result};
use crate::peers::class::Class;
use crate::peers::identity::Identity;
use crate::peers::{Member, Receive};
use crate::planted::{Planted, planted};
use ct_core::Code;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{AlwaysResolvesClientRawPublicKeys, Resumption};
use rustls::crypto::{CryptoProvider, ring, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{AlwaysResolvesServerRawPublicKeys, NoServerSessionStorage};
use rustls::version::TLS13;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, OtherError,
    PeerMisbehaved, ServerConfig, SignatureScheme,
};
use std::fmt;
use std::io;
use std::sync::Arc;

/// For connections that others begin.
pub(super) fn server_config(own: &Identity, receive: Arc<dyn Receive>) -> Result<ServerConfig> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Arc::new(AnyMember { receive, provider: Arc::clone(&provider) });
    let builder = ServerConfig::builder_with_provider(provider).with_protocol_versions(&[&TLS13]).map_err(unusable)?;
    let resolver = Arc::new(AlwaysResolvesServerRawPublicKeys::new(own.certified()));
    let mut config = builder.with_client_cert_verifier(verifier).with_cert_resolver(resolver);
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.alpn_protocols = Class::ALL.map(|class| class.protocol().as_bytes().to_vec()).to_vec();
    Ok(config)
}

/// For connections of this class to this member.
pub(super) fn client_config(own: &Identity, member: &Member, class: Class) -> Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let verifier = ThisMember { node: member.node, key: member.key, provider: Arc::clone(&provider) };
    let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(&[&TLS13]).map_err(unusable)?;
    let resolver = Arc::new(AlwaysResolvesClientRawPublicKeys::new(own.certified()));
    let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = builder.with_client_cert_resolver(resolver);
    config.resumption = Resumption::disabled();
    config.enable_sni = false;
    config.alpn_protocols = vec![class.protocol().as_bytes().to_vec()];
    Ok(config)
}

/// The Ed25519 key that the other end has proved.
pub(super) fn proved_key(certificates: Option<&[CertificateDer<'_>]>) -> Option<[u8; 32]> {
    match certificates {
        Some([key]) => raw_key(key),
        _ => None,
    }
}

/// What ended a hand-shake or a connection, as `place` calls the other end.
pub(super) fn error_of(source: &io::Error, place: &str) -> Error {
    let new = |code, what: String, next: &str| Error::new(code, place, what, next);
    let Some(tls) = source.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) else {
        // What rustls says then is meant for programmers.
        let what = match source.kind() {
            io::ErrorKind::UnexpectedEof => "ended the connection without a word".to_owned(),
            _ => format!("the connection failed: {source}"),
        };
        return new(Code::IoNetwork, what, "see whether that node runs");
    };
    match tls {
        rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(inner))) => {
            let told = inner.downcast_ref::<Error>();
            let code = told.map_or(Code::UnknownPeer, Error::code);
            let what = told.map_or("has proved no key of a member", Error::what);
            new(code, what.to_owned(), "check the keys and addresses of the nodes")
        }
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => {
            new(Code::UnknownPeer, "has proved no key of a member".to_owned(), "check the keys of the nodes")
        }
        rustls::Error::AlertReceived(AlertDescription::CertificateUnknown | AlertDescription::AccessDenied) => {
            new(Code::UnknownPeer, "does not know this node's key".to_owned(), "check the keys of the nodes")
        }
        other => {
            let next = "use the same version of ct-node on all nodes, and check that the address is that of a node";
            new(Code::MalformedFrame, format!("does not speak as nodes do: {other}"), next)
        }
    }
}

/// Accepts one key: that of the member that is dialled.
struct ThisMember {
    node: u64,
    key: [u8; 32],
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for ThisMember {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        let is_this = raw_key(end_entity) == Some(self.key) || planted(Planted::TrustAnyKey);
        if intermediates.is_empty() && is_this {
            return Ok(ServerCertVerified::assertion());
        }
        Err(unknown_key(end_entity, &format!("is not node {}: it has", self.node)))
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        Err(old_tls())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_signature(message, cert, dss, &self.provider)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

/// Accepts the key of whichever member.
struct AnyMember {
    receive: Arc<dyn Receive>,
    provider: Arc<CryptoProvider>,
}

impl ClientCertVerifier for AnyMember {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> std::result::Result<ClientCertVerified, rustls::Error> {
        let member = raw_key(end_entity).and_then(|key| self.receive.member(&key));
        if intermediates.is_empty() && member.is_some() {
            return Ok(ClientCertVerified::assertion());
        }
        Err(unknown_key(end_entity, "has"))
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        Err(old_tls())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_signature(message, cert, dss, &self.provider)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

impl fmt::Debug for ThisMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ThisMember({})", self.node)
    }
}

impl fmt::Debug for AnyMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyMember")
    }
}

fn verify_signature(
    message: &[u8],
    key: &CertificateDer<'_>,
    dss: &DigitallySignedStruct,
    provider: &CryptoProvider,
) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
    if dss.scheme != SignatureScheme::ED25519 {
        return Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into());
    }
    let key = SubjectPublicKeyInfoDer::from(key.as_ref());
    verify_tls13_signature_with_raw_key(message, &key, dss, &provider.signature_verification_algorithms)
}

/// The 32 bytes of an Ed25519 key in SPKI (RFC 8410 section 4), which has one encoding.
fn raw_key(spki: &[u8]) -> Option<[u8; 32]> {
    spki.strip_prefix(SPKI_PREFIX)?.try_into().ok()
}

/// Carries what we know through TLS, which has no words of its own for it.
fn unknown_key(found: &[u8], has: &str) -> rustls::Error {
    let what = match raw_key(found) {
        Some(key) => format!("{has} the key {}, which is another", hex(&key)),
        None => format!("{has} no Ed25519 key"),
    };
    let error = Error::new(Code::UnknownPeer, "", what, "");
    CertificateError::Other(OtherError(Arc::new(error))).into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn old_tls() -> rustls::Error {
    rustls::Error::General("only TLS 1.3 is spoken here".to_owned())
}

fn unusable(error: rustls::Error) -> Error {
    Error::new(Code::Internal, "TLS", format!("cannot be used: {error}"), "report this")
}

const SPKI_PREFIX: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
