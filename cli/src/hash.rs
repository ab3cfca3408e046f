//! `ct hash`: SHA-256 of files and folders, as sha256sum prints it.

use crate::args::HashArgs;
use crate::documents::{digest, digest_of};
use crate::failure::Failure;
use crate::text::{Shown, shown};
use crate::tree::{self, Tree};
use crate::{manifest, output};
use ct_core::{Code, Hash};
use std::io::{self, IsTerminal};
use std::path::Path;

/// A file that cannot be read is told of and the others go on.
pub(crate) fn run(args: &HashArgs) -> Result<Code, Failure> {
    let mut outcome = Code::Ok;
    for path in &args.files {
        if path.as_os_str() != "-" && path.is_dir() {
            print_folder(path, &mut outcome)?;
        } else {
            print_file(path, digest_or_stdin(path), &mut outcome)?;
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

fn print_folder(folder: &Path, outcome: &mut Code) -> Result<(), Failure> {
    let tree = match Tree::below(folder) {
        Ok(tree) => tree,
        Err(failure) => {
            note(&failure, outcome);
            return Ok(());
        }
    };
    for (_, failure) in &tree.unreadable {
        note(failure, outcome);
    }
    for path in &tree.others {
        output::remark(&format!("{}: it is a link or no regular file, and is left out", shown(&folder.join(path))));
    }
    for path in &tree.files {
        let path = folder.join(path);
        print_file(&path, tree::digest(&path), outcome)?;
    }
    Ok(())
}

fn print_file(path: &Path, hash: Result<Hash, Failure>, outcome: &mut Code) -> Result<(), Failure> {
    let hash = match hash {
        Ok(hash) => hash,
        Err(failure) => {
            note(&failure, outcome);
            return Ok(());
        }
    };
    let line = manifest::line(hash, path.as_os_str());
    output::print_data(|out| {
        // On a terminal a name is looked at; anywhere else it is a name.
        if io::stdout().is_terminal() {
            let line = String::from_utf8_lossy(&line);
            return writeln!(out, "{}", Shown(line.trim_end_matches('\n')));
        }
        out.write_all(&line)
    })
}

fn note(failure: &Failure, outcome: &mut Code) {
    output::complain(failure);
    *outcome = failure.code();
}
