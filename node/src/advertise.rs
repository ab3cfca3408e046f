//! Where a running service is: a file with its URL, there as long as it listens.

use crate::documents::read_text;
use crate::durable;
use crate::error::{Error, Result, shown};
use ct_core::Code;
use std::fs;
use std::path::{Path, PathBuf};

/// A file with a URL; gone when this is dropped.
#[derive(Debug)]
pub struct Advertised {
    path: PathBuf,
    line: String,
}

impl Advertised {
    /// Writes the file, whole or not at all. One from an earlier run is replaced.
    ///
    /// # Errors
    /// `io.*`.
    pub fn write(path: &Path, url: &str) -> Result<Self> {
        let line = format!("{url}\n");
        durable::replace(path, line.as_bytes())?;
        Ok(Self { path: path.to_owned(), line })
    }
}

impl Drop for Advertised {
    fn drop(&mut self) {
        // Only our own: another service may have taken the place. What is left over misleads nobody for long.
        if fs::read_to_string(&self.path).is_ok_and(|found| found == self.line) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The URL in such a file.
///
/// # Errors
/// `io.not_found` if no service has written it yet; `malformed.config` if it is no URL; `io.*`.
pub fn read(path: &Path) -> Result<String> {
    let text = read_text(path, MAX_URL_BYTES)?;
    let url = text.strip_suffix('\n').unwrap_or(&text);
    let is_url = url.starts_with("http://") || url.starts_with("https://");
    if !is_url || url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        let next = "write one line, http://HOST:PORT, or start the service that writes it";
        return Err(Error::new(Code::MalformedConfig, shown(path), "holds no URL", next));
    }
    Ok(url.to_owned())
}

/// The nodes in a log's directory, by the numbers of their folders, each with the URL in its file `api`.
///
/// # Errors
/// `io.not_found` if there is no folder of a node; `io.*`. Of each node: as [`read`].
pub fn nodes(dir: &Path) -> Result<Vec<(u64, Result<String>)>> {
    let failed = |source| Error::reading(dir, &source);
    let mut numbers = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let number =
            name.to_str().and_then(|name| name.strip_prefix("node-")).and_then(|text| text.parse::<u64>().ok());
        numbers.extend(number);
    }
    numbers.sort_unstable();
    if numbers.is_empty() {
        let next = "name the directory that ct-node init --nodes made, or addresses like http://127.0.0.1:8441";
        return Err(Error::new(Code::IoNotFound, shown(dir), "has no folder node-1 or such in it", next));
    }
    let read = |number: u64| {
        let api = dir.join(format!("node-{number}")).join("api");
        let url = read(&api).map_err(|error| match error.code() {
            Code::IoNotFound => {
                let what = "is not there: the node does not run";
                Error::new(Code::IoNotFound, shown(&api), what, "start it: ct-node serve")
            }
            _ => error,
        });
        (number, url)
    };
    Ok(numbers.into_iter().map(read).collect())
}

const MAX_URL_BYTES: usize = 2_048;
