//! Status lists: each rule at its last good second and one second further, in every mode (R17.4, R18.5).

use crate::{failed, report_at};
use ct_core::trust::{Trust, Window};
use ct_core::{Code, Mode, Seconds, StepName};
use ct_testdata::world::{self, ANCHORED, DAY, ISSUED, OVERLAP, SKEW};
use ct_testdata::{Draft, StatusDraft};

const EVERY_MODE: [Mode; 3] = [Mode::Strict, Mode::Grace, Mode::Archival];
const WINDOW: u64 = 7 * DAY;

fn draft(list: StatusDraft) -> Draft {
    Draft::small("status", b"document").with_status(list)
}

fn valid(issued_at: u64) -> StatusDraft {
    StatusDraft::new(0, issued_at)
}

fn narrow() -> Trust {
    let mut trust = world::trust();
    trust.policy.strict.status = Seconds::new(WINDOW);
    trust.policy.grace.status = Seconds::new(2 * WINDOW);
    trust
}

fn code(trust: &Trust, draft: &Draft, mode: Mode, at: u64) -> Code {
    report_at(&world::root(trust), &draft.parts().encode(), mode, at).code()
}

// R17.4: a list's age is its own.
#[test]
fn the_windows_of_each_mode() {
    let trust = narrow();
    for (mode, window) in [(Mode::Strict, WINDOW), (Mode::Grace, 2 * WINDOW)] {
        let at = |at| code(&trust, &draft(valid(ISSUED)), mode, at);
        assert_eq!((at(ISSUED + window), at(ISSUED + window + 1)), (Code::Ok, Code::StaleStatus), "{mode:?}");
    }
    // For an archive: from about the anchoring or later, whatever has happened since.
    let archived = |issued_at| code(&trust, &draft(valid(issued_at)), Mode::Archival, ISSUED + 7_000 * DAY);
    assert_eq!(archived(ANCHORED - WINDOW), Code::Ok);
    assert_eq!(archived(ANCHORED - WINDOW - 1), Code::StaleStatus);
}

// R17.4
#[test]
fn a_status_reference_needs_a_status_in_every_mode() {
    for mode in EVERY_MODE {
        let mut without = draft(valid(ISSUED));
        without.stapled = None;
        assert_eq!(code(&world::trust(), &without, mode, ISSUED + DAY), Code::IncompleteStatus, "{mode:?}");
        assert_eq!(code(&world::trust(), &draft(valid(ISSUED)), mode, ISSUED + DAY), Code::Ok, "{mode:?}");
    }
}

// R19.1
#[test]
fn the_report_says_as_of_when() {
    let later = draft(valid(ISSUED + 3_000).under(1)).refreshed(5, ISSUED + 3_600);
    for mode in EVERY_MODE {
        let as_of = |draft: &Draft| {
            let report = report_at(&world::root(&world::trust()), &draft.parts().encode(), mode, ISSUED + DAY);
            assert_eq!(report.code(), Code::Ok);
            report.facts().status_as_of
        };
        assert_eq!(as_of(&draft(valid(ISSUED - 5))), Some(world::time(ISSUED - 5)));
        assert_eq!(as_of(&later), Some(world::time(ISSUED + 3_000)));
        assert_eq!(as_of(&Draft::small("status", b"document")), None);
    }
}

// R18.5: a revocation is not hidden behind staleness, expiry or the mode.
#[test]
fn revoked_is_revoked() {
    for mode in EVERY_MODE {
        for (status, expected) in
            [(1, Code::RevokedDocument), (2, Code::RevokedSuspended), (3, Code::UnsupportedStatus)]
        {
            let mut list = StatusDraft::new(status, ISSUED);
            assert_eq!(code(&world::trust(), &draft(list.clone()), mode, ISSUED + DAY), expected, "{mode:?}");
            if status == 3 {
                continue;
            }
            list.expires = Some(ISSUED + 1);
            let stale = report_at(&world::root(&narrow()), &draft(list).parts().encode(), mode, ISSUED + 90 * DAY);
            assert_eq!((stale.code(), failed(&stale)), (expected, vec![StepName::Status]), "{mode:?}");
        }
    }
}

// R17.2: status keys at the time of the list's checkpoint, whatever the list says of its own time.
#[test]
fn status_keys_at_the_time_of_the_checkpoint() {
    let with = |mode, change: &dyn Fn(&mut Window)| {
        let mut trust = world::trust();
        change(&mut trust.issuers[0].status[0].keys[0].window);
        code(&trust, &draft(valid(ISSUED - DAY)), mode, ISSUED + DAY)
    };
    for mode in EVERY_MODE {
        let compromised = |at| with(mode, &|window| window.compromised_from = Some(world::time(at)));
        assert_eq!((compromised(ANCHORED + 1), compromised(ANCHORED)), (Code::Ok, Code::RevokedIssuerKey));
        let until = |at| with(mode, &|window| (window.from, window.until) = (world::time(0), world::time(at)));
        assert_eq!(until(ANCHORED - OVERLAP), Code::Ok);
        assert_eq!(until(ANCHORED - OVERLAP - 1), Code::ExpiredIssuerKey);
        let from = |at| with(mode, &|window| window.from = world::time(at));
        assert_eq!((from(ANCHORED), from(ANCHORED + 1)), (Code::Ok, Code::NotYetValidIssuerKey));
    }
    // The document's own key may be gone by then.
    let mut trust = world::trust();
    trust.issuers[0].keys[0].window.compromised_from = Some(world::time(ISSUED + DAY));
    let later = draft(valid(ISSUED + 2 * DAY).under(1)).refreshed(5, ISSUED + 2 * DAY);
    assert_eq!(code(&trust, &later, Mode::Strict, ISSUED + 3 * DAY), Code::Ok);
}

// R17.2: a list is no newer than the checkpoint that holds it.
#[test]
fn lists_from_the_future() {
    for (issued_at, expected) in [(ANCHORED + SKEW, Code::Ok), (ANCHORED + SKEW + 1, Code::TamperedPostdated)] {
        assert_eq!(code(&world::trust(), &draft(valid(issued_at)), Mode::Strict, ISSUED + DAY), expected);
    }
}

// R17.2: a pin gives the list its time where no witness does, as it does for the document.
#[test]
fn lists_that_only_a_pin_dates() {
    let mut unseen = draft(valid(ISSUED)).refreshed(5, ISSUED + 3_600);
    unseen.cosigners.clear();
    let mut trust = world::trust();
    assert_eq!(code(&trust, &unseen, Mode::Archival, ISSUED + DAY), Code::NotAnchoredQuorum);
    trust.logs[0].pins.push(unseen.parts().later[0].pin(ISSUED + 3_600));
    assert_eq!(code(&trust, &unseen, Mode::Archival, ISSUED + DAY), Code::Ok);
    // The key is judged at the pin's time then.
    trust.issuers[0].status[0].keys[0].window.compromised_from = Some(world::time(ISSUED + 3_600));
    assert_eq!(code(&trust, &unseen, Mode::Archival, ISSUED + DAY), Code::RevokedIssuerKey);
}

// R17.2: a pin vouches for every checkpoint that is proven into it, and for what that one holds.
#[test]
fn lists_under_a_checkpoint_before_a_pin() {
    let listed = draft(valid(ISSUED + 3_000).under(1)).refreshed(5, ISSUED + 3_600).refreshed(5, ISSUED + 7_200);
    let mut trust = world::trust();
    trust.logs[0].keys[0].window.compromised_from = Some(world::time(ISSUED + DAY));
    assert_eq!(code(&trust, &listed, Mode::Strict, ISSUED + DAY), Code::RevokedLogKey);
    trust.logs[0].pins.push(listed.parts().later[1].pin(ISSUED + 7_200));
    assert_eq!(code(&trust, &listed, Mode::Strict, ISSUED + DAY), Code::Ok);
    // What comes after the pin is not vouched for.
    trust.logs[0].pins = vec![listed.parts().pin(ANCHORED)];
    assert_eq!(code(&trust, &listed, Mode::Strict, ISSUED + DAY), Code::IncompleteStatus);
}
