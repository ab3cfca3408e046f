//! Writes `bundles/`, `testdata/cases/`, `testdata/trust/` and the worked examples in `specs/`: the same bytes every time.

#![expect(clippy::print_stdout, reason = "a tool for developers talks to its terminal")]

use ct_testdata::{examples, repository};
use std::path::PathBuf;
use std::{fs, io};

fn main() -> io::Result<()> {
    let root = repository();
    let files = examples::files(|path| fs::read_to_string(root.join(path)).unwrap_or_default());
    for folder in examples::FOLDERS {
        for path in below(&root.join(folder))? {
            let name = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            if !files.contains(&name) {
                println!("removed {name}");
                fs::remove_file(&path)?;
            }
        }
    }
    for (name, bytes) in files.iter() {
        let path = root.join(name);
        if fs::read(&path).ok().as_deref() == Some(bytes) {
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, bytes)?;
        println!("wrote {name}");
    }
    Ok(())
}

/// Every file below `folder`, which may be missing.
fn below(folder: &PathBuf) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    if !folder.exists() {
        return Ok(files);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(below(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}
