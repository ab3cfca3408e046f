//! Who the members of a log are is said by a root key, recorded, and carried out by consensus (R9.6).

use crate::cluster::{Cluster, Fate, client};
use crate::running::copy;
use crate::several::raw;
use crate::town::{ORIGIN, Town, at, directory, machine, submit};
use ct_core::Code;
use ct_keys::{KeyFile, Role};
use ct_node::Entropy;
use ct_node::command::Outcome;
use ct_node::envelope::{MessageType, Outgoing, RequestId};
use ct_node::peers::Member;
use ct_node::service::MemberChange;
use serde_json::Value;
use std::time::Duration;

fn fourth() -> MemberChange {
    let key = KeyFile::generate(Role::Tls, "log.town.example/node-4#1".parse().unwrap(), &[4; 32]);
    let key = *key.public().verifying_key().as_bytes();
    MemberChange::Put(Member { node: 4, key, address: "10.0.0.4:7400".to_owned() })
}

/// Signs changes, each with a nonce of its own.
struct Signer(Entropy);

impl Signer {
    fn new() -> Self {
        Self(Entropy::from_seed(&[3; 32]))
    }

    fn sign(&mut self, id: u8, change: &MemberChange, key: &KeyFile, when: u64) -> Vec<u8> {
        self.payload(id, change.message_type(), &change.encode(), key, when)
    }

    fn payload(&mut self, id: u8, message_type: MessageType, payload: &[u8], key: &KeyFile, when: u64) -> Vec<u8> {
        let outgoing = Outgoing { message_type, request_id: RequestId::new([id; 16]), payload };
        outgoing.sign(ORIGIN, key, at(when), &mut self.0).unwrap()
    }
}

fn post(cluster: &Cluster, node: usize, body: &[u8]) -> (u16, Value) {
    let (status, _, answer) = raw(&cluster.nodes[node].url, "POST /v1/members", body);
    (status, answer)
}

fn carried_out(cluster: &Cluster) -> Vec<MemberChange> {
    cluster.control.lock().unwrap().changes.clone()
}

// R9.1, R9.6, R12.4: recorded, carried out, and carried out again if it is asked again.
#[test]
fn a_root_key_changes_the_members() {
    let cluster = Cluster::start(1);
    let (mut signer, root) = (Signer::new(), &cluster.nodes[0].town.root);
    let (put, delete) = (fourth(), MemberChange::Delete(2));
    let (status, answer) = post(&cluster, 0, &signer.sign(1, &put, root, 20));
    assert_eq!((status, &answer["status"], &answer["repeated"]), (200, &"changed".into(), &false.into()), "{answer}");
    assert_eq!(answer.get("version"), None);
    assert_eq!(post(&cluster, 0, &signer.sign(2, &delete, root, 20)).0, 200);
    let (status, answer) = post(&cluster, 0, &signer.sign(1, &put, root, 21));
    assert_eq!((status, &answer["repeated"]), (200, &true.into()), "{answer}");
    assert_eq!(carried_out(&cluster), [put.clone(), delete.clone(), put]);
    let id = RequestId::new([2; 16]);
    let (status, _, answer) = raw(&cluster.nodes[0].url, &format!("GET /v1/statements/{id}"), b"");
    // What is recorded is told; who the members are is another question.
    assert_eq!((status, &answer["status"]), (200, &"recorded".into()), "{answer}");
    // Whichever path it comes by: what it asks for is what was signed.
    let other = signer.sign(3, &delete, root, 20);
    assert_eq!(raw(&cluster.nodes[0].url, "POST /v1/statements", &other).0, 200);
    assert_eq!(carried_out(&cluster).len(), 4);
}

// R8.2, R8.3, R7.3, R1.3: each refusal by its code and status, and nothing carried out.
#[test]
fn what_no_root_key_has_signed_now_changes_nothing() {
    let cluster = Cluster::start(1);
    let town = &cluster.nodes[0].town;
    let mut signer = Signer::new();
    let put = fourth();
    let impostor = KeyFile::generate(Role::Root, town.root.id().clone(), &[99; 32]);
    let accepted = signer.sign(9, &put, &town.root, 20);
    assert_eq!(post(&cluster, 0, &accepted).0, 200);
    let mut altered = signer.sign(1, &put, &town.root, 20);
    let place = altered.windows(13).position(|window| window == b"10.0.0.4:7400").unwrap();
    altered[place + 7] = b'5';
    let elsewhere = MemberChange::Put(Member { node: 4, key: [3; 32], address: "nowhere".to_owned() });
    let cases = [
        (signer.sign(1, &put, &town.client, 20), 403, "unknown.client"),
        (signer.sign(1, &put, &town.log, 20), 403, "unknown.client"),
        (signer.sign(1, &put, &impostor, 20), 403, "tampered.envelope"),
        (signer.sign(1, &put, &town.root, 400), 422, "stale.request"),
        (altered, 422, "tampered.payload"),
        (accepted, 409, "replayed.request"),
        (signer.sign(9, &MemberChange::Delete(4), &town.root, 20), 409, "conflict.request_id"),
        (signer.sign(1, &elsewhere, &town.root, 20), 400, "malformed.envelope"),
        (signer.sign(1, &MemberChange::Delete(0), &town.root, 20), 400, "malformed.envelope"),
        (signer.payload(1, MessageType::DeleteMember, &put.encode(), &town.root, 20), 400, "malformed.field"),
        (signer.payload(1, MessageType::PutMember, b"", &town.root, 20), 400, "malformed.empty"),
    ];
    for (body, status, code) in cases {
        let (found, answer) = post(&cluster, 0, &body);
        assert_eq!((found, answer["code"].as_str()), (status, Some(code)), "{answer}");
    }
    assert_eq!(carried_out(&cluster), [put]);
}

// R9.6, R8.5: the state does not rely on whoever proposes: what no root key has signed is refused there too.
#[test]
fn the_state_verifies_who_changes_the_members() {
    let (town, dir) = (Town::new(), directory());
    let mut machine = machine(&town, dir.path());
    let mut signer = Signer::new();
    let impostor = KeyFile::generate(Role::Root, town.root.id().clone(), &[99; 32]);
    let refused = |code| (Outcome::Refused { code, entry: 0 }, false);
    let by_impostor = signer.sign(1, &fourth(), &impostor, 20);
    let by_client = signer.sign(2, &fourth(), &town.client, 20);
    let malformed = signer.payload(3, MessageType::DeleteMember, &fourth().encode(), &town.root, 20);
    let good = signer.sign(4, &fourth(), &town.root, 20);
    let again = signer.sign(4, &fourth(), &town.root, 21);
    assert_eq!(
        submit(&mut machine, at(21), &[&by_impostor, &by_client, &malformed, &good, &good, &again]),
        [
            refused(Code::TamperedEnvelope),
            refused(Code::UnknownClient),
            refused(Code::MalformedField),
            (Outcome::Changed { version: 0 }, false),
            refused(Code::ReplayedRequest),
            (Outcome::Changed { version: 0 }, true),
        ]
    );
}

// R9.6, R1.4: what consensus refuses is told, and the same request may be carried out later.
#[test]
fn a_change_that_cannot_be_made_now_is_refused_and_made_later() {
    let cluster = Cluster::start(1);
    let (mut signer, root) = (Signer::new(), &cluster.nodes[0].town.root);
    let delete = MemberChange::Delete(2);
    for (code, status) in [(Code::UnknownMember, 404), (Code::ConflictMembers, 409), (Code::UnknownOutcome, 503)] {
        cluster.set(|control| control.refuses = Some(code));
        let (found, answer) = post(&cluster, 0, &signer.sign(1, &delete, root, 20));
        assert_eq!((found, answer["code"].as_str()), (status, Some(code.as_str())), "{answer}");
    }
    cluster.set(|control| control.refuses = None);
    let mut client = cluster.client(&[0]);
    cluster.set(|control| control.changes.clear());
    assert_eq!(client.change_members(ORIGIN, root, &delete), Ok(()));
    assert_eq!(post(&cluster, 0, &signer.sign(1, &delete, root, 22)).0, 200);
    assert_eq!(carried_out(&cluster), [delete.clone(), delete]);
}

// R12.4: a member that is gone was removed by the first attempt, whose answer was lost.
#[test]
fn a_removal_whose_answer_was_lost_is_answered() {
    let cluster = Cluster::start(1);
    let (mut signer, root) = (Signer::new(), &cluster.nodes[0].town.root);
    let delete = MemberChange::Delete(2);
    assert_eq!(post(&cluster, 0, &signer.sign(1, &delete, root, 20)).0, 200);
    cluster.set(|control| control.refuses = Some(Code::UnknownMember));
    let (status, answer) = post(&cluster, 0, &signer.sign(1, &delete, root, 21));
    assert_eq!((status, &answer["status"], &answer["repeated"]), (200, &"changed".into(), &true.into()), "{answer}");
    assert_eq!(post(&cluster, 0, &signer.sign(2, &delete, root, 21)).0, 404);
}

// R12.3, R12.4: the leader dies when it has recorded the change and not made it; the next one makes it, once.
#[test]
fn a_change_is_finished_by_the_next_leader() {
    let cluster = Cluster::start(2);
    let root = copy(&cluster.nodes[0].town.root);
    cluster.set(|control| control.fate = Fate::Lost);
    let urls = [cluster.nodes[0].url.clone(), cluster.nodes[1].url.clone()];
    let changing = std::thread::spawn(move || {
        let change = fourth();
        client(&urls, Duration::from_secs(20)).change_members(ORIGIN, &root, &change)
    });
    let history = || cluster.nodes[1].state.meta().unwrap().history;
    let before = history();
    let recorded = (0..3_000).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        history() != before
    });
    assert!(recorded && carried_out(&cluster).is_empty());
    cluster.elect(1);
    assert_eq!(changing.join().unwrap(), Ok(()));
    assert_eq!(carried_out(&cluster), [fourth()]);
}

// R9.6, R12.3: an operator names any node, and is told what the change means for failures.
#[test]
fn an_operator_is_told_what_a_change_means() {
    let cluster = Cluster::start(3);
    let dir = directory();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    cluster.nodes[0].town.root.write_new(dir.path().join("root.pem").as_path()).unwrap();
    let member = KeyFile::generate(Role::Tls, "log.town.example/node-4#1".parse().unwrap(), &[4; 32]);
    member.public().write_new(dir.path().join("node-4.pub.pem").as_path()).unwrap();
    let run = |words: &[&str]| {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("ct-node"));
        // Signed by the machine's clock.
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let since = now.wrapping_sub(at(0).seconds());
        cluster.nodes.iter().for_each(|node| node.now.store(since, std::sync::atomic::Ordering::Relaxed));
        let follower = cluster.nodes[2].url.as_str();
        command.args(["member", words[0], "--to", follower, "--key", &path("root.pem")]).args(&words[1..]);
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let key = path("node-4.pub.pem");
    let (code, out, err) = run(&["add", "--node", "4", "--member-key", &key, "--address", "10.0.0.4:7400"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(
        out.contains("Node 4 is a member") && out.contains("3 voting members, of which 2 must run: 1 may fail."),
        "{out}"
    );
    let (code, out, err) = run(&["remove", "--node", "2"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("Node 2 is a member of the log no longer"), "{out}");
    assert_eq!(carried_out(&cluster), [fourth(), MemberChange::Delete(2)]);
    cluster.set(|control| control.refuses = Some(Code::UnknownMember));
    let (code, _, err) = run(&["remove", "--node", "9"]);
    assert!(code == Some(3) && err.contains("unknown.member"), "{err}");
}
