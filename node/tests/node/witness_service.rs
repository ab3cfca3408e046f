//! A witness over HTTP: every status of C2SP tlog-witness, and that it never forgets what it has cosigned.

use crate::fixture::{ORIGIN, at, directory, directory_of, entries, entries_from, files, key, log_key, log_of};
use crate::go::oracle;
use crate::service::{Answer, Client, Running, eventually, limits, serve};
use ct_core::evidence::of_two_checkpoints;
use ct_core::{
    Code, Cosignature, Hash, KeyName, Note, Origin, PublicKey, SignatureType, TreeSize, VerifierKey, base64,
};
use ct_keys::{KeyFile, Role};
use ct_node::witness_service::{AddCheckpoint, WitnessedLog};
use ct_node::{Log, LogSigner, WitnessConfig, WitnessService, advertise};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;

fn witness_key() -> KeyFile {
    key(Role::Witness, "witness.example#1", 8)
}

fn config(state: &Path, logs: &[(&str, &VerifierKey)]) -> WitnessConfig {
    let logs = logs
        .iter()
        .map(|(origin, key)| WitnessedLog { origin: Origin::new(origin).unwrap(), keys: vec![(*key).clone()] });
    WitnessConfig {
        listen: "127.0.0.1:0".parse().unwrap(),
        key: state.join("witness.pem"),
        state: state.to_owned(),
        api: state.join("api"),
        logs: logs.collect(),
    }
}

fn open(config: &WitnessConfig) -> Result<Arc<WitnessService>, Code> {
    WitnessService::open(config, witness_key(), Arc::new(|| Ok(at(7)))).map_err(|error| error.code())
}

/// A witness with this configuration, which serves.
pub(crate) fn running(config: &WitnessConfig) -> (Arc<WitnessService>, Running) {
    let service = open(config).unwrap();
    let server = serve(service.routes(), limits());
    (service, server)
}

/// A log of so many entries, and a witness that knows it.
fn witnessed(count: usize) -> (tempfile::TempDir, Log, Arc<WitnessService>, Running) {
    let dir = directory();
    let log = log_of(dir.path(), &entries(count));
    let (service, server) = running(&config(&dir.path().join("witness"), &[(ORIGIN, log.verifier())]));
    (dir, log, service, server)
}

fn size(size: u64) -> TreeSize {
    TreeSize::new(size).unwrap()
}

/// The request that takes a witness from the old size to the log's.
pub(crate) fn request(log: &mut Log, old: u64) -> AddCheckpoint {
    let proof = match old {
        0 => Vec::new(),
        old => log.consistency(size(old), log.size()).unwrap().path().to_vec(),
    };
    AddCheckpoint { old: size(old), proof, note: log.checkpoint().note(&[]) }
}

fn post(client: &mut Client, request: impl ToString) -> Answer {
    client.ask("POST", "/add-checkpoint", request.to_string().as_bytes())
}

fn status(client: &mut Client, request: impl ToString) -> u16 {
    post(client, request).status
}

fn verifier(role: Role, id: &str, number: u8) -> VerifierKey {
    let public = PublicKey::from_bytes(key(role, id, number).public().verifying_key().as_bytes()).unwrap();
    VerifierKey::new(KeyName::new(id.split('#').next().unwrap()).unwrap(), SignatureType::Ed25519, public)
}

// 200: what comes back is a note's signature line that verifies, by our own judge and by Go's.
#[test]
fn a_growing_log_is_cosigned() {
    let tools = directory();
    let (dir, mut log, service, server) = witnessed(1);
    let program = oracle(tools.path(), "cosigned");
    let (mut client, all) = (server.client(), entries(300));
    let mut seen = 0;
    for now in [1, 2, 256, 300, 300] {
        log.append(&all[usize::try_from(log.size().get()).unwrap()..now]).unwrap();
        let answer = post(&mut client, request(&mut log, seen));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let note = format!("{}{}", log.checkpoint().note(&[]), answer.text());
        let parsed = Note::parse(&note).unwrap();
        let line = parsed.signature_by(&service.verifier().unwrap()).unwrap();
        let cosignature = Cosignature::from_line(line).unwrap();
        assert_eq!(cosignature.verify(&service.verifier().unwrap(), parsed.text()), Ok(at(7)));
        if let Some(program) = &program {
            let file = dir.path().join("note");
            fs::write(&file, &note).unwrap();
            let keys = [log.verifier().to_string(), service.verifier().unwrap().to_string()];
            let output = Command::new(program).arg(&file).args(keys).output().unwrap();
            let said = String::from_utf8(output.stdout).unwrap();
            assert_eq!(said, format!("OK witness.example {}\n", at(7).seconds()));
        }
        seen = log.size().get();
    }
}

// 400
#[test]
fn what_is_no_request_is_malformed() {
    let (_dir, mut log, _service, server) = witnessed(5);
    let mut client = server.client();
    let good = request(&mut log, 0).to_string();
    let extended = extended_note("more");
    for bad in ["", "old 0\n", "old 0\n\n", "old 0\n\nlog.example\n", &good.replacen("old ", "old  ", 1), &extended] {
        let answer = post(&mut client, bad);
        assert_eq!(answer.status, 400, "{bad:?}");
        answer.code();
    }
    let above = AddCheckpoint { old: size(6), ..request(&mut log, 0) };
    let answer = post(&mut client, &above);
    assert_eq!((answer.status, answer.code().as_str()), (400, "malformed.request"));
    assert_eq!(client.ask("GET", "/add-checkpoint", b"").status, 405);
    assert_eq!(status(&mut client, good), 200);
}

/// A request with a checkpoint that has one line more than three, signed by the log all the same.
fn extended_note(extension: &str) -> String {
    use ed25519_dalek::Signer;
    let root = base64::encode(Hash::of(b"root").as_bytes());
    let text = format!("log.example\n5\n{root}\n{extension}\n");
    let signature = log_key().signing_key().sign(text.as_bytes());
    let key = verifier(Role::Log, "log.example#1", 1);
    let field = [key.key_id().as_bytes().as_slice(), &signature.to_bytes()].concat();
    format!("old 0\n\n{text}\n\u{2014} log.example {}\n", base64::encode(&field))
}

// 403
#[test]
fn without_the_log_s_signature_it_is_forbidden() {
    let (_dir, mut log, _service, server) = witnessed(5);
    let mut client = server.client();
    let good = request(&mut log, 0);
    let altered = good.to_string().replace("\n5\n", "\n6\n");
    let answer = post(&mut client, altered);
    assert_eq!((answer.status, answer.code().as_str()), (403, "tampered.checkpoint"));
    let stranger = LogSigner::new(key(Role::Log, "log.example#2", 77)).unwrap();
    let signed = stranger.sign(log.size(), log.checkpoint().checkpoint().root()).unwrap();
    let answer = post(&mut client, AddCheckpoint { note: signed.note(&[]), ..good.clone() });
    assert_eq!((answer.status, answer.code().as_str()), (403, "not_anchored.log_signature"));
    // Lines of strangers beside the log's own say nothing.
    let both = log.checkpoint().note(&[signed.line().clone()]);
    assert_eq!(status(&mut client, AddCheckpoint { note: both, ..good }), 200);
}

// 404
#[test]
fn an_unknown_log_is_not_found() {
    let (dir, _log, _service, server) = witnessed(1);
    let mut client = server.client();
    let signer = LogSigner::new(key(Role::Log, "other.example#1", 1)).unwrap();
    let note = signer.sign(size(3), Hash::of(b"root")).unwrap().note(&[]);
    let answer = post(&mut client, AddCheckpoint { old: size(0), proof: Vec::new(), note });
    assert_eq!((answer.status, answer.code().as_str()), (404, "unknown.log"));
    assert!(!files(dir.path()).keys().any(|name| name.ends_with(".last")));
}

// 409, with the size as its whole body
#[test]
fn another_old_size_is_a_conflict_that_names_the_size() {
    let (_dir, mut log, _service, server) = witnessed(5);
    let mut client = server.client();
    let answer = post(&mut client, request(&mut log, 2));
    assert_eq!((answer.status, answer.text()), (409, "0\n"));
    assert_eq!(status(&mut client, request(&mut log, 0)), 200);
    log.append(&entries(9)[5..]).unwrap();
    for old in [0, 3, 9] {
        let answer = post(&mut client, request(&mut log, old));
        assert_eq!((answer.status, answer.text()), (409, "5\n"), "{old}");
        assert_eq!(answer.header("content-type"), Some("text/x.tlog.size"));
    }
    assert_eq!(status(&mut client, request(&mut log, 5)), 200);
}

// 422, R15.6: a second history is refused and kept as evidence.
#[test]
fn what_does_not_extend_the_memory_is_unprocessable() {
    let (dir, mut log, _service, server) = witnessed(5);
    let mut client = server.client();
    let zero = request(&mut log, 0);
    let stuffed = AddCheckpoint { proof: vec![Hash::of(b"x")], ..zero.clone() };
    assert_eq!(status(&mut client, &stuffed), 422);
    assert_eq!(status(&mut client, &zero), 200);

    let other = directory();
    let mut forked = entries_from(77, 8);
    forked[0] = entries(1)[0].clone();
    let mut fork = log_of(other.path(), &forked[..5]);
    let cosigned = client.ask("GET", &format!("/{}/checkpoint", Hash::of(ORIGIN.as_bytes())), b"").text().to_owned();
    let contradiction = fork.checkpoint().note(&[]);
    let answer = post(&mut client, request(&mut fork, 5));
    assert_eq!((answer.status, answer.code().as_str()), (422, "equivocation.log"));
    fork.append(&forked[5..]).unwrap();
    let answer = post(&mut client, request(&mut fork, 5));
    assert_eq!((answer.status, answer.code().as_str()), (422, "tampered.consistency"));

    log.append(&entries(8)[5..]).unwrap();
    let good = request(&mut log, 5);
    for place in 0..good.proof.len() {
        let mut bad = good.clone();
        bad.proof[place] = Hash::of(b"other");
        assert_eq!(status(&mut client, bad), 422, "{place}");
    }
    for path in [&good.proof[1..], &[], &[good.proof.as_slice(), &good.proof].concat()[..]] {
        assert_eq!(status(&mut client, AddCheckpoint { proof: path.to_vec(), ..good.clone() }), 422);
    }
    assert_eq!(status(&mut client, good), 200);

    let evidence = files(dir.path()).into_iter().find(|(name, _)| name.ends_with(".equivocation.cbor")).unwrap().1;
    assert_eq!(evidence, of_two_checkpoints(&cosigned, &contradiction));
}

// The empty tree has one root.
#[test]
fn an_empty_tree_is_cosigned_and_grows() {
    let (_dir, mut log, _service, server) = witnessed(5);
    let mut client = server.client();
    let signer = LogSigner::new(log_key()).unwrap();
    let empty = signer.sign(size(0), ct_core::merkle::empty_root()).unwrap();
    let request_of = |note: String| AddCheckpoint { old: size(0), proof: Vec::new(), note };
    let with_a_root = {
        use ed25519_dalek::Signer;
        let text = format!("log.example\n0\n{}\n", base64::encode(Hash::of(b"x").as_bytes()));
        let signature = log_key().signing_key().sign(text.as_bytes()).to_bytes();
        let field = [log.verifier().key_id().as_bytes().as_slice(), &signature].concat();
        format!("{text}\n\u{2014} log.example {}\n", base64::encode(&field))
    };
    assert_eq!(status(&mut client, request_of(with_a_root)), 422);
    assert_eq!(status(&mut client, request_of(empty.note(&[]))), 200);
    assert_eq!(status(&mut client, request_of(empty.note(&[]))), 200);
    let stuffed = AddCheckpoint { proof: vec![Hash::of(b"x")], ..request(&mut log, 0) };
    assert_eq!(status(&mut client, stuffed), 422);
    assert_eq!(status(&mut client, request(&mut log, 0)), 200);
    assert_eq!(post(&mut client, request_of(empty.note(&[]))).text(), "5\n");
}

// The requests of torchwood's `TestAddCheckpoint` (signed by its test log), and what it answers. One is answered
// otherwise: its damaged signature is not canonical base64, which Go's decoder takes and ours does not.
#[test]
fn torchwood_s_sequence_is_answered_as_torchwood_does() {
    let origin = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562";
    let public = "ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f";
    let public = PublicKey::from_bytes(Hash::from_hex(public).unwrap().as_bytes()).unwrap();
    let log = VerifierKey::new(KeyName::new(origin).unwrap(), SignatureType::Ed25519, public);
    let dir = directory();
    let (_service, server) = running(&config(dir.path(), &[(origin, &log)]));
    let leaf = |number: u8| {
        let mut bytes = [0; 32];
        bytes[..2].copy_from_slice(&[42, number]);
        base64::encode(&bytes)
    };
    let roots = [
        leaf(0),
        "RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=".into(),
        "QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=".into(),
    ];
    let signatures = [
        "UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=",
        "UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=",
        "UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=",
    ];
    let note = |which: usize| {
        format!("{origin}\n{}\n{}\n\n\u{2014} {origin} {}\n", [1, 3, 5][which], roots[which], signatures[which])
    };
    let (one_to_three, three_to_five) =
        ([leaf(1), leaf(2)], [leaf(2), leaf(3), "wgiIFdZfYNv6WU1OllBKsWnLYIS/DBMqt8Uh/S4OukE=".into(), leaf(4)]);
    let one_to_five = [leaf(1), "+fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI=".into(), leaf(4)];
    let body = |old: u64, proof: &[String], note: &str| {
        format!("old {old}\n{}\n{note}", proof.iter().map(|hash| format!("{hash}\n")).collect::<String>())
    };
    let wrong = [leaf(1), "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABA=".into()];
    let sequence = [
        (body(0, &[], &note(0)), 200, ""),
        (body(1, &one_to_three, &note(1).replace("6go=", "6gx=")), 400, ""),
        (body(1, &one_to_three, &note(1).replace("6go=", "6gw=")), 403, ""),
        (body(1, &one_to_three, &note(1).replace("9e562", "9e563")), 404, ""),
        (body(1, &[], &note(1)), 422, ""),
        (body(1, &wrong, &note(1)), 422, ""),
        (body(1, &one_to_three, &note(1)), 200, ""),
        (body(1, &one_to_five, &note(2)), 409, "3\n"),
        (body(3, &three_to_five, &note(2)), 200, ""),
        (body(0, &[], &note(2)), 409, "5\n"),
    ];
    let mut client = server.client();
    for (number, (request, status, text)) in sequence.into_iter().enumerate() {
        let answer = post(&mut client, request);
        assert_eq!(answer.status, status, "{number}: {}", answer.text());
        assert!(text.is_empty() || answer.text() == text, "{number}: {}", answer.text());
    }
}

// For monitors: the note as it was cosigned, by the hash of the origin.
#[test]
fn monitors_read_what_was_cosigned_last() {
    let (_dir, mut log, service, server) = witnessed(5);
    let mut client = server.client();
    let path = format!("/{}/checkpoint", Hash::of(ORIGIN.as_bytes()));
    assert_eq!(client.ask("GET", &path, b"").status, 404);
    let line = post(&mut client, request(&mut log, 0));
    let shown = client.ask("GET", &path, b"");
    assert_eq!(shown.status, 200);
    assert_eq!(shown.text(), format!("{}{}", log.checkpoint().note(&[]), line.text()));
    assert!(Note::parse(shown.text()).unwrap().signature_by(&service.verifier().unwrap()).is_some());
    for absent in ["/00/checkpoint", &format!("/{}/checkpoint", Hash::of(b"other")), "/x/checkpoint"] {
        assert_eq!(client.ask("GET", absent, b"").status, 404, "{absent}");
    }
}

// Fifteen lines of strangers fill a note; what is remembered is read again all the same.
#[test]
fn strangers_lines_do_not_spoil_the_memory() {
    let dir = directory();
    let mut log = log_of(dir.path(), &entries(5));
    let config = config(&dir.path().join("witness"), &[(ORIGIN, log.verifier())]);
    let lines: Vec<_> = (0..15)
        .map(|number| {
            let name = KeyName::new(&format!("{}{number}", "w".repeat(200))).unwrap();
            let stranger = LogSigner::new(key(Role::Log, "l.example#1", number)).unwrap();
            let signed = stranger.sign(size(5), Hash::of(b"x")).unwrap();
            ct_core::SignatureLine::new(name, signed.line().key_id(), signed.line().signature().to_vec()).unwrap()
        })
        .collect();
    let (service, server) = running(&config);
    let full = AddCheckpoint { note: log.checkpoint().note(&lines), ..request(&mut log, 0) };
    assert_eq!(status(&mut server.client(), full), 200);
    server.stopped();
    drop(service);
    let (_service, server) = running(&config);
    assert_eq!(status(&mut server.client(), request(&mut log, 5)), 200);
}

// R9.5, R15.6: of checkpoints of one size that arrive at the same time, one is cosigned and no other.
#[test]
fn of_two_histories_at_once_one_is_cosigned() {
    let dir = directory();
    let log = log_of(dir.path(), &entries(1));
    let (_service, server) = running(&config(&dir.path().join("witness"), &[(ORIGIN, log.verifier())]));
    let signer = LogSigner::new(log_key()).unwrap();
    let requests: Vec<String> = (0..32_u8)
        .map(|number| {
            let note = signer.sign(size(5), Hash::of(&[number])).unwrap().note(&[]);
            AddCheckpoint { old: size(0), proof: Vec::new(), note }.to_string()
        })
        .collect();
    let address = server.address;
    let answers: Vec<u16> = thread::scope(|scope| {
        let senders: Vec<_> =
            requests.iter().map(|request| scope.spawn(move || status(&mut Client::new(address), request))).collect();
        senders.into_iter().map(|sender| sender.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| [200, 409].contains(status)), "{answers:?}");
}

// R10.1: no cosignature before its memory is on disk. A folder in the place of the file stands for a disk that fails.
#[test]
fn it_remembers_before_it_answers() {
    let (dir, mut log, _service, server) = witnessed(5);
    let mut client = server.client();
    let memory = dir.path().join(format!("witness/{}.last", Hash::of(ORIGIN.as_bytes())));
    fs::create_dir_all(memory.join("in the way")).unwrap();
    let answer = post(&mut client, request(&mut log, 0));
    assert_eq!(answer.status, 500);
    assert!(!answer.text().contains("witness.example"));
    fs::remove_dir_all(&memory).unwrap();
    // It has not taken it for done either.
    assert_eq!(post(&mut client, request(&mut log, 5)).text(), "0\n");
    assert_eq!(status(&mut client, request(&mut log, 0)), 200);
    assert!(fs::read_to_string(&memory).unwrap().starts_with(&log.checkpoint().note(&[])));
}

// R9.4: without a memory that can be understood it does not start.
#[test]
fn a_damaged_memory_is_refused() {
    let (dir, mut log, service, server) = witnessed(5);
    assert_eq!(status(&mut server.client(), request(&mut log, 0)), 200);
    server.stopped();
    drop(service);
    let state = dir.path().join("witness");
    let image = files(&state);
    let name = format!("{}.last", Hash::of(ORIGIN.as_bytes()));
    let opened = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut image = image.clone();
        change(image.get_mut(&name).unwrap());
        let copy = directory_of(&image);
        open(&config(copy.path(), &[(ORIGIN, log.verifier())])).map(drop)
    };
    assert_eq!(opened(&|_| {}), Ok(()));
    assert_eq!(opened(&|memory| memory.clear()), Err(Code::MalformedNote));
    assert_eq!(opened(&|memory| memory.truncate(40)), Err(Code::MalformedNote));
    assert_eq!(opened(&|memory| memory[0] = 0xff), Err(Code::MalformedUtf8));
    assert_eq!(opened(&|memory| memory[0] = b'k'), Err(Code::UnknownLog));
}

// R9.5
#[test]
fn two_witnesses_cannot_share_a_memory() {
    let dir = directory();
    let key = verifier(Role::Log, "log.example#1", 1);
    let config = config(dir.path(), &[(ORIGIN, &key)]);
    let first = open(&config).unwrap();
    let second = WitnessService::open(&config, witness_key(), Arc::new(|| Ok(at(7)))).unwrap_err();
    assert_eq!((second.code(), second.what()), (Code::IoWrite, "another witness works with this memory"));
    drop(first);
    assert!(open(&config).is_ok());
}

// R3.1: several logs, each with a memory of its own.
#[test]
fn logs_do_not_meddle_with_one_another() {
    let dir = directory();
    let mut log = log_of(dir.path(), &entries(5));
    let other = LogSigner::new(key(Role::Log, "other.example#1", 9)).unwrap();
    let other_key = verifier(Role::Log, "other.example#1", 9);
    let logs = [(ORIGIN, log.verifier()), ("other.example", &other_key)];
    let (_service, server) = running(&config(&dir.path().join("witness"), &logs));
    let mut client = server.client();
    let note = other.sign(size(3), Hash::of(b"x")).unwrap().note(&[]);
    assert_eq!(status(&mut client, AddCheckpoint { old: size(0), proof: Vec::new(), note }), 200);
    assert_eq!(status(&mut client, request(&mut log, 0)), 200);
    assert_eq!(post(&mut client, request(&mut log, 3)).text(), "5\n");
}

struct Program {
    child: Child,
    url: String,
}

impl Program {
    fn start(dir: &Path) -> Self {
        // One that was killed has left its own behind.
        let _ = fs::remove_file(dir.join("api"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_ct-node"));
        command.args(["witness", "--events", "--config"]).arg(dir.join("witness.toml"));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        eventually("it says where it listens", || {
            assert!(child.try_wait().unwrap().is_none(), "it has ended");
            advertise::read(&dir.join("api")).is_ok()
        });
        Self { child, url: advertise::read(&dir.join("api")).unwrap() }
    }

    fn client(&self) -> Client {
        Client::new(self.url.strip_prefix("http://").unwrap().parse().unwrap())
    }

    fn signal(&mut self, signal: Signal) -> Option<i32> {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program_folder(log: &VerifierKey) -> tempfile::TempDir {
    let dir = directory();
    witness_key().write_new(&dir.path().join("witness.pem")).unwrap();
    let text = format!(
        "listen = \"127.0.0.1:0\"\nkey = \"witness.pem\"\nstate = \"state\"\n[[log]]\norigin = \"{ORIGIN}\"\nvkey = \"{log}\"\n"
    );
    fs::write(dir.path().join("witness.toml"), text).unwrap();
    dir
}

// R10, gate: killed without warning between any two requests, it has forgotten nothing.
#[test]
fn killed_it_still_remembers() {
    let log_dir = directory();
    let all = entries(40);
    let mut log = log_of(log_dir.path(), &all[..1]);
    let dir = program_folder(log.verifier());
    let mut seen = 0;
    for now in [1, 2, 7, 20, 40] {
        log.append(&all[usize::try_from(log.size().get()).unwrap()..now]).unwrap();
        let mut program = Program::start(dir.path());
        let mut client = program.client();
        // It knows the size that was cosigned before it was killed.
        let stale = AddCheckpoint { old: log.size(), ..request(&mut log, 0) };
        if seen != log.size().get() {
            assert_eq!(post(&mut client, stale).text(), format!("{seen}\n"));
        }
        assert_eq!(status(&mut client, request(&mut log, seen)), 200);
        seen = log.size().get();
        assert_eq!(program.signal(Signal::KILL), None);
    }
}

// R5.5, R2.6: it ends with status 0, has said one line, and takes its address away.
#[test]
fn told_to_stop_it_ends_well() {
    for signal in [Signal::TERM, Signal::INT] {
        let log_dir = directory();
        let mut log = log_of(log_dir.path(), &entries(3));
        let dir = program_folder(log.verifier());
        let mut program = Program::start(dir.path());
        let mut client = program.client();
        client.send("POST /add-checkpoint HTTP/1.1\r\nhost: x\r\nx-request-id: mine\r\n");
        let body = request(&mut log, 0).to_string();
        client.send(format!("content-length: {}\r\n\r\n{body}", body.len()));
        assert_eq!(client.answer().status, 200);
        assert_eq!(client.ask("GET", "/healthz", b"").text(), "ok\n");
        assert!(client.ask("GET", "/metrics", b"").text().contains("route=\"/add-checkpoint\",class=\"ok\"} 1"));
        assert_eq!(program.signal(signal), Some(0));
        let (mut out, mut err) = (String::new(), String::new());
        program.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        program.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!(err.lines().count(), 1, "{err}");
        assert!(err.contains("witness.example#1") && err.contains(&program.url), "{err}");
        let event: serde_json::Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
        assert_eq!((&event["request_id"], &event["node_id"]), (&"mine".into(), &"witness.example#1".into()));
        assert!(!dir.path().join("api").exists());
    }
}

// R1.4, R2.5
#[test]
fn what_it_cannot_start_with_has_a_code_and_a_status() {
    let log = verifier(Role::Log, "log.example#1", 1);
    let dir = program_folder(&log);
    let path = dir.path().join("witness.toml");
    let good = fs::read_to_string(&path).unwrap();
    let run = |text: &str| {
        fs::write(&path, text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ct-node"));
        let output = command.arg("witness").arg("--config").arg(&path).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), err.split(": ").nth(1).unwrap_or_default().to_owned())
    };
    assert_eq!(run(&format!("colour = 1\n{good}")), (4, "malformed.config".to_owned()));
    assert_eq!(run(&good.replace("witness.pem", "absent.pem")), (5, "io.not_found".to_owned()));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert_eq!(run(&good.replace("127.0.0.1:0", &address)), (5, "io.port_in_use".to_owned()));
    fs::write(&path, &good).unwrap();
    let program = Program::start(dir.path());
    assert_eq!(run(&good), (5, "io.write".to_owned()));
    drop(program);
}
