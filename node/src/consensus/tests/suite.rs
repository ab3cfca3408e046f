//! The protocol's own tests of a log and a state machine.

use super::*;
use crate::consensus::halt::Halt;
use crate::consensus::log_store::LogStore;
use crate::consensus::protocol::Protocol;
use crate::consensus::protocol::{self, Entry};
use crate::consensus::state_machine::StateMachine;
use crate::wal::Position;
use crate::wal::{LocalDisk, recover};
use openraft::storage::{RaftLogStorage, RaftLogStorageExt};
use openraft::testing::log::{StoreBuilder, Suite};
use openraft::{EntryPayload, RaftLogReader, StorageError};
use tempfile::TempDir;

struct Stores;

impl StoreBuilder<Protocol, LogStore, StateMachine, TempDir> for Stores {
    async fn build(&self) -> std::result::Result<(TempDir, LogStore, StateMachine), StorageError<Protocol>> {
        let dir = tempfile::tempdir().unwrap();
        let recovered = recover(Box::new(LocalDisk::open(dir.path()).unwrap())).unwrap();
        let settings = WalSettings { segment_bytes: 4_096, ..WalSettings::default() };
        let (wal, contents) = recovered.open(settings).unwrap();
        let halt = Halt::default();
        let log = LogStore::new(contents, Arc::new(wal), halt.clone());
        Ok((dir, log, StateMachine::new(Box::new(Memory::default()), None, halt).unwrap()))
    }
}

// R9.4, R10.1, R11.1
#[test]
fn the_storage_passes_the_protocol_s_own_tests() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(Suite::test_all(Stores)).unwrap();
}

// R6.3: another node is sent a limited portion, and always something.
#[test]
fn portions_of_the_log_are_limited_by_bytes() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let (_dir, mut log, _) = Stores.build().await.unwrap();
        let entry = |(index, bytes): (u64, usize)| Entry {
            log_id: protocol::log_id(Position { term: 1, index }),
            payload: EntryPayload::Normal(protocol::Command::new(&vec![7; bytes])),
        };
        let sizes = [500_000, 500_000, 500_000, 2_000_000, 10];
        log.blocking_append((0..).zip(sizes).map(entry).collect::<Vec<_>>()).await.unwrap();
        let mut reader = log.get_log_reader().await;
        for (start, expected) in [(0, 2), (1, 2), (2, 1), (3, 1), (4, 1)] {
            let portion = reader.limited_get_log_entries(start, 5).await.unwrap();
            let indices: Vec<_> = portion.iter().map(|entry| entry.log_id.index).collect();
            assert_eq!(indices, (start..start + expected).collect::<Vec<_>>(), "from {start}");
        }
    });
}
