//! A node of its own, on disks and with machines that fail on purpose.

mod asking;
mod cluster;
mod crashing;
mod failing;
mod killing;
mod limits;
mod persisting;
mod rejoining;
mod suite;

use super::*;
use crate::error::{Error, Result};
use crate::wal::{FaultyDisk, WalSettings};
use ct_core::Code;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::task::JoinSet;

/// Everything a [`Memory`] holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct State {
    applied: Option<Vec<u8>>,
    /// Index and command, in the order in which they came.
    commands: Vec<(u64, Vec<u8>)>,
}

/// A machine in memory: what was persisted survives it, and what it fails with can be chosen.
#[derive(Clone, Default)]
struct Memory {
    now: State,
    /// What the next life begins with.
    durable: Arc<Mutex<State>>,
    /// What a test may look at.
    shown: Arc<Mutex<State>>,
    failing: Arc<Mutex<Failing>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Failing {
    #[default]
    Never,
    Apply,
    Panic,
    Persist,
    TooFewAnswers,
}

impl Memory {
    /// The machine after a crash.
    fn reborn(&self) -> Self {
        let now = self.durable.lock().unwrap().clone();
        Self { now: now.clone(), durable: Arc::new(Mutex::new(now)), ..Self::default() }
    }

    fn commands(&self) -> Vec<Vec<u8>> {
        self.shown.lock().unwrap().commands.iter().map(|(_, command)| command.clone()).collect()
    }

    fn fail(&self, failing: Failing) {
        *self.failing.lock().unwrap() = failing;
    }

    fn fails(&self, failing: Failing) -> Result<()> {
        if *self.failing.lock().unwrap() == failing {
            return Err(Error::new(Code::IoWrite, "memory", "fails on purpose", ""));
        }
        Ok(())
    }
}

impl Machine for Memory {
    fn applied(&self) -> Result<Option<Vec<u8>>> {
        Ok(self.now.applied.clone())
    }

    fn apply(&mut self, commands: &[Committed<'_>], applied: &[u8]) -> Result<Vec<Vec<u8>>> {
        if !commands.is_empty() {
            self.fails(Failing::Apply)?;
            assert!(self.fails(Failing::Panic).is_ok(), "panics on purpose");
        }
        let mut answers = Vec::new();
        for Committed { index, command, .. } in commands {
            let before = self.now.commands.last().map(|(index, _)| *index);
            assert!(before < Some(*index), "{index} after {before:?}");
            self.now.commands.push((*index, command.to_vec()));
            answers.push(self.now.commands.len().to_string().into_bytes());
        }
        self.now.applied = Some(applied.to_vec());
        *self.shown.lock().unwrap() = self.now.clone();
        if self.fails(Failing::TooFewAnswers).is_err() {
            answers.pop();
        }
        Ok(answers)
    }

    fn persist(&mut self) -> Result<()> {
        self.fails(Failing::Persist)?;
        *self.durable.lock().unwrap() = self.now.clone();
        Ok(())
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot>> {
        Ok(Box::new(self.now.clone()))
    }

    fn install(&mut self, snapshot: &mut dyn Read, applied: &[u8]) -> Result<()> {
        let commands = serde_json::from_reader(snapshot).unwrap();
        self.now = State { applied: Some(applied.to_vec()), commands };
        *self.shown.lock().unwrap() = self.now.clone();
        self.persist()
    }
}

impl Snapshot for State {
    fn write_to(&self, out: &mut dyn Write) -> Result<()> {
        serde_json::to_writer(out, &self.commands).unwrap();
        Ok(())
    }
}

fn settings() -> ConsensusSettings {
    let wal = WalSettings { segment_bytes: 4_096, ..WalSettings::default() };
    ConsensusSettings { wal, persist_after_entries: u64::MAX, ..ConsensusSettings::new(1, Path::new("wal")) }
}

fn start(disk: &FaultyDisk, settings: ConsensusSettings, machine: &Memory) -> Result<Consensus> {
    Consensus::start_on(Box::new(disk.clone()), settings, Box::new(machine.clone()), None)
}

fn command(number: u64) -> Vec<u8> {
    format!("command {number}").into_bytes()
}

/// Runs it on a runtime that is not the node's.
fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Proposes commands, so many at a time; the result of each.
async fn propose(node: &Arc<Consensus>, numbers: std::ops::Range<u64>, at_once: usize) -> Vec<(u64, Result<Vec<u8>>)> {
    let mut results = Vec::new();
    let mut flying = JoinSet::new();
    for number in numbers {
        if flying.len() >= at_once {
            results.extend(flying.join_next().await.map(std::result::Result::unwrap));
        }
        let node = Arc::clone(node);
        flying.spawn(async move { (number, node.propose(command(number)).await) });
    }
    results.extend(flying.join_all().await);
    results.sort_by_key(|(number, _)| *number);
    results
}

fn end(node: Arc<Consensus>) -> Result<()> {
    Arc::into_inner(node).unwrap().shutdown()
}

fn code<T>(result: &Result<T>) -> Option<Code> {
    result.as_ref().err().map(Error::code)
}
