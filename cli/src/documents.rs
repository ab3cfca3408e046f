//! The documents that stand beside bundles, found by their hash.

use crate::failure::Failure;
use crate::text::shown;
use crate::{file, inputs};
use ct_core::{Bundle, Code, Document, Hash, Hasher};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// What `--document` and `--hash-only` say.
pub(crate) struct Documents {
    known: BTreeMap<Hash, Known>,
    /// One file for one bundle: the two are compared whatever their hashes, so that a wrong document is told as such.
    the_one: Option<Hash>,
    hash_only: bool,
}

/// A document that was given.
struct Known {
    path: PathBuf,
    named: Named,
    /// Whether a bundle of this run is about it.
    matched: AtomicBool,
}

/// How a document was given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    /// By its own path: somebody expects it to count.
    Itself,
    /// By the folder it is in.
    ByFolder,
}

impl Documents {
    /// Hashes every document; a folder stands for its files. What cannot be read is given beside: it takes no bundle its
    /// verdict.
    pub(crate) fn gather(
        paths: &[PathBuf],
        hash_only: bool,
        single_bundle: SingleBundle,
    ) -> Result<(Self, Vec<Failure>), Failure> {
        let mut documents = Self { known: BTreeMap::new(), the_one: None, hash_only };
        let mut unread = Vec::new();
        for path in paths {
            if path.is_dir() {
                let files = inputs::listed(path)?;
                for file in files.iter().filter(|file| file.is_file()) {
                    match digest(file) {
                        Ok(hash) => documents.add(hash, file, Named::ByFolder),
                        Err(failure) => unread.push(failure),
                    }
                }
                if files.is_empty() {
                    let what = format!("{}: there is no document in this folder", shown(path));
                    return Err(Failure::new(Code::UsageArguments, what));
                }
            } else {
                let hash = digest(path)?;
                documents.add(hash, path, Named::Itself);
                if paths.len() == 1 && matches!(single_bundle, SingleBundle::Yes) {
                    documents.the_one = Some(hash);
                }
            }
        }
        Ok((documents, unread))
    }

    fn add(&mut self, hash: Hash, path: &Path, named: Named) {
        let known = Known { path: path.to_owned(), named, matched: AtomicBool::new(false) };
        match self.known.get_mut(&hash) {
            Some(same) if same.named == Named::Itself => {}
            _ => drop(self.known.insert(hash, known)),
        }
    }

    /// What is known of the document that this bundle is about.
    pub(crate) fn of(&self, bundle: &[u8]) -> Document {
        if self.hash_only {
            return Document::HashOnly;
        }
        if self.known.is_empty() {
            return Document::InBundle;
        }
        let wanted = Bundle::parse(bundle).ok().and_then(|bundle| bundle.document_hash);
        let found = wanted.filter(|hash| self.mark(*hash));
        self.the_one.or(found).map_or(Document::InBundle, Document::Digest)
    }

    /// A bundle is about the document with this hash; says whether that was given.
    pub(crate) fn mark(&self, hash: Hash) -> bool {
        let known = self.known.get(&hash);
        known.inspect(|known| known.matched.store(true, Ordering::Relaxed)).is_some()
    }

    /// The documents that were named themselves and that no bundle is about: whoever named one expects it to count.
    pub(crate) fn unmatched(&self) -> Vec<&Path> {
        let left = self.known.values().filter(|known| known.named == Named::Itself);
        // Of the one document for the one bundle the verdict says it.
        let left = left.filter(|known| self.the_one.is_none() && !known.matched.load(Ordering::Relaxed));
        left.map(|known| known.path.as_path()).collect()
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
