//! The evidence log: a file to which records are appended, chained by their hashes, by several processes at once.
//!
//! [`Journal`] appends, [`Reader`] reads and checks. The bytes are specified in `specs/evidence-log.md`.
//!
//! What the chain shows: a record before the last one that was altered, removed, inserted or moved, unless all after it
//! were written anew. There is no secret in it, so whoever can write the file can do that, cut records off its end, or
//! alter the last one. Against that, keep the hash that [`Journal::append`] returns somewhere else, and compare it with
//! the records that are there later.
//!
//! Out of scope: what the records mean, who may read them, clocks (the time of a record is an argument), and rotation.
//!
//! ```
//! use ct_core::Timestamp;
//! use ct_journal::{Draft, Journal, Reader, RecordType};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = &folder.path().join("desk.log");
//! let time = Timestamp::parse("2026-11-20T08:00:00Z")?;
//! let body = serde_json::Map::from_iter([("text".to_owned(), "inspected".into())]);
//! let written = Journal::open(path)?.append(&[Draft::new(time, RecordType::parse("note")?, body)?])?;
//! let read = Reader::open(path)?.collect::<Result<Vec<_>, _>>()?;
//! assert_eq!(read.last().map(ct_journal::Record::hash), written.last().map(|record| record.hash));
//! # Ok(())
//! # }
//! ```

mod canonical;
mod error;
mod journal;
mod lock;
mod reader;
mod record;
mod record_type;
mod regular_file;
mod source_path;
mod tail;
mod torn;

pub use canonical::canonical;
pub use error::{Error, Place};
pub use journal::{Appended, Journal};
pub use lock::Patience;
pub use reader::Reader;
pub use record::{Draft, Record};
pub use record_type::RecordType;
pub use source_path::normalised;
