//! What a backup says about itself, signed with the key of the node that made it.

use crate::error::{Error, Result};
use ct_core::cbor::{Reader, Writer};
use ct_core::limits::{MAX_NAME_BYTES, MAX_NOTE_BYTES};
use ct_core::{Code, Hash, PublicKey, Timestamp, TreeSize};
use ed25519_dalek::{Signer, SigningKey};

/// A backup, by its own word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Whose log it is.
    pub origin: String,
    /// The node that made it.
    pub node: u64,
    /// When, by its clock. For people: nothing is decided by it.
    pub made: Timestamp,
    /// The version of the program that made it.
    pub version: String,
    /// The generation of the log.
    pub generation: u64,
    /// Entries in the state's tree.
    pub size: TreeSize,
    /// The root of that tree.
    pub root: Hash,
    /// Up to where the state says that checkpoints may have been signed.
    pub sealed: TreeSize,
    /// Up to where the state says that entries are final.
    pub anchored: TreeSize,
    /// The checkpoint of the tiles, with its signatures.
    pub checkpoint: String,
    /// Bytes of the file of the state.
    pub state_length: u64,
    /// SHA-256 of the file of the state.
    pub state_hash: Hash,
    /// SHA-256 of the list of all files.
    pub sums: Hash,
}

/// A manifest whose signature holds, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signed {
    pub(super) manifest: Manifest,
    pub(super) key: [u8; 32],
}

impl Manifest {
    /// The file: what it says, the key, and the signature.
    pub(super) fn sign(&self, key: &SigningKey) -> Vec<u8> {
        let said = self.encode();
        let signature = key.sign(&[SIGNED_AS, &said].concat()).to_bytes();
        let mut w = Writer::new();
        w.array(3).bytes(&said).bytes(key.verifying_key().as_bytes()).bytes(&signature);
        w.finish()
    }

    fn encode(&self) -> Vec<u8> {
        let mut w = Writer::new();
        w.array(PARTS).uint(VERSION).text(&self.origin).uint(self.node).uint(self.made.seconds()).text(&self.version);
        w.uint(self.generation).uint(self.size.get()).bytes(self.root.as_bytes());
        w.uint(self.sealed.get()).uint(self.anchored.get()).text(&self.checkpoint);
        w.uint(self.state_length).bytes(self.state_hash.as_bytes()).bytes(self.sums.as_bytes());
        w.finish()
    }

    fn read(said: &[u8]) -> std::result::Result<Self, ct_core::Error> {
        let mut r = Reader::new(said);
        let parts = r.array("manifest", MAX_PARTS)?;
        if r.uint("version")? != VERSION {
            return Err(ct_core::Error::new(Code::UnsupportedVersion, "version"));
        }
        if parts != PARTS {
            return Err(ct_core::Error::new(Code::MalformedField, "manifest"));
        }
        let manifest = Self {
            origin: r.text("origin", MAX_NAME_BYTES)?.to_owned(),
            node: r.uint("node")?,
            made: Timestamp::from_seconds(r.uint("made")?)?,
            version: r.text("program", MAX_NAME_BYTES)?.to_owned(),
            generation: r.uint("generation")?,
            size: TreeSize::new(r.uint("size")?)?,
            root: Hash::new(*r.bytes_exact("root")?),
            sealed: TreeSize::new(r.uint("sealed")?)?,
            anchored: TreeSize::new(r.uint("anchored")?)?,
            checkpoint: r.text("checkpoint", MAX_NOTE_BYTES)?.to_owned(),
            state_length: r.uint("state_length")?,
            state_hash: Hash::new(*r.bytes_exact("state_hash")?),
            sums: Hash::new(*r.bytes_exact("sums")?),
        };
        r.end()?;
        Ok(manifest)
    }
}

impl Signed {
    /// Reads a file and checks its signature; whether anybody knows the key is for the caller to ask.
    ///
    /// # Errors
    /// `malformed.*`, `limit.*`, `unsupported.version`; `tampered.file` if the signature does not hold.
    pub(super) fn parse(bytes: &[u8], place: &str) -> Result<Self> {
        let refused = |error| Error::refused(error, place, "is no manifest of a backup", NEXT);
        let mut r = Reader::new(bytes);
        let mut read = || {
            r.array_exact("file", 3)?;
            let said = r.bytes("said", MAX_MANIFEST_BYTES)?;
            Ok((said, *r.bytes_exact::<32>("key")?, *r.bytes_exact::<64>("signature")?))
        };
        let (said, key, signature) = read().map_err(refused)?;
        r.end().map_err(refused)?;
        let tampered = || Error::new(Code::TamperedFile, place, "has a signature that does not hold", NEXT);
        let public = PublicKey::from_bytes(&key).map_err(|_| tampered())?;
        if !public.verify(&[SIGNED_AS, said].concat(), &signature) {
            return Err(tampered());
        }
        Ok(Self { manifest: Manifest::read(said).map_err(refused)?, key })
    }
}

const SIGNED_AS: &[u8] = b"civictrust backup v1\n";
const VERSION: u64 = 1;
const PARTS: usize = 14;
/// Other versions may have another number of parts.
const MAX_PARTS: usize = 64;
const NEXT: &str = "use another copy of the backup, or another backup";
/// More than any manifest has.
pub(super) const MAX_MANIFEST_BYTES: usize = MAX_NOTE_BYTES + 16 * 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        Manifest {
            origin: "log.example".to_owned(),
            node: 1,
            made: Timestamp::from_seconds(1_700_000_000).unwrap(),
            version: "1.0.0".to_owned(),
            generation: 2,
            size: TreeSize::new(9).unwrap(),
            root: Hash::of(b"root"),
            sealed: TreeSize::new(8).unwrap(),
            anchored: TreeSize::new(7).unwrap(),
            checkpoint: "a note".to_owned(),
            state_length: 1_000,
            state_hash: Hash::of(b"state"),
            sums: Hash::of(b"sums"),
        }
    }

    // R8.2, R8.4: no bit of a manifest can be changed, neither its version.
    #[test]
    fn every_flipped_bit_is_refused() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let bytes = manifest().sign(&key);
        let signed = Signed { manifest: manifest(), key: key.verifying_key().to_bytes() };
        assert_eq!(Signed::parse(&bytes, "m"), Ok(signed));
        for bit in 0..8 * bytes.len() {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let code = Signed::parse(&changed, "m").map_err(|error| error.code()).unwrap_err();
            let is_unread = ["malformed.", "limit."].iter().any(|class| code.as_str().starts_with(class));
            assert!(code == Code::TamperedFile || is_unread, "{bit}: {code}");
        }
        for cut in 0..bytes.len() {
            let code = Signed::parse(&bytes[..cut], "m").map_err(|error| error.code()).unwrap_err();
            assert!(code.as_str().starts_with("malformed."), "{cut}: {code}");
        }
    }

    // R8.4: another version, though signed, is not read.
    #[test]
    fn another_version_is_refused() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let mut said = manifest().encode();
        said[1] = 2;
        let signature = key.sign(&[SIGNED_AS, &said].concat()).to_bytes();
        let mut w = Writer::new();
        w.array(3).bytes(&said).bytes(key.verifying_key().as_bytes()).bytes(&signature);
        let refused = Signed::parse(&w.finish(), "m").map_err(|error| error.code());
        assert_eq!(refused, Err(Code::UnsupportedVersion));
    }
}
