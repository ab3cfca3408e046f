//! The documents that stand beside bundles, found by their hash.

use crate::failure::Failure;
use crate::{file, inputs};
use ct_core::{Bundle, Document, Hash, Hasher};
use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What `--document` and `--hash-only` say.
pub(crate) struct Documents {
    digests: BTreeSet<Hash>,
    /// One file for one bundle: the two are compared whatever their hashes, so that a wrong document is told as such.
    the_one: Option<Hash>,
    hash_only: bool,
}

impl Documents {
    /// Hashes every document; a folder stands for its files.
    pub(crate) fn gather(paths: &[PathBuf], hash_only: bool, single_bundle: SingleBundle) -> Result<Self, Failure> {
        let mut digests = BTreeSet::new();
        let mut the_one = None;
        for path in paths {
            if path.is_dir() {
                for document in inputs::listed(path)?.iter().filter(|file| file.is_file()) {
                    digests.insert(digest(document)?);
                }
            } else {
                let digest = digest(path)?;
                digests.insert(digest);
                if paths.len() == 1 && matches!(single_bundle, SingleBundle::Yes) {
                    the_one = Some(digest);
                }
            }
        }
        Ok(Self { digests, the_one, hash_only })
    }

    /// What is known of the document that this bundle is about.
    pub(crate) fn of(&self, bundle: &[u8]) -> Document {
        if self.hash_only {
            return Document::HashOnly;
        }
        if self.digests.is_empty() {
            return Document::InBundle;
        }
        let wanted = || Bundle::parse(bundle).ok().and_then(|bundle| bundle.document_hash);
        let found = self.the_one.or_else(|| wanted().filter(|hash| self.digests.contains(hash)));
        found.map_or(Document::InBundle, Document::Digest)
    }
}

/// Whether the command is about one bundle, named as a file.
#[derive(Clone, Copy)]
pub(crate) enum SingleBundle {
    Yes,
    No,
}

/// The hash of a file, read in pieces (R7.2).
pub(crate) fn digest(path: &Path) -> Result<Hash, Failure> {
    let (mut file, _) = file::open(path)?;
    digest_of(&mut file).map_err(|error| Failure::reading(path, &error))
}

/// The hash of everything that `reader` gives.
pub(crate) fn digest_of(reader: &mut impl Read) -> io::Result<Hash> {
    let mut hasher = Hasher::new();
    let mut piece = vec![0; PIECE];
    loop {
        match reader.read(&mut piece) {
            Ok(0) => return Ok(hasher.finish()),
            Ok(length) => hasher.update(piece.get(..length).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

const PIECE: usize = 1 << 17;
