//! Documents issued over HTTP, from the request to a verdict without network.

use crate::running::{Running, becomes, copy_all, fence};
use crate::town::{ORIGIN, Town, at};
use ct_core::{Code, TrustRoot};
use ct_node::bundle;
use ct_node::envelope::{MessageType, Outgoing, RequestId, submission};
use ct_node::{Entropy, Signed};
use std::io::{Read, Write};
use std::net::TcpStream;

fn statements(signed: &[Signed]) -> Vec<&[u8]> {
    signed.iter().map(|signed| signed.statement.as_slice()).collect()
}

/// Has so many new statements recorded, and waits until they are final.
fn publish(log: &mut Running, count: usize) {
    let signed = log.town.issue(count, at(20));
    let receipt = log.client().submit(ORIGIN, &log.town.client, &statements(&signed)).unwrap();
    log.client().bundles(&receipt).unwrap();
}

/// The code of core's verdict on a bundle that the log gave, with the issuer's own parts.
fn verdict(town: &Town, evidence: &[u8], signed: &Signed) -> Code {
    let bytes = bundle::complete(evidence, signed, 0, bundle::Attached::default()).unwrap();
    bundle::verdict(&bytes, &TrustRoot::load(&town.signed_trust()).unwrap(), at(60)).unwrap()
}

/// The status line and the body of a request that no client of ours would send.
fn raw(url: &str, head: &str, body: &[u8]) -> (u16, serde_json::Value) {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    write!(stream, "{head} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len())
        .unwrap();
    // The server may have answered before it has read all.
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.split(' ').nth(1).unwrap().parse().unwrap();
    let body = text.split_once("\r\n\r\n").unwrap().1;
    (status, serde_json::from_str(body).unwrap_or_default())
}

// R18.1, R18.2, R17.6: issued over HTTP, verified without network; the request ID leads to the bundle.
#[test]
fn what_is_issued_over_http_is_verified_offline() {
    let mut log = Running::start();
    let signed = log.town.issue(300, at(20));
    let mut client = log.client();
    let receipt = client.submit(ORIGIN, &log.town.client, &statements(&signed)).unwrap();
    assert_eq!((receipt.first, receipt.count), (1, 300));
    let bundles = client.bundles(&receipt).unwrap();
    assert_eq!(bundles.len(), 300);
    for (evidence, signed) in bundles.iter().zip(&signed) {
        assert_eq!(verdict(&log.town, evidence, signed), Code::Ok);
    }
    let trust = client.trust().unwrap();
    assert_eq!(trust.hash(), TrustRoot::load(&log.town.signed_trust()).unwrap().hash());
}

// R14.1, R15.2: Go's sumdb authenticates what the service publishes, tile by tile and entry by entry.
#[test]
fn go_reads_what_the_service_publishes() {
    let mut log = Running::start();
    (0..3).for_each(|_| publish(&mut log, 200));
    let vkey = ct_node::LogSigner::new(crate::running::copy(&log.town.log)).unwrap().verifier().to_string();
    let key_file = log.dir.path().join("log.vkey");
    std::fs::write(&key_file, vkey + "\n").unwrap();
    let Some(program) = crate::go::oracle(log.dir.path(), "sumdb") else { return };
    let output = std::process::Command::new(program).arg(log.dir.path().join("log")).arg(key_file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && said.contains(" entries=601 "),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

// R12.4: the same request ID again, after a restart too, is the same answer and records nothing.
#[test]
fn a_retry_gets_the_original_answer() {
    let mut log = Running::start();
    let signed = log.town.issue(3, at(20));
    let id = RequestId::new([7; 16]);
    let first = log.client().submit_as(id, ORIGIN, &log.town.client, &statements(&signed)).unwrap();
    assert_eq!(log.client().submit_as(id, ORIGIN, &log.town.client, &statements(&signed)).unwrap(), first);
    let other = log.town.issue(3, at(20));
    let refused = log.client().submit_as(id, ORIGIN, &log.town.client, &statements(&other));
    assert_eq!(refused.map_err(|error| error.code()), Err(Code::ConflictRequestId));
    assert_eq!(log.state.meta().unwrap().tree.size().get(), 4);
}

// A log that is stopped and started goes on; everything published stays as it was and grows.
#[test]
fn a_log_goes_on_after_a_restart() {
    let mut log = Running::start();
    let mut all = Vec::new();
    for _ in 0..3 {
        let signed = log.town.issue(100, at(20));
        let receipt = log.client().submit(ORIGIN, &log.town.client, &statements(&signed)).unwrap();
        log.client().bundles(&receipt).unwrap();
        all.push((receipt, signed));
        log = log.again();
    }
    for (receipt, signed) in &all {
        let bundles = log.client().bundles(receipt).unwrap();
        let verdicts = bundles.iter().zip(signed).map(|(evidence, signed)| verdict(&log.town, evidence, signed));
        assert!(verdicts.into_iter().all(|code| code == Code::Ok));
    }
    assert_eq!(all.iter().map(|(receipt, _)| receipt.first).collect::<Vec<_>>(), [1, 101, 201]);
}

// R8, R7.3, R17.5, R1.4: each refusal by its code and status, and nothing recorded.
#[test]
fn what_may_not_be_recorded_is_refused_by_its_code() {
    let mut log = Running::start();
    let good = log.town.issue(1, at(20));
    let payload = submission(statements(&good).into_iter());
    let outgoing =
        Outgoing { message_type: MessageType::Submit, request_id: RequestId::new([1; 16]), payload: &payload };
    let mut entropy = Entropy::from_seed(&[2; 32]);
    let mut sign = |audience: &str, key, when| outgoing.sign(audience, key, at(when), &mut entropy).unwrap();
    let stranger = ct_keys::KeyFile::generate(ct_keys::Role::Client, "stranger#1".parse().unwrap(), &[99; 32]);
    let impostor = ct_keys::KeyFile::generate(ct_keys::Role::Client, log.town.client.id().clone(), &[99; 32]);
    let mut altered = sign(ORIGIN, &log.town.client, 20);
    let place = altered.len() - 100;
    altered[place] ^= 1;
    let cases = [
        (sign("other.example", &log.town.client, 20), 403, "tampered.envelope"),
        (sign(ORIGIN, &stranger, 20), 403, "unknown.client"),
        (sign(ORIGIN, &impostor, 20), 403, "tampered.envelope"),
        (sign(ORIGIN, &log.town.client, 400), 422, "stale.request"),
        (altered, 422, "tampered.payload"),
        (b"{}".to_vec(), 400, "malformed.truncated"),
        (vec![0xd2, 0x80], 400, "malformed.envelope"),
        (Vec::new(), 400, "malformed.empty"),
    ];
    for (body, status, code) in cases {
        let (found, answer) = raw(&log.url, "POST /v1/statements", &body);
        assert_eq!((found, answer["code"].as_str()), (status, Some(code)), "{answer}");
        assert!(!answer["message"].as_str().unwrap().is_empty() && !answer["next"].as_str().unwrap().is_empty());
    }
    let accepted = sign(ORIGIN, &log.town.client, 20);
    assert_eq!(raw(&log.url, "POST /v1/statements", &accepted).0, 200);
    let (status, answer) = raw(&log.url, "POST /v1/statements", &accepted);
    assert_eq!((status, answer["code"].as_str()), (409, Some("replayed.request")));
    let mut forged = log.town.issue(1, at(20)).remove(0);
    *forged.statement.last_mut().unwrap() ^= 1;
    let refused = log.client().submit(ORIGIN, &log.town.client, &[&forged.statement]);
    assert_eq!(refused.map_err(|error| error.code()), Err(Code::TamperedStatement));
    assert_eq!(log.state.meta().unwrap().tree.size().get(), 2);
}

// R17.5, R7.3: what a known client was refused stands in an evidence log; what a stranger sent does not.
#[test]
fn refusals_of_known_clients_are_recorded() {
    let mut log = Running::start();
    let degree = [log.town.issue_typed("degree", at(20))];
    let refused = log.client().submit(ORIGIN, &log.town.client, &statements(&degree));
    assert_eq!(refused.map_err(|error| error.code()), Err(Code::UnknownDocumentType));
    let stranger = ct_keys::KeyFile::generate(ct_keys::Role::Client, "stranger#1".parse().unwrap(), &[99; 32]);
    let refused = log.client().submit(ORIGIN, &stranger, &statements(&degree));
    assert_eq!(refused.map_err(|error| error.code()), Err(Code::UnknownClient));
    let text = std::fs::read_to_string(log.dir.path().join("state/refusals.log")).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains("unknown.document_type") && text.contains("clerk.town.example#1"), "{text}");
}

#[test]
fn questions_about_unknown_requests_are_answered() {
    let log = Running::start();
    for (path, status, code) in [
        ("/v1/statements/00000000000000000000000000000000", 404, "unknown.request"),
        ("/v1/bundles/00000000000000000000000000000000", 404, "unknown.request"),
        ("/v1/statements/xyz", 400, "malformed.field"),
        ("/v1/statement", 404, "malformed.request"),
    ] {
        let (found, answer) = raw(&log.url, &format!("GET {path}"), b"");
        assert_eq!((found, answer["code"].as_str()), (status, Some(code)), "{path}: {answer}");
    }
    assert_eq!(raw(&log.url, "GET /healthz", b"").0, 200);
    assert_eq!(raw(&log.url, "GET /metrics", b"").0, 200);
}

// R15.3, R20.5, architecture 4: after a restore nothing is signed before the witnesses were asked; one size, one root.
#[test]
fn a_log_restored_from_a_backup_signs_no_second_root() {
    let mut log = Running::start();
    publish(&mut log, 1);
    let (backup, mut stopped) = (crate::town::directory(), log.stopped());
    let parts = ["log", "state", "state.redb"];
    parts.iter().for_each(|part| copy_all(&stopped.dir.path().join(part), &backup.path().join(part)));
    let mut log = Running::of(stopped);
    publish(&mut log, 1);
    stopped = log.stopped();
    let (size, root) = fence(stopped.dir.path());
    assert_eq!(size, "3");
    // The disk is replaced, and yesterday's backup is put on it. The witnesses are other machines.
    std::fs::remove_dir_all(stopped.dir.path().join("log")).unwrap();
    std::fs::remove_dir_all(stopped.dir.path().join("state")).unwrap();
    parts.iter().for_each(|part| copy_all(&backup.path().join(part), &stopped.dir.path().join(part)));
    let mut log = Running::of(stopped);
    let signed = log.town.issue(1, at(20));
    // Whether it is taken is another question.
    let _ = log.client().submit(ORIGIN, &log.town.client, &statements(&signed));
    for _ in 0..300 {
        let now = fence(log.dir.path());
        assert!(now.0 != size || now.1 == root, "size {size} was signed with the roots {root} and {}", now.1);
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

// The fence: a state with another history than the one that was signed is noticed before anything more is signed.
#[test]
fn a_state_of_another_history_is_not_published() {
    let mut one = Running::start();
    let mut other = Running::start();
    other.town.entropy = Entropy::from_seed(&[77; 32]);
    publish(&mut one, 1);
    publish(&mut other, 1);
    let (one, other) = (one.stopped(), other.stopped());
    let publication = crate::running::opened(&one.town, one.dir.path());
    let machine = ct_node::machine::StateMachine::open(&other.dir.path().join("state.redb")).unwrap();
    let sealed = machine.reader().meta().unwrap().sealed;
    assert_eq!(sealed.size, publication.size());
    assert_ne!(sealed.root, publication.checkpoint().checkpoint().root());
    drop(publication);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let started = crate::running::publisher(&runtime, &one.town, one.dir.path(), machine);
    assert_eq!(started.map(|_| ()).map_err(|error| error.code()), Err(Code::TamperedState));
}

// The fence, where the sizes alone say nothing: what would be published next does not lead to the state's own root.
#[test]
fn entries_that_do_not_lead_to_the_states_root_are_not_signed() {
    use ct_node::command::{Command, Seal};
    let mut one = Running::start();
    publish(&mut one, 1);
    let stopped = one.stopped();
    // Another history, sealed at a size that was never published here.
    let dir = crate::town::directory();
    let mut town = Town::new();
    town.entropy = Entropy::from_seed(&[77; 32]);
    let mut machine = crate::town::machine(&town, dir.path());
    for id in 1..3 {
        let signed = town.issue(1, at(20));
        let request = town.request(id, &signed, at(20));
        crate::town::submit(&mut machine, at(20), &[&request]);
    }
    let tree = machine.reader().meta().unwrap().tree;
    let seal = Command::Seal(Seal { generation: 1, size: tree.size(), root: tree.root() }).encode();
    machine.apply([seal.as_slice()], b"x").unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let publisher = crate::running::publisher(&runtime, &stopped.town, stopped.dir.path(), machine);
    let publisher = publisher.unwrap();
    let failure = publisher.failure();
    assert!(becomes(|| failure.borrow().is_some()));
    assert_eq!(failure.borrow().as_ref().map(ct_node::Error::code), Some(Code::TamperedState));
    assert_eq!(fence(stopped.dir.path()).0, "2");
}

// R20.5: a publication that is older than its state can never grow again: its next entries are gone. That is told.
#[test]
fn a_publication_that_is_older_than_its_state_is_told() {
    let mut log = Running::start();
    publish(&mut log, 1);
    let (backup, stopped) = (crate::town::directory(), log.stopped());
    let parts = ["log", "state"];
    parts.iter().for_each(|part| copy_all(&stopped.dir.path().join(part), &backup.path().join(part)));
    let mut log = Running::of(stopped);
    publish(&mut log, 1);
    let stopped = log.stopped();
    for part in parts {
        std::fs::remove_dir_all(stopped.dir.path().join(part)).unwrap();
        copy_all(&backup.path().join(part), &stopped.dir.path().join(part));
    }
    let machine = ct_node::machine::StateMachine::open(&stopped.dir.path().join("state.redb")).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let started = crate::running::publisher(&runtime, &stopped.town, stopped.dir.path(), machine);
    assert!(started.is_err(), "it starts, and can never publish anything again");
}

/// The published size, as a reader sees it.
fn published_size(log: &Running) -> u64 {
    let text = std::fs::read_to_string(log.dir.path().join("log/checkpoint")).unwrap_or_default();
    text.lines().nth(1).and_then(|line| line.parse().ok()).unwrap_or(0)
}

// R6, R18: one write that failed, of a disk that was full for a moment, does not end publication for ever.
#[test]
fn publication_goes_on_after_a_write_that_failed_once() {
    let mut log = Running::start();
    assert!(becomes(|| published_size(&log) == 1));
    let in_the_way = log.dir.path().join("log/tile/entries/000.p/2");
    std::fs::create_dir_all(&in_the_way).unwrap();
    let signed = log.town.issue(1, at(20));
    log.client().submit(ORIGIN, &log.town.client, &statements(&signed)).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert_eq!(published_size(&log), 1);
    std::fs::remove_dir(&in_the_way).unwrap();
    assert!(becomes(|| published_size(&log) == 2), "never published again");
}

// R18.6, R21: a log whose publisher has given up for ever is not ready, and takes nothing that can never be final.
#[test]
fn a_log_that_cannot_publish_any_more_is_not_ready() {
    let mut log = Running::start();
    let asked = |path: &str, log: &Running| raw(&log.url, &format!("GET {path}"), b"").0;
    for _ in 0..1_000 {
        if asked("/readyz", &log) == 200 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    // The publisher fails until entry 1 is gone, which it takes for damage; then its thread ends.
    // Both statements may be staged together.
    for size in [2, 3] {
        std::fs::create_dir_all(log.dir.path().join(format!("log/tile/entries/000.p/{size}"))).unwrap();
    }
    let mut submit = || {
        let signed = log.town.issue(1, at(20));
        log.client().submit(ORIGIN, &log.town.client, &statements(&signed))
    };
    submit().unwrap();
    submit().unwrap();
    log.state.drop_entries(2).unwrap();
    assert!(becomes(|| asked("/readyz", &log) != 200), "ready, and nothing is published any more");
}

// R12.4: a duplicate gets the original response, also when what was recorded would not be admitted any more.
#[test]
fn a_retry_gets_the_original_answer_when_its_document_has_expired() {
    let mut log = Running::start();
    let draft = ct_node::Draft {
        document_hash: ct_core::Hash::of(b"short-lived"),
        document_type: "diploma".to_owned(),
        sub: String::new(),
        expires: Some(at(25)),
        kind: ct_core::SubjectKind::File,
        status: None,
    };
    let signed =
        ct_node::statement::document(crate::town::ISSUER, &log.town.issuer, &draft, at(20), &mut log.town.entropy);
    let signed = [signed.unwrap()];
    let id = RequestId::new([7; 16]);
    let first = log.client().submit_as(id, ORIGIN, &log.town.client, &statements(&signed)).unwrap();
    log.now.store(30, std::sync::atomic::Ordering::Relaxed);
    let again = log.client().submit_as(id, ORIGIN, &log.town.client, &statements(&signed));
    assert_eq!(again, Ok(first));
}

// R12.4, R6.4: after an attempt without an answer, a log that is busy does not mean that nothing was recorded.
#[test]
fn a_request_that_may_be_recorded_is_never_told_as_refused() {
    for (status, code) in [("503 Service Unavailable", "limit.in_flight"), ("422 Unprocessable", "stale.request")] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            // The first is taken, recorded perhaps, and its connection breaks; every later one is turned away.
            for number in 0.. {
                let (mut stream, _) = listener.accept().unwrap();
                stream.set_read_timeout(Some(std::time::Duration::from_millis(200))).unwrap();
                let mut bytes = [0; 65_536];
                while stream.read(&mut bytes).is_ok_and(|count| count > 0) {}
                if number > 0 {
                    let body = format!("{{\"code\":\"{code}\",\"message\":\"no\",\"next\":\"n\"}}");
                    let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close");
                    let _ = write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                }
                if number == 8 {
                    return;
                }
            }
        });
        let mut town = Town::new();
        let signed = town.issue(1, at(20));
        let total = std::time::Duration::from_secs(2);
        let persistence = ct_node::client::Persistence { total, ..Default::default() };
        let clock = std::sync::Arc::new(|| at(20));
        let mut client =
            ct_node::client::Client::new(&[url], persistence, clock, Entropy::from_seed(&[1; 32])).unwrap();
        let outcome = client.submit(ORIGIN, &town.client, &statements(&signed));
        assert_eq!(outcome.map_err(|error| error.code()), Err(Code::UnknownOutcome), "{code}");
        drop(server);
    }
}

/// Witnesses that cannot be reached.
struct Away;

impl ct_node::service::Cosign for Away {
    fn cosign(
        &mut self,
        _: &ct_node::SignedCheckpoint,
        _: &mut dyn FnMut(ct_core::TreeSize) -> ct_node::Result<ct_core::ConsistencyProof>,
    ) -> ct_node::Result<Vec<ct_core::SignatureLine>> {
        Err(ct_node::Error::new(Code::NotAnchoredQuorum, "checkpoint", "too few witnesses", "wait"))
    }

    fn confirm(
        &mut self,
        signed: &ct_node::SignedCheckpoint,
        consistency: &mut dyn FnMut(ct_core::TreeSize) -> ct_node::Result<ct_core::ConsistencyProof>,
    ) -> ct_node::Result<Vec<ct_core::SignatureLine>> {
        self.cosign(signed, consistency)
    }
}

// R18.1: what was final stays final: a restart while the witnesses are away does not take its bundles back.
#[test]
fn what_was_final_is_final_after_a_restart_without_witnesses() {
    let mut log = Running::start();
    let signed = log.town.issue(1, at(20));
    let receipt = log.client().submit(ORIGIN, &log.town.client, &statements(&signed)).unwrap();
    log.client().bundles(&receipt).unwrap();
    let path = format!("GET /v1/statements/{}", receipt.request_id);
    for _ in 0..300 {
        if raw(&log.url, &path, b"").1["status"] == "anchored" {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert_eq!(raw(&log.url, &path, b"").1["status"], "anchored");
    let crate::running::Stopped { town, dir } = log.stopped();
    let machine = ct_node::machine::StateMachine::open(&dir.path().join("state.redb")).unwrap();
    let log = Running::cosigned(town, dir, machine, Box::new(Away));
    assert_eq!(raw(&log.url, &path, b"").1["status"], "anchored");
    assert_eq!(raw(&log.url, &format!("GET /v1/bundles/{}", receipt.request_id), b"").0, 200);
}

// R21: what is counted as recorded has been recorded.
#[test]
fn refused_statements_are_not_counted_as_recorded() {
    let mut log = Running::start();
    let signed = log.town.issue(1, at(20));
    log.client().submit(ORIGIN, &log.town.client, &statements(&signed)).unwrap();
    let again = log.client().submit(ORIGIN, &log.town.client, &statements(&signed));
    assert_eq!(again.map_err(|error| error.code()), Err(Code::ConflictStatement));
    let mut stream = TcpStream::connect(log.url.strip_prefix("http://").unwrap()).unwrap();
    write!(stream, "GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert!(text.contains("log_entries_total 1\n"), "{text}");
}

// R10, R15.3: entries without any word of what was signed could be those of an older state: nothing is signed then.
#[test]
fn a_publication_without_checkpoint_and_fence_is_not_taken_for_a_new_one() {
    let mut log = Running::start();
    let signed = log.town.issue(1, at(20));
    let receipt = log.client().submit(ORIGIN, &log.town.client, &statements(&signed)).unwrap();
    log.client().bundles(&receipt).unwrap();
    let stopped = log.stopped();
    for name in ["log/checkpoint", "state/fence"] {
        std::fs::remove_file(stopped.dir.path().join(name)).unwrap();
    }
    let key = crate::running::copy(&stopped.town.log);
    let opened = ct_node::Publication::open(stopped.dir.path(), ct_node::LogSigner::new(key).unwrap());
    let opened = opened.map(|publication| publication.size().get()).map_err(|error| error.code());
    assert_eq!(opened, Err(Code::IoNotFound), "the published entries would be overwritten");
}

// R18.2, R12.4: what is in the log for ever can be had from it for longer than a day.
#[test]
fn bundles_can_be_had_after_the_answer_was_forgotten() {
    let mut log = Running::start();
    let signed = log.town.issue(1, at(20));
    let receipt = log.client().submit(ORIGIN, &log.town.client, &statements(&signed)).unwrap();
    log.client().bundles(&receipt).unwrap();
    log.now.store(90_000, std::sync::atomic::Ordering::Relaxed);
    let other = log.town.issue(1, at(90_000));
    log.client().submit(ORIGIN, &log.town.client, &statements(&other)).unwrap();
    let again = log.client().bundles(&receipt).map(|bundles| bundles.len()).map_err(|error| error.to_string());
    assert_eq!(again, Ok(1));
}

// R12.4: the same bytes again, as a proxy sends them after a broken connection: whoever reads the refusal must not
// believe that nothing was recorded, nor be told to send it under another request ID.
#[test]
fn a_replay_of_what_was_recorded_is_not_called_refused() {
    let mut log = Running::start();
    let good = log.town.issue(1, at(20));
    let payload = submission(statements(&good).into_iter());
    let outgoing =
        Outgoing { message_type: MessageType::Submit, request_id: RequestId::new([1; 16]), payload: &payload };
    let bytes = outgoing.sign(ORIGIN, &log.town.client, at(20), &mut Entropy::from_seed(&[2; 32])).unwrap();
    assert_eq!(raw(&log.url, "POST /v1/statements", &bytes).0, 200);
    let answer = raw(&log.url, "POST /v1/statements", &bytes).1;
    let said = format!("{} {}", answer["message"], answer["next"]);
    assert!(!said.contains("needs a new request ID") && !said.contains("statement 0"), "{said}");
}
