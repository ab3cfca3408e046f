//! The log on a disk that fails on purpose, and on a real one.

mod crashing;
mod local;
mod recovering;
mod writing;

use super::queue::Job;
use super::writer::Writer;
use super::*;
use crate::error::Result;
use ct_core::Code;
use std::sync::mpsc;

/// Segments of a few records each.
const SMALL: WalSettings = WalSettings { segment_bytes: 1_000, sync: SyncPolicy::Batched, queue_bytes: 1 << 20 };

fn entry(index: u64) -> Record {
    let value = format!("entry {index}").repeat(usize::try_from(index % 5).unwrap() + 1);
    Record::Entry { at: Position { term: 1 + index / 100, index }, value: value.into_bytes().into() }
}

fn vote(term: u64) -> Record {
    Record::Vote(Vote { term, node: 1, standing: Standing::Given })
}

fn committed(index: u64) -> Record {
    Record::Committed(Position { term: 1, index })
}

fn recovered(disk: &FaultyDisk) -> Recovered {
    recover(Box::new(disk.clone())).unwrap()
}

fn writer(disk: &FaultyDisk, settings: WalSettings) -> Writer {
    recovered(disk).into_writer(settings).unwrap().0
}

fn wal(disk: &FaultyDisk, settings: WalSettings) -> Wal {
    recovered(disk).open(settings).unwrap().0
}

/// A job, and whether it was acknowledged.
fn job(records: Vec<Record>) -> (Job, mpsc::Receiver<Result<()>>) {
    let (sender, receiver) = mpsc::channel();
    let done = Box::new(move |result| sender.send(result).unwrap());
    let bytes = records.iter().map(Frame::len_of).sum();
    (Job { records, bytes, done }, receiver)
}

/// Appends, and waits for the answer.
fn append(wal: &Wal, records: Vec<Record>) -> Result<()> {
    let (sender, receiver) = mpsc::channel();
    wal.append(records, move |result| sender.send(result).unwrap())?;
    receiver.recv().unwrap()
}

fn code<T>(result: Result<T>) -> Option<Code> {
    result.err().map(|error| error.code())
}

fn indices(contents: &Contents) -> Vec<u64> {
    contents.entries(0..u64::MAX).map(|entry| entry.at.index).collect()
}

/// A small log of several segments, each record acknowledged: the disk, and the contents after each record.
fn sample() -> (FaultyDisk, Vec<Contents>) {
    let disk = FaultyDisk::default();
    let mut writer = writer(&disk, SMALL);
    for records in [vec![vote(1)], vec![entry(0), entry(1)], vec![committed(0), entry(2)]] {
        writer.commit_all(vec![job(records).0]).unwrap();
    }
    for index in 3..12 {
        writer.commit_all(vec![job(vec![entry(index)]).0]).unwrap();
    }
    (disk.clone(), histories(&disk))
}

/// What the log said after none, one, two ... of its records.
fn histories(disk: &FaultyDisk) -> Vec<Contents> {
    let mut contents = Contents::default();
    let mut all = vec![contents.clone()];
    for name in disk.segments() {
        let first = segment::first_of(&name).unwrap();
        let end = segment::scan(&disk.bytes(&name), first, |frame| {
            contents.take(frame.record)?;
            all.push(contents.clone());
            Ok(())
        });
        assert_eq!(end.flaw, None);
    }
    all
}
