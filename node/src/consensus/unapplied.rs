//! What a node that does not run has in its log and not in its state.

use super::entries::Applied;
use super::protocol::position;
use crate::error::Result;
use crate::wal::{LocalDisk, recover};
use std::path::Path;

/// Whether the log in this folder has entries that a state with this `applied` has not taken in: the node was killed, or
/// they were never committed. A torn end is cut off, as at a start.
///
/// # Errors
/// `io.*` if the folder cannot be read; `malformed.field` for an `applied` of another program.
pub fn is_unapplied(dir: &Path, applied: Option<&[u8]>) -> Result<bool> {
    let applied = applied.map_or_else(|| Ok(Applied::default()), Applied::decode)?;
    let recovered = recover(Box::new(LocalDisk::open(dir)?))?;
    let applied = applied.last.as_ref().map(position);
    Ok(recovered.contents().last().map(|last| last.index) > applied.map(|at| at.index))
}
