//! What consensus keeps in step.

use crate::error::Result;
use std::io::{Read, Write};

/// A state that changes only by committed commands: the same ones in the same order give the same state everywhere.
///
/// So it must not look at a clock, at anything random, or at how commands are grouped. A command that it refuses is one
/// that it answers with a refusal; an error stops the node.
pub trait Machine: Send + 'static {
    /// What consensus stored with the last apply; `None` at first.
    ///
    /// # Errors
    /// The node does not start, or stops.
    fn applied(&self) -> Result<Option<Vec<u8>>>;

    /// Applies committed commands in order, all in one transaction together with `applied`; one answer for each. There
    /// may be no commands, and `applied` changes even so.
    ///
    /// What is applied need not be durable before [`Self::persist`]: after a crash, consensus applies again what came
    /// after the `applied` that is found then.
    ///
    /// # Errors
    /// The node stops. Nothing of the transaction may be visible then, or later.
    fn apply(&mut self, commands: &[Committed<'_>], applied: &[u8]) -> Result<Vec<Vec<u8>>>;

    /// Makes durable and verifies (reads back) all that was applied; afterwards the log before it may go (R10.5).
    ///
    /// # Errors
    /// The node stops, and nothing is removed.
    fn persist(&mut self) -> Result<()>;

    /// The whole state of now, for a node that lags so far behind that the log no longer has what it lacks. Taking it
    /// is quick; what is applied afterwards does not change it.
    ///
    /// # Errors
    /// The node stops.
    fn snapshot(&self) -> Result<Box<dyn Snapshot>>;

    /// Replaces the whole state by that of another node, durably, together with `applied`.
    ///
    /// # Errors
    /// The node stops, with the state it had (R9.4).
    fn install(&mut self, snapshot: &mut dyn Read, applied: &[u8]) -> Result<()>;
}

/// A state of one moment, to be written out.
pub trait Snapshot: Send + 'static {
    /// Writes it in pieces, whatever its size.
    ///
    /// # Errors
    /// Those of reading the state, and of `out`.
    fn write_to(&self, out: &mut dyn Write) -> Result<()>;
}

/// A command that a majority has on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed<'a> {
    /// Its place in the log. Places ascend, with gaps where consensus keeps records of its own.
    pub index: u64,
    /// The term of the leader that proposed it.
    pub term: u64,
    /// The command.
    pub command: &'a [u8],
}
