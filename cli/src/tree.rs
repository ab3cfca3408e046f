//! Everything below a folder. Symbolic links are not followed, so nothing outside is reached and nothing is met twice.

use crate::documents::digest_of;
use crate::failure::Failure;
use crate::system;
use crate::text::shown;
use ct_core::{Code, Hash};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// What is below a folder, by paths that begin in it, each list sorted bytewise.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// Regular files.
    pub(crate) files: Vec<PathBuf>,
    /// Links, pipes, devices, sockets.
    pub(crate) others: Vec<PathBuf>,
    /// Folders that could not be listed, and entries that could not be looked at.
    pub(crate) unreadable: Vec<(PathBuf, Failure)>,
}

impl Tree {
    /// Lists a folder; that it can be listed itself is required.
    pub(crate) fn below(root: &Path) -> Result<Self, Failure> {
        if !root.metadata().map_err(|error| Failure::reading(root, &error))?.is_dir() {
            return Err(Failure::new(Code::IoNotAFile, format!("{}: it is no folder; name a folder", shown(root))));
        }
        let mut tree = Self::default();
        let mut folders = Vec::new();
        tree.list(root, Path::new(""), &mut folders)?;
        while let Some(folder) = folders.pop() {
            if let Err(failure) = tree.list(root, &folder, &mut folders) {
                tree.unreadable.push((folder, failure));
            }
        }
        tree.files.sort_by(|a, b| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
        tree.others.sort_by(|a, b| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
        tree.unreadable
            .sort_by(|(a, _), (b, _)| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
        Ok(tree)
    }

    fn list(&mut self, root: &Path, folder: &Path, folders: &mut Vec<PathBuf>) -> Result<(), Failure> {
        let whole = root.join(folder);
        let fail = |error: std::io::Error| Failure::reading(&whole, &error);
        for entry in fs::read_dir(&whole).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let path = folder.join(entry.file_name());
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(path),
                Ok(kind) if kind.is_file() => self.files.push(path),
                Ok(_) => self.others.push(path),
                Err(error) => self.unreadable.push((path, Failure::reading(&entry.path(), &error))),
            }
        }
        Ok(())
    }
}

/// The hash of a file that a tree has listed, read in pieces (R7.2).
pub(crate) fn digest(path: &Path) -> Result<Hash, Failure> {
    digest_of(&mut open(path)?).map_err(|error| Failure::reading(path, &error))
}

/// Opens a regular file that is not reached through a link of its own name.
pub(crate) fn open(path: &Path) -> Result<File, Failure> {
    let fail = |error: std::io::Error| Failure::reading(path, &error);
    let not_a_file = || Failure::new(Code::IoNotAFile, format!("{}: it is a link or no regular file", shown(path)));
    if !path.symlink_metadata().map_err(fail)?.is_file() {
        return Err(not_a_file());
    }
    // It may have been replaced since it was listed.
    let file = system::without_following(File::options().read(true)).open(path).map_err(fail)?;
    if file.metadata().map_err(fail)?.is_file() { Ok(file) } else { Err(not_a_file()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    // R7.5: a file that becomes a link or a pipe after it was listed is not followed, and not waited for.
    #[test]
    fn only_a_regular_file_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("file"), "content").unwrap();
        symlink(path("file"), path("link")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
        assert_eq!(digest(&path("file")).unwrap(), Hash::of(b"content"));
        for (name, code) in [
            ("link", Code::IoNotAFile),
            ("pipe", Code::IoNotAFile),
            ("", Code::IoNotAFile),
            ("absent", Code::IoNotFound),
        ] {
            assert_eq!(digest(&path(name)).map_err(|failure| failure.code()), Err(code), "{name}");
        }
    }
}
