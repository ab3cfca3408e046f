//! Who this node is to the others.

use crate::error::{Error, Result};
use crate::service::Clock;
use ct_core::Code;
use ct_keys::{KeyFile, Role};
use ed25519_dalek::pkcs8::spki::EncodePublicKey;
use ed25519_dalek::pkcs8::{EncodePrivateKey, KeypairBytes};
use rustls::crypto::ring::sign::any_eddsa_type;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use std::fmt;
use std::sync::Arc;

/// Whether frames are signed one by one. Either way the connection proves to each end who the other is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameSigning {
    /// The connection suffices. A frame that is signed nevertheless must be signed well.
    Channel,
    /// Each frame is signed, and one that is not is refused: costs a quarter of the throughput or more.
    EveryFrame,
}

/// A node's number and key, and how it signs.
pub struct Identity {
    node: u64,
    name: String,
    key: KeyFile,
    certified: Arc<CertifiedKey>,
    signing: FrameSigning,
    clock: Clock,
}

impl Identity {
    /// The node with this number, which proves this key of [`Role::Tls`]. `clock` only dates frames.
    ///
    /// # Errors
    /// `io.key_file` for a key of another role.
    pub fn new(node: u64, key: KeyFile, signing: FrameSigning, clock: Clock) -> Result<Self> {
        let unfit = |what: &str| Error::new(Code::IoKeyFile, key.id(), what, "use a key that was made for nodes: tls");
        if key.role() != Role::Tls {
            return Err(unfit("is a key for another purpose"));
        }
        let pair = KeypairBytes { secret_key: key.signing_key().to_bytes(), public_key: None };
        let secret = pair.to_pkcs8_der().map_err(|_| unfit("cannot be encoded"))?;
        let signer = any_eddsa_type(&PrivatePkcs8KeyDer::from(secret.as_bytes()));
        let signer = signer.map_err(|_| unfit("cannot be used for TLS"))?;
        let public = key.signing_key().verifying_key().to_public_key_der().map_err(|_| unfit("cannot be encoded"))?;
        let certified = CertifiedKey::new(vec![CertificateDer::from(public.into_vec())], signer);
        let name = format!("node-{node}");
        Ok(Self { node, name, key, certified: Arc::new(certified), signing, clock })
    }

    /// Its number.
    #[must_use]
    pub const fn node(&self) -> u64 {
        self.node
    }

    /// The key that it proves.
    #[must_use]
    pub fn key(&self) -> [u8; 32] {
        self.key.signing_key().verifying_key().to_bytes()
    }

    /// Its name in events.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) const fn key_file(&self) -> &KeyFile {
        &self.key
    }

    pub(super) const fn signing(&self) -> FrameSigning {
        self.signing
    }

    pub(super) const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The key as TLS takes it: raw (RFC 7250), without a certificate.
    pub(super) fn certified(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.certified)
    }
}

/// Nothing of the secret.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({} {:?} {:?})", self.name, self.key, self.signing)
    }
}
