//! What both ends say about a request, and about the end of a connection.

use crate::fixture::{Caller, LONG, Running, raw};
use ct_core::Code;
use ct_node::peers::{FrameSigning, MessageKind, PeerLimits};
use serde_json::Value;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tracing::Level;
use tracing::subscriber::DefaultGuard;

#[derive(Clone, Default)]
struct Events(Arc<Mutex<Vec<u8>>>);

impl Write for Events {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Events {
    /// Collects those of this thread, which is the only one that such a test has.
    fn collect(&self) -> DefaultGuard {
        let seen = self.clone();
        let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_max_level(Level::DEBUG);
        tracing::subscriber::set_default(subscriber.with_writer(move || seen.clone()).finish())
    }

    fn with(&self, message: &str) -> Vec<Value> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let events = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        events.filter(|event| event["message"].as_str().is_some_and(|found| found.starts_with(message))).collect()
    }
}

// R2.6, R4.4: one ID at both ends, another one for each request, with what became of it.
#[tokio::test]
async fn a_request_has_one_id_at_both_ends() {
    let events = Events::default();
    let _guard = events.collect();
    let running = Running::start(FrameSigning::Channel, PeerLimits::default());
    let caller = Caller::of(1, &running.address);
    caller.call(MessageKind::Append, b"ab").await.unwrap();
    caller.call(MessageKind::Vote, b"refuse").await.unwrap_err();
    running.stop().await;
    let (asked, answered) = (events.with("asked"), events.with("answered"));
    for (end, node, peer) in [(&asked, "node-1", 2), (&answered, "node-2", 1)] {
        let told: Vec<_> = end
            .iter()
            .map(|it| {
                (it["node_id"].as_str().unwrap(), it["peer"].as_u64().unwrap(), it["error_code"].as_str().unwrap())
            })
            .collect();
        assert_eq!(told, [(node, peer, "ok"), (node, peer, "incomplete.node")]);
        assert!(end.iter().all(|it| it["latency_ms"].is_u64() && it["level"] == "DEBUG"));
    }
    let ids = |events: &[Value]| events.iter().map(|it| it["request_id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&asked), ids(&answered));
    assert!(asked[0]["request_id"] != asked[1]["request_id"] && asked[0]["request_id"].as_str().unwrap().len() == 32);
}

// R2.3: why a connection was ended stands in the log.
#[tokio::test]
async fn the_end_of_a_connection_is_told_with_its_reason() {
    let events = Events::default();
    let _guard = events.collect();
    let limits = PeerLimits { idle: Duration::from_millis(100), ..PeerLimits::default() };
    let running = Running::start(FrameSigning::Channel, limits);
    let mut wire = raw::connected(running.address, "civictrust-peer/1/ask").await;
    assert_eq!(wire.farewell().await, "limit.too_slow");
    assert_eq!(
        Caller::of(9, &running.address).call(MessageKind::Vote, b"x").await.unwrap_err().code(),
        Code::UnknownPeer
    );
    // A process that is killed says nothing.
    drop(raw::connected(running.address, "civictrust-peer/1/append").await);
    let all_told = async {
        while events.with("connection ended: ").len() < 3 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LONG, all_told).await.unwrap();
    running.stop().await;
    let ended = events.with("connection ended: ");
    let codes: Vec<_> = ended.iter().map(|it| it["error_code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["limit.too_slow", "unknown.peer", "io.network"]);
    assert!(ended[2]["message"].as_str().unwrap().contains("node 1: ended the connection without a word"));
    assert!(ended[0]["message"].as_str().unwrap().contains("sends nothing"));
    assert_eq!((&ended[0]["level"], &ended[1]["level"]), (&"INFO".into(), &"WARN".into()));
}

// A node that is down is dialled again and again; that is told once, and once more when it was there in between.
#[tokio::test]
async fn a_node_that_is_down_is_told_once() {
    let events = Events::default();
    let _guard = events.collect();
    let running = Running::start(FrameSigning::Channel, PeerLimits::default());
    let address = running.address;
    let caller = Caller::of(1, &address);
    caller.call(MessageKind::Vote, b"ab").await.unwrap();
    running.stop().await;
    for _ in 0..3 {
        let error = caller.call_within(MessageKind::Vote, b"ab", Duration::from_millis(500)).await.unwrap_err();
        assert_eq!(error.code(), Code::IoNetwork);
    }
    let told = events.with("unreached: ");
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(
        (&told[0]["level"], &told[0]["peer"], &told[0]["error_code"]),
        (&"WARN".into(), &2.into(), &"io.network".into())
    );
}
