//! The write-ahead log of a node: one sequence of checked records in preallocated segments of a directory.
//!
//! What a caller may rely on:
//!
//! - A record is on disk before its callback says so, and records are on disk in the order in which they were given.
//! - [`recover`] gives back every record that was acknowledged, or says that some are damaged or missing
//!   ([`Damage::Corrupt`]); it never passes over a gap, and never deletes what it cannot read.
//! - After a failed write or flush nothing is acknowledged any more (`io.log_poisoned`): what a disk holds after it has
//!   refused a flush is not known.
//!
//! The bytes are specified in `specs/wal.md`. Out of scope: what the entries mean, and who may vote.

mod contents;
mod damage;
mod disk;
#[cfg(test)]
mod faulty_disk;
mod frame;
mod log;
mod lsn;
mod queue;
mod record;
mod recovery;
mod segment;
mod status;
#[cfg(test)]
mod tests;
mod watermark;
mod writer;

pub use contents::{Contents, StoredEntry};
pub use damage::{Damage, Flaw};
pub use disk::{Disk, LocalDisk};
#[cfg(test)]
pub(crate) use faulty_disk::{Fault, FaultyDisk};
pub use frame::Frame;
pub use log::{SyncPolicy, Wal, WalSettings};
pub use lsn::Lsn;
pub use record::{Position, Record, Standing, Vote};
pub use recovery::{Recovered, recover};
pub use status::WalStatus;
