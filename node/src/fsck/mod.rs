//! An audit of a whole log: reads every file of it, computes every hash again, and says what does not fit (R7.5, R13.5).
//!
//! The log is a folder or a web site, of ours or of anybody who keeps to C2SP tlog-tiles. Memory does not grow with its
//! size: what is kept is the right edge of one tree, of two while entries and hashes contradict each other.
//!
//! Entries and hash tiles hold the same tree twice. Where they differ, the hash above both decides which of the two was
//! altered, and the signed root decides in the end; so a report names the file that is wrong and not the one beside it.

mod audit;
mod report;
mod seal;
mod source;
mod trees;

pub use audit::{Audit, Progress};
pub use report::{Finding, Report};
pub use seal::{Judges, Seal};
pub use source::{Folder, Retry, Site, Source};
