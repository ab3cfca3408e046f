//! The mark on a data folder that was restored: the file `state/restored`, one line with the generation that was restored.
//!
//! Whoever restores a folder marks it before the node is started. As long as the mark is there, the node that leads opens
//! a new generation and signs nothing new: first the witnesses are asked with the checkpoint that was signed last. A quorum
//! must have cosigned it, and no witness that answers may have seen more, or something else. Then the mark goes. So of two
//! logs that were restored from one backup the second finds that the witnesses have gone on with the first.
//!
//! It goes too where the state says that a later generation is final: then another node of this log has asked.

use crate::durable;
use crate::error::{Error, Result, shown};
use ct_core::Code;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Marks the data folder `dir`, whose state is of this generation; on disk when this returns.
///
/// # Errors
/// `io.*`.
pub fn mark(dir: &Path, generation: u64) -> Result<()> {
    durable::replace(&path(dir), format!("generation {generation}\n").as_bytes())
}

/// The generation of the state that was restored into this data folder; `None` if it was not, or that is settled.
///
/// # Errors
/// `tampered.state` for a mark that cannot be read; `io.*`.
pub fn read(dir: &Path) -> Result<Option<u64>> {
    let path = path(dir);
    let text = match fs::read(&path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(source) if source.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(Error::reading(&path, &source)),
    };
    let generation = text.strip_prefix("generation ").and_then(|rest| rest.strip_suffix('\n'));
    let damaged = || {
        let next = "restore the folder data anew";
        Error::new(Code::TamperedState, shown(&path), "is not the mark of a restored folder as it was written", next)
    };
    generation.and_then(|digits| digits.parse().ok()).map(Some).ok_or_else(damaged)
}

/// Takes the mark away; on disk when this returns.
pub(crate) fn remove(dir: &Path) -> Result<()> {
    let path = path(dir);
    let removed = match fs::remove_file(&path) {
        Err(source) if source.kind() != ErrorKind::NotFound => Err(source),
        _ => path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all()),
    };
    removed.map_err(|source| Error::writing(&path, &source))
}

fn path(dir: &Path) -> PathBuf {
    dir.join("state").join("restored")
}

#[cfg(test)]
mod tests {
    use super::*;

    // R20.5: a mark that cannot be read is not taken for none.
    #[test]
    fn a_mark_is_there_until_it_is_taken_away() {
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        assert_eq!(mark(dir.path(), 1).map_err(|error| error.code()), Err(Code::IoNotFound));
        fs::create_dir(dir.path().join("state")).unwrap();
        assert_eq!(read(dir.path()), Ok(None));
        mark(dir.path(), 7).unwrap();
        assert_eq!(read(dir.path()), Ok(Some(7)));
        for bad in ["", "generation 7", "generation -7\n", "generation 7\n\n", "7\n"] {
            fs::write(path(dir.path()), bad).unwrap();
            assert_eq!(read(dir.path()).map_err(|error| error.code()), Err(Code::TamperedState), "{bad:?}");
        }
        remove(dir.path()).unwrap();
        remove(dir.path()).unwrap();
        assert_eq!(read(dir.path()), Ok(None));
    }
}
