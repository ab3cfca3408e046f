//! Where the files of a log come from.

use crate::documents::read_at_most;
use crate::entropy::Entropy;
use crate::error::{Error, Result, shown};
use crate::http::{HttpClient, NoReply, Patience};
use crate::tile::Tile;
use ct_core::Code;
use std::cell::RefCell;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// The files of a log, by their paths below its own.
pub trait Source {
    /// The bytes of a file; none if there is no such file.
    ///
    /// # Errors
    /// `limit.length` for a file of more than `limit` bytes; `io.*`.
    fn read(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>>;

    /// The widths of the partial tiles that stand beside this tile, narrower ones too, where that can be known.
    ///
    /// # Errors
    /// `io.*`
    fn widths(&self, tile: Tile) -> Result<Vec<u16>>;
}

/// A log in a folder.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The published folder, or the registry or node that it is in.
    #[must_use]
    pub fn new(dir: &Path) -> Self {
        let inner = dir.join("log");
        let published = |dir: &Path| dir.join("checkpoint").exists();
        Self(if !published(dir) && published(&inner) { inner } else { dir.to_owned() })
    }
}

impl Source for Folder {
    fn read(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>> {
        match read_at_most(&self.0.join(path), limit) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.code() == Code::IoNotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn widths(&self, tile: Tile) -> Result<Vec<u16>> {
        let folder = self.0.join(format!("{}.p", tile.filled()));
        let listed = match fs::read_dir(&folder) {
            Ok(listed) => listed,
            Err(source) if source.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(Error::reading(&folder, &source)),
        };
        let mut widths = Vec::new();
        for entry in listed {
            let name = entry.map_err(|source| Error::reading(&folder, &source))?.file_name();
            let parsed = name.to_str().and_then(|name| Tile::parse(&format!("{}.p/{name}", tile.filled())).ok());
            widths.extend(parsed.map(Tile::width));
        }
        widths.sort_unstable();
        Ok(widths)
    }
}

/// A log on a web site.
pub struct Site {
    url: String,
    client: HttpClient,
    retry: Retry,
    entropy: RefCell<Entropy>,
}

/// How a request is repeated that did not get through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Tries in all.
    pub tries: u32,
    /// The pause before the second one. Each further pause is twice as long, and all are longer by a random part.
    pub pause: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self { tries: 5, pause: Duration::from_millis(200) }
    }
}

impl Site {
    /// The log whose checkpoint is at this URL and `/checkpoint`.
    #[must_use]
    pub fn new(url: &str, patience: Patience, retry: Retry, entropy: Entropy) -> Self {
        let url = url.trim_end_matches('/').to_owned();
        Self { url, client: HttpClient::new(patience), retry, entropy: RefCell::new(entropy) }
    }

    /// Between one and two times the pause, so that many clients do not come back at once.
    fn pause(&self, tried: u32) -> Duration {
        let pause = self.retry.pause.saturating_mul(2_u32.saturating_pow(tried));
        let [jitter] = self.entropy.borrow_mut().bytes::<1>();
        pause.saturating_add(pause.saturating_mul(u32::from(jitter)) / 256)
    }
}

impl Source for Site {
    fn read(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>> {
        let url = format!("{}/{path}", self.url);
        let mut tried = 0;
        loop {
            let reply = match self.client.get(&url, limit) {
                // What is no answer now will be none the next time.
                Err(NoReply::Protocol(error)) => return Err(error),
                Err(NoReply::Unreached(error) | NoReply::Transport(error)) => {
                    tried += 1;
                    if tried >= self.retry.tries {
                        return Err(error);
                    }
                    thread::sleep(self.pause(tried - 1));
                    continue;
                }
                Ok(reply) => reply,
            };
            return match reply.status {
                200 => Ok(Some(reply.body)),
                404 | 410 => Ok(None),
                status => {
                    let what = format!("is refused with status {status}");
                    Err(Error::new(Code::IoNetwork, url, what, "check that this is a log's address"))
                }
            };
        }
    }

    /// A web site does not list its files.
    fn widths(&self, _tile: Tile) -> Result<Vec<u16>> {
        Ok(Vec::new())
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site").field("url", &self.url).finish_non_exhaustive()
    }
}

/// For messages about a whole folder.
impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(&self.0))
    }
}
