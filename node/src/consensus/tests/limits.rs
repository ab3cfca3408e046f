//! How much a node takes, and from whom.

use super::*;
use ct_core::limits::{MAX_BYTES_IN_FLIGHT, MAX_COMMAND_BYTES, MAX_COMMANDS_IN_FLIGHT};

// R1.3, R6.1
#[test]
fn a_command_has_a_largest_size() {
    let disk = FaultyDisk::default();
    let machine = Memory::default();
    let node = start(&disk, settings(), &machine).unwrap();
    assert_eq!(code(&run(node.propose(vec![7; MAX_COMMAND_BYTES + 1]))), Some(Code::LimitLength));
    assert_eq!(run(node.propose(vec![7; MAX_COMMAND_BYTES])), Ok(b"1".to_vec()));
    assert_eq!(run(node.propose(Vec::new())), Ok(b"2".to_vec()));
    assert_eq!(machine.commands(), [vec![7; MAX_COMMAND_BYTES], Vec::new()]);
    node.shutdown().unwrap();
}

/// Begins to propose so many commands, and goes away.
fn propose_and_leave(node: &Arc<Consensus>, count: usize, bytes: usize) -> Vec<Option<Code>> {
    run(async {
        let mut refused = Vec::new();
        for _ in 0..count {
            let mut proposal = Box::pin(node.propose(vec![7; bytes]));
            let first = std::future::poll_fn(|context| std::task::Poll::Ready(proposal.as_mut().poll(context))).await;
            if let std::task::Poll::Ready(result) = first {
                refused.push(code(&result));
            }
            // A task that never yields is made to wait by its runtime.
            tokio::task::yield_now().await;
        }
        refused
    })
}

// R5.2, R6.1: commands in flight are bounded, also those that nobody waits for any more.
#[test]
fn commands_in_flight_are_bounded() {
    for (bytes, most) in [(10, MAX_COMMANDS_IN_FLIGHT), (MAX_COMMAND_BYTES, 15)] {
        let disk = FaultyDisk::default();
        let machine = Memory::default();
        let node = Arc::new(start(&disk, settings(), &machine).unwrap());
        disk.hold_syncs();
        assert_eq!(propose_and_leave(&node, most, bytes), []);
        assert_eq!(propose_and_leave(&node, 2, bytes), [Some(Code::LimitInFlight); 2]);
        assert_eq!(node.status().in_flight, most);
        disk.release_syncs();
        let patient = async {
            while code(&node.propose(command(1)).await) == Some(Code::LimitInFlight) {
                tokio::task::yield_now().await;
            }
        };
        run(patient);
        end(node).unwrap();
        assert_eq!(machine.commands().len(), most + 1);
    }
}

// R12.4: the order of the log is that in which proposals were begun, and answers tell it.
#[test]
fn commands_come_into_the_log_in_the_order_of_the_proposals() {
    let disk = FaultyDisk::default();
    let machine = Memory::default();
    let node = Arc::new(start(&disk, settings(), &machine).unwrap());
    let results = run(propose(&node, 0..300, 300));
    for (number, result) in results {
        assert_eq!(result, Ok((number + 1).to_string().into_bytes()));
    }
    end(node).unwrap();
    assert_eq!(machine.commands(), (0..300).map(command).collect::<Vec<_>>());
}

// R3.1: starting, proposing and ending work from inside any other runtime.
#[test]
fn a_node_may_be_used_from_another_runtime() {
    let flavours = [tokio::runtime::Builder::new_current_thread(), tokio::runtime::Builder::new_multi_thread()];
    for mut builder in flavours {
        let machine = Memory::default();
        builder.build().unwrap().block_on(async {
            let node = start(&FaultyDisk::default(), settings(), &machine).unwrap();
            assert_eq!(node.propose(command(1)).await, Ok(b"1".to_vec()));
            node.shutdown().unwrap();
            drop(start(&FaultyDisk::default(), settings(), &Memory::default()).unwrap());
        });
    }
}

// R6.1: what was written makes room again, for the log as for the proposals.
#[test]
fn more_than_may_be_in_flight_goes_through_in_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let settings = ConsensusSettings { persist_after_bytes: 16 << 20, ..ConsensusSettings::new(1, dir.path()) };
    let node = Consensus::start(settings, Memory::default()).unwrap();
    let count = MAX_BYTES_IN_FLIGHT / MAX_COMMAND_BYTES + 4;
    for number in 1..=count {
        assert_eq!(run(node.propose(vec![7; MAX_COMMAND_BYTES])), Ok(number.to_string().into_bytes()));
    }
    assert!(node.status().wal.bytes < 64 << 20, "{}", node.status().wal.bytes);
    node.shutdown().unwrap();
}
