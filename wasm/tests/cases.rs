//! The wrapper says what core says, byte for byte, for every case.

#![cfg(test)]

use ct_core::{Code, Error, Hash};
use ct_testdata::Case;
use ct_wasm::{Session, Trust};

const AT: &str = "2026-11-20T08:00:00Z";

fn trust_of(case: &Case) -> Trust {
    let mut files = case.predecessors.iter().chain([&case.trust]);
    let mut trust = Trust::new(files.next().unwrap());
    files.for_each(|next| trust.follow(next));
    trust
}

fn session_of(case: &Case) -> Result<Session, Error> {
    let state = case.state.as_ref().map(ct_core::state::State::encode);
    let (mode, at) = (case.mode.as_str(), case.at.to_string());
    let mut session = Session::open(&trust_of(case), mode, &at, "given", state.as_deref())?;
    case.evidence.iter().try_for_each(|evidence| session.add_evidence(evidence))?;
    Ok(session)
}

// R19.4: the report does not depend on who asks. State, evidence and chains of trust roots included.
#[test]
fn the_wrapper_adds_nothing_and_loses_nothing() {
    let (mut with_state, mut with_evidence, mut with_predecessors, mut hash_only) = (0, 0, 0, 0);
    let cases = ct_testdata::cases();
    for case in &cases {
        let session = session_of(case).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let digest = case.document.as_ref().map(|document| Hash::of(document).to_string());
        let text = match case.hash_only {
            true => Ok(session.verify_hash(&case.bundle)),
            false => session.report(&case.bundle, digest.as_deref()),
        };
        assert_eq!(text, Ok(case.verify().to_json()), "{}", case.name);
        with_state += usize::from(case.state.is_some());
        with_evidence += usize::from(!case.evidence.is_empty());
        with_predecessors += usize::from(!case.predecessors.is_empty());
        hash_only += usize::from(case.hash_only);
    }
    assert!(cases.len() > 150, "{} cases", cases.len());
    let each = [with_state, with_evidence, with_predecessors, hash_only];
    assert!(each.iter().all(|count| *count > 0), "{each:?}");
}

// One session judges many bundles, and what it judged before changes nothing.
#[test]
fn a_session_is_not_changed_by_what_it_verified() {
    let cases = ct_testdata::cases();
    let example = cases.iter().find(|case| case.expected.code == Code::Ok && case.document.is_none()).unwrap();
    let session = session_of(example).unwrap();
    let first = session.report(&example.bundle, None);
    for other in &cases {
        let _ = session.report(&other.bundle, None);
    }
    assert_eq!(session.report(&example.bundle, None), first);
}

#[test]
fn arguments_that_are_none_are_refused() {
    let trust = Trust::new(b"");
    let code = |mode, at, source, state| Session::open(&trust, mode, at, source, state).err().map(Error::code);
    assert_eq!(code("strict", AT, "given", None), None);
    assert_eq!(code("strict", "now", "given", None), Some(Code::UsageTime));
    assert_eq!(code("lenient", AT, "given", None), Some(Code::UsageArguments));
    assert_eq!(code("strict", AT, "guess", None), Some(Code::UsageArguments));
    assert_eq!(code("strict", AT, "clock", Some(b"".as_slice())), Some(Code::MalformedEmpty));
    let session = Session::open(&trust, "strict", AT, "clock", None).unwrap();
    for digest in ["abc", "", &"A".repeat(64), &format!("sha256:{}", "0".repeat(64))] {
        assert_eq!(session.report(b"", Some(digest)).map_err(Error::code), Err(Code::UsageArguments), "{digest}");
    }
    for code in ["", "ok", "no.such_code"] {
        assert_eq!(session.unread_report(code).map_err(Error::code), Err(Code::UsageArguments), "{code}");
    }
}

#[test]
fn evidence_that_convinces_nobody_is_refused() {
    let cases = ct_testdata::cases();
    let case = cases.iter().find(|case| !case.evidence.is_empty()).unwrap();
    let mut session = session_of(case).unwrap();
    assert_eq!(session.add_evidence(b"").map_err(Error::code), Err(Code::MalformedEmpty));
    assert_eq!(session.add_evidence(&case.bundle).map_err(Error::code), Err(Code::MalformedKind));
}

// R18.3: a file that could not be read is a verdict too, and never a good one.
#[test]
fn a_bundle_that_could_not_be_read_is_unverified() {
    let session = Session::open(&Trust::new(b""), "strict", AT, "clock", None).unwrap();
    let report = session.unread_report("io.read").unwrap();
    assert!(report.contains(r#""code":"io.read""#) && report.contains(r#""status":"unverified""#), "{report}");
}

#[test]
fn a_trust_root_is_described_or_says_why_it_is_none() {
    let bytes = std::fs::read(ct_testdata::repository().join("bundles/trust.cbor")).unwrap();
    let trust = Trust::new(&bytes);
    assert_eq!((trust.code().as_str(), trust.version(), trust.example()), ("ok", Some(1), Some(true)));
    assert_eq!(trust.hash(), Some(Hash::of(&bytes).to_string()));
    assert!(trust.name().is_some() && trust.issued() < trust.expires() && !trust.issuers().is_empty());
    let mut none = Trust::new(b"");
    none.follow(&bytes);
    assert_eq!((none.code().as_str(), none.name(), none.hash()), ("trust.malformed", None, None));
    assert!(none.issuers().is_empty());
}
