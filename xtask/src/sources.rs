//! Rules for source files that no lint knows, checked over every `.rs` file of the repository.

use std::fs;
use std::path::{Path, PathBuf};

/// One broken rule in one file.
type Finding = String;

#[test]
fn every_source_file_keeps_the_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    collect(root, &mut files);
    let mut findings = Vec::new();
    for file in &files {
        let path = file.strip_prefix(root).unwrap();
        let text = fs::read(file).unwrap();
        findings.extend(check(path, &String::from_utf8_lossy(&text)));
    }
    assert!(files.iter().any(|file| file.ends_with("core/src/lib.rs")), "the walk missed core");
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}

/// Every `.rs` file below `folder`. Hidden folders and those that tools mark as caches are left out.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        let is_hidden = entry.file_name().unwrap().to_string_lossy().starts_with('.');
        if is_hidden || entry.is_symlink() {
            continue;
        }
        if entry.is_dir() {
            if !entry.join("CACHEDIR.TAG").exists() && !entry.ends_with("node_modules") {
                collect(&entry, files);
            }
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            files.push(entry);
        }
    }
}

fn check(path: &Path, text: &str) -> Vec<Finding> {
    let shown = path.display();
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if !line.is_ascii() {
            findings.push(format!("{shown}:{number}: not ASCII; write \\u{{...}} in a test about Unicode"));
        }
        if is_offline(path) && NETWORK_PATHS.iter().any(|name| line.contains(name)) {
            findings.push(format!("{shown}:{number}: this package has no network code"));
        }
    }
    if let Some(name) = vague_name(path) {
        findings.push(format!("{shown}: `{name}` says nothing; name the concept"));
    }
    let lines = code_lines(text);
    if !is_test(path) && lines > MAX_CODE_LINES {
        findings.push(format!("{shown}: {lines} lines before its tests, at most {MAX_CODE_LINES}; split by concept"));
    }
    findings
}

/// A name for whatever does not fit elsewhere, of the file or of a folder it is in.
fn vague_name(path: &Path) -> Option<&'static str> {
    let names = path.iter().filter_map(|part| Path::new(part).file_stem()?.to_str());
    names.filter_map(|name| VAGUE_NAMES.iter().find(|vague| **vague == name).copied()).next()
}

fn is_test(path: &Path) -> bool {
    path.iter().any(|part| part == "tests" || part == "benches" || part == "tests.rs")
}

fn is_offline(path: &Path) -> bool {
    OFFLINE_SOURCES.iter().any(|folder| path.starts_with(folder))
}

/// How many lines come before the test module at the end.
fn code_lines(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let tests =
        lines.windows(2).position(|pair| matches!(pair, ["#[cfg(test)]", next] if next.starts_with("mod tests")));
    tests.unwrap_or(lines.len())
}

const MAX_CODE_LINES: usize = 600;

const VAGUE_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "common", "types", "misc", "manager"];

const OFFLINE_SOURCES: &[&str] = &["core/src", "cli/src", "wasm/src", "keys/src", "journal/src"];

const NETWORK_PATHS: &[&str] = &["std::net", "core::net", "os::unix::net", "UnixStream", "TcpStream", "UdpSocket"];

mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> usize {
        check(Path::new(path), text).len()
    }

    #[test]
    fn a_plain_file_breaks_no_rule() {
        assert_eq!(findings("core/src/note.rs", "//! Notes.\n"), 0);
    }

    #[test]
    fn text_other_than_ascii_is_found_with_its_line() {
        let found = check(Path::new("core/src/note.rs"), "//! Notes.\n// \u{2192}\n");
        assert!(found.len() == 1 && found[0].starts_with("core/src/note.rs:2: not ASCII"), "{found:?}");
    }

    #[test]
    fn vague_names_are_found_in_files_and_folders() {
        for path in ["core/src/utils.rs", "node/src/common/mod.rs", "cli/tests/helpers.rs", "node/src/manager.rs"] {
            assert_eq!(findings(path, ""), 1, "{path}");
        }
        assert_eq!(findings("cli/tests/support/mod.rs", ""), 0);
        assert_eq!(findings("core/src/prototypes.rs", ""), 0);
    }

    #[test]
    fn length_is_counted_up_to_the_tests() {
        let longest = "x\n".repeat(MAX_CODE_LINES);
        let with_tests = format!("{longest}#[cfg(test)]\nmod tests {{\n{longest}}}\n");
        let too_long = format!("{longest}x\n");
        assert_eq!(findings("core/src/note.rs", &longest), 0);
        assert_eq!(findings("core/src/note.rs", &with_tests), 0);
        assert_eq!(findings("core/src/note.rs", &too_long), 1);
        assert_eq!(findings("core/tests/note.rs", &too_long), 0);
    }

    #[test]
    fn the_standard_librarys_network_is_found_where_none_may_be() {
        let text = "use std::net::TcpStream;\n";
        assert_eq!(findings("cli/src/verify.rs", text), 1);
        assert_eq!(findings("node/src/serve.rs", text), 0);
        assert_eq!(findings("cli/tests/air_gap.rs", text), 0);
    }
}
