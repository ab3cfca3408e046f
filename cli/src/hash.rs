//! `ct hash`: SHA-256 of files, as sha256sum prints it.

use crate::args::HashArgs;
use crate::documents::{digest, digest_of};
use crate::failure::Failure;
use crate::output;
use ct_core::{Code, Hash};
use std::io;
use std::path::Path;

/// A file that cannot be read is told of and the others go on.
pub(crate) fn run(args: &HashArgs) -> Result<Code, Failure> {
    let mut outcome = Code::Ok;
    for path in &args.files {
        match digest_or_stdin(path) {
            Ok(hash) => output::print(|out| writeln!(out, "{}", line(hash, &path.to_string_lossy())))?,
            Err(failure) => {
                output::complain(&failure);
                outcome = failure.code();
            }
        }
    }
    Ok(outcome)
}

fn digest_or_stdin(path: &Path) -> Result<Hash, Failure> {
    if path.as_os_str() == "-" {
        return digest_of(&mut io::stdin().lock()).map_err(|error| Failure::reading(path, &error));
    }
    digest(path)
}

/// A name with a backslash or a line break is escaped, and a backslash before the line says so.
fn line(hash: Hash, name: &str) -> String {
    let escaped = name.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
    let mark = if escaped == name { "" } else { "\\" };
    format!("{mark}{hash}  {escaped}")
}
