//! Several nodes, of which one leads: any of them may be asked, one of them takes requests (R12.3, R12.4).

use crate::cluster::{Cluster, Fate, client};
use crate::town::{ORIGIN, at};
use ct_core::Code;
use ct_node::envelope::RequestId;
use ct_node::service::{NodeRole, Trouble};
use ct_node::{Signed, http};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Status, head and JSON of an answer.
pub(crate) fn raw(url: &str, head: &str, body: &[u8]) -> (u16, String, Value) {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    write!(stream, "{head} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len())
        .unwrap();
    // The server may have answered before it has read all.
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let text = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_owned(), serde_json::from_str(body).unwrap_or_default())
}

fn statements(signed: &[Signed]) -> Vec<&[u8]> {
    signed.iter().map(|signed| signed.statement.as_slice()).collect()
}

/// Asks until it is so, for a long while.
pub(crate) fn becomes(mut ask: impl FnMut() -> bool) -> bool {
    (0..3_000).any(|_| {
        let is_so = ask();
        std::thread::sleep(Duration::from_millis(if is_so { 0 } else { 10 }));
        is_so
    })
}

/// A server that gives every request this answer, and counts them.
fn answering(head: String, body: String) -> (String, Arc<AtomicUsize>) {
    let (url, count, _) = noting(head, body);
    (url, count)
}

/// As [`answering`], with the heads of the requests.
fn noting(head: String, body: String) -> (String, Arc<AtomicUsize>, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let heads: Arc<Mutex<Vec<String>>> = Arc::default();
    let noted = Arc::clone(&heads);
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            counted.fetch_add(1, Ordering::SeqCst);
            let mut request = Vec::new();
            let mut bytes = [0; 65_536];
            // A request of ours is a head and the bytes that it announces.
            loop {
                let read = stream.read(&mut bytes).unwrap_or(0);
                request.extend_from_slice(&bytes[..read]);
                let text = String::from_utf8_lossy(&request).to_lowercase();
                let length = text.split("content-length: ").nth(1).and_then(|rest| rest.split('\r').next());
                let length: usize = length.and_then(|length| length.parse().ok()).unwrap_or(0);
                let end = request.windows(4).position(|window| window == b"\r\n\r\n");
                if read == 0 || end.is_some_and(|end| request.len() >= end + 4 + length) {
                    break;
                }
            }
            let end = request.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(0);
            noted.lock().unwrap().push(String::from_utf8_lossy(&request[..end]).to_lowercase());
            let length = body.len();
            let _ = write!(stream, "HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
        }
    });
    (url, count, heads)
}

fn naming(leader: &str) -> (String, Arc<AtomicUsize>) {
    let body = format!("{{\"code\":\"not_leader.node\",\"message\":\"no\",\"next\":\"n\",\"leader\":\"{leader}\"}}");
    answering("421 Misdirected Request".to_owned(), body)
}

// R12.3: a follower takes nothing, says where the leader is, or when to ask again; nothing is recorded.
#[test]
fn a_follower_answers_a_request_with_the_leaders_address() {
    let mut cluster = Cluster::start(2);
    let signed = cluster.nodes[0].town.issue(1, at(20));
    let request = cluster.nodes[0].town.request(1, &signed, at(20));
    let leader = cluster.nodes[0].url.clone();
    for path in ["statements", "clients", "members"] {
        // Before anything is verified: what no client could have signed is not looked at.
        let (status, head, answer) = raw(&cluster.nodes[1].url, &format!("POST /v1/{path}"), b"{}");
        assert_eq!((status, answer["code"].as_str()), (421, Some("not_leader.node")));
        assert_eq!(answer["leader"].as_str(), Some(leader.as_str()));
        assert!(head.contains(&format!("x-leader: {leader}")) && !head.contains("retry-after"), "{head}");
    }
    cluster.set(|control| control.leader = None);
    let (status, head, answer) = raw(&cluster.nodes[1].url, "POST /v1/statements", &request);
    assert_eq!((status, &answer["leader"]), (421, &Value::Null));
    assert!(head.contains("retry-after: 1") && !head.contains("x-leader"), "{head}");
    // One that learns it only when it proposes.
    cluster.elect(0);
    cluster.set(|control| control.fate = Fate::Deposed);
    let (status, head, answer) = raw(&leader, "POST /v1/statements", &request);
    assert_eq!((status, answer["code"].as_str()), (421, Some("not_leader.node")));
    assert!(head.contains("retry-after: 1"), "{head}");
    assert!(cluster.nodes.iter().all(|node| node.state.meta().unwrap().tree.size().get() == 1));
}

// R12.3: a client that knows only a follower reaches the leader, and goes there at once the next time.
#[test]
fn a_hint_is_followed() {
    let mut cluster = Cluster::start(1);
    let leader = &cluster.nodes[0].url;
    let body = format!("{{\"code\":\"not_leader.node\",\"leader\":\"{leader}\"}}");
    let (follower, _, heads) = noting("421 Misdirected Request".to_owned(), body);
    let mut client = client(&[follower], Duration::from_secs(20));
    for index in 1..4 {
        let signed = cluster.nodes[0].town.issue(1, at(20));
        let receipt = client.submit(ORIGIN, &cluster.nodes[0].town.client, &statements(&signed)).unwrap();
        assert_eq!(receipt.first, index);
        assert_eq!(client.bundles(&receipt).unwrap().len(), 1);
    }
    // Questions may be put to any node.
    let requests = heads.lock().unwrap().iter().filter(|head| head.starts_with("post")).count();
    assert_eq!(requests, 1);
}

// R12.3: whom to trust is asked only of addresses that the user gave.
#[test]
fn the_trust_root_is_not_asked_of_a_node_that_was_only_named() {
    let mut cluster = Cluster::start(2);
    let (leader, visited) = answering("200 OK".to_owned(), "{\"leaf_index\":1,\"count\":1}".to_owned());
    cluster.set(|control| {
        control.leader = None;
        control.hint = Some(leader);
    });
    let signed = cluster.nodes[0].town.issue(1, at(20));
    let mut client = cluster.client(&[1]);
    assert_eq!(client.submit(ORIGIN, &cluster.nodes[0].town.client, &statements(&signed)).unwrap().first, 1);
    assert_eq!(visited.load(Ordering::SeqCst), 1);
    assert!(client.trust().is_ok());
    assert_eq!(visited.load(Ordering::SeqCst), 1);
}

// R4.4, R2.6, R12.3: one ID, from node to node, in every attempt.
#[test]
fn a_request_has_one_id_wherever_it_goes() {
    let mut cluster = Cluster::start(1);
    let busy = "{\"code\":\"limit.in_flight\",\"message\":\"no\"}".to_owned();
    let (leader, _, at_leader) = noting("503 Service Unavailable".to_owned(), busy);
    let body = format!("{{\"code\":\"not_leader.node\",\"leader\":\"{leader}\"}}");
    let (follower, _, at_follower) = noting("421 Misdirected Request".to_owned(), body);
    let signed = cluster.nodes[0].town.issue(1, at(20));
    let id = RequestId::new([7; 16]);
    let mut client = client(&[follower], Duration::from_millis(500));
    let outcome = client.submit_as(id, ORIGIN, &cluster.nodes[0].town.client, &statements(&signed));
    assert_eq!(outcome.map_err(|error| error.code()), Err(Code::LimitInFlight));
    let heads = [at_follower.lock().unwrap().clone(), at_leader.lock().unwrap().clone()];
    assert!(heads.iter().all(|heads| !heads.is_empty()) && heads[1].len() > 1, "{heads:?}");
    let line = format!("x-request-id: {id}");
    assert!(heads.iter().flatten().all(|head| head.lines().any(|found| found == line)), "{heads:?}");
}

// R12.3, R2.4: nodes that name each other do not keep a client busy: three hints, then a pause, and an end.
#[test]
fn hints_are_followed_a_bounded_number_of_times() {
    let mut cluster = Cluster::start(2);
    let signed = cluster.nodes[0].town.issue(1, at(20));
    let (one, two) = (TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
    let url = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap());
    let (first, second) = (url(&one), url(&two));
    let count = Arc::new(AtomicUsize::new(0));
    for (listener, other) in [(one, second.clone()), (two, first.clone())] {
        let count = Arc::clone(&count);
        std::thread::spawn(move || {
            while let Ok((mut stream, _)) = listener.accept() {
                count.fetch_add(1, Ordering::SeqCst);
                let mut bytes = [0; 65_536];
                let _ = stream.read(&mut bytes);
                let body = format!("{{\"code\":\"not_leader.node\",\"leader\":\"{other}\"}}");
                let head = "HTTP/1.1 421 Misdirected Request\r\nconnection: close";
                let _ = write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            }
        });
    }
    // The first pause is longer than all of its time: so there is one round.
    let attempt = http::Patience::default();
    let (total, first_pause) = (Duration::from_secs(20), Duration::from_secs(30));
    let persistence = ct_node::client::Persistence { attempt, total, first_pause, longest_pause: first_pause };
    let clock = Arc::new(|| at(20));
    let entropy = ct_node::Entropy::from_seed(&[1; 32]);
    let mut client = ct_node::client::Client::new(&[first], persistence, clock, entropy).unwrap();
    let outcome = client.submit(ORIGIN, &cluster.nodes[0].town.client, &statements(&signed));
    assert_eq!(outcome.map_err(|error| error.code()), Err(Code::NotLeaderNode));
    assert_eq!(count.load(Ordering::SeqCst), 4);
}

// R12.3: a follower that names a dead leader for ever does not hide the one that leads now.
#[test]
fn every_address_gets_its_turn() {
    let mut cluster = Cluster::start(1);
    let dead = format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    let (stale, asked) = naming(&dead);
    let signed = cluster.nodes[0].town.issue(1, at(20));
    let urls = [stale, dead, cluster.nodes[0].url.clone()];
    let mut client = client(&urls, Duration::from_secs(20));
    let receipt = client.submit(ORIGIN, &cluster.nodes[0].town.client, &statements(&signed)).unwrap();
    assert_eq!((receipt.first, asked.load(Ordering::SeqCst)), (1, 1));
}

// R12.3, R2.4: another program may listen where a node was; that is told at once if nothing else is known.
#[test]
fn what_is_no_log_hides_no_log() {
    let mut cluster = Cluster::start(1);
    let signed = cluster.nodes[0].town.issue(1, at(20));
    let (page, visited) = answering("404 Not Found".to_owned(), "<html>".to_owned());
    let (redirect, _) = answering("301 Moved Permanently\r\nlocation: http://x".to_owned(), String::new());
    let (garbled, _) = answering("two hundred".to_owned(), "<html>".to_owned());
    let strangers = [page, redirect, garbled];
    let mut lost = client(&strangers, Duration::from_secs(20));
    let outcome = lost.submit(ORIGIN, &cluster.nodes[0].town.client, &statements(&signed));
    assert_eq!((outcome.map_err(|error| error.code()), visited.load(Ordering::SeqCst)), (Err(Code::UnknownOutcome), 1));
    let mut lost = client(&strangers[..1], Duration::from_secs(20));
    let outcome = lost.submit(ORIGIN, &cluster.nodes[0].town.client, &statements(&signed));
    assert_eq!((outcome.map_err(|error| error.code()), visited.load(Ordering::SeqCst)), (Err(Code::IoNetwork), 2));
    let urls = [&strangers[..], &[cluster.nodes[0].url.clone()]].concat();
    let mut client = client(&urls, Duration::from_secs(20));
    assert_eq!(client.submit(ORIGIN, &cluster.nodes[0].town.client, &statements(&signed)).unwrap().first, 1);
}

// R12.3: what is named must be a place for this request: no path, no way back from TLS, nobody's name and password.
#[test]
fn a_hint_that_is_no_address_of_a_node_is_not_followed() {
    let mut cluster = Cluster::start(1);
    let signed = cluster.nodes[0].town.issue(1, at(20));
    let (trap, visited) = answering("200 OK".to_owned(), "{}".to_owned());
    let host = trap.strip_prefix("http://").unwrap();
    for hint in [
        format!("{trap}/elsewhere?"),
        format!("http://user@{host}"),
        format!("{trap}#"),
        format!("ftp://{host}"),
        host.to_owned(),
        "http://".to_owned(),
        String::new(),
    ] {
        let (stale, _) = naming(&hint);
        let mut client = client(&[stale], Duration::from_millis(200));
        let outcome = client.submit(ORIGIN, &cluster.nodes[0].town.client, &statements(&signed));
        assert_eq!(outcome.map_err(|error| error.code()), Err(Code::NotLeaderNode), "{hint}");
        assert_eq!(visited.load(Ordering::SeqCst), 0, "{hint}");
    }
}

// R12.3: the leader is gone before the next request; another one leads by then.
#[test]
fn a_leader_that_died_between_two_requests_is_left() {
    let mut cluster = Cluster::start(2);
    let mut client = cluster.client(&[0, 1]);
    let one = cluster.nodes[0].town.issue(1, at(20));
    let two = cluster.nodes[0].town.issue(1, at(20));
    let key = crate::running::copy(&cluster.nodes[0].town.client);
    assert_eq!(client.submit(ORIGIN, &key, &statements(&one)).unwrap().first, 1);
    let dead = cluster.nodes.remove(0);
    drop(dead.stopped());
    cluster.elect(1);
    assert_eq!(client.submit(ORIGIN, &key, &statements(&two)).unwrap().first, 2);
}

// The gate of R12, R12.4: the answer is lost with its leader; the same request on the next one gets the original
// answer, and is recorded once.
#[test]
fn an_answer_that_was_lost_is_given_by_the_next_leader() {
    let mut cluster = Cluster::start(2);
    let signed = cluster.nodes[0].town.issue(3, at(20));
    let key = crate::running::copy(&cluster.nodes[0].town.client);
    cluster.set(|control| control.fate = Fate::Lost);
    let id = RequestId::new([7; 16]);
    // Nobody else leads yet: then it is not known, and told so.
    let mut hasty = client(&[cluster.nodes[0].url.clone()], Duration::from_millis(500));
    let outcome = hasty.submit_as(id, ORIGIN, &key, &statements(&signed));
    assert_eq!(outcome.map_err(|error| error.code()), Err(Code::UnknownOutcome));
    assert_eq!(cluster.nodes[1].state.meta().unwrap().tree.size().get(), 4);
    cluster.elect(1);
    // It knows the old leader only, which says where the new one is.
    let receipt = hasty.submit_as(id, ORIGIN, &key, &statements(&signed)).unwrap();
    assert_eq!((receipt.request_id, receipt.first, receipt.count), (id, 1, 3));
    assert!(cluster.nodes.iter().all(|node| node.state.meta().unwrap().tree.size().get() == 4));
    let (status, _, answer) = raw(&cluster.nodes[0].url, &format!("GET /v1/statements/{id}"), b"");
    assert_eq!((status, answer["leaf_index"].as_u64(), answer["repeated"].as_bool()), (200, Some(1), Some(true)));
}

// R12.3, R12.4: what was committed is told by every node; that something was not, only by the leader.
#[test]
fn only_the_leader_says_that_a_request_is_unknown() {
    let mut cluster = Cluster::start(2);
    let signed = cluster.nodes[0].town.issue(1, at(20));
    let key = crate::running::copy(&cluster.nodes[0].town.client);
    let receipt = cluster.client(&[0]).submit(ORIGIN, &key, &statements(&signed)).unwrap();
    let known = format!("GET /v1/statements/{}", receipt.request_id);
    let ask = |node: usize, path: &str| {
        let (status, _, answer) = raw(&cluster.nodes[node].url, path, b"");
        (status, answer["code"].as_str().map(str::to_owned), answer["leader"].as_str().map(str::to_owned))
    };
    let leader = Some(cluster.nodes[0].url.clone());
    let code = |code: &str| Some(code.to_owned());
    assert_eq!(ask(1, &known).0, 200);
    for kind in ["statements", "bundles"] {
        let unknown = format!("GET /v1/{kind}/00000000000000000000000000000000");
        assert_eq!(ask(1, &unknown), (421, code("not_leader.node"), leader.clone()));
        assert_eq!(ask(0, &unknown), (404, code("unknown.request"), None));
    }
    // Clients are changed: what a follower knows of them may be old.
    assert_eq!(ask(1, "GET /v1/clients/x"), (421, code("not_leader.node"), leader));
    assert_eq!(ask(0, "GET /v1/clients/x"), (403, code("unknown.client"), None));
    let id = cluster.nodes[0].town.client.id().to_string();
    assert_eq!(cluster.client(&[1]).client(&id), Ok((1, true)));
    assert_eq!(ask(1, "GET /v1/trust").0, 200);
    assert_eq!(ask(1, "GET /v1/status").0, 200);
}

// R12.3: a follower says whether it has published all that it should have.
#[test]
fn a_follower_says_whether_it_is_up_to_date() {
    let mut cluster = Cluster::start(2);
    let signed = cluster.nodes[0].town.issue(1, at(20));
    let key = crate::running::copy(&cluster.nodes[0].town.client);
    cluster.client(&[0]).submit(ORIGIN, &key, &statements(&signed)).unwrap();
    for (node, leads) in [(0, true), (1, false)] {
        let ready = || raw(&cluster.nodes[node].url, "GET /readyz", b"").2;
        assert!(becomes(|| ready()["published_size"] == 2), "{}", ready());
        let answer = ready();
        assert_eq!((&answer["up_to_date"], &answer["leads"]), (&Value::from(true), &Value::from(leads)), "{answer}");
    }
    // Its files are in the way of what comes next: it is behind, and says so.
    std::fs::create_dir_all(cluster.nodes[1].dir.path().join("log/tile/entries/000.p/3")).unwrap();
    let signed = cluster.nodes[0].town.issue(1, at(20));
    cluster.client(&[0]).submit(ORIGIN, &key, &statements(&signed)).unwrap();
    let ready = |node: usize| raw(&cluster.nodes[node].url, "GET /readyz", b"").2;
    assert!(becomes(|| ready(0)["published_size"] == 3));
    assert!(becomes(|| ready(1)["up_to_date"] == false), "{}", ready(1));
}

// R21, R1.4: a node that has stopped, or has not caught up, is not ready, and says why; it can still be asked how it is.
#[test]
fn a_node_that_takes_no_part_is_not_ready() {
    let cluster = Cluster::start(1);
    let ask = |path: &str| {
        let (status, _, answer) = raw(&cluster.nodes[0].url, &format!("GET /{path}"), b"");
        (status, answer)
    };
    assert!(becomes(|| ask("readyz").0 == 200));
    cluster.set(|control| control.role = Some(NodeRole::Recovering));
    let (status, answer) = ask("readyz");
    assert_eq!((status, answer["code"].as_str()), (503, Some("incomplete.node")));
    assert_eq!(ask("v1/status").1["role"], "recovering");
    cluster.set(|control| {
        control.role = Some(NodeRole::Halted);
        control.halted = Some(Trouble { code: Code::TamperedState, message: "its tree is another one".to_owned() });
    });
    let (status, answer) = ask("readyz");
    assert_eq!((status, answer["code"].as_str()), (500, Some("tampered.state")));
    let (status, answer) = ask("v1/status");
    assert_eq!((status, answer["halted"]["code"].as_str()), (200, Some("tampered.state")), "{answer}");
}
