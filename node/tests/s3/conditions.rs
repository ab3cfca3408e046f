//! What keeps one program from writing over another's files: the conditions of a request, and whose a bucket is.

use crate::place::{PATIENT, Place};
use crate::proxy::{Asked, Fault};
use ct_core::Code;

// R15.1: on a server that takes no notice of a condition, nothing is published.
#[test]
#[ignore = "needs a server: cargo xtask s3"]
fn a_server_that_does_not_heed_conditions_is_refused() {
    let place = Place::new();
    let store = place.store(PATIENT);
    store.claim("node 1\n").unwrap();
    for (header, told) in [("if-none-match", "If-None-Match"), ("if-match", "If-Match")] {
        place.rule(move |asked: &Asked| if asked.has(header) { Fault::NotDone } else { Fault::None });
        let error = store.claim("node 1\n").unwrap_err();
        assert_eq!(error.code(), Code::IoWrite);
        assert!(error.what().contains(told), "{error}");
    }
    place.rule(|_: &Asked| Fault::None);
    store.claim("node 1\n").unwrap();
}

#[test]
#[ignore = "needs a server: cargo xtask s3"]
fn a_bucket_is_one_node_s() {
    let place = Place::new();
    place.straight().claim("node 1\n").unwrap();
    place.straight().claim("node 1\n").unwrap();
    assert_eq!(place.straight().claim("node 2\n").unwrap_err().code(), Code::MalformedConfig);
    assert_eq!(place.straight().read("log/node").unwrap().as_deref(), Some(b"node 1\n".as_slice()));
}

#[test]
#[ignore = "needs a server: cargo xtask s3"]
fn a_bucket_that_is_not_there_is_told() {
    let place = Place::new();
    // As Amazon's answers; others make a bucket of any name.
    place.rule(|_: &Asked| Fault::Refused(404));
    let error = place.store(PATIENT).claim("node 1\n").unwrap_err();
    assert_eq!(error.code(), Code::IoWrite, "{error}");
    assert!(error.what().contains("404"), "{error}");
}

// Of two that replace a checkpoint at the same time, none undoes what the other has not seen.
#[test]
#[ignore = "needs a server: cargo xtask s3"]
fn who_comes_between_is_seen() {
    let place = Place::new();
    let (store, other) = (place.store(PATIENT), place.straight());
    let refused = || ct_node::Error::new(Code::IoExists, "", "", "");
    store.advance("log/checkpoint", b"1", |_| Err(refused())).unwrap();
    let between = |standing: &[u8]| {
        if standing == b"1" { other.advance("log/checkpoint", b"3", |_| Ok(())) } else { Err(refused()) }
    };
    assert_eq!(store.advance("log/checkpoint", b"2", between).unwrap_err().code(), Code::IoExists);
    assert_eq!(store.read("log/checkpoint").unwrap().as_deref(), Some(b"3".as_slice()));
}

// 409 says that somebody else's request for the same file is under way: nothing may stand there yet.
#[test]
#[ignore = "needs a server: cargo xtask s3"]
fn a_file_that_somebody_else_is_writing_is_not_taken_for_written() {
    let place = Place::new();
    let store = place.store(PATIENT);
    place.rule(|asked: &Asked| if asked.method == "PUT" { Fault::Refused(409) } else { Fault::None });
    assert_eq!(store.create("log/tile/0/000", b"one").unwrap_err().code(), Code::IoWrite);
    assert_eq!(store.advance("log/checkpoint", b"one", |_| Ok(())).unwrap_err().code(), Code::IoWrite);
    place.rule(|_: &Asked| Fault::None);
    assert_eq!(store.read("log/tile/0/000").unwrap(), None);
    store.create("log/tile/0/000", b"one").unwrap();
    store.advance("log/checkpoint", b"one", |_| Ok(())).unwrap();
}
