//! A real program on a real disk, ended by SIGKILL.

use super::*;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

const DIR: &str = "CT_TEST_KILLED_NODE";

/// Proposes until it is killed, and prints what was answered. Run by the test below, with a folder.
#[test]
#[ignore = "it is run by another test"]
fn proposes_until_it_is_killed() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    let node = Arc::new(Consensus::start(ConsensusSettings::new(1, Path::new(&dir)), Memory::default()).unwrap());
    let mut output = std::io::stdout();
    run(async {
        for round in 0.. {
            for (number, result) in propose(&node, round * 16..(round + 1) * 16, 16).await {
                result.unwrap();
                writeln!(output, "answered {number}").unwrap();
            }
        }
    });
}

// R10: the gate. The program dies in the middle of its work, three times on one log.
#[test]
fn a_killed_program_has_lost_nothing_that_it_answered() {
    let dir = tempfile::tempdir().unwrap();
    let mut answered = Vec::new();
    for life in 1..=3 {
        let name = "consensus::tests::killing::proposes_until_it_is_killed";
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--ignored", "--nocapture"])
            .env(DIR, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut seen = 0;
        while let Some(Ok(line)) = lines.next() {
            // The first line begins with the name of the test.
            if let Some((_, number)) = line.split_once("answered ") {
                answered.push(number.parse::<u64>().unwrap());
                seen += 1;
            }
            if seen == 200 * life {
                child.kill().unwrap();
            }
        }
        assert!(seen >= 200 * life, "{seen}");
        child.wait().unwrap();
    }
    let machine = Memory::default();
    let node = Consensus::start(ConsensusSettings::new(1, dir.path()), machine.clone()).unwrap();
    let commands = machine.commands();
    // Each life proposed the same numbers again, from 0.
    for number in 0..200 {
        let times = commands.iter().filter(|found| **found == command(number)).count();
        assert_eq!(times, answered.iter().filter(|answered| **answered == number).count(), "{number}");
    }
    assert!(commands.len() >= answered.len());
    node.shutdown().unwrap();
}
