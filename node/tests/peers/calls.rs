//! What members of a log can rely on when they call one another.

use crate::fixture::{Caller, LONG, Running, dialer, member};
use ct_core::Code;
use ct_node::peers::{FrameSigning, MessageKind, Network, PeerLimits};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

const KINDS: [MessageKind; 7] = [
    MessageKind::Append,
    MessageKind::Vote,
    MessageKind::PreVote,
    MessageKind::Standing,
    MessageKind::Snapshot,
    MessageKind::Entries,
    MessageKind::Backup,
];

// R4.4, R8.2: both ways, with and without a signature on each frame.
#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_message_is_answered_both_ways() {
    for signing in [FrameSigning::Channel, FrameSigning::EveryFrame] {
        let (one, two) = (
            Running::start_as(1, "127.0.0.1:0", signing, PeerLimits::default()),
            Running::start_as(2, "127.0.0.1:0", signing, PeerLimits::default()),
        );
        *one.echo.members.lock().unwrap() = vec![member(2, "")];
        let there = (dialer(1, signing, &[]), member(2, &two.address.to_string()));
        let back = (dialer(2, signing, &[]), member(1, &one.address.to_string()));
        for kind in KINDS {
            for (dialer, to) in [&there, &back] {
                for payload in ["abc", "de"] {
                    let reply = dialer.call(to, kind, payload.as_bytes().to_vec(), LONG).await.unwrap();
                    assert_eq!(reply, payload.bytes().rev().collect::<Vec<_>>());
                }
            }
        }
        assert_eq!((there.0.dialled(), back.0.dialled()), (3, 3));
        let from_one: Vec<_> = KINDS.iter().flat_map(|kind| ["abc", "de"].map(|p| (1, *kind, p.into()))).collect();
        assert_eq!(*two.echo.seen.lock().unwrap(), from_one);
        one.stop().await;
        two.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_member_refuses_arrives_with_its_code_and_without_control_characters() {
    let running = Running::start(FrameSigning::Channel, PeerLimits::default());
    let caller = Caller::of(1, &running.address);
    let error = caller.call(MessageKind::Standing, b"refuse").await.unwrap_err();
    assert_eq!((error.code(), error.place()), (Code::IncompleteNode, "node 2"));
    assert!(error.what().contains("lacks something"), "{error}");
    // A refusal is an answer: the connection stays.
    assert_eq!(caller.call(MessageKind::Standing, b"ab").await.unwrap(), b"ba");
    assert_eq!(caller.dialer.dialled(), 1);
    running.stop().await;
}

// R2.2: at the limit of each kind and above it, without asking the other end.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_long_is_not_sent_and_not_answered() {
    let running = Running::start(FrameSigning::Channel, PeerLimits::default());
    let caller = Caller::of(1, &running.address);
    let large = vec![7; 5 << 20];
    // Snapshots and appends may be long, and what is asked for entries; everything else is short.
    for kind in [MessageKind::Vote, MessageKind::PreVote, MessageKind::Standing, MessageKind::Entries] {
        assert_eq!(caller.call(kind, &large).await.unwrap_err().code(), Code::LimitFrameSize);
    }
    assert_eq!(running.seen(), 0);
    for (kind, payload) in [(MessageKind::Append, large.as_slice()), (MessageKind::Vote, b"much")] {
        let error = caller.call(kind, payload).await.unwrap_err();
        assert_eq!(error.code(), Code::LimitFrameSize);
    }
    assert_eq!(caller.call(MessageKind::Entries, b"much").await.unwrap(), large);
    running.stop().await;
}

// The order of calls is the order of arrival, however many wait.
#[tokio::test(flavor = "multi_thread")]
async fn calls_of_one_kind_arrive_in_their_order() {
    let running = Running::start(FrameSigning::Channel, PeerLimits::default());
    let caller = Caller::of(1, &running.address);
    let mut calls = Vec::new();
    for number in 0..50_u8 {
        calls.push(append(&caller, number));
    }
    let replies = futures_util::future::join_all(calls).await;
    assert_eq!(replies, (0..50).map(|number| vec![number]).collect::<Vec<_>>());
    let seen: Vec<u8> = running.echo.seen.lock().unwrap().iter().map(|(_, _, payload)| payload[0]).collect();
    assert_eq!(seen, (0..50).collect::<Vec<u8>>());
    running.stop().await;
}

async fn append(caller: &Caller, number: u8) -> Vec<u8> {
    caller.call(MessageKind::Append, &[number]).await.unwrap()
}

// A long piece of a snapshot does not keep a vote waiting.
#[tokio::test(flavor = "multi_thread")]
async fn classes_do_not_wait_for_one_another() {
    let running = Running::start(FrameSigning::Channel, PeerLimits::default());
    let caller = Arc::new(Caller::of(1, &running.address));
    let waiting = tokio::spawn({
        let caller = Arc::clone(&caller);
        async move { caller.call(MessageKind::Snapshot, b"wait").await }
    });
    for kind in [MessageKind::Vote, MessageKind::Append] {
        assert_eq!(caller.call(kind, b"ab").await.unwrap(), b"ba");
    }
    assert!(!waiting.is_finished());
    let busy = caller.call_within(MessageKind::Entries, b"ab", Duration::from_millis(50)).await.unwrap_err();
    assert_eq!(busy.code(), Code::IoNetwork);
    running.echo.go_on.store(true, Ordering::Relaxed);
    assert_eq!(waiting.await.unwrap().unwrap(), b"wait");
    // Whoever only waited for his turn has closed nothing.
    assert_eq!(caller.call(MessageKind::Entries, b"ab").await.unwrap(), b"ba");
    assert_eq!(caller.dialer.dialled(), 3);
    running.stop().await;
}
