//! Documents to be issued, as files.

use crate::bundle::MAX_ATTACHED_BYTES;
use crate::durable;
use crate::error::{Error, Result, shown};
use ct_core::limits::MAX_BUNDLE_BYTES;
use ct_core::{Code, Hash, Hasher};
use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A document that can be read, with its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentFile {
    /// Where it is.
    pub path: PathBuf,
    /// SHA-256 of its bytes.
    pub hash: Hash,
    /// Its length in bytes.
    pub length: u64,
}

impl DocumentFile {
    /// Reads a regular file of any size, piece by piece.
    ///
    /// # Errors
    /// `io.not_found`, `io.permission`, `io.not_a_file`, `io.symlink_loop`, `io.read`.
    pub fn examine(path: &Path) -> Result<Self> {
        let mut file = open(path)?;
        let mut hasher = Hasher::new();
        let mut buffer = vec![0; BUFFER_BYTES];
        let mut length: u64 = 0;
        loop {
            let count = file.read(&mut buffer).map_err(|source| Error::reading(path, &source))?;
            let Some(read) = buffer.get(..count).filter(|read| !read.is_empty()) else { break };
            hasher.update(read);
            length = length.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        }
        Ok(Self { path: path.to_owned(), hash: hasher.finish(), length })
    }

    /// Refuses a document that is too large to be put into its bundle.
    ///
    /// # Errors
    /// `limit.bundle_size`.
    pub fn check_attachable(&self) -> Result<()> {
        if usize::try_from(self.length).is_ok_and(|length| length <= MAX_ATTACHED_BYTES) {
            return Ok(());
        }
        let what = format!("has {} bytes, and a document in a bundle may have {MAX_ATTACHED_BYTES}", self.length);
        let next = "leave it beside its bundle: --detached";
        Err(Error::new(Code::LimitBundleSize, shown(&self.path), what, next))
    }
}

/// The bytes of a document that is to be put into a bundle.
///
/// # Errors
/// As [`DocumentFile::examine`]; `limit.bundle_size` if it has grown too large.
pub fn read_document(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than allowed, so that a longer file shows.
    let at_most = u64::try_from(MAX_ATTACHED_BYTES).map_or(u64::MAX, |limit| limit.saturating_add(1));
    open(path)?.take(at_most).read_to_end(&mut bytes).map_err(|source| Error::reading(path, &source))?;
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    DocumentFile { path: path.to_owned(), hash: Hash::of(b""), length }.check_attachable()?;
    Ok(bytes)
}

/// The text of a regular file of at most `limit` bytes.
///
/// # Errors
/// As [`DocumentFile::examine`]; `limit.length` for a longer file; `malformed.utf8` if it is no UTF-8.
pub(crate) fn read_text(path: &Path, limit: usize) -> Result<String> {
    let bytes = read_at_most(path, limit)?;
    String::from_utf8(bytes)
        .map_err(|_| Error::new(Code::MalformedUtf8, shown(path), "is not text in UTF-8", "save it as UTF-8"))
}

/// The bytes of a bundle's file.
///
/// # Errors
/// As [`DocumentFile::examine`]; `limit.length` for a file that is too long for a bundle.
pub fn read_bundle(path: &Path) -> Result<Vec<u8>> {
    read_at_most(path, MAX_BUNDLE_BYTES)
}

/// Writes a bundle where there is nothing.
///
/// # Errors
/// `io.exists` if there is anything at the path; `io.*`.
pub fn create_bundle(path: &Path, bytes: &[u8]) -> Result<()> {
    durable::create(path, bytes)
}

/// Writes a bundle in the place of another: a reader sees the old bytes or the new ones.
///
/// # Errors
/// `io.*`.
pub fn replace_bundle(path: &Path, bytes: &[u8]) -> Result<()> {
    durable::replace(path, bytes)
}

/// The bytes of a regular file.
///
/// # Errors
/// `io.not_a_file` for anything else; `limit.length` for a file of more than `limit` bytes; `io.*`.
pub fn read_at_most(path: &Path, limit: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than allowed, so that a longer file shows.
    let at_most = u64::try_from(limit).map_or(u64::MAX, |limit| limit.saturating_add(1));
    open(path)?.take(at_most).read_to_end(&mut bytes).map_err(|source| Error::reading(path, &source))?;
    if bytes.len() > limit {
        let what = format!("has more than {limit} bytes");
        return Err(Error::new(Code::LimitLength, shown(path), what, "name another file"));
    }
    Ok(bytes)
}

/// Opening a FIFO waits for a writer and opening a device can have effects, so it is looked at first; it may have been
/// replaced since, hence no waiting, and the same look at what was opened.
fn open(path: &Path) -> Result<File> {
    let reading = |source| Error::reading(path, &source);
    let check = |metadata: fs::Metadata| {
        if metadata.is_file() {
            return Ok(());
        }
        Err(Error::new(Code::IoNotAFile, shown(path), "is not a regular file", "name the document itself"))
    };
    check(fs::metadata(path).map_err(reading)?)?;
    let file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path).map_err(reading)?;
    check(file.metadata().map_err(reading)?)?;
    Ok(file)
}

const BUFFER_BYTES: usize = 1 << 16;
