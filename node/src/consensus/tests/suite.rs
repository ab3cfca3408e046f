//! The protocol's own tests of a log and a state machine.

use super::*;
use crate::consensus::halt::Halt;
use crate::consensus::log_store::LogStore;
use crate::consensus::protocol::Protocol;
use crate::consensus::state_machine::StateMachine;
use crate::wal::{LocalDisk, recover};
use openraft::StorageError;
use openraft::testing::log::{StoreBuilder, Suite};
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
        Ok((dir, log, StateMachine::new(Box::new(Memory::default()), halt).unwrap()))
    }
}

// R9.4, R10.1, R11.1
#[test]
fn the_storage_passes_the_protocol_s_own_tests() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(Suite::test_all(Stores)).unwrap();
}
