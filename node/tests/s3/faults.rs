//! What a store does about each fault, once and for ever.

use crate::place::{PATIENT, Place, TIMES};
use crate::proxy::{Asked, Fault};
use ct_core::Code;
use ct_node::{Error, Store};
use std::time::Duration;

const READ: Duration = Duration::from_millis(1_000);
const LATE: Duration = Duration::from_millis(2_000);

/// Those after which a request is sent again.
const PASSING: [Fault; 8] = [
    Fault::CutBefore,
    Fault::LostAnswer,
    Fault::HalfAnswer,
    Fault::Refused(500),
    Fault::Refused(503),
    Fault::DoneAndRefused(500),
    Fault::DoneAndRefused(503),
    Fault::Late(LATE),
];

/// This fault for so many requests of this kind, and none for the others.
fn first(mut times: usize, method: &'static str, fault: Fault) -> impl FnMut(&Asked) -> Fault + Send {
    move |asked| {
        let happens = times > 0 && asked.method == method;
        times -= usize::from(happens);
        if happens { fault } else { Fault::None }
    }
}

fn code<T>(result: Result<T, Error>) -> Result<T, Code> {
    result.map_err(|error| error.code())
}

fn was_carried_out(fault: Fault) -> bool {
    matches!(fault, Fault::LostAnswer | Fault::HalfAnswer | Fault::DoneAndRefused(_) | Fault::Late(_))
}

/// A way to use a store, named.
type Use = (&'static str, fn(&Store, &str) -> Result<(), Error>);

const USES: [Use; 5] = [
    ("create", |store, path| store.create(path, b"one")),
    ("advance", |store, path| store.advance(path, b"one", |_| Ok(()))),
    ("replace", |store, path| {
        store.advance(path, b"one", |standing| {
            assert_eq!(standing, b"zero");
            Ok(())
        })
    }),
    ("read", |store, path| store.read(path).map(|read| assert!(read.is_none_or(|bytes| bytes == b"one")))),
    ("names", |store, path| store.names(path).map(drop)),
];

// R2.4: whatever happens to one request, the next one makes up for it.
#[test]
#[ignore = "needs a server: cargo xtask s3"]
fn a_fault_that_passes_is_made_up_for() {
    let place = Place::new();
    let store = place.store(READ);
    for (number, fault) in PASSING.into_iter().enumerate() {
        for (name, act) in USES {
            for times in 1..=TIMES {
                let path = format!("log/{name}/{number}-{times}");
                if name == "replace" {
                    place.straight().create(&path, b"zero").unwrap();
                }
                let writes = matches!(name, "create" | "advance" | "replace");
                place.rule(first(times, if writes { "PUT" } else { "GET" }, fault));
                act(&store, &path).unwrap_or_else(|error| panic!("{name} {fault:?} {times}: {error}"));
                let faults = place.proxy.asked().iter().filter(|(_, happened)| *happened == fault).count();
                assert_eq!(faults, times, "{name} {fault:?}");
                place.rule(|_: &Asked| Fault::None);
                let stands = writes.then(|| b"one".to_vec());
                assert_eq!(store.read(&path).unwrap(), stands, "{name} {fault:?} {times}");
            }
        }
    }
    one_put_for_each_path(&place);
}

/// No file was written twice, however often it was sent.
fn one_put_for_each_path(place: &Place) {
    let mut written = std::collections::BTreeSet::new();
    for put in place.proxy.done().into_iter().filter(|done| done.method == "PUT" && done.status == 200) {
        assert!(written.insert(put.path.clone()), "{} was written twice", put.path);
    }
}

// R2.4: what is no answer will be none the next time.
#[test]
#[ignore = "needs a server: cargo xtask s3"]
fn nothing_is_sent_again_to_what_is_no_server() {
    let place = Place::new();
    let store = place.store(PATIENT);
    for fault in [Fault::Nonsense, Fault::TooLong] {
        for (name, act) in USES {
            place.rule(move |_: &Asked| fault);
            let error = act(&store, "log/x").unwrap_err();
            let expected = if name == "create" { Code::IoWrite } else { Code::IoRead };
            assert_eq!((error.code(), place.proxy.asked().len()), (expected, 1), "{name} {fault:?}: {error}");
            assert_eq!(act(&store, "log/x"), Err(error), "{name} {fault:?}");
        }
    }
    place.rule(|_: &Asked| Fault::None);
    assert_eq!(code(store.read("log/x")), Ok(None));
}

// R1.4: what lasts has one code, and one text, so that it is told once; and afterwards everything goes on.
#[test]
#[ignore = "needs a server: cargo xtask s3"]
fn a_fault_that_lasts_is_told_by_its_code() {
    let place = Place::new();
    let store = place.store(READ);
    for (number, fault) in PASSING.into_iter().chain([Fault::Refused(403), Fault::Refused(401)]).enumerate() {
        for (name, act) in USES.into_iter().filter(|(name, _)| *name != "replace") {
            let path = format!("log/{name}/{number}");
            place.rule(move |_: &Asked| fault);
            let error = act(&store, &path).expect_err(&format!("{name} {fault:?}"));
            let expected = match (fault, name) {
                (Fault::Refused(401 | 403), "create" | "advance" | "read") => Code::IoPermission,
                // Before it writes, it reads.
                (_, "create") => Code::IoWrite,
                _ => Code::IoRead,
            };
            assert_eq!(error.code(), expected, "{name} {fault:?}: {error}");
            // Nothing is sent again to who refuses for good.
            let sent = if matches!(fault, Fault::Refused(401 | 403)) { 1 } else { TIMES + 1 };
            assert_eq!(place.proxy.asked().len(), sent, "{name} {fault:?}");
            assert_eq!(act(&store, &path), Err(error), "{name} {fault:?}");
            place.rule(|_: &Asked| Fault::None);
            let stands = (name == "create" && was_carried_out(fault)).then(|| b"one".to_vec());
            assert_eq!(store.read(&path).unwrap(), stands, "{name} {fault:?}");
            act(&store, &path).unwrap_or_else(|error| panic!("{name} {fault:?}: {error}"));
        }
    }
    one_put_for_each_path(&place);
}

// A put whose answer gets lost each time has been carried out once, and what stands there is not written over.
#[test]
#[ignore = "needs a server: cargo xtask s3"]
fn a_lost_answer_is_read_and_compared() {
    let place = Place::new();
    let store = place.store(PATIENT);
    let lost = |asked: &Asked| if asked.method == "PUT" { Fault::LostAnswer } else { Fault::None };
    let replaces = |bytes: &'static [u8]| store.advance("log/checkpoint", bytes, |_| Ok(()));
    place.rule(lost);
    assert_eq!(code(store.create("log/tile/0/000", b"one")), Err(Code::IoWrite));
    assert_eq!(code(replaces(b"one")), Err(Code::IoWrite));
    // It reads before it writes: the first try has done it.
    assert_eq!(code(replaces(b"one")), Ok(()));
    assert_eq!(code(replaces(b"two")), Err(Code::IoWrite));
    place.rule(|_: &Asked| Fault::None);
    assert_eq!(code(store.create("log/tile/0/000", b"one")), Ok(()));
    assert_eq!(code(store.create("log/tile/0/000", b"two")), Err(Code::IoExists));
    assert_eq!(store.read("log/tile/0/000").unwrap().as_deref(), Some(b"one".as_slice()));
    assert_eq!(store.read("log/checkpoint").unwrap().as_deref(), Some(b"two".as_slice()));
    let puts: Vec<u16> =
        place.proxy.done().iter().filter(|done| done.method == "PUT").map(|done| done.status).collect();
    // The tile, the checkpoint and the next one: made by the first try, refused to the others. Then the tile twice more.
    assert_eq!(puts, [200, 412, 412, 200, 412, 412, 200, 412, 412, 412, 412]);
}
