//! A town with its log: every key, a trust root, and requests by its clerk.

use ct_core::{Hash, Origin, SubjectKind, Timestamp, Trust};
use ct_keys::{KeyFile, Role, trust_file};
use ct_node::command::{Answer, Command, Outcome};
use ct_node::envelope::{MessageType, Outgoing, RequestId, submission};
use ct_node::machine::StateMachine;
use ct_node::{Draft, Entropy, Party, Signed, TrustPlan, statement, trust};
use std::path::Path;

pub(crate) const ORIGIN: &str = "log.town.example";
pub(crate) const ISSUER: &str = "town.example";

pub(crate) struct Town {
    pub(crate) root: KeyFile,
    pub(crate) log: KeyFile,
    pub(crate) witnesses: Vec<KeyFile>,
    pub(crate) issuer: KeyFile,
    pub(crate) status: KeyFile,
    pub(crate) client: KeyFile,
    pub(crate) entropy: Entropy,
}

/// Also before that, for a machine whose clock is.
pub(crate) fn at(seconds: u64) -> Timestamp {
    Timestamp::from_seconds(1_790_000_000_u64.wrapping_add(seconds)).unwrap()
}

/// One state for all tests would be slow: each has its own, in memory where that is possible.
pub(crate) fn directory() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

impl Town {
    pub(crate) fn new() -> Self {
        let key = |role, id: &str, number: u8| KeyFile::generate(role, id.parse().unwrap(), &[number; 32]);
        Self {
            root: key(Role::Root, "town.example/root#1", 1),
            log: key(Role::Log, "log.town.example#1", 2),
            witnesses: (1..=3)
                .map(|n| key(Role::Witness, &format!("log.town.example/witness-{n}#1"), 10 + n))
                .collect(),
            issuer: key(Role::Issuer, "town.example#1", 3),
            status: key(Role::Status, "town.example/status#1", 4),
            client: key(Role::Client, "clerk.town.example#1", 5),
            entropy: Entropy::from_seed(&[9; 32]),
        }
    }

    pub(crate) fn trust(&self) -> Trust {
        let plan = TrustPlan {
            name: "Town".to_owned(),
            issuer: ISSUER.to_owned(),
            issuer_name: "Town".to_owned(),
            types: vec!["diploma".to_owned()],
            quorum: 2,
            issued: at(0),
            expires: at(10_000_000),
            keys_until: at(20_000_000),
            evidence: ct_core::Seconds::new(1_000_000),
            status: ct_core::Seconds::new(7 * 86_400),
            example: true,
        };
        let Self { root, log, witnesses, issuer, status, .. } = self;
        trust::describe(&plan, Party { root, log, witnesses, issuer, status }).unwrap()
    }

    pub(crate) fn signed_trust(&self) -> Vec<u8> {
        trust_file::sign(&self.trust(), &[&self.root])
    }

    pub(crate) fn genesis(&self) -> Vec<u8> {
        let origin = Origin::new(ORIGIN).unwrap();
        statement::genesis(&origin, &self.root, at(0), &mut Entropy::from_seed(&[8; 32])).unwrap()
    }

    pub(crate) fn bootstrap(&self) -> Vec<u8> {
        let (genesis, trust) = (self.genesis(), self.signed_trust());
        let id = self.client.id().to_string();
        let clients = vec![(id.as_bytes(), *self.client.public().verifying_key().as_bytes())];
        Command::Bootstrap { origin: ORIGIN, genesis: &genesis, trust: &trust, clients }.encode()
    }

    /// Statements about new documents, issued at this time.
    pub(crate) fn issue(&mut self, count: usize, when: Timestamp) -> Vec<Signed> {
        (0..count).map(|_| self.issue_typed("diploma", when)).collect()
    }

    pub(crate) fn issue_typed(&mut self, document_type: &str, when: Timestamp) -> Signed {
        let draft = Draft {
            document_hash: Hash::of(&self.entropy.bytes::<32>()),
            document_type: document_type.to_owned(),
            sub: String::new(),
            expires: None,
            kind: SubjectKind::File,
            status: None,
        };
        statement::document(ISSUER, &self.issuer, &draft, when, &mut self.entropy).unwrap()
    }

    /// A request by the clerk with these statements.
    pub(crate) fn request(&mut self, id: u8, statements: &[Signed], when: Timestamp) -> Vec<u8> {
        let payload = submission(statements.iter().map(|signed| signed.statement.as_slice()));
        let request_id = RequestId::new([id; 16]);
        let outgoing = Outgoing { message_type: MessageType::Submit, request_id, payload: &payload };
        outgoing.sign(ORIGIN, &self.client, when, &mut self.entropy).unwrap()
    }

    /// A request by the holder of the root key.
    pub(crate) fn signed_by_root(
        &mut self,
        id: u8,
        message_type: MessageType,
        payload: &[u8],
        when: Timestamp,
    ) -> Vec<u8> {
        let outgoing = Outgoing { message_type, request_id: RequestId::new([id; 16]), payload };
        outgoing.sign(ORIGIN, &self.root, when, &mut self.entropy).unwrap()
    }
}

/// A state that has been bootstrapped.
pub(crate) fn machine(town: &Town, dir: &Path) -> StateMachine {
    let mut machine = StateMachine::open(&dir.join("state.redb")).unwrap();
    machine.apply([town.bootstrap().as_slice()], b"0").unwrap();
    machine
}

/// The outcomes of one batch at this time, each with whether it was answered before.
pub(crate) fn submit(machine: &mut StateMachine, when: Timestamp, envelopes: &[&[u8]]) -> Vec<(Outcome, bool)> {
    let command = Command::Batch { at: when, envelopes: envelopes.to_vec() }.encode();
    let answers = machine.apply([command.as_slice()], b"1").unwrap();
    let answers = Answer::parse_all(&answers[0]).unwrap();
    answers.iter().map(|answer| (answer.outcome, answer.repeated)).collect()
}
