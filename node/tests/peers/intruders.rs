//! Whoever is no member, and members that do not keep to the protocol: each is refused, by its code, and the others go on.

use crate::fixture::raw;
use crate::fixture::{Caller, LONG, Running, dialer, frame, header, identity, member, signed};
use ct_core::Code;
use ct_node::peers::{FrameSigning, Header, MessageKind, Network, PeerLimits, PeerServer, Turn};
use rustls::version::{TLS12, TLS13};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const APPEND: &str = "civictrust-peer/1/append";
const ASK: &str = "civictrust-peer/1/ask";
const BULK: &str = "civictrust-peer/1/bulk";

fn usual() -> Running {
    Running::start(FrameSigning::Channel, PeerLimits::default())
}

/// The server serves whoever keeps to the rules, and has seen nothing else.
async fn goes_on(running: Running) {
    let caller = Caller::of(3, &running.address);
    assert_eq!(caller.call(MessageKind::Vote, b"ab").await.unwrap(), b"ba");
    assert_eq!(*running.echo.seen.lock().unwrap(), [(3, MessageKind::Vote, b"ab".to_vec())]);
    running.stop().await;
}

/// What the server says to these bytes of node 1 before it closes.
async fn farewell(running: &Running, protocol: &str, bytes: &[u8]) -> String {
    let mut wire = raw::connected(running.address, protocol).await;
    wire.send(bytes).await;
    wire.farewell().await
}

// R8.2: somebody else answers where a member should be. Nothing is said to him.
#[tokio::test(flavor = "multi_thread")]
async fn another_node_at_a_members_address_is_not_spoken_to() {
    let running = Running::start_as(3, "127.0.0.1:0", FrameSigning::Channel, PeerLimits::default());
    let error = Caller::of(1, &running.address).call(MessageKind::Append, b"x").await.unwrap_err();
    assert_eq!(error.code(), Code::UnknownPeer);
    assert!(error.what().contains("is not node 2"), "{error}");
    assert_eq!(running.seen(), 0);
    running.stop().await;
}

// R8.2
#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_no_member_is_not_listened_to() {
    let running = usual();
    for kind in [MessageKind::Append, MessageKind::Vote, MessageKind::Snapshot] {
        let error = Caller::of(9, &running.address).call(kind, b"x").await.unwrap_err();
        assert_eq!(error.code(), Code::UnknownPeer);
        assert!(error.what().contains("does not know this node's key"), "{error}");
    }
    goes_on(running).await;
}

// R8.2: anybody knows the public key of a member; without the secret it opens nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_members_public_key_alone_proves_nothing() {
    let running = usual();
    let shown = raw::Shown { public: 1, secret: 9 };
    let mut wire = raw::connect(running.address, Some(shown), ASK, &TLS13).await.unwrap();
    let _ = wire.stream.write_all(&frame(&header(MessageKind::Vote, 1), b"x")).await;
    assert_eq!(wire.receive().await, None);
    goes_on(running).await;

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let caller = Caller::of(1, &listener.local_addr().unwrap());
    let shown = raw::Shown { public: 2, secret: 9 };
    let answer = raw::try_accept(&listener, shown, ASK);
    let (error, accepted) = tokio::join!(caller.call(MessageKind::Vote, b"x"), answer);
    assert_eq!(error.unwrap_err().code(), Code::UnknownPeer);
    assert!(accepted.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_nobody_is_listened_to() {
    let running = usual();
    // In TLS 1.3 the client hears of it only after its hand-shake.
    if let Ok(mut wire) = raw::connect(running.address, None, ASK, &TLS13).await {
        assert_eq!(wire.receive().await, None);
    }
    goes_on(running).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_tls_is_refused() {
    let running = usual();
    let error = raw::connect(running.address, Some(raw::own(1)), ASK, &TLS12).await.err().unwrap();
    assert!(error.to_string().contains("ProtocolVersion"), "{error}");
    goes_on(running).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_say_what_for_is_refused() {
    let running = usual();
    let error = raw::connect(running.address, Some(raw::own(1)), "civictrust-peer/2/ask", &TLS13).await.err().unwrap();
    assert!(error.to_string().contains("NoApplicationProtocol"), "{error}");
    let mut wire = raw::connect(running.address, Some(raw::own(1)), "", &TLS13).await.unwrap();
    assert_eq!(wire.receive().await, None);
    goes_on(running).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_bytes_are_no_hand_shake() {
    let running = usual();
    for garbage in [b"GET / HTTP/1.1\r\nhost: x\r\n\r\n".as_slice(), &[0xff; 70_000], &[0; 3]] {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        // It may close before it has read all of it.
        let _ = stream.write_all(garbage).await;
        let _ = stream.shutdown().await;
        let mut rest = Vec::new();
        let _ = tokio::time::timeout(LONG, stream.read_to_end(&mut rest)).await.unwrap();
    }
    goes_on(running).await;
}

// R2.2
#[tokio::test(flavor = "multi_thread")]
async fn an_announced_length_above_the_limit_ends_the_connection() {
    let running = usual();
    for (protocol, length) in [(ASK, 65_537), (APPEND, 5_308_417), (BULK, u32::MAX)] {
        assert_eq!(farewell(&running, protocol, &u32::to_be_bytes(length)).await, "limit.frame_size");
    }
    // What only fits the longest message of the connection.
    let long = frame(&header(MessageKind::Entries, 1), &[0; 66_000]);
    assert_eq!(farewell(&running, BULK, &long).await, "limit.frame_size");
    goes_on(running).await;
}

// R8.2, R8.3, R8.4, R7.3: each fault by its code, and none reaches whoever answers.
#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_frame_has_its_code() {
    let running = usual();
    let good = header(MessageKind::Append, 1);
    let mut other_payload = frame(&good, b"payload");
    let at = other_payload.windows(7).position(|window| window == b"payload").unwrap();
    other_payload[at] ^= 1;
    let mut other_version = frame(&good, b"");
    assert_eq!(other_version[8], 1);
    other_version[8] = 2;
    for (what, bytes, code) in [
        ("payload", other_payload, "tampered.frame"),
        ("version", other_version, "malformed.frame"),
        ("no frame", [3_u32.to_be_bytes().as_slice(), b"abc"].concat(), "malformed.frame"),
        ("empty", 0_u32.to_be_bytes().to_vec(), "malformed.frame"),
        ("addressee", frame(&Header { to: 3, ..good }, b""), "tampered.frame"),
        ("sender", frame(&Header { key_id: [1; 32], ..good }, b""), "tampered.frame"),
        ("turn", frame(&Header { turn: Turn::Reply, ..good }, b""), "malformed.frame"),
        ("kind", frame(&header(MessageKind::Vote, 1), b""), "malformed.frame"),
        ("sequence 0", frame(&header(MessageKind::Append, 0), b""), "replayed.frame"),
        ("sequence 2", frame(&header(MessageKind::Append, 2), b""), "replayed.frame"),
        ("signature of another", signed(&good, b"", 2), "tampered.frame"),
    ] {
        assert_eq!(farewell(&running, APPEND, &bytes).await, code, "{what}");
    }
    goes_on(running).await;
}

// R8.3 and its gate: what was valid once is refused the second time; so is what was left out or came too early.
#[tokio::test(flavor = "multi_thread")]
async fn frames_are_neither_doubled_nor_reordered() {
    let running = usual();
    for after in [1, 3, 0, u64::MAX] {
        let mut wire = raw::connected(running.address, APPEND).await;
        wire.send(&frame(&header(MessageKind::Append, 1), b"one")).await;
        assert_eq!(wire.reply().await.1, b"eno");
        wire.send(&frame(&header(MessageKind::Append, after), b"again")).await;
        assert_eq!(wire.farewell().await, "replayed.frame", "{after}");
    }
    assert_eq!(running.seen(), 4);
    running.stop().await;
}

// R2.1: a frame in many pieces, and several in one.
#[tokio::test(flavor = "multi_thread")]
async fn a_read_is_not_a_message() {
    let running = usual();
    let mut wire = raw::connected(running.address, ASK).await;
    for byte in frame(&header(MessageKind::Vote, 1), b"ab") {
        wire.send(&[byte]).await;
    }
    assert_eq!(wire.reply().await.1, b"ba");
    let two: Vec<u8> = [2, 3].into_iter().flat_map(|it| frame(&header(MessageKind::Vote, it), b"cd")).collect();
    wire.send(&two).await;
    for number in [2, 3] {
        let (reply, payload) = wire.reply().await;
        assert_eq!((reply.sequence, reply.to, reply.nonce, payload), (number, 1, [5; 16], b"dc".to_vec()));
    }
    running.stop().await;
}

// R2 gate: the other end goes away in the middle of a frame.
#[tokio::test(flavor = "multi_thread")]
async fn half_a_frame_and_then_nobody() {
    let running = usual();
    let whole = frame(&header(MessageKind::Append, 1), b"payload");
    for cut in [1, 4, 5, whole.len() - 1] {
        let mut wire = raw::connected(running.address, APPEND).await;
        wire.send(&whole[..cut]).await;
        let _ = wire.stream.shutdown().await;
        assert_eq!(wire.farewell().await, "io.network");
        let mut wire = raw::connected(running.address, APPEND).await;
        wire.send(&whole[..cut]).await;
        drop(wire);
    }
    goes_on(running).await;
}

// R2.3: each of the times ends a connection, and says so.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_slow_is_cut_off() {
    let short = Duration::from_millis(100);
    let limits = PeerLimits { handshake: short, ..PeerLimits::default() };
    let running = Running::start(FrameSigning::Channel, limits);
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let mut rest = Vec::new();
    assert_eq!(tokio::time::timeout(LONG, stream.read_to_end(&mut rest)).await.unwrap().unwrap(), 0);
    goes_on(running).await;

    let limits = PeerLimits { idle: short, ..PeerLimits::default() };
    let running = Running::start(FrameSigning::Channel, limits);
    assert_eq!(farewell(&running, ASK, b"").await, "limit.too_slow");
    goes_on(running).await;

    let limits = PeerLimits { frame: short, ..PeerLimits::default() };
    let running = Running::start(FrameSigning::Channel, limits);
    assert_eq!(farewell(&running, ASK, &[0, 0, 0]).await, "limit.too_slow");
    goes_on(running).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_take_no_more_than_their_places() {
    let limits = PeerLimits { strangers: 2, handshake: 10 * LONG, ..PeerLimits::default() };
    let running = Running::start(FrameSigning::Channel, limits);
    let caller = Caller::of(3, &running.address);
    assert_eq!(caller.call(MessageKind::Vote, b"ab").await.unwrap(), b"ba");
    // Whoever has proved a key is no stranger: more of them than there are places.
    for other in [Caller::of(1, &running.address), Caller::of(3, &running.address)] {
        for kind in [MessageKind::Append, MessageKind::Snapshot] {
            assert_eq!(other.call(kind, b"ab").await.unwrap(), b"ba");
        }
    }
    let mut crowd = Vec::new();
    for _ in 0..2 {
        crowd.push(TcpStream::connect(running.address).await.unwrap());
    }
    // Those two say nothing and are borne; the next is closed at once.
    let mut third = TcpStream::connect(running.address).await.unwrap();
    let closed = tokio::time::timeout(LONG, third.read(&mut [0; 1])).await.unwrap();
    assert!(matches!(closed, Ok(0) | Err(_)));
    assert_eq!(caller.call(MessageKind::Vote, b"cd").await.unwrap(), b"dc");
    assert_eq!(caller.dialer.dialled(), 1);
    drop(crowd);
    running.stop().await;
}

// Fail closed: whoever was a member when he connected.
#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_was_removed_is_not_listened_to_any_more() {
    let running = usual();
    let mut wire = raw::connected(running.address, APPEND).await;
    wire.send(&frame(&header(MessageKind::Append, 1), b"x")).await;
    assert_eq!(wire.reply().await.1, b"x");
    running.echo.members.lock().unwrap().retain(|member| member.node != 1);
    wire.send(&frame(&header(MessageKind::Append, 2), b"y")).await;
    assert_eq!(wire.farewell().await, "unknown.peer");
    assert_eq!(running.seen(), 1);
    running.stop().await;
}

// R8.2: where every frame is signed, the connection alone is not enough.
#[tokio::test(flavor = "multi_thread")]
async fn where_frames_are_signed_an_unsigned_one_is_refused() {
    let running = Running::start(FrameSigning::EveryFrame, PeerLimits::default());
    let good = header(MessageKind::Append, 1);
    assert_eq!(farewell(&running, APPEND, &frame(&good, b"x")).await, "tampered.frame");
    assert_eq!(farewell(&running, APPEND, &signed(&good, b"x", 2)).await, "tampered.frame");
    let error = Caller::of(1, &running.address).call(MessageKind::Append, b"x").await.unwrap_err();
    assert_eq!(error.code(), Code::TamperedFrame);
    assert_eq!(running.seen(), 0);
    let mut wire = raw::connected(running.address, APPEND).await;
    wire.send(&signed(&good, b"ab", 1)).await;
    assert_eq!(wire.reply().await.1, b"ba");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_frames_are_signed_an_unsigned_answer_is_refused() {
    let running = usual();
    let dialer = dialer(1, FrameSigning::EveryFrame, &[]);
    let to = member(2, &running.address.to_string());
    let error = dialer.call(&to, MessageKind::Vote, b"x".to_vec(), LONG).await.unwrap_err();
    assert_eq!(error.code(), Code::TamperedFrame);
    running.stop().await;
}

// What a member may answer that does not keep to the protocol. Each time the connection is given up.
#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_an_answer_has_its_code() {
    type Change = fn(Header) -> Vec<u8>;
    let refusal = |text: &str| {
        let mut w = ct_core::cbor::Writer::new();
        w.array(2).text(text).text("what");
        w.finish()
    };
    let (unknown, ok) = (refusal("unknown.to_us"), refusal("ok"));
    assert!(Code::ALL.iter().all(|code| code.as_str() != "unknown.to_us"));
    let changes: [(&str, Change, Code); 9] = [
        ("sequence", |it| frame(&Header { sequence: 2, ..it }, b""), Code::ReplayedFrame),
        ("request", |it| frame(&Header { request_id: [0; 16], ..it }, b""), Code::ReplayedFrame),
        ("nonce", |it| frame(&Header { nonce: [0; 16], ..it }, b""), Code::ReplayedFrame),
        ("kind", |it| frame(&Header { kind: MessageKind::PreVote, ..it }, b""), Code::ReplayedFrame),
        ("addressee", |it| frame(&Header { to: 2, ..it }, b""), Code::TamperedFrame),
        ("sender", |it| frame(&Header { key_id: [1; 32], ..it }, b""), Code::TamperedFrame),
        ("turn", |it| frame(&Header { turn: Turn::Request, ..it }, b""), Code::MalformedFrame),
        ("length", |_| 65_537_u32.to_be_bytes().to_vec(), Code::LimitFrameSize),
        ("half", |it| frame(&it, b"payload")[..40].to_vec(), Code::IoNetwork),
    ];
    for (what, change, code) in changes {
        assert_eq!(answered(change).await, code, "{what}");
    }
    for payload in [unknown.as_slice(), &ok, b"", b"abc"] {
        let code = answered(|reply| frame(&Header { turn: Turn::Refusal, ..reply }, payload)).await;
        assert_eq!(code, Code::MalformedFrame);
    }
}

/// What a caller makes of an answer; it calls twice, and has to dial twice.
async fn answered(change: impl Fn(Header) -> Vec<u8>) -> Code {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let caller = Caller::of(1, &listener.local_addr().unwrap());
    let mut codes = Vec::new();
    for dialled in 1..=2 {
        let answer = async {
            let mut wire = raw::accept(&listener, ASK).await;
            let (request, _) = wire.reply().await;
            let key_id = identity(2, FrameSigning::Channel).key();
            let reply = Header { turn: Turn::Reply, key_id, to: 1, ..request };
            wire.send(&change(reply)).await;
            let _ = wire.stream.shutdown().await;
            // Until the caller has closed.
            wire.receive().await
        };
        let (error, more) = tokio::join!(caller.call(MessageKind::Vote, b"x"), answer);
        assert_eq!((caller.dialer.dialled(), more), (dialled, None));
        codes.push(error.unwrap_err().code());
    }
    assert_eq!(codes[0], codes[1]);
    codes[0]
}

// R2.5
#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_told_at_the_start() {
    let running = usual();
    let error = PeerServer::bind(running.address, identity(1, FrameSigning::Channel), PeerLimits::default());
    assert_eq!(error.unwrap_err().code(), Code::IoPortInUse);
    running.stop().await;
}
