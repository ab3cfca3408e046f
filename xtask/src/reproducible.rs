//! Whether anybody who has the sources gets the same bytes: the folder of [`crate::dist`] and the page are made here, and
//! again from a copy of the sources in another place, into an empty target folder, with cargo's own folder reached by another path.

use crate::dist;
use crate::npm;
use crate::place::{self, Place};
use crate::process::{output, program};
use crate::step::Run;
use crate::tools;
use crate::{static_ct, wasm_module, web};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::Path;

/// Builds twice and compares every byte.
pub(crate) fn run(run: &mut Run) -> Result<()> {
    if let Some(obstacle) = static_ct::obstacle(&run.root) {
        return run.skips.record(&format!("nothing was built twice: {obstacle}"));
    }
    let scratch = tools::target_folder(&run.root).join("reproducible");
    clear(&scratch)?;
    let home = scratch.join("home");
    fs::create_dir_all(&scratch).with_context(|| format!("cannot create {}", scratch.display()))?;
    symlink(place::cargo_home()?, &home).context("cannot link to cargo's folder")?;
    let elsewhere =
        Place { root: scratch.join("of another name"), target_folder: scratch.join("t"), cargo_home: Some(home) };
    // Before the first build: the sources may be edited meanwhile.
    copy_tracked(&run.root, &elsewhere.root)?;
    let first = everything(&Place::usual(&run.root))?;
    let second = everything(&elsewhere)?;
    clear(&scratch)?;
    let differences = differences(&first, &second);
    if !differences.is_empty() {
        bail!("a build elsewhere differs:\n{}", differences.join("\n"));
    }
    println!("{} files are the same, byte for byte", first.len());
    Ok(())
}

/// What is given away: the folder of `dist`, the page, and the npm package.
fn everything(place: &Place) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = dist::files(&dist::assemble(place)?)?;
    let module = wasm_module::build(place)?;
    files.insert("verify.html".to_owned(), web::page(place, &module, None)?.into_bytes());
    files.insert(npm::TARBALL.to_owned(), npm::tarball(&place.root, &module)?);
    Ok(files)
}

/// The files that git tracks, as they stand in the folder now.
fn copy_tracked(root: &Path, to: &Path) -> Result<()> {
    let listed = output(program(root, "git").args(["ls-files", "-z"]))?;
    for name in listed.split_terminator('\0') {
        let target = to.join(name);
        let copied =
            fs::create_dir_all(target.parent().unwrap_or(to)).and_then(|()| fs::copy(root.join(name), &target));
        match copied {
            // Tracked, and removed since.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("cannot copy {name}")),
            Ok(_) => {}
        }
    }
    Ok(())
}

/// One line for each file that only one side has, or that differs, with the first place where it does.
fn differences(first: &BTreeMap<String, Vec<u8>>, second: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let mut found = Vec::new();
    for (name, bytes) in first {
        match second.get(name) {
            None => found.push(format!("{name}: only in the first")),
            Some(other) if other != bytes => {
                let same = bytes.iter().zip(other).take_while(|(a, b)| a == b).count();
                found.push(format!("{name}: {} and {} bytes, the first {same} the same", bytes.len(), other.len()));
            }
            Some(_) => {}
        }
    }
    found.extend(
        second.keys().filter(|name| !first.contains_key(*name)).map(|name| format!("{name}: only in the second")),
    );
    found
}

fn clear(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_difference_is_named() {
        let files = |list: &[(&str, &str)]| -> BTreeMap<String, Vec<u8>> {
            list.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
        };
        let first = files(&[("a", "same"), ("b", "12345"), ("c", "x")]);
        assert!(differences(&first, &first).is_empty());
        let second = files(&[("a", "same"), ("b", "1239"), ("d", "x")]);
        assert_eq!(
            differences(&first, &second),
            ["b: 5 and 4 bytes, the first 3 the same", "c: only in the first", "d: only in the second"]
        );
    }
}
