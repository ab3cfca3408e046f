//! Trust roots: damaged, of another kind, wrong, or contradicting themselves.

use crate::{failed, flipped, report, request};
use ct_core::trust::{RootSignature, Trust, TrustDraft, encode_signed, encode_trust, root_signature_input};
use ct_core::{Class, Code, Error, Request, StepName, StepResult, TrustRoot, verify};
use ct_testdata::note::LineKey;
use ct_testdata::world::{self, ROOT, UNIVERSITY, WITNESSES};
use ct_testdata::{Draft, examples, key};
use std::collections::BTreeSet;

fn code(bytes: &[u8]) -> Result<(), Code> {
    TrustRoot::load(bytes).map(|_| ()).map_err(Error::code)
}

fn changed(change: impl FnOnce(&mut Trust)) -> Trust {
    let mut trust = world::trust();
    change(&mut trust);
    trust
}

fn bundle() -> Vec<u8> {
    Draft::small("trust", b"document").parts().encode()
}

// R14.3
#[test]
fn every_truncation_is_refused() {
    let bytes = world::sign(&examples::bundles::trust());
    assert_eq!(code(&bytes), Ok(()));
    for length in 0..bytes.len() {
        assert_eq!(code(&bytes[..length]), Err(Code::TrustMalformed), "{length} bytes");
    }
}

// R14.3
#[test]
fn every_flip_is_refused_with_a_code_about_trust() {
    let bytes = world::sign(&examples::bundles::trust());
    let mut codes = BTreeSet::new();
    for bit in 0..bytes.len() * 8 {
        let refused = code(&flipped(&bytes, bit)).expect_err("a flip that nobody notices");
        assert_eq!(refused.class(), Class::Trust, "bit {bit}: {refused}");
        codes.insert(refused);
    }
    // Were the signature checked first, only two of these could come up.
    let rules = [Code::TrustMalformed, Code::TrustSignature, Code::TrustThreshold, Code::TrustPolicy];
    assert!(rules.iter().all(|code| codes.contains(code)), "{codes:?}");
}

// R14.3
#[test]
fn a_bundle_is_no_trust_root_and_a_trust_root_no_bundle() {
    let trust = world::sign(&world::trust());
    assert_eq!(code(&bundle()), Err(Code::TrustKind));
    assert_eq!(report(&world::root(&world::trust()), &trust).code(), Code::MalformedKind);
}

// R14.3: bombs.
#[test]
fn lengths_and_depths_that_nobody_has() {
    let deep = [vec![0x81; 10_000], vec![0]].concat();
    for bytes in [
        &deep[..],
        b"\xd8\x62\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\xd8\x62\x84\x5b\x7f\xff\xff\xff\xff\xff\xff\xff",
    ] {
        assert_eq!(code(bytes), Err(Code::TrustMalformed));
    }
    // A list that says it is longer than what follows.
    let mut payload = encode_trust(&world::trust());
    let at = payload.windows(5).position(|window| window == b"dlogs").unwrap();
    payload.splice(at + 5..at + 6, *b"\x99\x0f\xff");
    assert_eq!(code(&world::sign_payload(&payload, &[ROOT])), Err(Code::TrustMalformed));
}

// R18.5: without a usable trust root nothing is verified, but what needs no trust is still said.
#[test]
fn steps_that_need_no_trust_run_without() {
    let bundle = bundle();
    let why = Error::new(Code::TrustSignature, "signatures");
    let trust = world::root(&world::trust());
    let report = verify(&Request { trust: Err(why), ..request(&trust, &bundle) });
    assert_eq!((report.code(), failed(&report)), (Code::TrustSignature, vec![StepName::Trust]));
    let ok: Vec<_> = report.steps().filter(|(_, result)| *result == StepResult::Ok).map(|(name, _)| name).collect();
    use StepName::{Completeness, Document, Form, Inclusion, Subject};
    assert_eq!(ok, [Form, Completeness, Document, Subject, Inclusion]);
    assert_eq!(report.facts().issued, None);
}

// R18.5: somebody else's trust root, which knows the same names with other keys.
#[test]
fn another_trust_root_does_not_verify() {
    let bundle = bundle();
    let verdict = |trust: &Trust| {
        let report = report(&world::root(trust), &bundle);
        (report.code(), failed(&report))
    };
    assert_eq!(verdict(&world::trust()), (Code::Ok, vec![]));
    let other = |name: &str| LineKey { name: name.to_owned(), key: format!("other/{name}") };
    let other_log = changed(|trust| trust.logs[0].keys = vec![world::log_key(&other(world::ORIGIN))]);
    assert_eq!(verdict(&other_log), (Code::NotAnchoredLogSignature, vec![StepName::Checkpoint]));
    let other_witnesses = changed(|trust| {
        for (witness, name) in trust.witnesses.iter_mut().zip(WITNESSES) {
            witness.keys = vec![world::witness_key(&other(name))];
        }
    });
    assert_eq!(verdict(&other_witnesses), (Code::NotAnchoredQuorum, vec![StepName::Witnesses]));
    let other_issuer = changed(|trust| trust.issuers[0].keys[0].key = key::public("other/university"));
    assert_eq!(verdict(&other_issuer), (Code::TamperedStatement, vec![StepName::Issuer]));
    let no_log = changed(|trust| trust.logs.clear());
    assert_eq!(verdict(&no_log), (Code::UnknownLog, vec![StepName::Checkpoint]));
    let no_issuer = changed(|trust| trust.issuers.retain(|issuer| issuer.id != UNIVERSITY));
    assert_eq!(verdict(&no_issuer), (Code::UnknownIssuer, vec![StepName::Issuer]));
}

// R18.5: what is no example does not say so in two ways.
#[test]
fn an_example_says_so_or_nothing() {
    let mut payload = encode_trust(&world::trust());
    let at = payload.windows(8).position(|window| window == b"gexample").unwrap() + 8;
    payload[at] = 0xf4;
    assert_eq!(code(&world::sign_payload(&payload, &[ROOT])), Err(Code::TrustMalformed));
    let real = world::root(&changed(|trust| trust.example = false));
    assert_eq!(report(&real, &bundle()).facts().trust.as_ref().map(|trust| trust.example), Some(false));
}

// R8.2: every pair of places in which one key could stand.
#[test]
fn one_key_has_one_role() {
    type Put = fn(&mut Trust);
    let places: [(&str, Put); 6] = [
        ("root", |trust| trust.root.keys.push(ct_core::trust::RootKey { kid: b"x".to_vec(), key: key::public("x") })),
        ("log", |trust| trust.logs[0].keys.push(world::log_key(&LineKey::new("x")))),
        ("another log", |trust| {
            trust.logs.push(ct_core::trust::Log { origin: "elsewhere".to_owned(), ..world::log("x") });
        }),
        ("witness", |trust| trust.witnesses.push(world::witness("x"))),
        ("issuer", |trust| trust.issuers[0].keys.push(world::issuer_key("x"))),
        ("status", |trust| trust.issuers[1].status[0].keys.push(world::issuer_key("x"))),
    ];
    for (first, (one, put_one)) in places.iter().enumerate() {
        assert_eq!(code(&world::sign(&changed(put_one))), Ok(()), "{one}");
        for (another, put_another) in &places[first + 1..] {
            let both = changed(|trust| {
                put_one(trust);
                put_another(trust);
            });
            assert_eq!(code(&world::sign(&both)), Err(Code::TrustKeyReuse), "{one} and {another}");
        }
    }
}

// R8.2
#[test]
fn thresholds_are_met_by_distinct_root_keys() {
    let three = |threshold| {
        encode_trust(&changed(|trust| {
            trust.root.keys = ["root-1", "root-2", "root-3"].map(world::root_key).to_vec();
            trust.root.threshold = threshold;
        }))
    };
    let signed = |threshold, kids: &[&str]| code(&world::sign_payload(&three(threshold), kids));
    assert_eq!(signed(2, &["root-1", "root-3"]), Ok(()));
    assert_eq!(signed(2, &["root-2"]), Err(Code::TrustThreshold));
    assert_eq!(signed(2, &["root-2", "root-2"]), Err(Code::TrustMalformed));
    assert_eq!(signed(2, &["root-2", "stranger"]), Err(Code::TrustThreshold));
    // A former root key may sign along.
    assert_eq!(signed(2, &["root-1", "root-2", "root-0"]), Ok(()));
    assert_eq!(signed(3, &["root-1", "root-2"]), Err(Code::TrustThreshold));
    assert_eq!(signed(0, &["root-1"]), Err(Code::TrustPolicy));
    assert_eq!(signed(4, &["root-1", "root-2", "root-3"]), Err(Code::TrustPolicy));
    assert_eq!(signed(1, &[]), Err(Code::TrustThreshold));
}

// R8.2
#[test]
fn rules_that_a_trust_root_must_keep() {
    type Break = fn(&mut Trust);
    let broken: [(Code, Break); 11] = [
        (Code::TrustPolicy, |trust| trust.root_version = 0),
        (Code::TrustPolicy, |trust| trust.expires = trust.issued),
        (Code::TrustPolicy, |trust| trust.logs[0].keys[0].window.until = world::time(0)),
        (Code::TrustPolicy, |trust| trust.issuers[0].status[0].keys[0].window.until = world::time(0)),
        (Code::TrustPolicy, |trust| trust.epochs[0].until = trust.epochs[0].from),
        (Code::TrustPolicy, |trust| trust.policy.grace.status = ct_core::Seconds::new(1)),
        (Code::TrustMalformed, |trust| trust.epochs.clear()),
        (Code::TrustDuplicate, |trust| {
            trust.logs.push(ct_core::trust::Log {
                keys: vec![world::log_key(&LineKey::new("x"))],
                ..world::log(world::ORIGIN)
            })
        }),
        (Code::TrustDuplicate, |trust| {
            let key = LineKey { name: WITNESSES[0].to_owned(), key: "x".to_owned() };
            let double = ct_core::trust::Witness { keys: vec![world::witness_key(&key)], ..trust.witnesses[0].clone() };
            trust.witnesses.push(double);
        }),
        (Code::TrustDuplicate, |trust| {
            trust.issuers[0]
                .keys
                .push(ct_core::trust::IssuerKey { key: key::public("x"), ..world::issuer_key("university-2026") });
        }),
        (Code::TrustDuplicate, |trust| {
            trust.root.keys.push(ct_core::trust::RootKey { key: key::public("x"), ..world::root_key(ROOT) });
        }),
    ];
    for (position, (expected, break_it)) in broken.into_iter().enumerate() {
        assert_eq!(code(&world::sign(&changed(break_it))), Err(expected), "rule {position}");
    }
}

/// The trust root of this number: two of three root keys must sign, of which each number has its own.
fn numbered(number: u32) -> Vec<u8> {
    encode_trust(&changed(|trust| {
        trust.root_version = number;
        trust.root.keys = [1, 2, 3].map(|key| world::root_key(&format!("root-{number}{key}"))).to_vec();
        trust.root.threshold = 2;
    }))
}

// R15.4: the next trust root needs the threshold of both.
#[test]
fn a_successor_is_signed_by_enough_of_both() {
    let first = TrustRoot::load(&world::sign_payload(&numbered(1), &["root-11", "root-12"])).unwrap();
    let code = |number, kids: &[&str]| {
        first.load_successor(&world::sign_payload(&numbered(number), kids)).map(|_| ()).map_err(Error::code)
    };
    assert_eq!(code(2, &["root-11", "root-13", "root-21", "root-22"]), Ok(()));
    assert_eq!(code(2, &["root-11", "root-21", "root-22", "root-23"]), Err(Code::TrustThreshold));
    assert_eq!(code(2, &["root-11", "root-12", "root-13", "root-21"]), Err(Code::TrustThreshold));
    assert_eq!(code(2, &["root-11", "root-11", "root-21", "root-22"]), Err(Code::TrustMalformed));
    assert_eq!(code(3, &["root-11", "root-12", "root-31", "root-32"]), Err(Code::TrustChain));
    assert_eq!(code(1, &["root-11", "root-12"]), Err(Code::TrustRollback));
    // A bad signature of the one before is not passed over, even if there are enough good ones.
    let payload = numbered(2);
    let mut signatures =
        TrustDraft::load(&world::sign_payload(&payload, &["root-11", "root-12", "root-21", "root-22"]))
            .unwrap()
            .signatures()
            .to_vec();
    signatures.push(RootSignature { kid: b"root-13".to_vec(), signature: [7; 64] });
    let with_a_bad_one = first.load_successor(&encode_signed(&payload, &signatures));
    assert_eq!(with_a_bad_one.map(|_| ()).map_err(Error::code), Err(Code::TrustSignature));
}

// R15.4: signatures are collected one by one, on several machines.
#[test]
fn signatures_are_collected_one_by_one() {
    let payload = numbered(2);
    let sign = |bytes: &[u8], kid: &str| {
        let draft = TrustDraft::load(bytes).unwrap();
        let signature = key::sign(kid, &root_signature_input(draft.payload(), kid.as_bytes()));
        draft.signed_too(RootSignature { kid: kid.as_bytes().to_vec(), signature })
    };
    let missing = |bytes: &[u8]| TrustDraft::load(bytes).unwrap().missing();
    let none = encode_signed(&payload, &[]);
    let one = sign(&none, "root-22");
    assert_eq!((missing(&none), missing(&one), code(&one)), (2, 1, Err(Code::TrustThreshold)));
    // The same key again changes nothing, the key of another trust root is none of its own.
    assert_eq!(sign(&one, "root-22"), one);
    assert_eq!(missing(&sign(&one, "root-11")), 1);
    let two = sign(&one, "root-21");
    assert_eq!((missing(&two), code(&two)), (0, Ok(())));
    assert_eq!(two, world::sign_payload(&payload, &["root-21", "root-22"]));
    // A signature that does not hold is refused on the way already.
    let bad = RootSignature { kid: b"root-21".to_vec(), signature: [7; 64] };
    let refused = TrustDraft::load(&encode_signed(&payload, &[bad])).map(|_| ()).map_err(Error::code);
    assert_eq!(refused, Err(Code::TrustSignature));
}
