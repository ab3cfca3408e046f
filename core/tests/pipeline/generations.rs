//! Three generations of every key over twenty years (R17.2, R20.4): the document of 2026 verifies in 2046, and what a
//! thief of an old key makes does not.

use crate::{report_at, request};
use ct_core::state::State;
use ct_core::trust::{Trust, Window, encode_trust};
use ct_core::{Code, Error, Mode, Request, Seconds, TrustRoot, verify};
use ct_testdata::note::LineKey;
use ct_testdata::world::{self, BEGIN, DAY, END, ISSUED, ORIGIN, UNIVERSITY, WITNESSES};
use ct_testdata::{Draft, StatusDraft};

const GENERATIONS: u64 = 3;
const YEAR: u64 = 365 * DAY;
/// When the bundle is refreshed and verified at last: December 2046.
const AT: u64 = END - 20 * DAY;
/// When a key of the first generation is stolen.
const STOLEN: u64 = BEGIN + 9 * YEAR;

const fn start(generation: u64) -> u64 {
    BEGIN + 7 * YEAR * generation
}

fn key_of(name: &str, generation: u64) -> String {
    if generation == 0 { name.to_owned() } else { format!("{name}/{generation}") }
}

fn line_key(name: &str, generation: u64) -> LineKey {
    LineKey { name: name.to_owned(), key: key_of(name, generation) }
}

/// A month longer than the generation, so that two overlap.
fn window(generation: u64) -> Window {
    let (from, until) = (start(generation), start(generation + 1) + 30 * DAY);
    Window { from: world::time(from), until: world::time(until), compromised_from: None }
}

/// The trust root of a generation: it knows the keys of all before.
fn trust(newest: u64) -> Trust {
    let mut trust = world::trust();
    trust.root_version = u32::try_from(newest).unwrap() + 1;
    (trust.issued, trust.expires) = (world::time(start(newest)), world::time(start(newest + 1) + YEAR));
    trust.root.keys = vec![world::root_key(&key_of("root-1", newest))];
    (trust.policy.strict.evidence, trust.policy.strict.status) = (Seconds::new(30 * DAY), Seconds::new(30 * DAY));
    let issuer_keys = |name: &str| {
        let key = |generation| ct_core::trust::IssuerKey {
            window: window(generation),
            ..world::issuer_key(&key_of(name, generation))
        };
        (0..=newest).map(key).collect::<Vec<_>>()
    };
    trust.issuers.truncate(1);
    trust.issuers[0].keys = issuer_keys("university-2026");
    trust.issuers[0].status[0].keys = issuer_keys("university-2026-status");
    let log_key = |generation| ct_core::trust::LogKey {
        window: window(generation),
        ..world::log_key(&line_key(ORIGIN, generation))
    };
    trust.logs[0].keys = (0..=newest).map(log_key).collect();
    for (witness, name) in trust.witnesses.iter_mut().zip(WITNESSES) {
        let key = |generation| ct_core::trust::WitnessKey {
            window: window(generation),
            ..world::witness_key(&line_key(name, generation))
        };
        witness.keys = (0..=newest).map(key).collect();
    }
    trust
}

/// Signed by the root key of its generation and of the one before.
fn signed(trust: &Trust) -> Vec<u8> {
    let newest = u64::from(trust.root_version) - 1;
    let kids: Vec<_> = (newest.saturating_sub(1)..=newest).map(|generation| key_of("root-1", generation)).collect();
    world::sign_payload(&encode_trust(trust), &kids.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The third trust root, changed, as whoever began with the first one gets it.
fn followed(change: impl Fn(&mut Trust)) -> TrustRoot {
    let mut newest = trust(GENERATIONS - 1);
    change(&mut newest);
    let first = TrustRoot::load(&signed(&trust(0))).unwrap();
    first.load_successor(&signed(&trust(1))).and_then(|second| second.load_successor(&signed(&newest))).unwrap()
}

/// The newest checkpoint is that of this generation's log and witnesses.
fn sealed_by(draft: &mut Draft, generation: u64) {
    let later = draft.later.last_mut().unwrap();
    later.log_keys = vec![line_key(ORIGIN, generation)];
    later.cosigners.iter_mut().for_each(|(key, _)| *key = line_key(&key.name, generation));
}

/// Issued in 2026, with a list of that year, and refreshed once in each generation.
fn draft() -> Draft {
    let mut draft = Draft::new("generations", b"document").with_status(StatusDraft::new(0, ISSUED));
    for (generation, time) in [(1, start(1) + 100 * DAY), (2, start(2) + 100 * DAY), (2, AT - DAY)] {
        draft = draft.refreshed(20, time);
        sealed_by(&mut draft, generation);
    }
    draft
}

fn code(trust: &TrustRoot, draft: &Draft, mode: Mode) -> Code {
    report_at(trust, &draft.parts().encode(), mode, AT).code()
}

// R17.2, R20.4
#[test]
fn the_first_document_verifies_after_twenty_years() {
    let trust = followed(|_| ());
    let report = report_at(&trust, &draft().parts().encode(), Mode::Archival, AT);
    assert_eq!(report.code(), Code::Ok);
    assert_eq!(report.facts().anchored_at, Some(world::time(world::ANCHORED)));
    assert_eq!(report.facts().status_as_of, Some(world::time(ISSUED)));
    // Never refreshed, it does as well: the archive asks for nothing new.
    let mut untouched = draft();
    untouched.later.clear();
    assert_eq!(code(&trust, &untouched, Mode::Archival), Code::Ok);
    assert_eq!(code(&trust, &untouched, Mode::Strict), Code::StaleEvidence);
    // In strict the evidence is fresh and the list is twenty years old, until it comes with a new one.
    assert_eq!(code(&trust, &draft(), Mode::Strict), Code::StaleStatus);
    let mut list = StatusDraft::new(0, AT - 2 * DAY).under(3);
    for kid in [&mut list.kid, &mut list.key, &mut list.issuer_key, &mut list.header.kid] {
        *kid = key_of("university-2026-status", 2);
    }
    assert_eq!(code(&trust, &draft().with_status(list), Mode::Strict), Code::Ok);
}

// R15.4: whoever used the first trust root needs each one between.
#[test]
fn the_trust_root_is_followed_step_by_step() {
    let (followed, bundle) = (followed(|_| ()), draft().parts().encode());
    let mut state = State::default();
    state.remember_trust(1, TrustRoot::load(&signed(&trust(0))).unwrap().hash());
    let verdict = |root: &TrustRoot| {
        let request = Request { mode: Mode::Archival, at: world::time(AT), ..request(root, &bundle) };
        verify(&Request { state: Some(&state), ..request }).code()
    };
    assert_eq!(verdict(&followed), Code::Ok);
    assert_eq!(verdict(&TrustRoot::load(&signed(&trust(2))).unwrap()), Code::TrustChain);
    let first = TrustRoot::load(&signed(&trust(0))).unwrap();
    let refused = first.load_successor(&signed(&trust(2))).map(|_| ()).map_err(Error::code);
    assert_eq!(refused, Err(Code::TrustChain));
}

// R17.2, R20.4: the log's first key is stolen; a pin keeps what was recorded before, and nothing else.
#[test]
fn a_stolen_log_key_takes_nothing_back_and_adds_nothing() {
    let steal = |trust: &mut Trust| trust.logs[0].keys[0].window.compromised_from = Some(world::time(STOLEN));
    let pin = draft().parts().later[0].pin(start(1) + 100 * DAY);
    let pinned = followed(|trust| {
        steal(trust);
        trust.logs[0].pins.push(pin);
    });
    assert_eq!(code(&pinned, &draft(), Mode::Archival), Code::Ok);
    assert_eq!(code(&followed(steal), &draft(), Mode::Archival), Code::RevokedLogKey);
    // The thief's own history, which no pin vouches for: even with everybody's old keys at hand.
    let mut forged = draft();
    forged.before[5] = b"another entry".to_vec();
    forged.later.clear();
    assert_eq!(code(&followed(|_| ()), &forged, Mode::Archival), Code::Ok);
    assert_eq!(code(&pinned, &forged, Mode::Archival), Code::RevokedLogKey);
}

// R17.2, R20.4: the issuer's first key is stolen; what was anchored before holds, what the thief makes later does not.
#[test]
fn a_stolen_issuer_key_counts_for_what_was_anchored_before() {
    let trust = followed(|trust| trust.issuers[0].keys[0].window.compromised_from = Some(world::time(STOLEN)));
    assert_eq!(code(&trust, &draft(), Mode::Archival), Code::Ok);
    for issued_at in [ISSUED, STOLEN + DAY] {
        let mut forged = Draft::new("forged", b"document");
        forged.header.issued_at = issued_at;
        forged.log_keys = vec![line_key(ORIGIN, 1)];
        forged.cosigners.clear();
        for name in WITNESSES {
            forged.cosigners.push((line_key(name, 1), STOLEN + DAY + 60));
        }
        assert_eq!(code(&trust, &forged, Mode::Archival), Code::RevokedIssuerKey, "said to be of {issued_at}");
    }
    // Had it not been stolen, it would have ended by then.
    let mut late = Draft::new("late", b"document");
    late.header.issued_at = STOLEN + DAY;
    late.log_keys = vec![line_key(ORIGIN, 1)];
    late.cosigners = WITNESSES.map(|name| (line_key(name, 1), STOLEN + DAY + 60)).to_vec();
    assert_eq!(code(&followed(|_| ()), &late, Mode::Archival), Code::ExpiredIssuerKey);
    // The key of the second generation is the one for it.
    (late.header.kid, late.issuer_key) = (key_of("university-2026", 1), key_of("university-2026", 1));
    assert_eq!(late.header.issuer, UNIVERSITY);
    assert_eq!(code(&trust, &late, Mode::Archival), Code::Ok);
}
