//! Members that are slow, away, or back again.

use crate::fixture::{Caller, LONG, Running, dialer, member, raw};
use ct_core::Code;
use ct_node::advertise::Advertised;
use ct_node::peers::{FrameSigning, MessageKind, Network, PeerAddress, PeerLimits};
use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::Instant;

fn usual() -> Running {
    Running::start(FrameSigning::Channel, PeerLimits::default())
}

// R4.3: a member that does not answer costs the time of the call, and the connection.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_not_answered_in_time_closes_its_connection() {
    let running = usual();
    let caller = Caller::of(1, &running.address);
    let within = Duration::from_millis(200);
    let error = caller.call_within(MessageKind::Append, b"wait", within).await.unwrap_err();
    assert_eq!(error.code(), Code::IoNetwork);
    assert!(error.what().contains("whether it acted is not known"), "{error}");
    // What was begun for the lost connection does not come between: the next call has a new one to itself.
    assert_eq!(caller.call(MessageKind::Append, b"ab").await.unwrap(), b"ba");
    assert_eq!(caller.dialer.dialled(), 2);
    running.stop().await;
}

// A caller that stops waiting leaves no half-read answer to the next one.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_nobody_waits_for_closes_its_connection() {
    let running = usual();
    let caller = Arc::new(Caller::of(1, &running.address));
    let abandoned = tokio::spawn({
        let caller = Arc::clone(&caller);
        async move { caller.call(MessageKind::Append, b"wait").await }
    });
    has_seen_one(&running).await;
    abandoned.abort();
    assert_eq!(caller.call(MessageKind::Append, b"ab").await.unwrap(), b"ba");
    assert_eq!(caller.dialer.dialled(), 2);
    running.stop().await;
}

// R4.3: the hand-shake has a time of its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_accepts_and_says_nothing_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let caller = Caller::of(1, &listener.local_addr().unwrap());
    let error = caller.call_within(MessageKind::Vote, b"x", Duration::from_millis(100)).await.unwrap_err();
    assert_eq!(error.code(), Code::IoNetwork);
    assert!(error.what().contains("does not accept a connection in time"), "{error}");
}

// R4.3: a reader that does not read is not waited for either.
#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_does_not_read_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let caller = Caller::of(1, &listener.local_addr().unwrap());
    let large = vec![0; 5 << 20];
    let (error, _wire) = tokio::join!(
        caller.call_within(MessageKind::Append, &large, Duration::from_millis(500)),
        raw::accept(&listener, "civictrust-peer/1/append")
    );
    assert_eq!(error.unwrap_err().code(), Code::IoNetwork);
}

// R2.4: however often it is called, a member that is away is dialled ever less often.
#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_is_away_is_dialled_with_growing_pauses() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let caller = Caller::of(1, &closed);
    let (began, mut calls) = (Instant::now(), 0);
    while caller.dialer.dialled() < 5 {
        let error = caller.call_within(MessageKind::Append, b"x", Duration::from_millis(5)).await.unwrap_err();
        assert_eq!(error.code(), Code::IoNetwork);
        calls += 1;
    }
    // Half of 50, 100, 200 and 400 ms.
    assert!(began.elapsed() >= Duration::from_millis(375), "{:?}", began.elapsed());
    assert!(calls > 5);
}

async fn has_seen_one(running: &Running) {
    let seen = async {
        while running.seen() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LONG, seen).await.unwrap();
}

/// Calls until an answer comes.
async fn until_answered(caller: impl AsyncFn() -> ct_node::Result<Vec<u8>>) -> Vec<u8> {
    let by = Instant::now() + LONG;
    loop {
        match caller().await {
            Ok(reply) => return reply,
            Err(error) => assert!(error.code() == Code::IoNetwork && Instant::now() < by, "{error}"),
        }
    }
}

// A node that comes back at another port is found by the file it writes.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_comes_back_elsewhere_is_found_by_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("peer");
    let dialer = dialer(1, FrameSigning::Channel, &[(2, PeerAddress::File(path.clone()))]);
    let to = member(2, "");
    let call = async || dialer.call(&to, MessageKind::Append, b"ab".to_vec(), LONG).await;
    let missing = call().await.unwrap_err();
    assert_eq!(missing.code(), Code::IoNetwork);
    assert!(missing.what().starts_with("has not written its address"), "{missing}");
    let mut ports = Vec::new();
    for _ in 0..3 {
        let running = usual();
        ports.push(running.address.port());
        let advertised = Advertised::write(&path, &running.address.to_string()).unwrap();
        assert_eq!(until_answered(&call).await, b"ba");
        assert_eq!(running.seen(), 1);
        drop(advertised);
        running.stop().await;
        assert_eq!(call().await.unwrap_err().code(), Code::IoNetwork);
    }
    fs::write(&path, "nowhere\n").unwrap();
    assert_eq!(call().await.unwrap_err().code(), Code::MalformedConfig);
}

// A kept connection that the other end has closed meanwhile costs no call: nothing was sent on it.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_was_closed_meanwhile_is_replaced_without_a_failure() {
    let first = usual();
    let address = first.address;
    let caller = Caller::of(1, &address);
    assert_eq!(caller.call(MessageKind::Vote, b"ab").await.unwrap(), b"ba");
    first.stop().await;
    let second = Running::start_as(2, &address.to_string(), FrameSigning::Channel, PeerLimits::default());
    assert_eq!(caller.call(MessageKind::Vote, b"cd").await.unwrap(), b"dc");
    assert_eq!((second.seen(), caller.dialer.dialled()), (1, 2));
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_without_an_address_is_a_mistake_of_the_configuration() {
    let dialer = dialer(1, FrameSigning::Channel, &[]);
    let error = dialer.call(&member(2, ""), MessageKind::Vote, Vec::new(), LONG).await.unwrap_err();
    assert_eq!((error.code(), dialer.dialled()), (Code::MalformedConfig, 0));
}

// What was taken is answered before the server ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_answers_what_it_has_begun() {
    let running = usual();
    let caller = Arc::new(Caller::of(1, &running.address));
    let call = tokio::spawn({
        let caller = Arc::clone(&caller);
        async move { caller.call(MessageKind::Append, b"wait").await }
    });
    has_seen_one(&running).await;
    let echo = Arc::clone(&running.echo);
    let stopping = tokio::spawn(running.stop());
    echo.go_on.store(true, Ordering::Relaxed);
    assert_eq!(call.await.unwrap().unwrap(), b"wait");
    stopping.await.unwrap();
    assert_eq!(caller.call(MessageKind::Append, b"ab").await.unwrap_err().code(), Code::IoNetwork);
}

// R3.4: connections come and go by the hundred, in every way that they can end.
#[tokio::test(flavor = "multi_thread")]
async fn no_descriptor_stays_behind() {
    let running = usual();
    for round in 0..60 {
        assert!(Caller::of(9, &running.address).call(MessageKind::Vote, b"x").await.is_err());
        let caller = Caller::of(1, &running.address);
        caller.call(MessageKind::Vote, b"x").await.unwrap();
        let mut wire = raw::connected(running.address, "civictrust-peer/1/append").await;
        wire.send(&[0; 3][..round % 4]).await;
        drop(tokio::net::TcpStream::connect(running.address).await.unwrap());
    }
    let by = Instant::now() + LONG;
    while sockets(running.address) > 1 {
        assert!(Instant::now() < by, "{} sockets are left", sockets(running.address));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let address = running.address;
    running.stop().await;
    assert_eq!(sockets(address), 0);
}

/// The sockets of this process with that local port.
fn sockets(address: SocketAddr) -> usize {
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let rows = table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    let ours = rows.filter(|row| row[1].ends_with(&format!(":{:04X}", address.port())));
    let inodes: Vec<String> = ours.map(|row| format!("socket:[{}]", row[9])).collect();
    let links = fs::read_dir("/proc/self/fd").unwrap().filter_map(|entry| fs::read_link(entry.unwrap().path()).ok());
    links.filter(|link| inodes.iter().any(|inode| link.as_os_str() == inode.as_str())).count()
}
