//! Key files on a real file system, with OpenSSL as the oracle.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "helpers of tests are tests")]

mod creation;
mod encryption;
mod kinds;
mod openssl;
mod refusals;
mod vkeys;

use base64ct::{Base64, Encoding};
use ct_keys::{Error, KeyFile, KeyId, Passphrase, Role};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The seed of [`issuer`].
const SEED: [u8; 32] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
    31,
];

/// The file of [`issuer`], byte for byte; the key itself as OpenSSL writes it.
const ISSUER_PEM: &str = "\
civictrust-role: issuer
civictrust-key-id: registry.example#1
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
-----END PRIVATE KEY-----
";

fn issuer_id() -> KeyId {
    "registry.example#1".parse().unwrap()
}

fn issuer() -> KeyFile {
    KeyFile::generate(Role::Issuer, issuer_id(), &SEED)
}

/// What opens the encrypted keys of these tests.
const SECRET: &str = "correct horse battery staple";

fn passphrase() -> Passphrase {
    Passphrase::new(SECRET.to_owned()).unwrap()
}

/// Opens a private key file of the role issuer with [`passphrase`].
fn unlock(path: &Path) -> Result<KeyFile, Error> {
    KeyFile::unlock(path, Role::Issuer, || Ok(passphrase()))
}

/// A directory with a file in it.
struct Place {
    directory: TempDir,
    path: PathBuf,
}

impl Place {
    /// The file does not exist yet.
    fn empty() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("issuer.pem");
        Self { directory, path }
    }

    /// The file has this content and mode 0600.
    fn with(content: impl AsRef<[u8]>) -> Self {
        let place = Self::empty();
        fs::write(&place.path, content).unwrap();
        set_mode(&place.path, 0o600);
        place
    }

    fn join(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Everything in the directory, also what is hidden.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.directory).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn mode_of(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// The stable text of the code, or `ok`.
fn code<T>(result: &Result<T, Error>) -> &'static str {
    result.as_ref().map_or_else(|error| error.code().as_str(), |_| "ok")
}

/// The PEM block of an Ed25519 public key (RFC 8410 section 4), made without the code under test.
fn spki_pem(key: &[u8; 32]) -> String {
    let der = [b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00".as_slice(), key].concat();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", Base64::encode_string(&der))
}
