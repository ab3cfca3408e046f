//! Colour is for terminals, and a reader who has read enough is no failure.

use crate::desk::{AT, Said, bundles, said};
use crate::terminal::Terminal;
use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const ESCAPE: char = '\u{1b}';

/// Without what the terminal of the caller asks for, or a CI machine, where `CI` outweighs `TERM=dumb`.
fn uncoloured(command: &mut Command) -> &mut Command {
    for asked in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
        command.env_remove(asked);
    }
    command.env("TERM", "xterm-256color")
}

fn plain(program: &str) -> Command {
    let mut command = Command::new(program);
    uncoloured(&mut command);
    command
}

/// `ct trust show` of the example trust root, which warns in red; on a terminal.
fn shown_on_a_terminal(environment: &[(&str, &str)]) -> String {
    let terminal = Terminal::start(env!("CARGO_BIN_EXE_ct"), |command| {
        uncoloured(command).args(["trust", "show"]).arg(bundles().join("trust.cbor")).envs(environment.iter().copied())
    });
    terminal.end()
}

fn shown_in_a_pipe(environment: &[(&str, &str)]) -> Said {
    let mut command = plain(env!("CARGO_BIN_EXE_ct"));
    command.args(["trust", "show"]).arg(bundles().join("trust.cbor")).envs(environment.iter().copied());
    said(command.output().unwrap())
}

#[test]
fn a_terminal_gets_colour_unless_it_is_declined() {
    let coloured = shown_on_a_terminal(&[]);
    assert!(coloured.contains("\u{1b}[1m") && coloured.contains("\u{1b}[0m"), "{coloured:?}");
    for declined in [("NO_COLOR", "1"), ("TERM", "dumb"), ("CLICOLOR", "0")] {
        let shown = shown_on_a_terminal(&[declined]);
        assert!(!shown.contains(ESCAPE), "{declined:?}: {shown:?}");
        // The words are the same, but for the line ends of a terminal.
        assert_eq!(shown.replace("\r\n", "\n"), shown_in_a_pipe(&[]).out, "{declined:?}");
    }
}

#[test]
fn a_pipe_gets_colour_only_if_it_is_forced() {
    assert!(!shown_in_a_pipe(&[]).out.contains(ESCAPE));
    assert!(shown_in_a_pipe(&[("CLICOLOR_FORCE", "1")]).out.contains(ESCAPE));
}

/// One command line of each command that can print more than its reader wants.
fn printing_much() -> Vec<Vec<PathBuf>> {
    let paths = |words: &[&str], more: &[&str]| {
        let words = words.iter().map(PathBuf::from);
        words.chain(more.iter().map(|path| bundles().join(path))).collect::<Vec<_>>()
    };
    let folders = ["trust.cbor", "valid", "refused"];
    vec![
        paths(&["--help"], &[]),
        paths(&["--version"], &[]),
        paths(&["help", "trust", "build"], &[]),
        paths(&["explain"], &[]),
        paths(&["completions", "zsh"], &[]),
        paths(&["verify", "--at", AT, "--trust"], &folders),
        paths(&["verify", "--at", AT, "--jsonl", "--trust"], &folders),
        paths(&["verify", "--at", AT, "--trust"], &["trust.cbor", "valid"]),
        paths(&["verify", "--at", AT, "--json", "--trust"], &["trust.cbor", "refused/document-altered.cbor"]),
        paths(&["inspect"], &["valid/diploma.cbor"]),
        paths(&["trust", "show"], &["trust.cbor"]),
        paths(&["trust", "diff"], &["trust.cbor", "trust.cbor"]),
        paths(&["hash"], &["valid/diploma.cbor", "trust.cbor", "trust.toml"]),
    ]
}

// R1.1: the exit status does not depend on who reads, and stderr has no word more.
#[test]
fn nobody_hears_of_a_closed_pipe() {
    for words in printing_much() {
        let with_reader = said(plain(env!("CARGO_BIN_EXE_ct")).args(&words).output().unwrap());
        assert!(!with_reader.out.is_empty(), "{words:?}");
        // Closed before the first byte, so that every write fails.
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let child = plain(env!("CARGO_BIN_EXE_ct")).args(&words).stdout(writer).stderr(Stdio::piped()).spawn();
        let without = said(child.unwrap().wait_with_output().unwrap());
        assert_eq!(without.status, with_reader.status, "{words:?}");
        assert!(without.err.is_empty() || without.err == with_reader.err, "{words:?}: {}", without.err);
    }
}

#[test]
fn a_full_disk_is_told_of() {
    for words in printing_much() {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let child = plain(env!("CARGO_BIN_EXE_ct")).args(&words).stdout(full).stderr(Stdio::piped()).spawn();
        let said = said(child.unwrap().wait_with_output().unwrap());
        assert_eq!(said.status, 5, "{words:?}");
        assert!(said.err.contains("ct: io.write: standard output: "), "{words:?}: {}", said.err);
    }
}
