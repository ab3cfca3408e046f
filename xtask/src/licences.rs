//! The licence texts that have to be passed on with `ct`: those of every crate that is linked into it.

use crate::linked::{self, Linked};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// One text with a section for each different licence text and the crates that have it.
pub(crate) fn text(root: &Path, crates: &[Linked]) -> Result<String> {
    let sources = linked::sources(root)?;
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut listed = String::new();
    for linked in crates {
        let name = format!("{} {}", linked.name, linked.version);
        let key = (linked.name.clone(), linked.version.clone());
        let folder = sources.get(&key).with_context(|| format!("cargo metadata does not know {name}"))?;
        let _ = writeln!(listed, "  {name}: {}", linked.license);
        for text in licence_texts(folder)? {
            texts.entry(text).or_default().push(name.clone());
        }
    }
    Ok(join(&listed, &texts))
}

/// The texts by whose names one knows that they are licences, as they stand in a crate's folder.
fn licence_texts(folder: &Path) -> Result<Vec<String>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().to_uppercase()).unwrap_or_default();
        if path.is_file() && NAMES.iter().any(|start| name.starts_with(start)) {
            paths.push(path);
        }
    }
    paths.sort();
    let read = |path| fs::read(path).map(|bytes| normal(&String::from_utf8_lossy(&bytes)));
    paths.iter().map(|path| read(path).with_context(|| format!("cannot read {}", path.display()))).collect()
}

/// The text without what differs between copies of the same licence.
fn normal(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

fn join(listed: &str, texts: &BTreeMap<String, Vec<String>>) -> String {
    let mut page = format!("{HEAD}{listed}");
    // By the first crate that has it: texts would sort by chance.
    let mut sections: Vec<_> = texts.iter().collect();
    sections.sort_by_key(|(_, names)| *names);
    for (text, names) in sections {
        let _ = write!(page, "\n{}\n{}\n\n{text}\n", "=".repeat(72), names.join("\n"));
    }
    page
}

const NAMES: &[&str] = &["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"];

const HEAD: &str = "\
ct is CivicTrust's, under Apache-2.0 or MIT, as you prefer: LICENSE-APACHE,
LICENSE-MIT. It contains the Rust standard library (The Rust Project
contributors; Apache-2.0 or MIT), the musl C library (Copyright 2005-2020
Rich Felker and others; MIT) and these crates, whose licences follow:

";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_of_two_crates_stands_there_once() {
        let folder = std::env::temp_dir().join(format!("civictrust-licences-{}", std::process::id()));
        let write = |name: &str, file: &str, text: &str| {
            fs::create_dir_all(folder.join(name)).unwrap();
            fs::write(folder.join(name).join(file), text).unwrap();
        };
        write("a", "LICENSE-MIT", "\nMIT License\r\n\r\nDo as you like.  \n");
        write("b", "license.txt", "MIT License\n\nDo as you like.");
        write("b", "lib.rs", "no licence");
        let read = |name: &str| licence_texts(&folder.join(name)).unwrap();
        assert_eq!(read("a"), ["MIT License\n\nDo as you like."]);
        assert_eq!(read("a"), read("b"));
        fs::remove_dir_all(folder).unwrap();

        let texts =
            BTreeMap::from([("MIT License\n\nDo as you like.".to_owned(), vec!["a 1".to_owned(), "b 2".to_owned()])]);
        let page = join("  a 1: MIT\n", &texts);
        assert_eq!(page.matches("Do as you like.").count(), 1);
        assert!(page.ends_with("\na 1\nb 2\n\nMIT License\n\nDo as you like.\n"), "{page}");
    }
}
