//! Standard output is data, standard error is for people.

use crate::failure::Failure;
use std::io::{self, Write};

/// Writes to standard output through `write`, and flushes.
pub(crate) fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    // Strips colour where standard output is no terminal or NO_COLOR is set.
    let mut stdout = anstream::stdout().lock();
    write(&mut stdout).and_then(|()| stdout.flush()).map_err(|error| Failure::printing(&error))
}

/// Writes to standard output through `write`, every byte as it is, and flushes.
pub(crate) fn print_data(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    write(&mut stdout).and_then(|()| stdout.flush()).map_err(|error| Failure::printing(&error))
}

/// Tells the user of a failure, on standard error.
pub(crate) fn complain(failure: &Failure) {
    // If standard error is closed there is nobody to tell.
    let _ = writeln!(anstream::stderr(), "ct: {failure}");
}

/// Tells the user something that is no failure, on standard error.
pub(crate) fn remark(text: &str) {
    let _ = writeln!(anstream::stderr(), "ct: {text}");
}
