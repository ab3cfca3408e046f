//! The state machine: what each command does, what it refuses, and that nothing else matters.

use crate::town::{Town, at, directory, machine, submit};
use ct_core::{Code, CompactRange, Hash, TreeSize, merkle::leaf_hash};
use ct_keys::trust_file;
use ct_node::command::{Command, Outcome, Seal};
use ct_node::envelope::{ClientChange, MessageType, RequestId};
use ct_node::machine::{ACCEPTED, ANSWERS_KEPT, REFUSED, StateMachine};

fn sequenced(first: u64, count: u64) -> Outcome {
    Outcome::Sequenced { first, count }
}

fn refused(code: Code, entry: u64) -> Outcome {
    Outcome::Refused { code, entry }
}

// R9, R14.1: the entries follow each other, and the tree is that of the entries.
#[test]
fn statements_get_the_next_indexes_in_order() {
    let (mut town, dir) = (Town::new(), directory());
    let mut machine = machine(&town, dir.path());
    let statements = town.issue(5, at(10));
    let one = town.request(1, &statements[..2], at(10));
    let two = town.request(2, &statements[2..], at(10));
    assert_eq!(submit(&mut machine, at(11), &[&one, &two]), [(sequenced(1, 2), false), (sequenced(3, 3), false)]);
    let reader = machine.reader();
    let mut expected = vec![town.genesis()];
    expected.extend(statements.iter().map(|signed| signed.statement.clone()));
    assert_eq!(reader.entries(0, 100).unwrap(), expected);
    let mut tree = CompactRange::new();
    expected.iter().for_each(|entry| drop(tree.append(leaf_hash(entry)).unwrap()));
    assert_eq!(reader.meta().unwrap().tree, tree);
    let submission = reader.submissions(RequestId::new([2; 16])).unwrap();
    assert_eq!(submission.iter().map(|submission| submission.outcome).collect::<Vec<_>>(), [sequenced(3, 3)]);
}

// The gate of R9, R12.4: a retry has another nonce and gets the original answer, also after a restart.
#[test]
fn drill_duplicate_request_id_does_not_apply_again() {
    let (mut town, dir) = (Town::new(), directory());
    let mut machine = machine(&town, dir.path());
    let statements = town.issue(2, at(10));
    let first = town.request(1, &statements, at(10));
    let again = town.request(1, &statements, at(20));
    assert_eq!(submit(&mut machine, at(11), &[&first]), [(sequenced(1, 2), false)]);
    assert_eq!(submit(&mut machine, at(21), &[&again]), [(sequenced(1, 2), true)]);
    machine.persist().unwrap();
    drop(machine);
    let mut machine = StateMachine::open(&dir.path().join("state.redb")).unwrap();
    let later = town.request(1, &statements, at(30));
    assert_eq!(submit(&mut machine, at(31), &[&later]), [(sequenced(1, 2), true)]);
    assert_eq!(machine.reader().meta().unwrap().tree.size().get(), 3);
    // Another payload under the same request ID.
    let other = town.issue(1, at(10));
    let conflict = town.request(1, &other, at(30));
    assert_eq!(submit(&mut machine, at(31), &[&conflict]), [(refused(Code::ConflictRequestId, 0), false)]);
}

// The gate of R8: the same bytes again are refused, also within one batch.
#[test]
fn a_replayed_request_is_refused() {
    let (mut town, dir) = (Town::new(), directory());
    let mut machine = machine(&town, dir.path());
    let statements = town.issue(1, at(10));
    let request = town.request(1, &statements, at(10));
    let replayed = (refused(Code::ReplayedRequest, 0), false);
    assert_eq!(submit(&mut machine, at(11), &[&request, &request]), [(sequenced(1, 1), false), replayed]);
    // For as long as its time would still be accepted, and with a clock that went back.
    for when in [12, 310, 5] {
        assert_eq!(submit(&mut machine, at(when), &[&request]), [replayed], "{when}");
    }
    assert_eq!(submit(&mut machine, at(311), &[&request]), [(refused(Code::StaleRequest, 0), false)]);
    // The nonce is forgotten only when its time is.
    assert_eq!(submit(&mut machine, at(2_000), &[&request]), [(refused(Code::StaleRequest, 0), false)]);
}

// R8.3, R9.2: a proposer whose clock jumps, alone, makes nobody forget what was used and answered.
#[test]
fn a_clock_that_jumps_and_comes_back_forgets_nothing() {
    let (mut town, dir) = (Town::new(), directory());
    let mut machine = machine(&town, dir.path());
    let key = *town.client.public().verifying_key().as_bytes();
    let change = ClientChange { kid: b"desk.town.example#2", key: Some(key), if_version: None };
    let put = town.signed_by_root(1, MessageType::PutClient, &change.encode(), at(10));
    assert_eq!(submit(&mut machine, at(11), &[&put]), [(Outcome::Changed { version: 1 }, false)]);
    let statements = town.issue(1, at(10));
    let other = town.request(2, &statements, at(11));
    let day_after_next = at(2 * 86_400);
    assert_eq!(submit(&mut machine, day_after_next, &[&other]), [(refused(Code::StaleRequest, 0), false)]);
    assert_eq!(submit(&mut machine, at(12), &[&put]), [(refused(Code::ReplayedRequest, 0), false)]);
    let again = town.signed_by_root(1, MessageType::PutClient, &change.encode(), at(13));
    assert_eq!(submit(&mut machine, at(13), &[&again]), [(Outcome::Changed { version: 1 }, true)]);
}

// R9.6, R12.5: who was deleted submits nothing, even where the proposer has not applied that yet.
#[test]
fn a_client_that_was_deleted_before_records_nothing() {
    let (mut town, dir) = (Town::new(), directory());
    let mut machine = machine(&town, dir.path());
    let statements = town.issue(1, at(10));
    let submission = town.request(1, &statements, at(10));
    let kid = town.client.id().to_string();
    let change = ClientChange { kid: kid.as_bytes(), key: None, if_version: None };
    let delete = town.signed_by_root(2, MessageType::DeleteClient, &change.encode(), at(10));
    let unknown = (refused(Code::UnknownClient, 0), false);
    assert_eq!(submit(&mut machine, at(11), &[&delete, &submission])[1], unknown);
    assert_eq!(machine.reader().meta().unwrap().tree.size().get(), 1);
    // It is no answer to the request: a client that is put again may ask again.
    let key = *town.client.public().verifying_key().as_bytes();
    let change = ClientChange { kid: kid.as_bytes(), key: Some(key), if_version: None };
    let put = town.signed_by_root(3, MessageType::PutClient, &change.encode(), at(11));
    let again = town.request(1, &statements, at(11));
    assert_eq!(submit(&mut machine, at(12), &[&put, &again])[1], (sequenced(1, 1), false));
}

// R8.3: a request signed at the window's far end is accepted until the window has passed twice; so long its nonce is kept.
#[test]
fn a_nonce_is_kept_as_long_as_its_request_could_be_accepted() {
    let (mut town, dir) = (Town::new(), directory());
    let mut machine = machine(&town, dir.path());
    let statements = town.issue(1, at(10));
    // The sender's clock is five minutes ahead.
    let request = town.request(1, &statements, at(310));
    let replayed = (refused(Code::ReplayedRequest, 0), false);
    assert_eq!(submit(&mut machine, at(10), &[&request]), [(sequenced(1, 1), false)]);
    for when in [311, 609, 610] {
        assert_eq!(submit(&mut machine, at(when), &[&request]), [replayed], "{when}");
    }
    assert_eq!(submit(&mut machine, at(611), &[&request]), [(refused(Code::StaleRequest, 0), false)]);
}

// R17: (iss, cti) is used once for ever: in one request, in one batch, and later.
#[test]
fn a_statement_is_in_the_log_once() {
    let (mut town, dir) = (Town::new(), directory());
    let mut machine = machine(&town, dir.path());
    let statement = town.issue(1, at(10)).remove(0);
    let fresh = town.issue(1, at(10)).remove(0);
    let twice = town.request(1, &[statement.clone(), statement.clone()], at(10));
    let once = town.request(2, std::slice::from_ref(&statement), at(10));
    let again = town.request(3, &[fresh.clone(), statement], at(10));
    let conflict = |entry| (refused(Code::ConflictStatement, entry), false);
    assert_eq!(
        submit(&mut machine, at(11), &[&twice, &once, &again]),
        [conflict(1), (sequenced(1, 1), false), conflict(1)]
    );
    // What stood beside it was not recorded, and may be sent under another request ID.
    let alone = town.request(4, &[fresh], at(10));
    assert_eq!(submit(&mut machine, at(11), &[&alone]), [(sequenced(2, 1), false)]);
    let empty = town.request(5, &[], at(10));
    assert_eq!(submit(&mut machine, at(11), &[&empty]), [(refused(Code::MalformedEnvelope, 0), false)]);
    // The refusal is the request's answer from now on.
    let retry = town.request(1, &[], at(12));
    assert_eq!(submit(&mut machine, at(12), &[&retry])[0].0, refused(Code::ConflictRequestId, 0));
}

// R17.4, R17.5: by the trust root's rules, at the time that stands in the command.
#[test]
fn what_no_verifier_would_accept_is_refused() {
    let (mut town, dir) = (Town::new(), directory());
    let mut machine = machine(&town, dir.path());
    let day = 86_400;
    let good = town.issue(1, at(10)).remove(0);
    let other_type = town.issue_typed("degree", at(10));
    let postdated = town.issue(1, at(1_000)).remove(0);
    for (id, statement, code) in [(1, &other_type, Code::UnknownDocumentType), (2, &postdated, Code::TamperedPostdated)]
    {
        let request = town.request(id, &[good.clone(), statement.clone()], at(10));
        assert_eq!(submit(&mut machine, at(11), &[&request]), [(refused(code, 1), false)]);
    }
    let late = town.request(3, std::slice::from_ref(&good), at(day + 11));
    assert_eq!(submit(&mut machine, at(day + 11), &[&late]), [(refused(Code::TamperedBackdated, 0), false)]);
    assert_eq!(machine.reader().meta().unwrap().tree.size().get(), 1);
}

// R9.4, R11.5: the same commands, cut into transactions in any way, give the same state; and a snapshot is that state.
#[test]
fn equal_commands_make_equal_states() {
    let mut town = Town::new();
    let mut commands = vec![town.bootstrap()];
    for id in 1..20 {
        let statements = town.issue(usize::from(id % 4), at(id.into()));
        let request = town.request(id, &statements, at(id.into()));
        commands.push(Command::Batch { at: at(id.into()), envelopes: vec![&request, &request] }.encode());
    }
    let dirs = [directory(), directory(), directory()];
    let snapshots: Vec<Vec<u8>> = [1, 3, 100]
        .iter()
        .zip(&dirs)
        .map(|(step, dir)| {
            let mut machine = StateMachine::open(&dir.path().join("state.redb")).unwrap();
            for part in commands.chunks(*step) {
                machine.apply(part.iter().map(Vec::as_slice), b"x").unwrap();
            }
            snapshot(&machine)
        })
        .collect();
    assert!(snapshots.iter().all(|snapshot| *snapshot == snapshots[0]));
    let fresh = directory();
    let mut machine = StateMachine::open(&fresh.path().join("state.redb")).unwrap();
    machine.install(&mut snapshots[0].as_slice(), b"there").unwrap();
    assert_eq!(snapshot(&machine), snapshots[0]);
    assert_eq!(machine.applied().unwrap().as_deref(), Some(b"there".as_slice()));
    assert_eq!(machine.reader().meta().unwrap().history.to_string().len(), 64);
}

// R9.4, R11.5: nothing that a state knows is missing in a snapshot: from there on, both answer and forget the same.
#[test]
fn a_state_that_came_by_a_snapshot_goes_on_like_its_origin() {
    let (mut town, dirs) = (Town::new(), [directory(), directory()]);
    let mut origin = machine(&town, dirs[0].path());
    let statements = town.issue(3, at(10));
    // The sender's clock is five minutes ahead, so its nonce is remembered five minutes longer.
    let first = town.request(1, &statements[..1], at(310));
    let second = town.request(2, &statements[1..2], at(10));
    submit(&mut origin, at(10), &[&first]);
    submit(&mut origin, at(11), &[&second]);
    let mut copy = StateMachine::open(&dirs[1].path().join("state.redb")).unwrap();
    copy.install(&mut snapshot(&origin).as_slice(), b"x").unwrap();
    assert_eq!(copy.reader().entries(0, 100), origin.reader().entries(0, 100));
    let mut batch = |id, statements: &[ct_node::Signed], when| {
        let request = town.request(id, statements, when);
        Command::Batch { at: when, envelopes: vec![&request] }.encode()
    };
    let later = [
        // Of a smaller tree than there is.
        seal(&origin, 1, 2),
        Command::Batch { at: at(609), envelopes: vec![&first] }.encode(),
        batch(2, &statements[1..2], at(609)),
        batch(3, &statements[1..2], at(609)),
        batch(4, &statements[2..], at(609)),
        batch(5, &[], at(2_000)),
        batch(6, &[], at(12 + ANSWERS_KEPT.get())),
    ];
    for (number, command) in later.iter().enumerate() {
        let answers = [&mut origin, &mut copy].map(|machine| machine.apply([command.as_slice()], b"y").unwrap());
        assert_eq!(answers[0], answers[1], "{number}");
        assert!(snapshot(&origin) == snapshot(&copy), "{number}");
    }
}

fn snapshot(machine: &StateMachine) -> Vec<u8> {
    let mut bytes = Vec::new();
    machine.view().unwrap().write_to(&mut bytes).unwrap();
    bytes
}

// R9.4: a snapshot that is damaged changes nothing.
#[test]
fn a_damaged_snapshot_is_refused() {
    let (mut town, dir) = (Town::new(), directory());
    let mut machine = machine(&town, dir.path());
    let statements = town.issue(1, at(10));
    let request = town.request(1, &statements, at(10));
    submit(&mut machine, at(11), &[&request]);
    let whole = snapshot(&machine);
    let fresh = directory();
    let mut other = StateMachine::open(&fresh.path().join("state.redb")).unwrap();
    for place in (0..whole.len()).step_by(7) {
        let mut flipped = whole.clone();
        flipped[place] ^= 0x10;
        for bad in [flipped.as_slice(), &whole[..place], &[&whole[..], b"x"].concat()] {
            let refused = other.install(&mut &*bad, b"x").map_err(|error| error.code());
            assert_eq!(refused, Err(Code::TamperedState), "{place}");
        }
    }
    assert_eq!((other.applied(), other.reader().meta()), (Ok(None), None));
}

// The fence: only this node's own root is sealed, seals only advance, and a foreign generation is refused.
#[test]
fn a_seal_is_compared_with_the_tree() {
    let (mut town, dir) = (Town::new(), directory());
    let mut machine = machine(&town, dir.path());
    let root = machine.reader().meta().unwrap().tree.root();
    let seal =
        |generation, size, root| Command::Seal(Seal { generation, size: TreeSize::new(size).unwrap(), root }).encode();
    let mut apply = |bytes: Vec<u8>| machine.apply([bytes.as_slice()], b"x").map_err(|error| error.code());
    assert_eq!(apply(seal(1, 1, Hash::of(b"other"))), Err(Code::TamperedState));
    assert_eq!(apply(seal(1, 2, root)), Err(Code::TamperedState));
    assert_eq!(apply(seal(2, 1, root)), Ok(vec![vec![REFUSED]]));
    assert_eq!(apply(seal(1, 1, root)), Ok(vec![vec![ACCEPTED]]));
    assert_eq!(apply(seal(1, 1, root)), Ok(vec![vec![REFUSED]]));
    let statements = town.issue(1, at(10));
    let request = town.request(1, &statements, at(10));
    submit(&mut machine, at(11), &[&request]);
    assert_eq!(machine.reader().meta().unwrap().sealed.size.get(), 1);
}

/// The command that seals the tree of a state at this size.
fn seal(machine: &StateMachine, generation: u64, size: u64) -> Vec<u8> {
    let size = TreeSize::new(size).unwrap();
    let root = machine.reader().root_at(size).unwrap().unwrap();
    Command::Seal(Seal { generation, size, root }).encode()
}

/// What the state answers to its own seal.
fn sealed_at(machine: &mut StateMachine, generation: u64, size: u64) -> Vec<u8> {
    let command = seal(machine, generation, size);
    machine.apply([command.as_slice()], b"x").unwrap().remove(0)
}

fn anchored_at(machine: &mut StateMachine, generation: u64, size: u64, signatures: &str) -> Vec<u8> {
    let command = Command::Anchor { generation, size: TreeSize::new(size).unwrap(), signatures }.encode();
    machine.apply([command.as_slice()], b"x").unwrap().remove(0)
}

// R20.3, R18.6: final is what was sealed last and cosigned, and nothing else; the same again replaces the lines.
#[test]
fn only_what_is_sealed_becomes_final() {
    let (mut town, dir) = (Town::new(), directory());
    let mut machine = machine(&town, dir.path());
    let anchored = |machine: &StateMachine| machine.reader().meta().unwrap().anchored;
    assert_eq!(anchored_at(&mut machine, 1, 0, "none"), [REFUSED]);
    assert_eq!(anchored_at(&mut machine, 1, 1, "unsealed"), [REFUSED]);
    assert_eq!(sealed_at(&mut machine, 1, 1), [ACCEPTED]);
    assert_eq!(anchored_at(&mut machine, 2, 1, "of another generation"), [REFUSED]);
    assert_eq!(anchored(&machine).seal.size, TreeSize::ZERO);
    assert_eq!(anchored_at(&mut machine, 1, 1, "one"), [ACCEPTED]);
    assert_eq!(anchored_at(&mut machine, 1, 1, "one, renewed"), [ACCEPTED]);
    let sealed = machine.reader().meta().unwrap().sealed;
    assert_eq!((anchored(&machine).seal, anchored(&machine).signatures.as_str()), (sealed, "one, renewed"));
    for id in 1..3 {
        let statements = town.issue(1, at(10));
        let request = town.request(id, &statements, at(10));
        submit(&mut machine, at(11), &[&request]);
    }
    assert_eq!(anchored_at(&mut machine, 1, 2, "unsealed"), [REFUSED]);
    assert_eq!(sealed_at(&mut machine, 1, 3), [ACCEPTED]);
    // Nor is more sealed before that is final (decision 0010).
    let statements = town.issue(1, at(10));
    let request = town.request(3, &statements, at(10));
    submit(&mut machine, at(11), &[&request]);
    assert_eq!(sealed_at(&mut machine, 1, 4), [REFUSED]);
    // An anchor that comes late is not for what is sealed now.
    assert_eq!(anchored_at(&mut machine, 1, 1, "late"), [REFUSED]);
    assert_eq!(anchored_at(&mut machine, 1, 3, "three"), [ACCEPTED]);
    machine.persist().unwrap();
    let known = anchored(&machine);
    drop(machine);
    let machine = StateMachine::open(&dir.path().join("state.redb")).unwrap();
    assert_eq!((anchored(&machine), known.seal.size.get()), (known.clone(), 3));
}

// R20.5: after a restore, what a leader of the time before still proposes is refused; what was final stays final.
#[test]
fn a_new_generation_fences_the_old_one() {
    let (mut town, dir) = (Town::new(), directory());
    let mut machine = machine(&town, dir.path());
    assert_eq!(
        (sealed_at(&mut machine, 1, 1), anchored_at(&mut machine, 1, 1, "one")),
        (vec![ACCEPTED], vec![ACCEPTED])
    );
    let mut open = |generation| {
        let command = Command::NewGeneration { generation }.encode();
        machine.apply([command.as_slice()], b"x").unwrap().remove(0)
    };
    assert_eq!((open(1), open(3), open(2), open(2)), (vec![REFUSED], vec![REFUSED], vec![ACCEPTED], vec![REFUSED]));
    assert_eq!(machine.reader().meta().unwrap().anchored.seal.generation, 1);
    assert_eq!(anchored_at(&mut machine, 1, 1, "late"), [REFUSED]);
    let statements = town.issue(1, at(10));
    let request = town.request(1, &statements, at(10));
    submit(&mut machine, at(11), &[&request]);
    // Not before something is final in the new generation: its witnesses have to confirm it.
    assert_eq!(sealed_at(&mut machine, 2, 2), [REFUSED]);
    assert_eq!(
        (sealed_at(&mut machine, 1, 2), anchored_at(&mut machine, 2, 1, "again")),
        (vec![REFUSED], vec![ACCEPTED])
    );
    assert_eq!(
        (sealed_at(&mut machine, 2, 2), anchored_at(&mut machine, 2, 2, "two")),
        (vec![ACCEPTED], vec![ACCEPTED])
    );
    let anchored = machine.reader().meta().unwrap().anchored.seal;
    assert_eq!((anchored.generation, anchored.size.get()), (2, 2));
}

// R8.1, R20.4: a new trust root counts if the old one's keys signed it, and from then on.
#[test]
fn the_trust_root_is_followed() {
    let (mut town, dir) = (Town::new(), directory());
    let mut machine = machine(&town, dir.path());
    let mut next = town.trust();
    next.root_version = 2;
    next.issuers[0].keys[0].window.compromised_from = Some(at(5));
    let stranger = ct_keys::KeyFile::generate(ct_keys::Role::Root, "town.example/root#1".parse().unwrap(), &[77; 32]);
    let forged = trust_file::sign(&next, &[&stranger]);
    let signed = trust_file::sign(&next, &[&town.root]);
    let mut put = |trust: &[u8]| {
        let command = Command::Trust { trust }.encode();
        machine.apply([command.as_slice()], b"x").unwrap().remove(0)
    };
    assert_eq!((put(&forged), put(&signed), put(&signed)), (vec![REFUSED], vec![ACCEPTED], vec![REFUSED]));
    let statements = town.issue(1, at(20));
    let request = town.request(1, &statements, at(20));
    assert_eq!(submit(&mut machine, at(21), &[&request]), [(refused(Code::RevokedIssuerKey, 0), false)]);
}

// R12.4: answers are forgotten after a day, the statements never.
#[test]
fn answers_are_forgotten_and_statements_are_not() {
    let (mut town, dir) = (Town::new(), directory());
    let mut machine = machine(&town, dir.path());
    let statements = town.issue(1, at(10));
    let request = town.request(1, &statements, at(10));
    submit(&mut machine, at(10), &[&request]);
    let kept = ANSWERS_KEPT.get();
    // Whatever comes of it: time is what its sender and the proposer agree on.
    let mut pass = |machine: &mut StateMachine, id, when| {
        let request = town.request(id, &[], when);
        submit(machine, when, &[&request]);
    };
    pass(&mut machine, 8, at(10 + kept));
    let known = |machine: &StateMachine| machine.reader().submissions(RequestId::new([1; 16])).unwrap().len();
    assert_eq!(known(&machine), 1);
    pass(&mut machine, 9, at(11 + kept));
    assert_eq!(known(&machine), 0);
    let again = town.request(2, &statements, at(11 + kept));
    let answer = submit(&mut machine, at(11 + kept), &[&again]);
    assert!(matches!(answer[0].0, Outcome::Refused { .. }), "{answer:?}");
    assert_eq!(machine.reader().meta().unwrap().tree.size().get(), 2);
    // Where it is, is known for ever; asked at a time when its issue would still be admitted, it is a conflict.
    let again = town.request(3, &statements, at(12));
    assert_eq!(submit(&mut machine, at(12), &[&again]), [(refused(Code::ConflictStatement, 0), false)]);
}

// Entries leave when their tiles are on disk; what remains has no gap.
#[test]
fn entries_are_dropped_from_the_front_only() {
    let (mut town, dir) = (Town::new(), directory());
    let mut machine = machine(&town, dir.path());
    let statements = town.issue(4, at(10));
    let request = town.request(1, &statements, at(10));
    submit(&mut machine, at(11), &[&request]);
    let reader = machine.reader();
    reader.drop_entries(3).unwrap();
    assert_eq!(reader.entries(3, 1).unwrap(), [statements[2].statement.clone()]);
    // Those that are gone are not passed over in silence, and not taken for damage either: others have them.
    assert_eq!(reader.entries(0, 10), Ok(Vec::new()));
    let more = town.request(2, &town_issue(&mut Town::new()), at(10));
    assert_eq!(submit(&mut machine, at(11), &[&more])[0].0, sequenced(5, 1));
}

fn town_issue(town: &mut Town) -> Vec<ct_node::Signed> {
    town.entropy = ct_node::Entropy::from_seed(&[33; 32]);
    town.issue(1, at(10))
}

// Architecture 4, R15.3: a seal is compared with this node's own tree even when the tree has grown since it was proposed.
#[test]
fn a_seal_of_a_smaller_tree_is_compared_too() {
    let (mut town, dir) = (Town::new(), directory());
    let mut machine = machine(&town, dir.path());
    let statements = town.issue(1, at(10));
    let request = town.request(1, &statements, at(10));
    submit(&mut machine, at(11), &[&request]);
    let wrong = Seal { generation: 1, size: TreeSize::new(1).unwrap(), root: Hash::of(b"other") };
    let answer = machine.apply([Command::Seal(wrong).encode().as_slice()], b"x").map_err(|error| error.code());
    assert_ne!(answer, Ok(vec![vec![ACCEPTED]]), "a root that this node never had is sealed");
    assert_ne!(machine.reader().meta().unwrap().sealed, wrong);
}

// R8.3, R12: a clock that was wrong for one command must not close the log for ever.
#[test]
fn one_command_from_the_far_future_does_not_close_the_log() {
    let (mut town, dir) = (Town::new(), directory());
    let mut machine = machine(&town, dir.path());
    // A proposer whose clock stands in 2090, at a start with a new trust root or between admission and proposal.
    submit(&mut machine, at(2_000_000_000), &[]);
    let statements = town.issue(1, at(10));
    let request = town.request(1, &statements, at(10));
    assert_eq!(submit(&mut machine, at(11), &[&request]), [(sequenced(1, 1), false)]);
}
