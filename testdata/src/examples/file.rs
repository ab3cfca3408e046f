//! The files to be written, by their path in the repository.

use std::collections::BTreeMap;

/// Files by their path in the repository, with `/` between folders.
#[derive(Debug, Default)]
pub struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    /// Adds a file.
    ///
    /// # Panics
    /// If another one has the same path and other bytes.
    pub fn add(&mut self, path: &str, bytes: Vec<u8>) {
        if let Some(before) = self.0.get(path) {
            assert_eq!(*before, bytes, "{path} is written twice");
        }
        self.0.insert(path.to_owned(), bytes);
    }

    /// All of them, by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// Whether there is a file of this path.
    #[must_use]
    pub fn contains(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }
}
