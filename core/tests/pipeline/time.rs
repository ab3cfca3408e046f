//! The rules of time, each at its last good second and one second further (R15.2, R17.2, R17.4).
//!
//! T is [`ANCHORED`]: the second of three cosignatures. So is F, the second from the other end.

use crate::report_at;
use ct_core::trust::Trust;
use ct_core::{Code, Mode, Seconds};
use ct_testdata::world::{self, ANCHORED, DAY, END, ISSUED, MAX_ANCHOR_DELAY, OVERLAP, SKEW};
use ct_testdata::{Draft, Parts, cosigners};

const EVERY_MODE: [Mode; 3] = [Mode::Strict, Mode::Grace, Mode::Archival];
const WINDOW: u64 = 7 * DAY;

/// A verification in which something is changed.
struct Run {
    draft: Draft,
    trust: Trust,
    at: u64,
    mode: Mode,
}

impl Run {
    fn new(mode: Mode) -> Self {
        Self { draft: Draft::small("time", b"document"), trust: world::trust(), at: ISSUED + DAY, mode }
    }

    fn code(&self) -> Code {
        self.code_of(&self.draft.parts())
    }

    fn code_of(&self, parts: &Parts) -> Code {
        report_at(&world::root(&self.trust), &parts.encode(), self.mode, self.at).code()
    }
}

/// In these modes, `set` with `good` verifies and with `bad` does not; one second lies between them.
fn boundary(modes: &[Mode], code: Code, good: u64, bad: u64, set: impl Fn(&mut Run, u64)) {
    assert_eq!(good.abs_diff(bad), 1, "{code}");
    for mode in modes {
        for (value, expected) in [(good, Code::Ok), (bad, code)] {
            let mut run = Run::new(*mode);
            set(&mut run, value);
            assert_eq!(run.code(), expected, "{code} in {mode:?} at {value}");
        }
    }
}

// R17.2: no backdating, in every mode.
#[test]
fn issue_time_and_anchoring_time() {
    let issued_at = |run: &mut Run, value| run.draft.header.issued_at = value;
    let (latest, earliest) = (ANCHORED + SKEW, ANCHORED - MAX_ANCHOR_DELAY);
    boundary(&EVERY_MODE, Code::TamperedPostdated, latest, latest + 1, issued_at);
    boundary(&EVERY_MODE, Code::TamperedBackdated, earliest, earliest - 1, issued_at);
}

// R17.2: keys are judged at T, whatever the time of verification.
#[test]
fn issuer_keys_at_the_anchoring_time() {
    let until = |run: &mut Run, value| {
        let window = &mut run.trust.issuers[0].keys[0].window;
        (window.from, window.until) = (world::time(0), world::time(value));
    };
    boundary(&EVERY_MODE, Code::ExpiredIssuerKey, ANCHORED - OVERLAP, ANCHORED - OVERLAP - 1, until);
    boundary(&EVERY_MODE, Code::NotYetValidIssuerKey, ANCHORED, ANCHORED + 1, |run, value| {
        run.trust.issuers[0].keys[0].window.from = world::time(value);
    });
    boundary(&EVERY_MODE, Code::RevokedIssuerKey, ANCHORED + 1, ANCHORED, |run, value| {
        run.trust.issuers[0].keys[0].window.compromised_from = Some(world::time(value));
    });
    boundary(&EVERY_MODE, Code::RevokedIssuer, ANCHORED + 1, ANCHORED, |run, value| {
        run.trust.issuers[0].revoked_from = Some(world::time(value));
    });
}

// R17.2
#[test]
fn log_keys_at_the_anchoring_time() {
    boundary(&EVERY_MODE, Code::NotYetValidLogKey, ANCHORED, ANCHORED + 1, |run, value| {
        run.trust.logs[0].keys[0].window.from = world::time(value);
    });
    boundary(&EVERY_MODE, Code::ExpiredLogKey, ANCHORED, ANCHORED - 1, |run, value| {
        run.trust.logs[0].keys[0].window.until = world::time(value);
    });
    // However late the compromise: the key states no time of its own.
    for mode in EVERY_MODE {
        let mut run = Run::new(mode);
        run.trust.logs[0].keys[0].window.compromised_from = Some(world::time(END));
        assert_eq!(run.code(), Code::RevokedLogKey);
    }
}

// R15.2: a witness's key at the time that it states itself.
#[test]
fn witness_keys_at_their_own_time() {
    let two = |run: &mut Run| run.draft.cosigners.truncate(2);
    boundary(&EVERY_MODE, Code::NotAnchoredQuorum, ISSUED + 75, ISSUED + 74, |run, value| {
        two(run);
        run.trust.witnesses[1].keys[0].window.until = world::time(value);
    });
    boundary(&EVERY_MODE, Code::NotAnchoredQuorum, ISSUED + 60, ISSUED + 61, |run, value| {
        two(run);
        run.trust.witnesses[0].keys[0].window.from = world::time(value);
    });
}

// R15.2: the quorum is that of the epoch in which T lies.
#[test]
fn epochs() {
    boundary(&EVERY_MODE, Code::NotAnchoredQuorum, ANCHORED + 1, ANCHORED, |run, value| {
        run.trust.epochs[0].until = world::time(value);
    });
    boundary(&EVERY_MODE, Code::NotAnchoredQuorum, ANCHORED, ANCHORED + 1, |run, value| {
        run.trust.epochs[0].from = world::time(value);
    });
    // Two epochs, of which the first asks for all three witnesses.
    boundary(&EVERY_MODE, Code::NotAnchoredQuorum, ANCHORED, ANCHORED + 1, |run, value| {
        run.draft.cosigners.truncate(2);
        run.draft.cosigners[0].1 = ANCHORED;
        let mut first = world::epoch();
        first.until = world::time(value);
        first.groups[0].threshold = 3;
        run.trust.epochs[0].from = world::time(value);
        run.trust.epochs.insert(0, first);
    });
}

// R17.4: so is the quorum that shows freshness.
#[test]
fn the_epoch_of_the_evidence() {
    for (mode, expected) in [(Mode::Strict, Code::StaleEvidence), (Mode::Archival, Code::Ok)] {
        let mut run = Run::new(mode);
        // T is the second time, in the second epoch; F is the first, when all three witnesses were asked for.
        run.draft.cosigners.truncate(2);
        let mut first = world::epoch();
        first.until = world::time(ANCHORED);
        first.groups[0].threshold = 3;
        run.trust.epochs[0].from = world::time(ANCHORED);
        run.trust.epochs.insert(0, first);
        assert_eq!(run.code(), expected, "{mode:?}");
    }
}

// R17.2: the longest delay is that of the epoch in which T lies.
#[test]
fn the_delay_of_the_epoch() {
    boundary(&EVERY_MODE, Code::TamperedBackdated, ANCHORED - ISSUED, ANCHORED - ISSUED - 1, |run, value| {
        let mut second = world::epoch();
        second.max_anchor_delay = Seconds::new(value);
        second.from = world::time(ANCHORED);
        run.trust.epochs[0].until = world::time(ANCHORED);
        run.trust.epochs.push(second);
    });
}

// R17.4: freeze is bounded by the trust root's expiry.
#[test]
fn trust_roots() {
    boundary(&EVERY_MODE, Code::TrustNotYetValid, ISSUED + DAY, ISSUED + DAY + 1, |run, value| {
        run.trust.issued = world::time(value);
    });
    let at = |run: &mut Run, value| run.at = value;
    boundary(&[Mode::Strict], Code::TrustExpired, END - 1, END, at);
    let grace = END + 365 * DAY;
    boundary(&[Mode::Grace], Code::TrustExpired, grace - 1, grace, at);
    let mut archival = Run::new(Mode::Archival);
    archival.at = 100 * END;
    assert_eq!(archival.code(), Code::Ok);
}

fn narrow(trust: &mut Trust) {
    trust.policy.strict.evidence = Seconds::new(WINDOW);
    trust.policy.grace.evidence = Seconds::new(2 * WINDOW);
}

// R17.4: F = at - window
#[test]
fn evidence() {
    let at = |run: &mut Run, value| {
        narrow(&mut run.trust);
        run.at = value;
    };
    boundary(&[Mode::Strict], Code::StaleEvidence, ANCHORED + WINDOW, ANCHORED + WINDOW + 1, at);
    boundary(&[Mode::Grace], Code::StaleEvidence, ANCHORED + 2 * WINDOW, ANCHORED + 2 * WINDOW + 1, at);
    let mut archival = Run::new(Mode::Archival);
    narrow(&mut archival.trust);
    archival.at = END;
    assert_eq!(archival.code(), Code::Ok);
}

// R17.4: a later checkpoint makes the evidence fresh, but leaves T as it was.
#[test]
fn refreshed_evidence() {
    let first = ISSUED + 100 * DAY;
    let at = |run: &mut Run, value| {
        narrow(&mut run.trust);
        run.draft = run.draft.clone().refreshed(5, first);
        run.at = value;
    };
    let fresh_at = first + 15;
    boundary(&[Mode::Strict], Code::StaleEvidence, fresh_at + WINDOW, fresh_at + WINDOW + 1, at);
    boundary(&EVERY_MODE, Code::ExpiredIssuerKey, ANCHORED - OVERLAP, ANCHORED - OVERLAP - 1, |run, value| {
        at(run, first + DAY);
        let window = &mut run.trust.issuers[0].keys[0].window;
        (window.from, window.until) = (world::time(0), world::time(value));
    });
}

// R17.2, R17.4: a log key whose window is over makes no news, as a compromised one does not.
#[test]
fn refreshed_by_a_log_key_that_has_ended() {
    let (first, seen) = (ISSUED + 100 * DAY, ISSUED + 100 * DAY + 15);
    boundary(&[Mode::Strict, Mode::Grace], Code::StaleEvidence, seen, seen - 1, |run, value| {
        narrow(&mut run.trust);
        run.draft = run.draft.clone().refreshed(5, first);
        run.trust.logs[0].keys[0].window.until = world::time(value);
        run.at = first + DAY;
    });
    // An archive needs no news.
    let mut archival = Run::new(Mode::Archival);
    archival.draft = archival.draft.refreshed(5, first);
    archival.trust.logs[0].keys[0].window.until = world::time(seen - 1);
    archival.at = first + DAY;
    assert_eq!(archival.code(), Code::Ok);
}

// R17.4: the newest checkpoint decides, and it needs a quorum of its own.
#[test]
fn refreshed_without_a_quorum() {
    for (mode, expected) in
        [(Mode::Strict, Code::StaleEvidence), (Mode::Grace, Code::StaleEvidence), (Mode::Archival, Code::Ok)]
    {
        let mut run = Run::new(mode);
        run.draft = run.draft.clone().refreshed(5, ISSUED + 3_600);
        run.draft.later[0].cosigners.truncate(1);
        assert_eq!(run.code(), expected, "{mode:?}");
    }
}

// R17.2
#[test]
fn validity_of_the_document() {
    let not_before = |run: &mut Run, value| run.draft.header.not_before = Some(value);
    let expires = |run: &mut Run, value| run.draft.header.expires = Some(value);
    let (now, at) = ([Mode::Strict, Mode::Grace], ISSUED + DAY);
    boundary(&now, Code::NotYetValidDocument, at, at + 1, not_before);
    boundary(&now, Code::ExpiredDocument, at + 1, at, expires);
    // For an archive, as of the anchoring.
    boundary(&[Mode::Archival], Code::NotYetValidDocument, ANCHORED, ANCHORED + 1, not_before);
    boundary(&[Mode::Archival], Code::ExpiredDocument, ANCHORED + 1, ANCHORED, expires);
}

// R15.2: a time still to come is nobody's to state.
#[test]
fn cosignatures_from_the_future() {
    let (latest, at) = (ISSUED + 90, |run: &mut Run, value| run.at = value);
    boundary(&EVERY_MODE, Code::NotYetValidCosignature, latest - SKEW, latest - SKEW - 1, at);
    // On a later checkpoint, and by a key that does not count.
    boundary(&EVERY_MODE, Code::NotYetValidCosignature, ISSUED + DAY + SKEW, ISSUED + DAY + SKEW + 1, |run, value| {
        run.draft = run.draft.clone().refreshed(5, value - 30);
        run.trust.witnesses[2].keys[0].window.compromised_from = Some(world::time(0));
    });
}

// R15.2: T is the smallest time by which the quorum is met, F the largest since which it is.
#[test]
fn the_times_of_a_quorum() {
    let trust = world::root(&world::trust());
    let times = |seconds: &[u64]| {
        let mut draft = Draft::small("time", b"document");
        draft.cosigners.truncate(seconds.len());
        for ((_, time), seconds) in draft.cosigners.iter_mut().zip(seconds) {
            *time = ISSUED + seconds;
        }
        let report = report_at(&trust, &draft.parts().encode(), Mode::Strict, ISSUED + DAY);
        let since = |time: Option<ct_core::Timestamp>| time.map(|time| time.seconds() - ISSUED);
        (since(report.facts().anchored_at), since(report.facts().fresh_at))
    };
    assert_eq!(times(&[10, 20, 30]), (Some(20), Some(20)));
    assert_eq!(times(&[30, 10, 20]), (Some(20), Some(20)));
    assert_eq!(times(&[10, 99]), (Some(99), Some(10)));
    assert_eq!(times(&[50, 10, 10]), (Some(10), Some(10)));
    assert_eq!(times(&[10]), (None, None));
}

// R15.2: a pin gives T where the witnesses do not; a checkpoint before it shares it.
#[test]
fn the_time_of_a_pin() {
    let mut run = Run::new(Mode::Archival);
    run.draft.cosigners.clear();
    let parts = run.draft.parts();
    assert_eq!(run.code_of(&parts), Code::NotAnchoredQuorum);
    for (time, expected) in [
        (ISSUED - SKEW, Code::Ok),
        (ISSUED - SKEW - 1, Code::TamperedPostdated),
        (ISSUED + MAX_ANCHOR_DELAY, Code::Ok),
        (ISSUED + MAX_ANCHOR_DELAY + 1, Code::TamperedBackdated),
        (END - 1, Code::TamperedBackdated),
    ] {
        run.trust.logs[0].pins = vec![parts.pin(time)];
        assert_eq!(run.code_of(&parts), expected, "pinned at {time}");
    }
    // Proven into a pin.
    run.trust.logs[0].pins.clear();
    run.draft = run.draft.clone().refreshed(5, ISSUED + 3_600);
    let parts = run.draft.parts();
    assert_eq!(run.code_of(&parts), Code::NotAnchoredQuorum);
    run.trust.logs[0].pins = vec![parts.later[0].pin(ISSUED + 3_600)];
    assert_eq!(run.code_of(&parts), Code::Ok);
    // The same root at another size is no pin; another root at the same size is another history.
    run.trust.logs[0].pins[0].size = ct_core::TreeSize::new(8).unwrap();
    assert_eq!(run.code_of(&parts), Code::NotAnchoredQuorum);
    run.trust.logs[0].pins = vec![parts.later[0].pin(ISSUED + 3_600)];
    run.trust.logs[0].pins[0].root = ct_core::Hash::of(b"another history");
    assert_eq!(run.code_of(&parts), Code::EquivocationCheckpoint);
    // Witnesses come first, and then the pin is not asked.
    run.draft.cosigners = cosigners(ISSUED + 60);
    let parts = run.draft.parts();
    run.trust.logs[0].pins = vec![parts.later[0].pin(END - 1)];
    assert_eq!(run.code_of(&parts), Code::Ok);
}
