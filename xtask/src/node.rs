//! The page's own scripts in Node, for tests of what the page unpacks.

use crate::skips;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// The numbers that `script` gives to its function `write`, after the scripts of the page that it names; nothing without
/// a Node, and then a skip is recorded.
pub(crate) fn say(names: &[&str], script: &str) -> Option<Vec<u16>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wasm/page");
    let mut program: Vec<String> =
        names.iter().map(|name| std::fs::read_to_string(folder.join(name)).unwrap()).collect();
    program.push("const write = (numbers) => console.log(numbers.join(\" \"));\n".to_owned());
    program.push(script.to_owned());
    let node = Command::new("node").arg("-").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut node = match node {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            skip("what the page unpacks: node is not installed");
            return None;
        }
        node => node.unwrap(),
    };
    let mut stdin = node.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(program.concat().as_bytes()));
    let output = node.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.split_whitespace().map(|number| number.parse().unwrap()).collect())
}

fn skip(reason: &str) {
    let line = format!("SKIPPED: {reason}\n");
    eprint!("{line}");
    if let Some(path) = std::env::var_os(skips::VARIABLE) {
        OpenOptions::new().append(true).create(true).open(path).unwrap().write_all(line.as_bytes()).unwrap();
    }
}
