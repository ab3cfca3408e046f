//! The gate before signing (R17.5): each refusal by its code, and what stands at its border.

use crate::fixture::{at, key, plan};
use ct_core::{Code, Hash, Timestamp, Trust};
use ct_keys::{KeyFile, PublicKey, Role};
use ct_node::{Draft, Party, gate, trust};

fn issuer() -> KeyFile {
    key(Role::Issuer, "issuer.example#1", 5)
}

fn described() -> Trust {
    let (root, log) = (key(Role::Root, "root#1", 2), key(Role::Log, "log.example#1", 1));
    let witnesses = [10, 11, 12].map(|number| key(Role::Witness, &format!("witness-{number}#1"), number));
    let status = key(Role::Status, "issuer.example/status#1", 6);
    let party = Party { root: &root, log: &log, witnesses: &witnesses, issuer: &issuer(), status: &status };
    trust::describe(&plan().trust, party).unwrap()
}

fn draft() -> Draft {
    Draft {
        document_hash: Hash::of(b"document"),
        document_type: "diploma".to_owned(),
        sub: String::new(),
        expires: None,
        kind: ct_core::SubjectKind::File,
        status: None,
    }
}

fn code_with(trust: &Trust, issuer: &str, key: &PublicKey, draft: &Draft, now: Timestamp) -> Result<(), Code> {
    gate::admit(trust, issuer, key, draft, now).map_err(|error| error.code())
}

// R17.5
#[test]
fn admits_what_the_trust_root_allows_and_refuses_the_rest() {
    let good = described();
    let key = issuer().public();
    let code = |change: fn(&mut Trust)| {
        let mut trust = good.clone();
        change(&mut trust);
        code_with(&trust, "issuer.example", &key, &draft(), at(100))
    };
    assert_eq!(code(|_| {}), Ok(()));
    assert_eq!(code(|trust| trust.issued = at(100)), Ok(()));
    assert_eq!(code(|trust| trust.issued = at(101)), Err(Code::TrustNotYetValid));
    assert_eq!(code(|trust| trust.expires = at(101)), Ok(()));
    assert_eq!(code(|trust| trust.expires = at(100)), Err(Code::TrustExpired));
    assert_eq!(code(|trust| trust.issuers.clear()), Err(Code::UnknownIssuer));
    assert_eq!(code(|trust| trust.issuers[0].revoked_from = Some(at(101))), Ok(()));
    assert_eq!(code(|trust| trust.issuers[0].revoked_from = Some(at(100))), Err(Code::RevokedIssuer));
    assert_eq!(code(|trust| trust.issuers[0].keys[0].kid.push(b'1')), Err(Code::UnknownIssuerKey));
    let compromised = |trust: &mut Trust| trust.issuers[0].keys[0].window.compromised_from = Some(at(500));
    assert_eq!(code(compromised), Err(Code::RevokedIssuerKey));
    assert_eq!(code(|trust| trust.issuers[0].keys[0].window.from = at(100)), Ok(()));
    assert_eq!(code(|trust| trust.issuers[0].keys[0].window.from = at(101)), Err(Code::NotYetValidIssuerKey));
    assert_eq!(code(|trust| trust.issuers[0].keys[0].window.until = at(100)), Ok(()));
    assert_eq!(code(|trust| trust.issuers[0].keys[0].window.until = at(99)), Err(Code::ExpiredIssuerKey));
    assert_eq!(code(|trust| trust.issuers[0].types = vec!["permit".to_owned()]), Err(Code::UnknownDocumentType));
}

// R17.5: a status key signs lists under its own URI prefix, while it counts.
#[test]
fn admits_status_lists_by_the_same_rules() {
    let good = described();
    let status = key(Role::Status, "issuer.example/status#1", 6).public();
    let code_at = |prefix: &str, change: fn(&mut Trust)| {
        let mut trust = good.clone();
        change(&mut trust);
        gate::admit_status(&trust, "issuer.example", &status, prefix, at(100)).map_err(|error| error.code())
    };
    let prefix = trust::status_prefix("issuer.example");
    assert_eq!(prefix, "https://issuer.example/status/");
    assert_eq!(trust::status_prefix("https://issuer.example"), prefix);
    let code = |change| code_at(&prefix, change);
    assert_eq!(code(|_| {}), Ok(()));
    assert_eq!(code_at("https://other.example/status/", |_| {}), Err(Code::UnknownIssuerKey));
    assert_eq!(code(|trust| trust.expires = at(100)), Err(Code::TrustExpired));
    assert_eq!(code(|trust| trust.issuers.clear()), Err(Code::UnknownIssuer));
    assert_eq!(code(|trust| trust.issuers[0].status.clear()), Err(Code::UnknownIssuerKey));
    // The issuer's document key is another role's.
    let documents = |trust: &mut Trust| trust.issuers[0].status[0].keys = trust.issuers[0].keys.clone();
    assert_eq!(code(documents), Err(Code::UnknownIssuerKey));
    let compromised = |trust: &mut Trust| trust.issuers[0].status[0].keys[0].window.compromised_from = Some(at(500));
    assert_eq!(code(compromised), Err(Code::RevokedIssuerKey));
    assert_eq!(code(|trust| trust.issuers[0].status[0].keys[0].window.until = at(99)), Err(Code::ExpiredIssuerKey));
}

// R17.5: the key ID selects, the key decides.
#[test]
fn refuses_another_key_under_the_same_id() {
    let impostor = key(Role::Issuer, "issuer.example#1", 99).public();
    let code = code_with(&described(), "issuer.example", &impostor, &draft(), at(100));
    assert_eq!(code, Err(Code::UnknownIssuerKey));
}

// R17.5
#[test]
fn refuses_what_would_expire_at_once() {
    let (trust, key) = (described(), issuer().public());
    let code = |expires| {
        let draft = Draft { expires: Some(expires), ..draft() };
        code_with(&trust, "issuer.example", &key, &draft, at(100))
    };
    assert_eq!(code(at(101)), Ok(()));
    assert_eq!(code(at(100)), Err(Code::ExpiredDocument));
    assert_eq!(code(at(99)), Err(Code::ExpiredDocument));
}

// R17.5, R1.3: whoever makes a registry with a name that no statement can hold is told at once.
#[test]
fn key_ids_must_fit_into_statements() {
    let long = key(Role::Issuer, &format!("{}#1", "n".repeat(63)), 5);
    let (root, log) = (key(Role::Root, "root#1", 2), key(Role::Log, "log.example#1", 1));
    let status = key(Role::Status, "issuer.example/status#1", 6);
    let party = Party { root: &root, log: &log, witnesses: &[], issuer: &long, status: &status };
    assert_eq!(trust::describe(&plan().trust, party).map_err(|error| error.code()), Err(Code::LimitLength));
}
