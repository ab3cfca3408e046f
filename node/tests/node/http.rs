//! The server's manners, seen from a socket.

use crate::service::{Client, Gate, PATIENCE, Running, eventually, limits, serve};
use axum::body::Bytes;
use axum::routing::{get, post};
use axum::{Extension, Router};
use ct_core::Code;
use ct_node::Error;
use ct_node::http::{Deadline, Limits, RequestId, Server};
use std::io::{Read, Write};
use std::net::Shutdown;
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};
use std::{fs, thread};

fn routes() -> Router {
    let long = Bytes::from(vec![b'x'; LONG]);
    Router::new()
        .route("/hello", get(async || "hello"))
        .route("/echo", post(async |body: Bytes| body))
        .route("/things/{name}", get(async || "thing"))
        .route("/long", get(async move || long.clone()))
        .route("/id", get(async |Extension(id): Extension<RequestId>| id.to_string()))
        .route("/left", get(async |Extension(left): Extension<Deadline>| left.remaining().as_millis().to_string()))
        .route("/busy", get(async || Err::<(), _>(Error::new(Code::LimitConnections, "here", "is full", "wait"))))
        .route("/disk", get(async || Err::<(), _>(Error::new(Code::IoWrite, "/secret/path", "is full", "wait"))))
        .route("/panic", get(async || -> &'static str { panic!("a defect, on purpose") }))
}

fn gated(limits: Limits) -> (Running, Gate, mpsc::Receiver<()>) {
    let (gate, arrivals) = Gate::new();
    let waits = gate.clone();
    let router = routes().route(
        "/gate",
        get(async move || {
            waits.pass().await;
            "through"
        }),
    );
    (serve(router, limits), gate, arrivals)
}

/// Sends one byte after another, some in each second, until the server has had enough.
fn dribble(client: &mut Client, byte: u8) -> Duration {
    let start = Instant::now();
    client.socket.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let mut one = [0];
    while start.elapsed() < PATIENCE {
        if client.socket.write_all(&[byte]).is_err() || client.socket.peek(&mut one).is_ok() {
            break;
        }
    }
    client.socket.set_read_timeout(Some(PATIENCE)).unwrap();
    start.elapsed()
}

#[test]
fn requests_follow_one_another_on_a_connection() {
    let server = serve(routes(), limits());
    let mut client = server.client();
    for _ in 0..3 {
        assert_eq!(client.ask("GET", "/hello", b"").text(), "hello");
        assert_eq!(client.ask("POST", "/echo", b"abc").text(), "abc");
    }
}

// R2.1: however the bytes of a request are cut, and however many come at once.
#[test]
fn reads_are_not_messages() {
    let server = serve(routes(), limits());
    let request = b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nabcde";
    for cut in 1..request.len() {
        let mut client = server.client();
        client.socket.set_nodelay(true).unwrap();
        client.send(&request[..cut]).send(&request[cut..]);
        assert_eq!(client.answer().text(), "abcde", "{cut}");
    }
    let mut client = server.client();
    client.send(request.repeat(50));
    for _ in 0..50 {
        assert_eq!(client.answer().text(), "abcde");
    }
    let chunked =
        "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n";
    assert_eq!(client.send(chunked).answer().text(), "abcde");
}

// R2, gate: the client goes away in the middle of a request.
#[test]
fn a_client_may_leave_at_any_byte() {
    let server = serve(routes(), limits());
    let request = b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nabcde";
    for cut in 0..request.len() {
        server.client().send(&request[..cut]);
    }
    server.await_metric("http_connections 0");
    assert_eq!(server.client().ask("GET", "/hello", b"").status, 200);
}

#[test]
fn who_has_said_all_still_gets_the_answer() {
    let (server, gate, arrivals) = gated(limits());
    let mut client = server.client();
    client.send("GET /gate HTTP/1.1\r\nhost: x\r\n\r\n");
    arrivals.recv().unwrap();
    client.socket.shutdown(Shutdown::Write).unwrap();
    gate.open.add_permits(1);
    assert_eq!(client.answer().text(), "through");
    assert!(client.rest().is_empty());
}

// R6, gate: a head that never ends.
#[test]
fn a_slow_head_is_cut_off() {
    let server = serve(routes(), limits());
    let mut client = server.client();
    client.send("GET /hello HTTP/1.1\r\nhost: x\r\nx-long: ");
    let lasted = dribble(&mut client, b'a');
    assert!(lasted >= limits().head / 2 && lasted < PATIENCE, "{lasted:?}");
    assert!(client.rest().is_empty());
    server.await_metric("http_connections_ended_total{reason=\"slow_head\"} 1");
}

// R6.2: a body that never ends, although it never stops either.
#[test]
fn a_slow_body_is_refused() {
    let server = serve(routes(), limits());
    let mut client = server.client();
    client.send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n");
    let lasted = dribble(&mut client, b'a');
    assert!(lasted >= limits().progress.grace / 2 && lasted < PATIENCE, "{lasted:?}");
    let answer = client.answer();
    assert_eq!((answer.status, answer.code().as_str()), (408, "limit.too_slow"));
    assert!(client.rest().is_empty());
}

// R6.2: who is slow and keeps the pace is served.
#[test]
fn a_body_in_many_small_parts_is_taken() {
    let server = serve(routes(), limits());
    let mut client = server.client();
    client.socket.set_nodelay(true).unwrap();
    client.send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\n");
    for _ in 0..50 {
        client.send([b'a'; 100]);
    }
    assert_eq!(client.answer().body, [b'a'; 5000]);
}

// R2.2: a length beyond the limit is refused before a byte of it is read.
#[test]
fn limits_of_a_body_hold_at_max_and_max_plus_one() {
    let limits = Limits { body_bytes: 1000, ..limits() };
    let server = serve(routes(), limits);
    assert_eq!(server.client().ask("POST", "/echo", &[1; 1000]).status, 200);
    let mut announced = server.client();
    announced.send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1001\r\n\r\n");
    let answer = announced.answer();
    assert_eq!((answer.status, answer.code().as_str()), (413, "limit.request_size"));
    let mut unannounced = server.client();
    unannounced.send("POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n");
    let answer = unannounced.send([1; 1001]).answer();
    assert_eq!((answer.status, answer.code().as_str()), (413, "limit.request_size"));
    // Whoever sends on regardless still gets to read the answer.
    let mut eager = server.client();
    let head = b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1152921504606846976\r\n\r\n";
    eager.send([&head[..], &[1; 300_000]].concat());
    assert_eq!(eager.answer().status, 413);
    let mut end = [0];
    assert_eq!(eager.socket.read(&mut end).unwrap(), 0);
    // A connection that is reset can take an answer back that is still on its way.
    eager.send([1; 10_000]).send([1; 10_000]);
    // Nor does it help to send it in parts.
    let mut parts = server.client();
    parts.send("POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
    for _ in 0..2 {
        parts.send("258\r\n").send([1; 600]).send("\r\n");
    }
    assert_eq!(parts.answer().status, 413);
}

#[test]
fn limits_of_a_head_hold() {
    let limits = Limits { head_bytes: 10_000, head_fields: 10, ..limits() };
    let server = serve(routes(), limits);
    let with = |length: usize| {
        let rest = "GET /hello HTTP/1.1\r\nhost: x\r\nx: \r\n\r\n";
        format!("GET /hello HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "a".repeat(length - rest.len()))
    };
    assert_eq!(server.client().send(with(9_999)).answer().status, 200);
    assert_eq!(server.client().send(with(10_100)).answer().status, 431);
    let fields = |count: usize| format!("GET /hello HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(count));
    assert_eq!(server.client().send(fields(10)).answer().status, 200);
    assert_eq!(server.client().send(fields(11)).answer().status, 431);
    server.await_metric("http_connections_ended_total{reason=\"large_head\"} 2");
}

// R4.2: what is no request is told so, and nothing of it is taken for the next one.
#[test]
fn malformed_requests_are_refused_with_a_class() {
    let server = serve(routes(), limits());
    let malformed: [&[u8]; 12] = [
        b"hello\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /hello HTTP/3.0\r\n\r\n",
        b"GET /hello HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /hello HTTP/1.1\r\nna me: x\r\n\r\n",
        b"GET /hello HTTP/1.1\r\nx: a\0b\r\n\r\n",
        b"GET /hello HTTP/1.1\r\nx: a\r\n folded\r\n\r\n",
        b"POST /echo HTTP/1.1\r\ncontent-length: x\r\n\r\n",
        b"POST /echo HTTP/1.1\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd",
        b"POST /echo HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"POST /echo HTTP/1.1\r\ntransfer-encoding: identity, x\r\n\r\n",
    ];
    for (number, request) in (1..).zip(malformed) {
        let mut client = server.client();
        let answer = client.send(request).answer();
        assert_eq!(answer.status, 400, "{}", String::from_utf8_lossy(request));
        assert!(client.rest().is_empty());
        server.await_metric(&format!("http_connections_ended_total{{reason=\"malformed\"}} {number}"));
    }
    let ended = server.events().into_iter().filter(|event| event["message"] == "connection ended");
    for event in ended {
        assert_eq!((&event["error_code"], &event["result"]), (&"malformed.request".into(), &"refused".into()));
    }
}

// R4.2: a body that is longer or shorter than its header says.
#[test]
fn lies_about_lengths_hurt_only_who_tells_them() {
    let server = serve(routes(), Limits { idle: Duration::from_millis(400), ..limits() });
    let mut short = server.client();
    short.send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabcdef");
    assert_eq!(short.answer().text(), "abc");
    assert!(short.rest().is_empty() || short.rest().starts_with(b"HTTP/1.1 400"));
    let mut long = server.client();
    long.send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc");
    let answer = long.answer();
    assert_eq!((answer.status, answer.code().as_str()), (408, "limit.too_slow"));
    let mut ends = server.client();
    ends.send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc");
    ends.socket.shutdown(Shutdown::Write).unwrap();
    let rest = String::from_utf8(ends.rest()).unwrap();
    assert!(rest.is_empty() || rest.starts_with("HTTP/1.1 400"), "{rest}");
    let mut chunks = server.client();
    chunks.send("POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nabc");
    let answer = chunks.answer();
    assert_eq!((answer.status, answer.code().as_str()), (400, "malformed.request"));
    // With both, only the chunks count, and nothing on this connection is believed afterwards.
    let mut both = server.client();
    both.send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET");
    assert!(!String::from_utf8(both.rest()).unwrap().contains("GET"));
}

// R6.1, R1.4
#[test]
fn errors_are_one_object_with_a_status() {
    let server = serve(routes(), limits());
    let mut client = server.client();
    let absent = client.ask("GET", "/nowhere", b"");
    assert_eq!((absent.status, absent.code().as_str()), (404, "malformed.request"));
    let method = client.ask("DELETE", "/hello", b"");
    assert_eq!((method.status, method.code().as_str()), (405, "malformed.request"));
    assert_eq!(method.header("allow"), Some("GET,HEAD"));
    let busy = client.ask("GET", "/busy", b"");
    assert_eq!((busy.status, busy.header("retry-after"), busy.code().as_str()), (503, Some("1"), "limit.connections"));
    // What goes wrong inside is the operator's to know.
    let disk = client.ask("GET", "/disk", b"");
    assert_eq!((disk.status, disk.code().as_str()), (500, "io.write"));
    assert!(!disk.text().contains("secret"));
    assert!(server.events().iter().any(|event| event["error"].as_str().unwrap_or("").contains("/secret/path")));
    let panicked = client.ask("GET", "/panic", b"");
    assert_eq!((panicked.status, panicked.code().as_str()), (500, "internal"));
    assert_eq!(client.ask("GET", "/hello", b"").status, 200);
}

// R2.6
#[test]
fn every_request_has_an_id_in_its_answer_and_its_event() {
    let server = serve(routes(), limits());
    let mut client = server.client();
    let given = client.send("GET /id HTTP/1.1\r\nhost: x\r\nx-request-id: mine-1\r\n\r\n").answer();
    assert_eq!((given.text(), given.header("x-request-id")), ("mine-1", Some("mine-1")));
    let made = client.ask("GET", "/id", b"");
    assert_eq!(Some(made.text()), made.header("x-request-id"));
    let next = client.send("GET /id HTTP/1.1\r\nhost: x\r\nx-request-id: a\"b c\r\n\r\n").answer();
    assert!(next.text() != made.text() && !next.text().contains('"'));
    let absent = client.send("GET /absent HTTP/1.1\r\nhost: x\r\nx-request-id: mine-2\r\n\r\n").answer();
    assert_eq!(absent.header("x-request-id"), Some("mine-2"));
    let events = server.events();
    let of = |id: &str| events.iter().find(|event| event["request_id"] == id).unwrap();
    for (id, result, code, status) in [("mine-1", "ok", "", 200), ("mine-2", "refused", "malformed.request", 404)] {
        let event = of(id);
        assert_eq!((&event["node_id"], &event["result"]), (&"node-under-test".into(), &result.into()));
        assert_eq!((&event["error_code"], &event["status"]), (&code.into(), &status.into()));
        assert!(event["latency_ms"].is_u64());
    }
}

// R6.4
#[test]
fn work_past_its_deadline_is_dropped() {
    let (server, _gate, arrivals) = gated(limits());
    let mut client = server.client();
    let ask = |path: &str, budget: &str| format!("GET {path} HTTP/1.1\r\nhost: x\r\nx-deadline-ms: {budget}\r\n\r\n");
    let left: u64 = client.send(ask("/left", "5000")).answer().text().parse().unwrap();
    assert!(left > 0 && left <= 5000, "{left}");
    let none = client.send(ask("/gate", "0")).answer();
    assert_eq!((none.status, none.code().as_str()), (408, "limit.too_slow"));
    assert!(arrivals.try_recv().is_err(), "it began work that nobody waits for");
    let late = client.send(ask("/gate", "50")).answer();
    assert_eq!((late.status, late.code().as_str()), (408, "limit.too_slow"));
    let malformed = client.send(ask("/left", "soon")).answer();
    assert_eq!((malformed.status, malformed.code().as_str()), (400, "malformed.request"));
}

// R3.2
#[test]
fn a_thousand_idle_connections_disturb_nobody() {
    allow_descriptors();
    let server = serve(routes(), Limits { connections: 1_100, ..limits() });
    let mut idle: Vec<Client> = (0..1_000).map(|_| server.client()).collect();
    server.await_metric("http_connections 1000");
    for client in idle.iter_mut().step_by(97) {
        assert_eq!(client.ask("GET", "/hello", b"").text(), "hello");
    }
    drop(idle);
    server.await_metric("http_connections 0");
}

// R4.1: without anybody looking for them.
#[test]
fn idle_connections_are_closed() {
    let server = serve(routes(), Limits { idle: Duration::from_millis(200), ..limits() });
    let (mut fresh, mut used) = (server.client(), server.client());
    assert_eq!(used.ask("GET", "/hello", b"").status, 200);
    assert!(fresh.rest().is_empty() && used.rest().is_empty());
    server.await_metric("http_connections_ended_total{reason=\"idle\"} 2");
    server.await_metric("http_connections 0");
}

// R3.2, R6.1
#[test]
fn beyond_the_cap_clients_are_turned_away_with_words() {
    let server = serve(routes(), Limits { connections: 3, ..limits() });
    let mut kept: Vec<Client> = (0..3).map(|_| server.client()).collect();
    server.await_metric("http_connections 3");
    let mut refused = server.client();
    refused.send("GET /hello HTTP/1.1\r\nhost: x\r\n\r\n");
    let answer = refused.answer();
    assert_eq!((answer.status, answer.code().as_str()), (503, "limit.connections"));
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert!(refused.rest().is_empty());
    assert_eq!(kept[0].ask("GET", "/hello", b"").status, 200);
    kept.pop();
    server.await_metric("http_connections 2");
    assert_eq!(server.client().ask("GET", "/hello", b"").status, 200);
}

// R3.4
#[test]
fn churn_leaks_no_descriptor() {
    let server = serve(routes(), limits());
    for number in 0..300 {
        let mut client = server.client();
        match number % 4 {
            0 => drop(client.ask("GET", "/hello", b"")),
            1 => drop(client.send("POST /echo HTTP/1.1\r\ncontent-length: 10\r\n\r\nabc")),
            2 => drop(client.send("nonsense\r\n\r\n")),
            _ => {}
        }
    }
    let port = server.address.port();
    eventually("only the listener is left", || descriptors(port) == 1);
}

// R3, gate: a reader that asks for a lot and takes nothing. What is queued for it does not grow, and it is cut off.
#[test]
fn a_slow_reader_is_cut_off() {
    let server = serve(routes(), limits());
    let mut client = server.client();
    client.send("GET /long HTTP/1.1\r\nhost: x\r\n\r\n".repeat(20));
    server.await_metric("http_connections_ended_total{reason=\"slow_reader\"} 1");
    server.await_metric("http_connections 0");
    let event = server.events().into_iter().find(|event| event["message"] == "connection ended").unwrap();
    assert_eq!((&event["reason"], &event["error_code"]), (&"slow_reader".into(), &"limit.too_slow".into()));
    assert!(client.rest().len() < 20 * LONG);
    let mut patient = server.client();
    assert_eq!(patient.ask("GET", "/long", b"").body.len(), LONG);
}

// R5.5, R2
#[test]
fn stopping_loses_no_request_in_flight() {
    let (mut server, gate, arrivals) = gated(limits());
    let address = server.address;
    let mut waiting: Vec<Client> = (0..10).map(|_| server.client()).collect();
    for client in &mut waiting {
        client.send("GET /gate HTTP/1.1\r\nhost: x\r\n\r\n");
        arrivals.recv().unwrap();
    }
    let mut half = server.client();
    half.send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\na");
    let mut idle = server.client();
    assert_eq!(idle.ask("GET", "/hello", b"").status, 200);
    server.await_metric("http_connections 12");
    server.stop();
    // It has stopped listening once the idle connection is closed.
    assert!(idle.rest().is_empty());
    eventually("nobody listens", || std::net::TcpStream::connect(address).is_err());
    half.send("bc");
    assert_eq!(half.answer().text(), "abc");
    gate.open.add_permits(10);
    for client in &mut waiting {
        let answer = client.answer();
        assert_eq!((answer.text(), answer.header("connection")), ("through", Some("close")));
    }
    assert_eq!(server.stopped().cut, 0);
}

// R5.5: who has connected and sent, and was not accepted yet, is served too. The handler blocks the server's one thread,
// as no handler may, so that it cannot accept.
#[test]
fn stopping_serves_who_has_connected_already() {
    let (arrived, arrivals) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let released = Arc::new(Mutex::new(released));
    let block = async move || {
        arrived.send(()).unwrap();
        released.lock().unwrap().recv().unwrap();
        "released"
    };
    let mut server = serve(routes().route("/block", get(block)), limits());
    let mut first = server.client();
    first.send("GET /block HTTP/1.1\r\nhost: x\r\n\r\n");
    arrivals.recv().unwrap();
    let mut waiting: Vec<Client> = (0..20).map(|_| server.client()).collect();
    for client in &mut waiting {
        client.send("GET /hello HTTP/1.1\r\nhost: x\r\n\r\n");
    }
    server.stop();
    release.send(()).unwrap();
    assert_eq!(first.answer().text(), "released");
    for client in &mut waiting {
        assert_eq!(client.answer().text(), "hello");
    }
    assert_eq!(server.stopped().cut, 0);
}

// R5.5
#[test]
fn stopping_does_not_wait_for_ever() {
    let (mut server, _gate, arrivals) = gated(Limits { drain: Duration::from_millis(100), ..limits() });
    let mut client = server.client();
    client.send("GET /gate HTTP/1.1\r\nhost: x\r\n\r\n");
    arrivals.recv().unwrap();
    server.stop();
    assert!(client.rest().is_empty());
    assert_eq!(server.stopped().cut, 1);
}

// R2.5
#[test]
fn a_port_in_use_is_said_so() {
    let server = serve(routes(), limits());
    let error = Server::bind(server.address, limits()).unwrap_err();
    assert_eq!(error.code(), Code::IoPortInUse);
    let port = server.address.port();
    assert_eq!(error.what(), format!("port {port} is used by another program"));
    assert!(!error.next().is_empty());
    let elsewhere = Server::bind("192.0.2.1:0".parse().unwrap(), limits()).unwrap_err();
    assert_eq!(elsewhere.code(), Code::IoNetwork);
}

// R21: labels are routes, never paths.
#[test]
fn metrics_name_routes_and_classes() {
    let server = serve(routes(), limits());
    let mut client = server.client();
    for path in ["/things/a", "/things/b", "/nowhere", "/elsewhere", "/disk"] {
        client.ask("GET", path, b"");
    }
    let metrics = client.ask("GET", "/metrics", b"");
    let text = metrics.text();
    for line in [
        "http_requests_total{route=\"/things/{name}\",class=\"ok\"} 2",
        "http_requests_total{route=\"unmatched\",class=\"refused\"} 2",
        "http_requests_total{route=\"/disk\",class=\"failed\"} 1",
        "http_request_seconds_count 5",
        "# EOF",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    assert_eq!(client.ask("GET", "/healthz", b"").text(), "ok\n");
}

// R3.1: many clients at once, all of them served.
#[test]
fn clients_at_the_same_time_do_not_disturb_one_another() {
    let server = serve(routes(), limits());
    thread::scope(|scope| {
        for number in 0_u8..16 {
            let mut client = server.client();
            scope.spawn(move || {
                for length in [0, 1, 100, 10_000] {
                    assert_eq!(client.ask("POST", "/echo", &vec![number; length]).body, vec![number; length]);
                }
            });
        }
    });
}

/// Open descriptors of this process that are sockets at the server's side of this port.
fn descriptors(port: u16) -> usize {
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let inodes: Vec<String> = table
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|fields| fields[1].ends_with(&format!(":{port:04X}")))
        .map(|fields| format!("socket:[{}]", fields[9]))
        .collect();
    let links = fs::read_dir("/proc/self/fd").unwrap().filter_map(|entry| fs::read_link(entry.unwrap().path()).ok());
    links.filter(|link| inodes.iter().any(|inode| link.as_os_str() == inode.as_str())).count()
}

fn allow_descriptors() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).unwrap();
}

const LONG: usize = 4 << 20;
