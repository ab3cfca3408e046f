//! The log's side of witnessing, with real witnesses and with some that misbehave.

use crate::fixture::{ORIGIN, at, directory, entries, entries_from, key, log_of};
use crate::service::{Running, limits, serve};
use ct_core::{Code, Cosignature, Note, Origin, Timestamp, VerifierKey};
use ct_keys::Role;
use ct_node::cosigners::{Address, Collected, QuorumRule, Waiting};
use ct_node::http::Patience;
use ct_node::witness_service::WitnessedLog;
use ct_node::{Cosigner, Cosigners, Error, Log, WitnessConfig, WitnessService, advertise};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A log of so many entries.
fn log(count: usize) -> (TempDir, Log) {
    let dir = directory();
    let log = log_of(dir.path(), &entries(count));
    (dir, log)
}

/// A witness of the log with the key of this number, whose clock shows that second.
fn witness(dir: &Path, log: &VerifierKey, number: u8, second: u64) -> (Running, VerifierKey) {
    let state = dir.join(format!("witness-{number}"));
    let known = WitnessedLog { origin: Origin::new(ORIGIN).unwrap(), keys: vec![log.clone()] };
    let config = WitnessConfig {
        listen: "127.0.0.1:0".parse().unwrap(),
        key: state.join("unused"),
        api: state.join("api"),
        state,
        logs: vec![known],
    };
    let key = key(Role::Witness, &format!("w{number}.example#1"), number);
    let service = WitnessService::open(&config, key, Arc::new(move || Ok(at(second)))).unwrap();
    (serve(service.routes(), limits()), service.verifier().unwrap())
}

fn url(address: SocketAddr) -> Address {
    Address::Url(format!("http://{address}"))
}

fn waiting() -> Waiting {
    let total = Duration::from_secs(20);
    Waiting { request: Patience { connect: total, read: total, total }, grace: Duration::from_millis(100), total }
}

fn cosigners(peers: &[(&VerifierKey, SocketAddr)], quorum: usize) -> Cosigners {
    let peers = peers.iter().map(|(vkey, address)| Cosigner { vkey: (*vkey).clone(), address: url(*address) });
    Cosigners::new(peers.collect(), QuorumRule::AtLeast(quorum), waiting()).unwrap()
}

fn collect(cosigners: &Cosigners, log: &mut Log) -> Result<Collected, Error> {
    let (note, now) = (log.checkpoint().note(&[]), log.size());
    let origin = Origin::new(ORIGIN).unwrap();
    cosigners.collect(&note, &origin, at(7), |old| log.consistency(old, now).map(Some))
}

/// Who refused with which code.
fn refusals(collected: &Collected) -> Vec<(&str, Code)> {
    collected.refusals.iter().map(|refusal| (refusal.name.as_str(), refusal.error.code())).collect()
}

/// A server that answers each connection with these bytes, or never, and counts them.
fn fake(answer: Option<Vec<u8>>) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, count) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&count);
    thread::spawn(move || {
        let mut open = Vec::new();
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            let Some(answer) = &answer else {
                open.push(socket);
                continue;
            };
            read_request(&mut socket);
            // Who is asked for less may have closed already.
            let _ = socket.write_all(answer);
        }
    });
    (address, count)
}

/// Until the announced length has come.
fn read_request(socket: &mut impl Read) {
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        if let Some(end) = text.find("\r\n\r\n") {
            let length = text.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
            if bytes.len() >= end + 4 + length.map_or(0, |length| length.parse().unwrap()) {
                return;
            }
        }
        match socket.read(&mut part) {
            Ok(count) if count > 0 => bytes.extend_from_slice(&part[..count]),
            _ => return,
        }
    }
}

fn http(status: &str, content_type: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
        .into_bytes()
}

// R18.1: what is collected verifies, and a growing log is cosigned at the first request each time.
#[test]
fn all_witnesses_cosign_a_growing_log() {
    let (dir, mut log) = log(1);
    let witnesses: Vec<_> = (10..13).map(|number| witness(dir.path(), &log.verifier().clone(), number, 7)).collect();
    let peers: Vec<_> = witnesses.iter().map(|(running, vkey)| (vkey, running.address)).collect();
    let all = cosigners(&peers, 3);
    let more = entries(40);
    for now in [1, 2, 7, 40, 40] {
        log.append(&more[usize::try_from(log.size().get()).unwrap()..now]).unwrap();
        let collected = collect(&all, &mut log).unwrap();
        assert!(collected.refusals.is_empty());
        let note = log.checkpoint().note(&collected.lines);
        let note = Note::parse(&note).unwrap();
        for (_, vkey) in &witnesses {
            let cosignature = Cosignature::from_line(note.signature_by(vkey).unwrap()).unwrap();
            assert_eq!(cosignature.verify(vkey, note.text()), Ok(at(7)));
        }
    }
    for (running, _) in &witnesses {
        running.await_metric("http_requests_total{route=\"/add-checkpoint\",class=\"ok\"} 5");
        assert!(!running.telemetry.render().contains("class=\"refused\""));
    }
    // A log that has forgotten what they have seen is told.
    assert!(collect(&cosigners(&peers, 3), &mut log).unwrap().refusals.is_empty());
}

// R2.4, R4: each way to fail is told apart, none is counted, and none harms the others.
#[test]
fn bad_witnesses_are_named_and_do_not_count() {
    let (dir, mut log) = log(5);
    let verifier = log.verifier().clone();
    let good: Vec<_> = (10..12).map(|number| witness(dir.path(), &verifier, number, 7)).collect();
    let (early, early_key) = witness(dir.path(), &verifier, 20, 7 + 6);
    let (other, _) = witness(dir.path(), &verifier, 21, 7);
    let vkey =
        |number: u8| ct_node::witness::verifier(&key(Role::Witness, &format!("w{number}.example#1"), number)).unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    // A cosignature of an older checkpoint, which was true then.
    let stale = {
        let old_dir = directory();
        let old = log_of(old_dir.path(), &entries(3));
        let line = ct_node::witness::cosign(
            &key(Role::Witness, "w31.example#1", 31),
            &old.checkpoint().checkpoint().text(),
            at(6),
        );
        line.unwrap().to_string()
    };
    let line_of = |number: u8, text: &str| {
        let key = key(Role::Witness, &format!("w{number}.example#1"), number);
        ct_node::witness::cosign(&key, text, at(7)).unwrap().to_string()
    };
    let text = log.checkpoint().checkpoint().text();
    let mut flipped = line_of(33, &text).into_bytes();
    let place = flipped.len() - 20;
    flipped[place] = if flipped[place] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).unwrap();
    let plain = "text/plain";
    let long = |head: &str| {
        [format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n").as_bytes(), &b"8000\r\n"[..], &vec![b'a'; 1 << 20]].concat()
    };
    let fakes: Vec<(u8, Vec<u8>, Code)> = vec![
        (30, http("200 OK", plain, "hello"), Code::MalformedNote),
        (31, http("200 OK", plain, &stale), Code::TamperedCosignature),
        (32, http("200 OK", plain, &line_of(99, &text)), Code::TamperedCosignature),
        (33, http("200 OK", plain, &flipped), Code::TamperedCosignature),
        (34, long("content-length: 1000000000"), Code::LimitLength),
        (35, long("transfer-encoding: chunked"), Code::LimitLength),
        (36, http("409 Conflict", "text/x.tlog.size", "3\n"), Code::DiscontinuousNoProof),
        (37, http("409 Conflict", "text/x.tlog.size", "6\n"), Code::DiscontinuousNoProof),
        (38, http("409 Conflict", "text/x.tlog.size", "+3\n"), Code::MalformedRequest),
        (39, http("409 Conflict", plain, "3\n"), Code::DiscontinuousNoProof),
        (40, http("500 Oh", plain, "\x1b[31mno"), Code::NotAnchoredQuorum),
        (41, b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n".to_vec(), Code::IoNetwork),
        (42, b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort".to_vec(), Code::IoNetwork),
        (43, b"\x00\x01\x02".to_vec(), Code::IoNetwork),
        (44, http("302 Found\r\nlocation: http://127.0.0.1:1/", plain, ""), Code::NotAnchoredQuorum),
        (45, http("200 OK", plain, ""), Code::MalformedNote),
    ];
    let vkeys: Vec<VerifierKey> = fakes.iter().map(|(number, ..)| vkey(*number)).collect();
    let (down, impostor) = (vkey(46), vkey(47));
    let mut peers: Vec<(&VerifierKey, SocketAddr)> =
        good.iter().map(|(running, vkey)| (vkey, running.address)).collect();
    let mut expected: Vec<(String, Code)> = Vec::new();
    let mut add = |vkey, address, code| {
        peers.push((vkey, address));
        expected.push((VerifierKey::name(vkey).to_string(), code));
    };
    let mut asked = Vec::new();
    for (vkey, (number, answer, code)) in vkeys.iter().zip(fakes) {
        let (address, count) = fake(Some(answer));
        add(vkey, address, code);
        asked.push((number, count));
    }
    add(&down, closed, Code::IoNetwork);
    add(&impostor, other.address, Code::TamperedCosignature);
    add(&early_key, early.address, Code::NotYetValidCosignature);

    let collected = Cosigners::new(
        peers.iter().map(|(vkey, address)| Cosigner { vkey: (*vkey).clone(), address: url(*address) }).collect(),
        QuorumRule::AtLeast(2),
        Waiting { grace: Duration::from_secs(15), ..waiting() },
    );
    let collected = collect(&collected.unwrap(), &mut log).unwrap();
    assert_eq!(collected.lines.len(), 2);
    let expected: Vec<(&str, Code)> = expected.iter().map(|(name, code)| (name.as_str(), *code)).collect();
    assert_eq!(refusals(&collected), expected);
    assert!(collected.refusals.iter().all(|refusal| !refusal.error.what().contains(char::is_control)));
    // Whoever names another size each time is not asked for ever; all others are asked once.
    for (number, count) in asked {
        assert_eq!(count.load(Ordering::SeqCst), if number == 36 { 3 } else { 1 }, "{number}");
    }

    // R18.3: with one fewer good one there is no quorum, and no soft pass.
    let error = collect(&cosigners(&peers, 3), &mut log).unwrap_err();
    assert_eq!(error.code(), Code::NotAnchoredQuorum);
    assert!(error.what().contains("w30.example: malformed.note") && error.what().contains("(2)"), "{error}");
}

// R2.3, R6.4: once the quorum is there, a witness that never answers is waited for a little; and it is not asked again
// while it has not answered.
#[test]
fn a_slow_witness_does_not_hold_up_the_log() {
    let (dir, mut log) = log(2);
    let verifier = log.verifier().clone();
    let good: Vec<_> = (10..12).map(|number| witness(dir.path(), &verifier, number, 7)).collect();
    let slow_key = ct_node::witness::verifier(&key(Role::Witness, "slow.example#1", 50)).unwrap();
    let (slow, asked) = fake(None);
    let mut peers: Vec<_> = good.iter().map(|(running, vkey)| (vkey, running.address)).collect();
    peers.push((&slow_key, slow));
    let all = cosigners(&peers, 2);
    let start = Instant::now();
    for count in 2..6 {
        if count > 2 {
            log.append(&entries(count)[count - 1..]).unwrap();
        }
        let collected = collect(&all, &mut log).unwrap();
        assert_eq!((collected.lines.len(), refusals(&collected)), (2, vec![("slow.example", Code::IoNetwork)]));
    }
    assert!(start.elapsed() < waiting().total, "{:?}", start.elapsed());
    assert!(asked.load(Ordering::SeqCst) <= 1);
    // Without a quorum it is waited for as long as it may take, and no longer.
    let short = Waiting { total: Duration::from_millis(300), ..waiting() };
    let slow = Cosigner { vkey: slow_key, address: url(slow) };
    let alone = Cosigners::new(vec![slow], QuorumRule::AtLeast(1), short).unwrap();
    assert_eq!(collect(&alone, &mut log).map(drop).map_err(|error| error.code()), Err(Code::NotAnchoredQuorum));
}

// R15.6, R20.5: a log that was taken back to an older state is told so by its witnesses.
#[test]
fn witnesses_that_have_seen_more_say_so() {
    let (dir, mut log) = log(9);
    let (running, vkey) = witness(dir.path(), &log.verifier().clone(), 10, 7);
    collect(&cosigners(&[(&vkey, running.address)], 1), &mut log).unwrap();
    let older = directory();
    let mut taken_back = log_of(older.path(), &entries(5));
    let error = collect(&cosigners(&[(&vkey, running.address)], 1), &mut taken_back).unwrap_err();
    assert_eq!(error.code(), Code::NotAnchoredQuorum);
    assert!(error.what().contains("discontinuous.no_proof: has cosigned this log at size 9"), "{error}");
    // Nor does a second history of the same size get a signature.
    let forked = directory();
    let mut others = entries_from(77, 9);
    others[0] = entries(1)[0].clone();
    let mut fork = log_of(forked.path(), &others);
    let error = collect(&cosigners(&[(&vkey, running.address)], 1), &mut fork).unwrap_err();
    assert!(error.what().contains("status 422"), "{error}");
}

// R20.5: of a log that was restored, everybody who answers must have seen no more than this, and nothing else; a quorum
// beside it does not outvote one who has. Those who do not answer say nothing.
#[test]
fn a_restored_log_is_confirmed_by_all_who_answer() {
    let (dir, mut log) = log(9);
    let verifier = log.verifier().clone();
    let witnesses: Vec<_> = (10..13).map(|number| witness(dir.path(), &verifier, number, 7)).collect();
    let peers: Vec<_> = witnesses.iter().map(|(running, vkey)| (vkey, running.address)).collect();
    let confirm = |peers: &[(&VerifierKey, SocketAddr)], log: &mut Log| {
        let (note, now, origin) = (log.checkpoint().note(&[]), log.size(), Origin::new(ORIGIN).unwrap());
        let all = cosigners(peers, 2);
        let confirmed = all.confirm(&note, &origin, at(7), |old| log.consistency(old, now).map(Some));
        confirmed.map(|confirmed| confirmed.lines.len()).map_err(|error| (error.code(), error.place().to_owned()))
    };
    let older = directory();
    let mut taken_back = log_of(older.path(), &entries(5));
    assert_eq!(confirm(&peers, &mut taken_back), Ok(3));
    // One of them has gone on with another log that was restored.
    collect(&cosigners(&peers[2..], 1), &mut log).unwrap();
    let refused = |place: &str| Err((Code::DiscontinuousRestore, place.to_owned()));
    assert_eq!(confirm(&peers, &mut taken_back), refused("witness w12.example"));
    assert_eq!(collect(&cosigners(&peers, 2), &mut taken_back).unwrap().lines.len(), 2);
    assert_eq!(confirm(&peers[..2], &mut taken_back), Ok(2));
    assert_eq!(confirm(&peers, &mut log), Ok(3));
    // Another history of the same size, and one of a larger.
    for count in [9, 12] {
        let forked = directory();
        let mut others = entries_from(77, count);
        others[0] = entries(1)[0].clone();
        let mut fork = log_of(forked.path(), &others);
        assert_eq!(confirm(&peers, &mut fork), refused("witness w10.example"), "{count}");
    }
    // Nobody is there: that is no confirmation.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let gone: Vec<_> = peers.iter().map(|(vkey, _)| (*vkey, closed)).collect();
    assert_eq!(confirm(&gone, &mut log), Err((Code::NotAnchoredQuorum, "checkpoint".to_owned())));
    let one_is_gone = [peers[0], peers[1], gone[2]];
    assert_eq!(confirm(&one_is_gone, &mut log), Ok(2));
}

// R20.5: who answers late is waited for, even when the quorum is there.
#[test]
fn a_witness_that_answers_late_is_heard() {
    let (dir, mut log) = log(3);
    let verifier = log.verifier().clone();
    let quick: Vec<_> = (10..12).map(|number| witness(dir.path(), &verifier, number, 7)).collect();
    let late_key = ct_node::witness::verifier(&key(Role::Witness, "late.example#1", 50)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let late = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        read_request(&mut socket);
        // Longer than the others are given once there is a quorum.
        thread::sleep(waiting().grace * 5);
        let _ = socket.write_all(&http("409 Conflict", "text/x.tlog.size", "6\n"));
    });
    let mut peers: Vec<_> = quick.iter().map(|(running, vkey)| (vkey, running.address)).collect();
    peers.push((&late_key, late));
    let (note, now, origin) = (log.checkpoint().note(&[]), log.size(), Origin::new(ORIGIN).unwrap());
    let confirmed = cosigners(&peers, 2).confirm(&note, &origin, at(7), |old| log.consistency(old, now).map(Some));
    let error = confirmed.unwrap_err();
    assert_eq!((error.code(), error.place()), (Code::DiscontinuousRestore, "witness late.example"));
    assert!(error.what().contains("at size 6"), "{error}");
}

// The URL stands in a file, which a witness writes when it starts, perhaps at another port each time.
#[test]
fn addresses_may_stand_in_files() {
    let (dir, mut log) = log(2);
    let (running, vkey) = witness(dir.path(), &log.verifier().clone(), 10, 7);
    let path = dir.path().join("api");
    let peer = Cosigner { vkey, address: Address::File(path.clone()) };
    let all = Cosigners::new(vec![peer], QuorumRule::AtLeast(1), waiting()).unwrap();
    let error = collect(&all, &mut log).unwrap_err();
    assert!(error.what().contains("io.not_found"), "{error}");
    let advertised = advertise::Advertised::write(&path, &format!("http://{}", running.address)).unwrap();
    assert_eq!(collect(&all, &mut log).unwrap().lines.len(), 1);
    drop(advertised);
    assert!(!path.exists());
    std::fs::write(&path, "file:///etc/passwd\n").unwrap();
    assert_eq!(advertise::read(&path).map_err(|error| error.code()), Err(Code::MalformedConfig));
}

// R1.4
#[test]
fn a_list_that_cannot_work_is_refused() {
    let (_dir, log) = log(1);
    let good = ct_node::witness::verifier(&key(Role::Witness, "w.example#1", 50)).unwrap();
    let peer = |vkey: &VerifierKey| Cosigner { vkey: vkey.clone(), address: Address::Url("http://127.0.0.1:1".into()) };
    let code = |peers: Vec<Cosigner>, quorum| {
        Cosigners::new(peers, QuorumRule::AtLeast(quorum), waiting()).map(drop).map_err(|error| error.code())
    };
    assert_eq!(code(vec![peer(&good)], 1), Ok(()));
    assert_eq!(code(vec![peer(&good)], 2), Err(Code::MalformedConfig));
    assert_eq!(code(vec![peer(&good), peer(&good)], 1), Err(Code::MalformedConfig));
    assert_eq!(code(vec![peer(log.verifier())], 1), Err(Code::MalformedConfig));
}

// R18.3: groups count as the verifiers' trust root says.
#[test]
fn the_trust_root_s_quorum_decides() {
    let (dir, mut log) = log(3);
    let registry_dir = dir.path().join("registry");
    let mut entropy = ct_node::Entropy::from_seed(&[5; 32]);
    let registry = ct_node::Registry::create(&registry_dir, &crate::fixture::plan(), &mut entropy).unwrap();
    let root = Arc::new(registry.trust().clone());
    let known: Vec<VerifierKey> =
        root.trust().witnesses.iter().map(|witness| witness.keys[0].verifier.clone()).collect();
    let text = log.checkpoint().checkpoint().text();
    let lines_at = |time: Timestamp| -> Vec<String> {
        let line = |number: u8| {
            let path = registry_dir.join(format!("keys/witness-{number}.pem"));
            let key = ct_keys::KeyFile::read(&path, Role::Witness).unwrap();
            ct_node::witness::cosign(&key, &text, time).unwrap().to_string()
        };
        (1..=3).map(line).collect()
    };
    let (stranger, stranger_key) = witness(dir.path(), &log.verifier().clone(), 10, 7);
    let mut with = |count: usize, lines: &[String]| {
        let mut peers = vec![Cosigner { vkey: stranger_key.clone(), address: url(stranger.address) }];
        for (vkey, line) in known.iter().zip(lines).take(count) {
            let address = url(fake(Some(http("200 OK", "text/plain", line))).0);
            peers.push(Cosigner { vkey: vkey.clone(), address });
        }
        let all = Cosigners::new(peers, QuorumRule::Of(Arc::clone(&root)), waiting()).unwrap();
        collect(&all, &mut log).map(|_| ()).map_err(|error| error.code())
    };
    let now = lines_at(at(7));
    // Two of the three that the root names are enough; one of them and a stranger are not.
    assert_eq!(with(1, &now), Err(Code::NotAnchoredQuorum));
    assert_eq!(with(2, &now), Ok(()));
    // A quorum counts from its time on.
    let before = Timestamp::from_seconds(at(0).seconds() - 86_400 * 2).unwrap();
    assert_eq!(with(3, &lines_at(before)), Err(Code::NotAnchoredQuorum));
}
